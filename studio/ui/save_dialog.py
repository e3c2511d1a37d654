"""The question what becomes of texts that are not saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.base.errors import StudioError
from studio.ui.document import Document
from studio.ui.workspace import Workspace

_NAMED = 8


def ask(
    parent: QWidget,
    workspace: Workspace,
    unsaved: Sequence[Document],
    then: Callable[[], None],
) -> QMessageBox | None:
    """Ask whether to save ``unsaved``, and call ``then`` unless the user or an error stops it.

    Does not block; nothing to save asks nothing.
    """
    if not unsaved:
        then()
        return None
    documents = list(unsaved)
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_tr("Save changes?"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    if len(documents) == 1:
        box.setText(_tr("{0} has changes that are not saved.").format(documents[0].name))
    else:
        box.setText(_tr("{0} files have changes that are not saved.").format(len(documents)))
        names = [document.name for document in documents[:_NAMED]]
        box.setInformativeText("\n".join([*names, "…"] if len(documents) > _NAMED else names))
    button = QMessageBox.StandardButton
    box.setStandardButtons(button.Save | button.Discard | button.Cancel)
    box.setDefaultButton(button.Save)

    def done(result: int) -> None:
        if result not in (button.Save, button.Discard):
            return
        try:
            if result == button.Save:
                for document in documents:
                    workspace.documents.save(document)
        except StudioError as error:
            workspace.error.emit(error)
        else:
            then()

    box.finished.connect(done)
    box.open()
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("SaveDialog", text)
