"""Signs that are told apart by their shape as well as by their colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from studio.monitor.verdict import Lamp
from studio.ui import theme


def colour(lamp: Lamp) -> str:
    """Of a sign and the words beside it."""
    shown = theme.current()
    return {"good": shown.good, "bad": shown.bad, "unknown": shown.muted}[lamp]


def draw(painter: QPainter, area: QRectF, lamp: Lamp) -> None:
    """A disc with a tick, an octagon with a cross, or an empty ring with a dash."""
    size = min(area.width(), area.height())
    middle, radius = area.center(), size / 2
    ink, ground = QColor(colour(lamp)), QColor(theme.current().base)
    thick = size * 0.09
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)

    def at(x: float, y: float) -> QPointF:
        return QPointF(middle.x() + x * radius, middle.y() + y * radius)

    if lamp == "bad":
        corners = [math.pi / 8 + math.pi / 4 * corner for corner in range(8)]
        painter.drawPolygon(QPolygonF([at(math.cos(turn), math.sin(turn)) for turn in corners]))
    elif lamp == "good":
        painter.drawEllipse(middle, radius, radius)
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink, thick))
        painter.drawEllipse(middle, radius - thick / 2, radius - thick / 2)
    pen = QPen(ink if lamp == "unknown" else ground, thick * 1.3)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    if lamp == "good":
        painter.drawPolyline([at(-0.42, 0.04), at(-0.12, 0.34), at(0.44, -0.32)])
    elif lamp == "bad":
        painter.drawLine(at(-0.32, -0.32), at(0.32, 0.32))
        painter.drawLine(at(-0.32, 0.32), at(0.32, -0.32))
    else:
        painter.drawLine(at(-0.34, 0), at(0.34, 0))
    painter.restore()
