"""The drawing of the arrays and, enlarged below, their bias strips: looking, pointing and keys."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QWidget

from studio.ui import theme
from studio.ui.array_box import Drag, Plot
from studio.ui.array_item import Marks
from studio.ui.array_space import Space, Spot

_STRIP = 0.13  # of the height; at the array's scale the strip would be a few pixels
_LOW = 11  # lines of text; in less height the strip is left out
_STRIP_LEAST, _STRIP_MOST = 44, 110  # device independent pixels
_PADDING = 0.12  # around a block that is zoomed to
_NUDGE = 8

_STEERING = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class ArrayView(pyqtgraph.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Two plots on the same columns. It knows rectangles, not layouts.

    ``pointed``: the Spot under the mouse, or None, and the patch there. ``clicked`` and
    ``opened`` (double click): the patch, or None. ``steered``: arrow keys, as columns and rows;
    ``nudged``: the same with Alt, in cells; ``left_off``: Escape.
    ``walk`` is asked at Tab, with 1 or -1, whether it went on to another block, as long as
    ``walking``, which begins anew with the focus.
    """

    pointed = Signal(object, object)
    clicked = Signal(object)
    opened = Signal(object)
    steered = Signal(int, int)
    nudged = Signal(int, int)
    left_off = Signal()

    def __init__(self, space: Space, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.space = space
        self.walk: Callable[[int], bool] | None = None
        self.walking = True
        self.setAcceptDrops(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.ci.layout.setContentsMargins(4, 4, 18, 0)
        self.ci.layout.setVerticalSpacing(4)
        self.cells = Plot(self, space, strip=False)
        self.strip = Plot(self, space, strip=True)
        self.plots = (self.cells, self.strip)
        self.strip.item.setXLink(self.cells.item)
        self.strip.box.setMouseEnabled(y=False)
        self.cells.left.setLabel(self.tr("row"))
        self.strip.left.setLabel(self.tr("bias"))
        self.strip.bottom.setLabel(self.tr("column"))
        for plot in self.plots:
            plot.box.on_click = self._clicker(plot)
        self._proxy = pyqtgraph.SignalProxy(
            self.scene().sigMouseMoved, rateLimit=60, slot=self._on_move
        )
        self.recolour()

    # -- what is shown

    @property
    def seen(self) -> QRectF:
        """The part of the arrays in view."""
        found: QRectF = self.cells.box.viewRect()
        return found

    @property
    def is_whole(self) -> bool:
        """Whether all of it is in view."""
        return bool(self.seen.contains(self.space.all(strip=False)))

    def fit(self) -> None:
        """Show everything."""
        self.cells.box.setRange(self.space.all(strip=False), padding=0.012)

    def zoom(self, factor: float, centre: QPointF | None = None) -> None:
        """Magnify by ``factor`` around ``centre``, or the middle."""
        self.cells.box.scaleBy((1 / factor, 1 / factor), centre or self.seen.center())

    def zoom_to(self, rect: QRectF) -> None:
        """Fill the view with ``rect``."""
        self.cells.box.setRange(rect, padding=_PADDING)

    def bring_into_view(self, rect: QRectF) -> None:
        """Move the view as little as is needed to see all of ``rect``; zoom out if it must."""
        seen = self.seen
        if seen.contains(rect):
            return
        if rect.width() > seen.width() or rect.height() > seen.height():
            self.zoom_to(rect.united(rect))
            return
        seen.moveCenter(rect.center())
        self.cells.box.setRange(seen, padding=0)

    def set_marks(self, marks: Marks) -> None:
        """Mark patches, the same in both plots."""
        for plot in self.plots:
            plot.patches.set_marks(marks)

    def mark_edges(self, rect: QRectF | None, strip: QRectF | None) -> None:
        """Number the edges of a rectangle and of its bias rows on the rulers."""
        columns = (rect.left(), rect.right()) if rect is not None else ()
        rows = (rect.top(), rect.bottom()) if rect is not None else ()
        bias = (strip.top(), strip.bottom()) if strip is not None and strip.height() else ()
        self.cells.left.mark([int(value) for value in rows])
        self.cells.bottom.mark([int(value) for value in columns])
        self.strip.bottom.mark([int(value) for value in columns])
        self.strip.left.mark([int(value) for value in bias])

    def set_drag(self, drag: Drag) -> None:
        """Let blocks be moved."""
        self.cells.box.drag = drag

    def recolour(self) -> None:
        """Take over the theme's colours and the application's font."""
        colours = theme.current()
        self.setBackground(colours.base)
        font = theme.sized(0.9)
        metrics = QFontMetrics(font)
        for plot in self.plots:
            for axis in (plot.left, plot.bottom):
                axis.setPen(QColor(colours.border))
                axis.setTextPen(QColor(colours.muted))
                axis.set_font(font)
                axis.label.setFont(font)
                axis.setStyle(tickLength=-4, tickTextOffset=5, hideOverlappingLabels=False)
            plot.left.setWidth(metrics.horizontalAdvance("00000") + metrics.height() + 6)
        self._fit_strip()

    # -- what the user does

    def resizeEvent(self, ev: QEvent | None) -> None:  # noqa: N802  (Qt's name)
        """Keep the strip in proportion."""
        super().resizeEvent(ev)
        if hasattr(self, "strip"):
            self._fit_strip()

    def leaveEvent(self, ev: QEvent) -> None:  # noqa: N802  (Qt's name)
        """The mouse points at nothing."""
        super().leaveEvent(ev)
        self.pointed.emit(None, None)

    def focusInEvent(self, ev: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """Tab goes through the blocks, until Escape."""
        super().focusInEvent(ev)
        self.walking = True

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802  (Qt's names)
        """Tab goes from block to block, and after the last one on to the next widget."""
        if self.walking and self.walk is not None and self.walk(1 if next else -1):
            return True
        return bool(super().focusNextPrevChild(next))

    def keyPressEvent(self, ev: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Tell of the keys that no action has."""
        key, modifiers = ev.key(), ev.modifiers()
        ev.accept()
        if key in _STEERING:
            x, y = _STEERING[Qt.Key(key)]
            if modifiers & Qt.KeyboardModifier.AltModifier:
                far = _NUDGE if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
                self.nudged.emit(far * x, far * y)
            else:
                self.steered.emit(x, y)
        elif key == Qt.Key.Key_Escape:
            self.left_off.emit()
        else:
            ev.ignore()

    def _clicker(self, plot: Plot) -> Callable[[QPointF, bool], None]:
        def click(point: QPointF, double: bool) -> None:
            (self.opened if double else self.clicked).emit(plot.patches.at(point))

        return click

    def _on_move(self, arguments: tuple[QPointF]) -> None:
        (position,) = arguments
        for plot in self.plots:
            if plot.box.sceneBoundingRect().contains(position):
                point = plot.box.mapSceneToView(position)
                spot: Spot | None = self.space.spot(point, strip=plot.strip)
                self.pointed.emit(spot, plot.patches.at(point))
                return
        self.pointed.emit(None, None)

    def _fit_strip(self) -> None:
        """The strip in proportion; where there is no room for both, only the arrays."""
        line = self.fontMetrics().height()
        low = self.height() < _LOW * line
        self.strip.item.setVisible(not low)
        for plot in self.plots:
            plot.left.showLabel(not low)
        # Numbers below the lowest plot, its title where there is room for that too.
        titled = self.height() >= 2 * _LOW * line
        self.strip.bottom.showLabel(titled)
        self.cells.bottom.setStyle(showValues=low)
        self.cells.bottom.setHeight(line + 8 if low else 6)
        axis = (2 * line if titled else line) + 8
        self.strip.bottom.setHeight(axis)
        room = max(_STRIP_LEAST, min(_STRIP_MOST, round(_STRIP * self.height())))
        self.strip.item.setFixedHeight(0 if low else axis + room)
