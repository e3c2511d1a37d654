"""A table for each channel as a line for each channel, where that gives every entry.

BatchNormalization between integers is a table of 256 bytes a channel; nearly always a factor, an
offset and a shift give the same numbers in 8 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.quantize.qnetwork import Int16, Int32, QTensor

Int64 = npt.NDArray[np.int64]

SHIFTS = (20, 16, 12)
STEEPEST = 1 << 22
FREE = 1 << 29  # an offset that nothing bounds on one side
MOST = 2**31 - 1


@dataclass(frozen=True)
class Lines:
    """(x * factor[c] + offset[c]) >> shift, clipped to low..high, all within 32 bits."""

    factor: Int32
    offset: Int32
    shift: int
    low: int
    high: int


def of(table: Int16, source: QTensor) -> Lines | None:
    """Lines that give ``table``, [C, 256], for every x of ``source``; None where there are none."""
    x = np.arange(source.low, source.high + 1, dtype=np.int64)
    y = table[:, x & 255].astype(np.int64)
    low, high = int(y.min()), int(y.max())
    for shift in SHIFTS:
        factor = _factors(x, y, shift, low, high)
        least, most = _offsets(factor, x, y, shift, low, high)
        offset = (least + most) >> 1
        inside = np.abs(factor) * int(np.abs(x).max()) + np.abs(offset) <= MOST
        given = np.clip((x * factor[:, None] + offset[:, None]) >> shift, low, high)
        if inside.all() and np.array_equal(given, y):
            return Lines(factor.astype(np.int32), offset.astype(np.int32), shift, low, high)
    return None


def _offsets(
    factor: Int64, x: Int64, y: Int64, shift: int, low: int, high: int
) -> tuple[Int64, Int64]:
    """The least and the largest offset of each channel that its entries allow."""
    moved = x * factor[:, None]
    least = np.where(y > low, (y << shift) - moved, -FREE).max(axis=1)
    most = np.where(y < high, ((y + 1) << shift) - 1 - moved, FREE).min(axis=1)
    return least, most


def _factors(x: Int64, y: Int64, shift: int, low: int, high: int) -> Int64:
    """The factor of each channel that leaves its offset the most room.

    That room is a concave function of the factor: a search between two ends finds its top.
    """
    first = np.full(len(y), -STEEPEST, np.int64)
    last = -first
    while np.any(last > first):
        middle = (first + last) >> 1
        room = []
        for factor in (middle, middle + 1):
            least, most = _offsets(factor, x, y, shift, low, high)
            room.append(most - least)
        rises = room[1] > room[0]
        first = np.where(rises, middle + 1, first)
        last = np.where(rises, last, middle)
    return first
