"""The user's own patterns: values from named groups, refusals in words, and no pattern hangs."""

from __future__ import annotations

import time

import pytest

from studio.base.errors import DataError
from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import Preview, compiled, preview
from studio.monitor.recognize import Recognizer


def test_named_groups_are_series() -> None:
    pattern = compiled("adc", r"T=(?P<temp>[\d.]+)(?:,H=(?P<hum>\d+))?")
    assert pattern.values("xx T=21.5,H=40 yy T=3") == (
        *(("temp", 21.5, ""), ("hum", 40.0, ""), ("temp", 3.0, "")),
    )
    assert pattern.values("T=1.2.3") == ()  # matches, but is no number
    assert pattern.values("nothing") == ()


def test_a_line_can_name_its_series() -> None:
    pattern = compiled("is", r"(?P<name>\w+) is (?P<value>[\w.]+)(?: (?P<unit>[a-zA-Z]+))?")
    assert pattern.values("U1 is 5 V, I1 is 0x10, x is nan") == (
        ("U1", 5.0, "V"),
        ("I1", 16.0, ""),
    )


def test_preview_tells_lines_places_and_values() -> None:
    pattern = compiled("w", r"温(?P<t>\d+)")
    lines = ["no", "x温21 温22", "\ud800温1"]
    assert preview(pattern, lines) == (
        Preview(1, ((1, 4), (5, 8)), (("t", 21.0, ""), ("t", 22.0, ""))),
        Preview(2, ((1, 3),), (("t", 1.0, ""),)),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(?P<a>", "missing )"),
        (r"T=(\d+)", "no named group"),
        (r"(?=x)(?P<a>\d)", "Looking ahead"),
        (r"(?P<a>.)\1", "Check brackets"),
        ("(?P<a>" + "x" * 1000 + ")", "too long"),
        (r"(?P<a>((a{0,100}){0,100}){0,100})", "Check brackets"),
        ("(?P<a>\ud800)", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        compiled("mine", text)
    assert words in str(caught.value)
    assert caught.value.where == "mine"


@pytest.mark.parametrize(
    "text",
    [
        r"(?P<x>(a+)+)$",
        r"^(?P<x>(a|a)*)b",
        r"(?P<x>(a*)*b)",
        r"(?P<x>(.*)*(.*)*(.*)*b)",
        r"(?P<x>(a|aa)+)$b",
        "(?P<x>" + "a?" * 200 + "a" * 200 + "b)",
        r"(?P<x>a{0,900}c)",
    ],
)
def test_no_pattern_hangs(text: str) -> None:
    """Patterns that take Python's expressions years."""
    pattern = compiled("bad", text)
    start = time.thread_time()
    for line in ("a" * 4096, "a" * 4095 + "!", "a" * 100_000):
        pattern.values(line)
    assert time.thread_time() - start < 1


def test_lines_of_a_pattern_are_read_by_it_alone() -> None:
    own = [compiled("volts", r"^U(?P<volt>\d+)"), compiled("all", r"x:(?P<seen>\d+)")]
    recognizer = Recognizer(own=own)
    data = b"U5\nx:1\ny:2\nU6 x:7\nU!\nx:none\n"
    batch = recognizer.feed(Chunk(0.0, data))
    found = {name: points.values.tolist() for name, points in batch.series.items()}
    assert found == {"volt": [5, 6], "seen": [1], "y": [2]}
    assert dict(batch.kinds) == {"volts": 2, "all": 1, "name: value": 1, "text": 2}
    recognizer.use(own[:1])
    assert list(recognizer.feed(Chunk(1.0, b"x:8\n")).series) == ["x"]


def test_a_preview_can_be_of_the_first_matches_only() -> None:
    (found,) = preview(compiled("digits", r"(?P<digit>\d)"), ["1 2 3 4"], most=2)
    assert found == Preview(0, ((0, 1), (2, 3)), (("digit", 1.0, ""), ("digit", 2.0, "")))
