"""Progress and cancel."""

from __future__ import annotations

import pytest

from studio.base.errors import Cancelled
from studio.base.job import Job


def test_reports_each_step() -> None:
    seen: list[tuple[int, int, str]] = []
    job = Job(lambda done, total, text: seen.append((done, total, text)))
    job.step(0, 2, "first")
    job.step(1, 2, "second")
    assert seen == [(0, 2, "first"), (1, 2, "second")]


def test_needs_no_listener() -> None:
    Job().step(0, 1, "alone")


def test_cancel_stops_the_next_step_before_it_reports() -> None:
    seen: list[str] = []
    stop = False
    job = Job(lambda done, total, text: seen.append(text), lambda: stop)
    job.step(0, 2, "first")
    stop = True
    with pytest.raises(Cancelled):
        job.step(1, 2, "second")
    assert seen == ["first"]
