"""Alignment, room and words: what a designer found and nobody should lose again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSplitter,
    QTableView,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.panels.accuracy import Accuracy
from studio.panels.array import PANEL as ARRAY
from studio.panels.firmware import Firmware
from studio.panels.monitor import Monitor
from studio.panels.project import Project
from studio.ui import bank_text, language, theme
from studio.ui.confusion import ConfusionView
from studio.ui.error_plot import ErrorPlot
from studio.ui.noise_plots import NoisePlots
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui.test_panels import fill


@pytest.fixture
def chinese(themed: QApplication) -> Iterator[None]:
    language.install(themed, "zh")
    yield
    language.install(themed, "en")


def shown(qtbot: QtBot, widget: QWidget, width: int, height: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)


def test_banks_have_chinese_names(chinese: None) -> None:
    assert bank_text.short("upper") == "上部"
    assert bank_text.full("lower") == "下部 Bank"
    assert bank_text.title("upper") == "上部 Bank"
    assert bank_text.short("third") == "third"


def test_sentences_are_translated_one_by_one(chinese: None) -> None:
    first, second = "Blocks were moved by hand.", "It is not proved that 3 arrays are needed."
    assert language.message(f"{first} {second}") == "块由手动移动。尚未证明需要 3 个阵列。"
    assert language.message(f"{first} Nobody says this.") == "块由手动移动。 Nobody says this."


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_confusion_matrix_can_be_read(
    qtbot: QtBot, themed: QApplication, workspace: Workspace, example: Path, scale: float
) -> None:
    theme.install(themed, dark=False, scale=scale)
    fill(workspace, example)
    panel = Accuracy(workspace)
    try:
        shown(qtbot, panel, theme.px(330), theme.px(420))
        (view,) = panel.findChildren(ConfusionView)
        metrics = view.fontMetrics()
        texts = {label.text() for label in panel.findChildren(QLabel) if label.isVisible()}
        assert {"Answer", "Label"} <= texts
        for header in view.findChildren(QHeaderView):
            assert header.defaultSectionSize() >= metrics.height()
        model = view.model()
        counts = [model.index(n, n).data() for n in range(model.rowCount())]
        widest = max(metrics.horizontalAdvance(text) for text in counts)
        assert view.columnWidth(0) > widest
        assert panel.width() == theme.px(330)
    finally:
        theme.install(themed, dark=False)


def test_narrow_panels_stack_what_stands_side_by_side(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    fill(workspace, example)
    for panel in (Monitor(workspace), Accuracy(workspace), NoisePlots()):
        shown(qtbot, panel, 320, 420)
        splitter = panel if isinstance(panel, QSplitter) else panel._split
        assert panel.width() == 320
        assert splitter.orientation() == Qt.Orientation.Vertical
        panel.resize(700, 420)
        assert splitter.orientation() == Qt.Orientation.Horizontal


def test_plots_are_thick_in_workshop_mode(
    qtbot: QtBot, themed: QApplication, workspace: Workspace, example: Path
) -> None:
    theme.install(themed, dark=False, scale=1.5)
    try:
        fill(workspace, example)
        monitor = Monitor(workspace)
        shown(qtbot, monitor, 700, 420)
        (tabs,) = monitor.findChildren(QTabWidget, "monitor-tabs")
        tabs.setCurrentIndex(0)
        qtbot.waitUntil(lambda: monitor.curves.shown() == ["ratio"])
        (curve,) = monitor.curves.plot._curves.values()
        assert curve.opts["pen"].widthF() == 1.5
        plot = ErrorPlot()
        qtbot.addWidget(plot)
        size = float(plot._legend.opts["labelTextSize"].removesuffix("pt"))
        assert size == pytest.approx(plot.font().pointSizeF(), abs=0.06)
    finally:
        theme.install(themed, dark=False)


def test_a_table_without_parts_is_not_shown(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    fill(workspace, example)
    assert workspace.image is not None
    workspace.set_image(replace(workspace.image, parts=()))
    panel = Firmware(workspace)
    shown(qtbot, panel, 700, 420)
    table = panel.findChild(QTableView, "parts")
    assert not table.isVisible()


@pytest.mark.parametrize("tongue", ["en", "zh"])
def test_what_stands_in_one_line_has_one_height(
    qtbot: QtBot,
    themed: QApplication,
    workspace: Workspace,
    example: Path,
    tongue: language.Choice,
) -> None:
    language.install(themed, tongue)
    try:
        fill(workspace, example)
        for factory in (Firmware, Project, ARRAY.factory):
            panel = factory(workspace)
            shown(qtbot, panel, 800, 420)
            heights = {
                each.height()
                for each in panel.findChildren(QWidget)
                if isinstance(each, QToolButton | QComboBox | QLineEdit)
                and each.isVisible()
                and each.property("role") != "link"
                and not each.objectName().startswith("qt_")
            }
            assert len(heights) == 1, (panel, heights)
    finally:
        language.install(themed, "en")


def test_the_status_bar_begins_with_words_and_ends_with_the_target(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path
) -> None:
    fill(workspace, example)
    bar = window.statusBar()
    qtbot.waitUntil(lambda: bar.width() > 600)
    text, progress = bar.findChild(QLabel, "stage"), bar.findChild(QProgressBar)
    before = text.x()
    progress.show()
    bar.layout().activate()
    assert text.x() == before
    names = ("use", "accuracy", "chip", "target-name", "rate")
    places = [bar.findChild(QLabel, name).x() for name in names]
    assert places == sorted(places)


def test_a_folder_in_the_home_folder_is_named_from_there(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    folder = Path.home() / "CIM Studio" / "digits"
    workspace.set_model(folder / "digits.onnx", None)
    panel = Project(workspace)
    shown(qtbot, panel, 500, 420)
    label = panel.findChild(QLabel, "project-folder")
    assert label.whole == str(Path("~", "CIM Studio", "digits"))
    assert str(folder) in label.toolTip()
