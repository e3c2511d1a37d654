"""What is read off the live plot: two cursors, and the point under the mouse."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from studio.ui import theme
from studio.ui.curves_plot import CurvesPlot, Found
from studio.ui.widgets import named, verbatim

_TICK = 16  # milliseconds
_APART = 14  # device independent pixels from the point to its words
_LETTERS = 40  # of a name beside the mouse


class Cursors(QObject):
    """The upright lines A and B of ``plot``: dragged, or placed by a click.

    ``changed``: one was moved, or both were shown or hidden.
    """

    changed = Signal()

    def __init__(self, plot: CurvesPlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._origin = 0.0
        self.shown = False
        self.lines = []
        for title, place in (("A", 0.94), ("B", 0.86)):
            line = pyqtgraph.InfiniteLine(
                angle=90, movable=True, label=title, labelOpts={"position": place, "movable": False}
            )
            line.setZValue(5)
            line.hide()
            line.sigPositionChanged.connect(self._on_moved)
            self.lines.append(line)
        self.recolour()

    @property
    def times(self) -> tuple[float, float] | None:
        """Those of A and B in seconds since 1970; None while they are hidden."""
        if not self.shown:
            return None
        first, second = (float(line.value()) + self._plot.origin for line in self.lines)
        return first, second

    def show(self, on: bool) -> None:
        """Show both, in sight, or hide them."""
        if on == self.shown:
            return
        self.shown = on
        self.into_sight()
        for line in self.lines:
            _show(self._plot, line, on)
            if on:
                line.label.valueChanged()  # which it leaves undone while hidden
        self.changed.emit()

    def into_sight(self) -> None:
        """Move those that lie outside of the times shown."""
        start, end = self._plot.times
        for line, part in zip(self.lines, (1 / 3, 2 / 3), strict=True):
            if not start <= line.value() + self._plot.origin <= end:
                line.setValue(start + part * (end - start) - self._plot.origin)

    def place(self, time: float) -> None:
        """Move the nearer one to ``time``, seconds since 1970."""
        x = time - self._plot.origin
        min(self.lines, key=lambda line: abs(line.value() - x)).setValue(x)

    def move(self, a: float, b: float) -> None:
        """Move both, seconds since 1970."""
        for line, time in zip(self.lines, (a, b), strict=True):
            line.setValue(time - self._plot.origin)

    def shift(self, before: float) -> None:
        """Stay at their times after the plot's origin was ``before``."""
        for line in self.lines:
            line.setValue(line.value() + before - self._plot.origin)

    def recolour(self) -> None:
        """Take the theme's colours."""
        colours = theme.current()
        ground = QColor(colours.base)
        for line in self.lines:
            line.setPen(pyqtgraph.mkPen(colours.text, width=theme.line_width()))
            line.setHoverPen(pyqtgraph.mkPen(colours.accent, width=theme.line_width(2)))
            line.label.setColor(colours.text)
            line.label.fill = pyqtgraph.mkBrush(ground)

    def _on_moved(self, _: Any) -> None:
        if self.shown:
            self.changed.emit()


class Hair(QObject):
    """A cross at the point nearest to the mouse, with its name, time and value beside."""

    def __init__(self, plot: CurvesPlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._mouse: QPointF | None = None
        self.found: Found | None = None
        self._cross = [pyqtgraph.InfiniteLine(angle=angle) for angle in (90, 0)]
        for line in self._cross:
            line.hide()
            line.setZValue(4)
        self._words = verbatim(named(QLabel(plot), "hair"))
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words.setContentsMargins(6, 3, 6, 3)
        self._words.hide()
        self._timer = QTimer(self, singleShot=True, interval=_TICK)
        self._timer.timeout.connect(self.look)
        plot.scene().sigMouseMoved.connect(self._on_mouse)
        plot.viewport().installEventFilter(self)
        self.recolour()

    @property
    def text(self) -> str:
        """What is said of the point; "" where none is near."""
        return self._words.text() if self.found is not None else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Nothing is under a mouse that went away."""
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self.look()
        return super().eventFilter(watched, event)

    def recolour(self) -> None:
        """Take the theme's colours."""
        colours = theme.current()
        tint = QColor(colours.muted)
        tint.setAlphaF(0.6)
        for line in self._cross:
            line.setPen(pyqtgraph.mkPen(tint, width=1, style=Qt.PenStyle.DotLine))
        self._words.setStyleSheet(
            f"QLabel#hair {{ background: {colours.raised}; color: {colours.text};"
            f" border: 1px solid {colours.border}; border-radius: 4px; }}"
        )

    def look(self) -> None:
        """Find the point again: the mouse or the curves moved."""
        pressed = self._plot.scene().mouseGrabberItem() is not None
        mouse = None if pressed else self._mouse
        found = self._plot.nearest(mouse.x(), mouse.y()) if mouse is not None else None
        if found is None and self.found is None:
            return
        self.found = found
        self._words.setVisible(found is not None)
        for line in self._cross:
            _show(self._plot, line, found is not None)
        if found is None:
            return
        self._cross[0].setValue(found.x)
        self._cross[1].setValue(found.y)
        name = found.name if len(found.name) <= _LETTERS else found.name[: _LETTERS - 1] + "…"
        axis = self._plot.time_axis
        spacing = max(1e-6, (self._plot.times[1] - self._plot.times[0]) / self._plot.pixels)
        (time,) = axis.tell([found.x], spacing)
        self._words.setText(f"{name}\n{time}\n{found.point.value:.8g}")
        self._words.adjustSize()
        self._put(found)

    def _put(self, found: Found) -> None:
        at = self._plot.box.mapViewToScene(QPointF(found.x, found.y))
        apart, size = theme.px(_APART), self._words.size()
        x, y = at.x() + apart, at.y() - apart - size.height()
        if x + size.width() > self._plot.width():
            x = at.x() - apart - size.width()
        if y < 0:
            y = at.y() + apart
        self._words.move(round(max(0, x)), round(min(y, self._plot.height() - size.height())))

    def _on_mouse(self, position: QPointF) -> None:
        self._mouse = QPointF(position)
        if not self._timer.isActive():
            self._timer.start()


def _show(plot: CurvesPlot, line: pyqtgraph.InfiniteLine, on: bool) -> None:
    """Hidden ones are not in the plot, since they would reckon whenever the curves move."""
    if on != line.isVisible():
        line.setVisible(on)
        if on:
            plot.box.addItem(line, ignoreBounds=True)
        else:
            plot.box.removeItem(line)
