"""Which cells of one array are taken, while a packer works.

An array is kept as runs of neighbouring columns that are occupied alike. The occupied rows of
a run are Python integers used as bit sets, one per space and one for the bias strip, so that a
test of a rectangle is an OR over the runs it spans and a few shifts.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import Literal

from studio.mapper.problem import Occupied, Space
from studio.mapper.request import Request

Rule = Literal["left", "low"]


def lowest_run(occupied: int, size: int, length: int) -> int:
    """The lowest bit where ``length`` of ``size`` bits are free in a row; -1 when nowhere."""
    if length == 0:
        return 0
    free = ~occupied & ((1 << size) - 1)
    have = 1
    while have < length and free:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return (free & -free).bit_length() - 1


class Occupancy:
    """Which rows of which columns of one array are taken.

    ``spaces`` are the array's rectangles that blocks may use, ``bias_rows`` its strip's height.
    """

    def __init__(self, spaces: Sequence[Space], bias_rows: int) -> None:
        self._spaces = tuple(spaces)
        self._bias_rows = bias_rows
        self._end = max(space.column + space.columns for space in spaces)
        self._starts = [min(space.column for space in spaces)]
        self._taken = [[0] * (len(spaces) + 1)]  # by space; the last is the bias strip
        for number, space in enumerate(spaces):
            rows = (1 << space.rows) - 1
            self._fill(number, rows, self._starts[0], space.column)
            self._fill(number, rows, space.column + space.columns, self._end)

    def find(
        self, request: Request, bias_rows: int, rule: Rule
    ) -> tuple[int, int, int, int] | None:
        """The best (space, row in the space, column, bias row) by the rule, or None."""
        best: tuple[tuple[int, int, int], tuple[int, int, int, int]] | None = None
        for column, taken in self._windows(request.columns):
            bias_row = lowest_run(taken[-1], self._bias_rows, bias_rows)
            if bias_row < 0:
                continue
            for index, space in enumerate(self._spaces):
                if request.banks and space.bank not in request.banks:
                    continue
                row = lowest_run(taken[index], space.rows, request.rows)
                if row < 0:
                    continue
                key = (column, row, index) if rule == "left" else (row, column, index)
                if best is None or key < best[0]:
                    best = key, (index, row, column, bias_row)
            if best is not None and rule == "left":
                break
        return best[1] if best else None

    def take(
        self, request: Request, space: int, row: int, column: int, bias_row: int, bias_rows: int
    ) -> None:
        """Mark a rectangle and its bias rows as taken."""
        end = column + request.columns
        self._fill(space, ((1 << request.rows) - 1) << row, column, end)
        self._fill(-1, ((1 << bias_rows) - 1) << bias_row, column, end)

    def occupy(self, own: Occupied) -> None:
        """Mark what something else holds, as far as it lies in the spaces and the strip."""
        start = max(own.column, self._starts[0])
        end = min(own.column + own.columns, self._end)
        for number, space in enumerate(self._spaces):
            first = max(own.row - space.row, 0)
            last = min(own.row + own.rows - space.row, space.rows)
            if first < last:
                self._fill(number, ((1 << (last - first)) - 1) << first, start, end)
        bias = ((1 << own.bias_rows) - 1) << own.bias_row
        self._fill(-1, bias & ((1 << self._bias_rows) - 1), start, end)

    def _fill(self, resource: int, rows: int, start: int, end: int) -> None:
        if start < end:
            first, last = self._split(start), self._split(end)
            for run in range(first, last):
                self._taken[run][resource] |= rows

    def _windows(self, width: int) -> Iterator[tuple[int, list[int]]]:
        """Every run's first column with what ``width`` columns from there have taken.

        Other columns need no look: a block that fits can be pushed left until its left edge
        meets the edge of a run.
        """
        for run, column in enumerate(self._starts):
            if column + width > self._end:
                return
            stop = bisect.bisect_left(self._starts, column + width)
            taken = list(self._taken[run])
            for other in self._taken[run + 1 : stop]:
                taken = [a | b for a, b in zip(taken, other, strict=True)]
            yield column, taken

    def _split(self, column: int) -> int:
        """Make a run begin at ``column``; returns its index (one past the last at the end)."""
        if column >= self._end:
            return len(self._starts)
        run = bisect.bisect_right(self._starts, column) - 1
        if self._starts[run] == column:
            return run
        self._starts.insert(run + 1, column)
        self._taken.insert(run + 1, list(self._taken[run]))
        return run + 1
