"""The menu of the recording bar: what can be done with recordings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from studio.base.errors import StudioError
from studio.ui import session_files
from studio.ui.workspace import Workspace


class RecordingMenu(QMenu):
    """Looks at the workspace when it opens."""

    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._window = parent
        self.record = self._add(self.tr("Record what boards say"), self._set_record)
        self.record.setCheckable(True)
        self.folder = self._add(self.tr("Show in folder"), self._show_folder)
        self.again = self._add(self.tr("Play this recording"), self._play_again)
        self.addSeparator()
        self.open = self._add(self.tr("Open recording…"), self._open)
        self.all = self._add(self.tr("Recordings…"), self._list)
        self.addSeparator()
        self.export = self._add(self.tr("Export…"), self.ask_export)
        self.report = self._add(self.tr("Session report…"), self._report)
        self.aboutToShow.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Enable what there is something for."""
        monitoring = self._workspace.monitoring
        tape, replay = monitoring.tape, monitoring.replay
        self.record.setChecked(self._workspace.settings.record)
        self.folder.setEnabled(replay is not None or (tape is not None and tape.path is not None))
        closed = tape is not None and tape.path is not None and not monitoring.recording
        self.again.setEnabled(closed and replay is None)
        self.export.setEnabled(monitoring.has_data or replay is not None)

    def ask_export(self) -> None:
        """The dialog in which one says what to export."""
        session_files.export(self._window, self._workspace)

    def _add(self, text: str, slot: Callable[[], None]) -> QAction:
        action = self.addAction(text)
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def _set_record(self) -> None:
        workspace = self._workspace
        try:
            workspace.set_settings(replace(workspace.settings, record=self.record.isChecked()))
        except StudioError as error:
            workspace.error.emit(error)

    def _show_folder(self) -> None:
        monitoring = self._workspace.monitoring
        if monitoring.replay is not None:
            session_files.show_folder(monitoring.replay.recording.parts[0].path)
        elif monitoring.tape is not None and monitoring.tape.path is not None:
            session_files.show_folder(monitoring.tape.path)

    def _play_again(self) -> None:
        tape = self._workspace.monitoring.tape
        if tape is not None and tape.path is not None:
            self._workspace.monitoring.open_recording(tape.path)

    def _open(self) -> None:
        session_files.open_recording(self._window, self._workspace)

    def _list(self) -> None:
        session_files.show_recordings(self._window, self._workspace)

    def _report(self) -> None:
        session_files.report(self._window, self._workspace)
