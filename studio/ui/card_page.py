"""A page of cards: above them what can be done with them, below them nothing but the cards."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.projector import Projectable, Projector
from studio.ui.widgets import bar_button, surface
from studio.ui.workspace import Workspace

B = TypeVar("B", bound=QWidget)


class CardPage(Projectable, Generic[B]):
    """A ``board`` of cards, and the ``head`` above it, which who derives from it fills.

    Who derives from it makes the board, too: one to work with, and another for the projector,
    whose window has the page's ``title``. It calls ``_begin`` when the head is full. ``above`` is
    the room above the head in device independent pixels.
    """

    def __init__(self, workspace: Workspace, title: str, *, above: int) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._title = title
        self._icons: dict[QToolButton, str] = {}
        self.board = self._board(editable=True)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(theme.px(8), theme.px(above), theme.px(8), 0)
        self.head.setSpacing(theme.px(4))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self.head)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icons"):
            for button, icon in self._icons.items():
                button.setIcon(theme.icon(icon))

    def project(self) -> Projector:
        """Show the cards full screen in a window of their own."""
        shown = Projector(self, self._board(editable=False), self._title)
        shown.start()
        return shown

    def _begin(self) -> None:
        """Put the cards below the head: now, so that Tab comes to them last."""
        self._column.addWidget(self.board, 1)

    def _board(self, *, editable: bool) -> B:
        raise NotImplementedError

    def _button(self, name: str, tip: str, icon: str) -> QToolButton:
        """A button for the head."""
        button = bar_button(name, tip)
        button.setIcon(theme.icon(icon))
        self._icons[button] = icon
        return button

    def _project_button(self) -> QToolButton:
        """The button that shows the cards full screen."""
        button = self._button(
            "project", self.tr("Full screen, for the projector (F11)"), "projector"
        )
        button.clicked.connect(self.project)
        return button
