"""The Problems list: signs, filter, counts, jumps, copies."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from studio.base.errors import ModelError
from studio.panels.problems import PANEL, Problems
from studio.ui import stage_report, theme
from studio.ui.records import Problem, Target
from studio.ui.workspace import Workspace
from tests.gui import artifacts

FILE = Path("network.c").resolve()
FOUND = [
    Problem("note", "quantize", "A remark.", target=Target(layer="dense1", panel="layers")),
    Problem("error", "build", "npu_run undeclared", "Include npu.h.", "network.c:7",
            Target(file=FILE, line=7)),
    Problem("warning", "build", "unused variable", target=Target(file=FILE, line=9)),
    Problem("note", "map", "Nothing to go to."),
]  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> Problems:
    made = PANEL.factory(workspace)
    assert isinstance(made, Problems)
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def full(panel: Problems, workspace: Workspace) -> Problems:
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(artifacts.qnetwork())
    for source in ("quantize", "build", "map"):
        found = [problem for problem in FOUND if problem.source == source]
        workspace.set_problems(source, found)
    return panel


def rows(panel: Problems) -> list[list[str]]:
    model = panel.findChild(QTableView).model()
    return [
        [str(model.index(row, column).data()) for column in range(3)]
        for row in range(model.rowCount())
    ]


def messages(panel: Problems) -> list[str]:
    return [row[0] for row in rows(panel)]


def text(panel: Problems, name: str) -> str:
    label = panel.findChild(QLabel, name)
    return str(label.text()) if label.isVisible() else ""


def test_empty(panel: Problems) -> None:
    seen = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "No problems" in seen


def test_errors_come_first_with_sign_place_and_source(full: Problems) -> None:
    assert rows(full) == [
        ["npu_run undeclared", "network.c:7", "Build the firmware"],
        ["unused variable", "network.c:9", "Build the firmware"],
        ["A remark.", "dense1", "Quantize"],
        ["Nothing to go to.", "", "Place on the array"],
    ]
    model = full.findChild(QTableView).model()
    icons = [model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in range(4)]
    pictures = [icon.pixmap(16).toImage() for icon in icons]
    assert pictures[0] != pictures[1] != pictures[2] == pictures[3]
    # A sign for those who see no colours, and words for those who see nothing.
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Error: npu_run undeclared")


def test_the_chosen_problem_shows_in_full(full: Problems) -> None:
    assert text(full, "message") == "npu_run undeclared"
    assert text(full, "hint") == "network.c:7\nInclude npu.h."
    full.findChild(QTableView).selectRow(3)
    assert text(full, "message") == "Nothing to go to."
    assert text(full, "hint") == ""


def test_counts_and_severities(qtbot: QtBot, full: Problems) -> None:
    buttons = {
        name: full.findChild(QToolButton, f"show-{name}") for name in ("error", "warning", "note")
    }
    assert {name: button.text() for name, button in buttons.items()} == {
        "error": "1", "warning": "1", "note": "2",
    }  # fmt: skip
    assert buttons["note"].toolTip() == "Notes: 2"
    qtbot.mouseClick(buttons["note"], Qt.MouseButton.LeftButton)
    assert messages(full) == ["npu_run undeclared", "unused variable"]
    qtbot.keyClick(buttons["error"], Qt.Key.Key_Space)
    assert messages(full) == ["unused variable"]
    assert text(full, "message") == "unused variable"
    qtbot.keyClick(buttons["warning"], Qt.Key.Key_Space)
    assert messages(full) == []
    assert text(full, "message") == ""


def test_filter(qtbot: QtBot, full: Problems) -> None:
    line = full.findChild(QLineEdit, "filter")
    full.findChild(QTableView).setFocus()
    qtbot.keyClick(full.findChild(QTableView), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert line.hasFocus()
    qtbot.keyClicks(line, "BUILD npu.h")
    assert messages(full) == ["npu_run undeclared"]
    qtbot.keyClick(line, Qt.Key.Key_Down)
    assert full.findChild(QTableView).hasFocus()
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert len(messages(full)) == 4


def test_flags_of_the_command_line_are_told_as_the_window_has_them(
    panel: Problems, workspace: Workspace
) -> None:
    hint = "Add an array y, or pass --no-labels; --tile-rows 2, --out DIR, --tile-rows 3."
    workspace.set_problems("build", [Problem("error", "build", "No labels.", hint)])
    (label,) = [own for own in panel.findChildren(QLabel) if own.text().startswith(hint)]
    assert label.text().splitlines()[1:] == [
        "In this window, --no-labels is “Labels needed” in Firmware › Setup, switched off.",
        "In this window, --tile-rows is “Rows of a tile” in Project › Quantize.",
    ]


def test_a_node_of_a_model_that_cannot_be_read_is_jumped_to(
    workspace: Workspace, qtbot: QtBot
) -> None:
    error = ModelError("operators that are not supported: det (Det)", where="m.onnx", node="det")
    copy = pickle.loads(pickle.dumps(error))  # as it comes from the worker
    problem = stage_report.error_as_problem("graph", copy, workspace)
    assert problem.target is not None
    with qtbot.waitSignal(workspace.panel_requested) as asked:
        workspace.jump(problem.target)
    assert asked.args == ["graph"]
    assert workspace.selected.nodes == ("det",)


def test_return_and_double_click_jump(qtbot: QtBot, full: Problems, workspace: Workspace) -> None:
    table = full.findChild(QTableView)
    table.setFocus()
    with qtbot.waitSignal(workspace.file_requested) as asked:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert asked.args == [FILE, 7]
    where = table.visualRect(table.model().index(2, 0)).center()
    button = Qt.MouseButton.LeftButton
    with qtbot.waitSignal(workspace.panel_requested) as shown:
        qtbot.mouseClick(table.viewport(), button, pos=where)
        qtbot.mouseDClick(table.viewport(), button, pos=where)
    assert shown.args == ["layers"]
    assert workspace.selected.layer == "dense1"
    table.selectRow(3)
    qtbot.keyClick(table, Qt.Key.Key_Return)  # leads nowhere


def test_copy(qtbot: QtBot, full: Problems) -> None:
    table = full.findChild(QTableView)
    table.setFocus()
    expected = "Error: npu_run undeclared\nnetwork.c:7\nInclude npu.h."
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == expected
    table.selectRow(1)
    qtbot.mouseClick(full.findChild(QToolButton, "copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Warning: unused variable\nnetwork.c:9"


def test_narrow_docks_show_messages_only(full: Problems) -> None:
    table = full.findChild(QTableView)
    full.resize(320, 200)
    assert full.width() == 320
    assert [table.isColumnHidden(column) for column in range(3)] == [False, True, True]
    full.resize(800, 200)
    assert not table.isColumnHidden(1)


def test_signs_follow_the_theme(full: Problems, themed: QApplication) -> None:
    index = full.findChild(QTableView).model().index(0, 0)
    light = index.data(Qt.ItemDataRole.DecorationRole).pixmap(16).toImage()
    theme.install(themed, dark=True)
    assert index.data(Qt.ItemDataRole.DecorationRole).pixmap(16).toImage() != light


def test_no_column_for_places_that_nothing_names(panel: Problems, workspace: Workspace) -> None:
    table = panel.findChild(QTableView)
    workspace.set_problems("quantize", [Problem("note", "quantize", "A remark.")])
    assert table.isColumnHidden(1)
    workspace.set_problems("map", [Problem("error", "map", "Too large.", where="dense1")])
    assert not table.isColumnHidden(1)
