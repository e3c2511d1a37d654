"""The monitor under load, and the text and number stores behind it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QCheckBox, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from studio.panels.monitor import Monitor
from studio.ui.serial_log import SerialLog
from studio.ui.serial_text import LINE, Series, TextFeed
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import Stalls

# Far above a frame, far below what one feels: shared test machines stall on their own.
STALL = 0.5


def opened(qtbot: QtBot, workspace: Workspace) -> tuple[Monitor, QPlainTextEdit]:
    widget = Monitor(workspace)
    qtbot.addWidget(widget)
    widget.resize(800, 320)
    widget.show()
    qtbot.waitExposed(widget)
    return widget, widget.findChildren(QPlainTextEdit)[0]


def test_shows_text_values_and_accuracy(qtbot: QtBot, workspace: Workspace) -> None:
    widget, text = opened(qtbot, workspace)
    workspace.add_serial(artifacts.serial(100))
    qtbot.waitUntil(lambda: "done" in text.toPlainText(), timeout=3000)
    lines = text.toPlainText().splitlines()
    assert lines[0] == "uart ok"
    assert lines[1].startswith("sample:0,label:0,result:1,ratio:0.000000")
    assert lines[-1] == "done"
    qtbot.waitUntil(lambda: bool(widget.findChildren(QCheckBox)), timeout=3000)
    (box,) = widget.findChildren(QCheckBox)
    assert box.text() == "ratio"
    x, y = widget.curve("ratio")
    assert len(x) == len(y) == 100
    assert y[0] == 0.0
    assert y[-1] == 0.97
    (number,) = widget.findChildren(QLabel, "accuracy")
    assert number.text() == "97.0 %"
    workspace.set_run(artifacts.run())
    assert number.text() == "97.5 %"


def test_other_names_are_curves_too(qtbot: QtBot, workspace: Workspace) -> None:
    widget, _ = opened(qtbot, workspace)
    workspace.add_serial(b"net_output:0.5,temperature:21\r\nnet_output:0.75,temperature:22\r\n")
    qtbot.waitUntil(lambda: len(widget.findChildren(QCheckBox)) == 2)
    assert widget.curve("net_output")[1].tolist() == [0.5, 0.75]
    assert all(box.isChecked() for box in widget.findChildren(QCheckBox))


def test_the_accuracy_is_that_of_what_it_ran_on(qtbot: QtBot, workspace: Workspace) -> None:
    monitor, _ = opened(qtbot, workspace)

    def texts() -> str:
        return "\n".join(label.text() for label in monitor.findChildren(QLabel))

    workspace.set_run(artifacts.run())
    assert "accuracy on the emulator" in texts()
    workspace.set_run(replace(artifacts.run(), analog=True))
    assert "accuracy on the board" in texts()


def test_without_labels_the_number_is_the_agreement(qtbot: QtBot, workspace: Workspace) -> None:
    widget, text = opened(qtbot, workspace)
    workspace.add_serial(b"uart ok\r\nsample:0,result:1,crc:0a,out:1 2\r\ndone\r\n")
    qtbot.waitUntil(lambda: "done" in text.toPlainText())
    assert not widget.plot.isVisible()
    workspace.set_run(replace(artifacts.run(100), accuracy=None))
    assert widget.findChildren(QLabel, "accuracy")[0].text() == "100 / 100"


def test_a_new_run_starts_again(qtbot: QtBot, workspace: Workspace) -> None:
    widget, text = opened(qtbot, workspace)
    workspace.add_serial(artifacts.serial(20))
    qtbot.waitUntil(lambda: "done" in text.toPlainText())
    workspace.start_deploy()
    assert text.toPlainText() == ""
    assert widget.findChildren(QLabel, "accuracy")[0].text() == ""
    workspace.add_serial(b"uart ok\r\n")
    qtbot.waitUntil(lambda: text.toPlainText() == "uart ok\n")


def test_a_megabyte_without_a_line_end_holds_nothing_up(qtbot: QtBot, workspace: Workspace) -> None:
    _, text = opened(qtbot, workspace)
    stalls = Stalls()
    workspace.add_serial(b"x" * 1_000_000)
    qtbot.waitUntil(lambda: text.document().characterCount() > 1_000_000, timeout=10_000)
    print(f"longest stall {stalls.longest * 1000:.0f} ms")
    assert stalls.longest < STALL, f"{stalls.longest * 1000:.0f} ms"
    assert max(len(line) for line in text.toPlainText().splitlines()) == LINE


def test_a_flood_of_samples_holds_nothing_up(qtbot: QtBot, workspace: Workspace) -> None:
    widget, text = opened(qtbot, workspace)
    stalls = Stalls()
    for _ in range(20):
        workspace.add_serial(artifacts.serial(1000))
        qtbot.wait(1)
    qtbot.waitUntil(lambda: len(widget.curve("ratio")[0]) == 20_000, timeout=20_000)
    print(f"longest stall {stalls.longest * 1000:.0f} ms")
    assert stalls.longest < STALL, f"{stalls.longest * 1000:.0f} ms"
    assert text.blockCount() <= 5000


def test_a_zoomed_plot_stays_where_it_is(qtbot: QtBot, workspace: Workspace) -> None:
    widget, _ = opened(qtbot, workspace)
    workspace.add_serial(artifacts.serial(50))
    qtbot.waitUntil(lambda: len(widget.curve("ratio")[0]) == 50)
    box = widget.plot.getPlotItem().getViewBox()
    box.setRange(xRange=(10, 20), padding=0)
    box.sigRangeChangedManually.emit([True, True])
    workspace.add_serial(artifacts.serial(50))
    qtbot.waitUntil(lambda: len(widget.curve("ratio")[0]) == 100)
    assert np.allclose(box.viewRange()[0], (10, 20))


def test_text_feed_joins_split_characters_and_breaks_long_lines() -> None:
    feed = TextFeed()
    data = "温度:21\r\n".encode()
    assert "".join(feed.feed(data[index : index + 1]) for index in range(len(data))) == "温度:21\n"
    assert feed.feed(b"a\x00b\xff\n") == "a\ufffdb\ufffd\n"
    first = feed.feed(b"y" * (LINE - 1))
    assert "\n" not in first
    assert feed.feed(b"yyy\n") == "y\nyy\n"


def test_series_keeps_the_newest() -> None:
    series = Series(limit=300)
    for value in range(2000):
        series.add(float(value))
    x, y = series.points
    assert len(x) == 300
    assert x.tolist() == y.tolist() == list(range(1700, 2000))
    assert series.count == 2000


def test_serial_log_forgets_the_oldest_and_keeps_positions() -> None:
    log = SerialLog(limit=100)
    for value in range(30):
        log.add(bytes([value]) * 10)
    assert log.end == 300
    data, end = log.since(0, 1000)
    assert end == 300
    assert 100 <= len(data) <= 125
    assert data[-10:] == bytes([29]) * 10
    assert log.since(290, 5) == (bytes([29]) * 5, 295)
    assert log.since(300, 5) == (b"", 300)
