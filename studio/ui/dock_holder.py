"""Between a dock and its panel: keeps what changes inside the panel from the other docks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget


class Holder(QWidget):
    """Gives ``panel`` all its room, and tells the dock only of another smallest size.

    With a layout in its place every new text in a panel would have all docks laid out again, a
    frame's work, ten times a second during a deploy.
    """

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self._panel = panel
        self._told = QSize()
        panel.setParent(self)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As the panel's."""
        return self._panel.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As the panel's, shown or not."""
        least, fixed = self._panel.minimumSizeHint(), self._panel.minimumSize()
        return QSize(fixed.width() or least.width(), fixed.height() or least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """The panel follows."""
        super().resizeEvent(event)
        self._panel.setGeometry(self.rect())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Hear what changed meanwhile: Qt tells nothing to what is hidden."""
        super().showEvent(event)
        self._tell()

    def event(self, event: QEvent) -> bool:
        """The panel's layout has changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._tell()
        return super().event(event)

    def _tell(self) -> None:
        least = self.minimumSizeHint()
        if least != self._told:
            self._told = least
            self.updateGeometry()
