"""One array as an image: who owns each cell, and what it holds."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from studio.base.errors import StudioError
from studio.chip import chip as chips
from studio.mapper.image import images
from studio.mapper.layout import Block

CHIP = chips.load("wtm2101")


def block(row: int, column: int, rows: int, columns: int, bias_rows: int = 8, array: int = 0):
    random = np.random.default_rng(rows * columns)
    return Block(
        layer=f"layer{row}",
        matrix=0,
        tile=0,
        first_column=0,
        gain=1024,
        array=array,
        row=row,
        column=column,
        bias_row=3,
        cells=random.integers(-128, 128, (rows, columns)).astype(np.int16),
        bias_cells=random.integers(-255, 256, (bias_rows, columns)).astype(np.int16),
    )


BLOCKS = (block(0, 128, 392, 384), block(896, 512, 512, 10, 5), block(500, 600, 4, 2, 0))


def test_each_cell_has_its_block_and_its_value():
    found = images(BLOCKS, CHIP)
    assert found.owner.shape == found.value.shape == (1792, 1024)
    assert found.bias_owner.shape == found.bias_value.shape == (16, 1024)
    for number, own in enumerate(BLOCKS):
        rows, columns = np.nonzero(found.owner == number)
        assert (rows.min(), rows.max()) == (own.row, own.row + own.rows - 1)
        assert (columns.min(), columns.max()) == (own.column, own.column + own.columns - 1)
        np.testing.assert_array_equal(found.value[found.owner == number], own.cells.ravel())
        mine = found.bias_owner == number
        np.testing.assert_array_equal(found.bias_value[mine], own.bias_cells.ravel())
        assert mine.sum() == own.bias_cells.size
        assert mine[own.bias_row : own.bias_row + own.bias_rows].sum() == mine.sum()


def test_free_cells_have_no_block_and_hold_nothing():
    found = images(BLOCKS, CHIP)
    assert (found.owner == -1).sum() == 1792 * 1024 - sum(own.cells.size for own in BLOCKS)
    assert not found.value[found.owner == -1].any()
    assert not found.bias_value[found.bias_owner == -1].any()
    empty = images((), CHIP)
    assert (empty.owner == -1).all()
    assert not empty.value.any()


def test_the_images_cannot_be_written_to():
    found = images(BLOCKS, CHIP)
    for image in (found.owner, found.value, found.bias_owner, found.bias_value):
        with pytest.raises(ValueError, match="read-only"):
            image[0, 0] = 1


def test_blocks_keep_their_numbers_on_every_array():
    two = replace(CHIP, array=replace(CHIP.array, count=2))
    blocks = (BLOCKS[0], block(0, 128, 20, 30, array=1), BLOCKS[1])
    assert set(np.unique(images(blocks, two, 0).owner)) == {-1, 0, 2}
    assert set(np.unique(images(blocks, two, 1).owner)) == {-1, 1}


@pytest.mark.parametrize("array", [-1, 1])
def test_an_array_the_chip_does_not_have_is_refused(array):
    with pytest.raises(StudioError, match=r"arrays are 0\.\.0"):
        images(BLOCKS, CHIP, array)


@pytest.mark.parametrize(
    "own", [block(1790, 200, 3, 4), block(0, 1020, 3, 5), block(0, 200, 3, 4, 14)]
)
def test_a_block_that_leaves_the_array_is_refused(own):
    with pytest.raises(StudioError, match="leaves the array") as caught:
        images((own,), CHIP)
    assert caught.value.where == own.layer


def test_a_full_array_takes_milliseconds():
    blocks = [
        block(row, column, 112, 128, 0)
        for row in range(0, 1792, 112)
        for column in range(0, 1024, 128)
    ]
    seconds = []
    for _ in range(10):
        start = time.thread_time()
        images(blocks, CHIP)
        seconds.append(time.thread_time() - start)
    assert min(seconds) < 0.02  # 1 to 4 ms on an idle machine
