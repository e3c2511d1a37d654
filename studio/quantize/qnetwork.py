"""The QNetwork: a network in the chip's integers and the chip's memory layout.

Every tensor has the shape (W, H, C): W is width or time, C is fastest in memory, the batch is
not stored. An ONNX tensor [N, C, H, W] is (W, H, C) here, [N, C, L] of a 1-D convolution is
(L, 1, C), [N, T, C] is (T, 1, C), [N, C] is (1, 1, C). In memory a tensor is W*H*C bytes.

The operations below are the whole instruction set; simulator and firmware implement exactly
these. ``sat8(v)`` clips to the chip's output range -128..127 and ``R`` is the array's rounding:
``R(a / G) = (trunc(4 * a / G) + 2) >> 2`` with an arithmetic shift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Int16 = npt.NDArray[np.int16]
Int32 = npt.NDArray[np.int32]
Shape = tuple[int, int, int]
Encoding = Literal["unsigned", "pn", "shift"]


@dataclass(frozen=True)
class QTensor:
    """One activation.

    ``scale`` is the real value of one integer step (1.0 where the model was integer already).
    ``low`` and ``high`` bound its integers: -128..127, 0..127 or 0..255 (uint8 in memory when
    ``high`` is above 127). ``onnx_shape`` and ``onnx_axes`` tell how to see it as the model's
    tensor: the array (N, W, H, C) transposed by ``onnx_axes`` and reshaped to
    (N, *onnx_shape[1:]).
    """

    name: str
    shape: Shape
    scale: float
    low: int
    high: int
    onnx_shape: tuple[int, ...]
    onnx_axes: tuple[int, int, int, int] = (0, 3, 2, 1)

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.shape[0] * self.shape[1] * self.shape[2]

    @property
    def signed(self) -> bool:
        """Whether negative values occur."""
        return self.low < 0


@dataclass(frozen=True)
class RowTile:
    """Input elements ``start``..``stop`` (exclusive) of a matrix, multiplied in one round.

    ``bias`` is what the array adds in this round: int32 [columns], multiples of the chip's
    bias unit, with the SHIFT correction folded in; None when all zero.
    """

    start: int
    stop: int
    bias: Int32 | None


@dataclass(frozen=True)
class Matrix:
    """Weights that lie on the array and what happens around one multiplication.

    ``weights``: int16 [inputs, columns], before the encoding. ``encoding`` says how inputs
    meet the array: "unsigned" as they are (0..255); "pn" as max(x, 0) then max(-x, 0) on
    [W; -W]; "shift" as x + 128 with -128 * sum(W) in the bias. The tiles cover all inputs.
    The result is sat8(R((x0 @ W0 + b0) / G)), then for each further tile
    acc = sat8(acc + sat8(R((xi @ Wi + bi) / G))), and last max(acc, 0) where the op says relu.
    """

    name: str
    weights: Int16
    encoding: Encoding
    gain: int
    tiles: tuple[RowTile, ...]

    @property
    def inputs(self) -> int:
        """Logical inputs, before the encoding."""
        return int(self.weights.shape[0])

    @property
    def columns(self) -> int:
        """Outputs."""
        return int(self.weights.shape[1])

    def rows(self, tile: RowTile) -> int:
        """Array rows the tile takes: twice its inputs with PN."""
        return (tile.stop - tile.start) * (2 if self.encoding == "pn" else 1)

    def cells(self, tile: RowTile) -> Int16:
        """The cells of one tile as they lie on the array: int16 [rows(tile), columns]."""
        part = self.weights[tile.start : tile.stop]
        return np.concatenate([part, -part]) if self.encoding == "pn" else part


@dataclass(frozen=True)
class ArrayOp:
    """Multiplication by weights on the array, at every position of a sliding window.

    A fully connected layer is a 1 x 1 window on each position. Pairs are (W, H); ``pads`` is
    (W before, H before, W after, H after), filled with zero. The window's elements are ordered
    (w, h, c) with c fastest, and that is the row order of the matrices. Matrix g of n reads
    the g-th of n equal slices of the input's channels and writes the g-th slice of the output's.
    """

    name: str
    input: str
    output: str
    matrices: tuple[Matrix, ...]
    kernel: tuple[int, int] = (1, 1)
    strides: tuple[int, int] = (1, 1)
    dilations: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    relu: bool = False
    trace: str = ""  # the model's node name, or its output tensor where it has no name

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


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
class AffineOp:
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

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


@dataclass(frozen=True)
class PoolOp:
    """Maximum or average over a window; geometry as in ArrayOp, channels apart.

    Padding does not take part in a maximum. ``kind`` "average" is
    floor((sum << shift) / n), n the window's size or, unless ``count_pads``, its elements
    inside the input; shift = log2(scale_in / scale_out), negative shifts divide as well:
    floor(sum / (n << -shift)). The result is saturated by sat8.
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

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


@dataclass(frozen=True)
class LutOp:
    """table[x & 255] for every element: sigmoid, tanh, a change of scale. int16 [256].

    The table holds values of the output tensor's range (int8, or 0..255).
    """

    name: str
    input: str
    output: str
    table: Int16

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


@dataclass(frozen=True)
class ConcatOp:
    """Inputs side by side along ``axis`` (0 = W, 1 = H, 2 = C)."""

    name: str
    inputs: tuple[str, ...]
    output: str
    axis: int


@dataclass(frozen=True)
class PermuteOp:
    """Output element i is input element ``order[i]``, both flat; int32 [size]."""

    name: str
    input: str
    output: str
    order: Int32

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


@dataclass(frozen=True)
class ReshapeOp:
    """The same bytes under another shape."""

    name: str
    input: str
    output: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


@dataclass(frozen=True)
class SoftmaxOp:
    """Softmax over C, as uint8 in steps of 1/255.

    With m = max(x) over C and e_c = table[m - x_c], the output is
    floor((255 * e_c + sum(e) / 2) / sum(e)), the half truncated; table: int32 [256],
    round(2**15 * exp(-d * scale)), so that products stay within 32 bits unsigned for C <= 512.
    """

    name: str
    input: str
    output: str
    table: Int32

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


QOp = (
    ArrayOp
    | AddOp
    | MulOp
    | AffineOp
    | PoolOp
    | LutOp
    | ConcatOp
    | PermuteOp
    | ReshapeOp
    | SoftmaxOp
)


@dataclass(frozen=True)
class QNetwork:
    """A network in chip integers, operations in execution order.

    ``inputs`` and ``outputs`` are tensor names in the model's order. ``chip`` is the chip's id.
    ``constants`` are activations known beforehand (a second operand of Add or Mul), int16 in
    the tensor's (W, H, C) shape. ``notes`` are remarks for the user, one sentence each.
    """

    name: str
    chip: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    ops: tuple[QOp, ...]
    tensors: Mapping[str, QTensor]
    constants: Mapping[str, Int16] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def integer(self) -> bool:
        """Whether the model was in chip integers already: every scale is 1."""
        return all(tensor.scale == 1.0 for tensor in self.tensors.values())

    @property
    def array_ops(self) -> tuple[ArrayOp, ...]:
        """The operations that use the array, in execution order."""
        return tuple(op for op in self.ops if isinstance(op, ArrayOp))
