"""Opening what was dropped or chosen: projects, models, data, and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject

from studio import project_file, projects, sources, templates, worker
from studio.base.errors import ProjectError, StudioError
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.options import Options
from studio.project_file import ProjectFile
from studio.projects import Offer, Opened
from studio.ui import language
from studio.ui.project_saver import ProjectSaver
from studio.ui.records import Problem
from studio.ui.task_state import State
from studio.ui.workspace import Workspace

SOURCE = "open"  # of problems, and the stage's name


class Runner(Protocol):
    """What opening needs of the task runner."""

    state: State

    def open(self, call: worker.Call, then: Callable[[Any], None]) -> None:
        """Call what opens files in the worker, as soon as it can."""

    def check(self) -> None:
        """Read the model, as soon as the worker can."""


class Opening(QObject):
    """Shows at once what can be shown; copying and reading are the worker's.

    ``results`` is the folder new projects are made in; None: as the settings have it.
    """

    def __init__(self, workspace: Workspace, runner: Runner, results: Path | None) -> None:
        super().__init__()
        self._workspace = workspace
        self._runner = runner
        self._results = results
        self._chip = workspace.options.chip
        self._sent = Options()
        self.saver = ProjectSaver(workspace, self)
        workspace.options_changed.connect(self._on_options)

    def offer(self, offer: Offer) -> None:
        """Open what is offered. Raises StudioError."""
        if offer == Offer():
            return
        if offer.model is not None:
            own = projects.containing(offer.model)
            if own is not None:
                offer = replace(offer, project=own.folder, model=None)
        self._refuse_while_busy(offer)
        if offer.recording is not None:
            self._workspace.monitoring.open_recording(offer.recording)
            offer = replace(offer, recording=None)
        if offer == Offer():
            return
        if offer.project is not None:
            self._open_project(offer.project)
            rest = replace(offer, project=None)
            if rest == Offer():
                self._runner.check()
            else:
                self._add(rest)
        elif offer.model is not None:
            self._open_model(offer, offer.model)
        else:
            self._add(offer)

    def create(self, template: str) -> None:
        """A new project from a template. Raises StudioError."""
        self._refuse_while_busy(Offer())
        arguments = (template, self._root, self._start())
        self._runner.open(worker.Call(SOURCE, templates.create, arguments), self._show_new)

    def abandon(self) -> None:
        """What was to be opened failed or was cancelled: back to what is in the project."""
        workspace = self._workspace
        if workspace.project is None:
            workspace.set_model(None, None)
        elif workspace.data != workspace.project.data:
            workspace.set_data(self._present(workspace.project.data))

    # -- inside

    @property
    def _root(self) -> Path:
        return self._results or self._workspace.settings.results_folder

    def _start(self) -> Options:
        """What new projects begin with."""
        settings = self._workspace.settings
        return Options(chip=settings.chip, toolchain=settings.toolchain)

    def _refuse_while_busy(self, offer: Offer) -> None:
        if self._runner.state in (State.PREPARING, State.RUNNING):
            named = [getattr(offer, field.name) for field in fields(offer)]
            raise StudioError(
                self.tr("A deploy is running."),
                hint=self.tr("Wait until it is done, or cancel it, then try again."),
                where=", ".join(path.name for path in named if path is not None),
            )

    def _open_project(self, folder: Path) -> None:
        project = project_file.load(folder)
        if project.model is None or not project.model.is_file():
            raise ProjectError(
                self.tr("The project's model is missing.")
                if project.model
                else self.tr("This project has no model yet."),
                hint=self.tr("Put it back into the folder, or drop the .onnx file instead."),
                where=str(project.model or project.file),
            )
        self._show(project)

    def _show(self, project: ProjectFile) -> None:
        """Make ``project`` the open one, with a model that is there."""
        workspace = self._workspace
        self.saver.flush()
        chip = chips.load(project.options.chip)
        workspace.set_reference(None)
        workspace.set_project(project)
        self._chip = project.options.chip
        workspace.set_options(project.options)
        workspace.out = project.results.folder
        workspace.set_model(project.model, self._present(project.data))
        self._use(chip)
        self._remember(project)

    def _show_new(self, project: ProjectFile) -> None:
        """Open a project just made from a template, and its guide."""
        self._show(project)
        self._workspace.file_requested.emit(project.folder / templates.GUIDE, 1)

    def _open_model(self, offer: Offer, model: Path) -> None:
        workspace = self._workspace
        self.saver.flush()
        # Data that was dropped before there was a model waits for this one.
        waiting = workspace.data if workspace.model is None else None
        offer = replace(offer, data=offer.data or (None if offer.images else waiting))
        workspace.set_project(None)
        workspace.set_reference(None)
        workspace.out = None
        self._chip = self._start().chip
        workspace.set_options(self._start())
        workspace.set_model(model, offer.data or sources.find_data(model))
        self._bring(offer)

    def _add(self, offer: Offer) -> None:
        """Take what is offered into the open project."""
        workspace = self._workspace
        if workspace.project is None and offer != Offer(layout=offer.layout):
            if workspace.model is not None:
                raise StudioError(
                    self.tr("The model is still being opened."),
                    hint=self.tr("Try again in a moment."),
                )
            if offer == Offer(data=offer.data):
                workspace.set_data(offer.data)
                return
            raise StudioError(
                self.tr("There is no project yet to take this into."),
                hint=self.tr("Open a model or a project first, or drop both together."),
            )
        if offer.data is not None:
            workspace.set_data(offer.data)
        self._bring(offer)

    def _bring(self, offer: Offer) -> None:
        workspace = self._workspace
        self.saver.flush()
        project = workspace.project
        self._sent = self._start() if project is None else project.options
        arguments = (offer, project, self._root, self._sent)
        self._runner.open(worker.Call(SOURCE, projects.bring, arguments), self._take)

    def _take(self, opened: Opened) -> None:
        """What the worker made of an offer."""
        workspace, project = self._workspace, opened.project
        if project is not None and workspace.project is None:
            workspace.set_project(project)
            self._chip = project.options.chip
            workspace.set_options(project.options)
            workspace.out = project.results.folder
            if project.model is not None:
                workspace.move_model(project.model, self._present(project.data))
            self._use(opened.chip)
            self._remember(project)
        elif project is not None and workspace.project is not None:
            options = workspace.project.options
            workspace.set_project(replace(project, options=options))
            if project.data != workspace.data:
                workspace.set_data(self._present(project.data))
            self._edit(project.options)
        if opened.reference is not None:
            workspace.set_reference(opened.reference)
            workspace.panel_requested.emit("array")
        told = [Problem("note", SOURCE, note) for note in opened.notes]
        workspace.set_problems(SOURCE, told)
        if told:
            workspace.notice.emit(language.message(told[0].message))

    def _edit(self, options: Options) -> None:
        """What the worker changed of the options it was sent, as something that can be undone."""
        names = [field.name for field in fields(Options)]
        changes = {
            name: getattr(options, name)
            for name in names
            if getattr(options, name) != getattr(self._sent, name)
        }
        if changes:
            self._workspace.edit_options(self.tr("Dropped options"), **changes)

    def _present(self, data: Path | None) -> Path | None:
        """The project's data, if it is there."""
        if data is not None and not data.is_file():
            self._workspace.notice.emit(self.tr("The project's data is missing: {0}").format(data))
            return None
        return data

    def _on_options(self) -> None:
        """Another chip was chosen: everything drawn for the last one goes."""
        name = self._workspace.options.chip
        if name != self._chip:
            self._chip = name
            try:
                self._use(chips.load(name))
            except StudioError as error:
                self._workspace.error.emit(error)

    def _use(self, chip: Chip) -> None:
        if chip != self._workspace.chip:
            self._workspace.set_chip(chip)

    def _remember(self, project: ProjectFile) -> None:
        workspace = self._workspace
        workspace.set_settings(workspace.settings.opened(project.folder))
