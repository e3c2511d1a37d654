"""Normal forms of what only float models have; the others are in normalize.py.

========================= ====================================================================
operator                  form
========================= ====================================================================
Abs, Elu, Erf, Exp, ...   (UNARY) as in the file, one activation; a number beside it
                          (Pow, Min, Max, PRelu) is a constant input
Sub                       two activations of one shape, or a constant first
Product                   two activations, [1, (heads,) M, K] and [1, (heads,) K, N]
LayerNormalization        epsilon; over the last axis; inputs x, gamma [C], beta [C]
GroupNormalization        epsilon, num_groups; inputs x, gamma [C], beta [C]
LSTM, GRU, RNN            as recurrent.py says; an RNN with Relu is a ReluRNN
ReduceMean, ReduceMax     axes, not negative, which stay as 1; ReduceSum is a mean and a Mul
Slice                     axis, start, stop, step, none negative; one axis
Expand                    one input; axes of size 1 repeated to the output's shape
Resize                    factors, one for each axis: every element repeated so often
ZeroInsert                strides, one for each spatial axis: zeros between the elements
========================= ====================================================================

A ConvTranspose is a ZeroInsert and a Conv with its kernel turned round; Pad goes into the Conv
behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod

import numpy as np

from studio.graph.checks_float import pads_of
from studio.graph.draft import Draft
from studio.graph.network import Attribute, Node

Shape = tuple[int, ...]
Rule = Callable[[Node, Draft], list[Node]]

UNARY = frozenset(
    {
        "Abs", "Celu", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu",
        "Log", "Mish", "Neg", "Reciprocal", "Selu", "Softplus", "Softsign", "Sqrt",
        "ThresholdedRelu",
    }
)  # fmt: skip


def _keep(node: Node, draft: Draft) -> list[Node]:
    return [node]


def _pair(node: Node, draft: Draft) -> list[Node]:
    """A constant, or the operand that is repeated, goes second; both get one shape."""
    first, second = node.inputs
    out = draft.shapes[node.outputs[0]]
    if first in draft.constants or draft.shapes[first] != out:
        first, second = second, first
    nodes: list[Node] = []
    if second not in draft.constants and draft.shapes[second] != out:
        factors = (out[0], out[1], *([1] * (len(out) - 2)))
        if node.op != "Mul" or len(out) < 3 or draft.shapes[second] != factors:
            second = _expanded(second, out, node, draft, nodes)
    return [*nodes, replace(node, inputs=(first, second), attributes={})]


def _expanded(name: str, out: Shape, node: Node, draft: Draft, nodes: list[Node]) -> str:
    wide = draft.tensor(f"{name}/expanded", out)
    nodes.append(Node("Expand", f"{node.name}/expand {name}", (name,), (wide,), {}))
    return wide


def _sub(node: Node, draft: Draft) -> list[Node]:
    first, second = node.inputs
    if second in draft.constants:
        values = -np.asarray(draft.constants[second], np.float32)
        negative = draft.constant(second, values)
        return [replace(node, op="Add", inputs=(first, negative), attributes={})]
    if first in draft.constants:
        if draft.constants[first].size == 1:
            return [replace(node, attributes={})]
        negated = draft.tensor(f"{second}/negated", draft.shapes[second])
        minus = Node("Neg", f"{node.name}/negate", (second,), (negated,), {})
        return [minus, replace(node, op="Add", inputs=(negated, first), attributes={})]
    nodes: list[Node] = []
    out = draft.shapes[node.outputs[0]]
    inputs = tuple(
        name if draft.shapes[name] == out else _expanded(name, out, node, draft, nodes)
        for name in node.inputs
    )
    return [*nodes, replace(node, inputs=inputs, attributes={})]


def _div(node: Node, draft: Draft) -> list[Node]:
    first, second = node.inputs
    if second in draft.constants:
        with np.errstate(over="ignore"):  # load() refuses constants that are not finite
            values = (1 / np.asarray(draft.constants[second], np.float64)).astype(np.float32)
        inverse = draft.constant(second, values)
        return [replace(node, op="Mul", inputs=(first, inverse), attributes={})]
    inverse = draft.tensor(f"{second}/inverse", draft.shapes[second])
    turned = Node("Reciprocal", f"{node.name}/inverse", (second,), (inverse,), {})
    return [turned, *_pair(replace(node, op="Mul", inputs=(first, inverse)), draft)]


def _clip(node: Node, draft: Draft) -> list[Node]:
    low, high = float(node.number("min", -np.inf)), float(node.number("max", np.inf))
    if low == 0 and high >= _UNLIMITED:
        return [Node("Relu", node.name, node.inputs[:1], node.outputs, {})]
    limits: dict[str, Attribute] = {
        "min": max(low, -_UNLIMITED) if low else 0.0,
        "max": min(high, _UNLIMITED),
    }
    return [Node("Clip", node.name, node.inputs[:1], node.outputs, limits)]


# What exporters write for "no limit"; representable in float32.
_UNLIMITED = 3e38


def _matmul(node: Node, draft: Draft) -> list[Node]:
    if node.inputs[1] not in draft.constants:
        return [replace(node, op="Product", attributes={})]
    op = "Gemm" if len(draft.shapes[node.inputs[0]]) == 2 else "MatMul"
    return [replace(node, op=op, attributes={})]


def _vector(draft: Draft, name: str, size: int, fill: float, owner: str) -> str:
    """A constant of ``size`` numbers; ``name`` may be empty, one number or one for each group."""
    values = np.full(size, fill, np.float32)
    if name:
        given = np.asarray(draft.constants[name], np.float32).reshape(-1)
        if draft.shapes[name] == (size,):
            return name
        values = np.repeat(given, size // given.size)
    return draft.constant(owner, values)


def _layer_norm(node: Node, draft: Draft) -> list[Node]:
    size = draft.shapes[node.inputs[0]][-1]
    given = (*node.inputs[1:3], "", "")
    inputs = tuple(
        _vector(draft, name, size, fill, f"{node.name}/{what}")
        for name, fill, what in zip(given[:2], (1.0, 0.0), ("scale", "bias"), strict=True)
    )
    epsilon = float(node.number("epsilon", 1e-5))
    return [replace(node, inputs=(node.inputs[0], *inputs), attributes={"epsilon": epsilon})]


def _group_norm(node: Node, draft: Draft) -> list[Node]:
    channels = draft.shapes[node.inputs[0]][1]
    inputs = tuple(
        _vector(draft, name, channels, 0.0, f"{node.name}/{what}")
        for name, what in zip(node.inputs[1:3], ("scale", "bias"), strict=True)
    )
    attributes: dict[str, Attribute] = {
        "epsilon": float(node.number("epsilon", 1e-5)),
        "num_groups": int(node.number("num_groups", channels)),
    }
    made = replace(node, op="GroupNormalization", inputs=(node.inputs[0], *inputs))
    return [replace(made, attributes=attributes)]


def mean(node: Node, draft: Draft) -> list[Node]:
    """A reduction over axes that stay as 1; a Reshape drops them where the file does."""
    shape, out = draft.shapes[node.inputs[0]], node.outputs[0]
    axes = tuple(sorted({axis % len(shape) for axis in node.ints("axes")}))
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    if draft.shapes[out] == kept:
        return [replace(node, attributes={"axes": axes})]
    mean = draft.tensor(f"{out}/kept", kept)
    flat = Node("Reshape", f"{node.name}/flatten", (mean,), (out,), {})
    return [replace(node, outputs=(mean,), attributes={"axes": axes}), flat]


def _global_max(node: Node, draft: Draft) -> list[Node]:
    rank = len(draft.shapes[node.inputs[0]])
    axes = tuple(range(2, rank))
    return [Node("ReduceMax", node.name, node.inputs[:1], node.outputs[:1], {"axes": axes})]


def _sum(node: Node, draft: Draft) -> list[Node]:
    """The mean, and then times how many there are."""
    shape, out = draft.shapes[node.inputs[0]], node.outputs[0]
    count = prod(shape[axis] for axis in {axis % len(shape) for axis in node.ints("axes")})
    average = draft.tensor(f"{out}/mean", draft.shapes[out])
    factor = draft.constant(f"{out}/count", np.array(count, np.float32))
    nodes = mean(replace(node, op="ReduceMean", outputs=(average,)), draft)
    return [*nodes, Node("Mul", f"{node.name}/times", (average, factor), (out,), {})]


def _window(axis: int, start: int, stop: int, step: int = 1) -> dict[str, Attribute]:
    return {"axis": axis, "start": start, "stop": stop, "step": step}


def _slice(node: Node, draft: Draft) -> list[Node]:
    current, shape = node.inputs[0], list(draft.shapes[node.inputs[0]])
    starts, ends = node.ints("starts"), node.ints("ends")
    axes = node.ints("axes", tuple(range(len(starts))))
    steps = node.ints("steps", (1,) * len(starts))
    nodes: list[Node] = []
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        place = axis % len(shape)
        window = slice(start, end, step).indices(shape[place])
        if window == (0, shape[place], 1):
            continue
        shape[place] = len(range(*window))
        name = f"{node.outputs[0]}/axis{place}"
        out = draft.tensor(name, tuple(shape))
        nodes.append(Node("Slice", name, (current,), (out,), _window(place, *window)))
        current = out
    if not nodes:
        return [Node("Identity", node.name, node.inputs[:1], node.outputs[:1], {})]
    return [*nodes[:-1], replace(nodes[-1], name=node.name, outputs=node.outputs[:1])]


def _split(node: Node, draft: Draft) -> list[Node]:
    shape = draft.shapes[node.inputs[0]]
    axis = int(node.number("axis", 0)) % len(shape)
    nodes, start = [], 0
    for number, name in enumerate(node.outputs):
        stop = start + draft.shapes[name][axis] if name else start
        title = node.name if number == 0 else f"{node.name}:{number}"
        if name and (start, stop) == (0, shape[axis]):
            nodes.append(Node("Identity", title, node.inputs[:1], (name,), {}))
        elif name:
            window = _window(axis, start, stop)
            nodes.append(Node("Slice", title, node.inputs[:1], (name,), window))
        start = stop
    return nodes


def _gather(node: Node, draft: Draft) -> list[Node]:
    shape = draft.shapes[node.inputs[0]]
    axis = int(node.number("axis", 0)) % len(shape)
    index = int(node.number("indices", 0)) % shape[axis]
    kept = (*shape[:axis], 1, *shape[axis + 1 :])
    flat = Node("Reshape", f"{node.name}/squeeze", (), node.outputs[:1], {})
    if kept == shape:
        return [replace(flat, name=node.name, inputs=node.inputs[:1])]
    one = draft.tensor(f"{node.outputs[0]}/picked", kept)
    window = _window(axis, index, index + 1)
    pick = Node("Slice", node.name, node.inputs[:1], (one,), window)
    return [pick, replace(flat, inputs=(one,))]


def _rnn(node: Node, draft: Draft) -> list[Node]:
    relu = node.attributes.get("activations") == ("Relu",)
    kept = {name: node.attributes[name] for name in ("hidden_size", "direction")}
    return [replace(node, op="ReluRNN" if relu else "RNN", attributes=kept)]


def _expand(node: Node, draft: Draft) -> list[Node]:
    same = draft.shapes[node.inputs[0]] == draft.shapes[node.outputs[0]]
    return [Node("Identity" if same else "Expand", node.name, node.inputs[:1], node.outputs, {})]


def _resize(node: Node, draft: Draft) -> list[Node]:
    before, after = (draft.shapes[name] for name in (node.inputs[0], node.outputs[0]))
    factors = tuple(a // b for a, b in zip(after, before, strict=True))
    if before == after:
        return [Node("Identity", node.name, node.inputs[:1], node.outputs, {})]
    return [Node("Resize", node.name, node.inputs[:1], node.outputs, {"factors": factors})]


def _transposed(node: Node, draft: Draft) -> list[Node]:
    """Y = conv(x with zeros between its elements, the kernel turned round)."""
    weights = np.asarray(draft.constants[node.inputs[1]], np.float32)
    shape, kernel = draft.shapes[node.inputs[0]], weights.shape[2:]
    axes, group = len(kernel), int(node.number("group", 1))
    ones, zeros = (1,) * axes, (0,) * axes
    strides, more = node.ints("strides") or ones, node.ints("output_padding") or zeros
    pads = node.ints("pads") or (0,) * 2 * axes
    inputs, outputs = weights.shape[0] // group, weights.shape[1]
    turned = weights.reshape(group, inputs, outputs, *kernel).swapaxes(1, 2)
    turned = np.flip(turned, tuple(range(3, 3 + axes)))
    name = draft.constant(node.inputs[1], turned.reshape(group * outputs, inputs, *kernel))
    nodes, source = [], node.inputs[0]
    if strides != ones:
        spread = tuple((size - 1) * s + 1 for size, s in zip(shape[2:], strides, strict=True))
        source = draft.tensor(f"{node.outputs[0]}/spread", (*shape[:2], *spread))
        zeros_between = Node(
            "ZeroInsert", f"{node.name}/spread", node.inputs[:1], (source,), {"strides": strides}
        )
        nodes.append(zeros_between)
    begin = tuple(k - 1 - pads[i] for i, k in enumerate(kernel))
    end = tuple(k - 1 - pads[axes + i] + more[i] for i, k in enumerate(kernel))
    attributes: dict[str, Attribute] = {
        "kernel_shape": kernel, "strides": ones, "dilations": ones, "pads": (*begin, *end),
        "group": group,
    }  # fmt: skip
    return [*nodes, Node("Conv", node.name, (source, name, *node.inputs[2:]), node.outputs[:1],
                         attributes)]  # fmt: skip


def _pad(node: Node, draft: Draft) -> list[Node]:
    pads = pads_of(node, len(draft.shapes[node.inputs[0]]))
    return [Node("Pad", node.name, node.inputs[:1], node.outputs, {"pads": pads})]


def name_apart(draft: Draft) -> None:
    """Give every node a name of its own; the first of equals keeps it."""
    taken: set[str] = set()
    for place, node in enumerate(draft.nodes):
        name = node.name
        while name in taken:
            name += "_"
        taken.add(name)
        draft.nodes[place] = replace(node, name=name)


def absorb_pads(draft: Draft) -> None:
    """Put every Pad into the convolutions behind it, which are all that reads it."""
    for pad in [node for node in draft.nodes if node.op == "Pad"]:
        pads = pad.ints("pads")
        rank = len(pads) // 2
        extra = (*pads[2:rank], *pads[rank + 2 :])
        for user in draft.users(pad.outputs[0]):
            total = tuple(a + b for a, b in zip(user.ints("pads"), extra, strict=True))
            # An earlier one may have renamed its tensors, so look it up where it is now.
            place = draft.nodes.index(user)
            attributes = {**user.attributes, "pads": total}
            inputs = (pad.inputs[0], *user.inputs[1:])
            draft.nodes[place] = replace(user, inputs=inputs, attributes=attributes)
        draft.nodes.remove(pad)


RULES: Mapping[str, Rule] = {
    **dict.fromkeys((*UNARY, "PRelu", "Pow", "Min", "Max", "LSTM", "GRU"), _keep),
    "RNN": _rnn,
    "Add": _pair,
    "Clip": _clip,
    "ConvTranspose": _transposed,
    "Div": _div,
    "Expand": _expand,
    "Gather": _gather,
    "GroupNormalization": _group_norm,
    "InstanceNormalization": _group_norm,
    "LayerNormalization": _layer_norm,
    "MatMul": _matmul,
    "Mul": _pair,
    "Pad": _pad,
    "GlobalMaxPool": _global_max,
    "ReduceMax": mean,
    "ReduceSum": _sum,
    "Resize": _resize,
    "Slice": _slice,
    "Split": _split,
    "Sub": _sub,
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*UNARY, "PRelu", "Pow", "Min", "Max", "Sub", "Product", "Expand"), ()),
    "GRU": ("hidden_size", "direction", "linear_before_reset"),
    "GroupNormalization": ("epsilon", "num_groups"),
    **dict.fromkeys(("LSTM", "RNN", "ReluRNN"), ("hidden_size", "direction")),
    "LayerNormalization": ("epsilon",),
    "ReduceMax": ("axes",),
    "ReduceMean": ("axes",),
    "Resize": ("factors",),
    "Slice": ("axis", "start", "stop", "step"),
    "ZeroInsert": ("strides",),
}
