"""Which columns of a table are seen, in what order: a menu on its header, kept between starts."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QObject, QPoint, QSettings, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from studio.base import paths
from studio.ui.table import Cell, Table


class Columns(QObject):
    """The columns of ``table`` as the user wants them; ``group`` names them in window.ini.

    The first column names the row and always stays. ``hidden`` are keys of columns that show only
    when asked for.
    """

    def __init__(self, table: Table, group: str, hidden: tuple[str, ...] = ()) -> None:
        super().__init__(table)
        self._table = table
        self._group = group
        self._hidden = hidden
        self._keys = [column.key for column in table.rows.columns]
        header = table.horizontalHeader()
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open)
        self._restore()
        header.sectionMoved.connect(self._save)
        self.menu = QMenu(table)
        self.menu.aboutToShow.connect(self._fill)

    def reset(self) -> None:
        """All columns as at the first start."""
        self._arrange(self._keys, set(self._hidden))
        self._save()

    def show_column(self, key: str, shown: bool) -> None:
        """Show or hide a column."""
        self._table.horizontalHeader().setSectionHidden(self._keys.index(key), not shown)
        self._table.fit_again()
        self._save()

    def shown(self) -> list[int]:
        """Places of the columns that are seen, left to right."""
        header = self._table.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return [column for column in order if not header.isSectionHidden(column)]

    # -- inside

    def _open(self, point: QPoint) -> None:
        self.menu.popup(self._table.horizontalHeader().mapToGlobal(point))

    def _fill(self) -> None:
        self.menu.clear()
        header = self._table.horizontalHeader()
        for place, column in enumerate(self._table.rows.columns):
            action = QAction(column.title, self.menu, checkable=True)
            action.setChecked(not header.isSectionHidden(place))
            action.setEnabled(place > 0)
            action.setData(column.key)
            action.triggered.connect(self._on_chosen)
            self.menu.addAction(action)
        self.menu.addSeparator()
        original = self.menu.addAction(self.tr("Original order"))
        original.setEnabled(self._table.rows.sorted_by >= 0)
        original.triggered.connect(self._unsort)
        self.menu.addAction(self.tr("Reset columns")).triggered.connect(self.reset)

    def _on_chosen(self, shown: bool) -> None:
        sender = self.sender()
        if isinstance(sender, QAction):
            self.show_column(str(sender.data()), shown)

    def _unsort(self) -> None:
        self._table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def _settings(self) -> QSettings:
        return QSettings(str(paths.config() / "window.ini"), QSettings.Format.IniFormat)

    def _save(self) -> None:
        header = self._table.horizontalHeader()
        order = [self._keys[header.logicalIndex(place)] for place in range(header.count())]
        settings = self._settings()
        settings.setValue(f"{self._group}/order", order)
        hidden = [key for n, key in enumerate(self._keys) if header.isSectionHidden(n)]
        # An empty list comes back as None, as if nothing had been kept.
        settings.setValue(f"{self._group}/hidden", hidden or [""])
        settings.sync()

    def _restore(self) -> None:
        settings = self._settings()
        order = _list(settings.value(f"{self._group}/order"))
        hidden = _list(settings.value(f"{self._group}/hidden"))
        self._arrange(order, set(hidden or self._hidden))

    def _arrange(self, order: list[str], hidden: set[str]) -> None:
        header = self._table.horizontalHeader()
        known = [key for key in order if key in self._keys[1:]]
        rest = [key for key in self._keys[1:] if key not in known]
        for place, key in enumerate([self._keys[0], *known, *rest]):
            column = self._keys.index(key)
            header.moveSection(header.visualIndex(column), place)
            header.setSectionHidden(column, place > 0 and key in hidden)
        self._table.fit_again()


class Copying(QObject):
    """Ctrl+C in a table: its selected rows, or all, as text with tabs and as CSV."""

    def __init__(self, table: Table, columns: Columns | None = None) -> None:
        super().__init__(table)
        self._table = table
        self._columns = columns
        self.rows = QAction(self.tr("Copy rows"), table)
        self.rows.setShortcut(QKeySequence.StandardKey.Copy)
        self.rows.triggered.connect(self._copy_rows)
        self.all = QAction(self.tr("Copy table as CSV"), table)
        self.all.triggered.connect(self._copy_all)
        for action in (self.rows, self.all):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            table.addAction(action)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _copy_rows(self) -> None:
        chosen = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        if chosen:
            self._copy(chosen, "\t")

    def _copy_all(self) -> None:
        self._copy(list(range(self._table.rows.rowCount())), ",")

    def _copy(self, places: list[int], delimiter: str) -> None:
        model = self._table.rows
        shown = self._columns.shown() if self._columns else list(range(model.columnCount()))
        cells = [[model.columns[column].title for column in shown]]
        for place in places:
            row = model.row(place)
            cells.append([_plain(row.cells[column]) for column in shown])
        QGuiApplication.clipboard().setText(_csv(cells, delimiter))


def _plain(value: Cell) -> str:
    """A value for another program: no commas, no rounding for the eye."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)


def _csv(cells: list[list[str]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(cells)
    return text.getvalue()


def _list(value: object) -> list[str]:
    if isinstance(value, str):  # a list of one comes back as its item
        return [value]
    return [str(item) for item in value] if isinstance(value, list) else []
