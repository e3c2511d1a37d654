"""LSTM, GRU and RNN of float models become RecurrentOps.

Their state h and all values of sigmoid and tanh are integers in steps of 1/128. What the
functions are applied to has a scale for each function, one for all columns of a gate: columns
of one matrix may differ in scale, and so may its rows.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from studio.graph.network import Node
from studio.quantize.builder import Builder, table_inputs
from studio.quantize.fuse import Group
from studio.quantize.lower_cells import Body, close
from studio.quantize.matrix import Integers, Real, least_output_scale, to_integers
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import Int16, RecurrentOp
from studio.quantize.scales import MOST_RAISED, STATE_STEP
from studio.quantize.view import View, canonical_axes

# Beyond these the tables of sigmoid and tanh hold the same number for ever.
SIGMOID_END = math.log(255)
TANH_END = math.atanh(127.5 / 128)
TOP = 127


def lstm(plan: Plan, builder: Builder, group: Group) -> View:
    """i, o, f, t of one matrix on [x, h]; c' = f c + i t; h' = o tanh(c').

    c has a power of two as its scale. Columns are in ONNX's order i, o, f, c.
    """
    body, view, x, scale_x, (w, r, b) = _begin(plan, builder, group)
    node, hidden = group.main, r.shape[1]
    h = body.tensor("h_before", hidden, scale=STATE_STEP)
    step = 2.0 ** -math.floor(math.log2(TOP / _peak(plan, node, "cell") + 1e-9))
    c = body.tensor("c_before", hidden, scale=step)
    both = body.concat("xh", x, h)
    weights = np.concatenate([w.T, r.T])
    rows = _rows(w.shape[1], scale_x, hidden)
    sigmoid = _scale(plan, node, weights[:, : 3 * hidden], rows, ("sigmoid",), SIGMOID_END)
    tanh = _scale(plan, node, weights[:, 3 * hidden :], rows, ("tanh",), TANH_END)
    columns = np.repeat([sigmoid, tanh], [3 * hidden, hidden])
    bias = b[: 4 * hidden] + b[4 * hidden :]
    numbers = _numbers(plan, builder, f"{node.name}/gates", weights, bias, rows, columns)
    gates = body.product("gates", both, numbers, sigmoid)
    opened = _function(body, "iof", body.slice("g_iof", gates, 0, 3 * hidden), "sigmoid", sigmoid)
    i, o, f = (body.slice(name, opened, place * hidden, hidden) for place, name in enumerate("iof"))
    t = _function(body, "t", body.slice("g_c", gates, 3 * hidden, hidden), "tanh", tanh)
    # f c in steps of step / 128, i t in 2**-14; the finer of the two is kept for the sum.
    power = round(math.log2(step)) + 7
    shifts = (power, 0, -7 - power) if power > 0 else (0, -power, -7)
    cell = _in(body, body.mac("c_next", (f, c, i, t), shifts), step)
    bent = _function(body, "tanh_c", cell, "tanh", step)
    result = _in(body, body.mul("h_next", o, bent, -7), STATE_STEP)
    return _end(body, view, x, result, ((h, result), (c, cell)))


def gru(plan: Plan, builder: Builder, group: Group) -> View:
    """z, r = sigmoid(...), n = tanh(...), h' = (1 - z) n + z h; columns in ONNX's order z, r, h.

    Linear before its reset, the input and the state have a matrix each, and the functions are
    tables of sums; otherwise the matrices are on [x, h] and on [x, r h].
    """
    if group.main.number("linear_before_reset", 0):
        return _gru_two_arrays(plan, builder, group)
    body, view, x, scale_x, (w, r, b) = _begin(plan, builder, group)
    node, hidden = group.main, r.shape[1]
    h = body.tensor("h_before", hidden, scale=STATE_STEP)
    weights, bias = np.concatenate([w.T, r.T]), b[: 3 * hidden] + b[3 * hidden :]
    rows = _rows(w.shape[1], scale_x, hidden)
    parts = {}
    for name, start, stop, function, end in (
        ("zr", 0, 2 * hidden, "sigmoid", SIGMOID_END),
        ("n", 2 * hidden, 3 * hidden, "tanh", TANH_END),
    ):
        part = weights[:, start:stop]
        scale = _scale(plan, node, part, rows, (function,), end)
        columns = np.full(stop - start, scale)
        title = f"{node.name}/{name}"
        parts[name] = scale, _numbers(plan, builder, title, part, bias[start:stop], rows, columns)
    scale, numbers = parts["zr"]
    gates = body.product("zr", body.concat("xh", x, h), numbers, scale)
    opened = _function(body, "open", gates, "sigmoid", scale)
    z, reset = body.slice("z", opened, 0, hidden), body.slice("r", opened, hidden, hidden)
    kept = _in(body, body.mul("rh", reset, h, -7), STATE_STEP)
    scale, numbers = parts["n"]
    new = body.product("n", body.concat("xrh", x, kept), numbers, scale)
    n = _function(body, "new", new, "tanh", scale)
    result = _in(body, body.blend("h_next", (z, n, h), 128, (0, 0, -7)), STATE_STEP)
    return _end(body, view, x, result, ((h, result),))


def _gru_two_arrays(plan: Plan, builder: Builder, group: Group) -> View:
    body, view, x, scale_x, (w, r, b) = _begin(plan, builder, group)
    node, hidden = group.main, r.shape[1]
    h = body.tensor("h_before", hidden, scale=STATE_STEP)
    sides = {
        "x": (x, w.T, b[: 3 * hidden], np.full(w.shape[1], scale_x)),
        "h": (h, r.T, b[3 * hidden :], np.full(hidden, STATE_STEP)),
    }
    scales = {}
    for name, start, stop in (("sigmoid", 0, 2 * hidden), ("tanh", 2 * hidden, 3 * hidden)):
        scales[name] = max(
            _scale(plan, node, weights[:, start:stop], rows, (f"{name}_{side}",), math.inf)
            for side, (_, weights, _, rows) in sides.items()
        )
    columns = np.repeat([scales["sigmoid"], scales["tanh"]], [2 * hidden, hidden])
    parts = {}
    for side, (source, weights, bias, rows) in sides.items():
        title = f"{node.name}/g{side}"
        numbers = _numbers(plan, builder, title, weights, bias, rows, columns)
        gates = body.product(f"g{side}", source, numbers, scales["sigmoid"])
        new = body.slice(f"g{side}_n", gates, 2 * hidden, hidden)
        parts[side] = (
            body.slice(f"g{side}_zr", gates, 0, 2 * hidden),
            _in(body, new, scales["tanh"]),
        )
    opened = _sum(body, "zr", parts["x"][0], parts["h"][0], "sigmoid", scales["sigmoid"])
    z, reset = body.slice("z", opened, 0, hidden), body.slice("r", opened, hidden, hidden)
    kept = _in(body, body.mul("r_gh", reset, parts["h"][1], -7), scales["tanh"])
    n = _sum(body, "n", parts["x"][1], kept, "tanh", scales["tanh"])
    result = _in(body, body.blend("h_next", (z, n, h), 128, (0, 0, -7)), STATE_STEP)
    return _end(body, view, x, result, ((h, result),))


def rnn(plan: Plan, builder: Builder, group: Group) -> View:
    """H' = tanh or relu of one matrix on [x, h]; with relu the state has the output's scale."""
    body, view, x, scale_x, (w, r, b) = _begin(plan, builder, group)
    node, hidden, relu = group.main, r.shape[1], group.main.op == "ReluRNN"
    step = plan.scale(group.output) if relu else STATE_STEP
    h = body.tensor("h_before", hidden, 0 if relu else -128, scale=step)
    weights, rows = np.concatenate([w.T, r.T]), np.repeat([scale_x, step], [w.shape[1], hidden])
    scale = _scale(plan, node, weights, rows, ("tanh",), TOP * step if relu else TANH_END)
    bias, columns = b[:hidden] + b[hidden:], np.full(hidden, scale)
    numbers = _numbers(plan, builder, f"{node.name}/sum", weights, bias, rows, columns)
    gates = body.product("sum", body.concat("xh", x, h), numbers, scale)
    if relu:
        values = np.clip(np.rint(table_inputs(builder.tensors[gates]) * scale / step), 0, TOP)
        result = _in(body, body.lut("h_next", gates, values.astype(np.int16)), step)
    else:
        result = _function(body, "h_next", gates, "tanh", scale)
    return _end(body, view, x, result, ((h, result),))


def _begin(
    plan: Plan, builder: Builder, group: Group
) -> tuple[Body, View, str, float, tuple[Real, Real, Real]]:
    """An empty body, the input over time, the step's input, its scale, and W, R, B."""
    node = group.main
    view = builder.arranged(builder.views[node.inputs[0]], canonical_axes(3, channels_last=True))
    source = builder.of(view)
    if source.high > TOP:
        view = builder.rescaled(view, source.scale * source.high / TOP)
        source = builder.of(view)
    body = Body(plan, builder, node)
    w, r, b = (np.asarray(plan.network.constants[name], np.float64)[0] for name in node.inputs[1:])
    x = body.tensor("x", w.shape[1], source.low, source.high, source.scale)
    return body, view, x, source.scale, (w, r, b)


def _end(body: Body, view: View, x: str, result: str, states: tuple[tuple[str, str], ...]) -> View:
    output = close(body, view, x, result, states)
    made = body.builder.ops[-1]
    if isinstance(made, RecurrentOp):
        reverse = body.node.text("direction", "forward") == "reverse"
        # One step a sample would go on from sample to sample; in ONNX each begins at zero.
        every = 1 if view.shape[0] == 1 else 0
        body.builder.ops[-1] = replace(made, reverse=reverse, reset_every=every)
    if view.shape[0] == 1:
        body.builder.notes.append(
            f"{body.node.name}: samples hold one step, so its state is always zero, as in the"
            " model; give samples of several steps, [1, time, features], to use it."
        )
    return output


def _in(body: Body, tensor: str, scale: float) -> str:
    """``tensor``, its integers being steps of ``scale``."""
    body.builder.tensors[tensor] = replace(body.builder.tensors[tensor], scale=scale)
    return tensor


def _rows(inputs: int, scale: float, hidden: int) -> Real:
    return np.repeat([scale, STATE_STEP], [inputs, hidden])


def _peak(plan: Plan, node: Node, what: str) -> float:
    return TOP * plan.scale(f"{node.outputs[0]}#{what}")


def _scale(
    plan: Plan, node: Node, weights: Real, rows: Real, names: tuple[str, ...], end: float
) -> float:
    """The scale of what a function is applied to: its range up to ``end``, as the gain allows."""
    seen = max(_peak(plan, node, name) for name in names)
    if weights.shape[0] * 2 <= plan.chip.array.max_inputs:
        seen = min(seen, end)  # one round: what saturates there is the same to the table
    least = least_output_scale(weights * rows[:, np.newaxis], 1.0, plan.chip)
    return max(seen / TOP, min(least, MOST_RAISED * seen / TOP))


def _numbers(
    plan: Plan, builder: Builder, name: str, weights: Real, bias: Real, rows: Real, columns: Real
) -> Integers:
    """Integers of a matrix whose rows and columns have scales of their own."""
    real = weights * rows[:, np.newaxis] / columns
    numbers = to_integers(real, bias / columns, 1.0, 1.0, plan.chip)
    if numbers.clipped:
        builder.notes.append(
            f"{name}: {100 * numbers.clipped:.2f} % of the weights exceed what gain"
            f" {numbers.gain} can represent and were clipped."
        )
    return numbers


def _function(body: Body, part: str, x: str, function: str, scale: float) -> str:
    """Sigmoid or tanh of ``x`` in steps of ``scale``, as a table."""
    output = body.lut(part, _in(body, x, scale), _table(function, scale, 256))
    return _in(body, output, STATE_STEP)


def _sum(body: Body, part: str, a: str, b: str, function: str, scale: float) -> str:
    """Sigmoid or tanh of a + b, both in steps of ``scale``."""
    return _in(body, body.sum_lut(part, a, b, _table(function, scale, 512)), STATE_STEP)


def _table(function: str, scale: float, entries: int) -> Int16:
    index = np.arange(entries)
    v = np.where(index < entries // 2, index, index - entries) * scale
    values = np.tanh(v) if function == "tanh" else 1 / (1 + np.exp(-v))
    low = -128 if function == "tanh" else 0
    table: Int16 = np.clip(np.rint(values / STATE_STEP), low, TOP).astype(np.int16)
    table.setflags(write=False)
    return table
