"""A read-only table of rows of text and numbers: sorted, filtered and copied by its user."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from studio.ui import theme
from studio.ui.titles import ROOT, Title, TitledModel, of_rows
from studio.ui.widgets import literal

Cell = str | int | float | None
_Index = QModelIndex | QPersistentModelIndex
_NUMBERS = re.compile(r"(\d+)")
_WIDEST = 320  # device independent pixels a column takes by itself at most
_PADDING = 24  # what the style leaves beside a text
_TITLE = 34  # and beside a title: the arrow that tells how rows are sorted
_SWATCH = 22


@dataclass(frozen=True)
class Column:
    """One column: ``key`` names it in settings, ``tip`` explains the title, ``text`` shows a value.

    ``numeric`` columns stand right.
    """

    key: str
    title: str
    tip: str = ""
    numeric: bool = False
    text: Callable[[Cell], str] = str


@dataclass(frozen=True)
class Row:
    """The cells of one row; ``key`` is what it is about.

    ``colour``: ``#rrggbb`` of a swatch before the first cell. ``sign`` stands behind the first
    cell's text, and the columns of ``alert`` have the colour of warnings. ``tip`` explains both.
    """

    key: str
    cells: Sequence[Cell]
    colour: str = ""
    sign: str = ""
    alert: frozenset[str] = field(default_factory=frozenset)
    tip: str = ""


class RowsModel(TitledModel):
    """Rows under headers; None is empty and comes last however the rows are sorted.

    Sorting is by the cells' values, numbers in texts by their value, and the model's own: a proxy
    asks Python for two cells at each comparison, which takes half a second for 5,000 rows.
    """

    changed = Signal()  # other rows are shown
    replaced = Signal()  # other rows are there

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__([Title(own.title, literal(own.tip), own.numeric) for own in columns])
        self.columns = tuple(columns)
        self.sorted_by = -1
        self._descending = False
        self.swatches = False
        self._words: list[str] = []
        self._all: list[Row] = []
        self._rows: list[Row] = []

    # -- what the panels call

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace all rows; sorting and filter stay."""
        self._all = list(rows)
        self.swatches = any(row.colour for row in rows)
        self._show()
        self.replaced.emit()

    def set_filter(self, text: str) -> None:
        """Keep rows in which each word of ``text`` occurs in some cell."""
        words = text.casefold().split()
        if words != self._words:
            self._words = words
            self._show()

    @property
    def total(self) -> int:
        """Rows with those the filter hides."""
        return len(self._all)

    def row(self, place: int) -> Row:
        """A row as it is shown."""
        return self._rows[place]

    def longest(self, column: int) -> str:
        """The longest text of a column."""
        signs = ("  " + row.sign if row.sign and not column else "" for row in self._all)
        texts = (self.text(row, column) for row in self._all)
        return max((a + b for a, b in zip(texts, signs, strict=True)), key=len, default="")

    def text(self, row: Row, column: int) -> str:
        """A cell as it is shown, without the sign."""
        value = row.cells[column]
        return "" if value is None else self.columns[column].text(value)

    # -- Qt's side

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 is the original order."""
        self.sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows = [self._rows[index.row()] for index in before]
        self._rows = self._arranged(self._rows if column >= 0 else self._kept())
        places = {id(row): place for place, row in enumerate(self._rows)}
        after = [
            self.index(places[id(row)], index.column())
            for row, index in zip(rows, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def rowCount(self, parent: _Index = ROOT) -> int:  # noqa: N802  (Qt's name)
        """Rows; a table has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment, colours and swatch of one cell."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            text = self.text(row, column)
            return f"{text}  {row.sign}" if row.sign and column == 0 else text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(row.tip or self.text(row, column))
        if role == Qt.ItemDataRole.ForegroundRole and self.columns[column].key in row.alert:
            return QColor(theme.current().bad)
        if role == Qt.ItemDataRole.DecorationRole and column == 0 and self.swatches:
            return QColor(row.colour) if row.colour else QColor(Qt.GlobalColor.transparent)
        return None

    # -- inside

    def _show(self) -> None:
        self.beginResetModel()
        self._rows = self._arranged(self._kept())
        self.endResetModel()
        self.changed.emit()

    def _kept(self) -> list[Row]:
        if not self._words:
            return list(self._all)
        return [row for row in self._all if self._has_all(row)]

    def _has_all(self, row: Row) -> bool:
        text = "\n".join(self.text(row, column) for column in range(len(self.columns))).casefold()
        return all(word in text for word in self._words)

    def _arranged(self, rows: list[Row]) -> list[Row]:
        column = self.sorted_by
        if column < 0:
            return rows
        full = [row for row in rows if row.cells[column] is not None]
        full.sort(key=lambda row: _rank(row.cells[column]), reverse=self._descending)
        return full + [row for row in rows if row.cells[column] is None]


def _rank(value: Cell) -> tuple[bool, float, list[tuple[bool, int, str]]]:
    """Numbers before texts, and conv2 before conv10."""
    if isinstance(value, int | float):
        return False, value, []
    parts = _NUMBERS.split(str(value).casefold())
    return (
        True,
        0,
        [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts],
    )


class Table(QTableView):
    """A plain table: whole rows, no grid, columns as wide as their content.

    A click on a title sorts up, then down, then not at all. Room that is left goes to the last
    column, or ``fill_first`` to the first, where all others are numbers.
    """

    def __init__(self, model: RowsModel, *, fill_first: bool = False) -> None:
        super().__init__()
        self._fill_first = fill_first
        self._fitted = True
        self._fitting = False
        self._chosen: set[int] = set()
        self._wanted: dict[int, int] = {}
        self.rows = model
        self.setModel(model)
        of_rows(self)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.sectionResized.connect(self._on_resized)
        self.setSortingEnabled(True)
        model.replaced.connect(self.fit_again)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Fit the columns to what came while the table was hidden."""
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Fill the new width."""
        super().resizeEvent(event)
        self._stretch()

    def fit_again(self) -> None:
        """Fit the columns, now or when the table is seen."""
        self._fitted = False
        if self.isVisible():
            self._fit()

    def select_keys(self, keys: Sequence[str]) -> None:
        """Select the rows of ``keys`` and scroll to the first of them that is shown."""
        wanted = set(keys)
        places = [n for n in range(self.rows.rowCount()) if self.rows.row(n).key in wanted]
        chosen = QItemSelection()
        last = self.rows.columnCount() - 1
        for place in places:
            chosen.select(self.rows.index(place, 0), self.rows.index(place, last))
        model = self.selectionModel()
        if not places:
            model.clear()
            return
        model.setCurrentIndex(
            self.rows.index(places[0], self._first_column()),
            QItemSelectionModel.SelectionFlag.NoUpdate,
        )
        model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(self.currentIndex())

    def _first_column(self) -> int:
        """The column now in view: scrolling to a row should not move sideways."""
        return max(0, self.horizontalHeader().logicalIndexAt(1))

    def _on_resized(self, column: int, before: int, after: int) -> None:
        header = self.horizontalHeader()
        hidden = not (before and after)
        last = header.stretchLastSection() and header.visualIndex(column) == header.count() - 1
        if not (self._fitting or hidden or last):
            self._chosen.add(column)
            self._wanted.pop(column, None)

    def _fit(self) -> None:
        """Make columns as wide as their longest text, but for those the user has made wider.

        Qt's own way asks for six things of every cell: 50 ms for 200 rows.
        """
        if self._fitted:
            return
        self._fitted = True
        self._fitting = True
        header, metrics = self.horizontalHeader(), self.fontMetrics()
        for column in range(self.rows.columnCount()):
            if header.isSectionHidden(column) or column in self._chosen:
                continue
            width = metrics.horizontalAdvance(self.rows.longest(column)) + _PADDING
            if column == 0 and self.rows.swatches:
                width += self.iconSize().width() if self.iconSize().isValid() else _SWATCH
            title = header.fontMetrics().horizontalAdvance(self.rows.columns[column].title) + _TITLE
            self._wanted[column] = min(max(width, title), _WIDEST)
            header.resizeSection(column, self._wanted[column])
        self._stretch()

    def _stretch(self) -> None:
        """Let a column fill what room there is, but never cut its texts."""
        header = self.horizontalHeader()
        self._fitting = True
        header.setStretchLastSection(False)
        seen = [n for n in range(header.count()) if not header.isSectionHidden(n)]
        last = max(seen, key=header.visualIndex, default=-1)
        if last in self._wanted:
            header.resizeSection(last, self._wanted[last])
        if self._fill_first and 0 in self._wanted:
            others = header.length() - header.sectionSize(0)
            room = self.viewport().width() - others
            header.resizeSection(0, max(self._wanted[0], room))
        header.setStretchLastSection(header.length() < self.viewport().width())
        self._fitting = False
