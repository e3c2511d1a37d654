"""array.c and matrix.c, compiled for this machine, on the emulated NPU, against the simulator."""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from studio.base import paths
from studio.base.errors import FitError
from studio.base.job import Job
from studio.chip import npu as contract
from studio.chip.chip import load
from studio.emulator.npu import Npu, NpuFault
from studio.firmware import array_code, toolchain
from studio.firmware.array_code import ArrayCode
from studio.firmware.staging import Staging
from studio.formats import map_csv
from studio.mapper.layout import Layout
from studio.mapper.stage import LayerOptions, MapOptions, run
from studio.quantize.matrix import WIDEST
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, RowTile
from studio.simulate import kernels
from tests.unit.firmware_nets import network, tensor

CHIP = load("wtm2101")
RUNTIME = paths.resource("firmware", "runtime")
LAYERS = 110
SRAM = CHIP.npu.sram_size

HEADERS = {
    "chip.h": "extern unsigned char sram[];\n#define CHIP_NPU_SRAM ((uintptr_t)sram)\n",
    "network.h": """#include <stdint.h>
struct network_fault { const char *layer; uint32_t error; };
""",
}
GLUE = """
#include "array.h"
#include "chip.h"
#include "network.h"
_Alignas(8) unsigned char sram[8192];
static uint32_t (*hook)(const struct npu_op *);
struct network_fault fault;
unsigned char *glue_sram(void) { return sram; }
void glue_hook(uint32_t (*own)(const struct npu_op *)) { hook = own; }
uint32_t npu_run(const struct npu_op *op) { return hook(op); }
const char *glue_layer(void) { return fault.layer; }
uint32_t glue_error(void) { return fault.error; }
"""


@dataclass(frozen=True)
class Case:
    """One random operation and how it meets the SRAM."""

    net: QNetwork
    layout: Layout
    staging: Staging
    code: ArrayCode


def _matrix(rng: np.random.Generator, name: str, inputs: int, columns: int, signed: bool) -> Matrix:
    encoding = str(rng.choice(["pn", "shift", "partial"] if signed else ["unsigned", "pn"]))
    store = str(rng.choice(["analog", "mixed", "digital"], p=[0.4, 0.35, 0.25]))
    # "Wide" reaches the ends of int16: sums beyond 32 bits.
    top = 127 if store == "analog" else int(rng.choice([127, 3000, WIDEST]))
    weights = rng.integers(-top - 1, top + 1, (inputs, columns))
    weights = np.maximum(weights, -WIDEST)
    count = int(rng.integers(1, inputs)) if encoding == "partial" and inputs > 1 else 0
    if encoding == "partial" and not count:
        encoding = "pn"
    mirror = 32767
    if encoding in ("pn", "partial") and rng.random() < 0.3:
        mirror = 100
    cuts = [] if store == "digital" or inputs < 2 else rng.integers(1, inputs, rng.integers(0, 3))
    edges = [0, *sorted({int(cut) for cut in cuts}), inputs]
    tiles = []
    for start, stop in itertools.pairwise(edges):
        bias = (rng.integers(-200, 201, columns) * 128).astype(np.int32)
        if store == "digital":
            bias = rng.integers(-(2**31), 2**31, columns) >> rng.integers(0, 24)
            bias = bias.astype(np.int32)
        tiles.append(RowTile(start, stop, None if rng.random() < 0.2 else bias))
    return Matrix(
        name,
        weights.astype(np.int16),
        encoding,  # type: ignore[arg-type]
        int(2 ** rng.integers(8, 12)),
        tuple(tiles),
        signed_inputs=count,
        input_shift=int(rng.choice([0, 0, 1, 3, 12])),
        mirror_max=mirror,
        repeat=int(rng.integers(1, 3)),
        store=store,  # type: ignore[arg-type]
        apart=store == "mixed" and bool(rng.random() < 0.4),
    )


def _op(rng: np.random.Generator) -> tuple[ArrayOp, tuple[int, int, int], bool]:
    signed = bool(rng.random() < 0.5)
    groups, channels, columns = (int(rng.integers(1, most)) for most in (4, 5, 20))
    if rng.random() < 0.15:  # more inputs than matrix.c takes at a time
        groups, channels = 1, int(rng.integers(120, 420))
    kernel = (1, 1) if rng.random() < 0.2 else tuple(int(k) for k in rng.integers(1, 4, 2))
    strides = tuple(int(k) for k in rng.integers(1, 4, 2))
    dilations = tuple(int(k) for k in rng.integers(1, 3, 2))
    pads = tuple(int(k) for k in rng.integers(0, 5, 4))
    least = [max(1, (kernel[a] - 1) * dilations[a] + 1 - pads[a] - pads[a + 2]) for a in (0, 1)]
    size = [int(rng.integers(own, own + 7)) for own in least]
    inputs = kernel[0] * kernel[1] * channels
    matrices = tuple(_matrix(rng, f"m{index}", inputs, columns, signed) for index in range(groups))
    op = ArrayOp(
        'layer "1" \\ 卷积',
        "in",
        "out",
        matrices,
        kernel,  # type: ignore[arg-type]
        strides,  # type: ignore[arg-type]
        dilations,  # type: ignore[arg-type]
        pads,  # type: ignore[arg-type]
        relu=bool(rng.random() < 0.5),
    )
    return op, (size[0], size[1], groups * channels), signed


def _net(op: ArrayOp, shape: tuple[int, int, int], signed: bool) -> QNetwork:
    probe = np.zeros((1, *shape), np.int16)
    found = kernels.windows(probe, op.kernel, op.strides, op.dilations, op.pads).shape[1:3]
    outputs = sum(matrix.columns for matrix in op.matrices)
    low, high = (-128, 127) if signed else (0, 255)
    tensors = tensor("in", shape, low, high), tensor("out", (*found, outputs))
    return network(tensors, (op,))


def _layout(rng: np.random.Generator, net: QNetwork) -> Layout | None:
    """A layout with random copies and points; None where these are too many for a bank."""
    (op,) = net.array_ops
    stored = [matrix for _, matrix in op.stored()]
    choices = {}
    if stored:
        width, height, _ = net.tensors["out"].shape
        alike = all(len(m.tiles) == 1 and m.encoding != "partial" for m in stored)
        points = int(rng.integers(1, 4)) if alike and (width > 1 or height > 1) else 1
        copies = 2 if max(m.gain for m in op.matrices) <= 4096 and rng.random() < 0.3 else 1
        choices = {op.name: LayerOptions("", copies, points)}
    try:
        return run(net, CHIP, MapOptions(layers=choices), Job())
    except FitError:
        return None


def _staging(rng: np.random.Generator, net: QNetwork) -> Staging:
    """Random places, one after another, with gaps."""
    (op,) = net.array_ops
    width, height, _ = net.tensors["out"].shape
    whole = bool(rng.random() < 0.3)
    piece = width, height
    if not whole:
        piece = int(rng.integers(1, width + 1)), int(rng.integers(1, height + 1))
    in_place = [bool(rng.random() < 0.5) for _ in range(2)]
    addend = array_code.addend_piece(op, piece)
    sizes = [
        net.tensors["in"].size if in_place[0] else array_code.input_piece(op, net, piece),
        net.tensors["out"].size if in_place[1] else array_code.output_piece(op, net, piece),
        addend,
    ]
    offsets = []
    top = int(rng.integers(0, 9))
    for size in sizes:
        offsets.append(-(-top // 4) * 4 + (int(rng.integers(0, 4)) if len(offsets) < 2 else 0))
        top = offsets[-1] + size + 3
    assert top <= SRAM, sizes
    return Staging(offsets[0], offsets[1], *in_place, piece, offsets[2] if addend else None)


def _cases() -> list[Case]:
    found = []
    for number in range(LAYERS):
        rng = np.random.default_rng(number)
        layout = None
        while layout is None:
            net = _net(*_op(rng))
            layout = _layout(rng, net) if _fits(net) else None
        staging = _staging(rng, net)
        code = array_code.of(net.array_ops[0], net, layout, staging, f"op{number}")
        found.append(Case(net, layout, staging, code))
    return found


def _fits(net: QNetwork) -> bool:
    (op,) = net.array_ops
    width, height, _ = net.tensors["out"].shape
    room = net.tensors["in"].size + net.tensors["out"].size
    return room + array_code.addend_piece(op, (width, height)) < SRAM - 100


def _source(cases: list[Case]) -> str:
    lines = [GLUE]
    for case in cases:
        for table in case.code.tables:
            lines += [f"static const {table.type} {table.name}[] = {{", *table.lines, "};"]
        for block in case.code.blocks:
            fields = "".join(f".{name} = {value}, " for name, value in block.fields)
            lines.append(f"static const struct npu_op {block.name} = {{{fields}}};")
        lines += case.code.definition
    names = ", ".join(f"&{case.code.variable}" for case in cases)
    lines.append(f"static const struct array_layer *const layers[] = {{{names}}};")
    lines.append("int glue_run(uint32_t i, const uint8_t *in, uint8_t *out)")
    lines.append("{ return array_run(layers[i], in, out, &fault); }")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return _cases()


@pytest.fixture(scope="module")
def library(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """All cases' layers with array.c and matrix.c as a shared library of this machine."""
    folder: Path = tmp_path_factory.mktemp("array")
    for name, text in (HEADERS | {"glue.c": _source(cases)}).items():
        (folder / name).write_text(text, encoding="utf-8")
    target = folder / ("array.dll" if sys.platform == "win32" else "array.so")
    sources = [RUNTIME / "array.c", RUNTIME / "kernels" / "matrix.c"]
    tools = toolchain.find("zig", CHIP)
    host = toolchain.Toolchain("zig", tools.command, (), tools.environment)
    flags = ["-shared", "-fPIC", "-std=c11", "-O1", "-g0", "-Wall", "-Wextra", "-Werror"]
    flags += ["-fsanitize=undefined", "-fsanitize-trap=undefined"]
    includes = ["-I.", f"-I{RUNTIME}", f"-I{RUNTIME / 'kernels'}"]
    arguments = [*flags, *includes, *map(str, sources), "glue.c", "-o", target.name]
    job: Any = SimpleNamespace(step=lambda *_: None)
    code, text = toolchain.call(host, arguments, folder, (0, 1, ""), job)
    assert code == 0, text
    found = ctypes.CDLL(str(target))
    found.glue_sram.restype = ctypes.c_void_p
    found.glue_layer.restype = ctypes.c_char_p
    return found


HOOK = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)


def _memory(library: ctypes.CDLL) -> np.ndarray:
    address = library.glue_sram()
    return np.ctypeslib.as_array((ctypes.c_uint8 * SRAM).from_address(address))


def _hook(npu: Npu, sram: np.ndarray, log: list[contract.Descriptor]) -> Callable[..., int]:
    def call(address: int) -> int:
        packed = ctypes.string_at(address, contract.BYTES)
        log.append(contract.Descriptor.unpack(packed))
        try:
            npu.run(packed, sram)
        except NpuFault as fault:
            return int(fault.error)
        return 0

    return HOOK(call)


def _run(
    library: ctypes.CDLL, cases: list[Case], number: int, x: np.ndarray, npu: Npu
) -> tuple[np.ndarray, int, list[contract.Descriptor]]:
    case = cases[number]
    sram, log = _memory(library), []
    sram[:] = 77
    hook = _hook(npu, sram, log)
    library.glue_hook(hook)
    target = case.net.tensors["out"]
    data = np.ascontiguousarray(x.astype(np.uint8).ravel())
    out = np.full(target.size, 99, np.uint8)
    places = []
    for area, in_place, offset in (
        (data, case.staging.in_place_input, case.staging.input),
        (out, case.staging.in_place_output, case.staging.output),
    ):
        if in_place and any(case.net.array_ops[0].stored()):
            sram[offset : offset + area.size] = area
            places.append(sram[offset : offset + area.size])
        else:
            places.append(area)
    done = library.glue_run(number, *(ctypes.c_void_p(own.ctypes.data) for own in places))
    return places[1].view(np.int8).reshape(target.shape).copy(), done, log


def _npu(case: Case) -> Npu:
    return Npu(CHIP, [map_csv.to_array(map_csv.from_layout(case.layout, CHIP), CHIP)])


@pytest.mark.parametrize("number", range(LAYERS))
def test_every_operation_equals_the_simulator(
    library: ctypes.CDLL, cases: list[Case], number: int
) -> None:
    case = cases[number]
    (op,) = case.net.array_ops
    source = case.net.tensors["in"]
    rng = np.random.default_rng(number)
    npu = _npu(case)
    for extreme in (False, True):
        x = rng.integers(source.low, source.high + 1, source.shape)
        if extreme:
            x = rng.choice([source.low, source.high], source.shape)
        x = x.astype(np.int16)
        got, done, log = _run(library, cases, number, x, npu)
        assert done == 1, [f.message for f in _faults(npu, log, library)]
        assert library.glue_layer().decode("utf-8") == op.name
        np.testing.assert_array_equal(got, kernels.array(x[np.newaxis], op)[0])
        width, height, _ = case.net.tensors["out"].shape
        pieces = -(-width // case.staging.piece[0]) * -(-height // case.staging.piece[1])
        assert len(log) == pieces * len(case.code.blocks)


def _faults(npu: Npu, log: list[contract.Descriptor], library: ctypes.CDLL) -> list[NpuFault]:
    found = []
    for descriptor in log:
        try:
            npu.run(descriptor.pack(), _memory(library))
        except NpuFault as fault:
            found.append(fault)
    return found


def test_the_cases_have_everything(cases: list[Case]) -> None:
    """Each feature occurs, with and without pieces, so that the test above is no empty promise."""
    ops = [case.net.array_ops[0] for case in cases]
    matrices = [matrix for op in ops for matrix in op.matrices]
    assert {m.encoding for m in matrices} == {"unsigned", "pn", "shift", "partial"}
    assert {(m.store, m.apart) for m in matrices} == {
        ("analog", False), ("mixed", False), ("mixed", True), ("digital", False),
    }  # fmt: skip
    assert {len(m.tiles) for m in matrices} == {1, 2, 3}
    assert {case.layout.blocks[0].points for case in cases if case.layout.blocks} >= {1, 2, 3}
    texts = ["".join(case.code.definition) for case in cases]
    for wanted in (".words = 1u", ".words = 0u", ".mirrored = 1u", ".mirrored = 0u", ".bias ="):
        assert any(wanted in text for text in texts)
    assert any(m.inputs > 256 and m.store == "digital" and m.columns > 8 for m in matrices)
    assert any(not list(op.stored()) for op in ops), "one that the CPU does alone"
    for in_place in ((False, False), (True, False), (False, True), (True, True)):
        staged = [c.staging for c in cases]
        found = [s.piece for s in staged if (s.in_place_input, s.in_place_output) == in_place]
        assert len(set(found)) > 3


def test_in_one_piece_and_in_place_the_constant_descriptors_run(
    library: ctypes.CDLL, cases: list[Case]
) -> None:
    found = 0
    for number, case in enumerate(cases):
        shape = case.net.tensors["out"].shape[:2]
        in_place = case.staging.in_place_input and case.staging.in_place_output
        if not in_place or case.staging.piece != shape or not case.code.blocks:
            continue
        found += 1
        x = np.zeros(case.net.tensors["in"].shape, np.int16)
        _, _, log = _run(library, cases, number, x, _npu(case))
        assert all(own.in_pitch == own.out_pitch == 0 for own in log)
    assert found > 3


def test_a_refused_block_ends_the_layer(library: ctypes.CDLL, cases: list[Case]) -> None:
    number = next(n for n, case in enumerate(cases) if len(case.code.blocks) > 1)
    case = cases[number]
    empty = replace(case.layout, blocks=())
    npu = Npu(CHIP, [map_csv.to_array(map_csv.from_layout(empty, CHIP), CHIP)])
    x = np.zeros(case.net.tensors["in"].shape, np.int16)
    _, done, log = _run(library, cases, number, x, npu)
    assert done == 0
    assert library.glue_error() == contract.NpuError.UNPROGRAMMED
    assert len(log) == 1
