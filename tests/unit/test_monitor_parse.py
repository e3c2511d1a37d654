"""Bytes to lines, lines to values."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.monitor.parse import LINE_BYTES, LineParser, values


def texts(*parts: bytes) -> list[str]:
    parser = LineParser()
    return [line.text for part in parts for line in parser.feed(part)]


def test_every_line_end_ends_a_line() -> None:
    assert texts(b"a\nb\r\nc\rd") == ["a", "b", "c"]
    assert texts(b"a\r", b"\nb\n") == ["a", "b"]
    assert texts(b"a\r", b"", b"\n\nb\n") == ["a", "", "b"]
    assert texts(b"a\r\r\n") == ["a", ""]


def test_what_is_no_utf8_is_replaced() -> None:
    assert texts("温度:1\n".encode()) == ["温度:1"]
    assert texts("温".encode()[:2] + b"\xff\n") == ["\ufffd\ufffd"]
    assert texts("温".encode()[:1], "温".encode()[1:] + b"\n") == ["温"]


def test_long_lines_are_cut_between_characters() -> None:
    parser = LineParser()
    lines = parser.feed("温".encode() * 3000 + b"\n")
    assert [line.cut for line in lines] == [True, True, False]
    assert "".join(line.text for line in lines) == "温" * 3000
    assert all(len(line.text.encode()) <= LINE_BYTES for line in lines)
    assert len(parser.feed(b"\xff" * (3 * LINE_BYTES))) == 2  # never waits for more


def test_the_unfinished_line_comes_at_the_end() -> None:
    parser = LineParser()
    assert parser.feed(b"abc") == []
    assert [line.text for line in parser.flush()] == ["abc"]
    assert parser.flush() == []


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=8))
def test_pieces_change_nothing(data: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[a:b] for a, b in itertools.pairwise(edges)]
    assert texts(*pieces, b"\n") == texts(data, b"\n")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("image num:100 ", {"image num": 100}),
        ("correct ratio:0.970000", {"correct ratio": 0.97}),
        ("net_output:0.973210", {"net_output": 0.97321}),
        ("NAME: 123 us", {"NAME": 123}),
        ("a:1,b:-2.5,c:+3e2", {"a": 1, "b": -2.5, "c": 300}),
        ("a=1 b=2", {"a": 1, "b": 2}),
        ("x = .5; y = 1.", {"x": 0.5, "y": 1}),
        (">temp:21.5", {"temp": 21.5}),
        ("load:50%", {"load": 50}),
        ("温度:21", {"温度": 21}),
        (
            "sample:0,label:7,result:7,ratio:1.000000,crc:1a2b3c4d,out:-3 5 7",
            {"sample": 0, "label": 7, "result": 7, "ratio": 1},
        ),
        ("crc:1e999999", {}),
        ("pc=0x1234", {}),
        ("12:34:56 started", {}),
        ("uart ok", {}),
        ("", {}),
        ("a:", {}),
        ("version:1.2.3", {}),
    ],
)
def test_values(line: str, found: dict[str, float]) -> None:
    assert values(line) == found


def test_no_line_takes_long() -> None:
    start = time.thread_time()
    for line in ("a" * 4096, "a " * 2048, "a:" * 2048, "1" * 4096, "a:1," * 1024, "x:1 1" * 800):
        values(line)
    assert time.thread_time() - start < 1


def test_lines_come_at_more_than_a_megabyte_a_second() -> None:
    data = b"sample:0,label:7,result:7,ratio:1.000000,crc:1a2b3c4d,out:-3 5 7\r\n" * 16_000
    parser = LineParser()
    start = time.thread_time()
    count = sum(len(parser.feed(data[place : place + 4096])) for place in range(0, len(data), 4096))
    assert count == 16_000
    assert time.thread_time() - start < 1
