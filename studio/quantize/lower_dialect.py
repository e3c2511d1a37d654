"""The maker's dialect: operators of integer models that are no array operators and no cells.

Arithmetic after the maker's documents and public reference data; where these are silent, after
the switches of conventions.py. Functions of one integer are in lower_tables.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.graph.network import Network, Node
from studio.graph.shape_rules import features_last as fits_last
from studio.quantize import lower_cpu
from studio.quantize.builder import Builder, table_inputs
from studio.quantize.conventions import round_as
from studio.quantize.fuse import Group
from studio.quantize.lower_array import clipped
from studio.quantize.lower_tables import FORMULAS, looked_up, tabulated
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import (
    MatMulOp,
    MeanOp,
    NormOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
)
from studio.quantize.view import (
    BATCH,
    CHANNEL,
    HEIGHT,
    WIDTH,
    View,
    canonical_axes,
    placed,
    squeezed,
)

Real = npt.NDArray[np.float64]

# Operators to which axis 1 of a tensor is its channels, as in ONNX.
CHANNELS_FIRST = frozenset(
    ("AveragePool", "BatchNormalization", "Conv", "ConvTranspose", "GroupNorm", "MaxPool")
)
EIGHT_BIT = 255


def batch_normalization(plan: Plan, builder: Builder, group: Group) -> View:
    """BatchNormalization between integers: a table for each channel."""
    node = group.main
    gamma, beta, mean, variance = (_vector(plan, name) for name in node.inputs[1:5])
    view = _on_channels(builder, builder.views[node.inputs[0]], 1)
    x = table_inputs(builder.of(view))[np.newaxis] * node.number("scale_in", 1.0)
    deviation = np.sqrt(variance + node.number("epsilon", 1e-5))
    y = (x - mean[:, None]) / deviation[:, None] * gamma[:, None] + beta[:, None]
    values = round_as(y / node.number("scale_out", 1.0), plan.conventions.batch_norm)
    return looked_up(builder, group, view, values)


def _vector(plan: Plan, name: str) -> Real:
    return np.asarray(plan.network.constants[name], np.float64).reshape(-1)


def _on_channels(builder: Builder, view: View, axis: int) -> View:
    """``view`` with ONNX axis ``axis`` on the channels; the axis there changes places with it."""
    view = builder.settled(view)
    if view.axes[axis] == CHANNEL:
        return view
    axes = [view.axes[axis] if a == CHANNEL else a for a in view.axes]
    axes[axis] = CHANNEL
    return builder.arranged(view, tuple(axes))


def binary(plan: Plan, builder: Builder, group: Group) -> View:
    """Add and Mul; with one number as the second operand they are a table."""
    node = group.main
    fixed = [name for name in node.inputs if name in plan.network.constants]
    values = _vector(plan, fixed[0]) if fixed else np.zeros(0)
    if not fixed or np.ptp(values) > 0:
        return lower_cpu.binary(plan, builder, group)
    view = builder.views[next(name for name in node.inputs if name not in fixed)]
    x = table_inputs(builder.of(view))
    total = x + values[0] if node.op == "Add" else x * values[0]
    shift = 2.0 ** int(node.number("shift_bit", 0))
    return looked_up(builder, group, view, round_as(total * shift, "half up"))


def normalization(plan: Plan, builder: Builder, group: Group) -> View:
    """GroupNorm and LayerNormalization with the sample's own statistics."""
    node = group.main
    groups = int(node.number("num_groups", 1))
    layer = node.op == "LayerNormalization"
    view = builder.views[node.inputs[0]]
    view = _on_channels(builder, view, len(view.onnx) - 1 if layer else 1)
    result = view.renamed(builder.fresh(group.output))
    builder.tensor(result, 1.0, 0 if group.activation else -128, 127)
    op = NormOp(
        builder.fresh_op(node.name),
        view.tensor,
        result.tensor,
        "layer" if layer else "group",
        node.number("scale_in", 1.0),
        node.number("scale_out", 1.0),
        _vector(plan, node.inputs[1]),
        _vector(plan, node.inputs[2]),
        node.number("epsilon", 1e-5),
        1 if layer else groups,
    )
    builder.ops.append(op)
    return clipped(plan, builder, group, result)


def shares(plan: Plan, builder: Builder, group: Group) -> View:
    """Softmax and SumNorm, uint8 in steps of 1/255, or as ``scale_out`` says."""
    node = group.main
    view = builder.views[node.inputs[0]]
    view = _on_channels(builder, view, int(node.number("axis", 1)))
    source = builder.of(view)
    step = node.number("scale_out", 1 / plan.conventions.softmax_steps)
    ratio = 1 / (EIGHT_BIT * step)
    # 1/255 in the file is a float32
    direct = node.op == "SumNorm" or abs(ratio - 1) < 1e-4
    result = view.renamed(builder.fresh(group.output if direct else f"{node.name} in 255ths"))
    name = builder.fresh_op(node.name)
    scale = node.number("scale_in", 1.0)
    if node.op == "SumNorm":
        high = EIGHT_BIT if step < 1 / 128 and not source.signed else 127
        builder.tensor(result, 1.0, -128 if source.signed else 0, high)
        empty = np.zeros(0)
        op = NormOp(name, view.tensor, result.tensor, "sum", scale, step, empty, empty)
        builder.ops.append(op)
        return result
    builder.tensor(result, 1.0, 0, EIGHT_BIT)
    distances = np.arange(256) * scale
    table = np.rint(lower_cpu.SOFTMAX_ONE * np.exp(-distances)).astype(np.int32)
    builder.ops.append(SoftmaxOp(name, view.tensor, result.tensor, table))
    if direct:
        return result
    steps = np.floor(np.arange(256) * ratio + 0.5)
    made = np.clip(steps, 0, EIGHT_BIT).astype(np.int16)
    name = f"{node.name} in steps of {step:g}"
    return builder.lut(result, name, group.output, made, 1.0, 0, int(made.max()))


def mean(plan: Plan, builder: Builder, group: Group) -> View:
    """ReduceMean over the channels; over width or height it is an AveragePool by now."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    if view.axes[1] != CHANNEL:
        view = _on_channels(builder, view, 1)
    source = builder.of(view)
    shape = plan.network.shapes[group.output]
    result = placed(builder.fresh(group.output), shape, view.axes)
    low = 0 if group.activation or not source.signed else -128
    builder.tensor(result, 1.0, low, 127)
    ratio = node.number("scale_in", 1.0) / node.number("scale_out", 1.0)
    name = builder.fresh_op(node.name)
    builder.ops.append(MeanOp(name, view.tensor, result.tensor, ratio / view.shape[2]))
    return clipped(plan, builder, group, result)


def product(plan: Plan, builder: Builder, group: Group) -> View:
    """MatMul of two activations, exact sums shifted by ``shift_bit``."""
    node = group.main
    a, b = (builder.settled(builder.views[name]) for name in node.inputs)
    if len(a.onnx) == 2:
        a = placed(a.tensor, (1, *a.onnx), (BATCH, WIDTH, CHANNEL))
    rows = (BATCH, HEIGHT, WIDTH, CHANNEL) if len(a.onnx) == 4 else (BATCH, WIDTH, CHANNEL)
    a = builder.arranged(a, rows)
    columns = (*rows[:-2], CHANNEL, WIDTH)
    transposed = b.axes == columns
    b = b if transposed else builder.arranged(b, rows)
    shift = int(node.number("shift_bit", 0))
    result = placed(builder.fresh(group.output), plan.network.shapes[group.output], rows)
    signed = builder.of(a).signed or builder.of(b).signed
    builder.tensor(result, 1.0, -128 if signed else 0, 127)
    op = MatMulOp(
        builder.fresh_op(node.name),
        (a.tensor, b.tensor),
        result.tensor,
        1 << max(shift, 0),
        max(-shift, 0),
        transposed,
    )
    builder.ops.append(op)
    return result


def cut(plan: Plan, builder: Builder, group: Group) -> View:
    """Slice along one axis."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    source = builder.of(view)
    axis = view.axes[int(node.number("axis", 1))]
    shape = plan.network.shapes[group.output]
    result = placed(builder.fresh(group.output), shape, view.axes)
    builder.tensor(result, source.scale, source.low, source.high)
    start, step = int(node.number("start", 0)), int(node.number("step", 1))
    name = builder.fresh_op(node.name)
    builder.ops.append(SliceOp(name, view.tensor, result.tensor, axis - 1, start, step))
    return result


def reshape(plan: Plan, builder: Builder, group: Group) -> View:
    """Reshape and Flatten: the bytes of the chip's memory under another shape.

    The order is the chip's, (W, H, C) with C fastest, whatever ONNX's would be. Squeeze and
    Unsqueeze only name the axes anew.
    """
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    shape = plan.network.shapes[group.output]
    same = squeezed(view, shape) if node.number("relabel", 0) else None
    if same is not None:
        return same
    if len(shape) not in {2, 3, 4}:
        raise plan.error(node, f"a tensor of {len(shape)} axes is not supported")
    plain = canonical_axes(len(view.onnx)), canonical_axes(len(view.onnx), channels_last=True)
    if view.axes not in plain:  # a Transpose is still pending
        view = builder.arranged(view, plain[0])
    last = features_last(plan.network, group.output, True)
    axes = canonical_axes(len(shape), channels_last=last)
    if placed(view.tensor, shape, axes).shape == view.shape:
        return replace(view, onnx=shape, axes=axes)
    source = builder.of(view)
    target = placed(builder.fresh(group.output), shape, axes)
    builder.tensor(target, source.scale, source.low, source.high)
    builder.ops.append(ReshapeOp(builder.fresh_op(node.name), view.tensor, target.tensor))
    return target


def features_last(network: Network, tensor: str, otherwise: bool) -> bool:
    """Whether a tensor of three axes is [1, T, F] to the layers behind it, and not [1, F, T].

    ``otherwise`` is the answer where they do not tell.
    """
    shape = network.shapes[tensor]
    if len(shape) != 3:
        return False
    for node in network.consumers(tensor):
        if node.op in ("MatMul", "LayerNormalization"):
            return True
        if (features := _features(network, node)) is not None:
            return fits_last(shape, features, node.outputs[0] in network.steps_first)
        if node.op in CHANNELS_FIRST:
            return False
        if node.op == "Reshape":  # reads the memory, however the axes are named
            continue
        if network.shapes[node.outputs[0]] == shape and node.op != "Transpose":
            return features_last(network, node.outputs[0], otherwise)
    return otherwise


def _features(network: Network, node: Node) -> int | None:
    """How many numbers a layer takes at every step; None for one without steps."""
    if node.op == "Gemm":
        return network.shapes[node.inputs[1]][0]
    return int(node.number("features", 0)) if "features" in node.attributes else None


def ambiguous(network: Network, tensor: str) -> bool:
    """Whether it is our choice which axis of a series has its features; it matters behind it."""
    shape = network.shapes[tensor]
    if len(shape) != 3 or 1 in shape[1:]:
        return False
    found = False
    for node in network.consumers(tensor):
        if (features := _features(network, node)) is not None:
            return shape[1] == shape[2] == features
        if node.op in ("MatMul", "LayerNormalization", *CHANNELS_FIRST):
            return False
        if node.op == "Reshape":
            found = found or not node.number("relabel", 0)
        elif network.shapes[node.outputs[0]] == shape and node.op != "Transpose":
            return ambiguous(network, node.outputs[0])
    return found


LOWERING: Mapping[str, Callable[[Plan, Builder, Group], View]] = {
    **dict.fromkeys(FORMULAS, tabulated),
    "Add": binary,
    "BatchNormalization": batch_normalization,
    "GroupNorm": normalization,
    "LayerNormalization": normalization,
    "MatMul": product,
    "Mul": binary,
    "ReduceMean": mean,
    "Reshape": reshape,
    "Slice": cut,
    "Softmax": shares,
    "SumNorm": shares,
}
