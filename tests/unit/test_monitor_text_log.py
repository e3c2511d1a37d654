"""Rows, blocks and hex lines of what a line said, against a plain model of splitting."""

from __future__ import annotations

import random

import pytest

from studio.monitor.chunk import Chunk, Kind
from studio.monitor.text_log import LINE, TextLog
from studio.monitor.turns import WIDTH

Said = list[tuple[Kind, bytes]]


def model(said: Said) -> list[tuple[Kind, bytes]]:
    """The rows of chunks, the slow way."""
    lines: list[tuple[Kind, bytes]] = []
    grows = False
    for kind, data in said:
        if kind == "note":
            lines.append((kind, data))
            grows = False
            continue
        for place, part in enumerate(data.split(b"\n")):
            last = place == data.count(b"\n")
            if last and not part:
                grows = grows and not place
                break
            if place == 0 and grows and lines[-1][0] == kind:
                lines[-1] = (kind, lines[-1][1] + part)
            else:
                lines.append((kind, part))
            grows = last
    rows: list[tuple[Kind, bytes]] = []
    for kind, data in lines:
        step = len(data) + 1 if kind == "note" else LINE
        rows += [(kind, data[at : at + step]) for at in range(0, max(1, len(data)), step)]
    return rows


def hex_model(said: Said) -> list[tuple[Kind, int, bytes]]:
    """The lines of a hex dump, the slow way."""
    runs: list[tuple[Kind, bytes]] = []
    for kind, data in said:
        if runs and runs[-1][0] == kind != "note":
            runs[-1] = (kind, runs[-1][1] + data)
        elif data or kind == "note":
            runs.append((kind, data))
    counts: dict[Kind, int] = {"in": 0, "out": 0, "note": 0}
    found = []
    for kind, data in runs:
        step = max(1, len(data)) if kind == "note" else WIDTH
        for at in range(0, max(1, len(data)), step):
            found.append((kind, counts[kind] + at, data[at : at + step]))
        counts[kind] += len(data)
    return found


def random_said(choose: random.Random) -> Said:
    said: Said = []
    for _ in range(choose.randint(1, 12)):
        kind: Kind = choose.choice(["in", "in", "in", "out", "note"])
        if kind == "note":
            said.append((kind, choose.choice([b"", b"opened", b"two\nlines"])))
            continue
        data = bytes(choose.choice(b"ab\n") for _ in range(choose.choice([0, 1, 3, 10, 40])))
        if choose.random() < 0.1:
            data += b"z" * choose.choice([LINE - 1, LINE, LINE + 1, 2 * LINE, 9000])
        said.append((kind, data))
    return said


def filled(said: Said, **limits: int) -> TextLog:
    log = TextLog(**limits)
    for number, (kind, data) in enumerate(said):
        log.add(Chunk(float(number), data, kind))
    return log


@pytest.mark.parametrize("seed", range(60))
def test_rows_are_those_of_plain_splitting(seed: int) -> None:
    said = random_said(random.Random(seed))
    log = filled(said)
    expected = model(said)
    rows = log.rows(0, 10**6)
    assert [(row.kind, row.data) for row in rows] == expected
    assert [row.number for row in rows] == list(range(log.end))
    middle = random.Random(seed).randint(0, len(expected))
    assert [(row.kind, row.data) for row in log.rows(middle, 2)] == expected[middle : middle + 2]
    assert log.lines == sum(data.count(b"\n") for kind, data in said if kind == "in")
    assert log.count("out") == sum(len(data) for kind, data in said if kind == "out")


@pytest.mark.parametrize("seed", range(60))
def test_hex_lines_are_those_of_plain_cutting(seed: int) -> None:
    said = random_said(random.Random(1000 + seed))
    log = filled(said)
    expected = hex_model(said)
    assert log.hex_range == (0, len(expected))
    rows = log.hex_rows(0, 10**6)
    assert [(row.kind, row.offset, row.data) for row in rows] == expected
    for row in rows[::7]:
        assert log.hex_rows(row.number, 1) == [row]


def test_a_row_and_a_hex_line_find_each_other() -> None:
    log = filled([("in", b"one\n" * 10), ("out", b"send\n"), ("note", b"x"), ("in", b"two\n")])
    assert log.hex_line(0) == 0
    assert log.hex_line(5) == 1  # the 20th byte
    assert log.hex_rows(log.hex_line(10), 1)[0].data == b"send\n"
    assert log.hex_rows(log.hex_line(12), 1)[0].data == b"two\n"
    assert log.row_of(0) == 0
    assert log.row_of(1) == 4  # byte 16 begins the fifth row
    assert log.row_of(log.hex_line(10)) == 10
    assert log.row_of(10**6) == log.end
    assert log.hex_line(10**6) == log.hex_range[1]


def test_text_leaves_as_lines() -> None:
    long = b"x" * (2 * LINE + 5)
    log = filled([("in", b"begun"), ("out", b"sent"), ("in", b"went on\n" + long + b"\nend")])
    assert log.lines_of(0, 99) == b"begun\nsent\nwent on\n" + long + b"\nend\n"
    assert log.lines_of(2, 1) == b"went on\n"
    assert log.lines_of(3, 1) == long[:LINE]  # goes on in the next row
    assert log.lines_of(5, 1) == b"xxxxx\n"
    assert log.lines_of(99, 1) == b""


def test_bytes_leave_as_they_came_without_notes() -> None:
    log = filled([("in", b"a\r\n\x00b"), ("note", b"lost"), ("out", b"c\n"), ("in", b"d")])
    assert log.bytes_of(0, 99) == b"a\r\n\x00bc\nd"
    assert log.bytes_of(1, 2) == b"\x00b"


def test_the_oldest_go_and_numbers_stay() -> None:
    log = TextLog(size=1 << 16, rows=1000)
    lines = [b"line %d" % number for number in range(20_000)]
    for at in range(0, len(lines), 50):
        log.add(Chunk(at * 0.01, b"\n".join(lines[at : at + 50]) + b"\n"))
        rows = log.rows(log.first, 10**6)
        assert rows[0].data == lines[rows[0].number]
        assert rows[-1].data == lines[at + 49]
        assert len(rows) <= 1125
    assert log.end == 20_000
    assert log.first >= 18_875
    assert log.began == 0
    assert log.rows(0, 10) == []
    first, end = log.hex_range
    dump = b"".join(row.data for row in log.hex_rows(first, end - first))
    text = b"\n".join(lines) + b"\n"
    assert text.endswith(dump)
    assert log.hex_rows(first, 1)[0].offset == len(text) - len(dump)


def test_bytes_are_bounded_too() -> None:
    log = TextLog(size=1 << 16, rows=1 << 20)
    for number in range(400):
        log.add(Chunk(float(number), b"y" * 999 + b"\n"))
    kept = sum(len(row.data) + 1 for row in log.rows(0, 10**6))
    assert (1 << 16) - 1000 <= kept <= (1 << 16) * 9 // 8


def test_many_small_chunks_are_bounded_though_they_make_no_rows() -> None:
    log = TextLog(size=1 << 20, rows=1000)
    for number in range(5000):
        log.add(Chunk(float(number), b"z"))
    assert len(log.blocks(0)) <= 1126
    assert log.rows(log.end - 1, 1)[0].data.endswith(b"z")


def test_an_open_row_grows_and_is_not_whole() -> None:
    log = filled([("in", b"done\nlog")])
    assert (log.whole, log.end) == (1, 2)
    log.add(Chunk(5.0, b"in: "))
    assert log.rows(1, 1)[0].data == b"login: "
    assert log.rows(1, 1)[0].time == 0.0  # that of its first byte
    log.add(Chunk(6.0, b"\n"))
    assert (log.whole, log.end) == (2, 2)


def test_frozen_stays_as_it_is() -> None:
    log = filled([("in", b"one\ntw")], size=1 << 12, rows=100)
    still = log.frozen()
    log.add(Chunk(2.0, b"o\n" + b"more\n" * 3000))
    assert log.first > 2
    assert [row.data for row in still.rows(0, 9)] == [b"one", b"tw"]
    assert (still.first, still.end, still.whole) == (0, 2, 1)
    assert still.hex_rows(0, 9)[0].data == b"one\ntw"
    assert still.lines == 1


def test_frozen_rows_stay_while_thousands_come_and_go() -> None:
    log = TextLog(rows=1000)

    def add(first: int, end: int) -> None:
        for at in range(first, end, 10):
            data = b"".join(b"row %d\n" % number for number in range(at, at + 10))
            log.add(Chunk(float(at), data))

    add(0, 3000)
    still = log.frozen()
    before = still.rows(still.first, 10**6)
    assert before[-1].data == b"row 2999"
    add(3000, 12_000)
    assert still.rows(still.first, 10**6) == before
    rows = log.rows(log.first, 10**6)
    assert [row.data for row in rows] == [b"row %d" % row.number for row in rows]
    assert rows[-1].number == 11_999


def test_clear_goes_on_counting() -> None:
    log = filled([("in", b"one\ntwo\n")])
    log.clear()
    assert (log.first, log.end, log.began, log.size, log.lines) == (2, 2, 2, 0, 0)
    log.add(Chunk(1.0, b"three\n"))
    assert [(row.number, row.data) for row in log.rows(0, 9)] == [(2, b"three")]
    assert log.hex_range == (0, 1)
