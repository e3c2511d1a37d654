"""Small painting helpers of the array's drawing."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from studio.ui import theme

_HATCH = 8  # device independent pixels between the lines over reserved columns
_PIN = 16


def on_screen(painter: QPainter, widget: QWidget | None) -> QRectF:
    """What can be seen at all, in device independent pixels."""
    return QRectF(widget.rect() if widget is not None else painter.viewport())


def hatch(
    painter: QPainter, rect: QRectF, colour: QColor, widget: QWidget | None, *, both: bool = False
) -> None:
    """Diagonal lines (``both``: crossing ones) at a constant distance, whatever the zoom."""
    whole = painter.worldTransform().mapRect(rect)
    room = whole.intersected(on_screen(painter, widget)).toAlignedRect()
    if room.isEmpty():
        return
    tile = _tile(colour.name(), both, painter.device().devicePixelRatioF())
    painter.save()
    painter.resetTransform()
    # Anchored at the rectangle, so that the lines move with it.
    anchor = QPointF(room.left() - whole.left(), room.top() - whole.top())
    painter.drawTiledPixmap(QRectF(room), tile, anchor)
    painter.restore()


@lru_cache(maxsize=16)
def _tile(colour: str, both: bool, ratio: float) -> QPixmap:
    """One square of the hatching; drawn once, because smooth lines are slow."""
    size = _HATCH
    tile = QPixmap(QSize(size, size) * ratio)
    tile.setDevicePixelRatio(ratio)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 1))
    for shift in (-size, 0, size):
        painter.drawLine(QLineF(shift, size, shift + size, 0))
        if both:
            painter.drawLine(QLineF(shift, 0, shift + size, size))
    painter.end()
    return tile


def pin(painter: QPainter, rect: QRect) -> None:
    """The sign of a pinned block in its upper right corner; only a dot on a small one."""
    colours = theme.current()
    if min(rect.width(), rect.height()) < _PIN + 4:
        side = min(6, rect.width(), rect.height())
        corner = QRect(rect.right() - side, rect.top() + 1, side, side)
        painter.fillRect(corner, QColor(colours.text))
        return
    ground = QRect(rect.right() - _PIN - 1, rect.top() + 2, _PIN, _PIN)
    painter.fillRect(ground, QColor(colours.base))
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(ground.topLeft() + QPointF(2, 2).toPoint(), _sign(colours.text, ratio))


@lru_cache(maxsize=4)
def _sign(colour: str, ratio: float) -> QPixmap:
    return theme.pixmap("pin", _PIN - 4, colour, ratio)


@lru_cache(maxsize=1024)
def ink(colour: str) -> QColor:
    """Black or white text, whichever reads better on ``colour`` (WCAG's contrast)."""
    own = QColor(colour)
    light = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (own.redF(), own.greenF(), own.blueF())
    ]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return QColor("#10141c") if luminance > 0.18 else QColor("#ffffff")
