"""The rows of the live plot's legend: each series with its figures, to show and hide it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QPixmap

from studio.monitor import figures
from studio.monitor.store import Series
from studio.ui import theme
from studio.ui.curves_choice import Choice
from studio.ui.curves_scale import Span
from studio.ui.titles import ROOT, Title, TitledModel
from studio.ui.widgets import literal

_Index = QModelIndex | QPersistentModelIndex
_SAMPLE = (18, 12)  # device independent pixels of the line before a name
NAME, UNIT, LAST, AT_CURSORS = 0, 1, 2, 8  # columns, the last two the first of some


@dataclass(frozen=True)
class _Figures:
    """What a row tells; None where there is nothing to tell."""

    values: tuple[float | None, ...] = ()


class LegendModel(TitledModel):
    """Series in their order, and figures of those that are looked at."""

    checked = Signal()

    def __init__(self, choice: Choice, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Title(self.tr("Name")),
                Title(self.tr("Unit")),
                _figure(self.tr("Last"), self.tr("The newest value in sight")),
                _figure(self.tr("Min"), self.tr("The least value in sight")),
                _figure(self.tr("Max"), self.tr("The greatest value in sight")),
                _figure(self.tr("Mean"), self.tr("The mean of the values in sight")),
                _figure(
                    self.tr("Deviation"), self.tr("The standard deviation of the values in sight")
                ),
                _figure(self.tr("Per second"), self.tr("Values a second")),
                _figure(self.tr("A"), self.tr("The value nearest to cursor A")),
                _figure(self.tr("B"), self.tr("The value nearest to cursor B")),
                _figure(self.tr("B − A"), self.tr("The difference of both values")),
            ),
            parent,
        )
        self._choice = choice
        self._series: Mapping[str, Series] = {}
        self._words: list[str] = []
        self._figures: dict[str, _Figures] = {}
        self._pixmaps: dict[str, QPixmap] = {}
        self.ratio = 1.0
        self.names: list[str] = []

    def set_series(self, series: Mapping[str, Series]) -> None:
        """Show these; figures follow with ``look``."""
        before, self._series = self._series, series
        if before.keys() != series.keys():
            self._arrange()

    def set_filter(self, text: str) -> None:
        """Keep names in which each word occurs."""
        self._words = text.casefold().split()
        self._arrange()

    def unit(self, name: str) -> str:
        """A series' unit."""
        return self._series[name].unit

    def recolour(self) -> None:
        """Draw the samples of lines anew."""
        self._pixmaps.clear()
        self._tell_all()

    def look(self, rows: range, span: Span, cursors: Span | None) -> None:
        """Find the figures of rows between two times, and at the cursors."""
        for name in (self.names[row] for row in rows):
            self._figures[name] = _figures(self._series[name], span, cursors)
        if len(rows):
            last = self.columnCount() - 1
            self.dataChanged.emit(self.index(rows[0], LAST), self.index(rows[-1], last))

    def check(self, names: Sequence[str], on: bool) -> None:
        """Show or hide series."""
        self._choice.check(names, on)
        self._tell_all()
        self.checked.emit()

    def only(self, name: str) -> None:
        """Hide all series but one."""
        self._choice.check(self._series, False)
        self.check([name], True)

    # -- Qt's side

    def rowCount(self, parent: _Index = ROOT) -> int:  # noqa: N802  (Qt's name)
        """Series that match the filter."""
        return 0 if parent.isValid() else len(self.names)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Names can be checked."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() == NAME else found

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, check, line and alignment of one cell."""
        name, column = self.names[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(name, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(self._text(name, column))
        if column == NAME and role == Qt.ItemDataRole.CheckStateRole:
            shown = self._choice.shows(name)
            return Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
        if column == NAME and role == Qt.ItemDataRole.DecorationRole:
            return self._sample(name)
        return None

    def setData(  # noqa: N802  (Qt's name)
        self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Show or hide one series."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.check([self.names[index.row()]], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    # -- inside

    def _arrange(self) -> None:
        names = [name for name in self._series if self._matches(name)]
        names.sort(key=lambda name: self._choice.order.get(name, len(self._choice.order)))
        if names == self.names:
            return
        before = len(self.names)
        if names[:before] == self.names:
            # Mostly some come at the end; what is selected stays.
            self.beginInsertRows(ROOT, before, len(names) - 1)
            self.names = names
            self.endInsertRows()
            return
        self.beginResetModel()
        self.names = names
        self._figures = {name: self._figures[name] for name in names if name in self._figures}
        self.endResetModel()

    def _matches(self, name: str) -> bool:
        text = name.casefold()
        return all(word in text for word in self._words)

    def _tell_all(self) -> None:
        if self.names:
            last = self.index(len(self.names) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _text(self, name: str, column: int) -> str:
        if column == NAME:
            return name
        if column == UNIT:
            return self._series[name].unit
        values = self._figures.get(name, _Figures()).values
        value = values[column - LAST] if column - LAST < len(values) else None
        return "" if value is None else f"{value:.5g}"

    def _sample(self, name: str) -> QPixmap:
        """The line as it is drawn."""
        found = self._pixmaps.get(name)
        if found is None:
            width, height = (theme.px(length) for length in _SAMPLE)
            found = QPixmap(round(width * self.ratio), round(height * self.ratio))
            found.setDevicePixelRatio(self.ratio)
            found.fill(Qt.GlobalColor.transparent)
            pen = QPen(self._choice.pen(name))
            pen.setWidthF(theme.px(3))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if pen.style() != Qt.PenStyle.SolidLine:
                pen.setDashPattern({
                    Qt.PenStyle.DashLine: [1.4, 0.8],
                    Qt.PenStyle.DotLine: [0.6, 0.6],
                }.get(pen.style(), [1.6, 0.6, 0.6, 0.6]))  # fmt: skip
            painter = QPainter(found)
            painter.setPen(pen)
            painter.drawLine(0, height // 2, width, height // 2)
            painter.end()
            self._pixmaps[name] = found
        return found


def _figure(title: str, tip: str) -> Title:
    return Title(title, tip, numeric=True)


def _figures(series: Series, span: Span, cursors: Span | None) -> _Figures:
    found = figures.statistics(series.view, *span)
    values: tuple[float | None, ...] = (None,) * (AT_CURSORS - LAST)
    if found is not None:
        values = (
            found.last, found.low, found.high, found.mean, found.deviation, found.rate,
        )  # fmt: skip
    if cursors is not None:
        points = [figures.nearest(series.view, time) for time in cursors]
        delta = figures.between(series.view, *cursors)
        ends = (point.value if point is not None else math.nan for point in points)
        at = (*ends, delta.value if delta is not None else math.nan)
        values += tuple(None if math.isnan(value) else value for value in at)
    return _Figures(values)
