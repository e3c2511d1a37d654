"""The command palette: what it finds, keys, and what it offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsScene, QLineEdit, QListView, QMainWindow
from pytestqt.qtbot import QtBot

from studio.panels.monitor import PANEL, Monitor
from studio.ui.fuzzy import match
from studio.ui.palette import Entry, Palette, search
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, "File", lambda: None) for text in texts]


@pytest.mark.parametrize(
    ("query", "text", "places"),
    [
        ("om", "Open model…", (0, 5)),
        ("OPEN", "Open model…", (0, 1, 2, 3)),
        ("o mo", "Open model…", (0, 5, 6)),
        ("sla", "Save layout as…", (0, 5, 6)),
        ("", "Open", ()),
        ("打", "打开模型", (0,)),
        ("layer2", "Go to layer conv2", (6, 7, 8, 9, 10, 16)),
    ],
)
def test_letters_in_order_match(query: str, text: str, places: tuple[int, ...]) -> None:
    found = match(query, text)
    assert found is not None
    assert found[1] == places


@pytest.mark.parametrize(("query", "text"), [("xyz", "Open"), ("po", "Open"), ("oo", "Open")])
def test_others_do_not(query: str, text: str) -> None:
    assert match(query, text) is None


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("open", "Open data…"),
        ("od", "Open data…"),
        ("ra", "Run again"),
        ("lay", "Layers"),
    ],
)
def test_the_best_comes_first(query: str, best: str) -> None:
    texts = ("Display", "Run again", "Open data…", "Open model…", "Reopen", "Layers", "Go to load")
    assert search(entries(*texts), query)[0].entry.text == best


def test_what_cannot_be_used_comes_last() -> None:
    dead = Entry("Deploy", "Deploy", lambda: None, enabled=False)
    live = Entry("Deploy the model again", "File", lambda: None)
    assert [row.entry for row in search([dead, live], "deploy")] == [live, dead]


def test_the_category_helps_but_counts_less() -> None:
    rows = search([Entry("Dark", "View › Theme", lambda: None), *entries("Get theme")], "theme")
    assert [row.entry.text for row in rows] == ["Get theme", "Dark"]
    assert rows[1].places == ()
    assert search([Entry("Map", "View › Layout", lambda: None)], "layoutmap")[0].places == (0, 1, 2)


@pytest.fixture
def host(qtbot: QtBot, themed: QApplication) -> QMainWindow:
    window = QMainWindow()
    window.setCentralWidget(QLineEdit())
    window.resize(900, 600)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    window.centralWidget().setFocus()
    return window


def test_type_choose_and_run(qtbot: QtBot, host: QMainWindow) -> None:
    done: list[str] = []
    some = [Entry(f"Open {name}", "File", lambda name=name: done.append(name)) for name in "abc"]
    palette = Palette(host, [*some, *entries("Quit")])
    palette.open()
    (line,) = palette.findChildren(QLineEdit)
    assert line.hasFocus()
    qtbot.keyClicks(line, "open")
    (view,) = palette.findChildren(QListView)
    model = view.model()
    assert model.rowCount() == 3
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert done == ["b"]
    assert not palette.isVisible()
    assert host.centralWidget().hasFocus()


def test_escape_closes_and_gives_the_keyboard_back(qtbot: QtBot, host: QMainWindow) -> None:
    palette = Palette(host, entries("Open"))
    palette.open()
    (line,) = palette.findChildren(QLineEdit)
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert host.centralWidget().hasFocus()


def test_a_click_elsewhere_closes(qtbot: QtBot, host: QMainWindow) -> None:
    palette = Palette(host, entries("Open"))
    palette.open()
    host.centralWidget().setFocus(Qt.FocusReason.MouseFocusReason)
    assert not palette.isVisible()


def test_a_click_runs(qtbot: QtBot, host: QMainWindow) -> None:
    done: list[int] = []
    palette = Palette(host, [Entry("One", "File", lambda: done.append(1))])
    palette.open()
    (view,) = palette.findChildren(QListView)
    place = view.visualRect(view.model().index(0, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert done == [1]


def test_disabled_ones_do_not_run(qtbot: QtBot, host: QMainWindow) -> None:
    done: list[int] = []
    palette = Palette(host, [Entry("One", "File", lambda: done.append(1), enabled=False)])
    palette.open()
    (line,) = palette.findChildren(QLineEdit)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert done == []
    assert palette.isVisible()
    palette.close()


def test_nothing_of_that_name(qtbot: QtBot, host: QMainWindow) -> None:
    palette = Palette(host, entries("Open"))
    palette.open()
    (line,) = palette.findChildren(QLineEdit)
    (view,) = palette.findChildren(QListView)
    qtbot.keyClicks(line, "zzz")
    assert not view.isVisible()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.close()


def test_it_paints_in_both_themes(qtbot: QtBot, host: QMainWindow) -> None:
    palette = Palette(
        host,
        [Entry("Open", "File", lambda: None, "Ctrl+O"), Entry("No", "", lambda: None, "", False)],
    )
    palette.open()
    assert not palette.grab().isNull()
    assert palette.geometry().center().x() == pytest.approx(host.width() / 2, abs=2)
    host.resize(700, 400)
    QTest.qWait(10)
    assert palette.geometry().center().x() == pytest.approx(350, abs=2)
    palette.close()


def offered(window: MainWindow) -> dict[str, Entry]:
    return {f"{entry.category}: {entry.text}": entry for entry in window._entries()}


def test_every_action_of_menus_and_panels_is_there(
    window: MainWindow, workspace: Workspace, example: Path
) -> None:
    workspace.set_model(example, None)
    workspace.set_qnetwork(artifacts.qnetwork())
    found = offered(window)
    assert found["File: Open model…"].shortcut == "Ctrl+O"
    assert found["Deploy: Deploy"].enabled
    assert not found["Deploy: Cancel"].enabled
    assert {"View › Layout: Map", "View › Theme: Dark", "View › Language: 简体中文"} <= found.keys()
    assert "View › Panels: Open or close Monitor" in found
    texts = {entry.text for entry in found.values()}
    for name in window.docks.names:
        own = window.docks.panel(name).findChildren(QAction)
        for action in own:
            plain = action.text().replace("&", "")
            ours = not isinstance(action.parent(), QGraphicsScene)
            shown = action.isVisible() and not action.isSeparator() and not action.menu()
            if plain and ours and shown:
                assert plain in texts


def test_what_buttons_and_tabs_of_a_panel_do_is_there(
    qtbot: QtBot, workspace: Workspace, runner: TaskRunner
) -> None:
    made = MainWindow(workspace, runner, [PANEL])
    qtbot.addWidget(made)
    made.show()
    made.go_to("monitor")
    board = made.docks.panel("monitor")
    assert isinstance(board, Monitor)
    found = offered(made)
    assert found["Monitor: Own patterns…"].enabled
    assert "Monitor: Pause" not in found
    board.curves.show()
    qtbot.waitUntil(lambda: "Monitor › Curves: Pause" in offered(made))


def test_going_to_a_layer_and_a_panel(
    window: MainWindow, workspace: Workspace, example: Path
) -> None:
    workspace.set_model(example, None)
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(artifacts.qnetwork())
    offered(window)["Layers: Go to layer dense1"].run()
    assert workspace.selected.layer == "dense1"
    QTest.qWait(20)
    assert window.docks.focused() == "layers"
    offered(window)["View › Go to panel: Go to panel Monitor"].run()
    QTest.qWait(20)
    assert window.docks.focused() == "monitor"


def test_ctrl_shift_p_opens_it(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    QTest.keySequence(window, "Ctrl+Shift+P")
    (palette,) = window.findChildren(Palette)
    assert palette.isVisible()
    (line,) = palette.findChildren(QLineEdit)
    qtbot.keyClicks(line, "full screen")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert window.isFullScreen()
