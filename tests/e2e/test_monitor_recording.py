"""Recordings of real processes, terminals and runs: killed, at full speed, and reported."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import cli
from studio.base import paths
from studio.chip import chip as chips
from studio.firmware import store as images
from studio.monitor import report
from studio.monitor.batch import Batch
from studio.monitor.connection import Connection
from studio.monitor.port import Line
from studio.monitor.recognize import Recognizer
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.monitor.replay import load, replay
from studio.monitor.result import DONE
from studio.monitor.watch import Watch
from studio.project import Project
from studio.target import started
from tests.unit.test_monitor_report import checked

from .serial_pairs import Desk, until

# Records numbered chunks, a kilobyte each, and says after each batch how far it is.
CHILD = """
import random, sys, time
from pathlib import Path
from studio.monitor.chunk import Chunk
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header

recorder = Recorder(Path(sys.argv[1]), Header(port="COM10"), part_bytes=1 << 16)
number = 0
while True:
    for _ in range(10):
        data = number.to_bytes(4, "little") + random.Random(number).randbytes(1020)
        recorder.write(Chunk(time.time(), data))
        number += 1
    print(number, time.time(), flush=True)
    time.sleep(0.01)
"""


def test_a_killed_process_loses_a_second_at_most(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "录音 run")],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    said: list[tuple[int, float]] = []
    for line in process.stdout:
        number, when = line.split()
        said.append((int(number), float(when)))
        if said[-1][1] - said[0][1] > 2.2:
            break
    killed = time.time()
    process.kill()
    process.wait()
    process.stdout.close()
    files = sorted(tmp_path.glob("*.cimrec"))
    found = load(files[0])
    assert not found.complete and len(files) > 1
    numbers = []
    for chunk in found.read():
        number = int.from_bytes(chunk.data[:4], "little")
        assert chunk.data[4:] == random.Random(number).randbytes(1020)
        numbers.append(number)
    assert numbers == list(range(len(numbers)))
    # On a busy machine the writing thread may get its turn late.
    written = max(number for number, when in said if when < killed - 1.0)
    assert len(numbers) >= written > 300


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    if sys.platform == "win32" or shutil.which("socat") is None:
        pytest.skip("needs socat")
    desk = Desk(tmp_path)
    yield desk
    desk.clear()


def test_every_byte_of_a_terminal_is_in_the_recording(desk: Desk, tmp_path: Path) -> None:
    """Ten megabytes as fast as they go, both ways, unplugged once."""
    pair = desk.plug("ttyUSB0")
    draw = random.Random(2)
    wanted, sent = hashlib.sha256(), hashlib.sha256()
    size = 0
    with Recorder(tmp_path / "run", Header(pair.name, 921600), part_bytes=3 << 20) as recorder:
        sinks = (recorder.write,)
        with (
            Watch(every=0.05, listed=desk.listed) as watch,
            Connection(pair.name, Line(921600), sinks, watch=watch, retry=0.1) as connection,
        ):
            for turn in range(2):
                for _ in range(40):
                    data = draw.randbytes(1 << 17)
                    wanted.update(data)
                    size += len(data)
                    pair.board.write(data)
                assert until(lambda: connection.counters.received == size, 30)  # noqa: B023
                connection.send(b"hello %d\r\n" % turn)
                sent.update(b"hello %d\r\n" % turn)
                assert pair.board.read(9) == b"hello %d\r\n" % turn
                if turn == 0:
                    desk.unplug("ttyUSB0")
                    assert until(lambda: connection.state == "lost")
                    pair = desk.plug("ttyUSB0")
                    assert until(lambda: connection.state == "open")
    assert recorder.error is None and recorder.lost == 0 and len(recorder.files) > 2
    found, given, notes = hashlib.sha256(), hashlib.sha256(), []
    last = 0.0
    for chunk in replay(recorder.files[0]):
        assert chunk.time >= last
        last = chunk.time
        if chunk.kind == "note":
            notes.append(chunk.data.decode())
        else:
            (found if chunk.kind == "in" else given).update(chunk.data)
    assert found.digest() == wanted.digest() and given.digest() == sent.digest()
    assert len(notes) >= 4  # opened, lost, opened again, closed


def plain(batch: Batch) -> tuple[object, ...]:
    """A batch with lists in place of arrays."""
    curves = {
        name: (points.times.tolist(), points.values.tolist(), points.unit)
        for name, points in batch.series.items()
    }
    vectors = [(own.name, own.time, own.values.tolist(), own.rate) for own in batch.vectors]
    rest = (batch.lines, batch.samples, batch.times, batch.texts, dict(batch.kinds), batch.errors)
    return curves, vectors, *rest


@pytest.mark.timeout(240)
def test_a_run_recorded_and_reported(tmp_path: Path) -> None:
    folder = tmp_path / "结果"
    model = paths.resource("examples", "digits", "digits.onnx")
    cli.app(["deploy", str(model), "--out", str(folder), "--timing"], standalone_mode=False)
    project = Project(folder)
    image, chip = images.load(project.image), chips.load(project.chip)
    recognizer, batches = Recognizer(), []
    header = Header("emulator", chip.uart.baud, project="digits", tag=f"{image.tag:08x}")
    with (
        started(project, image, chip) as emulator,
        Recorder(folder / "run", header) as recorder,
        Connection(emulator.url, Line(chip.uart.baud), (recorder.write,)) as connection,
    ):
        data = b""
        end_time = time.monotonic() + 60
        while not data.endswith(f"{DONE}\r\n".encode()):
            assert time.monotonic() < end_time
            for chunk in connection.take(0.1):
                batches.append(recognizer.feed(chunk))
                data += chunk.data if chunk.kind == "in" else b""
    again = Recognizer()
    replayed = [again.feed(chunk) for chunk in replay(recorder.files[0])]
    assert len(replayed) >= len(batches) > 2
    for live, later in zip(batches, replayed, strict=False):
        assert plain(live) == plain(later)
    path = tmp_path / "report.html"
    report.write(path, folder, recorder.files[0])
    page = checked(path)
    result = json.loads(project.result.read_text(encoding="utf-8"))
    assert f"{100 * result['accuracy']:.2f} %" in page.text
    assert f"{result['samples']} samples" in page.text
    assert "/conv1/Conv" in page.text and f"{image.tag:08x}" in page.text
    assert page.tags["svg"] == 2 + ("Curves" in page.text)


@pytest.mark.skipif(
    not (shutil.which("chromium") or shutil.which("google-chrome")), reason="needs a browser"
)
def test_a_browser_shows_it(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    assert browser is not None
    path = tmp_path / "report.html"
    report.write(path, session=report.seen(report.Store(), Header(port="COM10 <b>")))
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", path.as_uri()],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert "COM10 &lt;b&gt;" in done.stdout
