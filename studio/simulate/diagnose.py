"""Why a layer's integers differ from its float values, and what to do about it.

Four independent sources add up in a layer computed from float values: the inputs' rounding,
the weights' rounding, the rounding of its results, and saturation. Inputs and saturation are
measured; a rounded result has an error of a twelfth of a step squared; the weights have the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.quantize.qnetwork import ArrayOp, QNetwork, QOp, QTensor
from studio.simulate.errors import Errors, Sums
from studio.simulate.kernels import Int16
from studio.simulate.reference import rescaled

Cause = Literal["inputs", "weights", "rounding", "saturation"]
Real = npt.NDArray[np.float64]

# A layer with a single SNR below this is worth a suggestion; healthy 8-bit layers have 30 dB.
WEAK_DB = 20.0
SATURATED = 0.01
# Channels whose largest weights differ more than this waste three bits of the smaller ones.
OUTLIER = 8.0
FEW_LEVELS = 64
CELL, SMALLEST_GAIN = 127, 256
MANY_CLIPPED = 0.05


@dataclass(frozen=True)
class Facts:
    """What was measured of an operation.

    Its single errors, the fraction of its values at the end of the range, their extremes, and of
    its input's channels the largest peak over the median's, and that channel's number.
    """

    single: Errors | None
    limited: float
    low: int
    high: int
    spread: tuple[float, int] = (1.0, 0)

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

    def add(self, integers: Int16, wanted: Real | None, scale: float) -> None:
        """A batch of inputs (n, W, H, C); ``wanted`` are their float values where known."""
        self.count += integers[..., 0].size
        if wanted is not None:
            self.error += np.sum((integers * scale - wanted) ** 2, axis=(0, 1, 2))
            self.peaks = np.maximum(self.peaks, np.abs(wanted).max(axis=(0, 1, 2)))

    def results(self, integers: Int16) -> None:
        """A batch of results."""
        self.results_count += integers.size
        self.active += int(np.count_nonzero(integers))

    def spread(self) -> tuple[float, int]:
        """The largest channel's peak over the median's, and the largest channel's number."""
        if not np.any(self.peaks):
            return 1.0, 0
        middle = float(np.median(self.peaks[self.peaks > 0]))
        return float(self.peaks.max()) / middle, int(np.argmax(self.peaks))


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


def advice(op: QOp, qnetwork: QNetwork, facts: Facts, parts: Mapping[Cause, float]) -> str:
    """One suggestion for a weak layer, from the largest cause; empty for a sound one."""
    if facts.single is None:
        if facts.limited > SATURATED:
            return (
                f"{_percent(facts.limited)} of its values are at the end of the chip's range:"
                " check with the model's maker whether its gain should be larger."
            )
        return ""
    saturated = facts.single.saturation > SATURATED
    if facts.single.snr >= WEAK_DB and not saturated:
        return ""
    cause = next(iter(parts), None)
    if cause == "saturation" or (saturated and not parts):
        return (
            f"{_percent(facts.single.saturation)} of its values are clipped: calibrate with"
            " --method minmax, or with samples that are more like the data."
        )
    if not isinstance(op, ArrayOp) or cause is None:
        return _of_cpu(facts)
    if cause == "weights":
        return _of_weights(op, rescaled(qnetwork, op.input), facts)
    if cause == "inputs":
        return _of_inputs(rescaled(qnetwork, op.input), facts)
    return _of_rounding(op, facts)


def _of_cpu(facts: Facts) -> str:
    if facts.levels < FEW_LEVELS:
        return (
            f"only {facts.levels} of 127 levels are used: calibrate with --method mse or"
            " percentile, or with samples that are more like the data."
        )
    return "its results need more than 8 bits: look at the layers before it first."


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


def _of_inputs(tensor: str, facts: Facts) -> str:
    ratio, channel = facts.spread
    if ratio > OUTLIER:
        return (
            f"channel {channel} of its input {tensor} is {ratio:.0f} times most others, which"
            f" have {_levels(127 / ratio)} left: use --equalize."
        )
    return (
        f"its input {tensor} comes in steps too coarse for it: calibrate with --method mse or"
        " percentile, or use --equalize."
    )


def _of_weights(op: ArrayOp, tensor: str, facts: Facts) -> str:
    spread, median = channel_spread(op)
    size = np.concatenate(
        [np.abs(matrix.weights.astype(np.int32)).ravel() for matrix in op.matrices]
    )
    gain = min(matrix.gain for matrix in op.matrices)
    clipped = float(np.mean(size >= CELL)) if any(m.store == "analog" for m in op.matrices) else 0.0
    if gain == SMALLEST_GAIN and clipped > MANY_CLIPPED:
        if facts.spread[0] > OUTLIER:
            return f"{_percent(clipped)} of its weights are clipped, because " + _of_inputs(
                tensor, facts
            )
        return (
            f"{_percent(clipped)} of its weights are clipped: with the smallest gain, {gain}, a"
            " cell cannot hold them. Use --equalize, or --mixed to keep them with 16 bits."
        )
    if spread > OUTLIER:
        return (
            f"the weights of one channel are {spread:.0f} times those of most others, which have"
            f" {_levels(median)} left: use --equalize, or --mixed to keep its weights with 16"
            " bits."
        )
    if size.max() < FEW_LEVELS:
        return (
            f"its weights reach only {size.max()} of 127 levels, because a large bias or the"
            " largest gain limits them: use --tune thorough."
        )
    return "8 bits are too few for its weights: use --tune thorough, or --mixed for 16 bits."


def _levels(count: float) -> str:
    return f"only {count:.0f} of 127 levels" if count >= 1.5 else "no level"


def _of_rounding(op: ArrayOp, facts: Facts) -> str:
    tiles = max(len(matrix.tiles) for matrix in op.matrices)
    if tiles > 2 and any(matrix.encoding == "pn" for matrix in op.matrices):
        return f"its {tiles} row tiles are each rounded: --signed shift needs half as many."
    if facts.levels < FEW_LEVELS:
        smallest = min(matrix.gain for matrix in op.matrices)
        peak = max(int(np.abs(matrix.weights.astype(np.int32)).max()) for matrix in op.matrices)
        if smallest == SMALLEST_GAIN and peak > 120:
            return (
                f"only {facts.levels} of 127 levels are used, because its largest weights are at"
                " the limit with the smallest gain, 256: use --tune thorough or --equalize, or"
                " clip those weights in training (weight decay)."
            )
        return (
            f"only {facts.levels} of 127 levels are used: calibrate with --method mse or"
            " percentile."
        )
    if tiles > 1:
        return f"its {tiles} row tiles are each rounded to 8 bits: fewer inputs would need fewer."
    return "8 bits are too few for its results: look at its largest values, or retrain it."


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.3g} %"
