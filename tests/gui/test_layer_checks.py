"""Layers by themselves on the target: the request, the table, and what is said of it."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QTableView, QToolButton
from pytestqt.qtbot import QtBot

from studio import studies
from studio.layer_check import LayerCheck
from studio.monitor.board_info import LayerTime
from studio.ui.firmware_layers import SAMPLES, LayerChecks
from studio.ui.records import Activity, Ask
from studio.ui.workspace import Workspace
from tests.gui import artifacts

FOUND = (
    LayerCheck("conv1", 2048, 0, 0, 1.0, 1848, 77),
    LayerCheck("dense1", 40, 3, 2, 0.9987, 336, 14),
    LayerCheck("flat", 40, 1, 1, math.nan, 24, 1),
)


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> LayerChecks:
    page = LayerChecks(workspace)
    qtbot.addWidget(page)
    page.resize(700, 300)
    page.show()
    qtbot.waitExposed(page)
    return page


def cells(page: LayerChecks) -> list[list[str]]:
    (table,) = page.findChildren(QTableView)
    model = table.model()
    columns = range(model.columnCount())
    return [
        [str(model.index(row, column).data()) for column in columns]
        for row in range(model.rowCount())
    ]


def test_asks_for_a_check_of_the_target(
    qtbot: QtBot, workspace: Workspace, page: LayerChecks
) -> None:
    asked: list[object] = []
    states: list[str] = []
    workspace.task_requested.connect(asked.append)
    workspace.task_requested.connect(lambda _task: states.append(workspace.monitoring.state))
    workspace.monitoring.start("loop://")
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    (button,) = page.findChildren(QToolButton, "check-layers")
    assert not button.isEnabled()
    workspace.set_model(Path("digits.onnx"), None)
    workspace.set_activity(Activity())
    button.click()
    workspace.target.set_port("COM7")
    button.click()
    qtbot.waitUntil(lambda: len(asked) == 2)
    first, second = asked
    assert isinstance(first, Ask) and isinstance(second, Ask)
    assert first.function is studies.check_layers and first.until == "build"
    assert (first.arguments, second.arguments) == (("", SAMPLES), ("COM7", SAMPLES))
    assert states == ["open", "yielded"]  # the monitor leaves the port, not for the emulator


def test_the_table_and_what_it_says(qtbot: QtBot, workspace: Workspace, page: LayerChecks) -> None:
    (state,) = page.findChildren(QLabel, "check-state")
    assert state.text() == ""
    workspace.set_checks(FOUND[:1])
    assert state.text() == "Every layer equals the simulator, bit for bit"
    workspace.set_checks(FOUND)
    assert state.text() == "2 of 3 layers differ from the simulator"
    assert cells(page) == [
        ["conv1", "0", "0", "1.000000", "77", "1,848"],
        ["dense1  ≠", "3", "2", "0.998700", "14", "336"],
        ["flat  ≠", "1", "1", "–", "1", "24"],
    ]
    (table,) = page.findChildren(QTableView)
    header = table.horizontalHeader()
    assert header.length() == table.viewport().width()
    assert header.sectionSize(0) > 2 * header.sectionSize(header.count() - 1)
    table.setCurrentIndex(table.model().index(1, 0))
    table.clicked.emit(table.currentIndex())
    assert workspace.selected.layer == "dense1"
    other = LayerChecks(workspace)  # as after a switch of the language
    qtbot.addWidget(other)
    other.show()
    assert cells(other) == cells(page)
    workspace.set_layout(artifacts.layout(artifacts.qnetwork()))  # other weights: all void
    assert workspace.checks == ()
    assert state.text() == ""


def test_the_times_of_a_run_until_layers_are_checked(
    workspace: Workspace, page: LayerChecks
) -> None:
    times = (LayerTime("conv1", 78, 1881, 1881, 1881), LayerTime("dense1", 15, 355, 350, 360))
    workspace.set_run(dataclasses.replace(artifacts.run(), times=times))
    assert cells(page) == [
        ["conv1", "", "", "", "78", "1,881"],
        ["dense1", "", "", "", "15", "355"],
    ]
    (state,) = page.findChildren(QLabel, "check-state")
    assert state.text() == "Times of the last run"
    workspace.set_checks(FOUND)
    assert len(cells(page)) == 3 and cells(page)[0][1] == "0"
