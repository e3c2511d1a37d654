"""What a tile of the dashboard says: the range of a gauge, and whether a lamp is good or bad."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from studio.monitor.accuracy import Share
from studio.monitor.figures import Statistics, nearest, statistics
from studio.monitor.ring import View

Lamp = Literal["good", "bad", "unknown"]
Show = Literal["number", "gauge", "lamp", "accuracy"]


@dataclass(frozen=True)
class Gauge:
    """The ends of a gauge's scale."""

    low: float
    high: float

    def part(self, value: float) -> float:
        """Where ``value`` stands, from 0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True)
class Threshold:
    """What is ``good``, and what is ``bad``, at and beyond; in between a lamp stays as it was.

    The greater of the two says which way is good; the same twice: at least that is good.
    """

    good: float
    bad: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.good) and math.isfinite(self.bad)):
            raise ValueError("a threshold is a finite number")


@dataclass(frozen=True)
class Tile:
    """What the user put on the dashboard: the newest value of ``series``, and how to show it.

    "accuracy" shows that of the samples instead, and is good from its threshold's ``good`` on.
    """

    series: str
    show: Show = "number"
    threshold: Threshold | None = None
    stale: float = math.inf  # seconds after which a value says nothing any more
    title: str = ""  # instead of the series' name


@dataclass(frozen=True)
class Reading:
    """What a tile shows: a value and its age in seconds, if any, its scale, and its lamp."""

    value: float | None = None
    age: float | None = None
    gauge: Gauge | None = None
    lamp: Lamp = "unknown"


def reading(tile: Tile, view: View | None, now: float, before: Reading) -> Reading:
    """What ``tile`` shows at ``now`` (the newest Chunk's time), after ``before``.

    ``view`` is its series', None where it has not come.
    """
    found = None if view is None else statistics(view)
    if view is None or found is None:
        return Reading(gauge=before.gauge)
    newest = nearest(view, math.inf)
    assert newest is not None
    age = max(0.0, now - newest.time)
    shown = (
        "unknown"
        if tile.threshold is None
        else lamp(found.last, tile.threshold, before.lamp, age=age, stale=tile.stale)
    )
    return Reading(found.last, age, learned(before.gauge, found), shown)


def learned(gauge: Gauge | None, figures: Statistics | None) -> Gauge | None:
    """``gauge``, wide enough for what came: round ends, which never come closer again.

    Shares (all from 0 to 1) get 0 to 1. None while nothing came.
    """
    if figures is None:
        return gauge
    low, high = figures.low, figures.high
    if gauge is not None:
        if gauge.low <= low and high <= gauge.high:
            return gauge
        low, high = min(low, gauge.low), max(high, gauge.high)
    if low >= 0 and high <= 1:
        return Gauge(0.0, 1.0)
    if 0 < low <= high / 2:
        low = 0.0  # a scale that begins near nothing begins there
    step = _round_step(high / 4 - low / 4 or abs(high) / 4 or 1.0)
    # Rounding must not leave out what came.
    low, high = min(low, math.floor(low / step) * step), max(high, math.ceil(high / step) * step)
    return Gauge(low, high if high > low else low + step)


def lamp(
    value: float | None,
    threshold: Threshold,
    before: Lamp = "unknown",
    *,
    age: float = 0.0,
    stale: float = math.inf,
) -> Lamp:
    """What a lamp shows for ``value``; "unknown" without one, or ``stale`` seconds after it."""
    if value is None or math.isnan(value) or age > stale:
        return "unknown"
    good, bad = threshold.good, threshold.bad
    if good >= bad:
        return "good" if value >= good else "bad" if value <= bad or good == bad else before
    return "good" if value <= good else "bad" if value >= bad else before


def reached(share: Share, threshold: float) -> Lamp:
    """Whether a share is surely at or above ``threshold``, surely below, or not known yet."""
    if share.n == 0:
        return "unknown"
    if share.low >= threshold:
        return "good"
    return "bad" if share.high < threshold else "unknown"


def _round_step(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= step * (1 - 1e-9))
