"""Packets drawn while they come: waveform, spectrum, spectrogram, vectors, and maps of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.monitor.chunk import Chunk
from studio.monitor.packets import encode
from studio.ui import theme
from studio.ui.signals import Signals
from studio.ui.workspace import Workspace

RATE = 16_000


@pytest.fixture
def live(workspace: Workspace) -> Iterator[Workspace]:
    yield workspace
    workspace.monitoring.close()


@pytest.fixture
def widget(qtbot: QtBot, live: Workspace) -> Signals:
    return shown(qtbot, live)


def shown(qtbot: QtBot, workspace: Workspace, size: tuple[int, int] = (900, 620)) -> Signals:
    made = Signals(workspace)
    qtbot.addWidget(made)
    made.resize(*size)
    made.show()
    return made


def sine(hertz: float, seconds: float = 1.0, level: float = 0.5) -> np.ndarray:
    places = np.arange(round(seconds * RATE))
    return np.round(level * 32767 * np.sin(2 * np.pi * hertz * places / RATE)).astype("<i2")


def send(workspace: Workspace, kind: str, *vectors: np.ndarray, to_board: bool = False) -> None:
    live, now = workspace.monitoring.live, time.time()
    for vector in vectors:
        data = encode(kind, vector.tobytes(), to_board=to_board)
        live.put(Chunk(now, data, "out" if to_board else "in"))
    assert live.drain()


def label(widget: Signals, name: str) -> str:
    (found,) = widget.findChildren(QLabel, name)
    return found.text()


def choose(qtbot: QtBot, widget: Signals, name: str) -> None:
    """As a user does, by key."""
    box = widget.names
    while widget.name != name:
        qtbot.keyClick(box, Qt.Key.Key_Down)


def test_empty_until_a_packet_comes(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    titles = {own.text() for own in widget.findChildren(QLabel) if own.isVisible()}
    assert "No signals yet" in titles
    live.monitoring.live.put(Chunk(time.time(), b"temperature: 20\r\n"))
    assert live.monitoring.live.drain()
    qtbot.wait(80)
    assert not widget.wave.isVisible()
    send(live, "r_mc", sine(100))
    qtbot.waitUntil(widget.wave.isVisible)
    assert [widget.names.itemText(i) for i in range(widget.names.count())] == ["Audio (r_mc)"]
    assert label(widget, "signal-details") == (
        "16000 values of int16 · 16 kHz · 1 packets from the board"
    )


def test_the_peak_of_a_sine_is_marked(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    send(live, "r_mc", *sine(1000).reshape(-1, 640))

    def peak() -> str:
        return str(widget.spectrum.peak.toPlainText())

    qtbot.waitUntil(lambda: peak() == "1000 Hz: -6.0 dBFS")
    x, y = widget.spectrum.dot.getData()
    assert (x[0], y[0]) == (1000.0, pytest.approx(-6.02, abs=0.05))
    # Another window has other side lobes, and the same peak.
    levels = widget.spectrum.curve.getData()[1]
    widget.windows.setFocus()
    qtbot.keyClick(widget.windows, Qt.Key.Key_End)
    assert widget.windows.currentData() == "rectangle"
    qtbot.waitUntil(lambda: not np.array_equal(levels, widget.spectrum.curve.getData()[1]))
    assert peak() == "1000 Hz: -6.0 dBFS"


def test_the_waveform_is_the_last_seconds(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    wave = sine(50, 3.0)
    wave[-100] = 30_000  # one outlier must be seen, however many samples share a column
    send(live, "r_mc", *wave.reshape(-1, 640))

    def drawn() -> tuple[np.ndarray, np.ndarray]:
        x, y = widget.wave.curve.getData()
        return (np.empty(0), np.empty(0)) if x is None else (x, y)

    qtbot.waitUntil(lambda: len(drawn()[0]) > 0 and drawn()[0][-1] == 3.0 - 1 / RATE)
    x, y = drawn()
    assert x[0] == pytest.approx(2.0, abs=2 / RATE)
    assert y.max() == 30_000
    assert widget.wave.viewRange()[0] == pytest.approx([2.0, 3.0])
    widget.seconds.setFocus()
    qtbot.keyClick(widget.seconds, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: widget.wave.viewRange()[0] == pytest.approx([2.9, 3.0]))
    assert len(drawn()[0]) >= 1600


def test_the_spectrogram_shows_when_the_tone_changed(
    qtbot: QtBot, live: Workspace, widget: Signals
) -> None:
    send(live, "r_mc", sine(1000), sine(4000))
    image = widget.spectrogram.image
    qtbot.waitUntil(lambda: image.image is not None and len(image.image) > 100)
    bins = image.image.shape[1]
    loudest = image.image.argmax(axis=1) * (RATE / 2) / (bins - 1)
    assert loudest[10] == pytest.approx(1000)
    assert loudest[-10] == pytest.approx(4000)
    rect = image.mapRectToParent(image.boundingRect())
    assert (rect.left(), rect.right()) == pytest.approx((0, 2.0), abs=0.05)
    assert rect.height() == pytest.approx(RATE / 2)
    told: list[str] = []
    widget.spectrogram.told.connect(told.append)
    widget.spectrogram.pointed.emit(1.9, 4000.0)
    assert told[-1].startswith("1.90 s, 4000 Hz: -6.")
    widget.spectrogram.pointed.emit(5.0, 4000.0)
    assert told[-1] == ""


def test_outputs_are_bars_and_a_map(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    vectors = np.array([[-80, 10, 93, 5], [-70, 90, 20, -128], [1, 2, 3, 4]], np.int8)
    send(live, "nnet", *vectors)
    qtbot.waitUntil(lambda: widget.vector.isVisible() and widget.map.isVisible())
    assert not widget.wave.isVisible()
    assert not widget.seconds.isVisible()
    qtbot.waitUntil(lambda: list(widget.vector.bars.opts["height"]) == [1, 2, 3, 4])
    brushes = [brush.name() for brush in widget.vector.bars.opts["brushes"]]
    assert brushes == [theme.LIGHT.accent] * 3 + [theme.LIGHT.good]
    image = widget.map.image.image
    assert image.shape == (3, 4)
    assert np.unravel_index(image.argmin(), image.shape) == (1, 3)  # -128 is the least
    assert abs(int(image[2, 0]) - 128) <= 1  # around zero is the middle of the colours
    told: list[str] = []
    widget.map.told.connect(told.append)
    widget.map.pointed.emit(-1.5, 1.2)
    assert told == ["1 packets ago, place 1: 90"]


def test_a_long_vector_is_a_line(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    values = np.linspace(0, 5, 500).astype("<f4")
    values[7] = np.nan
    send(live, "log_", values)
    qtbot.waitUntil(widget.vector.isVisible)
    qtbot.waitUntil(widget.vector.curve.isVisible)
    assert np.array_equal(widget.vector.curve.getData()[1], values.astype(float), equal_nan=True)
    assert not widget.vector.bars.isVisible()
    widget.grab()


def test_names_are_chosen_and_kept(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    send(live, "r_fb", np.arange(40, dtype=np.uint8), to_board=True)
    send(live, "r_mc", sine(300))
    qtbot.waitUntil(lambda: widget.names.count() == 2)
    qtbot.waitUntil(lambda: "1 packets to the board" in label(widget, "signal-details"))
    choose(qtbot, widget, "r_mc")
    qtbot.waitUntil(widget.spectrum.isVisible)
    send(live, "nnet", np.arange(4, dtype=np.int8))
    qtbot.waitUntil(lambda: widget.names.count() == 3)
    assert widget.name == "r_mc"
    again = shown(qtbot, live)
    qtbot.waitUntil(again.spectrum.isVisible)
    assert again.name == "r_mc"


def test_another_epoch_begins_anew(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    send(live, "r_mc", sine(300))
    qtbot.waitUntil(widget.wave.isVisible)
    live.monitoring.live.clear()
    assert live.monitoring.live.drain()
    qtbot.waitUntil(lambda: not widget.wave.isVisible())
    assert widget.name == ""
    send(live, "nnet", np.arange(4, dtype=np.int8))
    qtbot.waitUntil(widget.vector.isVisible)


@pytest.mark.parametrize(
    ("size", "count"), [((300, 150), 1), ((900, 190), 3), ((420, 900), 3), ((1900, 1000), 3)]
)
def test_as_many_plots_as_there_is_room_for(
    qtbot: QtBot, live: Workspace, size: tuple[int, int], count: int
) -> None:
    made = shown(qtbot, live)
    send(live, "r_mc", sine(300))
    qtbot.waitUntil(made.wave.isVisible)
    made.resize(*size)
    qtbot.waitUntil(lambda: made.windows.isVisible() == (count > 1))
    plots = (made.wave, made.spectrum, made.spectrogram)
    assert [plot.isVisible() for plot in plots] == [True] * count + [False] * (3 - count)
    assert (made.width(), made.height()) == size
    assert all(plot.height() >= 50 for plot in plots if plot.isVisible())


def test_the_mouse_reads_values(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    send(live, "nnet", np.array([5, -3, 100, 7], np.int8))
    qtbot.waitUntil(lambda: widget.vector.isVisible() and len(widget.vector._newest) == 4)

    box = widget.vector.getPlotItem().getViewBox()
    moved = widget.vector.scene().sigMouseMoved
    moved.emit(box.mapViewToScene(QPointF(2.2, 50.0)))
    assert label(widget, "signal-readout") == "place 2: 100"
    moved.emit(QPointF(1, 1))  # beside what is drawn
    assert label(widget, "signal-readout") == ""
    moved.emit(box.mapViewToScene(QPointF(0.0, 50.0)))
    assert label(widget, "signal-readout") == "place 0: 5"
    widget.vector.gone.emit()
    assert label(widget, "signal-readout") == ""


def test_drawing_takes_less_than_a_frame(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    rng = np.random.default_rng(1)
    noise = (8000 * rng.normal(size=(100, 640))).clip(-32768, 32767).astype("<i2")
    send(live, "r_mc", *noise)
    qtbot.waitUntil(widget.wave.isVisible)
    taken = []
    begin: Callable[..., None] = widget._draw

    def timed(made: object) -> None:
        start = time.thread_time()  # of ours: other programs do not count
        begin(made)
        for plot in (widget.wave, widget.spectrum, widget.spectrogram):
            plot.viewport().repaint()
        taken.append(time.thread_time() - start)

    widget._draw = timed  # type: ignore[method-assign]
    for _ in range(10):
        send(live, "r_mc", noise[0])
        done = len(taken)
        qtbot.waitUntil(lambda done=done: len(taken) > done)
    print(f"a drawing takes {1000 * min(taken):.1f} ms at least")
    assert min(taken) < 0.016


def test_hidden_it_computes_nothing_and_catches_up(qtbot: QtBot, live: Workspace) -> None:
    made = Signals(live)
    qtbot.addWidget(made)
    send(live, "r_mc", sine(300))
    qtbot.wait(80)
    assert made._work is None
    assert made.names.count() == 0
    made.resize(800, 500)
    made.show()
    qtbot.waitUntil(lambda: made.wave.curve.getData()[0] is not None)


def test_the_theme_may_change(qtbot: QtBot, live: Workspace, widget: Signals) -> None:
    send(live, "r_mc", sine(300))
    send(live, "nnet", np.arange(4, dtype=np.int8))
    qtbot.waitUntil(widget.wave.isVisible)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.install(app, dark=True)
    assert widget.wave.curve.opts["pen"].color().name() == theme.DARK.accent
    assert widget.wave.backgroundBrush().color().name() == theme.DARK.base
    choose(qtbot, widget, "nnet")
    qtbot.waitUntil(widget.vector.isVisible)
    widget.grab()
    theme.install(app, dark=False)
    assert widget.vector.bars.opts["brushes"][0].name() == theme.LIGHT.accent
