"""Files of what the monitor shows and of recordings, and the session report."""

from __future__ import annotations

import csv
import json
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QStandardItemModel
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.base.errors import StudioError
from studio.monitor import packets
from studio.monitor import recording as recorders
from studio.monitor.chunk import Chunk
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.monitor.replay import load
from studio.ui import session_files
from studio.ui.export_dialog import ExportDialog
from studio.ui.workspace import Workspace
from tests.gui import artifacts

NOW = 1_795_000_000.0
LINES = b"temperature:21.5,light:7\r\nhello\r\ntemperature:22,light:8\r\n"
VALUES = [["light", "7.0"], ["light", "8.0"], ["temperature", "21.5"], ["temperature", "22.0"]]


@pytest.fixture
def saved(workspace: Workspace) -> list[Path]:
    found: list[Path] = []
    workspace.monitoring.saved.connect(found.append)
    return found


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


Open = Callable[..., ExportDialog]


@pytest.fixture
def opened(qtbot: QtBot, workspace: Workspace, window: QWidget) -> Open:
    """Opens the dialog."""

    def make(*names: str, recording: Path | None = None) -> ExportDialog:
        dialog = ExportDialog(workspace, names, recording, window)
        dialog.show()
        return dialog

    return make


def say(workspace: Workspace, *data: bytes) -> None:
    live = workspace.monitoring.live
    for number, each in enumerate(data):
        live.put(Chunk(NOW + number, each))
    assert live.drain()


def recording(folder: Path, *data: bytes) -> Path:
    with Recorder(folder / "记录 one", Header("COM3", 115200, project="digits")) as recorder:
        for number, each in enumerate(data):
            recorder.write(Chunk(NOW + number, each))
    return recorder.files[0]


def choose(dialog: ExportDialog, kind: str) -> None:
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))


def possible(dialog: ExportDialog) -> set[str]:
    model = dialog.kind.model()
    assert isinstance(model, QStandardItemModel)
    rows = range(dialog.kind.count())
    return {dialog.kind.itemData(row) for row in rows if model.item(row).isEnabled()}


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def can_save(dialog: ExportDialog) -> bool:
    (button,) = dialog.findChildren(QPushButton, "primary")
    return button.isEnabled()


def test_tables_of_what_is_shown(
    qtbot: QtBot, workspace: Workspace, opened: Open, saved: list[Path], tmp_path: Path
) -> None:
    say(workspace, *LINES.splitlines(keepends=True))
    dialog = opened()
    choose(dialog, "rows")
    dialog.save(tmp_path / "rows.csv")
    qtbot.waitUntil(lambda: saved == [tmp_path / "rows.csv"])
    rows = table(saved[0])
    assert rows[0] == ["time", "series", "value", "unit"]
    assert sorted(row[1:3] for row in rows[1:]) == VALUES
    assert float(rows[1][0]) == pytest.approx(NOW, abs=0.5)
    dialog = opened()
    choose(dialog, "table")
    dialog.save(tmp_path / "wide.csv")
    qtbot.waitUntil(lambda: len(saved) == 2)
    rows = table(saved[1])
    assert sorted(rows[0]) == ["light", "temperature", "time"]
    assert [sorted(row[1:]) for row in rows[1:]] == [["21.5", "7.0"], ["22.0", "8.0"]]


def test_the_series_are_those_that_are_shown(
    qtbot: QtBot, workspace: Workspace, opened: Open, saved: list[Path], tmp_path: Path
) -> None:
    say(workspace, LINES)
    dialog = opened("light", "gone")
    assert {dialog.series.item(n).text() for n in range(2)} == {"temperature", "light"}
    dialog.save(tmp_path / "light.csv")
    qtbot.waitUntil(lambda: bool(saved))
    assert {row[1] for row in table(saved[0])[1:]} == {"light"}
    dialog = opened("light")
    (none,) = dialog.findChildren(QToolButton, "export-none")
    none.click()
    assert not can_save(dialog)
    (every,) = dialog.findChildren(QToolButton, "export-all")
    every.click()
    assert can_save(dialog)


def test_only_what_there_is_can_be_chosen(workspace: Workspace, opened: Open) -> None:
    assert possible(opened()) == set()
    assert not can_save(opened())
    say(workspace, b"only words\n")
    assert possible(opened()) == {"text", "raw"}
    say(workspace, LINES)
    assert possible(opened()) == {"text", "raw", "rows", "table", "png", "svg"}
    audio = np.arange(256, dtype="<i2").tobytes()
    say(workspace, packets.encode(packets.AUDIO, audio, to_board=False))
    assert "wav" in possible(opened())


def test_text_and_bytes_of_what_is_shown(
    qtbot: QtBot, workspace: Workspace, opened: Open, saved: list[Path], tmp_path: Path
) -> None:
    say(workspace, LINES)
    for kind, name in (("text", "a.txt"), ("raw", "a.bin")):
        dialog = opened()
        choose(dialog, kind)
        assert not dialog.series.isEnabled()
        dialog.save(tmp_path / name)
    qtbot.waitUntil(lambda: len(saved) == 2)
    assert (tmp_path / "a.bin").read_bytes() == LINES
    lines = (tmp_path / "a.txt").read_text(encoding="utf-8").splitlines()
    assert [line[24:] for line in lines] == LINES.decode().splitlines()


def test_sound_of_what_is_shown(
    qtbot: QtBot, workspace: Workspace, opened: Open, saved: list[Path], tmp_path: Path
) -> None:
    samples = (1000 * np.sin(np.arange(512))).astype("<i2")
    say(workspace, packets.encode(packets.AUDIO, samples.tobytes(), to_board=False))
    dialog = opened()
    choose(dialog, "wav")
    dialog.save(tmp_path / "a.wav")
    qtbot.waitUntil(lambda: bool(saved))
    with wave.open(str(saved[0])) as file:
        assert file.getframerate() == 16000
        assert file.readframes(9999) == samples.tobytes()


def test_a_picture_of_what_is_shown(
    qtbot: QtBot, workspace: Workspace, opened: Open, saved: list[Path], tmp_path: Path
) -> None:
    say(workspace, *(b"wave: %d\n" % (n % 7) for n in range(50)))
    dialog = opened()
    choose(dialog, "svg")
    dialog.save(tmp_path / "曲线.svg")
    qtbot.waitUntil(lambda: bool(saved))
    assert saved[0].read_text(encoding="utf-8").count("<path") > 3


def test_of_a_recording(
    qtbot: QtBot, workspace: Workspace, opened: Open, saved: list[Path], tmp_path: Path
) -> None:
    dialog = opened(recording=recording(tmp_path, LINES))
    assert dialog.source.count() == 1 and not dialog.series.isVisible()
    choose(dialog, "rows")
    dialog.save(tmp_path / "r.csv")
    qtbot.waitUntil(lambda: bool(saved))
    assert sorted(row[1:3] for row in table(saved[0])[1:]) == VALUES


def test_what_is_not_in_a_recording_is_told(
    qtbot: QtBot, opened: Open, errors: list[StudioError], tmp_path: Path
) -> None:
    dialog = opened(recording=recording(tmp_path, LINES))
    choose(dialog, "wav")
    dialog.save(tmp_path / "a.wav")
    qtbot.waitUntil(lambda: bool(errors))
    assert "no audio" in errors[0].message
    assert not (tmp_path / "a.wav").exists()


def test_of_the_recording_that_is_played_or_what_is_shown(
    qtbot: QtBot, workspace: Workspace, opened: Open, tmp_path: Path
) -> None:
    monitoring = workspace.monitoring
    path = recording(tmp_path, LINES)
    monitoring.open_recording(path)
    qtbot.waitUntil(lambda: monitoring.replay is not None and not monitoring.playing)
    assert monitoring.live.drain()
    dialog = opened()
    assert dialog.source.count() == 2 and dialog.source.currentText().endswith("记录 one")
    choose(dialog, "text")
    assert dialog.source.currentIndex() == 0


def test_the_running_recording_is_whole(
    qtbot: QtBot,
    workspace: Workspace,
    opened: Open,
    saved: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorders, "FLUSH", 60.0)  # seconds after which the disk gets it by itself
    workspace.settings = replace(workspace.settings, recordings=str(tmp_path / "recordings"))
    monitoring = workspace.monitoring
    monitoring.begin_run("")
    qtbot.waitUntil(lambda: monitoring.recorder is not None)
    monitoring.add(LINES)
    qtbot.waitUntil(lambda: artifacts.said(workspace) == LINES)
    dialog = opened()
    choose(dialog, "rows")
    assert dialog.source.currentText() == "What the monitor holds now"
    choose(dialog, "raw")
    assert dialog.source.currentText().startswith("The whole recording")
    dialog.save(tmp_path / "now.bin")
    qtbot.waitUntil(lambda: bool(saved))
    assert saved[0].read_bytes() == LINES
    monitoring.end_run()


def test_a_long_one_can_be_cancelled(
    qtbot: QtBot, workspace: Workspace, window: QWidget, saved: list[Path], tmp_path: Path
) -> None:
    told: list[str] = []
    workspace.notice.connect(told.append)

    def endless(job: object) -> Path:
        done = 0
        while True:
            job.step(done, 1000, "")  # type: ignore[attr-defined]
            done = min(done + 1, 900)

    session_files.work(window, workspace, "Exporting", endless)
    (progress,) = window.findChildren(QProgressDialog)
    qtbot.waitUntil(progress.isVisible)
    qtbot.waitUntil(lambda: progress.value() > 0)
    (cancel,) = progress.findChildren(QPushButton)
    cancel.click()
    qtbot.waitUntil(lambda: bool(told))
    assert "nothing was saved" in told[0] and not saved


def test_a_file_that_cannot_be_written_is_told(
    qtbot: QtBot, workspace: Workspace, opened: Open, errors: list[StudioError], tmp_path: Path
) -> None:
    say(workspace, LINES)
    (tmp_path / "file").write_text("", encoding="utf-8")
    opened().save(tmp_path / "file" / "a.csv")
    qtbot.waitUntil(lambda: bool(errors))
    assert "cannot be written" in errors[0].message


def test_the_name_is_asked_for(
    qtbot: QtBot, workspace: Workspace, opened: Open, saved: list[Path], tmp_path: Path
) -> None:
    say(workspace, LINES)
    dialog = opened()
    dialog.accept()
    (ask,) = dialog.findChildren(QFileDialog, "saveas")
    assert ask.selectedFiles()[0].endswith(".csv")
    ask.fileSelected.emit(str(tmp_path / "chosen.csv"))
    qtbot.waitUntil(lambda: saved == [tmp_path / "chosen.csv"])


def report(workspace: Workspace, window: QWidget, path: Path) -> None:
    dialog = session_files.report(window, workspace)
    dialog.fileSelected.emit(str(path))


@pytest.fixture
def browsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be opened in the browser."""
    found: list[str] = []

    def take(url: QUrl) -> bool:
        found.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    return found


def test_a_report_of_the_session(
    qtbot: QtBot,
    workspace: Workspace,
    window: QWidget,
    browsed: list[str],
    tmp_path: Path,
) -> None:
    say(workspace, artifacts.serial(200))
    out = tmp_path / "results"
    out.mkdir()
    told = {"accuracy": 0.9625, "target": "emulator", "samples": 200, "model": "digits.onnx"}
    (out / "result.json").write_text(json.dumps(told), encoding="utf-8")
    workspace.out = out
    path = tmp_path / "我的报告.html"
    report(workspace, window, path)
    qtbot.waitUntil(lambda: browsed == [str(path)])
    page = path.read_text(encoding="utf-8")
    assert "96.25 %" in page  # the target's
    assert "97.50 %" in page  # what the monitor saw
    assert "digits.onnx" in page


def test_a_report_of_a_replay(
    qtbot: QtBot, workspace: Workspace, window: QWidget, browsed: list[str], tmp_path: Path
) -> None:
    monitoring = workspace.monitoring
    monitoring.play(load(recording(tmp_path, artifacts.serial(100))), 1.0)
    report(workspace, window, tmp_path / "r.html")
    qtbot.waitUntil(lambda: bool(browsed))
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "COM3" in page and "97.00 %" in page
