"""The dialogs that tell of errors."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget

from studio.base.errors import StudioError
from studio.ui import language, option_text


def show_error(parent: QWidget | None, error: StudioError) -> QMessageBox:
    """Say what is wrong, where, and what to do; does not block."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(_tr("Cannot continue"))
    # Plain text: messages name files and nodes, and a name may hold anything.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(language.message(error.message))
    _wrap(box)
    parts = [_tr("Where: {0}").format(error.where) if error.where else ""]
    parts.append(option_text.hint(error.hint))
    box.setInformativeText("\n\n".join(part for part in parts if part))
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.open()
    return box


def show_crash(parent: QWidget | None, trace: str, log: Path | None) -> QMessageBox:
    """Say that we made a mistake, with the traceback to copy and the log; does not block."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle(_tr("Something went wrong in CIM Studio"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(_tr("This is a fault of the program, not of your model."))
    _wrap(box)
    summary = trace.strip().splitlines()[-1] if trace.strip() else ""
    kept = _tr(
        "You can go on. Texts you have not saved are kept and offered at the next start, should"
        " the program end."
    )
    where = _tr("The log is in {0}").format(log) if log else ""
    box.setInformativeText("\n\n".join(part for part in (summary, kept, where) if part))
    box.setDetailedText(trace)
    copy = _keep_open(box, _tr("Copy details"))
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(trace))
    if log:
        show = _keep_open(box, _tr("Open log"))
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log))))
    close = box.addButton(QMessageBox.StandardButton.Close)
    box.setDefaultButton(close)
    box.setEscapeButton(close)
    box.open()
    return box


def _keep_open(box: QMessageBox, text: str) -> QPushButton:
    """A button that, unlike a message box's own, does not close it."""
    button = box.addButton(text, QMessageBox.ButtonRole.ActionRole)
    button.clicked.disconnect()
    return button


def _wrap(box: QMessageBox) -> None:
    """Have long messages wrap: Qt measures them, unless told, before the style makes them bold."""
    for label in box.findChildren(QLabel):
        label.ensurePolished()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)
