"""The newest points of a series, and the line that is drawn of them, against brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from studio.monitor import decimate
from studio.monitor.ring import FACTOR, LEAST, TOP, Ring, moments

SETTINGS = settings(max_examples=60, deadline=None)
EPOCH = 1.7e9


def series(seed: int, n: int, gaps: float = 0.0, same: float = 0.0):
    """Times that never fall, some equal, and values of many sizes, some no numbers."""
    random = np.random.default_rng(seed)
    steps = random.exponential(1e-3, n) * (random.random(n) >= same)
    values = random.normal(size=n) * 10.0 ** random.integers(-3, 6)
    if seed % 2:  # teeth of a saw: extremes lie where blocks and columns begin and end
        values = np.arange(n) % random.integers(2, n + 3) * float(random.choice([-1, 1]))
    values[random.random(n) < 1e-3] *= 1000
    values[random.random(n) < gaps] = np.nan
    if gaps and n > 100:  # and a long gap
        at = int(random.integers(n))
        values[at : at + int(random.integers(n // 4))] = np.nan
    return EPOCH + np.cumsum(steps), values


def filled(times, values, limit=1 << 20, pieces=7) -> Ring:
    ring = Ring(limit)
    for part in np.array_split(np.arange(len(times)), pieces):
        ring.add(times[part], values[part])
    return ring


def brute(times, values, columns):
    """One column after the other, in plain Python; extremes by Python's own min and max."""
    found = []
    last_column = len(columns) - 2
    before = [i for i in range(len(times)) if times[i] < columns[0]]
    if before:
        found.append((times[before[-1]], values[before[-1]]))
    for column in range(last_column + 1):
        start, end = columns[column], columns[column + 1]
        inside = [
            i
            for i in range(*np.searchsorted(times, [start, end + 1]))
            if start <= times[i] < end or (column == last_column and times[i] == end)
        ]
        if len(inside) <= 4:
            found += [(times[i], values[i]) for i in inside]
            continue
        numbers = [values[i] for i in inside if not math.isnan(values[i])] or [math.nan]
        first, last = inside[0], inside[-1]
        middle = times[first] + 0.5 * (times[last] - times[first])
        ends = [min(numbers), max(numbers)]
        if values[last] < values[first]:
            ends.reverse()
        found.append((times[first], values[first]))
        found += [(middle, end) for end in ends]
        found.append((times[last], values[last]))
    after = [i for i in range(len(times)) if times[i] > columns[-1]]
    if after:
        found.append((times[after[0]], values[after[0]]))
    return np.array(found).T


def test_everything_stays_below_the_limit() -> None:
    times, values = series(1, 5000)
    view = filled(times, values).view
    np.testing.assert_array_equal(view.times, times)
    np.testing.assert_array_equal(view.values, values)
    assert (len(view), view.gone, view.begun) == (5000, 0, 0)


@SETTINGS
@given(
    st.integers(0, 2**32),
    st.lists(st.integers(0, 9000), min_size=1, max_size=12),
    st.sampled_from([1, LEAST, 3 * TOP, 5 * TOP]),
)
def test_a_full_ring_holds_the_newest_and_its_blocks_are_right(seed, pieces, limit) -> None:
    times, values = series(seed, sum(pieces), gaps=0.02)
    ring = Ring(limit)
    at = 0
    for size in pieces:
        ring.add(times[at : at + size], values[at : at + size])
        at += size
        view, bound = ring.view, max(LEAST, limit)
        assert min(at, bound - TOP + 1) <= len(view) <= bound
        assert view.gone == at - len(view)
        np.testing.assert_array_equal(view.times, times[view.gone : at])
        np.testing.assert_array_equal(view.values, values[view.gone : at])
        assert ring.room <= max(2 * bound, bound + size)
        covered = view.covered
        assert len(view) - covered < TOP and covered % TOP == 0
        for level in (1, 2, 3):
            blocks = view.values[:covered].reshape(-1, FACTOR**level)
            low, high = np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1)
            np.testing.assert_array_equal(view.level(level), np.stack([low, high], axis=1))
        np.testing.assert_array_equal(view.starts, view.times[:covered:256])
        blocks = view.values[:covered].reshape(-1, TOP)
        np.testing.assert_allclose(view.sums, moments(blocks), rtol=1e-12)


def test_a_view_never_changes() -> None:
    times, values = series(2, 60_000)
    ring = Ring(LEAST)
    held = []
    for at in range(0, 60_000, 1300):
        ring.add(times[at : at + 1300], values[at : at + 1300])
        held.append((ring.view, ring.view.values.copy(), ring.view.times.copy()))
    for view, own_values, own_times in held:
        np.testing.assert_array_equal(view.values, own_values)
        np.testing.assert_array_equal(view.times, own_times)
    with pytest.raises(ValueError, match="read-only"):
        held[0][0].values[0] = 1


def test_what_is_written_shows_only_when_published() -> None:
    ring = Ring()
    ring.write(np.array([1.0]), np.array([5.0]))
    assert len(ring.view) == 0
    ring.publish()
    assert ring.view.values.tolist() == [5.0]


def test_what_is_no_finite_number_is_a_gap() -> None:
    ring = Ring()
    ring.add(np.arange(4.0), np.array([1.0, math.inf, -math.inf, math.nan]))
    assert ring.view.values[0] == 1 and np.isnan(ring.view.values[1:]).all()


def test_time_never_falls_and_a_great_fall_begins_anew() -> None:
    ring = Ring()
    ring.add(np.array([10.0, 10.5, 10.2, 10.6]), np.arange(4.0))
    ring.add(np.array([10.3, 10.7]), np.arange(2.0))
    assert ring.view.times.tolist() == [10, 10.5, 10.5, 10.6, 10.6, 10.7]
    ring.add(np.array([11.0, 3.0, 3.5]), np.array([7.0, 8.0, 9.0]))
    assert ring.view.times.tolist() == [3, 3.5] and ring.view.values.tolist() == [8, 9]
    assert ring.view.begun == 1
    ring.add(np.array([1.0]), np.array([4.0]))
    assert ring.view.times.tolist() == [1] and ring.view.begun == 2


@pytest.mark.parametrize(
    ("times", "values"),
    [([1.0, 2.0], [1.0]), ([math.nan], [1.0]), ([math.inf], [1.0]), ([[1.0]], [[1.0]])],
)
def test_what_are_no_points_is_refused(times, values) -> None:
    with pytest.raises(ValueError, match="no points"):
        Ring().add(np.array(times), np.array(values))


def test_cutting_frees_memory_and_keeps_the_newest() -> None:
    times, values = series(3, 100_000)
    ring = filled(times, values)
    before = ring.nbytes
    ring.cut(20_000)
    ring.publish()
    assert ring.limit == 5 * TOP and ring.nbytes < before / 3
    np.testing.assert_array_equal(ring.view.values, values[-len(ring.view) :])
    assert 4 * TOP < len(ring.view) <= 5 * TOP
    assert ring.view.gone == 100_000 - len(ring.view)


@SETTINGS
@given(
    st.integers(0, 2**32),
    st.integers(1, 30_000),
    st.integers(1, 40),
    st.floats(-0.2, 1.1),
    st.floats(0.0, 1.2),
    st.sampled_from([0.0, 0.01, 0.9]),
    st.sampled_from([0.0, 0.5, 0.999]),
)
def test_a_line_of_few_points_loses_no_peak(seed, n, width, start, span, gaps, same) -> None:
    times, values = series(seed, n, gaps, same)
    view = filled(times, values, LEAST).view
    times, values = view.times, view.values
    whole = times[-1] - times[0] + 1e-3
    columns = decimate.edges(
        times[0] + start * whole, times[0] + (start + span) * whole + 1e-4, width
    )
    x, y = decimate.polyline(view, columns)
    if (times >= columns[0]).sum() - (times > columns[-1]).sum() <= 4 * width:
        inside = np.flatnonzero((times >= columns[0]) & (times <= columns[-1]))
        if len(inside):
            part = slice(max(0, inside[0] - 1), inside[-1] + 2)
            np.testing.assert_array_equal(x, times[part])
            np.testing.assert_array_equal(y, values[part])
        return
    assert len(x) <= 4 * width + 2
    expected = brute(times, values, columns)
    np.testing.assert_array_equal(x, expected[0])
    np.testing.assert_array_equal(y, expected[1])
    plain = decimate._plain(view, columns)
    np.testing.assert_array_equal(plain[0], expected[0])
    np.testing.assert_array_equal(plain[1], expected[1])


@pytest.mark.parametrize("seed", range(4))
def test_blocks_of_all_sizes_are_looked_at_whole(seed) -> None:
    """Thousands of columns of many blocks each: an extreme lies in any of them."""
    times, values = series(2 * seed, 3 * TOP + 2000, gaps=0.01)
    view = filled(times, values).view
    random = np.random.default_rng(seed)
    for _ in range(150):
        start, end = np.sort(random.choice(times, 2, replace=False))
        columns = decimate.edges(start, end, int(random.integers(1, 25)))
        compiled = decimate._compiled(decimate.library(), view, columns)
        plain = decimate._plain(view, columns)
        np.testing.assert_array_equal(np.array(compiled), np.array(plain))


def test_lines_come_from_compiled_code_here() -> None:
    """Else the test above compares numpy with numpy."""
    assert decimate.library() is not None


def test_without_a_compiler_lines_are_the_same(monkeypatch) -> None:
    times, values = series(5, 50_000, gaps=0.01)
    view = filled(times, values).view
    columns = decimate.edges(times[100], times[-100], 333)
    compiled = decimate.polyline(view, columns)
    monkeypatch.setattr(decimate, "library", lambda: None)
    plain = decimate.polyline(view, columns)
    assert len(compiled[0]) > 1000
    np.testing.assert_array_equal(np.array(compiled), np.array(plain))


def test_a_single_peak_of_a_million_shows_wherever_it_is() -> None:
    n = 1 << 20
    times = EPOCH + np.arange(n) / 1000
    ring = Ring()
    ring.add(times, np.zeros(n))
    view = ring.view
    columns = decimate.edges(times[0], times[-1], 700)
    for place in (0, 1, 15, 16, 4095, 4096, 123_456, 777_777, n - 2, n - 1):
        values = np.zeros(n)
        values[place], values[n - 1 - place] = 1, -1
        own = Ring()
        own.add(times, values)
        x, y = decimate.polyline(own.view, columns)
        assert (y.max(), y.min()) == (1, -1)
        column = (times[-1] - times[0]) / 700
        assert abs(x[int(np.argmax(y))] - times[place]) <= column
    assert not decimate.polyline(view, columns)[1].any()


def painted(x, y):
    """Which pixels of 400 x 200 a line of one pixel's width touches."""
    image = Image.new("1", (400, 200))
    ImageDraw.Draw(image).line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=1)
    return np.asarray(image)


def thick(pixels):
    """With all their neighbours."""
    wide = np.pad(pixels, 1)
    return np.any([wide[i : i + 200, k : k + 400] for i in range(3) for k in range(3)], axis=0)


@pytest.mark.parametrize("kind", ["walk", "noise", "sine", "steps"])
def test_a_picture_of_few_points_is_that_of_all(kind) -> None:
    random = np.random.default_rng(1)
    times = np.sort(random.random(30_000)) * 400
    walk = random.normal(size=30_000).cumsum()
    values = {
        "walk": walk,
        "noise": random.normal(size=30_000) ** 3,
        "sine": np.sin(times / 9) * (1 + times / 400),
        "steps": np.round(walk / 40),
    }[kind]
    values = 10 + (values - values.min()) / np.ptp(values) * 180
    x, y = decimate.polyline(filled(times, values).view, decimate.edges(0, 400, 400))
    assert len(x) <= 1602
    few, every = painted(x, y), painted(times, values)
    assert (few & ~thick(every)).sum() <= 3 and (every & ~thick(few)).sum() <= 3


def test_an_empty_ring_draws_nothing() -> None:
    x, y = decimate.polyline(Ring().view, decimate.edges(0, 1, 100))
    assert len(x) == len(y) == 0
