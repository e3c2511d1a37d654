"""Reading a port, and a whole run from it, with a real socket at the other end."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from studio.base.errors import Cancelled, PortError, ProjectError, RunError
from studio.base.job import Job
from studio.monitor.reader import Reader
from studio.monitor.session import collect

RUN = (
    b"uart ok\r\nsample:0,label:1,result:1,ratio:1.000000,crc:0000000a\r\n"
    b"sample:1,label:1,result:0,ratio:0.500000,crc:0000000b\r\n"
    b"image num:2\r\ncorrect ratio:0.500000\r\ndone\r\n"
)


@pytest.fixture(autouse=True)
def quick_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyserial sleeps 0.3 s after closing a socket."""
    nap = SimpleNamespace(sleep=lambda _seconds: None)
    monkeypatch.setattr("serial.urlhandler.protocol_socket.time", nap)


class Board:
    """A listening socket that plays a board: ``script`` gets the connection."""

    def __init__(self, script: Callable[[socket.socket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self._script = script
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        with client:
            client.settimeout(5)
            self._script(client)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept on Unix
        self._listener.close()
        self._thread.join(30)


@pytest.fixture
def play() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    boards: list[Board] = []

    def start(script: Callable[[socket.socket], None]) -> str:
        boards.append(Board(script))
        return boards[-1].url

    yield start
    for board in boards:
        board.close()


Play = Callable[[Callable[[socket.socket], None]], str]


def hold(client: socket.socket) -> None:
    """Stay connected until the other side goes."""
    try:
        while client.recv(100):
            pass
    except OSError:
        pass


def test_a_whole_run(play: Play, tmp_path: Path) -> None:
    def script(client: socket.socket) -> None:
        for place in range(0, len(RUN), 7):
            client.sendall(RUN[place : place + 7])
        hold(client)

    seen = bytearray()
    steps: list[tuple[int, int, str]] = []
    log = tmp_path / "新 folder" / "serial.log"
    job = Job(lambda done, total, text: steps.append((done, total, text)))
    result = collect(play(script), 921600, 5, job, seen.extend, log=log, total=2)
    assert [sample.crc for sample in result.samples] == [10, 11]
    assert (result.images, result.ratio, result.finished) == (2, 0.5, True)
    assert seen == RUN == log.read_bytes()
    assert steps[-1] == (2, 2, "sample 2")


def test_done_without_a_line_end_before_the_port_closes(play: Play) -> None:
    result = collect(play(lambda client: client.sendall(RUN[:-2])), 9600, 5, Job())
    assert result.finished


def test_silence_is_an_error_with_the_last_line(play: Play, tmp_path: Path) -> None:
    def script(client: socket.socket) -> None:
        client.sendall(RUN[:30])
        hold(client)

    log = tmp_path / "serial.log"
    with pytest.raises(RunError, match=r"nothing came for 0.8 seconds; the last .*'uart ok'"):
        collect(play(script), 9600, 0.8, Job(), log=log)
    assert log.read_bytes() == RUN[:30]
    with pytest.raises(RunError, match="nothing was received"):
        collect(play(hold), 9600, 0.1, Job())


def test_a_board_that_goes_away(play: Play) -> None:
    url = play(lambda client: client.sendall(RUN[:30]))
    with pytest.raises(RunError, match=r"the port went away.*the last line was 'uart ok'"):
        collect(url, 9600, 5, Job())


def test_a_trap_is_told_instead_of_silence_or_a_closed_port(play: Play) -> None:
    def script(client: socket.socket) -> None:
        client.sendall(RUN[:30])
        hold(client)

    with pytest.raises(RunError, match=r"stopped: load from 0x30 at pool.c:42; the last"):
        collect(play(script), 9600, 20, Job(), failed=lambda: "load from 0x30 at pool.c:42")
    start = time.monotonic()
    url = play(lambda client: client.sendall(b"uart ok\r\n"))
    late = "store to 0x40"
    with pytest.raises(RunError, match="the firmware stopped: store to 0x40"):
        collect(
            url, 9600, 20, Job(), failed=lambda: late if time.monotonic() > start + 0.4 else None
        )


def test_cancel_is_honoured_in_silence(play: Play) -> None:
    start = time.monotonic()
    job = Job(cancelled=lambda: time.monotonic() > start + 0.1)
    with pytest.raises(Cancelled):
        collect(play(hold), 9600, 30, job)
    assert time.monotonic() - start < 20


def test_a_log_that_cannot_be_written(play: Play, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProjectError, match="cannot write the serial log"):
        collect(play(hold), 9600, 5, Job(), log=tmp_path / "file" / "serial.log")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PortError, match="nobody listens there"):
        Reader(f"socket://127.0.0.1:{port}", 9600).start()


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/dev/no-such-port" if sys.platform != "win32" else "COM250", "there is no such port"),
        ("nonsense://x", "cannot open the port"),
    ],
)
def test_a_port_that_does_not_exist(url: str, text: str) -> None:
    with pytest.raises(PortError, match=text) as caught:
        Reader(url, 9600).start()
    assert caught.value.where == url
    assert caught.value.hint


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are a Unix thing")
def test_a_real_port_is_read_is_busy_and_goes_away() -> None:
    board, port = os.openpty()
    name = os.ttyname(port)
    recorded = bytearray()
    with Reader(name, 115200, recorded.extend) as reader:
        os.write(board, b"hello\n")
        data = b""
        while len(data) < 6:
            data += reader.take(1)
        assert data == b"hello\n" == recorded
        reader.write(b"hi")
        assert os.read(board, 2) == b"hi"
        with pytest.raises(PortError, match="in use by another program"):
            Reader(name, 115200).start()
        os.close(port)
        os.close(board)
        reader.take(2)
        assert reader.ended
        assert reader.error is not None
        assert "went away" in reader.error.message


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("could not open port 'COM3': PermissionError(13, 'Zugriff verweigert')", "in use"),
        ("could not open port 'COM3': FileNotFoundError(2, 'nicht da')", "no such port"),
        ("Cannot configure port, something went wrong", "cannot open the port: Cannot conf"),
    ],
)
def test_what_windows_says(monkeypatch: pytest.MonkeyPatch, error: str, text: str) -> None:
    import serial  # noqa: PLC0415

    def refuse(*_args: object, **_more: object) -> object:
        raise serial.SerialException(error)

    monkeypatch.setattr(serial, "serial_for_url", refuse)
    with pytest.raises(PortError, match=text):
        Reader("COM3", 9600).start()


def test_no_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    import serial  # noqa: PLC0415

    def refuse(*_args: object, **_more: object) -> object:
        raise serial.SerialException(13, "could not open port /dev/ttyUSB0")

    monkeypatch.setattr(serial, "serial_for_url", refuse)
    with pytest.raises(PortError, match="no permission") as caught:
        Reader("/dev/ttyUSB0", 9600).start()
    assert "dialout" in caught.value.hint


def test_what_nobody_takes_is_not_read_and_not_lost(play: Play) -> None:
    sent = bytes(range(256)) * 100_000  # more than the system keeps for a socket

    def script(client: socket.socket) -> None:
        client.settimeout(20)
        client.sendall(sent)
        hold(client)

    heard = bytearray()
    with Reader(play(script), 9600, heard.extend, limit=200_000) as reader:
        end = time.monotonic() + 60
        while len(heard) < 200_000 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.1)
        assert 200_000 <= len(heard) < 400_000
        taken = bytearray()
        while len(taken) < len(sent) and time.monotonic() < end:
            taken += reader.take(1)
        assert taken == heard == sent


def test_a_reader_that_waits_for_who_takes_ends_at_once(play: Play) -> None:
    def script(client: socket.socket) -> None:
        client.sendall(bytes(1_000_000))
        hold(client)

    reader = Reader(play(script), 9600, limit=1000)
    reader.start()
    end = time.monotonic() + 30
    while reader._size < 1000 and time.monotonic() < end:
        time.sleep(0.01)
    begun = time.monotonic()
    reader.stop()
    assert time.monotonic() - begun < 4
    assert reader.ended


def test_a_run_of_more_than_one_can_show_loses_nothing(play: Play, tmp_path: Path) -> None:
    """Who shows it is slow: then the line waits, in the log and in the result is all of it."""
    line = b"sample:%06d,label:1,result:1,ratio:1.000000,crc:%08x\r\n"
    sent = b"uart ok\r\n" + b"".join(line % (n, n) for n in range(40_000)) + b"done\r\n"

    def script(client: socket.socket) -> None:
        client.settimeout(20)
        client.sendall(sent)
        hold(client)

    shown = bytearray()

    def show(data: bytes) -> None:
        if not shown:
            time.sleep(0.7)
        shown.extend(data)

    log = tmp_path / "serial.log"
    result = collect(play(script), 9600, 5, Job(), show, log=log)
    assert len(result.samples) == 40_000
    assert shown == log.read_bytes() == sent


def test_what_a_board_sends_at_once_is_not_lost(play: Play) -> None:
    """pyserial would throw away what arrives while it opens a socket."""
    for _ in range(10):
        sent = threading.Event()

        def script(client: socket.socket, sent: threading.Event = sent) -> None:
            client.sendall(b"first words")
            sent.set()
            hold(client)

        with Reader(play(script), 9600) as reader:
            assert sent.wait(30)
            data = b""
            while len(data) < 11 and not reader.ended:
                data += reader.take(1)
            assert data == b"first words"


def test_stopping_is_quick_and_may_be_repeated() -> None:
    reader = Reader("loop://", 9600)
    reader.start()
    reader.write(b"echo")
    assert reader.take(2) == b"echo"
    start = time.monotonic()
    reader.stop()
    reader.stop()
    assert time.monotonic() - start < 1
    assert reader.ended
    assert reader.take(5) == b""
