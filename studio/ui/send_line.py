"""The line a user types what is to be sent into, with what was sent before."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from studio.monitor.lines_out import History
from studio.ui import theme
from studio.ui.layouts import Store
from studio.ui.widgets import named

_KEY = "send/history"
_KEPT = 2000  # characters of an entry that is kept between starts


class SendLine(QLineEdit):
    """Up and Down go through what was sent and begins like what is typed.

    ``entered``: Enter, with whether the text is to stay (Ctrl+Enter). Escape empties the line.
    """

    entered = Signal(bool)

    def __init__(self, store: Store) -> None:
        super().__init__()
        named(self, "send-text")
        self.setFont(theme.mono())
        self._store = store
        self._history = _read(store.entries(_KEY))
        self._typed = ""
        self._place = -1  # in what matches; -1 is what was typed
        self.textEdited.connect(self._on_edited)

    def sent(self, *, stay: bool) -> None:
        """What the line holds was sent: remember it, and make room for the next."""
        self._history = self._history.added(self.text())
        kept = [entry for entry in self._history.entries if len(entry) <= _KEPT]
        self._store.set_entries(_KEY, kept)
        self._begin("")
        if stay:
            self.selectAll()
        else:
            self.clear()

    def forget(self) -> None:
        """Remember nothing of what was sent."""
        self._history = History()
        self._store.set_entries(_KEY, [])
        self._begin("")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Enter, Escape and the history; everything else is the line's."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif key == Qt.Key.Key_Up and plain:
            self._walk(1)
        elif key == Qt.Key.Key_Down and plain:
            self._walk(-1)
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._begin("")
        else:
            super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        if self._place < 0:
            self._typed = self.text()
        found = [entry for entry in self._history.matching(self._typed) if entry != self._typed]
        self._place = max(-1, min(self._place + step, len(found) - 1))
        self.setText(self._typed if self._place < 0 else found[self._place])

    def _on_edited(self, text: str) -> None:
        self._begin(text)

    def _begin(self, typed: str) -> None:
        self._typed, self._place = typed, -1


def _read(entries: list[Any]) -> History:
    history = History()
    for entry in entries:
        if isinstance(entry, str):
            history = history.added(entry)
    return history
