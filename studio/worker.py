"""The background process that runs stages for the window.

It is started with the window, so its imports are done when the first model arrives. Cancel ends
it, whatever it does, and starts another.
"""

from __future__ import annotations

import logging
import multiprocessing
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.errors import StudioError
from studio.base.job import Job

if TYPE_CHECKING:
    from studio.pipeline import Deployment, Options, Stage

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.05


@dataclass(frozen=True)
class Prepare:
    """Run the stages from the model up to ``until`` into the folder ``out``."""

    model: Path
    data: Path | None
    out: Path
    options: Options
    until: str = "build"


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


Event = StageStarted | Progress | StageDone | Finished | Failed | WasCancelled


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

    def submit(self, request: Prepare) -> None:
        """Hand over a request; one at a time."""
        if self._busy:
            raise AssertionError("the worker is busy")
        self._busy = True
        if not self._process.is_alive():
            self._start()
        self._connection.send(request)

    def poll(self) -> list[Event]:
        """Events since the last call, oldest first."""
        events, self._pending = self._pending, []
        try:
            while self._connection.poll():
                events.append(self._connection.recv())
        except (EOFError, OSError):
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
        """End the process."""
        self._process.kill()
        self._process.join(1)
        self._connection.close()

    def _restart(self) -> None:
        self.close()
        self._start()


def serve(connection: Connection) -> None:
    """Work through requests until the other side closes the connection."""
    # What is slow at first use is done before the first model arrives.
    from studio import pipeline as _  # noqa: PLC0415, F401
    from studio.mapper import pack  # noqa: PLC0415
    from studio.simulate import native  # noqa: PLC0415

    pack.library()
    native.code()
    while True:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            return
        try:
            _prepare(request, connection)
            connection.send(Finished())
        except StudioError as error:
            logger.info("request failed: %s", error)
            connection.send(Failed(error, ""))
        except BrokenPipeError:
            return
        except Exception:
            logger.exception("a stage crashed")
            connection.send(Failed(None, traceback.format_exc()))


def _prepare(request: Prepare, connection: Connection) -> None:
    from studio import pipeline  # noqa: PLC0415 - not in the window's process

    def job_for(stage: Stage) -> Job:
        last = 0.0

        def report(done: int, total: int, text: str) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PROGRESS_SECONDS or done == total:
                last = now
                connection.send(Progress(stage.name, done, total, text))

        connection.send(StageStarted(stage.name))
        return Job(report)

    told: set[str] = set()

    def finished(stage: Stage, deployment: Deployment) -> None:
        new = tuple(note for note in deployment.notes if note not in told)
        told.update(new)
        connection.send(
            StageDone(
                stage.name,
                getattr(deployment, stage.artifact),
                deployment.seconds[stage.name],
                stage.name in deployment.cached,
                new,
            )
        )

    start = pipeline.begin(request.model, request.data, request.out, request.options)
    pipeline.prepare(start, pipeline.up_to(request.until), job_for, finished)
