"""Pictures of a layout: who owns each cell, and what it holds."""

from __future__ import annotations

import numpy as np

from studio.chip.chip import Chip
from studio.mapper.layout import Block, Layout
from studio.quantize.qnetwork import Int16

NOBODY = -1


def owner_image(layout: Layout, chip: Chip, array: int = 0) -> Int16:
    """Index into ``layout.blocks`` of each cell's block, -1 where free: [rows, columns]."""
    image = np.full((chip.array.rows, chip.array.columns), NOBODY, np.int16)
    for number, block in enumerate(layout.blocks):
        if block.array == array:
            image[_weights(block)] = number
    return image


def value_image(layout: Layout, chip: Chip, array: int = 0) -> Int16:
    """Weight of each cell, 0 where free: [rows, columns]."""
    image = np.zeros((chip.array.rows, chip.array.columns), np.int16)
    for block in layout.blocks:
        if block.array == array:
            image[_weights(block)] = block.cells
    return image


def bias_owner_image(layout: Layout, chip: Chip, array: int = 0) -> Int16:
    """Index of each bias cell's block, -1 where free: [bias_rows, columns]."""
    image = np.full((chip.array.bias_rows, chip.array.columns), NOBODY, np.int16)
    for number, block in enumerate(layout.blocks):
        if block.array == array:
            image[_bias(block)] = number
    return image


def bias_value_image(layout: Layout, chip: Chip, array: int = 0) -> Int16:
    """Value of each bias cell, 0 where free: [bias_rows, columns]."""
    image = np.zeros((chip.array.bias_rows, chip.array.columns), np.int16)
    for block in layout.blocks:
        if block.array == array:
            image[_bias(block)] = block.bias_cells
    return image


def _weights(block: Block) -> tuple[slice, slice]:
    return (
        slice(block.row, block.row + block.rows),
        slice(block.column, block.column + block.columns),
    )


def _bias(block: Block) -> tuple[slice, slice]:
    return (
        slice(block.bias_row, block.bias_row + block.bias_rows),
        slice(block.column, block.column + block.columns),
    )
