"""Operations of the CPU as the compiled code takes them: which it can do, and their numbers.

A stored byte is value + zero, zero being 128 where negative values can occur: a tensor's low is
below 0, or an operation saturates to -128..127 and no Relu follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import numpy as np
import numpy.typing as npt

from studio.quantize.qcpu import RIGHT, clamped
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
    QTensor,
    RecurrentOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)
from studio.simulate import native_array
from studio.simulate.kernels import average_shift
from studio.simulate.native import Kind, Memory

MOST_PRODUCTS = 2**15  # of bytes, whose sums 32 bits hold
MOVES = (ConcatOp, SliceOp, PermuteOp, ReshapeOp, ZeroInsertOp)


@dataclass
class Numbers:
    """What the compiled code needs to know of one operation."""

    kind: Kind
    p: list[int] = field(default_factory=list)
    data: npt.NDArray[np.generic] | None = None
    more: npt.NDArray[np.generic] | None = None
    ratio: float = 1.0
    relu: bool = False


def zero_of(tensor: QTensor) -> int:
    """The zero of a tensor that is not computed here: an input, or a constant."""
    return 128 if tensor.low < 0 else 0


def zero_after(op: QOp, qnetwork: QNetwork, zeros: Mapping[str, int]) -> int | None:
    """The zero of what an operation gives; None where the compiled code cannot do it.

    ``zeros`` are those of its inputs.
    """
    target = qnetwork.tensors[op.output]
    if any(not _byte(qnetwork.tensors[name]) for name in (*op.inputs, op.output)):
        return None
    match op:
        case ArrayOp():
            saturates = 0 if op.relu else 128
            return saturates if native_array.supported(op) else None
        case LutOp() | SumLutOp():
            return _table_zero(op, qnetwork, zeros)
        case AddOp() | MulOp() if not _alike(op, qnetwork):
            return None
        case MatMulOp() if qnetwork.tensors[op.inputs[0]].shape[2] >= MOST_PRODUCTS:
            return None
        case PoolOp(kind="max"):
            return zeros[op.input]
        case SoftmaxOp():
            return 0
        case HistoryOp() | RecurrentOp() | MeanOp() | NormOp():
            return None
        case _ if isinstance(op, MOVES):
            found = {zeros[name] for name in op.inputs}
            widest = max(qnetwork.tensors[name].high for name in op.inputs)
            return None if len(found) > 1 and widest > 127 else max(found)
        case _:
            return 0 if getattr(op, "relu", False) else 128 if target.high <= 127 else None


def _byte(tensor: QTensor) -> bool:
    return tensor.low >= -128 and tensor.high <= (127 if tensor.low < 0 else 255)


def _alike(op: AddOp | MulOp, qnetwork: QNetwork) -> bool:
    """Whether the second input has the first one's shape, or one factor a channel."""
    first, second = (qnetwork.tensors[name].shape for name in op.inputs)
    by_channel = isinstance(op, MulOp) and second == (1, 1, first[2])
    return first == qnetwork.tensors[op.output].shape and (second == first or by_channel)


def _table_zero(op: LutOp | SumLutOp, qnetwork: QNetwork, zeros: Mapping[str, int]) -> int | None:
    """The zero that suits all a table can give; None where it leaves a byte."""
    values = op.table
    if isinstance(op, LutOp):
        source = qnetwork.tensors[op.input]
        values = values[..., np.arange(source.low, source.high + 1) & 255]
    low, high = int(values.min()), int(values.max())
    zero = 128 if low < 0 else zero_of(qnetwork.tensors[op.output])
    return zero if low >= -zero and high <= 255 - zero else None


def numbers(op: QOp, qnetwork: QNetwork, zeros: Mapping[str, int]) -> Numbers:
    """An operation of the CPU in numbers; ``zero_after`` gave it a zero."""
    target = qnetwork.tensors[op.output]
    match op:
        case AddOp() | MulOp():
            kind = Kind.ADD if isinstance(op, AddOp) else Kind.MUL
            return Numbers(kind, [clamped(op.shift)], relu=op.relu)
        case AffineOp():
            factor, offset = op.factor.astype(np.int16), op.offset.astype(np.int32)
            return Numbers(Kind.AFFINE, [op.shift], factor, offset, relu=op.relu)
        case PoolOp():
            kind = Kind.MAX_POOL if op.kind == "max" else Kind.AVERAGE_POOL
            all_count = op.count_pads or not any(op.pads)
            p = [*op.kernel, *op.strides, *op.pads[:2], int(all_count), average_shift(op.shift)]
            return Numbers(kind, p, ratio=op.ratio)
        case LutOp():
            index = (np.arange(256) - zeros[op.input]) & 255
            stored = (op.table[..., index] + zeros[op.output]).astype(np.uint8)
            return Numbers(Kind.LUT, [int(op.table.ndim > 1)], stored)
        case SumLutOp():
            return Numbers(Kind.SUM_LUT, [], op.table.astype(np.int16))
        case MacOp():
            return Numbers(Kind.MAC, [max(shift, -RIGHT) for shift in op.shifts])
        case BlendOp():
            shifts = [max(shift, -RIGHT) for shift in op.shifts]
            return Numbers(Kind.BLEND, [*shifts, op.ones, int(op.mirrored)])
        case ConcatOp():
            times = prod(target.shape[: op.axis])
            return Numbers(Kind.CONCAT, [target.size // times, times])
        case SliceOp():
            return Numbers(Kind.SLICE, [op.axis, op.start, op.step])
        case ZeroInsertOp():
            return Numbers(Kind.ZERO_INSERT, list(op.strides))
        case PermuteOp():
            return Numbers(Kind.PERMUTE, [], op.order.astype(np.int32))
        case SoftmaxOp():
            return Numbers(Kind.SOFTMAX, [], op.table.astype(np.int32))
        case MatMulOp():
            return Numbers(Kind.MATMUL, [op.factor, op.shift, int(op.transposed)])
        case _:
            raise TypeError(f"{op.name} is none of the CPU's")


def array_numbers(
    op: ArrayOp,
    padded: tuple[int, int, int],
    qnetwork: QNetwork,
    zero: int,
    level: int,
    memory: Memory,
) -> tuple[Numbers, int, int]:
    """An array operation whose input has its padding: numbers, address of data, scratch bytes."""
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    width, height, _ = target.shape
    steps = [op.strides[0] * padded[1] * padded[2], op.strides[1] * padded[2]]
    p = [height, width * height, *steps, len(op.matrices)]
    high = 127 if zero else source.high
    if native_array.depthwise(op, padded[2], zero, high):
        address = native_array.pack_depthwise(op, padded, zero, memory)
        return Numbers(Kind.DEPTHWISE, p, relu=op.relu), address, 0
    address, scratch = native_array.pack(op, padded, zero, high, level, memory)
    return Numbers(Kind.ARRAY, p, relu=op.relu), address, scratch
