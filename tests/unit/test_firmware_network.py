"""Whole networks as network.c, compiled for this machine, on the emulated NPU."""

from __future__ import annotations

import ctypes
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
from studio.firmware import generate, planner, program, toolchain
from studio.firmware.memory_plan import MemoryPlan
from studio.formats import map_csv
from studio.mapper.layout import Layout
from studio.mapper.stage import MapOptions, run
from studio.quantize.qnetwork import (
    ArrayOp,
    HistoryOp,
    PoolOp,
    QNetwork,
    QOp,
    RecurrentOp,
    ReshapeOp,
)
from studio.simulate import run as simulator
from tests.unit.firmware_nets import network
from tests.unit.planned import Maker, small_chip

CHIP = load("wtm2101")
RUNTIME = paths.resource("firmware", "runtime")
NETWORKS = 14
SLIDING = 6
ALL = range(NETWORKS + SLIDING)
SAMPLES = 4
GLOBALS = (
    "network_tag", "network_classifies", "network_reset_every", "network_inputs",
    "network_outputs", "network_layers", "network_run", "network_reset", "network_layer_done",
)  # fmt: skip
CHIP_H = "extern unsigned char sram[];\n#define CHIP_NPU_SRAM ((uintptr_t)sram)\n"
GLUE = """
#include "chip.h"
#include "npu.h"
_Alignas(8) unsigned char sram[8192];
static uint32_t (*hook)(const struct npu_op *);
unsigned char *glue_sram(void) { return sram; }
void glue_hook(uint32_t (*own)(const struct npu_op *)) { hook = own; }
uint32_t npu_run(const struct npu_op *op) { return hook(op); }
"""
HOOK = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)


class CTensor(ctypes.Structure):
    """``struct network_tensor``."""

    _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_uint32), ("unsigned", ctypes.c_int))


class CLayer(ctypes.Structure):
    """``struct network_layer``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("run", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)),
        ("inputs", ctypes.POINTER(CTensor)),
        ("input_count", ctypes.c_uint32),
        ("output", CTensor),
    )


class CFault(ctypes.Structure):
    """``struct network_fault``."""

    _fields_ = (("layer", ctypes.c_char_p), ("error", ctypes.c_uint32))


@dataclass(frozen=True)
class Case:
    """A random network with its layout and plan."""

    net: QNetwork
    layout: Layout
    plan: MemoryPlan
    reset_every: int

    def npu(self) -> Npu:
        return Npu(CHIP, [map_csv.to_array(map_csv.from_layout(self.layout, CHIP), CHIP)])


def _cases() -> list[Case]:
    found: list[Case] = []
    seed = 0
    while len(found) < NETWORKS:
        seed += 1
        random = np.random.default_rng(seed)
        net = Maker(seed, streams=seed % 3 == 0).grow(int(random.integers(6, 14)))
        every = int(random.integers(0, 3))
        # With a third of the SRAM that would do, so that something is staged.
        whole = planner.plan(net, CHIP)
        chip = CHIP if seed % 4 == 0 else small_chip(CHIP, max(48, whole.high_water // 3), 4000)
        try:
            plan = planner.plan(net, chip, 0)
        except FitError:
            continue
        found.append(Case(net, run(net, CHIP, MapOptions(), Job()), plan, every))
    return [*found, *(sliding(number) for number in range(SLIDING))]


def sliding(seed: int) -> Case:
    """A chain whose outputs overwrite their inputs, in the least data memory that will do."""
    maker = Maker(seed)
    maker.alive, maker.tensors = [], []
    maker.inputs = (maker.new((12, 10, 4), "x").name,)
    kinds = (maker.conv, maker.pool, maker.conv, maker.conv, maker.pool)
    for kind in kinds[seed % 2 :]:
        kind(maker.alive[-1])
    net = network(maker.tensors, maker.ops, maker.inputs, (maker.alive[-1].name,))
    net = replace(net, ops=tuple(analog(op) for op in net.ops))
    for data in range(304, 4000, 16):
        try:
            plan = planner.plan(net, small_chip(CHIP, 128, data), 0)
        except FitError:
            continue
        return Case(net, run(net, CHIP, MapOptions(), Job()), plan, 0)
    raise AssertionError("it fits into 4000 bytes")


def analog(op: QOp) -> QOp:
    """Weights on the array, or partly there: a digital matrix reads its input once more."""
    if not isinstance(op, ArrayOp):
        return op
    kept = (m if m.store == "mixed" else replace(m, store="analog") for m in op.matrices)
    clipped = (
        m if m.store == "mixed" else replace(m, weights=np.clip(m.weights, -127, 127)) for m in kept
    )
    return replace(op, matrices=tuple(clipped))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return _cases()


@pytest.fixture(scope="module")
def library(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """All networks, each with names of its own, and the runtime as one shared library."""
    folder: Path = tmp_path_factory.mktemp("networks")
    (folder / "chip.h").write_text(CHIP_H, encoding="utf-8")
    (folder / "glue.c").write_text(GLUE, encoding="utf-8")
    sources = ["glue.c"]
    for number, case in enumerate(cases):
        own = folder / f"n{number}"
        generate.project(
            case.net, case.layout, case.plan, number, CHIP, own, reset_every=case.reset_every
        )
        (own / "chip.h").unlink()
        renamed = "".join(f"#define {name} n{number}_{name}\n" for name in GLOBALS)
        text = f'{renamed}#include "n{number}/network.c"\n'
        (folder / f"net{number}.c").write_text(text, encoding="utf-8")
        sources.append(f"net{number}.c")
    runtime = [RUNTIME / "array.c", *sorted((RUNTIME / "kernels").glob("*.c"))]
    target = folder / ("networks.dll" if sys.platform == "win32" else "networks.so")
    tools = toolchain.find("zig", CHIP)
    host = toolchain.Toolchain("zig", tools.command, (), tools.environment)
    flags = ["-shared", "-fPIC", "-std=c11", "-O1", "-g0", "-Wall", "-Wextra", "-Werror"]
    flags += ["-ffp-contract=off", "-fsanitize=undefined", "-fsanitize-trap=undefined"]
    includes = ["-I.", f"-I{RUNTIME}", f"-I{RUNTIME / 'kernels'}", "-In0"]
    arguments = [*flags, *includes, *map(str, runtime), *sources, "-o", target.name]
    job: Any = SimpleNamespace(step=lambda *_: None)
    code, text = toolchain.call(host, arguments, folder, (0, 1, ""), job)
    assert code == 0, text
    found = ctypes.CDLL(str(target))
    found.glue_sram.restype = ctypes.c_void_p
    return found


def hooked(library: ctypes.CDLL, npu: Npu) -> Callable[..., int]:
    """Let the NPU run on the library's SRAM; keep what this returns alive meanwhile."""
    sram = memory(library)

    def call(address: int) -> int:
        try:
            npu.run(ctypes.string_at(address, contract.BYTES), sram)
        except NpuFault as fault:
            return int(fault.error)
        return 0

    hook = HOOK(call)
    library.glue_hook(hook)
    return hook


def memory(library: ctypes.CDLL) -> np.ndarray:
    return np.ctypeslib.as_array((ctypes.c_uint8 * 8192).from_address(library.glue_sram()))


def view(item: CTensor) -> np.ndarray:
    return np.ctypeslib.as_array((ctypes.c_uint8 * item.size).from_address(item.data))


def tensors(library: ctypes.CDLL, name: str, count: int) -> list[CTensor]:
    return list((CTensor * count).in_dll(library, name))


def values(item: CTensor, shape: tuple[int, ...]) -> np.ndarray:
    kind = np.uint8 if item.unsigned else np.int8
    return view(item).view(kind).astype(np.int16).reshape(shape)


def inputs(case: Case) -> list[np.ndarray]:
    random = np.random.default_rng(7)
    shapes = [case.net.tensors[name].shape for name in case.net.inputs]
    return [random.integers(-128, 128, (SAMPLES, *shape)).astype(np.int16) for shape in shapes]


@pytest.mark.parametrize("number", ALL)
def test_every_sample_equals_the_simulator(
    library: ctypes.CDLL, cases: list[Case], number: int
) -> None:
    case, prefix = cases[number], f"n{number}_network"
    net, x = case.net, inputs(case)
    wanted = simulator.run(net, x, reset_every=case.reset_every).outputs
    assert ctypes.c_uint32.in_dll(library, f"{prefix}_reset_every").value == case.reset_every
    taken = tensors(library, f"{prefix}_inputs", len(net.inputs))
    given = tensors(library, f"{prefix}_outputs", len(net.outputs))
    hook = hooked(library, case.npu())
    fault = CFault()
    memory(library)[:] = 171  # what a state is not reset from
    for sample in range(SAMPLES):
        if sample == 0 or (case.reset_every and sample % case.reset_every == 0):
            library[f"{prefix}_reset"]()
        for item, array in zip(taken, x, strict=True):
            view(item)[:] = array[sample].astype(np.uint8).ravel()
        assert library[f"{prefix}_run"](ctypes.byref(fault)) == 1, (fault.layer, fault.error)
        for name, item in zip(net.outputs, given, strict=True):
            found = values(item, net.tensors[name].shape)
            np.testing.assert_array_equal(found, wanted[name][sample], f"{name}, {sample}")
    assert hook is not None


@pytest.mark.parametrize("number", ALL)
def test_each_layer_alone_equals_the_simulator(
    library: ctypes.CDLL, cases: list[Case], number: int
) -> None:
    """With any inputs of its own: nothing but its inputs need be in memory."""
    case, prefix = cases[number], f"n{number}_network"
    net = case.net
    random = np.random.default_rng(number)
    layers = list((CLayer * len(net.ops)).in_dll(library, f"{prefix}_layers"))
    hook = hooked(library, case.npu())
    for op, layer in zip(net.ops, layers, strict=True):
        assert layer.name.decode("utf-8") == op.name
        names = program.layer_inputs(op, net)
        assert layer.input_count == len(names)
        alone = alone_network(net, names, op.output)
        shapes = [net.tensors[name].shape for name in names]
        x = [random.integers(-128, 128, (1, *shape)).astype(np.int16) for shape in shapes]
        if not names:
            continue
        wanted = simulator.run(alone, x, reset_every=1).outputs[op.output][0]
        library[f"{prefix}_reset"]()
        for index, array in enumerate(x):
            view(layer.inputs[index])[:] = array.astype(np.uint8).ravel()
        fault = CFault()
        assert layer.run(ctypes.byref(fault)) == 1
        np.testing.assert_array_equal(values(layer.output, wanted.shape), wanted, op.name)
    assert hook is not None


def alone_network(net: QNetwork, names: tuple[str, ...], output: str) -> QNetwork:
    """One operation as a network, with what constants it reads."""
    ops = []
    fixed = set(net.constants)
    for op in net.ops:
        views = isinstance(op, ReshapeOp) and op.input in fixed
        if views:
            fixed.add(op.output)
        if op.output == output or views:
            ops.append(op)
    return QNetwork(net.name, net.chip, names, (output,), tuple(ops), net.tensors, net.constants)


def test_a_fault_names_the_layer(library: ctypes.CDLL, cases: list[Case]) -> None:
    """An array without weights: the first operation that uses it says so, and the run ends."""
    number = next(n for n, case in enumerate(cases) if case.layout.blocks)
    case = cases[number]
    empty = replace(case, layout=replace(case.layout, blocks=()))
    hook = hooked(library, empty.npu())
    fault = CFault()
    assert library[f"n{number}_network_run"](ctypes.byref(fault)) == 0
    assert fault.layer.decode("utf-8") in {block.layer for block in case.layout.blocks}
    assert fault.error == contract.NpuError.UNPROGRAMMED
    assert hook is not None


def test_the_cases_have_everything(cases: list[Case]) -> None:
    """What the tests above are about does occur."""
    cells = [op for case in cases for op in case.net.ops if isinstance(op, RecurrentOp)]
    assert any(op.reverse for op in cells) and any(op.reset_every for op in cells)
    assert any(isinstance(op, HistoryOp) for case in cases for op in case.net.ops)
    assert any(case.net.streams for case in cases)
    assert any(case.net.constants for case in cases)
    assert sum(any(case.plan.copied.values()) for case in cases) >= 3
    assert sum(case.plan.data_high_water > 0 for case in cases) >= 3
    moved = [
        (case.plan.places.get(state.next), case.plan.places[state.tensor])
        for case in cases
        for op in case.net.ops
        if isinstance(op, RecurrentOp)
        for state in op.states
    ]
    assert any(a == b for a, b in moved) and any(a != b for a, b in moved)
    assert {case.reset_every for case in cases} == {0, 1, 2}
    assert sum(slid(case, op) for case in cases for op in case.net.array_ops) >= 3
    pools = [op for case in cases for op in case.net.ops if isinstance(op, PoolOp)]
    assert any(slid(case, op) for case in cases for op in pools if op in case.net.ops)


def slid(case: Case, op: ArrayOp | PoolOp) -> bool:
    """Whether the output reaches into the input's bytes."""
    a, b = case.plan.places.get(op.input), case.plan.places[op.output]
    return (
        a is not None
        and a != b
        and a.memory == b.memory == "data"
        and (b.offset < a.offset + a.size and a.offset < b.offset + b.size)
    )
