"""How the accuracy grew while samples arrived, the band it lies in, and what was simulated."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QGraphicsPolygonItem, QVBoxLayout, QWidget

from studio.monitor.accuracy import Curve
from studio.ui import theme
from studio.ui.curves_axes import PlainAxis
from studio.ui.quiet_plot import QuietPlot

_BAND = 0.22  # opacity of the band
_STEP = 5  # percent from one end of the scale to the next
_LEAST = 10  # percent the scale spans at least
_SETTLED = 0.1  # the part of the samples in which the accuracy may still be anything
_ROOM = 150  # device independent pixels of height from which lines have their words
_POINTS = 2000  # drawn at most
_Z_BAND, _Z_LINE, _Z_CURVE = -10, 5, 10


class AccuracyCurve(QWidget):
    """Shares in percent over samples."""

    def __init__(self) -> None:
        super().__init__()
        self._curve: Curve | None = None
        self._total: int | None = None
        self.plot = QuietPlot("accuracy-curve", self.tr("Accuracy over samples"), _Percent("left"))
        self.plot.setLabel("bottom", self.tr("samples"))
        self._line = pyqtgraph.PlotCurveItem()
        # One polygon: a FillBetweenItem makes it out of two paths, which takes milliseconds.
        self._band = QGraphicsPolygonItem()
        self._band.setPen(QPen(Qt.PenStyle.NoPen))
        for item, depth in ((self._band, _Z_BAND), (self._line, _Z_CURVE)):
            item.setZValue(depth)
            self.plot.addItem(item, ignoreBounds=True)
        self._simulated = _Level(self.plot, Qt.PenStyle.DashLine)
        self._float = _Level(self.plot, Qt.PenStyle.DotLine)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.gone.connect(lambda: self.plot.setToolTip(""))
        self.plot.recoloured.connect(self._recolour)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self._recolour()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Write beside the lines only where there is room."""
        super().resizeEvent(event)
        for level in (self._simulated, self._float):
            level.set_words(event.size().height() >= theme.px(_ROOM))
        self._fit()

    def set_levels(self, simulated: float | None, of_float: float | None) -> None:
        """Where the simulator's and the float model's accuracy lie; None where not known."""
        if (simulated, of_float) == (self._simulated.value, self._float.value):
            return
        self._simulated.set(simulated, self.tr("simulated {0:.1f} %"))
        self._float.set(of_float, self.tr("float {0:.1f} %"))
        both = simulated is not None and of_float is not None
        # The words of the higher one stand above it, those of the other below.
        over = both and (of_float or 0.0) >= (simulated or 0.0)
        self._simulated.set_side(above=not over)
        self._float.set_side(above=over or not both)
        self._fit()

    def show_curve(self, curve: Curve, total: int | None) -> None:
        """Draw a curve of which ``total`` samples are expected (None: nobody knows)."""
        self._curve, self._total = curve, total
        count = len(curve.counts)
        chosen = np.arange(count)
        most = min(_POINTS, self.plot.columns)
        if count > most:
            chosen = np.linspace(0, count - 1, most).astype(np.int64)  # steps above 1: no two equal
        x = curve.counts[chosen].astype(np.float64)
        low, high = 100 * curve.low[chosen], 100 * curve.high[chosen]
        self._line.setData(x, 100 * curve.values[chosen], skipFiniteCheck=True)
        around = np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
        polygon = pyqtgraph.functions.arrayToQPolygonF(*around) if count else QPolygonF()
        self._band.setPolygon(polygon)
        self._fit()

    @property
    def shown(self) -> tuple[np.ndarray, np.ndarray]:
        """Samples and percents as they are drawn, [n] each."""
        x, y = self._line.getData()
        return (np.empty(0), np.empty(0)) if x is None else (x, y)

    def _fit(self) -> None:
        """From 0 to the last sample; in height what matters, in steps, so that it rarely moves."""
        curve = self._curve
        if curve is None or not len(curve.counts):
            self.plot.setRange(xRange=(0, self._total or 1), yRange=(0, 100), padding=0.0)
            return
        begin = math.ceil(_SETTLED * len(curve.counts)) if len(curve.counts) > _STEP else 0
        settled = curve.values[begin:]
        known = [own for own in (self._simulated.value, self._float.value) if own is not None]
        low = 100 * min(float(settled.min()), float(curve.low[-1]), *known, 1.0)
        high = 100 * max(float(settled.max()), float(curve.high[-1]), *known, 0.0)
        low = max(0.0, math.floor(low / _STEP) * _STEP)
        high = min(100.0, math.ceil(high / _STEP) * _STEP)
        if high - low < _LEAST:
            low, high = max(0.0, high - _LEAST), max(high, _LEAST)
        last = int(curve.counts[-1])
        right = self._total if self._total is not None and self._total >= last else last
        margin = 0.03 * (high - low)
        low, high = low - margin, high + margin
        if known and self.height() >= theme.px(_ROOM):
            high = max(high, self._above(100 * max(known), low))
        self.plot.setRange(xRange=(0, max(right, 2)), yRange=(low, high), padding=0.0)

    def _above(self, level: float, low: float) -> float:
        """Where a scale from ``low`` must end so that words stand above ``level``."""
        words: float = 1.6 * self.plot.fontMetrics().height()
        part: float = min(words / max(self.plot.getViewBox().height(), 1.0), 0.4)
        return (level - part * low) / (1 - part)

    def _on_pointed(self, x: float, _y: float) -> None:
        curve = self._curve
        if curve is None or not len(curve.counts):
            return
        place = min(int(np.searchsorted(curve.counts, x)), len(curve.counts) - 1)
        text = self.tr("After {0} samples: {1:.1f} %, between {2:.1f} and {3:.1f} %")
        shares = (100 * float(own[place]) for own in (curve.values, curve.low, curve.high))
        self.plot.setToolTip(text.format(int(curve.counts[place]), *shares))

    def _recolour(self) -> None:
        colours = theme.current()
        self._line.setPen(pyqtgraph.mkPen(colours.accent, width=theme.line_width(2)))
        ground = QColor(colours.accent)
        ground.setAlphaF(_BAND)
        self._band.setBrush(ground)
        self._simulated.recolour(colours.good)
        self._float.recolour(colours.muted)


class _Percent(PlainAxis):
    """Numbers of percents."""

    def tickStrings(  # noqa: N802  (pyqtgraph's name)
        self, values: Sequence[float], _scale: float, _spacing: float
    ) -> list[str]:
        """With their sign; no scale goes beyond 0 and 100."""
        return [f"{value:g} %" if -1e-9 <= value <= 100 + 1e-9 else "" for value in values]


class _Level:
    """A horizontal line and its words."""

    def __init__(self, plot: pyqtgraph.PlotWidget, style: Qt.PenStyle) -> None:
        self.value: float | None = None
        self._style = style
        self._line = pyqtgraph.InfiniteLine(0, angle=0)
        self._line.setZValue(_Z_LINE)
        self._words = pyqtgraph.InfLineLabel(self._line, "", position=0.98)
        self._words.setFont(plot.font())
        self._roomy = True
        self._line.hide()
        plot.addItem(self._line, ignoreBounds=True)

    def set(self, value: float | None, text: str) -> None:
        """Lie at a share; None hides it."""
        self.value = value
        self._line.setVisible(value is not None)
        if value is not None:
            self._line.setValue(100 * value)
            self._words.setFormat(text.format(100 * value).replace("{", "{{"))

    def set_side(self, *, above: bool) -> None:
        """Where the words stand; at an edge of the plot they stay inside."""
        self._words.anchors = [(1, 1), (1, 1)] if above else [(1, 0), (1, 0)]
        self._words.updatePosition()

    def set_words(self, shown: bool) -> None:
        """Whether there is room for words."""
        self._words.setVisible(shown)

    def recolour(self, colour: str) -> None:
        """Take a theme's colour."""
        self._line.setPen(pyqtgraph.mkPen(colour, width=theme.line_width(), style=self._style))
        self._words.setColor(colour)
