"""Operation by operation in numpy: the reference, and what the compiled code does not do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

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
from studio.simulate.states import Observe, history, initial, recurrent

Observer = Observe
Product = Callable[[Int16, ArrayOp], Int16]


def evaluate(
    qnetwork: QNetwork,
    inputs: Sequence[Int16],
    states: dict[str, Int16] | None = None,
    observer: Observer | None = None,
    array: Product = kernels.array,
) -> dict[str, Int16]:
    """All tensors alive at the end of one batch, by name; tensors are dropped after last use.

    ``states`` (states.initial) is moved on to after the last sample; None starts every sample
    from zero. ``array`` computes the array operations; ``observer`` hears what they give.
    """
    if states is None:
        states = initial(qnetwork, len(inputs[0]))
    values: dict[str, Int16] = dict(zip(qnetwork.inputs, inputs, strict=True))
    known = {name: constant[np.newaxis] for name, constant in qnetwork.constants.items()}
    values.update(known)

    def step(op: QOp, near: dict[str, Int16]) -> Int16:
        return apply(op, [near[name] for name in op.inputs], qnetwork, array)

    last = {name: index for index, op in enumerate(qnetwork.ops) for name in op.inputs}
    for index, op in enumerate(qnetwork.ops):
        if isinstance(op, HistoryOp):
            result = history(values[op.input], op, states)
        elif isinstance(op, RecurrentOp):
            result = recurrent(values[op.input], op, states, step, observer, known)
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
            count = max(len(part) for part in x)  # a constant is there once
            whole = [np.broadcast_to(part, (count, *part.shape[1:])) for part in x]
            joined: Int16 = np.concatenate(whole, axis=op.axis + 1)
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
