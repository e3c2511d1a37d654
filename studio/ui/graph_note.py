"""A line over the graph that says what it is waiting for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.ui.widgets import named, verbatim

_EDGE = 12  # device independent pixels to the panel's border


class GraphNote(QWidget):
    """Lies over the lower edge of its parent, so that the graph need not move when it goes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        named(self, "note")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._text = verbatim(QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.addWidget(self._text)
        parent.installEventFilter(self)
        self.hide()

    def tell(self, text: str) -> None:
        """Show ``text``; "" hides the note."""
        self._text.setText(text)
        self.setVisible(bool(text))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Stay at the parent's lower edge."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self._over
        width = min(parent.width() - 2 * _EDGE, 420)
        height = max(self.heightForWidth(width), self.sizeHint().height())
        left = (parent.width() - width) // 2
        self.setGeometry(left, parent.height() - height - _EDGE, width, height)
        self.raise_()
