"""Moving and pinning blocks by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Signal

from studio.mapper.layout import Layout
from studio.mapper.moving import Move, Mover, pinned_of, places_of
from studio.mapper.options import Place
from studio.ui import array_text
from studio.ui.array_view import ArrayView
from studio.ui.records import Deploy
from studio.ui.workspace import Workspace

_REACH = 9  # device independent pixels from which an edge attracts


class Hand(QObject):
    """What the user does to blocks; every change goes through the workspace and can be undone.

    ``told`` carries what to say of the move under way. ``current`` is the block that a drag, keys
    and the menu act on, ``lifted`` the one being dragged, ``blocked`` those in its way.
    """

    told = Signal(str)
    marked = Signal()
    picked = Signal(object)

    def __init__(self, workspace: Workspace, view: ArrayView) -> None:
        super().__init__(view)
        self._workspace = workspace
        self._view = view
        self._mover: Mover | None = None
        self._grip = QPointF()
        self._pinned: tuple[Layout, tuple[Place, ...], frozenset[int]] | None = None
        self._move: Move | None = None
        self.current: int | None = None
        self.lifted: int | None = None
        self.blocked: frozenset[int] = frozenset()
        view.set_drag(self)

    # -- dragging; see array_box.Drag

    def start(self, point: QPointF) -> bool:
        """Take the current block up, if it lies there; where all is in view, any block."""
        found = self._view.cells.patches.at(point)
        if found is not None and self._view.is_whole:
            self.picked.emit(found)  # nothing else a drag could be meant for
        if self.current is None or found != self.current:
            return False
        mover = self._new_mover()
        if mover is None:
            return False
        self._mover, self._move = mover, None
        corner = self._view.space.area(mover.block).topLeft()
        self._grip = point - corner
        self.lifted = self.current
        self.marked.emit()
        return True

    def move(self, point: QPointF) -> None:
        """Show where it would lie now."""
        if self._mover is None:
            return  # Escape was pressed
        corner = point - self._grip
        space, block = self._view.space, self._mover.block
        width = space.offset(1)
        middle = corner.x() + block.columns / 2
        array = min(max(0, int(middle // width)), space.array.count - 1)
        pixel = self._view.cells.box.viewPixelSize()
        reach = max(1, round(_REACH * max(pixel)))
        column = round(corner.x()) - space.offset(array)
        self._show(self._mover.snap(array, round(corner.y()), column, reach))

    def drop(self) -> None:
        """Leave it there, if it may lie there."""
        move, mover = self._move, self._mover
        self.cancel()
        if move is None or mover is None:
            return
        if move.legal:
            self._apply(mover, move)
        else:
            self.told.emit(self._text(move))

    def cancel(self) -> None:
        """Put it back where it was."""
        self._mover = self._move = None
        self.lifted = None
        self.blocked = frozenset()
        for plot in self._view.plots:
            plot.ghost.show_at(None)
        self.told.emit("")
        self.marked.emit()

    @property
    def is_dragging(self) -> bool:
        """Whether a block is in the air."""
        return self._mover is not None

    # -- keys and the menu

    def nudge(self, columns: int, rows: int) -> None:
        """Move the current block by some cells, where it may lie there."""
        mover = self._new_mover() if self.current is not None else None
        if mover is None:
            return
        block = mover.block
        move = mover.check(block.array, block.row + rows, block.column + columns)
        if move.legal:
            self._apply(mover, move)
            self.told.emit(self._text(move))
        else:
            self.blocked = frozenset(move.blocks)
            self.told.emit(self._text(move))
            self.marked.emit()

    @property
    def pinned(self) -> frozenset[int]:
        """Numbers of the blocks that are pinned where they lie."""
        layout, places = self._workspace.layout, self._workspace.options.places
        if layout is None:
            return frozenset()
        if self._pinned is None or self._pinned[0] is not layout or self._pinned[1] is not places:
            found = pinned_of(layout, places) if places else frozenset()
            self._pinned = layout, places, found
        return self._pinned[2]

    def set_pinned(self, blocks: Collection[int], *, pinned: bool) -> None:
        """Pin blocks where they lie, or unpin them."""
        layout = self._workspace.layout
        if layout is None:
            return
        after = self.pinned | set(blocks) if pinned else self.pinned - set(blocks)
        text = self.tr("Pin block") if pinned else self.tr("Unpin block")
        self._edit(text, layout, after, whole=self._by_hand)

    def map_again(self) -> None:
        """Let the mapper place everything that is not pinned."""
        workspace = self._workspace
        kept = tuple(own for own in workspace.options.places if own.pinned)
        workspace.edit_options(self.tr("Map again"), places=kept)
        workspace.task_requested.emit(Deploy("map"))

    @property
    def can_map(self) -> bool:
        """Whether there is something to map and nothing else runs."""
        activity = self._workspace.activity
        return self._workspace.model is not None and (not activity.name or activity.quiet)

    def pick_at(self, place: QPoint) -> None:
        """Pick the block at a place of the view, if there is one."""
        position = self._view.mapToScene(place)
        for plot in self._view.plots:
            if plot.box.sceneBoundingRect().contains(position):
                found = plot.patches.at(plot.box.mapSceneToView(position))
                if found is not None:
                    self.picked.emit(found)

    # -- inside

    @property
    def _by_hand(self) -> bool:
        """Whether the layout was made by hand, so that blocks that are not pinned have places."""
        return any(not own.pinned for own in self._workspace.options.places)

    def _new_mover(self) -> Mover | None:
        layout, index = self._workspace.layout, self.current
        if layout is None or index is None or index >= len(layout.blocks):
            return None
        activity = self._workspace.activity
        if activity.name and not activity.quiet:
            self.told.emit(self.tr("Blocks can be moved when what runs is done."))
            return None
        return Mover(layout, index, self._workspace.chip)

    def _show(self, move: Move) -> None:
        if self._mover is None:
            return
        self._move = move
        block, space = self._mover.block, self._view.space
        left = space.offset(move.array) + move.column
        places = (
            QRectF(left, move.row, block.columns, block.rows),
            QRectF(left, move.bias_row, block.columns, block.bias_rows),
        )
        for plot, rect in zip(self._view.plots, places, strict=True):
            plot.ghost.show_at(rect, legal=move.legal)
        self.blocked = frozenset(move.blocks)
        self.told.emit(self._text(move))
        self.marked.emit()

    def _apply(self, mover: Mover, move: Move) -> None:
        before = mover.layout
        after = mover.apply(move)
        if after is before:
            return
        pinned = self.pinned
        self._edit(self.tr("Move {0}").format(mover.block.layer), after, pinned, whole=True)

    def _edit(self, text: str, layout: Layout, pinned: Collection[int], *, whole: bool) -> None:
        """Change the layout; ``whole`` keeps every block's place for the next deploy."""
        places = places_of(layout, pinned)
        if not whole:
            places = tuple(own for own in places if own.pinned)
        options = replace(self._workspace.options, places=places)
        self._workspace.edit_layout(text, layout, options)

    def _text(self, move: Move) -> str:
        layout = self._workspace.layout
        names = [layout.blocks[n].layer for n in move.blocks] if layout else []
        return array_text.move(move, list(dict.fromkeys(names)))
