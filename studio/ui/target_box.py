"""Where the firmware runs: the emulator, a board at a serial port, or an address."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QIntValidator, QPaintEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QInputDialog,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from studio.base.errors import PortError
from studio.board.ports import Port
from studio.monitor.port import check_address
from studio.ui import theme
from studio.ui.target_choice import BAUD_MOST, TargetChoice
from studio.ui.widgets import literal, named
from studio.ui.workspace import Workspace

RATES = (9_600, 115_200, 230_400, 460_800, 921_600, 1_000_000, 1_500_000, 2_000_000, 3_000_000)
_ROUND = 54  # pixels around the digits of a rate
_OTHER = 0  # the data of what asks for an address; a port's is its name


class TargetBox(QComboBox):
    """The emulator, the serial ports there are now, and addresses typed by hand."""

    def __init__(self, workspace: Workspace, name: str = "target") -> None:
        super().__init__()
        named(self, name)
        self._workspace = workspace
        self._choice = workspace.target
        self._list = workspace.monitoring.port_list
        self.setItemDelegate(QStyledItemDelegate(self))  # which takes the style sheet's padding
        self.setAccessibleName(self.tr("Target"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(15)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._on_activated)
        self._choice.changed.connect(self._fill)
        self._list.changed.connect(self._on_listed)
        self._list.watch  # noqa: B018 - from now on somebody looks for ports
        self._fill()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        """Turning the wheel over it must not choose another target."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """With an ellipsis where a name is too long; a style sheet's own painting has none."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        right = Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, right, field.width() - 4
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:  # noqa: N802  (Qt's name)
        """Open the list, as wide as its longest entry."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        super().showPopup()

    def _on_listed(self) -> None:
        opened = self.view().isVisible()
        under = self.view().currentIndex().data(Qt.ItemDataRole.UserRole) if opened else None
        self._fill()
        if opened:
            self.showPopup()  # with room for what is new
            index = self.findData(under)
            if index >= 0:
                self.view().setCurrentIndex(self.model().index(index, 0))

    def _fill(self) -> None:
        self.clear()
        self.addItem(self.tr("Emulator"), "")
        self._tip(self.tr("Runs the firmware that is built on an emulated board"))
        for port in self._list.ports:
            self.addItem(_label(port), port.name)
            self._tip(self._about(port))
        if not self._list.ports and self._list.known:
            self.addItem(self.tr("No serial port found"), None)
            model = self.model()
            if isinstance(model, QStandardItemModel):
                model.item(self.count() - 1).setEnabled(False)
        for address in self._choice.addresses:
            if self.findData(address) < 0:
                self.addItem(address, address)
        chosen = self._choice.port
        if chosen and self.findData(chosen) < 0:
            # A port by its address is no device that could be plugged in, and one by a link
            # (/dev/serial/by-id/...) is listed by another name.
            known = "://" in chosen or not self._list.known or Path(chosen).exists()
            text = chosen if known else self.tr("{0} – not found").format(chosen)
            self.addItem(text, chosen)
        self.addItem(self.tr("Other address…"), _OTHER)
        self._tip(self.tr("A board behind a network address, or a port that is not listed"))
        self.setCurrentIndex(self.findData(chosen))
        tip = self.tr("Where the firmware runs: the emulator, or a board at a port")
        self.setToolTip(literal(f"{tip}\n{self.currentText()}"))

    def _tip(self, text: str) -> None:
        self.setItemData(self.count() - 1, literal(text), Qt.ItemDataRole.ToolTipRole)

    def _about(self, port: Port) -> str:
        lines = [port.label]
        if port.vid is not None and port.pid is not None:
            lines.append(self.tr("USB device {0}").format(_usb(port)))
        if port.serial:
            lines.append(self.tr("Serial number {0}").format(port.serial))
        return "\n".join(lines)

    def _on_activated(self, index: int) -> None:
        port = self.itemData(index)
        if isinstance(port, str):
            self._choice.set_port(port)
            return
        self.setCurrentIndex(self.findData(self._choice.port))
        if port == _OTHER:
            self._ask()

    def _ask(self) -> None:
        dialog = named(QInputDialog(self.window()), "address")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Other address"))
        dialog.setLabelText(
            self.tr(
                "socket://HOST:PORT for a board behind a network, rfc2217://HOST:PORT where it"
                " takes settings too,\na port such as COM10 or /dev/ttyS0, or loop:// to hear"
                " what is sent."
            )
        )
        dialog.setTextValue("socket://")
        dialog.setOkButtonText(self.tr("Choose"))
        dialog.setCancelButtonText(self.tr("Cancel"))
        dialog.textValueSelected.connect(self._on_address)
        dialog.open()

    def _on_address(self, text: str) -> None:
        try:
            self._choice.add_address(check_address(text))
        except PortError as error:
            self._workspace.error.emit(error)


class BaudBox(QComboBox):
    """The baud rate a board's port is read with: one of the usual, or any typed."""

    def __init__(self, choice: TargetChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "baud")
        self.setItemDelegate(QStyledItemDelegate(self))
        self._choice = choice
        self._line = QLineEdit()
        self.setLineEdit(self._line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)  # type: ignore[arg-type]  # else 1152 would become 115200
        self.setValidator(QIntValidator(1, BAUD_MOST, self))
        self.setAccessibleName(self.tr("Baud rate"))
        self.setToolTip(self.tr("Baud rate: how fast the board's bytes come. Any number will do."))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(1)
        digits = self.fontMetrics().horizontalAdvance("0" * 7)
        self.setFixedWidth(digits + theme.px(_ROUND))
        self.activated.connect(self._on_activated)
        self._line.editingFinished.connect(self._on_edited)
        self._line.installEventFilter(self)
        choice.changed.connect(self._fill)
        self._fill()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        """Turning the wheel over it must not choose another rate."""
        event.ignore()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """What is no rate does not stay."""
        if event.type() == QEvent.Type.FocusOut and not self._line.hasAcceptableInput():
            self._fill()
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        rates = sorted({*RATES, self._choice.baud})
        if [self.itemData(index) for index in range(self.count())] != rates:
            self.clear()
            for rate in rates:
                self.addItem(str(rate), rate)
        self.setCurrentIndex(self.findData(self._choice.baud))
        self.setEditText(str(self._choice.baud))
        self._line.setCursorPosition(0)  # where there is little room, its beginning shows

    def _on_activated(self, index: int) -> None:
        self._choice.set_baud(int(self.itemData(index)))

    def _on_edited(self) -> None:
        text = self._line.text()
        if text.isdecimal():
            self._choice.set_baud(int(text))
        self._fill()


def _usb(port: Port) -> str:
    return f"{port.vid or 0:04X}:{port.pid or 0:04X}"


def _label(port: Port) -> str:
    return port.label if port.vid is None else f"{port.label} ({_usb(port)})"
