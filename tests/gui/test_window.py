"""The whole window: drops, buttons, dialogs and the status bar."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFileDialog,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.base.errors import FitError
from studio.panels.welcome import DropArea
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from studio.worker import Failed, Finished, StageDone, StageStarted
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker


def drop(widget: QWidget, *paths: Path) -> bool:
    """Send what the system sends when files are dropped on ``widget``; whether it took them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), actions, mime, button, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(20, 20), actions, mime, button, none))
    return enter.isAccepted()


def button(window: MainWindow, name: str) -> QToolButton:
    (found,) = window.findChildren(QToolButton, name)
    return found


def label(window: MainWindow, name: str) -> str:
    (found,) = window.statusBar().findChildren(QLabel, name)
    return found.text() if not found.isHidden() else ""


def dialog(qtbot: QtBot, window: MainWindow) -> QMessageBox:
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)), timeout=3000)
    (box,) = window.findChildren(QMessageBox)
    return box


def test_starts_with_the_welcome_page_alone(window: MainWindow) -> None:
    assert window.findChildren(DropArea)[0].isVisible()
    assert not any(dock.isVisible() for dock in window.findChildren(QDockWidget))
    assert not button(window, "deploy").isEnabled()
    assert not button(window, "cancel").isEnabled()
    assert label(window, "chip") == "WTM2101"
    assert label(window, "stage") == "Open a model to begin"


def test_dropping_a_model_opens_it_everywhere(
    window: MainWindow, workspace: Workspace, example: Path
) -> None:
    assert drop(window, example)
    assert workspace.model == example
    assert workspace.data == example.with_suffix(".npz")
    assert window.windowTitle().startswith("digits.onnx")
    assert {dock.objectName() for dock in window.findChildren(QDockWidget) if dock.isVisible()} == {
        "array", "build", "monitor",
    }  # fmt: skip
    assert not window.findChildren(DropArea)[0].isVisible()


def test_dropping_on_the_welcome_area(
    window: MainWindow, workspace: Workspace, example: Path
) -> None:
    assert drop(window.findChildren(DropArea)[0], example)
    assert workspace.model == example


def test_dropping_samples_sets_data_and_says_so(
    window: MainWindow, workspace: Workspace, example: Path
) -> None:
    samples = example.with_suffix(".npz")
    assert drop(window, samples)
    assert workspace.data == samples
    assert workspace.model is None
    texts = [found.text() for found in window.findChildren(QLabel)]
    assert "Samples: digits.npz. Now the model." in texts


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("net.pb", ".pb files cannot be opened here.", "(.onnx)"),
        ("folder", "This is a folder.", ".onnx file inside"),
        ("gone.onnx", "There is no such file.", "moved or deleted"),
    ],
)
def test_dropping_something_else_gets_an_exact_message(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str, message: str, hint: str
) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name != "gone.onnx":
        path.write_bytes(b"x")
    assert drop(window, path)
    box = dialog(qtbot, window)
    assert box.text() == message
    assert hint in box.informativeText()
    assert str(path) in box.informativeText()
    box.close()


def test_dropping_two_models_is_refused(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.onnx"
    second.write_bytes(b"")
    drop(window, example, second)
    box = dialog(qtbot, window)
    assert box.text() == "These are 2 models at once."
    assert workspace.model is None
    box.close()


def test_text_is_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("hello")
    enter = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_the_example_button_opens_the_example(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path
) -> None:
    (found,) = window.findChildren(QPushButton, "example")
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)
    assert workspace.model == example


def test_open_asks_for_a_file(
    qtbot: QtBot,
    window: MainWindow,
    workspace: Workspace,
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def choose(parent: QWidget, title: str, folder: str, kind: str) -> tuple[str, str]:
        asked.append(kind)
        return str(example), kind

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    (found,) = window.findChildren(QPushButton, "primary")
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)
    assert workspace.model == example
    assert asked == ["ONNX models (*.onnx)"]


def test_f5_deploys_and_shift_f5_cancels(
    qtbot: QtBot,
    window: MainWindow,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    example: Path,
) -> None:
    drop(window, example)
    background.report(StageDone("graph", artifacts.network(), 0.1, False), Finished())
    qtbot.waitUntil(lambda: runner.state is State.IDLE)
    assert button(window, "deploy").isEnabled()
    assert label(window, "stage") == "Ready to deploy"
    (bar,) = window.statusBar().findChildren(QProgressBar)
    assert bar.isHidden()
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert runner.state is State.PREPARING
    assert not button(window, "deploy").isEnabled()
    assert button(window, "cancel").isEnabled()
    assert not bar.isHidden()
    background.report(StageStarted("map"))
    qtbot.waitUntil(lambda: label(window, "stage") == "Placing on the array")
    assert bar.value() == 500
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: runner.state is State.IDLE)
    assert label(window, "stage") == "Cancelled"
    assert button(window, "deploy").isEnabled()


def test_an_error_shows_what_where_and_what_to_do(
    qtbot: QtBot, window: MainWindow, background: ScriptedWorker, example: Path
) -> None:
    drop(window, example)
    error = FitError("1200 columns do not fit <b>", hint="Make it narrower.", where="dense1")
    background.report(Failed(error, ""))
    box = dialog(qtbot, window)
    assert box.text() == "1200 columns do not fit <b>"
    # A node's name is text, whatever it holds.
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert box.informativeText() == "Where: dense1\n\nMake it narrower."
    box.close()
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox))


def test_a_crash_names_the_log_and_copies_the_details(
    qtbot: QtBot, window: MainWindow, background: ScriptedWorker, example: Path, tmp_path: Path
) -> None:
    drop(window, example)
    background.report(Failed(None, "Traceback\nKeyError: 'x'"))
    box = dialog(qtbot, window)
    assert "KeyError: 'x'" in box.informativeText()
    assert str(tmp_path / "window.log") in box.informativeText()
    (copy,) = [each for each in box.buttons() if "Copy" in each.text()]
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "Traceback\nKeyError: 'x'"
    assert box.isVisible()
    box.close()


def test_the_status_bar_tells_the_figures(window: MainWindow, workspace: Workspace) -> None:
    assert label(window, "use") == ""
    assert label(window, "accuracy") == ""
    workspace.set_layout(artifacts.layout(artifacts.qnetwork()))
    workspace.set_run(artifacts.run())
    assert label(window, "use") == "Array 9.8 %"
    assert label(window, "accuracy") == "Accuracy 97.5 %"
    workspace.start_deploy()
    assert label(window, "use") == ""
    assert label(window, "accuracy") == ""


def test_a_closed_dock_comes_back_from_the_view_menu(window: MainWindow, example: Path) -> None:
    drop(window, example)
    (dock,) = window.findChildren(QDockWidget, "array")
    dock.close()
    (view,) = [each for each in window.menuBar().actions() if each.text() == "&View"]
    menu = view.menu()
    assert menu is not None
    (action,) = [each for each in menu.actions() if each.text() == "Array"]
    assert isinstance(action, QAction)
    action.trigger()
    assert dock.isVisible()


def test_closing_ends_the_worker(window: MainWindow, background: ScriptedWorker) -> None:
    window.close()
    assert background.closed
