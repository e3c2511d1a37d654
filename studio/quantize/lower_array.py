"""Gemm, MatMul and Conv become ArrayOps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.graph.shape_rules import features_last
from studio.quantize.builder import Builder, table_inputs
from studio.quantize.fuse import Group
from studio.quantize.lower_transposed import spread
from studio.quantize.matrix import Integers, Real, build, to_integers
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import ArrayOp, Int16, QTensor
from studio.quantize.scales import array_weights
from studio.quantize.view import CHANNEL, View, canonical_axes, placed

GAIN_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Geometry:
    """A sliding window in (W, H) order; pads are (W before, H before, W after, H after)."""

    kernel: tuple[int, int] = (1, 1)
    strides: tuple[int, int] = (1, 1)
    dilations: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)


def geometry(
    kernel: tuple[int, ...],
    strides: tuple[int, ...],
    dilations: tuple[int, ...],
    pads: tuple[int, ...],
) -> Geometry:
    """ONNX attributes of a 1-D or 2-D window (H before W, begins before ends) as a Geometry."""
    if len(kernel) == 1:
        return Geometry(
            (kernel[0], 1), (strides[0], 1), (dilations[0], 1), (pads[0], 0, pads[1], 0)
        )
    return Geometry(
        (kernel[1], kernel[0]),
        (strides[1], strides[0]),
        (dilations[1], dilations[0]),
        (pads[1], pads[0], pads[3], pads[2]),
    )


def array(plan: Plan, builder: Builder, group: Group) -> View:
    """Append the ArrayOp of a group (and a clip behind it where a Clip asks for one)."""
    node = group.main
    view = builder.views[node.inputs[0]]
    sliding = node.op in ("Conv", "ConvTranspose")
    if sliding:
        view = builder.arranged(view, canonical_axes(len(view.onnx)))
        view = spread(builder, node, view) if node.op == "ConvTranspose" else view
    elif plan.integer and len(view.onnx) == 3:
        features = plan.network.shapes[node.inputs[1]][0]
        last = features_last(view.onnx, features, node.outputs[0] in plan.network.steps_first)
        if view.order is not None or view.axes[2 if last else 1] != CHANNEL:
            view = builder.arranged(view, canonical_axes(3, channels_last=last))
    elif len(view.onnx) == 2:
        view = view if view.order is not None else builder.arranged(view, canonical_axes(2))
    elif view.order is not None or view.axes[-1] != CHANNEL:
        view = builder.arranged(view, canonical_axes(len(view.onnx), channels_last=True))
    stretched = plan.stretched(group.output)
    if stretched > 1:
        view = builder.rescaled(view, builder.of(view).scale / stretched)
    source = builder.of(view)
    scale = plan.scale(group.output)
    numbers = _integers(plan, builder, group, source, scale)

    shape = plan.network.shapes[group.output]
    axes = canonical_axes(len(shape)) if sliding else view.axes
    output = builder.fresh(group.output)
    result = placed(output, shape, axes)
    if sliding:
        window, blocks = _conv(plan, group, view, numbers.weights)
    else:
        rows = numbers.weights if view.order is None else numbers.weights[view.order]
        window, blocks = Geometry(), [rows]
    columns = blocks[0].shape[1]
    matrices = tuple(
        build(
            node.name if len(blocks) == 1 else f"{node.name}[{index}]",
            replace(
                numbers,
                weights=_frozen(block),
                bias=numbers.bias[index * columns : (index + 1) * columns],
            ),
            source,
            plan.choices.encodings.get(node.name, plan.signed),
            plan.chip,
            plan.network.source,
            plan.tile_rows,
            plan.choices.store(node.name),
            strict=not plan.integer,
        )
        for index, block in enumerate(blocks)
    )
    matrices = tuple(plan.choices.stored(node.name, matrix) for matrix in matrices)
    cut = len(matrices[0].tiles)
    if plan.integer and cut > 1:
        room = "one round on the array" if plan.tile_rows is None else "a row tile as you chose it"
        builder.notes.append(
            f"{node.name}: {matrices[0].inputs} inputs do not fit {room}; {cut}"
            " parts are rounded by themselves and added, which differs a little from one sum."
        )
    relu = group.activation is not None
    low = 0 if relu else plan.chip.arithmetic.output_min
    builder.tensor(result, scale, low, plan.chip.arithmetic.output_max)
    builder.ops.append(
        ArrayOp(
            name=builder.fresh_op(node.name),
            input=view.tensor,
            output=output,
            matrices=matrices,
            kernel=window.kernel,
            strides=window.strides,
            dilations=window.dilations,
            pads=window.pads,
            relu=relu,
            trace=node.name,
        )
    )
    return clipped(plan, builder, group, result)


def clipped(plan: Plan, builder: Builder, group: Group, view: View) -> View:
    """``view`` after the upper bound of a fused Clip, where saturation does not do it."""
    if group.limit is None:
        return view
    tensor = builder.of(view)
    top = int(np.rint(group.limit / tensor.scale)) if np.isfinite(group.limit) else tensor.high
    if top >= tensor.high:
        return view
    table = np.clip(table_inputs(tensor), 0, top).astype(np.int16)
    name = group.activation.name if group.activation else group.main.name
    return builder.lut(view, name, f"{view.tensor} clipped", table, tensor.scale, 0, top)


def _integers(
    plan: Plan, builder: Builder, group: Group, source: QTensor, scale: float
) -> Integers:
    """Weights [inputs, columns] (of a Conv: [I*kh*kw, O] in ONNX order), biases and gain."""
    weights, bias = array_weights(plan.network, group)
    name = group.main.name
    if not plan.integer:
        choices = plan.choices
        numbers = to_integers(
            weights,
            choices.bias(name, bias),
            source.scale,
            scale,
            plan.chip,
            choices.wide(name),
            choices.gains.get(name, 0),
        )
        if numbers.clipped:
            builder.notes.append(
                f"{name}: {100 * numbers.clipped:.2f} % of the weights exceed what gain"
                f" {numbers.gain} can represent and were clipped."
            )
        return numbers
    return whole(plan, builder, name, weights, bias, _gain(plan, builder, group))


def whole(
    plan: Plan, builder: Builder, name: str, weights: Real, bias: Real, gain: int
) -> Integers:
    """Integers of the maker's dialect as the array takes them; what had to change is noted."""
    unit = plan.chip.array.bias_unit
    rounded = np.rint(bias / unit) * unit
    if not np.array_equal(rounded, bias):
        builder.notes.append(f"{name}: biases were rounded to multiples of {unit}.")
    most = plan.weight_limit(name)
    if weights.size and np.abs(weights).max() > most:
        builder.notes.append(
            f"{name}: weights beyond {most} were clipped, as the chip's maker does."
        )
        weights = np.clip(weights, -most, most)
    return Integers(weights.astype(np.int16), rounded.astype(np.int64), gain, 0.0)


def _gain(plan: Plan, builder: Builder, group: Group) -> int:
    """G = 1 / scale of the Scale node behind an array node of the maker's dialect."""
    limits = plan.chip.arithmetic
    if group.scale is None:
        gain = plan.conventions.bare_gain
        builder.notes.append(
            f"{group.main.name}: no Scale of 1/G follows this {group.main.op}; its gain is taken"
            f" to be {gain}."
        )
        return gain
    scale = group.scale.number("scale", 0.0)
    scale *= group.second.number("scale", 1.0) if group.second else 1.0
    gain = round(1 / scale) if scale > 0 else 0
    allowed = gain > 0 and gain & (gain - 1) == 0 and abs(gain * scale - 1) < GAIN_TOLERANCE
    if not allowed or not limits.gain_min <= gain <= limits.gain_max:
        raise plan.error(
            group.scale,
            f"scale {scale:g} is no gain of this chip",
            f"1/scale must be a power of two from {limits.gain_min} to {limits.gain_max}.",
        )
    return gain


def _conv(plan: Plan, group: Group, view: View, weights: Int16) -> tuple[Geometry, list[Int16]]:
    """The window and one matrix for each part of the channels, rows in (w, h, c) order."""
    node = group.main
    kernel = node.ints("kernel_shape")
    strides, pads = node.ints("strides"), node.ints("pads")
    if node.op == "ConvTranspose":  # what is left of them after spreading the input
        strides, pads = (1,) * len(kernel), tuple(max(pad, 0) for pad in pads)
    window = geometry(kernel, strides, node.ints("dilations"), pads)
    groups = int(node.number("group", 1))
    outputs = weights.shape[1]
    inputs = view.shape[2] // groups
    spatial = kernel if len(kernel) == 2 else (1, kernel[0])
    # [O, I, kh, kw] -> [kw, kh, I, O]
    ordered = weights.T.reshape(outputs, inputs, *spatial).transpose(3, 2, 1, 0)
    most = plan.tile_rows or plan.chip.array.max_inputs
    per_channel = window.kernel[0] * window.kernel[1]
    parts = next(
        n
        for n in range(1, groups + 1)
        if groups % n == 0 and (view.shape[2] // n * per_channel <= most or n == groups)
    )
    return window, [_part(ordered, groups, parts, index) for index in range(parts)]


def _part(ordered: Int16, groups: int, parts: int, index: int) -> Int16:
    """Part ``index`` of a grouped convolution as one matrix, zero between its groups."""
    kw, kh, inputs, outputs = ordered.shape
    inside = groups // parts
    columns = outputs // groups
    matrix = np.zeros((kw, kh, inside * inputs, inside * columns), np.int16)
    for number in range(inside):
        first = (index * inside + number) * columns
        matrix[
            :,
            :,
            number * inputs : (number + 1) * inputs,
            number * columns : (number + 1) * columns,
        ] = ordered[:, :, :, first : first + columns]
    return matrix.reshape(kw * kh * inside * inputs, inside * columns)


def _frozen(values: Int16) -> Int16:
    made = np.ascontiguousarray(values)
    made.setflags(write=False)
    return made
