"""The operations of the CPU in numpy, integer for integer as quantize/qcpu.py defines them.

Activations are int16 arrays (n, W, H, C).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from studio.quantize.qcpu import RIGHT
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
    first, second, last = (max(shift, -RIGHT) for shift in op.shifts)
    total = shifted(a.astype(np.int32) * b, first) + shifted(c.astype(np.int32) * d, second)
    return sat8(shifted(total, last))


def blend(z: Int16, new: Int16, old: Int16, op: BlendOp) -> Int16:
    """A GRU's new state."""
    wide: Int32 = z.astype(np.int32)
    first, second, last = (max(shift, -RIGHT) for shift in op.shifts)
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
    """Layer, group and sum normalization, in the order of qcpu.NormOp."""
    whole = x.astype(np.int64)
    if op.kind == "sum":
        total = whole.sum(axis=3, keepdims=True)
        divisor = total * op.scale_out
        shares: Real = np.divide(x, divisor, out=np.zeros(x.shape), where=total != 0)
        return _rounded(shares, target)
    n, width, height, channels = x.shape
    over: tuple[int, ...] = (3,)
    shape: tuple[int, ...] = x.shape
    gains, offsets = op.gains, op.offsets
    if op.kind == "group":
        shape, over = (n, width, height, op.groups, channels // op.groups), (1, 2, 4)
        gains, offsets = gains.reshape(shape[3:]), offsets.reshape(shape[3:])
    grouped = whole.reshape(shape)
    count = math.prod(shape[axis] for axis in over)
    sums = grouped.sum(axis=over, keepdims=True)
    squares = (grouped * grouped).sum(axis=over, keepdims=True)
    spread = (count * squares - sums * sums) * (op.scale_in * op.scale_in)
    roots: Real = np.sqrt(spread + op.epsilon * (count * count))
    factor: Real = np.divide(op.scale_in, roots, out=np.zeros_like(roots), where=roots != 0)
    values = np.floor((count * grouped - sums) * (factor * gains) + offsets)
    kept: Int16 = np.clip(values, target.low, target.high).astype(np.int16)
    return kept.reshape(x.shape)


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
