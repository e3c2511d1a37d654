"""Proof that a layout is right, written without a look at the code that made it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from studio.base.errors import VerifyError
from studio.chip.chip import Array, Chip
from studio.mapper.layout import Block, Layout
from studio.quantize.qnetwork import QNetwork


def verify(layout: Layout, qnetwork: QNetwork, chip: Chip) -> None:
    """Raise VerifyError unless every matrix lies on the chip exactly once and exactly right.

    Checked: the chip; execution order; every column of every tile once, with the right cells
    and gain; bounds, one bank a block, no cell twice; bias rows over exactly the block's
    columns, shared by no two blocks whichever bank they are in, holding exactly the tile's
    bias by the maker's rule with k >= ceil(max|S| / bias_cell_max).
    """
    if layout.chip != chip.id or qnetwork.chip != chip.id:
        raise VerifyError(
            f"layout of chip {layout.chip}, network of chip {qnetwork.chip}, asked for {chip.id}"
        )
    _order(layout, qnetwork)
    for block in layout.blocks:
        _bounds(block, chip.array)
    _overlap(layout.blocks, chip.array)
    _content(layout, qnetwork, chip.array)


def name(block: Block) -> str:
    """How messages call a block: layer, matrix, tile and first matrix column."""
    return f"{block.layer}[{block.matrix}] tile {block.tile} from column {block.first_column}"


def _order(layout: Layout, qnetwork: QNetwork) -> None:
    position = {op.name: number for number, op in enumerate(qnetwork.array_ops)}
    if len(position) != len(qnetwork.array_ops):
        raise VerifyError("two array operations have the same name", where=qnetwork.name)
    before = (-1, -1, -1, -1)
    for block in layout.blocks:
        if block.layer not in position:
            raise VerifyError("no such array operation in the network", where=name(block))
        key = (position[block.layer], block.matrix, block.tile, block.first_column)
        if key <= before:
            raise VerifyError("block out of execution order, or twice", where=name(block))
        before = key


def _bounds(block: Block, array: Array) -> None:
    def need(condition: bool, text: str) -> None:
        if not condition:
            raise VerifyError(text, where=name(block))

    need(block.cells.ndim == 2 and block.bias_cells.ndim == 2, "cells have no two axes")
    rows, columns = block.cells.shape
    need(rows > 0 and columns > 0, "block without cells")
    need(0 <= block.array < array.count, f"array {block.array} of {array.count}")
    need(
        block.column >= 0 and block.column + columns <= array.columns,
        f"columns {block.column}..{block.column + columns - 1} leave the array",
    )
    last = block.row + rows - 1
    need(
        any(bank.first_row <= block.row and last <= bank.last_row for bank in array.banks),
        f"rows {block.row}..{last} do not lie in one bank",
    )
    need(
        block.bias_row >= 0 and block.bias_row + block.bias_cells.shape[0] <= array.bias_rows,
        f"bias rows {block.bias_row}..{block.bias_row + block.bias_cells.shape[0] - 1} "
        "leave the strip",
    )
    need(block.bias_cells.shape[1] == columns, "bias rows do not have the block's columns")


def _overlap(blocks: Sequence[Block], array: Array) -> None:
    """Paint every block on the array and on the bias strip; no spot may be painted twice."""
    cells = [(block.row, block.rows) for block in blocks]
    bias = [(block.bias_row, block.bias_rows) for block in blocks]
    for title, height, spans in (
        ("cells", array.rows, cells),
        ("bias rows", array.bias_rows, bias),
    ):
        owner = np.full((array.count, height, array.columns), -1, np.int32)
        for number, (block, (row, rows)) in enumerate(zip(blocks, spans, strict=True)):
            columns = slice(block.column, block.column + block.columns)
            spot = owner[block.array, row : row + rows, columns]
            if (spot >= 0).any():
                other = blocks[int(spot.max())]
                raise VerifyError(f"{title} overlap those of {name(other)}", where=name(block))
            spot[:] = number


def _content(layout: Layout, qnetwork: QNetwork, array: Array) -> None:
    """Every column of every tile is covered once, by the right cells, gain and bias."""
    waiting: dict[tuple[str, int, int], list[Block]] = {}
    for block in layout.blocks:
        waiting.setdefault((block.layer, block.matrix, block.tile), []).append(block)
    for op in qnetwork.array_ops:
        for number, matrix in enumerate(op.matrices):
            for tile_number, tile in enumerate(matrix.tiles):
                where = f"{op.name}[{number}] tile {tile_number}"
                expected = matrix.cells(tile)
                bias = np.zeros(matrix.columns, np.int64)
                if tile.bias is not None:
                    bias += tile.bias
                reached = 0
                for block in waiting.pop((op.name, number, tile_number), []):
                    stop = reached + block.columns
                    if block.first_column != reached or stop > matrix.columns:
                        raise VerifyError(f"column {reached} not covered exactly once", where=where)
                    if not np.array_equal(block.cells, expected[:, reached:stop]):
                        raise VerifyError("cells differ from the matrix", where=name(block))
                    if block.gain != matrix.gain:
                        raise VerifyError(
                            f"gain {block.gain} instead of {matrix.gain}", where=name(block)
                        )
                    _bias(block, bias[reached:stop], array)
                    reached = stop
                if reached != matrix.columns:
                    raise VerifyError(
                        f"only {reached} of {matrix.columns} columns are on the array", where=where
                    )
    for left in waiting.values():
        raise VerifyError("no such matrix or tile in the network", where=name(left[0]))
    for block in layout.blocks:
        if np.abs(block.cells.astype(np.int32)).max() > array.weight_clip:
            raise VerifyError(f"a cell is beyond +-{array.weight_clip}", where=name(block))


def _bias(block: Block, bias: npt.NDArray[np.int64], array: Array) -> None:
    cells = block.bias_cells.astype(np.int64)
    k = cells.shape[0]
    if not np.array_equal(cells.sum(axis=0) * array.bias_unit, bias):
        raise VerifyError("bias rows do not add up to the tile's bias", where=name(block))
    if k == 0:
        return
    steps = bias // array.bias_unit
    peak = int(np.abs(steps).max())
    if k * array.bias_cell_max < peak:
        raise VerifyError(f"{k} bias rows cannot hold {peak} steps", where=name(block))
    # All rows but the last hold one q, the whole number nearest to S / k, halves away from 0.
    head = cells[0]
    double = 2 * (head * k - steps)  # within +-k; on the edge only on the side away from zero
    nearest = (np.abs(double) <= k) & ((np.abs(double) < k) | (double * np.sign(steps) > 0))
    if k > 1 and not ((cells[:-1] == head).all() and nearest.all()):
        raise VerifyError("bias is not spread by the maker's rule", where=name(block))
    if np.abs(cells).max() > array.weight_clip:
        raise VerifyError(f"a bias cell is beyond +-{array.weight_clip}", where=name(block))
