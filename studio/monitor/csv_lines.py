r"""Rows of numbers with a delimiter, and the lines above them that name the columns.

Both work on skeletons, in which ``\0`` stands for each number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.monitor.named import Column

Ints = npt.NDArray[np.int64]

_DELIMITERS = ("\t", ";", ",")  # a decimal comma is none here: a board prints points
_FIELD = re.compile(r"[^\W\d][^,;\t\0\ufffd]{0,60}")
_NONE = frozenset({"", "nan", "inf", "-inf", "+inf", "ovf", "null", "none", "-"})
_WIDEST = 512  # columns
_TABLES = 64  # of different widths


@dataclass(frozen=True)
class Header:
    """A line that names the columns of rows with this delimiter, if the very next line is one."""

    delimiter: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A row: its delimiter and, for each field, the number of its value; None for another field.

    ``numbered`` are its columns without a header; empty where a field is text, since only a header
    can tell then that this is a row at all. An empty field at the end may be none: many end each
    row with a delimiter.
    """

    delimiter: str
    slots: tuple[int | None, ...]
    open: bool
    numbered: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, int]:
        """The same for all rows of a table."""
        return self.delimiter, len(self.slots)

    def under(self, header: Header) -> bool:
        """Whether the header is one for this row."""
        least = len(self.slots) - self.open
        return header.delimiter == self.delimiter and len(header.names) in (least, len(self.slots))

    def named(self, names: tuple[str, ...]) -> tuple[Column, ...]:
        """The columns by a header's names."""
        pairs = zip(self.slots, names, strict=False)
        return tuple(Column(slot, name) for slot, name in pairs if slot is not None)


def row(text: str) -> Row | None:
    """The fields of a line with numbers; None where it is no row."""
    delimiter, fields = _fields(text)
    slots: list[int | None] = []
    count = 0
    for field in fields:
        slots.append(count if field == "\0" else None)
        count += field.count("\0")
    if not any(slot is not None for slot in slots):
        return None
    found = Row(delimiter, tuple(slots), fields[-1] == "", ())
    if not all(field == "\0" or field.lower() in _NONE for field in fields):
        return found
    names = tuple(f"column {i + 1}" for i in range(len(fields)))
    return Row(delimiter, found.slots, found.open, found.named(names))


def header(text: str) -> Header | None:
    """The header a line without numbers can be; None where it can be none."""
    delimiter, fields = _fields(text)
    if fields and fields[-1] == "":
        fields.pop()
    plain = all(_FIELD.fullmatch(field) for field in fields) and len(set(fields)) == len(fields)
    return Header(delimiter, tuple(fields)) if fields and plain else None


def _fields(text: str) -> tuple[str, list[str]]:
    """The delimiter and what it separates; nothing where there is none."""
    for delimiter in _DELIMITERS:
        if delimiter in text:
            fields = [field.strip(" \"'#") for field in text.split(delimiter)]
            return delimiter, fields if len(fields) <= _WIDEST else []
    return "", []


class Headers:
    """The headers that hold, over any number of batches of lines."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, int], tuple[str, ...]] = {}
        self._pending: Header | None = None
        self.found = 0  # headers so far

    @property
    def waiting(self) -> bool:
        """Whether the last line may have been a header."""
        return self._pending is not None

    def interrupt(self) -> None:
        """The next line does not stand below the last one."""
        self._pending = None

    def columns(
        self, codes: Ints, headers: Mapping[int, Header], rows: Mapping[int, Row]
    ) -> Iterator[tuple[int, Ints, tuple[Column, ...]]]:
        """For each kind of row, its lines and their columns, before and after each header.

        ``codes`` [n] say what the lines are that are not empty; ``headers`` and ``rows`` tell of
        some. Has to be called (and read to its end) for every batch, since lines come between.
        """
        if not len(codes):
            return
        changes = self._changes(codes, headers, rows)
        self._pending = headers.get(int(codes[-1]))
        self.found += len(changes)
        before = dict(self._names)
        for code, own in rows.items():
            lines = np.flatnonzero(codes == code)
            names, begin = before.get(own.key), 0
            for line, key, new in [*changes, (len(codes), own.key, ())]:
                if key != own.key:
                    continue
                end = int(np.searchsorted(lines, line))
                if end > begin:
                    columns = own.numbered if names is None else own.named(names)
                    yield code, lines[begin:end], columns
                names, begin = new, end
        for _, key, new in changes:
            if len(self._names) < _TABLES or key in self._names:
                self._names[key] = new

    def _changes(
        self, codes: Ints, headers: Mapping[int, Header], rows: Mapping[int, Row]
    ) -> list[tuple[int, tuple[str, int], tuple[str, ...]]]:
        """Lines from which on a table has new names."""
        changes = []
        known: list[tuple[int, Header]] = []
        if self._pending is not None:
            known.append((0, self._pending))
        if headers and rows:
            places = np.flatnonzero(np.isin(codes[:-1], list(headers))) + 1
            places = places[np.isin(codes[places], list(rows))]
            known += [(place, headers[int(codes[place - 1])]) for place in places.tolist()]
        for place, own in known:
            below = rows.get(int(codes[place]))
            if below is not None and below.under(own):
                changes.append((place, below.key, own.names))
        return changes
