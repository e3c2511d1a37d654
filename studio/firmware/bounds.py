"""What the kernels' 32 bits hold, operation by operation; where they do not suffice, 64."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from studio.quantize.qcpu import RIGHT
from studio.quantize.qnetwork import BlendOp, MacOp, MatMulOp, NormOp, PoolOp, QTensor

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
POOL_SHIFT = 9
LAST_LEFT = 8
UNSURE = 0x8000  # REAL_UNSURE of real.h


@dataclass(frozen=True)
class Cell:
    """Shifts with the same results as the operation's, and the largest number on the way."""

    shifts: tuple[int, int, int]
    largest: int


@dataclass(frozen=True)
class Scaled:
    """How sums of products are scaled: beyond ``limit`` they saturate; ``wide`` takes 64 bits."""

    factor: int
    half: int
    limit: int
    largest: int
    wide: bool


def magnitude(tensor: QTensor) -> int:
    """The largest absolute value of a tensor's integers."""
    return max(-tensor.low, tensor.high)


def cell(op: MacOp | BlendOp, tensors: Mapping[str, QTensor]) -> Cell:
    """Two shifted products and their shifted sum."""
    sizes = [magnitude(tensors[name]) for name in op.inputs]
    if isinstance(op, MacOp):
        products = [sizes[0] * sizes[1], sizes[2] * sizes[3]]
    else:
        gate = tensors[op.inputs[0]]
        rest = max(abs(op.ones - gate.low), abs(op.ones - gate.high))
        products = [rest * sizes[1], sizes[0] * sizes[2]]
    first, second = (_shifted(p, s) for p, s in zip(products, op.shifts[:2], strict=True))
    last = min(op.shifts[2], LAST_LEFT)  # left by 8 everything but 0 saturates
    total = _shifted(_after(products[0], op.shifts[0]) + _after(products[1], op.shifts[1]), last)
    shifts = (max(op.shifts[0], -RIGHT), max(op.shifts[1], -RIGHT), max(last, -RIGHT))
    return Cell(shifts, max(first, second, total))


def _shifted(value: int, shift: int) -> int:
    """The largest number while values up to ``value`` are shifted.

    Right by more than RIGHT is right by RIGHT, as long as the values stay below 2**29.
    """
    if shift < -RIGHT:
        return value + (1 << (RIGHT - 1)) if value < 1 << (RIGHT - 1) else INT64_MAX
    return value << shift if shift >= 0 else value + (1 << (-shift - 1))


def _after(value: int, shift: int) -> int:
    """The largest result."""
    return value << shift if shift >= 0 else (value >> -shift) + 1


def pool_shift(op: PoolOp) -> int:
    """The shift of an average with the same results.

    Right by 9 more than the window's elements leaves 0 or -1; left, everything but 0 saturates
    where one step is 129 times the window.
    """
    area = op.kernel[0] * op.kernel[1]
    return min(max(op.shift, -POOL_SHIFT), (129 * area).bit_length())


def pool_largest(op: PoolOp) -> int:
    """The largest number on the way to an average."""
    area = op.kernel[0] * op.kernel[1]
    shift = pool_shift(op)
    if shift > 0:
        return 130 * area + (1 << shift)
    return 255 * area + (area << -shift)


def matmul(op: MatMulOp, tensors: Mapping[str, QTensor]) -> Scaled:
    """The scaling of a product of activations."""
    a, b = (tensors[name] for name in op.inputs)
    most = a.shape[2] * magnitude(a) * magnitude(b)
    half = (1 << op.shift) >> 1
    factor = op.factor
    if op.shift == 0:
        factor = max(-128, min(128, factor))  # everything but 0 saturates
    limit = min(most, -(-(129 << op.shift) // max(1, abs(factor))))
    largest = limit * abs(factor) + half
    if max(most, largest) <= INT32_MAX:
        return Scaled(factor, half, limit, largest, wide=False)
    return Scaled(factor, half, 0, most * abs(factor) + half, wide=True)


def norm_count(op: NormOp, tensor: QTensor) -> int:
    """How many elements are normalized together."""
    width, height, channels = tensor.shape
    if op.kind == "group":
        return width * height * (channels // op.groups)
    return channels


@dataclass(frozen=True)
class FixedNorm:
    """The fixed point of a normalization; see struct norm in kernels.h."""

    gains: tuple[int, ...]
    offsets: tuple[int, ...]
    count_bits: int
    points: int
    right: int
    band: int


def fixed_norm(op: NormOp, tensor: QTensor) -> FixedNorm:
    """How "layer" and "group" compute without double wherever that is sure.

    Normalized values, at most sqrt(n), have ``points`` binary places and are off by 1.5 steps: one
    lost by the high half of a product, half a step by the rounding of its factor. Then they are
    multiplied by a gain; that, the gain's own rounding, the offset's, and what double itself
    rounds are 3 steps of 2**-16 more.
    """
    gains, offsets = op.gains.tolist(), op.offsets.tolist()
    count = norm_count(op, tensor)
    points = 27 - (count.bit_length() + 1) // 2
    most = max(map(abs, gains))
    right = 31
    if most:
        right = min(31, 31 - math.frexp(most)[1] - 45 + points)  # gains below 2**31
    reach = math.sqrt(count) * most + max(map(abs, offsets))
    if right < 0 or reach >= 1 << 13:
        zeros = (0,) * len(gains)
        return FixedNorm(zeros, zeros, count.bit_length(), points, 0, UNSURE)
    band = min(UNSURE, math.ceil(math.ldexp(1.5 * most, 16 - points)) + 3)
    return FixedNorm(
        tuple(math.floor(math.ldexp(gain, 45 - points + right)) for gain in gains),
        tuple(math.floor(math.ldexp(offset, 16)) for offset in offsets),
        count.bit_length(),
        points,
        right,
        band,
    )
