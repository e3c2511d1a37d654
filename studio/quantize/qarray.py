"""What the array multiplies: matrices, their row tiles, and the operation that uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Int16 = npt.NDArray[np.int16]
Int32 = npt.NDArray[np.int32]
Encoding = Literal["unsigned", "pn", "shift", "partial"]
Store = Literal["analog", "mixed", "digital"]

UNLIMITED = 32767


class OneInput:
    """An operation that reads one tensor, its ``input``."""

    input: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the tensors it reads."""
        return (self.input,)


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
    """Weights and what happens around one multiplication by them.

    ``weights``: int16 [inputs, columns], before the encoding. First every input x becomes
    x << ``input_shift``, saturated to 0..255 (unsigned), -128..127 (shift), -255..255 (pn), and
    with "partial" as pn for the first ``signed_inputs`` inputs and as shift for the others.
    ``encoding`` says how that meets the array's rows:

    - "unsigned": as it is, 0..255.
    - "pn": max(x, 0), then max(-x, 0) on [W; M].
    - "shift": x + 128, with -128 * sum(W) in the bias.
    - "partial": the first N = ``signed_inputs`` inputs as max(x, 0), the others as x + 128, then
      max(-x, 0) of the first N, on [W; M[:N]], with -128 * sum(W[N:]) in the bias.

    M is min(-W, ``mirror_max``): a weight of -256 has no exact mirror image where the chip's
    maker doubles weights. The tiles cover all inputs. The result is sat8(R((x0 @ W0 + b0) / G)),
    then for each further tile acc = sat8(acc + sat8(R((xi @ Wi + bi) / G))), and last
    max(acc, 0) where the op says relu.

    ``store`` tells where the weights lie: "analog" in the array's cells; "mixed" the low byte
    (-128..127) in cells, the rest, a multiple of 256, in the CPU's memory, added up before R, or
    with ``apart`` each through sat8(R(. / G)), the bias with the low bytes, and then added with
    sat8; "digital" all in the CPU's memory, without any block. ``repeat``: each tile is computed so
    many times (1 or 2) and averaged, (y1 + y2) >> 1, which changes nothing without noise.
    """

    name: str
    weights: Int16
    encoding: Encoding
    gain: int
    tiles: tuple[RowTile, ...]
    signed_inputs: int = 0
    input_shift: int = 0
    mirror_max: int = UNLIMITED
    repeat: int = 1
    store: Store = "analog"
    apart: bool = False

    @property
    def inputs(self) -> int:
        """Logical inputs, before the encoding."""
        return int(self.weights.shape[0])

    @property
    def columns(self) -> int:
        """Outputs."""
        return int(self.weights.shape[1])

    def doubled(self, tile: RowTile) -> int:
        """How many of the tile's inputs take a second row, always the first ones of the tile."""
        if self.encoding == "pn":
            return tile.stop - tile.start
        if self.encoding == "partial":
            return max(0, min(tile.stop, self.signed_inputs) - tile.start)
        return 0

    def rows(self, tile: RowTile) -> int:
        """Rows the tile takes: one for each input, and one more for each doubled one."""
        return tile.stop - tile.start + self.doubled(tile)

    def values(self, tile: RowTile) -> Int16:
        """What the tile's rows multiply by: int16 [rows(tile), columns]."""
        part = self.weights[tile.start : tile.stop]
        count = self.doubled(tile)
        if not count:
            return part
        return np.concatenate([part, np.minimum(-part[:count], self.mirror_max)])

    def cells(self, tile: RowTile) -> Int16:
        """The cells of one tile as they lie on the array: int16 [rows(tile), columns]."""
        values = self.values(tile)
        if self.store == "mixed":
            return low_byte(values)
        return values


def low_byte(weights: Int16) -> Int16:
    """The part of 16-bit weights that fits a cell, -128..127; the rest is a multiple of 256."""
    low: Int16 = ((weights + 128) & 255) - 128
    return low.astype(np.int16)


@dataclass(frozen=True)
class ArrayOp(OneInput):
    """Multiplication by weights, at every position of a sliding window.

    A fully connected layer is a 1 x 1 window on each position. Pairs are (W, H); ``pads`` is
    (W before, H before, W after, H after), filled with zero. The window's elements are ordered
    (w, h, c) with c fastest, and that is the row order of the matrices. Matrix g of n reads
    the g-th of n equal slices of the input's channels and writes the g-th slice of the output's.
    ``trace`` is the model's node name, or its output tensor where it has no name; a recurrent
    node has several array operations of one trace, in the order of its matrices.
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
    trace: str = ""

    def stored(self) -> Iterator[tuple[int, Matrix]]:
        """Numbers and matrices of those that have cells on the array."""
        return ((n, m) for n, m in enumerate(self.matrices) if m.store != "digital")
