"""Graphics items that draw a part of the array: its ground, and rectangles with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from studio.ui import theme

_HATCH = 7  # device independent pixels between the lines over reserved columns
_SEEN = 2.5  # device independent pixels a block takes at least
_EDGED = 6  # blocks smaller than this have no edge
_MARGIN = 4  # and between a label and its rectangle's edge


@dataclass(frozen=True)
class Patch:
    """One rectangle in array coordinates (columns, rows); ``lines`` is its label."""

    rect: QRectF
    colour: str
    lines: tuple[str, ...] = ()


class Ground(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """The cells themselves: free ones, reserved ones hatched, and lines between banks.

    ``area`` and ``reserved`` are rectangles, ``banks`` first rows and names, top to bottom.
    """

    def __init__(self, area: QRectF, reserved: QRectF, banks: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self._area = area
        self._reserved = reserved
        self._banks = tuple(banks)
        self.setZValue(-10)

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All of the area."""
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Fill, hatch in screen space, and rule."""
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(self._area, QColor(colours.window))
        painter.fillRect(self._reserved, QColor(colours.raised))
        edge = QPen(QColor(colours.border), 1)
        edge.setCosmetic(True)
        painter.setPen(edge)
        painter.drawRect(self._area)
        _hatch(painter, self._reserved, QColor(colours.border))
        strong = QPen(QColor(colours.muted), 1)
        strong.setCosmetic(True)
        painter.setPen(strong)
        for row, _ in self._banks[1:]:
            painter.drawLine(QLineF(self._area.left(), row, self._area.right(), row))
        self._name_banks(painter)

    def _name_banks(self, painter: QPainter) -> None:
        transform = painter.worldTransform()
        ends = [row for row, _ in self._banks[1:]] + [self._area.bottom()]
        painter.save()
        painter.resetTransform()
        for (row, name), end in zip(self._banks, ends, strict=False):
            bank = QRectF(self._area.left(), row, self._area.width(), end - row)
            room = transform.mapRect(bank).intersected(QRectF(painter.viewport()))
            room.adjust(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, name)
        painter.restore()


class Patches(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Coloured rectangles; a label shows where its rectangle is large enough for it."""

    def __init__(self, area: QRectF) -> None:
        super().__init__()
        self._area = area
        self._patches: tuple[Patch, ...] = ()
        self._marked: int | None = None

    def set_patches(self, patches: Sequence[Patch]) -> None:
        """Draw these and no others."""
        self._patches = tuple(patches)
        self._marked = None
        self.update()

    def mark(self, index: int | None) -> None:
        """Outline one patch (and end the last outline)."""
        if index != self._marked:
            self._marked = index
            self.update()

    def at(self, point: QPointF) -> int | None:
        """The index of the patch over a point in array coordinates."""
        # QRectF.contains takes the far edges too; a cell belongs to one block only.
        for index, patch in enumerate(self._patches):
            rect = patch.rect
            if rect.left() <= point.x() < rect.right() and rect.top() <= point.y() < rect.bottom():
                return index
        return None

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All of the area, whatever lies on it."""
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Rectangles in array coordinates, then labels in screen space."""
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        edge = QPen(QColor(colours.base), 1)
        edge.setCosmetic(True)
        transform = painter.worldTransform()
        for patch in self._patches:
            seen = transform.mapRect(patch.rect)
            rect = QRectF(patch.rect)
            rect.setWidth(rect.width() * max(1.0, _SEEN / seen.width()))
            rect.setHeight(rect.height() * max(1.0, _SEEN / seen.height()))
            painter.fillRect(rect, QColor(patch.colour))
            # On a block of a few pixels the edge would be all there is to see.
            if min(seen.width(), seen.height()) > _EDGED:
                painter.setPen(edge)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(patch.rect)
        if self._marked is not None:
            mark = QPen(QColor(colours.text), 2)
            mark.setCosmetic(True)
            painter.setPen(mark)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._patches[self._marked].rect)
        self._paint_labels(painter, QColor(colours.text))

    def _paint_labels(self, painter: QPainter, colour: QColor) -> None:
        transform = painter.worldTransform()
        visible = QRectF(painter.viewport())
        metrics = QFontMetricsF(painter.font())
        painter.save()
        painter.resetTransform()
        painter.setPen(colour)
        for patch in self._patches:
            room = transform.mapRect(patch.rect).intersected(visible)
            room.adjust(_MARGIN, 0, -_MARGIN, 0)
            lines = patch.lines[: int(room.height() // metrics.height())]
            if not lines or metrics.horizontalAdvance(lines[0]) > room.width():
                continue
            fitting = [line for line in lines if metrics.horizontalAdvance(line) <= room.width()]
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "\n".join(fitting))
        painter.restore()


def _hatch(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Diagonal lines at a constant distance on the screen, whatever the zoom."""
    room = painter.worldTransform().mapRect(rect).intersected(QRectF(painter.viewport()))
    if room.isEmpty():
        return
    painter.save()
    painter.resetTransform()
    painter.setClipRect(room)
    painter.setPen(QPen(colour, 1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    height = room.height()
    x = room.left() - height - room.left() % _HATCH
    while x < room.right():
        painter.drawLine(QLineF(x, room.bottom(), x + height, room.top()))
        x += _HATCH
    painter.restore()
