"""From a real terminal to values: everything that was printed arrives, in order, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.monitor.batch import Batch
from studio.monitor.connection import Connection
from studio.monitor.packets import encode
from studio.monitor.port import Line
from studio.monitor.recognize import Recognizer

from .serial_pairs import Desk

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("socat") is None, reason="needs socat"
)

# Another process prints, as fast as the terminal takes it.
PRINT = """
import os, sys
data = open(sys.argv[2], "rb").read()
port = os.open(sys.argv[1], os.O_WRONLY | os.O_NOCTTY)
while data:
    data = data[os.write(port, data):]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.clear()


def printed(desk: Desk, data: bytes, last: str) -> tuple[list[Batch], int]:
    """What a recognizer makes of ``data``, up to the text ``last``; and the bytes dropped."""
    pair = desk.plug("ttyUSB0")
    file = desk.folder / "printed"
    file.write_bytes(data)
    recognizer = Recognizer(texts=True)
    batches: list[Batch] = []
    with Connection(pair.name, Line(921600)) as connection:
        command = [sys.executable, "-c", PRINT, pair.board_name, str(file)]
        with subprocess.Popen(command) as board:
            end = time.monotonic() + 100
            told = False
            while not told and time.monotonic() < end:
                new = [recognizer.feed(chunk) for chunk in connection.take(0.1)]
                told = any(text.text == last for batch in new for text in batch.texts)
                batches += new
            assert board.wait(10) == 0
        dropped = connection.counters.dropped
    return batches, dropped


def series(batches: list[Batch], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Times and values of a series, [n] each."""
    points = [batch.series[name] for batch in batches if name in batch.series]
    times = np.concatenate([part.times for part in points])
    return times, np.concatenate([part.values for part in points])


def test_every_value_of_a_fast_board_arrives(desk: Desk) -> None:
    count = 200_000
    lines = "".join(f"index:{i},half:{i / 2}\r\n" for i in range(count))
    batches, dropped = printed(desk, f"{lines}done\r\n".encode(), "done")
    assert dropped == 0
    assert sum(batch.lines for batch in batches) == count + 1
    times, values = series(batches, "index")
    assert np.array_equal(values, np.arange(count))
    assert np.array_equal(series(batches, "half")[1], np.arange(count) / 2)
    assert (np.diff(times) > 0).all()


def test_packets_garbage_and_lines_of_all_kinds_come_apart(desk: Desk) -> None:
    chance = np.random.default_rng(0)
    parts = [b"uart ok\r\n", "温度,湿度\r\n".encode()]
    damaged = 0
    for i in range(2000):
        parts += [f"{i},{i + 0.5}\r\n".encode(), f"net_output:{i / 2000:.6f}\r\n".encode()]
        packet = encode("nnet", chance.integers(0, 64, 10, np.uint8).tobytes(), False)
        if i % 10 == 3:
            packet = packet[:8] + b"\x41" + packet[9:]  # the first byte was hit
            damaged += packet[8:-4] != b"" and sum(packet[8:-4]) != packet[-4] + 256 * packet[-3]
            packet += b"\r\n"
        parts.append(packet)
    parts += [b"\r\n", chance.bytes(20_000).replace(b"nnet", b""), b"\r\n\r\ndone\r\n"]
    batches, dropped = printed(desk, b"".join(parts), "done")
    assert dropped == 0
    assert sum(batch.errors for batch in batches) == damaged > 150
    assert np.array_equal(series(batches, "温度")[1][:2000], np.arange(2000))
    assert np.array_equal(series(batches, "湿度")[1][:2000], np.arange(2000) + 0.5)
    assert len(series(batches, "net_output")[1]) == 2000
    vectors = [vector for batch in batches for vector in batch.vectors]
    assert len(vectors) == 2000 - damaged
    assert all(len(vector.values) == 10 for vector in vectors)
