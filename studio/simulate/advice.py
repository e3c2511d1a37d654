"""What to do about a weak layer: one suggestion, from its largest cause and what is chosen already.

An option is suggested only where it can help: not one that is in force, not equalization where
no positively homogeneous function leads from one layer to the next, not 16-bit weights for a
layer that has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from studio.graph.network import Network
from studio.quantize import equalize
from studio.quantize.qnetwork import ArrayOp, LutOp, QNetwork, QOp, RecurrentOp
from studio.simulate.diagnose import OUTLIER, Cause, Facts, channel_spread
from studio.simulate.reference import RESCALED, moves

# A layer with a single SNR below this is worth a suggestion; healthy 8-bit layers have 30 dB.
WEAK_DB = 20.0
SATURATED = 0.01
FEW_LEVELS = 64
CELL, SMALLEST_GAIN = 127, 256
MANY_CLIPPED = 0.01
RETRAIN = "train it with smaller weights there (weight decay), or with quantization in the loop"


@dataclass(frozen=True)
class Given:
    """The options a network was quantized with, as far as they are known.

    ``method`` of calibration and ``level`` of tuning are empty where they are not known.
    ``equalized``: equalization was asked for, or a search has tried it. ``mixed``: 16-bit
    weights were allowed.
    """

    method: str = ""
    level: str = ""
    equalized: bool = False
    mixed: bool = False


@dataclass(frozen=True)
class Context:
    """A network, the options in force, and the tensors whose channels equalizing can change."""

    qnetwork: QNetwork
    given: Given = field(default_factory=Given)
    reach: frozenset[str] = frozenset()

    def source(self, tensor: str) -> str:
        """The tensor that another one holds the values of, moved or in other steps; or itself."""
        for op in reversed(self.qnetwork.ops):
            copied = isinstance(op, LutOp) and RESCALED in op.name
            if op.output == tensor and (moves(op) or copied):
                tensor = op.inputs[0]
        return tensor

    def equalizable(self, *tensors: str) -> bool:
        """Whether --equalize would change the channels of one of these tensors."""
        if self.given.equalized:
            return False
        return any(name in self.reach and name not in self.qnetwork.equalized for name in tensors)


def context(qnetwork: QNetwork, network: Network | None, given: Given) -> Context:
    """What advice needs of ``qnetwork`` and the float ``network`` it stands for."""
    pairs = equalize.pairs(network, {}) if network is not None else ()
    return Context(qnetwork, given, frozenset(name for pair in pairs for name in pair.tensors))


def advice(op: QOp, known: Context, facts: Facts, parts: Mapping[Cause, float]) -> str:
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
            f"{_percent(facts.single.saturation)} of its values are clipped:"
            f" {_calibrate(known.given, ('minmax',))}."
        )
    if facts.spread.ratio > OUTLIER and cause != "rounding":
        return _of_channel(op, known, facts, cause)
    if not isinstance(op, ArrayOp) or cause is None:
        return _of_cpu(op, known, facts)
    if cause == "weights":
        return _of_weights(op, known)
    if cause == "inputs":
        return _of_inputs(op, known)
    return _of_rounding(op, known, facts)


def _of_channel(op: QOp, known: Context, facts: Facts, cause: Cause | None) -> str:
    """One channel of the input is far larger than the others."""
    spread, tensor = facts.spread, known.qnetwork.tensors[op.inputs[0]]
    source = known.source(op.inputs[0])
    left = tensor.high / spread.ratio
    levels = f"only {left:.0f} of {tensor.high} levels" if left >= 1.5 else "no level"
    also = f" ({spread.outliers} channels are so large)" if spread.outliers > 1 else ""
    what = f"{spread.ratio:.0f} times most others{also}, which have {levels} left"
    if source in known.qnetwork.inputs:
        return (
            f"channel {spread.channel} of the model's input {source} is {what}: standardize"
            f" {source} outside the model, in training too, so that its features have one range."
        )
    if known.equalizable(op.inputs[0], source):
        return f"channel {spread.channel} of its input {source} is {what}: use --equalize."
    if cause == "weights" and _may_mix(op, known):
        return (
            f"channel {spread.channel} of its input {source} is {what}, and its weights as much"
            " smaller than the others or clipped: use --mixed to keep them with 16 bits."
        )
    return (
        f"channel {spread.channel} of its input {source} is {what}: make that channel smaller in"
        " the layer before, and its weights here as much larger, in training."
    )


def _of_cpu(op: QOp, known: Context, facts: Facts) -> str:
    source = known.source(op.inputs[0])
    if source in known.qnetwork.inputs:
        return (
            f"its results need more than the levels of the model's input {source}: standardize"
            f" {source} outside the model, in training too."
        )
    if isinstance(op, RecurrentOp):
        return f"8 bits are too few for its states or weights: {_remedies(op, known)}."
    if facts.levels < FEW_LEVELS:
        return (
            f"only {facts.levels} of 127 levels are used:"
            f" {_calibrate(known.given, ('mse', 'percentile'))}."
        )
    return "its results need more than 8 bits: look at the layers before it first."


def _of_inputs(op: ArrayOp, known: Context) -> str:
    source = known.source(op.input)
    if source in known.qnetwork.inputs:
        return (
            f"the model's input {source} comes in steps too coarse for it: standardize {source}"
            " outside the model, in training too."
        )
    way = _calibrate(known.given, ("mse", "percentile"))
    if known.equalizable(op.input, source):
        way += ", or use --equalize"
    return f"its input {source} comes in steps too coarse for it: {way}."


def _of_weights(op: ArrayOp, known: Context) -> str:
    if all(matrix.store == "mixed" for matrix in op.matrices):
        return f"even 16 bits are too few for its weights: {RETRAIN}."
    ways = _remedies(op, known, op.input, known.source(op.input), op.output)
    spread, median = channel_spread(op)
    gain = min(matrix.gain for matrix in op.matrices)
    if gain == SMALLEST_GAIN and _clipped(op) > MANY_CLIPPED:
        return (
            f"{_percent(_clipped(op))} of its weights are clipped, because a cell cannot hold them"
            f" with the smallest gain, {gain}: {ways}."
        )
    if spread > OUTLIER:
        left = f"only {median} of 127 levels" if median >= 1 else "no level"
        return (
            f"the weights of one channel are {spread:.0f} times those of most others, which have"
            f" {left} left: {ways}."
        )
    if _peak(op) < FEW_LEVELS:
        return (
            f"its weights reach only {_peak(op)} of 127 levels, because a large bias or the"
            f" largest gain limits them: {ways}."
        )
    return f"8 bits are too few for its weights: {ways}."


def _of_rounding(op: ArrayOp, known: Context, facts: Facts) -> str:
    tiles = max(len(matrix.tiles) for matrix in op.matrices)
    if tiles > 2 and any(matrix.encoding == "pn" for matrix in op.matrices):
        return f"its {tiles} row tiles are each rounded: --signed shift needs half as many."
    if facts.levels < FEW_LEVELS:
        smallest = min(matrix.gain for matrix in op.matrices)
        if smallest == SMALLEST_GAIN and _peak(op) > 120:
            return (
                f"only {facts.levels} of 127 levels are used, because its largest weights are at"
                f" the limit with the smallest gain, {smallest}:"
                f" {_remedies(op, known, op.input, known.source(op.input), op.output)}."
            )
        return (
            f"only {facts.levels} of 127 levels are used:"
            f" {_calibrate(known.given, ('mse', 'percentile'))}."
        )
    if tiles > 1:
        return f"its {tiles} row tiles are each rounded to 8 bits: fewer inputs would need fewer."
    return "8 bits are too few for its results: look at its largest values, or retrain it."


def _remedies(op: QOp, known: Context, *tensors: str) -> str:
    """Options that may help weights whose input or output is one of ``tensors``."""
    ways = ["--equalize"] if known.equalizable(*tensors) else []
    if _may_mix(op, known):
        ways.append("--mixed to keep them with 16 bits")
    if known.given.level != "thorough":
        ways.append("--tune thorough")
    return "use " + ", or ".join(ways) if ways else RETRAIN


def _may_mix(op: QOp, known: Context) -> bool:
    """Whether --mixed was not allowed yet, and the operation has weights of 8 bits."""
    return (
        not known.given.mixed
        and isinstance(op, ArrayOp)
        and any(matrix.store == "analog" for matrix in op.matrices)
    )


def _calibrate(given: Given, methods: tuple[str, ...]) -> str:
    """Other ways to calibrate than the one in force."""
    left = [method for method in methods if method != given.method]
    way = f"with --method {' or '.join(left)}, or " if left else ""
    return f"calibrate {way}with samples that are more like the data"


def _clipped(op: ArrayOp) -> float:
    """The fraction of weights at the limit of a cell."""
    sizes = [
        np.abs(matrix.weights.astype(np.int32)).ravel()
        for matrix in op.matrices
        if matrix.store == "analog"
    ]
    return float(np.mean(np.concatenate(sizes) >= CELL)) if sizes else 0.0


def _peak(op: ArrayOp) -> int:
    return max(int(np.abs(matrix.weights.astype(np.int32)).max()) for matrix in op.matrices)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.3g} %"
