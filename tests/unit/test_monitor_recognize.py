"""Every form of line and packet becomes values without set-up, however it arrives."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import DataError
from studio.monitor import result
from studio.monitor import scan as scanning
from studio.monitor.board_info import LayerTime
from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import OwnPattern, compiled
from studio.monitor.packets import encode
from studio.monitor.recognize import Batch, Recognizer, Sample, Text
from studio.monitor.scan import PythonScanner

NOW = 1_760_000_000.0


def read(data: bytes | str, **options: object) -> Batch:
    raw = data.encode() if isinstance(data, str) else data
    return Recognizer(**options).feed(Chunk(NOW, raw))  # type: ignore[arg-type]


def values(batch: Batch) -> dict[str, list[float]]:
    return {name: points.values.tolist() for name, points in batch.series.items()}


def units(batch: Batch) -> dict[str, str]:
    return {name: points.unit for name, points in batch.series.items() if points.unit}


def summed(batches: Sequence[Batch]) -> tuple[object, ...]:
    """What several batches hold, times and all."""
    series: dict[str, list[tuple[float, float]]] = {}
    found: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    for batch in batches:
        kinds.update(batch.kinds)
        for name, points in batch.series.items():
            pairs = zip(points.times.tolist(), points.values.tolist(), strict=True)
            series.setdefault(name, []).extend(pairs)
            found[name] = points.unit or found.get(name, "")
    vectors = [
        (v.name, v.time, v.values.tolist(), str(v.values.dtype), v.rate)
        for batch in batches
        for v in batch.vectors
    ]
    rest = [[item for b in batches for item in getattr(b, f)] for f in ("samples", "times")]
    texts = sorted((text.time, text.level, text.text) for batch in batches for text in batch.texts)
    counts = (sum(batch.lines for batch in batches), sum(batch.errors for batch in batches))
    return series, found, dict(kinds), vectors, rest, texts, counts


@pytest.mark.parametrize(
    ("line", "kind", "found", "unit"),
    [
        ("temp: 21.5", "name: value", {"temp": 21.5}, ""),
        ("rate: 7.5 samples/s", "name: value", {"rate": 7.5}, "samples/s"),
        ("load:50%", "name: value", {"load": 50}, "%"),
        ("温度:21", "name: value", {"温度": 21}, ""),
        ("layer 3: 5", "name: value", {"layer 3": 5}, ""),
        ("\x1b[0;32mI (123) wifi: rssi: -5 dBm\x1b[0m", "name: value", {"rssi": -5}, "dBm"),
        ("x=.5", "name=value", {"x": 0.5}, ""),
        ("x = .5; y = 1.", "name=value", {"x": 0.5, "y": 1}, ""),
        ("a:1,b:-2.5,c:+3e2", "name:value,name2:value2", {"a": 1, "b": -2.5, "c": 300}, ""),
        ("T: 23.5°C H: 40°C", "name:value,name2:value2", {"T": 23.5, "H": 40}, "°C"),
        (">temp:21.5", "teleplot", {"temp": 21.5}, ""),
        (">temp:21.5:V", "teleplot", {"temp": 21.5}, "V"),
        (">temp:21.5§V|np", "teleplot", {"temp": 21.5}, "V"),
        (">temp:1627551892437:21.5|g", "teleplot", {"temp": 21.5}, ""),
        ("5", "numbers", {"value": 5}, ""),
        ("1 2.5 -3", "numbers", {"column 1": 1, "column 2": 2.5, "column 3": -3}, ""),
        ("1,2.5", "csv", {"column 1": 1, "column 2": 2.5}, ""),
        ("1;nan;3;", "csv", {"column 1": 1, "column 3": 3}, ""),
        ('{"temp": 21.5, "hum":40}', "json", {"temp": 21.5, "hum": 40}, ""),
        ("image num:100 ", "image num", {"image num": 100}, ""),
        ("correct ratio:0.970000", "correct ratio", {"correct ratio": 0.97}, ""),
        ("net_output:0.973210", "net_output", {"net_output": 0.97321}, ""),
        ("NAME: 123 us", "NAME: 123 us", {"NAME": 123}, "us"),
        ("big:123456789012345678901", "name: value", {"big": 123456789012345678901.0}, ""),
        ("pc=0x1234", "text", {}, ""),
        ("12:34:56 started", "text", {}, ""),
        ("version:1.2.3", "text", {}, ""),
        ("out:-3 5 7", "text", {}, ""),
        ("a:", "text", {}, ""),
        ("it goes 5 times", "text", {}, ""),
        ("crc:1e999999", "name: value", {}, ""),
        ("\x01temp:5", "noise", {}, ""),
        ("uart ok", "uart ok", {}, ""),
        ("error: no NPU", "error", {}, ""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_forms(line: str, kind: str, found: dict[str, float], unit: str, end: str) -> None:
    batch = read((line + end) * 3)
    assert values(batch) == {name: [value] * 3 for name, value in found.items()}
    assert dict(batch.kinds) == {kind: 3}
    assert batch.lines == 3
    assert units(batch) == (dict.fromkeys(found, unit) if unit else {})
    assert not any(points.values.flags.writeable for points in batch.series.values())


def test_several_points_of_teleplot_in_a_line() -> None:
    assert values(read(">a:1:10;2:20;3:30§V\n>b:1;2\n")) == {"a": [10, 20, 30], "b": [1, 2]}


def test_a_header_names_the_rows_below_it() -> None:
    data = "1,2\ntime,adc1\r\n\r\n3,4\n5,6\nhello, world\nsome text\n7,8\na,b\n9,10\n1,2,3\n"
    found = read(data)
    assert values(found) == {
        "column 1": [1, 1],
        "column 2": [2, 2],
        "column 3": [3],
        "time": [3, 5, 7],
        "adc1": [4, 6, 8],
        "a": [9],
        "b": [10],
    }
    assert found.kinds["csv header"] == 2
    assert found.kinds["csv"] == 6


def test_a_header_lets_rows_hold_text_and_miss_fields() -> None:
    rows = "when,state,volt,\n10:22:01,OK,5.1,\n10:22:02,LOW,4.2,\n10:22:03,OK,,\n"
    assert values(read(rows)) == {"volt": [5.1, 4.2]}
    assert values(read("10:22:01,OK,5.1\n")) == {}
    assert values(read("a;b;c\n1;;3\n;2;\n")) == {"a": [1], "b": [2], "c": [3]}


def test_samples_and_times_of_layers() -> None:
    lines = (
        "sample:0,label:7,result:7,ratio:1.000000,crc:1a2b3c4d,out:-3 5 7\r\n"
        "sample:1,label:2,result:7,ratio:0.500000,crc:12345678\r\n"
        "sample:2,crc:zz\r\n"
        "conv 1: 123 us (2952 cycles, 2900 to 3010)\r\n"
        "done\r\n"
    )
    batch = read(lines)
    assert [(s.index, s.crc, s.outputs, s.ratio) for s in batch.samples] == [
        (0, 0x1A2B3C4D, (-3, 5, 7), 1.0),
        (1, 0x12345678, None, 0.5),
    ]
    assert all(isinstance(s, Sample) and isinstance(s, result.Sample) for s in batch.samples)
    assert NOW <= batch.samples[0].time < batch.samples[1].time < NOW + 1
    assert values(batch) == {"ratio": [1, 0.5]}
    assert batch.times == (LayerTime("conv 1", 123, 2952, 2900, 3010),)
    assert batch.errors == 1
    assert dict(batch.kinds) == {"sample": 2, "garbled sample": 1, "layer time": 1, "done": 1}
    assert [text.level for text in batch.texts] == ["done"]


def test_a_layer_may_have_a_long_name() -> None:
    line = f"/a, b/{'conv' * 20}/1: 123 us (2952 cycles, 2900 to 3010)\n"
    assert [(t.name[:5], t.most) for t in read(line).times] == [("/a, b", 3010)]


def test_packets_among_lines() -> None:
    good = encode("nnet", b"\x01\xff\r\n", False)
    data = (
        b"x:1\r\nhalf:2"
        + good
        + encode("r_mc", np.array([1, -2], "<i2").tobytes(), False)
        + encode("fbnk", b"\xff\x00", False)
        + encode("log_", np.array([0.5], "<f4").tobytes(), False)
        + encode("cmd_", b"id=3 word=7 score=0.5", False)
        + good[:-1]
        + b"\x55\r\nx:5\r\n"
        + encode("bye_", b"", False)
    )
    batch = read(data)
    found = [(v.name, v.values.tolist(), v.values.dtype, v.rate) for v in batch.vectors]
    assert found == [
        ("nnet", [1, -1, 13, 10], np.int8, None),
        ("r_mc", [1, -2], np.int16, 16000),
        ("fbnk", [255, 0], np.uint8, None),
        ("log_", [0.5], np.float32, None),
    ]
    assert values(batch) == {"x": [1, 5], "half": [2], "id": [3], "word": [7], "score": [0.5]}
    assert batch.errors == 1
    assert batch.kinds["packet nnet"] == 1
    assert batch.kinds["packet bye_"] == 1
    command = next(text for text in batch.texts if text.level == "command")
    assert command.text == "id=3 word=7 score=0.5"
    order = [batch.series["x"].times[0], batch.series["half"].times[0]]
    order += [vector.time for vector in batch.vectors] + [command.time, batch.series["x"].times[1]]
    assert order == sorted(set(order))


def test_packets_the_host_sent_are_shown_too() -> None:
    data = b"\xcc\xcc" + encode("r_fb", b"\x01\xff") + encode("r_mc", b"\x00\x80") + b"x:1\n"
    recognizer = Recognizer()
    batches = [recognizer.feed(Chunk(NOW, data[at : at + 5], "out")) for at in range(0, 60, 5)]
    found = [(v.name, v.values.tolist()) for batch in batches for v in batch.vectors]
    assert found == [("r_fb", [1, 255]), ("r_mc", [-32768])]
    assert not any(batch.series or batch.lines or batch.errors for batch in batches)


def test_a_packet_that_never_ends_is_given_up_after_a_second() -> None:
    recognizer = Recognizer()
    begin = b"nnet\x00\x40\x00\x00abc\r\nx:1\r\n"
    assert recognizer.feed(Chunk(NOW, begin)).lines == 0
    assert recognizer.feed(Chunk(NOW + 0.9, b"x:2\r\n")).lines == 0
    later = recognizer.feed(Chunk(NOW + 2.0, b""))
    assert values(later) == {"x": [1, 2]}
    assert values(recognizer.feed(Chunk(NOW + 2.1, b"x:3\r\n"))) == {"x": [3]}


def test_gbk_and_what_no_encoding_knows() -> None:
    assert values(read("温度:21\r\n通道:5\r\n".encode("gbk"), encoding="gbk")) == {
        "温度": [21],
        "通道": [5],
    }
    assert values(read(b"\xff\xfe:5\nx\xff:6\nok:7\n")) == {"ok": [7]}
    assert values(read(b"ok:7\xff\n")) == {"ok": [7]}
    assert units(read(b"ok:7\xff\n")) == {}
    for name in ("utf-16", "no such thing", "hex", "utf-8\n"):
        with pytest.raises(DataError) as caught:
            Recognizer(name)
        assert "gbk" in caught.value.hint


def test_ready_bytes_are_no_part_of_a_line() -> None:
    batch = read(b"\xcd\xcdx:1\r\n\xcd\xcd\r\n")
    assert values(batch) == {"x": [1]}
    assert batch.kinds["ready"] == 1


def test_times_are_spread_over_a_chunk_and_always_grow() -> None:
    recognizer = Recognizer()
    feed = [
        recognizer.feed(Chunk(NOW + at, b"x:1\n" * 4)).series["x"].times for at in (0, 0.02, 10, 10)
    ]
    assert feed[0][0] == pytest.approx(NOW, abs=1e-5)
    assert (feed[1] - NOW).tolist() == pytest.approx([0.005, 0.01, 0.015, 0.02], abs=1e-5)
    assert feed[2][0] > NOW + 9.9  # the silence before is no time in which it was printed
    assert feed[2][-1] == pytest.approx(NOW + 10, abs=1e-5)
    assert (np.diff(np.concatenate(feed)) > 0).all()


def test_texts_only_where_asked_for() -> None:
    data = "uart ok\nhello\nx:1\na,b\nerror: bad\n1.2.3\n" + "z" * 5000 + "\ndone\n"
    levels = [text.level for text in read(data).texts]
    assert levels == ["start", "error", "done"]
    batch = read(data, texts=True)
    assert [text.text[:12] for text in batch.texts] == [
        *("uart ok", "hello", "a,b", "error: bad", "1.2.3", "z" * 12, "done")
    ]
    assert max(len(text.text) for text in batch.texts) == 4096
    assert batch.kinds["long line"] == 1


def test_a_note_ends_the_line_and_sent_bytes_change_nothing() -> None:
    recognizer = Recognizer()
    recognizer.feed(Chunk(NOW, b"x:1\nx:2"))
    assert recognizer.feed(Chunk(NOW, b"y:9\n", "out")) == Batch()
    assert values(recognizer.feed(Chunk(NOW, b"5\n"))) == {"x": [25]}
    recognizer.feed(Chunk(NOW, b"x:2"))
    note = recognizer.feed(Chunk(NOW, "lost 温".encode(), "note"))
    assert note.texts == (Text(NOW, "note", "lost 温"),)
    assert values(recognizer.feed(Chunk(NOW, b"x:3\nx:4"))) == {"x": [3]}
    assert values(recognizer.flush()) == {"x": [4]}
    assert recognizer.flush().lines == 0


def test_a_megabyte_without_an_end_keeps_little() -> None:
    recognizer = Recognizer()
    for _ in range(256):
        assert recognizer.feed(Chunk(NOW, b"x" * 4096)).lines == 0
    assert len(recognizer._rest) <= 4097
    batch = recognizer.feed(Chunk(NOW, b":5\nx:6\n"))
    assert values(batch) == {"x": [6]}
    assert batch.lines == 2


PIECES = st.one_of(
    st.sampled_from(
        [
            b"a:1,b:2\r\n",
            b"a:3,b:4\n",
            b"x,y\n",
            b"1,2\r\n",
            b"1.5;2\n",
            b">t:5:V\n",
            b"> a:1;2\r",
            b"sample:0,label:7,result:7,ratio:1.0,crc:1a2b3c4d,out:-3 5 7\r\n",
            b"l: 12 us (30 cycles)\r\n",
            b"uart ok\r\n",
            b"done\r\n",
            b"error: x\n",
            b"\r\n",
            b"\r",
            b"\n",
            b"\xcd",
            b"text, more\n",
            b"\x1b[31mx: 1\x1b[0m\n",
            "温度: 5 °C\n".encode(),
            b"nnet",
            b"z" * 4200,
            b"9.99999999999999999e-5,",
            encode("nnet", b"\r\n\x01", False),
            encode("cmd_", b"id=1 word=2", False),
            encode("r_fb", b"abc", False)[:-1] + b"\x09",
        ]
    ),
    st.binary(max_size=12),
    st.text("0123456789.:,=ab \n", max_size=20).map(str.encode),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, max_size=30).map(b"".join),
    st.lists(st.integers(0, 2000), max_size=12),
    st.sampled_from([(), (compiled("own", r"(?P<name>[a-z]):(?P<value>\d)|(?P<y>9\.9+)"),)]),
    st.sampled_from(["utf-8", "gbk"]),
)
def test_cut_anywhere_the_batches_are_the_same(
    data: bytes, cuts: list[int], own: tuple[OwnPattern, ...], encoding: str
) -> None:
    """And the same as line by line in Python."""
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    whole = Recognizer(encoding, own, texts=True)
    expected = summed([whole.feed(Chunk(NOW, data)), whole.flush()])
    for scanner in (scanning.scanner(), PythonScanner()):
        recognizer = Recognizer(encoding, own, texts=True, scan_with=scanner)
        batches = [recognizer.feed(Chunk(NOW, data[a:b])) for a, b in itertools.pairwise(edges)]
        assert summed([*batches, recognizer.flush()]) == expected


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["utf-8", "gbk", "ascii"]))
def test_noise_never_raises(data: bytes, encoding: str) -> None:
    own = [compiled("own", r"(?P<name>\S+) (?P<value>\d+)|(?P<x>.)")]
    recognizer = Recognizer(encoding, own, texts=True)
    recognizer.feed(Chunk(NOW, data))
    recognizer.flush()


@pytest.mark.parametrize(("more", "size"), [("", 2000), (" " + "long" * 300, 500)])
def test_ever_new_forms_are_forgotten_again(more: str, size: int) -> None:
    """Names that never come twice must not fill the memory, and lose no value."""
    recognizer = Recognizer()
    count = 0
    for chunk in range(12):
        lines = "".join(f"n{chunk}_{i}x:{i}{more}\n" for i in range(size))
        batch = recognizer.feed(Chunk(NOW + chunk, lines.encode()))
        count += sum(len(points.values) for points in batch.series.values())
    assert count == 12 * size
    assert len(recognizer._lines._shapes) < 19_000
    assert recognizer._lines._size < 1 << 22


def test_hard_lines_hold_nothing_up() -> None:
    """Lines as long as they may be, that make expressions go back and forth."""
    forms = ("a ", "a:", "a: ", "1,", "a=1", "(1 ", "a_", ">a:1;", "1 us (", ": 1 us (")
    lines = [(form * 4096)[:4090] for form in forms]
    lines += [
        "a " * 30 + " " * 4000 + ":1",
        "sample:" + "1" * 4000,
        ">" + "a:1" * 1300,
        "error:" * 600,
    ]
    start = time.thread_time()
    batch = read("\n".join([*lines, ""]))
    assert batch.lines == len(lines)
    assert time.thread_time() - start < 2


def test_lines_of_one_form_come_fast() -> None:
    """Twice what is asked for; this thread's own time, so that a busy machine passes too."""
    data = b"temp:21.53,hum:40\r\n" * 3000
    recognizer = Recognizer()
    best = min(_seconds(recognizer, data) for _ in range(5))
    assert 3000 / best > 400_000


def _seconds(recognizer: Recognizer, data: bytes) -> float:
    start = time.thread_time()
    assert recognizer.feed(Chunk(NOW, data)).lines == 3000
    return time.thread_time() - start


def test_new_series_come_in_the_order_of_their_numbers() -> None:
    line = ",".join(f"ch{place}:{place}" for place in (10, 2, 1)).encode() + b"\r\n"
    batch = Recognizer().feed(Chunk(NOW, line))
    assert list(batch.series) == ["ch1", "ch2", "ch10"]
