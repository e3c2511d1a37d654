"""Running a QNetwork on a batch of samples, bit for bit as the chip computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.base.errors import DataError
from studio.base.job import Job
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    ConcatOp,
    LutOp,
    MulOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    ReshapeOp,
    SoftmaxOp,
)
from studio.simulate import kernels
from studio.simulate.kernels import Int16

WINDOW_BYTES = 16 * 1024 * 1024

Observer = Callable[[ArrayOp, Int16], None]


@dataclass(frozen=True)
class Result:
    """Integers of a run, each array (n, W, H, C).

    ``outputs`` by tensor name; ``layers`` by the array operation's trace name, after its Relu,
    empty unless asked for.
    """

    outputs: Mapping[str, Int16]
    layers: Mapping[str, Int16]


def run(
    qnetwork: QNetwork,
    inputs: Sequence[Int16],
    job: Job | None = None,
    layers: bool = False,
) -> Result:
    """Run all samples; ``inputs``: one array (n, W, H, C) per network input, chip integers.

    Memory stays bounded: samples run in batches sized by the widest operation. Raises
    DataError when inputs do not fit the network's input tensors.
    """
    _check(qnetwork, inputs)
    job = job or Job()
    total = len(inputs[0])
    size = batch_size(qnetwork)
    parts: list[tuple[dict[str, Int16], dict[str, Int16]]] = []
    for start in range(0, total, size):
        job.step(start, total, f"simulating sample {start + 1} of {total}")
        traced: dict[str, Int16] = {}

        def keep(op: ArrayOp, result: Int16, traced: dict[str, Int16] = traced) -> None:
            traced[op.trace] = result

        batch = [x[start : start + size] for x in inputs]
        values = evaluate(qnetwork, batch, keep if layers else None)
        parts.append(({name: values[name] for name in qnetwork.outputs}, traced))
    job.step(total, total, "simulated")
    return Result(
        outputs={name: np.concatenate([p[0][name] for p in parts]) for name in qnetwork.outputs},
        layers={name: np.concatenate([p[1][name] for p in parts]) for name in parts[0][1]},
    )


def batch_size(qnetwork: QNetwork) -> int:
    """Samples a batch so that no operation unfolds more than about WINDOW_BYTES."""
    widest = 1
    for op in qnetwork.array_ops:
        w, h, _ = qnetwork.tensors[op.output].shape
        widest = max(widest, w * h * op.matrices[0].inputs * len(op.matrices))
    return max(1, min(1024, WINDOW_BYTES // (4 * widest)))


def evaluate(
    qnetwork: QNetwork, inputs: Sequence[Int16], observer: Observer | None = None
) -> dict[str, Int16]:
    """All tensors alive at the end of one batch, by name; tensors are dropped after last use."""
    values: dict[str, Int16] = dict(zip(qnetwork.inputs, inputs, strict=True))
    for name, constant in qnetwork.constants.items():
        values[name] = constant[np.newaxis]
    last = {name: index for index, op in enumerate(qnetwork.ops) for name in op.inputs}
    for index, op in enumerate(qnetwork.ops):
        result = apply(op, [values[name] for name in op.inputs], qnetwork)
        values[op.output] = result
        if observer is not None and isinstance(op, ArrayOp):
            observer(op, result)
        for name in op.inputs:
            if last[name] == index and name not in qnetwork.outputs:
                values.pop(name, None)
    return values


def apply(op: QOp, x: Sequence[Int16], qnetwork: QNetwork) -> Int16:
    """One operation on its inputs, each (n, W, H, C)."""
    match op:
        case ArrayOp():
            return kernels.array(x[0], op)
        case AddOp():
            return kernels.add(x[0], x[1], op)
        case MulOp():
            return kernels.mul(x[0], x[1], op)
        case AffineOp():
            return kernels.affine(x[0], op)
        case PoolOp():
            return kernels.pool(x[0], op)
        case LutOp():
            looked_up: Int16 = op.table[x[0] & 255]
            return looked_up
        case ConcatOp():
            joined: Int16 = np.concatenate(x, axis=op.axis + 1)
            return joined
        case SoftmaxOp():
            return kernels.softmax(x[0], op)
        case PermuteOp():
            flat = x[0].reshape(len(x[0]), -1)[:, op.order]
            return flat.reshape(len(flat), *qnetwork.tensors[op.output].shape)
        case ReshapeOp():
            return x[0].reshape(len(x[0]), *qnetwork.tensors[op.output].shape)


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
