"""The dialogs that tell of errors."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from studio.base.errors import StudioError

MESSAGE_WIDTH = 420


def show_error(parent: QWidget | None, error: StudioError) -> QMessageBox:
    """Say what is wrong, where, and what to do; does not block."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(_tr("Cannot continue"))
    # Plain text: messages name files and nodes, and a name may hold anything.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(error.message)
    _wrap(box)
    parts = [_tr("Where: {0}").format(error.where) if error.where else "", error.hint]
    box.setInformativeText("\n\n".join(part for part in parts if part))
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.open()
    return box


def show_crash(parent: QWidget | None, trace: str, log: Path | None) -> QMessageBox:
    """Say that we made a mistake, with the traceback to copy and the log's path."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Critical)
    box.setWindowTitle(_tr("Something went wrong in CIM Studio"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(_tr("This is a fault of the program, not of your model."))
    summary = trace.strip().splitlines()[-1] if trace.strip() else ""
    where = _tr("The log is in {0}").format(log) if log else ""
    box.setInformativeText("\n\n".join(part for part in (summary, where) if part))
    box.setDetailedText(trace)
    copy = box.addButton(_tr("Copy details"), QMessageBox.ButtonRole.ActionRole)
    # A button of a message box closes it; this one only copies.
    copy.clicked.disconnect()
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(trace))
    if log:
        folder = QUrl.fromLocalFile(str(log.parent))
        show = box.addButton(_tr("Show log"), QMessageBox.ButtonRole.ActionRole)
        show.clicked.disconnect()
        show.clicked.connect(lambda: QDesktopServices.openUrl(folder))
    close = box.addButton(QMessageBox.StandardButton.Close)
    box.setDefaultButton(close)
    box.open()
    return box


def _wrap(box: QMessageBox) -> None:
    """Have long messages wrap: Qt measures them before the style makes them bold."""
    label = box.findChild(QLabel, "qt_msgbox_label")
    if label is not None:
        label.setWordWrap(True)
        label.setMinimumWidth(MESSAGE_WIDTH)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)
