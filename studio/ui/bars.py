"""Rows of a name, a bar, and a figure: accuracies of classes, times of layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from studio.ui import theme
from studio.ui.widgets import literal, named

_NAME = 0.4  # of the width a name takes at most
_BAR = 0.55  # of a row's height the bar takes


@dataclass(frozen=True)
class Bar:
    """``value``, ``low`` and ``high`` are parts of the bar's whole length; ``text`` the figure.

    Without an interval ``low`` and ``high`` are None.
    """

    name: str
    value: float
    text: str
    low: float | None = None
    high: float | None = None
    tip: str = ""


class Bars(QAbstractScrollArea):
    """Paints the rows that are seen; thousands cost no more than a few."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        named(self, name)
        self.setAccessibleName(title)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self._bars: tuple[Bar, ...] = ()

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Draw these, top down."""
        bars = tuple(bars)
        if bars != self._bars:
            self._bars = bars
            self._range()
            self.viewport().update()

    @property
    def shown(self) -> tuple[Bar, ...]:
        """What is drawn."""
        return self._bars

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """All rows, of at most eight."""
        rows = max(2, min(len(self._bars), 8))
        return QSize(theme.px(160), rows * self._row + theme.px(4))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Two rows."""
        return QSize(theme.px(100), 2 * self._row)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Scroll only what does not fit."""
        super().resizeEvent(event)
        self._range()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours and type."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Explain the row under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = (event.pos().y() + self.verticalScrollBar().value()) // self._row
            tip = self._bars[place].tip if 0 <= place < len(self._bars) else ""
            QToolTip.showText(event.globalPos(), literal(tip), self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Only the rows that are seen."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, row, gap = theme.current(), self._row, theme.px(8)
        metrics, width = self.fontMetrics(), self.viewport().width()
        offset = self.verticalScrollBar().value()
        first = max(0, (event.rect().top() + offset) // row)
        last = min(len(self._bars), (event.rect().bottom() + offset) // row + 1)
        names = max((metrics.horizontalAdvance(own.name) for own in self._bars), default=0)
        names = min(names, round(_NAME * width))
        texts = max((metrics.horizontalAdvance(own.text) for own in self._bars), default=0)
        left, right = names + gap, width - texts - gap
        for place in range(first, last):
            own, top = self._bars[place], place * row - offset
            painter.setPen(QColor(colours.muted))
            name = metrics.elidedText(own.name, Qt.TextElideMode.ElideMiddle, names)
            painter.drawText(QRect(0, top, names, row), _RIGHT, name)
            painter.setPen(QColor(colours.text))
            painter.drawText(QRect(right + gap, top, texts, row), _RIGHT, own.text)
            if right > left:
                self._paint_bar(painter, QPoint(left, top), right - left, own)
        painter.end()

    def _paint_bar(self, painter: QPainter, at: QPoint, length: int, own: Bar) -> None:
        colours, high = theme.current(), _BAR * self._row
        top, round_by = at.y() + (self._row - high) / 2, theme.px(2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(QRectF(at.x(), top, length, high), round_by, round_by)
        fill = QColor(colours.accent)
        fill.setAlphaF(0.75)
        painter.setBrush(fill)
        part = min(max(own.value, 0.0), 1.0) if own.value == own.value else 0.0
        painter.drawRoundedRect(QRectF(at.x(), top, part * length, high), round_by, round_by)
        if own.low is not None and own.high is not None:
            thick = max(1.5, theme.px(2) * 0.75)
            painter.setBrush(QColor(colours.text))
            start, end = at.x() + own.low * length, at.x() + own.high * length
            middle = top + high / 2
            painter.drawRect(QRectF(start, middle - thick / 2, end - start, thick))
            for x in (start, end - thick):
                painter.drawRect(QRectF(x, middle - high / 4, thick, high / 2))

    @property
    def _row(self) -> int:
        return self.fontMetrics().height() + theme.px(4)

    def _range(self) -> None:
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, len(self._bars) * self._row - page))
        bar.setPageStep(page)
        bar.setSingleStep(self._row)


_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
