"""A line above a text that says something about it, with buttons for what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.ui import theme
from studio.ui.widgets import named, verbatim

_ICON = 16


class NoticeBar(QWidget):
    """Hidden until ``tell``; icon ``note`` or ``warning`` beside the text."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "notice")
        self.setProperty("role", "notice")
        self._kind = "note"
        self._icon = QLabel()
        self._text = verbatim(named(QLabel(), "noticetext"))
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.px(12), theme.px(4), theme.px(8), theme.px(4))
        self._row.setSpacing(theme.px(8))
        self._row.addWidget(self._icon)
        self._row.addWidget(self._text, 1)
        self.hide()

    def tell(self, kind: str, text: str, actions: list[tuple[str, Callable[[], None]]]) -> None:
        """Show ``text`` with a button for each action."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        self._kind = kind
        self._text.setText(text)
        for title, action in actions:
            button = QPushButton(title)
            button.setProperty("role", "small")
            button.clicked.connect(action)
            self._row.addWidget(button)
            self._buttons.append(button)
        self._draw_icon()
        self.show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon again in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_buttons"):
            self._draw_icon()

    def _draw_icon(self) -> None:
        colours = theme.current()
        colour = colours.warning if self._kind == "warning" else colours.muted
        size = theme.px(_ICON)
        self._icon.setPixmap(theme.pixmap(self._kind, size, colour, self.devicePixelRatioF()))
