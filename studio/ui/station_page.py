"""The page of a classroom's stations: added by their invitations, shown as cards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from studio.base.errors import StudioError
from studio.ui import theme
from studio.ui.empty import EmptyState
from studio.ui.movable_card import CardBoard
from studio.ui.projector import Projector
from studio.ui.station_card import StationCard
from studio.ui.station_model import Card, Order, Stations
from studio.ui.widgets import bar_button, literal, named, surface
from studio.ui.workspace import Workspace

_LEAST = (150, 112)  # device independent pixels of a card


class StationBoard(CardBoard[StationCard]):
    """The cards of all stations; asks them while it can be seen."""

    def __init__(self, workspace: Workspace, *, editable: bool = True) -> None:
        super().__init__(Stations.of(workspace), _LEAST, even=True)
        self._stations = Stations.of(workspace)
        self._editable = editable
        self._begin()

    def rename(self, card: Card) -> QInputDialog:
        """Ask what a station should be called."""
        dialog = named(QInputDialog(self), "rename-station")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Rename the station"))
        dialog.setLabelText(self.tr("Name; empty: as it calls itself"))
        dialog.setTextValue(card.label or card.name)
        dialog.textValueSelected.connect(lambda text: self._stations.rename(card.place, text))
        dialog.open()
        return dialog

    def _empty(self) -> EmptyState:
        return EmptyState(
            "classroom",
            self.tr("No stations yet"),
            self.tr(
                "Paste the invitations of other studios above. They are on the page Share of each."
            ),
        )

    def _count(self) -> int:
        return len(self._stations.cards)

    def _make(self, _place: int) -> StationCard:
        view = StationCard(editable=self._editable)

        def with_card(act: Callable[[Card], object]) -> Callable[[], None]:
            def ask() -> None:
                if view.card is not None:
                    act(view.card)

            return ask

        view.edit_asked.connect(with_card(self.rename))
        view.remove_asked.connect(with_card(lambda card: self._stations.remove(card.place)))
        return view

    def _fill(self) -> None:
        best = self._stations.best
        for view, card in zip(self.cards, self._stations.cards, strict=False):
            view.set_card(card, best is not None and card.place == best)


class StationPage(QWidget):
    """The cards, and above them where invitations are pasted."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._stations = Stations.of(workspace)
        surface(self)
        self.board = StationBoard(workspace)
        self._paste = named(QLineEdit(clearButtonEnabled=True), "invitations")
        self._paste.setPlaceholderText(self.tr("Paste invitations, cim://…"))
        self._paste.setAccessibleName(self.tr("Invitations of stations"))
        self._paste.setToolTip(
            self.tr(
                "One or several invitations. They are kept on this computer, with their tokens, "
                "until you remove the stations."
            )
        )
        self._paste.returnPressed.connect(self.add)
        self._add = bar_button("add-stations", self.tr("Add these stations"))
        self._add.clicked.connect(self.add)
        self._order = self._make_order()
        self._project = bar_button("project", self.tr("Full screen, for the projector (F11)"))
        self._project.clicked.connect(self.project)
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), 0)
        head.setSpacing(theme.px(4))
        head.addWidget(self._paste, 1)
        head.addWidget(self._add)
        head.addSpacing(theme.px(4))
        head.addWidget(self._order)
        head.addWidget(self._project)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.board, 1)
        self._paste.textChanged.connect(self._tell)
        self._stations.changed.connect(self._tell)
        self._draw_icons()
        self._tell()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_project"):
            self._draw_icons()

    def add(self) -> None:
        """Add the stations whose invitations were pasted."""
        text = self._paste.text()
        if not text.strip():
            self._paste.setFocus()
            return
        try:
            self._stations.add(text)
        except StudioError as error:
            self._workspace.error.emit(error)
        else:
            self._paste.clear()

    def project(self) -> Projector:
        """Show the cards full screen in a window of their own."""
        content = StationBoard(self._workspace, editable=False)
        shown = Projector(self, content, self.tr("Classroom"))
        shown.start()
        return shown

    def _make_order(self) -> QComboBox:
        box = named(QComboBox(), "order")
        box.setItemDelegate(QStyledItemDelegate(box))
        for order, text in (
            ("added", self.tr("As added")),
            ("name", self.tr("By name")),
            ("accuracy", self.tr("By accuracy")),
        ):
            box.addItem(text, order)
        box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(7)
        box.setAccessibleName(self.tr("Order"))
        box.setToolTip(
            literal(
                self.tr(
                    "The order of the stations. By accuracy: by what it is at least, 95 times of "
                    "100, so that few samples do not win."
                )
            )
        )
        box.activated.connect(lambda place: self._sort(box.itemData(place)))
        return box

    def _sort(self, order: Order) -> None:
        self._stations.sort(order)

    def _draw_icons(self) -> None:
        self._add.setIcon(theme.icon("add"))
        self._project.setIcon(theme.icon("projector"))

    def _tell(self) -> None:
        self._add.setEnabled(bool(self._paste.text().strip()))
        self._order.setCurrentIndex(self._order.findData(self._stations.order))
        for widget in (self._order, self._project):
            widget.setEnabled(bool(self._stations.cards))
