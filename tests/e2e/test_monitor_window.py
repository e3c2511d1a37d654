"""The whole program against lines that behave badly: nothing lost, nothing left behind.

The program runs in a process of its own; boards are terminals of socat, sockets and the emulator.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.base import paths
from studio.emulator.client import Emulator
from studio.monitor import packets
from tests.e2e.serial_pairs import Desk, Pair, until
from tests.e2e.window_program import Program, digest
from tests.unit.test_emulator_elf import build

EXAMPLE = paths.resource("examples", "digits", "digits.onnx")
# Says what it is, then echoes.
OLD = 'int main(void) { print("old\\n"); for (;;) if (REG(UART + 0x14) & 1) put(REG(UART)); }'


@pytest.fixture(scope="module", autouse=True)
def _terminals() -> None:
    if shutil.which("socat") is None:
        pytest.skip("no socat on this machine: it joins two terminals")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One program for most of these tests."""
    made = Program(tmp_path_factory.mktemp("window") / "用户 home")
    yield made
    if made.process.poll() is None:
        made.kill()


@pytest.fixture
def program(started: Program) -> Iterator[Program]:
    """Not connected, and with no text yet; nothing may have been lost on the way."""
    if started.state() not in ("", "Not connected"):
        started.disconnect()
    yield started
    counts = started.counts()
    assert (counts["lost"], counts["dropped"], counts["errors"]) == (0, 0, [])


@pytest.fixture
def desk(program: Program, tmp_path: Path) -> Iterator[Plugs]:
    made = Plugs(tmp_path, program)
    yield made
    made.clear()
    made.tell()


class Plugs(Desk):
    """A desk whose ports the program lists."""

    def __init__(self, folder: Path, program: Program) -> None:
        super().__init__(folder)
        self._program = program

    def plug(self, name: str, number: str | None = "A1") -> Pair:
        pair = super().plug(name, number)
        self.tell()
        return pair

    def unplug(self, name: str) -> None:
        super().unplug(name)
        self.tell()

    def tell(self) -> None:
        self._program.plug(*((port.name, port.serial) for port in self.ports.values()))

    def connected(self, name: str) -> Pair:
        """A board that is plugged in, and to which the program is connected."""
        pair = self.plug(name)
        assert until(lambda: self._program.listed(pair.name))
        self._program.connect(pair.name)
        return pair


class Board:
    """A board behind a socket, which reads only when it is asked to."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"

    def take(self) -> socket.socket:
        """The line of who has connected."""
        return self._server.accept()[0]

    def close(self) -> None:
        self._server.close()


class Stream(threading.Thread):
    """Lines of values into a terminal at three megabytes a second, until told to stop."""

    PIECE = b"".join(b"temp:%d.5\r\nx:%d,y:%d\r\n" % (n % 40, n % 97, n) for n in range(20_000))

    def __init__(self, pair: Pair) -> None:
        super().__init__(daemon=True)
        self.sent = 0
        self.going = True
        self._file = pair.board.fileno()
        self.start()

    def run(self) -> None:
        begun, size = time.monotonic(), 1 << 14
        with contextlib.suppress(OSError):  # where the terminal is gone
            while self.going:
                while self.sent > 3e6 * (time.monotonic() - begun):
                    time.sleep(0.002)
                begin = self.sent % len(self.PIECE)
                try:
                    self.sent += os.write(self._file, self.PIECE[begin : begin + size])
                except BlockingIOError:  # the terminal is full
                    time.sleep(0.002)

    def stop(self) -> None:
        self.going = False
        self.join()

    @classmethod
    def first(cls, size: int) -> bytes:
        """The first ``size`` bytes of what it sends."""
        return (cls.PIECE * (size // len(cls.PIECE) + 1))[:size]


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.close()


def shows(program: Program, end: str) -> bool:
    """Whether the terminal soon ends with that."""
    return until(lambda: program.text().rstrip().endswith(end))


def check(program: Program, sent: bytes, what: str) -> None:
    """Disconnect: the recording must have exactly what was sent."""
    assert until(lambda: program.counts()["received"] == len(sent)), what
    program.disconnect()
    assert digest(program.recorded()) == digest(sent)


def test_text_values_and_sending(program: Program, desk: Plugs) -> None:
    pair = desk.connected("first")
    program.enter("connection-baud", "921600")
    sent = b"".join(b"temp: %d.5\r\nx=%d,y=%d\r\n" % (n, n, -n) for n in range(200))
    pair.board.write(sent)
    assert shows(program, "x=199,y=-199")
    assert until(lambda: program.last("temp") == [200, 199.5])
    assert program.last("y") == [200, -199.0]
    assert until(lambda: program.chips() == {"name: value": "200", "name=value": "200"})
    program.enter("send-text", "hello board")
    assert pair.board.read(12) == b"hello board\n"
    assert until(lambda: program.counts()["sent"] == 12)
    assert until(lambda: "400 lines" in program.label("terminal-counts"))
    assert until(lambda: "12 B sent" in program.label("terminal-counts"))
    check(program, sent, "text")
    assert program.recorded("out") == b"hello board\n"
    assert "921600" in program.recorded("note").decode()


def test_unplugged_and_back_under_another_name(program: Program, desk: Plugs) -> None:
    pair = desk.connected("before")
    sent = b"level=1\nhalf a li"
    pair.board.write(sent)
    assert until(lambda: program.counts()["received"] == len(sent))
    desk.unplug("before")
    assert until(lambda: program.state() == "Lost, waiting for it")
    time.sleep(0.3)  # it is looked for meanwhile
    again = desk.plug("after")
    assert until(lambda: program.state().startswith("Open since"))
    assert program.counts()["port"] == again.name
    more = b"level=2\n"
    again.board.write(more)
    assert shows(program, "level=2")
    assert until(lambda: program.last("level") == [2, 2.0])
    check(program, sent + more, "both")


def test_garbage_halves_and_wrong_checksums(program: Program, desk: Plugs) -> None:
    pair = desk.connected("noisy")
    noise = random.Random(7).randbytes(1 << 19)
    pair.board.write(noise)
    assert until(lambda: program.counts()["received"] == len(noise))
    good = packets.encode(packets.FEATURES, bytes(range(40)), to_board=False)
    half = b"\n" + good[:30]
    pair.board.write(half)
    time.sleep(1.2)  # a second later it counts as text
    program.click("terminal-clear")
    assert until(lambda: program.counts()["damaged"] == 0)
    bad = good[:-1] + bytes([good[-1] ^ 1])
    rest = b"\nrate: 1\n" + bad + bad + b"\nrate: 2\n" + bad + good + b"rate: 3\n"
    pair.board.write(rest)
    assert until(lambda: program.last("rate") == [3, 3.0]), program.last("rate")
    assert program.counts()["damaged"] == 3
    assert until(lambda: program.chips().get("damaged") == "3"), program.chips()
    assert "1" in program.chips().values()  # the good packet
    assert until(lambda: program.label("terminal-wrong") == "3 errors")
    check(program, noise + half + rest, "noise")


def test_a_window_that_is_busy_loses_nothing(program: Program, desk: Plugs) -> None:
    pair = desk.connected("quick")
    stream = Stream(pair)
    time.sleep(0.5)
    program.hold(1.5)
    assert until(lambda: stream.sent > 2e6)
    stream.stop()
    check(program, stream.first(stream.sent), "all")


def test_a_board_that_never_reads(program: Program, board: Board, tmp_path: Path) -> None:
    file = tmp_path / "文件 big.bin"
    file.write_bytes(bytes(40 << 20))
    program.connect(board.url)
    with board.take() as line:
        program.send_file(str(file))
        assert until(lambda: program.counts()["sent"] > 1e5)
        sent = b"".join(b"n=%d\n" % number for number in range(1000))
        line.sendall(sent)
        assert until(lambda: program.last("n") == [1000, 999.0])
        assert program.counts()["sent"] < 40 << 20
        check(program, sent, "while sending")


def test_the_emulator_and_a_deploy_on_the_port_that_is_read(
    program: Program, tmp_path: Path
) -> None:
    program.offer(str(EXAMPLE))
    assert until(lambda: program.deployed()[0] == "IDLE" and program.deployed()[2])
    program.choose("")
    program.click("deploy")
    assert until(lambda: "run done" in program.deployed(), 60.0)
    first = program.deployed()[1]
    samples, differing, _accuracy = first.split()
    assert (int(samples) > 100, differing) == (True, "0")
    printed = (Path(program.deployed()[2]) / "serial.log").read_bytes()
    assert until(lambda: digest(program.recorded()) == digest(printed))
    program.show_monitor()

    program.connect("")
    assert until(lambda: program.counts()["samples"] == int(samples))
    assert shows(program, "done")
    assert until(lambda: program.chips().get("samples") == samples)
    program.enter("send-text", "anybody")
    assert until(lambda: program.counts()["sent"] == 8)
    program.click("deploy")
    assert until(lambda: program.deployed()[0] == "RUNNING")
    assert until(lambda: program.deployed()[0] in ("IDLE", "ASKING"), 60.0)
    assert until(lambda: program.state().startswith("Open since"))
    assert until(lambda: program.counts()["received"] == len(printed))
    program.disconnect()
    first_heard, run_again, heard_again = program.recordings[-3:]
    assert digest(program.recorded(path=run_again)) == digest(printed)
    assert digest(program.recorded(path=heard_again)) == digest(printed)
    assert digest(program.recorded(path=first_heard)) == digest(printed)
    assert program.recorded("out", path=first_heard) == b"anybody\n"

    if shutil.which("gdb-multiarch") is None:
        pytest.skip("no GDB for RISC-V on this machine")
    weights = Path(program.deployed()[2]) / "map"
    old = build(tmp_path / "板 board", OLD)
    with Emulator(old, weights, gdb=0, wait=False) as played:
        program.set(
            {
                "download": "server",
                "debug_server": f"localhost:{played.gdb_port}",
                "gdb": str(shutil.which("gdb-multiarch")),
                "weights": "never",
            }
        )
        program.connect(played.url)
        assert shows(program, "old")
        states = []
        program.click("deploy")
        assert until(lambda: program.deployed()[0] == "RUNNING")

        def over() -> bool:
            states.append(program.state())
            return program.deployed()[0] in ("IDLE", "ASKING") and states[-1].startswith("Open")

        assert until(over, 60.0)
        assert "Left to the run" in states
        assert program.deployed()[1] == first
        assert program.counts()["samples"] == int(samples)
        program.disconnect()
        assert digest(program.recorded()) == digest(b"old\n" + printed)


def test_at_its_end_nothing_is_left(started: Program) -> None:
    assert started.ended() == 0
    assert not processes(started.home)


def reading(program: Program, stack: contextlib.ExitStack) -> None:
    """Three megabytes a second come."""
    pair = Pair(program.home, "board")
    stack.callback(pair.unplug)
    program.plug((pair.name, "A1"))
    assert until(lambda: program.listed(pair.name))
    program.connect(pair.name)
    stack.callback(Stream(pair).stop)
    assert until(lambda: program.counts()["received"] > 1e6)


def lost(program: Program, stack: contextlib.ExitStack) -> None:
    """The board is gone."""
    pair = Pair(program.home, "board")
    program.plug((pair.name, "A1"))
    assert until(lambda: program.listed(pair.name))
    program.connect(pair.name)
    pair.unplug()
    program.plug()
    assert until(lambda: program.state() == "Lost, waiting for it")


def opening(program: Program, stack: contextlib.ExitStack) -> None:
    """An address that never answers: a server that takes nobody, and whose queue is full."""
    server = stack.enter_context(socket.socket())
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    for _ in range(3):
        waiting = stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(server.getsockname())
    program.connect(f"socket://127.0.0.1:{server.getsockname()[1]}", "Opening…")


def playing(program: Program, stack: contextlib.ExitStack) -> None:
    """A recording is played."""
    reading(program, stack)
    program.disconnect()
    program.offer(str(program.newest))
    assert until(lambda: program.state() == "Playing a recording")


@pytest.mark.parametrize("begin", [reading, lost, opening, playing])
def test_closing_ends_everything(
    begin: Callable[[Program, contextlib.ExitStack], None], tmp_path: Path
) -> None:
    program = Program(tmp_path / "home")
    with contextlib.ExitStack() as stack:
        stack.callback(program.kill)
        begin(program, stack)
        assert program.ended() == 0
        assert not processes(program.home)


def test_killed_while_it_records(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    with contextlib.ExitStack() as stack:
        stack.callback(program.kill)
        reading(program, stack)
        assert until(lambda: program.counts()["received"] > 2e6)
        before = program.counts()["received"]
        time.sleep(1.0)  # it is on the disk half a second later
        program.kill()
        found = program.recorded()
    assert len(found) >= before
    assert digest(found) == digest(Stream.first(len(found)))
    assert not processes(program.home)


def processes(home: Path) -> list[str]:
    """Commands of the processes that were started with that home, and have not ended soon."""

    def found() -> list[str]:
        mark, told = f"HOME={home}".encode(), []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    told.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return told

    until(lambda: not found(), 30.0)
    return found()
