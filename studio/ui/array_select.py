"""Which block is selected: by mouse, by keys, and from elsewhere in the window."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QRectF, Signal

from studio.mapper.layout import Block
from studio.ui.array_move import Hand
from studio.ui.array_view import ArrayView
from studio.ui.workspace import Workspace

ID = "array"  # the panel's
_FILLS = 0.6  # of the view: a block that does is zoomed to already


class Selection(QObject):
    """Keeps the hand's current block and the workspace's selected layer together.

    ``changed`` tells that something is to be marked otherwise.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, view: ArrayView, hand: Hand) -> None:
        super().__init__(view)
        self._workspace, self._view, self._hand = workspace, view, hand
        workspace.selection_changed.connect(self.follow)
        view.clicked.connect(self.pick)
        view.opened.connect(self.open)
        view.steered.connect(self.steer)
        view.left_off.connect(self.leave_off)
        view.walk = self.walk
        hand.picked.connect(self.pick)

    @property
    def _blocks(self) -> tuple[Block, ...]:
        layout = self._workspace.layout
        return layout.blocks if layout is not None else ()

    def follow(self) -> None:
        """Follow the workspace; what was selected elsewhere comes into view."""
        selected, hand = self._workspace.selected, self._hand
        layers = self._workspace.links.inside.get(selected.layer, (selected.layer,))
        own = [n for n, block in enumerate(self._blocks) if block.layer in layers]
        if not own:
            hand.current = None
        elif hand.current not in own:
            hand.current = own[0]
        if own and selected.origin != ID:
            area = QRectF()
            for number in own:
                area = area.united(self._area(number))
            self._view.bring_into_view(area)
        self.changed.emit()

    def pick(self, index: int | None) -> None:
        """Select a block, or nothing; occupied cells are no block."""
        if index is not None and index >= len(self._blocks):
            index = None
        self._hand.current = index
        self._hand.blocked = frozenset()
        self._hand.told.emit("")
        self._workspace.select_layer(self._blocks[index].layer if index is not None else "", ID)
        self.changed.emit()

    def walk(self, step: int) -> bool:
        """Tab: the next block in execution order; False past the last one."""
        current, last = self._hand.current, len(self._blocks) - 1
        following = current + step if current is not None else 0 if step > 0 else last
        if not 0 <= following <= last:
            return False
        self._go(following)
        return True

    def steer(self, columns: int, rows: int) -> None:
        """An arrow key: the nearest block in that direction."""
        if self._hand.current is None:
            if self._blocks:
                self._go(0)
            return
        start = self._area(self._hand.current).center()
        best, least = None, math.inf
        for number in range(len(self._blocks)):
            to = self._area(number).center() - start
            ahead = to.x() * columns + to.y() * rows
            aside = abs(to.x() * rows) + abs(to.y() * columns)
            if ahead > 0 and ahead + 2 * aside < least:
                best, least = number, ahead + 2 * aside
        if best is not None:
            self._go(best)

    def leave_off(self) -> None:
        """Escape: put a lifted block back, else select nothing, and let Tab leave the array."""
        if self._hand.is_dragging:
            self._hand.cancel()
        else:
            self._view.walking = False
            self.pick(None)

    def open(self, index: int | None) -> None:
        """A double click: zoom to the block, or show everything."""
        if index is None or index >= len(self._blocks):
            self._view.fit()
            return
        self.pick(index)
        self.zoom()

    def zoom(self) -> None:
        """Fill the view with the current block; if it does so already, show everything."""
        if self._hand.current is None:
            return
        area, seen = self._area(self._hand.current), self._view.seen
        wide, high = area.width() > _FILLS * seen.width(), area.height() > _FILLS * seen.height()
        if seen.contains(area) and wide and high:
            self._view.fit()
        else:
            self._view.zoom_to(area)

    def _go(self, index: int) -> None:
        self.pick(index)
        self._view.bring_into_view(self._area(index))

    def _area(self, index: int) -> QRectF:
        return self._view.space.area(self._blocks[index])
