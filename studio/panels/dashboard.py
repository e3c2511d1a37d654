"""The dashboard: accuracy and values as large tiles, for the projector."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QLabel

from studio.monitor.tiles import MOST
from studio.ui.card_page import CardPage
from studio.ui.panel import Panel
from studio.ui.tile_board import TileBoard
from studio.ui.tile_dialog import TileDialog
from studio.ui.tile_model import TileModel
from studio.ui.widgets import muted
from studio.ui.workspace import Workspace


class Dashboard(CardPage[TileBoard]):
    """Tiles, and above them what can be done with them."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, self.tr("Dashboard"), above=4)
        self._model = TileModel.of(workspace)
        self._add = self._button("add-tile", self.tr("Add a tile"), "add")
        self._add.clicked.connect(self.add)
        self._reset = self._button(
            "reset-tiles",
            self.tr("Automatic: the accuracy and the first values that come"),
            "again",
        )
        self._reset.clicked.connect(self._model.reset)
        self._note = muted(QLabel())
        self.head.addWidget(self._add)
        self.head.addWidget(self._reset)
        self.head.addWidget(self._note)
        self.head.addStretch()
        self.head.addWidget(self._project_button())
        self._begin()
        self._model.changed.connect(self._tell)
        self._tell()

    # -- what the user asks for

    def add(self) -> TileDialog:
        """Ask for one more tile."""
        dialog = TileDialog(self, self._model)
        dialog.chosen.connect(self._model.add)
        dialog.open()
        return dialog

    # -- inside

    def _board(self, *, editable: bool) -> TileBoard:
        return TileBoard(self._workspace, editable=editable)

    def _tell(self) -> None:
        automatic = self._model.automatic
        self._reset.setVisible(not automatic)
        self._note.setVisible(automatic and bool(self._model.tiles))
        self._note.setText(self.tr("Automatic"))
        self._add.setEnabled(len(self._model.tiles) < MOST)


PANEL = Panel(
    "dashboard", str(QT_TRANSLATE_NOOP("Panel", "Dashboard")), "center", Dashboard, order=50
)
