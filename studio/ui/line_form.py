"""How a port's line is set: a form that opens under the button that names the frame."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QLabel,
    QStyledItemDelegate,
    QWidget,
)

from studio.ui import theme
from studio.ui.target_choice import BITS, ENCODINGS, FLOWS, PARITIES, STOPS, TargetChoice
from studio.ui.widgets import named


class LineForm(QFrame):
    """Data bits, parity, stop bits, flow control, encoding of text, and connecting again.

    What it says counts at once, also while a port is open.
    """

    def __init__(self, choice: TargetChoice, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        named(self, "line-form")
        self._choice = choice
        self._rows = QFormLayout(self)
        margin = theme.px(12)
        self._rows.setContentsMargins(margin, margin, margin, margin)
        self._rows.setHorizontalSpacing(theme.px(12))
        self._rows.setVerticalSpacing(theme.px(8))
        self._bits = self._box("bits", self.tr("Data bits"))
        self._parity = self._box("parity", self.tr("Parity"))
        self._stop = self._box("stop", self.tr("Stop bits"))
        self._flow = self._box("flow", self.tr("Flow control"))
        self._encoding = self._box("encoding", self.tr("Text"))
        for bits in BITS:
            self._bits.addItem(str(bits), bits)
        parities = (
            self.tr("None"),
            self.tr("Even"),
            self.tr("Odd"),
            self.tr("Mark"),
            self.tr("Space"),
        )
        for parity, text in zip(PARITIES, parities, strict=True):
            self._parity.addItem(text, parity)
        for stop in STOPS:
            self._stop.addItem(f"{stop:g}", stop)
        flows = (self.tr("None"), "RTS/CTS", "XON/XOFF", "DTR/DSR")
        for flow, text in zip(FLOWS, flows, strict=True):
            self._flow.addItem(text, flow)
        for encoding in ENCODINGS:
            self._encoding.addItem(encoding.upper(), encoding)
        for box, name in (
            (self._bits, "bits"),
            (self._parity, "parity"),
            (self._stop, "stop"),
            (self._flow, "flow"),
        ):
            box.activated.connect(self._setter(box, name))
        self._encoding.activated.connect(self._on_encoding)
        self._again = named(QCheckBox(self.tr("Connect again when the board is back")), "reconnect")
        self._again.setToolTip(
            self.tr("A board that was unplugged or reset is known again by its USB numbers")
        )
        self._again.toggled.connect(choice.set_reconnect)
        self._rows.addRow(self._again)
        choice.changed.connect(self._show)
        self._show()

    def open_at(self, button: QWidget) -> None:
        """Open below ``button``, within the screen."""
        self.adjustSize()
        place = button.mapToGlobal(QPoint(0, button.height() + 2))
        screen = button.screen().availableGeometry()
        place.setX(max(screen.left(), min(place.x(), screen.right() - self.width())))
        if place.y() + self.height() > screen.bottom():
            place.setY(button.mapToGlobal(QPoint(0, 0)).y() - self.height() - 2)
        self.move(place)
        self.show()
        (self._bits if self._choice.has_line else self._encoding).setFocus()

    def _box(self, name: str, text: str) -> QComboBox:
        box = named(QComboBox(), name)
        box.setItemDelegate(QStyledItemDelegate(box))
        box.setMinimumWidth(theme.px(120))
        label = QLabel(text)
        label.setMinimumHeight(box.sizeHint().height())  # else it stands above the middle
        label.setBuddy(box)
        self._rows.addRow(label, box)
        return box

    def _setter(self, box: QComboBox, name: str) -> Callable[[int], None]:
        def act(index: int) -> None:
            self._choice.set_line(**{name: box.itemData(index)})

        return act

    def _on_encoding(self, index: int) -> None:
        self._choice.set_encoding(self._encoding.itemData(index))

    def _show(self) -> None:
        line, has_line = self._choice.line, self._choice.has_line
        for box, value in (
            (self._bits, line.bits),
            (self._parity, line.parity),
            (self._stop, float(line.stop)),
            (self._flow, line.flow),
            (self._encoding, self._choice.encoding),
        ):
            box.setCurrentIndex(box.findData(value))
        for box in (self._bits, self._parity, self._stop, self._flow):
            self._rows.setRowVisible(box, has_line)
        # The emulator is started, not plugged in.
        self._rows.setRowVisible(self._again, bool(self._choice.port))
        self._again.setChecked(self._choice.reconnect)
