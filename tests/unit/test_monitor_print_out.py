"""What is printed of a serial line: text, bytes, values, and each as JSON."""

from __future__ import annotations

import json
import re

import pytest

from studio.base.errors import DataError
from studio.monitor.chunk import Chunk
from studio.monitor.packets import encode
from studio.monitor.print_out import Form, Printer


def printed(*chunks: Chunk, form: Form = "text", **words: object) -> str:
    parts: list[str] = []
    printer = Printer(parts.append, form, **words)  # type: ignore[arg-type]
    for chunk in chunks:
        printer.add(chunk)
    printer.close()
    return "".join(parts)


def test_lines_of_text_without_what_would_move_the_terminal() -> None:
    data = b"a\r\n\x1b[31mred\x1b[0m\x07\nhalf"
    assert printed(Chunk(1.0, data)) == "a\nred\N{REPLACEMENT CHARACTER}\nhalf\n"
    assert printed(Chunk(1.0, "温度".encode("gbk") + b"\n"), encoding="gbk") == "温度\n"
    with pytest.raises(DataError, match="no text encoding"):
        Printer(str, encoding="rot13")


def test_a_line_in_pieces_is_printed_once() -> None:
    chunks = (Chunk(1.0, b"te"), Chunk(1.1, b"mp:2"), Chunk(1.2, b"0\nnext"))
    assert printed(*chunks) == "temp:20\nnext\n"


def test_a_question_without_an_end_shows_after_a_moment() -> None:
    parts: list[str] = []
    printer = Printer(parts.append)
    printer.add(Chunk(1.0, b"login: "))
    assert not parts
    printer.idle()
    printer.idle()
    assert parts == ["login: "]
    printer.add(Chunk(2.0, b"root\nok\n"))
    assert "".join(parts) == "login: root\nok\n"


def test_what_was_sent_and_remarks_are_marked_and_timed() -> None:
    chunks = (Chunk(0.5, b"opened", "note"), Chunk(1.25, b"go\n", "out"), Chunk(2.0, b"yes\n"))
    assert printed(*chunks) == "-- opened\n>> go\nyes\n"
    stamped = printed(*chunks, stamps=True).splitlines()
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}  .+", line) for line in stamped)
    assert stamped[1].endswith(":01.250  >> go")


def test_every_byte_in_hexadecimal() -> None:
    chunks = (Chunk(1.0, bytes(range(0x3F, 0x51))), Chunk(2.0, b"\xff", "out"), Chunk(3.0, b"z"))
    assert printed(*chunks, form="hex").splitlines() == [
        f"00000000  {bytes(range(0x3F, 0x4F)).hex(' ')}  ?@ABCDEFGHIJKLMN",
        "00000010  4f 50                                            OP",
        ">> 00000000  ff                                               .",
        "00000012  7a                                               z",
    ]


def test_values_in_the_order_of_time() -> None:
    chunks = (
        Chunk(1.0, b"temp:20.5 C\r\nfan=3\n"),
        Chunk(2.0, b"lost", "note"),
        Chunk(3.0, b"\n" + encode("nnet", bytes([1, 250]), to_board=False) + b"temp:21 C\n"),
    )
    lines = printed(*chunks, form="values").splitlines()
    assert lines == ["temp = 20.5 C", "fan = 3", "-- lost", "nnet = [2] -6..1", "temp = 21 C"]


def test_json_lines() -> None:
    chunks = (Chunk(1.5, "温度:1\n".encode()),)
    assert [json.loads(line) for line in printed(*chunks, as_json=True).splitlines()] == [
        {"time": 1.5, "kind": "in", "text": "温度:1"}
    ]
    (value,) = [
        json.loads(line) for line in printed(*chunks, form="values", as_json=True).splitlines()
    ]
    assert (value["name"], value["value"], value["unit"]) == ("温度", 1.0, "")
    (row,) = printed(Chunk(1.0, b"\x00"), form="hex", as_json=True).splitlines()
    assert json.loads(row) == {"time": 1.0, "kind": "in", "offset": 0, "hex": "00"}
