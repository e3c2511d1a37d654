"""The live plot: what it draws, when it moves, and what is read off it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.monitor import decimate, figures
from studio.monitor.batch import Batch, Points
from studio.monitor.chunk import Chunk
from studio.monitor.live import Live
from studio.monitor.ring import Ring
from studio.ui import theme
from studio.ui.curves import Curves
from studio.ui.curves_line import Curve
from studio.ui.curves_rows import AT_CURSORS, LAST
from studio.ui.curves_scale import Height, strokes
from studio.ui.workspace import Workspace
from tests.gui import artifacts

BEGIN = 1.7e9  # seconds since 1970
CHECK = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return workspace.monitoring.live


@pytest.fixture
def curves(qtbot: QtBot, workspace: Workspace, live: Live) -> Curves:
    made = Curves(workspace)
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def put(live: Live, series: Mapping[str, object], begin: float = 0.0, step: float = 0.01) -> None:
    """Values of some names, one each ``step`` seconds."""
    batch = {}
    for name, values in series.items():
        found = np.asarray(values, np.float64)
        batch[name] = Points(BEGIN + begin + step * np.arange(len(found)), found)
    live.store.add(Batch(series=batch))
    live.version += 1


def drawn(curves: Curves) -> list[str]:
    """Names of curves that are in the picture."""
    found = curves.plot._curves.items()
    return [name for name, curve in found if curve.isVisible() and len(curve.xData)]


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def cell(curves: Curves, name: str, column: int) -> str:
    model = curves.legend.model
    return str(model.data(model.index(model.names.index(name), column)))


def test_values_of_a_board_appear(
    qtbot: QtBot, curves: Curves, live: Live, workspace: Workspace
) -> None:
    assert not curves.plot.isVisible()
    live.put(Chunk(BEGIN, b"volt:1.25\r\n"))
    live.put(Chunk(BEGIN + 1, artifacts.serial(100)))
    live.put(Chunk(BEGIN + 2, b"volt:1.5\r\n"))
    assert live.drain()
    qtbot.waitUntil(lambda: len(curves.curve("ratio")[0]) == 100)
    assert curves.plot.isVisible()
    assert curves.curve("ratio")[1][[0, -1]].tolist() == [0.0, 0.97]
    assert curves.curve("nothing")[0].tolist() == []
    # The demos' counters are listed, but not drawn.
    assert curves.shown() == ["ratio", "volt"] == sorted(drawn(curves))
    assert curves.legend.model.names[:2] == ["ratio", "volt"]
    assert set(curves.legend.model.names[2:]) == {"image num", "correct ratio"}
    low, high = curves.plot.box.viewRange()[1]
    assert low <= 0 and high >= 1.5
    assert curves.plot._curves["volt"].xData.tolist() == [0.0, 2.0]


def test_only_what_is_checked_is_drawn(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": range(10), "b": range(10), "c": range(10)})
    qtbot.waitUntil(lambda: drawn(curves) == ["a", "b", "c"])
    model = curves.legend.model
    assert model.setData(model.index(1, 0), Qt.CheckState.Unchecked.value, CHECK)
    assert curves.shown() == ["a", "c"] == drawn(curves)
    model.only("b")
    assert curves.shown() == ["b"] == drawn(curves)
    model.check(model.names, False)
    assert drawn(curves) == []
    model.check(model.names, True)
    assert drawn(curves) == ["a", "b", "c"]
    (edit,) = curves.findChildren(QLineEdit, "curves-filter")
    edit.setText("C")
    assert model.names == ["c"]


def test_a_boards_clock_is_no_curve_beside_others(qtbot: QtBot, curves: Curves, live: Live) -> None:
    live.put(Chunk(BEGIN, b"Time,temp\n" + b"".join(b"%d,20\n" % n for n in range(9))))
    live.drain()
    qtbot.waitUntil(lambda: curves.shown() == ["temp"])
    live.clear()
    live.put(Chunk(BEGIN, b"time: 1\ntime: 2\n"))
    live.drain()
    qtbot.waitUntil(lambda: curves.shown() == ["time"])


def test_no_work_where_nothing_that_is_seen_changes(
    qtbot: QtBot, curves: Curves, live: Live
) -> None:
    put(live, {"a": range(100), "b": range(100)})
    qtbot.waitUntil(lambda: len(drawn(curves)) == 2)
    model = curves.legend.model
    model.check(["b"], False)
    qtbot.wait(50)
    paints = Paints(curves.plot.viewport())
    put(live, {"b": range(100)}, begin=1)
    qtbot.waitUntil(lambda: len(curves.curve("b")[0]) == 200)
    qtbot.wait(50)
    assert paints.count == 0
    put(live, {"a": range(100)}, begin=1)
    qtbot.waitUntil(lambda: paints.count > 0)


def test_follows_until_it_is_moved_by_hand(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": range(1000)})
    curves.page.bar.seconds_changed.emit(5.0)
    qtbot.waitUntil(lambda: len(curves.curve("a")[0]) == 1000)
    start, end = curves.times
    assert end - start == pytest.approx(5)
    assert end == pytest.approx(BEGIN + 9.99, abs=0.1)
    put(live, {"a": range(100)}, begin=10)
    qtbot.waitUntil(lambda: curves.times[1] > end)
    assert curves.times[1] == pytest.approx(BEGIN + 10.99, abs=0.1)

    centre = curves.plot.box.sceneBoundingRect().center()
    wheel(curves, centre)
    narrow = curves.times
    assert narrow[1] - narrow[0] < 5
    assert not curves.page.act.follow.isChecked()
    put(live, {"a": range(100)}, begin=11)
    qtbot.waitUntil(lambda: len(curves.curve("a")[0]) == 1200)
    assert curves.times == pytest.approx(narrow)

    curves.page.act.follow.trigger()
    assert curves.times[1] == pytest.approx(BEGIN + 11.99, abs=0.1)
    curves.page.bar.seconds_changed.emit(0.0)
    assert curves.times[0] == pytest.approx(BEGIN)


def wheel(curves: Curves, at: QPointF) -> None:
    """A turn of the wheel over the plot."""
    event = QWheelEvent(
        at,
        QPointF(curves.plot.viewport().mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(curves.plot.viewport(), event)


def test_a_pause_keeps_the_picture_and_loses_nothing(
    qtbot: QtBot, curves: Curves, live: Live
) -> None:
    put(live, {"a": range(100)})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    curves.plot.setFocus()
    qtbot.keyClick(curves.plot, Qt.Key.Key_Space)
    assert curves.page.act.pause.isChecked()
    times = curves.times
    put(live, {"a": range(100), "b": range(10)}, begin=1)
    qtbot.wait(60)
    assert curves.times == times
    assert len(curves.curve("a")[0]) == 100
    # In what stands still one can zoom, too.
    wheel(curves, curves.plot.box.sceneBoundingRect().center())
    assert curves.times[1] - curves.times[0] < times[1] - times[0]
    qtbot.waitUntil(lambda: len(curves.plot._curves["a"].xData) < 100)
    curves.page.act.pause.trigger()
    assert len(curves.curve("a")[0]) == 200
    assert "b" in curves.legend.model.names


def test_the_window_is_built_anew_with_the_same_choice(
    qtbot: QtBot, curves: Curves, live: Live, workspace: Workspace
) -> None:
    put(live, {"a": range(100), "b": range(100)})
    qtbot.waitUntil(lambda: len(drawn(curves)) == 2)
    curves.legend.model.check(["a"], False)
    curves.page.act.lanes.trigger()
    curves.page.act.pause.trigger()
    put(live, {"b": range(100)}, begin=1)
    other = Curves(workspace)
    qtbot.addWidget(other)
    other.resize(800, 400)
    other.show()
    qtbot.waitExposed(other)
    assert other.shown() == ["b"] == drawn(other)
    assert len(other.curve("b")[0]) == 100
    assert other.plot.lanes and other.page.act.pause.isChecked()


def test_cursors_read_the_nearest_values(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": np.arange(100) ** 2, "b": np.arange(100)})
    qtbot.waitUntil(lambda: len(drawn(curves)) == 2)
    lines = curves.cursors.lines
    assert [line.scene() for line in lines] == [None, None]  # or they would reckon in every frame
    curves.page.act.cursors.trigger()
    assert curves.cursors.times is not None
    curves.cursors.move(BEGIN + 0.1, BEGIN + 0.304)
    curves._look()
    assert [cell(curves, "a", AT_CURSORS + n) for n in range(3)] == ["100", "900", "800"]
    assert [cell(curves, "b", AT_CURSORS + n) for n in range(3)] == ["10", "30", "20"]
    text = curves.page.told.text()
    assert "Δt 0.204 s" in text
    assert f"1/Δt {1 / 0.204:.5g} Hz" in text
    # A click moves the one that is nearer.
    area = curves.plot.box.sceneBoundingRect()
    x = curves.plot.box.mapViewToScene(QPointF(0.5, 0)).x()
    at = curves.plot.mapFromScene(QPointF(x, area.center().y()))
    qtbot.mouseClick(curves.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert curves.cursors.times == pytest.approx((BEGIN + 0.1, BEGIN + 0.5), abs=0.01)
    curves.page.act.cursors.trigger()
    assert curves.cursors.times is None
    assert [line.scene() for line in lines] == [None, None]
    assert curves.legend.table.isColumnHidden(AT_CURSORS)


def test_the_point_under_the_mouse_is_told(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"flat": np.zeros(11), "a <b>steep</b> one": np.arange(11)}, step=1)
    qtbot.waitUntil(lambda: len(drawn(curves)) == 2)
    at = curves.plot.box.mapViewToScene(QPointF(5.1, 5.2))
    curves.page.hair._on_mouse(at)
    qtbot.waitUntil(lambda: curves.page.hair.found is not None)
    assert curves.page.hair.text.splitlines() == ["a <b>steep</b> one", "5.00 s", "5"]
    curves.page.act.clock.trigger()
    curves.page.hair.look()
    assert curves.page.hair.text.splitlines()[1].count(":") == 2


def test_figures_are_those_of_numpy_in_the_time_shown(
    qtbot: QtBot, curves: Curves, live: Live
) -> None:
    values = np.random.default_rng(5).normal(3, 2, 20_000)
    values[[5, 9000]] = np.nan
    put(live, {"a": values})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    curves.plot.box.setXRange(50, 120, padding=0)
    curves.plot.box.moved.emit(True, False)
    curves._look()
    part = values[5000:12001]
    start, end = curves.times
    times = curves.curve("a")[0]
    part = values[(times >= start) & (times <= end)]
    wanted = (
        part[-1], np.nanmin(part), np.nanmax(part), np.nanmean(part), np.nanstd(part), 100.0,
    )  # fmt: skip
    for place, value in enumerate(wanted):
        assert float(cell(curves, "a", LAST + place)) == pytest.approx(value, rel=1e-4)


def test_histogram_of_the_time_shown(qtbot: QtBot, curves: Curves, live: Live) -> None:
    values = np.random.default_rng(6).normal(size=5000)
    put(live, {"a": values, "b": np.zeros(5000)})
    qtbot.waitUntil(lambda: len(drawn(curves)) == 2)
    curves.page.act.histogram.trigger()
    box = curves.histogram
    box._bins.setCurrentIndex(box._bins.findData(20))
    box._bins.activated.emit(0)
    assert box.found is not None
    counts, edges = np.histogram(values, 20)
    assert box.found.counts.tolist() == counts.tolist()
    assert box.found.edges == pytest.approx(edges)
    box.series.setCurrentText("b")
    box.series.activated.emit(1)
    assert box.found.counts.sum() == 5000 == box.found.counts.max()
    curves.page.act.histogram.trigger()
    assert not box.isVisible()


def test_another_epoch_begins_anew(
    qtbot: QtBot, curves: Curves, live: Live, workspace: Workspace
) -> None:
    put(live, {"a": range(100), "b": range(100)})
    qtbot.waitUntil(lambda: len(drawn(curves)) == 2)
    curves.legend.model.check(["a"], False)
    curves.page.act.cursors.trigger()
    curves.page.act.pause.trigger()
    live.clear()
    assert live.drain()
    qtbot.waitUntil(lambda: not curves.plot.isVisible())
    assert not curves.page.act.pause.isChecked()
    button = curves.findChild(QToolButton, "curves-pause-button")
    assert button is not None and not button.isChecked()
    put(live, {"new": range(10), "a": range(10)}, begin=1000)
    qtbot.waitUntil(lambda: curves.shown() == ["new"])  # a stays as the user had it
    assert curves.plot._curves["new"].xData[0] == 0.0
    assert curves.legend.model.names == ["new", "a"]
    assert curves.cursors.times is not None
    assert all(curves.times[0] <= time <= curves.times[1] for time in curves.cursors.times)


def test_many_series(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {f"channel {n}": np.arange(50) + n for n in range(256)})
    qtbot.waitUntil(lambda: len(curves.legend.model.names) == 256)
    assert curves.shown() == [f"channel {n}" for n in range(12)] == drawn(curves)
    model = curves.legend.model
    model.check(model.names, True)
    assert len(drawn(curves)) == 256
    curves.page.act.lanes.trigger()
    assert curves.plot.box.viewRange()[1] == [0, 256]
    pens = [curves.plot._curves[f"channel {n}"].opts["pen"] for n in range(40)]
    looks = {(pen.color().name(), pen.style()) for pen in pens}
    assert len(looks) == 40
    # Only rows that are seen have figures.
    curves._look()
    assert cell(curves, "channel 0", LAST) == "49"
    assert cell(curves, "channel 255", LAST) == ""


def test_a_gap_is_a_gap(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": [1, 2, np.nan, 3, np.nan], "none": [np.nan, np.nan]})
    qtbot.waitUntil(lambda: "a" in drawn(curves))
    curve = curves.plot._curves["a"]
    assert curve.opts["connect"] == "finite"
    assert np.isnan(curve.yData[2])
    assert curve._dots
    low, high = curves.plot.box.viewRange()[1]
    assert low < 1 and high > 3
    curves.page.act.lanes.trigger()
    curves.page.act.logarithmic.trigger()
    assert curve.yData[1] > curve.yData[0]


def test_logarithmic_values(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": [1, 10, 0, -5, 1000]})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    curves.page.act.logarithmic.trigger()
    found = curves.plot._curves["a"].yData
    assert found[[0, 1, 4]].tolist() == [0, 1, 3]
    assert np.isnan(found[[2, 3]]).all()


@pytest.mark.parametrize("values", [[0, 0], [5e-324, 1e-320], [1e308, -1e308], [1e9, 1e9 + 1e-6]])
def test_extreme_values(qtbot: QtBot, curves: Curves, live: Live, values: list[float]) -> None:
    put(live, {"a": values})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    low, high = curves.plot.box.viewRange()[1]
    assert low < high and np.isfinite([low, high]).all()
    curves.page.act.lanes.trigger()
    curves.grab()


def test_names_are_shown_as_they_are(qtbot: QtBot, curves: Curves, live: Live) -> None:
    name = "a & <b>b</b>"
    put(live, {name: range(10)})
    qtbot.waitUntil(lambda: drawn(curves) == [name])
    curves.page.act.lanes.trigger()
    curves.grab()
    assert cell(curves, name, 0) == name
    assert [title.text() for title in curves.plot._titles] == [name]
    model = curves.legend.model
    tip = str(model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole))
    assert "&lt;b&gt;" in tip
    curves.page.act.histogram.trigger()
    assert curves.histogram.series.itemText(0) == name


def test_another_theme(qtbot: QtBot, curves: Curves, live: Live, themed: QApplication) -> None:
    put(live, {"a": range(10)})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    theme.install(themed, dark=True)
    try:
        curve = curves.plot._curves["a"]
        assert curve.opts["pen"].color() == QColor(theme.DARK.accent)
        assert curves.plot.backgroundBrush().color() == QColor(theme.DARK.base)
    finally:
        theme.install(themed, dark=False)


def test_hidden_it_waits_and_catches_up(qtbot: QtBot, curves: Curves, live: Live) -> None:
    curves.hide()
    live.put(Chunk(BEGIN, b"volt:1\r\nvolt:2\r\n"))
    assert live.drain()
    qtbot.wait(50)
    assert curves.curve("volt")[0].tolist() == []
    curves.show()
    assert len(curves.curve("volt")[0]) == 2


def test_values_fixed_by_the_user_stay(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": range(10)})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    curves._ask_range()
    dialog = curves.findChild(QWidget, "curves-range-dialog")
    first, second = dialog.findChildren(QLineEdit)
    first.setText("-2")
    second.setText("4.5")
    dialog.accept()
    assert curves.plot.box.viewRange()[1] == [-2, 4.5]
    put(live, {"a": [100, 200]}, begin=1)
    qtbot.waitUntil(lambda: len(curves.curve("a")[0]) == 12)
    assert curves.plot.box.viewRange()[1] == [-2, 4.5]
    curves.page.act.automatic.trigger()
    assert curves.plot.box.viewRange()[1][1] > 200


def test_zoom_to_one_series(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": np.arange(1000)})
    put(live, {"b": [5, 6]}, begin=2)
    qtbot.waitUntil(lambda: len(drawn(curves)) == 2)
    curves.legend.zoomed.emit("b")
    assert curves.times == pytest.approx((BEGIN + 2, BEGIN + 2.01))
    low, high = curves.plot.box.viewRange()[1]
    assert 4.5 < low < 5 and 6 < high < 6.5
    curves.fit()
    assert curves.times == pytest.approx((BEGIN, BEGIN + 9.99))
    curves.page.bar.seconds_changed.emit(1.0)
    assert curves.times[0] > BEGIN + 8
    curves.fit()
    assert curves.times == pytest.approx((BEGIN, BEGIN + 9.99))
    curves.reset()
    assert curves.page.act.follow.isChecked()


def test_the_picture_is_copied(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": range(10)})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    curves.copy_picture()
    clipboard = QGuiApplication.clipboard()
    assert clipboard.pixmap().width() == curves.page.split.width()
    clipboard.clear()  # what is left there crashes the offscreen platform at exit


def test_heights_grow_at_once_and_shrink_slowly() -> None:
    height = Height()
    first = height.fit(0, 10, now=0.0)
    assert first[0] < 0 and first[1] > 10
    grown = height.fit(0, 20, now=0.1)
    assert grown[1] > 20 and grown[0] == first[0]
    assert height.fit(5, 6, now=0.2) == grown
    assert height.fit(5, 6, now=1.0) == grown
    shrunk = height.fit(5, 6, now=1.2)
    assert shrunk[0] > 4 and shrunk[1] < 7


def test_strokes_cover_what_the_line_does() -> None:
    ring = Ring()
    values = np.random.default_rng(2).normal(size=20_000)
    values[7000:7200] = np.nan
    ring.add(np.arange(20_000.0), values)
    columns = decimate.edges(0, 20_000, 200)
    x, y = decimate.polyline(ring.view, columns)
    thin_x, thin_y = strokes(x, y)
    assert len(thin_x) < 0.6 * len(x)
    assert (np.diff(thin_x) >= 0).all()
    for start, end in itertools.pairwise(columns):
        old, new = y[(x >= start) & (x < end)], thin_y[(thin_x >= start) & (thin_x < end)]
        if np.isnan(old).all():
            assert np.isnan(new).all()
            continue
        # A column ends half-way to the next one's first value, which is rarely beyond.
        assert np.nanmin(old) - 0.5 <= np.nanmin(new) <= np.nanmin(old)
        assert np.nanmax(old) <= np.nanmax(new) <= np.nanmax(old) + 0.5
    smooth = np.arange(100.0)
    assert strokes(smooth, smooth)[1] is smooth


def test_small_and_narrow(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": range(10)})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    for width, height in itertools.product((300, 900), (150, 600)):
        curves.resize(width, height)
        curves.grab()
        assert curves.plot.width() >= 80
        assert curves.legend.isVisible() == (width > 300 or height > 300)
    assert curves.minimumSizeHint().width() <= 300
    assert curves.minimumSizeHint().height() <= 150


def test_the_plot_keeps_its_share(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": range(10)})
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    curves.resize(1400, 400)
    curves.resize(500, 400)  # the legend gives way as well
    assert curves.plot.width() > 1.5 * curves.legend.width()
    split = curves.page.split
    split.moveSplitter(150, 1)
    curves.resize(520, 400)
    assert split.sizes()[0] < 180  # what the user chose stays


def test_a_recording_wound_back(qtbot: QtBot, curves: Curves, live: Live) -> None:
    put(live, {"a": range(100)}, begin=100)
    qtbot.waitUntil(lambda: drawn(curves) == ["a"])
    put(live, {"a": range(50)})
    qtbot.waitUntil(lambda: len(curves.curve("a")[0]) == 50)
    assert curves.plot._curves["a"].xData[0] == 0.0
    assert curves.times == pytest.approx((BEGIN, BEGIN + 0.49), abs=0.01)
    assert figures.nearest(curves._drawing.series["a"].view, BEGIN) == figures.Point(BEGIN, 0.0)


def test_a_plot_without_height_is_drawn_like_any() -> None:
    """As when a logarithmic scale has nothing to show."""
    ring = Ring()
    ring.add(np.arange(5.0), np.arange(5.0))
    curve = Curve()
    assert curve.look(ring.view, decimate.edges(0.0, 5.0, 100), 0.0, logarithmic=False)
    curve.put((0.0, 0.0))
    assert len(curve.xData) == 5


def test_very_many_curves_take_more_than_a_pixel_for_a_column(
    qtbot: QtBot, curves: Curves, live: Live
) -> None:
    curves.resize(1600, 400)
    few = {f"n{i}": np.sin(np.arange(50) + i) for i in range(3)}
    put(live, few)
    curves._take()
    qtbot.waitUntil(lambda: curves.plot.pixels > 700)
    assert curves.plot.columns == curves.plot.pixels
    many = {f"m{i:03}": np.sin(np.arange(5000) + i) for i in range(250)}
    put(live, many, begin=1.0)
    curves._take()
    curves.legend.model.check(list(many), True)
    assert len(drawn(curves)) > 200
    columns = curves.plot.columns
    assert columns < curves.plot.pixels
    assert columns * len(drawn(curves)) <= 128_000
    for name in ("m000", "m249"):
        assert len(curves.plot._curves[name].xData) <= 4 * columns + 2
        assert curves.plot.span_of(name) == Height().fit(many[name].min(), many[name].max())
