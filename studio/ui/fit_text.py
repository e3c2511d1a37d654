"""Text as large as its place allows, as tiles and cards for a projector have it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QApplication

SMALLEST = 9.0  # pixels

_SAMPLE = 100


def font(size: float, *, bold: bool = False) -> QFont:
    """The application's font at ``size`` pixels; its digits are all of one width."""
    made = QFont(QApplication.font())
    made.setPixelSize(max(1, int(size)))
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def largest(text: str, width: float, height: float, *, bold: bool = False) -> float:
    """The size in pixels at which ``text`` fits on one line."""
    metrics = QFontMetricsF(font(_SAMPLE, bold=bold))
    wide, high = metrics.horizontalAdvance(text), metrics.ascent() + metrics.descent()
    fitting = min(height / high, width / wide if wide else height) * _SAMPLE
    # Letters are drawn on whole pixels, a little wider than they scale to.
    return max(SMALLEST, float(int(0.98 * fitting)))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is, in pixels."""
    return QFontMetricsF(font(size, bold=bold)).horizontalAdvance(text)


def line(
    painter: QPainter,
    area: QRectF,
    text: str,
    size: float,
    colour: str,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
) -> None:
    """One line of text, cut with an ellipsis where it does not fit."""
    painter.setFont(font(size, bold=bold))
    painter.setPen(QColor(colour))
    metrics = QFontMetricsF(painter.font())
    if metrics.horizontalAdvance(text) > area.width() + 1:  # cutting takes longer than measuring
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
    painter.drawText(area, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
