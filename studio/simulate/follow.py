"""A float network and its integers side by side, operation by operation, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.base.job import Job
from studio.quantize import io
from studio.quantize.qnetwork import ArrayOp, HistoryOp, QNetwork, QOp, RecurrentOp
from studio.simulate.evaluate import apply, evaluate
from studio.simulate.kernels import Int16
from studio.simulate.prepared import Prepared, prepare
from studio.simulate.reference import Real, Reference, limit, moves, rescaled, rounded
from studio.simulate.states import initial

BATCH_VALUES = 2**21
MOST_BATCH = 64


@dataclass(frozen=True)
class Outcome:
    """What one operation made of one batch, all (n, W, H, C).

    ``entire`` follows from the integer network's own values, ``single`` from the float model's
    rounded to integers, which are ``source`` for the operation's first input, both after the
    upper limit of a Clip that belongs to the operation. ``wanted`` and
    ``source_wanted`` are the float model's. All but ``entire`` are None where there is no float
    model, or it has no such tensor.
    """

    op: QOp
    entire: Int16
    single: Int16 | None
    wanted: Real | None
    source: Int16 | None
    source_wanted: Real | None


def follow(
    qnetwork: QNetwork,
    reference: Reference | None,
    samples: Sequence[npt.NDArray[np.generic]],
    job: Job,
) -> Iterator[Outcome]:
    """Every operation of every batch of ``samples`` (one array [n, *shape] an input).

    Batches are small, and nothing is kept from one to the next but states of a stream. Raises
    DataError without samples.
    """
    total = len(samples[0]) if samples else 0
    if not total:
        raise DataError("there are no samples to compare", where=qnetwork.name)
    inputs = io.encode(qnetwork, samples)
    size = _batch(qnetwork)
    floats = reference.batches(qnetwork, samples, size) if reference else _nothing()
    states: dict[str, Int16] = {}
    arrays = {op.output: prepare(_alone(op, qnetwork)) for op in qnetwork.ops if _is_array(op)}
    for start in range(0, total, size):
        job.step(start, total, f"comparing sample {start + 1} of {total}")
        batch = [x[start : start + size] for x in inputs]
        wanted = next(floats)
        if start == 0 or not qnetwork.streams:
            states = initial(qnetwork, 1 if qnetwork.streams else len(batch[0]))
        yield from _batch_of(qnetwork, batch, states, wanted, arrays, reference is not None)
    job.step(total, total, "compared")


def _nothing() -> Iterator[dict[str, Real]]:
    while True:
        yield {}


def _batch(qnetwork: QNetwork) -> int:
    """Samples at a time, so that all their tensors together stay small."""
    values = sum(tensor.size for tensor in qnetwork.tensors.values())
    return max(1, min(MOST_BATCH, BATCH_VALUES // max(1, values)))


def _is_array(op: QOp) -> bool:
    return isinstance(op, ArrayOp)


def _alone(op: QOp, qnetwork: QNetwork) -> QNetwork:
    """A network of one operation."""
    return replace(qnetwork, inputs=op.inputs, outputs=(op.output,), ops=(op,))


def _step(
    op: QOp,
    known: dict[str, Int16],
    qnetwork: QNetwork,
    states: dict[str, Int16],
    arrays: Mapping[str, Prepared],
) -> Int16:
    """One operation on known values; those on the array are compiled, ``arrays``."""
    given = [known[name] for name in op.inputs]
    if op.output in arrays:
        return arrays[op.output].evaluate(given)[op.output]
    if not isinstance(op, HistoryOp | RecurrentOp):
        return apply(op, given, qnetwork)
    return evaluate(_alone(op, qnetwork), given, states)[op.output]


def _batch_of(
    qnetwork: QNetwork,
    batch: Sequence[Int16],
    states: dict[str, Int16],
    wanted: Mapping[str, Real],
    arrays: Mapping[str, Prepared],
    compare: bool,
) -> Iterator[Outcome]:
    tensors = qnetwork.tensors
    fixed = {name: values[np.newaxis] for name, values in qnetwork.constants.items()}
    own = fixed | dict(zip(qnetwork.inputs, batch, strict=True))
    given = dict(fixed)
    fresh: dict[str, Int16] = {}
    if compare:
        given |= {name: rounded(tensors[name], wanted[name]) for name in qnetwork.inputs}
        fresh = initial(qnetwork, len(batch[0]))
    for op in qnetwork.ops:
        own[op.output] = entire = _step(op, own, qnetwork, states, arrays)
        single = source = None
        if compare:
            source = given[op.inputs[0]]
            given[op.output] = single = _step(op, given, qnetwork, fresh, arrays)
        target = wanted.get(op.output)
        top = limit(qnetwork, op.output)
        if top is not None:
            entire = np.minimum(entire, np.int16(top))
            single = None if single is None else np.minimum(single, np.int16(top))
        before = wanted.get(rescaled(qnetwork, op.inputs[0]))
        yield Outcome(op, entire, single, target, source, before)
        if target is not None and not moves(op):
            given[op.output] = rounded(tensors[op.output], target)
