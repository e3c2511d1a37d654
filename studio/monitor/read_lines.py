"""Scanned lines to what they tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from studio.monitor import result, shapes
from studio.monitor.batch import Floats, Sample, Text
from studio.monitor.board_info import layer_time
from studio.monitor.csv_lines import Headers, Ints
from studio.monitor.gather import Gathering
from studio.monitor.named import Column
from studio.monitor.own_patterns import OwnPattern
from studio.monitor.result import sample
from studio.monitor.scan import EMPTY, LINE_BYTES, LONG, ODD, PLAIN, Scan, Scanner
from studio.monitor.shapes import Shape, shape
from studio.monitor.tokens import tokens

_READY = b"\xcd"
_ANSI = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")

# Shapes that are always there, by their number.
_FIXED = (
    *(shapes.TEXT, shapes.NOISE, shapes.LONG, shapes.READY, shapes.EMPTY, shapes.OWN),
    shapes.SAMPLE,
)
_TEXT, _NOISE, _TOO_LONG, _READY_LINE, _EMPTY, _OWN, _SAMPLE = range(len(_FIXED))
_KNOWN = 1 << 14  # skeletons; the scanner knows only those that are not very long
_KNOWN_BYTES = 1 << 20  # of all of them
_PLAIN = ((PLAIN, _TEXT), (LONG, _TOO_LONG), (EMPTY, _EMPTY))


@dataclass
class _Lines:
    """The lines of a chunk, [n] each: as in Scan, and each line's event and the events' times."""

    data: bytes
    start: Ints
    stop: Ints
    codes: Ints
    first: Ints
    values: Floats
    finite: bool
    order: Ints
    times: Floats

    def bytes(self, line: int) -> bytes:
        """A line without its end, no longer than lines may be."""
        begin, end = int(self.start[line]), int(self.stop[line])
        return self.data[begin : min(end, begin + LINE_BYTES)]


class LineReader:
    """Knows the skeletons that came, and the headers that hold."""

    def __init__(
        self, encoding: str, own: Sequence[OwnPattern], texts: bool, scanner: Scanner
    ) -> None:
        self._encoding = encoding
        self.own = tuple(own)
        self._texts = texts
        self._scanner = scanner
        self._headers = Headers()
        self._shapes: list[Shape] = list(_FIXED)
        self._numbers: dict[bytes, int] = {}
        self._size = 0  # bytes of all skeletons

    def scan(self, data: bytes) -> Scan:
        """The lines of ``data``; they have to be read before the next scan."""
        if self._scanner.full or len(self._numbers) > _KNOWN or self._size > _KNOWN_BYTES:
            self._scanner.forget()
            self._numbers.clear()
            self._size = 0
            del self._shapes[len(_FIXED) :]
        return self._scanner.scan(data)

    def interrupt(self) -> None:
        """The next line does not stand below the last one."""
        self._headers.interrupt()

    def read(self, data: bytes, scan: Scan, order: Ints, times: Floats, to: Gathering) -> None:
        """Tell ``to`` all lines; ``order`` [n] are their events, ``times`` the events'."""
        if not len(order):
            return
        codes = scan.code.astype(np.int64)
        lines = _Lines(
            data, scan.start, scan.stop, codes, scan.first, scan.values, scan.finite, order, times
        )
        for code, number in _PLAIN:
            codes[codes == code] = number
        if self.own:
            self._read_own(lines, to)
        self._settle(lines)
        groups = dict(_groups(codes))
        self._tell_rows(lines, groups, to)
        for code, members in groups.items():
            own = self._shapes[code]
            if own.special:
                members = self._special(own, lines, members, to)  # noqa: PLW2901
            if own.row is None:
                self._tell(own, own.columns, lines, members, to)

    def _settle(self, lines: _Lines) -> None:
        """Look at the lines one by one that have no known skeleton; their numbers go to the end."""
        slow = np.flatnonzero(lines.codes < 0).tolist()
        if not slow:
            return
        lines.first = lines.first.copy()
        more: list[float] = []
        known = len(lines.values)
        for line in slow:
            data = lines.bytes(line)
            number: int | None = None
            if lines.codes[line] == ODD:
                data, number = _odd(data, self._encoding)
            if number is None and data.startswith(b"sample:"):
                number = _SAMPLE  # their checksums make each a skeleton of its own
            if number is None:
                skeleton, values = tokens(data)
                number = self._numbers.get(skeleton)
                if number is None:
                    number = self._learn(skeleton)
                lines.first[line] = known + len(more)
                more += values
            lines.codes[line] = number
        lines.values = np.concatenate([lines.values, np.array(more, np.float64)])
        lines.finite = lines.finite and bool(np.isfinite(lines.values[known:]).all())

    def _learn(self, skeleton: bytes) -> int:
        number = len(self._shapes)
        self._shapes.append(shape(skeleton.decode(self._encoding, "replace")))
        self._numbers[skeleton] = number
        self._size += len(skeleton)
        self._scanner.learn(skeleton, number)
        return number

    def _text(self, lines: _Lines, line: int) -> str:
        return line_text(lines.bytes(line), self._encoding)

    def _read_own(self, lines: _Lines, to: Gathering) -> None:
        """Lines that a pattern of the user matches are read by the first one that does."""
        series: dict[tuple[str, str], tuple[list[int], list[float]]] = {}
        for line in np.flatnonzero((lines.codes != _EMPTY) & (lines.codes != _TOO_LONG)).tolist():
            text = self._text(lines, line)
            for pattern in self.own:
                if not (found := pattern.values(text)):
                    continue
                lines.codes[line] = _OWN
                to.count(pattern.name, 1)
                to.name(pattern.name, [name for name, _, _ in found])
                event = int(lines.order[line])
                for name, value, unit in found:
                    events, values = series.setdefault((name, unit), ([], []))
                    events.append(event)
                    values.append(value)
                break
        for (name, unit), (events, values) in series.items():
            to.add(np.array(events, np.int64), Column(0, name, unit), np.array(values))

    def _tell_rows(self, lines: _Lines, groups: dict[int, Ints], to: Gathering) -> None:
        """Rows of CSV, each with the names that hold where it stands."""
        known = {code: self._shapes[code] for code in groups}
        rows = {code: own.row for code, own in known.items() if own.row is not None}
        headers = {code: own.header for code, own in known.items() if own.header is not None}
        if not (rows or headers or self._headers.waiting):
            return
        filled = np.flatnonzero(lines.codes != _EMPTY)
        before = self._headers.found
        for code, members, columns in self._headers.columns(lines.codes[filled], headers, rows):
            own = known[code] if columns else shapes.TEXT
            self._tell(own, columns, lines, filled[members], to)
        to.count("csv header", self._headers.found - before)

    def _tell(
        self, own: Shape, columns: Sequence[Column], lines: _Lines, members: Ints, to: Gathering
    ) -> None:
        """Lines of one shape."""
        to.count(own.kind, len(members))
        if columns and len(members):
            to.name(own.kind, [column.name for column in columns])
            events, first = lines.order[members], lines.first[members]
            for column in columns:
                to.add(events, column, lines.values[first + column.slot], lines.finite)
        elif own.level and (own.level != "text" or self._texts):
            for line in members.tolist():
                event = int(lines.order[line])
                text = Text(float(lines.times[event]), own.level, self._text(lines, line).strip())
                to.texts.append((event, text))

    def _special(self, own: Shape, lines: _Lines, members: Ints, to: Gathering) -> Ints:
        """Read samples and times of layers; those that are none are handed back."""
        other = []
        ratios: list[tuple[int, float]] = []
        for line in members.tolist():
            text = self._text(lines, line).strip()
            event = int(lines.order[line])
            if own.special == "time":
                if time := layer_time(text):
                    to.layer_times.append((event, time))
                else:
                    other.append(line)
            elif found := sample(text):
                to.samples.append((event, _timed(found, float(lines.times[event]))))
                if found.ratio is not None:
                    ratios.append((event, found.ratio))
            else:
                to.garbled += 1
                other.append(line)
        to.count("layer time" if own.special == "time" else "sample", len(members) - len(other))
        if ratios:
            values = np.array([ratio for _, ratio in ratios])
            events = np.array([event for event, _ in ratios], np.int64)
            to.add(events, Column(0, "ratio"), values, finite=False)
            to.name("sample", ["ratio"])
        return np.array(other, np.int64)


def line_text(data: bytes, encoding: str) -> str:
    """A line as patterns see it: without READY and terminal sequences."""
    if data[:1] == _READY or b"\x1b" in data:
        data, _ = _odd(data, encoding)
    return data.decode(encoding, "replace")


def _odd(data: bytes, encoding: str) -> tuple[bytes, int | None]:
    """The line without READY and terminal sequences, or the number of what it is instead."""
    bare = data.lstrip(_READY)
    # In GBK that byte begins characters too.
    if len(bare) < len(data) and (not bare or encoding.lower() in {"utf-8", "utf8", "ascii"}):
        data = bare
        if not bare:
            return data, _READY_LINE
    data = _ANSI.sub(b"", data)
    return data, _NOISE if _CONTROL.search(data) else None


def _timed(found: result.Sample, time: float) -> Sample:
    label, outcome, ratio = found.label, found.result, found.ratio
    return Sample(found.index, label, outcome, ratio, found.crc, found.outputs, time)


def _groups(codes: Ints) -> Iterator[tuple[int, Ints]]:
    """The lines of each code, ascending."""
    if len(codes) == 1 or (codes[0] == codes).all():
        yield int(codes[0]), np.arange(len(codes))
        return
    order = np.argsort(codes, kind="stable")
    edges = np.flatnonzero(np.diff(codes[order])) + 1
    for members in np.split(order, edges):
        yield int(codes[members[0]]), members
