"""Selecting in the terminal by mouse and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.ui.terminal_select import Place, Selection, word

if TYPE_CHECKING:
    from studio.ui.terminal_view import TerminalView

_TICK = 30  # milliseconds between two steps beyond the edge
_BEYOND = 12  # pixels beyond it for a line more in a step
_CELLS = 8  # that left and right scroll
_FAST = 20  # lines a step at most
_Key = Qt.Key


class Mouse:
    """Changes the selection of ``view`` as the user drags and types."""

    def __init__(self, view: TerminalView) -> None:
        self._view = view
        self.pressed = False
        self._unit = 1  # clicks: character, word, line
        self._origin = Selection()  # what was clicked first
        self._point = QPointF()
        self._clicked = 0.0, QPointF()
        self._scroll = QTimer(view, interval=_TICK)
        self._scroll.timeout.connect(self._go_on)

    # -- mouse

    def press(self, event: QMouseEvent) -> None:
        """Begin at a character; the third click takes the line."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        view = self._view
        self.pressed = True
        self._point = event.position()
        place = view.place_at(event.position())
        before, where = self._clicked
        near = (event.position() - where).manhattanLength() < QApplication.startDragDistance()
        third = event.timestamp() - before < QApplication.doubleClickInterval() and near
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._unit = 1
            self._origin = Selection(view.selection.anchor, view.selection.anchor)
        else:
            self._unit = 3 if third and before else 1
            self._origin = self._around(place)
        self._extend(place)

    def double(self, event: QMouseEvent) -> None:
        """Take a word."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed = True
            self._clicked = event.timestamp(), event.position()
            self._unit = 2
            self._point = event.position()
            place = self._view.place_at(event.position())
            self._origin = self._around(place)
            self._extend(place)

    def move(self, event: QMouseEvent) -> None:
        """Extend to a character; beyond the edge, scroll."""
        if not self.pressed:
            return
        self._point = event.position()
        self._extend(self._view.place_at(self._point))
        inside = self._view.viewport().rect().contains(self._point.toPoint())
        if not inside and not self._scroll.isActive():
            self._scroll.start()
        elif inside:
            self._scroll.stop()

    def release(self, event: QMouseEvent) -> None:
        """What is selected stays where it is."""
        if event.button() == Qt.MouseButton.LeftButton and self.pressed:
            self.pressed = False
            self._scroll.stop()
            if not self._view.selection.empty:
                self._view.stop_following()
            self._view.refresh()

    def _go_on(self) -> None:
        view, area = self._view, self._view.viewport().rect()
        down = _beyond(self._point.y(), area.top(), area.bottom())
        across = _beyond(self._point.x(), area.left(), area.right())
        if down:
            view.scroll_to(view.top + down)
        bar = view.horizontalScrollBar()
        bar.setValue(bar.value() + across)
        self._extend(view.place_at(self._point))

    def _extend(self, place: Place) -> None:
        there = self._around(place)
        if there.start < self._origin.start:
            self._view.select(Selection(self._origin.stop, there.start))
        else:
            self._view.select(Selection(self._origin.start, there.stop))

    def _around(self, place: Place) -> Selection:
        """The character's place, its word, or its line."""
        number, character = place
        if self._unit == 1:
            return Selection(place, place)
        found = self._view.lines.get(number, 1)
        text = found[0].text.text if found else ""
        left, right = (0, len(text)) if self._unit > 2 else word(text, character)
        return Selection((number, left), (number, right))

    # -- keys

    def key(self, event: QKeyEvent) -> bool:
        """Scroll, or with Shift extend the selection; whether it was a key for that."""
        view, key = self._view, event.key()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == _Key.Key_Space:
            view.pause_wanted.emit()
            return True
        if key == _Key.Key_Escape and not view.selection.empty:
            view.select(Selection(view.selection.head, view.selection.head))
            return True
        if shift:
            return self._select_by(key, control=control)
        page = max(1, view.page - 1)
        steps = {
            _Key.Key_Up: -1, _Key.Key_Down: 1, _Key.Key_PageUp: -page, _Key.Key_PageDown: page,
        }  # fmt: skip
        bar = view.horizontalScrollBar()
        if key in steps:
            view.scroll_to(view.top + steps[_Key(key)])
        elif key in (_Key.Key_Left, _Key.Key_Right):
            bar.setValue(bar.value() + (_CELLS if key == _Key.Key_Right else -_CELLS))
        elif key == _Key.Key_Home:
            bar.setValue(0)
            view.scroll_to(view.lines.first)
        elif key == _Key.Key_End:
            view.follow()
        else:
            return False
        return True

    def _select_by(self, key: int, *, control: bool) -> bool:
        view = self._view
        number, character = view.selection.head
        first, last = view.lines.first, max(view.lines.first, view.lines.end - 1)
        if not first <= number <= last:
            number, character = min(max(view.top, first), last), 0
            view.select(Selection((number, 0), (number, 0)))
        steps = {
            _Key.Key_Up: -1, _Key.Key_Down: 1, _Key.Key_PageUp: -view.page,
            _Key.Key_PageDown: view.page,
        }  # fmt: skip
        if key in steps:
            number = min(max(number + steps[_Key(key)], first), last)
            character = min(character, view.length(number))
        elif key == _Key.Key_Left:
            if character > 0:
                character -= 1
            elif number > first:
                number, character = number - 1, view.length(number - 1)
        elif key == _Key.Key_Right:
            if character < view.length(number):
                character += 1
            elif number < last:
                number, character = number + 1, 0
        elif key == _Key.Key_Home:
            number, character = (first if control else number), 0
        elif key == _Key.Key_End:
            number = last if control else number
            character = view.length(number)
        else:
            return False
        view.stop_following()
        view.select(Selection(view.selection.anchor, (number, character)))
        view.show_place((number, character))
        return True


def _beyond(value: float, low: int, high: int) -> int:
    """Steps to scroll for a place beyond the edges: 0 within them."""
    over = value - high if value > high else min(0.0, value - low)
    if not over:
        return 0
    size = min(_FAST, 1 + int(abs(over) / _BEYOND))
    return size if over > 0 else -size
