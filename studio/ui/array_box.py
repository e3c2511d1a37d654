"""One plot of the array's drawing: what lies in it and how the mouse acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt

from studio.ui import bank_text
from studio.ui.array_axis import Ruler
from studio.ui.array_heat import Heat, HeatItem
from studio.ui.array_item import Ground, Patches
from studio.ui.array_overlay import Ghost, Outlines
from studio.ui.array_space import GAP, Space

_BORDER = 0.03  # of the drawing, free around it


class Drag(Protocol):
    """What a block is moved by, when the mouse is pressed on it."""

    def start(self, point: QPointF) -> bool:
        """Whether a drag from there moves a block (and not the view)."""

    def move(self, point: QPointF) -> None:
        """The mouse is at ``point`` now."""

    def drop(self) -> None:
        """The mouse was released."""


class Box(pyqtgraph.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Dragging moves a block where ``drag`` wants to, else the view; clicks are told."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, invertY=True)
        self.drag: Drag | None = None
        self.on_click: Callable[[QPointF, bool], None] | None = None
        self._dragging = False

    def mouseClickEvent(self, ev: Any) -> None:  # noqa: N802  (pyqtgraph's name)
        """A click, or the second of two."""
        if ev.button() == Qt.MouseButton.LeftButton and self.on_click is not None:
            ev.accept()
            self.on_click(self.mapToView(ev.pos()), ev.double())

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:  # noqa: N802
        """Left moves a block or the view, middle the view; right is the menu's."""
        if ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
            return
        if ev.isStart() and ev.button() == Qt.MouseButton.LeftButton and self.drag is not None:
            self._dragging = self.drag.start(self.mapToView(ev.buttonDownPos()))
        if not self._dragging or self.drag is None:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        self.drag.move(self.mapToView(ev.pos()))
        if ev.isFinish():
            self._dragging = False
            self.drag.drop()


class Plot:
    """A plot of the arrays' cells, or of their bias strips, with its items."""

    def __init__(self, canvas: pyqtgraph.GraphicsLayoutWidget, space: Space, *, strip: bool):
        array = space.array
        self.space, self.strip = space, strip
        rows = space.height(strip=strip)
        self.left = Ruler("left")
        self.bottom = Ruler("bottom", period=array.columns + GAP)
        self.box = Box()
        self.item = canvas.addPlot(
            row=1 if strip else 0,
            col=0,
            viewBox=self.box,
            axisItems={"left": self.left, "bottom": self.bottom},
        )
        self.item.hideButtons()
        self.item.setMenuEnabled(False)
        for index in range(array.count):
            left = space.offset(index)
            area = QRectF(left, 0, array.columns, rows)
            # The bias strip has no banks.
            names = [(bank.first_row, bank_text.full(bank.name)) for bank in array.banks]
            reserved = QRectF(left, 0, array.reserved_columns, rows)
            self.item.addItem(Ground(area, reserved, [] if strip else names))
        whole = space.all(strip=strip)
        self.heat = Heat(self.item)
        self.values = HeatItem(whole, self.heat)
        self.patches = Patches(whole)
        self.outlines = Outlines(whole)
        self.ghost = Ghost(whole)
        for item in (self.values, self.patches, self.outlines, self.ghost):
            self.item.addItem(item)
        self.values.hide()
        self.item.setRange(whole, padding=0.012)
        self.item.setLimits(
            xMin=-_BORDER * whole.width(),
            xMax=(1 + _BORDER) * whole.width(),
            yMin=-_BORDER * rows,
            yMax=(1 + _BORDER) * rows,
            minXRange=6,
            minYRange=4,
        )
        limits = [edge for b in array.banks for edge in (b.first_row, b.last_row + 1)]
        self.left.set_edges([] if strip else limits)
        edges = (0, array.columns, array.reserved_columns)
        self.bottom.set_edges([space.offset(n) + e for n in range(array.count) for e in edges])
