"""Live: chunks of any thread become rows and values, nothing is lost, and nothing hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from studio.base.errors import DataError
from studio.monitor.chunk import Chunk
from studio.monitor.live import Live
from studio.monitor.own_patterns import compiled


@pytest.fixture
def live() -> Iterator[Live]:
    made = Live()
    yield made
    made.close()


def texts(live: Live) -> list[bytes]:
    assert live.drain()
    return [row.data for row in live.log.rows(live.log.first, 10**6)]


def test_text_and_values(live: Live) -> None:
    version = live.version
    live.put(Chunk(1.0, b"temperature: 21.5\r\ntempera"))
    live.put(Chunk(2.0, b"ture: 22.5\r\n"))
    assert texts(live) == [b"temperature: 21.5\r", b"temperature: 22.5\r"]
    assert live.store.snapshot().lines == 2
    assert live.version > version


def test_nothing_is_lost_or_reordered_with_many_that_put(live: Live) -> None:
    def put(name: int) -> None:
        for number in range(300):
            live.put(Chunk(time.time(), b"%d:%d\n" % (name, number)), None)

    threads = [threading.Thread(target=put, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = texts(live)
    for name in range(4):
        own = [row for row in rows if row.startswith(b"%d:" % name)]
        assert own == [b"%d:%d" % (name, number) for number in range(300)]
    assert live.dropped == 0


def test_kinds_stay_apart_and_in_order(live: Live) -> None:
    live.put(Chunk(1.0, b"a\n"))
    live.put(Chunk(1.001, b"b\n"))
    live.put(Chunk(1.002, b"sent\n", "out"))
    live.put(Chunk(1.003, b"c\n"))
    live.put(Chunk(1.004, b"lost", "note"))
    assert live.drain()
    rows = live.log.rows(0, 99)
    assert [(row.kind, row.data) for row in rows] == [
        ("in", b"a"), ("in", b"b"), ("out", b"sent"), ("in", b"c"), ("note", b"lost"),
    ]  # fmt: skip


def test_too_much_at_once_is_dropped_and_counted(live: Live) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        go_on.wait(5.0)

    live._do(hold)  # as if reading took long
    assert begun.wait(30)
    mebibyte = b"x" * ((1 << 20) - 1) + b"\n"
    kept = [live.put(Chunk(1.0, mebibyte), 0.0) for _ in range(10)]
    assert kept == [True] * 7 + [False] * 3
    assert live.dropped == 3 << 20
    go_on.set()
    assert live.drain(20.0)
    assert live.log.lines == 7


def test_clear_forgets_what_was_put_before_and_nothing_after(live: Live) -> None:
    epoch = live.epoch
    live.put(Chunk(1.0, b"old:1\n"))
    live.clear()
    live.put(Chunk(2.0, b"new:1\n"))
    assert texts(live) == [b"new:1"]
    assert set(live.store.snapshot().series) == {"new"}
    assert live.epoch == epoch + 1


def test_encoding(live: Live) -> None:
    live.set_encoding("gbk")
    live.put(Chunk(1.0, "温度: 21\n".encode("gbk")))
    assert live.drain()
    assert live.encoding == "gbk"
    assert set(live.store.snapshot().series) == {"温度"}
    with pytest.raises(DataError):
        live.set_encoding("no such")


def test_own_patterns(live: Live) -> None:
    live.use([compiled("mine", r"T is (?P<heat>\d+)")])
    live.put(Chunk(1.0, b"T is 42 now\n"))
    assert live.drain()
    assert "heat" in live.store.snapshot().series


def test_a_closed_one_takes_nothing(live: Live) -> None:
    live.put(Chunk(1.0, b"a\n"))
    assert live.drain()
    live.close()
    assert not live.put(Chunk(2.0, b"b\n"))
    assert live.log.end == 1


def test_a_fault_does_not_end_it(live: Live) -> None:
    def fail() -> None:
        raise ValueError("a fault")

    live._do(fail)
    assert live.drain()
    live.put(Chunk(1.0, b"after\n"))
    assert texts(live) == [b"after"]
