"""What is shown of received bytes: characters, their colours, and the cells they stand in."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.monitor.text_log import BYTES, TextLog

if TYPE_CHECKING:
    from rich.ansi import AnsiDecoder
    from rich.style import Style

TAB = 8  # cells
_TABS = 500  # of a row; with more, each takes one cell
WRONG = "\N{REPLACEMENT CHARACTER}"
_ESCAPE = "\x1b"
_PLAIN = bytes(range(32, 127)) + b"\t\n"  # bytes that are shown as they are
# Sequences that rich does not know, or whose contents it would show.
_OTHER = re.compile(r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[ #%(-/][ -~]")
# Everything that would move, hide or turn around what stands beside it, but tab, LF, CR and ESC.
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_LAST_RETURNS = re.compile(r"(?<!\r)\r+$", re.MULTILINE)
_OVERWRITTEN = re.compile(r"^[^\n]*\r", re.MULTILINE)

_COLOURS = re.compile(rb"\x1b\[[0-9;]*m")

Styles = tuple[tuple[int, int, "Style"], ...]


@dataclass(frozen=True, slots=True)
class RowText:
    """The characters of a row, the styles of parts of it, and the cell each character begins in.

    ``places`` has one more, where the next character would be; None: each takes one cell.
    """

    text: str
    styles: Styles = ()
    places: tuple[int, ...] | None = None

    @property
    def cells(self) -> int:
        """How many cells it takes."""
        return len(self.text) if self.places is None else self.places[-1]

    def cell(self, character: int) -> int:
        """Where a character begins."""
        return character if self.places is None else self.places[character]

    def character(self, cell: int) -> int:
        """The character whose beginning is nearest to a cell's beginning, from the left."""
        if self.places is None:
            return max(0, min(cell, len(self.text)))
        return max(0, min(bisect.bisect_right(self.places, cell) - 1, len(self.text)))


def plain(data: bytes, encoding: str) -> str:
    """The characters shown of one or many lines: no escape sequences, and no line's older text.

    A carriage return begins the line again; other control characters and broken bytes are WRONG.
    """
    data = data.replace(b"\r\n", b"\n").rstrip(b"\r")
    if not data.translate(None, _PLAIN):
        return data.decode("ascii")
    text = _clean(data, encoding)
    if _ESCAPE in text:
        from rich.ansi import re_ansi  # noqa: PLC0415 - slow to import

        text = re_ansi.sub("", text).replace(_ESCAPE, WRONG)
    if "\r" in text:
        text = _OVERWRITTEN.sub("", _LAST_RETURNS.sub("", text))
    return text


def row_text(data: bytes, encoding: str, decoder: AnsiDecoder | None = None) -> RowText:
    """Of one row; with a ``decoder``, which remembers the style of the rows before, in colours."""
    if decoder is None:
        text = plain(data, encoding)
        return RowText(text, (), places(text))
    text, styles = "", []
    # Colours set in what is overwritten hold for what overwrites it.
    for part in _clean(data, encoding).split("\r"):
        shown = decoder.decode_line(part)
        if shown.plain:
            text = shown.plain.replace(_ESCAPE, WRONG)
            styles = [
                (span.start, span.end, span.style)
                for span in shown.spans
                if not isinstance(span.style, str)
            ]
    return RowText(text, tuple(styles), places(text))


def places(text: str) -> tuple[int, ...] | None:
    """The cell each character begins in, and the one after all; None where each takes one."""
    if text.count("\t") > _TABS:
        text = text.replace("\t", " ")
    if text.isascii() and "\t" not in text:
        return None
    from rich.cells import get_character_cell_size  # noqa: PLC0415 - slow to import

    found = [0]
    for place, part in enumerate(text.split("\t")):
        if place:
            found.append(found[-1] + TAB - found[-1] % TAB)
        found += itertools.accumulate(map(get_character_cell_size, part), initial=found.pop())
    return tuple(found)


def lines(
    log: TextLog, first: int, count: int, encoding: str, size: int = BYTES
) -> tuple[int, int, str]:
    """Rows that are there of those asked for: the first's number, how many, and their text.

    Each is a line of the text, the last without its line feed. About ``size`` bytes at most.
    """
    number, spans, data = log.spans(first, count, size)
    gaps = spans[1:, 0] - spans[:-1, 1]
    if data.count(b"\n") != len(gaps) or not (gaps == 1).all():
        data = b"\n".join(data[start:stop].replace(b"\n", b" ") for start, stop in spans.tolist())
    return number, len(spans), plain(data, encoding)


def copied(log: TextLog, first: int, count: int, encoding: str) -> str:
    """The text of rows as it leaves the program: whole lines, each with its line feed."""
    return plain(log.lines_of(first, count), encoding)


def colours(data: bytes) -> list[str]:
    """The escape sequences in ``data`` that set colours."""
    return [found.decode("ascii") for found in _COLOURS.findall(data)]


def _clean(data: bytes, encoding: str) -> str:
    """Decoded, with nothing left in it that rich's decoder would stumble over."""
    text = data.decode(encoding, "replace")
    if _ESCAPE in text:
        text = _OTHER.sub("", text).replace("\x1b]", WRONG + "]")
    return _CONTROL.sub(WRONG, text)
