"""The clock of chunks: it never falls, and follows where the computer's is ahead."""

from __future__ import annotations

import threading
import time

import pytest

from studio.monitor import clock
from studio.monitor.chunk import Chunk
from studio.monitor.clock import Clock
from studio.monitor.outlet import Outlet


class Hands:
    """The computer's two clocks, moved by hand."""

    def __init__(self) -> None:
        self.day, self.running = 1000.0, 50.0

    def time(self) -> float:
        return self.day

    def perf_counter(self) -> float:
        return self.running

    def pass_(self, seconds: float) -> None:
        self.day += seconds
        self.running += seconds


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands()
    monkeypatch.setattr(clock, "time", made)
    return made


def test_it_goes_on_where_the_computers_is_set_back(hands: Hands) -> None:
    seen: list[Chunk] = []
    outlet = Outlet((seen.append,), 0)
    outlet.emit("in", b"a")
    hands.pass_(2.0)
    hands.day -= 3600
    outlet.emit("in", b"b")
    hands.pass_(1.0)
    outlet.emit("in", b"c")
    assert [chunk.time for chunk in seen] == [1000.0, 1002.0, 1003.0]


def test_it_follows_where_the_computer_slept(hands: Hands) -> None:
    own = Clock()
    hands.day += 0.5  # not worth a jump
    assert own.now() == 1000.0
    hands.day += 8 * 3600
    assert own.now() == hands.day
    hands.pass_(1.0)
    assert own.now() == hands.day


def test_threads_never_see_it_fall() -> None:
    own = Clock()
    assert abs(own.now() - time.time()) < 1.1
    times: list[float] = []
    lock = threading.Lock()

    def look() -> None:
        for _ in range(2000):
            with lock:
                times.append(own.now())

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert times == sorted(times)
