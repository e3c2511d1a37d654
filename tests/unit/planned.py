"""Runs a network in numpy, but in the bytes a memory plan gives it: what is overwritten is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.chip.chip import Chip
from studio.firmware.memory_plan import MemoryPlan, stages
from studio.quantize.qcpu import AddOp, ConcatOp, MulOp, PermuteOp, PoolOp, SliceOp
from studio.quantize.qnetwork import (
    ArrayOp,
    HistoryOp,
    LutOp,
    MacOp,
    Matrix,
    QNetwork,
    QOp,
    QTensor,
    RecurrentOp,
    ReshapeOp,
    RowTile,
    State,
)
from studio.simulate import states
from studio.simulate.evaluate import apply
from studio.simulate.kernels import Int16
from tests.unit.firmware_nets import network, tensor


def small_chip(chip: Chip, sram: int, data: int) -> Chip:
    """The chip with another SRAM and so many bytes of data memory beside the stack."""
    region = replace(chip.memory.data, size=data + chip.memory.stack)
    return replace(
        chip,
        npu=replace(chip.npu, sram_size=sram),
        memory=replace(chip.memory, data=region),
    )


def conv(source: QTensor, target: QTensor, kernel: tuple[int, int] = (3, 3)) -> ArrayOp:
    """A convolution that keeps the size, with small weights."""
    rows = kernel[0] * kernel[1] * source.shape[2]
    weights = np.ones((rows, target.shape[2]), np.int16)
    matrix = Matrix(target.name, weights, "pn", 256, (RowTile(0, rows, None),))
    pads = (kernel[0] // 2, kernel[1] // 2, kernel[0] // 2, kernel[1] // 2)
    name = f"{source.name}>{target.name}"
    return ArrayOp(name, source.name, target.name, (matrix,), kernel, pads=pads)


class Board:
    """The memories of a board and a network's states, step by step as network.c runs it."""

    def __init__(self, qnetwork: QNetwork, plan: MemoryPlan, seed: int) -> None:
        self.qnetwork, self.plan = qnetwork, plan
        self.random = np.random.default_rng(seed)
        sizes = {"sram": plan.limit, "data": plan.data_limit}
        self.memory = {
            name: self.random.integers(0, 256, size, dtype=np.uint8) for name, size in sizes.items()
        }
        self.fixed = dict(qnetwork.constants)
        for op in qnetwork.walk():
            if isinstance(op, ReshapeOp) and op.input in self.fixed:
                self.fixed[op.output] = self.fixed[op.input]
        self.reset()

    def read(self, name: str) -> Int16:
        """A tensor's integers (1, W, H, C)."""
        shape = (1, *self.qnetwork.tensors[name].shape)
        if name in self.fixed:
            return self.fixed[name].reshape(shape).astype(np.int16)
        place = self.plan.places[name]
        found = self.memory[place.memory][place.offset : place.offset + place.size]
        kind = np.uint8 if self.qnetwork.tensors[name].high > 127 else np.int8
        return found.copy().view(kind).astype(np.int16).reshape(shape)

    def write(self, name: str, values: np.ndarray) -> None:
        place = self.plan.places[name]
        flat = (values.reshape(-1).astype(np.int64) & 255).astype(np.uint8)
        assert flat.size == place.size
        self.memory[place.memory][place.offset : place.offset + place.size] = flat

    def reset(self) -> None:
        """All states zero."""
        # Histories are in tables of their own.
        self.histories = states.initial(self.qnetwork)
        self.counts = dict.fromkeys((op.name for op in self.qnetwork.ops), 0)
        for cell in self.qnetwork.ops:
            if isinstance(cell, RecurrentOp):
                for state in cell.states:
                    self.write(state.tensor, np.zeros(self.qnetwork.tensors[state.tensor].shape))

    def run(self, inputs: Sequence[Int16]) -> list[Int16]:
        """One sample, each input (W, H, C); the outputs."""
        for name, values in zip(self.qnetwork.inputs, inputs, strict=True):
            self.write(name, values)
        for op in self.qnetwork.ops:
            if isinstance(op, RecurrentOp):
                self._cell(op)
            else:
                self._one(op)
        return [self.read(name)[0] for name in self.qnetwork.outputs]

    def _one(self, op: QOp) -> None:
        if isinstance(op, ReshapeOp):
            return  # the same bytes
        if isinstance(op, HistoryOp):
            self.write(op.output, states.history(self.read(op.input), op, self.histories))
            return
        values = [self.read(name) for name in op.inputs]
        if isinstance(op, ArrayOp):
            staging = self.plan.staging[op.name]
            for offset, size in stages(op, self.qnetwork, staging).values():
                self.memory["sram"][offset : offset + size] = self.random.integers(0, 256, size)
        self.write(op.output, apply(op, values, self.qnetwork))

    def _cell(self, op: RecurrentOp) -> None:
        width = self.qnetwork.tensors[op.input].shape[0]
        for step in range(width):
            at = width - 1 - step if op.reverse else step
            if op.reset_every and self.counts[op.name] % op.reset_every == 0:
                for state in op.states:
                    self.write(state.tensor, 0 * self.read(state.tensor))
            self.counts[op.name] += 1
            self.write(op.step_input, self.read(op.input)[0, at])
            for inner in op.body:
                self._one(inner)
            output = self.read(op.output)
            output[0, at] = self.read(op.result)[0, 0]
            self.write(op.output, output)
            after = [self.read(state.next) for state in op.states]
            for state, values in zip(op.states, after, strict=True):
                self.write(state.tensor, values)


class Maker:
    """A random network of small tensors: chains and branches, cells, histories, constants."""

    def __init__(self, seed: int, streams: bool = False) -> None:
        self.random = np.random.default_rng(seed)
        self.tensors: list[QTensor] = []
        self.ops: list[QOp] = []
        self.constants: dict[str, np.ndarray] = {}
        self.alive: list[QTensor] = []
        self.fixed: set[str] = set()  # constants, and what follows from them alone
        width = 1 if streams else int(self.random.integers(1, 7))
        height = 1 if streams or self.random.random() < 0.4 else int(self.random.integers(1, 7))
        self.inputs = tuple(
            self.new((width, height, int(self.random.integers(1, 9))), f"in{number}").name
            for number in range(int(self.random.integers(1, 3)))
        )

    def new(self, shape: tuple[int, int, int], name: str = "", alive: bool = True) -> QTensor:
        made = tensor(name or f"t{len(self.tensors)}", shape)
        self.tensors.append(made)
        if alive:
            self.alive.append(made)
        return made

    def grow(self, count: int) -> QNetwork:
        """So many operations, of kinds that fit what is there."""
        kinds = (self.conv, self.lut, self.add, self.mul, self.pool, self.concat, self.permute)
        kinds += (self.reshape, self.slice, self.cell, self.history, self.constant)
        while len(self.ops) < count:
            source = self.alive[-1 - int(min(self.random.geometric(0.5), len(self.alive)) - 1)]
            kinds[int(self.random.integers(len(kinds)))](source)
        outputs = {self.alive[-1].name, self.alive[int(self.random.integers(len(self.alive)))].name}
        found = [op for op in self.ops if op.output in outputs - self.fixed]
        names = tuple(op.output for op in found) or self.inputs
        return network(self.tensors, self.ops, self.inputs, names, self.constants)

    def op(self, made: QOp) -> None:
        if self.fixed.issuperset(made.inputs):
            self.fixed.add(made.output)
        self.ops.append(made)

    def name(self) -> str:
        return f"op{len(self.ops)}"

    def matrix(self, rows: int, columns: int) -> Matrix:
        store = ("analog", "mixed", "digital")[int(self.random.choice(3, p=(0.7, 0.2, 0.1)))]
        top = 127 if store == "analog" else 3000
        weights = self.random.integers(-top, top + 1, (rows, columns)).astype(np.int16)
        return Matrix("m", weights, "pn", 512, (RowTile(0, rows, None),), store=store)

    def array(self, source: str, shape: tuple[int, int, int], target: str, columns: int) -> ArrayOp:
        return ArrayOp(self.name(), source, target, (self.matrix(shape[2], columns),))

    def conv(self, x: QTensor) -> None:
        kernel = tuple(int(min(self.random.integers(1, 4), size)) for size in x.shape[:2])
        strides = tuple(int(n) for n in self.random.integers(1, 3, 2))
        pads = tuple(int(self.random.integers(0, k)) for k in (*kernel, *kernel))
        out = [
            (size + pads[axis] + pads[axis + 2] - kernel[axis]) // strides[axis] + 1
            for axis, size in enumerate(x.shape[:2])
        ]
        columns = int(self.random.integers(1, 9))
        matrix = self.matrix(kernel[0] * kernel[1] * x.shape[2], columns)
        name, target = self.name(), self.new((*out, columns))
        self.op(ArrayOp(name, x.name, target.name, (matrix,), kernel, strides, pads=pads))

    def table(self) -> np.ndarray:
        return self.random.integers(-128, 128, 256).astype(np.int16)

    def lut(self, x: QTensor) -> None:
        self.op(LutOp(self.name(), x.name, self.new(x.shape).name, self.table()))

    def add(self, x: QTensor) -> None:
        same = [other for other in self.alive if other.shape == x.shape]
        other = same[int(self.random.integers(len(same)))]
        self.op(AddOp(self.name(), (x.name, other.name), self.new(x.shape).name))

    def mul(self, x: QTensor) -> None:
        same = [t for t in self.alive if t.shape in (x.shape, (1, 1, x.shape[2]))]
        other = same[int(self.random.integers(len(same)))]
        self.op(MulOp(self.name(), (x.name, other.name), self.new(x.shape).name, -5))

    def pool(self, x: QTensor) -> None:
        kernel = tuple(min(2, size) for size in x.shape[:2])
        out = tuple(size // k for size, k in zip(x.shape[:2], kernel, strict=True))
        target = self.new((*out, x.shape[2])).name
        self.op(PoolOp(self.name(), x.name, target, "max", kernel, kernel))

    def concat(self, x: QTensor) -> None:
        same = [other for other in self.alive if other.shape[:2] == x.shape[:2]]
        other = same[int(self.random.integers(len(same)))]
        target = self.new((*x.shape[:2], x.shape[2] + other.shape[2]))
        self.op(ConcatOp(self.name(), (x.name, other.name), target.name, 2))

    def permute(self, x: QTensor) -> None:
        order = self.random.permutation(x.size).astype(np.int32)
        self.op(PermuteOp(self.name(), x.name, self.new(x.shape).name, order))

    def reshape(self, x: QTensor) -> None:
        shape = (x.shape[1], x.shape[0], x.shape[2])
        self.op(ReshapeOp(self.name(), x.name, self.new(shape).name))

    def slice(self, x: QTensor) -> None:
        axis = int(self.random.integers(3))
        size = int(self.random.integers(1, x.shape[axis] + 1))
        shape = tuple(size if a == axis else n for a, n in enumerate(x.shape))
        self.op(SliceOp(self.name(), x.name, self.new(shape).name, axis, x.shape[axis] - size))

    def constant(self, x: QTensor) -> None:
        made = self.new(x.shape if self.random.random() < 0.5 else (1, 1, x.shape[2]))
        self.fixed.add(made.name)
        self.constants[made.name] = self.random.integers(-128, 128, made.shape).astype(np.int16)

    def history(self, x: QTensor) -> None:
        if x.shape[1] != 1 or x.name in self.fixed:
            return
        lags = tuple(int(n) for n in self.random.integers(0, 4, 2))
        target = self.new((x.shape[0], 1, 2 * x.shape[2]))
        self.op(HistoryOp(self.name(), x.name, target.name, lags))

    def cell(self, x: QTensor) -> None:
        """Two states; the body mixes them with the step, some of it over the states themselves."""
        if x.shape[1] != 1 or x.name in self.fixed:
            return
        size = int(self.random.integers(1, 7))
        name = self.name()
        step, h, c, joined, gates, moved, g2, new_c, new_h = (
            self.new((1, 1, n), f"{name}/{what}", alive=False)
            for what, n in (
                ("x", x.shape[2]), ("h", size), ("c", size), ("xh", x.shape[2] + size),
                ("g", size), ("m", size), ("g2", size), ("c2", size), ("h2", size),
            )
        )  # fmt: skip
        body: tuple[QOp, ...] = (
            ConcatOp(f"{name}/cat", (step.name, h.name), joined.name, 2),
            ArrayOp(f"{name}/a", joined.name, gates.name, (self.matrix(joined.size, size),)),
            LutOp(f"{name}/l", gates.name, moved.name, self.table()),
            ReshapeOp(f"{name}/r", moved.name, g2.name),
            MacOp(f"{name}/mac", (gates.name, c.name, g2.name, h.name), new_c.name, (-7, -7, 0)),
            AddOp(f"{name}/add", (new_c.name, gates.name), new_h.name, -1),
        )
        nexts = [new_h.name, new_c.name, h.name, c.name, step.name, joined.name]
        pairs = (new_h.name, new_c.name)
        if self.random.random() < 0.5:  # swapped, crossed, or one of them held
            fitting = nexts[:4] + [step.name] * (x.shape[2] == size)
            pairs = tuple(fitting[int(self.random.integers(len(fitting)))] for _ in range(2))
        result = (new_h.name, h.name, c.name, g2.name)[int(self.random.integers(4))]
        target = self.new((x.shape[0], 1, size))
        self.op(
            RecurrentOp(
                name,
                x.name,
                target.name,
                step.name,
                result,
                (State(h.name, pairs[0]), State(c.name, pairs[1])),
                body,
                bool(self.random.random() < 0.5) and x.shape[0] > 1,
                int(self.random.integers(0, 4)),
            )
        )
