"""From values to heights in the live plot: one scale for all, or a strip for each series."""

from __future__ import annotations

import math
import time

import numpy as np

from studio.monitor.ring import Floats

_MARGIN = 0.06  # of the range, above and below
_ROOMY = 0.6  # a range of which less is used shrinks
_PATIENCE = 1.0  # seconds after which it does
_MOST = 1e300  # values beyond are drawn there: sums of larger ones are no numbers

Span = tuple[float, float]


class Height:
    """The range of values that is shown: grows at once, shrinks after a while.

    So that it does not jump at every frame.
    """

    def __init__(self) -> None:
        self.span: Span | None = None
        self._used = 0.0  # when most of it was used last

    def fit(self, low: float, high: float, now: float | None = None) -> Span:
        """The range to show for values from ``low`` to ``high`` at the time ``now``."""
        now = time.monotonic() if now is None else now
        wanted = _wide(low, high)
        if self.span is None:
            self.span, self._used = wanted, now
            return wanted
        least, most = self.span
        if low < least or high > most:
            self.span = wanted[0] if low < least else least, wanted[1] if high > most else most
            self._used = now
        elif wanted[1] - wanted[0] > _ROOMY * (most - least):
            self._used = now
        elif now - self._used > _PATIENCE:
            self.span, self._used = wanted, now
        return self.span


def _wide(low: float, high: float) -> Span:
    """A range with some room around the values."""
    span = high - low
    if not span > 1e-12 * max(abs(low), abs(high)):
        half = 0.5 * abs(low) or 0.5
        return low - half, high + half
    return low - _MARGIN * span, high + _MARGIN * span


def prepared(values: Floats, logarithmic: bool) -> Floats:
    """Values as they are drawn: bounded, or their decimal logarithm; NaN where there is none."""
    if logarithmic:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.log10(values)
        found[np.isneginf(found)] = np.nan
        return found
    if len(values) and max(abs(np.fmin.reduce(values)), abs(np.fmax.reduce(values))) > _MOST:
        return np.clip(values, -_MOST, _MOST)
    return values


def bounds(values: Floats) -> Span | None:
    """Least and greatest number; None where there is none."""
    if not len(values):
        return None
    low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    return None if math.isnan(low) else (low, high)


def in_lane(values: Floats, span: Span, lane: int) -> Floats:
    """Prepared values of ``span`` in the strip from ``lane`` to ``lane + 1``."""
    low, high = span
    return (values - low) / (high - low) + lane


def strokes(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """A rough line of ``decimate.polyline`` with one stroke a column: up in one, down in the next.

    It covers the same pixels but for one here and there, and is drawn in half the time: in a
    column of first, least, greatest and last value, the way there and back is left out.
    """
    pair = np.flatnonzero(x[1:] == x[:-1])
    pair = pair[(pair > 0) & (pair < len(x) - 2)]
    pair = pair[(x[pair - 1] < x[pair]) & (x[pair + 1] < x[pair + 2])]
    joined = np.diff(pair) == 4  # columns that follow each other
    before, after = pair[:-1][joined] + 2, pair[1:][joined] - 1
    if 8 * len(before) < len(x):
        return x, y
    low, high = np.fmin(y[pair], y[pair + 1]), np.fmax(y[pair], y[pair + 1])
    # The way from one to the next leaves the column half-way.
    half = (y[before] + y[after]) / 2
    for at in (np.flatnonzero(joined), np.flatnonzero(joined) + 1):
        low[at], high[at] = np.fmin(low[at], half), np.fmax(high[at], half)
    up = np.arange(len(pair)) % 2 == 0
    found = y.copy()
    found[pair], found[pair + 1] = np.where(up, low, high), np.where(up, high, low)
    kept = np.ones(len(x), bool)
    kept[before] = kept[after] = False
    kept |= np.isnan(y)  # a gap stays
    return x[kept], found[kept]
