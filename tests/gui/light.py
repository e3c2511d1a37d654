"""Panels that cost nothing, for tests of the window around them."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.ui.panel import Panel, Place

PLACES: dict[str, Place] = {
    "welcome": "welcome",
    "project": "left",
    "graph": "center",
    "editor": "center",
    "layers": "center",
    "array": "right",
    "mapper": "right",
    "firmware": "bottom-left",
    "problems": "bottom-left",
    "monitor": "bottom-right",
}


class LightPanel(QWidget):
    """Takes the keyboard, and has one action."""

    def __init__(self, _workspace: object = None) -> None:
        super().__init__()
        QVBoxLayout(self).addWidget(QLineEdit())
        self.done = 0
        action = QAction("&Do it", self)
        action.triggered.connect(self.do)
        self.addAction(action)

    def do(self) -> None:
        self.done += 1


PANELS = [Panel(name, name.title(), place, LightPanel) for name, place in PLACES.items()]
