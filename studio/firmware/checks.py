"""What an operation must keep to so that the C kernels compute it exactly.

The kernels work in 32 bits. Nearly every parameter a quantizer writes keeps to that; one that
does not is found here, by name, before it becomes a wrong number on a board.
"""

from __future__ import annotations

import numpy as np

from studio.base.errors import VerifyError
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ConcatOp,
    LutOp,
    MulOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    QTensor,
    ReshapeOp,
    SoftmaxOp,
)

INT32_MAX = 2**31 - 1
LEFT, RIGHT = 8, 30
POOL_SHIFT = 9


def clamped(shift: int) -> int:
    """A shift of Add or Mul within what 32 bits hold, with the same results.

    |a + b| and |a * b| stay below 2**16: shifted left by 8 everything but 0 saturates, shifted
    right by 30 (rounding half up) everything is 0.
    """
    return max(-RIGHT, min(LEFT, shift))


def constant(qnetwork: QNetwork, name: str) -> None:
    """Refuse constants that are not bytes of their tensor's shape and range."""
    tensor, values = qnetwork.tensors[name], qnetwork.constants[name]
    low, high = (0, 255) if tensor.high > 127 else (-128, 127)
    if values.shape != tensor.shape or values.min() < low or values.max() > high:
        raise VerifyError(
            f"constant of shape {values.shape}, values {values.min()}..{values.max()}; "
            f"its tensor is {tensor.shape}, {low}..{high}",
            where=name,
        )


def operation(op: QOp, qnetwork: QNetwork) -> None:
    """Raise VerifyError when ``op`` does not keep to its definition."""
    sources = [qnetwork.tensors[name] for name in op.inputs]
    target = qnetwork.tensors[op.output]
    match op:
        case AddOp():
            _need(op, all(s.shape == target.shape for s in sources), "operands differ in shape")
        case MulOp():
            per_channel = (1, 1, target.shape[2])
            fits = sources[0].shape == target.shape
            fits = fits and sources[1].shape in (target.shape, per_channel)
            _need(op, fits, "operands do not fit together")
        case AffineOp():
            _affine(op, sources[0], target)
        case PoolOp():
            _pool(op, sources[0], target)
        case LutOp():
            fits = op.table.shape == (256,) and sources[0].size == target.size
            _need(op, fits, "a table has 256 entries, and sizes do not change")
            low, high = (0, 255) if target.high > 127 else (-128, 127)
            fits = op.table.min() >= low and op.table.max() <= high
            _need(op, fits, f"table entries leave {low}..{high}")
        case ConcatOp():
            total = sum(s.size for s in sources)
            same = len({s.high > 127 for s in (*sources, target) if s.signed or s.high > 127}) < 2
            _need(op, total == target.size, f"{total} bytes do not fill {target.size}")
            _need(op, same, "inputs are both int8 and uint8 in memory")
        case PermuteOp():
            inside = op.order.min() >= 0 and op.order.max() < sources[0].size
            _need(op, op.order.size == target.size and inside, "the order leaves the input")
        case SoftmaxOp():
            fits = op.table.shape == (256,) and op.table.min() >= 0 and op.table.max() <= 65535
            _need(op, fits, "a table has 256 entries of 16 bits")
            total = 255 * int(op.table.max()) + target.shape[2] * int(op.table.max()) // 2
            _need(op, op.table[0] > 0 and total < 2**32, "sums leave 32 bits")
            _need(op, target.high > 127, "the output is uint8")
        case ReshapeOp():
            _need(op, sources[0].size == target.size, "sizes differ")
        case _:
            pass


def _need(op: QOp, holds: bool, otherwise: str) -> None:
    if not holds:
        raise VerifyError(f"{type(op).__name__}: {otherwise}", where=op.name)


def _affine(op: AffineOp, source: QTensor, target: QTensor) -> None:
    channels = (source.shape[2],)
    fits = op.factor.shape == channels and op.offset.shape == channels
    _need(op, fits and source.size == target.size, "one factor and one offset for each channel")
    _need(op, 0 <= op.shift <= 31, f"shift {op.shift} is outside 0..31")
    half = (1 << op.shift) >> 1
    largest = np.abs(op.factor.astype(np.int64)) * 255 + np.abs(op.offset.astype(np.int64))
    _need(op, int(largest.max()) + half <= INT32_MAX, "sums leave 32 bits")


def _pool(op: PoolOp, source: QTensor, target: QTensor) -> None:
    _need(op, source.shape[2] == target.shape[2], "channels differ")
    for axis in (0, 1):
        last = (target.shape[axis] - 1) * op.strides[axis] - op.pads[axis]
        touches = op.pads[axis] < op.kernel[axis] and last < source.shape[axis]
        _need(op, touches, "a window lies wholly in the padding")
    area = op.kernel[0] * op.kernel[1]
    if op.kind == "average":
        _need(op, (area * 255) << max(op.shift, 0) <= INT32_MAX, "sums leave 32 bits")
        _need(op, area << min(max(-op.shift, 0), POOL_SHIFT) <= INT32_MAX, "window too large")
