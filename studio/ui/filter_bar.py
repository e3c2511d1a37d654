"""The line above a table: what to look for, and how many rows are left."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from studio.ui.table import Table
from studio.ui.widgets import muted, named


class FilterBar(QWidget):
    """Filters ``table`` while the user types; ``find_action`` (Ctrl+F) goes there, Down back.

    ``columns``: the menu of the table's columns, shown by a button.
    """

    def __init__(self, table: Table, placeholder: str, columns: QMenu | None = None) -> None:
        super().__init__()
        self._table = table
        self.edit = named(QLineEdit(clearButtonEnabled=True), "filter")
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(placeholder)
        self.edit.setMaximumWidth(280)
        self.edit.textChanged.connect(table.rows.set_filter)
        self.edit.installEventFilter(self)
        self._count = muted(QLabel())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.edit, 3)
        row.addWidget(self._count)
        row.addStretch(1)
        if columns is not None:
            button = named(QToolButton(), "columns")
            button.setText(self.tr("Columns"))
            button.setProperty("role", "plain")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setMenu(columns)
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setToolTip(self.tr("Which columns are shown"))
            row.addWidget(button)
        self.find_action = QAction(placeholder, table)
        self.find_action.setShortcut(QKeySequence.StandardKey.Find)
        self.find_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.find_action.triggered.connect(self._focus)
        table.rows.changed.connect(self._count_rows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Down goes on to the table, Escape ends the filter."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self._table.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.edit.text():
                self.edit.clear()
                return True
        return super().eventFilter(watched, event)

    def _focus(self) -> None:
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def _count_rows(self) -> None:
        left, total = self._table.rows.rowCount(), self._table.rows.total
        self._count.setText("" if left == total else self.tr("{0} of {1}").format(left, total))
