"""Why a layer's integers differ from its float values; what to do about it is advice.py's.

Four independent sources add up in a layer computed from float values: the inputs' rounding,
the weights' rounding, the rounding of its results, and saturation. Inputs and saturation are
measured; a rounded result has an error of a twelfth of a step squared; the weights have the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.quantize.qnetwork import ArrayOp, QNetwork, QTensor
from studio.simulate.errors import Errors, Sums
from studio.simulate.kernels import Int16

Cause = Literal["inputs", "weights", "rounding", "saturation"]
Real = npt.NDArray[np.float64]

# Channels whose largest values differ more than this cost the smaller ones three bits.
OUTLIER = 8.0


@dataclass(frozen=True)
class Spread:
    """A tensor's channels: the largest peak over the median's, and that channel's number.

    ``outliers`` are channels beyond OUTLIER times the median.
    """

    ratio: float = 1.0
    channel: int = 0
    outliers: int = 0


@dataclass(frozen=True)
class Facts:
    """What was measured of an operation.

    Its single errors, the fraction of its values at the end of the range, their extremes, and how
    its first input's channels compare.
    """

    single: Errors | None
    limited: float
    low: int
    high: int
    spread: Spread = field(default_factory=Spread)

    @property
    def levels(self) -> int:
        """The largest absolute integer it reached."""
        return max(abs(self.low), abs(self.high))


class InputSums:
    """What a layer gets: by channel, its largest value and its squared rounding error."""

    def __init__(self, channels: int) -> None:
        self.count = self.results_count = self.active = 0
        self.error = np.zeros(channels)
        self.peaks = np.zeros(channels)

    def add(self, integers: Int16, wanted: Real, scale: float) -> None:
        """A batch of inputs (n, W, H, C); ``wanted`` are their float values."""
        self.count += integers[..., 0].size
        self.error += np.sum((integers * scale - wanted) ** 2, axis=(0, 1, 2))
        self.peaks = np.maximum(self.peaks, np.abs(wanted).max(axis=(0, 1, 2)))

    def results(self, integers: Int16) -> None:
        """A batch of results."""
        self.results_count += integers.size
        self.active += int(np.count_nonzero(integers))

    def spread(self) -> Spread:
        """How the channels compare; those that are always zero do not count."""
        if not np.any(self.peaks):
            return Spread()
        ratios = self.peaks / float(np.median(self.peaks[self.peaks > 0]))
        worst = int(np.argmax(ratios))
        return Spread(float(ratios[worst]), worst, int(np.count_nonzero(ratios > OUTLIER)))


def shares(op: ArrayOp, qnetwork: QNetwork, single: Sums, inputs: InputSums) -> dict[Cause, float]:
    """The part each cause has in a layer's squared error, adding up to 1; empty without error."""
    if not single.error or not single.count:
        return {}
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    active = inputs.active / max(1, inputs.results_count)
    total = single.error / single.count
    tiles = max(len(matrix.tiles) for matrix in op.matrices)
    saturation = min(total, single.lost / single.count)
    parts: dict[Cause, float] = {
        "inputs": _through(op, inputs.error / max(1, inputs.count), source, target) * active,
        "rounding": target.scale**2 / 12 * tiles * active,
    }
    known, left = sum(parts.values()), total - saturation
    if known > left:
        parts = {cause: part * left / known for cause, part in parts.items()}
    parts["saturation"] = saturation
    parts["weights"] = max(0.0, total - sum(parts.values()))
    return {cause: part / total for cause, part in sorted(parts.items(), key=lambda i: -i[1])}


def _through(op: ArrayOp, error: Real, source: QTensor, target: QTensor) -> float:
    """Mean squared error of the results from those of the input's channels, by the weights."""
    total, columns, first = 0.0, 0, 0
    for matrix in op.matrices:
        channels = len(error) // len(op.matrices)
        real = matrix.weights * (target.scale / (matrix.gain * source.scale))
        energy = np.sum(real**2, axis=1).reshape(-1, channels).sum(axis=0)
        total += float(energy @ error[first : first + channels])
        columns += matrix.columns
        first += channels
    return total / columns


def channel_spread(op: ArrayOp) -> tuple[float, int]:
    """Largest over median peak weight, of output or input channels, and the median itself."""
    worst, median = 1.0, 127
    for matrix in op.matrices:
        size = np.abs(matrix.weights.astype(np.int32))
        for axis in (0, 1):
            peaks = size.max(axis=axis)
            middle = float(np.median(peaks[peaks > 0])) if np.any(peaks > 0) else 1.0
            # Weights that all rounded to zero are the worst case of a small channel.
            if np.mean(peaks == 0) > 0.5:
                middle = 0.5
            spread = float(peaks.max()) / middle
            if spread > worst:
                worst, median = spread, int(middle)
    return worst, median
