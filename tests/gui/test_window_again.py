"""The window may be built again at any time (another language): what is left of the old one."""

from __future__ import annotations

import gc
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.monitor.chunk import Chunk
from studio.ui import feed_dialog, panel, session_files
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace


def test_nothing_is_left_of_a_window_that_is_discarded(
    qtbot: QtBot, workspace: Workspace, runner: TaskRunner, tmp_path: Path
) -> None:
    """A slot that a widget is kept by would be called for ever, and all it draws be kept."""
    live = workspace.monitoring.live
    before = {id(each) for each in ours()}
    window = MainWindow(workspace, runner, panel.find(), tmp_path / "window.log")
    window.show()
    live.put(Chunk(1.0, b"temp: 1.5\nvolt: 2\n"))
    assert live.drain()
    for name in window.docks.names:
        window.docks.show_panel(name)
        qtbot.wait(20)
    monitor, dashboard = window.docks.panel("monitor"), window.docks.panel("dashboard")
    names = {type(each).__name__ for each in (*monitor.findChildren(QWidget), monitor.curves)}
    assert {"Curves", "Terminal", "SendBar", "ValueChips", "RecordingBar"} <= names
    opened = [
        monitor.findChild(QWidget, "value-chips").edit_patterns(),
        monitor.findChild(QWidget, "send-bar").edit_macros(),
        session_files.show_recordings(window, workspace),
        session_files.export(window, workspace),
        feed_dialog.show(window, workspace),
        dashboard.add(),
        dashboard.project(),
    ]
    qtbot.wait(50)
    for each in opened:
        each.close()
    window.discard()
    del window, monitor, dashboard, opened, each
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    left = [type(each).__name__ for each in ours() if id(each) not in before]
    kept = {"TileModel", "Sender", "Stations", "Feeding"}  # the workspace's
    assert set(left) <= kept


class Windows(QObject):
    """Takes down which widgets show as windows of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
        if shown and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def test_no_part_of_the_window_is_one_for_a_moment(
    qtbot: QtBot, themed: QApplication, workspace: Workspace, runner: TaskRunner, tmp_path: Path
) -> None:
    """What shows before it has a place flashes, and takes the keyboard from the window."""
    windows = Windows()
    themed.installEventFilter(windows)
    window = MainWindow(workspace, runner, panel.find(), tmp_path / "window.log")
    window.show()
    workspace.monitoring.live.put(Chunk(1.0, b"temp: 1.5\nvolt: 2\n"))
    for name in window.docks.names:
        window.docks.show_panel(name)
        qtbot.wait(20)
    monitor = window.docks.panel("monitor")
    qtbot.waitUntil(lambda: not monitor._unmade, timeout=5000)
    window.resize(760, 500)
    qtbot.wait(20)
    themed.removeEventFilter(windows)
    window.discard()
    assert windows.shown == ["MainWindow"]


def ours() -> list[QObject]:
    """The program's own objects there are."""
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, QObject) and type(each).__module__.startswith("studio.")
    ]
