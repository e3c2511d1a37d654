"""Every panel opens, empty and full, in both themes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.mapper.problem import Occupied
from studio.panels import array
from studio.ui import panel, theme
from studio.ui.empty import EmptyOrFull
from studio.ui.workspace import STAGES, Workspace
from tests.gui import artifacts

PANELS = {each.id: each for each in panel.find()}


def fill(workspace: Workspace, model: Path) -> None:
    """Everything a finished deploy leaves behind."""
    network = artifacts.qnetwork()
    workspace.set_model(model, model.with_suffix(".npz"))
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(network)
    workspace.set_simulation(artifacts.simulation())
    workspace.set_layout(artifacts.layout(network))
    workspace.set_image(artifacts.image(model.parent))
    for stage in STAGES:
        workspace.set_stage(stage, "done", 0.5)
    workspace.add_output("build", ["build: 0.50 s", "  0 warnings"])
    workspace.add_serial(artifacts.serial())
    workspace.set_run(artifacts.run())


def opened(qtbot: QtBot, workspace: Workspace, name: str) -> QWidget:
    widget = PANELS[name].factory(workspace)
    qtbot.addWidget(widget)
    widget.resize(720, 420)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def colours(widget: QWidget) -> int:
    """How many different colours the panel shows."""
    image = widget.grab().toImage()
    return len(
        {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    )


def test_the_walk_finds_every_panel() -> None:
    assert list(PANELS) == ["array", "build", "graph", "layers", "monitor", "nodes", "welcome"]
    assert [each.id for each in PANELS.values() if each.place == "welcome"] == ["welcome"]


@pytest.mark.parametrize("name", PANELS)
def test_opens_empty_and_says_so(qtbot: QtBot, workspace: Workspace, name: str) -> None:
    widget = opened(qtbot, workspace, name)
    assert texts(widget).strip()
    stacks = widget.findChildren(EmptyOrFull)
    assert all(stack.currentIndex() == 0 for stack in stacks)
    assert colours(widget) > 2


@pytest.mark.parametrize("name", [name for name in PANELS if name != "welcome"])
def test_opens_full(qtbot: QtBot, workspace: Workspace, example: Path, name: str) -> None:
    fill(workspace, example)
    widget = opened(qtbot, workspace, name)
    stacks = widget.findChildren(EmptyOrFull)
    assert stacks
    assert all(stack.currentIndex() == 1 for stack in stacks)


@pytest.mark.parametrize("name", [name for name in PANELS if name != "welcome"])
def test_fills_while_open_and_empties_with_the_next_model(
    qtbot: QtBot, workspace: Workspace, example: Path, name: str
) -> None:
    widget = opened(qtbot, workspace, name)
    fill(workspace, example)
    stacks = widget.findChildren(EmptyOrFull)
    assert all(stack.currentIndex() == 1 for stack in stacks)
    workspace.set_model(example, None)
    wanted = 1 if name == "graph" else 0
    assert stacks[0].currentIndex() == wanted


@pytest.mark.parametrize("name", PANELS)
def test_follows_the_theme(
    qtbot: QtBot, themed: QApplication, workspace: Workspace, example: Path, name: str
) -> None:
    fill(workspace, example)
    widget = opened(qtbot, workspace, name)
    corner = widget.grab().toImage().pixelColor(2, 2).lightness()
    theme.install(themed, dark=True)
    qtbot.wait(20)
    dark = widget.grab().toImage().pixelColor(2, 2).lightness()
    assert corner > 200
    assert dark < 60


def test_layers_lists_array_and_cpu_operations(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    fill(workspace, example)
    widget = opened(qtbot, workspace, "layers")
    model = widget.findChildren(QTableView)[0].model()
    rows = [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    assert rows[0] == [
        "conv1", "Conv 3 × 3 + Relu", "9 × 16", "9", "1", "8", "1024", "unsigned", "8 × 8 × 16",
    ]  # fmt: skip
    assert rows[1][:2] == ["pool1", "Pool · CPU"]
    # Signed inputs by PN take twice the rows.
    assert rows[3][:4] == ["dense1", "Dense + Relu", "256 × 300", "512"]


def test_nodes_lists_the_network(qtbot: QtBot, workspace: Workspace, example: Path) -> None:
    fill(workspace, example)
    widget = opened(qtbot, workspace, "nodes")
    model = widget.findChildren(QTableView)[0].model()
    assert model.rowCount() == 5
    assert [model.index(3, column).data() for column in range(4)] == [
        "dense1", "Gemm", "f", "1 × 300",
    ]  # fmt: skip
    assert "5 nodes" in texts(widget)


def test_array_tells_of_the_cell_under_the_pointer(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    fill(workspace, example)
    widget = opened(qtbot, workspace, "array")
    assert isinstance(widget, array.Array)
    assert workspace.layout is not None
    block = workspace.layout.of("dense1", 0, 0)[0]

    def point(column: float, row: float, *, strip: bool) -> str:
        plot = widget.plots[1 if strip else 0]
        position = plot.vb.mapViewToScene(QPointF(column, row))
        widget.canvas.scene().sigMouseMoved.emit(position)
        qtbot.wait(40)
        return texts(widget)

    found = point(203.5, 900.5, strip=False)
    value = int(block.cells[4, 3])
    assert f"column 203 · row 900 · dense1 · output 3 · weight {value}" in found
    found = point(203.5, 2.5, strip=True)
    assert f"bias step {int(block.bias_cells[2, 3])}" in found
    assert "column 10 · row 10 · reserved" in point(10.5, 10.5, strip=False)
    assert "column 900 · row 10 · free" in point(900.5, 10.5, strip=False)
    assert "Point at a cell" in point(-20, 10.5, strip=False)


def test_array_shows_what_earlier_layouts_hold(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    fill(workspace, example)
    assert workspace.layout is not None
    taken = (Occupied(0, 1000, 600, 300, 200, 0, 4), Occupied(0, 0, 900, 9, 9))
    workspace.set_layout(replace(workspace.layout, occupied=taken))
    widget = opened(qtbot, workspace, "array")
    assert isinstance(widget, array.Array)
    for strip, column, row, text in (
        (False, 700.5, 1100.5, "column 700 · row 1100 · occupied"),
        (False, 900.5, 3.5, "column 900 · row 3 · occupied"),
        (False, 900.5, 300.5, "column 900 · row 300 · free"),
        (True, 700.5, 3.5, "column 700 · bias row 3 · occupied"),
        (True, 700.5, 4.5, "column 700 · bias row 4 · free"),
        (True, 900.5, 0.5, "column 900 · bias row 0 · free"),
    ):
        position = widget.plots[strip].vb.mapViewToScene(QPointF(column, row))
        widget.canvas.scene().sigMouseMoved.emit(position)
        qtbot.waitUntil(lambda text=text: text in texts(widget))  # type: ignore[misc]


def test_array_tells_the_use(qtbot: QtBot, workspace: Workspace, example: Path) -> None:
    fill(workspace, example)
    found = texts(opened(qtbot, workspace, "array"))
    assert "9.8 % used" in found
    assert "lower 19.2 %" in found
    assert "bias strip 18.0 %" in found


def test_build_shows_stages_sizes_and_log(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    widget = opened(qtbot, workspace, "build")
    fill(workspace, example)
    workspace.set_stage("map", "failed")
    found = texts(widget)
    assert found.count("✓") == len(STAGES) - 1
    assert found.count("✕") == 1
    assert "30.0 of 128 KiB" in found
    assert [bar.value() for bar in widget.findChildren(QProgressBar)] == [30_720, 49_152, 2_048]
    log = widget.findChildren(QPlainTextEdit)[0]
    assert log.toPlainText() == "build: 0.50 s\n  0 warnings"
    workspace.start_deploy()
    assert log.toPlainText() == ""
    workspace.add_output("build", ["graph: 0.10 s"])
    assert log.toPlainText() == "graph: 0.10 s"
