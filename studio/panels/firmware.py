"""The Firmware panel: build, run on the emulator, and what both came to."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel, QFlowLayout

from studio.base.errors import StudioError
from studio.project import Project, forget_stages
from studio.ui import language, stage_text
from studio.ui.firmware_board import BoardPage
from studio.ui.firmware_builds import BuildBox
from studio.ui.firmware_layers import LayerChecks
from studio.ui.firmware_log import BuildLog
from studio.ui.firmware_memory import Memory
from studio.ui.firmware_run import EmulatorRun
from studio.ui.firmware_setup import Setup
from studio.ui.firmware_stages import Stages, show_sign
from studio.ui.panel import Panel
from studio.ui.records import Cancel, Deploy, Problem, RunAgain, Status, Target
from studio.ui.widgets import literal, named, surface, tool_button
from studio.ui.workspace import Workspace

_LEAST = QSize(240, 150)  # what it can become is less than what it asks for while wide
_WIDE = 560  # pixels from which the stages stand at the left; below, they are a tab
_SERIAL = "serial.log"
_FILES = ("network.c", "runtime/main.c", "link.ld", "README.txt")


class Firmware(QWidget):
    """Buttons and a line that says how it stands; below, stages, memory, run, log and setup."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self.setMinimumSize(_LEAST)
        self._workspace = workspace
        self._build = self._button("build", self.tr("Build"), self.tr("Build the firmware"))
        self._rebuild = self._button(
            "rebuild", self.tr("Rebuild"), self.tr("Compile everything again")
        )
        self._run = self._button("run", self.tr("Run"), self.tr("Run the firmware on the target"))
        self._stop = self._button("stop", self.tr("Stop"), self.tr("Stop what runs"))
        self._more = self._button("more", "⋯", self.tr("Files and log"))
        self._more.setAccessibleName(self.tr("Files and log"))
        self._build.clicked.connect(self._ask_build)
        self._rebuild.clicked.connect(self._ask_rebuild)
        self._run.clicked.connect(self._ask_run)
        self._stop.clicked.connect(self._ask_stop)
        self._stages = Stages(workspace)
        self._log = BuildLog(workspace)
        self._tabs = named(QTabWidget(documentMode=True), "firmware")
        self._tabs.addTab(Memory(workspace), self.tr("Memory"))
        self._emulator = EmulatorRun(workspace)
        self._tabs.addTab(self._emulator, self.tr("Run"))
        self._tabs.addTab(LayerChecks(workspace), self.tr("Layers"))
        self._tabs.addTab(BoardPage(workspace), self.tr("Board"))
        self._tabs.addTab(self._log, self.tr("Log"))
        self._tabs.addTab(Setup(workspace), self.tr("Setup"))
        self._sign = named(QLabel(), "firmware-sign")
        self._state = named(QElidingLabel(), "firmware-state")
        self._goto = self._button("goto", self.tr("Show"), self.tr("Go to the first error"))
        self._goto.setProperty("role", "link")
        self._goto.clicked.connect(self._go)
        self._make_menu()
        self._lay_out()
        for signal in (
            workspace.stages_changed,
            workspace.activity_changed,
            workspace.model_changed,
            workspace.image_changed,
            workspace.qnetwork_changed,
            workspace.simulation_changed,
            workspace.problems_changed,
            workspace.board_changed,
            workspace.live_changed,
        ):
            signal.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Make the stages a tab where there is no room for them beside the others."""
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        place = self._tabs.indexOf(self._stages)
        if wide and place >= 0:
            self._tabs.removeTab(place)
            self._body.insertWidget(0, self._stages)
            self._stages.show()
        elif not wide and place < 0:
            self._body.removeWidget(self._stages)
            self._tabs.insertTab(0, self._stages, self.tr("Stages"))
        self._rule.setVisible(wide)

    # -- making

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        return tool_button(f"firmware-{name}", text, tip)

    def _make_menu(self) -> None:
        menu = QMenu(self)
        self._file_actions = {}
        for name in _FILES:
            text = self.tr("Open {0}").format(name.rpartition("/")[2])
            action = menu.addAction(text)
            action.triggered.connect(partial(self._open, name))
            self._file_actions[name] = action
        menu.addSeparator()
        serial = menu.addAction(self.tr("Open serial.log"))
        serial.triggered.connect(partial(self._open, _SERIAL))
        self._file_actions[_SERIAL] = serial
        folder = menu.addAction(self.tr("Show in file manager"))
        folder.triggered.connect(self._show_folder)
        self._file_actions["."] = folder
        self._copy = menu.addAction(self.tr("Copy log"))
        self._copy.triggered.connect(self._copy_log)
        menu.aboutToShow.connect(self._show_files)
        self._menu = menu
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        bar = QWidget()
        flow = QFlowLayout(bar)
        flow.setContentsMargins(8, 6, 8, 2)
        flow.setSpacing(4)
        for widget in (self._build, self._rebuild, self._run, self._stop):
            flow.addWidget(widget)
        flow.addWidget(BuildBox(self._workspace))
        flow.addWidget(self._more)
        status = QHBoxLayout()
        status.setContentsMargins(12, 4, 8, 4)
        status.setSpacing(8)
        # As high as its text needs, however low the panel is.
        self._state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        status.addWidget(self._sign)
        status.addWidget(self._state, 1)
        status.addWidget(self._goto)
        self._rule = named(QFrame(), "rule")
        self._body = QHBoxLayout()
        self._body.setSpacing(0)
        self._body.addWidget(self._stages)
        self._body.addWidget(self._rule)
        self._body.addWidget(self._tabs, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(status)
        column.addLayout(self._body, 1)

    # -- showing

    def _show(self) -> None:
        workspace = self._workspace
        busy = bool(workspace.activity.name) and not workspace.activity.quiet
        ready = workspace.model is not None and not busy
        for button in (self._build, self._rebuild, self._run):
            button.setEnabled(ready)
        self._stop.setEnabled(busy or bool(workspace.board.doing))
        status, text = self._told()
        show_sign(self._sign, status)
        self._state.setText(text)
        self._state.setToolTip(literal(text))
        self._goto.setVisible(self._first_error() is not None)

    def _told(self) -> tuple[Status, str]:
        """How it stands, in one line."""
        workspace, activity = self._workspace, self._workspace.activity
        if workspace.model is None:
            return "waiting", self.tr("Open a model to begin")
        for stage in ("build", "run"):
            if workspace.stages[stage].status == "failed":
                return "failed", self._failure(stage)
        running = [name for name, state in workspace.stages.items() if state.status == "running"]
        if running:
            text = activity.text
            if running[0] == "run" and self._emulator.held:
                text = self.tr("waits for a debugger")
            parts = (stage_text.doing(running[0]), text)
            return "running", " · ".join(part for part in parts if part)
        if any(state.status == "failed" for state in workspace.stages.values()):
            return "failed", self.tr("An earlier stage failed")
        image = workspace.image
        if image is None:
            return "waiting", self.tr("Not built yet")
        text = self.tr("Built with {0}, {1}, {2:,} samples")
        if image.mode == "serial":
            text = self.tr("Built with {0}, {1}, samples over the serial line")
        level = "-Og" if image.debug else "-O2"
        return "done", text.format(image.toolchain, level, image.samples)

    def _failure(self, stage: str) -> str:
        errors = [
            problem
            for problem in self._workspace.problems
            if problem.source == stage and problem.severity == "error"
        ]
        if not errors:
            return stage_text.status("failed")
        first = errors[0]
        message = language.message(first.message).partition("\n")[0]
        known = first.where in message or stage == "run"
        return message if known else f"{self._place(first)}: {message}"

    def _place(self, problem: Problem) -> str:
        """Where it is: the compiler sees own files from the C project, the user from his folder."""
        opened, target = self._workspace.project, problem.target
        file = None if target is None else target.file
        if opened is None or target is None or file is None:
            return problem.where
        if not file.is_relative_to(opened.folder / "src"):
            return problem.where
        return f"{file.relative_to(opened.folder).as_posix()}:{target.line}"

    def _first_error(self) -> Target | None:
        for problem in self._workspace.problems:
            own = problem.source in ("build", "run") and problem.severity == "error"
            if own and problem.target is not None and problem.target.file is not None:
                return problem.target
        return None

    def _show_files(self) -> None:
        for name, action in self._file_actions.items():
            path = self._path(name)
            action.setEnabled(path is not None and path.exists())
        self._copy.setEnabled(bool(self._log.text()))

    def _path(self, name: str) -> Path | None:
        """A file of the C project, or beside its folder."""
        out = self._workspace.out
        if out is None:
            return None
        return Project(out).serial_log if name == _SERIAL else Project(out).firmware / name

    # -- what the buttons do

    def _ask_build(self) -> None:
        self._workspace.task_requested.emit(Deploy("build"))

    def _ask_rebuild(self) -> None:
        out = self._workspace.out
        try:
            if out is not None:
                forget_stages(Project(out), ("build",))
        except StudioError as error:
            self._workspace.error.emit(error)
            return
        self._workspace.task_requested.emit(Deploy("build"))

    def _ask_run(self) -> None:
        """Run what is built; where nothing is, build it first."""
        made = self._workspace
        built = None not in (made.image, made.qnetwork, made.simulation)
        self._tabs.setCurrentWidget(self._emulator)
        made.task_requested.emit(RunAgain() if built else Deploy("run"))

    def _ask_stop(self) -> None:
        self._workspace.task_requested.emit(Cancel())

    def _go(self) -> None:
        target = self._first_error()
        if target is not None:
            self._workspace.jump(target)

    def _open(self, name: str) -> None:
        path = self._path(name)
        if path is not None:
            self._workspace.file_requested.emit(path, 1)

    def _show_folder(self) -> None:
        path = self._path(".")
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _copy_log(self) -> None:
        QGuiApplication.clipboard().setText(self._log.text())


PANEL = Panel("firmware", str(QT_TRANSLATE_NOOP("Panel", "Firmware")), "bottom-left", Firmware)
