"""A table whose rows are added, copied, deleted and moved by buttons below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme
from studio.ui.widgets import literal, named, tool_button

_SHOWN = 200  # characters of a cell


@dataclass(frozen=True)
class Kind:
    """What the entries of a table are: frozen dataclasses of any kind.

    ``cells`` are an entry's texts, one a title; ``new`` makes one; ``copy`` makes one like
    another. With ``is_on`` and ``switched`` rows have a box that switches them.
    """

    titles: Sequence[str]
    cells: Callable[[Any], Sequence[str]]
    new: Callable[[], Any]
    copy: Callable[[Any], Any]
    is_on: Callable[[Any], bool] | None = None
    switched: Callable[[Any, bool], Any] | None = None


class EntryTable(QWidget):
    """``changed``: the entries are others; ``chosen``: so is the row they are edited in.

    ``bar`` is the row of buttons, for more of them.
    """

    changed = Signal()
    chosen = Signal()

    def __init__(self, name: str, title: str, kind: Kind) -> None:
        super().__init__()
        self._kind = kind
        self._entries: list[Any] = []
        self.table = named(QTableWidget(0, len(kind.titles)), name)
        self.table.setAccessibleName(title)
        self.table.setHorizontalHeaderLabels(list(kind.titles))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setMaximumSectionSize(theme.px(220))
        self.table.currentCellChanged.connect(self._on_current)
        self.table.itemChanged.connect(self._on_item)
        self.bar = QHBoxLayout()
        self.bar.setSpacing(theme.px(6))
        self.add_button = tool_button(f"{name}-add", self.tr("Add"))
        self._buttons = {
            "copy": self._button(name, "copy", self.tr("Duplicate")),
            "trash": self._button(name, "trash", self.tr("Delete")),
            "up": self._button(name, "up", self.tr("Move up")),
            "down": self._button(name, "down", self.tr("Move down")),
        }
        self.add_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bar.addWidget(self.add_button)
        for button in self._buttons.values():
            self.bar.addWidget(button)
        self.bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addWidget(self.table, 1)
        column.addLayout(self.bar)
        self.add_button.clicked.connect(lambda: self.add(kind.new()))
        self._buttons["copy"].clicked.connect(lambda: self.add(kind.copy(self.entry)))
        self._buttons["trash"].clicked.connect(self.delete)
        self._buttons["up"].clicked.connect(lambda: self.move_entry(-1))
        self._buttons["down"].clicked.connect(lambda: self.move_entry(1))
        self._draw_icons()
        self._enable()

    @property
    def entries(self) -> tuple[Any, ...]:
        """All entries, in their order."""
        return tuple(self._entries)

    @property
    def current(self) -> int:
        """The number of the row that is edited; -1 where there is none."""
        return self.table.currentRow() if self._entries else -1

    @property
    def entry(self) -> Any:
        """The entry that is edited."""
        return self._entries[self.current]

    def set_entries(self, entries: Sequence[Any], current: int = 0) -> None:
        """Show these, and edit the one of this number."""
        self._entries = list(entries)
        self._fill(current)

    def add(self, *entries: Any) -> None:
        """Insert entries below the one that is edited; the last of them is then."""
        place = self.current + 1
        self._entries[place:place] = entries
        self._fill(place + len(entries) - 1)
        self.changed.emit()

    def delete(self) -> None:
        """Delete the entry that is edited."""
        if self.current >= 0:
            place = self.current
            del self._entries[place]
            self._fill(min(place, len(self._entries) - 1))
            self.changed.emit()

    def move_entry(self, by: int) -> None:
        """Move the entry that is edited up (-1) or down (1)."""
        place = self.current
        if 0 <= place + by < len(self._entries):
            self._entries.insert(place + by, self._entries.pop(place))
            self._fill(place + by)
            self.changed.emit()

    def replace(self, entry: Any) -> None:
        """Let the row that is edited be another entry."""
        if self.current >= 0 and entry != self.entry:
            self._entries[self.current] = entry
            self._show_row(self.current)
            self.changed.emit()

    def select(self, row: int) -> None:
        """Edit the entry of this number."""
        self.table.setCurrentCell(row, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Delete deletes the row."""
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self.delete()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_buttons"):
            self._draw_icons()

    def _button(self, name: str, icon: str, text: str) -> QToolButton:
        button = tool_button(f"{name}-{icon}", "", text)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(theme.px(14), theme.px(14)))
        return button

    def _draw_icons(self) -> None:
        for icon, button in self._buttons.items():
            button.setIcon(theme.icon(icon))

    def _fill(self, current: int) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._entries))
        for row in range(len(self._entries)):
            self._show_row(row)
        self.table.setCurrentCell(current, 0)
        self.table.blockSignals(False)
        self._on_current()

    def _show_row(self, row: int) -> None:
        entry = self._entries[row]
        before = self.table.blockSignals(True)
        for column, text in enumerate(self._kind.cells(entry)):
            item = QTableWidgetItem(text[:_SHOWN])
            item.setToolTip(literal(text[:_SHOWN]))
            if column == 0 and self._kind.is_on is not None:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                on = self._kind.is_on(entry)
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.table.setItem(row, column, item)
        self.table.blockSignals(before)

    def _on_current(self) -> None:
        self._enable()
        self.chosen.emit()

    def _on_item(self, item: QTableWidgetItem) -> None:
        """A box was clicked: nothing else in a row can be edited there."""
        if self._kind.switched is not None and item.column() == 0:
            on = item.checkState() == Qt.CheckState.Checked
            row = item.row()
            self._entries[row] = self._kind.switched(self._entries[row], on)
            self.changed.emit()

    def _enable(self) -> None:
        place, last = self.current, len(self._entries) - 1
        self._buttons["copy"].setEnabled(place >= 0)
        self._buttons["trash"].setEnabled(place >= 0)
        self._buttons["up"].setEnabled(place > 0)
        self._buttons["down"].setEnabled(0 <= place < last)
