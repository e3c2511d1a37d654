"""Figures of a part of a series: statistics, histogram, and what cursors read.

Whole blocks are taken from the ring's sums, so a million points cost as little as a thousand.
Means and squares of blocks are merged as Chan, Golub and LeVeque do (The American Statistician
37, 1983), never as a difference of large sums.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.monitor.decimate import library
from studio.monitor.ring import LEVELS, TOP, Floats, View, moments

_MOST = sys.float_info.max
_TINY = 1e-300  # a range whose inverse is still a number


@dataclass(frozen=True)
class Statistics:
    """Figures of ``n`` numbers; those that are no numbers are left out and counted in ``gaps``.

    ``deviation`` is the standard deviation of the numbers themselves (divided by n), ``rate``
    points a second, gaps included: None where they share one time.
    """

    n: int
    low: float
    high: float
    mean: float
    deviation: float
    rms: float
    last: float
    rate: float | None
    gaps: int = 0


@dataclass(frozen=True)
class Histogram:
    """``counts`` [bins] between ``edges`` [bins + 1]; the last bin holds its upper edge."""

    edges: Floats
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Point:
    """A point of a series."""

    time: float
    value: float


@dataclass(frozen=True)
class Delta:
    """From one cursor to another: seconds, difference of values, and that a second, if any."""

    seconds: float
    value: float
    slope: float | None


def statistics(view: View, start: float = -math.inf, end: float = math.inf) -> Statistics | None:
    """Figures of the points from ``start`` to ``end`` seconds; None without a number there."""
    first, last = _places(view, start, end)
    known = min(view.covered, last) // TOP
    block = -(-first // TOP)
    values = view.values
    sums, lows, highs = [], [], []
    ends = [values[first:last]]
    if block < known:
        ends = [values[first : block * TOP], values[known * TOP : last]]
        sums = [view.sums[block:known]]
        extremes = view.level(LEVELS)[block:known]
        lows, highs = [extremes[:, 0]], [extremes[:, 1]]
    for part in ends:
        if len(part):
            sums.append(moments(part[None]))
            lows.append(part)
            highs.append(part)
    if not sums:
        return None
    count, mean, square = _merged(np.concatenate(sums))
    if count == 0:
        return None
    n = last - first
    times = view.times
    seconds = float(times[last - 1] - times[first])
    variance = square / count
    return Statistics(
        n=count,
        low=min(float(np.fmin.reduce(part, initial=np.inf)) for part in lows),
        high=max(float(np.fmax.reduce(part, initial=-np.inf)) for part in highs),
        mean=mean,
        deviation=math.sqrt(variance),
        rms=math.hypot(mean, math.sqrt(variance)),
        last=_last_number(values[first:last]),
        rate=(n - 1) / seconds if seconds > 0 else None,
        gaps=n - count,
    )


def histogram(
    view: View, bins: int, start: float = -math.inf, end: float = math.inf
) -> Histogram | None:
    """Counts of the values from ``start`` to ``end`` seconds, in equal bins over their range.

    None without a number there. Values that are all the same get bins around them.
    """
    found = statistics(view, start, end)
    if found is None:
        return None
    first, last = _places(view, start, end)
    values = view.values[first:last]
    low, high = found.low, found.high
    if not high - low > _TINY:
        half = max(0.5, abs(low) * 2.0**-40)
        low, high = max(-_MOST, low - half), min(_MOST, high + half)
    shrink = 1.0 if math.isfinite(high - low) else 4.0
    if shrink > 1:
        values, low, high = values / shrink, low / shrink, high / shrink
    edges = np.linspace(low, high, bins + 1) * shrink
    scale = bins / (high - low)
    compiled = library()
    if compiled is None:
        return Histogram(edges, _counts(values, low, scale, bins))
    counts = np.zeros(bins, np.int64)
    compiled.histogram(values.ctypes.data, len(values), low, scale, bins, counts.ctypes.data)
    return Histogram(edges, counts)


def nearest(view: View, time: float) -> Point | None:
    """The point whose time is nearest (the newest of equals); None where there is none."""
    times = view.times
    if not len(times):
        return None
    place = int(np.searchsorted(times, time, "right"))
    if place == len(times) or (place > 0 and time - times[place - 1] <= times[place] - time):
        place -= 1
    # Of several at the same time, the last is what the line ends at.
    place = int(np.searchsorted(times, times[place], "right")) - 1
    return Point(float(times[place]), float(view.values[place]))


def between(view: View, start: float, end: float) -> Delta | None:
    """What the points nearest to two cursors differ by; None without points."""
    a, b = nearest(view, start), nearest(view, end)
    if a is None or b is None:
        return None
    seconds, value = b.time - a.time, b.value - a.value
    return Delta(seconds, value, value / seconds if seconds else None)


def _places(view: View, start: float, end: float) -> tuple[int, int]:
    """First place, and the one after the last, of the points from ``start`` to ``end``."""
    first = int(np.searchsorted(view.times, start, "left"))
    return first, max(first, int(np.searchsorted(view.times, end, "right")))


def _merged(sums: Floats) -> tuple[int, float, float]:
    """One count, mean and sum of squared distances from those of parts, [parts, 3]."""
    counts, means, squares = sums.T
    total = float(counts.sum())
    if not total:
        return 0, 0.0, 0.0
    mean = float((means / 2 * (counts / total)).sum()) * 2  # halves do not overflow
    with np.errstate(over="ignore"):
        square = float((squares + counts * np.square(means - mean)).sum())
    return int(total), mean, square


def _last_number(values: Floats) -> float:
    """The newest that is a number; there is one."""
    for stop in range(len(values), 0, -TOP):
        found = np.flatnonzero(~np.isnan(values[max(0, stop - TOP) : stop]))
        if len(found):
            return float(values[max(0, stop - TOP) + found[-1]])
    return math.nan


def _counts(values: Floats, low: float, scale: float, bins: int) -> npt.NDArray[np.int64]:
    """As the compiled code, in numpy."""
    place = np.minimum((values[~np.isnan(values)] - low) * scale, bins - 1.0)
    return np.bincount(place.astype(np.int64), minlength=bins).astype(np.int64)
