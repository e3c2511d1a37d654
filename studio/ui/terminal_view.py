"""The terminal's text: only what is visible is fetched and painted, however much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolButton

from studio.ui import theme
from studio.ui.terminal_mouse import Mouse
from studio.ui.terminal_paint import GAP, STAMP_CELLS, LinePaint, Stamps, stamp
from studio.ui.terminal_select import Place, Selection
from studio.ui.widgets import named

if TYPE_CHECKING:
    from studio.monitor.log_search import Pattern
    from studio.ui.terminal_lines import Line, Lines

_MARGIN = 6  # pixels at the left
_ZOOMS = range(-5, 16)  # points
_NARROW = 400  # pixels, below which the button has no text
_MATCHES = 2000  # marked in a frame


class TerminalView(QAbstractScrollArea):
    """Shows ``lines``; ``top`` is the number of the first one that is visible.

    Follows the end until the user scrolls up. ``refresh`` after more came.
    """

    following_changed = Signal(bool)
    selection_changed = Signal()
    pause_wanted = Signal()
    zoomed = Signal(int)

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self.lines = lines
        self.pattern: Pattern | None = None  # what is marked
        self.stamps: Stamps = "off"
        self.selection = Selection()
        self.top = lines.first
        self.following = True
        self.zoom = 0
        self._widest = 0
        self._shown: tuple[object, ...] = ()  # what the visible lines depend on
        self._setting = False  # whether the bars are moved by us
        self._header = False  # whether a note stands above the first line
        self._paint = LinePaint(theme.mono())
        self._mouse = Mouse(self)
        self.jump = named(QToolButton(self.viewport()), "jump")
        self.jump.setProperty("role", "tool")
        self.jump.setText(self.tr("To the end"))
        self.jump.setToolTip(self.tr("Show the newest text, and follow it (End)"))
        self.jump.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.jump.setCursor(Qt.CursorShape.ArrowCursor)
        self.jump.clicked.connect(self.follow)
        self.jump.hide()
        self.setAccessibleName(self.tr("What the board says"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        self._recolour()

    # -- what the terminal calls

    def set_lines(self, lines: Lines, top: int | None = None) -> None:
        """Show others, from ``top`` on, or following the end (None)."""
        self.lines = lines
        self.selection = Selection()
        self._widest = 0
        if top is None:
            self._set_following(True)
        else:
            self._set_following(False)
            self.top = top
        self.selection_changed.emit()
        self.refresh()

    def exchange(self, lines: Lines) -> None:
        """Show the same lines out of another log with the same numbers."""
        self.lines = lines
        self.refresh()

    def refresh(self) -> None:
        """Lines came or went."""
        first, end = self.lines.first, self.lines.end
        last = max(first, end - self.page)
        following = self.following and not self._mouse.pressed
        self.top = last if following else min(max(self.top, first), max(last, first))
        gone = self.lines.log.first > self.lines.log.began
        # It must not push out the last line of those that are followed.
        room = not self.following or end - self.top < self.page
        self._header = gone and self.top <= first and room
        self._set_bars(first, end)
        below = self.top + self.page + 2
        size = self.lines.log.size if end <= below else 0
        shown = (self.lines, self.top, self._header, min(end, below), size)
        if shown != self._shown:
            self._shown = shown
            self.viewport().update()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._set_following(True)
        self.refresh()

    def scroll_to(self, top: int) -> None:
        """Let ``top`` be the first visible line; at the end of all, follow it."""
        first, last = self.lines.first, max(self.lines.first, self.lines.end - self.page)
        self.top = min(max(top, first), last)
        self._set_following(self.top >= last and not self._mouse.pressed)
        self.refresh()

    def show_place(self, place: Place) -> None:
        """Scroll so that a character is visible, with lines around it where it was not."""
        number, character = place
        if not self.top <= number < self.top + self.page:
            self.scroll_to(number - self.page // 2)
        for line in self.lines.get(number, 1):
            cell = line.text.cell(min(character, len(line.text.text)))
            bar = self.horizontalScrollBar()
            if not bar.value() <= cell < bar.value() + self.columns - 1:
                self._widest = max(self._widest, line.text.cells)
                self._set_bars(self.lines.first, self.lines.end)
                bar.setValue(max(0, cell - self.columns // 2))
        self._set_following(False)

    def select(self, selection: Selection) -> None:
        """Select these characters."""
        if selection != self.selection:
            self.selection = selection
            self.selection_changed.emit()
            self.viewport().update()

    def select_all(self) -> None:
        """Select every line there is now."""
        end = self.lines.end
        if end > self.lines.first:
            self.select(Selection((self.lines.first, 0), (end - 1, self.length(end - 1))))
            self._set_following(False)

    def set_zoom(self, zoom: int) -> None:
        """Larger or smaller type, by points."""
        zoom = min(max(zoom, _ZOOMS[0]), _ZOOMS[-1])
        if zoom != self.zoom:
            self.zoom = zoom
            self._recolour()
            self.zoomed.emit(zoom)

    def set_stamps(self, stamps: Stamps) -> None:
        """Which times stand before the lines."""
        self.stamps = stamps
        self.refresh()
        self.viewport().update()

    # -- geometry

    @property
    def page(self) -> int:
        """Whole lines that are visible."""
        return max(1, self.viewport().height() // self._paint.height)

    @property
    def columns(self) -> int:
        """Whole cells that are visible of a line."""
        return max(1, int((self.viewport().width() - self._left) / self._paint.cell))

    @property
    def _left(self) -> float:
        """Where text begins."""
        stamps = (STAMP_CELLS + GAP) * self._paint.cell if self.stamps != "off" else 0
        return _MARGIN + stamps

    def length(self, number: int) -> int:
        """Characters of a line."""
        found = self.lines.get(number, 1)
        return len(found[0].text.text) if found else 0

    def place_at(self, point: QPointF) -> Place:
        """The character at a point; beyond a line, its end."""
        down = int(point.y() // self._paint.height) - self._header
        number = min(max(self.top + down, self.lines.first), max(self.lines.first, self.lines.end))
        found = self.lines.get(number, 1)
        if not found:
            return number, 0
        across = (point.x() - self._left) / self._paint.cell + self.horizontalScrollBar().value()
        return number, found[0].text.character(max(0, int(across + 0.5)))

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """A few lines."""
        return QSize(theme.px(400), 12 * self._paint.height)

    # -- Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the visible lines."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._paint.base)
        height, left = self._paint.height, self._left
        # Where the end is followed, what came since must not stand half visible below it.
        lines = self.lines.get(self.top, self.page + (not self.following) - self._header)
        y = 0
        if self._header:
            note = self.tr("Older text is not kept here; it is in the recording.")
            self._paint.note(painter, note, _MARGIN, 0)
            y = height
        scrolled = self.horizontalScrollBar().value()
        cells = (scrolled, scrolled + self.columns + 1)
        widest, marks = self._widest, _MATCHES
        began = self._began() if self.stamps == "start" else 0.0
        for line in lines:
            if self.stamps != "off":
                painter.save()
                painter.translate(_MARGIN, 0)
                self._paint.stamp(painter, stamp(self.stamps, line, began), y)
                painter.restore()
            found = []
            if self.pattern is not None and marks:
                until = line.text.character(cells[1]) + 1
                found = self.pattern.spans(line.text.text, marks, until)
                marks -= len(found)
            selected = self.selection.within(line.number, len(line.text.text))
            self._paint.line(painter, line, QPointF(left, y), cells, found, selected)
            widest = max(widest, line.text.cells)
            y += height
        painter.end()
        if widest != self._widest:
            self._widest = widest
            self._set_bars(self.lines.first, self.lines.end)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Stay at the end, or at the same first line."""
        super().resizeEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Take the new theme's colours, or the new font."""
        super().changeEvent(event)
        kinds = (QEvent.Type.PaletteChange, QEvent.Type.ApplicationFontChange)
        if event.type() in kinds and hasattr(self, "jump"):
            self._recolour()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        """Scroll; with Ctrl zoom."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            down = event.angleDelta().y()
            self.set_zoom(self.zoom + (1 if down > 0 else -1 if down < 0 else 0))
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Scroll, and with Shift select."""
        if not self._mouse.key(event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin a selection."""
        self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Extend it."""
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """End it."""
        self._mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Select a word."""
        self._mouse.double(event)

    # -- inside

    def stop_following(self) -> None:
        """Stay where it is."""
        self._set_following(False)

    def _set_following(self, following: bool) -> None:
        if following != self.following:
            self.following = following
            self.following_changed.emit(following)
        self.jump.setVisible(not following)
        self._place_jump()

    def _on_scroll(self, value: int) -> None:
        if not self._setting:
            self.scroll_to(self.lines.first + value)

    def _set_bars(self, first: int, end: int) -> None:
        upright, level = self.verticalScrollBar(), self.horizontalScrollBar()
        self._setting = True
        upright.setPageStep(self.page)
        upright.setRange(0, max(0, end - first - self.page))
        upright.setValue(self.top - first)
        level.setPageStep(self.columns)
        level.setRange(0, max(0, self._widest + 1 - self.columns))
        self._setting = False
        self._place_jump()

    def _place_jump(self) -> None:
        if self.jump.isVisibleTo(self.viewport()):
            gap = theme.px(8)
            narrow = self.viewport().width() < theme.px(_NARROW)
            style = Qt.ToolButtonStyle
            self.jump.setToolButtonStyle(
                style.ToolButtonIconOnly if narrow else style.ToolButtonTextBesideIcon
            )
            self.jump.adjustSize()
            size = self.jump.size()
            area = self.viewport().rect()
            self.jump.move(area.right() - size.width() - gap, area.bottom() - size.height() - gap)

    def _began(self) -> float:
        rows = self.lines.log.rows(self.lines.log.first, 1)
        return rows[0].time if rows else 0.0

    def _recolour(self) -> None:
        font = theme.mono()
        if font.pointSizeF() > 0:
            font.setPointSizeF(max(4.0, font.pointSizeF() + self.zoom))
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setKerning(False)
        self._paint = LinePaint(font)
        self.jump.setIcon(theme.icon("down"))
        self.refresh()
        self.viewport().update()

    def shown(self, first: int, count: int) -> list[Line]:
        """The lines as they are painted, from the ``first`` one that is kept on."""
        return self.lines.get(self.lines.first + first, count)
