"""Proof that a layout is right, written without a look at the code that made it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from studio.base.errors import VerifyError
from studio.chip.chip import Array, Chip
from studio.mapper.layout import Block, Layout
from studio.mapper.problem import Occupied
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, RowTile


def verify(layout: Layout, qnetwork: QNetwork, chip: Chip) -> None:
    """Raise VerifyError unless every matrix lies on the chip exactly once and exactly right.

    Checked: the chip; execution order; every column of every tile once, with the right cells
    and gain, copies and points included, alike in all blocks of a layer; bounds, one bank a
    block, no cell twice; bias rows over exactly the block's columns, shared by no two blocks
    whichever bank they are in, holding exactly the tile's bias by the maker's rule with
    k >= ceil(max|S| / bias_cell_max).
    """
    if layout.chip != chip.id or qnetwork.chip != chip.id:
        raise VerifyError(
            f"layout of chip {layout.chip}, network of chip {qnetwork.chip}, asked for {chip.id}"
        )
    _order(layout, qnetwork)
    for block in layout.blocks:
        _bounds(block, chip.array)
    _overlap(layout.blocks, chip.array)
    _content(layout, qnetwork, chip)


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


def _content(layout: Layout, qnetwork: QNetwork, chip: Chip) -> None:
    """Every column of every tile is covered once, by the right cells, gain and bias."""
    waiting: dict[tuple[str, int, int], list[Block]] = {}
    for block in layout.blocks:
        waiting.setdefault((block.layer, block.matrix, block.tile), []).append(block)
    alike = {block.layer: (block.copies, block.points) for block in layout.blocks}
    for block in layout.blocks:
        if (block.copies, block.points) != alike[block.layer]:
            raise VerifyError("blocks of one layer differ in copies or points", where=name(block))
    for op in qnetwork.array_ops:
        for number, matrix in enumerate(op.matrices):
            if matrix.store == "digital":
                continue
            for tile_number, tile in enumerate(matrix.tiles):
                where = f"{op.name}[{number}] tile {tile_number}"
                bias = np.zeros(matrix.columns, np.int64)
                if tile.bias is not None:
                    bias += tile.bias
                reached = 0
                for block in waiting.pop((op.name, number, tile_number), []):
                    _copies(block, op, matrix, qnetwork, chip)
                    stop = reached + block.width
                    if block.first_column != reached or stop > matrix.columns:
                        raise VerifyError(f"column {reached} not covered exactly once", where=where)
                    expected = _cells(block, op, matrix, tile, qnetwork)
                    if not np.array_equal(block.cells, expected):
                        raise VerifyError("cells differ from the matrix", where=name(block))
                    gain = matrix.gain * block.copies
                    if block.gain != gain:
                        raise VerifyError(f"gain {block.gain} instead of {gain}", where=name(block))
                    own = bias[reached:stop] * block.copies
                    _bias(block, np.tile(own, block.points), chip.array)
                    reached = stop
                if reached != matrix.columns:
                    raise VerifyError(
                        f"only {reached} of {matrix.columns} columns are on the array", where=where
                    )
    for left in waiting.values():
        raise VerifyError("no such matrix or tile in the network", where=name(left[0]))
    for block in layout.blocks:
        if np.abs(block.cells.astype(np.int32)).max() > chip.array.weight_clip:
            raise VerifyError(f"a cell is beyond +-{chip.array.weight_clip}", where=name(block))


def _copies(block: Block, op: ArrayOp, matrix: Matrix, qnetwork: QNetwork, chip: Chip) -> None:
    """Copies and points are possible for the layer and agree with the block's size."""

    def need(condition: bool, text: str) -> None:
        if not condition:
            raise VerifyError(text, where=name(block))

    copies, points = block.copies, block.points
    need(copies >= 1 and copies.bit_count() == 1, f"{copies} copies are no power of two")
    need(block.gain <= chip.arithmetic.gain_max, f"gain {block.gain} is beyond the chip's")
    need(points >= 1 and block.columns % points == 0, f"columns do not divide into {points} points")
    if points > 1:
        width, height, _ = qnetwork.tensors[op.output].shape
        need(len(matrix.tiles) == 1, "points of a matrix with several row tiles")
        need(matrix.encoding != "partial", "points of a matrix with partly signed inputs")
        need(points <= (width if width > 1 else height), f"{points} points of fewer positions")


def _cells(
    block: Block, op: ArrayOp, matrix: Matrix, tile: RowTile, qnetwork: QNetwork
) -> npt.NDArray[np.int64]:
    """What a block must hold, found from its own end.

    For each row of the union of the windows: which tap of which position it is, if any.
    """
    columns = slice(block.first_column, block.first_column + block.width)
    weights = matrix.weights[tile.start : tile.stop, columns].astype(np.int64)
    if block.points > 1:
        axis = 0 if qnetwork.tensors[op.output].shape[0] > 1 else 1
        stride, dilation, kernel = op.strides[axis], op.dilations[axis], op.kernel[axis]
        starts = np.arange(block.points) * stride
        reach = np.arange(starts[-1] + (kernel - 1) * dilation + 1)
        distance = reach[:, None] - starts  # [offset, point]: of an offset from a window's start
        tap = distance // dilation
        read = (distance % dilation == 0) & (tap >= 0) & (tap < kernel)
        kept = read.any(axis=1)
        window = weights.reshape(*op.kernel, -1, weights.shape[1])
        taken = np.take(window, np.where(read, tap, 0)[kept], axis=axis)
        # [w, h, c, columns] with the axis now (offset, point): the point goes before the columns.
        taken = np.moveaxis(taken, axis + 1, -2)
        mask = np.expand_dims(read[kept], 1 - axis)
        weights = (taken * mask[:, :, None, :, None]).reshape(-1, block.columns)
    mirrored = {"pn": len(weights), "partial": min(matrix.signed_inputs, tile.stop) - tile.start}
    if (count := mirrored.get(matrix.encoding, 0)) > 0:
        weights = np.vstack([weights, np.minimum(-weights[:count], matrix.mirror_max)])
    if matrix.store == "mixed":  # what is left of a multiple of 256, -128..127
        weights = weights - 256 * np.floor((weights + 128) / 256).astype(np.int64)
    return np.vstack([weights] * block.copies)


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


def verify_together(layouts: Sequence[Layout], chip: Chip, occupied: Sequence[Occupied]) -> None:
    """Raise VerifyError where layouts that share the chip's arrays meet each other or the past.

    Checked: no cell and no bias row over a column belongs to two blocks of any of the
    ``layouts``, or to a block and to what ``occupied`` holds already. What is occupied may
    overlap itself: it is the past. Each layout's own right is ``verify``'s matter.
    """
    array = chip.array
    blocks = [(f"network {n}: ", block) for n, own in enumerate(layouts, 1) for block in own.blocks]
    for title, height in (("cells", array.rows), ("bias rows", array.bias_rows)):
        free = np.ones((array.count, height, array.columns), np.bool_)
        for past in (own for own in occupied if own.array < array.count):
            row, rows = _span(past, title)
            free[past.array, row : row + rows, past.column : past.column + past.columns] = False
        held = free.copy()
        for network, block in blocks:
            row, rows = _span(block, title)
            spot = (
                block.array,
                slice(row, row + rows),
                slice(block.column, block.column + block.columns),
            )
            if not held[spot].all():
                whose = "another block's" if free[spot].all() else "those occupied before"
                raise VerifyError(
                    f"its {title} overlap {whose}",
                    where=(network if len(layouts) > 1 else "") + name(block),
                )
            held[spot] = False


def _span(own: Block | Occupied, title: str) -> tuple[int, int]:
    """First and number of its rows, or of its bias rows."""
    return (own.row, own.rows) if title == "cells" else (own.bias_row, own.bias_rows)
