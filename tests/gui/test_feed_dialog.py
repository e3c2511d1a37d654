"""Feeding a data set from the window, to a board that a thread plays."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QSpinBox,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.base.errors import StudioError
from studio.monitor import decimate
from studio.monitor.packets import Packet
from studio.ui import feed_dialog, feeding
from studio.ui.feed_dialog import FeedDialog
from studio.ui.feeding import Feeding
from studio.ui.records import Cancel, Deploy
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.unit.test_feed import NET, SIDE, SIZE, dense, expected, image
from tests.unit.test_monitor_exchange import board

COUNT = 10


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The inner loops, out of this machine's cache: that of a test is empty."""
    decimate.library()
    expected(1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten samples of one value each, labelled 0, 1, 2, 0, 1, ..."""
    path = tmp_path / "数据 &amp; set.npz"
    x = np.repeat(np.arange(COUNT) / 255, SIZE).reshape(COUNT, 1, SIDE, SIDE)
    np.savez(path, x=x, y=np.arange(COUNT) % 3)
    return path


@pytest.fixture
def ready(workspace: Workspace, tmp_path: Path) -> Workspace:
    """A workspace with firmware that takes samples over the line."""
    workspace.out = tmp_path / "out"
    workspace.out.mkdir()
    workspace.set_qnetwork(NET)
    workspace.set_image(image(tmp_path))
    return workspace


@pytest.fixture
def dialog(qtbot: QtBot, ready: Workspace) -> Iterator[FeedDialog]:
    """The dialog, shown."""
    made = FeedDialog(ready)
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    yield made
    feeding.of(ready).close()
    ready.monitoring.close()


@pytest.fixture
def feeder(ready: Workspace) -> Feeding:
    """What the dialog shows."""
    return feeding.of(ready)


def text(dialog: FeedDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return label.text()


def button(dialog: FeedDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def read(qtbot: QtBot, feeder: Feeding, *paths: Path) -> None:
    feeder.choose(paths)
    qtbot.waitUntil(lambda: not feeder.reading)


def test_what_was_found_is_told_before_anything_is_sent(
    qtbot: QtBot, dialog: FeedDialog, feeder: Feeding, data: Path
) -> None:
    assert not button(dialog, "primary").isEnabled()
    read(qtbot, feeder, data)
    assert text(dialog, "feed-source") == str(data)
    assert text(dialog, "feed-found") == "10 samples · 4 × 4 × 1 · 3 classes"
    assert button(dialog, "primary").isEnabled()
    assert button(dialog, "primary").text() == "Start"
    assert not button(dialog, "feed-save").isEnabled()


def test_a_data_set_is_fed_and_the_monitor_shows_it(
    qtbot: QtBot,
    dialog: FeedDialog,
    feeder: Feeding,
    ready: Workspace,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors: list[StudioError] = []
    ready.error.connect(errors.append)
    repeat = dialog.findChild(QSpinBox, "feed-repeat")
    assert isinstance(repeat, QSpinBox)
    repeat.setValue(2)
    read(qtbot, feeder, data)
    with board(dense) as (url, _):
        ready.target.set_port(url)
        assert url in text(dialog, "feed-state")
        button(dialog, "primary").click()
        assert feeder.sending and button(dialog, "primary").text() == "Cancel"
        assert not repeat.isEnabled()
        qtbot.waitUntil(lambda: not feeder.sending)
    assert not errors
    answers = feeder.answers
    assert answers is not None and answers.done == 2 * COUNT
    assert text(dialog, "feed-accuracy") == "50.00 %"
    words = text(dialog, "feed-words")
    assert "20 of 20 answered" in words and "18 exact" in words and "95 % interval" in words
    live = ready.monitoring.live
    assert live.drain()
    figures = live.store.figures()
    assert (figures.samples, figures.accuracy.right, figures.accuracy.n) == (20, 10, 20)
    assert figures.exact.right == 18 and figures.agreement.right == 18
    assert ready.monitoring.source == ""
    table = dialog.findChild(QTableView, "feed-answers")
    assert isinstance(table, QTableView)
    model = table.model()
    shown = [model.index(0, column).data() for column in range(model.columnCount())]
    assert shown[:4] == ["9", "0", "0", "yes"]  # the newest first
    assert model.index(14, 3).data() == "no"
    assert not model.index(0, 0).data(Qt.ItemDataRole.DecorationRole).isNull()
    assert table.isColumnHidden(4) and not table.isColumnHidden(1)
    out = tmp_path / "答案.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_words: (str(out), ""))
    with qtbot.waitSignal(ready.notice) as told:
        button(dialog, "feed-save").click()
    assert str(out) in told.args[0]
    with out.open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 20


def test_a_feed_can_be_cancelled_and_excludes_a_deploy(
    qtbot: QtBot,
    dialog: FeedDialog,
    feeder: Feeding,
    ready: Workspace,
    runner: TaskRunner,
    data: Path,
) -> None:
    held = threading.Event()

    def slow(packet: Packet, number: int) -> bytes:
        if packet.kind == "r_fb" and packet.payload[0] == 3:
            held.wait(10)
        return dense(packet, number)

    ready.set_model(Path("m.onnx"), None)
    ready.set_qnetwork(NET)
    ready.set_image(image(Path()))
    read(qtbot, feeder, data)
    assert runner.can_deploy
    with board(slow) as (url, _):
        ready.target.set_port(url)
        button(dialog, "primary").click()
        qtbot.waitUntil(lambda: feeder.answers is not None and feeder.answers.done == 3)
        assert not runner.can_deploy
        ready.task_requested.emit(Cancel())
        qtbot.waitUntil(lambda: not feeder.sending)
        held.set()
    assert runner.can_deploy
    assert feeder.cancelled
    assert "3 of 10 answered" in text(dialog, "feed-words")
    assert "ended before its end" in text(dialog, "feed-words")
    assert button(dialog, "feed-save").isEnabled()


def test_firmware_with_its_own_samples_is_built_again(
    qtbot: QtBot, dialog: FeedDialog, feeder: Feeding, ready: Workspace, data: Path, tmp_path: Path
) -> None:
    assert button(dialog, "feed-build").isHidden()
    ready.set_image(image(tmp_path, "testset"))
    read(qtbot, feeder, data)
    assert "carries its own samples" in text(dialog, "feed-state")
    assert not button(dialog, "feed-build").isEnabled()  # there is no model to build from
    ready.model = Path("m.onnx")
    ready.image_changed.emit()
    assert not button(dialog, "primary").isEnabled()
    asked: list[object] = []
    ready.task_requested.connect(asked.append)
    button(dialog, "feed-build").click()
    assert asked == [Deploy("build")]
    assert ready.options.mode == "serial"


def test_what_cannot_be_read_or_reached_is_told(
    qtbot: QtBot, dialog: FeedDialog, feeder: Feeding, ready: Workspace, data: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.npy"
    np.save(wrong, np.zeros((2, 5)))
    read(qtbot, feeder, wrong)
    assert "expected (n, 1, 4, 4)" in text(dialog, "feed-found")
    assert not button(dialog, "primary").isEnabled()
    read(qtbot, feeder, data)
    ready.target.set_port("socket://127.0.0.1:9")
    with qtbot.waitSignal(ready.error) as told:
        button(dialog, "primary").click()
    assert told.args[0].where == "socket://127.0.0.1:9"
    assert not feeder.sending and button(dialog, "primary").isEnabled()


def test_choices_read_the_data_anew(
    qtbot: QtBot, dialog: FeedDialog, feeder: Feeding, data: Path
) -> None:
    read(qtbot, feeder, data)
    limit, seed = (dialog.findChild(QSpinBox, name) for name in ("feed-limit", "feed-seed"))
    shuffle = dialog.findChild(QCheckBox, "feed-shuffle")
    scale = dialog.findChild(QComboBox, "feed-scale")
    assert isinstance(limit, QSpinBox) and isinstance(seed, QSpinBox)
    assert isinstance(shuffle, QCheckBox) and isinstance(scale, QComboBox)
    assert not seed.isEnabled()
    limit.setValue(4)
    shuffle.setChecked(True)
    assert seed.isEnabled()
    seed.setValue(3)
    scale.setCurrentIndex(1)
    scale.activated.emit(1)
    qtbot.waitUntil(lambda: not feeder.reading)
    choice = feeder.choice
    assert (choice.limit, choice.shuffle, choice.scale) == (4, 3, "unit")
    assert "4 of 10 samples" in text(dialog, "feed-found")
    again = FeedDialog(dialog._workspace)
    qtbot.addWidget(again)
    assert text(again, "feed-source") == str(data)  # what was chosen outlives the dialog


def test_pictures_are_dropped_and_listed_without_labels(
    qtbot: QtBot, dialog: FeedDialog, feeder: Feeding, ready: Workspace, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{value}.png" for value in (0, 51)]
    for path in paths:
        Pictures.new("L", (SIDE, SIDE), int(path.stem)).save(path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(9, 9), copy, mime, left, none)
    dialog.dragEnterEvent(enter)
    assert enter.isAccepted()
    dialog.dropEvent(QDropEvent(QPointF(9, 9), copy, mime, left, none))
    qtbot.waitUntil(lambda: not feeder.reading)
    assert text(dialog, "feed-source") == "0.png and 1 more"
    assert "2 samples · 4 × 4 × 1 · no labels" in text(dialog, "feed-found")
    with board(dense) as (url, _):
        ready.target.set_port(url)
        feeder.start()
        qtbot.waitUntil(lambda: not feeder.sending)
    label = dialog.findChild(QLabel, "feed-accuracy")
    table = dialog.findChild(QTableView, "feed-answers")
    assert label is not None and label.isHidden()
    assert isinstance(table, QTableView)
    assert table.isColumnHidden(1) and not table.isColumnHidden(4)
    assert table.model().index(0, 4).data() == "51.png"


def test_the_menu_opens_one_dialog(window: MainWindow, workspace: Workspace) -> None:
    action = window.actions_.feed
    assert not action.isEnabled()
    workspace.set_model(Path("m.onnx"), None)
    assert action.isEnabled()
    action.trigger()
    action.trigger()
    (found,) = window.findChildren(FeedDialog)
    assert found.isVisible() and not found.isModal()
    assert "Build the firmware first" in text(found, "feed-state")
    found.close()


def test_it_begins_with_the_data_of_the_project(
    qtbot: QtBot, ready: Workspace, feeder: Feeding, data: Path
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    ready.data = data
    made = feed_dialog.show(parent, ready)
    assert text(made, "feed-source") == str(data)
    qtbot.waitUntil(lambda: not feeder.reading)
    made.close()
    feeder.close()
