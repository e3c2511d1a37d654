"""One array as an image: for every cell, which block and which value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.base.errors import StudioError
from studio.chip.chip import Chip
from studio.mapper.layout import Block
from studio.quantize.qnetwork import Int16, Int32

NOBODY = -1


@dataclass(frozen=True)
class Images:
    """One array as it is programmed; all arrays are read-only.

    ``owner``: int32 [rows, columns], the index of each cell's block, -1 where free; ``value``:
    int16 [rows, columns], its weight, 0 where free. ``bias_owner`` and ``bias_value``: the same
    for the bias strip, [bias_rows, columns].
    """

    owner: Int32
    value: Int16
    bias_owner: Int32
    bias_value: Int16


def images(blocks: Sequence[Block], chip: Chip, array: int = 0) -> Images:
    """The image of one array of ``chip``.

    ``blocks`` are those of one layout, or of several layouts that share the array, one after
    the other; those on other arrays are left out but counted. They must be verified: where two
    overlap, the later one shows. Raises StudioError for an array the chip does not have, or a
    block that leaves the array.
    """
    size = chip.array
    if not 0 <= array < size.count:
        raise StudioError(
            f"there is no array {array}: the chip's arrays are 0..{size.count - 1}",
            where=chip.name,
        )
    owner = np.full((size.rows, size.columns), NOBODY, np.int32)
    value = np.zeros((size.rows, size.columns), np.int16)
    bias_owner = np.full((size.bias_rows, size.columns), NOBODY, np.int32)
    bias_value = np.zeros((size.bias_rows, size.columns), np.int16)
    for number, block in enumerate(blocks):
        if block.array != array:
            continue
        rows, columns = block.cells.shape
        bias_rows = len(block.bias_cells)
        row, column, bias_row = block.row, block.column, block.bias_row
        if min(row, column, bias_row) < 0 or (
            row + rows > size.rows
            or column + columns > size.columns
            or bias_row + bias_rows > size.bias_rows
        ):
            raise StudioError(
                f"block {number} leaves the array",
                hint="The layout was made for another chip: map the model again.",
                where=block.layer,
            )
        owner[row : row + rows, column : column + columns] = number
        value[row : row + rows, column : column + columns] = block.cells
        if bias_rows:
            bias_owner[bias_row : bias_row + bias_rows, column : column + columns] = number
            bias_value[bias_row : bias_row + bias_rows, column : column + columns] = (
                block.bias_cells
            )
    for image in (owner, value, bias_owner, bias_value):
        image.flags.writeable = False
    return Images(owner, value, bias_owner, bias_value)
