"""Tiling: matrices of a QNetwork as rectangles that can lie inside one bank.

Row tiles come with the QNetwork, because they change the numbers. Column tiles change nothing
and are made here.
"""

from __future__ import annotations

import itertools

import numpy as np

from studio.base.errors import FitError, VerifyError
from studio.chip.chip import Array, Chip
from studio.mapper.layout import Block, bias_cells
from studio.mapper.options import MapOptions, first_column
from studio.mapper.request import Placement, Request
from studio.quantize.qnetwork import Int32, Matrix, QNetwork


def requests(qnetwork: QNetwork, chip: Chip, widest: int) -> tuple[Request, ...]:
    """One request for each part of each tile, in execution order, none wider than ``widest``.

    Raises FitError when a tile has more rows than a bank or a bias no number of rows can hold.
    """
    found: list[Request] = []
    for op in qnetwork.array_ops:
        for number, matrix in enumerate(op.matrices):
            for tile_number, tile in enumerate(matrix.tiles):
                rows = matrix.rows(tile)
                if rows > chip.array.max_inputs:
                    raise FitError(
                        f"a tile takes {rows} rows, a bank has {chip.array.max_inputs}",
                        hint="Quantize the model again for this chip: it cuts the matrix.",
                        where=op.name,
                    )
                for start, stop in cut(matrix.columns, widest):
                    bias = None if tile.bias is None else tile.bias[start:stop]
                    choices = bias_choices(bias, chip.array, op.name)
                    found.append(
                        Request(op.name, number, tile_number, start, rows, stop - start, choices)
                    )
    return tuple(found)


def cut(columns: int, widest: int) -> list[tuple[int, int]]:
    """Cut 0..columns into the fewest parts of at most ``widest``, equal but for one column."""
    parts = -(-columns // widest)
    edges = [columns * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def widths(qnetwork: QNetwork, chip: Chip, options: MapOptions) -> list[int]:
    """The widths to cut tiles to, one after another until the blocks find room.

    First the usable columns, so that nothing is cut without need, then halves, thirds,
    quarters, … of the widest tile down to ``finest_columns``.
    """
    usable = chip.array.columns - first_column(chip, options)
    widest = max((m.columns for op in qnetwork.array_ops for m in op.matrices), default=1)
    shares = (min(widest, usable) // part for part in (2, 3, 4, 6, 8, 12, 16, 32))
    return [usable, *(share for share in shares if share >= options.finest_columns)]


def bias_choices(bias: Int32 | None, array: Array, layer: str) -> tuple[int, ...]:
    """The numbers of bias rows that can hold ``bias``, ascending; empty when it is all zero.

    At least ceil(max|S| / bias_cell_max) rows (CHIP.md). The maker's rule leaves the rounding
    of the other rows to the last one, which can exceed bias_cell_max by up to k/2; such numbers
    are left out unless no other is possible.
    Raises FitError when the whole strip is not enough, VerifyError for a bias between steps.
    """
    if bias is None or not bias.any():
        return ()
    steps = bias.astype(np.int64)
    if (steps % array.bias_unit).any():
        raise VerifyError(f"bias is no multiple of {array.bias_unit}", where=layer)
    peak = int(np.abs(steps).max()) // array.bias_unit
    least = -(-peak // array.bias_cell_max)
    if least > array.bias_rows:
        raise FitError(
            f"the largest bias is {peak * array.bias_unit} and needs {least} bias rows, "
            f"the chip has {array.bias_rows}",
            hint="Scale the layer's bias down, or raise its gain.",
            where=layer,
        )
    possible = range(least, array.bias_rows + 1)
    tight = tuple(
        k
        for k in possible
        if np.abs(bias_cells(bias, k, array.bias_unit)).max() <= array.bias_cell_max
    )
    return tight or tuple(possible)


def block(
    layer: str,
    index: tuple[int, int],
    matrix: Matrix,
    columns: tuple[int, int],
    where: Placement,
    chip: Chip,
) -> Block:
    """Fill a placed rectangle with its cells; arrays are read-only.

    ``index`` is (matrix, tile), ``columns`` the matrix columns start..stop (exclusive).
    """
    number, tile_number = index
    start, stop = columns
    tile = matrix.tiles[tile_number]
    cells = np.ascontiguousarray(matrix.cells(tile)[:, start:stop], dtype=np.int16)
    if cells is matrix.weights or np.shares_memory(cells, matrix.weights):
        cells = cells.copy()
    if where.bias_rows == 0 or tile.bias is None:
        bias = np.zeros((where.bias_rows, stop - start), np.int16)
    else:
        bias = bias_cells(tile.bias[start:stop], where.bias_rows, chip.array.bias_unit)
    cells.flags.writeable = False
    bias.flags.writeable = False
    return Block(
        layer=layer,
        matrix=number,
        tile=tile_number,
        first_column=start,
        gain=matrix.gain,
        array=where.array,
        row=where.row,
        column=where.column,
        bias_row=where.bias_row,
        cells=cells,
        bias_cells=bias,
    )
