"""Unsaved texts survive the end of the process, however it comes, and are offered once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.base import paths
from studio.ui import recovery
from studio.ui.recovery import Recovery

CRASHING = """
import os, sys
from studio.ui.recovery import Recovery
kept = Recovery()
kept.save("/项目/main.c", "int old;")
kept.save("/项目/main.c", "int main;\\n改")
kept.save("saved since.c", "x")
kept.save("notes.txt", "not yet saved")
kept.clear("saved since.c")
print("kept", flush=True)
if "wait" in sys.argv:
    sys.stdin.read()
os._exit(3)
"""


@pytest.fixture
def crashed() -> None:
    """A process that kept texts and ended without a word."""
    result = subprocess.run([sys.executable, "-c", CRASHING], check=False, capture_output=True)
    assert (result.returncode, result.stdout.strip()) == (3, b"kept"), result.stderr


def texts(kept: Recovery) -> dict[str, str]:
    return {one.name: one.text for one in kept.load()}


LEFT = {"/项目/main.c": "int main;\n改", "notes.txt": "not yet saved"}


def click(qtbot: QtBot, dialog: recovery.RecoveryDialog, text: str) -> None:
    found = [b for b in dialog.findChildren(QPushButton) if b.text().replace("&", "") == text]
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


@pytest.fixture
def parent(qtbot: QtBot, themed: QApplication) -> QWidget:
    """The window that the dialog belongs to; it deletes itself when it is closed."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.mark.usefixtures("crashed")
def test_a_killed_process_leaves_its_texts_and_restore_hands_them_over(
    qtbot: QtBot, parent: QWidget
) -> None:
    kept = Recovery()
    restored: dict[str, str] = {}
    dialog = recovery.offer(parent, kept, restored.update)
    assert dialog is not None
    assert [dialog.list.item(row).toolTip() for row in range(dialog.list.count())] == sorted(LEFT)
    click(qtbot, dialog, "Restore")
    assert restored == LEFT
    # Kept by this session now: it may crash as well, and only another one is to find them.
    assert recovery.offer(parent, kept, restored.update) is None
    kept._lock.unlock()  # as when this process ends
    assert texts(Recovery()) == LEFT


@pytest.mark.usefixtures("crashed")
def test_discard_forgets_and_later_keeps(qtbot: QtBot, parent: QWidget) -> None:
    kept = Recovery()
    asked: list[object] = []
    later = recovery.offer(parent, kept, asked.append)
    click(qtbot, later, "Later")
    again = recovery.offer(parent, Recovery(), asked.append)
    click(qtbot, again, "Discard")
    assert Recovery().load() == ()
    assert asked == []
    assert list((paths.cache() / "recovery").iterdir()) == []


def test_a_window_that_still_runs_keeps_its_own() -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", CRASHING, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert running.stdout.readline().strip() == b"kept"
        kept = Recovery()
        assert kept.load() == ()
        kept.discard()
    finally:
        running.communicate()
    assert texts(kept) == LEFT


def test_a_proper_end_leaves_nothing(tmp_path: Path) -> None:
    kept = Recovery(tmp_path)
    kept.save("a", "text")
    assert len(list(tmp_path.iterdir())) == 1
    kept.close()
    assert list(tmp_path.iterdir()) == []
    kept.save("b", "and on")
    kept.close()
    assert Recovery(tmp_path).load() == ()


def test_the_newest_of_several_sessions_counts(tmp_path: Path) -> None:
    for folder, saved, text in (("one", "2026-01-02", "new"), ("two", "2026-01-01", "old")):
        (tmp_path / folder).mkdir()
        content = {"name": "a.c", "saved": saved, "text": text}
        (tmp_path / folder / "x.json").write_text(json.dumps(content), encoding="utf-8")
    assert texts(Recovery(tmp_path)) == {"a.c": "new"}


@pytest.mark.parametrize(
    "content", ["", "[]", '{"name": 1}', '{"name": "a", "text": 2, "saved": "2026-01-01"}', "[" * 9]
)
def test_damaged_copies_are_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "x.json").write_text(content, encoding="utf-8")
    assert Recovery(tmp_path).load() == ()


def test_a_disk_that_refuses_only_fills_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    kept = Recovery(tmp_path / "file")
    kept.save("a", "text")
    assert "cannot be kept" in caplog.text
    assert kept.load() == ()


def test_a_crash_with_everything_saved_leaves_no_litter(tmp_path: Path) -> None:
    crashed = Recovery(tmp_path)
    crashed.save("a", "text")
    crashed.clear("a")
    crashed._lock.unlock()  # as when its process ends
    assert Recovery(tmp_path).load() == ()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("themed")
def test_nothing_left_nothing_asked(tmp_path: Path) -> None:
    assert recovery.offer(None, Recovery(tmp_path / "none"), lambda _: None) is None
