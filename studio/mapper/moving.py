"""Moving one block by hand: where it may lie, quickly enough to be asked at every mouse move."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from studio.chip.chip import Chip
from studio.mapper import metrics
from studio.mapper.layout import Block, Layout
from studio.mapper.occupancy import lowest_run
from studio.mapper.options import Place
from studio.mapper.request import Search

EDGES = 6  # the nearest edges of each direction that snapping tries

Ints = npt.NDArray[np.int64]


class Reason(StrEnum):
    """Why a block may not lie somewhere."""

    OUTSIDE = "outside"  # leaves the array, or there is no such array
    BANKS = "banks"  # lies in no bank, or in two
    CELLS = "cells"  # on other blocks' cells
    OCCUPIED = "occupied"  # on cells that an earlier layout holds
    BIAS = "bias"  # too few free bias rows in a row over its columns


@dataclass(frozen=True)
class Move:
    """One block in another place, legal or not.

    ``index`` is the block's number in ``Layout.blocks``; rows and columns count from 0.
    ``bias_row`` is its first bias row there (its old one where there is none free).
    ``reason`` is None where it may lie there, else why not; ``blocks`` are then the numbers of
    the blocks in the way. ``reserved``: it lies partly on the chip's reserved columns, which is
    legal but noisy.
    """

    index: int
    array: int
    row: int
    column: int
    bias_row: int
    reason: Reason | None = None
    blocks: tuple[int, ...] = ()
    reserved: bool = False

    @property
    def legal(self) -> bool:
        """Whether the block may lie there."""
        return self.reason is None


class Mover:
    """Where one block of a layout may be moved; made once a drag.

    ``index`` is the block's number in ``layout.blocks``. The block's own cells and bias rows
    count as free; other blocks, and what earlier layouts occupy, do not move.
    """

    def __init__(self, layout: Layout, index: int, chip: Chip) -> None:
        self.layout = layout
        self.block = layout.blocks[index]
        self._index = index
        self._chip = chip
        others = [n for n in range(len(layout.blocks)) if n != index]
        held = [layout.blocks[n] for n in others]
        # Earlier layouts' cells follow the blocks, and are no block's: number -1.
        self._numbers = np.array([*others, *(-1 for _ in layout.occupied)], np.int64)
        rectangles = [*held, *layout.occupied]
        fields = ("array", "row", "rows", "column", "columns", "bias_row", "bias_rows")
        self._held: dict[str, Ints] = {
            name: np.array([getattr(own, name) for own in rectangles], np.int64) for name in fields
        }
        self._ends = self._held["row"] + self._held["rows"]
        self._stops = self._held["column"] + self._held["columns"]

    def check(self, array: int, row: int, column: int) -> Move:
        """The block with its top left cell there: legal, or why not.

        It keeps its bias rows where they are free over the new columns, or else gets the first
        free ones, as many as before.
        """
        block, chip = self.block, self._chip.array
        move = Move(
            self._index,
            array,
            row,
            column,
            block.bias_row,
            reserved=column < chip.reserved_columns,
        )
        last = row + block.rows - 1
        inside = column >= 0 and column + block.columns <= chip.columns
        if not (0 <= array < chip.count and inside and row >= 0 and last < chip.rows):
            return replace(move, reason=Reason.OUTSIDE, reserved=False)
        if not any(bank.first_row <= row and last <= bank.last_row for bank in chip.banks):
            return replace(move, reason=Reason.BANKS)
        over = self._over(array, column)
        hit = over & (np.maximum(self._held["row"], row) < np.minimum(self._ends, last + 1))
        if hit.any():
            blocks = self._blocks(hit)
            return replace(move, reason=Reason.CELLS if blocks else Reason.OCCUPIED, blocks=blocks)
        if not block.bias_rows:
            return move
        strip = over & (self._held["bias_rows"] > 0)
        spans = self._held["bias_row"][strip], self._held["bias_rows"][strip]
        taken = 0
        for first, rows in zip(*(own.tolist() for own in spans), strict=True):
            taken |= ((1 << rows) - 1) << first
        own = ((1 << block.bias_rows) - 1) << block.bias_row
        if not taken & own:
            return move
        first = lowest_run(taken, chip.bias_rows, block.bias_rows)
        if first < 0:
            return replace(move, reason=Reason.BIAS, blocks=self._blocks(strip))
        return replace(move, bias_row=first)

    def snap(self, array: int, row: int, column: int, reach: int) -> Move:
        """The legal place within ``reach`` rows and columns that a hand would mean.

        Edges of neighbours, banks, the reserved columns and the block's old place attract it;
        of several the place on most edges, then the nearest. Where no place within reach is
        legal, what ``check`` says of the place itself.
        """
        here = self.check(array, row, column)
        if not 0 <= array < self._chip.array.count:
            return here
        for near in (True, False):
            rows = self._row_edges(array, row, column, reach, near)
            columns = self._column_edges(array, row, column, reach, near)
            places = itertools.product([*rows, row], [*columns, column])
            ranked = sorted(
                set(places),
                key=lambda at: (
                    (at[0] not in rows) + (at[1] not in columns),
                    abs(at[0] - row) + abs(at[1] - column),
                    at,
                ),
            )
            for at in ranked:
                move = self.check(array, *at)
                if move.legal:
                    return move
        return here

    def apply(self, move: Move) -> Layout:
        """The layout after the move: the block elsewhere, ``utilization`` counted again.

        ``search`` says that it was made by hand. Raises ValueError for a move that is not legal.
        """
        if not move.legal:
            raise ValueError(f"not a legal move: {move.reason}")
        now = (self.block.array, self.block.row, self.block.column, self.block.bias_row)
        if now == (move.array, move.row, move.column, move.bias_row):
            return self.layout
        block = replace(
            self.block,
            array=move.array,
            row=move.row,
            column=move.column,
            bias_row=move.bias_row,
        )
        blocks = list(self.layout.blocks)
        blocks[self._index] = block
        return by_hand(self.layout, blocks, self._chip)

    def _over(self, array: int, column: int) -> npt.NDArray[np.bool_]:
        """Which rectangles of the array have columns in common with the block there."""
        end = column + self.block.columns
        same: npt.NDArray[np.bool_] = self._held["array"] == array
        return same & (self._held["column"] < end) & (column < self._stops)

    def _blocks(self, mask: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(number for number in self._numbers[mask].tolist() if number >= 0)

    def _row_edges(self, array: int, row: int, column: int, reach: int, near: bool) -> list[int]:
        """First rows that lie on an edge; ``near``: of what has columns in common."""
        rows = self.block.rows
        edges = [own for b in self._chip.array.banks for own in (b.first_row, b.last_row + 1)]
        lower = [edge - rows for edge in edges]
        end = column + self.block.columns + reach
        meets = self._held["array"] == array
        if near:
            meets &= (self._held["column"] < end) & (column - reach < self._stops)
        top, bottom = self._held["row"][meets], self._ends[meets]
        found = [*edges, *lower, *_list(top - rows), *_list(bottom)]
        if array == self.block.array:
            found.append(self.block.row)
        return _nearest(found, row, reach)

    def _column_edges(self, array: int, row: int, column: int, reach: int, near: bool) -> list[int]:
        """First columns that lie on an edge; ``near``: of what has rows in common."""
        chip, columns = self._chip.array, self.block.columns
        end = row + self.block.rows + reach
        meets = self._held["array"] == array
        if near:
            meets &= (self._held["row"] < end) & (row - reach < self._ends)
        left, right = self._held["column"][meets], self._stops[meets]
        found = [0, chip.reserved_columns, chip.columns - columns]
        found += [*_list(left - columns), *_list(right), *_list(left), *_list(right - columns)]
        if array == self.block.array:
            found.append(self.block.column)
        return _nearest(found, column, reach)


def by_hand(layout: Layout, blocks: Sequence[Block], chip: Chip) -> Layout:
    """The layout with its blocks in other places, of which no search knows anything."""
    search = Search(
        method="by hand",
        tries=0,
        seconds=0.0,
        arrays=len({block.array for block in blocks}),
        least_arrays=layout.search.least_arrays,
        short=layout.search.short,
        optimal=False,
        proof="Blocks were moved by hand.",
    )
    use = metrics.utilization(blocks, chip, layout.first_column)
    return replace(layout, blocks=tuple(blocks), utilization=use, search=search)


def places_of(layout: Layout, pinned: Collection[int] = ()) -> tuple[Place, ...]:
    """A place for every block, where it lies now; those numbered in ``pinned`` are pinned."""
    return tuple(
        Place(
            layer=block.layer,
            matrix=block.matrix,
            tile=block.tile,
            first_column=block.first_column,
            columns=block.columns,
            array=block.array,
            row=block.row,
            column=block.column,
            bias_row=block.bias_row,
            bias_rows=block.bias_rows,
            pinned=number in pinned,
            points=block.points,
        )
        for number, block in enumerate(layout.blocks)
    )


def pinned_of(layout: Layout, places: Collection[Place]) -> frozenset[int]:
    """The numbers of the layout's blocks that lie exactly where a pinned place has them."""
    wanted = {replace(place, pinned=False) for place in places if place.pinned}
    return frozenset(n for n, place in enumerate(places_of(layout)) if place in wanted)


def _list(values: Ints) -> list[int]:
    found: list[int] = values.tolist()
    return found


def _nearest(edges: Collection[int], value: int, reach: int) -> list[int]:
    """The few edges nearest to ``value``, within reach."""
    near = {edge for edge in edges if abs(edge - value) <= reach}
    return sorted(near, key=lambda edge: (abs(edge - value), edge))[:EDGES]
