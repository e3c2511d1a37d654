"""The operations of the CPU in numpy, integer for integer as quantize/qcpu.py defines them.

Activations are int16 arrays (n, W, H, C).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.quantize.qnetwork import (
    BlendOp,
    LutOp,
    MacOp,
    MatMulOp,
    MeanOp,
    NormOp,
    QTensor,
    SliceOp,
    SumLutOp,
    ZeroInsertOp,
)
from studio.simulate.kernels import Int16, Int32, sat8, shifted

Real = npt.NDArray[np.float64]


def lut(x: Int16, op: LutOp) -> Int16:
    """One table for all elements, or one a channel."""
    index = x & 255
    found: Int16 = op.table[index] if op.table.ndim == 1 else op.table[np.arange(x.shape[3]), index]
    return found


def sum_lut(a: Int16, b: Int16, op: SumLutOp) -> Int16:
    """A table of the sum."""
    found: Int16 = op.table[(a + b) & 511]
    return found


def mac(a: Int16, b: Int16, c: Int16, d: Int16, op: MacOp) -> Int16:
    """Two products and their sum."""
    first, second, last = op.shifts
    total = shifted(a.astype(np.int32) * b, first) + shifted(c.astype(np.int32) * d, second)
    return sat8(shifted(total, last))


def blend(z: Int16, new: Int16, old: Int16, op: BlendOp) -> Int16:
    """A GRU's new state."""
    wide: Int32 = z.astype(np.int32)
    first, second, last = op.shifts
    if op.mirrored:
        total = shifted((wide - op.ones) * new, first) - shifted(wide * old, second)
        return -np.maximum(sat8(shifted(total, last)), -127)
    total = shifted((op.ones - wide) * new, first) + shifted(wide * old, second)
    return sat8(shifted(total, last))


def matmul(a: Int16, b: Int16, op: MatMulOp) -> Int16:
    """Products of activations; float64 holds every sum exactly."""
    left = a.transpose(0, 2, 1, 3).astype(np.float64)
    right = b.transpose(0, 2, 3, 1) if op.transposed else b.transpose(0, 2, 1, 3)
    sums = (left @ right.astype(np.float64)).transpose(0, 2, 1, 3).astype(np.int64)
    scaled = sums * op.factor
    if op.shift > 0:
        scaled = (scaled + (1 << (op.shift - 1))) >> op.shift
    return sat8(scaled)


def mean(x: Int16, op: MeanOp, target: QTensor) -> Int16:
    """The mean over the channels."""
    sums = x.sum(axis=3, keepdims=True, dtype=np.int64)
    return _rounded(sums * op.factor, target)


def norm(x: Int16, op: NormOp, target: QTensor) -> Int16:
    """Layer, group and sum normalization."""
    v: Real = x.astype(np.float64) * op.scale_in
    if op.kind == "sum":
        # Of the integers, whose sum is exact: the scale cancels out.
        total = x.sum(axis=3, keepdims=True, dtype=np.int64)
        shares: Real = np.divide(x, total, out=np.zeros_like(v), where=total != 0)
        return _rounded(shares / op.scale_out, target)
    n, width, height, channels = v.shape
    over: tuple[int, ...] = (3,)
    shape: tuple[int, ...] = v.shape
    if op.kind == "group":
        shape, over = (n, width, height, op.groups, channels // op.groups), (1, 2, 4)
    grouped: Real = v.reshape(shape)
    mean_ = grouped.mean(axis=over, keepdims=True)
    var = grouped.var(axis=over, keepdims=True)
    y = ((grouped - mean_) / np.sqrt(var + op.epsilon)).reshape(n, width, height, channels)
    return _rounded((y * op.gamma + op.beta) / op.scale_out, target)


def _rounded(values: Real, target: QTensor) -> Int16:
    """Half up, saturated to the tensor's range."""
    kept: Int16 = np.clip(np.floor(values + 0.5), target.low, target.high).astype(np.int16)
    return kept


def slice_(x: Int16, op: SliceOp, target: QTensor) -> Int16:
    """Every step-th element along one axis."""
    count = target.shape[op.axis]
    where: list[slice] = [slice(None)] * 4
    where[op.axis + 1] = slice(op.start, op.start + (count - 1) * op.step + 1, op.step)
    return x[tuple(where)]


def zero_insert(x: Int16, op: ZeroInsertOp) -> Int16:
    """Zeros between the elements of W and H."""
    n, width, height, channels = x.shape
    w, h = op.strides
    spread = np.zeros((n, (width - 1) * w + 1, (height - 1) * h + 1, channels), np.int16)
    spread[:, ::w, ::h] = x
    return spread
