"""The list of recordings, and the room they may take."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.monitor.chunk import Chunk
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.ui import recordings
from studio.ui.empty import EmptyState
from studio.ui.export_dialog import ExportDialog
from studio.ui.recordings_dialog import RecordingsDialog
from studio.ui.workspace import Workspace

NOW = 1_795_000_000.0


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    """The recordings folder: a short one, a cut one, a broken one."""
    found = tmp_path / "录音"
    workspace.settings = replace(workspace.settings, recordings=str(found))
    for number, (name, project) in enumerate((("short", "数字 & <b>digits</b>"), ("cut", ""))):
        with Recorder(found / name, Header(f"COM{number + 9}", 9600, project=project)) as recorder:
            for second in range(90):
                recorder.write(Chunk(NOW + 1000 * number + second, b"value: 1\n"))
    cut = found / "cut.0001.cimrec"
    cut.write_bytes(cut.read_bytes()[:-30])
    (found / "broken.cimrec").write_bytes(b"no recording, but a file of this name")
    return found


@pytest.fixture
def dialog(qtbot: QtBot, workspace: Workspace, folder: Path) -> Iterator[RecordingsDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = RecordingsDialog(workspace, parent)
    made.show()
    qtbot.waitUntil(lambda: made.rows.total == len(list(folder.glob("*.cimrec"))))
    yield made
    del parent  # until now it had to be kept


def cells(dialog: RecordingsDialog) -> list[list[str]]:
    rows, columns = dialog.rows.rowCount(), dialog.rows.columnCount()
    return [[dialog.rows.text(dialog.rows.row(n), k) for k in range(columns)] for n in range(rows)]


def select(dialog: RecordingsDialog, name: str) -> None:
    for place in range(dialog.rows.rowCount()):
        if Path(dialog.rows.row(place).key).name.startswith(name):
            dialog.table.selectRow(place)


def button(dialog: QWidget, name: str) -> QPushButton:
    (found,) = dialog.findChildren(QPushButton, name)
    return found


def test_all_are_listed_the_newest_first(dialog: RecordingsDialog) -> None:
    rows = cells(dialog)
    assert [row[1] for row in rows] == ["COM10", "COM9", ""]
    assert rows[1][2] == "数字 & <b>digits</b>"
    assert [row[3] for row in rows[:2]] == ["1:29", "1:29"]
    assert [row[5] for row in rows] == ["cut", "", "cannot be read"]
    assert rows[0][0].startswith("2026-")


def test_one_opens_and_is_exported(
    qtbot: QtBot, workspace: Workspace, dialog: RecordingsDialog, folder: Path
) -> None:
    offered: list[list[str]] = []
    workspace.files_offered.connect(offered.append)
    select(dialog, "broken")
    assert not dialog.play.isEnabled() and not dialog.export.isEnabled()
    select(dialog, "short")
    dialog.export.click()
    (export,) = dialog.parentWidget().findChildren(ExportDialog)
    assert export.source.currentText() == "The whole recording short"
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert offered == [[str(folder / "short.0001.cimrec")]]
    assert not dialog.isVisible()


def test_deleting_asks_first(qtbot: QtBot, dialog: RecordingsDialog, folder: Path) -> None:
    select(dialog, "cut")
    dialog.delete.click()
    (box,) = dialog.findChildren(QMessageBox)
    assert box.informativeText() == "cut"
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert (folder / "cut.0001.cimrec").exists()
    select(dialog, "cut")
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    box = dialog.findChildren(QMessageBox)[-1]
    (delete,) = [own for own in box.findChildren(QPushButton) if own.text() == "Delete"]
    delete.click()
    qtbot.waitUntil(lambda: not (folder / "cut.0001.cimrec").exists())
    qtbot.waitUntil(lambda: dialog.rows.total == 2)


def test_the_running_one_cannot_be_deleted(
    qtbot: QtBot, workspace: Workspace, folder: Path
) -> None:
    workspace.monitoring.begin_run("")
    tape = workspace.monitoring.tape
    assert tape is not None
    qtbot.waitUntil(lambda: tape.path is not None)
    workspace.monitoring.add(b"value: 1\n")
    assert tape.recorder is not None and tape.recorder.flush()
    made = RecordingsDialog(workspace)
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: made.rows.total == 4)
    assert tape.path is not None
    select(made, tape.path.name)
    assert not made.delete.isEnabled() and made.play.isEnabled()
    assert "being recorded" in [row[5] for row in cells(made)]
    workspace.monitoring.end_run()


def test_an_empty_folder_says_what_to_do(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.settings = replace(workspace.settings, recordings=str(tmp_path / "nothing"))
    made = RecordingsDialog(workspace)
    qtbot.addWidget(made)
    made.show()
    (empty,) = made.findChildren(EmptyState)
    qtbot.waitUntil(empty.isVisible)
    assert not made.play.isEnabled() and not made.delete.isEnabled()


def test_old_recordings_make_room_but_not_the_running_one(
    qtbot: QtBot, workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "_GIGABYTE", 1)  # the limit is 8 bytes then
    old = time.time() - 1000
    for path in folder.iterdir():
        os.utime(path, (old, old))
    workspace.monitoring.begin_run("")
    tape = workspace.monitoring.tape
    assert tape is not None
    qtbot.waitUntil(lambda: tape.path is not None)
    qtbot.waitUntil(lambda: list(folder.iterdir()) == [tape.path])
    workspace.monitoring.end_run()


def test_a_limit_that_is_not_reached_deletes_nothing(
    qtbot: QtBot, workspace: Workspace, folder: Path
) -> None:
    workspace.monitoring.begin_run("")
    tape = workspace.monitoring.tape
    assert tape is not None
    qtbot.waitUntil(lambda: tape.path is not None)
    workspace.monitoring.add(b"value: 1\n")
    workspace.monitoring.end_run()
    tape.close()
    assert len(list(folder.iterdir())) == 4
