"""Running a QNetwork on a batch of samples, bit for bit as the chip computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.base.errors import DataError
from studio.base.job import Job
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    BlendOp,
    ConcatOp,
    HistoryOp,
    LutOp,
    MacOp,
    MatMulOp,
    MeanOp,
    MulOp,
    NormOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    RecurrentOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)
from studio.simulate import cpu, kernels
from studio.simulate.kernels import Int16
from studio.simulate.states import history, initial, recurrent

WINDOW_BYTES = 16 * 1024 * 1024

Observer = Callable[[ArrayOp | RecurrentOp, Int16], None]
Product = Callable[[Int16, ArrayOp], Int16]


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
    array: Product = kernels.array,
) -> Result:
    """Run all samples; ``inputs``: one array (n, W, H, C) per network input, chip integers.

    States are zero before sample 0 and before every ``reset_every``-th; 0 is never again. None
    is never where samples are steps of one stream (QNetwork.streams), else before every sample.
    Memory stays bounded: samples run in batches sized by the widest operation. ``array``
    computes the array operations. Raises DataError when inputs do not fit the network's input
    tensors.
    """
    _check(qnetwork, inputs)
    job = job or Job()
    total = len(inputs[0])
    if reset_every is None:
        reset_every = 0 if qnetwork.streams else 1
    parts: list[tuple[dict[str, Int16], dict[str, Int16]]] = []
    states: dict[str, Int16] = {}
    for start, stop, streams in batches(total, reset_every or total, batch_size(qnetwork)):
        job.step(start, total, f"simulating sample {start + 1} of {total}")
        traced: dict[str, Int16] = {}

        def keep(op: ArrayOp | RecurrentOp, result: Int16, to: dict[str, Int16] = traced) -> None:
            to[trace(op, qnetwork)] = result

        if start % (reset_every or total) == 0:
            states = initial(qnetwork, streams)
        batch = [x[start:stop] for x in inputs]
        values = evaluate(qnetwork, batch, states, keep if layers else None, array)
        parts.append(({name: values[name] for name in qnetwork.outputs}, traced))
    job.step(total, total, "simulated")
    return Result(
        outputs={name: np.concatenate([p[0][name] for p in parts]) for name in qnetwork.outputs},
        layers={name: np.concatenate([p[1][name] for p in parts]) for name in parts[0][1]},
    )


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


def batch_size(qnetwork: QNetwork) -> int:
    """Samples a batch so that no operation unfolds more than about WINDOW_BYTES."""
    widest = 1
    for op in qnetwork.array_ops:
        w, h, _ = qnetwork.tensors[op.output].shape
        widest = max(widest, w * h * op.matrices[0].inputs * len(op.matrices))
    return max(1, min(1024, WINDOW_BYTES // (4 * widest)))


def evaluate(
    qnetwork: QNetwork,
    inputs: Sequence[Int16],
    states: dict[str, Int16] | None = None,
    observer: Observer | None = None,
    array: Product = kernels.array,
) -> dict[str, Int16]:
    """All tensors alive at the end of one batch, by name; tensors are dropped after last use.

    ``states`` (states.initial) is moved on to after the last sample; None starts every sample
    from zero.
    """
    if states is None:
        states = initial(qnetwork, len(inputs[0]))
    values: dict[str, Int16] = dict(zip(qnetwork.inputs, inputs, strict=True))
    for name, constant in qnetwork.constants.items():
        values[name] = constant[np.newaxis]

    def step(op: QOp, known: dict[str, Int16]) -> Int16:
        return apply(op, [known[name] for name in op.inputs], qnetwork, array)

    last = {name: index for index, op in enumerate(qnetwork.ops) for name in op.inputs}
    for index, op in enumerate(qnetwork.ops):
        if isinstance(op, HistoryOp):
            result = history(values[op.input], op, states)
        elif isinstance(op, RecurrentOp):
            result = recurrent(values[op.input], op, states, step, observer)
        else:
            result = step(op, values)
        values[op.output] = result
        if observer is not None and isinstance(op, ArrayOp | RecurrentOp):
            observer(op, result)
        for name in op.inputs:
            if last[name] == index and name not in qnetwork.outputs:
                values.pop(name, None)
    return values


def apply(op: QOp, x: Sequence[Int16], qnetwork: QNetwork, array: Product = kernels.array) -> Int16:
    """One operation without state on its inputs, each (n, W, H, C)."""
    target = qnetwork.tensors[op.output]
    match op:
        case ArrayOp():
            return array(x[0], op)
        case AddOp():
            return kernels.add(x[0], x[1], op)
        case MulOp():
            return kernels.mul(x[0], x[1], op)
        case AffineOp():
            return kernels.affine(x[0], op)
        case PoolOp():
            return kernels.pool(x[0], op)
        case LutOp():
            return cpu.lut(x[0], op)
        case SumLutOp():
            return cpu.sum_lut(x[0], x[1], op)
        case MacOp():
            return cpu.mac(x[0], x[1], x[2], x[3], op)
        case BlendOp():
            return cpu.blend(x[0], x[1], x[2], op)
        case MatMulOp():
            return cpu.matmul(x[0], x[1], op)
        case MeanOp():
            return cpu.mean(x[0], op, target)
        case NormOp():
            return cpu.norm(x[0], op, target)
        case SliceOp():
            return cpu.slice_(x[0], op, target)
        case ZeroInsertOp():
            return cpu.zero_insert(x[0], op)
        case ConcatOp():
            joined: Int16 = np.concatenate(x, axis=op.axis + 1)
            return joined
        case SoftmaxOp():
            return kernels.softmax(x[0], op)
        case PermuteOp():
            flat = x[0].reshape(len(x[0]), -1)[:, op.order]
            return flat.reshape(len(flat), *target.shape)
        case ReshapeOp():
            return x[0].reshape(len(x[0]), *target.shape)
        case HistoryOp() | RecurrentOp():
            raise TypeError(f"{op.name} has states")


def _check(qnetwork: QNetwork, inputs: Sequence[Int16]) -> None:
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
        if x.min() < tensor.low or x.max() > tensor.high:
            raise DataError(
                f"values {x.min()}..{x.max()} leave the input's range {tensor.low}..{tensor.high}",
                where=name,
            )
