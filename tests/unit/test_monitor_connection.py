"""A connection over loop:// and its parts: queue, sinks, writing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
import serial

from studio.base.errors import PortError
from studio.monitor import writer
from studio.monitor.chunk import Chunk
from studio.monitor.connection import Connection
from studio.monitor.outlet import Outlet
from studio.monitor.port import Line
from studio.monitor.watch import Watch


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.002)
    return found


def data(chunks: list[Chunk], kind: str) -> bytes:
    return b"".join(chunk.data for chunk in chunks if chunk.kind == kind)


def test_an_echo() -> None:
    seen: list[Chunk] = []
    with Connection("loop://", Line(1_000_000), (seen.append,)) as connection:
        for _ in range(20):
            connection.send(b"0123456789\r\n" * 500)
        assert until(lambda: connection.counters.received == 120_000)
        connection.send_break(0.01)
        connection.configure(Line(1_000_000, dtr=True))
        assert until(lambda: connection.line == Line(1_000_000, dtr=True))
        counters = connection.counters
        taken = connection.take(1)
    assert data(seen, "in") == data(seen, "out") == b"0123456789\r\n" * 10_000
    assert (counters.sent, counters.lines, counters.pending) == (120_000, 10_000, 0)
    notes = [chunk.data.decode() for chunk in seen if chunk.kind == "note"]
    assert notes == [
        "opened loop://, 1000000 8N1",
        "break",
        "1000000 8N1, DTR on, RTS off",
        "closed",
    ]
    assert taken == seen[:-1]
    assert connection.take(5) == seen[-1:]
    assert connection.take(5) == []
    assert connection.ended


def test_starting_does_not_wait_and_tells_what_became_of_it() -> None:
    connection = Connection("socket://127.0.0.1:1")
    assert not connection.ended
    connection.start()
    assert until(lambda: connection.state == "closed")
    assert connection.error is not None
    assert connection.ended
    with pytest.raises(PortError):
        connection.send(b"x")
    connection.close()
    connection.close()


def test_an_opening_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    free, real = threading.Event(), serial.serial_for_url

    def hang(*args: object, **more: object) -> object:
        free.wait(10)
        return real(*args, **more)

    monkeypatch.setattr(serial, "serial_for_url", hang)
    connection = Connection("loop://")
    connection.start()
    assert connection.state == "opening"
    start = time.monotonic()
    connection.close(0.1)
    assert time.monotonic() - start < 8
    free.set()
    assert until(lambda: connection.state == "closed")
    assert connection.error is None


def test_settings_before_opening_are_used() -> None:
    connection = Connection("loop://", Line(9600))
    connection.configure(Line(57600, dtr=True))
    with connection:
        assert data(connection.take(1), "note") == b"opened loop://, 57600 8N1"


def test_yielding_while_closed_or_lost_needs_no_waiting() -> None:
    connection = Connection("loop://")
    with connection.yielded():
        pass
    with connection, Watch(listed=tuple) as watch:
        with connection.yielded("a"), connection.yielded("b"):
            assert connection.state == "yielded"
            assert watch.ports == ()
        assert until(lambda: connection.state == "open")
        with pytest.raises(KeyError), connection.yielded():
            raise KeyError
        assert until(lambda: connection.state == "open")
    assert connection.state == "closed"
    with connection.yielded():
        assert connection.state == "closed"


def test_closing_while_yielded() -> None:
    connection = Connection("loop://")
    connection.open()
    with connection.yielded():
        connection.close()
        assert connection.state == "closed"
    assert connection.state == "closed"


class Held:
    """A port in whose write the driver hangs until ``go_on``."""

    port = "COM9"

    def __init__(self) -> None:
        self.inside, self.go_on = threading.Event(), threading.Event()
        self.interrupted = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self.inside.set()
        self.go_on.wait(10)
        assert not self.closed
        return len(data)

    def cancel_write(self) -> None:
        assert not self.closed
        self.interrupted += 1

    def close(self) -> None:
        self.closed = True


def test_a_port_is_not_closed_while_a_write_hangs_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number could be another file's when the write goes on."""
    monkeypatch.setattr(writer, "_GIVE_UP", 0.2)
    monkeypatch.setattr(writer, "write_some", lambda port, data: port.write(data))
    held = Held()
    sending = writer.Writer(held, "COM9", lambda data: None, lambda error: None)
    sending.put(b"abc")
    assert held.inside.wait(30)
    assert sending.stop() == 3
    assert held.interrupted
    sending.leave(held.close)
    assert not held.closed
    before = held.interrupted
    sending.cancel()  # by somebody who did not know
    assert held.interrupted == before
    held.go_on.set()
    assert until(lambda: held.closed)


def test_a_port_nobody_writes_to_is_closed_at_once() -> None:
    held = Held()
    sending = writer.Writer(held, "COM9", lambda data: None, lambda error: None)
    sending.stop()
    sending.leave(held.close)
    assert held.closed


def test_a_sink_that_fails_is_removed_and_told() -> None:
    seen: list[Chunk] = []

    def full(chunk: Chunk) -> None:
        if chunk.kind == "in":
            raise OSError("no space left on device")

    with Connection("loop://", Line(1_000_000), (full, seen.append)) as connection:
        connection.send(b"first")
        assert until(lambda: data(seen, "in") == b"first")
        connection.send(b"second")
        assert until(lambda: data(seen, "in") == b"firstsecond")
        assert "no space left" in str(connection.sink_error)
    assert b"no longer recorded: no space left on device" in data(seen, "note")
    assert [chunk.time for chunk in seen] == sorted(chunk.time for chunk in seen)


def test_sinks_come_and_go() -> None:
    outlet, seen, late = Outlet((), 1 << 20), list[Chunk](), list[Chunk]()
    outlet.add_sink(seen.append)
    outlet.emit("in", b"1")
    outlet.add_sink(late.append)
    outlet.emit("in", b"2")
    outlet.remove_sink(seen.append)
    outlet.emit("in", b"3")
    assert (data(seen, "in"), data(late, "in")) == (b"12", b"23")
    assert data(outlet.take(), "in") == b"123"


def test_what_nobody_takes_is_dropped_and_counted() -> None:
    seen: list[Chunk] = []
    outlet = Outlet((seen.append,), 10_000)
    for number in range(100):
        outlet.emit("in", bytes([number]) * 1000)
    kept = outlet.take()
    assert [chunk.data[0] for chunk in kept] == list(range(92, 100))
    assert outlet.dropped == 92_000
    assert len(seen) == 100
    for _ in range(1000):  # many small ones take more room than their bytes
        outlet.emit("in", b"x")
    assert len(outlet.take()) < 100


def test_times_never_fall_whoever_sends() -> None:
    seen: list[Chunk] = []
    outlet = Outlet((seen.append,), 1 << 20)
    threads = [
        threading.Thread(target=lambda: [outlet.emit("in", b"x") for _ in range(500)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [chunk.time for chunk in seen]
    assert len(times) == 2000
    assert times == sorted(times)
    assert abs(times[0] - time.time()) < 10


def test_the_text_of_a_line() -> None:
    assert Line(921600).text == "921600 8N1"
    assert Line(9600, 7, "even", 1.5).text == "9600 7E1.5"
