"""The tiles of the dashboard side by side, in its dock and on the projector."""

from __future__ import annotations

from studio.ui.empty import EmptyState
from studio.ui.movable_card import CardBoard
from studio.ui.tile import TileView
from studio.ui.tile_dialog import TileDialog
from studio.ui.tile_model import TileModel
from studio.ui.workspace import Workspace

_LEAST = (132, 92)  # device independent pixels of a tile


class TileBoard(CardBoard[TileView]):
    """Shows the workspace's tiles; with ``editable`` the user can change them."""

    def __init__(self, workspace: Workspace, *, editable: bool = True) -> None:
        super().__init__(TileModel.of(workspace), _LEAST)
        self._model = TileModel.of(workspace)
        self._editable = editable
        self._begin()

    def edit(self, place: int) -> TileDialog:
        """Ask how a tile should be."""
        tile = self._model.tiles[place]
        dialog = TileDialog(self, self._model, tile)
        dialog.chosen.connect(lambda found: self._model.change(place, found))
        dialog.open()
        return dialog

    def _empty(self) -> EmptyState:
        return EmptyState(
            "dashboard",
            self.tr("Nothing to show yet"),
            self.tr("The accuracy and the values a board sends appear here by themselves."),
        )

    def _count(self) -> int:
        return len(self._model.shown)

    def _make(self, place: int) -> TileView:
        view = TileView(editable=self._editable)
        view.edit_asked.connect(lambda: self.edit(place))
        view.remove_asked.connect(lambda: self._model.remove(place))
        return view

    def _fill(self) -> None:
        for view, shown in zip(self.cards, self._model.shown, strict=False):
            view.set_shown(shown)
