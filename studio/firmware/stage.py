"""The firmware stage: a network, its layout and test samples in, an ELF file out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.base.errors import DataError, FitError, ProjectError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware import (
    build,
    generate,
    memory_map,
    parts,
    planner,
    size_report,
    sizes,
    toolchain,
)
from studio.firmware.build import Builder, Overflow, Sources
from studio.firmware.generate import Mode
from studio.firmware.image import Image, Sizes, TestSet
from studio.firmware.own import OwnFiles, collect, relative
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import QNetwork

log = logging.getLogger(__name__)

BARE = "build/bare/testset.c"
MARGIN = 64  # bytes that aligning the samples may cost
EF_RISCV_FLOAT_ABI = 6
FLOAT_ABI = {"f": 2, "d": 4}
SYMBOLS = ("_start", "main", "trap_entry", "network_run", "network_tag")
WORDS = ("network_tag", "testset_samples")


@dataclass(frozen=True)
class FirmwareOptions:
    """Choices of a build.

    ``toolchain``: "auto" (ziglang, else a GCC on the path), "zig", "gcc", or the path of a GCC.
    ``optimization``: one of toolchain.OPTIMIZATIONS. ``mode``: "testset" runs built-in samples,
    "live" does so in a loop, "serial" takes them from the serial line. ``samples``: how many to
    build in, None for as many as fit; "serial" has none. ``timing``: print the time of each
    layer. ``sources``: folder of the user's own files (own.py), which need not exist.
    ``reset_every``: states are zeroed before every so many samples, 0 is never; None as
    simulate.run has it.
    """

    toolchain: str = "auto"
    optimization: str = "-O2"
    samples: int | None = None
    mode: Mode = "testset"
    timing: bool = False
    sources: Path | None = None
    reset_every: int | None = None


def run(
    qnetwork: QNetwork,
    layout: Layout,
    testset: TestSet,
    tag: int,
    chip: Chip,
    options: FirmwareOptions,
    folder: Path,
    job: Job,
) -> Image:
    """Write the C project into ``folder`` and build ``folder``/build/firmware.elf.

    ``tag`` is the CRC-32 of the map.csv the firmware expects on the array. Raises FitError when
    activations, code or data exceed the chip's memories, DataError when the samples do not fit
    the network, ToolError when there is no compiler or it fails.
    """
    job.step(0, 1, "planning the NPU's memory")
    _check(testset, qnetwork, options)
    plan = planner.plan(qnetwork, chip)
    tools = toolchain.find(options.toolchain, chip)
    own = collect(options.sources)
    folder = folder.resolve()
    try:
        (folder / "build").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(
            f"cannot write here: {error.strerror}",
            hint="Choose a folder you may write to, or free some space.",
            where=str(folder),
        ) from error

    job.step(0, 1, "writing the C project")
    labelled = testset.labels is not None and generate.classifies(qnetwork)
    listed = generate.project(
        qnetwork,
        layout,
        plan,
        tag,
        chip,
        folder,
        mode=options.mode,
        timing=options.timing,
        reset_every=options.reset_every,
        own=own,
    )
    sources = _sources(qnetwork, testset, labelled, options, listed, own, folder)
    version = toolchain.version(tools, folder, job)
    builder = Builder(tools, version, options.optimization, sources, folder, job)
    samples = 0
    try:
        if sources.bare:
            samples = _fitting(qnetwork, testset, labelled, options.samples, chip, builder)
            generate.testset(qnetwork, testset, samples, labelled, folder / generate.TESTSET)
        elf = builder.make(build.ELF)
    except Overflow as overflow:
        builder.log()
        raise overflow.explain(chip, samples) from None

    job.step(builder.done, builder.steps, "measuring the firmware")
    found = sizes.read(elf, WORDS)
    code, data = sizes.used(found, chip)
    samples = found.words.get("testset_samples", 0)
    image = Image(
        elf=elf,
        project=folder,
        toolchain=version,
        samples=samples,
        labels=labelled and samples > 0,
        tag=tag,
        sizes=Sizes(
            code=code,
            code_limit=chip.memory.code.size,
            data=data,
            data_limit=chip.memory.data.size,
            sram=plan.high_water,
            sram_limit=plan.limit,
        ),
        log=builder.log(),
        debug=options.optimization in ("-Og", "-O0"),
        parts=parts.of(elf, chip),
        mode=options.mode,
        timing=options.timing,
        own=tuple(relative(path, folder) for path in own.sources),
        tensors=memory_map.tensors(plan, qnetwork),
    )
    verify(image, chip)
    size_report.write(image, folder / "build" / "size.txt")
    job.step(builder.steps, builder.steps, f"built firmware with {samples} samples")
    return image


def _sources(
    qnetwork: QNetwork,
    testset: TestSet,
    labelled: bool,
    options: FirmwareOptions,
    listed: tuple[str, ...],
    own: OwnFiles,
    folder: Path,
) -> Sources:
    """What is compiled. Writes testset.h, and a test set without samples.

    ``bare`` is left out where there is nothing to fit: no samples, or the user's own.
    """
    generate.testset_header(testset, labelled, folder, own)
    others = [name for name in listed if name != generate.TESTSET]
    common = tuple(name for name in others if not name.startswith(generate.KERNELS))
    kernels = tuple(name for name in others if name.startswith(generate.KERNELS))
    sources = Sources(common, kernels, includes=generate.INCLUDES, own=own)
    if own.replaces(generate.TESTSET):
        (folder / generate.TESTSET).unlink(missing_ok=True)
        return sources
    if options.mode == "serial":
        generate.testset(qnetwork, testset, 0, labelled, folder / generate.TESTSET)
        return replace(sources, samples=generate.TESTSET)
    generate.testset(qnetwork, testset, 0, labelled, folder / BARE)
    return replace(sources, samples=generate.TESTSET, bare=BARE)


def verify(image: Image, chip: Chip) -> None:
    """Raise VerifyError unless the ELF file is what the chip can run and the Image says."""
    elf = sizes.read(image.elf, WORDS)
    where = str(image.elf)
    if (elf.machine, elf.bits, elf.little_endian) != ("EM_RISCV", 32, True):
        raise VerifyError(f"{elf.machine}, {elf.bits} bits: no 32-bit RISC-V program", where=where)
    wanted = FLOAT_ABI.get(chip.cpu.abi[-1], 0)
    if elf.flags & EF_RISCV_FLOAT_ABI != wanted:
        raise VerifyError(f"the program is not built for ABI {chip.cpu.abi}", where=where)
    code, data = chip.memory.code, chip.memory.data
    for segment in elf.segments:
        runs = [r for r in (code, data) if sizes.inside(segment.address, segment.memory, r)]
        loads = not segment.stored or sizes.inside(segment.load_address, segment.stored, code)
        if not runs or not loads:
            raise VerifyError(
                f"{segment.memory} bytes at {segment.address:#010x} (loaded at "
                f"{segment.load_address:#010x}) leave the memory map",
                where=where,
            )
    if not sizes.inside(elf.entry, 2, code):
        raise VerifyError(f"entry point {elf.entry:#010x} is not in code memory", where=where)
    # What the user wrote may do without them.
    missing = [name for name in SYMBOLS if name not in elf.symbols and not image.own]
    if missing:
        raise VerifyError(f"symbols are missing: {', '.join(missing)}", where=where)
    carried = (elf.words.get("network_tag", image.tag), elf.words.get("testset_samples", 0))
    if carried != (image.tag, image.samples):
        raise VerifyError("the program carries another tag or number of samples", where=where)
    s = image.sizes
    if s.code > s.code_limit or s.data > s.data_limit or s.sram > s.sram_limit:
        raise VerifyError(f"sizes exceed their limits: {s}", where=where)


def _check(testset: TestSet, qnetwork: QNetwork, options: FirmwareOptions) -> None:
    """Hold the samples against the network's inputs."""
    if len(testset.inputs) != len(qnetwork.inputs):
        raise DataError(
            f"{len(testset.inputs)} input arrays for {len(qnetwork.inputs)} inputs",
            hint=f"Give one array for each of: {', '.join(qnetwork.inputs)}.",
            where=qnetwork.name,
        )
    count = len(testset.inputs[0])
    for name, values in zip(qnetwork.inputs, testset.inputs, strict=True):
        tensor = qnetwork.tensors[name]
        if values.shape != (count, *tensor.shape) or count == 0:
            expected = ", ".join(map(str, tensor.shape))
            raise DataError(
                f"samples of shape {values.shape}, expected ({count or 'n'}, {expected})",
                hint="Give at least one sample, as many for each input.",
                where=name,
            )
        if values.min() < tensor.low or values.max() > tensor.high:
            raise DataError(
                f"samples hold {values.min()}..{values.max()}, "
                f"the input takes {tensor.low}..{tensor.high}",
                hint="Quantize the samples with the input's scale first.",
                where=name,
            )
    labels = testset.labels
    if labels is not None and (labels.shape != (count,) or not _are_classes(labels)):
        raise DataError(
            f"labels of shape {labels.shape} for {count} samples, or not class indices from 0 on",
            hint="Give one class index for each sample, -1 where it has none, or no labels.",
            where="labels",
        )
    wanted = options.samples if options.mode != "serial" else None
    if wanted is not None and not 1 <= wanted <= count:
        raise DataError(
            f"{wanted} samples wanted, there are {count}",
            hint=f"Choose 1 to {count} samples, or leave the number out.",
            where="samples",
        )


def _are_classes(labels: np.ndarray) -> bool:
    return bool(labels.min() >= -1 and labels.max() < 2**31)


def _fitting(
    qnetwork: QNetwork,
    testset: TestSet,
    labelled: bool,
    wanted: int | None,
    chip: Chip,
    builder: Builder,
) -> int:
    """How many samples to put in: link without any, measure, divide what is left.

    None where the program has no use for them: a main() of the user's.
    """
    found = sizes.read(builder.make(build.BARE))
    if "testset_samples" not in found.symbols:
        return 0
    bare, _ = sizes.used(found, chip)
    each = sum(qnetwork.tensors[name].size for name in qnetwork.inputs)
    each += {"int8_t": 1, "int16_t": 2, "int32_t": 4}[generate.label_type(testset)] * labelled
    limit = chip.memory.code.size
    fits = (limit - bare - MARGIN) // each
    available = len(testset.inputs[0])
    if wanted is None and fits >= 1:
        return min(available, fits)
    samples = wanted or 1
    needs = bare + samples * each
    if needs > limit:
        raise FitError(
            f"code needs {needs} bytes, {limit} available: {bare} for the program and {each} "
            f"for each of {samples} samples, {needs - limit} too many",
            hint=f"At most {fits} samples fit."
            if fits >= 1
            else "Not one sample fits; use a "
            "network with smaller tables and fewer layers, or a smaller input.",
            where="code memory",
        )
    return samples
