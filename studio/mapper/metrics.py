"""How much of the array a layout uses."""

from __future__ import annotations

from collections.abc import Sequence

from studio.chip.chip import Chip
from studio.mapper.layout import Block, Utilization


def utilization(blocks: Sequence[Block], chip: Chip, first_column: int) -> Utilization:
    """Used fractions of the columns from ``first_column`` on, over all arrays of the chip.

    Blocks that were given a place further left count with their columns from there on.
    """
    array = chip.array
    columns = (array.columns - first_column) * array.count
    used = [
        sum(
            block.rows * _columns(block, first_column)
            for block in blocks
            if bank.first_row <= block.row <= bank.last_row
        )
        for bank in array.banks
    ]
    bias = sum(block.bias_rows * _columns(block, first_column) for block in blocks)
    return Utilization(
        cells=sum(used) / (sum(bank.rows for bank in array.banks) * columns),
        banks=tuple(
            cells / (bank.rows * columns) for cells, bank in zip(used, array.banks, strict=True)
        ),
        bias=bias / (array.bias_rows * columns),
    )


def _columns(block: Block, first_column: int) -> int:
    return max(0, block.column + block.columns - max(block.column, first_column))
