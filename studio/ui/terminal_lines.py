"""What the terminal's view shows, line by line: rows of text, those of a filter, or a hex dump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from studio.monitor import row_text
from studio.monitor.row_text import RowText
from studio.monitor.text_log import TextLog
from studio.monitor.turns import WIDTH

if TYPE_CHECKING:
    from rich.ansi import AnsiDecoder

    from studio.monitor.chunk import Kind
    from studio.monitor.log_search import Found
    from studio.monitor.text_log import Row
    from studio.monitor.turns import HexRow

_BEFORE = 256  # rows in which the colour is looked for that a row begins with
_BYTES = 1 << 16  # of them
_COLOURED = 100  # escape sequences of a row; with more, it has no colours
_STEPS = 64  # escape sequences of those that are obeyed, the last
_HALF = WIDTH // 2
_SHOWN = bytes(code if 32 <= code < 127 else ord(".") for code in range(256))
_MARKS = {"in": "  ", "out": "> ", "note": "  "}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the view. ``before`` is the time of the one before it, where there is one."""

    number: int
    time: float
    before: float | None
    kind: Kind
    text: RowText


class Lines(Protocol):
    """Lines numbered from ``first`` to ``end``; a number always means the same line."""

    @property
    def log(self) -> TextLog:
        """The log they are of."""

    @property
    def first(self) -> int:
        """The oldest line."""

    @property
    def end(self) -> int:
        """The line after the newest."""

    def get(self, first: int, count: int) -> list[Line]:
        """Those that are there of ``count`` lines from ``first`` on."""

    def copied(self, first: int, count: int) -> str:
        """Their text as it is copied, with line feeds."""

    def raw(self, first: int, count: int) -> bytes:
        """The bytes they show."""

    def near(self, row: int) -> int:
        """The line that shows a row of the log, or the next after it."""

    def row(self, number: int) -> int:
        """The row of the log that a line shows."""

    def still(self) -> Lines:
        """The same lines, to which nothing is added and of which none go."""


class TextLines:
    """Every row of a log."""

    def __init__(self, log: TextLog, encoding: str) -> None:
        self._log = log
        self._encoding = encoding

    @property
    def log(self) -> TextLog:
        """Whose rows they are."""
        return self._log

    @property
    def first(self) -> int:
        """The oldest row."""
        return self.log.first

    @property
    def end(self) -> int:
        """The row after the newest."""
        return self.log.end

    def get(self, first: int, count: int) -> list[Line]:
        """Those that are there of ``count`` lines from ``first`` on."""
        rows = self.log.rows(first - 1, count + 1)
        before = rows.pop(0).time if rows and rows[0].number < first else None
        found = []
        decoder = _coloured(self.log, rows)
        for row in rows[:count]:
            found.append(_line(row.number, row, before, self._encoding, decoder))
            before = row.time
        return found

    def copied(self, first: int, count: int) -> str:
        """Their text as it is copied, with line feeds."""
        return row_text.copied(self.log, first, count, self._encoding)

    def raw(self, first: int, count: int) -> bytes:
        """The bytes they show."""
        return self.log.bytes_of(first, count)

    def near(self, row: int) -> int:
        """The line that shows a row of the log."""
        return row

    def row(self, number: int) -> int:
        """The row of the log that a line shows."""
        return number

    def still(self) -> Lines:
        """The same lines, to which nothing is added and of which none go."""
        return TextLines(self.log.frozen(), self._encoding)


class FilteredLines:
    """The rows a finder has found."""

    def __init__(self, finder: Found) -> None:
        self._finder = finder

    @property
    def log(self) -> TextLog:
        """Whose rows they are."""
        return self._finder.log

    @property
    def first(self) -> int:
        """The oldest entry."""
        return self._finder.first

    @property
    def end(self) -> int:
        """The entry after the newest."""
        return self._finder.end

    def get(self, first: int, count: int) -> list[Line]:
        """Those that are there of ``count`` lines from ``first`` on."""
        start = max(first, self.first)
        found = []
        before = None
        rows = self._finder.rows(max(start - 1, self.first), count + 1).tolist()
        numbers = range(max(start - 1, self.first), first + count)
        for number, place in zip(numbers, rows, strict=False):
            for row in self.log.rows(place, 1):
                if number >= first:
                    decoder = _coloured(self.log, [row])
                    found.append(_line(number, row, before, self._finder.encoding, decoder))
                before = row.time
        return found

    def copied(self, first: int, count: int) -> str:
        """Their text as it is copied, with line feeds."""
        rows = self._finder.rows(first, count).tolist()
        texts = (row_text.lines(self.log, row, 1, self._finder.encoding)[2] for row in rows)
        return "".join(text + "\n" for text in texts)

    def raw(self, first: int, count: int) -> bytes:
        """The bytes they show."""
        rows = self._finder.rows(first, count).tolist()
        return b"".join(self.log.bytes_of(row, 1) for row in rows)

    def near(self, row: int) -> int:
        """The line that shows a row of the log, or the next after it."""
        return self._finder.at(row)

    def row(self, number: int) -> int:
        """The row of the log that a line shows."""
        found = self._finder.rows(number, 1).tolist()
        return int(found[0]) if found else self.log.end

    def still(self) -> Lines:
        """The same lines, to which nothing is added and of which none go."""
        return FilteredLines(self._finder.frozen())


class HexLines:
    """Every byte of a log: offset, sixteen bytes, and what they are in ASCII."""

    def __init__(self, log: TextLog) -> None:
        self._log = log

    @property
    def log(self) -> TextLog:
        """Whose rows they are."""
        return self._log

    @property
    def first(self) -> int:
        """The oldest line of which all bytes are there."""
        return self.log.hex_range[0]

    @property
    def end(self) -> int:
        """The line after the newest."""
        return self.log.hex_range[1]

    def get(self, first: int, count: int) -> list[Line]:
        """Those that are there of ``count`` lines from ``first`` on."""
        rows = self.log.hex_rows(first - 1, count + 1)
        before = rows.pop(0).time if rows and rows[0].number < first else None
        found = []
        for row in rows[:count]:
            text = _dump(row)
            shown = RowText(text, (), row_text.places(text))
            found.append(Line(row.number, row.time, before, row.kind, shown))
            before = row.time
        return found

    def copied(self, first: int, count: int) -> str:
        """Their text as it is copied, with line feeds."""
        return "".join(_dump(row) + "\n" for row in self.log.hex_rows(first, count))

    def raw(self, first: int, count: int) -> bytes:
        """The bytes they show."""
        rows = self.log.hex_rows(first, count)
        return b"".join(row.data for row in rows if row.kind != "note")

    def near(self, row: int) -> int:
        """The line with a row's first byte."""
        return self.log.hex_line(row)

    def row(self, number: int) -> int:
        """The row that holds a line's first byte."""
        return self.log.row_of(number)

    def still(self) -> Lines:
        """The same lines, to which nothing is added and of which none go."""
        return HexLines(self.log.frozen())


def _dump(row: HexRow) -> str:
    if row.kind == "note":
        return row_text.plain(row.data.replace(b"\n", b" "), "utf-8")
    left, right = row.data[:_HALF].hex(" "), row.data[_HALF:].hex(" ")
    text = row.data.translate(_SHOWN).decode("ascii")
    return f"{_MARKS[row.kind]}{row.offset:08x}  {left:23}  {right:23}  {text}"


def _line(
    number: int, row: Row, before: float | None, encoding: str, decoder: AnsiDecoder | None
) -> Line:
    if row.kind == "note":
        text = row_text.row_text(row.data.replace(b"\n", b" "), "utf-8")
    else:
        coloured = row.kind == "in" and row.data.count(b"\x1b") <= _COLOURED
        text = row_text.row_text(row.data, encoding, decoder if coloured else None)
    return Line(number, row.time, before, row.kind, text)


def _coloured(log: TextLog, rows: list[Row]) -> AnsiDecoder | None:
    """A decoder that knows the style the first of ``rows`` begins with; None if all are plain."""
    if not rows:
        return None
    before = log.spans(rows[0].number - _BEFORE, _BEFORE)[2][-_BYTES:]
    coloured = b"\x1b[" in before
    if not coloured and not any(b"\x1b" in row.data for row in rows):
        return None
    from rich.ansi import AnsiDecoder  # noqa: PLC0415 - slow to import

    decoder = AnsiDecoder()
    if coloured:
        decoder.decode_line("".join(row_text.colours(before)[-_STEPS:]))
    return decoder
