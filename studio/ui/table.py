"""A read-only table of rows of text and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

Cell = str | int | float | None
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Rows under headers; numbers stand right, None is empty.

    ``colours``: one ``#rrggbb`` or "" a row, shown as a swatch in the first column.
    """

    def __init__(self, headers: Sequence[str]) -> None:
        super().__init__()
        self._headers = list(headers)
        self._rows: list[Sequence[Cell]] = []
        self._colours: list[str] = []

    def set_rows(self, rows: Sequence[Sequence[Cell]], colours: Sequence[str] = ()) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self._colours = list(colours)
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        """Rows; a table has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        """Columns."""
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment and swatch of one cell."""
        value = self._rows[index.row()][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return "" if value is None else str(value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if isinstance(value, int | float):
                side = Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0 and self._colours:
            colour = self._colours[index.row()]
            return QColor(colour) if colour else QColor(Qt.GlobalColor.transparent)
        return None

    def headerData(  # noqa: N802  (Qt's name)
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Column titles, aligned as their column's first row."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if self._rows and isinstance(self._rows[0][section], int | float):
                side = Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class Table(QTableView):
    """A plain table: whole rows, no grid, columns as wide as their content."""

    def __init__(self, model: RowsModel) -> None:
        super().__init__()
        self._fitted = True
        self.setModel(model)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        model.modelReset.connect(self._on_reset)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Fit the columns to what came while the table was hidden."""
        super().showEvent(event)
        self._fit()

    def _on_reset(self) -> None:
        self._fitted = False
        # Measuring all cells takes some milliseconds that a hidden table need not cost.
        if self.isVisible():
            self._fit()

    def _fit(self) -> None:
        if not self._fitted:
            self._fitted = True
            self.resizeColumnsToContents()
            # Resizing all ends the last column's stretch; only a change brings it back.
            self.horizontalHeader().setStretchLastSection(False)
            self.horizontalHeader().setStretchLastSection(True)
