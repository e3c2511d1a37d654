"""Every panel opens, empty and full, in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.base import paths
from studio.ui import panel, theme
from studio.ui.empty import EmptyOrFull
from studio.ui.records import Problem
from studio.ui.workspace import STAGES, Workspace
from tests.gui import artifacts

PANELS = {each.id: each for each in panel.find()}

# The classroom shows others; its own tests fill it.
FILLED = [name for name in PANELS if name not in ("welcome", "classroom")]


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
    workspace.set_problems("build", [Problem("note", "build", "A remark.")])
    workspace.documents.open(paths.resource("examples", "digits", "README.md"))
    workspace.monitoring.add(artifacts.serial())
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
    assert sorted(PANELS) == [
        "accuracy", "array", "classroom", "dashboard", "editor", "firmware", "graph", "layers",
        "mapper", "monitor", "nodes", "output", "problems", "project", "welcome",
    ]  # fmt: skip
    assert [each.id for each in PANELS.values() if each.place == "welcome"] == ["welcome"]


@pytest.mark.parametrize("name", PANELS)
def test_opens_empty_and_says_so(qtbot: QtBot, workspace: Workspace, name: str) -> None:
    widget = opened(qtbot, workspace, name)
    assert texts(widget).strip()
    stacks = widget.findChildren(EmptyOrFull)
    assert all(stack.currentIndex() == 0 for stack in stacks)
    assert colours(widget) > 2


@pytest.mark.parametrize("name", FILLED)
def test_opens_full(qtbot: QtBot, workspace: Workspace, example: Path, name: str) -> None:
    fill(workspace, example)
    widget = opened(qtbot, workspace, name)
    stacks = widget.findChildren(EmptyOrFull)
    qtbot.waitUntil(lambda: any(stack.currentIndex() == 1 for stack in stacks))


@pytest.mark.parametrize("name", FILLED)
def test_fills_while_open_and_empties_with_the_next_model(
    qtbot: QtBot, workspace: Workspace, example: Path, name: str
) -> None:
    widget = opened(qtbot, workspace, name)
    fill(workspace, example)
    stacks = widget.findChildren(EmptyOrFull)
    qtbot.waitUntil(lambda: any(own.currentIndex() == 1 for own in stacks))
    filled = [own for own in stacks if own.currentIndex() == 1]
    workspace.set_model(example, None)
    # These show what is still open, and what the board said last.
    wanted = 1 if name in ("graph", "editor", "project", "dashboard") else 0
    qtbot.waitUntil(lambda: filled[0].currentIndex() == wanted)


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
    assert dark < 70


def test_nodes_lists_the_network(qtbot: QtBot, workspace: Workspace, example: Path) -> None:
    fill(workspace, example)
    widget = opened(qtbot, workspace, "nodes")
    model = widget.findChildren(QTableView)[0].model()
    assert model.rowCount() == 5
    assert [model.index(3, column).data() for column in range(4)] == [
        "dense1", "Gemm", "f", "1 × 300",
    ]  # fmt: skip
    assert "5 nodes" in texts(widget)
