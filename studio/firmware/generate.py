"""Writing the C project: the runtime as it is, everything else from templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal

import jinja2
import numpy as np

from studio.base import paths
from studio.chip.chip import Chip
from studio.firmware import csource, isa, memory_map, ninja_file, program
from studio.firmware.image import TestSet
from studio.firmware.own import OwnFiles, relative
from studio.firmware.planner import MemoryPlan
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import QNetwork

TESTSET = "testset.c"
KERNELS = "runtime/kernels/"
INCLUDES = (".", "runtime", "runtime/kernels")
TEMPLATES = (
    "chip.h",
    "config.h",
    "link.ld",
    "network.c",
    "network.h",
    "CMakeLists.txt",
    "toolchain.cmake",
    "README.txt",
)

Mode = Literal["testset", "serial", "live"]


def classifies(qnetwork: QNetwork) -> bool:
    """Whether the first output has one position, so that its largest value is a class."""
    width, height, _ = qnetwork.tensors[qnetwork.outputs[0]].shape
    return width * height == 1


def project(
    qnetwork: QNetwork,
    layout: Layout,
    plan: MemoryPlan,
    tag: int,
    chip: Chip,
    folder: Path,
    *,
    mode: Mode = "testset",
    timing: bool = False,
    reset_every: int | None = None,
    own: OwnFiles = OwnFiles(),  # noqa: B008 (frozen)
) -> tuple[str, ...]:
    """Write all but the test set into ``folder``; return our sources, relative, with testset.c.

    ``mode``, ``timing`` and ``reset_every`` are those of FirmwareOptions. What one of the user's
    ``own`` files is called is neither written nor among the sources. Files whose content is the
    same already are not touched. Raises VerifyError where network and layout do not fit
    together, ProjectError where the folder cannot be written.
    """
    runtime = paths.resource("firmware", "runtime")
    copied = sorted(path for path in runtime.rglob("*") if path.suffix in (".c", ".h", ".S"))
    for path in copied:
        text = path.read_text(encoding="utf-8")
        _write(folder / "runtime" / path.relative_to(runtime), text, own)
    compiled = [path.relative_to(runtime) for path in copied if path.suffix != ".h"]
    sources = tuple(
        name
        for name in ("network.c", TESTSET, *(f"runtime/{path.as_posix()}" for path in compiled))
        if not own.replaces(PurePosixPath(name).name)
    )
    script = own.script("link.ld")
    clock, baud = chip.cpu.clock_hz, chip.uart.baud
    divisor = max(1, (clock + 8 * baud) // (16 * baud))
    context = {
        "chip": chip,
        "qnetwork": qnetwork,
        "plan": plan,
        "program": program.program(qnetwork, layout, plan, reset_every),
        "tag": tag,
        "classifies": classifies(qnetwork),
        "divisor": divisor,
        "actual_baud": clock // (16 * divisor),
        "sources": sources,
        "includes": INCLUDES,
        "own_sources": [relative(path, folder) for path in own.sources],
        "own_includes": [relative(path, folder) for path in own.folders],
        "script": relative(script, folder) if script else "link.ld",
        "scripts": sorted({relative(path.parent, folder) for path in own.scripts}),
        "mode": mode,
        "timing": timing,
        "flags": isa.COMMON_FLAGS,
        "strict": isa.STRICT,
        "prefixes": isa.GCC_PREFIXES,
        "zig_flags": isa.zig_flags(chip.cpu),
        "gcc_flags": isa.gcc_flags(chip.cpu),
        "zig_libraries": isa.ZIG_LIBRARIES,
        "gcc_libraries": isa.GCC_LIBRARIES,
    }
    environment = _environment()
    for name in TEMPLATES:
        text = environment.get_template(f"{name}.jinja").render(context)
        _write(folder / name, text, own)
    _write(folder / "memory.txt", memory_map.text(plan, qnetwork), own)
    return sources


def testset(
    qnetwork: QNetwork,
    testset: TestSet,
    samples: int,
    labelled: bool,
    path: Path,
    own: OwnFiles = OwnFiles(),  # noqa: B008 (frozen)
) -> None:
    """Write the C file with the first ``samples`` samples."""
    tables = []
    for number, (name, values) in enumerate(zip(qnetwork.inputs, testset.inputs, strict=True)):
        kind = "uint8_t" if qnetwork.tensors[name].high > 127 else "int8_t"
        about = f"{name}: {samples} samples of shape {qnetwork.tensors[name].shape}"
        tables.append(csource.table(kind, f"input{number}", about, values[:samples]))
    labels = np.zeros(1, np.int64)
    if labelled and testset.labels is not None and samples:
        labels = testset.labels[:samples]
    context = {
        "samples": samples,
        "labelled": labelled,
        "tables": tables,
        "labels": csource.rows(labels),
    }
    text = _environment().get_template(f"{TESTSET}.jinja").render(context)
    _write(path, text, own)


def testset_header(testset: TestSet, labelled: bool, folder: Path, own: OwnFiles) -> None:
    """Write testset.h, which is the same for any number of samples."""
    kind = label_type(testset) if labelled else "int8_t"
    text = _environment().get_template("testset.h.jinja").render({"label_type": kind})
    _write(folder / "testset.h", text, own)


def label_type(testset: TestSet) -> str:
    """The smallest C type that holds every label, -1 (no label) among them."""
    largest = int(testset.labels.max(initial=0)) if testset.labels is not None else 0
    return "int8_t" if largest < 2**7 else "int16_t" if largest < 2**15 else "int32_t"


@cache
def _environment() -> jinja2.Environment:
    """Templates write C, not HTML: nothing is escaped, the filters below make names safe."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.resource("firmware", "templates")),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["comment"] = csource.comment
    environment.filters["string_literal"] = csource.string
    return environment


def _write(path: Path, text: str, own: OwnFiles) -> None:
    """Write what is new; a file the user has one of is taken away, that it be not found first."""
    if own.replaces(path.name):
        path.unlink(missing_ok=True)
    else:
        ninja_file.write(path, text)
