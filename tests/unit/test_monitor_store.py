"""The store: all series in step, bounded, and readable while it is written."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

from studio.monitor import decimate, figures, packets
from studio.monitor.batch import Batch, Points, Sample, Text, Vector
from studio.monitor.board_info import LayerTime
from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import compiled
from studio.monitor.recognize import Recognizer
from studio.monitor.ring import LEAST
from studio.monitor.store import Limits, Store


def points(start, values, unit="") -> Points:
    values = np.asarray(values, np.float64)
    return Points(start + np.arange(len(values)) / 1000, values, unit)


def batch(start=0.0, **series) -> Batch:
    return Batch(series={name: points(start, values) for name, values in series.items()})


def sample(index, label, result, time) -> Sample:
    return Sample(index, label, result, None, 0, None, time)


def start(time) -> Text:
    return Text(time, "start", "uart ok")


def test_what_is_added_is_shown() -> None:
    store = Store()
    layer = LayerTime("conv", 12, 288, 288, 288)
    store.add(Batch(
        lines=3, series={"a b": points(1, [1, 2], "V"), "c": points(1, [3])}, times=(layer,),
        kinds={"csv": 2, "name: value": 1}, errors=1,
        texts=(Text(1.0, "text", "hello"),),
    ))  # fmt: skip
    store.add(Batch(lines=1, series={"a b": points(2, [4])}, kinds={"csv": 1}))
    found = store.snapshot()
    assert list(found.series) == ["a b", "c"]
    assert found.series["a b"].view.values.tolist() == [1, 2, 4]
    assert (found.series["a b"].unit, found.series["c"].unit) == ("V", "")
    assert (found.lines, found.errors, found.times) == (4, 1, (layer,))
    assert found.kinds == {"csv": 3, "name: value": 1}
    store.clear()
    assert not store.snapshot().series and store.snapshot().lines == 0


def test_an_old_snapshot_stays_what_it_was() -> None:
    store = Store(Limits(points=LEAST))
    store.add(batch(0, a=[1, 2, 3]))
    old = store.snapshot()
    for second in range(1, 50):
        store.add(batch(second, a=np.full(900, 7), b=[1]))
    assert list(old.series) == ["a"]
    assert old.series["a"].view.values.tolist() == [1, 2, 3]


def test_names_are_bounded_and_the_rest_is_counted() -> None:
    store = Store(Limits(series=4))
    store.add(batch(0, **{f"n{i}": [1, 2] for i in range(7)}))
    store.add(batch(1, n6=[1], n0=[1]))
    found = store.snapshot()
    assert list(found.series) == ["n0", "n1", "n2", "n3"]
    assert (found.refused.values, found.refused.names) == (7, 3)


def test_noise_makes_room_for_what_comes_later() -> None:
    store = Store(Limits(series=4))
    store.add(batch(0, good=np.arange(20), x1=[1], x2=[1], x3=[1]))
    store.add(batch(5, late=[1]))
    assert "late" not in store.snapshot().series  # noise of a moment ago may be a slow series
    store.add(batch(30, x2=[2], late=[1], later=[2], latest=[3]))
    found = store.snapshot()
    assert set(found.series) == {"good", "x2", "late", "later"}
    assert found.series["x2"].view.values.tolist() == [1, 2]
    assert found.refused.values == 2


def test_all_together_keep_the_limit_of_memory_and_the_longest_gives() -> None:
    limits = Limits(points=100_000, total=200_000)
    store = Store(limits)
    for second in range(60):
        many = {f"s{i}": np.full(2000, second) for i in range(4)}
        store.add(batch(second * 2, slow=[second], **many))
        rings = store._rings.values()
        assert sum(ring.room for ring in rings) <= limits.total
        assert sum(ring.nbytes for ring in rings) <= 18 * limits.total
    found = store.snapshot().series
    assert len(found["slow"].view) == 60
    for i in range(4):
        assert len(found[f"s{i}"].view) >= LEAST / 2
        assert found[f"s{i}"].view.values[-1] == 59


def test_texts_are_taken_from_where_one_was() -> None:
    store = Store(Limits(texts=5))
    store.add(Batch(texts=tuple(Text(i, "text", str(i)) for i in range(3))))
    found, at = store.texts()
    assert [text.text for text in found] == ["0", "1", "2"] and at == 3
    assert store.texts(at) == ([], 3)
    store.add(Batch(texts=tuple(Text(i, "text", str(i)) for i in range(3, 20))))
    found, at = store.texts(at)
    assert [text.text for text in found] == ["15", "16", "17", "18", "19"] and at == 20
    assert [text.text for text in store.texts(18)[0]] == ["18", "19"]


def test_vectors_become_signals_and_maps() -> None:
    store = Store(Limits(vectors=2))
    signal = (1000 * np.sin(np.arange(2000))).astype(np.int16)
    vectors = [Vector("r_mc", 1.0, signal, 16000.0), Vector("r_fb", 1.0, np.arange(40, dtype="u1"))]
    store.add(Batch(vectors=tuple(vectors)))
    store.add(Batch(vectors=(Vector("r_mc", 1.2, signal, 16000.0),)))
    np.testing.assert_array_equal(store.wave("r_mc").view.values, np.tile(signal, 2))
    assert store.spectrogram("r_mc").shape == (14, 257)
    assert store.feature_map("r_fb").tolist() == [list(range(40))]
    assert store.feature_map("r_mc") is None and store.spectrogram("r_fb") is None
    assert store.wave("none") is None
    assert store.snapshot().vectors["r_mc"].time == 1.2
    for i in range(9):
        store.add(Batch(vectors=(Vector(f"v{i}", 2.0, np.zeros(3), None),)))
        store.add(Batch(vectors=(Vector(f"w{i}", 2.0, np.zeros(3), 8000.0),)))
    assert len(store._maps) == len(store._waves) == 2
    assert len(store.snapshot().vectors) == 4


def test_a_greeting_begins_a_run() -> None:
    store = Store()
    store.add(Batch(texts=(start(0.0),)))
    first = [sample(i, 1, 1, 1.0 + i) for i in range(4)]
    store.add(Batch(samples=tuple(first)))
    assert store.figures().accuracy.right == 4
    second = [sample(4, 1, 0, 9.0), sample(0, 2, 2, 10.0), sample(1, 2, 0, 10.0)]
    store.add(Batch(samples=tuple(second), texts=(start(10.0),)))
    found = store.figures()
    assert (found.accuracy.right, found.accuracy.n, found.repeats) == (1, 2, 0)
    assert (store.previous.accuracy.right, store.previous.accuracy.n) == (4, 5)
    assert len(store.accuracy_curve().counts) == 2
    assert store.snapshot().runs == 2


@pytest.mark.parametrize(
    ("indexes", "before"),
    [((8, 9, 0, 1), 2), ((0, 1), 0), ((8, 9), 2), ((0, 0, 1), 1), ((), 0)],
)
def test_a_greeting_among_samples_of_one_moment(indexes, before) -> None:
    """All came in one chunk: times do not tell which were before."""
    store = Store()
    samples = tuple(sample(index, 1, 1, 5.0) for index in indexes)
    store.add(Batch(samples=samples, texts=(start(5.0),)))
    assert store.figures().accuracy.n == len(indexes) - before
    assert (0 if store.previous is None else store.previous.accuracy.n) == before


def test_what_is_expected_serves_all_runs() -> None:
    store = Store()
    store.expect(labels=[3, 3], results=[3, 4])
    for run in range(2):
        store.add(Batch(texts=(start(10.0 * run),)))
        samples = tuple(sample(i, None, 3, 10.0 * run + 1) for i in range(2))
        store.add(Batch(samples=samples))
        assert store.figures().accuracy.right == 2
        assert store.figures().agreement.right == 1
        assert len(store.accuracy_curve(agreement=True).counts) == 2


def test_latency_is_told_for_what_was_sent() -> None:
    store = Store()
    store.sent(0, 1.0)
    store.add(Batch(samples=(sample(0, 1, 1, 1.5),)))
    assert store.figures().latency.median == 0.5


def test_from_bytes_to_figures() -> None:
    """Through the real recognizer, cut anywhere; the same again from the same chunks."""
    random = np.random.default_rng(0)
    text = [b"uart ok\r\n"]
    labels, results = random.integers(0, 3, (2, 500))
    for i in range(500):
        text.append(b"sample:%d,label:%d,result:%d,crc:0\r\n" % (i, labels[i], results[i]))
        text.append(b"temp:%d.5,v=%d\r\n" % (i % 30, i))
    text.append(packets.encode(packets.FBANK, bytes(range(40)), to_board=False))
    data = b"".join(text)
    cuts = [0, *np.sort(random.integers(0, len(data), 99)).tolist(), len(data)]
    chunks = [Chunk(1.7e9 + 0.01 * i, data[slice(*cuts[i : i + 2])]) for i in range(100)]
    stores = []
    for _ in range(2):
        store, recognizer = Store(), Recognizer()
        for chunk in chunks:
            store.add(recognizer.feed(chunk))
        store.add(recognizer.flush())
        stores.append(store)
    found = stores[0].figures()
    matrix = np.zeros((3, 3), int)
    np.add.at(matrix, (labels, results), 1)
    np.testing.assert_array_equal(found.matrix, matrix)
    assert found.accuracy.right == (labels == results).sum() and found.accuracy.n == 500
    shown = stores[0].snapshot()
    assert shown.runs == 1 and shown.errors == 0
    assert shown.series["v"].view.values.tolist() == list(range(500))
    assert shown.series["temp"].view.values[31] == 1.5
    assert stores[0].feature_map(packets.FBANK).tolist() == [list(range(40))]
    again = stores[1].snapshot()
    for name, series in shown.series.items():
        np.testing.assert_array_equal(series.view.times, again.series[name].view.times)
        assert (np.diff(series.view.times) > 0).all()


def test_forgetting_while_another_thread_adds_forgets_all() -> None:
    store = Store()
    stop = threading.Event()
    at = [0]

    def add() -> None:
        while not stop.is_set():
            at[0] += 1
            store.add(batch(at[0], a=[at[0]], b=[at[0]]))

    thread = threading.Thread(target=add)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        thread.start()
        for _ in range(50):
            time.sleep(0.001)
            before = at[0]
            store.clear()
            after = at[0] + 2
            while at[0] < after:
                time.sleep(0)
            series = store.snapshot().series
            assert all(one.view.values[0] >= before for one in series.values())
            ends = {tuple(one.view.values[[0, -1]]) for one in series.values()}
            assert len(ends) <= 1
    finally:
        stop.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert at[0] > 100


def test_readers_never_see_half_a_batch() -> None:
    """One thread adds the same to several series; others check whatever they can see."""
    store = Store(Limits(points=5 * 4096, total=60_000, series=8))
    stop = threading.Event()
    problems: list[str] = []
    looks = [0, 0]

    def look(number: int) -> None:
        while not stop.is_set():
            views = [series.view for series in store.snapshot().series.values()]
            if not views:
                continue
            looks[number] += 1
            ends = {view.gone + len(view) for view in views}
            if len(ends) != 1:
                problems.append(f"ends differ: {ends}")
            for view in views:
                values, end = view.values, view.gone + len(view)
                if not np.array_equal(values, np.arange(view.gone, end)):
                    problems.append("values are torn")
                found = figures.statistics(view)
                if found is not None and (found.low, found.high) != (view.gone, end - 1):
                    problems.append(f"extremes: {found}")
                x, y = decimate.polyline(view, decimate.edges(0, end / 1000, 50))
                if len(x) and (y.min(), y.max()) != (view.gone, end - 1):
                    problems.append("the line is torn")

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=look, args=(number,)) for number in range(2)]
    try:
        for thread in threads:
            thread.start()
        random = np.random.default_rng(0)
        at, end = 0, time.monotonic() + 1.5
        while time.monotonic() < end and not problems:
            size = int(random.integers(1, 900))
            values = np.arange(at, at + size, dtype=np.float64)
            store.add(Batch(series={name: Points(values / 1000, values) for name in "abcd"}))
            at += size
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
    assert not problems
    assert at > 20_000 and min(looks) > 10


def test_it_knows_which_series_came_of_which_form() -> None:
    store = Store(Limits(series=3))
    recognizer = Recognizer(own=[compiled("depths", r"deep (?P<depth>\d+)")])
    said = b"a: 1\nb: 2\nx,y\n1,2\ndeep 3\nsample:0,label:7,result:7,ratio:1.000000\nhello\n"
    for time_ in (1.0, 2.0):
        store.add(recognizer.feed(Chunk(time_, said)))
    assert store.snapshot().names == {
        "name: value": {"a", "b"},
        "csv": {"x", "y"},
        "depths": {"depth"},
    }
    store.add(recognizer.feed(Chunk(3.0, b"c: 1\nd: 1\n")))
    store.add(recognizer.feed(Chunk(4.0, b"e: 1\n")))
    assert store.snapshot().names["name: value"] == {"a", "b", "c", "d"}  # enough
    store.clear()
    assert store.snapshot().names == {}
