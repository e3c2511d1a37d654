"""Sending: what goes out is read at the other end of a socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QProgressBar, QSplitter, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.base.errors import StudioError
from studio.monitor.lines_out import Macro
from studio.monitor.port import Line
from studio.ui import own_kept
from studio.ui.flow_rows import FlowRows
from studio.ui.layouts import Store
from studio.ui.macros_dialog import MacrosDialog
from studio.ui.send_bar import SendBar
from studio.ui.workspace import Workspace


class Board:
    """The other end of a line."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._line: socket.socket | None = None
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._got = b""

    def accept(self) -> None:
        self._line, _ = self._server.accept()
        self._line.setblocking(False)

    @property
    def got(self) -> bytes:
        """Everything received so far."""
        assert self._line is not None
        try:
            while part := self._line.recv(1 << 20):
                self._got += part
        except BlockingIOError:
            pass
        return self._got

    def say(self, data: bytes) -> None:
        assert self._line is not None
        self._line.sendall(data)

    def unplug(self) -> None:
        if self._line is not None:
            self._line.close()
        self._server.close()


@pytest.fixture
def board() -> Iterator[Board]:
    made = Board()
    yield made
    made.unplug()


@pytest.fixture
def bar(qtbot: QtBot, workspace: Workspace) -> Iterator[SendBar]:
    """A bar, with nothing connected yet."""
    yield opened(qtbot, workspace)
    workspace.monitoring.close()


def opened(qtbot: QtBot, workspace: Workspace) -> SendBar:
    made = SendBar(workspace)
    qtbot.addWidget(made)
    made.resize(700, 120)
    made.show()
    return made


def connect(qtbot: QtBot, workspace: Workspace, board: Board) -> None:
    workspace.monitoring.start(board.url, Line())
    board.accept()
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    qtbot.waitUntil(lambda: workspace.monitoring.connection is not None)
    workspace.monitoring.changed.emit()


def send(qtbot: QtBot, bar: SendBar, text: str) -> None:
    bar.line.setText(text)
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)


def test_without_a_board_it_says_what_to_do(bar: SendBar) -> None:
    assert not bar.line.isEnabled()
    assert not bar.button.isEnabled()
    assert not bar.file_action.isEnabled()
    assert bar.line.placeholderText() == "Connect to a board to send to it."
    assert bar.button.toolTip() == "Connect to a board to send to it."


def test_lines_go_out_as_chosen(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    send(qtbot, bar, "hello")
    bar.ending.choose("crlf")
    send(qtbot, bar, "温度?")
    bar.ending.choose("none")
    bar.form.choose("escapes")
    send(qtbot, bar, r"a\x00\n")
    bar.form.choose("hex")
    send(qtbot, bar, "CC 0d")
    assert bar.line.text() == ""
    wanted = b"hello\n" + "温度?\r\n".encode() + b"a\x00\n" + b"\xcc\x0d"
    qtbot.waitUntil(lambda: board.got == wanted)
    live = workspace.monitoring.live
    live.drain()
    out = b"\n".join(row.data for row in live.log.rows(0, 100) if row.kind == "out")
    assert b"hello" in out
    assert "温度?".encode() in out
    assert Store().text("send/form") == "hex"
    assert opened(qtbot, workspace).ending.ending == "none"


def test_pasted_lines_end_as_chosen(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    QApplication.clipboard().setText("one\r\ntwo\n\nthree\n")
    bar.line.paste()
    bar.ending.choose("crlf")
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: board.got == b"one\r\ntwo\r\n\r\nthree\r\n")


def test_it_can_be_made_narrow_and_wide_again(qtbot: QtBot, workspace: Workspace) -> None:
    bar = SendBar(workspace)
    splitter = QSplitter()
    splitter.addWidget(bar)
    splitter.addWidget(QWidget())
    qtbot.addWidget(splitter)
    splitter.resize(1000, 150)
    splitter.show()
    for width, rows in ((800, 1), (260, 2), (800, 1)):
        splitter.setSizes([width, 1000 - width])
        QApplication.processEvents()
        assert bar.width() <= width
        tops = {bar.line.mapTo(bar, QPoint()).y(), bar.form.mapTo(bar, QPoint()).y()}
        assert (max(tops) - min(tops) > 20) == (rows == 2)
        for widget in (bar.line, bar.form, bar.ending, bar.button, bar.more):
            assert widget.mapTo(bar, QPoint(widget.width(), 0)).x() <= bar.width()


def test_an_empty_line_sends_its_ending_alone(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: board.got == b"\n")


def test_mistakes_are_told_while_typing_and_nothing_is_lost(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    bar.form.choose("hex")
    bar.line.setText("CC")
    assert bar.note.text() == "1 byte: CC"
    bar.line.setText("CC 0")
    assert "pairs of digits" in bar.note.text()
    assert bar.note.property("role") == "muted"  # half a pair is no mistake yet
    bar.line.setText("CC zz")
    assert bar.note.property("role") == "bad"
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert bar.line.text() == "CC zz"
    bar.form.choose("escapes")
    bar.line.setText(r"a\q")
    assert r"\q is no escape" in bar.note.text()
    bar.line.setText(r"a\n")
    assert bar.note.text() == "3 bytes: 61 0A 0A"
    bar.form.choose("text")
    assert bar.note.text() == ""
    assert board.got == b""


def test_the_history_goes_through_what_begins_so(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    for text in ("led on", "status", "led off"):
        send(qtbot, bar, text)
    again = opened(qtbot, workspace)  # kept in window.ini
    line = again.line
    qtbot.keyClicks(line, "led")
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(line, key)
        seen.append(line.text())
    assert seen == ["led off", "led on", "led on", "led off", "led"]
    line.clear()
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert line.text() == "led off"
    line.forget()
    qtbot.keyClick(line, Qt.Key.Key_Up)
    assert opened(qtbot, workspace).line.text() == "led off"  # what is typed stays as well
    assert Store().text("send/history") == "[]"


def test_control_enter_keeps_the_text(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    qtbot.keyClicks(bar.line, "again")
    qtbot.keyClick(bar.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(bar.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: board.got == b"again\nagain\n")
    assert bar.line.text() == "again"


def test_what_is_typed_stays_when_the_board_goes_away(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    bar.line.setText("half a li")
    board.unplug()
    qtbot.waitUntil(lambda: not bar.button.isEnabled())
    assert bar.line.isEnabled()
    qtbot.keyClick(bar.line, Qt.Key.Key_Return)
    assert bar.line.text() == "half a li"
    assert opened(qtbot, workspace).line.text() == "half a li"  # a window that is built again


def test_a_file_is_sent_with_progress(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board, tmp_path: Path
) -> None:
    connect(qtbot, workspace, board)
    path = tmp_path / "数据 1.bin"
    path.write_bytes(bytes(range(256)) * 1000)
    with qtbot.waitSignal(workspace.notice) as told:
        dialog = bar.choose_file()
        dialog.fileSelected.emit(str(path))
        dialog.close()
        qtbot.waitUntil(lambda: bar.sending.file is None and board.got == path.read_bytes())
    assert told.args == ["数据 1.bin was sent."]


def test_a_file_can_be_cancelled_and_the_bar_says_how_far_it_is(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board, tmp_path: Path
) -> None:
    connect(qtbot, workspace, board)
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(64 << 20))
    bar.sending.send_file(path)
    progress = bar.findChild(QWidget, "send-progress")
    # The board reads nothing: the line's buffers fill, and the rest waits.
    qtbot.waitUntil(lambda: progress.isVisible() and bar.sending.waiting > 0)
    qtbot.waitUntil(lambda: progress.findChild(QProgressBar).value() > 0)
    assert not bar.file_action.isEnabled()
    qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.sending.file is None and not progress.isVisible())
    assert bar.file_action.isEnabled()
    assert bar.note.text() == ""


def test_what_waits_can_be_cancelled(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, board: Board
) -> None:
    connect(qtbot, workspace, board)
    connection = workspace.monitoring.connection
    assert connection is not None
    for _ in range(40):  # more than the line's buffers take
        if connection.counters.pending < 1 << 19:
            bar.sending.send(bytes(1 << 19))
        qtbot.wait(5)
    qtbot.waitUntil(bar.cancel.isVisible)
    qtbot.mouseClick(bar.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: connection.counters.pending == 0 and not bar.cancel.isVisible())


def test_macros_are_buttons(
    qtbot: QtBot, workspace: Workspace, board: Board, themed: QApplication
) -> None:
    macros = [
        Macro("A & B <b>", "reset", "crlf"),
        Macro("Tick", "01", form="hex", every=0.02),
        Macro("Rare", "rare", every=600),
        *[Macro(f"Macro {number}", str(number)) for number in range(30)],
    ]
    own_kept.keep_macros(macros)
    bar = opened(qtbot, workspace)
    first, tick, rare = (bar.findChild(QToolButton, f"macro-{number}") for number in (1, 2, 3))
    assert first.text() == "A && B <b>"
    assert first.toolTip().startswith("<qt>A &amp; B &lt;b&gt;")
    assert not first.isEnabled()
    connect(qtbot, workspace, board)
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: board.got == b"reset\r\n")
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton)
    assert tick.isChecked()
    qtbot.waitUntil(lambda: board.got.count(b"\x01") >= 3)
    assert opened(qtbot, workspace).findChild(QToolButton, "macro-2").isChecked()
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton)
    assert not tick.isChecked()
    qtbot.mouseClick(tick, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(rare, Qt.MouseButton.LeftButton)
    assert tick.isChecked() and rare.isChecked()
    board.unplug()
    qtbot.waitUntil(lambda: not tick.isChecked() and not rare.isChecked())
    workspace.monitoring.close()


def test_macros_without_room_are_in_a_menu(
    qtbot: QtBot, workspace: Workspace, board: Board
) -> None:
    own_kept.keep_macros([Macro(f"Macro {number}", str(number)) for number in range(30)])
    bar = opened(qtbot, workspace)
    connect(qtbot, workspace, board)
    (rows,) = bar.macros.findChildren(FlowRows)
    buttons = bar.macros.buttons
    shown = sum(button.isVisible() for button in buttons)
    assert 0 < shown < 30
    assert rows.more.text() == f"+{30 - shown}"
    assert rows.height() <= buttons[0].height()
    bar.resize(320, 120)
    qtbot.waitUntil(lambda: sum(button.isVisible() for button in buttons) < shown)
    assert rows.more.geometry().right() < 320
    rows.more.click()
    rows.menu.actions()[-1].trigger()
    rows.menu.close()
    qtbot.waitUntil(lambda: board.got == b"29\n")
    workspace.monitoring.close()


def test_macros_have_keys(qtbot: QtBot, workspace: Workspace, board: Board) -> None:
    own_kept.keep_macros([Macro(f"Macro {number}", str(number)) for number in range(30)])
    bar = opened(qtbot, workspace)
    with qtbot.waitActive(bar):
        bar.activateWindow()
    bar.line.setFocus()
    qtbot.keyClick(bar.line, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    connect(qtbot, workspace, board)
    for key in (Qt.Key.Key_1, Qt.Key.Key_9):
        qtbot.keyClick(bar.line, key, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: board.got == b"0\n8\n")
    assert "Alt+9" in bar.macros.buttons[8].toolTip()
    assert "Alt" not in bar.macros.buttons[9].toolTip()
    workspace.monitoring.close()


def test_macros_are_written_in_a_dialog(
    qtbot: QtBot, workspace: Workspace, bar: SendBar, tmp_path: Path
) -> None:
    dialog = bar.edit_macros()
    assert not dialog.name.isEnabled()
    dialog.table.add_button.click()
    dialog.name.setText("Reset")
    dialog.form.choose("hex")
    dialog.text.setText("CC zz")
    dialog.accept()
    assert dialog.isVisible()
    assert "pairs of digits" in dialog._note.text()
    dialog.text.setText("CC")
    dialog.every.setValue(1.5)
    dialog.table._buttons["copy"].click()
    assert [macro.name for macro in dialog.table.entries] == ["Reset", "Reset copy"]
    dialog.table._buttons["up"].click()
    assert [macro.name for macro in dialog.table.entries] == ["Reset copy", "Reset"]
    dialog.export_file(tmp_path / "宏.json")
    dialog.table._buttons["trash"].click()
    dialog.name.setText(" ")
    dialog.accept()
    assert "needs a name" in dialog._note.text()
    dialog.name.setText("Reset")
    dialog.accept()
    wanted = Macro("Reset", "CC", form="hex", every=1.5)
    assert own_kept.macros() == (wanted,)
    assert [button.text() for button in bar.macros.buttons] == ["Reset"]
    assert bar.macros.isVisible()
    again = MacrosDialog(workspace)
    qtbot.addWidget(again)
    again.import_file(tmp_path / "宏.json")
    assert [macro.name for macro in again.table.entries] == ["Reset", "Reset copy", "Reset"]


def test_files_that_hold_no_macros_are_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    for text, words in (
        ("{", "not a JSON file"),
        ('{"name": 1}', "macros are a list"),
        ('[{"name": "x"}]', "macro 1 is not understood"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StudioError, match=words):
            own_kept.read_macros(path)
    with pytest.raises(StudioError, match="cannot be read"):
        own_kept.read_macros(tmp_path / "none.json")


def test_a_broken_file_counts_as_none_and_keeps_the_rest() -> None:
    own_kept.keep_macros([Macro("Reset", "reset")])
    path = own_kept._file()
    data = json.loads(path.read_text(encoding="utf-8"))
    data["patterns"] = [{"name": 1}, {"name": "a", "text": "(?P<x>1)"}, 7]
    path.write_text(json.dumps(data), encoding="utf-8")
    assert [entry.name for entry in own_kept.patterns()] == ["a"]
    assert len(own_kept.macros()) == 1
    path.write_text("{", encoding="utf-8")
    assert not own_kept.macros()
    assert not own_kept.patterns()
