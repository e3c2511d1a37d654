"""Cards side by side that the user can drag, edit and remove: tiles, stations."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.fill_grid import FillGrid
from studio.ui.widgets import named


class MovableCard(QWidget):
    """With ``editable`` the user can drag, edit and remove it by mouse, keys and menu.

    ``dragged`` tells the spot of the screen it is dragged over, ``moved`` by how many places the
    keyboard wants it moved.
    """

    edit_asked = Signal()
    remove_asked = Signal()
    dragged = Signal(QPoint)
    dropped = Signal()
    moved = Signal(int)

    def __init__(self, name: str, *, editable: bool) -> None:
        super().__init__()
        named(self, name)
        self._editable = editable
        self._lifted = False
        self._pressed: QPoint | None = None
        if editable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def edit_text(self) -> str:
        """What editing it is called."""
        return self.tr("Edit…")

    def set_lifted(self, lifted: bool) -> None:
        """Whether it is the one that is dragged."""
        self._lifted = lifted
        self.update()

    def paint_frame(self, painter: QPainter, *, marked: bool = False) -> QRectF:
        """Its frame, in the accent where it is ``marked``, dragged or has the focus; its area."""
        colours = theme.current()
        marked = marked or self._lifted or self.hasFocus()
        painter.setPen(QPen(QColor(colours.accent if marked else colours.border), 1 + marked))
        painter.setBrush(QColor(colours.selection if self._lifted else colours.base))
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(area, theme.px(8), theme.px(8))
        return area

    def menu(self) -> QMenu:
        """Edit, move, remove."""
        menu = named(QMenu(self), f"{self.objectName()}-menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.edit_text, self.edit_asked.emit)
        menu.addAction(self.tr("Move forward"), lambda: self.moved.emit(-1))
        menu.addAction(self.tr("Move back"), lambda: self.moved.emit(1))
        menu.addSeparator()
        menu.addAction(self.tr("Remove"), self.remove_asked.emit)
        return menu

    # -- Qt's events

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Perhaps the begin of a drag."""
        if event.button() == Qt.MouseButton.LeftButton and self._editable:
            self._pressed = event.globalPosition().toPoint()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Tell where it is dragged."""
        spot = event.globalPosition().toPoint()
        far = QApplication.startDragDistance()
        if self._pressed is not None and (spot - self._pressed).manhattanLength() >= far:
            self.dragged.emit(spot)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """The end of a drag."""
        self._pressed = None
        self.dropped.emit()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Edit it."""
        if self._editable and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = None
            self.edit_asked.emit()
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Enter edits, Delete removes, Alt with an arrow moves."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if not self._editable:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_asked.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        elif key in steps and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(steps[key])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  (Qt's name)
        """What can be done with it."""
        if self._editable:
            self.menu().popup(event.globalPos())


class CardModel(Protocol):
    """What a board shows: ``changed`` are other cards or another order, ``fresh`` other content.

    It looks for what is new while a widget is visible that shows it.
    """

    @property
    def changed(self) -> SignalInstance:
        """Other cards, or in another order."""

    @property
    def fresh(self) -> SignalInstance:
        """What they show."""

    def watch(self, widget: QWidget, visible: bool) -> None:
        """Whether ``widget`` shows it now."""

    def move(self, place: int, to: int) -> None:
        """Put one elsewhere."""


C = TypeVar("C", bound=MovableCard)


class CardBoard(QWidget, Generic[C]):
    """Shows a model's cards, as large as there is room for.

    Who derives from it says how many there are, makes one for a place, fills them, and calls
    ``_begin`` when it can do so. ``least`` is a card's least size in device independent pixels.
    """

    def __init__(self, model: CardModel, least: tuple[int, int], *, even: bool = False) -> None:
        super().__init__()
        self._cards_of = model
        self._dragged = -1
        self._grid: FillGrid[C] = FillGrid(QSize(*(theme.px(side) for side in least)), even=even)
        self._stack = EmptyOrFull(self._empty(), self._grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    @property
    def cards(self) -> list[C]:
        """In their order."""
        return list(self._grid.widgets)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Look at what comes from now on."""
        super().showEvent(event)
        self._cards_of.watch(self, True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  (Qt's name)
        """Nobody sees it."""
        super().hideEvent(event)
        self._cards_of.watch(self, False)

    def _begin(self) -> None:
        self._cards_of.changed.connect(self._on_changed)
        self._cards_of.fresh.connect(self._fill)
        self._on_changed()

    def _empty(self) -> EmptyState:
        raise NotImplementedError

    def _count(self) -> int:
        raise NotImplementedError

    def _make(self, place: int) -> C:
        raise NotImplementedError

    def _fill(self) -> None:
        raise NotImplementedError

    def _on_changed(self) -> None:
        count = self._count()
        kept = list(self._grid.widgets)[:count]
        kept += [self._made(place) for place in range(len(kept), count)]
        self._stack.set_full(bool(count))
        self._grid.set_widgets(kept)
        self._fill()

    def _made(self, place: int) -> C:
        card = self._make(place)
        card.moved.connect(lambda by: self._move(place, place + by))
        card.dragged.connect(lambda spot: self._on_dragged(place, spot))
        card.dropped.connect(self._on_dropped)
        return card

    def _move(self, place: int, to: int) -> None:
        if 0 <= to < len(self._grid.widgets):
            self._cards_of.move(place, to)
            self._grid.widgets[to].setFocus()

    def _on_dragged(self, place: int, spot: QPoint) -> None:
        """The card that was pressed keeps the mouse, though what it showed moves on to another."""
        if self._dragged < 0:
            self._dragged = place
        over = self._grid.index_at(spot)
        if over >= 0 and over != self._dragged:
            self._cards_of.move(self._dragged, over)
            self._dragged = over
        self._lift()

    def _on_dropped(self) -> None:
        self._dragged = -1
        self._lift()

    def _lift(self) -> None:
        for place, card in enumerate(self._grid.widgets):
            card.set_lifted(place == self._dragged)
