"""What float models compute on the CPU between activations: products, norms, means."""

from __future__ import annotations

import math

import numpy as np

from studio.quantize.builder import Builder
from studio.quantize.fuse import Group
from studio.quantize.lower_array import Geometry
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import MatMulOp, MeanOp, NormOp, PoolOp
from studio.quantize.scales import native
from studio.quantize.view import BATCH, CHANNEL, HEIGHT, WIDTH, View, canonical_axes, placed

# Sums times the factor stay below this, so that the CPU needs no more than 32 bits.
SUM_BITS = 30
FACTOR_BITS = 15


def product(plan: Plan, builder: Builder, group: Group) -> View:
    """A product of two activations: [1, (heads,) M, K] by [1, (heads,) K, N]."""
    node = group.main
    a, b = (builder.settled(builder.views[name]) for name in node.inputs)
    heads = (HEIGHT,) if len(a.onnx) == 4 else ()
    rows = (BATCH, *heads, WIDTH, CHANNEL)
    turned = (BATCH, *heads, CHANNEL, WIDTH)
    a = builder.arranged(a, rows)
    transposed = b.axes == turned
    b = b if transposed else builder.arranged(b, rows)
    sources = builder.of(a), builder.of(b)
    scale = plan.scale(group.output)
    ratio = sources[0].scale * sources[1].scale * _number(plan, group) / scale
    largest = a.shape[2] * math.prod(max(-s.low, s.high) for s in sources)
    bits = min(FACTOR_BITS, max(4, SUM_BITS - largest.bit_length()))
    shift = min(30, bits - 1 - math.floor(math.log2(ratio)))
    if shift < 0:
        raise plan.error(node, "its result is far smaller than its operands' steps")
    result = placed(builder.fresh(group.output), plan.network.shapes[group.output], rows)
    low = -128 if any(source.signed for source in sources) else 0
    builder.tensor(result, scale, low, 127)
    builder.ops.append(
        MatMulOp(
            builder.fresh_op(node.name),
            (a.tensor, b.tensor),
            result.tensor,
            round(ratio * 2.0**shift),
            shift,
            transposed,
        )
    )
    return result


def _number(plan: Plan, group: Group) -> float:
    """What the product is multiplied by, 1 without a Mul behind it."""
    if group.scale is None:
        return 1.0
    constants = plan.network.constants
    return next(
        float(np.asarray(constants[name]).reshape(-1)[0])
        for name in group.scale.inputs
        if name in constants
    )


def norm(plan: Plan, builder: Builder, group: Group) -> View:
    """LayerNormalization over the last axis, GroupNormalization."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    layer = node.op == "LayerNormalization"
    if layer:
        view = builder.arranged(view, with_channel(view, len(view.onnx) - 1))
    else:
        view = builder.arranged(view, canonical_axes(len(view.onnx)))
    gamma, beta = (np.array(plan.network.constants[n], np.float64) for n in node.inputs[1:3])
    source, scale = builder.of(view), plan.scale(group.output)
    result = view.renamed(builder.fresh(group.output))
    builder.tensor(result, scale, -128, 127)
    builder.ops.append(
        NormOp(
            builder.fresh_op(node.name),
            view.tensor,
            result.tensor,
            "layer" if layer else "group",
            source.scale,
            scale,
            gamma,
            beta,
            node.number("epsilon", 1e-5),
            int(node.number("num_groups", 1)),
        )
    )
    return result


def with_channel(view: View, axis: int) -> tuple[int, ...]:
    """The view's axes with ONNX axis ``axis`` on C, exchanged with what was there."""
    axes = list(view.axes)
    if CHANNEL in axes:
        axes[axes.index(CHANNEL)] = axes[axis]
    axes[axis] = CHANNEL
    return tuple(axes)


def maximum(plan: Plan, builder: Builder, group: Group) -> View:
    """The maximum over one or two axes, which stay as 1."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    axes = node.ints("axes")
    free = iter((WIDTH, HEIGHT))
    places = {axis: next(free) for axis in axes}
    rest = iter([p for p in (CHANNEL, HEIGHT, WIDTH) if p not in places.values()])
    wanted = tuple(
        BATCH if axis == 0 else places.get(axis) or next(rest) for axis in range(len(view.onnx))
    )
    if CHANNEL in {view.axes[axis] for axis in axes}:
        view = builder.arranged(view, wanted)
    source = builder.of(view)
    reduced = {view.axes[axis] for axis in axes}
    kernel = (
        view.shape[0] if WIDTH in reduced else 1,
        view.shape[1] if HEIGHT in reduced else 1,
    )
    result = placed(builder.fresh(group.output), plan.network.shapes[group.output], view.axes)
    builder.tensor(result, source.scale, source.low, source.high)
    name = builder.fresh_op(node.name)
    builder.ops.append(PoolOp(name, view.tensor, result.tensor, "max", kernel, kernel))
    return result


def mean(plan: Plan, builder: Builder, group: Group) -> View:
    """The mean over some axes, which stay as 1: over W and H first, then over C."""
    node = group.main
    view = builder.settled(builder.views[node.inputs[0]])
    axes = {view.axes[axis] for axis in node.ints("axes")}
    shape = plan.network.shapes[group.output]
    if axes & {WIDTH, HEIGHT}:
        source = builder.of(view)
        kernel = tuple(
            size if axis in axes else 1
            for axis, size in ((WIDTH, view.shape[0]), (HEIGHT, view.shape[1]))
        )
        window = Geometry((kernel[0], kernel[1]), (kernel[0], kernel[1]))
        scale = source.scale
        if CHANNEL not in axes:
            scale = native(node.op, [source.scale], plan.scale(group.output))
        shift = round(math.log2(source.scale / scale))
        onnx = tuple(
            1 if physical in axes and physical != CHANNEL else size
            for size, physical in zip(view.onnx, view.axes, strict=True)
        )
        view = placed(builder.fresh(group.output), onnx, view.axes)
        builder.tensor(view, source.scale / 2.0**shift, -128 if source.signed else 0, 127)
        builder.ops.append(
            PoolOp(
                builder.fresh_op(node.name), source.name, view.tensor, "average",
                window.kernel, window.strides, shift=shift,
            )
        )  # fmt: skip
    if CHANNEL in axes:
        source, scale = builder.of(view), plan.scale(group.output)
        factor = source.scale / (source.shape[2] * scale)
        view = placed(builder.fresh(group.output), shape, view.axes)
        builder.tensor(view, scale, -128 if source.signed else 0, 127)
        builder.ops.append(MeanOp(builder.fresh_op(node.name), source.name, view.tensor, factor))
    return (
        view if plan.keeps_own(group.output) else builder.rescaled(view, plan.scale(group.output))
    )
