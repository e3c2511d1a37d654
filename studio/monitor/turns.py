"""Where bytes change their direction, so that any line of a hex dump is found at once."""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from studio.monitor.chunk import Kind

WIDTH = 16  # bytes of a line


@dataclass(frozen=True, slots=True)
class HexRow:
    """At most WIDTH bytes of one direction, or a note.

    ``offset`` is the place of its first byte among all bytes of that direction.
    """

    number: int
    offset: int
    time: float
    kind: Kind
    data: bytes


@dataclass(frozen=True, slots=True)
class Turn:
    """Bytes of one direction in a row, or one note: its first byte, first line and offset."""

    start: int
    line: int
    offset: int
    kind: Kind


class Turns:
    """Lines of a hex dump: WIDTH bytes each, a new one where the direction changes."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._starts: list[int] = []
        self._lines: list[int] = []
        self._counts: dict[Kind, int] = {"in": 0, "out": 0, "note": 0}
        self._end = 0

    def add(self, kind: Kind, size: int) -> None:
        """``size`` more bytes came."""
        last = self._turns[-1] if self._turns else None
        if last is None or last.kind != kind or kind == "note":
            self._turns.append(Turn(self._end, self.end, self._counts[kind], kind))
            self._starts.append(self._end)
            self._lines.append(self._turns[-1].line)
        self._counts[kind] += size
        self._end += size

    def forget(self, start: int) -> None:
        """Bytes before ``start`` are not there any more."""
        old = self._at(start)
        del self._turns[:old], self._starts[:old], self._lines[:old]

    def copy(self) -> Turns:
        """The same, which does not grow."""
        other = Turns()
        other._turns, other._starts, other._lines = (
            self._turns.copy(),
            self._starts.copy(),
            self._lines.copy(),
        )
        other._counts, other._end = self._counts.copy(), self._end
        return other

    def count(self, kind: Kind) -> int:
        """Bytes of a direction so far."""
        return self._counts[kind]

    @property
    def end(self) -> int:
        """The number of lines so far."""
        if not self._turns:
            return 0
        last = self._turns[-1]
        return last.line + (1 if last.kind == "note" else -(-(self._end - last.start) // WIDTH))

    def first(self, start: int) -> int:
        """The first line of which no byte is before ``start``."""
        if not self._turns:
            return 0
        turn = self._turns[self._at(start)]
        before = max(0, start - turn.start)
        return turn.line + ((1 if before else 0) if turn.kind == "note" else -(-before // WIDTH))

    def line(self, start: int) -> int:
        """The line that holds byte ``start``."""
        if not self._turns or start >= self._end:
            return self.end
        turn = self._turns[max(0, bisect.bisect_right(self._starts, start) - 1)]
        return turn.line + (0 if turn.kind == "note" else max(0, start - turn.start) // WIDTH)

    def place(self, line: int) -> tuple[Turn, int, int]:
        """Of a line: its turn, its first byte, and the byte after its last."""
        place = bisect.bisect_right(self._lines, line) - 1
        turn = self._turns[place]
        stop = self._starts[place + 1] if place + 1 < len(self._starts) else self._end
        if turn.kind == "note":
            return turn, turn.start, stop
        start = turn.start + (line - turn.line) * WIDTH
        return turn, start, min(start + WIDTH, stop)

    def _at(self, start: int) -> int:
        """The place of the turn with byte ``start``; of several (empty notes), the first."""
        place = bisect.bisect_left(self._starts, start)
        found = place < len(self._starts) and self._starts[place] == start
        return place if found else max(0, place - 1)
