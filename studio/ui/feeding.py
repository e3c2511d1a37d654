"""Feeding a data set from the window: what is read, what is sent, and what came back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from studio.base.errors import StudioError
from studio.project import Project
from studio.ui.aside import Aside
from studio.ui.records import Cancel, Deploy, Task
from studio.ui.run_thread import Body, Ended, RunThread, Step

if TYPE_CHECKING:
    from studio.base.job import Job
    from studio.feed_answers import Answers
    from studio.formats.feed_samples import Choice, Samples
    from studio.simulate.stage import Simulation
    from studio.target import BytesSink, Live, Run
    from studio.ui.workspace import Workspace

_TICK = 16  # milliseconds: one frame
_KEY = "feed"

_log = logging.getLogger(__name__)


class Feeding(QObject):
    """A data set, how it is read, and the feed that goes on or was the last.

    ``samples`` are what ``paths`` hold, read anew with every choice; ``answers`` what came back.
    ``reading`` and ``sending`` say what goes on, ``fraction`` and ``text`` how far it is.
    ``error`` is why the samples cannot be read. ``changed`` tells of all of it, ``moved`` of
    progress. A feed that fails tells ``workspace.error``.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, workspace: Workspace) -> None:
        from studio.formats.feed_samples import Choice  # noqa: PLC0415 - slow to import

        super().__init__(workspace)
        self._workspace = workspace
        self.paths: tuple[Path, ...] = ()
        self.choice: Choice = Choice()
        self.repeat = 1
        self.samples: Samples | None = None
        self.answers: Answers | None = None
        self.error: StudioError | None = None
        self.fraction, self.text = 0.0, ""
        self.cancelled = False  # whether the last feed did not come to its end
        self._began = 0.0
        self._reader: Aside | None = None
        self._thread: RunThread | None = None
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._drain)
        workspace.task_requested.connect(self._on_task)
        workspace.model_changed.connect(self.cancel)
        workspace.qnetwork_changed.connect(self._read)
        for signal in (
            workspace.image_changed,
            workspace.activity_changed,
            workspace.board_changed,
            workspace.monitoring.changed,
            workspace.target.changed,
        ):
            signal.connect(self.changed)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    # -- what the dialog shows

    @property
    def reading(self) -> bool:
        """Whether the samples are being read."""
        return self._reader is not None

    @property
    def sending(self) -> bool:
        """Whether a feed goes on."""
        return self._thread is not None

    @property
    def wrong_mode(self) -> bool:
        """Whether there is firmware, and it takes no samples over the line."""
        image = self._workspace.image
        return image is not None and image.mode != "serial"

    @property
    def can_build(self) -> bool:
        """Whether ``build`` would help, and can begin."""
        workspace = self._workspace
        return self.wrong_mode and workspace.model is not None and not workspace.activity.name

    @property
    def refusal(self) -> str:
        """Why nothing can be sent now, for the user; "" where it can."""
        workspace = self._workspace
        activity = workspace.activity
        if workspace.image is None or workspace.qnetwork is None or workspace.out is None:
            return self.tr("Build the firmware first, with samples over the serial line.")
        if self.wrong_mode:
            return self.tr("This firmware carries its own samples and takes no others.")
        if (activity.name and not activity.quiet) or workspace.board.doing:
            return self.tr("Something else is running.")
        if workspace.monitoring.running and not self.sending:
            return self.tr("A run is going on.")
        return ""

    @property
    def can_start(self) -> bool:
        """Whether there are samples and somebody to take them."""
        ready = self.samples is not None and not self.reading and not self.sending
        return ready and not self.refusal

    # -- what the dialog asks for

    def choose(self, paths: Sequence[Path]) -> None:
        """Read another data set."""
        self.paths = tuple(paths)
        self._read()

    def set_choice(self, choice: Choice) -> None:
        """Read it another way."""
        if choice != self.choice:
            self.choice = choice
            self._read()

    def build(self) -> None:
        """Build firmware that takes its samples over the line."""
        text = self.tr("samples over the serial line")
        self._workspace.edit_options(text, mode="serial")
        self._workspace.task_requested.emit(Deploy("build"))

    def start(self) -> None:
        """Send the samples to the target; does nothing where that cannot be."""
        workspace, samples = self._workspace, self.samples
        if not self.can_start or samples is None or workspace.qnetwork is None:
            return
        from studio.feed_answers import Answers  # noqa: PLC0415 - slow to import

        try:
            self.answers = Answers(samples, workspace.qnetwork, self.repeat)
        except StudioError as error:
            workspace.error.emit(error)
            return
        self.fraction, self.text, self.cancelled = 0.0, "", False
        workspace.monitoring.begin_run(workspace.port)
        self._began = time.monotonic()
        body = _body(workspace, self.answers)
        self._thread = RunThread(body, workspace.monitoring.add)
        self._timer.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Send nothing more; what came stays."""
        if self._thread is not None:
            self._thread.cancel()

    def save(self, path: Path) -> None:
        """Write the answers as CSV, on a thread."""
        from studio.feed_answers import save_csv  # noqa: PLC0415 - slow to import

        answers, workspace = self.answers, self._workspace
        if answers is None:
            return

        def failed(error: StudioError | None) -> None:
            if error is not None:
                workspace.error.emit(error)

        text = self.tr("Saved: {0}").format(path)
        Aside(
            self,
            lambda job: save_csv(answers, path),
            lambda _nothing: workspace.notice.emit(text),
            failed,
        )

    def close(self) -> None:
        """Cancel what goes on and wait for its end, some seconds at most."""
        if self._reader is not None:
            self._reader.cancel()
        if self._thread is not None:
            self._thread.cancel()
            self._thread.join(5.0)

    # -- inside

    def _read(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None
        self.samples, self.error = None, None
        qnetwork, paths, choice = self._workspace.qnetwork, self.paths, self.choice
        if qnetwork is None or not paths:
            self.changed.emit()
            return

        def load(job: Job) -> Samples:
            from studio import feed  # noqa: PLC0415 - slow to import; ``start`` needs all of it

            return feed.load(paths, qnetwork, choice, job)

        def done(samples: Samples) -> None:
            self._on_read(reader, samples, None)

        def failed(error: StudioError | None) -> None:
            self._on_read(reader, None, error)

        self.fraction, self.text = 0.0, ""
        self._reader = reader = Aside(self, load, done, failed)
        reader.stepped.connect(self._on_step)
        self.changed.emit()

    def _on_read(self, reader: Aside, samples: Samples | None, error: StudioError | None) -> None:
        if reader is not self._reader:
            return  # another has begun
        self._reader = None
        self.samples, self.error = samples, error
        self.changed.emit()

    def _on_step(self, fraction: float, text: str) -> None:
        if self.sender() is self._reader:
            self.fraction, self.text = fraction, text
            self.moved.emit()

    def _on_task(self, task: Task) -> None:
        if isinstance(task, Cancel):
            self.cancel()

    def _drain(self) -> None:
        if self._thread is None:
            return
        events = self._thread.take()
        for event in events:
            if isinstance(event, Step):
                self.fraction = event.done / event.total if event.total else 0.0
                self.text = event.text
            elif isinstance(event, Ended):
                self._end(event)
                return
        if events:
            self.moved.emit()

    def _end(self, ended: Ended) -> None:
        self._thread = None
        self._timer.stop()
        self._workspace.monitoring.end_run()
        self.cancelled = ended.run is None
        self.changed.emit()
        if ended.run is not None:
            seconds = time.monotonic() - self._began
            text = self.tr("{0} samples answered in {1:.1f} s").format(ended.run.samples, seconds)
            self._workspace.notice.emit(text)
        if ended.error is not None:
            self._workspace.error.emit(ended.error)
        elif ended.trace:
            raise RuntimeError(ended.trace)  # a fault of ours, for the crash dialog


def of(workspace: Workspace) -> Feeding:
    """The workspace's; the window may be built again while it sends."""
    return workspace.view(_KEY, Feeding)


def _body(workspace: Workspace, answers: Answers) -> Body:
    """What the thread does; everything it needs is taken from the workspace now."""
    image, qnetwork, out = workspace.image, workspace.qnetwork, workspace.out
    assert image is not None, "see Feeding.refusal"
    assert qnetwork is not None, "see Feeding.refusal"
    assert out is not None, "see Feeding.refusal"
    options, port = workspace.options, workspace.port
    chip = workspace.chip.at_baud(options.baud)
    lease, live = workspace.monitoring.lease, workspace.monitoring.live

    def expect(simulation: Simulation) -> None:
        from studio.simulate.stage import checksums  # noqa: PLC0415 - slow to import

        labels, results = simulation.labels, simulation.predictions
        live.expect(
            lambda: (
                () if labels is None else labels,
                () if results is None else results,
                checksums(qnetwork, simulation),
            )
        )

    def body(job: Job, on_bytes: BytesSink, on_live: Callable[[Live | str], None]) -> Run:
        from studio import feed, target  # noqa: PLC0415 - slow to import

        lease.wait(job)  # a port is free only when it was closed
        return feed.run(
            Project(out),
            image,
            chip,
            qnetwork,
            answers,
            job,
            port=port,
            emulation=target.Emulation.of(options),
            on_bytes=on_bytes,
            on_expected=expect,
        )

    return body
