"""The status bar, the target box, and connecting from the window."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QLabel, QMessageBox, QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from studio.board import ports
from studio.board.ports import Port
from studio.monitor import watch
from studio.monitor.chunk import Chunk
from studio.ui.layouts import Store
from studio.ui.records import Activity, Problem, Severity
from studio.ui.target_box import BaudBox, TargetBox
from studio.ui.target_choice import TargetChoice
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.toolbar import Toolbar
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts, light

BOARD = Port("/dev/ttyUSB7", "A board 板", 0x1A86, 0x7523, "A1")


@pytest.fixture
def window(
    qtbot: QtBot, listed: list[Port], workspace: Workspace, runner: TaskRunner, tmp_path: Path
) -> MainWindow:
    """The window with panels that cost nothing."""
    made = MainWindow(workspace, runner, light.PANELS, tmp_path / "window.log")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    """The computer's serial ports, which the test can change."""
    found: list[Port] = []
    monkeypatch.setattr(watch, "real_ports", lambda: tuple(found))
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
        assert self._accepted.wait(30)
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
    live = workspace.monitoring.live
    live.drain()
    rows = live.log.rows(live.log.first, live.log.end)
    return b"\n".join(row.data for row in rows if row.kind == "in")


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


def test_sharing_is_seen_while_it_is_on(
    qtbot: QtBot, window: MainWindow, workspace: Workspace
) -> None:
    (sign,) = window.statusBar().findChildren(QToolButton, "sharing")
    assert sign.isHidden()
    workspace.sharing.start()
    qtbot.waitUntil(lambda: not sign.isHidden())
    assert workspace.sharing.state == "on"
    assert sign.toolTip().startswith("Others on this computer can look")
    with qtbot.waitSignal(workspace.panel_requested) as asked:
        qtbot.mouseClick(sign, Qt.MouseButton.LeftButton)
    assert asked.args == ["classroom"]
    workspace.sharing.stop()
    assert sign.isHidden()
    workspace.sharing.set_reach("network")
    workspace.sharing.close()
    assert "local network" in sign.toolTip()


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
    window._workspace.monitoring.port_list.watch.look()
    (box,) = window.findChildren(TargetBox)
    qtbot.waitUntil(lambda: box.findData(port.name) >= 0)
    index = box.findData(port.name)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_the_box_lists_the_ports(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, listed: list[Port]
) -> None:
    (box,) = window.findChildren(TargetBox)
    assert box.currentText() == "Emulator"
    qtbot.waitUntil(lambda: box.itemText(1) == "No serial port found")
    assert not box.model().flags(box.model().index(1, 0)) & Qt.ItemFlag.ItemIsEnabled
    choose(qtbot, window, listed, BOARD)
    assert workspace.port == workspace.target.port == BOARD.name
    assert box.currentText() == f"{BOARD.label} (1A86:7523)"
    assert text(window, "stage") == f"{BOARD.label} is there"
    tip = box.itemData(box.currentIndex(), Qt.ItemDataRole.ToolTipRole)
    assert tip == f"{BOARD.label}\nUSB device 1A86:7523\nSerial number A1"
    assert text(window, "target-name") == BOARD.name
    listed.clear()
    workspace.monitoring.port_list.watch.look()
    qtbot.waitUntil(lambda: "not found" in box.currentText())
    assert text(window, "stage") == f"{BOARD.label} is gone"
    assert Store().text("target/port") == BOARD.name
    workspace.target.set_port("socket://127.0.0.1:5000")  # whoever chooses it
    assert box.currentText() == "socket://127.0.0.1:5000"


def test_a_port_appears_by_itself(qtbot: QtBot, window: MainWindow, listed: list[Port]) -> None:
    (box,) = window.findChildren(TargetBox)
    qtbot.waitUntil(lambda: box.itemText(1) == "No serial port found")
    listed.append(Port("COM10", ""))
    qtbot.waitUntil(lambda: box.itemText(1) == "COM10")


def test_another_address(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, listed: list[Port]
) -> None:
    (box,) = window.findChildren(TargetBox)
    for typed, chosen, refused in (
        (" socket://127.0.0.1:5000 ", "socket://127.0.0.1:5000", ""),
        ("COM10", "COM10", ""),
        ("socket://127.0.0.1", "COM10", "the address has no host or no port"),
        ("http://127.0.0.1:80", "COM10", "this kind of address is not known"),
    ):
        other = box.count() - 1
        assert box.itemText(other) == "Other address…"
        box.setCurrentIndex(other)
        box.activated.emit(other)
        assert box.currentData() == workspace.port
        (dialog,) = window.findChildren(QInputDialog)
        dialog.setTextValue(typed)
        dialog.accept()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert workspace.port == chosen
        boxes = window.findChildren(QMessageBox)
        assert [box.text() for box in boxes] == ([refused] if refused else [])
        for shown in boxes:
            shown.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    workspace.target.set_port("")
    assert box.findData("socket://127.0.0.1:5000") > 0
    assert TargetChoice(Store(), 9600).addresses == ("COM10", "socket://127.0.0.1:5000")


def test_the_wheel_chooses_nothing(window: MainWindow, workspace: Workspace) -> None:
    workspace.target.set_port("COM3")
    for box in (*window.findChildren(TargetBox), *window.findChildren(BaudBox)):
        before = box.currentText()
        turn = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QCoreApplication.sendEvent(box, turn)
        assert box.currentText() == before


def test_the_icon_of_connect_is_seen(window: MainWindow, workspace: Workspace) -> None:
    workspace.target.set_port("COM7")
    (button,) = window.findChildren(QToolButton, "toolbar-connect")
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

    monkeypatch.setattr(watch, "real_ports", slow)
    box = TargetBox(workspace)
    qtbot.waitUntil(lambda: names == ["ports"])
    box.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    go.set()
    qtbot.waitUntil(lambda: workspace.monitoring.port_list.ports == (BOARD,))


def test_real_ports_have_labels() -> None:
    assert all(port.label.startswith(port.name) for port in ports.ports())


def test_connect_stands_beside_deploy(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, listed: list[Port], example: Path
) -> None:
    workspace.set_model(example, None)
    (main,) = window.findChildren(QToolButton, "deploy")
    assert main.text() == "Deploy"
    assert window.actions_.deploy.isEnabled()
    assert workspace.port == ""
    assert not window.actions_.connect_target.isEnabled()
    assert (
        window.actions_.connect_target.toolTip() == "Build first: the emulator has no firmware yet."
    )
    choose(qtbot, window, listed, BOARD)
    assert main.text() == "Deploy"
    assert window.actions_.deploy.isEnabled()
    assert window.actions_.connect_target.isEnabled()
    assert window.actions_.connect_target.toolTip().endswith("(Ctrl+Shift+L)")
    workspace.monitoring.begin_run("")
    assert not window.actions_.connect_target.isEnabled()
    workspace.monitoring.end_run()
    assert window.actions_.connect_target.isEnabled()


@pytest.mark.parametrize("width", [800, 900, 1059, 1060, 1300])
def test_the_toolbar_has_room_for_every_button(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, board: Board, width: int
) -> None:
    workspace.target.set_port(board.url)
    window.actions_.connect_target.trigger()
    window.resize(width, 700)
    (bar,) = window.findChildren(Toolbar)
    qtbot.waitUntil(lambda: bar.width() == width)
    qtbot.wait(50)  # whatever is laid out once more
    assert window.actions_.connect_target.text() == "Disconnect"
    for name in ("open", "data", "deploy", "toolbar-connect", "run", "cancel"):
        (button,) = bar.findChildren(QToolButton, name)
        assert button.isVisible(), name
        assert bar.rect().contains(button.geometry()), name


def test_the_baud_rate_is_kept(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, listed: list[Port]
) -> None:
    (box,) = window.statusBar().findChildren(BaudBox, "baud")
    assert box.currentData() == workspace.chip.uart.baud
    assert box.isHidden()
    assert text(window, "rate") == "921600 baud"
    choose(qtbot, window, listed, BOARD)
    assert not box.isHidden()
    assert text(window, "rate") == ""
    index = box.findData(115200)
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert workspace.target.baud == 115200
    assert TargetChoice(Store(), 9600).baud == 115200


def test_any_baud_rate_can_be_typed(qtbot: QtBot, window: MainWindow, workspace: Workspace) -> None:
    workspace.target.set_port("COM3")
    (box,) = window.statusBar().findChildren(BaudBox)
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "31250")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert workspace.target.baud == 31250
    assert box.currentData() == 31250
    line.selectAll()
    qtbot.keyClicks(line, "x9")  # letters are not taken
    assert line.text() == "9"
    line.clear()
    QCoreApplication.sendEvent(line, QFocusEvent(QEvent.Type.FocusOut))
    assert line.text() == "31250"
    assert TargetChoice(Store(), 9600).baud == 31250


def test_connecting_shows_what_a_board_prints(
    qtbot: QtBot,
    window: MainWindow,
    workspace: Workspace,
    example: Path,
    board: Board,
) -> None:
    workspace.set_model(example, None)
    workspace.monitoring.live.put(Chunk(1.0, b"old"))
    workspace.target.set_port(board.url)
    (button,) = window.findChildren(QToolButton, "toolbar-connect")
    (box,) = window.findChildren(TargetBox)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Disconnect"
    assert not box.isEnabled()
    qtbot.waitUntil(lambda: text(window, "stage").startswith("Connected to socket://"))
    board.prints(b"uart ok\r\nsample:0,ratio:1.0\r\n")
    qtbot.waitUntil(lambda: received(workspace).endswith(b"1.0\r"))
    assert received(workspace).startswith(b"uart ok")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Connect"
    assert box.isEnabled()
    assert received(workspace).startswith(b"uart ok")


def test_why_a_port_cannot_be_opened_is_said_once(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, listed: list[Port]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"socket://127.0.0.1:{free.getsockname()[1]}"
    choose(qtbot, window, listed, Port(url, ""))
    window.actions_.connect_target.trigger()
    qtbot.waitUntil(lambda: workspace.monitoring.error is not None)
    qtbot.waitUntil(lambda: window.actions_.connect_target.text() == "Connect")
    assert window.docks.panel("monitor").isVisible()  # its bar says why
    assert not window.findChildren(QMessageBox)
    # Where it is not seen, a dialog says it.
    window.docks.close_panel("monitor")
    error = workspace.monitoring.error
    assert error is not None
    window.show_error(error)
    (box,) = window.findChildren(QMessageBox)
    assert box.text() == "nobody listens there"
    box.close()
