"""Painting lines of the terminal: every character in its cell, only what is visible."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from studio.monitor.row_text import WRONG, RowText
from studio.ui import terminal_colours, theme

if TYPE_CHECKING:
    from rich.style import Style

    from studio.ui.terminal_lines import Line

Stamps = Literal["off", "time", "start", "delta"]
STAMPS: tuple[Stamps, ...] = ("off", "time", "start", "delta")
STAMP_CELLS = 13
GAP = 1  # cell between the stamps and the text


@dataclass(frozen=True)
class Ink:
    """How characters look."""

    colour: QColor
    ground: QColor | None = None
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


def stamp(mode: Stamps, line: Line, began: float) -> str:
    """The time of a line: of the day, since ``began``, or since the line before, in seconds."""
    match mode:
        case "time":
            return time.strftime("%H:%M:%S", time.localtime(line.time)) + f".{_milli(line.time)}"
        case "start":
            return f"{line.time - began:.3f}"
        case "delta":
            return "" if line.before is None else f"+{line.time - line.before:.3f}"
    return ""


def _milli(seconds: float) -> str:
    return f"{int(seconds * 1000) % 1000:03d}"


class LinePaint:
    """Measures and paints lines in one font and the current theme's colours."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._fonts = {(False, False): font}
        self._metrics = metrics = QFontMetricsF(font)
        self._spaces: dict[str, float] = {}  # of characters beyond ASCII
        # Of many: a single one may be rounded.
        self.cell = metrics.horizontalAdvance("0" * 64) / 64
        self.height = max(1, round(metrics.lineSpacing()))
        self._ascent = metrics.ascent() + (self.height - metrics.height()) / 2
        # A font that is not of one width after all: each character is put in its cell.
        self._uniform = abs(metrics.horizontalAdvance("i" * 64) / 64 - self.cell) < 0.01
        colours = theme.current()
        self.base = QColor(colours.base)
        self._base, self._text = colours.base, colours.text
        self.muted = QColor(colours.muted)
        self.inks = {
            "in": Ink(QColor(colours.text)),
            "out": Ink(QColor(colours.accent)),
            "note": Ink(QColor(colours.muted), italic=True),
        }
        self.selected = QColor(colours.accent)
        self.on_selected = Ink(QColor(colours.on_accent))
        self.found = QColor(colours.warning)
        self.found.setAlphaF(0.35)
        self._styles: dict[Style, Ink] = {}

    def stamp(self, painter: QPainter, text: str, y: float) -> None:
        """A time stamp at the right of its column."""
        painter.setFont(self.font)
        painter.setPen(self.muted)
        x = (STAMP_CELLS - len(text)) * self.cell
        painter.drawText(QPointF(x, y + self._ascent), text)

    def note(self, painter: QPainter, text: str, x: float, y: float) -> None:
        """A remark of ours in the place of a line."""
        painter.setFont(self._font(bold=False, italic=True))
        painter.setPen(self.muted)
        painter.drawText(QPointF(x, y + self._ascent), text)

    def line(
        self,
        painter: QPainter,
        line: Line,
        place: QPointF,
        cells: tuple[int, int],
        found: list[tuple[int, int]],
        selected: tuple[int, int] | None,
    ) -> None:
        """A line's cells from ``cells[0]`` to ``cells[1]``, the first at ``place``."""
        row = line.text
        first = row.character(cells[0])
        last = min(len(row.text), row.character(cells[1]) + 1)
        x = place.x() - cells[0] * self.cell
        pieces = self._pieces(line, first, last, selected)
        for start, stop, ink in pieces:
            if ink.ground is not None:
                painter.fillRect(self._box(row, x, place.y(), start, stop), ink.ground)
        for start, stop in found:
            if stop > first and start < last:
                painter.fillRect(self._box(row, x, place.y(), start, stop), self.found)
        if selected is not None:
            self._select(painter, row, x, place.y(), selected, (first, last))
        for start, stop, ink in pieces:
            painter.setFont(self._font(bold=ink.bold, italic=ink.italic))
            painter.setPen(ink.colour)
            self._characters(painter, row, start, stop, QPointF(x, place.y() + self._ascent))
            if ink.underline or ink.strike:
                box = self._box(row, x, place.y(), start, stop)
                y = box.bottom() - 1.5 if ink.underline else box.center().y()
                painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    # -- inside

    def _select(
        self,
        painter: QPainter,
        row: RowText,
        x: float,
        y: float,
        selected: tuple[int, int],
        visible: tuple[int, int],
    ) -> None:
        start, stop = max(selected[0], visible[0]), min(selected[1], len(row.text))
        box = self._box(row, x, y, start, max(start, stop))
        if selected[1] > len(row.text):
            box.setRight(box.right() + self.cell / 2)  # its end is selected too
        painter.fillRect(box, self.selected)

    def _box(self, row: RowText, x: float, y: float, start: int, stop: int) -> QRectF:
        left, right = row.cell(start), row.cell(stop)
        return QRectF(x + left * self.cell, y, (right - left) * self.cell, self.height)

    def _pieces(
        self, line: Line, first: int, last: int, selected: tuple[int, int] | None
    ) -> list[tuple[int, int, Ink]]:
        """Visible characters of one look each, in order."""
        plain = self.inks[line.kind]
        low, high = selected or (0, 0)
        if not line.text.styles and selected is None:
            return [(first, last, plain)] if last > first else []
        marks = {first, last, low, high}
        for start, stop, _ in line.text.styles:
            marks |= {start, stop}
        edges = sorted(mark for mark in marks if first <= mark <= last)
        found = []
        styles = iter(line.text.styles)
        style = next(styles, None)
        for start, stop in itertools.pairwise(edges):
            while style is not None and style[1] <= start:
                style = next(styles, None)
            ink = plain
            if low <= start < high:
                ink = self.on_selected
            elif style is not None and style[0] <= start:
                ink = self._ink(style[2])
            found.append((start, stop, ink))
        return found

    def _characters(
        self, painter: QPainter, row: RowText, start: int, stop: int, place: QPointF
    ) -> None:
        text, places = row.text, row.places
        if WRONG in text:
            self._wrong(painter, row, start, stop, place)
            text = text.replace(WRONG, " ")
        if places is None and self._uniform:
            at = QPointF(place.x() + start * self.cell, place.y())
            painter.drawText(at, text[start:stop])
            return
        # Together what stands where the font puts it, and what needs the same more space.
        begin, space = start, self._space(row, text, start) if start < stop else 0.0
        for end in range(start + 1, stop + 1):
            if end < stop and row.cell(end + 1) == row.cell(end):
                continue  # a mark stands on what is before it
            after = self._space(row, text, end) if end < stop else None
            if after == space and self._uniform and space is not None:
                continue
            if not text[begin:end].isspace():
                at = QPointF(place.x() + row.cell(begin) * self.cell, place.y())
                self._spaced(painter, at, text[begin:end], space)
            begin, space = end, after

    def _wrong(
        self, painter: QPainter, row: RowText, start: int, stop: int, place: QPointF
    ) -> None:
        """A box for each character that cannot be shown: fonts have none of a cell's size."""
        width, height = 0.6 * self.cell, 0.6 * self._ascent
        y = place.y() - height
        boxes = [
            QRectF(place.x() + (row.cell(at) + 0.2) * self.cell, y, width, height)
            for at in range(start, stop)
            if row.text[at] == WRONG
        ]
        painter.drawRects(boxes)

    def _space(self, row: RowText, text: str, place: int) -> float | None:
        """Pixels a character's cells have more than its glyph; None: it stands alone."""
        character = text[place]
        if character.isascii():
            return None if character == "\t" else 0.0
        if character not in self._spaces:
            cells = row.cell(place + 1) - row.cell(place)
            self._spaces[character] = round(
                cells * self.cell - self._metrics.horizontalAdvance(character), 2
            )
        return self._spaces[character]

    def _spaced(self, painter: QPainter, at: QPointF, text: str, space: float | None) -> None:
        if not space:
            painter.drawText(at, text)
            return
        font = painter.font()
        wider = QFont(font)
        wider.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, space)
        painter.setFont(wider)
        painter.drawText(QPointF(at.x() + space / 2, at.y()), text)
        painter.setFont(font)

    def _ink(self, style: Style) -> Ink:
        if style not in self._styles:
            colour, ground = terminal_colours.text_colours(style, self._base, self._text)
            if style.dim:
                colour = self.muted
            if style.conceal:
                colour = ground or self.base
            self._styles[style] = Ink(
                colour,
                ground,
                bool(style.bold),
                bool(style.italic),
                bool(style.underline),
                bool(style.strike),
            )
        return self._styles[style]

    def _font(self, *, bold: bool, italic: bool) -> QFont:
        if (bold, italic) not in self._fonts:
            font = QFont(self.font)
            font.setBold(bold)
            font.setItalic(italic)
            self._fonts[bold, italic] = font
        return self._fonts[bold, italic]
