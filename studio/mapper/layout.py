"""The Layout: which cells of the array hold which part of which matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.mapper.problem import Occupied
from studio.mapper.request import Search
from studio.quantize.qnetwork import Int16


@dataclass(frozen=True)
class Block:
    """One rectangle of weights on the array and the bias rows over exactly its columns.

    ``layer`` is the ArrayOp's name, ``matrix`` its matrix's index, ``tile`` the row tile's
    index, ``first_column`` the matrix column its first array column holds. ``cells``: int16
    [rows, columns] as they lie on the array. ``bias_cells``: int16 [bias_rows, columns], empty
    [0, columns] where the tile has no bias. Rows and columns count from 0.

    A round on the block computes ``points`` neighbouring window positions: its columns are the
    matrix's columns ``points`` times, side by side, its rows the union of the windows (see
    mapper/copies.py). All that is stored ``copies`` times, stacked; inputs are repeated, and
    bias and ``gain`` are those of the matrix times ``copies``.
    """

    layer: str
    matrix: int
    tile: int
    first_column: int
    gain: int
    array: int
    row: int
    column: int
    bias_row: int
    cells: Int16
    bias_cells: Int16
    copies: int = 1
    points: int = 1

    @property
    def width(self) -> int:
        """Matrix columns it holds, from ``first_column`` on."""
        return self.columns // self.points

    @property
    def rows(self) -> int:
        """Array rows it takes."""
        return int(self.cells.shape[0])

    @property
    def columns(self) -> int:
        """Array columns it takes."""
        return int(self.cells.shape[1])

    @property
    def bias_rows(self) -> int:
        """Rows of the bias strip it takes (k)."""
        return int(self.bias_cells.shape[0])


@dataclass(frozen=True)
class Utilization:
    """Used fractions, 0..1: weight cells of the usable columns, by bank, and bias cells."""

    cells: float
    banks: tuple[float, ...]
    bias: float


@dataclass(frozen=True)
class Layout:
    """Blocks of one network in execution order on the arrays of one chip.

    ``utilization`` counts these blocks, ``search`` tells of the search that placed them.
    ``first_column`` is the first one blocks were allowed to use, ``occupied`` what earlier layouts
    held already: one entry for each of their blocks.
    """

    chip: str
    blocks: tuple[Block, ...]
    utilization: Utilization
    search: Search
    first_column: int
    occupied: tuple[Occupied, ...] = ()

    def of(self, layer: str, matrix: int, tile: int) -> list[Block]:
        """The column tiles of one row tile, left to right."""
        found = [b for b in self.blocks if (b.layer, b.matrix, b.tile) == (layer, matrix, tile)]
        return sorted(found, key=lambda block: block.first_column)


def bias_cells(bias: npt.NDArray[np.int32], k: int, unit: int) -> Int16:
    """Spread ``bias`` (multiples of ``unit``) over ``k`` bias rows: int16 [k, columns].

    The first k-1 rows hold q = round_half_away_from_zero(S / k) with S = bias / unit, the last
    one the rest (the maker's rule; it reproduces every published bias row).
    """
    steps = bias.astype(np.int64) // unit
    quotient = np.sign(steps) * ((2 * np.abs(steps) + k) // (2 * k))
    rows = np.tile(quotient, (k, 1))
    rows[-1] = steps - quotient * (k - 1)
    return rows.astype(np.int16)
