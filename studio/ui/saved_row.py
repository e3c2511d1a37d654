"""A line that tells of a file that was saved, until it is closed or another comes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from studio.ui import session_files, theme
from studio.ui.cards import Elided
from studio.ui.widgets import bar_button, literal, named


class SavedRow(QWidget):
    """Hidden until ``tell``."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "saved")
        self.setProperty("role", "notice")
        self._path = Path()
        self._text = named(Elided(), "saved-text")
        show = named(QToolButton(), "saved-show")
        show.setProperty("role", "link")
        show.setText(self.tr("Show in folder"))
        show.clicked.connect(lambda: session_files.show_folder(self._path))
        self._close = bar_button("saved-close", self.tr("Close this line"))
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), 0, 0, 0)
        row.setSpacing(theme.px(6))
        row.addWidget(self._text, 1)
        row.addWidget(show)
        row.addWidget(self._close)
        self._draw_icon()
        self.hide()

    def tell(self, path: Path) -> None:
        """Show that this file was saved."""
        self._path = path
        self._text.set_text(self.tr("Saved {0}").format(path.name))
        self._text.setToolTip(literal(str(path)))
        self.show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon again in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_close"):
            self._draw_icon()

    def _draw_icon(self) -> None:
        self._close.setIcon(theme.icon("close"))
