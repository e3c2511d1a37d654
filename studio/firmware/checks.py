"""What an operation must keep to so that the C kernels compute it exactly.

Nearly every parameter a quantizer writes keeps to that; one that does not is found here, by name,
before it becomes a wrong number on a board.
"""

from __future__ import annotations

import math
import sys

import numpy as np

from studio.base.errors import VerifyError
from studio.firmware import bounds
from studio.firmware.bounds import INT32_MAX, INT64_MAX
from studio.quantize.qcpu import clamped
from studio.quantize.qnetwork import (
    AffineOp,
    ArrayOp,
    BlendOp,
    ConcatOp,
    HistoryOp,
    MacOp,
    MatMulOp,
    MeanOp,
    NormOp,
    PoolOp,
    QNetwork,
    QOp,
    QTensor,
    RecurrentOp,
    SoftmaxOp,
)
from studio.quantize.verify_ops import fits

__all__ = ["clamped", "constant", "operation"]

MOST_NORMALIZED = 2**20
MOST_CHANNELS = 2**23


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
    """Raise VerifyError when ``op``, no ArrayOp and no RecurrentOp, leaves its definition.

    Those two pass: descriptors.py looks at the former, the latter's body at what is in it.
    """
    if isinstance(op, ArrayOp | RecurrentOp):
        return
    tensors = qnetwork.tensors
    try:
        fits(op, tensors)
    except VerifyError as error:
        raise VerifyError(error.message, hint=error.hint, where=op.name) from error
    sources = [tensors[name] for name in op.inputs]
    target = tensors[op.output]
    match op:
        case AffineOp():
            _affine(op)
        case PoolOp():
            _pool(op, sources[0], target)
        case MacOp() | BlendOp():
            _need(op, bounds.cell(op, tensors).largest <= INT32_MAX, "sums leave 32 bits")
        case MatMulOp():
            scaled = bounds.matmul(op, tensors)
            _need(op, 0 <= op.shift <= 62, f"shift {op.shift} is outside 0..62")
            fit = scaled.largest <= INT64_MAX and abs(scaled.factor) <= INT32_MAX
            _need(op, fit, "sums leave 64 bits")
        case ConcatOp():
            same = len({s.high > 127 for s in (*sources, target) if s.signed or s.high > 127}) < 2
            _need(op, same, "inputs are both int8 and uint8 in memory")
        case SoftmaxOp():
            _softmax(op, target)
        case MeanOp():
            _need(op, math.isfinite(op.factor), f"factor {op.factor}")
            _need(op, sources[0].shape[2] <= MOST_CHANNELS, "sums leave 32 bits")
        case NormOp():
            _norm(op, target)
        case HistoryOp():
            _need(op, max(op.lags) <= 0xFFFF, f"lag {max(op.lags)} is above 65535")
        case _:
            pass


def _need(op: QOp, holds: bool, otherwise: str) -> None:
    if not holds:
        raise VerifyError(f"{type(op).__name__}: {otherwise}", where=op.name)


def _affine(op: AffineOp) -> None:
    _need(op, 0 <= op.shift <= 31, f"shift {op.shift} is outside 0..31")
    half = (1 << op.shift) >> 1
    largest = np.abs(op.factor.astype(np.int64)) * 255 + np.abs(op.offset.astype(np.int64))
    _need(op, int(largest.max()) + half <= INT32_MAX, "sums leave 32 bits")


def _pool(op: PoolOp, source: QTensor, target: QTensor) -> None:
    for axis in (0, 1):
        last = (target.shape[axis] - 1) * op.strides[axis] - op.pads[axis]
        touches = op.pads[axis] < op.kernel[axis] and last < source.shape[axis]
        counts = op.kind == "average" and op.count_pads  # then it is 0
        _need(op, touches or counts, "a window lies wholly in the padding")
    _need(op, math.isfinite(op.ratio), f"ratio {op.ratio}")
    if op.kind == "average":
        _need(op, bounds.pool_largest(op) <= INT32_MAX, "window too large")


def _softmax(op: SoftmaxOp, target: QTensor) -> None:
    low, high = int(op.table.min()), int(op.table.max())
    _need(op, low >= 0 and high <= 65535, "a table has 256 entries of 16 bits")
    total = 255 * high + target.shape[2] * high // 2
    _need(op, op.table[0] > 0 and total <= INT32_MAX, "sums leave 32 bits")
    _need(op, target.high > 127, "the output is uint8")


def _norm(op: NormOp, target: QTensor) -> None:
    count = bounds.norm_count(op, target)
    fit = count <= MOST_NORMALIZED and target.shape[2] <= 1 << 16
    _need(op, fit, f"{count} elements are normalized together")
    numbers = [op.scale_in, op.scale_out, op.epsilon]
    if op.kind != "sum":
        sizes = {op.gamma.size, op.beta.size}
        _need(op, sizes == {target.shape[2]}, "one factor and one offset for each channel")
        numbers += [*op.gains.tolist(), *op.offsets.tolist()]
        square = op.scale_in * op.scale_in
        _need(op, square > sys.float_info.min, f"scale {op.scale_in} is too small")
    finite = all(map(math.isfinite, numbers)) and op.epsilon >= 0
    _need(op, finite and op.scale_out > 0, "its numbers are not finite")
