"""What tables have in common: how they look, and their columns' titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

_Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


def of_rows(table: QTableView) -> None:
    """Let a table be read and chosen row by row, under its columns' titles alone."""
    table.setShowGrid(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)


@dataclass(frozen=True)
class Title:
    """One column's title; ``tip`` explains it. ``numeric`` columns stand right."""

    text: str
    tip: str = ""
    numeric: bool = False


class TitledModel(QAbstractTableModel):
    """A table whose columns have ``titles``; who derives from it has the rows."""

    def __init__(self, titles: Sequence[Title], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.titles = tuple(titles)

    def columnCount(self, parent: _Index = ROOT) -> int:  # noqa: N802  (Qt's name)
        """Columns; a table's rows have no children."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(  # noqa: N802  (Qt's name)
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Column titles and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section].text
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.titles[section].tip or None
        return self.side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def side(self, column: int) -> Qt.AlignmentFlag:
        """Where a column's texts stand."""
        right = self.titles[column].numeric
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
