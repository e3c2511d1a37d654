"""How often which values of a series came, as bars."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.monitor import figures
from studio.monitor.store import Series
from studio.ui import theme
from studio.ui.curves_scale import Span
from studio.ui.quiet_plot import QuietPlot
from studio.ui.widgets import muted, named, surface, verbatim

_BINS = (10, 20, 50, 100, 200, 500)
_MOST = 100  # bins that are chosen automatically


class CurvesHistogram(QWidget):
    """Bars of one series, in the time that is in sight; the user picks series and bins.

    ``changed``: another one, or other bins are wanted. ``bins``: 0 for as many as suit.
    """

    changed = Signal()

    def __init__(self, bins: int) -> None:
        super().__init__()
        surface(self)
        self._key: object = None
        self.found: figures.Histogram | None = None
        self.series = named(QComboBox(), "curves-histogram-series")
        self.series.setAccessibleName(self.tr("Series of the histogram"))
        self.series.setToolTip(self.tr("Series of the histogram"))
        self.series.setMinimumContentsLength(6)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.series.setSizeAdjustPolicy(policy)
        self.series.activated.connect(self.changed)
        self._bins = named(QComboBox(), "curves-histogram-bins")
        self._bins.setAccessibleName(self.tr("Number of bars"))
        self._bins.setToolTip(self.tr("Number of bars"))
        self._bins.addItem(self.tr("Automatic"), 0)
        for count in _BINS:
            self._bins.addItem(str(count), count)
        self._bins.setCurrentIndex(max(0, self._bins.findData(bins)))
        self._bins.activated.connect(self.changed)
        self.plot = QuietPlot("curves-histogram-plot", self.tr("How often which values came"))
        self.plot.getPlotItem().disableAutoRange()
        self.plot.recoloured.connect(self._recolour)
        self._bars = pyqtgraph.PlotCurveItem([0.0, 0.0], [0.0], stepMode="center", fillLevel=0)
        self.plot.addItem(self._bars)
        self._mean = pyqtgraph.InfiniteLine()
        self.plot.addItem(self._mean)
        self.words = verbatim(muted(QLabel(wordWrap=True)))
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setContentsMargins(8, 0, 8, 4)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.series, 1)
        row.addWidget(self._bins)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        column.addWidget(self.words)
        self._recolour()

    @property
    def bins(self) -> int:
        """As the user chose them; 0 for as many as suit."""
        return int(self._bins.currentData())

    def _recolour(self) -> None:
        colours = theme.current()
        self._bars.setPen(None)
        self._bars.setBrush(pyqtgraph.mkBrush(colours.accent))
        pen = pyqtgraph.mkPen(colours.text, width=theme.line_width(), style=Qt.PenStyle.DashLine)
        self._mean.setPen(pen)

    def set_names(self, names: Sequence[str]) -> None:
        """Offer these; what was chosen stays, where it still is there."""
        if names != [self.series.itemText(place) for place in range(self.series.count())]:
            chosen = self.series.currentText()
            self.series.clear()
            self.series.addItems(list(names))
            self.series.setCurrentIndex(max(0, self.series.findText(chosen)))

    def look(self, series: Series | None, span: Span) -> None:
        """Count a series between two times."""
        view = series.view if series is not None else None
        drawn = view and (view.begun, view.gone, len(view))
        key = (self.series.currentText(), drawn, span, self.bins)
        if key == self._key:
            return
        self._key = key
        known = figures.statistics(view, *span) if view is not None else None
        if known is None or series is None or view is None:
            self.found = None
            self._bars.setData([0.0, 0.0], [0.0])
            self._mean.hide()
            self.words.setText(self.tr("No values in the time shown."))
            return
        count = self.bins or max(10, min(_MOST, math.isqrt(known.n)))
        self.found = found = figures.histogram(view, count, *span)
        assert found is not None
        self._bars.setData(found.edges, found.counts)
        self._mean.setValue(known.mean)
        self._mean.show()
        self.plot.setXRange(found.edges[0], found.edges[-1], padding=0.02)
        self.plot.setYRange(0, 1.05 * float(np.max(found.counts)), padding=0)
        unit = f" {series.unit}" if series.unit else ""
        self.words.setText(
            self.tr("{0} values · mean {1}{5} · deviation {2}{5} · from {3} to {4}{5}").format(
                known.n,
                *(f"{value:.6g}" for value in (known.mean, known.deviation, known.low, known.high)),
                unit,
            )
        )
