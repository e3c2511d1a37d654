"""The background process that runs stages for the window.

It is started with the window, so its imports are done when the first model arrives. Cancel ends
it, whatever it does, and starts another.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base import priority
from studio.base.errors import StudioError
from studio.base.job import Job

if TYPE_CHECKING:
    from studio.options import Options
    from studio.pipeline import Deployment, Stage

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.1


@dataclass(frozen=True)
class Prepare:
    """Run the stages from the model up to ``until`` into the folder ``out``."""

    model: Path
    data: Path | None
    out: Path
    options: Options
    until: str = "build"


@dataclass(frozen=True)
class Call:
    """Call ``function(job, *arguments)``, a function of a module, and report what it returns.

    With ``of``, its stages are done first, from the results folder where nothing has changed, and
    the function gets the Deployment: ``function(job, deployment, *arguments)``. ``name`` is the
    stage's name in Progress.
    """

    name: str
    function: Callable[..., object]
    arguments: tuple[object, ...] = ()
    of: Prepare | None = None


Request = Prepare | Call


@dataclass(frozen=True)
class Returned:
    """What the function of a Call returned; Finished follows."""

    name: str
    value: object


@dataclass(frozen=True)
class StageStarted:
    """A stage began."""

    stage: str


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` units of a stage are finished."""

    stage: str
    done: int
    total: int
    text: str


@dataclass(frozen=True)
class StageDone:
    """A stage's artifact; ``cached`` when it was taken from the results folder."""

    stage: str
    artifact: object
    seconds: float
    cached: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finished:
    """All requested stages are done."""


@dataclass(frozen=True)
class Failed:
    """A stage failed: ``error`` for the user, or ``traceback`` for a bug."""

    error: StudioError | None
    traceback: str


@dataclass(frozen=True)
class WasCancelled:
    """The request was cancelled."""


Event = StageStarted | Progress | StageDone | Returned | Finished | Failed | WasCancelled


class Worker:
    """Owns the process; all methods return at once."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._pending: list[Event] = []
        self._busy = False
        self._start()

    def _start(self) -> None:
        self._connection, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=serve, args=(theirs,), daemon=True, name="cim-studio worker"
        )
        self._process.start()
        theirs.close()
        # Artifacts are large: a thread takes them out of the pipe, not the window.
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._receiver = threading.Thread(
            target=_receive,
            args=(self._connection, self._events),
            name="worker events",
            daemon=True,
        )
        self._receiver.start()

    def submit(self, request: Request) -> None:
        """Hand over a request; one at a time."""
        if self._busy:
            raise AssertionError("the worker is busy")
        self._busy = True
        if not self._process.is_alive():
            self._restart()
        with contextlib.suppress(OSError):  # it ended just now: ``poll`` tells
            self._connection.send(request)

    def poll(self) -> list[Event]:
        """Events since the last call, oldest first; what follows an artifact waits for the next.

        Drawing one takes the window a frame; two at once would hold it for two.
        """
        events, self._pending = self._pending, []
        ended = False
        while not self._events.empty() and not ended:
            event = self._events.get_nowait()
            ended = event is None
            if event is not None:
                events.append(event)
            if isinstance(event, StageDone | Returned):
                break
        if ended:
            if self._busy:
                self._process.join(1)
                code = self._process.exitcode
                events.append(Failed(None, f"The worker process ended unexpectedly (code {code})."))
            self._restart()
        if any(isinstance(event, Finished | Failed | WasCancelled) for event in events):
            self._busy = False
        return events

    def cancel(self) -> None:
        """End the running request; a WasCancelled follows."""
        if self._busy:
            self._restart()
            self._pending = [WasCancelled()]

    def close(self) -> None:
        """End the process.

        Its connection closes when nobody holds it any more: closed here, its number could be that
        of another file already when the receiving thread goes to read.
        """
        self._process.kill()
        self._process.join(1)

    def _restart(self) -> None:
        self.close()
        self._start()


def _receive(connection: Connection, events: queue.SimpleQueue[Event | None]) -> None:
    """Take events until the other side is gone; None says that it is."""
    try:
        while True:
            events.put(connection.recv())
    except (EOFError, OSError):
        pass
    finally:
        events.put(None)


def serve(connection: Connection) -> None:
    """Work through requests until the other side closes the connection."""
    priority.lower()
    # What is slow at first use is done before the first model arrives.
    from studio import pipeline as _  # noqa: PLC0415, F401
    from studio.mapper import pack  # noqa: PLC0415
    from studio.simulate import native  # noqa: PLC0415

    pack.library()
    native.code()
    worker = _Served(connection)
    while True:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            return
        try:
            worker.answer(request)
            connection.send(Finished())
        except StudioError as error:
            logger.info("request failed: %s", error)
            connection.send(Failed(error, ""))
        except BrokenPipeError:
            return
        except Exception:
            logger.exception("a stage crashed")
            connection.send(Failed(None, traceback.format_exc()))


class _Served:
    """The process's side: requests, one after another."""

    def __init__(self, connection: Connection) -> None:
        self._send = connection.send
        self._last: tuple[Prepare, Deployment] | None = None

    def answer(self, request: Request) -> None:
        """Do what was asked, reporting on the way."""
        if isinstance(request, Prepare):
            self._prepare(request)
            return
        job = self._job(request.name)
        self._send(StageStarted(request.name))
        before = () if request.of is None else (self._deployment(request.of),)
        value = request.function(job, *before, *request.arguments)
        self._send(Returned(request.name, value))

    def _job(self, stage: str) -> Job:
        last = 0.0

        def report(done: int, total: int, text: str) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PROGRESS_SECONDS or done == total:
                last = now
                self._send(Progress(stage, done, total, text))

        return Job(report)

    def _deployment(self, wanted: Prepare) -> Deployment:
        """The deployment of the last request, or made again from its results folder."""
        from studio import pipeline  # noqa: PLC0415 - not in the window's process

        if self._last is not None and self._last[0] == wanted:
            return self._last[1]
        start = pipeline.begin(wanted.model, wanted.data, wanted.out, wanted.options)
        made = pipeline.prepare(start, pipeline.up_to(wanted.until))
        self._last = (wanted, made)
        return made

    def _prepare(self, request: Prepare) -> None:
        from studio import pipeline  # noqa: PLC0415 - not in the window's process

        told: set[str] = set()

        def job_for(stage: Stage) -> Job:
            self._send(StageStarted(stage.name))
            return self._job(stage.name)

        def finished(stage: Stage, deployment: Deployment) -> None:
            new = tuple(note for note in deployment.notes if note not in told)
            told.update(new)
            self._send(
                StageDone(
                    stage.name,
                    getattr(deployment, stage.artifact),
                    deployment.seconds[stage.name],
                    stage.name in deployment.cached,
                    new,
                )
            )

        start = pipeline.begin(request.model, request.data, request.out, request.options)
        done = pipeline.prepare(start, pipeline.up_to(request.until), job_for, finished)
        self._last = (request, done)
