"""The whole window: drops, buttons, dialogs and the status bar."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
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

from studio.base import paths
from studio.base.errors import FitError
from studio.panels.welcome import DropArea
from studio.ui import panel
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from studio.worker import Failed, Finished, StageDone, StageStarted
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker


def drop(widget: QObject, *files: Path) -> bool:
    """Send what the system sends when files are dropped on ``widget``; whether it took them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
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
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)))
    (box,) = window.findChildren(QMessageBox)
    return box


def test_starts_with_the_welcome_page_alone(window: MainWindow) -> None:
    assert window.findChildren(DropArea)[0].isVisible()
    assert not any(dock.isVisible() for dock in window.findChildren(QDockWidget))
    assert not button(window, "deploy").isEnabled()
    assert not button(window, "cancel").isEnabled()
    assert label(window, "chip") == "WTM2101"
    assert label(window, "stage") == "Open a model to begin"


def test_a_panel_can_be_asked_for_with_nothing_open(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path
) -> None:
    (classroom,) = [own for own in window.actions_.focus_panels if own.text() == "Classroom"]
    classroom.trigger()
    qtbot.waitUntil(window.docks.panel("classroom").isVisible)
    drop(window, example)
    qtbot.waitUntil(lambda: window.windowTitle().startswith(example.stem))
    window.actions_.close_project.trigger()
    qtbot.waitUntil(window.findChildren(DropArea)[0].isVisible)
    workspace.panel_requested.emit("classroom")  # as the status bar's sign does
    qtbot.waitUntil(window.docks.panel("classroom").isVisible)


def test_dropping_a_model_opens_it_everywhere(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path
) -> None:
    assert drop(window, example)
    assert workspace.model == example
    assert workspace.data == example.with_suffix(".npz")
    qtbot.waitUntil(lambda: workspace.project is not None)
    assert window.windowTitle() == "digits – CIM Studio"
    shown = {name for name in window.docks.names if window.docks.panel(name).isVisible()}
    assert {"project", "graph", "array", "firmware", "monitor"} == shown
    assert not window.findChildren(DropArea)[0].isVisible()


def test_the_keyboard_is_not_left_on_a_button_by_chance(
    window: MainWindow, workspace: Workspace, example: Path
) -> None:
    area = window.findChild(DropArea)
    assert area is not None
    button = area.findChild(QAbstractButton)
    button.setFocus()
    workspace.set_model(example, None)
    assert QApplication.focusWidget() is window.docks


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


def test_dropping_something_else_gets_a_message(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "gone.onnx"
    assert drop(window, path)
    box = dialog(qtbot, window)
    assert box.text() == "There is no such file."
    assert str(path) in box.informativeText()
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
    (found,) = window.findChild(DropArea).findChildren(QPushButton, "primary")
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


def test_files_are_taken_before_the_widget_below(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path
) -> None:
    """As the system sends them: to the window, wherever in it the mouse is."""
    drop(window, example)
    qtbot.waitUntil(lambda: workspace.project is not None)
    samples = example.with_suffix(".npz")
    offered: list[str] = []
    workspace.files_offered.connect(offered.extend)
    handle = window.windowHandle()
    assert handle is not None
    assert drop(handle, samples)
    assert offered == [str(samples)]
    window.docks.float_panel("monitor")
    (floating,) = window.docks.windows()
    assert drop(floating, samples)
    assert offered == [str(samples)] * 2


def test_the_welcome_page_takes_drops_itself(window: MainWindow, example: Path) -> None:
    handle = window.windowHandle()
    assert handle is not None
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(example))])
    none = Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(20, 20), copy, mime, left, none)
    assert not window._drops.eventFilter(handle, enter)


def test_unsaved_documents_are_asked_about(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path, tmp_path: Path
) -> None:
    drop(window, example)
    path = tmp_path / "main.c"
    path.write_text("int x;\n", encoding="utf-8")
    document = workspace.documents.open(path)
    assert window.close()
    window.show()
    document.set_text("int y;\n")
    assert not window.close()
    box = dialog(qtbot, window)
    assert "main.c" in box.informativeText()
    cancel = next(each for each in box.buttons() if each.text().replace("&", "") == "Cancel")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.findChildren(QMessageBox))
    window.close()
    box = dialog(qtbot, window)
    save = next(each for each in box.buttons() if each.text().replace("&", "") == "Save")
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert path.read_text(encoding="utf-8") == "int y;\n"


def test_closing_without_saving(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "main.c"
    path.write_text("int x;\n", encoding="utf-8")
    workspace.documents.open(path).set_text("int y;\n")
    window.close()
    box = dialog(qtbot, window)
    (discard,) = [each for each in box.buttons() if each.text().startswith("Do not")]
    qtbot.mouseClick(discard, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert path.read_text(encoding="utf-8") == "int x;\n"


def test_the_place_of_window_and_docks_is_remembered(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, runner: TaskRunner, example: Path
) -> None:
    drop(window, example)
    window.resize(780, 700)
    window.docks.close_panel("monitor")
    window.docks.show_panel("layers")
    QTest.qWait(20)
    window.close()
    again = MainWindow(workspace, runner, panel.find())
    qtbot.addWidget(again)
    again.show()
    QTest.qWait(20)
    assert again.size() == QSize(780, 700)
    assert not again.docks.is_open("monitor")
    assert again.docks.panel("layers").isVisible()


def test_a_broken_window_file_is_ignored(
    qtbot: QtBot, workspace: Workspace, runner: TaskRunner, example: Path
) -> None:
    file = paths.config() / "window.ini"
    file.parent.mkdir(parents=True)
    file.write_text("[window]\ngeometry=7\ndocks=@ByteArray(xx)\n[target]\nbaud=fast\n")
    made = MainWindow(workspace, runner, panel.find())
    qtbot.addWidget(made)
    made.show()
    drop(made, example)
    assert made.docks.panel("graph").isVisible()
    assert workspace.target.baud == workspace.chip.uart.baud
