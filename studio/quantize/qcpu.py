"""What the CPU computes: every operation but the array's and those with state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.quantize.qarray import Int16, Int32, OneInput

Real = npt.NDArray[np.float64]

LEFT, RIGHT = 8, 30


def clamped(shift: int) -> int:
    """A shift of Add or Mul within what 32 bits hold, with the same results.

    |a + b| and |a * b| stay below 2**16: shifted left by 8 everything but 0 saturates, shifted
    right by 30 (rounding half up) everything is 0.
    """
    return max(-RIGHT, min(LEFT, shift))


@dataclass(frozen=True)
class AddOp:
    """sat8(shift(a + b, shift)), then max(., 0) with relu; shift > 0 left, < 0 right half up."""

    name: str
    inputs: tuple[str, str]
    output: str
    shift: int = 0
    relu: bool = False


@dataclass(frozen=True)
class MulOp:
    """sat8((a * b + 2**(n-1)) >> n) for shift = -n < 0, sat8(a * b << shift) otherwise.

    The second input has the first one's shape, or (1, 1, C) for one factor per channel.
    """

    name: str
    inputs: tuple[str, str]
    output: str
    shift: int = 0
    relu: bool = False


@dataclass(frozen=True)
class AffineOp(OneInput):
    """sat8((x * factor[c] + offset[c] + 2**(shift-1)) >> shift) per channel c, then relu.

    A constant Add or Mul or a BatchNormalization that folds into no matrix. ``factor``: int16
    [C], ``offset``: int32 [C], ``shift`` >= 0 (0 adds no rounding term); sums stay in int32.
    """

    name: str
    input: str
    output: str
    factor: Int16
    offset: Int32
    shift: int
    relu: bool = False


@dataclass(frozen=True)
class PoolOp(OneInput):
    """Maximum or average over a window; geometry as in ArrayOp, channels apart.

    Padding does not take part in a maximum. ``kind`` "average" is
    floor((sum << shift) / n), n the window's size or, unless ``count_pads``, its elements
    inside the input; shift = log2(scale_in / scale_out), negative shifts divide as well:
    floor(sum / (n << -shift)). Where that ratio is no power of two, ``ratio`` holds it instead
    and the average is floor(sum / n * ratio) in float64, the quotient rounded before the product.
    The result is saturated by sat8.
    """

    name: str
    input: str
    output: str
    kind: Literal["max", "average"]
    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    count_pads: bool = False
    shift: int = 0
    ratio: float = 1.0


@dataclass(frozen=True)
class LutOp(OneInput):
    """table[x & 255] for every element: any function of one integer.

    ``table``: int16 [256], or [C, 256] with a row for each channel. It holds values of the
    output tensor's range (int8, or 0..255).
    """

    name: str
    input: str
    output: str
    table: Int16


@dataclass(frozen=True)
class ConcatOp:
    """Inputs side by side along ``axis`` (0 = W, 1 = H, 2 = C)."""

    name: str
    inputs: tuple[str, ...]
    output: str
    axis: int


@dataclass(frozen=True)
class PermuteOp(OneInput):
    """Output element i is input element ``order[i]``, both flat; int32 [size]."""

    name: str
    input: str
    output: str
    order: Int32


@dataclass(frozen=True)
class ReshapeOp(OneInput):
    """The same bytes under another shape."""

    name: str
    input: str
    output: str


@dataclass(frozen=True)
class SoftmaxOp(OneInput):
    """Softmax over C, as uint8 in steps of 1/255.

    With m = max(x) over C and e_c = table[m - x_c], the output is
    floor((255 * e_c + sum(e) / 2) / sum(e)), the half truncated; table: int32 [256],
    round(2**15 * exp(-d * scale)), so that products stay within 32 bits unsigned for C <= 512.
    """

    name: str
    input: str
    output: str
    table: Int32


@dataclass(frozen=True)
class SumLutOp:
    """table[(a + b) & 511] for every element; int16 [512], the sum being -256..255."""

    name: str
    inputs: tuple[str, str]
    output: str
    table: Int16


@dataclass(frozen=True)
class MacOp:
    """sat8(shift(shift(a * b, shifts[0]) + shift(c * d, shifts[1]), shifts[2])), as AddOp shifts.

    The new cell state of an LSTM from (f, c, i, t).
    """

    name: str
    inputs: tuple[str, str, str, str]
    output: str
    shifts: tuple[int, int, int]


@dataclass(frozen=True)
class BlendOp:
    """The new state of a GRU from (z, new, old), which may be told apart by ``ones`` and z.

    With (s0, s1, s2) = ``shifts`` and shift() as in AddOp:
    sat8(shift(shift((ones - z) * new, s0) + shift(z * old, s1), s2)); with ``mirrored``
    -max(sat8(shift(shift((z - ones) * new, s0) - shift(z * old, s1), s2)), -127), whose ties go
    down.
    """

    name: str
    inputs: tuple[str, str, str]
    output: str
    ones: int
    shifts: tuple[int, int, int]
    mirrored: bool = False


@dataclass(frozen=True)
class MatMulOp:
    """Products of two activations: (M, H, K) by (K, H, N), or (N, H, K) with ``transposed``.

    The H axis counts independent products (heads of attention). The result (M, H, N) is
    sat8((sum * factor + 2**(shift-1)) >> shift); ``shift`` 0 adds no rounding term.
    """

    name: str
    inputs: tuple[str, str]
    output: str
    factor: int
    shift: int
    transposed: bool = False


@dataclass(frozen=True)
class MeanOp(OneInput):
    """Mean over the channels: floor(sum * factor + 0.5), saturated to the output's range.

    The output is (W, H, 1). ``factor`` is scale_in / (C * scale_out); product and sum are float64
    and rounded one after the other.
    """

    name: str
    input: str
    output: str
    factor: float


@dataclass(frozen=True)
class NormOp(OneInput):
    """Normalization with statistics of the sample itself, in float64 and then rounded.

    "layer": over C at each position; "group": over W, H and the channels of each of ``groups``
    equal groups; both (v - mean) / sqrt(var + epsilon) * gamma[c] + beta[c] for v = x * scale_in
    with the biased variance. "sum": x / sum of x over C at each position, 0 where that sum is 0.
    The result is floor(y / scale_out + 0.5), saturated to the output tensor's range.

    To the last bit: with the exact integers S = sum of x and Q = sum of x * x over the n elements
    normalized together, floor((n x - S) * (factor * gains[c]) + offsets[c]) with factor =
    scale_in / sqrt((n Q - S S) * (scale_in * scale_in) + epsilon * (n n)), or 0 where that root is
    0; each operation is rounded by itself. "sum": floor(x / (S * scale_out) + 0.5).
    """

    name: str
    input: str
    output: str
    kind: Literal["layer", "group", "sum"]
    scale_in: float
    scale_out: float
    gamma: Real
    beta: Real
    epsilon: float = 0.0
    groups: int = 1

    @property
    def gains(self) -> Real:
        """What normalized values are multiplied by, [C]."""
        return self.gamma / self.scale_out

    @property
    def offsets(self) -> Real:
        """What is added then, with the half that rounds, [C]."""
        return self.beta / self.scale_out + 0.5


@dataclass(frozen=True)
class SliceOp(OneInput):
    """Every ``step``-th element from ``start`` along ``axis`` (0 = W, 1 = H, 2 = C).

    How many there are is the output's size along that axis; ``step`` is at least 1.
    """

    name: str
    input: str
    output: str
    axis: int
    start: int
    step: int = 1


@dataclass(frozen=True)
class ZeroInsertOp(OneInput):
    """Output element (w * strides[0], h * strides[1]) is input element (w, h), the others are 0.

    The output is ((W - 1) * strides[0] + 1, (H - 1) * strides[1] + 1, C). A transposed
    convolution is this and then a convolution with the kernel turned round.
    """

    name: str
    input: str
    output: str
    strides: tuple[int, int]
