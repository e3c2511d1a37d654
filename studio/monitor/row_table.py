"""A table that grows at its end and loses rows at its beginning, without moving all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Small = npt.NDArray[np.uint8]

_LEAST = 1024  # rows there is room for


class RowTable:
    """Of every row its first byte, the byte after its last one, its time and its kind."""

    def __init__(self, room: int = _LEAST) -> None:
        self._make(room)
        self._head = self._count = 0

    def _make(self, room: int) -> None:
        self._starts = np.empty(room, np.int64)
        self._stops = np.empty(room, np.int64)
        self._times = np.empty(room, np.float64)
        self._kinds = np.empty(room, np.uint8)

    def __len__(self) -> int:
        return self._count

    @property
    def starts(self) -> Ints:
        """[rows], a view until something is added."""
        return self._starts[self._head : self._head + self._count]

    @property
    def stops(self) -> Ints:
        """[rows], a view until something is added."""
        return self._stops[self._head : self._head + self._count]

    @property
    def times(self) -> Floats:
        """[rows], a view until something is added."""
        return self._times[self._head : self._head + self._count]

    @property
    def kinds(self) -> Small:
        """[rows], a view until something is added."""
        return self._kinds[self._head : self._head + self._count]

    def put(self, starts: Ints, stops: Ints, time: float, kind: int) -> None:
        """Add rows of one time and kind at the end; there must be room."""
        place = self._head + self._count
        end = place + len(starts)
        self._starts[place:end], self._stops[place:end] = starts, stops
        self._times[place:end], self._kinds[place:end] = time, kind
        self._count += len(starts)

    def drop_last(self) -> None:
        """Take the last row away."""
        self._count -= 1

    def forget(self, rows: int) -> None:
        """Take rows away at the beginning."""
        self._head += rows
        self._count -= rows

    def with_room(self, rows: int) -> RowTable:
        """This table where there is room for more rows, else a larger one with the same rows.

        Rows never move in memory: others may be looking at them.
        """
        if self._head + self._count + rows <= len(self._starts):
            return self
        larger = RowTable(max(_LEAST, 2 * (self._count + rows)))
        for to, values in zip(larger._columns, self._columns, strict=True):
            to[: self._count] = values[self._head : self._head + self._count]
        larger._count = self._count
        return larger

    def copy(self) -> RowTable:
        """The same rows, in the same memory; of the last one ``stop`` may still change."""
        other = RowTable(0)
        other._starts, other._stops = self._starts, self._stops
        other._times, other._kinds = self._times, self._kinds
        other._head, other._count = self._head, self._count
        return other

    @property
    def _columns(self) -> tuple[npt.NDArray[Any], ...]:
        return self._starts, self._stops, self._times, self._kinds
