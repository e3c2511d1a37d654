"""Accuracy while samples arrive, and what tiles make of it."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.monitor import accuracy, verdict
from studio.monitor.accuracy import Running, SampleTally, share, wilson
from studio.monitor.figures import Statistics
from studio.monitor.result import Sample
from studio.monitor.ring import Ring


def sample(index, result, label=None, crc=0) -> Sample:
    return Sample(index, label, result, None, crc, None)


def tallied(pairs, **expected) -> SampleTally:
    tally = SampleTally(**expected)
    for index, (label, result) in enumerate(pairs):
        tally.add(sample(index, result, label), float(index))
    return tally


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_bands_are_the_published_ones(right, n, low, high) -> None:
    found = share(right, n)
    assert found.low == pytest.approx(low, abs=6e-5)
    assert found.high == pytest.approx(high, abs=6e-5)
    assert found.value == right / n
    mirrored = share(n - right, n)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((found.low, found.high))


def test_bands_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    for p in (0.5, 0.9, 0.97):
        right = random.binomial(360, p, 4000)
        low, high = wilson(right, 360.0)
        assert 0.93 < np.mean((low <= p) & (p <= high)) < 0.97


def test_of_nothing_everything_is_possible() -> None:
    found = share(0, 0)
    assert (found.low, found.high) == (0, 1) and math.isnan(found.value)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=80), st.integers(1, 90))
def test_every_figure_is_that_of_the_samples(pairs, newest) -> None:
    found = tallied(pairs).figures(newest)
    right = [label == result for label, result in pairs]
    assert (found.accuracy.right, found.accuracy.n) == (sum(right), len(pairs))
    assert (found.newest.right, found.newest.n) == (sum(right[-newest:]), len(right[-newest:]))
    size = max((max(pair) for pair in pairs), default=-1) + 1
    matrix = np.zeros((size, size), int)
    for pair in pairs:
        matrix[pair] += 1
    np.testing.assert_array_equal(found.matrix, matrix)
    for label, of in enumerate(found.classes):
        own = [result == label for truth, result in pairs if truth == label]
        assert (of.right, of.n) == (sum(own), len(own))


def test_a_sample_that_comes_again_counts_once_with_its_last_word() -> None:
    tally = tallied([(1, 1), (2, 0), (0, 0)])
    tally.add(sample(1, 2, 2), 9.0)
    tally.add(sample(0, 1, 1), 9.1)
    found = tally.figures()
    assert (found.samples, found.repeats) == (3, 2)
    assert (found.accuracy.right, found.accuracy.n) == (3, 3)
    assert found.matrix.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    tally.add(sample(2, None), 9.2)  # and now says nothing
    found = tally.figures()
    assert (found.accuracy.right, found.accuracy.n) == (2, 2)
    assert found.matrix.sum() == 2


def test_without_labels_agreement_with_the_simulation_is_told() -> None:
    tally = SampleTally(results=[3, 4, 5], crcs=[7, 8, 9])
    for index, (result, crc) in enumerate([(3, 7), (4, 0), (0, 9), (6, 6)]):
        tally.add(sample(index, result, crc=crc), float(index))
    found = tally.figures()
    assert found.accuracy.n == 0 and len(found.matrix) == 0
    assert (found.agreement.right, found.agreement.n) == (2, 3)
    assert (found.exact.right, found.exact.n) == (2, 3)


def test_labels_of_a_dataset_serve_where_lines_have_none() -> None:
    tally = SampleTally(labels=np.array([1, 0], np.uint8))
    for index in range(3):
        tally.add(sample(index, 1), float(index))
    assert (tally.figures().accuracy.right, tally.figures().accuracy.n) == (1, 2)


def test_a_label_of_minus_one_is_none() -> None:
    tally = SampleTally(labels=np.array([-1, 2, -1]))
    for index, result in enumerate((1, 2, 0)):
        tally.add(sample(index, result), float(index))
    figures = tally.figures()
    assert (figures.accuracy.right, figures.accuracy.n, figures.samples) == (1, 1, 3)
    assert figures.matrix.sum() == 1


def test_each_class_has_its_interval() -> None:
    figures = tallied([(0, 0), (0, 1), (2, 2)]).figures()
    assert figures.classes == (share(1, 2), share(0, 0), share(1, 1))


def test_noise_in_numbers_takes_no_memory() -> None:
    tally = SampleTally()
    tally.add(sample(999_999_999, 999_999_999, 999_999_999), 0.0)
    tally.add(sample(0, 300, 1), 1.0)
    found = tally.figures()
    assert found.outside == 2 and len(found.matrix) == 0
    assert (found.accuracy.right, found.accuracy.n) == (1, 2)
    assert tally._told.nbytes < 1 << 16


def test_a_long_run_keeps_a_short_exact_curve() -> None:
    random = np.random.default_rng(1)
    right = random.random(30_000) < 0.9
    running = Running()
    for index, mark in enumerate(right.tolist()):
        running.add(mark, float(index))
    curve = running.curve()
    assert 1500 < len(curve.counts) < 4096
    sums = np.cumsum(right)
    np.testing.assert_array_equal(curve.values, sums[curve.counts - 1] / curve.counts)
    np.testing.assert_array_equal(curve.times, curve.counts - 1)
    assert len(set(np.diff(curve.counts))) == 1
    assert (curve.low <= curve.values).all() and (curve.values <= curve.high).all()
    width = curve.high - curve.low
    assert width[-1] < width[0] / 10


def test_an_empty_run_has_an_empty_curve() -> None:
    assert len(Running().curve().values) == 0


def test_speed_and_latency() -> None:
    tally = SampleTally()
    assert tally.figures().speed.rate is None
    for index in range(101):
        tally.sent(index, index / 50 - 0.004)
        tally.add(sample(index, 1), index / 50)
    found = tally.figures()
    assert found.speed.rate == pytest.approx(50)
    assert found.speed.median == pytest.approx(0.02)
    assert found.latency.percentile95 == pytest.approx(0.004)
    assert math.isnan(tallied([(1, 1)]).figures().latency.median)


def test_a_pause_before_does_not_make_it_slow() -> None:
    tally = SampleTally()
    times = [*np.arange(0, 1, 0.1), *np.arange(1000, 1015, 0.01)]
    for index, time in enumerate(times):
        tally.add(sample(index, 1), float(time))
    found = tally.figures()
    assert found.speed.rate == pytest.approx(100) and found.time == times[-1]
    slow = SampleTally()
    for index in range(30):
        slow.add(sample(index, 1), 20.0 * index)
    assert slow.figures().speed.rate == pytest.approx(1 / 20)


def test_what_is_never_answered_is_forgotten() -> None:
    tally = SampleTally()
    for index in range(3 * accuracy.NEWEST):
        tally.sent(index, 0.0)
    assert len(tally._sent) <= accuracy.NEWEST


# -- tiles


def statistics(low, high) -> Statistics:
    return Statistics(10, low, high, (low + high) / 2, 1, 1, high, None)


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [(0.2, 0.97, (0, 1)), (0, 0, (0, 1)), (12, 87, (0, 100)), (-3, 7, (-5, 10)),
     (1000, 1010, (1000, 1010)), (5, 5, (4, 6)), (-1e308, 1e308, (-1e308, 1e308)),
     (3.3, 3.3004, (3.3, 3.3004))],
)  # fmt: skip
def test_gauges_learn_round_ends(low, high, ends) -> None:
    gauge = verdict.learned(None, statistics(low, high))
    assert (gauge.low, gauge.high) == pytest.approx(ends, rel=1e-3)
    assert gauge.low <= low and high <= gauge.high


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=8))
def test_gauges_only_grow_and_hold_what_came(values) -> None:
    gauge = None
    for value in values:
        wider = verdict.learned(gauge, statistics(value, value))
        assert wider.low < wider.high
        assert gauge is None or (wider.low <= gauge.low and gauge.high <= wider.high)
        assert 0 <= wider.part(value) <= 1
        gauge = wider
    for value in values:
        tolerance = (gauge.high - gauge.low) * 1e-9
        assert gauge.low - tolerance <= value <= gauge.high + tolerance
    assert verdict.learned(gauge, None) is gauge


def test_lamps() -> None:
    high = verdict.Threshold(good=0.95, bad=0.9)
    assert verdict.lamp(0.95, high) == "good"
    assert verdict.lamp(0.9, high) == "bad"
    assert verdict.lamp(0.93, high) == "unknown"
    assert verdict.lamp(0.93, high, "good") == "good"
    low = verdict.Threshold(good=20, bad=30)
    assert [verdict.lamp(value, low) for value in (20, 25, 30)] == ["good", "unknown", "bad"]
    same = verdict.Threshold(good=5, bad=5)
    assert [verdict.lamp(value, same) for value in (5, 4.9)] == ["good", "bad"]
    assert verdict.lamp(None, high, "good") == "unknown"
    assert verdict.lamp(math.nan, high, "good") == "unknown"
    assert verdict.lamp(1.0, high, age=5, stale=3) == "unknown"
    with pytest.raises(ValueError, match="finite"):
        verdict.Threshold(math.nan, 1)


def test_a_tile_reads_its_series() -> None:
    tile = verdict.Tile("t", "lamp", verdict.Threshold(good=20, bad=30), stale=5)
    ring = Ring()
    nothing = verdict.reading(tile, None, 0.0, verdict.Reading())
    assert nothing == verdict.reading(tile, ring.view, 0.0, verdict.Reading()) == verdict.Reading()
    ring.add(np.array([1.0, 2.0]), np.array([60.0, 25.0]))
    first = verdict.reading(tile, ring.view, 3.0, verdict.Reading())
    assert first == verdict.Reading(25.0, 1.0, verdict.Gauge(0.0, 60.0), "unknown")
    ring.add(np.array([4.0, 5.0, 6.0]), np.array([10.0, 25.0, np.nan]))
    good = verdict.reading(tile, ring.view, 6.0, verdict.Reading(lamp="good"))
    assert (good.value, good.age, good.lamp) == (25.0, 0.0, "good")
    assert verdict.reading(tile, ring.view, 12.0, good).lamp == "unknown"
    plain = verdict.reading(verdict.Tile("t"), ring.view, 12.0, first)
    assert (plain.lamp, plain.gauge) == ("unknown", first.gauge)


def test_a_verdict_waits_until_it_is_sure() -> None:
    assert verdict.reached(share(10, 10), 0.9) == "unknown"
    assert verdict.reached(share(100, 100), 0.9) == "good"
    assert verdict.reached(share(5, 10), 0.9) == "bad"
    assert verdict.reached(share(0, 0), 0.0) == "unknown"


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_what_half_and_most_stay_below(seconds: list[float]) -> None:
    found = accuracy._speed(np.array(seconds), None)
    assert [found.median, found.percentile95] == pytest.approx(np.quantile(seconds, [0.5, 0.95]))


def test_figures_import_nothing_slow() -> None:
    """The window asks for them between two frames."""
    code = (
        "import sys; from studio.monitor.accuracy import SampleTally;"
        "from studio.monitor.result import Sample;"
        "tally = SampleTally([1, 2]);"
        "[tally.add(Sample(i, None, 1, None, 0, None), float(i)) for i in range(2)];"
        "before = set(sys.modules); tally.figures(); print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.strip() == "[]"
