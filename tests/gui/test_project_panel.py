"""The project panel: facts, options with their way back, results, and its buttons."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio import history, project_file
from studio.base import fields
from studio.history import Entry
from studio.mapper.options import Place
from studio.options import Options
from studio.panels import project as project_panel
from studio.panels.project import Project
from studio.project_file import ProjectFile
from studio.ui import option_text, project_changes, theme
from studio.ui.cards import Elided
from studio.ui.records import NewProject
from studio.ui.workspace import Workspace
from tests.gui import artifacts


@pytest.fixture
def project(tmp_path: Path, example: Path) -> ProjectFile:
    folder = tmp_path / "数字 digits"
    folder.mkdir()
    for path in (example, example.with_suffix(".npz")):
        shutil.copy(path, folder / path.name)
    made = ProjectFile(folder, "My digits", folder / "digits.onnx", folder / "digits.npz")
    project_file.save(made)
    return made


def show(qtbot: QtBot, workspace: Workspace) -> Project:
    made = project_panel.PANEL.factory(workspace)
    assert isinstance(made, Project)
    qtbot.addWidget(made)
    made.resize(320, 520)
    made.show()
    return made


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace, project: ProjectFile) -> Project:
    """The panel with the project open."""
    workspace.set_project(project)
    workspace.set_model(project.model, project.data)
    return show(qtbot, workspace)


def text(panel: QWidget, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.whole if isinstance(found, Elided) else found.text()


def button(panel: QWidget, name: str) -> QToolButton:
    # Of several the last one: those before it are on their way out.
    return panel.findChildren(QToolButton, name)[-1]


def choose(panel: QWidget, name: str, title: str) -> None:
    """Choose an entry of a button's menu."""
    menu = button(panel, name).menu()
    assert menu is not None
    (action,) = [own for own in menu.actions() if own.text().startswith(title)]
    action.trigger()


def test_empty_until_something_is_open(
    qtbot: QtBot, workspace: Workspace, project: ProjectFile
) -> None:
    panel = show(qtbot, workspace)
    assert not panel.tabs.isVisible()
    workspace.set_project(project)
    assert panel.tabs.isVisible()
    workspace.set_project(None)
    assert not panel.tabs.isVisible()


def test_it_tells_what_the_project_is(panel: Project, workspace: Workspace) -> None:
    assert text(panel, "project-name") == "My digits"
    assert text(panel, "project-model") == "digits.onnx"
    assert "18.0" in text(panel, "project-model-details")
    assert text(panel, "project-data-details") == "360 samples of 1×8×8, with labels"
    assert text(panel, "project-chip") == "WTM2101"
    assert text(panel, "project-chip-details") == "1792 × 1024 cells"
    workspace.set_network(artifacts.network())
    assert text(panel, "project-model-details").endswith("1×8×8 → 10")
    workspace.set_data(None)
    assert text(panel, "project-data") == "none"
    workspace.set_chip(replace(workspace.chip, name="Other"))
    assert text(panel, "project-chip") == "Other"


def test_another_build_is_chosen(qtbot: QtBot, panel: Project, workspace: Workspace) -> None:
    (box,) = [own for own in panel.findChildren(QComboBox)
              if own.accessibleName() == "Build configuration"]  # fmt: skip
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert workspace.options.debug
    assert workspace.undo.canUndo()


def test_changed_options_are_listed_and_reset(
    qtbot: QtBot, panel: Project, workspace: Workspace
) -> None:
    workspace.edit_options("a", method="percentile", places=(Place("fc", *[1] * 9),), mixed=True)
    names = [own.name for own in project_changes.changed(workspace.options)]
    assert names == ["method", "mixed", "places"]
    qtbot.waitUntil(lambda: button(panel, "reset-mixed").isVisible())
    labels = {own.whole for own in panel.findChildren(Elided) if own.isVisible()}
    assert labels >= {"Calibration", "percentile", "16-bit weights", "on", "Places", "1 given"}
    reset = button(panel, "reset-method")
    assert "Calibration" in reset.accessibleName()
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert workspace.options.method == "mse"
    qtbot.mouseClick(button(panel, "reset-all"), Qt.MouseButton.LeftButton)
    assert workspace.options == Options()
    workspace.undo.undo()
    assert workspace.options.mixed


def test_every_option_has_words_for_its_value(tmp_path: Path) -> None:
    described = fields.of(Options)
    texts = {own.name: option_text.value(own, own.default) for own in described}
    assert texts["tile_rows"] == "the largest bank's"
    assert texts["percentile"] == "99.99 %"
    assert texts["labels"] == "on"
    assert texts["places"] == "0 given"
    chip = next(own for own in described if own.name == "chip")
    assert option_text.value(chip, str(tmp_path / "my.toml")) == "my.toml"
    shapes = next(own for own in described if own.name == "shapes")
    assert option_text.value(shapes, {"x": (1, 2)}) == "x"


def test_the_quantizers_options_are_edited(
    qtbot: QtBot, panel: Project, workspace: Workspace
) -> None:
    panel.tabs.setCurrentIndex(1)
    method = panel.findChild(QComboBox, "method")
    percentile = panel.findChild(QWidget, "percentile")
    assert isinstance(method, QComboBox)
    assert percentile is not None
    assert not percentile.isEnabled()
    method.setFocus()
    while workspace.options.method != "percentile":
        qtbot.keyClick(method, Qt.Key.Key_Down)
    assert percentile.isEnabled()
    workspace.undo.undo()
    assert workspace.options.method == "mse"
    assert method.currentIndex() == 0


def test_results_come_newest_first(
    qtbot: QtBot, panel: Project, workspace: Workspace, project: ProjectFile
) -> None:
    assert panel.results.model.rowCount() == 0
    for day, accuracy in (("01", 0.91), ("02", None), ("03", 0.93)):
        history.append(
            project.folder,
            Entry(f"2026-01-{day}T10:00:00+00:00", "WTM2101", accuracy=accuracy,
                  accuracy_float=0.95, array_use=0.5, noise=0.9, seconds=2.25),
        )  # fmt: skip
    workspace.deployed.emit()
    panel.tabs.setCurrentIndex(2)
    model = panel.results.model
    cells = [[model.data(model.index(row, column)) for column in range(1, 6)] for row in range(3)]
    assert cells[0] == ["93.0 %", "50.0 %", "90.0 %", "2.2 s", "WTM2101"]
    assert cells[1][0] == ""
    assert "2026" in str(model.data(model.index(2, 0))) or "26" in str(
        model.data(model.index(2, 0))
    )
    assert panel.results.curve.values == (0.91, 0.93)
    assert panel.results.curve.isVisible()
    assert text(panel, "last-accuracy") == "93.0 %"
    history.set_noise(project.folder, 0.25)
    workspace.project_changed.emit()
    assert model.data(model.index(0, 3)) == "25.0 %"


def test_data_is_chosen(panel: Project, workspace: Workspace, tmp_path: Path) -> None:
    offered: list[list[str]] = []
    workspace.files_offered.connect(offered.append)
    choose(panel, "open-data", "Samples")
    choose(panel, "open-data", "Folder")
    samples, pictures = panel.findChildren(QFileDialog)
    assert samples.nameFilters() == ["NumPy arrays (*.npz *.npy)"]
    assert pictures.fileMode() is QFileDialog.FileMode.Directory
    samples.fileSelected.emit("/tmp/a.npz")
    pictures.fileSelected.emit("/tmp/pics")
    assert offered == [["/tmp/a.npz"], ["/tmp/pics"]]
    samples.close()
    pictures.close()


def test_a_template_is_chosen(panel: Project, workspace: Workspace) -> None:
    asked: list[object] = []
    workspace.task_requested.connect(asked.append)
    choose(panel, "new-project", "Wake word")
    assert asked == [NewProject("wake-word")]


def test_the_folder_is_shown(
    qtbot: QtBot, panel: Project, project: ProjectFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
    qtbot.mouseClick(button(panel, "show-folder"), Qt.MouseButton.LeftButton)
    assert shown == [QUrl.fromLocalFile(str(project.folder))]


def test_what_was_imported_is_told_and_shown(
    qtbot: QtBot, panel: Project, workspace: Workspace, project: ProjectFile
) -> None:
    assert not button(panel, "show-imported").isVisible()
    with_import = replace(project, imported={"project": "kws", "sources": ["a.c"]})
    project_file.save(with_import)
    workspace.set_project(with_import)
    shown: list[tuple[Path, int]] = []
    workspace.file_requested.connect(lambda path, line: shown.append((path, line)))
    qtbot.mouseClick(button(panel, "show-imported"), Qt.MouseButton.LeftButton)
    ((path, line),) = shown
    assert path.read_text(encoding="utf-8").splitlines()[line - 1] == "[imported]"


def test_the_tab_stays_when_the_window_is_built_again(
    qtbot: QtBot, panel: Project, workspace: Workspace
) -> None:
    panel.tabs.setCurrentIndex(2)
    assert show(qtbot, workspace).tabs.currentIndex() == 2


def test_nothing_is_cut_in_a_narrow_dock(
    qtbot: QtBot, panel: Project, workspace: Workspace
) -> None:
    workspace.edit_options("a", reset_every=3, tile_rows=64)
    panel.resize(240, 400)
    for index in range(3):
        panel.tabs.setCurrentIndex(index)
        qtbot.wait(10)
        for own in panel.findChildren(QToolButton):
            if own.isVisible():
                right = own.mapTo(panel, own.rect().topRight()).x()
                assert right <= panel.width(), own.objectName()


def test_another_theme_draws_the_icons_again(
    panel: Project, workspace: Workspace, themed: object
) -> None:
    workspace.edit_options("a", mixed=True)
    before = button(panel, "reset-mixed").icon().pixmap(16, 16).toImage()
    theme.install(themed, dark=True)  # type: ignore[arg-type]
    after = button(panel, "reset-mixed").icon().pixmap(16, 16).toImage()
    theme.install(themed, dark=False)  # type: ignore[arg-type]
    assert before != after
