"""What Lstm, Gru and Gru2Array of the maker's dialect share when they become RecurrentOps.

Normal form of the nodes (graph/normalize_cells.py): every weight has its bias, options are
attributes with their defaults filled in, tables are int16 of 256 or 1024 entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from studio.graph.network import Node
from studio.graph.shape_rules import features_last
from studio.quantize.builder import Builder
from studio.quantize.conventions import Rounding, TableIndex
from studio.quantize.lower_array import whole
from studio.quantize.matrix import Integers, Real, build
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import (
    ArrayOp,
    BlendOp,
    ConcatOp,
    Int16,
    LutOp,
    MacOp,
    MulOp,
    QOp,
    QTensor,
    RecurrentOp,
    SliceOp,
    State,
    SumLutOp,
)
from studio.quantize.view import View, canonical_axes, placed

CHANNEL_AXIS = 2


@dataclass
class Body:
    """The operations of one step of a cell, while they are collected.

    A method that is named after an operation appends it and returns its output tensor's name;
    operation and tensor are called NODE/PART. Tensors get the tightest range that is certain.
    """

    plan: Plan
    builder: Builder
    node: Node
    ops: list[QOp] = field(default_factory=list)

    def tensor(
        self, part: str, channels: int, low: int = -128, high: int = 127, scale: float = 1.0
    ) -> str:
        """Declare a tensor (1, 1, channels)."""
        name = self.builder.fresh(f"{self.node.name}/{part}")
        self.builder.tensors[name] = QTensor(
            name, (1, 1, channels), scale, low, high, (1, channels)
        )
        return name

    def state(self, part: str, channels: int, *tables: Int16, ones: int = 127) -> str:
        """Declare a state that is a mixture or a product of these tables' values.

        It is never negative where no table is, and no factor ``ones`` - z, z being at most 127.
        """
        positive = ones >= 127 and all(table.min() >= 0 for table in tables)
        return self.tensor(f"{part}_before", channels, 0 if positive else -128)

    def op_name(self, part: str) -> str:
        """A name for an operation of the body."""
        return self.builder.fresh_op(f"{self.node.name}/{part}")

    def channels(self, tensor: str) -> int:
        """How many channels a tensor has."""
        return self.builder.tensors[tensor].shape[CHANNEL_AXIS]

    def signed(self, *tensors: str) -> bool:
        """Whether any of them holds negative numbers."""
        return any(self.builder.tensors[name].signed for name in tensors)

    def concat(self, part: str, *inputs: str) -> str:
        """Inputs one after another along the channels."""
        sources = [self.builder.tensors[name] for name in inputs]
        output = self.tensor(
            part,
            sum(self.channels(name) for name in inputs),
            min(source.low for source in sources),
            max(source.high for source in sources),
        )
        self.ops.append(ConcatOp(self.op_name(part), inputs, output, CHANNEL_AXIS))
        return output

    def numbers(self, part: str, weights: str, bias: str, gain: str) -> Integers:
        """A matrix of the file; ``gain`` is an attribute's name, ``part`` is for notes."""
        return whole(
            self.plan,
            self.builder,
            f"{self.node.name}/{part}",
            constant(self.plan, weights),
            constant(self.plan, bias),
            int(self.node.number(gain, 0)),
        )

    def product(self, part: str, x: str, numbers: Integers, scale: float = 1.0) -> str:
        """``x`` times a matrix; ``scale`` is the output's."""
        op = array_op(self.plan, self.builder, self.node, f"{self.node.name}/{part}", x, numbers)
        output = self.tensor(part, op.matrices[0].columns, scale=scale)
        self.ops.append(finished(op, output))
        return output

    def slice(self, part: str, x: str, start: int, count: int) -> str:
        """``count`` channels of ``x`` from ``start``."""
        source = self.builder.tensors[x]
        output = self.tensor(part, count, source.low, source.high, source.scale)
        self.ops.append(SliceOp(self.op_name(part), x, output, CHANNEL_AXIS, start))
        return output

    def lut(self, part: str, x: str, table: Int16) -> str:
        """table[x & 255]; int16 [256]."""
        output = self.tensor(part, self.channels(x), *table_range(table))
        self.ops.append(LutOp(self.op_name(part), x, output, table))
        return output

    def sum_lut(self, part: str, a: str, b: str, table: Int16) -> str:
        """table[(a + b) & 511]; int16 [512]."""
        output = self.tensor(part, self.channels(a), *table_range(table))
        self.ops.append(SumLutOp(self.op_name(part), (a, b), output, table))
        return output

    def mul(self, part: str, a: str, b: str, shift: int) -> str:
        """sat8 of the shifted product."""
        low = -128 if self.signed(a, b) else 0
        output = self.tensor(part, self.channels(a), low)
        self.ops.append(MulOp(self.op_name(part), (a, b), output, shift))
        return output

    def mac(
        self, part: str, inputs: tuple[str, str, str, str], shifts: tuple[int, int, int]
    ) -> str:
        """The sum of two products."""
        low = -128 if self.signed(*inputs) else 0
        output = self.tensor(part, self.channels(inputs[0]), low)
        self.ops.append(MacOp(self.op_name(part), inputs, output, shifts))
        return output

    def blend(
        self,
        part: str,
        inputs: tuple[str, str, str],
        ones: int,
        shifts: tuple[int, int, int],
        mirrored: bool = False,
    ) -> str:
        """The mixture of (z, new, old)."""
        wide = self.builder.tensors[inputs[0]].high > ones
        low = -128 if wide or self.signed(*inputs) else 0
        output = self.tensor(part, self.channels(inputs[0]), low)
        self.ops.append(BlendOp(self.op_name(part), inputs, output, ones, shifts, mirrored))
        return output


def array_op(
    plan: Plan, builder: Builder, node: Node, name: str, x: str, numbers: Integers
) -> ArrayOp:
    """A multiplication of tensor ``x`` without an output yet (``finished``); cuts are noted."""
    source = builder.tensors[x]
    matrix = build(
        name,
        numbers,
        source,
        plan.signed,
        plan.chip,
        plan.network.source,
        plan.tile_rows,
        strict=not plan.integer,
    )
    cut = len(matrix.tiles)
    if plan.integer and cut > 1:
        builder.notes.append(
            f"{name}: {matrix.inputs} inputs do not fit one round on the array; {cut} parts are"
            " rounded by themselves and added, which differs a little from one sum."
        )
    return ArrayOp(builder.fresh_op(name), x, "", (matrix,), trace=node.name)


def finished(op: ArrayOp, output: str, relu: bool = False) -> ArrayOp:
    """``op`` with its output."""
    return ArrayOp(op.name, op.input, output, op.matrices, relu=relu, trace=op.trace)


def begin(plan: Plan, builder: Builder, node: Node) -> tuple[Body, View, str]:
    """An empty body, the view of the node's input over time, and the body's input of one step."""
    features = int(node.number("features", 0))
    view = over_time(plan, builder, node)
    body = Body(plan, builder, node)
    source = builder.of(view)
    return body, view, body.tensor("x", features, source.low, source.high, source.scale)


def over_time(plan: Plan, builder: Builder, node: Node) -> View:
    """The view of a node's input with time along W and its ``features`` along C."""
    view, features = builder.views[node.inputs[0]], int(node.number("features", 0))
    last = features_last(view.onnx, features, node.outputs[0] in plan.network.steps_first)
    return builder.arranged(view, canonical_axes(len(view.onnx), last))


def close(
    body: Body, view: View, step: str, result: str, states: tuple[tuple[str, str], ...]
) -> View:
    """Append the RecurrentOp; ``states`` are pairs of a state's tensor and what it becomes."""
    node, builder = body.node, body.builder
    shape = body.plan.network.shapes[node.outputs[0]]
    output = placed(builder.fresh(node.outputs[0]), shape, view.axes)
    last = builder.tensors[result]
    builder.tensor(output, last.scale, last.low, last.high)
    builder.ops.append(
        RecurrentOp(
            builder.fresh_op(node.name),
            view.tensor,
            output.tensor,
            step,
            result,
            tuple(State(name, following) for name, following in states),
            tuple(body.ops),
            reset_every=int(node.number("reset_every", 0)),
            trace=node.name,
        )
    )
    return output


def table_range(table: Int16) -> tuple[int, int]:
    """The range of a tensor that holds a table's values."""
    return (0 if table.min() >= 0 else -128), (127 if table.max() <= 127 else 255)


def tables(node: Node) -> tuple[Int16, ...]:
    """The activation tables of a cell, int16 of 256 or 1024 entries each."""
    return tuple(np.asarray(table, np.int16).reshape(-1) for table in node.arrays("tables"))


def spread(table: Int16, entries: int, rule: TableIndex) -> Int16:
    """A table for numbers of 8 bits (``entries`` 256) or 9 bits (512), as LutOp and SumLutOp want.

    Entry i is for the number v = i, or i - ``entries`` in the upper half. 256 entries of the
    file are found at v & 255; 1024 at (2 v) & 1023, or at v & 1023 where ``rule`` says direct.
    """
    index = np.arange(entries)
    v = np.where(index < entries // 2, index, index - entries)
    if len(table) == 256:
        found: Int16 = table[v & 255]
    else:
        found = table[(2 * v if rule == "double" else v) & 1023]
    found.setflags(write=False)
    return found


def shift_table(shift: int, rule: Rounding) -> Int16:
    """V shifted by ``shift`` (right where negative) and saturated, for LutOp: int16 [256]."""
    index = np.arange(256)
    v = np.where(index < 128, index, index - 256)
    if shift >= 0:
        wide = v << shift
    elif rule == "half up":
        wide = (v + (1 << (-shift - 1))) >> -shift
    elif rule == "floor":
        wide = v >> -shift
    else:
        wide = (np.trunc(v * 4 / 2**-shift).astype(np.int64) + 2) >> 2
    table: Int16 = np.clip(wide, -128, 127).astype(np.int16)
    table.setflags(write=False)
    return table


def constant(plan: Plan, name: str) -> Real:
    """A constant of the file in float64."""
    found: Real = np.asarray(plan.network.constants[name], np.float64)
    return found
