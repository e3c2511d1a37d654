"""How many lines a second become values, against the line parser of before.

``python -m tests.bench.bench_recognize [MEGABYTES]``. Each kind of line is fed in chunks as a
port's reader gives them: 64 kB, and 1 kB for a slow line; the best of three runs counts, on the
thread's own processor time, since others use this machine too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import compiled
from studio.monitor.packets import encode
from studio.monitor.parse import LineParser
from studio.monitor.recognize import Recognizer
from studio.monitor.scan import PythonScanner

CHUNK = 1 << 16
SMALL = 1 << 10
SPLIT = 0.01  # seconds between two chunks


def lines(form: Callable[[int, float], str]) -> Iterator[bytes]:
    """Lines of one form with values that change."""
    values = np.random.default_rng(0).normal(20, 5, 4096)
    return (form(i, float(value)).encode() + b"\r\n" for i, value in enumerate(values))


def packets(size: int) -> bytes:
    """Packets of outputs among lines."""
    data = np.random.default_rng(0).bytes(size)
    return b"".join(encode("nnet", data, False) + b"net_output:0.973210\r\n" for _ in range(64))


def streams() -> dict[str, bytes]:
    """A piece of each kind of stream; it is repeated to the size that is measured."""
    forms: dict[str, Callable[[int, float], str]] = {
        "name: value": lambda i, v: f"temp: {v:.2f}",
        "name:value,name2:value2": lambda i, v: f"temp:{v:.2f},hum:{i % 100}",
        "name=value, three": lambda i, v: f"x={v:.3f} y={v / 2:.3f} z={i}",
        "teleplot": lambda i, v: f">temp:{v:.2f}",
        "csv, two columns": lambda i, v: f"{v:.2f},{i % 100}",
        "csv, eight columns": lambda i, v: ",".join(f"{v + k:.3f}" for k in range(8)),
        "number": lambda i, v: f"{v:.4f}",
        "NAME: 123 us": lambda i, v: f"layer_{i % 5}: {100 + i % 50} us",
        "demo": lambda i, v: f"net_output:{abs(v) / 40:.6f}",
        "sample": lambda i, v: (
            f"sample:{i},label:{i % 10},result:7,ratio:0.970000,crc:{i * 2654435761 % 2**32:08x},"
            f"out:-3 5 7"
        ),
        "log line with a time": lambda i, v: f"12:{i % 60:02}:01.{i:04} INFO adc: {v:.2f} V",
        "text": lambda i, v: f"the quick brown fox jumps over the lazy dog {i}",
    }
    found = {name: b"".join(lines(form)) for name, form in forms.items()}
    found["packets of 800 bytes and lines"] = packets(800)
    found["binary noise"] = np.random.default_rng(1).bytes(1 << 16)
    return found


def timed(feed: Callable[[bytes, int], object], data: bytes, chunk: int) -> float:
    """Seconds of this thread, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.thread_time()
        for number, place in enumerate(range(0, len(data), chunk)):
            feed(data[place : place + chunk], number)
        best = min(best, time.thread_time() - start)
    return best


def recognizing(**options: object) -> Callable[[bytes, int], object]:
    """Feed a new Recognizer."""
    recognizer = Recognizer(**options)  # type: ignore[arg-type]
    return lambda data, number: recognizer.feed(Chunk(number * SPLIT, data))


def before() -> Callable[[bytes, int], object]:
    """Feed a LineParser and ask each line for its values, as the window did."""
    parser = LineParser()
    return lambda data, number: [line.values for line in parser.feed(data)]


def parsing(megabytes: float) -> None:
    """Print lines a second of each kind."""
    own = [compiled("own", r"temp[:=] ?(?P<t>[\d.]+)")]
    heads = ("64 kB", "1 kB", "in Python", "own pattern", "LineParser")
    print(f"{'thousand lines/s':32}" + "".join(f"{head:>13}" for head in heads) + f"{'MB/s':>9}")
    for name, piece in streams().items():
        data = piece * max(1, int(megabytes * 1e6 / len(piece)))
        count = data.count(b"\n")
        few = data[: len(data) // 8]
        best = timed(recognizing(), data, CHUNK)
        seconds = [
            best,
            timed(recognizing(), data, SMALL),
            timed(recognizing(scan_with=PythonScanner()), few, CHUNK) * len(data) / len(few),
            timed(recognizing(own=own), few, CHUNK) * len(data) / len(few),
            timed(before(), few, CHUNK) * len(data) / len(few),
        ]
        rates = "".join(f"{count / second / 1000:13.0f}" for second in seconds)
        print(f"{name:32}{rates}{len(data) / best / 1e6:9.1f}")


if __name__ == "__main__":
    parsing(float(sys.argv[1]) if len(sys.argv) > 1 else 4.0)
