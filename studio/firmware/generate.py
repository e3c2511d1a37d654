"""Writing the C project: the runtime as it is, everything else from templates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from studio.base import files, paths
from studio.chip.chip import Chip
from studio.firmware import csource, isa, program
from studio.firmware.image import TestSet
from studio.firmware.planner import MemoryPlan
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import QNetwork

TESTSET = "testset.c"
INCLUDES = (".", "runtime", "runtime/kernels")


def classifies(qnetwork: QNetwork) -> bool:
    """Whether the first output has one position, so that its largest value is a class."""
    width, height, _ = qnetwork.tensors[qnetwork.outputs[0]].shape
    return width * height == 1


def project(
    qnetwork: QNetwork, layout: Layout, plan: MemoryPlan, tag: int, chip: Chip, folder: Path
) -> tuple[str, ...]:
    """Write all but the test set into ``folder``; return the sources, relative, with testset.c.

    Files whose content is the same already are not touched. Raises VerifyError where network
    and layout do not fit together, ProjectError where the folder cannot be written.
    """
    runtime = paths.resource("firmware", "runtime")
    copied = sorted(path for path in runtime.rglob("*") if path.suffix in (".c", ".h", ".S"))
    for path in copied:
        text = path.read_text(encoding="utf-8")
        _write(folder / "runtime" / path.relative_to(runtime), text)
    compiled = [path.relative_to(runtime) for path in copied if path.suffix != ".h"]
    sources = ("network.c", TESTSET, *(f"runtime/{path.as_posix()}" for path in compiled))
    clock, baud = chip.cpu.clock_hz, chip.uart.baud
    divisor = max(1, (clock + 8 * baud) // (16 * baud))
    context = {
        "chip": chip,
        "qnetwork": qnetwork,
        "plan": plan,
        "program": program.program(qnetwork, layout, plan),
        "tag": tag,
        "classifies": classifies(qnetwork),
        "divisor": divisor,
        "actual_baud": clock // (16 * divisor),
        "sources": sources,
        "includes": INCLUDES,
        "flags": isa.COMMON_FLAGS,
        "prefixes": isa.GCC_PREFIXES,
        "zig_flags": isa.zig_flags(chip.cpu),
        "gcc_flags": isa.gcc_flags(chip.cpu),
    }
    environment = _environment()
    for name in (
        "chip.h",
        "link.ld",
        "network.c",
        "network.h",
        "CMakeLists.txt",
        "toolchain.cmake",
        "README.txt",
    ):
        _render(environment, name, folder / name, context)
    return sources


def testset(
    qnetwork: QNetwork, testset: TestSet, samples: int, labelled: bool, folder: Path
) -> None:
    """Write testset.c and testset.h with the first ``samples`` samples."""
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
        "label_type": label_type(testset) if labelled else "uint8_t",
    }
    environment = _environment()
    for name in ("testset.c", "testset.h"):
        _render(environment, name, folder / name, context)


def label_type(testset: TestSet) -> str:
    """The smallest C type that holds every label, so that it is the same for any ``samples``."""
    largest = int(testset.labels.max(initial=0)) if testset.labels is not None else 0
    return "uint8_t" if largest < 2**8 else "uint16_t" if largest < 2**16 else "uint32_t"


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


def _render(
    environment: jinja2.Environment, name: str, path: Path, context: Mapping[str, Any]
) -> None:
    _write(path, environment.get_template(f"{name}.jinja").render(context))


def _write(path: Path, text: str) -> None:
    """Write unless the file holds just this: its time stamp tells make what changed."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return
    files.write_bytes(path, data)
