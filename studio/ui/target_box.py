"""Where the firmware runs: the emulator, or a board at a serial port."""

from __future__ import annotations

import contextlib
import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyledItemDelegate, QWidget

from studio.board.ports import Port, ports
from studio.ui.layouts import Store
from studio.ui.widgets import literal, named

_RATES = (9_600, 115_200, 230_400, 460_800, 921_600, 1_000_000, 1_500_000, 2_000_000, 3_000_000)
_AGAIN = 3000  # milliseconds between two looks at the ports


class TargetChoice(QObject):
    """The chosen port ("" is the emulator) and baud rate, kept between starts."""

    changed = Signal()

    def __init__(self, store: Store, default_baud: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.port = store.text("target/port")
        baud = store.text("target/baud")
        self.baud = int(baud) if baud.isdecimal() and 0 < int(baud) < 1 << 31 else default_baud

    def set_port(self, port: str) -> None:
        """Choose a port, or the emulator ("")."""
        if port != self.port:
            self.port = port
            self._store.set("target/port", port)
            self.changed.emit()

    def set_baud(self, baud: int) -> None:
        """Choose how fast a board's serial text comes."""
        if baud != self.baud:
            self.baud = baud
            self._store.set("target/baud", str(baud))
            self.changed.emit()


class TargetBox(QComboBox):
    """The emulator and the serial ports there are now.

    The ports are listed on a thread: with many or broken devices that takes long.
    """

    _listed = Signal(object)

    def __init__(self, choice: TargetChoice) -> None:
        super().__init__()
        named(self, "target")
        self._choice = choice
        self._ports: tuple[Port, ...] = ()
        self._thread: threading.Thread | None = None
        self.setItemDelegate(QStyledItemDelegate(self))  # which takes the style sheet's padding
        self.setToolTip(self.tr("Where the firmware runs: the emulator, or a board at a port"))
        self.setAccessibleName(self.tr("Target"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(15)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._listed.connect(self._on_listed)
        self.activated.connect(self._on_activated)
        choice.changed.connect(self._fill)
        self._timer = QTimer(self, interval=_AGAIN)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self._fill()
        self.refresh()

    def refresh(self) -> None:
        """Look which ports there are; they appear when they are known."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._list, name="ports", daemon=True)
            self._thread.start()

    def showPopup(self) -> None:  # noqa: N802  (Qt's name)
        """Open the list, and look again."""
        self.refresh()
        super().showPopup()

    def _list(self) -> None:
        found = ports()
        with contextlib.suppress(RuntimeError):  # the window may have gone meanwhile
            self._listed.emit(found)

    def _on_listed(self, found: tuple[Port, ...]) -> None:
        if found == self._ports:
            return
        self._ports = found
        opened = self.view().isVisible()
        self._fill()
        if opened:
            super().showPopup()  # with room for what is new

    def _fill(self) -> None:
        self.clear()
        self.addItem(self.tr("Emulator"), "")
        for port in self._ports:
            self.addItem(port.label, port.name)
            self.setItemData(self.count() - 1, literal(port.label), Qt.ItemDataRole.ToolTipRole)
        chosen = self._choice.port
        if chosen and self.findData(chosen) < 0:
            # A port by its address is no device that could be plugged in.
            known = "://" in chosen
            text = chosen if known else self.tr("{0} – not connected").format(chosen)
            self.addItem(text, chosen)
        if self.count() == 1:
            self.addItem(self.tr("No serial port found"), None)
            model = self.model()
            if isinstance(model, QStandardItemModel):
                model.item(1).setEnabled(False)
        self.setCurrentIndex(self.findData(chosen))
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)

    def _on_activated(self, index: int) -> None:
        port = self.itemData(index)
        if isinstance(port, str):
            self._choice.set_port(port)


class BaudBox(QComboBox):
    """The baud rate a board's port is read with."""

    def __init__(self, choice: TargetChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "baud")
        self.setItemDelegate(QStyledItemDelegate(self))
        self._choice = choice
        for rate in sorted({*_RATES, choice.baud}):
            self.addItem(self.tr("{0} baud").format(rate), rate)
        self.setCurrentIndex(self.findData(choice.baud))
        self.setAccessibleName(self.tr("Baud rate"))
        self.activated.connect(self._on_activated)

    def _on_activated(self, index: int) -> None:
        self._choice.set_baud(int(self.itemData(index)))
