"""The page on which this studio is shared with a classroom, read-only."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from studio.monitor import invitation
from studio.monitor.station import LONGEST
from studio.ui import theme
from studio.ui.sharing import Reach, default_name
from studio.ui.widgets import centre_labels, muted, named, surface
from studio.ui.workspace import Workspace


class SharePage(QScrollArea):
    """A switch, a name, who can look, and the invitation to hand out."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        named(self, "page")
        self._workspace = workspace
        self._sharing = workspace.sharing
        self._switch = named(QCheckBox(self.tr("Share this studio, read-only")), "share")
        self._switch.setToolTip(
            self.tr("Others with the invitation can look; off again when the program ends")
        )
        self._switch.clicked.connect(self._on_switch)
        self._name = named(QLineEdit(self._sharing.name), "station-name")
        self._name.setMaxLength(LONGEST)
        self._name.setPlaceholderText(default_name())
        self._name.setAccessibleName(self.tr("Name of this station"))
        self._name.setToolTip(self.tr("What this station is called in the classroom"))
        self._name.editingFinished.connect(lambda: self._sharing.set_name(self._name.text()))
        self._reach = named(QComboBox(), "reach")
        self._reach.setItemDelegate(QStyledItemDelegate(self._reach))
        reaches: dict[Reach, str] = {
            "computer": self.tr("This computer only"),
            "network": self.tr("Local network"),
        }
        for reach, text in reaches.items():
            self._reach.addItem(text, reach)
        self._reach.setAccessibleName(self.tr("Who can look"))
        self._reach.setToolTip(self.tr("Who can look, if they have the invitation"))
        self._reach.activated.connect(
            lambda place: self._sharing.set_reach(self._reach.itemData(place))
        )
        self._address = named(QComboBox(), "address")
        self._address.setItemDelegate(QStyledItemDelegate(self._address))
        self._address.setAccessibleName(self.tr("Address"))
        self._address.setToolTip(
            self.tr("This computer's addresses; take the one the others can reach")
        )
        self._address.activated.connect(self._invite)
        self._invitation = named(QLineEdit(readOnly=True), "invitation")
        self._invitation.setAccessibleName(self.tr("Invitation"))
        self._invitation.setToolTip(
            self.tr("Whoever has this text can look. The token in it is new each time.")
        )
        self._copy = named(QPushButton(self.tr("Copy")), "copy-invitation")
        self._copy.setToolTip(self.tr("Copy the invitation, to send it to the classroom"))
        self._copy.clicked.connect(self._on_copy)
        self._shows = muted(QLabel(wordWrap=True))
        self._shows.setText(
            self.tr(
                "Others see the name, model, target, state, accuracy and the newest values. They "
                "cannot change anything."
            )
        )
        self._warning = QLabel(wordWrap=True)
        self._warning.setProperty("role", "warning")
        self._state = muted(named(QLabel(wordWrap=True), "sharing-state"))
        self._place()
        self._sharing.changed.connect(self._tell)
        self._tell()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Show what changed meanwhile."""
        super().showEvent(event)
        self._tell()

    def _place(self) -> None:
        self._form = form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        form.addRow(self.tr("Name"), self._name)
        form.addRow(self.tr("Who can look"), self._reach)
        form.addRow(self.tr("Address"), self._address)
        self._line = QWidget()
        line = QHBoxLayout(self._line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(6))
        line.addWidget(self._invitation, 1)
        line.addWidget(self._copy)
        form.addRow(self.tr("Invitation"), self._line)
        centre_labels(form)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        edge = theme.px(12)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(theme.px(8))
        column.addWidget(self._switch)
        column.addLayout(form)
        column.addWidget(self._state)
        column.addWidget(self._warning)
        column.addWidget(self._shows)
        column.addStretch()
        page.setMaximumWidth(theme.px(640))
        ground = surface(QWidget())  # as wide as there is room, in the page's colour
        beside = QHBoxLayout(ground)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(page, 1)
        beside.addStretch()
        self.setWidget(ground)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        surface(self)

    def _on_switch(self, wanted: bool) -> None:
        if wanted:
            self._sharing.start()
        else:
            self._sharing.stop()

    def _tell(self) -> None:
        sharing = self._sharing
        on = sharing.state == "on"
        self._switch.setChecked(sharing.state != "off")
        if not self._name.hasFocus():
            self._name.setText(sharing.name)
        self._reach.setCurrentIndex(self._reach.findData(sharing.reach))
        self._form.setRowVisible(self._line, on)
        self._form.setRowVisible(self._address, on and len(sharing.addresses) > 1)
        known = [self._address.itemText(place) for place in range(self._address.count())]
        if known != list(sharing.addresses):
            self._address.clear()
            self._address.addItems(sharing.addresses)
        if sharing.state == "starting":
            self._state.setText(self.tr("Starting…"))
        self._state.setVisible(sharing.state == "starting")
        network = sharing.reach == "network"
        self._warning.setVisible(network)
        self._warning.setText(
            self.tr(
                "Everybody on the local network who has the invitation can look, and the "
                "connection is not encrypted. The system may ask whether its firewall should let "
                "the program through."
            )
        )
        self._invite()

    def _invite(self) -> None:
        place = self._sharing.place(self._address.currentText()) if self._address.count() else None
        self._invitation.setText(invitation.write(place) if place is not None else "")
        self._invitation.setCursorPosition(0)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._invitation.text())
        self._workspace.notice.emit(self.tr("The invitation was copied"))
