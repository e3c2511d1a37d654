"""The Mapper panel: options, layers, Map and Cancel, places by hand, results and failures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QProgressBar, QSpinBox
from pytestqt.qtbot import QtBot

from studio.base.job import Job
from studio.mapper import stage
from studio.mapper.moving import Mover, places_of
from studio.mapper.options import LayerOptions
from studio.mapping import map_options
from studio.options import Options
from studio.panels.mapper import PANEL, Mapper
from studio.ui import stage_report, theme
from studio.ui.records import Activity, Cancel, Deploy
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import KNOWN_WARNINGS


@pytest.fixture
def mapper(qtbot: QtBot, workspace: Workspace) -> Mapper:
    """The panel of a mapped network."""
    workspace.set_model(Path("digits.onnx"), None)
    workspace.set_qnetwork(artifacts.qnetwork())
    workspace.set_layout(artifacts.layout(artifacts.qnetwork()))
    return opened(qtbot, workspace)


def opened(qtbot: QtBot, workspace: Workspace) -> Mapper:
    made = PANEL.factory(workspace)
    assert isinstance(made, Mapper)
    qtbot.addWidget(made)
    made.resize(320, 500)
    made.show()
    qtbot.waitExposed(made)
    return made


def asked(workspace: Workspace) -> list[object]:
    found: list[object] = []
    workspace.task_requested.connect(found.append)
    return found


def texts(mapper: Mapper) -> str:
    return "\n".join(own.text() for own in mapper.findChildren(QLabel) if own.isVisible())


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def by_hand(workspace: Workspace, pinned: tuple[int, ...]) -> None:
    layout = workspace.layout
    assert layout is not None
    places = places_of(layout, pinned)
    workspace.edit_layout("Move", layout, replace(workspace.options, places=places))


def test_undo_never_brings_another_deploys_layout(workspace: Workspace) -> None:
    first = artifacts.layout(artifacts.qnetwork())
    workspace.set_layout(first)
    places = places_of(first, [0])
    moved = replace(first, blocks=first.blocks[:2])
    workspace.edit_layout("Move", moved, replace(workspace.options, places=places))
    workspace.undo.undo()
    assert workspace.layout is first
    workspace.undo.redo()
    assert workspace.layout is moved
    workspace.start_deploy()
    workspace.undo.undo()
    assert workspace.layout is None
    assert workspace.options.places == ()
    second = artifacts.layout(artifacts.qnetwork())
    workspace.set_layout(second)
    workspace.set_stage("map", "done")
    workspace.undo.redo()
    assert workspace.layout is second
    assert workspace.stages["map"].status == "done"
    assert workspace.options.places == places


def test_without_a_model_there_is_nothing_to_map(qtbot: QtBot, workspace: Workspace) -> None:
    mapper = opened(qtbot, workspace)
    assert "Nothing to map" in texts(mapper)
    assert not mapper.head.map.isVisible()
    workspace.set_model(Path("digits.onnx"), None)
    assert "No layout yet" in texts(mapper)
    found = asked(workspace)
    click(qtbot, mapper.head.map)
    assert found == [Deploy("map")]
    mapper.tabs.setCurrentIndex(2)
    assert "No layers yet" in texts(mapper)


def test_progress_is_the_map_stages_own_and_cancel_ends_it(
    qtbot: QtBot, workspace: Workspace
) -> None:
    workspace.set_model(Path("digits.onnx"), None)
    mapper = opened(qtbot, workspace)
    found = asked(workspace)
    workspace.set_stage("map", "running")
    workspace.set_activity(Activity("map", 3.25 / 6, "placing blocks"))
    assert "Mapping…" in texts(mapper)
    assert not mapper.head.map.isVisible()
    assert mapper.head.bar.value() == 250
    assert mapper.head.doing.text() == "Placing on the array · placing blocks"
    click(qtbot, mapper.head.cancel)
    assert found == [Cancel()]
    workspace.set_activity(Activity(text="Cancelling…"))
    assert not mapper.head.cancel.isEnabled()
    workspace.stop_stages("cancelled")
    workspace.set_activity(Activity())
    assert mapper.head.map.isVisible()
    assert not mapper.head.bar.isVisible()
    assert "No layout yet" in texts(mapper)


def test_quiet_work_leaves_map_where_it_is(mapper: Mapper, workspace: Workspace) -> None:
    workspace.set_activity(Activity("compare", 0.5, "", quiet=True))
    assert mapper.head.map.isVisible()
    assert not mapper.head.cancel.isVisible()


def test_a_result_shows_use_method_and_proof(mapper: Mapper, workspace: Workspace) -> None:
    shown = texts(mapper)
    for part in ("Best possible", "All are placed.", "9.8 %", "0.4 %", "19.2 %", "18.0 %"):
        assert part in shown
    assert "Upper bank" in shown
    assert "in order" in shown
    assert "4 layouts in 10 ms" in shown
    bars = [own for own in mapper.result.findChildren(QProgressBar) if own.isVisible()]
    assert [own.value() for own in bars] == [98, 4, 192, 180]
    assert not mapper.result.short.isVisible()
    layout = workspace.layout
    assert layout is not None
    search = replace(
        layout.search, optimal=False, method="local search, then OR-tools CP-SAT", tries=1
    )
    workspace.set_layout(replace(layout, search=search))
    assert "Not proved best" in texts(mapper)
    assert "local search, then OR-tools CP-SAT" in texts(mapper)
    assert "1 layout in 10 ms" in texts(mapper)


def test_several_arrays_are_counted(qtbot: QtBot, mapper: Mapper, workspace: Workspace) -> None:
    assert "Arrays" not in texts(mapper)
    layout, chip = workspace.layout, workspace.chip
    assert layout is not None
    workspace.chip = replace(chip, array=replace(chip.array, count=3))
    workspace.set_layout(replace(layout, search=replace(layout.search, arrays=2)))
    assert "2 of 3 used, at least 1 needed" in texts(mapper)


def test_short_blocks_lead_to_their_layer(
    qtbot: QtBot, mapper: Mapper, workspace: Workspace
) -> None:
    layout = workspace.layout
    assert layout is not None
    blocks = [replace(own, bias_cells=own.bias_cells[:3]) for own in layout.blocks[:2]]
    workspace.set_layout(replace(layout, blocks=(*blocks, layout.blocks[2])))
    table = mapper.result.short
    assert "2 blocks have fewer bias rows than wanted" in texts(mapper)
    assert [table.rows.row(n).cells for n in range(2)] == [
        ("conv1", "3 of 8"),
        ("dense1", "3 of 8"),
    ]
    shown: list[str] = []
    workspace.panel_requested.connect(shown.append)
    table.selectRow(1)
    assert workspace.selected.layer == "dense1"
    assert shown == []
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert shown == ["array"]


def test_options_are_edited_and_undone(qtbot: QtBot, mapper: Mapper, workspace: Workspace) -> None:
    mapper.tabs.setCurrentIndex(1)
    by_hand(workspace, (1,))
    box = mapper.form.editor("bias_rows")
    assert isinstance(box, QSpinBox)
    box.setValue(4)
    assert workspace.options.bias_rows == 4
    assert [place.layer for place in workspace.options.places] == ["dense1"]
    assert workspace.undo.undoText() == "Change Bias rows"
    workspace.undo.undo()
    assert workspace.options.bias_rows is None
    assert len(workspace.options.places) == 3
    assert box.value() == box.minimum()


@pytest.mark.qt_log_ignore(*KNOWN_WARNINGS, "This plugin does not support (raise|grabbing)")
def test_a_layers_choices_are_edited_with_the_mouse_and_undone(
    qtbot: QtBot, mapper: Mapper, workspace: Workspace
) -> None:
    mapper.tabs.setCurrentIndex(2)
    table, model = mapper.table, mapper.layers
    spot = table.visualRect(model.index(1, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    (box,) = table.findChildren(QComboBox)
    assert [box.itemText(n) for n in range(box.count())] == ["any", "upper", "lower"]
    qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    qtbot.keyClick(box.view(), Qt.Key.Key_Return)
    assert workspace.options.layers == {"dense1": LayerOptions("lower")}
    assert workspace.selected.layer == "dense1"
    assert model.index(1, 1).data() == "lower"
    model.setData(model.index(1, 2), 4)
    assert workspace.options.layers == {"dense1": LayerOptions("lower", 4)}
    workspace.undo.undo()
    assert workspace.options.layers == {"dense1": LayerOptions("lower")}
    workspace.undo.undo()
    assert workspace.options.layers == {}
    assert model.index(1, 1).data() == "any"


def test_a_choice_opens_by_keyboard(qtbot: QtBot, mapper: Mapper, workspace: Workspace) -> None:
    mapper.tabs.setCurrentIndex(2)
    table, model = mapper.table, mapper.layers
    table.setFocus()
    table.setCurrentIndex(model.index(0, 2))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    (box,) = table.findChildren(QComboBox)
    assert box.accessibleName() == "conv1: Copies"
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    table.setCurrentIndex(model.index(0, 0))  # leaving the cell takes the choice over
    assert workspace.options.layers == {"conv1": LayerOptions(copies=2)}


def test_only_what_is_possible_can_be_chosen(mapper: Mapper, workspace: Workspace) -> None:
    conv, dense, _ = (mapper.layers.row(n) for n in range(3))
    assert conv.copies == (1, 2, 4, 8)  # the gain is 1024, the chip's largest 8192
    assert conv.points == tuple(range(1, 9))  # 8 positions along W
    assert dense.points == (1,)
    points = mapper.layers.index(1, 3)
    assert points.data() == "–"
    assert not points.flags() & Qt.ItemFlag.ItemIsEditable
    assert not mapper.layers.setData(mapper.layers.index(0, 2), 3)
    assert workspace.options.layers == {}


def test_reset_forgets_the_choices_of_all_layers(
    qtbot: QtBot, mapper: Mapper, workspace: Workspace
) -> None:
    mapper.tabs.setCurrentIndex(2)
    assert not mapper.reset.isEnabled()
    workspace.set_options(replace(workspace.options, layers={"conv1": LayerOptions("upper")}))
    click(qtbot, mapper.reset)
    assert workspace.options.layers == {}
    workspace.undo.undo()
    assert workspace.options.layers == {"conv1": LayerOptions("upper")}


def test_selection_is_shared(mapper: Mapper, workspace: Workspace) -> None:
    mapper.tabs.setCurrentIndex(2)
    workspace.select_layer("dense2", "array")
    assert [index.row() for index in mapper.table.selectionModel().selectedRows()] == [2]
    mapper.table.selectRow(0)
    assert workspace.selected.layer == "conv1"
    workspace.select_layer("", "array")
    assert not mapper.table.selectionModel().hasSelection()


def test_places_are_told_kept_and_forgotten(
    qtbot: QtBot, mapper: Mapper, workspace: Workspace
) -> None:
    head, found = mapper.head, asked(workspace)
    assert not head.forget.isVisible()
    by_hand(workspace, (0, 2))
    assert "Map keeps all of them" in texts(mapper)
    assert head.again.text() == "Map again around 2 pinned blocks"
    click(qtbot, head.again)
    assert found == [Deploy("map")]
    assert [place.layer for place in workspace.options.places] == ["conv1", "dense2"]
    assert "2 blocks are pinned" in texts(mapper)
    assert not head.again.isVisible()
    click(qtbot, head.forget)
    assert workspace.options.places == ()
    assert not head.forget.isVisible()
    workspace.undo.undo()
    assert len(workspace.options.places) == 2
    workspace.undo.undo()
    assert len(workspace.options.places) == 3


def test_words_for_one_and_no_pinned_block(mapper: Mapper, workspace: Workspace) -> None:
    by_hand(workspace, (1,))
    assert mapper.head.again.text() == "Map again around 1 pinned block"
    by_hand(workspace, ())
    assert mapper.head.again.text() == "Map again"
    pinned = tuple(own for own in places_of(artifacts.layout(artifacts.qnetwork()), (1,)))
    workspace.set_options(replace(workspace.options, places=pinned[1:2]))
    assert "1 block is pinned." in texts(mapper)


def test_another_size_of_a_layer_takes_its_own_pin_away(
    mapper: Mapper, workspace: Workspace
) -> None:
    by_hand(workspace, (0, 1))
    told: list[str] = []
    workspace.notice.connect(told.append)
    mapper.layers.setData(mapper.layers.index(0, 2), 2)
    assert [place.layer for place in workspace.options.places] == ["dense1"]
    assert told == ["conv1 is not pinned any more."]


def test_what_does_not_fit_is_shown_with_its_layer(
    qtbot: QtBot, mapper: Mapper, workspace: Workspace
) -> None:
    qnetwork = artifacts.qnetwork()
    places = (replace(places_of(artifacts.layout(qnetwork))[1], row=600),)
    workspace.set_options(replace(Options(), places=places, seconds=2.0))
    with pytest.raises(stage.StudioError) as caught:
        stage.run(
            qnetwork, workspace.chip, map_options(workspace.options, workspace.chip, {}), Job()
        )
    workspace.set_layout(None)
    workspace.set_stage("map", "running")
    workspace.stop_stages("failed")
    problem = stage_report.error_as_problem("map", caught.value, workspace)
    workspace.set_problems("map", [problem])
    assert "rows 600..1111 do not lie in one bank" in mapper.failure.message.text()
    assert "Forget places" in mapper.failure.hint.text()
    shown: list[str] = []
    workspace.panel_requested.connect(shown.append)
    click(qtbot, mapper.failure.button)
    assert workspace.selected.layer == "dense1"
    assert shown == ["layers"]
    assert workspace.options.seconds == 2.0
    click(qtbot, mapper.failure.options)
    assert mapper.tabs.currentIndex() == 1
    workspace.set_problems("map", [])
    workspace.set_stage("map", "done", 0.1)
    workspace.set_layout(artifacts.layout(qnetwork))
    mapper.tabs.setCurrentIndex(0)
    assert mapper.pages.currentWidget() is mapper.result


def test_a_layout_moved_by_hand_counts_again(mapper: Mapper, workspace: Workspace) -> None:
    layout = stage.run(
        artifacts.qnetwork(), workspace.chip, map_options(Options(), workspace.chip, {}), Job()
    )
    workspace.set_layout(layout)
    mover = Mover(layout, 1, workspace.chip)
    move = next(
        found
        for column in range(layout.blocks[1].column + 1, 700)
        if (found := mover.check(0, 896, column)).legal
    )
    workspace.set_layout(mover.apply(move))
    assert "by hand" in texts(mapper)
    assert "Not proved best" in texts(mapper)
    number = workspace.layout.utilization.banks[1] if workspace.layout else 0
    assert np.isclose(number, 512 * 300 / (896 * 896))
    assert f"{100 * number:.1f} %" in texts(mapper)


def test_the_panel_is_built_again_as_it_was(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.set_model(Path("digits.onnx"), None)
    workspace.set_qnetwork(artifacts.qnetwork())
    first = opened(qtbot, workspace)
    first.tabs.setCurrentIndex(2)
    first.close()
    second = opened(qtbot, workspace)
    assert second.tabs.currentIndex() == 2
    assert second.table.isVisible()
    assert second.layers.rowCount() == 3


def test_both_themes(
    qtbot: QtBot, mapper: Mapper, workspace: Workspace, qapp: QApplication
) -> None:
    before = mapper.grab().toImage()
    theme.install(qapp, dark=True)
    after = mapper.grab().toImage()
    assert before.pixelColor(5, 300).lightness() > 200
    assert after.pixelColor(5, 300).lightness() < 60
    theme.install(qapp, dark=False)
