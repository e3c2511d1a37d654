"""The rulers: rows and columns numbered as in the chip maker's picture of a layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from studio.ui import theme

_STEPS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_AWAY = 1.25  # heights or widths of a number between two numbers


class Ruler(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Numbers at edges that matter, then at multiples of a power of two where there is room.

    ``period`` columns after it begins, the next array's numbering begins again at 0.
    """

    def __init__(self, orientation: str, period: int = 0) -> None:
        super().__init__(orientation)
        self._period = period
        self._edges: tuple[int, ...] = ()
        self._marked: tuple[int, ...] = ()
        self._metrics = QFontMetricsF(QFont())
        self.enableAutoSIPrefix(False)

    def set_edges(self, edges: Sequence[int]) -> None:
        """Numbers that always stand: limits of banks, of the array and of reserved columns."""
        self._edges = tuple(edges)
        self._renew()

    def mark(self, edges: Sequence[int]) -> None:
        """Numbers of what is selected, in the accent colour and bold; they come first."""
        if tuple(edges) != self._marked:
            self._marked = tuple(edges)
            self._renew()

    def set_font(self, font: QFont) -> None:
        """Write with ``font``."""
        self._metrics = QFontMetricsF(font)
        self.setTickFont(font)

    def tickValues(  # noqa: N802  (pyqtgraph's name)
        self,
        least: float,
        most: float,
        size: float,
    ) -> list[tuple[float, list[float]]]:
        """All ticks in one level; those that would touch one before are left out."""
        low, high = sorted((least, most))
        scale = size / (high - low) if high > low else 1.0
        room = self._metrics.height()
        if self.orientation in ("bottom", "top"):
            room = self._metrics.horizontalAdvance("0000")
        room *= _AWAY
        step = next((step for step in _STEPS if step * scale >= 1.6 * room), _STEPS[-1])
        first = int(low // step) * step
        if self._period:
            regular = [
                array * self._period + value
                for array in range(int(low // self._period), int(high // self._period) + 1)
                for value in range(0, self._period, step)
            ]
        else:
            regular = list(range(first, int(high) + 1, step))
        found: list[float] = []
        for value in (*self._marked, *self._edges, *regular):
            seen = low <= value <= high
            if seen and all(abs(value - other) * scale >= room for other in found):
                found.append(value)
        return [(step, found)]

    def tickStrings(  # noqa: N802  (pyqtgraph's name)
        self, values: Sequence[float], scale: float, spacing: float
    ) -> list[str]:
        """Whole numbers, counted from each array's first column."""
        return [str(int(v) % self._period if self._period else int(v)) for v in values]

    def drawPicture(  # noqa: N802  (pyqtgraph's name)
        self,
        painter: QPainter,
        line: Any,
        ticks: Any,
        texts: Any,
    ) -> None:
        """As the axis does it, but with the marked numbers in the accent colour."""
        marked = set(self.tickStrings(self._marked, 1, 1))
        super().drawPicture(painter, line, ticks, [own for own in texts if own[2] not in marked])
        bold = QFont(painter.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(theme.current().accent))
        for rect, flags, text in texts:
            if text in marked:
                painter.drawText(rect.adjusted(-4, 0, 4, 0), int(flags), text)

    def _renew(self) -> None:
        self.picture = None
        self.update()
