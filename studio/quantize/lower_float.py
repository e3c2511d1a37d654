"""Operations of float models alone: tables of any function, and what only moves elements."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from studio.quantize import lower_attention, lower_rnn
from studio.quantize.builder import Builder, table_inputs
from studio.quantize.functions import evaluate
from studio.quantize.fuse import Group
from studio.quantize.lower_array import clipped
from studio.quantize.matrix import Real
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import (
    AddOp,
    LutOp,
    ReshapeOp,
    SliceOp,
    ZeroInsertOp,
)
from studio.quantize.view import View, canonical_axes, placed

Lowering = Callable[[Plan, Builder, Group], View]


def table(plan: Plan, builder: Builder, group: Group) -> View:
    """A chain of elementwise nodes: one table."""
    chain = group.chain
    if chain is None:
        raise ValueError(f"{group.main.name} is no chain")
    view = builder.views[chain.source]
    source = builder.of(view)
    constants = {
        name: np.asarray(plan.network.constants[name], np.float64).reshape(-1)
        for node in chain.nodes
        for name in node.inputs
        if name in plan.network.constants
    }
    real = table_inputs(source) * source.scale
    values = evaluate(chain.nodes, chain.source, real, constants)
    return _looked_up(plan, builder, group, view, values)


def _looked_up(plan: Plan, builder: Builder, group: Group, view: View, values: Real) -> View:
    """The table of real ``values``, [256] or one row a channel."""
    source, scale = builder.of(view), plan.scale(group.output)
    seen = values if source.signed or source.high > 127 else values[..., :128]
    low = 0 if seen.min() >= 0 else plan.chip.arithmetic.output_min
    high = plan.chip.arithmetic.output_max
    numbers = np.clip(np.rint(np.clip(values / scale, -1e6, 1e6)), low, high).astype(np.int16)
    numbers.setflags(write=False)
    result = view.renamed(builder.fresh(group.output))
    builder.tensor(result, scale, low, high)
    name = builder.fresh_op(group.main.name)
    builder.ops.append(LutOp(name, view.tensor, result.tensor, numbers))
    return result


def scaled(plan: Plan, builder: Builder, group: Group) -> View:
    """A multiplication by a positive number: other steps, the same integers."""
    chain = group.chain
    if chain is None or chain.factor is None or not plan.keeps_own(group.output):
        return table(plan, builder, group)
    view = builder.views[chain.source]
    source = builder.of(view)
    result = view.renamed(builder.fresh(group.output))
    builder.tensor(result, source.scale * chain.factor, source.low, source.high)
    name = builder.fresh_op(group.main.name)
    builder.ops.append(ReshapeOp(name, view.tensor, result.tensor))
    return result


def slopes(plan: Plan, builder: Builder, group: Group) -> View:
    """A PRelu with a slope for each channel: a table for each."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    view = builder.arranged(view, canonical_axes(len(view.onnx)))
    source = builder.of(view)
    slope = np.asarray(plan.network.constants[node.inputs[1]], np.float64).reshape(-1, 1)
    real = table_inputs(source) * source.scale
    return _looked_up(plan, builder, group, view, np.where(real > 0, real, slope * real))


def subtract(plan: Plan, builder: Builder, group: Group) -> View:
    """A - b: b negated in the scale of the result, then added."""
    node, scale = group.main, plan.scale(group.output)
    a, b = builder.same_order([builder.views[name] for name in node.inputs])
    a = builder.rescaled(a, scale, high=255)
    source = builder.of(b)
    numbers = np.clip(np.rint(-table_inputs(source) * source.scale / scale), -128, 127)
    low = -128 if source.high > 0 else 0
    minus = builder.lut(
        b, f"{node.name} negated", f"{b.tensor} negated", numbers.astype(np.int16), scale, low, 127
    )
    relu = group.activation is not None
    result = a.renamed(builder.fresh(group.output))
    builder.tensor(result, scale, 0 if relu else -128, 127)
    name = builder.fresh_op(node.name)
    builder.ops.append(AddOp(name, (a.tensor, minus.tensor), result.tensor, 0, relu))
    return clipped(plan, builder, group, result)


def slice_(plan: Plan, builder: Builder, group: Group) -> View:
    """A slice along one axis."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    source, shape = builder.of(view), plan.network.shapes[group.output]
    axis = view.axes[int(node.number("axis", 0))]
    result = placed(builder.fresh(group.output), shape, view.axes)
    builder.tensor(result, source.scale, source.low, source.high)
    builder.ops.append(
        SliceOp(
            builder.fresh_op(node.name),
            view.tensor,
            result.tensor,
            axis - 1,
            int(node.number("start", 0)),
            int(node.number("step", 1)),
        )
    )
    return result


def zero_insert(plan: Plan, builder: Builder, group: Group) -> View:
    """Zeros between the elements of the spatial axes."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    view = builder.arranged(view, canonical_axes(len(view.onnx)))
    source, strides = builder.of(view), node.ints("strides")
    result = placed(builder.fresh(group.output), plan.network.shapes[group.output], view.axes)
    builder.tensor(result, source.scale, min(0, source.low), source.high)
    both = (strides[0], 1) if len(strides) == 1 else (strides[1], strides[0])
    builder.ops.append(ZeroInsertOp(builder.fresh_op(node.name), view.tensor, result.tensor, both))
    return result


def repeated(plan: Plan, builder: Builder, group: Group) -> View:
    """Expand and Resize: elements taken more than once."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    shape = plan.network.shapes[group.output]
    if node.op == "Expand":
        return builder.repeated(view, shape, group.output)
    where = np.arange(math.prod(view.onnx)).reshape(view.onnx)
    for axis, factor in enumerate(node.ints("factors")):
        where = np.repeat(where, factor, axis)
    return builder.taken(view, shape, where.reshape(-1), group.output)


LOWERING: Mapping[str, Lowering] = {
    "Expand": repeated,
    "GRU": lower_rnn.gru,
    "GroupNormalization": lower_attention.norm,
    "LSTM": lower_rnn.lstm,
    "RNN": lower_rnn.rnn,
    "ReluRNN": lower_rnn.rnn,
    "LayerNormalization": lower_attention.norm,
    "PRelu": slopes,
    "Product": lower_attention.product,
    "ReduceMax": lower_attention.maximum,
    "ReduceMean": lower_attention.mean,
    "Resize": repeated,
    "Scaled": scaled,
    "Slice": slice_,
    "Sub": subtract,
    "Table": table,
    "ZeroInsert": zero_insert,
}
