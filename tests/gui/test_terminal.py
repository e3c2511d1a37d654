"""The terminal: what it shows, how it scrolls, pauses, searches, filters, selects and copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from rich.style import Style

from studio.monitor.chunk import Chunk, Kind
from studio.ui import terminal_colours, theme
from studio.ui.terminal import Terminal
from studio.ui.terminal_page import TerminalPage
from studio.ui.terminal_select import Selection, word
from studio.ui.terminal_view import TerminalView
from studio.ui.workspace import Workspace
from tests.gui.conftest import Stalls

Say = Callable[..., None]
STALL = 0.5  # far above a frame, far below what one feels: shared machines stall on their own


@pytest.fixture
def terminal(qtbot: QtBot, workspace: Workspace) -> Terminal:
    made = Terminal(workspace)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def say(workspace: Workspace, terminal: Terminal) -> Say:
    """What came, read and shown."""

    def put(data: bytes, kind: Kind = "in", time: float = 1.0) -> None:
        live = workspace.monitoring.live
        live.put(Chunk(time, data, kind), None)
        assert live.drain()
        workspace.monitoring.frame.emit()

    return put


def numbers(first: int, end: int) -> bytes:
    return b"".join(b"line %d\r\n" % number for number in range(first, end))


def image(view: TerminalView) -> QImage:
    return view.viewport().grab().toImage()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def key(qtbot: QtBot, view: TerminalView, code: Qt.Key, *, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(view, code, modifier)


def at(view: TerminalView, line: int, column: int) -> QPoint:
    """The middle of the left edge of a cell."""
    paint = view._paint
    return QPoint(int(view._left + column * paint.cell + 1), int((line + 0.5) * paint.height))


def mouse(view: TerminalView, kind: QEvent.Type, point: QPoint, when: int = 0) -> None:
    where = QPointF(view.viewport().mapToGlobal(point))
    left = Qt.MouseButton.LeftButton
    down = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(kind, QPointF(point), where, left, down, Qt.KeyboardModifier.NoModifier)
    event.setTimestamp(when)
    QApplication.sendEvent(view.viewport(), event)


# -- showing


def test_empty_until_something_comes(terminal: Terminal, say: Say) -> None:
    assert terminal.text() == ""
    assert terminal._stack.currentIndex() == 0
    say(b"uart ok\r\nsample:0,result:1\r\n")
    assert terminal._stack.currentIndex() == 1
    assert terminal.text() == "uart ok\nsample:0,result:1"
    assert terminal.text(1, 1) == "sample:0,result:1"


def test_text_is_painted(terminal: Terminal, say: Say) -> None:
    say(b" \r\n")
    view = terminal.page.view
    blank = image(view)
    say(b"text\r\n")
    assert image(view) != blank


def test_what_was_there_before_it_is_shown(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.monitoring.live.put(Chunk(1.0, b"early\n"))
    assert workspace.monitoring.live.drain()
    late = Terminal(workspace)
    qtbot.addWidget(late)
    late.show()
    assert late.text() == "early"


def test_colours_wide_and_broken_characters(terminal: Terminal, say: Say) -> None:
    say("\x1b[31mred\x1b[0m 温度\t5\r\n10%\r20%\r\n\xff\r\n".encode("latin-1", "ignore"))
    say("温度 e\u0301 \u202e\r\n".encode())
    say(b"\x1b[1;42mground\r\nand on \x1b[7m\x1b[9mthrough\r\n")
    say(b"\xff\xfe\r\n")
    lines = terminal.text().split("\n")
    assert lines[1] == "20%"
    assert lines[-1] == "\ufffd\ufffd"
    assert "温度 e\u0301 \ufffd" in lines
    image(terminal.page.view)  # all of it can be painted


def test_characters_after_a_mark_are_painted(terminal: Terminal, say: Say) -> None:
    """A combining mark after a blank and a letter must not swallow them."""
    say("x e\u0301\r\n".encode())
    view = terminal.page.view
    with_letter = image(view)
    say(b"")
    terminal._workspace.monitoring.live.clear()
    say(b"x\r\n")
    assert image(view) != with_letter


def test_a_red_word_is_red_and_readable(terminal: Terminal, say: Say) -> None:
    say(b"\x1b[41m          \x1b[0m\r\n")
    view = terminal.page.view
    place = at(view, 0, 4)
    for dark, expected in ((False, "#c22f3d"), (True, "#ff8b94")):
        theme.apply(QApplication.instance(), theme.DARK if dark else theme.LIGHT)
        found = image(view).pixelColor(place).name()
        assert found == expected


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_every_colour_can_be_read(themed: QApplication, colours: theme.Theme) -> None:
    theme.apply(themed, colours)
    for ink in (*range(0, 256, 5), *range(16)):
        for ground in (None, 0, 1, 7, 15, 100):
            shown = f"color({ink})" + ("" if ground is None else f" on color({ground})")
            colour, under = terminal_colours.text_colours(
                Style.parse(shown), colours.base, colours.text
            )
            base = colours.base if under is None else under.name()
            assert terminal_colours.contrast(colour.name(), base) >= 4.5, shown


def test_gbk(terminal: Terminal, workspace: Workspace, say: Say) -> None:
    workspace.monitoring.live.set_encoding("gbk")
    say("温度\r\n".encode("gbk"))
    assert terminal.text() == "温度"


def test_a_colour_holds_for_later_rows_also_when_scrolled(terminal: Terminal, say: Say) -> None:
    say(b"\x1b[31m" + numbers(0, 200) + b"\x1b[0mplain\r\n")
    lines = terminal.page.lines
    assert lines.get(100, 1)[0].text.styles
    assert not lines.get(200, 1)[0].text.styles


def test_times(terminal: Terminal, say: Say) -> None:
    say(b"one\n", time=100.0)
    say(b"two\n", time=101.5)
    view = terminal.page.view
    plain = image(view)
    for stamps in ("time", "start", "delta"):
        terminal.page.set_stamps(stamps)
        assert image(view) != plain
        assert view.place_at(QPointF(at(view, 1, 2))) == (1, 2)
    one, two = terminal.page.lines.get(0, 2)
    assert (one.before, two.before, two.time) == (None, 100.0, 101.5)


def test_sent_text_and_notes_are_told_apart(terminal: Terminal, say: Say) -> None:
    say(b"same\n")
    view = terminal.page.view
    received = image(view)
    for kind in ("out", "note"):
        terminal._workspace.monitoring.live.clear()
        say(b"same", kind)
        assert terminal.text() == "same"
        assert image(view) != received


# -- hex


def test_hex(terminal: Terminal, say: Say) -> None:
    say(b"0123456789abcdefXY\xff")
    say(b"go\n", "out")
    say(b"opened", "note")
    say(b"Z")
    terminal.page.bar.hex.click()
    assert terminal.text().split("\n") == [
        "  00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef",
        "  00000010  58 59 ff                                          XY.",
        "> 00000000  67 6f 0a                                          go.",
        "opened",
        "  00000013  5a                                                Z",
    ]
    terminal.page.bar.hex.click()
    assert terminal.text().startswith("0123456789abcdefXY\ufffd")


def test_hex_stays_at_the_place(terminal: Terminal, say: Say) -> None:
    say(numbers(0, 1000))
    page = terminal.page
    page.view.scroll_to(500)
    page.bar.hex.click()
    assert "line 500" in "".join(line.text.text[-16:] for line in page.lines.get(page.view.top, 2))
    page.bar.hex.click()
    assert 498 <= page.view.top <= 500


# -- scrolling


def test_follows_until_scrolled_up(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(numbers(0, 500))
    view = terminal.page.view
    assert view.following
    assert view.top + view.page == 500
    assert not view.jump.isVisible()
    key(qtbot, view, Qt.Key.Key_PageUp)
    top = view.top
    assert view.jump.isVisible()
    say(numbers(500, 600))
    assert view.top == top
    qtbot.mouseClick(view.jump, Qt.MouseButton.LeftButton)
    assert view.following
    assert view.top + view.page == 600
    key(qtbot, view, Qt.Key.Key_Home)
    assert view.top == 0
    key(qtbot, view, Qt.Key.Key_Down)
    assert view.top == 1
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert view.following


def test_rows_that_go_while_looked_at(qtbot: QtBot, workspace: Workspace) -> None:
    log = workspace.monitoring.live.log
    log._size, log._most = 1 << 20, 1000
    shown = Terminal(workspace)
    qtbot.addWidget(shown)
    shown.resize(600, 300)
    shown.show()
    live = workspace.monitoring.live

    def say(first: int, end: int) -> None:
        live.put(Chunk(float(first), numbers(first, end)), None)
        assert live.drain()
        workspace.monitoring.frame.emit()

    say(0, 800)
    view = shown.page.view
    view.scroll_to(790 - view.page)
    top = view.top
    say(800, 1200)
    assert view.top == top  # by number, though older ones went
    assert log.first > 0
    assert not view._header
    say(1200, 4000)
    assert view.top == log.first > top
    assert view._header
    first = image(view)
    assert view.place_at(QPointF(at(view, 1, 0))) == (log.first, 0)
    view.follow()
    assert not view._header
    assert image(view) != first


def test_a_long_line_scrolls_sideways(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(b"x" * 4000 + b"END\r\n")
    view = terminal.page.view
    image(view)
    bar = view.horizontalScrollBar()
    assert bar.maximum() > 3000
    key(qtbot, view, Qt.Key.Key_Right)
    assert bar.value() == 8
    bar.setValue(bar.maximum())
    number, character = view.place_at(QPointF(at(view, 0, view.columns - 2)))
    assert (number, character) == (0, 4003) or character > 3990


def test_zoom(terminal: Terminal, say: Say, workspace: Workspace, qtbot: QtBot) -> None:
    say(numbers(0, 100))
    view = terminal.page.view
    page = view.page
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(view.viewport().mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    for _ in range(6):
        QApplication.sendEvent(view.viewport(), wheel)
    assert view.zoom == 6
    assert view.page < page
    assert view.top + view.page == 100
    another = Terminal(workspace)
    qtbot.addWidget(another)
    another.show()
    assert another.page.view.zoom == 6


# -- pause and clear


def test_pause_keeps_everything(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(numbers(0, 100))
    page = terminal.page
    before = image(page.view)
    key(qtbot, page.view, Qt.Key.Key_Space)
    assert page.paused
    assert page.bar.pause.isChecked()
    resized = image(page.view)
    say(numbers(100, 5000))
    assert image(page.view) == resized
    assert terminal.text().split("\n")[-1] == "line 99"
    qtbot.waitUntil(lambda: "4,900" in page.note.whole or "4900" in page.note.whole)
    key(qtbot, page.view, Qt.Key.Key_Space)
    assert not page.paused
    assert page.view.following
    assert terminal.text().split("\n") == [f"line {number}" for number in range(5000)]
    assert image(page.view) != before


def test_pause_holds_rows_that_are_no_longer_kept(
    terminal: Terminal, workspace: Workspace, say: Say
) -> None:
    say(b"kept\n")
    workspace.monitoring.live.log._most = 100
    terminal.page.set_paused(True)
    say(numbers(0, 1000))
    assert workspace.monitoring.live.log.first > 1
    assert terminal.text() == "kept"
    terminal.page.set_paused(False)
    assert "kept" not in terminal.text()


def test_clear_begins_again_also_while_paused(terminal: Terminal, say: Say) -> None:
    say(numbers(0, 10))
    terminal.page.set_paused(True)
    terminal.page.bar.clear.click()
    say(b"")
    assert not terminal.page.paused
    assert terminal._stack.currentIndex() == 0
    say(b"new\n")
    assert terminal.text() == "new"
    assert terminal._stack.currentIndex() == 1


# -- search and filter


def open_find(qtbot: QtBot, page: TerminalPage, text: str, *, regex: bool = False) -> None:
    page.open_find()
    page.find_bar.regex.setChecked(regex)
    page.find_bar.edit.setText(text)
    qtbot.waitUntil(lambda: page.find_bar.pattern is not None)


def test_search(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(numbers(0, 1000))
    page = terminal.page
    view, count = page.view, page.find_bar.count
    page.view.scroll_to(0)
    plain = image(view)
    open_find(qtbot, page, "line 9")
    qtbot.waitUntil(lambda: count.text() == "111")
    page.find_bar.hide()
    page.find_bar.show()
    key_ = Qt.Key.Key_Return
    qtbot.keyClick(page.find_bar.edit, key_)
    assert view.selection == Selection((9, 0), (9, 6))
    assert count.text() == "1 of 111"
    assert image(view) != plain
    qtbot.keyClick(page.find_bar.edit, key_)
    assert view.selection.start == (90, 0)
    assert view.top <= 90 < view.top + view.page
    qtbot.keyClick(page.find_bar.edit, key_, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.find_bar.edit, key_, Qt.KeyboardModifier.ShiftModifier)
    assert view.selection.start == (999, 0)  # round
    assert count.text() == "111 of 111"
    assert not view.following
    say(b"line 9\r\n")
    qtbot.waitUntil(lambda: "112" in count.text())
    qtbot.keyClick(page.find_bar.edit, Qt.Key.Key_Escape)
    assert page.find_bar.isHidden()
    assert page.search.finder is None
    assert view.pattern is None
    assert not page.bar.find_on.isChecked()


def test_search_within_one_row_both_ways(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(b"ab ab\r\nno\r\nab\r\n")
    page = terminal.page
    page.view.scroll_to(0)
    open_find(qtbot, page, "a.", regex=True)
    finder = page.search.finder
    assert finder is not None
    qtbot.waitUntil(lambda: finder.done)
    found = []
    for _ in range(4):
        page.search.step(False)
        found.append(page.view.selection.start)
    assert found == [(0, 0), (0, 3), (2, 0), (0, 0)]
    found = []
    for _ in range(3):
        page.search.step(True)
        found.append(page.view.selection.start)
    assert found == [(2, 0), (0, 3), (0, 0)]


def test_what_cannot_be_read_is_told(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(b"text\n")
    bar = terminal.page.find_bar
    terminal.page.open_find()
    bar.regex.setChecked(True)
    bar.edit.setText("(")
    qtbot.waitUntil(lambda: bar.count.property("role") == "bad")
    assert "cannot be read" in bar.count.toolTip()
    bar.edit.setText("nothing")
    qtbot.waitUntil(lambda: bar.count.text() == "No match")


def test_filter(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(numbers(0, 1000))
    page = terminal.page
    page.bar.filter_on.click()
    page.filter_bar.regex.setChecked(True)
    page.filter_bar.edit.setText("line 99?$")
    qtbot.waitUntil(lambda: terminal.text() == "line 9\nline 99")
    qtbot.waitUntil(lambda: page.filter_bar.count.text() == "2")
    say(b"line 9\r\nother\r\n")
    qtbot.waitUntil(lambda: terminal.text() == "line 9\nline 99\nline 9")
    open_find(qtbot, page, "99")
    qtbot.waitUntil(lambda: page.find_bar.count.text() == "1")
    page.search.step(False)
    assert page.view.selection == Selection((1, 5), (1, 7))
    page.find_bar.close_bar()
    page.view.select_all()
    page.menu.copy.trigger()
    assert clipboard() == "line 9\nline 99\nline 9"
    page.filter_bar.edit.setText("nowhere")
    qtbot.waitUntil(lambda: page.filter_bar.count.text() == "No match")
    page.bar.filter_on.click()
    assert terminal.text(0, 3) == "line 0\nline 1\nline 2"


def test_who_searches_in_hexadecimal_gets_text(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(b"line 1\r\nother\r\n")
    page = terminal.page
    for button, bar in (
        (page.bar.find_on, page.find_bar),
        (page.bar.filter_on, page.filter_bar),
    ):
        page.bar.hex.click()
        button.click()
        assert bar.isVisible()
        assert not page.bar.hex.isChecked()
        bar.edit.setText("line")
        qtbot.waitUntil(lambda bar=bar: bar.count.text() == "1")


def test_filter_and_pause(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(numbers(0, 50))
    page = terminal.page
    page.open_filter()
    page.filter_bar.edit.setText("4")
    qtbot.waitUntil(lambda: len(terminal.text().split("\n")) == 14)
    page.set_paused(True)
    say(numbers(400, 500))
    qtbot.wait(100)  # longer than the look at what was found
    assert len(terminal.text().split("\n")) == 14
    page.set_paused(False)
    qtbot.waitUntil(lambda: len(terminal.text().split("\n")) == 114)


def test_the_filter_survives_another_window(
    qtbot: QtBot, terminal: Terminal, workspace: Workspace, say: Say
) -> None:
    say(numbers(0, 20))
    terminal.page.open_filter()
    terminal.page.filter_bar.edit.setText("7")
    qtbot.waitUntil(lambda: terminal.text() == "line 7\nline 17")
    another = Terminal(workspace)
    qtbot.addWidget(another)
    another.show()
    qtbot.waitUntil(lambda: another.text() == "line 7\nline 17")


# -- selecting and copying


def test_select_by_mouse(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(b"first line\r\nsecond 3.25 line\r\nthird\r\n")
    view = terminal.page.view
    press, release = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
    mouse(view, press, at(view, 0, 6))
    mouse(view, QEvent.Type.MouseMove, at(view, 1, 6))
    mouse(view, release, at(view, 1, 6))
    terminal.page.menu.copy.trigger()
    assert clipboard() == "line\nsecond"
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier,
        at(view, 2, 2),
    )  # fmt: skip
    terminal.page.menu.copy.trigger()
    assert clipboard() == "line\nsecond 3.25 line\nth"
    mouse(view, QEvent.Type.MouseButtonDblClick, at(view, 1, 8), 1000)
    mouse(view, release, at(view, 1, 8), 1010)
    terminal.page.menu.copy.trigger()
    assert clipboard() == "3.25"
    mouse(view, press, at(view, 1, 8), 1100)
    mouse(view, release, at(view, 1, 8), 1110)
    terminal.page.menu.copy.trigger()
    assert clipboard() == "second 3.25 line"


def test_dragging_beyond_the_edge_scrolls(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(numbers(0, 500))
    view = terminal.page.view
    view.scroll_to(100)
    mouse(view, QEvent.Type.MouseButtonPress, at(view, 2, 0))
    mouse(view, QEvent.Type.MouseMove, QPoint(50, view.viewport().height() + 60))
    qtbot.waitUntil(lambda: view.top > 130)
    mouse(view, QEvent.Type.MouseButtonRelease, QPoint(50, view.viewport().height() + 60))
    assert view.selection.start == (102, 0)
    assert view.selection.stop[0] > 130
    top = view.top
    qtbot.wait(80)
    assert view.top == top


def test_nothing_moves_under_a_pressed_mouse(terminal: Terminal, say: Say) -> None:
    say(numbers(0, 100))
    view = terminal.page.view
    top = view.top
    mouse(view, QEvent.Type.MouseButtonPress, at(view, 1, 0))
    say(numbers(100, 200))
    assert view.top == top
    mouse(view, QEvent.Type.MouseButtonRelease, at(view, 1, 0))
    assert view.following  # a click alone changes nothing
    assert view.top + view.page == 200


def test_select_by_keys(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(b"abc\r\ndefg\r\nhi\r\n")
    view = terminal.page.view
    view.select(Selection((0, 1), (0, 1)))
    for code in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Right):
        key(qtbot, view, code, shift=True)
    assert view.selection == Selection((0, 1), (2, 0))
    terminal.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == "bc\ndefg\n"
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == "abc\ndefg\nhi"
    key(qtbot, view, Qt.Key.Key_Escape)
    assert view.selection.empty


def test_words() -> None:
    assert word("a -3.25, b_1", 3) == (2, 7)
    assert word("a -3.25, b_1", 10) == (9, 12)
    assert word("温度 x", 1) == (0, 2)
    assert word("", 0) == (0, 0)


def test_copy_as_hex(terminal: Terminal, say: Say) -> None:
    say(b"a\xff\r\nb\n")
    view = terminal.page.view
    view.select(Selection((0, 0), (0, 1)))
    terminal.page.menu.copy_hex.trigger()
    assert clipboard().strip() == "61 ff 0d 0a"


def test_copy_and_save_everything(
    qtbot: QtBot, terminal: Terminal, workspace: Workspace, say: Say, tmp_path: Path
) -> None:
    long = b"y" * 100_000
    say(numbers(0, 20_000) + long + b"\r\n")
    expected = "".join(f"line {number}\n" for number in range(20_000)) + long.decode()
    view = terminal.page.view
    view.select_all()
    QGuiApplication.clipboard().setText("")
    terminal.page.menu.copy.trigger()
    qtbot.waitUntil(lambda: clipboard() == expected)
    with qtbot.waitSignal(workspace.notice):
        terminal.page.menu.save_to(tmp_path / "温度 text.txt")
    assert (tmp_path / "温度 text.txt").read_text(encoding="utf-8") == expected + "\n"
    with qtbot.waitSignal(workspace.error):
        terminal.page.menu.save_to(tmp_path / "温度 text.txt" / "no folder.txt")


def test_menu(qtbot: QtBot, terminal: Terminal, say: Say) -> None:
    say(b"text\n")
    terminal.page.menu.show_at(QPoint(10, 10))
    (menu,) = terminal.findChildren(QMenu, "terminal-menu")
    texts = [action.text() for action in menu.actions() if action.text()]
    assert len(texts) == 9
    assert not terminal.page.menu.copy.isEnabled()
    menu.close()


# -- counters and load


def test_counters(qtbot: QtBot, terminal: Terminal, workspace: Workspace, say: Say) -> None:
    say(b"one\ntwo\n")
    say(b"abc", "out")
    bar = terminal.page.bar
    qtbot.waitUntil(lambda: "3 B sent" in bar.counts.whole)
    assert bar.counts.whole.startswith("2 lines · 8 B")
    assert bar.wrong.isHidden()
    workspace.monitoring.live.dropped = 4000
    qtbot.waitUntil(bar.wrong.isVisible)
    assert "4.0 kB" in bar.wrong.whole


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (1 << 20),
        bytes(range(256)) * 4096,
        b"\r" * (1 << 20),
        b"\x1b[31m" * 200_000,
        "温".encode() * 300_000,
        b"\n" * (1 << 18),
    ],
    ids=["one line", "noise", "returns", "escapes", "wide", "line feeds"],
)
def test_nothing_freezes_it(
    qtbot: QtBot, terminal: Terminal, workspace: Workspace, say: Say, data: bytes
) -> None:
    say(b"begin\n")
    live, page = workspace.monitoring.live, terminal.page
    open_find(qtbot, page, "e")
    stalls = Stalls()
    for count in range(1, 4):
        live.put(Chunk(1.0, data), None)
        qtbot.waitUntil(lambda n=count: live.log.count("in") >= n * len(data))  # type: ignore[misc]
        page.take()
        qtbot.wait(20)
    page.view.scroll_to(0)
    qtbot.wait(20)
    page.set_hex(True)
    qtbot.wait(20)
    assert stalls.longest < STALL


def test_narrow_and_low(terminal: Terminal, say: Say, qtbot: QtBot) -> None:
    say(numbers(0, 100))
    terminal.page.open_find()
    terminal.resize(300, 150)
    qtbot.waitUntil(lambda: terminal.width() == 300)
    assert terminal.minimumSizeHint().width() <= 300
    assert terminal.minimumSizeHint().height() <= 150
