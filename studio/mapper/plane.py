"""All arrays of a problem side by side in one plane, column after column.

Array a begins at column a * ``pitch``. Rows and bias rows are those of every array.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.mapper.problem import Problem
from studio.mapper.request import Request

Span = tuple[int, int]  # first and last, inclusive
Rectangle = tuple[int, int, int, int]  # column, row, end column, end row; ends exclusive


@dataclass(frozen=True)
class Part:
    """Where in one array a block may begin: any of the columns with any of the rows."""

    array: int
    columns: tuple[Span, ...]
    rows: tuple[Span, ...]

    def holds(self, column: int, row: int) -> bool:
        """Whether a block may begin here."""
        return _within(column, self.columns) and _within(row, self.rows)


def pitch(problem: Problem) -> int:
    """Columns from one array to the next."""
    return max((space.column + space.columns for space in problem.spaces), default=1)


def parts(problem: Problem, request: Request) -> list[Part]:
    """Where a block may begin, if it were alone.

    Spaces of one array make one part when every span of columns goes with every span of rows.
    """
    step = pitch(problem)
    starts: dict[int, list[tuple[Span, Span]]] = {}
    for space in problem.spaces:
        right, bottom = space.columns - request.columns, space.rows - request.rows
        if right >= 0 and bottom >= 0 and (not request.banks or space.bank in request.banks):
            left = space.array * step + space.column
            pair = (left, left + right), (space.row, space.row + bottom)
            starts.setdefault(space.array, []).append(pair)
    found: list[Part] = []
    for array, pairs in starts.items():
        columns, rows = (tuple(sorted(set(spans))) for spans in zip(*pairs, strict=True))
        if len(set(pairs)) == len(columns) * len(rows):
            found.append(Part(array, columns, rows))
        else:
            found += [Part(array, (column,), (row,)) for column, row in pairs]
    return found


def _within(value: int, spans: Iterable[Span]) -> bool:
    return any(first <= value <= last for first, last in spans)


def taken(problem: Problem) -> list[Rectangle]:
    """What is occupied of the spaces, in the plane."""
    step = pitch(problem)
    found = (
        (
            own.array * step + max(own.column, space.column),
            max(own.row, space.row),
            own.array * step + min(own.column + own.columns, space.column + space.columns),
            min(own.row + own.rows, space.row + space.rows),
        )
        for space in problem.spaces
        for own in problem.occupied
        if own.array == space.array
    )
    return apart(found)


def taken_bias(problem: Problem) -> list[Rectangle]:
    """What is occupied of the bias strips, in the plane."""
    step = pitch(problem)
    found = (
        (
            own.array * step + max(own.column, 0),
            max(own.bias_row, 0),
            own.array * step + min(own.column + own.columns, step),
            min(own.bias_row + own.bias_rows, problem.bias_rows),
        )
        for own in problem.occupied
        if 0 <= own.array < problem.arrays
    )
    return apart(found)


def apart(rectangles: Iterable[Rectangle]) -> list[Rectangle]:
    """Rectangles that cover the same cells and do not overlap; empty ones are left out."""
    kept: list[Rectangle] = []
    for rectangle in rectangles:
        pieces = [rectangle] if rectangle[0] < rectangle[2] and rectangle[1] < rectangle[3] else []
        for other in kept:
            pieces = [rest for piece in pieces for rest in _minus(piece, other)]
        kept += pieces
    return kept


def _minus(piece: Rectangle, other: Rectangle) -> list[Rectangle]:
    """The parts of ``piece`` that ``other`` does not cover."""
    left, top, right, bottom = piece
    a, b = max(left, other[0]), min(right, other[2])
    c, d = max(top, other[1]), min(bottom, other[3])
    if a >= b or c >= d:
        return [piece]
    around = [(left, top, a, bottom), (b, top, right, bottom), (a, top, b, c), (a, d, b, bottom)]
    return [rest for rest in around if rest[0] < rest[2] and rest[1] < rest[3]]
