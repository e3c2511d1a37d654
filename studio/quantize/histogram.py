"""A histogram that grows with what it sees, and the ranges it suggests for 8-bit integers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Method = Literal["minmax", "percentile", "mse", "kl"]
METHODS: tuple[Method, ...] = ("minmax", "percentile", "mse", "kl")

Real = npt.NDArray[np.float64]
BINS = 8192
# Ranges tried by "mse", largest first: steps of 4 % down to a sixteenth.
SHRINK = 0.96 ** np.arange(69)
KL_BINS = 2048
KL_STEP = 16
KL_SMOOTH = 1e-4
KL_CLIPPED = 0.01


@dataclass(frozen=True)
class Range:
    """Smallest and largest value to represent."""

    low: float
    high: float


class Histogram:
    """Counts of values, in one pass and in memory that does not grow with them.

    BINS equal bins cover -reach..reach. A value beyond doubles ``reach``, a power of two, as
    often as needed, and each time pairs of bins merge exactly. Exact zeros, which a Relu leaves
    many of, are counted by themselves. ``low`` and ``high`` are exact.
    """

    def __init__(self) -> None:
        self.low, self.high = math.inf, -math.inf
        self.reach = 0.0
        self.zeros = 0
        self.counts = np.zeros(BINS, np.int64)
        self.sums = np.zeros(BINS)

    def extend(self, values: npt.NDArray[np.generic]) -> None:
        """Widen ``low`` and ``high`` only; they turn infinite or NaN with the values."""
        self.low = float(np.minimum(self.low, np.min(values)))
        self.high = float(np.maximum(self.high, np.max(values)))

    def add(self, values: npt.NDArray[np.generic]) -> None:
        """Count finite values; ``extend`` was called for them."""
        flat = np.asarray(values, np.float64).reshape(-1)
        some = flat[flat != 0]
        self.zeros += flat.size - some.size
        if not some.size:
            return
        self._grow(float(np.abs(some).max()))
        scaled = some * (BINS / 2 / self.reach) + BINS / 2
        index = np.minimum(scaled.astype(np.int64), BINS - 1)
        self.counts += np.bincount(index, minlength=BINS)
        self.sums += np.bincount(index, weights=some, minlength=BINS)

    def _grow(self, peak: float) -> None:
        if self.reach == 0:
            self.reach = 2.0 ** math.ceil(math.log2(peak))
        while self.reach < peak:
            self.reach *= 2
            quarter = BINS // 4
            for name in ("counts", "sums"):
                old = getattr(self, name)
                new = np.zeros_like(old)
                new[quarter : 3 * quarter] = old.reshape(-1, 2).sum(axis=1)
                setattr(self, name, new)

    def points(self) -> tuple[Real, Real]:
        """Mean value and count of each bin that holds something, ascending, zeros included."""
        filled = np.flatnonzero(self.counts)
        values, counts = self.sums[filled] / self.counts[filled], self.counts[filled]
        if self.zeros:
            place = int(np.searchsorted(values, 0.0))
            values = np.insert(values, place, 0.0)
            counts = np.insert(counts, place, self.zeros)
        return values, counts.astype(np.float64)

    def suggest(self, method: Method, percentile: float, top: int) -> Range:
        """The range to represent, by ``method``; ``top`` is the largest integer, 127 or 255."""
        if method == "percentile":
            return self._percentile(percentile)
        if method == "mse":
            return self._mse(top)
        if method == "kl":
            return self._kl(top)
        return Range(self.low, self.high)

    def _percentile(self, percentile: float) -> Range:
        """Without the ``100 - percentile`` percent of the values farthest out on each side."""
        values, counts = self.points()
        cut = counts.sum() * (1 - percentile / 100)
        below = np.cumsum(counts)
        first = int(np.searchsorted(below, cut, side="right"))
        last = int(np.searchsorted(below, below[-1] - cut, side="left"))
        half = self.reach / BINS
        return Range(
            max(self.low, float(values[first]) - half if values[first] else 0.0),
            min(self.high, float(values[last]) + half if values[last] else 0.0),
        )

    def _largest(self, top: int) -> float:
        """The scale that represents every value."""
        return max(self.high / top, self.low / -128, 0.0)

    def _clipped(self, scale: float, top: int) -> Range:
        return Range(max(self.low, -128 * scale), min(self.high, top * scale))

    def _mse(self, top: int) -> Range:
        """The range whose integers differ least from the values, in the mean of squares.

        Rounding and clipping are both counted on the bins' mean values.
        """
        largest = self._largest(top)
        if largest == 0:
            return Range(self.low, self.high)
        values, counts = self.points()
        low = -128 if self.low < 0 else 0
        errors = []
        for scale in largest * SHRINK:
            kept = np.clip(np.rint(values / scale), low, top) * scale
            errors.append(float(counts @ (values - kept) ** 2))
        return self._clipped(largest * float(SHRINK[int(np.argmin(errors))]), top)

    def _kl(self, top: int) -> Range:
        """The threshold on absolute values that changes the distribution least.

        After S. Migacz, "8-bit inference with TensorRT" (GTC 2017): P are the bins up to the
        threshold with all beyond added to the last, Q the same bins merged into the integer's
        levels and spread again over the bins that are not empty; the threshold with the least
        Kullback-Leibler divergence of Q from P wins, the larger one of equals. Known pitfalls:
        exact zeros are left out, or a Relu's would outweigh everything; empty bins of Q are
        smoothed; levels share the bins as evenly as their number allows; a threshold that clips
        more than a hundredth of the values is none, however alike a narrow distribution's few
        bins look; and where there are fewer than ten values a level, there is no distribution to
        see, and nothing is clipped.
        """
        levels = top + 1
        values, counts = self.points()
        values, counts = np.abs(values[values != 0]), counts[values != 0]
        peak = max(abs(self.low), abs(self.high))
        if not values.size or counts.sum() < 10 * levels:
            return Range(self.low, self.high)
        index = np.minimum((values * (KL_BINS / peak)).astype(np.int64), KL_BINS - 1)
        whole = np.bincount(index, weights=counts, minlength=KL_BINS).astype(np.float64)
        best, chosen = math.inf, KL_BINS
        above = np.cumsum(whole[::-1])[::-1]
        for stop in range(KL_BINS, levels - 1, -KL_STEP):
            if stop < KL_BINS and above[stop] > KL_CLIPPED * above[0]:
                break
            found = _divergence(whole, stop, levels)
            if found < best - 1e-12:
                best, chosen = found, stop
        return self._clipped(chosen / KL_BINS * peak / top, top)


def _divergence(counts: Real, stop: int, levels: int) -> float:
    """Divergence of the first ``stop`` bins in ``levels`` levels from all, clipped at ``stop``."""
    inside = counts[:stop]
    clipped = inside.copy()
    clipped[-1] += counts[stop:].sum()
    used = clipped > 0
    level = np.arange(stop) * levels // stop
    shares = np.bincount(level, weights=inside) / np.maximum(1, np.bincount(level, weights=used))
    p, q = _smoothed(clipped, used), _smoothed(shares[level] * used, used)
    return float(np.sum(p[used] * np.log(p[used] / q[used])))


def _smoothed(values: Real, used: npt.NDArray[np.bool_]) -> Real:
    """``values`` as probabilities, those that are used at least a little."""
    shares = values / max(float(values.sum()), 1e-300)
    shares = np.where(used, np.maximum(shares, KL_SMOOTH / max(1, int(used.sum()))), 0.0)
    found: Real = shares / shares.sum()
    return found
