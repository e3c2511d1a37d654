"""The task runner: opening, deploying and cancelling, and the one place that catches errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from studio import worker
from studio.base.errors import DataError, StudioError
from studio.ui import files, language, run_image, stage_report, stage_results
from studio.ui.opening import SOURCE, Opening
from studio.ui.records import Activity, Ask, Cancel, Deploy, NewProject, RunAgain, Task
from studio.ui.run_thread import Ended, RunThread, Step
from studio.ui.task_state import Background, State
from studio.ui.workspace import STAGES, Workspace

_log = logging.getLogger(__name__)

TICK = 16  # milliseconds: one frame


class TaskRunner(QObject):
    """Polls the worker and the run's thread once a frame and writes to the workspace.

    ``state_changed`` carries nothing; read ``state``. What runs and how far it is stands in
    ``workspace.activity``. ``failed`` carries a StudioError to show, ``crashed`` the traceback of
    a fault of ours. ``results`` is the folder projects are made in; None: as the settings have it.
    """

    state_changed = Signal()
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        *,
        results: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._worker = background
        self._opening = Opening(workspace, self, results)
        self._opener: Callable[[Any], None] | None = None
        self._thread: RunThread | None = None
        self._next: Callable[[], None] | None = None
        self._asked: Ask | None = None
        self._waiting: list[Ask] = []
        self._until = "run"
        self.state = State.IDLE
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        workspace.files_offered.connect(self.offer)
        workspace.task_requested.connect(self.handle)

    # -- what the window and the panels ask for

    @property
    def can_deploy(self) -> bool:
        """Whether Deploy has something to do and is not at it."""
        checking = self.state is State.CHECKING and self._next is None
        idle = self.state is State.IDLE or checking or self._quiet
        # While a data set is fed, the target is taken.
        free = not self._workspace.monitoring.running
        return idle and free and self._workspace.model is not None

    @property
    def can_run(self) -> bool:
        """Whether there is firmware to run."""
        made = self._workspace
        return self.can_deploy and None not in (made.image, made.qnetwork, made.simulation)

    @property
    def can_cancel(self) -> bool:
        """Whether something runs that is not ending already."""
        return self.state not in (State.IDLE, State.CANCELLING)

    def handle(self, task: Task) -> None:
        """Do what a panel asks for; an error is shown."""
        match task:
            case Deploy(until):
                self.deploy(until)
            case RunAgain():
                self.run_again()
            case Ask():
                self._guard(lambda: self.ask(task))
            case NewProject(template):
                self._guard(lambda: self._opening.create(template))
            case Cancel():
                self.cancel()

    def offer(self, paths_offered: list[str]) -> None:
        """Open dropped or chosen files and folders; text goes to the editor."""
        workspace = self._workspace
        is_open = workspace.model is not None or bool(workspace.documents.all)
        texts = files.for_editor(paths_offered, is_open=is_open)
        for path in texts:
            workspace.file_requested.emit(path, 0)
        rest = [text for text in paths_offered if Path(text) not in texts]
        self._guard(lambda: self._opening.offer(files.sort(rest)))

    def open(self, call: worker.Call, then: Callable[[Any], None]) -> None:
        """Call what opens files in the worker; the model is read when it returned."""
        self._soon(partial(self._start_opening, call, then))

    def check(self) -> None:
        """Read the model, so that its graph shows and its errors come before a deploy."""
        self._soon(self._start_check)

    def deploy(self, until: str = "run") -> None:
        """Run every stage up to ``until`` for the open model; does nothing when it cannot."""
        if not self.can_deploy:
            return
        self._until = until
        if self._quiet:
            self._instead(self._start_deploy)
        elif self.state is State.CHECKING:
            # The end of the check starts it; an error of the check is then shown once.
            self._next = self._start_deploy
            self.state_changed.emit()
        else:
            self._start_deploy()

    def run_again(self) -> None:
        """Run the built firmware once more; does nothing where there is none."""
        if not self.can_run:
            return
        self._until = "run"
        if self._quiet:
            self._instead(self._start_run)
        elif self.state is State.IDLE:
            self._start_run()

    def ask(self, asked: Ask) -> None:
        """Call a function in the worker. Quiet ones wait until nothing else runs.

        Raises StudioError while something else runs that the user asked for.
        """
        if asked.quiet:
            self._waiting.append(asked)
        elif self._quiet:
            self._instead(lambda: self._start_asking(asked))
        elif self.state is State.IDLE:
            self._start_asking(asked)
        else:
            raise StudioError(
                self.tr("Something else is running."),
                hint=self.tr("Wait until it is done, or cancel it, then try again."),
            )

    def cancel(self) -> None:
        """Stop what runs."""
        if not self.can_cancel:
            return
        self._next = None
        self._waiting.clear()
        was = self.state
        if was is State.PREPARING:
            self._cancel_between_stages()
        self._workspace.set_activity(Activity(text=self.tr("Cancelling…")))
        self._set_state(State.CANCELLING)
        if was is State.RUNNING and self._thread is not None:
            self._thread.cancel()
        else:
            self._worker.cancel()

    def close(self) -> None:
        """End the timer, the thread and the worker."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.cancel()
            self._thread.join(5.0)
        self._worker.close()
        self._opening.saver.close()

    # -- inside

    def _cancel_between_stages(self) -> None:
        """One stage has ended and the next not begun: that one counts as cancelled."""
        states = self._workspace.stages
        following = [stage for stage in STAGES if states[stage].status == "waiting"]
        if following and not any(state.status == "running" for state in states.values()):
            self._workspace.set_stage(following[0], "running")

    @property
    def _quiet(self) -> bool:
        """Whether only something runs that nobody asked for."""
        return self.state is State.ASKING and self._asked is not None and self._asked.quiet

    def _instead(self, action: Callable[[], None]) -> None:
        """Do ``action`` as soon as what runs has been cancelled."""
        self.cancel()
        self._next = action

    def _soon(self, action: Callable[[], None]) -> None:
        if self.state is State.IDLE:
            action()
        else:
            self._instead(action)
        self.state_changed.emit()

    def _start_check(self) -> None:
        self._submit("graph", State.CHECKING)

    def _start_opening(self, call: worker.Call, then: Callable[[Any], None]) -> None:
        self._worker.submit(call)
        self._opener = then
        self._progress(SOURCE, 0, 1, "")
        self._set_state(State.CHECKING)

    def _on_opened(self, value: object) -> None:
        opener, self._opener = self._opener, None
        if opener is not None:
            opener(value)
        # Unless Deploy was pressed meanwhile, which reads it too.
        if self._next is None and self._workspace.network is None:
            self._next = self._start_check

    def _start_deploy(self) -> None:
        self._waiting.clear()
        self._workspace.start_deploy()
        self._submit("build" if self._until == "run" else self._until, State.PREPARING)

    def _request(self, until: str) -> worker.Prepare:
        workspace = self._workspace
        if workspace.model is None or workspace.out is None:
            raise StudioError(
                self.tr("There is no model yet."), hint=self.tr("Open or drop an .onnx file.")
            )
        # Files of the user's own take part in the build.
        options = replace(workspace.options, own=workspace.documents.own_folder)
        if options.toolchain == "gcc" and workspace.settings.gcc:
            options = replace(options, toolchain=workspace.settings.gcc)
        return worker.Prepare(workspace.model, workspace.data, workspace.out, options, until)

    def _submit(self, until: str, state: State) -> None:
        if self._workspace.model is None:
            return
        self._worker.submit(self._request(until))
        self._progress("", 0, 1, "")
        self._set_state(state)

    def _start_asking(self, asked: Ask) -> None:
        of = self._request(asked.until) if asked.until else None
        self._worker.submit(worker.Call(asked.name, asked.function, asked.arguments, of))
        self._asked = asked
        self._workspace.set_activity(Activity(asked.name, 0.0, "", asked.quiet))
        self._set_state(State.ASKING)

    def _tick(self) -> None:
        for event in self._worker.poll():
            self._guard(partial(self._on_event, event))
        if self._thread is not None:
            self._drain(self._thread)
        if self.state is State.IDLE and self._waiting:
            asked = self._waiting.pop(0)
            self._guard(lambda: self._start_asking(asked))

    def _on_event(self, event: worker.Event) -> None:
        deploying = self.state is State.PREPARING
        match event:
            case worker.StageStarted(stage):
                if deploying:
                    self._workspace.set_stage(stage, "running")
                self._progress(stage, 0, 1, "")
            case worker.Progress(stage, done, total, text):
                self._progress(stage, done, total, text)
            case worker.StageDone(stage, artifact):
                # What was on its way when the user cancelled is of no use any more.
                if self.state is not State.CANCELLING:
                    stage_results.store(self._workspace, stage, artifact)
                if deploying:
                    stage_results.tell(self._workspace, event)
            case worker.Returned(_, value):
                if self.state is State.ASKING and self._asked is not None:
                    self._asked.then(value)
                elif self.state is State.CHECKING:
                    self._on_opened(value)
            case worker.WasCancelled():
                self._end("cancelled")
            case _ if self.state is State.CANCELLING:
                pass  # it ended by itself before the cancel reached it
            case worker.Finished() if deploying and self._until == "run":
                self._start_run()
            case worker.Finished():
                self._end("cancelled")
            case worker.Failed(error, trace):
                self._fail(error, trace)

    def _start_run(self) -> None:
        workspace = self._workspace
        workspace.monitoring.begin_run(workspace.port)
        body = run_image.of(workspace)
        workspace.set_live(None)
        workspace.set_problems("run", [])
        workspace.set_stage("run", "running")
        self._progress("run", 0, 1, "")
        self._thread = RunThread(body, workspace.monitoring.add)
        self._set_state(State.RUNNING)

    def _drain(self, thread: RunThread) -> None:
        for event in thread.take():
            if isinstance(event, Step):
                self._progress("run", event.done, event.total, event.text)
            elif isinstance(event, Ended):
                self._guard(partial(self._on_ended, event))
            elif isinstance(event, str):
                self._workspace.add_output("run", [event])
            else:
                self._workspace.set_live(event)

    def _on_ended(self, ended: Ended) -> None:
        self._thread = None
        self._workspace.monitoring.end_run(resume=True)
        if ended.run is not None:
            self._workspace.set_stage("run", "done", ended.seconds)
            self._workspace.add_output("run", [f"run: {ended.seconds:.2f} s"])
            self._workspace.set_run(ended.run)
            self._end("cancelled")
            self._workspace.deployed.emit()
        elif ended.cancelled or self.state is State.CANCELLING:
            self._end("cancelled")
        else:
            self._fail(ended.error, ended.trace)

    def _progress(self, stage: str, done: int, total: int, text: str) -> None:
        """Stages count alike; within one, what it reports."""
        part = min(done / total if total else 0.0, 1.0)
        text = language.message(text)
        if self.state is State.ASKING:
            self._workspace.set_activity(Activity(stage, part, text, self._quiet))
            return
        place = STAGES.index(stage) if stage in STAGES else 0
        self._workspace.set_activity(Activity(stage, (place + part) / len(STAGES), text))

    def _fail(self, error: StudioError | None, trace: str) -> None:
        # A model may well be opened before its samples: say so, but interrupt only a deploy.
        checking = self.state is State.CHECKING and self._opener is None
        quiet = (checking and self._next is None) or self._quiet
        stage = self._workspace.activity.name
        self._next = None
        self._end("failed")
        if error is None:
            self._crash(trace)
            return
        self._workspace.add_output(stage, stage_report.error_lines(error))
        found = stage_report.error_as_problems(stage, error, self._workspace)
        self._workspace.set_problems(stage, found)
        if quiet and isinstance(error, DataError):
            self._workspace.notice.emit(language.message(error.message))
        else:
            self._show(error)

    def _end(self, status: Literal["failed", "cancelled"]) -> None:
        """Back to idle; a stage that still counts as running gets ``status``."""
        self._workspace.stop_stages(status)
        self._asked = None
        self._set_state(State.IDLE)
        self._workspace.set_activity(Activity())
        following, self._next = self._next, None
        opener, self._opener = self._opener, None
        if following is not None:
            following()
        elif opener is not None:
            self._opening.abandon()

    def _set_state(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()

    def _guard(self, action: Callable[[], None]) -> None:
        try:
            action()
        except StudioError as error:
            self._show(error)

    def _show(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.failed.emit(error)

    def _crash(self, trace: str) -> None:
        _log.error("worker or run failed\n%s", trace)
        self.crashed.emit(trace)
