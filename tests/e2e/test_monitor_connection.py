"""A connection over real terminals, sockets and the emulator: lost, found, yielded, blocked."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import serial

from studio.base.errors import PortError
from studio.emulator.client import Emulator
from studio.monitor.chunk import Chunk
from studio.monitor.connection import Connection
from studio.monitor.port import Line
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.monitor.replay import replay
from studio.monitor.watch import Change, Watch
from studio.monitor.words import holders
from tests.unit.test_emulator_elf import build

from .serial_pairs import Desk, descriptors, until

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("socat") is None, reason="needs socat"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.clear()


class Record:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []

    def __call__(self, chunk: Chunk) -> None:
        self.chunks.append(chunk)

    def of(self, kind: str) -> bytes:
        return b"".join(chunk.data for chunk in self.chunks if chunk.kind == kind)

    @property
    def notes(self) -> list[str]:
        return [chunk.data.decode() for chunk in self.chunks if chunk.kind == "note"]


def test_both_ways_with_times_notes_and_counts(desk: Desk) -> None:
    pair, record = desk.plug("ttyUSB0"), Record()
    before = time.time()
    with Connection(pair.name, Line(921600), (record,)) as connection:
        assert connection.state == "open"
        pair.board.write(b"uart ok\r\nimage num:100 \r\n")
        assert until(lambda: len(record.of("in")) == 25)
        connection.send(b"reset\n")
        assert pair.board.read(6) == b"reset\n"
        assert until(lambda: connection.counters.sent == 6)
        taken = connection.take()
        counters = connection.counters
    assert (counters.received, counters.lines, counters.pending, counters.dropped) == (25, 2, 0, 0)
    assert record.of("in") == b"uart ok\r\nimage num:100 \r\n"
    assert record.of("out") == b"reset\n"
    assert record.notes == [f"opened {pair.name}, 921600 8N1", "closed"]
    assert taken == record.chunks[:-1]
    times = [chunk.time for chunk in record.chunks]
    assert times == sorted(times)
    assert before - 0.1 <= times[0] <= times[-1] <= time.time() + 0.1
    assert connection.state == "closed"
    assert connection.error is None


def test_unplugged_and_back_under_the_same_name(desk: Desk) -> None:
    pair, record = desk.plug("ttyUSB0"), Record()
    with Connection(pair.name, sinks=(record,), retry=0.1) as connection:
        pair.board.write(b"one")
        assert until(lambda: record.of("in") == b"one")
        desk.unplug("ttyUSB0")
        assert until(lambda: connection.state == "lost")
        assert connection.error is not None
        assert "went away" in connection.error.message
        with pytest.raises(PortError, match="went away"):
            connection.send(b"into the void")
        time.sleep(0.3)
        assert connection.state == "lost"
        pair = desk.plug("ttyUSB0")
        assert until(lambda: connection.state == "open")
        assert connection.error is None
        pair.board.write(b"two")
        assert until(lambda: record.of("in") == b"onetwo")
    assert [note.split()[0] for note in record.notes] == ["opened", "lost:", "opened", "closed"]


@pytest.mark.parametrize("number", ["A1", None])
def test_back_under_another_name(desk: Desk, number: str | None) -> None:
    changes: list[Change] = []
    pair, record = desk.plug("ttyUSB0", number), Record()
    desk.plug("ttyUSB5", "B2" if number else None)  # another board of the same kind
    with (
        Watch(changes.append, every=0.05, listed=desk.listed) as watch,
        Connection(pair.name, sinks=(record,), watch=watch, retry=0.1) as connection,
    ):
        desk.unplug("ttyUSB0")
        assert until(lambda: connection.state == "lost")
        time.sleep(0.3)
        assert connection.state == "lost"  # the other board is not taken for ours
        pair = desk.plug("ttyUSB1", number)
        assert until(lambda: connection.state == "open")
        assert connection.port == pair.name
        pair.board.write(b"here again")
        assert until(lambda: record.of("in") == b"here again")
        connection.send(b"ok")
        assert pair.board.read(2) == b"ok"
    told = [
        ([Path(p.name).name for p in c.appeared], [Path(p.name).name for p in c.vanished])
        for c in changes
    ]
    assert told == [(["ttyUSB0", "ttyUSB5"], []), ([], ["ttyUSB0"]), (["ttyUSB1"], [])]


def test_a_port_that_leaves_the_list_without_an_error_is_lost(desk: Desk) -> None:
    """So it is on Windows: reading goes on and finds nothing."""
    pair = desk.plug("COM3")
    with (
        Watch(every=0.05, listed=desk.listed) as watch,
        Connection(pair.name, watch=watch, retry=0.1) as connection,
    ):
        port = desk.ports.pop("COM3")
        assert until(lambda: connection.state == "lost")
        assert connection.error is not None
        assert "no longer there" in connection.error.message
        desk.ports["COM3"] = port
        assert until(lambda: connection.state == "open")


def test_it_yields_the_port_and_hears_the_first_words_after(desk: Desk) -> None:
    pair, record = desk.plug("ttyUSB0"), Record()
    with Connection(pair.name, sinks=(record,)) as connection:
        with connection.yielded("the download"):
            assert connection.state == "yielded"
            with serial.Serial(pair.name, exclusive=True) as other:  # fails where it is not free
                other.write(b"firmware")
                assert pair.board.read(8) == b"firmware"
            with connection.yielded():
                pass
            assert connection.state == "yielded"
        assert until(lambda: connection.state == "open", 1)
        pair.board.write(b"uart ok\r\n")
        assert until(lambda: record.of("in") == b"uart ok\r\n")
    opened = f"opened {pair.name}, 115200 8N1"
    assert record.notes == [opened, "left to the download", opened, "closed"]


def test_somebody_who_keeps_the_port_longer_is_named_and_waited_for(desk: Desk) -> None:
    pair, record = desk.plug("ttyUSB0"), Record()
    with Connection(pair.name, sinks=(record,), retry=0.1) as connection:
        with connection.yielded("the download"):
            other = serial.Serial(pair.name, exclusive=True)
        assert until(lambda: connection.state == "lost")
        assert connection.error is not None
        assert "in use by another program" in connection.error.message
        assert "this program" in connection.error.message  # beside socat, on some systems
        other.close()
        assert until(lambda: connection.state == "open")
        assert connection.error is None
    assert [note.split()[0] for note in record.notes] == ["opened", "left", "opened", "closed"]


def test_many_want_the_port_and_many_send(desk: Desk) -> None:
    """Yielding, sending, setting and unplugging at the same time: it ends, and ends open."""
    pair, record = desk.plug("ttyUSB0"), Record()
    with Connection(pair.name, sinks=(record,), retry=0.05) as connection:
        stop = time.monotonic() + 2

        def yields() -> None:
            while time.monotonic() < stop:
                with connection.yielded("a test"), serial.Serial(pair.name):
                    time.sleep(0.01)
                time.sleep(0.05)

        def sends() -> None:
            while time.monotonic() < stop:
                with contextlib.suppress(PortError):
                    connection.send(b"x" * 100)
                    connection.configure(Line(9600))
                connection.take(0.01)

        threads = [threading.Thread(target=work) for work in (yields, sends, sends)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
        assert until(lambda: connection.state == "open")
        pair.board.reset_input_buffer()
        pair.board.write(b"still there")
        assert until(lambda: record.of("in").endswith(b"still there"))
    times = [chunk.time for chunk in record.chunks]
    assert times == sorted(times)


def test_a_board_that_is_reset_while_yielded(desk: Desk) -> None:
    pair, record = desk.plug("ttyUSB0"), Record()
    with (
        Watch(every=0.05, listed=desk.listed) as watch,
        Connection(pair.name, sinks=(record,), watch=watch, retry=0.1) as connection,
    ):
        with connection.yielded("the download"):
            desk.unplug("ttyUSB0")
        assert until(lambda: connection.state == "lost")
        assert connection.error is not None
        pair = desk.plug("ttyUSB1")
        assert until(lambda: connection.state == "open")
        pair.board.write(b"new firmware")
        assert until(lambda: record.of("in") == b"new firmware")


def test_busy_names_the_program(desk: Desk) -> None:
    pair = desk.plug("ttyUSB0")
    code = (
        "import serial, sys; p = serial.Serial(sys.argv[1], exclusive=True);"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, pair.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(PortError) as caught:
            Connection(pair.name).open()
        assert "in use by another program" in caught.value.message
        assert f"({process.pid})" in caught.value.message
        process.communicate(b"", timeout=10)
    Connection(pair.name).close()
    with Connection(pair.name):
        assert "this program" in holders(pair.name)


def test_a_board_that_takes_nothing_blocks_nobody() -> None:
    board, port = os.openpty()
    record = Record()
    connection = Connection(os.ttyname(port), sinks=(record,))
    connection.open()
    start = time.monotonic()
    connection.send(bytes(900_000))
    with pytest.raises(PortError, match="does not take what is sent"):
        connection.send(bytes(900_000))
    assert time.monotonic() - start < 5
    used = time.process_time()
    time.sleep(1)
    assert time.process_time() - used < 0.3  # waiting costs nothing
    os.write(board, b"still heard\n")
    assert until(lambda: record.of("in") == b"still heard\n")
    assert connection.counters.pending > 500_000
    connection.cancel_sending()
    assert connection.counters.pending == 0
    connection.send(b"END")
    got = b""
    while not got.endswith(b"END"):
        got += os.read(board, 65536)
    assert until(lambda: connection.counters.sent == len(got))
    assert got == bytes(len(got) - 3) + b"END"
    assert len(got) < 100_000
    connection.send(bytes(900_000))
    time.sleep(0.2)
    start = time.monotonic()
    connection.close()  # while blocked
    assert time.monotonic() - start < 4
    assert any(note.endswith("bytes not sent") for note in record.notes[-2:])
    assert connection.state == "closed"
    os.close(port)
    os.close(board)


def test_settings_are_changed_while_it_is_open(desk: Desk) -> None:
    pair, record = desk.plug("ttyUSB0"), Record()
    with Connection(pair.name, Line(9600), (record,)) as connection:
        connection.configure(Line(123456, stop=2, flow="xonxoff"))
        assert until(lambda: connection.line.baud == 123456)
        connection.configure(Line(115200, 9))
        assert until(lambda: "115200 9N1" in record.notes[-1])
        assert "not possible" in record.notes[-1]
        assert connection.line == Line(123456, stop=2, flow="xonxoff")
        # A terminal has no control lines: told, and survived.
        connection.configure(replace(connection.line, dtr=True, rts=True))
        connection.send_break(0.01)
        assert until(lambda: "break" in record.notes[-1])
        pair.board.write(b"fine")
        assert until(lambda: record.of("in") == b"fine")
        told = subprocess.run(
            ["stty", "-a", "-F", pair.name], capture_output=True, text=True, check=True
        ).stdout
        assert " cstopb" in told
        assert " ixon" in told
    assert "123456 8N2, DTR off, RTS off" in record.notes


def test_three_megabytes_a_second_and_nothing_lost(desk: Desk) -> None:
    """Nobody takes: the display's queue overflows, the sink has every byte all the same."""
    pair = desk.plug("ttyUSB0")
    seen, size = hashlib.sha256(), 0

    def sink(chunk: Chunk) -> None:
        nonlocal size
        if chunk.kind == "in":
            seen.update(chunk.data)
            size += len(chunk.data)

    total, rate = 12_000_000, 3_000_000
    block = os.urandom(30_000)
    code = (
        "import os, sys, time\n"
        "f = os.open(sys.argv[1], os.O_WRONLY | os.O_NOCTTY)\n"
        "block = sys.stdin.buffer.read(); begin = time.monotonic()\n"
        f"for i in range({total} // len(block)):\n"
        "    rest = block\n"
        "    while rest: rest = rest[os.write(f, rest):]\n"
        f"    time.sleep(max(0, begin + i * len(block) / {rate} - time.monotonic()))\n"
        "print(time.monotonic() - begin)\n"
    )
    with Connection(pair.name, Line(3_000_000), (sink,), limit=1 << 20) as connection:
        sender = subprocess.run(
            [sys.executable, "-c", code, pair.board_name],
            input=block,
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert until(lambda: size == total)
        counters = connection.counters
        kept = sum(len(chunk.data) for chunk in connection.take() if chunk.kind == "in")
    expected = hashlib.sha256()
    for _ in range(total // len(block)):
        expected.update(block)
    assert seen.digest() == expected.digest()
    assert counters.received == total
    assert counters.dropped + kept == total
    assert 0 < kept <= 1 << 20
    seconds = float(sender.stdout)
    assert seconds < 2 * total / rate, f"{total / seconds / 1e6:.2f} MB/s"


def test_what_is_recorded_comes_back_the_same(desk: Desk, tmp_path: Path) -> None:
    pair, record = desk.plug("ttyUSB0"), Record()
    path = tmp_path / "记录.cimrec"
    with (
        Recorder(path, Header()) as recorder,
        Connection(pair.name, sinks=(record, recorder.write)) as connection,
    ):
        for number in range(200):
            pair.board.write(f"value:{number}\r\n".encode())
        assert until(lambda: record.of("in").endswith(b"value:199\r\n"))
        connection.send(b"stop\r\n")
        assert pair.board.read(6) == b"stop\r\n"
        with connection.yielded("the download"):
            pass
        assert until(lambda: connection.state == "open")
        desk.unplug("ttyUSB0")
        assert until(lambda: connection.state == "lost")
    again = list(replay(recorder.files[0]))
    assert [(chunk.kind, chunk.data) for chunk in again] == [
        (chunk.kind, chunk.data) for chunk in record.chunks
    ]
    assert [chunk.time for chunk in again] == pytest.approx(
        [chunk.time for chunk in record.chunks], abs=1e-6, rel=0
    )


def test_a_hundred_times_open_and_closed_leave_nothing(desk: Desk) -> None:
    pair = desk.plug("ttyUSB0")
    with Connection(pair.name):
        pass
    threads, files = threading.active_count(), descriptors()
    for number in range(100):
        connection = Connection(pair.name)
        connection.open()
        if number % 10 == 0:
            connection.send(b"x")
        connection.close()
        assert connection.state == "closed"
    for _ in range(20):
        with pytest.raises(PortError):
            Connection(pair.name + "-none").open()
    assert threading.active_count() == threads
    assert descriptors() == files


def test_a_socket_whose_server_comes_back() -> None:
    record = Record()
    server = socket.create_server(("127.0.0.1", 0))
    number = server.getsockname()[1]
    with Connection(f"socket://127.0.0.1:{number}", sinks=(record,), retry=0.1) as connection:
        peer, _ = server.accept()
        peer.sendall(b"first")
        assert until(lambda: record.of("in") == b"first")
        server.close()
        peer.close()
        assert until(lambda: connection.state == "lost")
        with socket.create_server(("127.0.0.1", number)) as server:
            peer, _ = server.accept()
            with peer:
                assert until(lambda: connection.state == "open")
                peer.sendall(b"second")
                assert until(lambda: record.of("in") == b"firstsecond")
                connection.send(b"thanks")
                assert peer.recv(6) == b"thanks"
                start = time.monotonic()
                connection.send(bytes(1_000_000))  # nobody reads them
                time.sleep(0.1)
                connection.close()
                assert time.monotonic() - start < 4
    assert record.notes[-1] == "closed"


def test_the_real_emulator(tmp_path: Path) -> None:
    program = r"""
    int main(void) {
        print("uart ok\r\nimage num:1\r\n");
        for (;;) {
            while (!(REG(UART + 0x14) & 1)) {}
            put((char)(REG(UART) ^ 0x20));
        }
    }
    """
    weights = tmp_path / "map.csv"
    weights.write_text("640,1344,6\n", encoding="utf-8", newline="\n")
    record = Record()
    with Emulator(build(tmp_path, program), weights) as emulator:
        connection = Connection(emulator.url, Line(921600), (record,), retry=0.1)
        with connection:
            assert until(lambda: record.of("in") == b"uart ok\r\nimage num:1\r\n")
            connection.send(b"hello")
            assert until(lambda: record.of("in").endswith(b"HELLO"))
            with (
                connection.yielded("another reader"),
                serial.serial_for_url(emulator.url, timeout=5) as other,
            ):
                other.write(b"a")
                assert other.read(1) == b"A"
            assert until(lambda: connection.state == "open")
            connection.send(b"back")
            assert until(lambda: record.of("in").endswith(b"BACK"))
            assert connection.hint == ""
            emulator.stop()
            assert until(lambda: connection.state == "lost")


@pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\) is deprecated:DeprecationWarning")
def test_a_port_of_another_computer() -> None:
    """rfc2217://, with pyserial's own server for it, and a port that answers what it gets."""
    from serial import rfc2217  # noqa: PLC0415

    record, stop = Record(), threading.Event()
    server = socket.create_server(("127.0.0.1", 0))
    far: Any = serial.serial_for_url("loop://", timeout=0.01)

    def serve() -> None:
        client, _ = server.accept()
        with client, client.makefile("wb", buffering=0) as out:
            client.settimeout(0.01)
            manager = rfc2217.PortManager(far, out)
            while not stop.is_set():
                if data := far.read(far.in_waiting or 1):
                    client.sendall(b"".join(manager.escape(data)))
                try:
                    far.write(b"".join(manager.filter(client.recv(1000))))
                except TimeoutError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"rfc2217://127.0.0.1:{server.getsockname()[1]}"
    with Connection(url, Line(57600, 7, "even"), (record,)) as connection:
        assert (far.baudrate, far.bytesize, far.parity) == (57600, 7, "E")
        connection.send(b"there and back \xff")
        assert until(lambda: record.of("in") == b"there and back \xff")
        connection.configure(Line(57600, 7, "even", dtr=True))
        assert until(lambda: bool(far.dtr))
        stop.set()
    thread.join(30)
    server.close()
    far.close()
