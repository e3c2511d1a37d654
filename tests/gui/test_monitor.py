"""The monitor as one panel: what comes shows in each of its parts, and nothing holds it up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from studio.monitor import packets
from studio.panels.monitor import Monitor
from studio.ui.curves import Curves
from studio.ui.send_bar import SendBar
from studio.ui.signals import Signals
from studio.ui.terminal import Terminal
from studio.ui.terminal_page import TerminalPage
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import Stalls

# Far above a frame, far below what one feels: shared test machines stall on their own.
STALL = 0.5


def opened(qtbot: QtBot, workspace: Workspace) -> tuple[Monitor, Terminal]:
    widget = Monitor(workspace)
    qtbot.addWidget(widget)
    widget.resize(800, 320)
    widget.show()
    qtbot.waitExposed(widget)
    (terminal,) = widget.findChildren(Terminal)
    return widget, terminal


def front(widget: Monitor) -> str:
    (tabs,) = widget.findChildren(QTabWidget, "monitor-tabs")
    return tabs.tabText(tabs.currentIndex())


def accuracy(widget: Monitor) -> str:
    (label,) = widget.findChildren(QLabel, "accuracy")
    return label.text()


def test_shows_text_values_and_accuracy(qtbot: QtBot, workspace: Workspace) -> None:
    widget, terminal = opened(qtbot, workspace)
    workspace.monitoring.add(artifacts.serial(100))
    qtbot.waitUntil(lambda: "done" in terminal.text())
    lines = terminal.text().splitlines()
    assert lines[0] == "uart ok"
    assert lines[1].startswith("sample:0,label:0,result:1,ratio:0.000000")
    assert lines[-1] == "done"
    x, y = widget.curve("ratio")
    assert len(x) == len(y) == 100
    assert (y[0], y[-1]) == (0.0, 0.97)
    qtbot.waitUntil(lambda: accuracy(widget) == "97.0 %")
    assert front(widget) == "Accuracy"
    workspace.set_run(artifacts.run())
    qtbot.waitUntil(lambda: accuracy(widget) == "97.5 %")


def test_what_comes_chooses_the_picture_until_the_user_does(
    qtbot: QtBot, workspace: Workspace
) -> None:
    widget, _ = opened(qtbot, workspace)
    live = workspace.monitoring.live
    workspace.monitoring.add(packets.encode(packets.FEATURES, bytes(40), False))
    qtbot.waitUntil(lambda: front(widget) == "Signals")
    live.clear()
    workspace.monitoring.add(b"net_output:0.5,temperature:21\r\nnet_output:0.75,temperature:22\r\n")
    qtbot.waitUntil(lambda: front(widget) == "Curves")
    qtbot.waitUntil(lambda: set(widget.curves.shown()) == {"net_output", "temperature"})
    assert widget.curve("net_output")[1].tolist() == [0.5, 0.75]
    (tabs,) = widget.findChildren(QTabWidget, "monitor-tabs")
    place = tabs.tabBar().tabRect(2).center()
    qtbot.mouseClick(tabs.tabBar(), Qt.MouseButton.LeftButton, pos=place)
    assert front(widget) == "Signals"
    live.clear()
    workspace.monitoring.add(artifacts.serial(10))
    qtbot.waitUntil(lambda: len(widget.curve("ratio")[0]) == 10)
    assert front(widget) == "Signals"
    again, _ = opened(qtbot, workspace)  # as after a change of the language
    assert front(again) == "Signals"


def test_the_accuracy_is_that_of_what_it_ran_on(qtbot: QtBot, workspace: Workspace) -> None:
    monitor, _ = opened(qtbot, workspace)
    workspace.monitoring.add(artifacts.serial(10))

    def told(words: str) -> bool:
        return any(words in label.text() for label in monitor.findChildren(QLabel))

    workspace.set_run(artifacts.run())
    qtbot.waitUntil(lambda: told("accuracy on the emulator"))
    workspace.set_run(replace(artifacts.run(), analog=True))
    qtbot.waitUntil(lambda: told("accuracy on the board"))


def test_another_model_begins_anew(qtbot: QtBot, workspace: Workspace) -> None:
    widget, terminal = opened(qtbot, workspace)
    workspace.monitoring.add(artifacts.serial(20))
    qtbot.waitUntil(lambda: "done" in terminal.text() and accuracy(widget) != "")
    workspace.set_model(None, None)
    qtbot.waitUntil(lambda: terminal.text() == "")
    assert len(widget.curve("ratio")[0]) == 0
    workspace.monitoring.add(b"uart ok\r\n")
    qtbot.waitUntil(lambda: terminal.text().strip() == "uart ok")


def test_a_megabyte_without_a_line_end_holds_nothing_up(qtbot: QtBot, workspace: Workspace) -> None:
    _, terminal = opened(qtbot, workspace)
    stalls = Stalls()
    workspace.monitoring.add(b"x" * 1_000_000)
    qtbot.waitUntil(lambda: workspace.monitoring.live.log.size == 1_000_000)
    qtbot.waitUntil(lambda: "xxx" in terminal.text(0, 2))
    print(f"longest stall {stalls.longest * 1000:.0f} ms")
    assert stalls.longest < STALL, f"{stalls.longest * 1000:.0f} ms"


def test_noise_holds_nothing_up(qtbot: QtBot, workspace: Workspace) -> None:
    _, _ = opened(qtbot, workspace)
    random = np.random.default_rng(3)
    stalls = Stalls()
    for _ in range(20):
        workspace.monitoring.add(random.bytes(50_000))
        qtbot.wait(1)
    qtbot.waitUntil(lambda: workspace.monitoring.live.log.size == 1_000_000)
    qtbot.wait(50)
    print(f"longest stall {stalls.longest * 1000:.0f} ms")
    assert stalls.longest < STALL, f"{stalls.longest * 1000:.0f} ms"


def test_a_flood_of_samples_holds_nothing_up(qtbot: QtBot, workspace: Workspace) -> None:
    widget, _ = opened(qtbot, workspace)
    stalls = Stalls()
    for _ in range(20):
        workspace.monitoring.add(artifacts.serial(1000))
        qtbot.wait(1)
    qtbot.waitUntil(lambda: len(widget.curve("ratio")[0]) == 20_000)
    print(f"longest stall {stalls.longest * 1000:.0f} ms")
    assert stalls.longest < STALL, f"{stalls.longest * 1000:.0f} ms"


def test_there_is_something_to_send_with_where_somebody_listens(
    qtbot: QtBot, workspace: Workspace
) -> None:
    widget, _ = opened(qtbot, workspace)
    (send,) = widget.findChildren(SendBar)
    assert not send.isVisible()
    workspace.monitoring.start("loop://")
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    assert send.isVisible()
    workspace.monitoring.stop()
    assert not send.isVisible()


def test_a_low_place_keeps_room_for_text_and_pictures(qtbot: QtBot, workspace: Workspace) -> None:
    widget, terminal = opened(qtbot, workspace)
    workspace.target.set_port("loop://")
    workspace.monitoring.start("loop://")
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    (send,) = widget.findChildren(SendBar)
    for size, low in (((690, 300), True), ((690, 600), False), ((690, 300), True)):
        widget.resize(*size)
        qtbot.waitUntil(lambda low=low: send.ending.isVisible() is not low)
        tops = {
            child.mapTo(widget, QPoint()).y()
            for name in ("connection-target", "connect", "connection-baud")
            for child in widget.findChildren(QWidget, name)
        }
        assert len(tops) == (1 if low else 2)
        menu = [action.text() for action in send.more.menu().actions() if action.isVisible()]
        assert ("Line ending" in menu) is low
    assert terminal.page.view.height() >= 100


def test_it_can_become_small_again(qtbot: QtBot, workspace: Workspace) -> None:
    widget, _ = opened(qtbot, workspace)
    workspace.monitoring.add(artifacts.serial(10))
    qtbot.waitUntil(lambda: accuracy(widget) != "")
    for size in ((400, 900), (1200, 900), (690, 300)):
        widget.resize(*size)
        least = widget.minimumSizeHint()
        assert least.width() <= 300
        assert least.height() <= 230


def test_the_tab_key_goes_through_the_parts_as_they_stand(
    qtbot: QtBot, workspace: Workspace
) -> None:
    widget, _ = opened(qtbot, workspace)
    workspace.target.set_port("loop://")
    workspace.monitoring.start("loop://")
    workspace.monitoring.add(artifacts.serial(10))
    qtbot.waitUntil(lambda: bool(widget.findChildren(QWidget, "chip-sample")))
    qtbot.waitUntil(lambda: not widget._maker.isActive())
    wanted = ["connect", "terminal-pause", "send-text", "chip-sample", "own-patterns", "curves-fit"]
    widget.activateWindow()
    (own,) = widget.findChildren(QWidget, "connect")
    own.setFocus()
    qtbot.waitUntil(own.hasFocus)
    names = ["connect"]
    while len(names) == 1 or names[-1] != "connect":
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().objectName())
        assert len(names) < 200
    found = [name for name in names if name in wanted]
    assert found[:-1] == [name for name in wanted if name in found]
    assert len(found) >= len(wanted) - 1


def test_what_takes_long_to_make_is_made_ahead_of_time(qtbot: QtBot, workspace: Workspace) -> None:
    widget = Monitor(workspace)
    qtbot.addWidget(widget)
    assert not widget.findChildren(Curves)  # the window shows sooner without
    least = widget.minimumSizeHint()
    qtbot.waitUntil(lambda: len(widget.findChildren(Signals)) == 1)
    assert len(widget.findChildren(Curves)) == len(widget.findChildren(TerminalPage)) == 1
    assert widget.minimumSizeHint() == least  # or the docks would be laid out again
