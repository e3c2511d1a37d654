"""The array panel: looking, selecting, moving, comparing and saving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio import studies
from studio.chip.chip import Chip
from studio.formats import layers_txt
from studio.mapper.layout import Block
from studio.mapper.problem import Occupied
from studio.panels.array import PANEL, Array
from studio.simulate.compare import LayerReport, Report
from studio.simulate.errors import Errors
from studio.ui import array_colours, theme
from studio.ui.array_heat import LEVELS, Heat
from studio.ui.array_labels import short
from studio.ui.array_page import ArrayPage
from studio.ui.records import Activity, Ask, Deploy
from studio.ui.workspace import Workspace
from tests.gui import artifacts

LAYERS = ["conv1", "dense1", "dense2"]


@pytest.fixture
def filled(workspace: Workspace, example: Path) -> Workspace:
    network = artifacts.qnetwork()
    workspace.set_model(example, None)
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(network)
    workspace.set_layout(artifacts.layout(network))
    return workspace


@pytest.fixture
def page(qtbot: QtBot, filled: Workspace) -> Iterator[ArrayPage]:
    panel = PANEL.factory(filled)
    assert isinstance(panel, Array)
    qtbot.addWidget(panel)
    panel.resize(800, 620)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    panel.page.view.setFocus()
    yield panel.page
    panel.close()  # and so it lives until here


def place(page: ArrayPage, column: float, row: float, *, strip: bool = False) -> QPoint:
    """Where a cell lies in the view."""
    plot = page.view.plots[strip]
    found: QPoint = page.view.mapFromScene(plot.box.mapViewToScene(QPointF(column, row)))
    return found


def hover(qtbot: QtBot, page: ArrayPage, column: float, row: float, *, strip: bool = False) -> str:
    plot = page.view.plots[strip]
    page.view.scene().sigMouseMoved.emit(plot.box.mapViewToScene(QPointF(column, row)))
    qtbot.wait(40)
    return page.hover.text()


def click(qtbot: QtBot, page: ArrayPage, column: float, row: float) -> None:
    qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place(page, column, row))


def press(qtbot: QtBot, page: ArrayPage, key: Qt.Key, modifier: str = "") -> None:
    modifiers = Qt.KeyboardModifier.NoModifier
    if "alt" in modifier:
        modifiers |= Qt.KeyboardModifier.AltModifier
    if "shift" in modifier:
        modifiers |= Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(page.view, key, modifiers)


def drag(page: ArrayPage, start: tuple[int, int], *to: tuple[int, int]) -> Callable[[], None]:
    """Press on a cell and move over others; what is returned releases the button."""
    viewport = page.view.viewport()

    def send(kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
        held = Qt.MouseButton.NoButton
        if kind != QEvent.Type.MouseButtonRelease:
            held = Qt.MouseButton.LeftButton
        where = QPointF(at), QPointF(viewport.mapToGlobal(at))
        event = QMouseEvent(kind, *where, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(viewport, event)

    points = [place(page, *cell) for cell in (start, *to)]
    send(QEvent.Type.MouseButtonPress, points[0], Qt.MouseButton.LeftButton)
    for point in points[1:]:
        for part in (0.5, 1.0):
            at = points[0] + (point - points[0]) * part
            QTest.qWait(12)  # more often than 100 times a second is left out
            send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)

    def release() -> None:
        send(QEvent.Type.MouseButtonRelease, points[-1], Qt.MouseButton.LeftButton)

    return release


def block(workspace: Workspace, layer: str) -> Block:
    assert workspace.layout is not None
    return next(own for own in workspace.layout.blocks if own.layer == layer)


def shown(widget: QWidget, page: ArrayPage, column: float, row: float) -> QColor:
    """The colour of a cell on the screen."""
    at = page.view.viewport().mapTo(widget, place(page, column, row))
    return widget.grab().toImage().pixelColor(at)


# -- looking


def test_the_cell_under_the_pointer(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    own = block(filled, "dense1")
    value = int(own.cells[4, 3])
    found = hover(qtbot, page, 203.5, 900.5)
    assert found == (
        f"column 203 · row 900 · lower bank · dense1 · weight {value} · input 4 · output 3"
    )
    # The second half of a PN matrix takes the negative parts of the inputs.
    assert "input 4, negative part" in hover(qtbot, page, 203.5, 896 + 256 + 4.5)
    found = hover(qtbot, page, 203.5, 2.5, strip=True)
    assert f"column 203 · bias row 2 · dense1 · bias step {int(own.bias_cells[2, 3])}" in found
    assert hover(qtbot, page, 10.5, 10.5) == "column 10 · row 10 · upper bank · reserved"
    assert hover(qtbot, page, 900.5, 10.5).endswith("free")
    assert "Point at a cell" in hover(qtbot, page, -20, 10.5)


def test_points_copies_and_tiles_are_told(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    layout = filled.layout
    assert layout is not None
    conv = block(filled, "conv1")
    twice = replace(
        conv, cells=np.tile(conv.cells, (2, 2)), bias_cells=np.tile(conv.bias_cells, 2),
        copies=2, points=2, row=300, column=800,
    )  # fmt: skip
    filled.set_layout(replace(layout, blocks=(*layout.blocks, replace(twice, tile=0))))
    found = hover(qtbot, page, 800 + 16 + 1.5, 300 + 9 + 2.5)
    assert "copy 2 of 2" in found
    assert "point 2 of 2" in found
    assert "output 1" in found


def test_what_earlier_layouts_hold(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    assert filled.layout is not None
    taken = (Occupied(0, 1000, 600, 300, 200, 0, 4), Occupied(0, 0, 900, 9, 9))
    filled.set_layout(replace(filled.layout, occupied=taken))
    for strip, column, row, text in (
        (False, 700.5, 1100.5, "occupied"),
        (False, 900.5, 3.5, "occupied"),
        (False, 900.5, 300.5, "free"),
        (True, 700.5, 3.5, "occupied"),
        (True, 700.5, 4.5, "free"),
        (True, 900.5, 0.5, "free"),
    ):
        assert hover(qtbot, page, column, row, strip=strip).endswith(text)
    click(qtbot, page, 700, 1100)
    assert filled.selected.layer == ""


def test_several_arrays(qtbot: QtBot, filled: Workspace, chip: Chip) -> None:
    filled.set_chip(replace(chip, array=replace(chip.array, count=2)))
    network = artifacts.qnetwork()
    layout = artifacts.layout(network)
    moved = replace(layout.blocks[0], array=1)
    filled.set_layout(replace(layout, blocks=(moved, *layout.blocks[1:])))
    panel = PANEL.factory(filled)
    assert isinstance(panel, Array)
    qtbot.addWidget(panel)
    panel.resize(900, 500)
    with qtbot.waitExposed(panel):
        panel.show()
    left = panel.page.view.space.offset(1)
    assert hover(qtbot, panel.page, left + 130.5, 0.5).startswith("array 1 · column 130 · row 0")
    assert "conv1" in hover(qtbot, panel.page, left + 130.5, 0.5)
    # Another chip while the panel is there.
    filled.set_chip(chip)
    assert panel.page.view.space.array.count == 1


def test_how_much_is_used(qtbot: QtBot, page: ArrayPage) -> None:
    assert page.header.used.text() == "9.8 % used"
    assert [use.figure.text() for use in page.header.uses] == ["0.4 %", "19.2 %", "18.0 %"]
    assert [use.bar.value() for use in page.header.uses] == [4, 192, 180]
    page.window().resize(330, 560)
    assert page.header.used.text() == "9.8 %"
    qtbot.waitUntil(lambda: page.window().minimumSizeHint().width() <= 320)


def test_a_low_dock_keeps_the_drawing(qtbot: QtBot, page: ArrayPage) -> None:
    page.window().resize(320, 200)
    qtbot.wait(20)
    assert not page.header.uses[0].isVisible()
    assert page.view.cells.box.height() > 40


# -- colours


def test_the_modes_and_their_legends(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    widget = page.window()
    assert page.legend.keys.accessibleDescription() == "conv1, dense1, dense2"
    by_layer = shown(widget, page, 480, 1300)
    page.header.modes.setCurrentText("Error (SNR)")
    assert page.legend.missing.text().startswith("Layers have not been compared")
    spy = QSignalSpy(filled.panel_requested)
    qtbot.mouseClick(page.legend.more, Qt.MouseButton.LeftButton)
    assert spy.at(0) == ["accuracy"]
    filled.set_comparison(_report({"conv1": 40.0, "dense1": 10.0, "dense2": 25.0}))
    assert not page.legend.missing.isVisible()
    assert page.legend.keys.accessibleDescription() == "SNR, 40.0 dB, 10.0 dB"
    worst = array_colours.of("snr", filled).colours["dense1"]
    found = shown(widget, page, 480, 1300)
    assert found == QColor(worst)
    assert found != by_layer
    page.header.modes.setCurrentText("Error (cosine)")
    assert page.legend.keys.accessibleDescription() == "cosine, 0.99000, 0.99000"
    page.header.modes.setCurrentText("Noise")
    assert page.legend.missing.text() == "Noise has not been studied yet."


def _report(snr: dict[str, float]) -> Report:
    layers = tuple(
        LayerReport(name, "array", name, None, Errors(0.99, 0.1, own, 0.1, 0.0), 0, 0,
                    (-128, 127), 0.0, 1024, {}, "")
        for name, own in snr.items()
    )  # fmt: skip
    return Report("digits", 1, True, layers, {}, ())


def test_every_cell_has_the_colour_of_its_value(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    page.header.modes.setCurrentText("Weight value")
    heat = page.view.cells.heat
    qtbot.waitUntil(lambda: heat.end > 0)
    assert page.legend.keys.accessibleDescription().startswith(f"weight, {-heat.end}, {heat.end}")
    own = block(filled, "dense1")
    # Near enough for a few pixels a cell.
    page.view.zoom_to(page.view.space.area(own).adjusted(40, 40, -250, -462))
    qtbot.waitUntil(lambda: not heat.busy)
    qtbot.wait(30)
    colours = array_colours.diverging()
    image = page.window().grab().toImage()
    viewport, window = page.view.viewport(), page.window()
    for row, column in ((42, 41), (44, 45), (47, 48)):
        value = int(own.cells[row, column])
        part = (np.clip(value / heat.end, -1, 1) + 1) / 2
        wanted = QColor(*colours[round(part * (len(colours) - 1))].tolist())
        at = place(page, own.column + column + 0.3, own.row + row + 0.3)
        assert image.pixelColor(viewport.mapTo(window, at)) == wanted


def test_heat_is_made_in_pieces_and_kept(qtbot: QtBot) -> None:
    cells = np.arange(-600 * 32, 600 * 32, 2).reshape(600, 32) % 127 - 60
    heat = Heat()
    heat.set_colours(array_colours.diverging())
    heat.set_blocks([cells.astype(np.int16)])
    qtbot.waitUntil(lambda: not heat.busy)
    assert heat.end > 50
    assert heat.image(0, 2, 0) is None  # asked for now
    qtbot.waitUntil(lambda: not heat.busy)
    found = heat.image(0, 2, 0)
    assert found is not None
    assert (found[0].width(), found[0].height()) == (32, 600 - 512)
    # Until a coarser one is there the finer one serves.
    level = LEVELS.index((4, 4))
    nearest = heat.image(0, 2, level)
    assert nearest is not None
    assert nearest[1] == 0
    qtbot.waitUntil(lambda: not heat.busy)
    coarse = heat.image(0, 2, level)
    assert coarse is not None
    assert (coarse[1], coarse[0].width(), coarse[0].height()) == (level, 8, 22)
    # A pixel shows the value farthest from 0 of its cells.
    group = cells[512 + 8 : 512 + 12, 4:8].ravel()
    value = group[np.argmax(np.abs(group))]
    place = round((np.clip(value / heat.end, -1, 1) + 1) / 2 * 255)
    wanted = QColor(*array_colours.diverging()[place].tolist())
    assert coarse[0].pixelColor(1, 2) == wanted


def test_short_names() -> None:
    names = ["/features/block1/conv1/Conv", "/features/block2/conv1/Conv"]
    assert list(short(names).values()) == ["block1", "block2"]
    assert short(["conv1", "dense1"]) == {"conv1": "conv1", "dense1": "dense1"}
    assert short(["a/b"]) == {"a/b": "a/b"}
    assert short(["a/b", "a/b"]) == {"a/b": "a/b"}


# -- selecting


def test_a_click_selects_and_another_beside_does_not(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    click(qtbot, page, 350, 1100)
    assert (filled.selected.layer, filled.selected.origin) == ("dense1", "array")
    assert page.view.cells.patches.marks.current == 1
    assert page.view.cells.patches.marks.chosen == {1}
    assert "896" in page.view.cells.left.tickStrings(page.view.cells.left._marked, 1, 1)
    assert "dense1: 512 rows × 300 columns" in page.view.accessibleDescription()
    click(qtbot, page, 900, 1700)
    assert filled.selected.layer == ""
    assert page.view.cells.patches.marks.current is None


def test_what_is_selected_elsewhere_comes_into_view(page: ArrayPage, filled: Workspace) -> None:
    page.view.zoom_to(page.view.space.area(block(filled, "conv1")))
    area = page.view.space.area(block(filled, "dense1"))
    assert not page.view.seen.contains(area)
    filled.select_layer("dense1", "graph")
    assert page.view.seen.contains(area)
    assert page.view.cells.patches.marks.chosen == {1}
    filled.select_layer("pool1", "graph")
    assert page.view.cells.patches.marks.chosen == frozenset()


def test_a_double_click_zooms_and_back(qtbot: QtBot, page: ArrayPage) -> None:
    for whole in (False, True):
        at = place(page, 350, 1100)
        qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseRelease(page.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert page.view.is_whole == whole


def test_keys_go_from_block_to_block(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    for layer in LAYERS:
        press(qtbot, page, Qt.Key.Key_Tab)
        assert filled.selected.layer == layer
    press(qtbot, page, Qt.Key.Key_Backtab, "shift")
    assert filled.selected.layer == "dense1"
    press(qtbot, page, Qt.Key.Key_Up)
    assert filled.selected.layer == "dense2"
    press(qtbot, page, Qt.Key.Key_Left)
    assert filled.selected.layer == "conv1"
    press(qtbot, page, Qt.Key.Key_Escape)
    assert filled.selected.layer == ""
    assert page.view.hasFocus()
    press(qtbot, page, Qt.Key.Key_Tab)
    assert not page.view.hasFocus()


def test_keys_zoom(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    press(qtbot, page, Qt.Key.Key_Tab)
    press(qtbot, page, Qt.Key.Key_Return)
    assert page.view.seen.width() < 40
    press(qtbot, page, Qt.Key.Key_Home)
    assert page.view.is_whole
    press(qtbot, page, Qt.Key.Key_Plus)
    narrow = page.view.seen.width()
    assert narrow < 800
    press(qtbot, page, Qt.Key.Key_Minus)
    assert page.view.seen.width() > narrow
    press(qtbot, page, Qt.Key.Key_0)
    assert page.view.is_whole


# -- moving


def test_a_block_is_dragged_and_put_back(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    click(qtbot, page, 350, 1100)
    release = drag(page, (350, 1100), (352, 1102), (750, 1100))
    assert page.hover.text().startswith("✓ ")
    assert page.view.cells.patches.marks.lifted == 1
    release()
    moved = block(filled, "dense1")
    assert moved.column > 500
    assert moved.row == 896  # snapped to the bank's edge
    assert [own.pinned for own in filled.options.places] == [False] * 3
    assert filled.options.places[1].column == moved.column
    assert filled.undo.undoText() == "Move dense1"
    filled.undo.undo()
    assert block(filled, "dense1").column == 200
    assert filled.options.places == ()
    filled.undo.redo()
    assert block(filled, "dense1").column == moved.column


def test_where_a_block_may_not_lie(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    click(qtbot, page, 350, 1100)
    release = drag(page, (350, 1100), (352, 1102), (600, 300))
    assert page.hover.text().startswith("✕ ")
    assert page.hover.text().endswith("lies on dense2")
    assert page.view.cells.patches.marks.blocked == {2}
    release()
    assert block(filled, "dense1").column == 200
    assert filled.undo.count() == 0
    # Escape while it is in the air.
    release = drag(page, (350, 1100), (352, 1102), (750, 1100))
    press(qtbot, page, Qt.Key.Key_Escape)
    assert page.view.cells.patches.marks.lifted is None
    release()
    assert filled.undo.count() == 0


def test_a_drag_beside_the_selected_block_moves_the_view(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    page.view.zoom(3)
    before = page.view.seen
    centre = before.center().toPoint()
    drag(page, (centre.x(), centre.y()), (centre.x() + 100, centre.y() + 100))()
    assert page.view.seen.left() < before.left()
    assert filled.undo.count() == 0


def test_a_block_is_dragged_at_once_where_all_is_in_view(
    page: ArrayPage, filled: Workspace
) -> None:
    assert page.view.is_whole
    drag(page, (350, 1100), (352, 1102), (750, 1100))()
    assert filled.selected.layer == "dense1"
    assert block(filled, "dense1").column > 500


def test_a_block_moves_away_under_the_mouse(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    drag(page, (350, 1100), (352, 1102), (750, 1100))()
    moved = block(filled, "dense1")
    # An undo, or a deploy, takes it away while the mouse points at it.
    assert "weight" in hover(qtbot, page, moved.column + moved.columns - 20, moved.row + 20)
    filled.undo.undo()
    assert "weight" not in page.hover.text()


def test_keys_move_a_block(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    click(qtbot, page, 350, 1100)
    press(qtbot, page, Qt.Key.Key_Right, "alt")
    assert block(filled, "dense1").column == 201
    press(qtbot, page, Qt.Key.Key_Down, "alt+shift")
    assert block(filled, "dense1").row == 904
    press(qtbot, page, Qt.Key.Key_Up, "alt+shift")
    press(qtbot, page, Qt.Key.Key_Up, "alt")
    assert block(filled, "dense1").row == 896
    assert "inside one bank" in page.hover.text()


def test_nothing_moves_while_something_runs(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    click(qtbot, page, 350, 1100)
    filled.set_activity(Activity("map", 0.5))
    press(qtbot, page, Qt.Key.Key_Right, "alt")
    assert block(filled, "dense1").column == 200
    assert "when what runs is done" in page.hover.text()


def test_pins_and_mapping_around_them(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    click(qtbot, page, 350, 1100)
    press(qtbot, page, Qt.Key.Key_P)
    assert [own.layer for own in filled.options.places] == ["dense1"]
    assert page.view.cells.patches.marks.pinned == {1}
    assert "pinned" in page.hover.text()
    press(qtbot, page, Qt.Key.Key_Left, "alt")
    # Moved by hand: every block has its place now, and the pin moved along.
    assert [own.pinned for own in filled.options.places] == [False, True, False]
    assert page.actions_.map_again.text() == "&Map again around pinned blocks"
    spy = QSignalSpy(filled.task_requested)
    page.actions_.map_again.trigger()
    assert spy.at(0) == [Deploy("map")]
    assert [own.layer for own in filled.options.places] == ["dense1"]
    filled.undo.undo()
    page.actions_.unpin_all.trigger()
    assert [own.pinned for own in filled.options.places] == [False] * 3
    assert page.view.cells.patches.marks.pinned == frozenset()


def test_the_menu_is_the_block_s_under_the_mouse(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    page.view.customContextMenuRequested.emit(place(page, 350, 1100))
    assert page.actions_.menu.isVisible()
    assert filled.selected.layer == "dense1"
    texts = [action.text() for action in page.actions_.menu.actions() if action.isEnabled()]
    assert texts[:5] == ["&Zoom to block", "Fit &all", "Zoom &in", "Zoom &out", ""]
    assert "&Pin block" in texts
    page.actions_.menu.close()


# -- comparing and saving


def test_another_layout_over_this_one_and_beside(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    assert not page.compare.beside.isEnabled()
    page.compare.keep.trigger()
    assert page.header.other.text() == "(reference 9.8 %, the same places)"
    assert page.view.cells.outlines._rects == ()
    click(qtbot, page, 350, 1100)
    press(qtbot, page, Qt.Key.Key_Right, "alt+shift")
    assert page.header.other.text() == "(reference 9.8 %)"
    ((rect, name),) = page.view.cells.outlines._rects
    assert (name, rect.left(), rect.top()) == ("dense1", 200, 896)
    page.compare.beside.trigger()
    other = page.reference.other
    assert other is not None
    assert other.isVisible()
    assert page.view.cells.outlines._rects == ()
    assert other.cells.patches.marks.chosen == {1}
    page.view.zoom_to(page.view.space.area(block(filled, "dense1")))
    qtbot.wait(20)
    assert abs(other.seen.left() - page.view.seen.left()) < 40
    page.compare.drop.trigger()
    assert not other.isVisible()
    assert page.header.other.text() == ""


def test_a_reference_alone_is_shown(qtbot: QtBot, page: ArrayPage, filled: Workspace) -> None:
    page.compare.keep.trigger()
    filled.set_layout(None)
    assert page.isVisible()
    assert len(page.view.cells.outlines._rects) == 3
    assert page.header.uses[1].figure.text() == "19.1 %"


def test_opening_a_layout_offers_the_file(
    qtbot: QtBot, page: ArrayPage, filled: Workspace, tmp_path: Path
) -> None:
    assert filled.layout is not None
    file = tmp_path / "layers.txt"
    layers_txt.write(file, filled.layout)
    spy = QSignalSpy(filled.files_offered)
    page.compare.open.trigger()
    _accept(page, "open", file)
    assert [Path(name) for name in spy.at(0)[0]] == [file]


def test_saving_layers_txt(page: ArrayPage, filled: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "画 b" / "layers.txt"
    file.parent.mkdir()
    page.header.export.actions()[2].trigger()
    _accept(page, "export", file)
    assert filled.layout is not None
    assert layers_txt.read(file) == layers_txt.from_layout(filled.layout)


def test_what_cannot_be_saved_is_told(page: ArrayPage, filled: Workspace, tmp_path: Path) -> None:
    spy = QSignalSpy(filled.error)
    (tmp_path / "file").write_text("", encoding="utf-8")
    page.export.save(str(tmp_path / "file" / "layers.txt"))
    assert spy.count() == 1


@pytest.mark.parametrize(("action", "name"), [(0, "a.png"), (1, "a.svg")])
def test_saving_a_picture(
    page: ArrayPage, filled: Workspace, tmp_path: Path, action: int, name: str
) -> None:
    spy, told = QSignalSpy(filled.task_requested), QSignalSpy(filled.notice)
    page.header.export.actions()[action].trigger()
    _accept(page, "export", tmp_path / name)
    (asked,) = spy.at(0)
    assert isinstance(asked, Ask)
    # tests/unit/test_studies.py lets it draw.
    assert asked.function is studies.layout_picture
    assert asked.arguments[0] is filled.layout
    assert asked.arguments[3] == tmp_path / name
    asked.then(tmp_path / name)
    assert told.at(0) == [f"Saved {tmp_path / name}"]


def _accept(page: ArrayPage, name: str, file: Path) -> None:
    """Type a file's name into the dialog and confirm it."""
    dialog = page.findChild(QFileDialog, name)
    assert dialog is not None
    dialog.setDirectory(str(file.parent))
    entry = dialog.findChild(QLineEdit)
    assert entry is not None
    entry.setText(file.name)
    dialog.accept()


# -- the window is built again


def test_the_view_is_kept_for_the_next_window(
    qtbot: QtBot, page: ArrayPage, filled: Workspace
) -> None:
    page.header.modes.setCurrentText("Weight value")
    filled.select_layer("dense2", "graph")
    again = PANEL.factory(filled)
    assert isinstance(again, Array)
    qtbot.addWidget(again)
    assert again.page.header.mode == "value"
    assert again.page.view.cells.patches.marks.chosen == {2}


def test_the_theme_changes_all_colours(qtbot: QtBot, themed: QApplication, page: ArrayPage) -> None:
    widget = page.window()
    before = shown(widget, page, 480, 1300), shown(widget, page, 900, 1700)
    theme.install(themed, dark=True)
    qtbot.wait(30)
    after = shown(widget, page, 480, 1300), shown(widget, page, 900, 1700)
    assert before[1].lightness() > 200
    assert after[1].lightness() < 60
    assert before[0] != after[0]
