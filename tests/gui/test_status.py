"""The status bar, the target box and listening to a board."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QMessageBox, QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from studio.board import ports
from studio.board.ports import Port
from studio.ui import target_box
from studio.ui.layouts import Store
from studio.ui.listening import Listening
from studio.ui.records import Activity, Problem, Severity
from studio.ui.target_box import TargetBox, TargetChoice
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts, light

BOARD = Port("/dev/ttyUSB7", "A board 板")


@pytest.fixture
def window(qtbot: QtBot, workspace: Workspace, runner: TaskRunner, tmp_path: Path) -> MainWindow:
    """The window with panels that cost nothing."""
    made = MainWindow(workspace, runner, light.PANELS, tmp_path / "window.log")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    """The computer's serial ports, which the test can change."""
    found: list[Port] = []
    monkeypatch.setattr(target_box, "ports", lambda: tuple(found))
    return found


class Board:
    """Prints on a socket, as the emulator does."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._accepted = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        try:
            self._connection, _ = self._server.accept()
        except OSError:
            return
        self._accepted.set()

    def prints(self, data: bytes) -> None:
        assert self._accepted.wait(5)
        assert self._connection is not None
        self._connection.sendall(data)

    def close(self) -> None:
        self._server.close()
        if self._connection is not None:
            self._connection.close()


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.close()


def text(window: MainWindow, name: str) -> str:
    (found,) = window.statusBar().findChildren(QLabel, name)
    return "" if found.isHidden() else found.text()


def problem(severity: Severity) -> Problem:
    return Problem(severity, "map", "message")


def received(workspace: Workspace) -> bytes:
    return workspace.serial.since(0, 1 << 20)[0]


def test_problems_by_severity(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path
) -> None:
    buttons = {
        name: window.statusBar().findChildren(QToolButton, f"problems-{name}")[0]
        for name in ("error", "warning", "note")
    }
    workspace.set_model(example, None)
    assert all(button.isHidden() for button in buttons.values())
    workspace.set_problems("map", [problem("error"), problem("note"), problem("error")])
    assert buttons["error"].text() == "2"
    assert buttons["error"].accessibleName() == "Errors: 2. Click to see them."
    assert not buttons["error"].icon().isNull()
    assert buttons["warning"].isHidden()
    assert buttons["note"].text() == "1"
    qtbot.mouseClick(buttons["error"], Qt.MouseButton.LeftButton)
    QTest.qWait(20)
    assert window.docks.panel("problems").isVisible()
    workspace.set_problems("map", [])
    assert buttons["error"].isHidden()


def test_progress_and_its_cancel_button(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, runner: TaskRunner
) -> None:
    (bar,) = window.statusBar().findChildren(QProgressBar)
    (cancel,) = window.statusBar().findChildren(QToolButton, "status-cancel")
    assert bar.isHidden()
    assert cancel.isHidden()
    asked: list[object] = []
    workspace.task_requested.disconnect(runner.handle)
    workspace.task_requested.connect(asked.append)
    runner.state = State.PREPARING
    runner.state_changed.emit()
    workspace.set_activity(Activity("map", 0.25, "12 of 40"))
    assert bar.value() == 250
    assert text(window, "stage") == "Placing on the array · 12 of 40"
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert len(asked) == 1
    runner.state = State.IDLE
    runner.state_changed.emit()
    assert bar.isHidden()


def test_a_notice_shows_for_some_seconds(
    window: MainWindow, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    status = window.statusBar()
    status._forget.setInterval(60)
    workspace.notice.emit("Saved <b>")
    assert text(window, "stage") == "Saved <b>"
    qtbot.waitUntil(lambda: text(window, "stage") == "Open a model to begin")


def test_the_figures(window: MainWindow, workspace: Workspace) -> None:
    assert text(window, "chip") == "WTM2101"
    assert text(window, "target-name") == "Emulator"
    workspace.set_layout(artifacts.layout(artifacts.qnetwork()))
    workspace.set_run(artifacts.run())
    assert text(window, "use") == "Array 9.8 %"
    assert text(window, "accuracy") == "Accuracy 97.5 %"
    workspace.start_deploy()
    assert text(window, "use") == text(window, "accuracy") == ""


def choose(qtbot: QtBot, window: MainWindow, listed: list[Port], port: Port) -> None:
    listed.append(port)
    (box,) = window.findChildren(TargetBox)
    box.refresh()
    qtbot.waitUntil(lambda: box.findData(port.name) >= 0)
    index = box.findData(port.name)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_the_box_lists_the_ports(qtbot: QtBot, window: MainWindow, listed: list[Port]) -> None:
    (box,) = window.findChildren(TargetBox)
    assert box.currentText() == "Emulator"
    qtbot.waitUntil(lambda: box.count() == 2)
    assert box.itemText(1) == "No serial port found"
    assert not box.model().flags(box.model().index(1, 0)) & Qt.ItemFlag.ItemIsEnabled
    choose(qtbot, window, listed, BOARD)
    assert window.target.port == BOARD.name
    assert box.currentText() == BOARD.label
    assert text(window, "target-name") == BOARD.name
    listed.clear()
    box.refresh()
    qtbot.waitUntil(lambda: "not connected" in box.currentText())
    assert Store().text("target/port") == BOARD.name
    window.target.set_port("socket://127.0.0.1:5000")  # whoever chooses it
    assert box.currentText() == "socket://127.0.0.1:5000"


def test_the_icon_of_listen_is_seen(window: MainWindow) -> None:
    window.target.set_port("COM7")
    (button,) = window.findChildren(QToolButton, "listen")
    image = button.icon().pixmap(16, 16).toImage()
    spots = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    drawn = max(spots, key=lambda colour: colour.alpha())
    ground = button.palette().color(QPalette.ColorRole.Window)
    assert abs(drawn.lightness() - ground.lightness()) > 80


def test_listing_happens_on_a_thread_and_outlives_the_box(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    names: list[str] = []
    go = threading.Event()

    def slow() -> tuple[Port, ...]:
        names.append(threading.current_thread().name)
        go.wait(5)
        return (BOARD,)

    monkeypatch.setattr(target_box, "ports", slow)
    box = TargetBox(TargetChoice(Store(), 9600, workspace))
    thread = box._thread
    assert thread is not None
    box.deleteLater()
    QTest.qWait(10)
    go.set()
    thread.join(5)
    assert names == ["ports"]


def test_real_ports_have_labels() -> None:
    assert all(port.label.startswith(port.name) for port in ports.ports())


def test_at_a_port_there_is_listen_beside_deploy(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, listed: list[Port], example: Path
) -> None:
    workspace.set_model(example, None)
    (main,) = window.findChildren(QToolButton, "deploy")
    assert main.text() == "Deploy"
    assert window.actions_.deploy.isEnabled()
    assert not window.actions_.listen.isEnabled()
    assert not window.actions_.listen.isVisible()
    assert workspace.port == ""
    choose(qtbot, window, listed, BOARD)
    assert main.text() == "Deploy"
    assert window.actions_.deploy.isEnabled()
    assert window.actions_.listen.isEnabled()
    assert window.actions_.listen.isVisible()
    assert workspace.port == BOARD.name


def test_the_baud_rate_is_kept(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, listed: list[Port]
) -> None:
    (box,) = window.statusBar().findChildren(QComboBox, "baud")
    assert box.currentData() == workspace.chip.uart.baud
    assert box.isHidden()
    assert text(window, "rate") == "921600 baud"
    choose(qtbot, window, listed, BOARD)
    assert not box.isHidden()
    assert text(window, "rate") == ""
    index = box.findData(115200)
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert window.target.baud == 115200
    assert TargetChoice(Store(), 9600).baud == 115200


def test_listening_shows_what_a_board_prints(
    qtbot: QtBot,
    window: MainWindow,
    workspace: Workspace,
    listed: list[Port],
    example: Path,
    board: Board,
) -> None:
    workspace.set_model(example, None)
    workspace.add_serial(b"old")
    choose(qtbot, window, listed, Port(board.url, ""))
    (button,) = window.findChildren(QToolButton, "listen")
    (box,) = window.findChildren(TargetBox)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Stop listening"
    assert not box.isEnabled()
    assert text(window, "stage").startswith("Listening to socket://")
    board.prints(b"uart ok\r\nsample:0,ratio:1.0\r\n")
    qtbot.waitUntil(lambda: received(workspace).endswith(b"1.0\r\n"))
    assert received(workspace).startswith(b"uart ok")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Listen"
    assert box.isEnabled()
    assert received(workspace).startswith(b"uart ok")


def test_a_port_that_cannot_be_opened_is_an_error(
    qtbot: QtBot, window: MainWindow, listed: list[Port]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"socket://127.0.0.1:{free.getsockname()[1]}"
    choose(qtbot, window, listed, Port(url, ""))
    window.actions_.listen.trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "nobody listens there"
    assert window.actions_.listen.text() == "Listen"
    box.close()


def test_a_board_that_goes_ends_it(qtbot: QtBot, workspace: Workspace, board: Board) -> None:
    listening = Listening(workspace)
    errors: list[object] = []
    workspace.error.connect(errors.append)
    listening.start(board.url, 9600)
    board.prints(b"last words")
    qtbot.waitUntil(lambda: received(workspace) == b"last words")
    board.close()
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert not listening.active
    listening.close()


def test_a_run_ends_listening(
    qtbot: QtBot, window: MainWindow, runner: TaskRunner, board: Board, listed: list[Port]
) -> None:
    choose(qtbot, window, listed, Port(board.url, ""))
    window.actions_.listen.trigger()
    assert window._listening.active
    runner.state = State.RUNNING
    runner.state_changed.emit()
    assert not window._listening.active
    runner.state = State.IDLE


def test_listening_again_waits_for_the_port(
    qtbot: QtBot, workspace: Workspace, board: Board
) -> None:
    listening = Listening(workspace)
    listening.start(board.url, 9600)
    board.prints(b"one")
    qtbot.waitUntil(lambda: received(workspace) == b"one")
    listening.stop()
    second = Board()
    listening.start(second.url, 9600)
    second.prints(b"two")
    qtbot.waitUntil(lambda: received(workspace) == b"two")
    listening.close()
    second.close()
    assert not any(thread.name.startswith("read socket") for thread in threading.enumerate())
