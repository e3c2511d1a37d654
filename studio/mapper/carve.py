"""Free space around occupied cells, as rectangles that do not overlap."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from studio.mapper.problem import Occupied, Space

Span = tuple[int, int]  # first, one past the last
Rectangle = TypeVar("Rectangle", Space, Occupied)


def by_columns(spaces: Sequence[Space], occupied: Sequence[Occupied]) -> tuple[Space, ...]:
    """Each space cut at the left and right edges of what occupies it, parts as wide as can be."""
    return tuple(part for space in spaces for part in _carve(space, occupied))


def by_rows(spaces: Sequence[Space], occupied: Sequence[Occupied]) -> tuple[Space, ...]:
    """Each space cut at upper and lower edges, parts as high as can be."""
    found = []
    for space in spaces:
        turned = [_turned(own) for own in occupied if own.array == space.array]
        found += [_turned(part) for part in _carve(_turned(space), turned)]
    return tuple(found)


def _carve(space: Space, occupied: Sequence[Occupied]) -> list[Space]:
    last_row, last_column = space.row + space.rows, space.column + space.columns
    inside = [
        own
        for own in occupied
        if own.array == space.array
        and own.rows > 0
        and own.row < last_row
        and space.row < own.row + own.rows
        and own.column < last_column
        and space.column < own.column + own.columns
    ]
    edges = {space.column, last_column}
    for own in inside:
        edges |= {max(own.column, space.column), min(own.column + own.columns, last_column)}
    columns = sorted(edges)
    done: list[Space] = []
    growing: dict[Span, Space] = {}
    for start, stop in itertools.pairwise(columns):
        held = [own for own in inside if own.column < stop and start < own.column + own.columns]
        free = _free_rows((space.row, last_row), [(own.row, own.row + own.rows) for own in held])
        done += [part for rows, part in growing.items() if rows not in free]
        growing = {rows: _widened(space, growing.get(rows), rows, (start, stop)) for rows in free}
    return sorted([*done, *growing.values()], key=lambda part: (part.column, part.row))


def _widened(space: Space, before: Space | None, rows: Span, columns: Span) -> Space:
    if before is not None:
        return replace(before, columns=columns[1] - before.column)
    return replace(
        space,
        row=rows[0],
        rows=rows[1] - rows[0],
        column=columns[0],
        columns=columns[1] - columns[0],
    )


def _free_rows(whole: Span, held: Sequence[Span]) -> list[Span]:
    free, at = [], whole[0]
    for start, stop in sorted(held):
        if at < start:
            free.append((at, start))
        at = max(at, stop)
    if at < whole[1]:
        free.append((at, whole[1]))
    return free


def _turned(own: Rectangle) -> Rectangle:
    """Rows for columns and the other way round."""
    return replace(own, row=own.column, column=own.row, rows=own.columns, columns=own.rows)
