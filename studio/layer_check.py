"""Each layer by itself on the target, from exact inputs, held against the simulator.

A layer that differs alone is wrong there; one that only differs in the whole network is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.base.errors import DataError
from studio.base.job import Job
from studio.firmware import program
from studio.quantize.qnetwork import HistoryOp, Int16, QNetwork, RecurrentOp
from studio.session import Session
from studio.simulate.evaluate import evaluate
from studio.simulate.states import initial

SAMPLES = 4


@dataclass(frozen=True)
class LayerCheck:
    """One layer: how many of its ``values`` differ, by how much at most, and how long it took.

    ``correlation`` is Pearson's over all values; 1.0 where nothing differs, NaN where either
    side is constant. ``cycles`` and ``microseconds`` are the mean of the samples.
    """

    layer: str
    values: int
    differing: int
    largest: int
    correlation: float
    cycles: int
    microseconds: int


def check(
    session: Session, qnetwork: QNetwork, inputs: Sequence[Int16], job: Job
) -> tuple[LayerCheck, ...]:
    """Run every layer of ``session`` alone on what the simulator feeds it for ``inputs``.

    ``inputs``: one array [n, W, H, C] of chip integers for each network input; samples are the
    steps of one stream where the network streams. Raises DataError without samples, and what
    Session.run raises.
    """
    if not inputs or not len(inputs[0]):
        raise DataError("there are no samples to check layers with", where=qnetwork.name)
    exact = _tensors(qnetwork, inputs)
    layers = set(session.layers)
    found = []
    for number, op in enumerate(qnetwork.ops):
        job.step(number, len(qnetwork.ops), op.name)
        if op.name not in layers:
            continue
        names = program.layer_inputs(op, qnetwork)
        wanted = exact[op.output]
        got = np.empty_like(wanted)
        session.reset()
        fresh = isinstance(op, HistoryOp | RecurrentOp) and not qnetwork.streams
        for sample in range(len(wanted)):
            if fresh:
                session.reset()
            answer = session.run(op.name, *(exact[name][sample] for name in names))
            assert not isinstance(answer, tuple)
            got[sample] = answer
        time = session.time(op.name)
        found.append(_judged(op.name, got, wanted, time.cycles, time.microseconds))
    return tuple(found)


def _tensors(qnetwork: QNetwork, inputs: Sequence[Int16]) -> dict[str, Int16]:
    """Every tensor of the network, [n, W, H, C]."""
    kept = replace(qnetwork, outputs=tuple(op.output for op in qnetwork.ops))
    states = initial(qnetwork, 1 if qnetwork.streams else len(inputs[0]))
    values = evaluate(kept, inputs, states)
    return values | dict(zip(qnetwork.inputs, inputs, strict=True))


def _judged(layer: str, got: Int16, wanted: Int16, cycles: int, microseconds: int) -> LayerCheck:
    apart = np.abs(got.astype(np.int32) - wanted)
    x, y = got.ravel().astype(np.float64), wanted.ravel().astype(np.float64)
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    correlation = float(x @ y) / size if size else float("nan")
    differing = int(np.count_nonzero(apart))
    return LayerCheck(
        layer,
        apart.size,
        differing,
        int(apart.max(initial=0)),
        correlation if differing else 1.0,
        cycles,
        microseconds,
    )
