"""The legend of the live plot as the user sees it: filter, buttons and table."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme
from studio.ui.curves_choice import Choice
from studio.ui.curves_rows import AT_CURSORS, LAST, NAME, UNIT, LegendModel
from studio.ui.curves_scale import Span
from studio.ui.titles import of_rows
from studio.ui.widgets import named, surface, tool_button

_NUMBER = "-0.029512"  # as wide as a column of numbers is at first
_PADDING = 22  # device independent pixels beside a text
_SIGNS = 64  # and beside a name
_NAMES = (70, 150)  # a column of names is as wide as the longest, between these


class CurvesLegend(QWidget):
    """The table, what to look for, and buttons for all.

    ``hovered`` carries the name under the mouse, or ""; ``zoomed`` one that was double-clicked.
    """

    hovered = Signal(str)
    zoomed = Signal(str)
    scrolled = Signal()

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        surface(self)
        self.model = LegendModel(choice, self)
        self.filter = named(QLineEdit(clearButtonEnabled=True), "curves-filter")
        self.filter.setPlaceholderText(self.tr("Filter series"))
        self.filter.setAccessibleName(self.tr("Filter series"))
        self.filter.textChanged.connect(self.model.set_filter)
        self.filter.textChanged.connect(self.scrolled)
        every = tool_button("curves-all", self.tr("All"), self.tr("Show all series listed here"))
        none = tool_button("curves-none", self.tr("None"), self.tr("Hide all series listed here"))
        every.clicked.connect(lambda: self.model.check(self.model.names, True))
        none.clicked.connect(lambda: self.model.check(self.model.names, False))
        self.table = named(QTableView(), "curves-legend")
        self._prepare()
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(self.filter, 1)
        row.addWidget(every)
        row.addWidget(none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        self.show_cursors(False)

    def look(self, span: Span, cursors: Span | None) -> None:
        """Find the figures of the rows in view, between two times and at the cursors."""
        self.model.look(self._rows(), span, cursors)

    def show_cursors(self, on: bool) -> None:
        """Show what the cursors read, next to the names."""
        for column in range(AT_CURSORS, self.model.columnCount()):
            self.table.setColumnHidden(column, not on)

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.model.ratio = self.devicePixelRatioF()
        self.model.recolour()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """No name is under a mouse that went away."""
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit("")
        return super().eventFilter(watched, event)

    def _prepare(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setAccessibleName(self.tr("Series and their figures"))
        of_rows(table)
        table.setAlternatingRowColors(True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        metrics = self.fontMetrics()
        table.verticalHeader().setDefaultSectionSize(metrics.height() + 8)
        header = table.horizontalHeader()
        number = metrics.horizontalAdvance(_NUMBER) + theme.px(_PADDING)
        for column in range(LAST, self.model.columnCount()):
            title = metrics.horizontalAdvance(self.model.titles[column].text) + theme.px(_PADDING)
            header.resizeSection(column, max(title, number))
        self.model.rowsInserted.connect(self._fit)
        self.model.modelReset.connect(self._fit)
        self._fit()
        for place, column in enumerate(range(AT_CURSORS, self.model.columnCount())):
            header.moveSection(header.visualIndex(column), LAST + place)
        header.moveSection(header.visualIndex(UNIT), header.visualIndex(LAST))  # value, then unit
        table.setMouseTracking(True)
        table.entered.connect(lambda index: self.hovered.emit(self.model.names[index.row()]))
        table.viewport().installEventFilter(self)
        table.doubleClicked.connect(lambda at: self.zoomed.emit(self.model.names[at.row()]))
        table.verticalScrollBar().valueChanged.connect(self.scrolled)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._on_menu)

    def _fit(self) -> None:
        """Make names and units as wide as they are; units only where there are some."""
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(name) for name in self.model.names), default=0)
        least, most = (theme.px(width) for width in _NAMES)
        header = self.table.horizontalHeader()
        header.resizeSection(NAME, min(max(longest + theme.px(_SIGNS), least), most))
        units = [self.model.unit(name) for name in self.model.names]
        self.table.setColumnHidden(UNIT, not any(units))
        longest = max(
            metrics.horizontalAdvance(text) for text in (self.model.titles[UNIT].text, *units)
        )
        header.resizeSection(UNIT, min(longest + theme.px(_PADDING), most))

    def _rows(self) -> range:
        """Those in view."""
        table, count = self.table, len(self.model.names)
        first = max(0, table.rowAt(0))
        last = table.rowAt(table.viewport().height() - 1)
        return range(first, count if last < 0 else min(count, last + 1))

    def _on_menu(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if not index.isValid():
            return
        name = self.model.names[index.row()]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Only this one"), lambda: self.model.only(name))
        menu.addAction(self.tr("Zoom to it"), lambda: self.zoomed.emit(name))
        menu.addSeparator()
        menu.addAction(self.tr("Show all"), lambda: self.model.check(self.model.names, True))
        menu.addAction(self.tr("Hide all"), lambda: self.model.check(self.model.names, False))
        menu.popup(self.table.viewport().mapToGlobal(at))
