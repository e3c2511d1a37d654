"""The task runner: opening, deploying and cancelling, and the one place that catches errors."""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from studio import worker
from studio.base import paths
from studio.base.errors import DataError, StudioError
from studio.firmware.image import Image
from studio.project import Project
from studio.quantize.qnetwork import QNetwork
from studio.ui import files
from studio.ui.run_thread import Ended, RunThread, Step
from studio.ui.workspace import STAGES, Workspace

if TYPE_CHECKING:
    from studio.base.job import Job
    from studio.stages import Options
    from studio.target import Run

_log = logging.getLogger(__name__)

TICK = 16  # milliseconds: one frame
BYTES_PER_TICK = 256 * 1024  # 16 MB/s, well above any serial port
RUN_TIMEOUT = 60.0  # seconds of silence


class Background(Protocol):
    """What the runner needs of ``worker.Worker``."""

    def submit(self, request: worker.Prepare) -> None:
        """Run a request; one at a time."""

    def poll(self) -> list[worker.Event]:
        """Events since the last call."""

    def cancel(self) -> None:
        """End what runs; a WasCancelled follows."""

    def close(self) -> None:
        """End the process."""


class State(enum.Enum):
    """What the runner is doing."""

    IDLE = enum.auto()
    CHECKING = enum.auto()  # reading a model that was just opened
    PREPARING = enum.auto()  # the stages up to the firmware, in the worker
    RUNNING = enum.auto()  # the firmware runs, in a thread
    CANCELLING = enum.auto()


class TaskRunner(QObject):
    """Polls the worker and the run's thread once a frame and writes to the workspace.

    ``state_changed`` and ``progressed`` carry nothing; read ``state``, ``stage``, ``fraction``
    (0..1 of the whole deploy) and ``text``. ``failed`` carries a StudioError to show, ``crashed``
    the traceback of a fault of ours. ``results`` is the folder results go below, one folder a
    model.
    """

    state_changed = Signal()
    progressed = Signal()
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
        self._out = Path()
        self.state = State.IDLE
        self.stage = ""
        self.fraction = 0.0
        self.text = ""
        self._timer = QTimer(self, interval=TICK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        workspace.files_offered.connect(self.offer)

    # -- what the window asks for

    @property
    def can_deploy(self) -> bool:
        """Whether Deploy has something to do and is not at it."""
        idle = self.state is State.IDLE or (self.state is State.CHECKING and self._next is None)
        return idle and self._workspace.model is not None

    @property
    def can_cancel(self) -> bool:
        """Whether something runs that is not ending already."""
        return self.state not in (State.IDLE, State.CANCELLING)

    def offer(self, paths_offered: list[str]) -> None:
        """Open dropped or chosen files: a model, data, or both."""
        self._guard(lambda: self._open(files.sort(paths_offered)))

    def deploy(self) -> None:
        """Run every stage for the open model; does nothing when it cannot."""
        if not self.can_deploy:
            return
        if self.state is State.CHECKING:
            # The end of the check starts it; an error of the check is then shown once.
            self._next = self._start_deploy
            self.state_changed.emit()
        else:
            self._start_deploy()

    def cancel(self) -> None:
        """Stop what runs."""
        if not self.can_cancel:
            return
        self._next = None
        was, self.text = self.state, self.tr("Cancelling…")
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
        self._workspace.set_model(offer.model, data)
        if self.state is State.IDLE:
            self._check()
        else:
            self.cancel()
            self._next = self._check
        self.state_changed.emit()

    def _check(self) -> None:
        """Read the model, so that its graph shows and its errors come before a deploy."""
        self._submit("graph", State.CHECKING)

    def _start_deploy(self) -> None:
        self._workspace.start_deploy()
        self._submit("build", State.PREPARING)

    def _submit(self, until: str, state: State) -> None:
        model = self._workspace.model
        if model is None:
            return
        self._out = self._results / model.stem
        request = worker.Prepare(model, self._workspace.data, self._out, _options(), until)
        self._worker.submit(request)
        self._progress("", 0, 1, "")
        self._set_state(state)

    def _tick(self) -> None:
        for event in self._worker.poll():
            self._guard(partial(self._on_event, event))
        if self._thread is not None:
            self._drain(self._thread)

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
                    self._workspace.set_stage(stage, "done", seconds, cached)
                    self._workspace.add_log(_log_lines(stage, artifact, seconds, cached, notes))
            case worker.WasCancelled():
                self._end("cancelled")
            case _ if self.state is State.CANCELLING:
                pass  # it ended by itself before the cancel reached it
            case worker.Finished() if deploying:
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

    def _start_run(self) -> None:
        workspace, project = self._workspace, Project(self._out)
        image, qnetwork, simulation = workspace.image, workspace.qnetwork, workspace.simulation
        if image is None or qnetwork is None or simulation is None:
            raise RuntimeError("the worker finished without its artifacts")
        chip, expected = workspace.chip, (qnetwork, simulation)
        model = str(workspace.model)
        seconds = {name: s.seconds for name, s in workspace.stages.items() if s.seconds is not None}

        def body(job: Job, on_bytes: Callable[[bytes], None]) -> Run:
            from studio import target  # noqa: PLC0415 - see warm_up

            run = target.run_image(project, image, chip, job, on_bytes, RUN_TIMEOUT, expected)
            target.save_result(project, model, simulation, image, seconds, run)
            target.verify(run, image)
            return run

        self._workspace.set_stage("run", "running")
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
            self._workspace.add_log([f"run: {ended.seconds:.2f} s"])
            self._workspace.set_run(ended.run)
            self._end("cancelled")
        elif ended.cancelled or self.state is State.CANCELLING:
            self._end("cancelled")
        else:
            self._fail(ended.error, ended.trace)

    def _progress(self, stage: str, done: int, total: int, text: str) -> None:
        """Stages count alike; within one, what it reports."""
        place = STAGES.index(stage) if stage in STAGES else 0
        self.stage, self.text = stage, text
        self.fraction = (place + min(done / total if total else 0.0, 1.0)) / len(STAGES)
        self.progressed.emit()

    def _fail(self, error: StudioError | None, trace: str) -> None:
        # A model may well be opened before its samples: say so, but interrupt only a deploy.
        quiet = self.state is State.CHECKING and self._next is None
        self._next = None
        self._end("failed")
        if error is None:
            self._crash(trace)
        elif quiet and isinstance(error, DataError):
            self._progress("", 0, 1, error.message)
        else:
            self._show(error)

    def _end(self, status: Literal["failed", "cancelled"]) -> None:
        """Back to idle; a stage that still counts as running gets ``status``."""
        self._workspace.stop_stages(status)
        self._set_state(State.IDLE)
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


def _options() -> Options:
    from studio.stages import Options  # noqa: PLC0415 - see warm_up

    return Options()


def _find_data(model: Path) -> Path | None:
    from studio.stages import find_data  # noqa: PLC0415 - see warm_up

    return find_data(model)


def _log_lines(
    stage: str, artifact: object, seconds: float, cached: bool, notes: tuple[str, ...]
) -> list[str]:
    """What the build log says of a finished stage."""
    lines = [f"{stage}: {seconds:.2f} s" + (" (cached)" if cached else "")]
    lines += [f"  {note}" for note in notes]
    if isinstance(artifact, QNetwork):
        lines += [f"  {note}" for note in artifact.notes]
    if isinstance(artifact, Image):
        lines += [f"  {line}" for line in artifact.log.splitlines()]
        lines += [f"  {artifact.elf}"]
    return lines
