"""The accuracy while samples arrive: number, band, curve, matrix and what stands beside them."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.monitor import accuracy
from studio.monitor.chunk import Chunk
from studio.ui import accuracy_words, theme
from studio.ui.confusion import MOST
from studio.ui.live_accuracy import LiveAccuracy
from studio.ui.workspace import Workspace
from tests.gui import artifacts


@pytest.fixture
def live(workspace: Workspace) -> Iterator[Workspace]:
    yield workspace
    workspace.monitoring.close()


@pytest.fixture
def widget(qtbot: QtBot, live: Workspace) -> LiveAccuracy:
    return shown(qtbot, live)


def shown(qtbot: QtBot, workspace: Workspace, size: tuple[int, int] = (1000, 700)) -> LiveAccuracy:
    made = LiveAccuracy(workspace)
    qtbot.addWidget(made)
    made.resize(*size)
    made.show()
    return made


def lines(results: Sequence[tuple[int | None, int]], begin: int = 0) -> bytes:
    """Samples as the firmware prints them: label and result of each."""
    made = []
    for index, (label, result) in enumerate(results, begin):
        told = "" if label is None else f",label:{label}"
        made.append(f"sample:{index}{told},result:{result},crc:{index:08x}\r\n")
    return "".join(made).encode()


def say(qtbot: QtBot, workspace: Workspace, data: bytes, at: float | None = None) -> None:
    """Let the board print, and wait until all of it is read and drawn."""
    live = workspace.monitoring.live
    live.put(Chunk(time.time() if at is None else at, data))
    assert live.drain()
    qtbot.wait(1)


def text(widget: LiveAccuracy, name: str) -> str:
    found = widget.findChildren(QLabel, name)
    return found[0].text() if found and not found[0].isHidden() else ""


def fact(widget: LiveAccuracy, key: str) -> str:
    found = widget.findChildren(QLabel, f"accuracy-{key}")
    return found[0].text() if found and found[0].isVisibleTo(widget) else ""


def mixed(count: int, wrong_every: int = 20) -> list[tuple[int | None, int]]:
    """Labels 0 to 9 in turn; every so many are answered as the next class."""
    return [(i % 10, (i + (i % wrong_every == 0)) % 10) for i in range(count)]


def test_empty_until_a_sample_comes(qtbot: QtBot, live: Workspace, widget: LiveAccuracy) -> None:
    titles = {label.text() for label in widget.findChildren(QLabel) if label.isVisible()}
    assert "No samples yet" in titles
    say(qtbot, live, b"temperature: 20\r\n")
    assert not widget.head.isVisible()
    say(qtbot, live, lines([(3, 3)]))
    qtbot.waitUntil(widget.head.isVisible)
    assert text(widget, "accuracy") == "100.0 %"


def test_number_band_and_curve_are_those_of_the_samples(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    results = mixed(360)
    right = [label == result for label, result in results]
    assert sum(right) == 342
    for begin in range(0, 360, 90):
        say(qtbot, live, lines(results[begin : begin + 90], begin))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "95.0 %")
    low, high = accuracy.wilson(342, 360)
    band = f"± {50 * (high - low):.1f} · {100 * low:.1f} – {100 * high:.1f} %"
    qtbot.waitUntil(lambda: text(widget, "accuracy-band") == band)  # half of them had 95 %, too
    assert "342 of 360" in widget.head.number.toolTip()
    x, y = widget.curve.shown
    assert x[-1] == 360
    assert y[-1] == pytest.approx(95.0)
    # Every point drawn is the share after so many samples, and the band encloses it.
    sums = np.cumsum(right)
    assert y == pytest.approx(100 * sums[x.astype(int) - 1] / x)
    points = widget.curve._band.polygon().toList()
    around = [(point.x(), point.y()) for point in points]
    low, high = accuracy.wilson(sums[x.astype(int) - 1].astype(float), x)
    assert [px for px, _ in around] == [*x, *x[::-1]]
    assert [py for _, py in around] == pytest.approx([*(100 * low), *(100 * high[::-1])])
    qtbot.waitUntil(lambda: fact(widget, "samples") == "360")
    qtbot.waitUntil(lambda: fact(widget, "newest") == "95.0 %")


def test_the_matrix_counts_labels_and_results(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    results = mixed(200)
    say(qtbot, live, lines(results[:100]))
    say(qtbot, live, lines(results[100:], 100))
    expected = np.zeros((10, 10), int)
    for label, result in results:
        expected[label, result] += 1

    def cells() -> list[list[int]]:
        model = widget.model
        indexes = [[model.index(i, j) for j in range(10)] for i in range(10)]
        return [[int(index.data() or 0) for index in row] for row in indexes]

    qtbot.waitUntil(lambda: widget.model.rowCount() == 10 and cells() == expected.tolist())
    bars = {own.name: own for own in widget.classes.shown}
    assert bars["0"].text == "50.0 %"
    assert bars["1"].text == "100.0 %"
    low, high = accuracy.wilson(10, 20)
    assert (bars["0"].low, bars["0"].high) == pytest.approx((float(low), float(high)))
    assert widget.classes.isVisible()


def test_the_last_samples_are_drawn_though_nothing_comes_after_them(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    for index in range(12):
        live.monitoring.live.put(Chunk(time.time(), lines([(1, 1)], index)))
        qtbot.wait(5)
    qtbot.waitUntil(lambda: fact(widget, "samples") == "12")
    qtbot.waitUntil(lambda: widget.model.rowCount() == 2)
    qtbot.waitUntil(lambda: widget.model.index(1, 1).data() == "12")


@pytest.mark.parametrize("height", [150, 260, 600])
def test_words_above_a_line_stay_inside(qtbot: QtBot, live: Workspace, height: int) -> None:
    widget = shown(qtbot, live)
    live.monitoring.live.put(Chunk(1.0, artifacts.serial(50)))
    assert live.monitoring.live.drain()
    qtbot.waitUntil(widget.curve.plot.isVisible)
    widget.curve.setParent(None)
    qtbot.addWidget(widget.curve)
    widget.curve.resize(400, height)
    widget.curve.show()
    widget.curve.set_levels(0.99, 1.0)
    widget.curve.grab()
    box = widget.curve.plot.getViewBox()
    place = box.mapRectFromItem(
        widget.curve._float._words.textItem, widget.curve._float._words.textItem.boundingRect()
    )
    assert place.top() >= 0
    assert place.bottom() <= box.height()


def test_simulated_values_are_lines_and_figures(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    simulation = artifacts.simulation(360)
    live.set_simulation(simulation)
    assert simulation.labels is not None
    assert simulation.predictions is not None
    live.monitoring.live.store.expect(simulation.labels, simulation.predictions)
    answers = [(None, int(own)) for own in simulation.predictions]
    answers[100] = (None, 7)  # label 0, simulated 0
    say(qtbot, live, lines(answers))
    qtbot.waitUntil(lambda: fact(widget, "samples") == "360 of 360")
    assert text(widget, "accuracy") == "97.2 %"  # 9 wrong as simulated, and one more
    qtbot.waitUntil(lambda: fact(widget, "agreement") == "99.7 %")
    qtbot.waitUntil(lambda: fact(widget, "simulated") == "97.5 %")
    qtbot.waitUntil(lambda: fact(widget, "float") == "97.8 %")
    assert widget.curve._simulated.value == 0.975
    assert widget.curve._simulated._line.isVisible()
    assert widget.curve._float._line.value() == pytest.approx(97.78)
    live.set_simulation(replace(simulation, accuracy_float=None))
    assert not widget.curve._float._line.isVisible()
    assert fact(widget, "float") == ""


def test_all_are_told_from_nearly_all() -> None:
    assert accuracy_words.exact(accuracy.share(2999, 3000)) == "99.9 %"
    assert accuracy_words.exact(accuracy.share(3000, 3000)) == "100.0 %"


def test_labels_that_are_none_are_not_wrong(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    """Of a stream only the last step has a label; those before it have -1."""
    live.monitoring.live.store.expect([-1, -1, 2, -1, 5])
    say(qtbot, live, lines([(None, 1), (None, 1), (None, 2), (None, 0), (None, 4)]))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "50.0 %")
    qtbot.waitUntil(lambda: fact(widget, "samples") == "5")


def test_a_finished_run_takes_over_until_other_samples_come(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    say(qtbot, live, lines(mixed(100)), at=1000.0)
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "95.0 %")
    live.set_run(artifacts.run())
    assert text(widget, "accuracy") == "97.5 %"
    assert text(widget, "accuracy-of") == "accuracy on the emulator"
    low, high = accuracy.wilson(351, 360)
    assert f"{100 * low:.1f} – {100 * high:.1f} %" in text(widget, "accuracy-band")
    live.set_run(replace(artifacts.run(), analog=True))
    assert text(widget, "accuracy-of") == "accuracy on the board"
    # The board goes on, for instance because somebody pressed its reset button.
    say(qtbot, live, lines(mixed(20), 100), at=time.time() + 5)
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "95.0 %")


def test_a_run_from_its_beginning_to_its_end(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    monitoring = live.monitoring
    for board, printed in (("", 40), ("COM7", 80)):
        live.target.set_port(board)
        live.start_deploy()
        live.set_simulation(artifacts.simulation(360))
        live.set_qnetwork(artifacts.qnetwork())
        monitoring.begin_run(board)
        assert monitoring.live.drain()
        for begin in range(0, printed, 20):
            monitoring.add(lines(mixed(20), begin))
        qtbot.waitUntil(lambda printed=printed: fact(widget, "samples") == f"{printed} of 360")
        place = "board" if board else "emulator"
        assert text(widget, "accuracy-of") == f"accuracy on the {place}"
        assert text(widget, "accuracy") == "95.0 %"
        qtbot.waitUntil(
            lambda: fact(widget, "exact") == "0.0 %"
        )  # none has the checksum of what was simulated
        live.set_run(replace(artifacts.run(), analog=bool(board)))
        monitoring.end_run()
        assert text(widget, "accuracy") == "97.5 %"
        assert text(widget, "accuracy-of") == f"accuracy on the {place}"
    qtbot.waitUntil(lambda: fact(widget, "before") == "95.0 %")


def test_a_run_is_shown_in_a_window_made_after_it(qtbot: QtBot, live: Workspace) -> None:
    live.set_run(artifacts.run())
    first = shown(qtbot, live)
    assert text(first, "accuracy") == "97.5 %"
    live.monitoring.live.clear()
    assert live.monitoring.live.drain()
    say(qtbot, live, lines([(1, 1), (2, 3)]))
    qtbot.waitUntil(lambda: text(first, "accuracy") == "50.0 %")
    second = shown(qtbot, live)
    assert text(second, "accuracy") == "50.0 %"


def test_without_labels_the_number_is_the_agreement(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    say(qtbot, live, lines([(None, 1), (None, 2), (None, 3)]))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "3")
    assert text(widget, "accuracy-of") == "samples without labels"
    assert not widget.curve.isVisible()
    live.monitoring.live.store.expect((), [1, 2, 4], [0, 1, 9])
    say(qtbot, live, lines([(None, 1), (None, 2), (None, 3)]))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "2 / 3")
    assert text(widget, "accuracy-of") == "samples come out as simulated"
    qtbot.waitUntil(lambda: fact(widget, "exact") == "66.6 %")
    qtbot.waitUntil(widget.curve.isVisible)
    live.set_run(replace(artifacts.run(100), accuracy=None, differing=2))
    assert text(widget, "accuracy") == "98 / 100"
    assert text(widget, "accuracy-of") == "samples come out as simulated"


def test_another_run_begins_anew_and_tells_how_the_last_one_did(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    say(qtbot, live, b"uart ok\r\n" + lines(mixed(100)))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "95.0 %")
    say(qtbot, live, b"uart ok\r\n" + lines([(1, 1), (2, 2), (3, 3), (4, 1)]))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "75.0 %")
    qtbot.waitUntil(lambda: fact(widget, "before") == "95.0 %")
    live.monitoring.live.clear()  # another connection, or another deploy
    assert live.monitoring.live.drain()
    qtbot.waitUntil(lambda: not widget.head.isVisible())
    say(qtbot, live, lines([(1, 1), (2, 2)]))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "100.0 %")
    qtbot.waitUntil(lambda: fact(widget, "before") == "75.0 %")
    qtbot.waitUntil(lambda: fact(widget, "samples") == "2")
    qtbot.waitUntil(lambda: widget.model.rowCount() == 3)
    assert widget.curve.shown[0].tolist() == [1, 2]
    live.model_changed.emit()
    assert fact(widget, "before") == ""


def test_rate_and_latency(qtbot: QtBot, live: Workspace, widget: LiveAccuracy) -> None:
    store = live.monitoring.live.store
    for index in range(40):
        store.sent(index, 1000.0 + 0.1 * index)
        say(qtbot, live, lines([(1, 1)], index), at=1000.0 + 0.1 * index + 0.02)
    qtbot.waitUntil(lambda: fact(widget, "rate") == "10.0")
    qtbot.waitUntil(lambda: fact(widget, "latency") == "20.0 ms · 20.0 ms")


def test_times_of_layers_are_bars(qtbot: QtBot, live: Workspace, widget: LiveAccuracy) -> None:
    times = "conv1: 300 us (7200 cycles)\r\ndense1: 1200 us (28800 cycles)\r\n"
    say(qtbot, live, lines(mixed(20)) + f"{times}total: 1500 us (36000 cycles)\r\n".encode())
    qtbot.waitUntil(lambda: len(widget.times.shown) == 2)
    longest, other = widget.times.shown
    assert (longest.name, longest.value, longest.text) == ("dense1", 1.0, "1.2 ms")
    assert (other.name, other.value, other.text) == ("conv1", 0.25, "300 us")
    assert widget.times.isVisible()
    widget.grab()


def test_256_classes_are_quick(qtbot: QtBot, live: Workspace, widget: LiveAccuracy) -> None:
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 256, 8000)
    results = np.where(rng.random(8000) < 0.9, labels, rng.integers(0, 256, 8000))
    pairs = list(zip(labels.tolist(), results.tolist(), strict=True))
    say(qtbot, live, lines(pairs))
    qtbot.waitUntil(lambda: widget.model.rowCount() == MOST)
    assert len(widget.classes.shown) == 256
    least = math.inf
    for begin in range(8000, 9000, 100):
        live.monitoring.live.put(Chunk(time.time(), lines(pairs[begin - 8000 :][:100], begin)))
        assert live.monitoring.live.drain()
        widget._slow_at = 0.0
        start = time.thread_time()  # of ours: other programs do not count
        widget._refresh()
        least = min(least, time.thread_time() - start)
    print(f"a refresh takes {1000 * least:.1f} ms at least")
    assert least < 0.016
    figures = live.monitoring.live.store.figures()
    shown_now = widget.model._counts
    assert (shown_now == figures.matrix[np.ix_(widget.model.classes, widget.model.classes)]).all()


@pytest.mark.parametrize("size", [(300, 150), (300, 200), (900, 170), (360, 800), (1900, 1050)])
def test_every_size_shows_the_number_and_the_curve(
    qtbot: QtBot, live: Workspace, size: tuple[int, int]
) -> None:
    made = shown(qtbot, live)
    say(qtbot, live, lines(mixed(100)))
    qtbot.waitUntil(made.classes.isVisible)
    made.resize(*size)
    qtbot.wait(1)
    assert (made.width(), made.height()) == size
    assert made.curve.isVisible()
    assert made.curve.height() >= 60
    number = made.head.number
    assert number.width() >= number.sizeHint().width()
    corner = made.head.band.mapTo(made, QPoint(made.head.band.width(), 0))
    assert corner.x() <= made.width()
    assert made.matrix.isVisible() == (size in {(360, 800), (1900, 1050)})


def test_the_place_under_the_mouse_is_told(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    say(qtbot, live, lines(mixed(100)))
    qtbot.waitUntil(lambda: len(widget.curve.shown[0]) == 100)
    widget.curve.plot.pointed.emit(40.0, 0.0)
    low, high = accuracy.wilson(38, 40)
    assert widget.curve.plot.toolTip() == (
        f"After 40 samples: 95.0 %, between {100 * low:.1f} and {100 * high:.1f} %"
    )
    widget.curve.plot.gone.emit()
    assert widget.curve.plot.toolTip() == ""


def test_hidden_it_draws_nothing_and_catches_up(qtbot: QtBot, live: Workspace) -> None:
    made = LiveAccuracy(live)
    qtbot.addWidget(made)
    say(qtbot, live, lines(mixed(100)))
    assert text(made, "accuracy") == ""
    made.show()
    assert text(made, "accuracy") == "95.0 %"


def test_the_theme_may_change(qtbot: QtBot, live: Workspace, widget: LiveAccuracy) -> None:
    say(qtbot, live, lines(mixed(100)))
    qtbot.waitUntil(lambda: text(widget, "accuracy") == "95.0 %")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.install(app, dark=True)
    assert widget.curve._line.opts["pen"].color().name() == theme.DARK.accent
    assert widget.curve.plot.backgroundBrush().color().name() == theme.DARK.base
    theme.install(app, dark=False)
    assert widget.curve._line.opts["pen"].color().name() == theme.LIGHT.accent


def test_numbers_of_a_low_plot_do_not_run_into_each_other(
    qtbot: QtBot, live: Workspace, widget: LiveAccuracy
) -> None:
    widget.resize(360, 120)
    live.monitoring.add(artifacts.serial(100))
    qtbot.waitUntil(lambda: len(widget.curve.shown[0]) > 0)
    axis = widget.curve.plot.getAxis("left")

    def rows() -> list[QRectF]:
        widget.grab()
        return [rect for rect, _, text in axis.picture[2] if text]

    qtbot.waitUntil(lambda: len(rows()) > 0)
    found = sorted(rows(), key=QRectF.top)
    pairs = itertools.pairwise(found)
    assert all(above.bottom() <= below.top() for above, below in pairs)
