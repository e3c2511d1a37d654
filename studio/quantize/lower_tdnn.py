"""Tdnn of the maker's dialect becomes a HistoryOp and an ArrayOp."""

from __future__ import annotations

from studio.quantize.builder import Builder
from studio.quantize.fuse import Group
from studio.quantize.lower_array import clipped, whole
from studio.quantize.lower_cells import array_op, constant, finished, over_time
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import HistoryOp
from studio.quantize.view import View, placed


def tdnn(plan: Plan, builder: Builder, group: Group) -> View:
    """Frames of ``time_offsets`` side by side, the oldest first, times the weights.

    The latest frame an output needs is the current one: offsets above 0 delay the output by
    the largest of them, and the frame of offset o is max(offsets, 0) - o steps old.
    """
    node = group.main
    offsets = node.ints("time_offsets")
    features = int(node.number("features", 0))
    view = over_time(plan, builder, node)
    lags = tuple(max(*offsets, 0) - offset for offset in offsets)
    frames = view.tensor
    if any(lags):
        source = builder.of(view)
        history = placed(
            builder.fresh(f"{node.name}/frames"),
            (1, features * len(offsets), view.shape[0]),
            (0, 3, 1),
        )
        builder.tensor(history, source.scale, source.low, source.high)
        name = builder.fresh_op(f"{node.name}/history")
        builder.ops.append(HistoryOp(name, view.tensor, history.tensor, lags))
        frames = history.tensor
    numbers = whole(
        plan,
        builder,
        node.name,
        constant(plan, node.inputs[1]),
        constant(plan, node.inputs[2]),
        int(node.number("scale_params", 0)),
    )
    op = array_op(plan, builder, node, node.name, frames, numbers)
    relu = group.activation is not None
    shape = plan.network.shapes[group.output]
    result = placed(builder.fresh(group.output), shape, view.axes)
    low = 0 if relu else plan.chip.arithmetic.output_min
    builder.tensor(result, plan.scale(group.output), low, plan.chip.arithmetic.output_max)
    builder.ops.append(finished(op, result.tensor, relu))
    return clipped(plan, builder, group, result)
