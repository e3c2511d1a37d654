"""What comes over a line, printed: as text, as bytes, or as the values recognized in it."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

from studio.monitor.batch import Batch
from studio.monitor.chunk import Chunk, Kind
from studio.monitor.recognize import Recognizer
from studio.monitor.row_text import plain
from studio.monitor.text_log import Row, TextLog

Form = Literal["text", "hex", "values"]

_MARKS: dict[Kind, str] = {"in": "", "out": ">> ", "note": "-- "}  # as in text files (export.py)
_WIDTH = 16  # bytes of a line of hexadecimal digits
_ROWS = 4096  # printed at once
_ASCII = range(0x20, 0x7F)


class Printer:
    """Hands lines to ``write``, each with its end.

    "text": lines as they come, sent ones after ``>>``, remarks after ``--``; escape sequences are
    left out, other control characters shown as U+FFFD. "hex": every byte, 16 in a line. "values":
    ``name = value unit``, in the order of time. ``stamps`` puts the local time before each, and
    ``as_json`` makes each a JSON object. Raises DataError for an unknown ``encoding``.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        form: Form = "text",
        *,
        stamps: bool = False,
        as_json: bool = False,
        encoding: str = "utf-8",
    ) -> None:
        self._write = write
        self._form = form
        self._stamps = stamps
        self._as_json = as_json
        self._encoding = encoding
        self._recognizer = Recognizer(encoding)
        self._log = TextLog()
        self._next = 0  # the first row that is not printed yet
        self._shown = 0  # bytes of it that are, since it did not go on for a moment
        self._offsets: dict[Kind, int] = {"in": 0, "out": 0, "note": 0}

    def add(self, chunk: Chunk) -> None:
        """Print what a chunk completes."""
        if self._form == "values" and chunk.kind == "in":
            self._values(self._recognizer.feed(chunk))
        elif self._form == "hex" and chunk.kind != "note":
            self._hex(chunk)
        elif self._form == "text" or chunk.kind == "note":
            self._log.add(chunk)
            self._rows(self._log.whole)

    def idle(self) -> None:
        """Nothing comes for a moment: print the line that has begun, a question perhaps."""
        row = next(iter(self._log.rows(self._log.whole, 1)), None)
        if row is None or self._as_json or len(row.data) <= self._shown:
            return
        self._write(self._text(row))
        self._shown = len(row.data)

    def close(self) -> None:
        """Nothing comes any more: print what is left."""
        if self._form == "values":
            self._values(self._recognizer.flush())
        self._rows(self._log.end)

    # -- inside

    def _rows(self, end: int) -> None:
        while self._next < end:
            rows = self._log.rows(self._next, min(_ROWS, end - self._next))
            bare = not (self._stamps or self._as_json or self._shown)
            if bare and rows and all(row.kind == "in" for row in rows):
                # All at once is much faster.
                text = plain(b"\n".join(row.data for row in rows), self._encoding)
                self._write(text + "\n")
            else:
                for row in rows:
                    self._row(row)
            self._next = min(end, self._next + _ROWS)

    def _row(self, row: Row) -> None:
        if self._as_json:
            text = plain(row.data, self._encoding)
            self._json(row.time, kind=row.kind, text=text)
        else:
            self._write(self._text(row) + "\n")
        self._shown = 0

    def _text(self, row: Row) -> str:
        """What of a row is not printed yet."""
        encoding = "utf-8" if row.kind == "note" else self._encoding
        text = plain(row.data[self._shown :], encoding)
        return text if self._shown else self._stamp(row.time) + _MARKS[row.kind] + text

    def _hex(self, chunk: Chunk) -> None:
        for first in range(0, len(chunk.data), _WIDTH):
            piece = chunk.data[first : first + _WIDTH]
            offset = self._offsets[chunk.kind]
            self._offsets[chunk.kind] = offset + len(piece)
            if self._as_json:
                self._json(chunk.time, kind=chunk.kind, offset=offset, hex=piece.hex())
                continue
            shown = "".join(chr(byte) if byte in _ASCII else "." for byte in piece)
            line = f"{offset:08x}  {piece.hex(' '):<{3 * _WIDTH}} {shown}\n"
            self._write(self._stamp(chunk.time) + _MARKS[chunk.kind] + line)

    def _values(self, batch: Batch) -> None:
        for when, name, value, unit in sorted(_told(batch), key=lambda own: own[0]):
            if self._as_json:
                number = value if isinstance(value, str) or math.isfinite(value) else None
                self._json(when, name=name, value=number, unit=unit)
            else:
                number = value if isinstance(value, str) else f"{value:.10g}"
                self._write(f"{self._stamp(when)}{name} = {number} {unit}".rstrip() + "\n")

    def _stamp(self, when: float) -> str:
        if not self._stamps:
            return ""
        return datetime.fromtimestamp(when).strftime("%H:%M:%S.%f")[:-3] + "  "

    def _json(self, when: float, **fields: object) -> None:
        self._write(json.dumps({"time": round(when, 6), **fields}, ensure_ascii=False) + "\n")


def _told(batch: Batch) -> Iterator[tuple[float, str, float | str, str]]:
    """Time, name, value and unit of everything recognized; of vectors their size and range."""
    for name, points in batch.series.items():
        for when, value in zip(points.times.tolist(), points.values.tolist(), strict=True):
            yield when, name, value, points.unit
    for vector in batch.vectors:
        values = vector.values
        span = f" {values.min()}..{values.max()}" if len(values) else ""
        yield vector.time, vector.name, f"[{len(values)}]{span}", ""


def to_terminal(text: str) -> None:
    """Write to standard output at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
