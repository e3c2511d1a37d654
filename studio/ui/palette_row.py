"""How a line of the command palette is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.ui import theme

if TYPE_CHECKING:
    from studio.ui.palette import Row

_PAD = 12
_GAP = 16
_RADIUS = 5.0


class RowDelegate(QStyledItemDelegate):
    """Text at the left with its matching letters strong, heading and shortcut at the right."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.height = view.fontMetrics().height() + theme.px(14)

    def sizeHint(  # noqa: N802  (Qt's name)
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are as high."""
        return QSize(100, self.height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        colours = theme.current()
        area = QRectF(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        usable = row.entry.enabled
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or hovered:
            painter.setBrush(QColor(colours.accent if chosen and usable else colours.raised))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        strong = colours.on_accent if chosen and usable else colours.text
        quiet = colours.on_accent if chosen and usable else colours.muted
        if not usable:
            strong = colours.muted
        area.adjust(_PAD, 0, -_PAD, 0)
        area.setRight(self._keys(painter, area, row.entry.shortcut, quiet))
        area.setRight(self._category(painter, area, row.entry.category, quiet))
        matched = colours.on_accent if chosen else colours.accent
        self._text(painter, area, row, strong, matched if usable else strong)
        painter.restore()

    def _keys(self, painter: QPainter, area: QRectF, text: str, colour: str) -> float:
        """The shortcut in a frame; returns where it begins."""
        if not text:
            return area.right()
        font = theme.sized(0.88)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(text) + 12
        height = metrics.height() + 4
        frame = QRectF(area.right() - width, area.center().y() - height / 2, width, height)
        painter.setFont(font)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = QColor(colour)
        edge.setAlphaF(0.45)
        painter.setPen(edge)
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(QColor(colour))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)
        return frame.left() - _GAP

    def _category(self, painter: QPainter, area: QRectF, text: str, colour: str) -> float:
        painter.setFont(theme.sized(0.92))
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() * 0.4)
        painter.setPen(QColor(colour))
        place = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, place, text)
        return area.right() - metrics.horizontalAdvance(text) - _GAP

    def _text(self, painter: QPainter, area: QRectF, row: Row, colour: str, matched: str) -> None:
        """Letter by letter in runs of the same weight, cut at the right."""
        plain, bold = theme.sized(1.0), QFont(theme.sized(1.0, bold=True))
        marks = set(row.places)
        text, x = row.entry.text, area.left()
        painter.setClipRect(area)
        baseline = area.center().y() + QFontMetricsF(plain).capHeight() / 2
        start = 0
        while start < len(text):
            end = start + 1
            while end < len(text) and (end in marks) == (start in marks):
                end += 1
            font = bold if start in marks else plain
            painter.setFont(font)
            painter.setPen(QColor(matched if start in marks else colour))
            painter.drawText(round(x), round(baseline), text[start:end])
            x += QFontMetricsF(font).horizontalAdvance(text[start:end])
            start = end
