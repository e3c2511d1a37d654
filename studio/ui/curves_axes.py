"""Axes and mouse of the live plot."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtCore import QDateTime, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from studio.ui import theme
from studio.ui.curves_scale import Span

Ticks = list[tuple[float, list[float]]]


class PlainAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """An axis whose grid takes no time: Qt needs 25 times as long for lines that let through."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.enableAutoSIPrefix(False)  # or it would lay its title out anew with every range
        self.picture: Any = None
        self.setStyle(maxTickLevel=1)

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        """Draw line, marks and numbers; Qt asks for it."""
        painter.save()
        if self.style["tickFont"]:
            painter.setFont(self.style["tickFont"])
        if self.picture is None:
            self.picture = self._specs(painter)
        if self.picture:
            self.drawPicture(painter, *self.picture)
        painter.restore()

    def _specs(self, painter: QPainter) -> tuple[Any, ...]:
        """What to draw: pyqtgraph's, in the colours its lines have on our ground."""
        found = self.generateDrawSpecs(painter)
        if found is None:
            return ()
        axis, marks, texts = found
        ground = theme.current().base
        if self.orientation == "left":
            texts = _apart(texts)
        return axis, [(_opaque(pen, ground), start, end) for pen, start, end in marks], texts


class TimeAxis(PlainAxis, pyqtgraph.DateAxisItem):  # type: ignore[misc]
    """Seconds since ``origin`` (since 1970), as a number or as the clock had it."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.origin = 0.0
        self.clock = False

    def set(self, origin: float, clock: bool) -> None:
        """What the numbers mean."""
        if (origin, clock) != (self.origin, self.clock):
            self.origin, self.clock = origin, clock
            self.picture = None
            self.update()

    def tell(self, times: Sequence[float], step: float) -> list[str]:
        """Texts of single times that tell them apart down to ``step`` seconds."""
        if not self.clock:
            return [f"{text} s" for text in _numbers(times, step)]
        moments = [round(1000 * (time + self.origin)) for time in times]
        return [QDateTime.fromMSecsSinceEpoch(at).toString("HH:mm:ss.zzz") for at in moments]

    def tickValues(self, low: float, high: float, size: float) -> Ticks:  # noqa: N802
        """Spacings and the places to mark; pyqtgraph asks for it."""
        if not self.clock:
            found: Ticks = pyqtgraph.AxisItem.tickValues(self, low, high, size)
            return found
        at = self.origin
        found = super().tickValues(low + at, high + at, size)
        return [(spacing, [place - at for place in places]) for spacing, places in found]

    def tickStrings(  # noqa: N802  (pyqtgraph's name)
        self, values: Sequence[float], scale: float, spacing: float
    ) -> list[str]:
        """The texts of these places."""
        if not self.clock:
            return [f"{text} s" for text in _numbers(values, spacing)]
        at = self.origin
        texts: list[str] = super().tickStrings([value + at for value in values], scale, spacing)
        return texts


class ValueAxis(PlainAxis):
    """Values, or with ``set_lanes`` those of each strip."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)
        # A plot that grows and shrinks with its numbers' digits is hard to look at.
        self.setStyle(autoReduceTextSpace=False)

    def tickStrings(  # noqa: N802  (pyqtgraph's name)
        self, values: Sequence[float], scale: float, spacing: float | None
    ) -> list[str]:
        """The texts of these places."""
        if self.logMode or not spacing:
            texts: list[str] = super().tickStrings(values, scale, spacing)
            return texts
        return _numbers(values, spacing)

    def set_lanes(self, spans: Sequence[Span], height: float, line: float) -> None:
        """Number strips, from the top; pixels of the ``height`` of each and of a text's line."""
        ticks: list[tuple[float, str]] = []
        rims = [(float(lane), "") for lane in range(len(spans) + 1)]
        for lane, (low, high) in enumerate(reversed(spans)):
            if height < 1.5 * line:
                continue
            levels = pyqtgraph.AxisItem.tickValues(self, low, high, height)
            spacing, places = next((own for own in levels if own[1]), (1.0, []))
            # Numbers must not overlap, nor those of the next strip.
            pixels = height * (places[1] - places[0]) / (high - low) if len(places) > 1 else height
            places = places[:: max(1, math.ceil(line / pixels))]
            room = line / 2 / height
            for place, text in zip(places, self.tickStrings(places, 1.0, spacing), strict=True):
                at = (place - low) / (high - low)
                if room < at < 1 - room:
                    ticks.append((lane + at, text))
        self.setTicks([rims, ticks])


def _apart(texts: list[tuple[QRectF, int, str]]) -> list[tuple[QRectF, int, str]]:
    """Those of an upright axis's numbers, from the top, that no other one runs into."""
    kept: list[tuple[QRectF, int, str]] = []
    for own in sorted(texts, key=lambda text: text[0].top()):
        if not kept or own[0].top() >= kept[-1][0].bottom():
            kept.append(own)
    return kept


def _opaque(pen: QPen, ground: str) -> QPen:
    """A pen that draws on ``ground`` as this one does, which lets it through."""
    pen.setColor(_mixed(pen.color().rgba(), ground))
    return pen


@functools.lru_cache(64)
def _mixed(colour: int, ground: str) -> QColor:
    own = QColor.fromRgba(colour)
    return theme.blend(QColor(ground), own, own.alphaF())


def _numbers(values: Sequence[float], spacing: float) -> list[str]:
    """Numbers with as many digits as tell one from the next."""
    most = max((abs(value) for value in values), default=0.0)
    if 1e-4 <= most < 1e7 or not most:
        places = max(0, -math.floor(math.log10(spacing) + 1e-9))
        return [f"{value:.{places}f}" for value in values]
    digits = max(1, math.floor(math.log10(most / spacing) + 1e-9) + 1)
    return [f"{value:.{digits}g}" for value in values]


class Box(pyqtgraph.ViewBox):  # type: ignore[misc]
    """The plot's area: the mouse moves time, over the left axis values; with Shift it frames both.

    ``moved`` carries whether time and values were moved by hand.
    """

    moved = Signal(bool, bool)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.values_free = False  # whether the mouse moves values inside, too
        self.values_fixed = False  # whether it never does

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802
        """Zoom: time, or values with Ctrl or over their axis."""
        if axis is None:
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            axis = int(control and not self.values_fixed)
        if axis == 1 and self.values_fixed:
            event.ignore()
            return
        super().wheelEvent(event, axis)
        self.moved.emit(axis == 0, axis == 1)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802
        """Pan, or zoom with the right button, or to what was framed with Shift."""
        framed = axis is None and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        left = event.button() == Qt.MouseButton.LeftButton
        if framed and left and not self.values_fixed:
            self.state["mouseMode"] = self.RectMode
            try:
                super().mouseDragEvent(event)
            finally:
                self.state["mouseMode"] = self.PanMode
            if event.isFinish():
                self.moved.emit(True, True)
            return
        self.rbScaleBox.hide()
        if axis == 1 and self.values_fixed:
            event.ignore()
            return
        both = axis is None and self.values_free and not self.values_fixed
        self.setMouseEnabled(x=axis != 1, y=axis == 1 or both)
        super().mouseDragEvent(event)
        self.setMouseEnabled(x=True, y=True)
        self.moved.emit(axis != 1, axis == 1 or both)
