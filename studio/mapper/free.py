"""The free cells of a half-filled chip, and what a block lacks there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from studio.mapper.problem import Occupied, Problem, Space
from studio.mapper.request import Placement, Request

Used = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


class Free:
    """Which cells and bias cells are taken: a bool array per space and one strip per array."""

    def __init__(self, problem: Problem, placed: Mapping[int, Placement]) -> None:
        self._problem = problem
        taken = list(problem.occupied)
        for index, own in placed.items():
            block = problem.requests[index]
            size = block.rows, block.columns, own.bias_row, own.bias_rows
            taken.append(Occupied(own.array, own.row, own.column, *size))
        self._cells = [np.zeros((space.rows, space.columns), np.bool_) for space in problem.spaces]
        end = max((space.column + space.columns for space in problem.spaces), default=0)
        self._strips = {
            space.array: np.zeros((problem.bias_rows, end), np.bool_) for space in problem.spaces
        }
        for its in taken:
            columns = slice(its.column, its.column + its.columns)
            if its.array in self._strips:
                strip = self._strips[its.array]
                strip[its.bias_row : its.bias_row + its.bias_rows, columns] = True
            for space, cells in zip(problem.spaces, self._cells, strict=True):
                if space.array == its.array:
                    rows = slice(
                        max(its.row - space.row, 0), max(its.row + its.rows - space.row, 0)
                    )
                    start = max(its.column - space.column, 0)
                    stop = max(its.column + its.columns - space.column, 0)
                    cells[rows, start:stop] = True

    def obstacle(self, block: Request) -> str:
        """What keeps ``block`` from every place, the nearest miss; empty when it fits somewhere."""
        bias: tuple[float, str] | None = None
        nearest = (-1.0, "")
        for space, cells in zip(self._problem.spaces, self._cells, strict=True):
            if (block.banks and space.bank not in block.banks) or (
                block.rows > space.rows or block.columns > space.columns
            ):
                continue
            runs = _runs(cells, block.columns)
            fitting = np.flatnonzero(runs >= block.rows)
            if not len(fitting):
                nearest = max(nearest, _cell_miss(space, cells, runs, block))
                continue
            strip = self._strips[space.array][:, space.column : space.column + space.columns]
            least = least_bias_rows(block)
            free = _runs(strip, block.columns)[fitting] if least else np.zeros(len(fitting))
            best = int(free.argmax())
            if free[best] >= least:
                return ""
            first = int(fitting[best])
            miss = _bias_miss(strip, space, first, int(free[best]), block)
            bias = max(bias or miss, miss)
        return bias[1] if bias else nearest[1]


def least_bias_rows(block: Request) -> int:
    """The fewest bias rows a block takes."""
    return block.bias_choices[0] if block.bias_choices else 0


def _runs(used: Used, width: int) -> Counts:
    """For every window of ``width`` columns, its longest run of rows that are free throughout."""
    before = np.zeros((used.shape[0], used.shape[1] + 1), np.int32)
    np.cumsum(used, axis=1, out=before[:, 1:])
    taken = before[:, width:] > before[:, : before.shape[1] - width]
    run = np.zeros(taken.shape[1], np.int64)
    longest = run.copy()
    for row in taken:
        run = np.where(row, 0, run + 1)
        np.maximum(longest, run, out=longest)
    return longest


def _cell_miss(space: Space, cells: Used, runs: Counts, block: Request) -> tuple[float, str]:
    """How near a block is to a hole of the space (1: it fits), and what it lacks."""
    place = f"array {space.array}, bank {space.name}" if space.name else f"rectangle {space.array}"
    first = int(runs.argmax())
    rows = int(runs[first])
    across = _runs(cells.T, block.rows)
    top = int(across.argmax())
    columns = int(across[top])
    if rows / block.rows >= columns / block.columns:
        start = space.column + first
        span = f"columns {start}..{start + block.columns - 1} of {place}"
        text = (
            f"rows: the longest free run of rows over {block.columns} columns is {rows} "
            f"of the {block.rows} it needs ({span})"
        )
        return rows / block.rows, text
    start = space.row + top
    span = f"rows {start}..{start + block.rows - 1} of {place}"
    text = (
        f"columns: the longest free run of columns over {block.rows} rows is {columns} "
        f"of the {block.columns} it needs ({span})"
    )
    return columns / block.columns, text


def _bias_miss(
    strip: Used, space: Space, first: int, run: int, block: Request
) -> tuple[float, str]:
    """How near a block is to free bias rows over columns that have free rows for it."""
    least, height = least_bias_rows(block), strip.shape[0]
    held = int(strip[:, first : first + block.columns].sum(axis=0).max())
    start = space.column + first
    span = (
        f"columns {start}..{start + block.columns - 1} of array {space.array}, "
        f"where its rows would fit"
    )
    if held + least > height:
        text = f"bias rows: needs {held + least} of {height} in {span}"
    else:
        text = (
            f"bias rows: the longest free run of bias rows is {run} of the {least} it needs "
            f"in {span}"
        )
    return run / least, text
