"""layers.txt: where each block lies, one line a block in execution order.

A line is ``col_start, col_end, row_start, row_end, bias_row_start, bias_row_end, G``, all
inclusive, separated by comma and space, ended by a line feed (CHIP.md, exact). A block without
bias rows has an empty interval: its bias_row_end is one less than its bias_row_start
(``0, -1``). No published file has such a block, so that spelling is ours. Blocks on further
arrays of a chip that has several carry the array's index as an eighth number, ours as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.base.errors import DataError
from studio.base.files import write_text
from studio.chip.chip import Chip
from studio.mapper.layout import Layout
from studio.mapper.problem import Occupied

NAME = "layers.txt"
_HINT = "Was the file made for another chip? Choose that one with --chip."


@dataclass(frozen=True)
class LayerLine:
    """One block: first and last column, row and bias row, inclusive, and its gain."""

    col_start: int
    col_end: int
    row_start: int
    row_end: int
    bias_row_start: int
    bias_row_end: int
    gain: int
    array: int = 0

    @property
    def rows(self) -> int:
        """Array rows it takes."""
        return self.row_end - self.row_start + 1

    @property
    def columns(self) -> int:
        """Array columns it takes."""
        return self.col_end - self.col_start + 1

    @property
    def bias_rows(self) -> int:
        """Bias rows it takes, from 0."""
        return self.bias_row_end - self.bias_row_start + 1

    def text(self) -> str:
        """The line as it stands in the file, without its end."""
        numbers = [
            self.col_start,
            self.col_end,
            self.row_start,
            self.row_end,
            self.bias_row_start,
            self.bias_row_end,
            self.gain,
        ]
        return ", ".join(str(number) for number in numbers + [self.array] * (self.array > 0))


def from_layout(layout: Layout) -> tuple[LayerLine, ...]:
    """The lines of a layout."""
    return tuple(
        LayerLine(
            col_start=block.column,
            col_end=block.column + block.columns - 1,
            row_start=block.row,
            row_end=block.row + block.rows - 1,
            bias_row_start=block.bias_row,
            bias_row_end=block.bias_row + block.bias_rows - 1,
            gain=block.gain,
            array=block.array,
        )
        for block in layout.blocks
    )


def write(path: Path, layout: Layout) -> None:
    """Write the lines of ``layout``. Raises ProjectError when the place is not writable."""
    write_lines(path, from_layout(layout))


def write_lines(path: Path, lines: Sequence[LayerLine]) -> None:
    """Write lines; what ``read`` gave of the maker's file is written back byte by byte."""
    write_text(path, "".join(line.text() + "\n" for line in lines))


def read(path: Path) -> tuple[LayerLine, ...]:
    """Read a layers.txt; an empty file has no blocks.

    Raises DataError, with the line's number, where it is broken.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(
            f"cannot read the file: {error.strerror}",
            hint="Name a layers.txt; mapping writes one into the folder map.",
            where=str(path),
        ) from error
    except UnicodeDecodeError as error:
        raise DataError("not a text file", where=str(path)) from error
    return tuple(_line(line, number, path) for number, line in enumerate(text.splitlines(), 1))


def occupied(path: Path, chip: Chip) -> tuple[Occupied, ...]:
    """What the blocks of a layers.txt hold of ``chip``: cells for another layout to lie around.

    Raises DataError, with the line's number, where the file is broken, a block lies outside the
    chip's arrays or in no single bank, or two blocks hold the same cells or bias rows.
    """
    found = tuple(_occupied(line, n, path, chip) for n, line in enumerate(read(path), 1))
    _check_apart(found, path, chip)
    return found


def _occupied(line: LayerLine, number: int, path: Path, chip: Chip) -> Occupied:
    own = chip.array
    for title, last, count in (
        ("array", line.array, own.count),
        ("column", line.col_end, own.columns),
        ("row", line.row_end, own.rows),
        ("bias row", line.bias_row_end, own.bias_rows),
    ):
        if last >= count:
            raise DataError(
                f"line {number} reaches {title} {last}, {chip.name} has 0..{count - 1}",
                hint=_HINT,
                where=str(path),
            )
    if not any(b.first_row <= line.row_start and line.row_end <= b.last_row for b in own.banks):
        banks = ", ".join(f"{bank.name} {bank.first_row}..{bank.last_row}" for bank in own.banks)
        raise DataError(
            f"line {number} has rows {line.row_start}..{line.row_end}, which lie in no one bank"
            f" of {chip.name} ({banks})",
            hint=_HINT,
            where=str(path),
        )
    return Occupied(
        array=line.array,
        row=line.row_start,
        column=line.col_start,
        rows=line.rows,
        columns=line.columns,
        bias_row=line.bias_row_start,
        bias_rows=line.bias_rows,
    )


def _check_apart(found: Sequence[Occupied], path: Path, chip: Chip) -> None:
    for title, height in (("cells", chip.array.rows), ("bias rows", chip.array.bias_rows)):
        owner = np.zeros((chip.array.count, height, chip.array.columns), np.int32)
        for number, own in enumerate(found, 1):
            first, count = (
                (own.row, own.rows) if title == "cells" else (own.bias_row, own.bias_rows)
            )
            columns = slice(own.column, own.column + own.columns)
            spot = owner[own.array, first : first + count, columns]
            if spot.any():
                raise DataError(
                    f"lines {spot.max()} and {number} hold the same {title}",
                    hint=_HINT,
                    where=str(path),
                )
            spot[:] = number


def _line(text: str, number: int, path: Path) -> LayerLine:
    try:
        numbers = [int(field) for field in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (7, 8):
        raise DataError(
            f"line {number} is {text[:60]!r}, expected seven numbers",
            hint="Columns, rows and bias rows (first, last), then G.",
            where=str(path),
        )
    line = LayerLine(*numbers)
    starts = (line.col_start, line.row_start, line.bias_row_start, line.array)
    if min(starts) < 0 or min(line.columns, line.rows, line.gain) < 1 or line.bias_rows < 0:
        raise DataError(
            f"line {number}: an interval ends before it starts, or a number is negative",
            where=str(path),
        )
    return line
