"""The dashboard: tiles by themselves and by the user's choice, on the dock and the projector."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLineEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio import project_file
from studio.monitor.chunk import Chunk
from studio.monitor.ring import Floats
from studio.monitor.verdict import Lamp, Threshold, Tile
from studio.panels.dashboard import Dashboard
from studio.project_file import ProjectFile
from studio.ui import fill_grid, theme, tile_paint, verdict_sign
from studio.ui.fill_grid import FillGrid
from studio.ui.layouts import Store
from studio.ui.project_saver import ProjectSaver
from studio.ui.projector import Projector
from studio.ui.tile import TileView, number
from studio.ui.tile_dialog import TileDialog
from studio.ui.tile_model import TileModel
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import Stalls


def put(workspace: Workspace, data: bytes, at: float | None = None) -> None:
    live = workspace.monitoring.live
    live.put(Chunk(time.time() if at is None else at, data))
    assert live.drain(30)


def opened(qtbot: QtBot, workspace: Workspace, width: int = 720, height: int = 420) -> Dashboard:
    panel = Dashboard(workspace)
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def said(panel: Dashboard) -> list[tuple[str, str, str]]:
    """Title, value and verdict of each tile."""
    words = [view.words() for view in panel.board.cards]
    return [(own.title, own.value, own.verdict) for own in words]


def test_without_set_up_it_shows_what_comes(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    assert said(panel) == []
    put(workspace, b"temp: 21.5 C\r\nnet_output=1\r\n")
    qtbot.waitUntil(lambda: len(panel.board.cards) == 2)
    assert sorted(said(panel)) == [("net_output", "1", ""), ("temp", "21.50", "")]
    put(workspace, b"temp: 22 C\r\n")
    qtbot.waitUntil(lambda: ("temp", "22.00", "") in said(panel))  # as many digits as before
    units = {view.shown.tile.series: view.shown.unit for view in panel.board.cards}
    assert units == {"temp": "C", "net_output": ""}
    put(workspace, artifacts.serial(360))
    qtbot.waitUntil(lambda: len(panel.board.cards) == 3)
    assert said(panel)[0] == ("Accuracy", "97.5 %", "")
    detail = panel.board.cards[0].words().detail
    assert detail.startswith("351 of 360")
    assert panel.board.cards[0].shown.curve is not None
    workspace.monitoring.live.clear()
    qtbot.waitUntil(lambda: panel.board.cards == [])


def test_without_labels_it_shows_the_agreement(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.monitoring.live.store.expect((), [1, 1, 0, 1])
    panel = opened(qtbot, workspace)
    lines = "".join(f"sample:{n},result:1,crc:{n:08x},out:1 2\r\n" for n in range(4))
    put(workspace, lines.encode())
    qtbot.waitUntil(lambda: bool(panel.board.cards))
    assert said(panel)[0] == ("Same as the simulation", "75.0 %", "")


def test_the_user_adds_edits_and_removes(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    put(workspace, b"temp: 21.5\r\n")
    qtbot.waitUntil(lambda: len(panel.board.cards) == 1)
    model = TileModel.of(workspace)
    assert model.automatic
    add = panel.findChild(QToolButton, "add-tile")
    reset = panel.findChild(QToolButton, "reset-tiles")
    assert add is not None and reset is not None and not reset.isVisible()
    add.click()
    dialog = panel.findChild(TileDialog)
    assert dialog is not None
    show, series = dialog.findChild(QComboBox, "show"), dialog.findChild(QComboBox, "series")
    good, title = dialog.findChild(QLineEdit, "good"), dialog.findChild(QLineEdit, "title")
    stale = dialog.findChild(QLineEdit, "stale")
    buttons = dialog.findChild(QDialogButtonBox)
    assert show and series and good and title and stale and buttons
    assert series.currentText() == "temp"
    show.setCurrentIndex(show.findData("lamp"))
    fine = buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not fine.isEnabled()  # a lamp needs a limit
    series.setCurrentText("coming later")
    good.setText("3.5")
    title.setText("<b>Später</b>")
    stale.setText("0")
    assert not fine.isEnabled()
    stale.setText("7")
    assert fine.isEnabled()
    fine.click()
    wanted = Tile("coming later", "lamp", Threshold(3.5, 3.5), 7.0, "<b>Später</b>")
    assert model.tiles == (Tile("temp"), wanted)
    assert not model.automatic
    assert reset.isVisible()
    assert said(panel)[1] == ("<b>Später</b>", "–", "No value yet")
    put(workspace, b"coming later: 4\r\n")
    qtbot.waitUntil(lambda: said(panel)[1][2] == "Good")
    put(workspace, b"coming later: 3.4\r\n")
    qtbot.waitUntil(lambda: said(panel)[1][1:] == ("3.400", "Bad"))

    view = panel.board.cards[1]
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)
    dialog = panel.board.findChild(TileDialog)
    assert dialog is not None and dialog.tile == wanted
    dialog.findChild(QLineEdit, "title").clear()
    dialog.accept()
    assert model.tiles[1].title == ""
    qtbot.keyClick(panel.board.cards[0], Qt.Key.Key_Delete)
    assert [tile.series for tile in model.tiles] == ["coming later"]
    workspace.undo.undo()
    assert [tile.series for tile in model.tiles] == ["temp", "coming later"]
    reset.click()
    assert model.automatic


def test_limits_say_which_way_is_good(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    put(workspace, b"temp: 20\r\n")
    model = TileModel.of(workspace)
    tile = Tile("temp", "gauge", Threshold(20, 25))
    model.add(tile)
    for value, word in ((20, "Good"), (22, "Good"), (25, "Bad"), (22, "Bad"), (19, "Good")):
        put(workspace, f"temp: {value}\r\n".encode())
        model.refresh()
        (found,) = [own for own in model.shown if own.tile == tile]
        assert said(panel)[-1][1:] == (str(value), word)
    assert found.reading.gauge is not None
    assert found.reading.gauge.low <= 19 and found.reading.gauge.high >= 25
    # Everything anew: a gauge learns its range again.
    workspace.monitoring.live.clear()
    put(workspace, b"temp: 0.5\r\n")
    model.refresh()
    (found,) = [own for own in model.shown if own.tile == tile]
    assert found.reading.gauge is not None and found.reading.gauge.high < 19
    accuracy = Tile("", "accuracy", Threshold(0.95, 0.95))
    model.add(accuracy)
    put(workspace, artifacts.serial(100))
    model.refresh()
    assert said(panel)[-1] == ("Accuracy", "97.0 %", "Not sure yet whether 95 % is reached")
    model.change(2, Tile("", "accuracy", Threshold(0.8, 0.8)))
    assert said(panel)[-1][2] == "Reached 80 %"


def test_what_is_old_is_neither_good_nor_bad(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    model = TileModel.of(workspace)
    model.add(Tile("v", "lamp", Threshold(1, 0), 1.0))
    put(workspace, b"v: 2\r\n")
    qtbot.waitUntil(lambda: said(panel)[0][2] == "Good")
    qtbot.waitUntil(lambda: said(panel)[0][2].startswith("Nothing new for"))
    assert panel.board.cards[0].shown.reading.lamp == "unknown"
    # A recording that pauses does not grow old.
    workspace.monitoring.source = "replay"
    put(workspace, b"v: 3\r\n")
    qtbot.waitUntil(lambda: said(panel)[0][2] == "Good")
    qtbot.wait(1200)
    assert said(panel)[0][2] == "Good"


def test_tiles_are_moved_by_hand_and_by_key(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    model = TileModel.of(workspace)
    for name in "abc":
        model.add(Tile(name))
    views = panel.board.cards
    views[0].setFocus()
    qtbot.keyClick(views[0], Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert [tile.series for tile in model.tiles] == ["b", "a", "c"]
    # b over c: what is between moves up, and the view that was pressed keeps the mouse.
    qtbot.mousePress(views[0], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    goal = views[0].mapFromGlobal(views[2].mapToGlobal(views[2].rect().center()))
    qtbot.mouseMove(views[0], goal)
    QApplication.processEvents()
    qtbot.mouseMove(views[0], goal + QPoint(1, 1))
    qtbot.waitUntil(lambda: [tile.series for tile in model.tiles] == ["a", "c", "b"])
    qtbot.mouseRelease(views[0], Qt.MouseButton.LeftButton, pos=goal)
    assert [title for title, _, _ in said(panel)] == ["a", "c", "b"]


def test_tiles_are_kept_for_the_next_start(qtbot: QtBot, workspace: Workspace) -> None:
    TileModel.of(workspace).add(Tile("温度", "gauge", Threshold(1, 2)))
    again = Workspace(workspace.chip)
    assert TileModel.of(again).tiles == (Tile("温度", "gauge", Threshold(1, 2)),)
    Store().set("dashboard/tiles", '[{"show": 5}, broken')
    assert TileModel.of(Workspace(workspace.chip)).automatic


def test_tiles_are_kept_with_their_project(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    saver = ProjectSaver(workspace)
    model = TileModel.of(workspace)
    model.add(Tile("nobody's"))
    project = ProjectFile(tmp_path, "digits")
    project_file.save(project)
    workspace.set_project(project)
    assert model.automatic
    model.add(Tile("own", "gauge"))
    saver.close()
    kept = project_file.load(tmp_path)
    workspace.set_project(None)
    assert [tile.series for tile in model.tiles] == ["nobody's"]
    workspace.set_project(kept)
    assert model.tiles == (Tile("own", "gauge"),)


def test_a_hidden_dashboard_rests(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    model = TileModel.of(workspace)
    put(workspace, b"v: 1\r\n")
    qtbot.waitUntil(lambda: [own[1] for own in said(panel)] == ["1"])
    panel.hide()
    put(workspace, b"v: 2\r\n")
    fresh: list[int] = []
    model.fresh.connect(lambda: fresh.append(1))
    qtbot.wait(250)
    assert fresh == []
    assert said(panel)[0][1] == "1"
    panel.show()
    qtbot.waitUntil(lambda: said(panel)[0][1] == "2")


def test_much_data_holds_nothing_up(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    put(workspace, b"ready\r\n")  # what is compiled at first is, then
    stalls = Stalls()
    model = TileModel.of(workspace)
    fresh: list[float] = []
    model.fresh.connect(lambda: fresh.append(time.monotonic()))
    begin = time.monotonic()
    for part in range(15):
        block = "".join(f"a{n}:{part},b:{n % 7}.5\r\n" for n in range(2000))
        workspace.monitoring.live.put(Chunk(time.time(), block.encode()))
        qtbot.wait(30)
    assert workspace.monitoring.live.drain(20)
    model.refresh()
    print(f"longest stall {stalls.longest * 1000:.0f} ms, drawn {len(fresh)} times")
    assert len(fresh) <= 11 * (time.monotonic() - begin) + 2
    assert stalls.longest < 0.5
    assert len(panel.board.cards) == 6


def test_the_projector_shows_it_full_screen(
    qtbot: QtBot, workspace: Workspace, themed: QApplication
) -> None:
    panel = opened(qtbot, workspace)
    put(workspace, b"v: 42\r\n")
    qtbot.waitUntil(lambda: len(panel.board.cards) == 1)
    panel.setFocus()
    qtbot.keyClick(panel.board.cards[0], Qt.Key.Key_F11)
    shown = panel.findChild(Projector)
    assert shown is not None and shown.isFullScreen()
    (view,) = shown.findChildren(TileView)
    assert view.words().value == "42"
    assert view.height() > 2 * shown.height() // 3
    put(workspace, b"v: 43\r\n")
    panel.hide()  # it goes on where the dock is closed
    shown.show()
    qtbot.waitUntil(lambda: view.words().value == "43")
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert shown.findChildren(TileDialog) == []
    with qtbot.waitSignal(shown.destroyed):
        qtbot.keyClick(shown, Qt.Key.Key_Escape)


def test_f11_means_the_panel_that_has_the_focus(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path
) -> None:
    workspace.set_model(example, None)
    put(workspace, b"v: 42\r\n")
    window.docks.focus_panel("dashboard")
    panel = window.docks.panel("dashboard")
    assert isinstance(panel, Dashboard)
    qtbot.waitUntil(lambda: bool(panel.board.cards))
    panel.board.cards[0].setFocus()
    qtbot.keyClick(panel.board.cards[0], Qt.Key.Key_F11)
    shown = window.findChild(Projector)
    assert shown is not None
    assert not window.isFullScreen()
    shown.close()
    other = window.docks.panel("problems")
    window.docks.focus_panel("problems")
    qtbot.keyClick(other, Qt.Key.Key_F11)
    assert window.isFullScreen()


@pytest.mark.parametrize("dark", [False, True])
def test_signs_are_told_apart_without_colour(themed: QApplication, dark: bool) -> None:
    theme.install(themed, dark=dark)
    shapes = []
    lamps: tuple[Lamp, ...] = ("good", "bad", "unknown")
    for lamp in lamps:
        image = QImage(QSize(64, 64), QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        verdict_sign.draw(painter, image.rect().toRectF(), lamp)
        painter.end()
        ink = verdict_sign.colour(lamp)
        shapes.append({
            (x, y)
            for x in range(64)
            for y in range(64)
            if image.pixelColor(x, y).name() == ink and image.pixelColor(x, y).alpha() > 200
        })  # fmt: skip
    for n, one in enumerate(shapes):
        for other in shapes[n + 1 :]:
            assert len(one ^ other) > 250


@pytest.mark.parametrize("count", [1, 2, 5, 9, 24])
@pytest.mark.parametrize("size", [(300, 150), (700, 400), (1900, 1000), (320, 900)])
def test_the_grid_fills_its_space(qtbot: QtBot, count: int, size: tuple[int, int]) -> None:
    grid: FillGrid[QWidget] = FillGrid(QSize(132, 92))
    qtbot.addWidget(grid)
    grid.resize(*size)
    grid.show()
    grid.set_widgets([QWidget() for _ in range(count)])
    QApplication.processEvents()  # a scroll bar comes a moment later
    page = grid.widget().rect()
    places = [widget.geometry() for widget in grid.widgets]
    for n, one in enumerate(places):
        assert page.contains(one)
        assert one.width() >= 130 and one.height() >= 92
        assert not any(one.intersects(other) for other in places[n + 1 :])
    scrolled = page.height() > grid.viewport().height()
    covered = sum(one.width() * one.height() for one in places)
    assert covered > 0.8 * page.width() * page.height()
    if not scrolled:
        assert page.height() == grid.viewport().height()
    assert scrolled == (grid.verticalScrollBar().maximum() > 0)
    assert page.width() <= grid.viewport().width()


def test_many_columns_where_it_is_wide() -> None:
    least = QSize(100, 80)
    assert fill_grid.arrange(4, 1600, 200, 8, least).columns == 4
    assert fill_grid.arrange(4, 400, 300, 8, least).columns == 2
    assert fill_grid.arrange(4, 120, 900, 8, least).columns == 1
    assert fill_grid.arrange(40, 400, 300, 8, least).scrolled


def test_numbers_are_short() -> None:
    assert number(21.5, 2) == "21.50"
    assert number(float("nan"), 2) == "–"
    assert number(1.5e12, 0) == "1.5e+12"
    assert number(-3.0, 0) == "-3"


def test_it_can_be_read_in_a_narrow_dock(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace, 300, 150)
    put(workspace, artifacts.serial(50))
    qtbot.waitUntil(lambda: bool(panel.board.cards))
    (view,) = panel.board.cards
    assert panel.minimumSizeHint().width() <= 300
    image = view.grab().toImage()
    text = theme.current().text
    dark = sum(
        image.pixelColor(x, y).name() == text
        for x in range(image.width())
        for y in range(image.height())
    )
    assert dark > 200  # the number is there, large


@pytest.mark.parametrize("value", [0.0, 23.5, -1e300])
def test_a_value_that_stays_is_a_line_in_the_middle(themed: QApplication, value: float) -> None:
    image = QImage(400, 120, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    tile_paint.trend(painter, QRectF(0, 0, 400, 120), np.arange(9.0), np.full(9, value))
    painter.end()
    assert image.pixelColor(200, 60).alpha() == 255
    assert image.pixelColor(200, 20).alpha() == image.pixelColor(200, 100).alpha() == 0


def test_noise_is_painted_nearly_as_fast_as_a_wave(themed: QApplication) -> None:
    image = QImage(400, 120, QImage.Format.Format_ARGB32_Premultiplied)
    times = np.arange(900.0)

    def taken(values: Floats) -> float:
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start = time.thread_time()
        tile_paint.trend(painter, QRectF(5, 5, 390, 110), times, values)
        passed = time.thread_time() - start
        painter.end()
        return passed

    wave = min(taken(np.sin(times / 100)) for _ in range(5))
    noise = min(taken(np.random.default_rng(0).normal(size=900)) for _ in range(5))
    assert noise < 12 * wave  # as one line it is 35 times
    assert image.pixelColor(200, 60).alpha() == 255
