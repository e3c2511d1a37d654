"""The real road: worker process, pipeline, emulator and every panel, with the example."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from studio import pipeline
from studio.panels.monitor import Monitor
from studio.ui import panel
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.terminal import Terminal
from studio.ui.warm_up import warm_up
from studio.ui.window import MainWindow
from studio.ui.workspace import STAGES, Workspace
from studio.worker import Worker
from tests.gui.conftest import Stalls

# A frame is 16 ms; a shared machine of two cores, where worker and emulator run as well, adds
# its own. The figure itself is printed for whoever watches it.
STALL = 0.5
DEPLOY = 120_000  # milliseconds

# Opens the window as the door does and ends it once it has painted.
START = """
import sys, time
start = time.perf_counter()
from PySide6.QtCore import QCoreApplication, QTimer
from studio import app
from studio.ui.window import MainWindow

real = MainWindow.paintEvent

def paint(self, event):
    real(self, event)
    if not done:
        done.append(time.perf_counter() - start)
        QTimer.singleShot(500, QCoreApplication.quit)

done = []
MainWindow.paintEvent = paint
if __name__ == "__main__":
    code = app.main(["cim-studio", *sys.argv[1:]])
    print(f"paint {done[0]:.2f}")
    sys.exit(code)
"""


@pytest.fixture
def real(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> Iterator[tuple[MainWindow, TaskRunner]]:
    """The window on the real worker."""
    warm_up()
    runner = TaskRunner(workspace, Worker(), results=tmp_path / "results 结果")
    window = MainWindow(workspace, runner, panel.find())
    qtbot.addWidget(window)
    window.show()
    yield window, runner
    runner.close()


def test_stages_are_the_pipelines() -> None:
    assert (*pipeline.ALL, "run") == STAGES


def test_example_to_accuracy(
    qtbot: QtBot,
    real: tuple[MainWindow, TaskRunner],
    workspace: Workspace,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    window, runner = real
    (example,) = window.findChildren(QPushButton, "example")
    qtbot.mouseClick(example, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: runner.state is State.IDLE, timeout=DEPLOY)
    assert workspace.network is not None
    stalls = Stalls()
    (deploy,) = window.findChildren(QToolButton, "deploy")
    qtbot.mouseClick(deploy, Qt.MouseButton.LeftButton)
    assert runner.state is State.PREPARING
    qtbot.waitUntil(lambda: runner.state is State.IDLE, timeout=DEPLOY)
    assert {name: state.status for name, state in workspace.stages.items()} == dict.fromkeys(
        STAGES, "done"
    )
    run = workspace.run
    assert run is not None
    assert run.differing == 0
    assert run.accuracy is not None
    assert run.accuracy > 0.9
    (monitor,) = window.findChildren(Monitor)
    qtbot.waitUntil(lambda: len(monitor.curve("ratio")[0]) == run.samples)
    assert monitor.curve("ratio")[1][-1] == pytest.approx(run.accuracy, abs=1e-6)
    texts = [label.text() for label in window.findChildren(QLabel)]
    assert f"Accuracy {100 * run.accuracy:.1f} %" in texts
    for name in ("layers", "nodes"):
        window.docks.show_panel(name)
        (table,) = window.docks.panel(name).findChildren(QTableView)
        qtbot.waitUntil(lambda table=table: table.model().rowCount() > 0)
    (terminal,) = window.findChildren(Terminal)
    assert "correct ratio:" in terminal.text()
    shown = [edit.toPlainText() for edit in window.findChildren(QPlainTextEdit)]
    assert any(".elf" in text for text in shown)
    assert (tmp_path / "results 结果" / "digits" / "results" / "serial.log").is_file()
    record_property("longest stall in ms", round(stalls.longest * 1000, 1))
    print(f"longest stall {stalls.longest * 1000:.1f} ms")
    assert stalls.longest < STALL


def test_cancel_and_deploy_again(
    qtbot: QtBot, real: tuple[MainWindow, TaskRunner], workspace: Workspace, example: Path
) -> None:
    _, runner = real
    runner.offer([str(example)])
    qtbot.waitUntil(lambda: runner.state is State.IDLE, timeout=DEPLOY)
    runner.deploy()
    qtbot.waitUntil(lambda: workspace.stages["graph"].status != "waiting", timeout=DEPLOY)
    runner.cancel()
    qtbot.waitUntil(lambda: runner.state is State.IDLE)
    assert "cancelled" in {state.status for state in workspace.stages.values()}
    runner.deploy()
    qtbot.waitUntil(lambda: runner.state is State.IDLE, timeout=DEPLOY)
    assert workspace.run is not None


def test_a_broken_model_is_an_error_with_a_hint(
    qtbot: QtBot, real: tuple[MainWindow, TaskRunner], tmp_path: Path
) -> None:
    _, runner = real
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"this is no model")
    with qtbot.waitSignal(runner.failed, timeout=DEPLOY) as shown:
        runner.offer([str(broken)])
    error = shown.args[0]
    assert "broken.onnx" in error.where
    assert error.hint


def test_the_program_starts_and_ends(tmp_path: Path) -> None:
    script = tmp_path / "start.py"
    script.write_text(START, encoding="utf-8", newline="\n")
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        # The log belongs to the test, not to the user.
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)},
    )
    print(done.stdout, f"whole {time.monotonic() - start:.2f} s")
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) < 10
    assert "Traceback" not in done.stderr
