"""What a network remembers while it runs, and the operations that read and change it.

Samples come as ``streams`` equally long streams, one after another: sample s * T + t is step t
of stream s, and where a sample holds several positions along W, those are its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from studio.quantize.qnetwork import ArrayOp, HistoryOp, QNetwork, QOp, RecurrentOp
from studio.simulate.kernels import Int16

Step = Callable[[QOp, dict[str, Int16]], Int16]
Observe = Callable[[ArrayOp | RecurrentOp, Int16], None]
Body = Callable[[dict[str, Int16], Observe | None], None]


def initial(qnetwork: QNetwork, streams: int = 1) -> dict[str, Int16]:
    """All states at the start: zero.

    By tensor name (RecurrentOp) or operation name (HistoryOp): (streams, steps kept, 1, C). By
    the name of a RecurrentOp with resets, how many steps ago the last was: (streams, 1, 1, 1).
    """
    found: dict[str, Int16] = {}
    for op in qnetwork.stateful:
        if isinstance(op, HistoryOp):
            channels = qnetwork.tensors[op.input].shape[2]
            found[op.name] = np.zeros((streams, max(op.lags), 1, channels), np.int16)
        else:
            for state in op.states:
                channels = qnetwork.tensors[state.tensor].shape[2]
                found[state.tensor] = np.zeros((streams, 1, 1, channels), np.int16)
            if op.reset_every:  # steps since the last reset
                found[op.name] = np.zeros((streams, 1, 1, 1), np.int16)
    return found


def history(x: Int16, op: HistoryOp, states: dict[str, Int16]) -> Int16:
    """Earlier frames beside each frame; ``states`` moves on to after the last one."""
    before = states[op.name]
    streams, kept = before.shape[:2]
    n, width, _, channels = x.shape
    steps = x.reshape(streams, -1, 1, channels)
    whole = np.concatenate([before, steps], axis=1)
    count = steps.shape[1]
    states[op.name] = whole[:, whole.shape[1] - kept :]
    parts = [whole[:, kept - lag : kept - lag + count] for lag in op.lags]
    return np.concatenate(parts, axis=3).reshape(n, width, 1, channels * len(op.lags))


def all_steps(
    x: Int16,
    op: RecurrentOp,
    states: dict[str, Int16],
    body: Body,
    observe: Observe | None = None,
    known: Mapping[str, Int16] = MappingProxyType({}),
) -> Int16:
    """All steps of a cell, each stream's one after another, all streams at once.

    With ``op.reverse`` each sample's steps run from its last to its first, and what they leave
    goes on into the next sample: the board has not seen that yet when it computes this one.

    ``body`` computes the operations of one step from the values it is given, which are the
    states, the step's input and ``known``, and adds the results to them. ``observe`` gets what
    each array operation of the body gave in all steps, (n, W, 1, columns).
    """
    streams = len(states[op.states[0].tensor])
    n, width, _, channels = x.shape
    steps = x.reshape(streams, -1, 1, 1, channels)
    count = steps.shape[1]
    order = [_step(number, width, op.reverse) for number in range(count)]
    results: list[Int16] = []
    seen: dict[str, list[Int16]] = {}

    def see(inner: ArrayOp | RecurrentOp, result: Int16) -> None:
        seen.setdefault(inner.name, []).append(result)

    before = int(states[op.name].flat[0]) if op.reset_every else 0
    for number, at in enumerate(order):
        if op.reset_every and (before + number) % op.reset_every == 0:
            for state in op.states:
                states[state.tensor] = np.zeros_like(states[state.tensor])
        values = {state.tensor: states[state.tensor] for state in op.states}
        values[op.step_input] = steps[:, at]
        values.update(known)
        body(values, see if observe is not None else None)
        for state in op.states:
            states[state.tensor] = values[state.next]
        results.append(values[op.result])
    if op.reset_every:
        states[op.name] = np.full_like(states[op.name], (before + count) % op.reset_every)
    if observe is not None:
        for inner in op.body:
            if isinstance(inner, ArrayOp):
                observe(inner, _joined(seen[inner.name], order, n, width))
    return _joined(results, order, n, width)


def recurrent(
    x: Int16,
    op: RecurrentOp,
    states: dict[str, Int16],
    step: Step,
    observe: Observe | None = None,
    known: Mapping[str, Int16] = MappingProxyType({}),
) -> Int16:
    """``all_steps`` where ``step`` computes one operation of the body from the values so far."""

    def body(values: dict[str, Int16], see: Observe | None) -> None:
        for inner in op.body:
            values[inner.output] = step(inner, values)
            if see is not None and isinstance(inner, ArrayOp):
                see(inner, values[inner.output])

    return all_steps(x, op, states, body, observe, known)


def _step(number: int, width: int, reverse: bool) -> int:
    """The step of a stream that is computed as ``number``-th."""
    before, inside = divmod(number, width)
    return before * width + (width - 1 - inside if reverse else inside)


def _joined(results: list[Int16], order: list[int], n: int, width: int) -> Int16:
    """Results of each step, (streams, 1, 1, C), as (n, W, 1, C).

    ``order``: the number of the step computed first, second, ...; it is its own inverse.
    """
    ordered = [results[number] for number in order]
    return np.concatenate(ordered, axis=1).reshape(n, width, 1, -1)
