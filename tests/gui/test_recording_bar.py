"""Recording what a board says, and playing it again."""

from __future__ import annotations

import math
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.base.errors import StudioError
from studio.monitor.chunk import Chunk
from studio.monitor.port import Line
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header, read
from studio.monitor.replay import load
from studio.ui import recordings, theme
from studio.ui.cards import Elided
from studio.ui.player_row import Track
from studio.ui.recording_bar import RecordingBar
from studio.ui.recording_menu import RecordingMenu
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts, light

NOW = 1_795_000_000.0


class Board:
    """Listens on a socket, as an adapter does; ``say`` sends."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._accepted = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        self._connection, _ = self._server.accept()
        self._accepted.set()

    def say(self, data: bytes) -> None:
        assert self._accepted.wait(30)
        self._connection.sendall(data)

    def close(self) -> None:
        self._server.close()
        if self._accepted.is_set():
            self._connection.close()


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.close()


@pytest.fixture
def bar(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> RecordingBar:
    workspace.settings = replace(workspace.settings, recordings=str(tmp_path / "录音 1"))
    made = RecordingBar(workspace)
    qtbot.addWidget(made)
    made.resize(700, 60)
    return made


@pytest.fixture
def ten(tmp_path: Path) -> Path:
    """Ten seconds with a value in each, as a recording."""
    header = Header("COM10", 921600, "2026-11-21T17:30:00+01:00", "数字", "1a2b3c4d")
    with Recorder(tmp_path / "ten", header) as recorder:
        for second in range(11):
            recorder.write(Chunk(NOW + second, b"value: %d\n" % second))
    return recorder.files[0]


def state(bar: RecordingBar) -> str:
    (label,) = bar.findChildren(QLabel, "recording-state")
    return label.text()


def whole(bar: RecordingBar, name: str) -> str:
    (label,) = bar.findChildren(Elided, f"recording-{name}")
    return "" if label.isHidden() else label.whole


def button(bar: QWidget, name: str) -> QToolButton:
    (found,) = bar.findChildren(QToolButton, name)
    return found


def values(workspace: Workspace, name: str = "value") -> list[float]:
    live = workspace.monitoring.live
    assert live.drain()
    series = live.store.snapshot().series.get(name)
    return [] if series is None else list(map(float, series.view.values))


def press(bar: RecordingBar, name: str) -> None:
    button(bar, name).click()


def recorded(qtbot: QtBot, workspace: Workspace, board: Board, data: bytes) -> Path:
    """Connect, have the board say something, and disconnect."""
    monitoring = workspace.monitoring
    monitoring.start(board.url, Line(115200))
    qtbot.waitUntil(lambda: monitoring.state == "open")
    board.say(data)
    qtbot.waitUntil(lambda: artifacts.said(workspace) == data)
    tape = monitoring.tape
    assert tape is not None
    qtbot.waitUntil(lambda: tape.path is not None)
    path = tape.path
    assert path is not None
    monitoring.stop()
    qtbot.waitUntil(lambda: load(path).complete)
    return path


def test_replayed_is_what_was_recorded(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board
) -> None:
    data = artifacts.serial(200) + b"value: 1\nvalue: 2.5\n\xff\x00noise\n"
    assert bar.isHidden()
    path = recorded(qtbot, workspace, board, data)
    assert path.parent == recordings.folder(workspace)
    monitoring = workspace.monitoring
    first, figures = values(workspace), monitoring.live.store.figures()
    times = monitoring.live.store.snapshot().series["value"].view.times
    assert state(bar) == "Recorded"
    assert whole(bar, "name") == path.with_suffix("").stem
    monitoring.live.clear()
    monitoring.open_recording(path)
    qtbot.waitUntil(lambda: monitoring.replay is not None and not monitoring.playing)
    assert values(workspace) == first == [1.0, 2.5]
    assert artifacts.said(workspace) == data
    again = monitoring.live.store.figures()
    assert (again.samples, again.accuracy) == (figures.samples, figures.accuracy)
    assert again.samples == 200
    assert (monitoring.live.store.snapshot().series["value"].view.times == times).all()


def test_the_line_tells_of_the_recording(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board
) -> None:
    monitoring = workspace.monitoring
    monitoring.start(board.url, Line(115200))
    board.say(b"x" * 3000)
    qtbot.waitUntil(lambda: state(bar) == "Recording")
    (facts,) = bar.findChildren(QLabel, "recording-facts")
    qtbot.waitUntil(lambda: facts.text().startswith("3.") and " kB · 0:0" in facts.text())
    tape = monitoring.tape
    assert tape is not None and tape.path is not None
    (name,) = bar.findChildren(Elided, "recording-name")
    assert name.whole == tape.path.with_suffix("").stem
    assert name.toolTip() == str(tape.path)


def test_in_a_low_place_it_is_there_for_a_replay_only(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board
) -> None:
    path = recorded(qtbot, workspace, board, b"value:1\r\n")
    assert not bar.isHidden()
    bar.set_low(True)
    assert bar.isHidden()
    workspace.monitoring.open_recording(path)
    qtbot.waitUntil(lambda: not bar.isHidden())
    workspace.monitoring.stop_replay()
    qtbot.waitUntil(bar.isHidden)
    bar.set_low(False)
    assert not bar.isHidden()


def test_recording_can_be_turned_off_and_on_meanwhile(
    qtbot: QtBot,
    workspace: Workspace,
    bar: RecordingBar,
    board: Board,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slowly(recorder: Recorder) -> None:
        time.sleep(0.2)  # the disk has other things to do
        close(recorder)

    close = Recorder.close
    monkeypatch.setattr(Recorder, "close", slowly)
    monitoring = workspace.monitoring
    (menu,) = bar.findChildren(RecordingMenu)
    monitoring.start(board.url, Line(115200))
    board.say(b"first\n")
    qtbot.waitUntil(lambda: artifacts.said(workspace) == b"first\n")
    qtbot.waitUntil(lambda: monitoring.recorder is not None)
    tape = monitoring.tape
    assert tape is not None and tape.path is not None
    first = tape.path
    menu.record.trigger()
    assert not workspace.settings.record
    assert state(bar) == "Not recorded"
    qtbot.waitUntil(lambda: monitoring.recorder is None)
    assert load(first).complete
    board.say(b"second\n")
    qtbot.waitUntil(lambda: artifacts.said(workspace) == b"first\nsecond\n")
    menu.record.trigger()
    qtbot.waitUntil(lambda: monitoring.recorder is not None)
    assert state(bar) == "Recording"
    board.say(b"third\n")
    qtbot.waitUntil(lambda: artifacts.said(workspace).endswith(b"third\n"))
    monitoring.stop()
    second = tape.path
    assert second != first
    qtbot.waitUntil(lambda: load(second).complete)
    assert b"".join(each.data for each in read(first) if each.kind == "in") == b"first\n"
    assert b"".join(each.data for each in read(second) if each.kind == "in") == b"third\n"


def test_a_folder_one_cannot_write_to_is_told(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    workspace.settings = replace(workspace.settings, recordings=str(tmp_path / "taken" / "in"))
    workspace.monitoring.start(board.url, Line(115200))
    qtbot.waitUntil(lambda: "cannot record" in whole(bar, "trouble"))
    assert state(bar) == "Not recorded"
    (trouble,) = bar.findChildren(Elided, "recording-trouble")
    assert "Choose a folder" in trouble.toolTip()
    board.say(b"value: 7\n")
    qtbot.waitUntil(lambda: values(workspace) == [7.0])  # it goes on all the same


def test_nothing_is_kept_of_a_port_that_said_nothing(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board
) -> None:
    monitoring = workspace.monitoring
    monitoring.start(board.url, Line(115200))
    qtbot.waitUntil(lambda: monitoring.state == "open" and monitoring.recorder is not None)
    tape = monitoring.tape
    assert tape is not None and tape.path is not None
    path = tape.path
    monitoring.stop()
    qtbot.waitUntil(lambda: not path.exists() and tape.path is None)
    qtbot.waitUntil(bar.isHidden)


def test_lost_bytes_are_told(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board
) -> None:
    monitoring = workspace.monitoring
    monitoring.start(board.url, Line(115200))
    qtbot.waitUntil(lambda: monitoring.recorder is not None)
    recorder = monitoring.recorder
    assert recorder is not None
    recorder.lost = 5000
    qtbot.waitUntil(lambda: whole(bar, "trouble") == "5.0 kB lost: the disk is too slow")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps what is open")
def test_a_deleted_folder_is_told_and_made_again(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board
) -> None:
    monitoring = workspace.monitoring
    monitoring.start(board.url, Line(115200))
    board.say(b"before\n")
    qtbot.waitUntil(lambda: artifacts.said(workspace) == b"before\n")
    qtbot.waitUntil(lambda: monitoring.recorder is not None and monitoring.recorder.flush())
    tape = monitoring.tape
    assert tape is not None and tape.path is not None
    first = tape.path
    shutil.rmtree(first.parent)
    board.say(b"after\n")
    qtbot.waitUntil(lambda: whole(bar, "trouble").startswith("Its file was deleted"))
    assert state(bar) == "Recording"
    monitoring.stop()
    second = tape.path
    assert second != first
    qtbot.waitUntil(lambda: load(second).complete)
    assert b"".join(each.data for each in read(second) if each.kind == "in") == b"after\n"
    qtbot.waitUntil(lambda: state(bar) == "Recorded")


def test_turned_off_and_on_at_once_keeps_what_was_recorded(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, board: Board
) -> None:
    monitoring = workspace.monitoring
    (menu,) = bar.findChildren(RecordingMenu)
    monitoring.start(board.url, Line(115200))
    board.say(b"first\n")
    qtbot.waitUntil(lambda: monitoring.recorder is not None and monitoring.recorder.flush())
    qtbot.waitUntil(lambda: artifacts.said(workspace) == b"first\n")
    tape = monitoring.tape
    assert tape is not None and tape.path is not None
    first = tape.path
    go_on = threading.Event()
    tape._order.do(lambda: go_on.wait(10.0))  # a disk that takes its time
    menu.record.trigger()
    menu.record.trigger()
    go_on.set()
    qtbot.waitUntil(lambda: tape.path not in (None, first))
    assert tape.seconds >= 0
    monitoring.stop()
    assert b"".join(each.data for each in read(first) if each.kind == "in") == b"first\n"


def test_what_found_no_room_before_there_was_a_file_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(recordings, "_WAITING", 1000)
    workspace.settings = replace(workspace.settings, recordings=str(tmp_path))
    go_on = threading.Event()
    monkeypatch.setattr(
        "studio.monitor.recording.new_path",
        lambda *_: go_on.wait(10) and tmp_path / "late",
    )
    tape = recordings.Tape(workspace, "COM3", 115200)
    for _ in range(3):
        tape.write(Chunk(1.0, b"x" * 400))
    assert tape.lost == 400
    go_on.set()
    tape.close()
    assert tape.size == 800


def test_play_pause_and_speed(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, ten: Path
) -> None:
    monitoring = workspace.monitoring
    monitoring.play(load(ten), 10.0)
    qtbot.waitUntil(lambda: len(values(workspace)) >= 3)
    assert state(bar) == "Replay"
    assert whole(bar, "name") == "COM10 · 数字 · tag 1a2b3c4d · 2026-11-21 17:30"
    assert button(bar, "replay-play").accessibleName() == "Pause"
    press(bar, "replay-play")
    replay = monitoring.replay
    assert replay is not None and replay.paused
    assert button(bar, "replay-play").accessibleName() == "Play"
    seen = len(values(workspace))
    qtbot.wait(250)
    assert len(values(workspace)) <= seen + 1 < 11
    (speed,) = bar.findChildren(QComboBox, "replay-speed")
    assert speed.currentText() == "10×"
    speed.setCurrentIndex(speed.count() - 1)
    speed.activated.emit(speed.count() - 1)
    assert math.isinf(replay.speed)
    press(bar, "replay-play")
    qtbot.waitUntil(lambda: values(workspace) == list(range(11)))
    qtbot.waitUntil(lambda: button(bar, "replay-play").accessibleName() == "Play")
    (times,) = bar.findChildren(QLabel, "replay-times")
    qtbot.waitUntil(lambda: times.text() == "0:10.0 / 0:10.0")
    press(bar, "replay-play")  # from the beginning
    qtbot.waitUntil(lambda: not monitoring.playing and values(workspace) == list(range(11)))


def test_the_slider_seeks(qtbot: QtBot, workspace: Workspace, bar: RecordingBar, ten: Path) -> None:
    monitoring = workspace.monitoring
    monitoring.play(load(ten), math.inf)
    qtbot.waitUntil(lambda: not monitoring.playing and len(values(workspace)) == 11)
    (track,) = bar.findChildren(Track)
    qtbot.waitUntil(lambda: track.value() == track.maximum() == 10_000)
    place = track.rect().center()
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: values(workspace)[-1:] == [10.0] and values(workspace)[0] in (5, 6))
    replay = monitoring.replay
    assert replay is not None
    replay.pause()
    monitoring.seek(NOW + 8)
    qtbot.waitUntil(lambda: values(workspace) == [8.0])  # paused, yet one sees where one is
    qtbot.waitUntil(lambda: track.value() == 8000)
    qtbot.keyClick(track, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: values(workspace) == [0.0])


def test_closing_goes_back(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, ten: Path
) -> None:
    monitoring = workspace.monitoring
    monitoring.play(load(ten), 1.0)
    qtbot.waitUntil(lambda: not button(bar, "replay-close").isHidden())
    press(bar, "replay-close")
    assert monitoring.replay is None and monitoring.source == ""
    assert bar.isHidden()  # nothing was recorded


def test_a_cut_recording_says_so(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, ten: Path
) -> None:
    ten.write_bytes(ten.read_bytes()[:-40])
    workspace.monitoring.open_recording(ten)
    qtbot.waitUntil(lambda: "cut" in whole(bar, "trouble"))
    assert values(workspace) == list(range(11))


def test_what_is_no_recording_is_told(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, tmp_path: Path, errors: list[StudioError]
) -> None:
    path = tmp_path / "x.cimrec"
    path.write_bytes(b"PK\x03\x04 no recording at all")
    workspace.monitoring.open_recording(path)
    qtbot.waitUntil(lambda: bool(errors))
    assert "not a recording" in errors[0].message
    assert workspace.monitoring.opening is None and bar.isHidden()


def test_a_recording_that_goes_away_while_it_plays_is_told(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, ten: Path, errors: list[StudioError]
) -> None:
    recording = load(ten)
    ten.unlink()
    workspace.monitoring.play(recording, 1.0)
    qtbot.waitUntil(lambda: bool(errors))
    assert workspace.monitoring.replay is None


def test_a_saved_file_is_told(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, tmp_path: Path
) -> None:
    workspace.monitoring.saved.emit(tmp_path / "a & <b>.csv")
    (told,) = bar.findChildren(Elided, "saved-text")
    assert told.isVisible() and told.whole == "Saved a & <b>.csv"
    press(bar, "saved-close")
    assert not told.isVisible()


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_into_a_narrow_panel(
    qtbot: QtBot,
    themed: QApplication,
    workspace: Workspace,
    bar: RecordingBar,
    ten: Path,
    dark: bool,
) -> None:
    theme.install(themed, dark=dark)
    workspace.monitoring.play(load(ten), math.inf)
    qtbot.waitUntil(lambda: state(bar) == "Replay")
    bar.resize(300, bar.height())
    assert bar.minimumSizeHint().width() <= 300


# -- the whole window


@pytest.fixture
def window(qtbot: QtBot, workspace: Workspace, runner: TaskRunner, tmp_path: Path) -> MainWindow:
    made = MainWindow(workspace, runner, light.PANELS, tmp_path / "window.log")
    qtbot.addWidget(made)
    made.show()
    return made


def drop(window: MainWindow, paths: list[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    window.dropEvent(QDropEvent(QPointF(9, 9), action, mime, button, none))


def test_a_dropped_recording_opens_without_a_model(
    qtbot: QtBot, workspace: Workspace, window: MainWindow, ten: Path
) -> None:
    assert not window.docks.isVisible()
    drop(window, [ten])
    qtbot.waitUntil(lambda: workspace.monitoring.replay is not None)
    qtbot.waitUntil(lambda: values(workspace) == list(range(11)))
    assert window.docks.isVisible() and workspace.model is None
    assert ten.name in window.windowTitle()
    assert window.actions_.close_project.isEnabled()
    window.actions_.close_project.trigger()
    assert workspace.monitoring.replay is None
    assert not window.docks.isVisible()
    assert not window.actions_.close_project.isEnabled()


def test_files_of_one_recording_are_one(
    qtbot: QtBot, workspace: Workspace, window: MainWindow, tmp_path: Path
) -> None:
    with Recorder(tmp_path / "long", Header("COM3"), part_bytes=1) as recorder:
        for n in range(3):
            recorder.write(Chunk(NOW + n, b"value: %d\n" % n))
            recorder.flush()
            wanted = time.monotonic() + 5
            while len(recorder.files) < n + 2 and time.monotonic() < wanted:
                recorder.flush()
                time.sleep(0.01)
    assert len(recorder.files) >= 3
    drop(window, list(recorder.files[:2]))
    qtbot.waitUntil(lambda: values(workspace) == [0.0, 1.0, 2.0])


def test_several_recordings_are_refused(
    qtbot: QtBot, window: MainWindow, runner: TaskRunner, ten: Path
) -> None:
    other = ten.with_name("other.0001.cimrec")
    other.write_bytes(ten.read_bytes())
    failed: list[StudioError] = []
    runner.failed.connect(failed.append)
    drop(window, [ten, other])
    assert "several recordings" in failed[0].message


def test_a_run_is_recorded_too(
    qtbot: QtBot, workspace: Workspace, bar: RecordingBar, tmp_path: Path
) -> None:
    workspace.set_image(artifacts.image(tmp_path))
    monitoring = workspace.monitoring
    monitoring.begin_run("")
    data = artifacts.serial(100)
    monitoring.add(data)
    qtbot.waitUntil(lambda: state(bar) == "Recording")
    qtbot.waitUntil(lambda: artifacts.said(workspace) == data)
    monitoring.end_run()
    tape = monitoring.tape
    assert tape is not None
    qtbot.waitUntil(lambda: tape.path is not None and load(tape.path).complete)
    assert tape.path is not None
    found = load(tape.path)
    assert found.header.port == "emulator"
    assert found.header.tag == "00000007"
    assert b"".join(each.data for each in found.read()) == data
