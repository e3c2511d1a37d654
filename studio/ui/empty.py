"""What a panel shows before it has anything to show."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets import muted, surface

_ICON = 40
_MARGINS = (24, 16, 24, 16)
_GAPS = 22  # pixels between icon, title and sentence


class EmptyState(QWidget):
    """An icon, a title and one sentence, centred."""

    def __init__(self, icon: str, title: str, text: str) -> None:
        super().__init__()
        surface(self)
        self._icon_name = icon
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._heading = heading = QLabel(title, alignment=Qt.AlignmentFlag.AlignHCenter)
        heading.setFont(theme.sized(1.05, bold=True))
        self._body = body = QLabel(text, alignment=Qt.AlignmentFlag.AlignHCenter)
        muted(body)
        body.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(*_MARGINS)
        column.setSpacing(6)
        column.addStretch()
        column.addWidget(self._icon)
        column.addSpacing(4)
        column.addWidget(heading)
        column.addWidget(body)
        column.addStretch()
        self._draw_icon()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave the icon away where there is room for the words only."""
        super().resizeEvent(event)
        across, down = 2 * _MARGINS[0], 2 * _MARGINS[1]
        body = self._body.heightForWidth(event.size().width() - across)
        words = self._heading.sizeHint().height() + body
        rest = event.size().height() - words - down
        self._icon.setVisible(rest >= _ICON + _GAPS)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon again in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _draw_icon(self) -> None:
        colour = theme.current().muted
        self._icon.setPixmap(theme.pixmap(self._icon_name, _ICON, colour, self.devicePixelRatioF()))


class EmptyOrFull(QStackedWidget):
    """Shows ``empty`` until ``set_full(True)``, then ``full``."""

    def __init__(self, empty: QWidget, full: QWidget) -> None:
        super().__init__()
        self.addWidget(empty)
        self.addWidget(full)

    def set_full(self, full: bool) -> None:
        """Show the second page when ``full``."""
        self.setCurrentIndex(1 if full else 0)
