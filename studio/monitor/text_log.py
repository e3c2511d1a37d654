"""Everything a line said, as rows of text, in bounded memory, for whoever shows it.

One thread adds, any thread reads. Rows and blocks are numbered from the start and keep their
numbers; of too much, the oldest go.
"""

from __future__ import annotations

import bisect
import threading
from dataclasses import dataclass

import numpy as np

from studio.monitor.chunk import Chunk, Kind
from studio.monitor.row_table import Ints, RowTable
from studio.monitor.turns import HexRow, Turns

LINE = 4096  # bytes of a row; longer lines go on in the next one
BYTES = 64 << 20  # kept at most
ROWS = 1 << 20
_SLACK = 8  # a part of this size more is let in before the oldest go, all at once
_BLOCK = 1 << 16  # bytes up to which chunks of one moment are kept together
_TOGETHER = 0.001  # seconds
_KINDS: tuple[Kind, ...] = ("in", "out", "note")


@dataclass(frozen=True, slots=True)
class Row:
    """A line, or LINE bytes of one, without its line feed; ``time`` is that of its first byte."""

    number: int
    time: float
    kind: Kind
    data: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes of one kind that came at one moment; ``start`` is their place in all bytes ever."""

    start: int
    time: float
    kind: Kind
    data: bytes


class TextLog:
    """The newest rows and their bytes: at most ``size`` bytes and ``rows`` rows, and some slack."""

    def __init__(self, size: int = BYTES, rows: int = ROWS) -> None:
        self._size, self._most = size, rows
        self._lock = threading.Lock()
        self._reset()

    def _reset(self) -> None:
        self._rows = RowTable()
        self._gone = 0  # rows that are no longer there
        self._began = 0  # the number of the first row of all
        self._lines = 0
        self._open = False  # whether the last row may still grow
        self._turns = Turns()
        self._blocks: list[Block] = []
        self._starts: list[int] = []
        self._end = 0

    # -- adding

    def add(self, chunk: Chunk) -> None:
        """Append a chunk; a note is a row of its own."""
        if not chunk.data and chunk.kind != "note":
            return
        # What takes long comes before the lock, since the window waits for that.
        starts, stops, whole = self._cut(chunk)
        rows = self._rows.with_room(len(starts))
        with self._lock:
            self._rows = rows
            self._put(chunk, starts, stops)
            self._open = chunk.kind != "note" and whole < len(starts)
            self._lines += whole if chunk.kind == "in" else 0
            self._keep(chunk)
            self._forget()

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        with self._lock:
            gone = self._gone + len(self._rows)
            self._reset()
            self._gone = self._began = gone

    def frozen(self) -> TextLog:
        """The same rows with the same numbers, to which nothing is added."""
        other = TextLog(self._size, self._most)
        with self._lock:
            other._rows, other._gone, other._began = self._rows.copy(), self._gone, self._began
            other._lines, other._end, other._open = self._lines, self._end, self._open
            other._turns = self._turns.copy()
            other._blocks, other._starts = self._blocks.copy(), self._starts.copy()
        return other

    def _keep(self, chunk: Chunk) -> None:
        last = self._blocks[-1] if self._blocks else None
        if (
            last is not None
            and last.kind == chunk.kind != "note"
            and chunk.time - last.time < _TOGETHER
            and len(last.data) + len(chunk.data) <= _BLOCK
        ):
            self._blocks[-1] = Block(last.start, last.time, last.kind, last.data + chunk.data)
        else:
            self._blocks.append(Block(self._end, chunk.time, chunk.kind, chunk.data))
            self._starts.append(self._end)
        self._turns.add(chunk.kind, len(chunk.data))
        self._end += len(chunk.data)

    def _goes_on(self, chunk: Chunk) -> bool:
        """Whether a chunk begins within the last row."""
        kind = chunk.kind
        return self._open and kind != "note" and self._rows.kinds[-1] == _KINDS.index(kind)

    def _cut(self, chunk: Chunk) -> tuple[Ints, Ints, int]:
        """Where the rows of the next chunk start and stop, and how many lines end in it."""
        start, end = self._end, self._end + len(chunk.data)
        if chunk.kind == "note":
            return np.array([start]), np.array([end]), 0
        begin = int(self._rows.starts[-1]) if self._goes_on(chunk) else start
        ends = start + 1 + np.flatnonzero(np.frombuffer(chunk.data, np.uint8) == 10)
        whole = len(ends)
        if not whole or ends[-1] < end:
            ends = np.append(ends, end)
        starts = np.concatenate([[begin], ends[:-1]])
        stops = ends.copy()
        stops[:whole] -= 1
        if (stops - starts > LINE).any():
            starts, stops = _split(starts, stops)
        return starts, stops, whole

    def _put(self, chunk: Chunk, starts: Ints, stops: Ints) -> None:
        time = chunk.time
        if self._goes_on(chunk):
            time = float(self._rows.times[-1])
            self._rows.drop_last()
        self._rows.put(starts, stops, chunk.time, _KINDS.index(chunk.kind))
        self._rows.times[-len(starts)] = time

    def _forget(self) -> None:
        """Let the oldest go where there is too much, many at once."""
        size = self._end - (self._starts[0] if self._starts else 0)
        if (
            size <= self._size + self._size // _SLACK
            and len(self._rows) <= self._most + self._most // _SLACK
            and len(self._blocks) <= self._most + self._most // _SLACK
        ):
            return
        starts, count = self._rows.starts, len(self._rows)
        first = max(int(np.searchsorted(starts, self._end - self._size)), count - self._most)
        if len(self._blocks) > self._most:
            first = max(first, int(np.searchsorted(starts, self._starts[-self._most])))
        first = min(first, count - 1)
        self._rows.forget(first)
        self._gone += first
        old = bisect.bisect_right(self._starts, int(self._rows.starts[0])) - 1
        del self._blocks[:old], self._starts[:old]
        self._turns.forget(self._starts[0])

    # -- reading

    @property
    def first(self) -> int:
        """The number of the oldest row there is."""
        return self._gone

    @property
    def end(self) -> int:
        """The number after the newest row; the newest may still grow."""
        with self._lock:
            return self._gone + len(self._rows)

    @property
    def began(self) -> int:
        """The number of the first row since the last ``clear``; it may no longer be there."""
        return self._began

    @property
    def whole(self) -> int:
        """The number after the newest row that grows no more."""
        with self._lock:
            return self._gone + len(self._rows) - self._open

    @property
    def lines(self) -> int:
        """Line feeds received since the last ``clear``."""
        return self._lines

    def count(self, kind: Kind) -> int:
        """Bytes of a kind since the last ``clear``."""
        return self._turns.count(kind)

    @property
    def size(self) -> int:
        """Bytes ever added since the last ``clear``; changes whenever something comes."""
        return self._end

    def rows(self, first: int, count: int) -> list[Row]:
        """Of the ``count`` rows from ``first`` on those that are still there, or there already."""
        with self._lock:
            low, high = self._range(first, count)
            every = zip(
                self._rows.starts[low:high].tolist(),
                self._rows.stops[low:high].tolist(),
                self._rows.times[low:high].tolist(),
                self._rows.kinds[low:high].tolist(),
                strict=True,
            )
            return [
                Row(self._gone + low + place, time, _KINDS[kind], self._bytes(start, stop))
                for place, (start, stop, time, kind) in enumerate(every)
            ]

    def spans(self, first: int, count: int, size: int = BYTES) -> tuple[int, Ints, bytes]:
        """Rows for a quick search: the first one's number, starts and stops [n, 2], and the bytes.

        Starts and stops are places in the bytes returned. Fewer rows where they take more than
        ``size`` bytes, but one at least.
        """
        with self._lock:
            low, high = self._range(first, count)
            if high > low + 1:
                starts = self._rows.starts[low:high]
                high = low + max(1, int(np.searchsorted(starts, starts[0] + size)))
            if low == high:
                return self._gone + low, np.empty((0, 2), np.int64), b""
            starts, stops = self._rows.starts[low:high], self._rows.stops[low:high]
            begin, end = int(starts[0]), int(stops[-1])
            places = np.stack([starts, stops], axis=1) - begin
            return self._gone + low, places, self._bytes(begin, end)

    def lines_of(self, first: int, count: int) -> bytes:
        """The bytes of rows, each line with a line feed; rows that go on in the next have none."""
        with self._lock:
            low, high = self._range(first, count)
            if low == high:
                return b""
            starts, stops = self._rows.starts[low:high], self._rows.stops[low:high]
            kinds, after = self._rows.kinds, self._rows.starts[low + 1 : high + 1]
            near = len(after)
            begin, end = int(starts[0]), int(stops[-1])
            data = self._bytes(begin, end)
            if (stops[:near] + 1 == after).all() and data.count(b"\n") == len(starts) - 1:
                return data + b"\n"
            goes_on = np.zeros(len(starts), bool)
            goes_on[:near] = (
                (stops[:near] == after)
                & (kinds[low : low + near] == kinds[low + 1 : low + 1 + near])
                & (kinds[low : low + near] != _KINDS.index("note"))
            )
            rows = zip(starts - begin, stops - begin, goes_on, strict=True)
            return b"".join(
                data[start:stop].replace(b"\n", b" ") + (b"" if more else b"\n")
                for start, stop, more in rows
            )

    def bytes_of(self, first: int, count: int) -> bytes:
        """Every byte of rows with their line feeds, but no notes."""
        with self._lock:
            low, high = self._range(first, count)
            starts, kinds = self._rows.starts[low:high], self._rows.kinds[low:high]
            ends = np.append(self._rows.starts[low + 1 : high + 1], self._end)
            return b"".join(
                self._bytes(start, end)
                for start, end, kind in zip(
                    starts.tolist(), ends.tolist(), kinds.tolist(), strict=False
                )
                if _KINDS[kind] != "note"
            )

    @property
    def hex_range(self) -> tuple[int, int]:
        """The number of the first line of a hex dump that is still there, and after the last."""
        with self._lock:
            return self._turns.first(self._starts[0] if self._starts else 0), self._turns.end

    def hex_rows(self, first: int, count: int) -> list[HexRow]:
        """Of the ``count`` lines of a hex dump from ``first`` on those that are there."""
        with self._lock:
            low = max(first, self._turns.first(self._starts[0] if self._starts else 0))
            found = []
            for line in range(low, min(first + count, self._turns.end)):
                turn, start, stop = self._turns.place(line)
                place = max(0, bisect.bisect_right(self._starts, start) - 1)
                time, data = self._blocks[place].time, self._bytes(start, stop)
                offset = turn.offset + start - turn.start
                found.append(HexRow(line, offset, time, turn.kind, data))
            return found

    def hex_line(self, row: int) -> int:
        """The line of a hex dump that holds a row's first byte."""
        with self._lock:
            place, count = max(row - self._gone, 0), len(self._rows)
            start = int(self._rows.starts[place]) if place < count else self._end
            return self._turns.line(start)

    def row_of(self, line: int) -> int:
        """The row that holds the first byte of a line of a hex dump."""
        with self._lock:
            if line >= self._turns.end:
                return self._gone + len(self._rows)
            start = self._turns.place(line)[1]
            place = int(np.searchsorted(self._rows.starts, start, "right")) - 1
            return self._gone + max(0, place)

    def blocks(self, start: int) -> list[Block]:
        """The blocks from the one that holds byte ``start`` on; the last one may still grow."""
        with self._lock:
            place = max(0, bisect.bisect_right(self._starts, start) - 1)
            return self._blocks[place:]

    def _range(self, first: int, count: int) -> tuple[int, int]:
        """Places in the table of the rows asked for that are there."""
        low = min(max(0, first - self._gone), len(self._rows))
        return low, max(low, min(len(self._rows), first + count - self._gone))

    def _bytes(self, start: int, stop: int) -> bytes:
        place = max(0, bisect.bisect_right(self._starts, start) - 1)
        parts = []
        while place < len(self._blocks) and self._starts[place] < stop:
            block = self._blocks[place]
            parts.append(block.data[max(0, start - block.start) : stop - block.start])
            place += 1
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _split(starts: Ints, stops: Ints) -> tuple[Ints, Ints]:
    """Rows of at most LINE bytes."""
    counts = np.maximum(1, -(-(stops - starts) // LINE))
    first = np.repeat(starts, counts)
    number = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    begin = first + number * LINE
    return begin, np.minimum(begin + LINE, np.repeat(stops, counts))
