"""Names out of models, files and boards are shown as they are: markup in them does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as Gui
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QMessageBox,
    QWidget,
)

from studio.base.errors import FitError
from studio.project_file import ProjectFile
from studio.quantize.qnetwork import ArrayOp
from studio.simulate.compare import Report
from studio.ui import array_compare, commands
from studio.ui.records import Activity, Problem, Target
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.test_accuracy import report

NAME = "<img src=x onerror=alert(1)><b>bold"


@pytest.fixture
def full(window: MainWindow, workspace: Workspace, tmp_path: Path) -> MainWindow:
    """The window with a network whose every name is markup."""
    renamed = {"conv1": NAME, "dense1": f"{NAME}1", "dense2": f"{NAME}2"}
    network = artifacts.network()
    nodes = tuple(replace(node, name=renamed.get(node.name, node.name)) for node in network.nodes)
    quantized = artifacts.qnetwork()
    layout = artifacts.layout(quantized)
    ops = tuple(
        replace(op, name=renamed.get(op.name, op.name)) if isinstance(op, ArrayOp) else op
        for op in quantized.ops
    )
    blocks = tuple(replace(own, layer=renamed[own.layer]) for own in layout.blocks)
    layout = replace(layout, blocks=blocks)
    model = tmp_path / f"{NAME}.onnx"
    project = ProjectFile(tmp_path / NAME, NAME, model, model.with_suffix(".npz"))
    workspace.set_chip(replace(workspace.chip, name=NAME))
    workspace.set_settings(workspace.settings.opened(project.folder))
    workspace.set_project(replace(project, imported={"project": NAME}))
    workspace.set_model(model, model.with_suffix(".npz"))
    workspace.set_network(replace(network, name=NAME, nodes=nodes))
    workspace.set_qnetwork(replace(quantized, name=NAME, ops=ops))
    workspace.set_simulation(artifacts.simulation(30))
    workspace.set_layout(layout)
    workspace.set_image(replace(artifacts.image(tmp_path), toolchain=NAME))
    workspace.set_run(artifacts.run(30))
    workspace.monitoring.add(NAME.encode() + b"\r\n")
    found: Report = report()
    workspace.set_comparison(
        replace(
            found,
            layers=tuple(replace(own, name=renamed[own.name]) for own in found.layers),
            worst=(f"{NAME}1", NAME),
        )
    )
    workspace.set_study(
        artifacts.study(replace(workspace.chip, name="wtm2101"), (NAME, f"{NAME}1"))
    )
    workspace.set_reference(array_compare.keep(layout))
    target = Target(layer=NAME, node=NAME)
    workspace.set_problems("map", [Problem("error", "map", NAME, NAME, NAME, target)])
    workspace.add_output("map", [NAME])
    workspace.set_stage("map", "failed")
    workspace.set_activity(Activity("map", 0.5, NAME))
    workspace.notice.emit(NAME)
    workspace.select_layer(NAME, "test")
    return window


def markup(text: str) -> bool:
    """Whether Qt would take ``text`` for markup and obey a name in it."""
    return "<img" in text and Gui.mightBeRichText(text)


def tips(window: QWidget) -> Iterator[tuple[str, str]]:
    for widget in (window, *window.findChildren(QWidget)):
        yield repr(widget), widget.toolTip()
    for action in window.findChildren(QAction):
        yield repr(action), action.toolTip()
    for view in (*window.findChildren(QAbstractItemView), *window.findChildren(QComboBox)):
        model = view.model()
        if model is not None:
            yield from items(model, QModelIndex(), repr(view))
            for section in range(columns(model, QModelIndex())):
                told = model.headerData(
                    section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole
                )
                yield repr(view), str(told or "")


def columns(model: QAbstractItemModel, parent: QModelIndex) -> int:
    # Qt hides a list's own count.
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)


def items(model: QAbstractItemModel, parent: QModelIndex, owner: str) -> Iterator[tuple[str, str]]:
    for row in range(min(model.rowCount(parent), 50)):
        for column in range(columns(model, parent)):
            index = model.index(row, column, parent)
            yield owner, str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        yield from items(model, model.index(row, 0, parent), owner)


def obeyed(window: QWidget) -> list[str]:
    """Every text that shows a name as markup."""
    found = [
        f"{label!r} in {label.parent()!r}: {label.text()}"
        for label in window.findChildren(QLabel)
        if markup(label.text()) and label.textFormat() is not Qt.TextFormat.PlainText
    ]
    found += [f"tip of {owner}: {tip}" for owner, tip in tips(window) if markup(tip)]
    drawn = [item for view in window.findChildren(QGraphicsView) for item in view.items()]
    texts = [item.toPlainText() for item in drawn if isinstance(item, QGraphicsTextItem)]
    return found + [text for text in texts if "bold" in text and "<img" not in text]


def test_every_panel_shows_names_as_they_are(full: MainWindow) -> None:
    for name in full.docks.names:
        full.docks.focus_panel(name)
        QTest.qWait(20)
    palette = full.open_palette()
    shown = [label.text() for label in full.findChildren(QLabel)]
    assert any(NAME in text for text in shown)
    assert "\n".join(obeyed(full)) == ""
    palette.close()


def test_the_welcome_page_too(window: MainWindow, workspace: Workspace, tmp_path: Path) -> None:
    workspace.set_settings(workspace.settings.opened(tmp_path / NAME))
    workspace.set_data(tmp_path / f"{NAME}.npz")
    QTest.qWait(50)
    assert "\n".join(obeyed(window)) == ""


def test_messages_and_questions_too(window: MainWindow, workspace: Workspace) -> None:
    workspace.error.emit(FitError(NAME, hint=NAME, where=NAME))
    window.show_crash(f"Traceback\n{NAME}")
    commands.ask_to_save(window, [NAME]).open()
    assert len(window.findChildren(QMessageBox)) == 3
    assert "\n".join(obeyed(window)) == ""
    for box in window.findChildren(QMessageBox):
        box.close()
