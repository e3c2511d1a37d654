"""How far integers are from the real numbers they stand for, added up batch by batch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.simulate.kernels import Int16

Real = npt.NDArray[np.float64]
# What a signal without any error is said to have.
MOST_DB = 150.0


@dataclass(frozen=True)
class Errors:
    """One tensor against its float values.

    ``cosine``: similarity of the two as vectors, 1 where both are zero. ``distance``: the
    Euclidean distance over the float values' length. ``snr``: the same as a ratio of energies in
    dB, at most 150. ``max_error``: the largest absolute error, in real units. ``saturation``: the
    fraction of values that sit at the end of the integers' range while the float value is
    beyond it.
    """

    cosine: float
    distance: float
    snr: float
    max_error: float
    saturation: float


class Sums:
    """What ``Errors`` needs, in memory that does not grow with the samples."""

    def __init__(self) -> None:
        self.count = self.saturated = 0
        self.product = self.wanted = self.found = self.error = self.lost = 0.0
        self.largest = 0.0

    def add(self, wanted: Real, integers: Int16, scale: float, low: int, high: int) -> None:
        """Add a batch: real values, and integers of one step ``scale`` in ``low``..``high``."""
        real = integers * scale
        error = real - wanted
        beyond = ((integers >= high) & (wanted > (high + 0.5) * scale)) | (
            (integers <= low) & (wanted < (low - 0.5) * scale) & (low < 0)
        )
        self.count += error.size
        self.saturated += int(np.count_nonzero(beyond))
        self.product += float(np.vdot(real, wanted))
        self.wanted += float(np.vdot(wanted, wanted))
        self.found += float(np.vdot(real, real))
        self.error += float(np.vdot(error, error))
        self.lost += float(np.sum(error[beyond] ** 2))
        self.largest = max(self.largest, float(np.abs(error).max(initial=0.0)))

    def errors(self) -> Errors:
        """The result so far."""
        lengths = math.sqrt(self.wanted * self.found)
        cosine = self.product / lengths if lengths else float(self.wanted == self.found)
        return Errors(
            cosine=min(1.0, max(-1.0, cosine)),
            distance=math.sqrt(self.error / self.wanted) if self.wanted else float(self.error > 0),
            snr=decibels(self.wanted, self.error),
            max_error=self.largest,
            saturation=self.saturated / max(1, self.count),
        )


def decibels(signal: float, noise: float) -> float:
    """A ratio of energies in dB, within -MOST_DB..MOST_DB."""
    if noise <= 0:
        return MOST_DB
    if signal <= 0:
        return -MOST_DB
    return max(-MOST_DB, min(MOST_DB, 10 * math.log10(signal / noise)))
