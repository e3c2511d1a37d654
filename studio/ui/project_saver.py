"""Saves the project file a moment after the last change, beside the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from studio import history, project_file, projects
from studio.base.errors import StudioError
from studio.options import Options
from studio.project_file import ProjectFile
from studio.ui.workspace import Workspace

PAUSE = 600  # milliseconds after the last change


class ProjectSaver(QObject):
    """Follows options and project of the workspace; ``flush`` before they are let go.

    Also writes the figure of a noise study into the history.
    """

    _failed = Signal(object)
    _brought = Signal(object, object)
    _noted = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._known: ProjectFile | None = workspace.project
        self._pending: ProjectFile | None = None
        self._pool = ThreadPoolExecutor(1, "save project")
        self._last: Future[None] | None = None
        self._timer = QTimer(self, interval=PAUSE, singleShot=True)
        self._timer.timeout.connect(self._save)
        self._failed.connect(workspace.error)
        self._brought.connect(self._take)
        self._noted.connect(workspace.project_changed)
        workspace.options_changed.connect(self._on_options)
        workspace.project_changed.connect(self._on_project)
        workspace.study_changed.connect(self._on_study)

    def flush(self) -> None:
        """Save now what has not been saved, and wait until it is."""
        self._save()
        if self._last is not None:
            self._last.exception()

    def close(self) -> None:
        """Save and end."""
        self.flush()
        self._pool.shutdown()

    def _on_options(self) -> None:
        project, options = self._workspace.project, self._workspace.options
        if project is not None and project.options != options:
            self._workspace.set_project(replace(project, options=options))

    def _on_project(self) -> None:
        project, known = self._workspace.project, self._known
        if project is None or known is None or project.folder != known.folder:
            self._save()  # the one before; a project that comes is as its file is
        elif project != known:
            self._pending = project
            self._timer.start()
        self._known = project

    def _save(self) -> None:
        self._timer.stop()
        pending, self._pending = self._pending, None
        if pending is not None:
            self._do(lambda: self._write(pending))

    def _write(self, project: ProjectFile) -> None:
        """In the thread."""
        saved = projects.bring_in(project)
        project_file.save(saved)
        if saved != project:
            self._brought.emit(project, saved)

    def _take(self, before: ProjectFile, saved: ProjectFile) -> None:
        """Files that options named elsewhere were copied: use the copies from now on."""
        project, options = self._workspace.project, self._workspace.options
        if project is None or project.folder != saved.folder:
            return
        moved = {
            field.name: getattr(saved.options, field.name)
            for field in fields(Options)
            if getattr(before.options, field.name) != getattr(saved.options, field.name)
            and getattr(before.options, field.name) == getattr(options, field.name)
        }
        self._workspace.set_project(replace(project, copied=saved.copied))
        if moved:
            self._workspace.set_options(replace(options, **moved))

    def _on_study(self) -> None:
        study, project = self._workspace.study, self._workspace.project
        if study is not None and project is not None and study.measure == "accuracy":
            noise = float(np.nanmean(study.accuracy))
            self._do(lambda: self._note(project.folder, noise))

    def _note(self, folder: Path, noise: float) -> None:
        """In the thread."""
        history.set_noise(folder, noise)
        self._noted.emit()

    def _do(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except StudioError as error:
                self._failed.emit(error)
            except Exception as error:
                # As an uncaught exception of any other thread: the crash dialog shows it.
                _report(error)

        self._last = self._pool.submit(guarded)


def _report(error: Exception) -> None:
    told: Any = SimpleNamespace(
        exc_type=type(error),
        exc_value=error,
        exc_traceback=error.__traceback__,
        thread=threading.current_thread(),
    )
    threading.excepthook(told)
