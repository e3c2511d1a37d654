"""The picture of the live plot: a line for each series that shows, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsSimpleTextItem

from studio.monitor import decimate, figures
from studio.monitor.ring import Floats
from studio.ui import theme
from studio.ui.curves_axes import Box, TimeAxis, ValueAxis
from studio.ui.curves_line import Curve, Line
from studio.ui.curves_scale import Height, Span, in_lane, prepared

_NEAR = 60.0  # pixels from the mouse within which a point is found
_MOST = 128_000  # columns of all curves together; of more, each takes some pixels


@dataclass(frozen=True)
class Found:
    """A point of a series near the mouse; ``x`` and ``y`` are where it is drawn."""

    name: str
    point: figures.Point
    x: float
    y: float


class Title(QGraphicsSimpleTextItem):
    """The name of a strip, on a ground that lets curves through a little."""

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        """Draw it; Qt asks for it."""
        ground = QColor(theme.current().base)
        ground.setAlphaF(0.75)
        painter.fillRect(self.boundingRect().adjusted(-3, 0, 3, 0), ground)
        super().paint(painter, option, widget)


class CurvesPlot(pyqtgraph.PlotWidget):  # type: ignore[misc]
    """Draws what ``draw`` is told; moves only by ``set_time``, and by hand.

    x are seconds since ``origin``: seconds since 1970 would leave no digits. ``times_changed``:
    another part of time is shown. ``moved``: time, values were moved by hand.
    """

    times_changed = Signal()
    moved = Signal(bool, bool)

    def __init__(self) -> None:
        self.box = Box()
        self.time_axis, self.value_axis = TimeAxis(), ValueAxis()
        super().__init__(
            viewBox=self.box,
            axisItems={"bottom": self.time_axis, "left": self.value_axis},
            enableMenu=False,
        )
        self.origin = 0.0
        self.painting = 0.0  # seconds the last one took
        self.lanes = self.logarithmic = False
        self.heights: Span | None = None  # as the user fixed them
        self._curves: dict[str, Curve] = {}
        self._lines: Sequence[Line] = ()
        self._heights: dict[str, Height] = {}
        self._titles: list[Title] = []
        self._lit = ""
        self._setting = False
        self.setAcceptDrops(False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.showGrid(x=True, y=True, alpha=0.15)
        for axis in (self.time_axis, self.value_axis):
            axis.setZValue(self.box.zValue() - 1)  # a grid belongs below
        for side in ("top", "right"):
            self.getAxis(side).enableAutoSIPrefix(False)  # they reckon, though nobody sees them
        self.box.disableAutoRange()
        self.box.setLimits(minXRange=1e-6)
        self.box.sigXRangeChanged.connect(self._on_times)
        self.box.sigResized.connect(self.times_changed)
        self.box.moved.connect(self.moved)
        self.recolour()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw it, and see how long that takes."""
        start = time.perf_counter()
        super().paintEvent(event)
        self.painting = time.perf_counter() - start

    # -- what is seen

    @property
    def times(self) -> Span:
        """The seconds since 1970 at the left and right."""
        left, right = self.box.viewRange()[0]
        return left + self.origin, right + self.origin

    @property
    def pixels(self) -> int:
        """Columns of pixels the curves have."""
        width: float = self.box.width() * self.devicePixelRatioF()
        return max(1, round(width))

    @property
    def columns(self) -> int:
        """Columns of time that are told apart: of pixels, unless there are very many curves."""
        return max(1, self.pixels // (1 + len(self._lines) * self.pixels // _MOST))

    def span_of(self, name: str) -> Span | None:
        """Least and greatest of what is drawn of a series, as it is drawn, with some room."""
        curve = self._curves.get(name)
        return None if curve is None or curve.span is None else Height().fit(*curve.span)

    def set_time(self, start: float, end: float) -> None:
        """Show from ``start`` to ``end``, seconds since 1970."""
        wanted = start - self.origin, max(end, start + 1e-6) - self.origin
        if list(wanted) != self.box.viewRange()[0]:
            self._setting = True
            self.box.setXRange(*wanted, padding=0)
            self._setting = False

    def set_origin(self, origin: float) -> None:
        """Count seconds from ``origin``; what is seen stays."""
        start, end = self.times
        moved = self.origin - origin
        self.origin = origin
        if moved:
            self.set_time(start, end)

    def set_scale(self, lanes: bool, logarithmic: bool) -> None:
        """One scale for all or a strip for each; values or their logarithms."""
        self.lanes, self.logarithmic = lanes, logarithmic
        self.box.values_fixed = lanes
        self.value_axis.setTicks(None)
        self.value_axis.setLogMode(y=logarithmic)
        self.fit_values()

    def fit_values(self) -> None:
        """Let heights fit what is seen anew."""
        self._heights.clear()

    def draw(self, lines: Sequence[Line], refit: bool = False) -> None:
        """Draw these, and no others; ``refit``: values fit what is seen at once."""
        self._lines = lines
        if refit:
            self.fit_values()
        names = {line.name for line in lines}
        for name, curve in self._curves.items():
            if name not in names and curve.isVisible():
                curve.forget()
        start, end = self.times
        columns = decimate.edges(start, end, self.columns)
        changed = [line for line in lines if self._take(line, columns)]
        if self.lanes:
            self._draw_lanes(lines)
        else:
            self._draw_together(lines, changed)
        self.box.prepareForPaint()  # what moves while it is painted is painted twice

    def forget(self) -> None:
        """Remove all curves."""
        for curve in self._curves.values():
            self.box.removeItem(curve)
        self._curves.clear()
        self._heights.clear()
        self._lines = ()

    def light(self, name: str) -> None:
        """Draw one curve stronger than the others; "" none."""
        if name != self._lit:
            self._lit = name
            self.repen()

    def repen(self) -> None:
        """Take pens as the lines have them."""
        for line in self._lines:
            self._repen(line)

    def recolour(self) -> None:
        """Take the theme's colours and type."""
        colours = theme.current()
        self.setBackground(colours.base)
        for axis in (self.time_axis, self.value_axis):
            axis.setPen(colours.border)
            axis.setTextPen(colours.muted)
            axis.setStyle(tickFont=self.font())
        for title in self._titles:
            title.setBrush(pyqtgraph.mkBrush(colours.text))
            title.setFont(self.font())

    def nearest(self, x: float, y: float) -> Found | None:
        """The point drawn nearest to a place of the scene, if one is near."""
        area = self.box.sceneBoundingRect()
        if not area.contains(x, y):
            return None
        (left, right), (bottom, top) = self.box.viewRange()
        moment = left + (x - area.left()) / area.width() * (right - left) + self.origin
        best, least = None, _NEAR
        for line in self._lines:
            point = figures.nearest(line.view, moment)
            if point is None:
                continue
            value = self._height_of(line.name, point.value)
            across = area.left() + (point.time - self.origin - left) / (right - left) * area.width()
            down = area.top() + (top - value) / (top - bottom) * area.height()
            distance = float(np.hypot(across - x, down - y))
            if distance < least:  # never for NaN
                best, least = Found(line.name, point, point.time - self.origin, value), distance
        return best

    # -- inside

    def _on_times(self) -> None:
        if not self._setting:
            self.times_changed.emit()

    def _repen(self, line: Line) -> None:
        curve, pen, lit = self._curves[line.name], line.pen, line.name == self._lit
        if lit:
            pen = QPen(pen)
            pen.setWidthF(theme.line_width(2.0))
        curve.setPen(pen)
        curve.setZValue(1 if lit else 0)

    def _take(self, line: Line, columns: Floats) -> bool:
        """Look up what to draw of a line; False where it is what is drawn already."""
        curve = self._curves.get(line.name)
        if curve is None:
            curve = self._curves[line.name] = Curve()
            curve.hide()
            self.box.addItem(curve, ignoreBounds=True)
        if not curve.isVisible():
            self._repen(line)
            curve.show()
        return curve.look(line.view, columns, self.origin, self.logarithmic)

    def _draw_together(self, lines: Sequence[Line], changed: Sequence[Line]) -> None:
        self._show_titles((), 0.0)
        spans = [span for line in lines if (span := self._curves[line.name].span) is not None]
        if not self.logarithmic:
            spans += [line.always for line in lines if line.always is not None]
        if self.heights is not None:
            self._set_values(*self.heights)
        elif spans and (changed or "" not in self._heights):
            self._set_values(*self._fit("", spans))
        low, high = self.box.viewRange()[1]
        for line in lines:
            self._curves[line.name].put((low, high))

    def _draw_lanes(self, lines: Sequence[Line]) -> None:
        spans: list[Span] = []
        for lane, line in enumerate(reversed(lines)):
            curve = self._curves[line.name]
            span = self._lane_span(line.name, curve.span)
            spans.insert(0, span)
            curve.put(span, lane)
        self._set_values(0.0, max(1.0, len(lines)))
        height = self.box.height() / max(1, len(lines))
        self.value_axis.set_lanes(spans, height, self.fontMetrics().height())
        self._show_titles([line.name for line in lines], height)

    def _fit(self, name: str, spans: Sequence[Span]) -> Span:
        low, high = min(span[0] for span in spans), max(span[1] for span in spans)
        return self._heights.setdefault(name, Height()).fit(low, high)

    def _lane_span(self, name: str, span: Span | None) -> Span:
        if span is not None:
            return self._fit(name, [span])
        known = self._heights.get(name)
        return known.span if known is not None and known.span is not None else (0.0, 1.0)

    def _set_values(self, low: float, high: float) -> None:
        if [low, high] != self.box.viewRange()[1]:
            self.box.setYRange(low, high, padding=0)

    def _height_of(self, name: str, value: float) -> float:
        """Where a value is drawn."""
        (drawn,) = prepared(np.array([value]), self.logarithmic)
        place = self._curves[name].place
        if place:
            lane, span = place
            (drawn,) = in_lane(np.array([drawn]), span, lane)
        return float(drawn)

    def _show_titles(self, names: Sequence[str], height: float) -> None:
        """Write each strip's name into it, where it is high enough."""
        if not names and not self._titles:
            return
        if not names or height < 1.5 * self.fontMetrics().height():
            names = ()
        while len(self._titles) < len(names):
            title = Title(self.box)
            title.setBrush(pyqtgraph.mkBrush(theme.current().text))
            title.setFont(self.font())
            title.setZValue(10)
            self._titles.append(title)
        for place, title in enumerate(self._titles):
            title.setVisible(place < len(names))
            if place < len(names):
                title.setText(names[place])
                title.setPos(6, place * height + 2)
