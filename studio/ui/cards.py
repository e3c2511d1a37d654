"""Buttons with more than a line of text, as the welcome page has them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from studio.ui import theme
from studio.ui.widgets import literal, muted, verbatim

_TRANSPARENT = Qt.WidgetAttribute.WA_TransparentForMouseEvents


class Elided(QLabel):
    """A line that ends in an ellipsis where it does not fit; its tool tip has all of it."""

    def __init__(
        self, text: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        super().__init__()
        self._whole = ""
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show ``text`` as far as there is room."""
        self._whole = text
        self.setToolTip(literal(text))
        self._elide()

    @property
    def whole(self) -> str:
        """All of the text."""
        return self._whole

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """A line's height, though nothing may fit yet: an empty label takes none."""
        size = super().sizeHint()
        return size.expandedTo(QSize(0, self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The same in height."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Cut for the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, self._mode, self.width()))


class Card(QPushButton):
    """A button with a title, a line below it, and something at its right end.

    ``role`` is "card" for one with a frame, "row" for a line of a list.
    """

    def __init__(self, title: str, text: str, *, role: str = "card") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.title = Elided(title)
        self.title.setFont(theme.sized(1.0, bold=True))
        self.line = Elided(text)
        muted(self.line)
        self.end = verbatim(QLabel())
        words = QVBoxLayout()
        words.setSpacing(theme.px(1))
        words.addWidget(self.title)
        words.addWidget(self.line)
        row = QHBoxLayout(self)
        sides = theme.px(12 if role == "card" else 8)
        height = theme.px(9 if role == "card" else 5)
        row.setContentsMargins(sides, height, sides, height)
        row.setSpacing(theme.px(10))
        row.addLayout(words, 1)
        row.addWidget(self.end)
        for label in (self.title, self.line, self.end):
            label.setAttribute(_TRANSPARENT)
        self.set_texts(title, text)

    def set_texts(self, title: str, text: str, end: str = "") -> None:
        """Other words."""
        self.title.set_text(title)
        self.line.set_text(text)
        self.end.setText(end)
        self.end.setVisible(bool(end))
        self.setAccessibleName(title)
        self.setAccessibleDescription(" ".join(part for part in (text, end) if part))
        # The labels are as the mouse is concerned not there.
        self.setToolTip(literal(text))

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As the labels need; a button only thinks of its own text."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The same in height."""
        return QSize(theme.px(80), self.sizeHint().height())
