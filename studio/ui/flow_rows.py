"""Buttons in a few rows; those that have no room are in a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget
from superqt import QFlowLayout

from studio.ui import theme
from studio.ui.widgets import named

_GAP = 4
_TAB = Qt.FocusPolicy.TabFocus


class _Flow(QFlowLayout):
    """Remembers what it reckoned: any change in a dock asks for it, and it is a loop in Python."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._heights: dict[int, int] = {}

    def invalidate(self) -> None:
        """A button has changed."""
        self._heights = {}
        super().invalidate()

    def heightForWidth(self, width: int) -> int:  # noqa: N802  (Qt's name)
        """The height of all rows in a given width."""
        if width not in self._heights:
            self._heights[width] = super().heightForWidth(width)
        return self._heights[width]


class FlowRows(QWidget):
    """Shows buttons in ``rows`` rows at most; ``more``, as "+5", opens a menu of the others.

    A choice there clicks the button.
    """

    def __init__(self, rows: int, more: QAbstractButton) -> None:
        super().__init__()
        self._rows = rows
        self._buttons: list[QAbstractButton] = []
        self._placed: tuple[object, ...] = ()
        self.menu = named(QMenu(self), f"{more.objectName()}-menu")
        self.more = more
        more.setParent(self)
        more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        more.clicked.connect(self._open_menu)
        more.hide()
        self._flow = _Flow(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setHorizontalSpacing(theme.px(_GAP))
        self._flow.setVerticalSpacing(theme.px(_GAP))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_buttons(self, buttons: Sequence[QAbstractButton]) -> None:
        """Show these buttons, in this order; those that are gone are deleted."""
        for old in self._buttons:
            if old not in buttons:
                self._flow.removeWidget(old)
                old.hide()
                old.deleteLater()
        self._buttons = list(buttons)
        for button in self._buttons:
            button.setParent(self)
        self.fit()

    def set_rows(self, rows: int) -> None:
        """Show this many rows at most."""
        if rows != self._rows:
            self._rows = rows
            self.fit()

    def fit(self) -> None:
        """Place the buttons again, where one has become wider or there is more room."""
        for button in (*self._buttons, self.more):
            button.ensurePolished()  # those that were never shown have another size
        sizes = [button.sizeHint().boundedTo(button.maximumSize()) for button in self._buttons]
        count = self._fitting(sizes)
        hidden = len(self._buttons) - count
        self.more.setText(f"+{hidden}")
        now = (count, self._rows, self.width(), *self._buttons, *(size.toTuple() for size in sizes))
        if now == self._placed:
            return
        self._placed = now
        while self._flow.count():
            self._flow.takeAt(0)
        for place, button in enumerate(self._buttons):
            button.setVisible(place < count)
            if place < count:
                self._flow.addWidget(button)
        self.more.setVisible(hidden > 0)
        if hidden:
            self._flow.addWidget(self.more)
        self.order()
        tall = max((size.height() for size in sizes), default=0)
        gaps = (self._rows - 1) * self._flow.verticalSpacing()
        self.setMaximumHeight(max(self._rows * tall + gaps, 1))
        self._flow.invalidate()
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the width there is."""
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        """A button has become wider, or the style has."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self.fit()
        return super().event(event)

    def order(self) -> None:
        """Let the Tab key go through the buttons here, not where each was made."""
        # Not asked of previousInFocusChain: PySide makes its result a child of the widget asked,
        # and when a button goes, wrappers all over the window would go with it.
        before: QWidget = self.more
        for button in (*self._buttons, self.more):
            if button.focusPolicy() & _TAB:  # Qt puts nothing behind what does not take the key
                self.setTabOrder(before, button)
                before = button

    def _fitting(self, sizes: list[QSize]) -> int:
        """How many of the buttons there is room for, beside the one that tells of the others."""
        widths = [size.width() for size in sizes]
        if self._needed(widths) <= self._rows:
            return len(widths)
        self.more.setText(f"+{len(widths)}")
        last = self.more.sizeHint().width()
        count = len(widths) - 1
        while count and self._needed([*widths[:count], last]) > self._rows:
            count -= 1
        return count

    def _needed(self, widths: list[int]) -> int:
        """Rows the layout makes of buttons so wide."""
        rows, end, gap = 1, 0, self._flow.horizontalSpacing()
        for width in widths:
            if end and end + width > self.width():
                rows, end = rows + 1, 0
            end += width + gap
        return rows

    def _open_menu(self) -> None:
        self.menu.clear()
        for button in self._buttons:
            if button.isHidden():
                text = button.accessibleName() or button.text()
                action = self.menu.addAction(text.replace("&", "&&"))
                action.setCheckable(button.isCheckable())
                action.setChecked(button.isChecked())
                action.setEnabled(button.isEnabled())
                action.triggered.connect(button.click)
        self.menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
