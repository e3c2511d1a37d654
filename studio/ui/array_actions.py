"""What can be done with the keyboard and from the menus of the array's drawing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from studio.ui.array_move import Hand
from studio.ui.array_view import ArrayView

_ZOOM = 1.4


class Actions(QObject):
    """Actions with their keys, and the context menu made of them; ``zoom_block`` is the panel's."""

    def __init__(self, view: ArrayView, hand: Hand, zoom_block: Callable[[], None]) -> None:
        super().__init__(view)
        self._view, self._hand = view, hand
        key = Qt.Key
        self.zoom = self._action(
            self.tr("&Zoom to block"), zoom_block, key.Key_Return, key.Key_Enter
        )
        self.fit = self._action(self.tr("Fit &all"), view.fit, key.Key_Home, key.Key_0)
        self.closer = self._action(self.tr("Zoom &in"), self._closer, key.Key_Plus, key.Key_Equal)
        self.farther = self._action(self.tr("Zoom &out"), self._farther, key.Key_Minus)
        self.pin = self._action(self.tr("&Pin block"), self._toggle_pin, key.Key_P)
        self.unpin_all = self._action(self.tr("&Unpin all blocks"), self._unpin_all)
        self.map_again = self._action(self.tr("&Map again around pinned blocks"), hand.map_again)
        self.menu = QMenu(view)
        for action in (self.zoom, self.fit, self.closer, self.farther, None):
            self._add(action)
        for action in (self.pin, self.unpin_all, self.map_again):
            self._add(action)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show)

    def update(self) -> None:
        """What can be done now, in words that say what it does."""
        hand = self._hand
        known, pinned = hand.current is not None, hand.pinned
        self.zoom.setEnabled(known)
        self.pin.setEnabled(known)
        on = hand.current in pinned
        self.pin.setText(self.tr("Un&pin block") if on else self.tr("&Pin block"))
        self.unpin_all.setEnabled(bool(pinned))
        self.map_again.setEnabled(hand.can_map)
        self.map_again.setText(
            self.tr("&Map again around pinned blocks") if pinned else self.tr("&Map all again")
        )

    def _add(self, action: QAction | None) -> None:
        if action is None:
            self.menu.addSeparator()
        else:
            self.menu.addAction(action)

    def _action(self, text: str, slot: Callable[[], None], *keys: Qt.Key) -> QAction:
        action = QAction(text, self._view)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self._view.addAction(action)
        return action

    def _show(self, place: QPoint) -> None:
        self._hand.pick_at(place)
        self.update()
        self.menu.popup(self._view.mapToGlobal(place))

    def _closer(self) -> None:
        self._view.zoom(_ZOOM)

    def _farther(self) -> None:
        self._view.zoom(1 / _ZOOM)

    def _toggle_pin(self) -> None:
        hand = self._hand
        if hand.current is not None:
            hand.set_pinned([hand.current], pinned=hand.current not in hand.pinned)

    def _unpin_all(self) -> None:
        self._hand.set_pinned(self._hand.pinned, pinned=False)


class CompareMenu(QObject):
    """The menu of the other layout; ``beside`` is checked when both are drawn side by side."""

    def __init__(self, menu: QMenu, slots: dict[str, Callable[[], None]]) -> None:
        super().__init__(menu)
        # Made here, not by the menu: such actions do not depend on what PySide thinks of the menu.
        self.keep = QAction(self.tr("&Keep this layout as reference"), menu)
        self.keep.triggered.connect(slots["keep"])
        self.open = QAction(self.tr("&Open a layers.txt…"), menu)
        self.open.triggered.connect(slots["open"])
        menu.addActions([self.keep, self.open])
        menu.addSeparator()
        group = QActionGroup(menu)
        self.over = QAction(self.tr("Reference as &outlines"), menu)
        self.beside = QAction(self.tr("&Side by side"), menu)
        menu.addActions([self.over, self.beside])
        for action in (self.over, self.beside):
            action.setCheckable(True)
            group.addAction(action)
        self.over.setChecked(True)
        group.triggered.connect(slots["style"])
        menu.addSeparator()
        self.drop = QAction(self.tr("&Remove the reference"), menu)
        self.drop.triggered.connect(slots["drop"])
        menu.addAction(self.drop)

    def update(self, *, layout: bool, reference: bool) -> None:
        """What can be done with or without a layout and a reference."""
        self.keep.setEnabled(layout)
        self.over.setEnabled(layout and reference)
        self.beside.setEnabled(layout and reference)
        self.drop.setEnabled(reference)
