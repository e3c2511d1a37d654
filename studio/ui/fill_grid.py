"""Widgets of one size that fill a space, in as many columns as suit it; too many are scrolled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from studio.ui import theme

_SHAPE = 1.6  # a tile is best so much wider than high

W = TypeVar("W", bound=QWidget)


@dataclass(frozen=True)
class Arrangement:
    """Columns, and the height of a row; ``scrolled`` where the rows do not fit."""

    columns: int
    height: float
    scrolled: bool


def arrange(count: int, width: float, height: float, gap: float, least: QSize) -> Arrangement:
    """How ``count`` widgets, none smaller than ``least``, fill a space best."""
    most = max(1, int((width + gap) // (least.width() + gap)))
    best, score = Arrangement(1, least.height(), True), -math.inf
    for columns in range(1, min(most, max(count, 1)) + 1):
        rows = max(1, -(-count // columns))
        wide, high = (width - (columns - 1) * gap) / columns, (height - (rows - 1) * gap) / rows
        scrolled = high < least.height()
        # Rows that must be scrolled are few when they hold many.
        own = columns - 1e6 if scrolled else min(wide / _SHAPE, high)
        if own > score:
            best, score = Arrangement(columns, max(high, least.height()), scrolled), own
    return best


class FillGrid(QScrollArea, Generic[W]):
    """Places widgets row by row; those of the last row share its width, unless ``even``."""

    def __init__(self, least: QSize, *, even: bool = False) -> None:
        super().__init__()
        self._least = least
        self._even = even
        self._widgets: list[W] = []
        self._page = QWidget()
        self.setWidget(self._page)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._page.setAutoFillBackground(False)

    @property
    def widgets(self) -> Sequence[W]:
        """In their order."""
        return self._widgets

    def set_widgets(self, widgets: Sequence[W]) -> None:
        """Show these and no others; those that go are deleted."""
        for old in self._widgets:
            if old not in widgets:
                old.hide()
                old.deleteLater()
        self._widgets = list(widgets)
        for before, widget in zip([None, *widgets], widgets, strict=False):
            if widget.parentWidget() is not self._page:
                widget.setParent(self._page)
            widget.show()
            if before is not None:
                QWidget.setTabOrder(before, widget)
        self._place()

    def index_at(self, spot: QPoint) -> int:
        """The place of the widget under a spot of the screen; -1 where there is none."""
        at = self._page.mapFromGlobal(spot)
        for index, widget in enumerate(self._widgets):
            if widget.geometry().contains(at):
                return index
        return -1

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Fill the new space."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        gap = theme.px(8)
        size = self.maximumViewportSize()
        width, height = size.width() - 2 * gap, size.height() - 2 * gap
        count = len(self._widgets)
        found = arrange(count, width, height, gap, self._least)
        if found.scrolled:
            width -= self.verticalScrollBar().sizeHint().width()
            found = arrange(count, width, height, gap, self._least)
        rows = max(1, -(-count // found.columns))
        total = rows * found.height + (rows + 1) * gap if found.scrolled else size.height()
        self._page.resize(width + 2 * gap, round(total))
        for index, widget in enumerate(self._widgets):
            row, column = divmod(index, found.columns)
            last = row == rows - 1 and not self._even
            columns = count - row * found.columns if last else found.columns
            wide = (width - (columns - 1) * gap) / columns
            left, top = gap + column * (wide + gap), gap + row * (found.height + gap)
            right, bottom = left + wide, top + found.height
            # Rounded edges, not sizes: the gaps stay even.
            widget.setGeometry(
                round(left), round(top), round(right) - round(left), round(bottom) - round(top)
            )
