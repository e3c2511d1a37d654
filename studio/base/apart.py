"""One function in a process of its own: long work that must not slow this one down."""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

from studio.base import priority
from studio.base.errors import StudioError
from studio.base.job import Job

T = TypeVar("T")

_LOOK = 0.1  # seconds between two looks at the job, and two of its reports


def call(job: Job, function: Callable[..., T], *arguments: object) -> T:
    """What ``function(job, *arguments)``, a function of a module, returns; waits for it.

    Arguments and result are pickled. Raises what the function raises where that is a StudioError,
    RuntimeError with the traceback for any other exception or where the process died, and
    Cancelled, after which the process is gone.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_serve, args=(theirs, function, arguments), daemon=True, name="cim-studio helper"
    )
    process.start()
    theirs.close()
    try:
        return _wait(job, ours)
    finally:
        process.kill()
        process.join(1)
        ours.close()


def _wait(job: Job, connection: Connection) -> T:  # type: ignore[type-var]
    step: tuple[int, int, str] = (0, 1, "")
    while True:
        job.step(*step)
        try:
            if not connection.poll(_LOOK):
                continue
            kind, value = connection.recv()
        except (EOFError, OSError) as error:
            raise RuntimeError("the helper process ended unexpectedly") from error
        if kind == "step":
            step = value
        elif kind == "failed":
            raise value if isinstance(value, StudioError) else RuntimeError(value)
        else:
            returned: T = value
            return returned


def _serve(
    connection: Connection, function: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    """The process's side."""
    priority.lower()
    last = 0.0

    def report(done: int, total: int, text: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _LOOK:
            last = now
            connection.send(("step", (done, total, text)))

    try:
        answer: tuple[str, object] = ("returned", function(Job(report), *arguments))
    except StudioError as error:
        answer = ("failed", error)
    except Exception:
        answer = ("failed", traceback.format_exc())
    connection.send(answer)
