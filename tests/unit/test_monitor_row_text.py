"""What is shown of bytes: decoded, without escape sequences, in cells."""

from __future__ import annotations

import random
import time

import pytest
from rich.ansi import AnsiDecoder

from studio.monitor import row_text
from studio.monitor.chunk import Chunk
from studio.monitor.row_text import plain
from studio.monitor.text_log import TextLog

WRONG = "\ufffd"


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"uart ok\r", "uart ok"),
        ("温度 25 °C".encode(), "温度 25 °C"),
        (b"a\xffb", f"a{WRONG}b"),
        (b"a\x00\x07\x08b", f"a{WRONG}{WRONG}{WRONG}b"),
        ("a\u202eb\u2028c".encode(), f"a{WRONG}b{WRONG}c"),
        (b"10%\r20%\r30%", "30%"),
        (b"10%\r20%\r", "20%"),
        (b"\r\rx\r\r", "x"),
        (b"\x1b[31mred\x1b[0m", "red"),
        (b"10%\r\x1b[K20%\r\x1b[K\r", "20%"),
        (b"\x1b]0;title\x07text", "text"),
        (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b(Btext", "text"),
        (b"\x1b[2J\x1b[Htext", "text"),
        (b"\x1b", WRONG),
        (b"cut \x1b[3", f"cut {WRONG}[3"),
        (b"tab\tstays", "tab\tstays"),
    ],
)
def test_shown(data: bytes, shown: str) -> None:
    assert plain(data, "utf-8") == shown
    assert row_text.row_text(data, "utf-8", AnsiDecoder()).text == shown


def test_gbk() -> None:
    assert plain("温度".encode("gbk"), "gbk") == "温度"
    assert plain(b"\xff", "gbk") == WRONG


def test_colours_do_not_change_the_text() -> None:
    """The search sees what is painted, whatever comes."""
    choose = random.Random(0)
    parts = [b"a", b"bc ", b"\x1b[1m", b"\x1b[38;5;9m", b"\x1b[0m", b"\r", b"\x1b[K", b"\x1b"]
    parts += [b"\xe6\xb8\xa9", b"\xff", b"\x07", b"\t", b"\x1b]0;t\x07", b"[", b"\x1b(0", b"7m"]
    for _ in range(2000):
        data = b"".join(choose.choice(parts) for _ in range(choose.randint(0, 12)))
        shown = row_text.row_text(data, "utf-8", AnsiDecoder())
        assert shown.text == plain(data, "utf-8"), data
        assert all(0 <= start <= stop <= len(shown.text) for start, stop, _ in shown.styles)


def test_styles_and_what_they_hold_for() -> None:
    decoder = AnsiDecoder()
    first = row_text.row_text(b"plain \x1b[1;31mred", "utf-8", decoder)
    ((start, stop, style),) = first.styles
    assert (start, stop, style.bold) == (6, 9, True)
    assert style.color is not None
    assert style.color.number == 1
    second = row_text.row_text(b"still red", "utf-8", decoder)
    assert second.styles == ((0, 9, style),)
    over = row_text.row_text(b"10%\x1b[32m\r20%", "utf-8", decoder)
    assert over.text == "20%"
    assert over.styles[0][2].color is not None
    assert over.styles[0][2].color.number == 2


def test_cells() -> None:
    row = row_text.row_text("a\t温b".encode(), "utf-8")
    assert row.places == (0, 1, 8, 10, 11)
    assert row.cells == 11
    assert [row.character(cell) for cell in (0, 1, 7, 8, 9, 10, 11, 99)] == [0, 1, 1, 2, 2, 3, 4, 4]
    marks = row_text.row_text("e\u0301x".encode(), "utf-8")
    assert marks.places == (0, 1, 1, 2)
    simple = row_text.row_text(b"abc", "utf-8")
    assert simple.places is None
    assert (simple.cells, simple.cell(2), simple.character(9)) == (3, 2, 3)


def test_lines_of_a_log_are_its_rows() -> None:
    log = TextLog()
    log.add(Chunk(0.0, b"one\r\n\x1b[31mtwo\x1b[0m\r\nth"))
    log.add(Chunk(1.0, b"note\nwith lines", "note"))
    log.add(Chunk(2.0, b"ree\n" + b"x" * 9000))
    first, count, text = row_text.lines(log, 0, 99, "utf-8")
    assert (first, count) == (0, log.end)
    lines = text.split("\n")
    assert lines[:5] == ["one", "two", "th", "note with lines", "ree"]
    assert [len(line) for line in lines[5:]] == [4096, 4096, 808]
    assert row_text.lines(log, 1, 2, "utf-8") == (1, 2, "two\nth")
    assert row_text.copied(log, 1, 4, "utf-8") == "two\nth\nnote with lines\nree\n"
    assert row_text.copied(log, 5, 99, "utf-8") == "x" * 9000 + "\n"


@pytest.mark.parametrize(
    "data",
    [b"\r" * 4095 + b"x", b"\x1b]" * 2048, b"\x1b[" * 2048, b"\x1b[0;" * 999, b"x\r" * 2048],
)
def test_no_row_takes_long(data: bytes) -> None:
    start = time.thread_time()
    for _ in range(20):
        plain(data, "utf-8")
        row_text.row_text(data, "utf-8", AnsiDecoder())
    assert time.thread_time() - start < 2.0
