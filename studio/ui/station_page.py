"""The page of a classroom's stations: added by their invitations, shown as cards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QInputDialog,
    QLineEdit,
    QStyledItemDelegate,
)

from studio.base.errors import StudioError
from studio.ui import theme
from studio.ui.card_page import CardPage
from studio.ui.empty import EmptyState
from studio.ui.movable_card import CardBoard
from studio.ui.station_card import StationCard
from studio.ui.station_model import Card, Order, Stations
from studio.ui.widgets import literal, named
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


class StationPage(CardPage[StationBoard]):
    """The cards, and above them where invitations are pasted."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, self.tr("Classroom"), above=6)
        self._stations = Stations.of(workspace)
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
        self._add = self._button("add-stations", self.tr("Add these stations"), "add")
        self._add.clicked.connect(self.add)
        self._order = self._make_order()
        self._project = self._project_button()
        self.head.addWidget(self._paste, 1)
        self.head.addWidget(self._add)
        self.head.addSpacing(theme.px(4))
        self.head.addWidget(self._order)
        self.head.addWidget(self._project)
        self._begin()
        self._paste.textChanged.connect(self._tell)
        self._stations.changed.connect(self._tell)
        self._tell()

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

    def _board(self, *, editable: bool) -> StationBoard:
        return StationBoard(self._workspace, editable=editable)

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

    def _tell(self) -> None:
        self._add.setEnabled(bool(self._paste.text().strip()))
        self._order.setCurrentIndex(self._order.findData(self._stations.order))
        self._order.setHidden(not self._stations.cards)  # room for the first invitation
        self._project.setEnabled(bool(self._stations.cards))
