"""The page of the board: buttons, what the tools do, correlations by layer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QLabel,
    QMessageBox,
    QProgressBar,
    QScrollArea,
    QTableView,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from studio import board_run
from studio.base.errors import ToolError
from studio.base.job import Job
from studio.board import ways
from studio.formats.program_live import LiveLog, Programming
from studio.panels.firmware import PANEL
from studio.target import Live
from studio.ui.board_work import BoardWork
from studio.ui.correlation_plot import CorrelationPlot
from studio.ui.firmware_board import BoardPage
from studio.ui.records import Board, Cancel
from studio.ui.workspace import Workspace
from tests.gui import artifacts

LOG = """STAT START 0
0 1 2 3 4 5 6 7 8 9 10 0.981
0 1 2 3 4 5 6 7 8 9 10 0.992
1 1 2 3 4 5 6 7 8 9 10 0.902
1 1 2 3 4 5 6 7 8 9 10 0.913
STAT END 0
Program Finished!
"""


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> BoardPage:
    page = BoardPage(workspace)
    qtbot.addWidget(page)
    page.resize(700, 300)
    page.show()
    qtbot.waitExposed(page)
    return page


@pytest.fixture
def work(workspace: Workspace) -> BoardWork:
    return BoardWork(workspace, workspace)


def programmed() -> Programming:
    log = LiveLog(1)
    log.feed(LOG)
    return log.end(0)


def button(page: BoardPage, name: str) -> QToolButton:
    (found,) = page.findChildren(QToolButton, f"board-{name}")
    return found


def state(page: BoardPage) -> str:
    (found,) = page.findChildren(QLabel, "board-state")
    return found.text()


def fill(workspace: Workspace, folder: Path) -> None:
    workspace.out = folder
    workspace.set_layout(artifacts.layout(artifacts.qnetwork()))
    workspace.set_image(artifacts.image(folder))


def test_empty(page: BoardPage) -> None:
    assert state(page) == "No tool has run yet"
    assert not button(page, "program").isEnabled()
    assert not button(page, "download").isEnabled()
    assert button(page, "tag").isEnabled()


def test_programming_shows_progress_and_correlations(
    qtbot: QtBot,
    workspace: Workspace,
    page: BoardPage,
    work: BoardWork,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go = threading.Event()

    def write(project, settings, job, on_change, on_line):  # type: ignore[no-untyped-def]
        on_line("Refine: 1/1")
        job.step(430, 1000, "writing the weights")
        go.wait(5)
        on_change(programmed())
        return programmed()

    monkeypatch.setattr(board_run, "write_weights", write)
    fill(workspace, tmp_path)
    button(page, "program").click()
    qtbot.waitUntil(lambda: "writing the weights" in state(page))
    assert state(page).startswith("Programming the weights")
    (bar,) = page.findChildren(QProgressBar)
    assert bar.isVisible() and bar.value() == 430
    assert not button(page, "download").isEnabled()
    go.set()
    qtbot.waitUntil(lambda: not workspace.board.doing)
    assert state(page) == "The weights are in the array."
    (table,) = page.findChildren(QTableView)
    model = table.model()
    rows = [
        [str(model.index(row, column).data()) for column in range(4)]
        for row in range(model.rowCount())
    ]
    assert rows[0] == ["0", "0.9810", "0.9920", "1"]
    assert rows[1][0].startswith("1") and "⚠" in rows[1][0]  # below what a good layer has
    (plot,) = page.findChildren(CorrelationPlot)
    dots = [item for item in plot.plot.items() if hasattr(item, "getData")]
    assert sorted(len(dot.getData()[0]) for dot in dots) == [2, 2]
    assert "Refine: 1/1" in workspace.outputs["board"]
    # And after the window was built again.
    other = BoardPage(workspace)
    qtbot.addWidget(other)
    other.show()
    assert state(other) == state(page)


def test_download_failure_is_told(
    qtbot: QtBot,
    workspace: Workspace,
    page: BoardPage,
    work: BoardWork,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(settings: object) -> None:
        raise ToolError("J-Link Commander was not found", hint="Install it.", where="J-Link")

    monkeypatch.setattr(ways, "chosen", nothing)
    errors: list[object] = []
    workspace.error.connect(errors.append)
    fill(workspace, tmp_path)
    button(page, "download").click()
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ToolError)
    assert state(page) == "J-Link Commander was not found"
    assert workspace.board.status == "failed"
    assert button(page, "download").isEnabled()
    assert not page.findChildren(QMessageBox)


def test_the_tag_and_a_cancel(
    qtbot: QtBot,
    workspace: Workspace,
    page: BoardPage,
    work: BoardWork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def waiting(settings: object, job: Job) -> str:
        while True:
            job.step(0, 1, "reading the tag")
            threading.Event().wait(0.01)

    panel = PANEL.factory(workspace)
    qtbot.addWidget(panel)
    (stop,) = panel.findChildren(QToolButton, "firmware-stop")
    assert not stop.isEnabled()
    monkeypatch.setattr(board_run, "read_tag", waiting)
    button(page, "tag").click()
    qtbot.waitUntil(lambda: work.busy and stop.isEnabled())
    workspace.task_requested.emit(Board("tag"))  # one at a time
    stop.click()
    qtbot.waitUntil(lambda: not work.busy)
    assert not stop.isEnabled()
    assert state(page) == "Cancelled"
    monkeypatch.setattr(board_run, "read_tag", lambda settings, job: "1A2B3C4D")
    button(page, "tag").click()
    qtbot.waitUntil(lambda: state(page) == "The array holds the tag 1A2B3C4D.")
    workspace.task_requested.emit(Cancel())
    assert not work.busy


def test_low_and_narrow_everything_can_be_reached(
    qtbot: QtBot, workspace: Workspace, page: BoardPage
) -> None:
    workspace.set_live(Live("program", programming=programmed(), board=True))
    page.resize(320, 150)
    (scroll,) = page.findChildren(QScrollArea)
    (table,) = page.findChildren(QTableView)
    (plot,) = page.findChildren(CorrelationPlot)
    (maker,) = page.findChildren(QToolButton, "maker")
    qtbot.waitUntil(lambda: plot.y() > table.y())  # below each other
    assert (page.width(), page.height()) == (320, 150)
    assert scroll.verticalScrollBar().maximum() > 0
    bottom = maker.mapTo(scroll.widget(), maker.rect().bottomLeft()).y()
    assert bottom < table.mapTo(scroll.widget(), table.rect().topLeft()).y()
    assert min(table.height(), plot.height()) > 100
    page.resize(700, 300)
    qtbot.waitUntil(lambda: plot.x() > table.x())
    assert scroll.verticalScrollBar().maximum() == 0


def test_a_deploy_to_a_board_shows_here_too(workspace: Workspace, page: BoardPage) -> None:
    workspace.set_live(Live("program", programming=programmed(), board=True))
    assert state(page) == "Programmed; the least correlation is 0.913, of layer 1"
