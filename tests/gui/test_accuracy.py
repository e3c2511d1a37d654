"""The Accuracy panel: what is right and wrong, layers, and noisy chips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from studio import studies
from studio.base.job import Job
from studio.chip import noise as noises
from studio.chip.chip import Chip
from studio.chip.noise import Conditions
from studio.panels.accuracy import Accuracy
from studio.simulate.compare import LayerReport, Report
from studio.simulate.errors import Errors
from studio.simulate.noise_study import Study
from studio.ui import answers
from studio.ui.records import Activity, Ask, Cancel
from studio.ui.sample_list import SIDE, picture
from studio.ui.workspace import Workspace
from tests.gui import artifacts


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> Accuracy:
    made = Accuracy(workspace)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


@pytest.fixture
def study(chip: Chip) -> Study:
    """What a study of four chips looks like."""
    rng = np.random.default_rng(3)
    layers = ("conv1", "dense1")
    nothing = np.full(4, np.nan)
    return Study(
        network="digits",
        model=noises.pick(chip.noise, "nor55", chip.name),
        conditions=Conditions(),
        seed=0,
        samples=12,
        labels=True,
        exact_accuracy=0.98,
        yield_at=None,
        accuracy=np.array([0.98, 0.975, 0.94, 0.98]),
        agreement=nothing,
        cosine=nothing,
        traced=layers,
        correlation=rng.uniform(0.98, 1.0, (2, 2)),
        saturation=np.zeros((2, 2)),
        layers=layers,
        layer_accuracy=rng.uniform(0.95, 0.98, (2, 3)),
        layer_agreement=rng.uniform(0.95, 0.98, (2, 3)),
        layer_cosine=rng.uniform(0.95, 0.98, (2, 3)),
    )


def report() -> Report:
    """Two layers, the second one weak."""
    good, weak = Errors(0.9999, 0.01, 40.0, 0.1, 0.0), Errors(0.97, 0.2, 12.0, 1.0, 0.04)
    layers = tuple(
        LayerReport(name, "array", name, own, own, -9, 99, (-128, 127), 0.0, 1024, {}, advice)
        for name, own, advice in (("conv1", good, ""), ("dense1", weak, "Equalize it."))
    )
    return Report("digits", 64, True, layers, {}, ("dense1", "conv1"))


def rows(panel: Accuracy) -> list[str]:
    model = panel.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_answers_count_only_labelled_samples(workspace: Workspace) -> None:
    assert answers.of(workspace, emulator=False) is None
    found = artifacts.simulation(20)
    assert found.labels is not None
    found.labels[3] = -1
    workspace.set_simulation(found)
    assert answers.of(workspace, emulator=True) is None
    mine = answers.of(workspace, emulator=False)
    assert mine is not None
    assert len(mine.labels) == 19
    assert 3 not in mine.samples
    matrix = mine.confusion()
    assert matrix.sum() == 19
    assert np.trace(matrix) == mine.right.sum()


def test_the_matrix_picks_the_samples_to_look_at(
    qtbot: QtBot, workspace: Workspace, panel: Accuracy
) -> None:
    workspace.set_simulation(artifacts.simulation())  # 9 of 360 are wrong
    mistakes = rows(panel)
    assert len(mistakes) == 9
    assert mistakes[0] == "0 → 1"
    matrix = panel.matrix
    index = matrix.model().index(3, 4)
    assert index.data() == "1"
    qtbot.mouseClick(
        matrix.viewport(), Qt.MouseButton.LeftButton, pos=matrix.visualRect(index).center()
    )
    assert rows(panel) == ["3 → 4"]
    (button,) = panel.findChildren(QPushButton, "all-wrong")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(rows(panel)) == 9


def test_the_emulators_answers_come_first_and_the_simulators_can_be_chosen(
    qtbot: QtBot, workspace: Workspace, panel: Accuracy
) -> None:
    workspace.set_simulation(artifacts.simulation())
    workspace.set_run(artifacts.run())  # every answer is the label
    assert panel._who.currentText() == "Emulator"
    assert rows(panel) == []
    panel._who.setFocus()
    qtbot.keyClick(panel._who, Qt.Key.Key_Down)
    assert panel._who.currentText() == "Simulator"
    assert len(rows(panel)) == 9


def test_pictures_of_every_shape(themed: object) -> None:
    rng = np.random.default_rng(5)
    for shape in ((28, 28, 1), (28, 28, 3), (1, 1, 40), (16, 1, 8), (100, 1, 1), (9, 5, 4)):
        made = picture(rng.integers(0, 128, shape).astype(np.int16), SIDE)
        assert 0 < made.width() <= SIDE
        assert 0 < made.height() <= SIDE
        image = made.toImage()
        seen = {image.pixel(x, y) for x in range(made.width()) for y in range(made.height())}
        assert len(seen) > 1


def test_layers_are_picked_both_ways(workspace: Workspace, panel: Accuracy) -> None:
    workspace.set_comparison(report())
    workspace.select_layer("dense1", "array")
    panel._tabs.setCurrentIndex(1)
    assert "Equalize it." in panel.errors._words.text()
    panel.errors.picked.emit("conv1")
    assert workspace.selected.layer == "conv1"
    assert "40.0 dB" in panel.errors._words.text()


def test_a_study_is_asked_for_with_what_was_chosen(
    qtbot: QtBot, workspace: Workspace, panel: Accuracy
) -> None:
    (run,) = panel.findChildren(QPushButton, "noise-run")
    assert not run.isEnabled()
    workspace.set_qnetwork(artifacts.qnetwork())
    workspace.set_simulation(artifacts.simulation())
    workspace.set_layout(artifacts.layout(artifacts.qnetwork()))
    panel._tabs.setCurrentIndex(2)
    (chips,) = panel.findChildren(QSpinBox, "noise-chips")
    chips.setValue(7)
    with qtbot.waitSignal(workspace.task_requested) as asked:
        qtbot.mouseClick(run, Qt.MouseButton.LeftButton)
    (task,) = asked.args
    assert isinstance(task, Ask)
    assert task.function is studies.noise_study
    (choice,) = task.arguments
    assert choice.chips == 7
    assert choice.model == "nor55"
    workspace.set_activity(Activity("noise", 0.5))
    with qtbot.waitSignal(workspace.task_requested) as asked:
        qtbot.mouseClick(run, Qt.MouseButton.LeftButton)
    assert asked.args == [Cancel()]


def test_a_study_is_shown_and_saved(
    qtbot: QtBot,
    workspace: Workspace,
    panel: Accuracy,
    study: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel._tabs.setCurrentIndex(2)
    workspace.set_study(study)
    (picture_button,) = panel.findChildren(QPushButton, "noise-picture")
    file = tmp_path / "噪声 1.svg"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    with qtbot.waitSignal(workspace.task_requested) as asked:
        qtbot.mouseClick(picture_button, Qt.MouseButton.LeftButton)
    (task,) = asked.args
    assert task.function(Job(), *task.arguments) == file
    assert "<svg" in file.read_text(encoding="utf-8")
    notices: list[str] = []
    workspace.notice.connect(notices.append)
    task.then(file)
    assert "噪声 1.svg" in notices[0]
