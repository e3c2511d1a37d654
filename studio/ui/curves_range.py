"""Asks for the range of values the live plot shows."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from studio.ui.curves_scale import Span
from studio.ui.widgets import named


class RangeDialog(QDialog):
    """Two numbers, the first below the second; ``chosen`` carries them."""

    chosen = Signal(float, float)

    def __init__(self, span: Span, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "curves-range-dialog")
        self.setWindowTitle(self.tr("Range of Values"))
        self._edits = [named(QLineEdit(f"{value:.6g}"), "curves-range-edit") for value in span]
        form = QFormLayout(self)
        for title, edit in zip((self.tr("From"), self.tr("To")), self._edits, strict=True):
            validator = QDoubleValidator(-1e300, 1e300, 12, edit)
            validator.setLocale(QLocale.c())  # a point, as everywhere in the program
            edit.setValidator(validator)
            edit.setAccessibleName(title)
            edit.textChanged.connect(self._check)
            form.addRow(title, edit)
        button = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(button.Ok | button.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form.addRow(self._buttons)

    def accept(self) -> None:
        """Hand the numbers over."""
        self.chosen.emit(*(float(edit.text()) for edit in self._edits))
        super().accept()

    def _check(self) -> None:
        known = all(edit.hasAcceptableInput() for edit in self._edits)
        low, high = (float(edit.text()) for edit in self._edits) if known else (0.0, 0.0)
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(low < high)
