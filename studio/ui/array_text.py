"""What is told of the cell under the pointer and of a block."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from studio.mapper import copies
from studio.mapper.layout import Block
from studio.mapper.moving import Move, Reason
from studio.ui import bank_text
from studio.ui.array_space import Spot
from studio.ui.workspace import Workspace


def place(spot: Spot, workspace: Workspace) -> str:
    """Array, column and row, and the bank."""
    array = workspace.chip.array
    if spot.strip:
        text = _tr("column {0} · bias row {1}").format(spot.column, spot.row)
    else:
        text = _tr("column {0} · row {1}").format(spot.column, spot.row)
        for bank in array.banks:
            if bank.first_row <= spot.row <= bank.last_row:
                text += " · " + bank_text.full(bank.name)
    if array.count > 1:
        text = _tr("array {0} · {1}").format(spot.array, text)
    return text


def cell(block: Block, spot: Spot, workspace: Workspace) -> str:
    """What a block's cell holds and what it is multiplied by."""
    across = spot.column - block.column
    point, output = divmod(across, block.width)
    parts = [block.layer]
    if spot.strip:
        value = int(block.bias_cells[spot.row - block.bias_row, across])
        parts.append(_tr("bias step {0}").format(value))
    else:
        value = int(block.cells[spot.row - block.row, across])
        parts += [
            _tr("weight {0}").format(value),
            *_input(block, spot.row - block.row, workspace),
        ]
    parts.append(_tr("output {0}").format(block.first_column + output))
    if block.points > 1:
        parts.append(_tr("point {0} of {1}").format(point + 1, block.points))
    return " · ".join([*parts, *_part(block, workspace)])


def _part(block: Block, workspace: Workspace) -> list[str]:
    """Matrix and row tile, where there are several."""
    found = []
    matrices, tiles = 1, 1
    layout = workspace.layout
    for own in layout.blocks if layout is not None else ():
        if own.layer == block.layer:
            matrices = max(matrices, own.matrix + 1)
            tiles = max(tiles, own.tile + 1 if own.matrix == block.matrix else 1)
    if matrices > 1:
        found.append(_tr("matrix {0} of {1}").format(block.matrix + 1, matrices))
    if tiles > 1:
        found.append(_tr("tile {0} of {1}").format(block.tile + 1, tiles))
    return found


def _input(block: Block, row: int, workspace: Workspace) -> list[str]:
    """Which input of the matrix a row of the block is driven by, and in which copy."""
    network = workspace.qnetwork
    op = (
        next((own for own in network.array_ops if own.name == block.layer), None)
        if network
        else None
    )
    found = []
    copy, row = divmod(row, block.rows // block.copies)
    if op is not None and network is not None and block.matrix < len(op.matrices):
        matrix = op.matrices[block.matrix]
        tile = matrix.tiles[block.tile]
        scheme = copies.stored(op, network, block.copies, block.points)
        first, count = copies.window(op, matrix, tile, scheme)
        mirrored, element = divmod(row, count)
        if mirrored:
            found.append(_tr("input {0}, negative part").format(first + element))
        else:
            found.append(_tr("input {0}").format(first + element))
    if block.copies > 1:
        found.append(_tr("copy {0} of {1}").format(copy + 1, block.copies))
    return found


def block(own: Block, *, pinned: bool) -> str:
    """A block in one line, for who cannot see it."""
    text = _tr("{0}: {1} rows × {2} columns at row {3}, column {4}, gain {5}").format(
        own.layer, own.rows, own.columns, own.row, own.column, own.gain
    )
    if own.bias_rows == 1:
        text += " · " + _tr("bias row {0}").format(own.bias_row)
    elif own.bias_rows:
        last = own.bias_row + own.bias_rows - 1
        text += " · " + _tr("bias rows {0} to {1}").format(own.bias_row, last)
    if pinned:
        text += " · " + _tr("pinned")
    return text


def move(own: Move, names: list[str]) -> str:
    """Where a block is being moved to, and why it may not lie there; with a sign in front."""
    where = _tr("column {0} · row {1}").format(own.column, own.row)
    if own.reason is None:
        if own.reserved:
            return "✓ " + _tr("{0} · fits, but on columns that are noisy").format(where)
        return "✓ " + _tr("{0} · fits here").format(where)
    text = {
        Reason.OUTSIDE: _tr("outside the array"),
        Reason.BANKS: _tr("a block must lie inside one bank"),
        Reason.CELLS: _tr("lies on {0}"),
        Reason.OCCUPIED: _tr("lies on cells that another layout occupies"),
        Reason.BIAS: _tr("no free bias rows left over these columns: {0} hold them"),
    }[own.reason].format(", ".join(names))
    return "✕ " + _tr("{0} · {1}").format(where, text)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ArrayText", text)
