"""Every action of the menus and the toolbar, and building the window again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLabel,
    QMenu,
    QPushButton,
    QTextBrowser,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from studio.base import settings as settings_file
from studio.ui import about
from studio.ui.menus import _walk
from studio.ui.records import Cancel, Deploy, RunAgain
from studio.ui.settings_dialog import SettingsDialog
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts, light


@pytest.fixture
def window(qtbot: QtBot, workspace: Workspace, runner: TaskRunner, tmp_path: Path) -> MainWindow:
    """The window with panels that cost nothing."""
    made = MainWindow(workspace, runner, light.PANELS, tmp_path / "window.log")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def full(window: MainWindow, workspace: Workspace, example: Path, tmp_path: Path) -> MainWindow:
    """The window with a deployed model."""
    workspace.out = example.parent
    workspace.set_model(example, None)
    qnetwork = artifacts.qnetwork()
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(qnetwork)
    workspace.set_simulation(artifacts.simulation())
    workspace.set_layout(artifacts.layout(qnetwork))
    workspace.set_image(artifacts.image(tmp_path))
    return window


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the file manager was asked to show."""
    found: list[Path] = []

    def remember(url: QUrl) -> bool:
        found.append(Path(url.toLocalFile()))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", remember)
    return found


@pytest.fixture
def asked(workspace: Workspace, runner: TaskRunner) -> list[object]:
    """What is asked of the runner, which does not hear it."""
    workspace.task_requested.disconnect(runner.handle)
    found: list[object] = []
    workspace.task_requested.connect(found.append)
    return found


def menu(window: MainWindow, *path: str) -> QMenu:
    actions = window.menuBar().actions()
    found: QMenu | None = None
    for name in path:
        (action,) = [each for each in actions if each.text().replace("&", "") == name]
        found = action.menu()
        assert isinstance(found, QMenu)
        found.aboutToShow.emit()
        actions = found.actions()
    assert found is not None
    return found


def item(window: MainWindow, *path: str) -> QAction:
    *menus, name = path
    actions = menu(window, *menus).actions()
    (action,) = [each for each in actions if each.text().replace("&", "") == name]
    return action


def press(qtbot: QtBot, window: MainWindow, keys: str) -> None:
    window.activateWindow()
    window.setFocus()
    QTest.keySequence(window, keys)


@pytest.mark.parametrize(
    ("keys", "request_"),
    [
        ("F5", Deploy()),
        ("Ctrl+M", Deploy("map")),
        ("Ctrl+B", Deploy("build")),
        ("Alt+F7", Deploy("build")),
        ("Ctrl+D", RunAgain()),
    ],
)
def test_keys_that_deploy(
    qtbot: QtBot, full: MainWindow, asked: list[object], keys: str, request_: object
) -> None:
    press(qtbot, full, keys)
    assert asked == [request_]


def test_cancel(qtbot: QtBot, full: MainWindow, asked: list[object], runner: TaskRunner) -> None:
    press(qtbot, full, "Shift+F5")
    assert asked == []
    runner.state = State.PREPARING
    runner.state_changed.emit()
    press(qtbot, full, "Shift+F5")
    assert asked == [Cancel()]
    runner.state = State.IDLE


def test_what_needs_a_model_waits_for_one(window: MainWindow) -> None:
    actions = window.actions_
    waiting = {actions.deploy, actions.map, actions.build, actions.run, actions.cancel,
               actions.close_project, actions.show_folder, actions.save_layout,
               actions.reset_layout, actions.next_panel, actions.connect_target,
               actions.undo}  # fmt: skip
    assert not any(action.isEnabled() for action in waiting)
    assert actions.open_model.isEnabled()


def test_no_two_actions_share_a_key(full: MainWindow) -> None:
    keys = [key.toString() for action in full.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_every_menu_has_texts_and_no_letter_twice(full: MainWindow) -> None:
    for top in full.menuBar().actions():
        texts = [action.text() for _, action in _walk(top, ())]
        assert all(texts)
    tops = [action.text()[action.text().index("&") + 1] for action in full.menuBar().actions()]
    assert len(set(tops)) == len(tops)


def test_open_asks_for_files(
    window: MainWindow,
    workspace: Workspace,
    runner: TaskRunner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace.files_offered.disconnect(runner.offer)
    offered: list[str] = []
    workspace.files_offered.connect(offered.extend)
    folders: list[str] = []

    def choose(_parent: object, _title: str, folder: str, *_: str) -> tuple[str, str]:
        folders.append(folder)
        return str(tmp_path / "m.onnx"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    item(window, "File", "Open model…").trigger()
    assert folders == [str(Path.home())]  # and not where the program was started
    item(window, "File", "Open data…").trigger()
    item(window, "File", "Open project…").trigger()
    assert offered == [str(tmp_path / "m.onnx"), str(tmp_path / "m.onnx"), str(tmp_path)]


def test_recent_projects(
    window: MainWindow, workspace: Workspace, runner: TaskRunner, tmp_path: Path
) -> None:
    assert [each.text() for each in menu(window, "File", "Recent projects").actions()] == [
        "None yet"
    ]
    workspace.files_offered.disconnect(runner.offer)
    offered: list[str] = []
    workspace.files_offered.connect(offered.extend)
    workspace.set_settings(workspace.settings.opened(tmp_path / "a & b"))
    item(window, "File", "Recent projects", "a  b").trigger()
    assert offered == [str(tmp_path / "a & b")]
    item(window, "File", "Recent projects", "Clear the list").trigger()
    assert workspace.settings.recent == ()


def test_close_project(full: MainWindow, workspace: Workspace, asked: list[object]) -> None:
    item(full, "File", "Close project").trigger()
    assert workspace.model is None
    assert asked == [Cancel()]
    assert full.windowTitle() == "CIM Studio"
    assert not full.docks.isVisible()


def test_folders_in_the_file_manager(
    full: MainWindow, example: Path, opened: list[Path], tmp_path: Path
) -> None:
    item(full, "File", "Show in file manager").trigger()
    item(full, "Help", "Show log").trigger()
    assert opened == [example.parent, tmp_path]


def test_settings(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, "Ctrl+,")
    (dialog,) = window.findChildren(SettingsDialog)
    assert dialog.isVisible()
    dialog.close()


def test_redo_is_ctrl_y_everywhere(full: MainWindow) -> None:
    assert QKeySequence("Ctrl+Y") in full.actions_.redo.shortcuts()


def test_undo_and_redo_say_what(full: MainWindow, workspace: Workspace, qtbot: QtBot) -> None:
    before = workspace.options
    workspace.edit_options("Samples", samples=7)
    assert item(full, "Edit", "Undo Samples").isEnabled()
    press(qtbot, full, "Ctrl+Z")
    assert workspace.options == before
    item(full, "Edit", "Redo Samples").trigger()
    assert workspace.options.samples == 7


def test_theme_language_and_workshop_are_settings(window: MainWindow, workspace: Workspace) -> None:
    assert item(window, "View", "Theme", "Like the system").isChecked()
    item(window, "View", "Theme", "Dark").trigger()
    assert workspace.settings.theme == "dark"
    assert settings_file.load().theme == "dark"
    assert item(window, "View", "Theme", "Dark").isChecked()
    item(window, "View", "Language", "简体中文").trigger()
    assert workspace.settings.language == "zh"
    item(window, "View", "Workshop mode").trigger()
    assert workspace.settings.workshop
    item(window, "View", "Workshop mode").trigger()
    assert not workspace.settings.workshop


def test_full_screen(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, "F11")
    assert window.isFullScreen()
    press(qtbot, window, "F11")
    assert not window.isFullScreen()


def test_keys_of_panels(qtbot: QtBot, full: MainWindow) -> None:
    names = ("project", "graph", "editor", "layers", "array", "mapper", "firmware", "monitor")
    for number, name in enumerate((*names, "problems"), start=1):
        press(qtbot, full, f"Ctrl+{number}")
        assert full.docks.focused() == name
    press(qtbot, full, "Ctrl+1")
    QTest.keySequence(full, "F6")
    assert full.docks.focused() == "layers"  # in front in the centre since Ctrl+4
    QTest.keySequence(full, "Shift+F6")
    assert full.docks.focused() == "project"
    QTest.keySequence(full, "Ctrl+F4")
    assert not full.docks.is_open("project")
    press(qtbot, full, "Ctrl+5")
    QTest.keySequence(full, "Ctrl+Shift+F4")
    assert len(full.docks.windows()) == 1
    item(full, "View", "Reset layout").trigger()
    assert full.docks.is_open("project")
    assert full.docks.windows() == []


def test_panels_open_and_close_from_the_menu(full: MainWindow) -> None:
    action = item(full, "View", "Panels", "Monitor")
    assert action.isChecked()
    action.trigger()
    assert not full.docks.is_open("monitor")
    action.trigger()
    assert full.docks.is_open("monitor")


def test_a_requested_panel_gets_the_keyboard(full: MainWindow, workspace: Workspace) -> None:
    full.docks.close_panel("monitor")
    workspace.panel_requested.emit("monitor")
    QTest.qWait(20)
    assert full.docks.focused() == "monitor"


def test_named_layouts_from_the_menu(full: MainWindow) -> None:
    item(full, "View", "Layout", "Workshop").trigger()
    QTest.qWait(20)
    shown = {name for name in full.docks.names if full.docks.panel(name).isVisible()}
    assert shown == {"graph", "array", "monitor"}


def test_layouts_of_the_users_own(full: MainWindow, qtbot: QtBot) -> None:
    full.docks.close_panel("monitor")
    item(full, "View", "Layout", "Save layout as…").trigger()
    (dialog,) = full.findChildren(QInputDialog)
    dialog.setTextValue("My desk")
    dialog.accept()
    item(full, "View", "Reset layout").trigger()
    assert full.docks.is_open("monitor")
    item(full, "View", "Layout", "My desk").trigger()
    assert not full.docks.is_open("monitor")
    item(full, "View", "Layout", "Delete", "My desk").trigger()
    texts = [each.text() for each in menu(full, "View", "Layout").actions()]
    assert "My desk" not in texts


def test_about_copies_the_versions(window: MainWindow, qtbot: QtBot) -> None:
    item(window, "Help", "About CIM Studio").trigger()
    (dialog,) = window.findChildren(QDialog)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {version for _, version in about.versions()} <= texts
    (copy,) = [each for each in dialog.findChildren(QPushButton) if each.text() == "Copy"]
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text().startswith("CIM Studio ")
    dialog.close()


@pytest.mark.parametrize(
    ("name", "words"), [("Read me", "CIM Studio"), ("Third party licences", "PySide6")]
)
def test_documents_of_the_help_menu(window: MainWindow, name: str, words: str) -> None:
    item(window, "Help", name).trigger()
    (browser,) = window.findChildren(QTextBrowser)
    assert words in browser.toPlainText()
    dialog = browser.window()
    assert dialog.windowTitle() == name
    dialog.close()


def test_a_document_loads_nothing_from_outside(window: MainWindow) -> None:
    dialog = about.show_document(window, "Read me", "README.md")
    (browser,) = dialog.findChildren(QTextBrowser)
    for name in ("https://example.com/a.png", "../../secret.png", "pyproject.toml"):
        loaded = browser.loadResource(2, QUrl(name))
        assert loaded.isNull()
    dialog.close()


def test_buttons_of_the_toolbar(full: MainWindow, qtbot: QtBot, asked: list[object]) -> None:
    for name, request_ in (("deploy", Deploy()), ("run", RunAgain())):
        (button,) = full.findChildren(QToolButton, name)
        assert button.focusPolicy() is Qt.FocusPolicy.TabFocus
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert asked.pop() == request_
