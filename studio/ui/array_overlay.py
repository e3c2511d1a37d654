"""What lies over the blocks: the outlines of another layout, and the block being moved."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from studio.ui import theme
from studio.ui.array_paint import on_screen


class Outlines(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Dashed outlines with names, of a layout to compare with."""

    def __init__(self, area: QRectF) -> None:
        super().__init__()
        self._area = area
        self._rects: tuple[tuple[QRectF, str], ...] = ()
        self.setZValue(5)

    def set_rects(self, rects: Sequence[tuple[QRectF, str]]) -> None:
        """Rectangles in drawing coordinates and what stands in their lower left corner."""
        self._rects = tuple((rect, text) for rect, text in rects if rect.height())
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All of the area."""
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Dashes in the text colour on a line in the ground's, so that they show on any fill."""
        if not self._rects:
            return
        colours, transform = theme.current(), painter.worldTransform()
        screen = on_screen(painter, widget)
        painter.save()
        painter.resetTransform()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        metrics = painter.fontMetrics()
        for own, text in self._rects:
            if not transform.mapRect(own).intersects(screen):
                continue
            # Dashes are counted from a line's start, which must not be far off the screen.
            whole = transform.mapRect(own)
            rect = whole.intersected(screen.adjusted(-8, -8, 8, 8)).toRect()
            painter.setPen(QPen(QColor(colours.base), 2))
            painter.drawRect(rect)
            painter.setPen(QPen(QColor(colours.text), 2, Qt.PenStyle.DashLine))
            painter.drawRect(rect)
            if rect.width() > metrics.horizontalAdvance(text) + 8 and rect.height() > 40:
                room = rect.adjusted(4, 2, -4, -3)
                painter.drawText(
                    room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text
                )
        painter.restore()


class Ghost(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """A block on its way: where it would lie, whether it may, and a sign that says so."""

    def __init__(self, area: QRectF) -> None:
        super().__init__()
        self._area = area
        self._rect: QRectF | None = None
        self._legal = True
        self.setZValue(10)

    def show_at(self, rect: QRectF | None, *, legal: bool = True) -> None:
        """Draw it there; None hides it."""
        self._rect = rect if rect is None or rect.height() else None
        self._legal = legal
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All of the area."""
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Green with a check mark, or red, dashed and with a cross."""
        if self._rect is None:
            return
        colours = theme.current()
        colour = QColor(colours.good if self._legal else colours.bad)
        rect = painter.worldTransform().mapRect(self._rect)
        rect = rect.intersected(on_screen(painter, widget).adjusted(-8, -8, 8, 8))
        painter.save()
        painter.resetTransform()
        painter.fillRect(rect, theme.blend(colour, colour, 0, 0.4))
        style = Qt.PenStyle.SolidLine if self._legal else Qt.PenStyle.DashLine
        painter.setPen(QPen(colour, 2, style))
        painter.drawRect(rect.toRect())
        font = QFont(painter.font())
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.6)
        painter.setFont(font)
        if min(rect.width(), rect.height()) > painter.fontMetrics().height():
            painter.setPen(QColor(colours.text))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "✓" if self._legal else "✕")
        painter.restore()
