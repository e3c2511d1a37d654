"""One form for the operators of the maker's dialect, where it differs from normalize.py's.

================== ===========================================================================
operator           form
================== ===========================================================================
Gemm               x [1, C], [1, C, T] or [1, T, C]; weights [C, D], maybe bias [D]. A MatMul
                   with constant weights is one.
MatMul             two activations; shift_bit
ConvTranspose      x, weights [O, I / group, kernel...] turned round, maybe bias [O]: those of
                   the convolution over the input with strides - 1 zeros between its elements.
                   kernel_shape, strides, dilations, group, and that convolution's pads, which
                   may be negative
Scale              scale
Scalar             scale, shift_bit, op_types
FloatScale         scale, clip_bits
ClearLowBits       bits
ActLut             table, int16 [256] or [1024]; one input
BatchNormalization epsilon, scale_in, scale_out
AveragePool        as elsewhere; scale_in, scale_out. Padding counts unless the file says no.
Softmax, SumNorm   axis, scale_in, and scale_out where the file has it
GroupNorm          num_groups, epsilon, scale_in, scale_out; x, factors [C], offsets [C]
LayerNormalization epsilon, scale_in, scale_out; x, factors [C], offsets [C]
Reshape            relabel 1 where it only drops or adds axes of size 1, as Squeeze does; others
                   read the chip's memory anew
ReduceMean         axes (only 1), scale_in, scale_out. Others are AveragePools.
Slice              axis, start, step; a Split is several
Clip               min, max
================== ===========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from studio.graph.checks_dialect import table_of
from studio.graph.draft import Draft, with_attributes
from studio.graph.geometry import explicit
from studio.graph.network import Attribute, Node
from studio.graph.shapes_dialect import portions, windows

Shape = tuple[int, ...]
Rule = Callable[[Node, Draft], list[Node]]


def _free(draft: Draft, name: str) -> str:
    """``name``, longer where a node of the file has it."""
    while any(node.name == name for node in draft.network.nodes):
        name += "_"
    return name


def _numbers(node: Node, **defaults: float) -> dict[str, Attribute]:
    return {name: float(node.number(name, value)) for name, value in defaults.items()}


def _scales(node: Node) -> dict[str, Attribute]:
    return _numbers(node, scale_in=1.0, scale_out=1.0)


def _keeping(*names: str) -> Rule:
    """A rule that keeps some attributes and the first input."""

    def rule(node: Node, draft: Draft) -> list[Node]:
        kept = {name: node.attributes[name] for name in names if name in node.attributes}
        return [with_attributes(node, node.op, kept)]

    return rule


def _matmul(node: Node, draft: Draft) -> list[Node]:
    if node.inputs[1] in draft.constants:
        return [replace(node, op="Gemm", attributes={})]
    return [replace(node, attributes={"shift_bit": int(node.number("shift_bit", 0))})]


def _conv_transpose(node: Node, draft: Draft) -> list[Node]:
    weights = np.asarray(draft.constants[node.inputs[1]])
    group, axes = int(node.number("group", 1)), weights.ndim - 2
    ones = (1,) * axes
    strides, dilations = node.ints("strides") or ones, node.ints("dilations") or ones
    before, after = (draft.shapes[n][2:] for n in (node.inputs[0], node.outputs[0]))
    pads = node.ints("pads") or (0,) * 2 * axes
    kernel = weights.shape[2:]
    # [I, O / g, ...] -> [g, O / g, I / g, ...], every kernel turned round
    turned = np.flip(weights, tuple(range(2, 2 + axes)))
    turned = turned.reshape(group, weights.shape[0] // group, *weights.shape[1:]).swapaxes(1, 2)
    turned = turned.reshape(-1, weights.shape[0] // group, *kernel)
    reach = [(k - 1) * d for k, d in zip(kernel, dilations, strict=True)]
    begins = [reach[i] - pads[i] for i in range(axes)]
    ends = [after[i] + reach[i] - (before[i] - 1) * strides[i] - 1 - begins[i] for i in range(axes)]
    attributes: dict[str, Attribute] = {
        "kernel_shape": kernel,
        "strides": strides,
        "dilations": dilations,
        "group": group,
        "pads": (*begins, *ends),
    }
    name = draft.constant(node.inputs[1], turned)
    inputs = (node.inputs[0], name, *filter(None, node.inputs[2:]))
    return [replace(node, inputs=inputs, attributes=attributes)]


def _scalar(node: Node, draft: Draft) -> list[Node]:
    attributes: dict[str, Attribute] = {
        "scale": int(node.number("scale", 0)),
        "shift_bit": int(node.number("shift_bit", 0)),
        "op_types": node.text("op_types", "mul"),
    }
    return [with_attributes(node, node.op, attributes)]


def _float_scale(node: Node, draft: Draft) -> list[Node]:
    attributes: dict[str, Attribute] = {
        "scale": float(node.number("scale", 1.0)),
        "clip_bits": int(node.number("clip_bits", 7)),
    }
    return [with_attributes(node, node.op, attributes)]


def _act_lut(node: Node, draft: Draft) -> list[Node]:
    table = np.asarray(table_of(node, draft.network)).astype(np.int16)
    table.setflags(write=False)
    return [with_attributes(node, node.op, {"table": table})]


def _batch_norm(node: Node, draft: Draft) -> list[Node]:
    return [replace(node, attributes={**_numbers(node, epsilon=1e-5), **_scales(node)})]


def _pool(node: Node, draft: Draft) -> list[Node]:
    before, after = (draft.shapes[n][2:] for n in (node.inputs[0], node.outputs[0]))
    window = explicit(node, node.ints("kernel_shape"), before, after)
    # With a last window that leaves the input, ceil_mode has to mean what ONNX says.
    counted = 0
    if node.op == "AveragePool":
        counted = int(node.number("count_include_pad", 0 if node.number("ceil_mode", 0) else 1))
        window = {**window, **_scales(node)}
    fixed: dict[str, Attribute] = {"count_include_pad": counted, "ceil_mode": 0}
    return [replace(node, attributes={**window, **fixed})]


def _averaging(node: Node, kernel: Shape) -> Node:
    plain = replace(node, attributes={})
    window = explicit(plain, kernel, kernel, (1,) * len(kernel))
    fixed: dict[str, Attribute] = {"count_include_pad": 0, "ceil_mode": 0}
    return with_attributes(node, "AveragePool", {**window, **fixed, **_scales(node)})


def _global_pool(node: Node, draft: Draft) -> list[Node]:
    return [_averaging(node, draft.shapes[node.inputs[0]][2:])]


def _mean(node: Node, draft: Draft) -> list[Node]:
    shape, after = (draft.shapes[n] for n in (node.inputs[0], node.outputs[0]))
    axes = {axis % len(shape) for axis in node.ints("axes")} or set(range(1, len(shape)))
    whole = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    first = node
    rest: list[Node] = []
    if whole != after:
        kept = draft.tensor(f"{node.outputs[0]}_kept", whole)
        first = replace(node, outputs=(kept,))
        title = _free(draft, f"{node.name}_flat")
        rest = [Node("Reshape", title, (kept,), node.outputs[:1], {"relabel": 1})]
    if axes == {1}:
        return [with_attributes(first, "ReduceMean", {"axes": (1,), **_scales(node)}), *rest]
    kernel = tuple(size if axis in axes else 1 for axis, size in enumerate(shape))[2:]
    return [_averaging(first, kernel), *rest]


def _along(node: Node, draft: Draft) -> list[Node]:
    axis = int(node.number("axis", 1)) % len(draft.shapes[node.inputs[0]])
    given = {n: float(node.number(n, 1.0)) for n in ("scale_out",) if n in node.attributes}
    attributes: dict[str, Attribute] = {"axis": axis, **_numbers(node, scale_in=1.0), **given}
    return [with_attributes(node, node.op, attributes)]


def _concat(node: Node, draft: Draft) -> list[Node]:
    axis = int(node.number("axis", 1)) % len(draft.shapes[node.inputs[0]])
    return [replace(node, attributes={"axis": axis})]


def _norm(node: Node, draft: Draft) -> list[Node]:
    shape = draft.shapes[node.inputs[0]]
    channels = shape[-1] if node.op == "LayerNormalization" else shape[1]
    inputs = [node.inputs[0]]
    for place, default in ((1, 1.0), (2, 0.0)):
        given = node.inputs[place] if place < len(node.inputs) else ""
        values = np.asarray(draft.constants[given]).reshape(-1) if given else np.array([default])
        if given and draft.shapes[given] == (channels,):
            inputs.append(given)
            continue
        wide = np.repeat(values, channels // values.size).astype(np.float32)
        inputs.append(draft.constant(given or f"{node.name}_{'factor' if place == 1 else 'offset'}",
                                     wide))  # fmt: skip
    attributes = {**_numbers(node, epsilon=1e-5), **_scales(node)}
    op = node.op
    if op != "LayerNormalization":
        groups = channels if op == "InstanceNormalization" else int(node.number("num_groups", 1))
        op, attributes = "GroupNorm", {**attributes, "num_groups": groups}
    return [replace(node, op=op, inputs=tuple(inputs), attributes=attributes)]


def _relabelled(node: Node, draft: Draft) -> list[Node]:
    return [with_attributes(node, "Reshape", {"relabel": 1})]


def _slice(node: Node, draft: Draft) -> list[Node]:
    shape = draft.shapes[node.inputs[0]]
    cuts = {
        axis: (start, stop, step)
        for axis, (start, stop, step) in windows(node, shape).items()
        if len(range(start, stop, step)) != shape[axis]
    }
    if not cuts:
        return [with_attributes(node, "Identity", {})]
    made: list[Node] = []
    tensor = node.inputs[0]
    for number, (axis, (start, stop, step)) in enumerate(cuts.items(), start=1):
        shape = (*shape[:axis], len(range(start, stop, step)), *shape[axis + 1 :])
        last = number == len(cuts)
        out = node.outputs[0] if last else draft.tensor(f"{node.outputs[0]}_{number}", shape)
        name = node.name if last else _free(draft, f"{node.name}_{number}")
        cut: dict[str, Attribute] = {"axis": axis, "start": start, "step": step}
        made.append(Node("Slice", name, (tensor,), (out,), cut))
        tensor = out
    return made


def _split(node: Node, draft: Draft) -> list[Node]:
    axis, parts = portions(node, draft.shapes[node.inputs[0]])
    made, start = [], 0
    for number, (out, size) in enumerate(zip(node.outputs, parts, strict=True), start=1):
        if out:
            cut: dict[str, Attribute] = {"axis": axis, "start": start, "step": 1}
            op = "Identity" if len(parts) == 1 else "Slice"
            name = node.name if number == 1 else _free(draft, f"{node.name}_{number}")
            made.append(Node(op, name, node.inputs[:1], (out,), cut))
        start += size
    return made


def _clip(node: Node, draft: Draft) -> list[Node]:
    low, high = node.number("min", float("-inf")), node.number("max", float("inf"))
    if low == 0 and high >= 255:
        return [with_attributes(node, "Relu", {})]
    return [with_attributes(node, "Clip", {"min": float(low), "max": float(high)})]


RULES: Mapping[str, Rule] = {
    "ActLut": _act_lut,
    "AveragePool": _pool,
    "BatchNormalization": _batch_norm,
    "ClearLowBits": _keeping("bits"),
    "Clip": _clip,
    "Concat": _concat,
    "ConvTranspose": _conv_transpose,
    "FloatScale": _float_scale,
    "GlobalAveragePool": _global_pool,
    "GroupNorm": _norm,
    "GroupNormalization": _norm,
    "InstanceNormalization": _norm,
    "LayerNormalization": _norm,
    "MatMul": _matmul,
    "MaxPool": _pool,
    "ReduceMean": _mean,
    "Scalar": _scalar,
    "Slice": _slice,
    "Softmax": _along,
    "Split": _split,
    "Squeeze": _relabelled,
    "SumNorm": _along,
    "Unsqueeze": _relabelled,
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "ActLut": ("table",),
    "ClearLowBits": ("bits",),
    "ConvTranspose": ("kernel_shape", "strides", "dilations", "pads", "group"),
    "FloatScale": ("scale", "clip_bits"),
    "GroupNorm": ("num_groups", "epsilon", "scale_in", "scale_out"),
    "LayerNormalization": ("epsilon",),
    "ReduceMean": ("axes", "scale_in", "scale_out"),
    "Scalar": ("scale", "shift_bit", "op_types"),
    "Slice": ("axis", "start", "step"),
    "SumNorm": ("axis", "scale_in"),
}
