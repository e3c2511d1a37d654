"""Search and filter over the rows of a log, also those that come later."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

import pytest

from studio.base.errors import DataError
from studio.monitor.chunk import Chunk
from studio.monitor.log_search import Finder, Pattern, compiled
from studio.monitor.text_log import TextLog


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.002)


def pattern(text: str, *, regex: bool = False, case: bool = False) -> Pattern:
    return compiled(text, regex=regex, case=case)


def rows_of(finder: Finder) -> list[int]:
    wait_until(lambda: finder.done)
    rows = finder.rows(finder.first, finder.end).tolist()
    return [int(row) for row in rows]


TEXT = "alpha beta\nALPHA\n\ngamma 温度 alpha alpha\r\nomega"


def log_of(text: str) -> TextLog:
    log = TextLog()
    log.add(Chunk(0.0, text.encode()))
    return log


@pytest.mark.parametrize(
    ("text", "regex", "case", "rows"),
    [
        ("alpha", False, False, [0, 1, 3, 3]),
        ("alpha", False, True, [0, 3, 3]),
        ("a.p", False, False, []),
        ("a.p", True, False, [0, 1, 3, 3]),
        ("^alpha", True, False, [0, 1]),
        ("alpha$", True, False, [1, 3]),
        ("温度", False, False, [3]),
        (r"[^\d]+", True, False, [0, 1, 3, 4]),
        ("(?:x|a)*", True, True, [0, 0, 0, 3, 3, 3, 3, 3, 3, 4]),
        (r"\n", True, False, []),
    ],
)
def test_matches(text: str, regex: bool, case: bool, rows: list[int]) -> None:
    finder = Finder(log_of(TEXT), pattern(text, regex=regex, case=case), "utf-8")
    lines = TEXT.replace("\r\n", "\n").split("\n")
    if regex and "n" not in text:
        code = re.compile(text, 0 if case else re.IGNORECASE)
        expected = [n for n, line in enumerate(lines) for found in code.finditer(line) if found[0]]
        assert expected == rows
    assert rows_of(finder) == rows
    finder.close()


def test_a_filter_has_each_row_once_also_empty_ones() -> None:
    log = log_of(TEXT + "\n")
    finder = Finder(log, pattern("alpha"), "utf-8", whole_rows=True)
    assert rows_of(finder) == [0, 1, 3]
    finder.close()
    finder = Finder(log, pattern("^$", regex=True), "utf-8", whole_rows=True)
    assert rows_of(finder) == [2]
    finder.close()
    finder = Finder(log, pattern("x*", regex=True), "utf-8", whole_rows=True)
    assert rows_of(finder) == [0, 1, 2, 3, 4]
    finder.close()


def test_within_a_filter() -> None:
    finder = Finder(log_of(TEXT), pattern("alpha"), "utf-8", within=pattern("beta|温", regex=True))
    assert rows_of(finder) == [0, 3, 3]
    finder.close()


def test_new_rows_are_found_and_a_growing_one_again() -> None:
    log = TextLog()
    finder = Finder(log, pattern("go"), "utf-8")
    log.add(Chunk(0.0, b"go\nno\nlog"))
    finder.poke()
    assert rows_of(finder) == [0]
    log.add(Chunk(1.0, b"o: go"))
    finder.poke()
    wait_until(lambda: finder.end == 3)
    assert rows_of(finder) == [0, 2, 2]
    log.add(Chunk(2.0, b"\nnone\n"))
    finder.poke()
    assert rows_of(finder) == [0, 2, 2]
    log.add(Chunk(3.0, b"go\n" * 5000))
    finder.poke()
    assert rows_of(finder) == [0, 2, 2, *range(4, 5004)]
    finder.close()


def test_entries_of_rows_that_are_gone_go_and_numbers_stay() -> None:
    log = TextLog(rows=1000)
    finder = Finder(log, pattern("7"), "utf-8", whole_rows=True)
    for start in range(0, 10_000, 100):
        text = "".join(f"n{number}\n" for number in range(start, start + 100))
        log.add(Chunk(start * 1.0, text.encode()))
        finder.poke()
        wait_until(lambda: finder.done)
        first = finder.first
        assert [int(row) for row in finder.rows(first, 1)] >= [log.first]
    kept = [number for number in range(log.first, 10_000) if "7" in str(number)]
    assert finder.rows(finder.first, 10**6).tolist() == kept
    every = [number for number in range(10_000) if "7" in str(number)]
    assert finder.end == len(every)
    assert every[finder.first] == kept[0]
    assert finder.at(kept[3]) == finder.first + 3
    assert finder.at(kept[3] + 1) == finder.first + 4
    finder.close()


def test_frozen_entries_stay() -> None:
    log = log_of("a\nb\na\n")
    finder = Finder(log, pattern("a"), "utf-8")
    assert rows_of(finder) == [0, 2]
    still = finder.frozen()
    log.add(Chunk(1.0, b"a\n"))
    finder.poke()
    wait_until(lambda: finder.end == 3)
    assert still.rows(0, 9).tolist() == [0, 2]
    assert still.end == 2
    finder.close()


def test_another_log_with_the_same_numbers_goes_on() -> None:
    log = log_of("a\n")
    finder = Finder(log, pattern("a"), "utf-8")
    assert rows_of(finder) == [0]
    still = log.frozen()
    finder.poke(still)
    log.add(Chunk(1.0, b"a\n"))
    wait_until(lambda: finder.done)
    assert rows_of(finder) == [0]
    finder.poke(log)
    assert rows_of(finder) == [0, 1]
    finder.close()


def test_colours_and_older_text_are_not_searched() -> None:
    log = log_of("\x1b[31mER\x1b[0mROR 31m\nold\rnew\n")
    for text, rows in (("error", [0]), ("31m", [0]), ("old", []), ("new", [1])):
        finder = Finder(log, pattern(text), "utf-8")
        assert rows_of(finder) == rows, text
        finder.close()


@pytest.mark.parametrize(
    "text", ["(", "a)|(b", "[", "(?=x)", r"(a)\1", "x{1001}", "y" * 1001, "\ud800"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        pattern(text, regex=True)


def test_spans_are_characters_and_bounded() -> None:
    assert pattern("度").spans("温度 温度") == [(1, 2), (4, 5)]
    assert pattern("a").spans("a" * 4096, 10) == [(n, n + 1) for n in range(10)]
    assert pattern("a*", regex=True).spans("baab") == [(1, 3)]


def test_no_pattern_hangs() -> None:
    log = log_of(("a" * 4000 + "\n") * 50)
    start = time.monotonic()
    finder = Finder(log, pattern("(a+)+$|(a|aa)*b", regex=True), "utf-8")
    assert rows_of(finder) == list(range(50))
    finder.close()
    assert time.monotonic() - start < 30.0
