"""Statistics, histograms and cursors of a part of a series."""

from __future__ import annotations

import math
import statistics as exact
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.monitor import figures
from studio.monitor.ring import Ring
from tests.unit.test_monitor_ring import filled, series

SETTINGS = settings(max_examples=60, deadline=None)


@SETTINGS
@given(
    st.integers(0, 2**32),
    st.integers(1, 30_000),
    st.floats(-0.1, 1.0),
    st.floats(0.0, 1.2),
    st.sampled_from([0.0, 0.02, 1.0]),
)
def test_figures_of_a_range_are_those_of_its_points(seed, n, start, span, gaps) -> None:
    times, values = series(seed, n, gaps)
    view = filled(times, values).view
    whole = times[-1] - times[0] + 1e-6
    a, b = times[0] + start * whole, times[0] + (start + span) * whole
    inside = (times >= a) & (times <= b)
    own = values[inside]
    numbers = own[~np.isnan(own)]
    found = figures.statistics(view, a, b)
    if not len(numbers):
        assert found is None
        assert figures.histogram(view, 10, a, b) is None
        return
    assert (found.n, found.gaps) == (len(numbers), len(own) - len(numbers))
    assert (found.low, found.high) == (numbers.min(), numbers.max())
    assert found.last == numbers[-1]
    scale = np.abs(numbers).max()
    assert found.mean == pytest.approx(numbers.mean(), abs=1e-12 * scale)
    assert found.deviation == pytest.approx(numbers.std(), rel=1e-9, abs=1e-12 * scale)
    assert found.rms == pytest.approx(math.sqrt(np.mean(numbers**2)), rel=1e-9)
    seconds = times[inside][-1] - times[inside][0]
    assert found.rate == (pytest.approx((len(own) - 1) / seconds) if seconds else None)

    bars = figures.histogram(view, 37, a, b)
    assert bars.counts.sum() == len(numbers) and len(bars.edges) == 38
    expected, edges = np.histogram(numbers, 37, (bars.edges[0], bars.edges[-1]))
    np.testing.assert_allclose(bars.edges, edges)
    # numpy puts what lies on an edge, but for rounding, into the other bin now and then.
    assert np.abs(np.cumsum(bars.counts) - np.cumsum(expected)).max() <= 2


def test_small_changes_of_great_numbers_keep_their_deviation() -> None:
    """The square of the mean is 10**24 times the variance: sums of squares would give nonsense."""
    random = np.random.default_rng(0)
    values = 1e9 + random.normal(size=50_000) * 1e-3
    found = figures.statistics(filled(np.arange(50_000.0), values).view)
    numbers = [Fraction(value) for value in values.tolist()]
    assert found.deviation == pytest.approx(float(exact.pvariance(numbers)) ** 0.5, rel=1e-6)
    naive = np.mean(values**2) - np.mean(values) ** 2
    assert naive < 0 or abs(naive**0.5 - found.deviation) > found.deviation


@pytest.mark.parametrize("n", [5, 5000])
def test_the_largest_numbers_do_not_overflow(n) -> None:
    most = np.finfo(float).max
    view = filled(np.arange(float(n)), np.full(n, most)).view
    found = figures.statistics(view)
    assert found.mean == pytest.approx(most) and found.deviation == 0
    assert figures.histogram(view, 4).counts.sum() == n
    view = filled(np.arange(2.0 * n), np.tile([most, -most], n)).view
    found = figures.statistics(view)
    assert found.mean == 0 and found.deviation == math.inf
    bars = figures.histogram(view, 4)
    assert bars is not None and bars.counts.sum() == 2 * n


@pytest.mark.parametrize("value", [0.0, 5.0, -1e300, 1e-320])
def test_equal_values_have_a_histogram(value) -> None:
    view = filled(np.arange(100.0), np.full(100, value)).view
    bars = figures.histogram(view, 5)
    assert bars.counts.sum() == 100 and (np.diff(bars.edges) >= 0).all()
    assert bars.edges[0] <= value <= bars.edges[-1]


def test_histograms_without_a_compiler_are_the_same(monkeypatch) -> None:
    times, values = series(9, 40_000, gaps=0.01)
    view = filled(times, values).view
    compiled = figures.histogram(view, 101)
    monkeypatch.setattr(figures, "library", lambda: None)
    plain = figures.histogram(view, 101)
    np.testing.assert_array_equal(compiled.counts, plain.counts)
    assert compiled.counts.max() > 0


def test_a_cursor_reads_the_nearest_point() -> None:
    ring = Ring()
    assert figures.nearest(ring.view, 0) is None
    ring.add(np.array([1.0, 2.0, 2.0, 4.0]), np.array([10.0, 20.0, 21.0, 40.0]))
    for time, value in ((-5, 10), (1.4, 10), (1.6, 21), (2, 21), (2.9, 21), (3.1, 40), (99, 40)):
        assert figures.nearest(ring.view, time).value == value
    assert figures.nearest(ring.view, 3.0).time == 2  # as far from both: the earlier


def test_two_cursors_tell_difference_and_slope() -> None:
    ring = Ring()
    assert figures.between(ring.view, 0, 1) is None
    ring.add(np.array([0.0, 2.0, 4.0]), np.array([1.0, 5.0, 0.0]))
    assert figures.between(ring.view, 0.1, 2.2) == figures.Delta(2.0, 4.0, 2.0)
    assert figures.between(ring.view, 4, 2) == figures.Delta(-2.0, 5.0, -2.5)
    assert figures.between(ring.view, 2, 2.1) == figures.Delta(0.0, 0.0, None)
