"""The window may be built again at any time (another language): what is left of the old one."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.base.job import Job
from studio.monitor.chunk import Chunk
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.monitor.replay import load
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


def test_a_file_that_is_made_meanwhile_goes_on_without_its_dialog(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    window = QWidget()
    begun, ends = threading.Event(), threading.Event()

    def body(job: Job) -> Path:
        assert begun.wait(60)
        job.step(1, 2, "")
        assert ends.wait(60)
        return tmp_path

    aside = session_files.work(window, workspace, "Writing", body)
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    with qtbot.waitSignal(aside.stepped):
        begun.set()
    with qtbot.waitSignal(workspace.monitoring.saved):
        ends.set()


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
    # So that all of it shows at once: recent projects, and a recording that plays.
    workspace.set_settings(replace(workspace.settings, recent=(str(tmp_path),)))
    with Recorder(tmp_path / "played", Header("COM10", 921600)) as recorder:
        recorder.write(Chunk(1.0, b"temp: 1.5\n"))
    workspace.monitoring.play(load(recorder.files[0]), 1.0)
    windows = Windows()
    themed.installEventFilter(windows)
    window = MainWindow(workspace, runner, panel.find(), tmp_path / "window.log")
    window.show()
    workspace.monitoring.live.put(Chunk(1.0, b"temp: 1.5\nvolt: 2\n"))
    for name in window.docks.names:
        window.docks.show_panel(name)
        qtbot.wait(20)
    monitor = window.docks.panel("monitor")
    qtbot.waitUntil(lambda: not monitor._unmade)
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
