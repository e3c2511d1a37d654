"""The bar above the monitor: connecting, the line, what it says, and that it fits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.board.ports import Port
from studio.monitor import connection as connections
from studio.monitor import watch
from studio.monitor.port import Line
from studio.ui.connection_bar import ConnectionBar
from studio.ui.layouts import Store
from studio.ui.line_form import LineForm
from studio.ui.records import Activity
from studio.ui.target_box import BaudBox
from studio.ui.target_choice import TargetChoice
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.test_monitoring import Board


@pytest.fixture(autouse=True)
def listed(monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    """The computer's serial ports."""
    found = [Port("COM7", "USB-SERIAL CH340 很长的名字的串口设备", 0x1A86, 0x7523, None)]
    monkeypatch.setattr(watch, "real_ports", lambda: tuple(found))
    return found


@pytest.fixture
def bar(qtbot: QtBot, workspace: Workspace) -> ConnectionBar:
    made = ConnectionBar(workspace)
    qtbot.addWidget(made)
    made.resize(1000, 60)
    made.show()
    return made


def button(bar: QWidget, name: str) -> QPushButton | QToolButton:
    found = [*bar.findChildren(QPushButton, name), *bar.findChildren(QToolButton, name)]
    assert len(found) == 1
    return found[0]


def state(bar: ConnectionBar) -> str:
    return bar._state.text()


def notice(bar: ConnectionBar) -> str:
    (label,) = bar.findChildren(QLabel, "noticetext")
    return label.text() if label.isVisible() else ""


def press(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_connecting_and_disconnecting(
    qtbot: QtBot, workspace: Workspace, bar: ConnectionBar
) -> None:
    workspace.target.set_port("loop://")
    connect = button(bar, "connect")
    assert (connect.text(), state(bar)) == ("Connect", "Not connected")
    width = connect.width()
    press(qtbot, connect)
    assert connect.text() == "Disconnect"
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    qtbot.waitUntil(lambda: workspace.monitoring.since > 0)
    since = time.strftime("%H:%M", time.localtime(workspace.monitoring.since))
    qtbot.waitUntil(lambda: state(bar) == f"Open since {since}")
    assert abs(workspace.monitoring.since - time.time()) < 5
    assert connect.width() == width
    press(qtbot, connect)
    assert (connect.text(), state(bar)) == ("Connect", "Not connected")


def test_control_lines_before_and_after_opening(
    qtbot: QtBot, workspace: Workspace, bar: ConnectionBar
) -> None:
    workspace.target.set_port("loop://")
    dtr, rts, hold = button(bar, "dtr"), button(bar, "rts"), button(bar, "break")
    press(qtbot, dtr)
    assert dtr.isChecked()
    assert not hold.isEnabled()
    press(qtbot, button(bar, "connect"))
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    connection = workspace.monitoring.connection
    assert connection is not None
    assert connection.line == Line(921600, dtr=True)
    press(qtbot, dtr)
    press(qtbot, rts)
    qtbot.waitUntil(lambda: connection.line == Line(921600, rts=True))
    qtbot.waitUntil(hold.isEnabled)
    press(qtbot, hold)
    live = workspace.monitoring.live

    def notes() -> list[bytes]:
        return [row.data for row in live.log.rows(0, live.log.end) if row.kind == "note"]

    qtbot.waitUntil(lambda: notes()[-1:] == [b"break"])
    assert Store().text("target/rts") == "1"


def test_the_frame_and_the_rest_are_set_in_a_form(
    qtbot: QtBot, workspace: Workspace, bar: ConnectionBar
) -> None:
    workspace.target.set_port("COM7")
    frame = button(bar, "frame")
    assert frame.text() == "8N1"
    press(qtbot, frame)
    (form,) = bar.findChildren(LineForm)
    assert form.isVisible()
    for name, value in (
        ("bits", 7),
        ("parity", "even"),
        ("stop", 2.0),
        ("flow", "rtscts"),
        ("encoding", "gbk"),
    ):
        (box,) = form.findChildren(QComboBox, name)
        index = box.findData(value)
        assert index >= 0
        box.setCurrentIndex(index)
        box.activated.emit(index)
    (again,) = form.findChildren(QCheckBox, "reconnect")
    again.click()
    assert frame.text() == "7E2"
    assert not button(bar, "rts").isEnabled()  # flow control moves it
    kept = TargetChoice(Store(), 9600)
    assert kept.line == Line(9600, 7, "even", 2.0, "rtscts")
    assert (kept.encoding, kept.reconnect, kept.port) == ("gbk", False, "COM7")
    form.hide()
    workspace.target.set_port("")
    assert frame.text() == "GBK"


def test_only_what_means_something_is_shown(workspace: Workspace, bar: ConnectionBar) -> None:
    names = ("dtr", "rts", "break")
    (baud,) = bar.findChildren(BaudBox)
    for port, shown in (("COM7", True), ("", False), ("socket://127.0.0.1:5000", False)):
        workspace.target.set_port(port)
        assert [button(bar, name).isVisible() for name in names] == [shown] * 3
        assert baud.isVisible() == shown


def test_damaged_settings_are_as_usual() -> None:
    store = Store()
    for name, text in (("baud", "x"), ("bits", "9"), ("stop", ""), ("parity", "?"), ("flow", "1")):
        store.set(f"target/{name}", text)
    store.set("target/encoding", "utf-16")
    choice = TargetChoice(store, 9600)
    assert choice.line == Line(9600)
    assert choice.encoding == "utf-8"


def test_without_firmware_the_emulator_cannot_be_connected(
    workspace: Workspace, bar: ConnectionBar, tmp_path: Path
) -> None:
    connect = button(bar, "connect")
    assert not connect.isEnabled()
    assert connect.toolTip() == state(bar) == "Build first: the emulator has no firmware yet."
    workspace.out = tmp_path
    workspace.set_image(artifacts.image(tmp_path))
    assert connect.isEnabled()
    assert state(bar) == "Not connected"
    workspace.monitoring.begin_run("")
    assert not connect.isEnabled()
    assert state(bar) == "Reading the run"
    workspace.monitoring.end_run()


def test_why_a_port_is_lost_is_told_in_full(
    qtbot: QtBot, workspace: Workspace, bar: ConnectionBar
) -> None:
    board = Board()
    workspace.target.set_port(board.url)
    press(qtbot, button(bar, "connect"))
    qtbot.waitUntil(lambda: state(bar).startswith("Open since "))
    assert notice(bar) == ""
    board.close()
    qtbot.waitUntil(lambda: state(bar) == "Lost, waiting for it")
    why = "Nobody listens there\nStart the emulator, or check the port."
    qtbot.waitUntil(lambda: notice(bar) == why)
    again = Board(board.number)
    qtbot.waitUntil(lambda: state(bar).startswith("Open since "))
    assert notice(bar) == ""
    again.close()


def test_to_whom_the_port_is_left(qtbot: QtBot, workspace: Workspace, bar: ConnectionBar) -> None:
    workspace.target.set_port("loop://")
    press(qtbot, button(bar, "connect"))
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    workspace.monitoring.leave_until_idle("the check of layers", lambda: None)
    qtbot.waitUntil(lambda: state(bar) == "Left to the layer check")
    workspace.set_activity(Activity("check"))
    workspace.set_activity(Activity())
    qtbot.waitUntil(lambda: state(bar).startswith("Open since "))


def test_a_wrong_baud_rate_is_told_and_can_be_changed(
    qtbot: QtBot, workspace: Workspace, bar: ConnectionBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "what comes is no text: is the baud rate 9600 right?"
    monkeypatch.setattr(connections.Connection, "hint", told)
    workspace.target.set_port("loop://")
    workspace.target.set_baud(9600)
    press(qtbot, button(bar, "connect"))
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    bar._look_at_bytes()
    assert notice(bar) == f"W{told[1:]}"
    (change,) = bar._notice.findChildren(QPushButton)
    press(qtbot, change)
    texts = [action.text() for action in bar._rates.actions()]
    assert texts[0] == "921600 (the firmware's)"
    assert "9600" not in texts
    bar._rates.actions()[0].trigger()
    connection = workspace.monitoring.connection
    assert connection is not None
    qtbot.waitUntil(lambda: connection.line.baud == 921600)
    bar._rates.hide()
    monkeypatch.setattr(connections.Connection, "hint", "")
    bar._look_at_bytes()
    assert notice(bar) == ""


@pytest.mark.parametrize(
    ("port", "width"), [("COM7", 300), ("COM7", 500), ("COM7", 1000), ("", 300), ("", 600)]
)
def test_it_fits(qtbot: QtBot, workspace: Workspace, port: str, width: int) -> None:
    bar = ConnectionBar(workspace)
    qtbot.addWidget(bar)
    bar.resize(width, 80)
    bar.show()
    workspace.target.set_port(port)
    bar.resize(width, bar.sizeHint().height())
    bar.layout().activate()
    assert bar.width() == width
    shown = [
        child
        for child in bar.findChildren(QWidget)
        if child.isVisible() and not child.isWindow() and child.parentWidget() is bar
    ]
    assert len(shown) >= (6 if port else 5)
    for child in shown:
        assert bar.rect().contains(child.geometry()), child.objectName()
        for other in shown:
            assert other is child or not child.geometry().intersects(other.geometry())
    assert button(bar, "more-line").isVisible() == (width == 300 and bool(port))
    assert button(bar, "dtr").isVisible() == (width > 300 and bool(port))
    rows = {child.geometry().center().y() // 20 for child in shown}
    assert len(rows) == (1 if width in (600, 1000) else 2)
    assert len(bar._menu.actions()) == 4


def test_it_costs_little(qtbot: QtBot, workspace: Workspace, bar: ConnectionBar) -> None:
    workspace.target.set_port("loop://")
    press(qtbot, button(bar, "connect"))
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    start = time.thread_time()
    for _ in range(20):
        bar._show()
    assert (time.thread_time() - start) / 20 < 0.008


def test_text_in_another_encoding_is_offered_to_be_read_so(
    qtbot: QtBot, workspace: Workspace, bar: ConnectionBar
) -> None:
    board = Board()
    monitoring = workspace.monitoring
    monitoring.start(board.url, Line(115200))
    qtbot.waitUntil(lambda: monitoring.state == "open")
    board.prints("温度: 21.5\r\n系统启动完成\r\n".encode("gbk"))
    qtbot.waitUntil(lambda: notice(bar) == "Looks like GBK.", timeout=3000)
    (read,) = bar._notice.findChildren(QPushButton)
    assert read.text() == "Read as GBK"
    press(qtbot, read)
    assert workspace.target.encoding == "gbk"
    assert notice(bar) == ""
    assert monitoring.live.drain()
    assert monitoring.live.encoding == "gbk"
    board.prints("温度: 22.5\r\n系统启动完成，温度正常\r\n".encode() * 20)
    qtbot.waitUntil(lambda: notice(bar) == "Looks like UTF-8.", timeout=3000)
    monitoring.stop()
    qtbot.waitUntil(lambda: notice(bar) == "", timeout=3000)
    monitoring.close()
    board.close()
