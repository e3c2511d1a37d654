"""The task runner: opening, deploying and cancelling, and the one place that catches errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from studio import worker
from studio.base import paths
from studio.base.errors import DataError, StudioError
from studio.ui import files, run_image, stage_report
from studio.ui.records import Activity, Ask, Cancel, Deploy, RunAgain
from studio.ui.run_thread import Ended, RunThread, Step
from studio.ui.task_state import Background, State
from studio.ui.workspace import STAGES, Workspace

_log = logging.getLogger(__name__)

TICK = 16  # milliseconds: one frame
BYTES_PER_TICK = 256 * 1024  # 16 MB/s, well above any serial port


class TaskRunner(QObject):
    """Polls the worker and the run's thread once a frame and writes to the workspace.

    ``state_changed`` carries nothing; read ``state``. What runs and how far it is stands in
    ``workspace.activity``. ``failed`` carries a StudioError to show, ``crashed`` the traceback of
    a fault of ours. ``results`` is the folder results go below, one folder a model.
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
        self._results = results or paths.work()
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
        return idle and self._workspace.model is not None

    @property
    def can_run(self) -> bool:
        """Whether there is firmware to run."""
        made = self._workspace
        return self.can_deploy and None not in (made.image, made.qnetwork, made.simulation)

    @property
    def can_cancel(self) -> bool:
        """Whether something runs that is not ending already."""
        return self.state not in (State.IDLE, State.CANCELLING)

    def handle(self, task: Deploy | RunAgain | Ask | Cancel) -> None:
        """Do what a panel asks for; an error is shown."""
        match task:
            case Deploy(until):
                self.deploy(until)
            case RunAgain():
                self.run_again()
            case Ask():
                self._guard(lambda: self.ask(task))
            case Cancel():
                self.cancel()

    def offer(self, paths_offered: list[str]) -> None:
        """Open dropped or chosen files: a model, data, or both."""
        self._guard(lambda: self._open(files.sort(paths_offered)))

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

    # -- inside

    @property
    def _quiet(self) -> bool:
        """Whether only something runs that nobody asked for."""
        return self.state is State.ASKING and self._asked is not None and self._asked.quiet

    def _instead(self, action: Callable[[], None]) -> None:
        """Do ``action`` as soon as what runs has been cancelled."""
        self.cancel()
        self._next = action

    def _open(self, offer: files.Offer) -> None:
        if offer.model is None:
            self._workspace.set_data(offer.data)
            if self.state is State.IDLE and self._workspace.network is None:
                self._check()
            return
        if self.state in (State.PREPARING, State.RUNNING):
            raise StudioError(
                self.tr("A deploy is running."),
                hint=self.tr("Wait until it is done, or cancel it, then open the model."),
                where=offer.model.name,
            )
        data = offer.data or _find_data(offer.model)
        self._workspace.out = self._results / offer.model.stem
        self._workspace.set_model(offer.model, data)
        if self.state is State.IDLE:
            self._check()
        else:
            self._instead(self._check)
        self.state_changed.emit()

    def _check(self) -> None:
        """Read the model, so that its graph shows and its errors come before a deploy."""
        self._submit("graph", State.CHECKING)

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
        return worker.Prepare(
            workspace.model, workspace.data, workspace.out, workspace.options, until
        )

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
            case worker.StageDone(stage, artifact, seconds, cached, notes):
                # What was on its way when the user cancelled is of no use any more.
                if self.state is not State.CANCELLING:
                    self._store(stage, artifact)
                if deploying:
                    self._tell(stage, artifact, seconds, cached, notes)
            case worker.Returned(_, value):
                if self.state is State.ASKING and self._asked is not None:
                    self._asked.then(value)
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

    def _store(self, stage: str, artifact: object) -> None:
        workspace = self._workspace
        setters: dict[str, Callable[[Any], None]] = {
            "graph": workspace.set_network,
            "quantize": workspace.set_qnetwork,
            "simulate": workspace.set_simulation,
            "map": workspace.set_layout,
            "build": workspace.set_image,
        }
        setters[stage](artifact)

    def _tell(
        self, stage: str, artifact: object, seconds: float, cached: bool, notes: tuple[str, ...]
    ) -> None:
        workspace = self._workspace
        workspace.set_stage(stage, "done", seconds, cached)
        workspace.add_output(stage, stage_report.lines(stage, artifact, seconds, cached, notes))
        told = stage_report.all_notes(artifact, notes)
        workspace.set_problems(stage, stage_report.notes_as_problems(stage, told, workspace))

    def _start_run(self) -> None:
        workspace = self._workspace
        body = run_image.of(workspace)
        workspace.clear_serial()
        workspace.set_stage("run", "running")
        self._progress("run", 0, 1, "")
        self._thread = RunThread(body)
        self._set_state(State.RUNNING)

    def _drain(self, thread: RunThread) -> None:
        data, dropped, events = thread.take(BYTES_PER_TICK)
        if data or dropped:
            self._workspace.add_serial(data, dropped)
        for event in events:
            if isinstance(event, Step):
                self._progress("run", event.done, event.total, event.text)
            else:
                self._guard(partial(self._on_ended, event))

    def _on_ended(self, ended: Ended) -> None:
        self._thread = None
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
        if self.state is State.ASKING:
            self._workspace.set_activity(Activity(stage, part, text, self._quiet))
            return
        place = STAGES.index(stage) if stage in STAGES else 0
        self._workspace.set_activity(Activity(stage, (place + part) / len(STAGES), text))

    def _fail(self, error: StudioError | None, trace: str) -> None:
        # A model may well be opened before its samples: say so, but interrupt only a deploy.
        quiet = (self.state is State.CHECKING and self._next is None) or self._quiet
        stage = self._workspace.activity.name
        self._next = None
        self._end("failed")
        if error is None:
            self._crash(trace)
            return
        problem = stage_report.error_as_problem(stage, error, self._workspace)
        self._workspace.set_problems(stage, [problem])
        if quiet and isinstance(error, DataError):
            self._workspace.notice.emit(error.message)
        else:
            self._show(error)

    def _end(self, status: Literal["failed", "cancelled"]) -> None:
        """Back to idle; a stage that still counts as running gets ``status``."""
        self._workspace.stop_stages(status)
        self._asked = None
        self._set_state(State.IDLE)
        self._workspace.set_activity(Activity())
        following, self._next = self._next, None
        if following is not None:
            following()

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


def warm_up() -> None:
    """Import what the first deploy needs; the door calls this once the window shows."""
    from studio import stages, target  # noqa: PLC0415, F401 - they take half a second


def _find_data(model: Path) -> Path | None:
    from studio.stages import find_data  # noqa: PLC0415 - see warm_up

    return find_data(model)
