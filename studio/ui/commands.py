"""What the menus do that no panel does: choose files, switch settings, manage layouts, help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from studio.base.errors import StudioError
from studio.ui import about, files, session_files
from studio.ui.docks import Docks
from studio.ui.layouts import Layout, Store
from studio.ui.records import Cancel, Deploy, RunAgain
from studio.ui.workspace import Workspace


class Commands(QObject):
    """One method an action; dialogs open over ``window`` and do not block."""

    def __init__(
        self,
        window: QWidget,
        workspace: Workspace,
        docks: Docks,
        store: Store,
        log: Path | None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._docks = docks
        self._store = store
        self._monitoring = workspace.monitoring
        self._log = log

    # -- files

    def open_model(self) -> None:
        """Ask for a model and open it."""
        title, kind = self.tr("Open a model"), self.tr("ONNX models ({0})")
        self._choose(title, kind, files.MODELS, self._workspace.model)

    def open_data(self) -> None:
        """Ask for samples and labels and use them."""
        title, kind = self.tr("Open data"), self.tr("NumPy arrays ({0})")
        near = self._workspace.data or self._workspace.model
        self._choose(title, kind, files.DATA, near)

    def open_project(self) -> None:
        """Ask for a project's folder and open it."""
        near = self._workspace.settings.results_folder
        title = self.tr("Open a project")
        folder = QFileDialog.getExistingDirectory(self._window, title, str(near))
        if folder:
            self._workspace.files_offered.emit([folder])

    def open_recent(self, folder: str) -> None:
        """Open a project that was open before."""
        self._workspace.files_offered.emit([folder])

    def forget_recent(self) -> None:
        """Empty the list of recent projects."""
        self.change_settings(recent=())

    def close_project(self) -> None:
        """Go back to the welcome page; what is on disk stays."""
        workspace = self._workspace
        workspace.task_requested.emit(Cancel())
        for document in list(workspace.documents.all):
            if not document.modified:
                workspace.documents.close(document)
        workspace.set_project(None)
        workspace.out = None
        workspace.set_model(None, None)
        workspace.monitoring.forget()

    def open_recording(self) -> None:
        """Ask for a recording of the monitor and play it."""
        session_files.open_recording(self._window, self._workspace)

    def show_recordings(self) -> None:
        """The list of all recordings."""
        session_files.show_recordings(self._window, self._workspace)

    def export_session(self) -> None:
        """Ask what to save of what the monitor holds."""
        session_files.export(self._window, self._workspace)

    def report(self) -> None:
        """Save a report of the model and the session."""
        session_files.report(self._window, self._workspace)

    def show_folder(self) -> None:
        """Open the project's folder, or the model's, in the file manager."""
        folder = self.folder
        if folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @property
    def folder(self) -> Path | None:
        """The folder that is open."""
        workspace = self._workspace
        if workspace.project is not None:
            return workspace.project.folder
        return workspace.model.parent if workspace.model is not None else None

    def _choose(self, title: str, kind: str, endings: tuple[str, ...], near: Path | None) -> None:
        patterns = " ".join(f"*{ending}" for ending in endings)
        # Not the working folder: it is wherever the program was started.
        folder = str(near.parent if near else Path.home())
        name, _ = QFileDialog.getOpenFileName(self._window, title, folder, kind.format(patterns))
        if name:
            self._workspace.files_offered.emit([name])

    # -- deploying

    def deploy(self) -> None:
        """Every stage, up to the run."""
        self._workspace.task_requested.emit(Deploy())

    def map(self) -> None:
        """The stages up to the layout."""
        self._workspace.task_requested.emit(Deploy("map"))

    def build(self) -> None:
        """The stages up to the firmware."""
        self._workspace.task_requested.emit(Deploy("build"))

    def run_again(self) -> None:
        """Run the firmware that is built."""
        self._workspace.task_requested.emit(RunAgain())

    def cancel(self) -> None:
        """Stop what runs."""
        self._workspace.task_requested.emit(Cancel())

    def feed(self) -> None:
        """Send a data set to the target."""
        from studio.ui import feed_dialog  # noqa: PLC0415 - the window shows sooner without

        feed_dialog.show(self._window, self._workspace)

    def connect_target(self) -> None:
        """Begin to read the chosen target, or end it."""
        if self._monitoring.active:
            self._monitoring.stop()
        else:
            self._docks.show_panel("monitor")
            self._monitoring.start(self._workspace.port)

    # -- settings

    def change_settings(self, **changes: Any) -> None:
        """Change and keep personal settings; an error of the disk is shown."""
        try:
            self._workspace.set_settings(replace(self._workspace.settings, **changes))
        except StudioError as error:
            self._workspace.error.emit(error)

    def show_settings(self) -> None:
        """The settings dialog."""
        from studio.ui import settings_dialog  # noqa: PLC0415 - not needed to start

        settings_dialog.show(self._window, self._workspace)

    # -- layouts and panels

    def arrange(self, layout: Layout) -> None:
        """Lay the docks out as one of the program's layouts."""
        self._docks.arrange(layout.tree)

    def restore_layout(self, name: str, otherwise: Layout) -> None:
        """Lay the docks out as the user kept them under ``name``."""
        state = self._store.layouts().get(name)
        if state is not None:
            self._docks.restore(state, otherwise.tree)

    def save_layout(self) -> None:
        """Ask for a name and keep the docks as they are."""
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Save layout"))
        dialog.setLabelText(self.tr("Name of the layout. One of the same name is replaced."))
        dialog.setOkButtonText(self.tr("Save"))
        dialog.setCancelButtonText(self.tr("Cancel"))
        dialog.textValueSelected.connect(self.keep_layout)
        dialog.open()

    def keep_layout(self, name: str) -> None:
        """Keep the docks as they are under ``name``."""
        if name.strip():
            kept = self._store.layouts() | {name.strip(): self._docks.save()}
            self._store.set_layouts(kept)
            self._store.sync()
            self._workspace.notice.emit(self.tr("Layout kept: {0}").format(name.strip()))

    def delete_layout(self, name: str) -> None:
        """Forget a layout of the user's."""
        kept = self._store.layouts()
        kept.pop(name, None)
        self._store.set_layouts(kept)
        self._store.sync()

    def close_panel(self) -> None:
        """Close the panel that has the keyboard, or had it last."""
        if self._docks.current:
            self._docks.close_panel(self._docks.current)

    def float_panel(self) -> None:
        """Make a window of the panel that has the keyboard, or put it back."""
        if self._docks.current:
            self._docks.float_panel(self._docks.current)

    def next_panel(self) -> None:
        """Give the keyboard to the next panel that shows."""
        self._docks.step(1)

    def previous_panel(self) -> None:
        """Give the keyboard to the panel before."""
        self._docks.step(-1)

    # -- help

    def show_readme(self) -> None:
        """What the program does and how to use it."""
        about.show_document(self._window, self.tr("Read me"), "README.md")

    def show_licences(self) -> None:
        """What of other people's is inside."""
        about.show_document(self._window, self.tr("Third party licences"), "THIRD_PARTY.md")

    def show_about(self) -> None:
        """Versions."""
        about.show_about(self._window)

    def show_log(self) -> None:
        """Open the folder of the log in the file manager."""
        if self._log is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log.parent)))


def ask_to_save(window: QWidget, unsaved: list[str]) -> QMessageBox:
    """Ask what to do with unsaved documents; the caller connects ``buttonClicked``."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(_tr("Unsaved changes"))
    box.setText(_tr("Save the changes before closing?"))
    box.setInformativeText("\n".join(unsaved))
    save = box.addButton(_tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(_tr("Do not save"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(_tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    return box


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)
