"""One line of the live plot: what is drawn of a series, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.monitor import decimate
from studio.monitor.ring import Floats, View
from studio.ui import theme
from studio.ui.curves_scale import Span, bounds, in_lane, prepared, strokes

_DOTS = 12  # pixels a point must have for itself to be drawn as a dot
_DOT = 5.0
# Heights of the plot that a line rises and falls in 100 columns of pixels: a smooth one less than
# the first, and until the second; a rough one more than the third.
_SMOOTH, _STILL, _ROUGH = 2.0, 2.5, 4.0


@dataclass(frozen=True)
class Line:
    """One series to draw; ``always``: values that are shown, whatever it has."""

    name: str
    view: View
    pen: QPen
    always: Span | None = None


class Curve(pyqtgraph.PlotCurveItem):  # type: ignore[misc]
    """A line; few points are dots, too: one alone, or between gaps, would not be seen.

    ``span``: the values in sight. ``place``: the strip it is drawn in, and that one's values;
    None before it is drawn, () in the plot as a whole.
    """

    def __init__(self) -> None:
        super().__init__(skipFiniteCheck=True)
        self.span: Span | None = None
        self.place: tuple[()] | tuple[int, Span] | None = None
        self._key: object = None  # what it is drawn of
        self._points: tuple[Floats, Floats] = (np.empty(0), np.empty(0))  # and what that gave
        self._columns = 1
        self._dots = False
        self._smooth = False

    def look(self, view: View, columns: Floats, origin: float, logarithmic: bool) -> bool:
        """Find what to draw between ``columns``; False where it is what is drawn already."""
        times = view.times
        starts_inside = len(times) > 0 and times[0] >= columns[0]
        ends_inside = len(times) > 0 and times[-1] <= columns[-1]
        key = (
            columns[0],
            columns[-1],
            len(columns),
            origin,
            logarithmic,
            view.begun,
            view.gone if starts_inside else -1,
            view.gone + len(view) if ends_inside else -1,
        )
        if key == self._key:
            return False
        x, y = decimate.polyline(view, columns)
        self._key, self.place, self._columns = key, None, len(columns)
        y = prepared(y, logarithmic)
        seen = slice(np.searchsorted(x, columns[0]), np.searchsorted(x, columns[-1], "right"))
        self.span = bounds(y[seen]) or bounds(y)
        self._points = x - origin, y
        self._dots = len(x) * _DOTS < len(columns)
        return True

    def put(self, span: Span, lane: int | None = None) -> None:
        """Draw it in a plot, or in a strip of it, that shows the values of ``span``."""
        place = () if lane is None else (lane, span)
        if place == self.place:
            return
        self.place = place
        x, y = self._points
        way, height = float(np.nansum(np.abs(np.diff(y)))), span[1] - span[0]
        travel = 100 / self._columns * way / height if height > 0 else 0.0
        self._smooth = travel < (_STILL if self._smooth else _SMOOTH)
        if travel > _ROUGH:
            x, y = strokes(x, y)
        if lane is not None:
            y = in_lane(y, span, lane)
        gaps = bool(np.isnan(y).any())
        self.setData(
            x,
            y,
            antialias=self._smooth,
            connect="finite" if gaps else "all",
            skipFiniteCheck=not gaps,
        )

    def forget(self) -> None:
        """Draw nothing."""
        self.hide()
        self.setData([], [])
        self._key = None

    def pixelPadding(self) -> float:  # noqa: N802  (pyqtgraph's name)
        """Pixels drawn beyond the points."""
        return max(float(super().pixelPadding()), theme.line_width(_DOT))

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All that is seen; to reckon what it takes itself takes as long as to draw it."""
        found: QRectF = self.getViewBox().viewRect()
        return found

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        """Draw line and dots; Qt asks for it."""
        super().paint(painter, option, widget)
        x, y = self.getData()
        known = ~np.isnan(y) if self._dots and y is not None else np.zeros(0, bool)
        if known.any():  # of no point at all, Qt would read one
            pen = QPen(self.opts["pen"])
            pen.setWidthF(theme.line_width(_DOT))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawPoints(pyqtgraph.functions.arrayToQPolygonF(x[known], y[known]))
