"""The command palette: every action, panel and layer, found by typing a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme
from studio.ui.fuzzy import match
from studio.ui.palette_row import RowDelegate
from studio.ui.widgets import muted, named

_WIDTH = 620
_ROWS = 11
_TOP = 48  # pixels below the window's upper edge
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Entry:
    """One line: what it does, under which heading, its shortcut, and how to do it."""

    text: str
    category: str
    run: Callable[[], object]
    shortcut: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class Row:
    """An entry that matches, with the places of its text that do."""

    entry: Entry
    places: tuple[int, ...] = ()


def search(entries: Sequence[Entry], query: str) -> list[Row]:
    """The entries that match ``query``, the best first; those that can be used before others."""
    found = []
    for number, entry in enumerate(entries):
        direct = match(query, entry.text)
        if direct is not None:
            found.append((not entry.enabled, False, -direct[0], number, Row(entry, direct[1])))
            continue
        # "layout map" finds "Map" of the menu View › Layout.
        wide = match(query, f"{entry.category} {entry.text}")
        if wide is not None and wide[0] > 0:  # not letters from here and there
            offset = len(entry.category) + 1
            places = tuple(place - offset for place in wide[1] if place >= offset)
            found.append((not entry.enabled, True, -wide[0], number, Row(entry, places)))
    return [row for *_, row in sorted(found, key=lambda each: each[:4])]


class Palette(QFrame):
    """A list over ``window``: type, choose with the arrows, Enter runs, Esc closes."""

    def __init__(self, window: QWidget, entries: Sequence[Entry]) -> None:
        super().__init__(window)
        named(self, "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self._entries = entries
        self._before = QApplication.focusWidget()
        self._line = named(QLineEdit(), "palette-line")
        self._line.setPlaceholderText(self.tr("Type what you want to do"))
        self._line.setAccessibleName(self.tr("Command"))
        self._line.textChanged.connect(self._filter)
        self._line.installEventFilter(self)
        self._list = named(QListView(), "palette-list")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName(self.tr("Commands"))
        self._rows = _Rows(self)
        self._list.setModel(self._rows)
        self._delegate = RowDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._list.clicked.connect(self._run)
        self._none = muted(QLabel(self.tr("Nothing of that name")))
        self._none.setContentsMargins(14, 10, 14, 12)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addWidget(self._line)
        column.addWidget(self._list)
        column.addWidget(self._none)
        self.setFocusProxy(self._line)
        window.installEventFilter(self)
        self._filter("")

    def open(self) -> None:
        """Show it and take the keyboard."""
        self._place()
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Keys of the line that are for the list; closing when the keyboard goes elsewhere."""
        if watched is self._line:
            if event.type() == QEvent.Type.FocusOut:
                self._leave()
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._on_key(event)
        elif event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() in _MOVES:
            QApplication.sendEvent(self._list, event)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._list.currentIndex())
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return True
        return False

    def _filter(self, query: str) -> None:
        self._rows.show(search(self._entries, query))
        count = self._rows.rowCount()
        self._list.setCurrentIndex(self._rows.index(0))
        self._list.setVisible(count > 0)
        self._none.setVisible(count == 0)
        self._place()

    def _run(self, index: _Index) -> None:
        row = self._rows.row(index)
        if row is not None and row.entry.enabled:
            self._close()
            row.entry.run()

    def _close(self) -> None:
        before, self._before = self._before, None
        if self.isVisible():
            self._line.removeEventFilter(self)
            if before is not None and self._window.isAncestorOf(before):
                before.setFocus(Qt.FocusReason.PopupFocusReason)
            self.close()

    def _leave(self) -> None:
        # The focus also goes when the whole window is left; it comes back to us then.
        if self.window().isActiveWindow():
            self._before = None
            self._close()

    def _place(self) -> None:
        """At the top, in the middle, as high as its rows."""
        window = self._window
        rows = min(max(self._rows.rowCount(), 1), _ROWS)
        self._list.setFixedHeight(rows * self._delegate.height + 2)
        self.setFixedWidth(min(theme.px(_WIDTH), window.width() - 32))
        self._column.activate()
        self.adjustSize()
        self.move((window.width() - self.width()) // 2, theme.px(_TOP))


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def show(self, rows: list[Row]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, index: _Index) -> Row | None:
        return self._rows[index.row()] if index.isValid() else None

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802  (Qt's name)
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.entry.text
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        row = self.row(index)
        usable = row is not None and row.entry.enabled
        both = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return both if usable else Qt.ItemFlag.ItemIsSelectable
