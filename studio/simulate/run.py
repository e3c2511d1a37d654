"""Running a QNetwork on a batch of samples, bit for bit as the chip computes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.base.errors import DataError
from studio.base.job import Job
from studio.quantize.qnetwork import ArrayOp, QNetwork, RecurrentOp
from studio.simulate.evaluate import Observer, Product, apply, evaluate
from studio.simulate.kernels import Int16
from studio.simulate.prepared import Prepared, prepare
from studio.simulate.program import outside
from studio.simulate.states import initial

__all__ = [
    "Observer",
    "Prepared",
    "Product",
    "Result",
    "apply",
    "batches",
    "check",
    "evaluate",
    "prepare",
    "run",
    "run_prepared",
    "trace",
]


@dataclass(frozen=True)
class Result:
    """Integers of a run, each array (n, W, H, C).

    ``outputs`` by tensor name; ``layers`` by ``trace``: array operations after their Relu and
    recurrent cells; empty unless asked for.
    """

    outputs: Mapping[str, Int16]
    layers: Mapping[str, Int16]


def run(
    qnetwork: QNetwork,
    inputs: Sequence[Int16],
    job: Job | None = None,
    layers: bool = False,
    reset_every: int | None = None,
    array: Product | None = None,
) -> Result:
    """Run all samples; ``inputs``: one array (n, W, H, C) per network input, chip integers.

    States are zero before sample 0 and before every ``reset_every``-th; 0 is never again. None
    is never where samples are steps of one stream (QNetwork.streams), else before every sample.
    Memory stays bounded: samples run in batches sized by the widest operation. ``array``
    computes the array operations where it is given. Raises DataError when inputs do not fit the
    network's input tensors.
    """
    return run_prepared(prepare(qnetwork, array), inputs, job, layers, reset_every)


def run_prepared(
    prepared: Prepared,
    inputs: Sequence[Int16],
    job: Job | None = None,
    layers: bool = False,
    reset_every: int | None = None,
) -> Result:
    """``run`` for a network that was made ready before; quicker where it runs many times."""
    qnetwork = prepared.qnetwork
    check(prepared, inputs)
    total = len(inputs[0])
    if reset_every is None:
        reset_every = 0 if qnetwork.streams else 1
    parts: list[tuple[dict[str, Int16], dict[str, Int16]]] = []
    states: dict[str, Int16] = {}
    for start, stop, streams in batches(total, reset_every or total, prepared.batch_size):
        if job is not None:
            job.step(start, total, f"simulating sample {start + 1} of {total}")
        traced: dict[str, Int16] = {}

        def keep(op: ArrayOp | RecurrentOp, result: Int16, to: dict[str, Int16] = traced) -> None:
            to[trace(op, qnetwork)] = result

        if start % (reset_every or total) == 0:
            states = initial(qnetwork, streams)
        batch = [x[start:stop] for x in inputs]
        values = prepared.evaluate(batch, states, keep if layers else None)
        outputs = {name: _each(values[name], stop - start) for name in qnetwork.outputs}
        parts.append((outputs, traced))
    if job is not None:
        job.step(total, total, "simulated")
    return Result(_joined([part[0] for part in parts]), _joined([part[1] for part in parts]))


def _each(values: Int16, count: int) -> Int16:
    """An output for each of ``count`` samples; one made of constants alone is there once."""
    return values if len(values) == count else np.repeat(values, count, axis=0)


def _joined(parts: list[dict[str, Int16]]) -> dict[str, Int16]:
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def batches(total: int, length: int, size: int) -> Iterator[tuple[int, int, int]]:
    """(start, stop, streams) of batches of about ``size`` samples, for streams of ``length``.

    A batch holds whole streams, several where they are short, or a part of one.
    """
    start = 0
    while start < total:
        left = length - start % length
        if left < length or length > size or total - start < length:
            stop, streams = min(start + min(left, size), total), 1
        else:
            streams = min(size, total - start) // length
            stop = start + streams * length
        yield start, stop, streams
        start = stop


def trace(op: ArrayOp | RecurrentOp, qnetwork: QNetwork) -> str:
    """The name of an operation's result in Result.layers: the model's node, where it is its."""
    inside = isinstance(op, ArrayOp) and not any(op is outer for outer in qnetwork.ops)
    return op.name if inside else op.trace


def check(prepared: Prepared, inputs: Sequence[Int16]) -> None:
    """Refuse inputs that do not fit; compiled code looks at the values itself."""
    qnetwork = prepared.qnetwork
    if len(inputs) != len(qnetwork.inputs):
        raise DataError(
            f"{len(inputs)} input arrays for {len(qnetwork.inputs)} inputs",
            hint=f"Give one array for each of: {', '.join(qnetwork.inputs)}.",
            where=qnetwork.name,
        )
    for name, x in zip(qnetwork.inputs, inputs, strict=True):
        tensor = qnetwork.tensors[name]
        if x.shape[1:] != tensor.shape or len(x) != len(inputs[0]) or len(x) == 0:
            raise DataError(
                f"samples of shape {x.shape}, expected (n, {', '.join(map(str, tensor.shape))})"
                f" with n = {max(1, len(inputs[0]))}",
                where=name,
            )
        if x.dtype == np.int16 and name in prepared.watched:
            continue
        if x.dtype.kind not in "iu":
            raise DataError(
                f"samples are of type {x.dtype}, expected integers",
                hint="quantize.io.encode makes a network's integers of a model's samples.",
                where=name,
            )
        if x.min() < tensor.low or x.max() > tensor.high:
            raise outside(x, tensor)
