"""The background process: events in order, errors, cancel, and a death in between."""

from __future__ import annotations

import os
import queue
import stat
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from studio import worker
from studio.base import paths
from studio.base.errors import StudioError
from studio.firmware.image import Image
from studio.graph.network import Network
from studio.mapper.layout import Layout
from studio.options import Options

DIGITS = paths.resource("examples", "digits", "digits.onnx")


@pytest.fixture
def background() -> Iterator[worker.Worker]:
    made = worker.Worker()
    yield made
    made.close()


def request(out: Path, model: Path = DIGITS) -> worker.Prepare:
    return worker.Prepare(model, None, out, Options())


def until_end(background: worker.Worker, seconds: float = 120) -> list[worker.Event]:
    found: list[worker.Event] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found += background.poll()
        if found and isinstance(found[-1], worker.Finished | worker.Failed | worker.WasCancelled):
            return found
        time.sleep(0.01)
    raise AssertionError(f"no end after {seconds} s: {found}")


def test_stages_arrive_in_order_with_their_artifacts(
    background: worker.Worker, tmp_path: Path
) -> None:
    background.submit(request(tmp_path))
    events = until_end(background)
    assert isinstance(events[-1], worker.Finished), events[-1]
    done = {e.stage: e.artifact for e in events if isinstance(e, worker.StageDone)}
    assert list(done) == ["graph", "quantize", "simulate", "map", "build"]
    assert isinstance(done["graph"], Network)
    assert isinstance(done["map"], Layout)
    assert isinstance(done["build"], Image)
    assert done["build"].elf.is_file()
    assert any(isinstance(e, worker.Progress) for e in events)


def test_an_error_arrives_whole_and_the_worker_lives_on(
    background: worker.Worker, tmp_path: Path
) -> None:
    background.submit(request(tmp_path, tmp_path / "no.onnx"))
    failed = until_end(background)[-1]
    assert isinstance(failed, worker.Failed)
    assert isinstance(failed.error, StudioError)
    assert "no.onnx" in failed.error.where
    background.submit(request(tmp_path))
    assert isinstance(until_end(background)[-1], worker.Finished)


def test_cancel_ends_a_request_and_the_next_one_works(
    background: worker.Worker, tmp_path: Path
) -> None:
    background.submit(request(tmp_path / "a"))
    while not background.poll():
        time.sleep(0.01)
    background.cancel()
    assert isinstance(until_end(background, 5)[-1], worker.WasCancelled)
    background.submit(request(tmp_path / "b"))
    assert isinstance(until_end(background)[-1], worker.Finished)


def test_a_process_that_dies_is_reported_and_replaced(
    background: worker.Worker, tmp_path: Path
) -> None:
    background.submit(request(tmp_path / "a"))
    while not background.poll():
        time.sleep(0.01)
    background._process.kill()
    failed = until_end(background, 10)[-1]
    assert isinstance(failed, worker.Failed)
    assert "unexpectedly" in failed.traceback
    background.submit(request(tmp_path / "b"))
    assert isinstance(until_end(background)[-1], worker.Finished)


def test_a_process_that_dies_while_it_is_asked_is_reported(
    background: worker.Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    background._process.kill()
    background._process.join(10)
    monkeypatch.setattr(background._process, "is_alive", lambda: True)  # as a moment before
    background.submit(request(tmp_path))
    assert isinstance(until_end(background, 10)[-1], worker.Failed)
    background.submit(request(tmp_path))
    assert isinstance(until_end(background)[-1], worker.Finished)


def test_an_event_that_cannot_be_read_ends_the_waiting() -> None:
    class Broken:
        def recv(self) -> object:
            raise ModuleNotFoundError("no such module")

    events: queue.SimpleQueue[worker.Event | None] = queue.SimpleQueue()
    with pytest.raises(ModuleNotFoundError):
        worker._receive(Broken(), events)  # type: ignore[arg-type]
    assert events.get_nowait() is None


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a file by its number")
def test_what_a_closed_worker_still_reads_from_is_nobody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_the_door, go_on = threading.Event(), threading.Event()

    def late(file: int, count: int) -> bytes:
        at_the_door.set()
        go_on.wait(10)
        return os.read(file, count)

    monkeypatch.setattr(Connection._recv, "__defaults__", (late,))  # type: ignore[attr-defined]
    ended = worker.Worker()
    number = ended._connection.fileno()
    assert at_the_door.wait(10)
    ended.close()
    assert stat.S_ISSOCK(os.fstat(number).st_mode)  # not closed, and so not given to another file
    go_on.set()
    ended._receiver.join(10)
    assert not ended._receiver.is_alive()
