"""What the array's colours mean, in one line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.ui import theme
from studio.ui.array_colours import Colours, Scale
from studio.ui.array_labels import short
from studio.ui.array_paint import hatch
from studio.ui.widgets import muted, named

_GAP = 14
_RAMP = 120
_SWATCH = 10


class _Keys(QWidget):
    """Swatches with names as far as there is room, or a ramp between two figures."""

    def __init__(self) -> None:
        super().__init__()
        self._swatches: tuple[tuple[str, str], ...] = ()
        self._ramp: Colours | None = None
        self._ends = ("", "")
        self._title = ""
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """One line."""
        return QSize(200, self.fontMetrics().height() + 6)

    minimumSizeHint = sizeHint  # noqa: N815  (Qt's name)

    def show_scale(self, scale: Scale, ends: tuple[str, str], note: str) -> None:
        """``ends`` stand beside the ramp, ``note`` after it."""
        names = short(scale.colours)
        pairs = [(names[layer], colour) for layer, colour in scale.colours.items()]
        self._swatches = () if scale.ramp is not None else tuple(pairs)
        self._ramp, self._ends, self._title, self._note = scale.ramp, ends, scale.title, note
        told = [scale.title, *ends, note] if scale.ramp is not None else list(scale.colours)
        self.setAccessibleName(self.tr("Legend"))
        self.setAccessibleDescription(", ".join(filter(None, told)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Left to right, until the line is full."""
        painter = QPainter(self)
        right = self._paint_reserved(painter)
        if self._ramp is not None:
            self._paint_ramp(painter, self._ramp, right)
        else:
            self._paint_swatches(painter, right)
        painter.end()

    def _text(self, painter: QPainter, x: int, text: str, colour: str) -> int:
        """Write ``text`` at ``x``; where it ends."""
        width = self.fontMetrics().horizontalAdvance(text)
        painter.setPen(QColor(colour))
        painter.drawText(QRect(x, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        return x + width

    def _swatch(self, x: int) -> QRect:
        return QRect(x, (self.height() - _SWATCH) // 2, _SWATCH, _SWATCH)

    def _paint_reserved(self, painter: QPainter) -> int:
        """The sign of reserved columns, at the right; what is left of it."""
        colours, text = theme.current(), self.tr("reserved")
        width = self.fontMetrics().horizontalAdvance(text)
        x = self.width() - width - _SWATCH - 6
        if x < 2 * _RAMP:
            return self.width()
        box = self._swatch(x)
        painter.fillRect(box, QColor(colours.raised))
        hatch(painter, QRectF(box), QColor(colours.muted), self)
        painter.setPen(QPen(QColor(colours.border)))
        painter.drawRect(box)
        self._text(painter, x + _SWATCH + 6, text, colours.muted)
        return x - _GAP

    def _paint_swatches(self, painter: QPainter, right: int) -> None:
        colours, metrics = theme.current(), self.fontMetrics()
        x = 0
        for number, (name, colour) in enumerate(self._swatches):
            left = len(self._swatches) - number
            more = self.tr("+{0} more").format(left)
            room = metrics.horizontalAdvance(more) + _GAP if left > 1 else 0
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, 130)
            end = x + _SWATCH + 6 + metrics.horizontalAdvance(shown)
            if end + room > right and number:
                self._text(painter, x, more, colours.muted)
                return
            painter.fillRect(self._swatch(x), QColor(colour))
            x = self._text(painter, x + _SWATCH + 6, shown, colours.text) + _GAP

    def _paint_ramp(self, painter: QPainter, ramp: Colours, right: int) -> None:
        colours, metrics = theme.current(), self.fontMetrics()
        x = self._text(painter, 0, self._title, colours.muted) + 8
        x = self._text(painter, x, self._ends[0], colours.text) + 6
        end = metrics.horizontalAdvance(self._ends[1])
        width = max(24, min(_RAMP, right - x - end - 8))
        bar = QRect(x, (self.height() - _SWATCH) // 2, width, _SWATCH)
        row = np.ascontiguousarray(
            np.dstack([ramp[None], np.full((1, len(ramp), 1), 255)]), np.uint8
        )
        image = QImage(row.data, len(ramp), 1, 4 * len(ramp), QImage.Format.Format_RGBA8888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, image)
        painter.setPen(QPen(QColor(colours.border)))
        painter.drawRect(bar)
        x = self._text(painter, x + width + 6, self._ends[1], colours.text) + _GAP
        if x + metrics.horizontalAdvance(self._note) <= right:
            self._text(painter, x, self._note, colours.muted)


class Legend(QWidget):
    """The keys; or why there are none, and a button that leads to where they come from."""

    def __init__(self, on_more: Callable[[], None]) -> None:
        super().__init__()
        self.keys = _Keys()
        self.missing = QLabel()
        muted(self.missing)
        self.missing.setWordWrap(True)
        self.more = named(QPushButton(self.tr("Show Accuracy")), "more")
        self.more.clicked.connect(on_more)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 12, 2)
        row.setSpacing(8)
        row.addWidget(self.keys, 1)
        row.addWidget(self.missing, 1)
        row.addWidget(self.more)

    def show_scale(self, scale: Scale, ends: tuple[str, str] = ("", ""), note: str = "") -> None:
        """Explain ``scale``."""
        self.missing.setText(scale.missing)
        self.missing.setVisible(bool(scale.missing))
        self.more.setVisible(bool(scale.missing))
        self.keys.setVisible(not scale.missing)
        self.keys.show_scale(scale, ends, note)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new colours or font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.keys.updateGeometry()
            self.keys.update()
