"""Everything that runs on the CPU, or costs nothing, becomes the other operations."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from studio.graph.network import Node
from studio.quantize.builder import Builder, table_inputs
from studio.quantize.fuse import Group
from studio.quantize.lower_array import clipped, geometry
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ConcatOp,
    MulOp,
    PoolOp,
    ReshapeOp,
    SoftmaxOp,
)
from studio.quantize.scales import SOFTMAX_STEP, native
from studio.quantize.view import (
    CHANNEL,
    View,
    canonical_axes,
    logical_positions,
    placed,
    squeezed,
    transposed,
)

Real = npt.NDArray[np.float64]
FACTOR_LIMIT = 32767
OFFSET_LIMIT = 2**29
SHIFT_LIMIT = 14
SOFTMAX_ONE = 2**15


def unary(plan: Plan, builder: Builder, group: Group) -> View:
    """Relu, Clip, Sigmoid and Tanh: a table from input integers to output integers."""
    node = group.main
    view = builder.views[node.inputs[0]]
    source = builder.of(view)
    if node.op == "Relu" and not source.signed:
        return view
    scale = plan.scale(group.output)
    real = table_inputs(source) * source.scale
    match node.op:
        case "Sigmoid":
            values = 1 / (1 + np.exp(-real))
        case "Tanh":
            values = np.tanh(real)
        case "Clip":
            values = np.clip(real, node.number("min", -np.inf), node.number("max", np.inf))
        case _:
            values = np.maximum(real, 0)
    low = 0 if values.min() >= 0 else plan.chip.arithmetic.output_min
    high = plan.chip.arithmetic.output_max
    table = np.clip(np.rint(values / scale), low, high).astype(np.int16)
    return builder.lut(view, node.name, group.output, table, scale, low, high)


def pool(plan: Plan, builder: Builder, group: Group) -> View:
    """Maximum and average pooling, global or over windows."""
    node = group.main
    view = builder.views[node.inputs[0]]
    view = builder.arranged(view, canonical_axes(len(view.onnx)))
    source = builder.of(view)
    if node.op == "GlobalAveragePool":
        window = geometry(view.onnx[2:], (1, 1), (1, 1), (0, 0, 0, 0))
    else:
        rank = len(view.onnx) - 2
        ones = (1,) * rank
        if any(step != 1 for step in node.ints("dilations", ones)):
            raise plan.error(node, "dilated pooling is not supported", "Use dilation 1.")
        window = geometry(
            node.ints("kernel_shape"),
            node.ints("strides", ones),
            ones,
            node.ints("pads", (0,) * 2 * rank),
        )
    result = placed(builder.fresh(group.output), plan.network.shapes[group.output], view.axes)
    kind, scale, shift, ratio = "max", source.scale, 0, 1.0
    low, high = source.low, source.high
    if node.op != "MaxPool":
        kind = "average"
        shift = _average_shift(plan, group, source.scale)
        scale = source.scale / 2.0**shift if not plan.integer else 1.0
        if plan.integer and abs(_ratio(node) / 2.0**shift - 1) >= 1e-6:
            ratio = _ratio(node)
        low, high = (-128 if source.signed else 0), 127
    builder.tensor(result, scale, low, high)
    builder.ops.append(
        PoolOp(
            builder.fresh_op(node.name),
            view.tensor,
            result.tensor,
            "max" if kind == "max" else "average",
            window.kernel,
            window.strides,
            window.pads,
            bool(node.number("count_include_pad", 0)),
            shift,
            ratio,
        )
    )
    return result if node.op == "MaxPool" else _in_class(plan, builder, group, result)


def _average_shift(plan: Plan, group: Group, input_scale: float) -> int:
    """log2(scale_in / scale_out) of an average."""
    node = group.main
    if not plan.integer:
        scale = native(node.op, [input_scale], plan.scale(group.output))
        return round(math.log2(input_scale / scale))
    shift = round(math.log2(_ratio(node)))
    return shift if abs(_ratio(node) / 2.0**shift - 1) < 1e-6 else 0


def _ratio(node: Node) -> float:
    """scale_in / scale_out of an average in an integer model."""
    return node.number("scale_in", 1.0) / node.number("scale_out", 1.0)


def _in_class(plan: Plan, builder: Builder, group: Group, view: View) -> View:
    """``view`` in the scale its class wants, where it may not keep its own."""
    if plan.keeps_own(group.output):
        return view
    return builder.rescaled(view, plan.scale(group.output))


def binary(plan: Plan, builder: Builder, group: Group) -> View:
    """Add and Mul of two activations, or of an activation and a constant."""
    node = group.main
    names = [name for name in node.inputs if name in builder.views]
    fixed = [name for name in node.inputs if name not in builder.views]
    if not names:
        raise plan.error(node, f"{node.op} has no input that is computed")
    views = [builder.views[name] for name in names]
    if fixed:
        view = builder.settled(views[0])
        constant = _physical(plan, group, view, fixed[0])
        if not plan.integer and np.ptp(constant, axis=(0, 1)).max() == 0:
            row = constant[0, 0]
            ones = np.ones_like(row)
            factor, offset = (ones, row) if node.op == "Add" else (row, np.zeros_like(row))
            return affine(plan, builder, group, view, factor, offset)
        scale = plan.scale(group.output)
        if node.op == "Mul" and not plan.integer:
            scale = max(float(np.abs(constant).max()) / 127, 1e-12)
        values = np.clip(np.rint(constant / scale), -128, 127).astype(np.int16)
        views = [view, builder.constant(f"{node.name} constant", values, scale)]
    else:
        views = builder.same_order(views)
    return (_add if node.op == "Add" else _mul)(plan, builder, group, views)


def _physical(plan: Plan, group: Group, view: View, name: str) -> Real:
    """A constant operand broadcast to its partner's shape, in (W, H, C) order."""
    if plan.network.shapes[group.output] != view.onnx:
        raise plan.error(group.main, "the constant is larger than what it is combined with")
    values = np.asarray(plan.network.constants[name], np.float64)
    flat = np.broadcast_to(values, view.onnx).reshape(-1)
    return flat[logical_positions(view)].reshape(view.shape)


def _add(plan: Plan, builder: Builder, group: Group, views: list[View]) -> View:
    node = group.main
    scale = plan.scale(group.output)
    a, b = (builder.rescaled(view, scale, high=255) for view in views)
    if a.shape != b.shape:
        raise plan.error(
            node,
            f"cannot add shapes {list(a.onnx)} and {list(b.onnx)}",
            "Both inputs of an Add must have the same shape.",
        )
    shift = int(node.number("shift_bit", 0))
    relu = group.activation is not None
    low = 0 if relu or not (builder.of(a).signed or builder.of(b).signed) else -128
    result = a.renamed(builder.fresh(group.output))
    builder.tensor(result, scale, low, 127)
    name = builder.fresh_op(node.name)
    builder.ops.append(AddOp(name, (a.tensor, b.tensor), result.tensor, shift, relu))
    return clipped(plan, builder, group, result)


def _mul(plan: Plan, builder: Builder, group: Group, views: list[View]) -> View:
    node = group.main
    a, b = sorted(views, key=lambda view: -math.prod(view.shape))
    if not plan.integer and b.shape not in (a.shape, (1, 1, a.shape[2])):
        b = builder.repeated(b, a.onnx, f"{b.tensor} repeated")
    if b.shape != a.shape and b.shape != (1, 1, a.shape[2]):
        raise plan.error(
            node,
            f"cannot multiply shapes {list(a.onnx)} and {list(b.onnx)}",
            "Shapes must be equal, or the second one value per channel.",
        )
    product = builder.of(a).scale * builder.of(b).scale
    if plan.integer:
        shift, scale = int(node.number("shift_bit", 0)), 1.0
    else:
        scale = native(node.op, [product], plan.scale(group.output))
        shift = round(math.log2(product / scale))
    relu = group.activation is not None
    low = 0 if relu or not (builder.of(a).signed or builder.of(b).signed) else -128
    result = a.renamed(builder.fresh(group.output))
    builder.tensor(result, scale, low, 127)
    name = builder.fresh_op(node.name)
    builder.ops.append(MulOp(name, (a.tensor, b.tensor), result.tensor, shift, relu))
    return clipped(plan, builder, group, _in_class(plan, builder, group, result))


def batch_normalization(plan: Plan, builder: Builder, group: Group) -> View:
    """A BatchNormalization that folded into no matrix: factor and offset per channel."""
    node = group.main
    gamma, beta, mean, variance = (
        np.asarray(plan.network.constants[name], np.float64).reshape(-1)
        for name in node.inputs[1:5]
    )
    factor = gamma / np.sqrt(variance + node.number("epsilon", 1e-5))
    view = builder.views[node.inputs[0]]
    view = builder.arranged(view, canonical_axes(len(view.onnx)))
    return affine(plan, builder, group, view, factor, beta - mean * factor)


def affine(
    plan: Plan, builder: Builder, group: Group, view: View, factor: Real, offset: Real
) -> View:
    """The map x * factor[c] + offset[c] in 16-bit fixed point with the most bits that fit."""
    source = builder.of(view)
    scale = plan.scale(group.output)
    real = factor * (source.scale / scale)
    add = offset / scale
    peak = max(float(np.abs(real).max()) / FACTOR_LIMIT, float(np.abs(add).max()) / OFFSET_LIMIT)
    shift = SHIFT_LIMIT
    if peak > 0:
        shift = min(SHIFT_LIMIT, math.floor(-math.log2(peak)))
    if shift < 0:
        raise plan.error(
            group.main,
            "its factors are too large for the chip's integers",
            "Check the model: an output would be far larger than its input.",
        )
    relu = group.activation is not None
    result = view.renamed(builder.fresh(group.output))
    builder.tensor(result, scale, 0 if relu else -128, 127)
    builder.ops.append(
        AffineOp(
            builder.fresh_op(group.main.name),
            view.tensor,
            result.tensor,
            np.rint(real * 2.0**shift).astype(np.int16),
            np.rint(add * 2.0**shift).astype(np.int32),
            shift,
            relu,
        )
    )
    return clipped(plan, builder, group, result)


def concat(plan: Plan, builder: Builder, group: Group) -> View:
    """Concat along any axis but the batch."""
    node = group.main
    computed = [builder.views[name] for name in node.inputs if name in builder.views]
    if not computed:
        raise plan.error(node, "Concat has no input that is computed")
    computed = builder.same_order([builder.settled(view) for view in computed])
    axes = computed[0].axes
    axis = axes[int(node.number("axis", 1))]
    if axis == 0:
        raise plan.error(node, "Concat along the batch is not supported")
    scale = plan.scale(group.output)
    alone = len(computed) == len(node.inputs)
    high = 255 if alone and all(builder.of(view).high > 127 for view in computed) else 127
    rescaled = iter([builder.rescaled(view, scale, high) for view in computed])
    views = [
        next(rescaled) if name in builder.views else _constant(plan, builder, name, axes, scale)
        for name in node.inputs
    ]
    shape = plan.network.shapes[group.output]
    result = placed(builder.fresh(group.output), shape, views[0].axes)
    sources = [builder.of(view) for view in views]
    builder.tensor(result, scale, min(s.low for s in sources), max(s.high for s in sources))
    names = tuple(view.tensor for view in views)
    builder.ops.append(ConcatOp(builder.fresh_op(node.name), names, result.tensor, axis - 1))
    return result


def _constant(plan: Plan, builder: Builder, name: str, axes: tuple[int, ...], scale: float) -> View:
    """A constant of the network as an activation beside others, in their axes and scale."""
    real = np.asarray(plan.network.constants[name], np.float64)
    view = placed(builder.fresh(name), real.shape, axes)
    flat = real.reshape(-1)[logical_positions(view)].reshape(view.shape)
    values = np.clip(np.rint(flat / scale), -128, 127).astype(np.int16)
    values.setflags(write=False)
    builder.tensor(view, scale, -128 if values.min() < 0 else 0, 127)
    builder.constants[view.tensor] = values
    return view


def reshape(plan: Plan, builder: Builder, group: Group) -> View:
    """Reshape and Flatten: another shape of the same bytes wherever the order allows.

    The maker's dialect reinterprets the chip's memory; standard ONNX reinterprets its own
    order, which the next matrix undoes by permuting its rows.
    """
    node = group.main
    view = builder.views[node.inputs[0]]
    shape = plan.network.shapes[group.output]
    same = squeezed(view, shape)
    if same is not None:
        return same
    source = builder.of(view)
    if len(shape) not in {2, 3, 4}:
        raise plan.error(
            node,
            f"a tensor of {len(shape)} axes is not supported",
            "Write the model with tensors of at most 4 axes, the batch included; of attention, give"
            " q, k and v a Linear each, and reshape it to [N, T, heads, D].",
        )
    target = placed(builder.fresh(group.output), shape, canonical_axes(len(shape)))
    if plan.integer or len(shape) == 2:
        order = None if plan.integer else logical_positions(view)
        if order is not None and np.array_equal(order, np.arange(order.size)):
            order = None
        target = View(target.tensor, target.shape, target.onnx, target.axes, order)
        builder.tensor(target, source.scale, source.low, source.high)
        name = builder.fresh_op(node.name)
        builder.ops.append(ReshapeOp(name, view.tensor, target.tensor))
        return target
    users = {user.op for user in plan.network.consumers(group.output)}
    last = len(shape) == 3 and "Conv" not in users
    free = builder.reshaped(view, shape, last)
    if free is not None:
        return free
    return builder.moved(view, placed(target.tensor, shape, canonical_axes(len(shape), last)))


def transpose(plan: Plan, builder: Builder, group: Group) -> View:
    """Transpose relabels axes; data moves only when a later operation insists."""
    view = builder.settled(builder.views[group.main.inputs[0]])
    perm = group.main.ints("perm")
    if perm[0] != 0:
        raise plan.error(
            group.main, "the batch axis must stay first", "Use a perm that starts with 0."
        )
    return transposed(view, perm)


def softmax(plan: Plan, builder: Builder, group: Group) -> View:
    """Softmax over any axis but the batch."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    axis = int(node.number("axis", len(view.onnx) - 1))
    if axis == 0:
        raise plan.error(node, "Softmax over the batch is not supported")
    if view.axes[axis] != CHANNEL:
        axes = list(view.axes)
        other = axes.index(CHANNEL) if CHANNEL in axes else None
        if other is not None:
            axes[other] = axes[axis]
        axes[axis] = CHANNEL
        view = builder.arranged(view, tuple(axes))
    source = builder.of(view)
    table = np.rint(SOFTMAX_ONE * np.exp(-np.arange(256) * source.scale)).astype(np.int32)
    result = view.renamed(builder.fresh(group.output))
    builder.tensor(result, SOFTMAX_STEP, 0, 255)
    name = builder.fresh_op(node.name)
    builder.ops.append(SoftmaxOp(name, view.tensor, result.tensor, table))
    return _in_class(plan, builder, group, result)
