"""The dashboard: accuracy and values as large tiles, for the projector."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from studio.monitor.tiles import MOST
from studio.ui import theme
from studio.ui.panel import Panel
from studio.ui.projector import Projectable, Projector
from studio.ui.tile_board import TileBoard
from studio.ui.tile_dialog import TileDialog
from studio.ui.tile_model import TileModel
from studio.ui.widgets import bar_button, muted, surface
from studio.ui.workspace import Workspace


class Dashboard(Projectable):
    """Tiles, and above them what can be done with them."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._model = TileModel.of(workspace)
        surface(self)
        self.board = TileBoard(workspace)
        self._add = bar_button("add-tile", self.tr("Add a tile"))
        self._add.clicked.connect(self.add)
        self._reset = bar_button(
            "reset-tiles", self.tr("Automatic: the accuracy and the first values that come")
        )
        self._reset.clicked.connect(self._model.reset)
        self._project = bar_button("project", self.tr("Full screen, for the projector (F11)"))
        self._project.clicked.connect(self.project)
        self._note = muted(QLabel())
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), 0)
        head.setSpacing(theme.px(4))
        head.addWidget(self._add)
        head.addWidget(self._reset)
        head.addWidget(self._note)
        head.addStretch()
        head.addWidget(self._project)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.board, 1)
        self._model.changed.connect(self._tell)
        self._draw_icons()
        self._tell()

    # -- Qt's events

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_project"):
            self._draw_icons()

    # -- what the user asks for

    def add(self) -> TileDialog:
        """Ask for one more tile."""
        dialog = TileDialog(self, self._model)
        dialog.chosen.connect(self._model.add)
        dialog.open()
        return dialog

    def project(self) -> Projector:
        """Show the tiles full screen in a window of their own."""
        content = TileBoard(self._workspace, editable=False)
        shown = Projector(self, content, self.tr("Dashboard"))
        shown.start()
        return shown

    # -- inside

    def _draw_icons(self) -> None:
        for button, icon in (
            (self._add, "add"),
            (self._reset, "again"),
            (self._project, "projector"),
        ):
            button.setIcon(theme.icon(icon))

    def _tell(self) -> None:
        automatic = self._model.automatic
        self._reset.setVisible(not automatic)
        self._note.setVisible(automatic and bool(self._model.tiles))
        self._note.setText(self.tr("Automatic"))
        self._add.setEnabled(len(self._model.tiles) < MOST)


PANEL = Panel(
    "dashboard", str(QT_TRANSLATE_NOOP("Panel", "Dashboard")), "center", Dashboard, order=50
)
