"""The Output: tools, following the end, find, copy, save, clear; a hundred thousand lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from studio.base.errors import StudioError
from studio.panels.output import PANEL, Output
from studio.ui.workspace import Workspace
from tests.gui.conftest import Stalls


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> Output:
    made = PANEL.factory(workspace)
    assert isinstance(made, Output)
    qtbot.addWidget(made)
    made.resize(600, 200)
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(panel: Output) -> str:
    return str(panel.findChild(QPlainTextEdit, "output").toPlainText())


def button(panel: Output, name: str) -> QToolButton:
    found = panel.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def choose(panel: Output, text: str) -> None:
    box = panel.findChild(QComboBox, "tool")
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_empty(panel: Output) -> None:
    seen = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "No output yet" in seen


def test_all_tools_or_one(panel: Output, workspace: Workspace) -> None:
    workspace.add_output("map", ["a"])
    workspace.add_output("build", ["b", "c"])
    workspace.add_output("map", ["d"])
    box = panel.findChild(QComboBox, "tool")
    names = [box.itemText(index) for index in range(box.count())]
    assert names == ["All tools", "Place on the array", "Build the firmware"]
    assert shown(panel) == "a\nb\nc\nd"
    choose(panel, "Place on the array")
    assert shown(panel) == "a\nd"
    workspace.add_output("build", ["e"])
    workspace.add_output("map", ["f"])
    assert shown(panel) == "a\nd\nf"
    choose(panel, "All tools")
    assert sorted(shown(panel).split("\n")) == list("abcdef")


def test_a_new_deploy_starts_again(panel: Output, workspace: Workspace) -> None:
    workspace.add_output("map", ["a"] * 5)
    choose(panel, "Place on the array")
    workspace.start_deploy()
    assert shown(panel) == ""
    workspace.add_output("build", ["b"])
    assert shown(panel) == "b"
    assert panel.findChild(QComboBox, "tool").currentText() == "All tools"


def test_a_new_window_shows_the_same(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.add_output("map", ["a", "b"])
    made = Output(workspace)
    qtbot.addWidget(made)
    assert shown(made) == "a\nb"


def test_follows_the_end_unless_scrolled_up(
    qtbot: QtBot, panel: Output, workspace: Workspace
) -> None:
    workspace.add_output("map", [str(number) for number in range(100)])
    bar = panel.findChild(QPlainTextEdit, "output").verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)  # as soon as the text is laid out
    assert bar.value() == bar.maximum()
    workspace.add_output("map", ["x"] * 10)
    assert bar.value() == bar.maximum()
    bar.setValue(3)
    workspace.add_output("map", ["y"] * 10)
    assert bar.value() == 3


def test_find(qtbot: QtBot, panel: Output, workspace: Workspace) -> None:
    workspace.add_output("map", ["one", "two", "one"])
    text = panel.findChild(QPlainTextEdit, "output")
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(panel.findChild(QLineEdit, "find"), "one")
    count = panel.findChild(QLabel, "matches")
    qtbot.waitUntil(lambda: count.text() == "1 of 2")
    assert not panel.findChild(QLineEdit, "replacement").isVisible()
    qtbot.keyClick(text, Qt.Key.Key_F3)
    assert count.text() == "2 of 2"
    assert text.textCursor().blockNumber() == 2
    workspace.add_output("map", ["one"])
    qtbot.waitUntil(lambda: count.text() == "2 of 3")
    qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert not count.isVisible()


def test_copy_wrap_clear(qtbot: QtBot, panel: Output, workspace: Workspace) -> None:
    workspace.add_output("map", ["a"])
    workspace.add_output("build", ["b"])
    choose(panel, "Build the firmware")
    button(panel, "copy").click()
    assert QGuiApplication.clipboard().text() == "b\n"
    text = panel.findChild(QPlainTextEdit, "output")
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    assert text.lineWrapMode() == QPlainTextEdit.LineWrapMode.WidgetWidth
    button(panel, "wrap").click()
    assert text.lineWrapMode() == QPlainTextEdit.LineWrapMode.NoWrap
    button(panel, "trash").click()
    assert workspace.outputs == {"map": ["a"]}
    assert shown(panel) == "a"
    button(panel, "trash").click()
    assert workspace.outputs == {}
    workspace.add_output("build", ["c"])
    assert shown(panel) == "c"


def test_save(panel: Output, workspace: Workspace, tmp_path: Path) -> None:
    workspace.add_output("build", ["芯片", "b"])
    button(panel, "save").click()
    dialog = panel.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "out.txt"))
    dialog.reject()
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "芯片\nb\n"
    errors: list[StudioError] = []
    workspace.error.connect(errors.append)
    button(panel, "save").click()
    dialog = next(each for each in panel.findChildren(QFileDialog) if each.isVisible())
    dialog.fileSelected.emit(str(tmp_path / "out.txt" / "below"))
    dialog.reject()
    assert len(errors) == 1


def test_a_hundred_thousand_lines(qtbot: QtBot, panel: Output, workspace: Workspace) -> None:
    lines = [f"main.c:{n}: warning: unused" for n in range(100_000)]
    stalls = Stalls()
    workspace.add_output("build", lines)
    text = panel.findChild(QPlainTextEdit, "output")
    qtbot.waitUntil(lambda: text.blockCount() == 100_000)
    assert text.toPlainText().endswith("main.c:99999: warning: unused")
    print(f"longest stall: {1000 * stalls.longest:.1f} ms")
    assert stalls.longest < 0.2
    workspace.add_output("build", ["x" * 20_000, "end"])
    assert text.blockCount() == 100_000  # the oldest went
    assert text.toPlainText().endswith("end")


def test_narrow_docks(panel: Output, workspace: Workspace) -> None:
    workspace.add_output("build", ["a"])
    panel.resize(320, 200)
    assert panel.width() == 320
    assert button(panel, "trash").isVisible()
