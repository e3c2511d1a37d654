"""The tables of layers and nodes, and what is asked quietly after a deploy."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from studio import studies, worker
from studio.base import paths
from studio.mapper.estimate import Estimates, OpEstimate
from studio.panels.layers import Layers
from studio.simulate.compare import LayerReport, Report
from studio.simulate.errors import Errors
from studio.ui import layer_colours, theme
from studio.ui.after_deploy import AfterDeploy
from studio.ui.node_table import NodeTable
from studio.ui.records import Activity, Ask, Deploy
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker

ADVICE = "give conv1 16-bit weights"


def report() -> Report:
    """The example's layers; conv1 is weak."""

    def layer(name: str, snr: float, advice: str = "") -> LayerReport:
        errors = Errors(0.99996, 0.01, snr, 0.1, 0.0)
        return LayerReport(
            name, "array", name, errors, errors, -5, 127, (-128, 127), 0.25, 512, {}, advice
        )

    layers = (layer("conv1", 12.25, ADVICE), layer("dense1", 40.0), layer("dense2", 9.5))
    return Report("digits", 64, True, layers, {}, ("dense2",))


def estimate() -> Estimates:
    """A pool that takes longest."""

    def op(name: str, kind: str, seconds: float) -> OpEstimate:
        return OpEstimate(name, kind, 10, 5, 7, seconds, 0.0, seconds / 1000)

    ops = (op("conv1", "array", 2e-6), op("pool1", "CPU", 1e-3), op("dense1", "array", 30e-6))
    return Estimates(ops, 24, ())


def fill(workspace: Workspace, model: Path) -> None:
    """A deploy with its measurements."""
    network = artifacts.qnetwork()
    workspace.set_model(model, None)
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(network)
    workspace.set_layout(artifacts.layout(network))
    workspace.set_comparison(report())
    workspace.set_estimate(estimate())


@pytest.fixture
def layers(qtbot: QtBot, workspace: Workspace, example: Path) -> Layers:
    """The panel with all of it, shown."""
    fill(workspace, example)
    made = Layers(workspace)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


def shown(table: Table, column: str) -> list[str]:
    """A column's texts, top to bottom."""
    model = table.rows
    place = [each.key for each in model.columns].index(column)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def sort(qtbot: QtBot, table: Table, column: str) -> None:
    """Click the title of a column."""
    header = table.horizontalHeader()
    place = [each.key for each in table.rows.columns].index(column)
    table.scrollTo(table.rows.index(0, place))
    x = header.sectionViewportPosition(place) + header.sectionSize(place) // 2
    point = header.viewport().rect().center()
    point.setX(x)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_says_what_is_known_of_each_layer(layers: Layers) -> None:
    table = layers.table
    row = {c.key: shown(table, c.key)[0] for c in table.rows.columns}
    assert row == {
        "layer": "conv1  ⚠",
        "op": "Conv 3 × 3 + Relu",
        "shape": "8 × 8 × 16",
        "matrix": "9 × 16",
        "rows": "9",
        "blocks": "1",
        "place": "upper",
        "k": "8",
        "gain": "1024",
        "input": "unsigned",
        "cosine": "0.9999",  # never rounded up to 1
        "single": "0.9999",
        "snr": "12.2",
        "saturation": "25.00",
        "latency": "2.0",
        "energy": "0.002",
    }
    assert shown(table, "place") == ["upper", "CPU", "CPU", "lower", "upper"]
    assert shown(table, "op")[1] == "Max pool 2 × 2"
    # Signed inputs by PN take twice the rows.
    assert shown(table, "rows")[3] == "512"
    assert shown(table, "snr")[1] == ""
    total = layers.findChild(QLabel, "totals")
    assert total is not None
    assert "1,032.0 µs" in total.text()
    assert "969 samples/s" in total.text()


def test_a_weak_layer_has_a_sign_a_colour_and_advice(layers: Layers, workspace: Workspace) -> None:
    model = layers.table.rows
    snr = [each.key for each in model.columns].index("snr")
    colour = model.index(0, snr).data(Qt.ItemDataRole.ForegroundRole)
    assert colour.name() == theme.current().bad
    assert model.index(3, snr).data(Qt.ItemDataRole.ForegroundRole) is None
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == ADVICE
    advice = layers.findChild(QLabel, "advice")
    assert advice is not None
    assert not advice.isVisible()
    workspace.select_layer("conv1", "array")
    assert advice.isVisible()
    assert ADVICE in advice.text()
    workspace.select_layer("dense1", "array")
    assert not advice.isVisible()


def test_sorts_numbers_as_numbers_and_back(qtbot: QtBot, layers: Layers) -> None:
    table = layers.table
    original = shown(table, "layer")
    sort(qtbot, table, "latency")
    assert shown(table, "latency") == ["2.0", "30.0", "1,000.0", "", ""]
    sort(qtbot, table, "latency")
    assert shown(table, "latency") == ["1,000.0", "30.0", "2.0", "", ""]
    sort(qtbot, table, "latency")
    assert shown(table, "layer") == original


def test_the_filter_keeps_what_has_all_words(qtbot: QtBot, layers: Layers) -> None:
    layers.activateWindow()
    layers.table.setFocus()
    qtbot.keyClick(layers.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    edit = layers.findChild(QLineEdit, "filter")
    assert edit is not None
    qtbot.waitUntil(edit.hasFocus)
    qtbot.keyClicks(edit, "dense upp")
    assert shown(layers.table, "layer") == ["dense2"]
    assert any(label.text() == "1 of 5" for label in layers.findChildren(QLabel))
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    qtbot.waitUntil(layers.table.hasFocus)
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert len(shown(layers.table, "layer")) == 5


def test_selection_goes_both_ways(qtbot: QtBot, layers: Layers, workspace: Workspace) -> None:
    table = layers.table
    box = table.visualRect(table.rows.index(3, 0))
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert workspace.selected.layer == "dense1"
    assert workspace.selected.nodes == ("dense1",)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert workspace.selected.layer == "dense2"
    workspace.select_node("p", "graph")  # a tensor of pool1
    assert [i.data() for i in table.selectionModel().selectedRows()] == ["pool1"]
    assert workspace.selected.origin == "graph"
    sort(qtbot, table, "latency")
    assert [i.data() for i in table.selectionModel().selectedRows()] == ["pool1"]
    workspace.set_estimate(None)
    qtbot.waitUntil(lambda: shown(table, "latency") == [""] * 5)
    assert [i.data() for i in table.selectionModel().selectedRows()] == ["pool1"]
    workspace.select_layer("", "graph")
    assert not table.selectionModel().hasSelection()


def test_columns_are_hidden_moved_and_remembered(
    qtbot: QtBot, layers: Layers, workspace: Workspace
) -> None:
    button = layers.findChild(QToolButton, "columns")
    assert button is not None
    menu = button.menu()
    menu.aboutToShow.emit()
    actions = {action.data(): action for action in menu.actions()}
    assert not actions["layer"].isEnabled()
    assert not actions["single"].isChecked()
    actions["single"].trigger()
    actions["matrix"].trigger()
    header = layers.table.horizontalHeader()
    keys = [column.key for column in layers.table.rows.columns]
    header.moveSection(header.visualIndex(keys.index("energy")), 1)
    again = Layers(workspace)
    qtbot.addWidget(again)
    order = [keys[column] for column in again.columns.shown()]
    assert order[:3] == ["layer", "energy", "op"]
    assert "single" in order
    assert "matrix" not in order
    file = QSettings(str(paths.config() / "window.ini"), QSettings.Format.IniFormat)
    assert "energy" in str(file.value("layers/order"))
    again.columns.reset()
    order = [keys[column] for column in again.columns.shown()]
    assert order == [key for key in keys if key not in ("rows", "single")]


def test_rows_are_copied_as_seen(qtbot: QtBot, layers: Layers) -> None:
    for key in [column.key for column in layers.table.rows.columns][3:]:
        layers.columns.show_column(key, key == "latency")
    layers.table.selectRow(0)
    layers.activateWindow()
    layers.table.setFocus()
    qtbot.keyClick(layers.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text() == (
        "Layer\tOperation\tOutput\tLatency (µs)\nconv1\tConv 3 × 3 + Relu\t8 × 8 × 16\t2\n"
    )
    layers.copying.all.trigger()
    rows = list(csv.reader(clipboard.text().splitlines()))
    assert [row[0] for row in rows] == ["Layer", "conv1", "pool1", "flat", "dense1", "dense2"]
    assert [row[3] for row in rows] == ["Latency (µs)", "2", "1000", "", "30", ""]


def test_swatches_are_the_array_s_colours_in_both_themes(
    qtbot: QtBot, themed: QApplication, layers: Layers, workspace: Workspace
) -> None:
    def swatches() -> dict[str, str]:
        rows = [layers.table.rows.row(place) for place in range(5)]
        return {row.key: row.colour for row in rows if row.colour}

    assert swatches() == layer_colours.of(workspace)
    light = swatches()
    assert list(light) == ["conv1", "dense1", "dense2"]
    theme.apply(themed, theme.DARK)
    qtbot.waitUntil(lambda: swatches() != light)
    assert swatches() == layer_colours.of(workspace)


def test_rows_are_made_when_seen_and_300_layers_take_no_time(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    panel = Layers(workspace)
    qtbot.addWidget(panel)
    fill(workspace, example)
    assert panel.table.rows.rowCount() == 0
    network = artifacts.qnetwork()
    (first, *_) = network.ops
    tensors = dict(network.tensors)
    many = []
    for number in range(300):
        tensors[f"c{number}"] = replace(tensors["c"], name=f"c{number}")
        many.append(replace(first, name=f"layer{number}", output=f"c{number}"))
    workspace.set_qnetwork(replace(network, ops=tuple(many), tensors=tensors))
    panel.resize(900, 400)
    panel.show()
    assert panel.table.rows.rowCount() == 300
    sort(qtbot, panel.table, "layer")
    assert shown(panel.table, "layer")[9:11] == ["layer9", "layer10"]


def test_a_table_of_mixed_cells() -> None:
    model = RowsModel([Column("a", "A"), Column("b", "B", numeric=True)])
    cells: list[list[Cell]] = [["x10", 2], ["x9", None], ["x9", "256, 512"], ["X1", 10.5]]
    model.set_rows([Row(str(place), row) for place, row in enumerate(cells)])
    model.sort(1)
    assert [model.row(place).cells[1] for place in range(4)] == [2, 10.5, "256, 512", None]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert [model.row(place).cells[1] for place in range(4)] == ["256, 512", 10.5, 2, None]
    model.sort(0)
    assert [model.row(place).cells[0] for place in range(4)] == ["X1", "x9", "x9", "x10"]
    model.set_filter("512")
    assert model.rowCount() == 1
    assert model.total == 4


def test_nodes_are_linked_and_name_their_layer(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    fill(workspace, example)
    nodes = NodeTable(workspace)
    qtbot.addWidget(nodes)
    nodes.resize(700, 400)
    nodes.show()
    assert shown(nodes.table, "layer") == ["conv1", "pool1", "flat", "dense1", "dense2"]
    workspace.select_layer("dense2", "array")
    assert [i.data() for i in nodes.table.selectionModel().selectedRows()] == ["dense2"]
    box = nodes.table.visualRect(nodes.table.rows.index(1, 0))
    qtbot.mouseClick(nodes.table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert workspace.selected.layer == "pool1"
    assert workspace.selected.origin == "nodes"
    edit = nodes.findChild(QLineEdit, "filter")
    assert edit is not None
    qtbot.keyClicks(edit, "gemm")
    assert shown(nodes.table, "node") == ["dense1", "dense2"]


def deployed(workspace: Workspace, *, until: str = "build") -> None:
    """What the runner tells at the end of a deploy."""
    network = artifacts.qnetwork()
    workspace.set_activity(Activity("map", 0.5))
    workspace.set_qnetwork(network)
    workspace.set_layout(artifacts.layout(network))
    workspace.set_stage("map", "done", 0.1)
    if until == "build":
        workspace.set_image(artifacts.image(Path("out")))
    workspace.set_activity(Activity())


def test_after_a_deploy_time_and_exactness_are_asked_once(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    AfterDeploy(workspace)
    asked: list[Ask] = []
    workspace.task_requested.connect(asked.append)
    workspace.set_model(example, None)
    deployed(workspace)
    assert [(one.function, one.until, one.quiet) for one in asked] == [
        (studies.estimate_time, "build", True),
        (studies.compare_layers, "build", True),
    ]
    # While they run, and when they are answered, nothing more is asked.
    workspace.set_activity(Activity("estimate", 0.0, "", True))
    asked[0].then(estimate())
    workspace.set_activity(Activity())
    asked[1].then(report())
    workspace.set_activity(Activity())
    assert len(asked) == 2
    assert workspace.estimate == estimate()
    assert workspace.comparison == report()
    (problem,) = workspace.problems
    assert (problem.severity, problem.source, problem.where) == ("warning", "compare", "conv1")
    assert problem.hint == ADVICE
    assert problem.target is not None
    assert problem.target.layer == "conv1"
    # A map alone is asked about as well.
    workspace.start_deploy()
    deployed(workspace, until="map")
    assert [one.until for one in asked[2:]] == ["map", "map"]


def test_what_the_user_asks_for_meanwhile_only_delays_it(
    workspace: Workspace, example: Path
) -> None:
    AfterDeploy(workspace)
    asked: list[Ask] = []
    workspace.task_requested.connect(asked.append)
    workspace.set_model(example, None)
    deployed(workspace)
    asked[0].then(estimate())
    workspace.set_activity(Activity("noise", 0.5))
    workspace.set_activity(Activity())
    assert [one.name for one in asked] == ["estimate", "compare", "compare"]
    # With other options an answer would be about another deploy.
    workspace.set_activity(Activity("noise", 0.5))
    workspace.set_options(replace(workspace.options, tune="thorough"))
    workspace.set_activity(Activity())
    assert len(asked) == 3


def test_the_runner_brings_the_answers(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    example: Path,
) -> None:
    AfterDeploy(workspace)
    runner.offer([str(example)])
    background.report(worker.StageDone("graph", artifacts.network(), 0.1, False), worker.Finished())
    qtbot.waitUntil(lambda: runner.state is State.IDLE)
    workspace.task_requested.emit(Deploy("map"))
    network = artifacts.qnetwork()
    background.report(
        worker.StageDone("quantize", network, 0.1, False),
        worker.StageDone("map", artifacts.layout(network), 0.1, False),
        worker.Finished(),
    )
    qtbot.waitUntil(lambda: background.calls[-1].function is studies.estimate_time)
    background.report(worker.Returned("estimate", estimate()), worker.Finished())
    qtbot.waitUntil(lambda: workspace.estimate is not None)
    qtbot.waitUntil(lambda: background.calls[-1].function is studies.compare_layers)
    background.report(worker.Returned("compare", report()), worker.Finished())
    qtbot.waitUntil(lambda: workspace.comparison is not None)
    qtbot.waitUntil(lambda: workspace.activity == Activity())
    qtbot.wait(50)
    assert not background.busy
