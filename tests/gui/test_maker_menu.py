"""The menu of the maker's mapper: what it asks for, the question before it runs, the results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from studio import studies
from studio.board import consent
from studio.board.maker_export import MakerFolder
from studio.board.maker_import import Comparison
from studio.ui.maker_menu import MakerButton
from studio.ui.records import Ask
from studio.ui.workspace import Workspace
from tests.gui import artifacts


@pytest.fixture
def asked(workspace: Workspace) -> list[Ask]:
    found: list[Ask] = []
    workspace.task_requested.connect(found.append)
    return found


@pytest.fixture
def button(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> MakerButton:
    workspace.out = tmp_path / "结果"
    workspace.set_layout(artifacts.layout(artifacts.qnetwork()))
    button = MakerButton(workspace)
    qtbot.addWidget(button)
    button.show()
    return button


def actions(button: MakerButton) -> list[QAction]:
    button.refresh()
    return button.menu().actions()


def test_export(workspace: Workspace, button: MakerButton, asked: list[Ask]) -> None:
    export, run, take = actions(button)
    assert (export.isEnabled(), run.isEnabled(), take.isEnabled()) == (True, False, True)
    export.trigger()
    assert workspace.out is not None
    folder = workspace.out.with_name("结果-maker")
    assert asked[0].function is studies.export_to_maker
    assert asked[0].arguments == (folder,)
    assert asked[0].until == "map"
    folder.mkdir()
    (folder / "README.md").write_text("read me", encoding="utf-8")
    opened: list[Path] = []
    workspace.file_requested.connect(lambda path, line: opened.append(path))
    asked[0].then(MakerFolder(folder, ("Column tiles are uncertain.",)))
    assert workspace.outputs["maker"] == [str(folder), "Column tiles are uncertain."]
    assert opened == [folder / "README.md"]
    workspace.set_layout(None)
    assert not actions(button)[0].isEnabled()


def test_running_asks_once_for_a_folder(
    qtbot: QtBot, workspace: Workspace, button: MakerButton, asked: list[Ask]
) -> None:
    assert workspace.out is not None
    folder = workspace.out.with_name("结果-maker")
    folder.mkdir()
    workspace.settings = replace(workspace.settings, mapper="docker", mapper_image="witin")
    run = actions(button)[1]
    assert run.isEnabled()
    run.trigger()
    (box,) = button.findChildren(QMessageBox)
    assert str(folder) in box.informativeText()
    with qtbot.waitSignal(box.destroyed):
        box.button(QMessageBox.StandardButton.No).click()
    assert not asked and not consent.given(folder)
    run.trigger()
    (box,) = button.findChildren(QMessageBox)
    box.button(QMessageBox.StandardButton.Yes).click()
    assert consent.given(folder)
    assert asked[0].function is studies.run_maker
    assert asked[0].arguments == (folder, workspace.settings, workspace.out)
    run.trigger()  # not asked again
    assert len(asked) == 2
    told: list[str] = []
    workspace.notice.connect(told.append)
    asked[0].then(Comparison(True, True, True, "1a2b", ()))
    asked[0].then(Comparison(False, True, False, "1a2b", ("3 cells of fc1 differ",)))
    assert told[0].startswith("The mapper's map is ours")
    assert told[1].startswith("The mapper's map differs")
    assert "difference: 3 cells of fc1 differ" in workspace.outputs["maker"]


def test_taking_over_a_folder(
    workspace: Workspace, button: MakerButton, asked: list[Ask], tmp_path: Path
) -> None:
    actions(button)[2].trigger()
    (dialog,) = button.findChildren(QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.fileSelected.emit(str(tmp_path))
    assert asked[0].function is studies.take_over
    assert asked[0].arguments == (tmp_path, workspace.out)
    dialog.close()
