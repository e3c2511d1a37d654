"""What the window has the board's tools do, in a thread, beside everything else."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer

from studio.base.errors import Cancelled, StudioError
from studio.base.job import Job
from studio.formats.program_live import Programming
from studio.project import Project
from studio.ui import language
from studio.ui.records import Board, BoardState, Cancel, Task
from studio.ui.workspace import Workspace

_TICK = 33  # milliseconds
_TOOL = "board"  # the Output these tools' lines go to


@dataclass(frozen=True)
class _Said:
    """A line of a tool."""

    text: str


@dataclass(frozen=True)
class _Step:
    fraction: float
    text: str


@dataclass(frozen=True)
class _Ended:
    """How it ended: words for the user, an error, or neither where it was cancelled."""

    text: str = ""
    error: Exception | None = None


Tell = Callable[[object], None]
Body = Callable[[Job, Tell], str]


class BoardWork(QObject):
    """Does one ``Board`` task at a time; ``workspace.board`` tells how it stands.

    An error goes to ``workspace.error``, what the tools print to the Output "board".
    """

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._events: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._drain)
        workspace.task_requested.connect(self._handle)

    @property
    def busy(self) -> bool:
        """Whether a tool is at work."""
        return self._thread is not None

    def close(self) -> None:
        """Cancel what runs and wait for its end, some seconds at most."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5.0)

    def _handle(self, task: Task) -> None:
        if isinstance(task, Cancel):
            self._stop.set()
        elif isinstance(task, Board) and not self.busy:
            self._start(task)

    def _start(self, task: Board) -> None:
        body = self._body(task)
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(body,), name=_TOOL, daemon=True)
        self._workspace.set_board(BoardState(task.what, 0.0, "", "running"))
        self._thread.start()
        self._timer.start()

    def _body(self, task: Board) -> Body:
        """What the thread does; everything it needs is taken from the workspace now."""
        from studio import board_run  # noqa: PLC0415 - see warm_up.py
        from studio.board import download, ways  # noqa: PLC0415

        workspace = self._workspace
        settings, out = workspace.settings, workspace.out
        image, chip = workspace.image, workspace.chip
        programmed = self.tr("The weights are in the array.")
        downloaded = self.tr("The firmware is in the board and runs.")
        no_weights, map_first = self.tr("There are no weights yet."), self.tr("Map a model first.")
        no_firmware, build_first = self.tr("There is no firmware yet."), self.tr("Build it first.")
        empty, held = self.tr("The array has no tag."), self.tr("The array holds the tag {0}.")

        def program(job: Job, tell: Tell) -> str:
            if out is None:
                raise StudioError(no_weights, hint=map_first)
            board_run.write_weights(Project(out), settings, job, tell, lambda t: tell(_Said(t)))
            return programmed

        def load(job: Job, tell: Tell) -> str:
            if image is None:
                raise StudioError(no_firmware, hint=build_first)
            how = ways.chosen(settings)
            download.download(image.elf, how, chip, job, lambda t: tell(_Said(t)))
            return downloaded

        def tag(job: Job, tell: Tell) -> str:
            found = board_run.read_tag(settings, job)
            return held.format(found) if found else empty

        return {"program": program, "download": load, "tag": tag}[task.what]

    def _run(self, body: Body) -> None:
        """The thread."""

        def step(done: int, total: int, text: str) -> None:
            self._events.put(_Step(done / total if total else 0.0, text))

        try:
            ended = _Ended(body(Job(step, self._stop.is_set), self._events.put))
        except Cancelled:
            ended = _Ended()
        except Exception as error:  # a bug is raised again in the window's thread
            ended = _Ended(error=error)
        self._events.put(ended)

    def _drain(self) -> None:
        said: list[str] = []
        state = self._workspace.board
        programming: Programming | None = None
        ended: _Ended | None = None
        while not self._events.empty():
            event = self._events.get_nowait()
            match event:
                case _Said(text):
                    said.append(text)
                case _Step(fraction, text):
                    text = language.message(text)
                    state = replace(state, fraction=min(fraction, 1.0), text=text)
                case _Ended():
                    ended = event
                case Programming():
                    programming = event
        if said:
            self._workspace.add_output(_TOOL, said)
        if ended is not None:
            self._end(ended, programming)
        elif state != self._workspace.board or programming is not None:
            self._workspace.set_board(state, programming)

    def _end(self, ended: _Ended, programming: Programming | None) -> None:
        self._thread = None
        self._timer.stop()
        if ended.error is not None:
            text = str(getattr(ended.error, "message", ended.error))
            state = BoardState(text=language.message(text), status="failed")
        elif ended.text:
            state = BoardState(text=ended.text, status="done")
        else:
            state = BoardState(text=self.tr("Cancelled"), status="cancelled")
        self._workspace.set_board(state, programming)
        if isinstance(ended.error, StudioError):
            self._workspace.add_output(_TOOL, [str(ended.error)])
            self._workspace.error.emit(ended.error)
        elif ended.error is not None:
            raise ended.error
