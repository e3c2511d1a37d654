"""Monitoring: connecting, losing and leaving a port, runs, recordings, and the end of it all."""

from __future__ import annotations

import contextlib
import math
import re
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.base.errors import PortError, StudioError
from studio.board.ports import Port
from studio.monitor import replay, watch
from studio.monitor.chunk import Chunk
from studio.monitor.port import Line
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.ui.monitoring import Monitoring
from studio.ui.records import Activity
from studio.ui.workspace import Workspace
from tests.e2e.serial_pairs import Desk
from tests.gui import artifacts
from tests.shared_machine import Stopwatch


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    """The computer's serial ports, which the test can change."""
    found: list[Port] = []
    monkeypatch.setattr(watch, "real_ports", lambda: tuple(found))
    return found


@pytest.fixture
def monitoring(workspace: Workspace) -> Monitoring:
    return workspace.monitoring


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Real terminals to plug in."""
    made = Desk(tmp_path)
    yield made
    made.clear()


class Board:
    """Speaks at a socket; whoever connects is taken, one after the other."""

    def __init__(self, port: int = 0) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self.number = self._server.getsockname()[1]
        self.url = f"socket://127.0.0.1:{self.number}"
        self.lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.lines.append(self._server.accept()[0])

    def prints(self, data: bytes) -> None:
        self.lines[-1].sendall(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for line in self.lines:
            line.close()


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.close()


def rows(workspace: Workspace, kind: str = "in") -> list[str]:
    live = workspace.monitoring.live
    assert live.drain()
    found = live.log.rows(live.log.first, live.log.end)
    return [row.data.decode().rstrip("\r") for row in found if row.kind == kind]


def recorded(folder: Path) -> list[list[Chunk]]:
    """The chunks of each recording there is."""
    return [list(replay.load(path).read()) for path in sorted(folder.rglob("*.cimrec"))]


def said(chunks: list[Chunk]) -> bytes:
    return b"".join(chunk.data for chunk in chunks if chunk.kind == "in")


def connected(qtbot: QtBot, monitoring: Monitoring, board: Board) -> None:
    monitoring.start(board.url)
    qtbot.waitUntil(lambda: monitoring.state == "open" and bool(board.lines))


def test_a_port_is_read_sent_to_and_recorded(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, board: Board, tmp_path: Path
) -> None:
    states: list[str] = []
    monitoring.changed.connect(lambda: states.append(monitoring.state))
    frames: list[int] = []
    monitoring.frame.connect(lambda: frames.append(monitoring.live.version))
    with pytest.raises(PortError, match="no port is open"):
        monitoring.send(b"x")
    before = time.time()
    connected(qtbot, monitoring, board)
    board.prints(b"one\r\ntwo\r\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["one", "two"])
    monitoring.send(b"go\n")
    board.lines[0].settimeout(5)
    assert board.lines[0].recv(10) == b"go\n"
    qtbot.waitUntil(lambda: rows(workspace, "out") == ["go"])
    qtbot.waitUntil(lambda: states[-1:] == ["open"])
    assert before <= monitoring.since <= time.time()
    assert (monitoring.source, monitoring.port) == ("port", board.url)
    assert not monitoring.emulated
    monitoring.stop()
    assert (monitoring.state, monitoring.source, monitoring.error) == ("closed", "", None)
    qtbot.waitUntil(lambda: rows(workspace, "note")[-1:] == ["closed"])
    assert rows(workspace) == ["one", "two"]
    assert states[0] == "opening"
    assert states[-1] == "closed"
    assert frames == sorted(set(frames))
    assert frames
    monitoring.close()
    (chunks,) = recorded(tmp_path)
    assert said(chunks) == b"one\r\ntwo\r\n"
    assert chunks[-1].data == b"closed"


def test_a_new_connection_begins_after_the_last_ones_end(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, board: Board, tmp_path: Path
) -> None:
    connected(qtbot, monitoring, board)
    board.prints(b"old\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["old"])
    epoch = monitoring.live.epoch
    second = Board()
    connected(qtbot, monitoring, second)
    second.prints(b"new\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["new"])
    assert monitoring.live.epoch == epoch + 1
    # What the first one still said, "closed", is no part of the second's text.
    assert rows(workspace, "note") == [f"opened {second.url}, 921600 8N1"]
    monitoring.close()
    second.close()
    assert {said(chunks) for chunks in recorded(tmp_path)} == {b"old\n", b"new\n"}


def test_what_cannot_be_opened_is_told_and_stays_to_be_read(
    qtbot: QtBot, monitoring: Monitoring, errors: list[StudioError], tmp_path: Path
) -> None:
    monitoring.start(str(tmp_path / "ttyUSB9"))
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert errors[0].message == "there is no such port"
    assert monitoring.error is errors[0]
    assert (monitoring.state, monitoring.active) == ("closed", False)
    (tmp_path / "file").touch()
    monitoring.start(str(tmp_path / "file"))
    assert monitoring.error is not errors[0]
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert errors[1].message == "this is no serial port"


def test_a_busy_port_names_who_has_it(
    qtbot: QtBot,
    workspace: Workspace,
    monitoring: Monitoring,
    errors: list[StudioError],
    desk: Desk,
) -> None:
    pair = desk.plug("ttyUSB0")
    other = Monitoring(workspace)
    other.start(pair.name)
    qtbot.waitUntil(lambda: other.state == "open")
    monitoring.start(pair.name)
    qtbot.waitUntil(lambda: len(errors) == 1)
    # socat has its own end open for a moment, too.
    assert re.search(r"in use by another program: .*\bthis program\b", errors[0].message)
    other.close()


def test_a_board_that_goes_is_waited_for(
    qtbot: QtBot,
    workspace: Workspace,
    monitoring: Monitoring,
    board: Board,
    errors: list[StudioError],
) -> None:
    connected(qtbot, monitoring, board)
    board.prints(b"before\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["before"])
    board.close()
    qtbot.waitUntil(lambda: monitoring.state == "lost")
    assert monitoring.error is not None
    again = Board(board.number)
    qtbot.waitUntil(lambda: monitoring.state == "open" and bool(again.lines))
    again.prints(b"after\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["before", "after"])
    assert monitoring.error is None
    assert not errors
    again.close()


def test_a_board_plugged_in_elsewhere_is_known_by_its_numbers(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, listed: list[Port], desk: Desk
) -> None:
    desk.plug("ttyUSB0")
    listed[:] = desk.listed()
    notices: list[str] = []
    workspace.notice.connect(notices.append)
    monitoring.start(listed[0].name)
    qtbot.waitUntil(lambda: monitoring.state == "open")
    desk.unplug("ttyUSB0")
    listed[:] = []
    qtbot.waitUntil(lambda: monitoring.state == "lost")
    there = desk.plug("ttyUSB1")
    listed[:] = desk.listed()
    qtbot.waitUntil(lambda: monitoring.state == "open")
    there.board.write(b"here\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["here"])
    qtbot.waitUntil(lambda: notices[-1:] == [f"{listed[0].label} is there"])
    monitoring.close()


def test_without_connecting_again_the_reason_stays(
    qtbot: QtBot,
    workspace: Workspace,
    monitoring: Monitoring,
    board: Board,
    errors: list[StudioError],
) -> None:
    workspace.target.set_reconnect(False)
    connected(qtbot, monitoring, board)
    board.close()
    qtbot.waitUntil(lambda: monitoring.state == "closed")
    assert monitoring.error is not None
    assert monitoring.error.message.startswith("the port went away")
    assert not errors


def test_the_line_is_set_while_it_is_open(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring
) -> None:
    workspace.target.set_line(baud=31250, dtr=True)
    monitoring.start("loop://")
    qtbot.waitUntil(lambda: monitoring.state == "open")
    connection = monitoring.connection
    assert connection is not None
    assert connection.line == Line(31250, dtr=True)
    workspace.target.set_line(parity="even", rts=True)
    qtbot.waitUntil(lambda: connection.line == Line(31250, parity="even", dtr=True, rts=True))
    assert monitoring.baud == 31250
    qtbot.waitUntil(lambda: rows(workspace, "note")[-1] == "31250 8E1, DTR on, RTS on")
    workspace.target.set_encoding("gbk")
    assert monitoring.live.drain()
    assert monitoring.live.encoding == "gbk"


def test_nothing_of_a_replay_that_ended_comes_after_what_follows_it(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, tmp_path: Path
) -> None:
    """It waits for room when it is ended; there is room only when other things are read."""
    with Recorder(tmp_path / "old", Header("COM3")) as recorder:
        for number in range(40):
            recorder.write(Chunk(1.0 + number, b"old\n" * (1 << 18)))
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go_on.wait(10.0)

    monitoring.live._do(hold)
    assert held.wait(30)
    monitoring.play(replay.load(recorder.files[0]), math.inf)
    qtbot.waitUntil(lambda: monitoring.live.waiting > 6 << 20)
    player = monitoring._player
    assert player is not None
    monitoring.begin_run("")
    monitoring.lease.wait()
    go_on.set()
    monitoring.add(b"new\n")
    assert player._thread is not None
    player._thread.join(30)
    assert rows(workspace) == ["new"]
    monitoring.end_run()


# -- runs


def test_a_run_is_shown_and_recorded_without_a_port(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, tmp_path: Path
) -> None:
    monitoring.live.put(Chunk(1.0, b"old\n"))
    monitoring.begin_run("")
    assert (monitoring.source, monitoring.state) == ("run", "closed")
    monitoring.lease.wait()
    monitoring.add(b"sample:0,label:1,result:1\n")
    assert monitoring.refusal("loop://") == "A run is going on."
    monitoring.start("loop://")
    assert not monitoring.active
    monitoring.end_run()
    assert monitoring.source == ""
    assert rows(workspace) == ["sample:0,label:1,result:1"]
    monitoring.close()
    (chunks,) = recorded(tmp_path)
    assert said(chunks) == b"sample:0,label:1,result:1\n"


def test_samples_are_held_against_the_simulator(
    workspace: Workspace, monitoring: Monitoring
) -> None:
    qnetwork = artifacts.qnetwork()
    simulation = artifacts.simulation()
    workspace.set_qnetwork(qnetwork)
    workspace.set_simulation(simulation)
    monitoring.begin_run("")
    right = zlib.crc32(bytes(simulation.outputs[0].shape[-1]))
    assert simulation.predictions is not None
    result = simulation.predictions[0]
    monitoring.add(f"sample:0,label:1,result:{result},crc:{right:08x}\n".encode())
    monitoring.add(f"sample:1,label:1,result:{result},crc:{right ^ 1:08x}\n".encode())
    assert monitoring.live.drain()
    figures = monitoring.live.store.figures()
    assert (figures.samples, figures.exact.right, figures.exact.n) == (2, 1, 2)
    assert figures.agreement.right == 1
    monitoring.end_run()


def test_the_port_is_left_to_a_run_and_comes_back(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, board: Board, tmp_path: Path
) -> None:
    connected(qtbot, monitoring, board)
    board.prints(b"before\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["before"])
    epoch = monitoring.live.epoch
    monitoring.begin_run(board.url)
    lease = monitoring.lease
    waiting = threading.Thread(target=lease.wait)
    waiting.start()
    qtbot.waitUntil(lambda: not waiting.is_alive())
    assert monitoring.state == "yielded"
    qtbot.waitUntil(lambda: board.lines[0].recv(1) == b"")  # closed
    monitoring.add(b"of the run\n")
    assert rows(workspace) == ["of the run"]
    assert monitoring.live.epoch == epoch + 1
    assert monitoring.source == "port"
    monitoring.end_run()
    qtbot.waitUntil(lambda: monitoring.state == "open" and len(board.lines) == 2)
    board.prints(b"after\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["of the run", "after"])
    monitoring.close()
    (chunks,) = recorded(tmp_path)
    assert said(chunks) == b"before\nof the run\nafter\n"
    assert b"left to the run" in [chunk.data for chunk in chunks]


def test_another_port_is_closed_for_a_run(
    qtbot: QtBot, monitoring: Monitoring, board: Board
) -> None:
    connected(qtbot, monitoring, board)
    monitoring.begin_run("")
    assert monitoring.connection is None
    lease = monitoring.lease
    lease.wait()  # only when the port was closed
    assert board.lines[0].recv(1) == b""
    monitoring.end_run()
    assert monitoring.state == "closed"


def test_a_run_waits_for_a_port_that_is_being_closed(
    qtbot: QtBot, monitoring: Monitoring, board: Board
) -> None:
    connected(qtbot, monitoring, board)
    monitoring.stop()
    monitoring.begin_run(board.url)
    monitoring.lease.wait()
    assert board.lines[0].recv(1) == b""
    monitoring.end_run()


def test_the_port_is_left_until_what_was_asked_for_is_done(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, board: Board
) -> None:
    connected(qtbot, monitoring, board)
    done: list[str] = []
    monitoring.leave_until_idle("the check of layers", lambda: done.append(monitoring.state))
    qtbot.waitUntil(lambda: done == ["yielded"])
    # What ran before is ended first: nothing runs for a moment.
    workspace.set_activity(Activity(text="Cancelling…"))
    workspace.set_activity(Activity("compare", quiet=True))
    workspace.set_activity(Activity())
    assert monitoring.state == "yielded"
    workspace.set_activity(Activity("check"))
    workspace.set_activity(Activity("check", 0.5))
    assert monitoring.state == "yielded"
    workspace.set_activity(Activity())
    qtbot.waitUntil(lambda: monitoring.state == "open")
    assert done == ["yielded"]


def test_without_a_port_nothing_waits(monitoring: Monitoring) -> None:
    done: list[bool] = []
    monitoring.leave_until_idle("the check of layers", lambda: done.append(True))
    assert done == [True]


def test_closing_while_the_port_is_left_ends_all_threads(
    qtbot: QtBot, monitoring: Monitoring, board: Board
) -> None:
    before = set(threading.enumerate())
    connected(qtbot, monitoring, board)
    monitoring.begin_run(board.url)
    monitoring.lease.wait()
    watch = Stopwatch()
    monitoring.close()
    assert watch.seconds < 1.5
    qtbot.waitUntil(lambda: not _ours(before))


def test_closing_while_connected_ends_all_threads(
    qtbot: QtBot, monitoring: Monitoring, board: Board, tmp_path: Path
) -> None:
    before = set(threading.enumerate())
    connected(qtbot, monitoring, board)
    board.prints(b"last words\n")
    qtbot.waitUntil(lambda: rows(monitoring._workspace) == ["last words"])
    watch = Stopwatch()
    monitoring.close()
    assert watch.seconds < 1.5
    assert not _ours(before)
    (chunks,) = recorded(tmp_path)
    assert said(chunks) == b"last words\n"


def _ours(before: set[threading.Thread]) -> list[str]:
    """Threads of the monitor's that were not there before."""
    names = ("read", "write", "port", "lease", "ports", "recorder", "monitor")
    now = [thread for thread in threading.enumerate() if thread not in before]
    return [thread.name for thread in now if thread.name.startswith(names)]


def test_connecting_ends_a_replay(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, board: Board, tmp_path: Path
) -> None:
    with Recorder(tmp_path / "kept", Header("COM7", 9600)) as recorder:
        for step in range(100):
            recorder.write(Chunk(100.0 + step, b"replayed\n"))
    (path,) = tmp_path.glob("*.cimrec")
    monitoring.play(replay.load(path))
    qtbot.waitUntil(lambda: rows(workspace)[:1] == ["replayed"])
    assert monitoring.source == "replay"
    connected(qtbot, monitoring, board)
    assert monitoring.source == "port"
    assert monitoring.replay is None
    board.prints(b"live\n")
    qtbot.waitUntil(lambda: rows(workspace) == ["live"])


def test_recording_can_be_switched_off(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, board: Board, tmp_path: Path
) -> None:
    workspace.settings = replace(workspace.settings, record=False)
    connected(qtbot, monitoring, board)
    monitoring.close()
    assert recorded(tmp_path) == []
