"""Finding text in the rows of a log, on a thread, also in those that are still to come.

RE2 looks for it, so that no pattern can hang; it sees what is shown of a row (see row_text).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import re2

from studio.base.errors import DataError
from studio.monitor import row_text
from studio.monitor.own_patterns import refused
from studio.monitor.text_log import TextLog

MOST = 1_000_000  # matches kept, the newest
_ROWS = 1 << 14  # a step
_BYTES = 1 << 19  # a step
_LONGEST = 1000  # characters of a pattern
_PAUSE = 0.001  # seconds between two steps, in which others run

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pattern:
    """What to look for; made by ``compiled``."""

    text: str
    regex: bool
    case: bool
    _code: Any = field(repr=False, compare=False)
    _line: Any = field(repr=False, compare=False)

    def spans(self, text: str, most: int = 1000, until: int = 1 << 30) -> list[tuple[int, int]]:
        """Where in one row it matches: from and to, in characters.

        At most ``most``, and none that begin at ``until`` or later.
        """
        found: list[tuple[int, int]] = []
        for match in self._code.finditer(text):
            if len(found) == most or match.start() >= until:
                break
            if match.end() > match.start():
                found.append(match.span())
        return found

    def starts(self, lines: bytes) -> Ints:
        """The first byte of every match in lines of UTF-8."""
        every = (match.span() for match in self._code.finditer(lines))
        return np.array([start for start, stop in every if stop > start], np.int64)

    def lines(self, lines: bytes) -> Ints:
        """The first byte of every line of UTF-8 that holds a match."""
        found = (match.start() for match in self._line.finditer(lines))
        return np.unique(np.fromiter(found, np.int64))


def compiled(text: str, *, regex: bool, case: bool) -> Pattern:
    """Make a pattern of what a user typed. Raises DataError where that cannot be used."""
    if len(text) > _LONGEST:
        raise DataError("the pattern is too long", hint=f"Use no more than {_LONGEST} characters.")
    options = re2.Options()
    options.never_nl = True  # a match is within one line
    options.log_errors = False
    options.case_sensitive = case
    try:
        bare = (text if regex else re2.escape(text)).encode()
        # By itself first: a bracket too many must not be closed by ours.
        re2.compile(bare, options=options)
        code = re2.compile(b"(?m)" + bare, options=options)
        line = re2.compile(b"(?m)^.*(?:" + bare + b").*$", options=options)
    except (re2.error, UnicodeEncodeError) as error:
        raise refused("", text, error) from error
    return Pattern(text, regex, case, code, line)


class Found:
    """Rows of a log in its order, one entry a match (or one a row).

    Entries are numbered from the start and keep their numbers; those of rows that are gone go.
    """

    def __init__(self, log: TextLog, encoding: str) -> None:
        self.log = log
        self.encoding = encoding
        self._changed = threading.Condition()
        self._rows = np.empty(1024, np.int64)
        self._count = 0
        self._gone = 0
        self._open = self._rows[:0]  # entries of the row that may still grow

    @property
    def first(self) -> int:
        """The number of the oldest entry."""
        with self._changed:
            self._forget()
            return self._gone

    @property
    def end(self) -> int:
        """The number after the newest entry."""
        with self._changed:
            return self._gone + self._count + len(self._open)

    def rows(self, first: int, count: int) -> Ints:
        """The rows of those that are there of ``count`` entries from ``first`` on."""
        with self._changed:
            low = max(0, first - self._gone)
            every = self._rows[low : self._count], self._open[max(0, low - self._count) :]
            return np.concatenate(every)[: max(0, first + count - self._gone - low)]

    def at(self, row: int) -> int:
        """The number of the first entry at ``row`` or later."""
        with self._changed:
            place = int(np.searchsorted(self._rows[: self._count], row))
            if place == self._count:
                place += int(np.searchsorted(self._open, row))
            return self._gone + place

    def frozen(self) -> Found:
        """The same entries of the same rows, to which nothing is added."""
        other = Found(self.log.frozen(), self.encoding)
        with self._changed:
            other._rows = self._rows[: self._count].copy()
            other._count, other._gone, other._open = self._count, self._gone, self._open
        return other

    def _put(self, rows: Ints) -> None:
        need = self._count + len(rows)
        if need > len(self._rows):
            larger = np.empty(2 * need, np.int64)
            larger[: self._count] = self._rows[: self._count]
            self._rows = larger
        self._rows[self._count : need] = rows
        self._count = need

    def _forget(self) -> None:
        old = int(np.searchsorted(self._rows[: self._count], self.log.first))
        if self._count > MOST + MOST // 8:
            old = max(old, self._count - MOST)
        if old > 0:
            self._rows = self._rows[old : max(self._count, old + 1024)].copy()
            self._count -= old
            self._gone += old


class Finder(Found):
    """Finds, on a thread, also in rows that come later: ``poke`` says that there may be some.

    Only rows that match ``within`` are looked at. Close it in the end.
    """

    def __init__(
        self,
        log: TextLog,
        pattern: Pattern,
        encoding: str,
        *,
        whole_rows: bool = False,
        within: Pattern | None = None,
    ) -> None:
        super().__init__(log, encoding)
        self.pattern = pattern
        self._within = within
        self._whole_rows = whole_rows
        self._next = log.first
        self._size = -1  # of the log when its last row was looked at
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="finder", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether every row there is was looked at."""
        return not self._behind()

    @property
    def behind(self) -> int:
        """How many rows were not looked at yet."""
        return max(0, self.log.whole - max(self._next, self.log.first))

    def poke(self, log: TextLog | None = None) -> None:
        """There may be new rows; ``log`` is another one with the same rows and numbers."""
        with self._changed:
            if log is not None:
                self.log = log
                self._size = -1
            self._changed.notify_all()

    def close(self) -> None:
        """Stop looking; does not wait."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # -- on its thread

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._behind())
                if self._closed:
                    return
                log = self.log
            self._step(log)
            time.sleep(_PAUSE)

    def _behind(self) -> bool:
        return self._next < self.log.whole or self._size != self.log.size

    def _step(self, log: TextLog) -> None:
        size, whole = log.size, log.whole
        first = max(self._next, log.first)
        number, count, found = self._look(log, first, min(_ROWS, whole - first))
        seen = max(first, number + count)
        last = self._look(log, whole, 1)[2] if seen >= whole else self._rows[:0]
        with self._changed:
            self._put(found)
            self._open, self._next = last, seen
            if seen >= whole:
                self._size = size
            self._forget()

    def _look(self, log: TextLog, first: int, count: int) -> tuple[int, int, Ints]:
        """The first row there was of those asked for, how many, and the rows of the matches."""
        if count > 0:
            first, count, text = row_text.lines(log, first, count, self.encoding, _BYTES)
        if count <= 0:
            return first, 0, self._rows[:0]
        data = text.encode()
        begins = np.flatnonzero(np.frombuffer(data, np.uint8) == 10) + 1
        starts = self.pattern.lines(data) if self._whole_rows else self.pattern.starts(data)
        rows = np.searchsorted(begins, starts, "right")
        if self._within is not None and len(rows):
            rows = rows[np.isin(rows, np.searchsorted(begins, self._within.lines(data), "right"))]
        return first, count, first + rows
