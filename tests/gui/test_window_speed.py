"""What keeps the window smooth: hidden parts rest, and what changes inside a panel stays there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.base.job import Job
from studio.panels.monitor import Monitor
from studio.ui.docks import Docks
from studio.ui.error_plot import ErrorPlot
from studio.ui.layouts import Group
from studio.ui.run_thread import Ended, RunThread, Step
from studio.ui.workspace import Workspace
from studio.worker import Finished, StageDone, StageStarted, Worker
from tests.gui import artifacts
from tests.gui.test_accuracy import report


class Requests(QObject):
    """Counts how often the dock was asked to lay out again, which asks the others."""

    def __init__(self, dock: QWidget) -> None:
        super().__init__()
        self.count = 0
        dock.installEventFilter(self)

    def eventFilter(self, receiver: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return super().eventFilter(receiver, event)


def test_new_text_in_a_panel_does_not_lay_the_docks_out(qtbot: QtBot, themed: QApplication) -> None:
    panel = QWidget()
    label = QLabel("text")
    QVBoxLayout(panel).addWidget(label)
    panel.setMinimumWidth(200)
    docks = Docks()
    docks.add("one", "One", panel)
    (dock,) = docks.findChildren(QDockWidget)
    holder = dock.widget()
    assert holder is not None
    docks.resize(600, 500)
    qtbot.addWidget(docks)
    docks.show()
    docks.arrange(Group(("one",)))
    qtbot.waitUntil(panel.isVisible)
    qtbot.wait(100)  # it settles
    requests = Requests(dock)
    for number in range(5):
        label.setText(f"text {number}")
        QApplication.processEvents()
    assert requests.count == 0
    assert panel.size() == holder.size()
    label.setMinimumHeight(350)  # another smallest size is the docks' business
    qtbot.waitUntil(lambda: requests.count > 0)
    assert dock.minimumSizeHint().height() >= 350


def test_the_first_bytes_do_not_make_the_monitor_higher(qtbot: QtBot, workspace: Workspace) -> None:
    monitor = Monitor(workspace)
    qtbot.addWidget(monitor)
    monitor.resize(365, 230)
    monitor.show()
    qtbot.waitExposed(monitor)
    workspace.monitoring.add(artifacts.serial(100))
    qtbot.waitUntil(lambda: len(monitor.curve("ratio")[0]) == 100)
    qtbot.wait(50)
    assert monitor.minimumSizeHint().height() <= 230


def test_a_hidden_plot_waits(qtbot: QtBot, themed: QApplication) -> None:
    plot = ErrorPlot()
    qtbot.addWidget(plot)
    plot.set_report(report())
    assert plot.plot.listDataItems() == []
    plot.show()
    assert len(plot.plot.listDataItems()) == 2


def test_of_many_steps_the_newest_comes() -> None:
    def body(job: Job, _on_bytes: object, _on_live: object) -> object:
        for done in range(1000):
            job.step(done, 1000, str(done))
        return None

    thread = RunThread(body, lambda data: None)  # type: ignore[arg-type]
    thread.join(10)
    events = thread.take()
    steps = [event for event in events if isinstance(event, Step)]
    assert [step.done for step in steps] == [999]
    assert isinstance(events[-1], Ended)


def test_one_artifact_comes_at_a_time() -> None:
    worker = Worker()
    try:
        started = StageStarted("map")
        done = [StageDone(name, None, 0.0, cached=False) for name in ("map", "build")]
        for event in (started, done[0], done[1], Finished()):
            worker._events.put(event)
        assert [worker.poll() for _ in range(3)] == [[started, done[0]], [done[1]], [Finished()]]
    finally:
        worker.close()


def test_what_the_window_imports_beside_the_user_is_little() -> None:
    code = (
        "import sys; from studio import studies; from studio.ui.warm_up import warm_up; warm_up();"
        "print(sorted({'sympy', 'onnxslim', 'matplotlib', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not hasattr(os, "nice"), reason="no niceness here")
def test_a_process_gives_way() -> None:
    code = "import os; from studio.base import priority; priority.lower(); print(os.nice(0))"
    before = os.nice(0)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert int(done.stdout) == min(before + 5, 19)
