"""A function in a process of its own."""

from __future__ import annotations

import os
import threading
import time

import pytest

from studio.base import apart
from studio.base.errors import Cancelled, DataError
from studio.base.job import Job


def whose(job: Job, text: str) -> tuple[str, int]:
    job.step(1, 2, "half")
    time.sleep(0.3)
    return text, os.getpid()


def refuses(_job: Job) -> None:
    raise DataError("wrong", hint="do it right", where="here")


def breaks(_job: Job) -> None:
    raise KeyError("a fault")


def dies(_job: Job) -> None:
    os._exit(3)


def hangs(_job: Job) -> None:
    threading.Event().wait()


def test_it_returns_what_the_function_returns_from_elsewhere() -> None:
    steps: list[tuple[int, int, str]] = []
    text, process = apart.call(Job(lambda *step: steps.append(step)), whose, "数字")
    assert text == "数字" and process != os.getpid()
    assert (1, 2, "half") in steps


def test_errors_of_the_user_come_through() -> None:
    with pytest.raises(DataError) as caught:
        apart.call(Job(), refuses)
    assert (caught.value.message, caught.value.hint, caught.value.where) == (
        "wrong",
        "do it right",
        "here",
    )


def test_faults_come_with_their_traceback() -> None:
    with pytest.raises(RuntimeError, match=r"in breaks(.|\n)*KeyError: 'a fault'"):
        apart.call(Job(), breaks)
    with pytest.raises(RuntimeError, match="ended unexpectedly"):
        apart.call(Job(), dies)


def test_cancel_ends_whatever_it_does() -> None:
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        apart.call(Job(None, lambda: time.monotonic() - begun > 1), hangs)
    assert time.monotonic() - begun < 10
