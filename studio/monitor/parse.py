"""Serial bytes to lines, and the values lines tell."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

LINE_BYTES = 4096  # longer lines are cut: one of a million characters froze other monitors

_END = re.compile(rb"\r\n|\n|\r")
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
# A name starts with a letter and may hold blanks. A number ends with the line, a comma, a unit
# or the next name; several numbers in a row are a list and belong to no one name.
_VALUE = re.compile(
    rf"(?:^|(?<=[\s,;>|]))([^\W\d][^,;:=|\t]{{0,60}}?)\s*[:=]\s*({_NUMBER})"
    r"(?=\s*$|\s*[,;|%]|\s+[^\s\d.+\-])"
)


@dataclass(frozen=True)
class Line:
    """One line without its end. ``cut`` is set where it was longer than LINE_BYTES."""

    text: str
    cut: bool = False

    @cached_property
    def values(self) -> dict[str, float]:
        """The named numbers in it; see ``values``."""
        return values(self.text)


class LineParser:
    """Collects bytes into lines; CR, LF and CRLF end one."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._after_cr = False

    def feed(self, data: bytes) -> list[Line]:
        """The lines that ``data`` completes; bytes that are no UTF-8 become U+FFFD."""
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]  # the other half of a CRLF
            self._after_cr = False
        if not data:
            return []
        self._after_cr = data.endswith(b"\r")
        *whole, rest = _END.split(data)
        lines: list[Line] = []
        for piece in whole:
            self._rest += piece
            self._cut(lines)
            lines.append(Line(self._take(len(self._rest))))
        self._rest += rest
        self._cut(lines)
        return lines

    def flush(self) -> list[Line]:
        """The unfinished line, when the stream has ended."""
        return [Line(self._take(len(self._rest)))] if self._rest else []

    def _cut(self, lines: list[Line]) -> None:
        while len(self._rest) > LINE_BYTES:
            size = LINE_BYTES
            while size > LINE_BYTES - 4 and self._rest[size] & 0xC0 == 0x80:
                size -= 1  # not inside a character
            lines.append(Line(self._take(size), cut=True))

    def _take(self, size: int) -> str:
        text = self._rest[:size].decode("utf-8", "replace")
        del self._rest[:size]
        return text


def values(line: str) -> dict[str, float]:
    """Named numbers of a line: ``name:value,name2:value2``, ``name: value``, ``name=value``.

    Names may hold blanks (``correct ratio:0.97``), values a unit behind them (``T: 12 us``).
    What is no finite decimal number (a checksum, a list) is left out.
    """
    found = {name.rstrip(): float(number) for name, number in _VALUE.findall(line)}
    return {name: number for name, number in found.items() if math.isfinite(number)}
