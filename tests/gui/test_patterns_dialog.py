"""Own patterns: written with a preview, used by what reads the board's lines, and kept."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.chip.chip import Chip
from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import compiled
from studio.ui import own_kept
from studio.ui.own_kept import PatternEntry
from studio.ui.patterns_dialog import EXAMPLES, PatternsDialog
from studio.ui.workspace import Workspace


@pytest.fixture
def board(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace whose board says things that are no values by themselves."""
    say(workspace, b"")
    yield workspace
    workspace.monitoring.close()


def say(workspace: Workspace, data: bytes, kind: str = "in") -> None:
    live = workspace.monitoring.live
    live.put(Chunk(time.time(), data, "out" if kind == "out" else "in"))
    assert live.drain()


def opened(qtbot: QtBot, workspace: Workspace) -> PatternsDialog:
    dialog = PatternsDialog(workspace)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def lines(dialog: PatternsDialog) -> list[str]:
    return dialog.preview.view.toPlainText().split("\n")


def marked(dialog: PatternsDialog) -> list[str]:
    return [mark.cursor.selectedText() for mark in dialog.preview.view.extraSelections()]


def note(dialog: PatternsDialog) -> str:
    return dialog.findChild(QLabel, "pattern-note").text()


def test_the_preview_follows_what_is_typed(qtbot: QtBot, board: Workspace) -> None:
    say(board, "\x1b[32m温度 😀 is 21.5 deg\x1b[0m\r\nnothing\r\nhum is 40 %\r\n".encode())
    say(board, b"sent is 99\n", "out")
    dialog = opened(qtbot, board)
    assert lines(dialog) == ["温度 😀 is 21.5 deg", "nothing", "hum is 40 %"]
    dialog.table.add_button.click()
    dialog.text.setText(r"is (?P<reading>[\d.]+)")
    qtbot.waitUntil(lambda: dialog.preview.count.text() == "2 of 3 match")
    assert lines(dialog)[0] == "温度 😀 is 21.5 deg    → reading = 21.5"
    assert lines(dialog)[1] == "nothing"
    assert marked(dialog) == [
        "is 21.5", "    → reading = 21.5", "is 40", "    → reading = 40"
    ]  # fmt: skip
    dialog.text.setText(r"(?P<name>\w+) is (?P<value>[\d.]+) (?P<unit>\S+)")
    qtbot.waitUntil(lambda: dialog.preview.count.text() == "1 of 3 match")
    assert lines(dialog)[2] == "hum is 40 %    → hum = 40 %"
    say(board, b"t is 3 C\n")
    dialog.preview.again.click()
    assert lines(dialog)[3] == "t is 3 C    → t = 3 C"


def test_mistakes_are_told_in_words(qtbot: QtBot, board: Workspace) -> None:
    dialog = opened(qtbot, board)
    dialog.table.add_button.click()
    dialog.name.setText("mine")
    for text, words in (
        (r"(?P<x>\d+", "cannot be read"),
        (r"(?P<x>\d+)(?=C)", "Looking ahead or behind is not possible"),
        (r"\d+", "no named group"),
    ):
        dialog.text.setText(text)
        assert words in note(dialog)
        dialog.accept()
        assert dialog.isVisible()
    dialog.text.setText(r"(?P<x>\d+)")
    assert "Each group" in note(dialog)
    dialog.name.setText("")
    assert "needs a name" in note(dialog)
    dialog.name.setText("csv")
    assert "without a pattern" in note(dialog)
    dialog.name.setText("mine")
    dialog.table.add(PatternEntry("mine", r"(?P<y>\d+)"))
    assert "Another pattern" in note(dialog)
    assert own_kept.patterns() == ()


def test_patterns_are_used_and_kept(qtbot: QtBot, board: Workspace, chip: Chip) -> None:
    dialog = opened(qtbot, board)
    for entry in (
        PatternEntry("depth", r"deep (?P<depth>\d+)"),
        PatternEntry("unfinished", r"(?P<x>", on=False),
        PatternEntry("height", r"high (?P<height>\d+)"),
    ):
        dialog.table.add(entry)
    dialog.findChild(QPushButton, "primary").click()
    assert not dialog.isVisible()
    say(board, b"deep 7\nhigh 8\n")
    store = board.monitoring.live.store
    assert {"depth", "height"} <= set(store.snapshot().series)
    again = Workspace(chip)  # the next start of the program
    assert [pattern.name for pattern in again.monitoring.live.own] == ["depth", "height"]
    say(again, b"deep 9\n")
    assert again.monitoring.live.store.snapshot().series["depth"].view.values[-1] == 9
    again.monitoring.close()
    dialog = opened(qtbot, board)
    item = dialog.table.table.item(0, 0)
    item.setCheckState(Qt.CheckState.Unchecked)
    dialog.accept()
    assert [pattern.name for pattern in board.monitoring.live.own] == ["height"]
    assert [entry.on for entry in own_kept.patterns()] == [False, False, True]


def test_cancel_changes_nothing(qtbot: QtBot, board: Workspace) -> None:
    dialog = opened(qtbot, board)
    dialog.table.add(PatternEntry("depth", r"deep (?P<depth>\d+)"))
    dialog.reject()
    assert own_kept.patterns() == ()
    assert board.monitoring.live.own == ()


def test_every_example_matches_its_line_only(qtbot: QtBot, board: Workspace) -> None:
    dialog = opened(qtbot, board)
    assert dialog.preview.heading.text() == "Example lines"
    for place, (name, text, line) in enumerate(EXAMPLES):
        dialog.examples.menu().actions()[place].trigger()
        assert dialog.table.entry == PatternEntry(name, text)
        assert lines(dialog)[place].startswith(f"{line}    → ")
        assert compiled(name, text).values(line)
    assert [entry.name for entry in dialog.table.entries] == [name for name, _, _ in EXAMPLES]


def test_much_of_it_does_not_take_long(qtbot: QtBot, board: Workspace) -> None:
    dialog = opened(qtbot, board)
    dialog.table.add(PatternEntry("many", r"(?P<x>\d)"))
    say(board, b"1 2 3 4 5 6 7 8 \x00\x01\xe2\x80\xa8 9 " * 400 + b"\n" + b"line 1\n" * 2000)
    started = time.thread_time()
    dialog.preview.take()
    assert time.thread_time() - started < 0.5
    assert len(lines(dialog)) == 200
    assert dialog.preview.view.document().blockCount() == 200


def test_what_is_scrolled_to_is_marked(qtbot: QtBot, board: Workspace) -> None:
    say(board, b"".join(b"line %d\n" % number for number in range(150)))
    dialog = opened(qtbot, board)
    dialog.table.add(PatternEntry("lines", r"line (?P<line>\d+)"))
    assert "line 149" in marked(dialog)
    assert "line 0" not in marked(dialog)
    bar = dialog.preview.view.verticalScrollBar()
    bar.setValue(0)
    qtbot.waitUntil(lambda: "line 0" in marked(dialog))
    assert "line 149" not in marked(dialog)
