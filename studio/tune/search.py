"""Coordinate descent over what quantizing may choose, by the error of the network's outputs.

Each trial quantizes with one choice changed (cheap: the ranges are known), simulates a few
calibration samples, and is kept if the outputs come closer to the float model's. Layers that
are weakest by themselves come first; steps get smaller from round to round; the number of
trials is fixed beforehand, so the same input gives the same result on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from studio.base.errors import StudioError
from studio.base.job import Job
from studio.quantize import stage as quantizer
from studio.quantize.choices import Choices
from studio.quantize.classes import PASS_THROUGH
from studio.quantize.matrix import Signed
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.quantize.stage import Prepared
from studio.simulate.compare import Report
from studio.tune import measure
from studio.tune.measure import Part

# What a trial must gain to be kept: less is the noise of few samples.
LAYERS = frozenset({"Conv", "Gemm", "MatMul"})
WORTH = 0.995
# Values the samples did not show are clipped by a scale that is too small, and cost more than all
# rounding: a scale shrinks only so far from what calibration found, with few samples not at all.
# And what is gained on few samples must be more than one standard error.
MANY_SAMPLES = 32
LEAST_FACTOR, LEAST_FACTOR_OF_FEW = 0.7, 1.0
NONE = Choices()
OTHER: Mapping[str, Signed] = {"pn": "shift", "shift": "pn"}


@dataclass(frozen=True)
class Found:
    """The best so far: choices, the network they give, and its relative error when measured."""

    choices: Choices
    qnetwork: QNetwork
    error: float


class Search:
    """Keeps the best of what it tries, within a number of trials.

    ``history`` is each best so far, the last one ``best``.
    """

    def __init__(
        self, prepared: Prepared, part: Part, trials: int, job: Job, choices: Choices = NONE
    ) -> None:
        self.prepared, self.part, self.trials = prepared, part, trials
        self.used = 0
        self._job = job
        start = quantizer.finish(prepared, choices)
        self._errors = measure.by_sample(start, part)
        self.best = Found(choices, start, float(np.mean(self._errors)))
        self.history = [self.best]

    @property
    def few(self) -> bool:
        """Whether so few samples are searched with that chance must be feared."""
        return len(self.part) < MANY_SAMPLES

    @property
    def left(self) -> int:
        """Trials that remain."""
        return self.trials - self.used

    def scaled(self, tensor: str, factor: float) -> bool:
        """Try another scale for a tensor, unless it would clip too much for so few samples."""
        changed = dict(self.best.choices.scales)
        changed[tensor] = changed.get(tensor, 1.0) * factor
        least = LEAST_FACTOR_OF_FEW if self.few else LEAST_FACTOR
        if changed[tensor] < least - 1e-9:
            return False
        return self.attempt(replace(self.best.choices, scales=changed))

    def attempt(self, choices: Choices, worth: float = WORTH) -> bool:
        """Try ``choices``; whether they are the best now. A network the chip cannot hold is not."""
        if self.left <= 0:
            return False
        snr = measure.snr(self.best.error)
        shown = f"tuning, trial {self.used + 1} of at most {self.trials}, {snr:.1f} dB"
        self._job.step(self.used, self.trials, shown)
        self.used += 1
        try:
            made = quantizer.finish(self.prepared, choices)
        except StudioError:
            return False
        errors = measure.by_sample(made, self.part)
        error, gain = float(np.mean(errors)), self._errors - errors
        if not error < self.best.error * worth:
            return False
        if self.few and float(np.mean(gain)) <= float(np.std(gain)) / len(gain) ** 0.5:
            return False
        self._errors = errors
        self.best = Found(choices, made, error)
        self.history.append(self.best)
        return True


def scales(search: Search, order: tuple[str, ...], steps: tuple[float, ...]) -> None:
    """Try other scales for each tensor of ``order``, by the factors ``steps`` and their inverses.

    First those that make a layer's largest weight 127, with its gain and with twice its gain.
    """
    for number, step in enumerate(steps):
        for tensor in order:
            if search.left <= 0:
                return
            if number == 0:
                for factor in _filling(search.best.qnetwork, tensor):
                    search.scaled(tensor, factor)
            for factor in (1 / step, step):
                if search.scaled(tensor, factor):
                    while search.scaled(tensor, factor):
                        pass
                    break


def gains(search: Search, nodes: tuple[str, ...]) -> None:
    """Try twice and half the gain of each layer: finer weights, of which some are clipped."""
    for node in nodes:
        for step in (1, -1):
            now = search.best.choices
            changed = {**now.gains, node: now.gains.get(node, 0) + step}
            if search.attempt(replace(now, gains=changed)):
                break


def encodings(search: Search) -> None:
    """Try SHIFT for PN and the reverse where that changes the number of row tiles."""
    for op in search.best.qnetwork.ops:
        if not isinstance(op, ArrayOp) or len(op.matrices) > 1:
            continue
        now, (matrix,) = search.best.choices, op.matrices
        other = OTHER.get(matrix.encoding)
        most = search.prepared.options.tile_rows or search.prepared.chip.array.max_inputs
        if other is None or 2 * matrix.inputs <= most or op.trace in now.encodings:
            continue
        search.attempt(replace(now, encodings={**now.encodings, op.trace: other}))


def order(prepared: Prepared, qnetwork: QNetwork, report: Report) -> tuple[str, ...]:
    """Tensors with a scale of their own, those of the weakest operations first.

    Inputs keep theirs: what is clipped there is lost for all layers.
    """
    weak = {layer.tensor: layer.single.snr for layer in report.layers if layer.single is not None}
    names = [part.output for part in prepared.parts if part.main.op not in PASS_THROUGH]
    names.sort(key=lambda name: weak.get(name, np.inf))
    seen = {qnetwork.tensors[name].scale for name in qnetwork.inputs}
    found = []
    for name in names:
        tensor = qnetwork.tensors.get(name)
        if tensor is not None and tensor.scale not in seen:
            seen.add(tensor.scale)
            found.append(name)
    return tuple(found)


def _filling(qnetwork: QNetwork, tensor: str) -> Iterator[float]:
    """Factors on a layer's output scale that let its largest weight fill a cell."""
    op = next((op for op in qnetwork.array_ops if op.output == tensor), None)
    if op is None or any(matrix.store != "analog" for matrix in op.matrices):
        return
    peak = max(int(np.abs(matrix.weights).max(initial=0)) for matrix in op.matrices)
    for factor in (peak / 127, 2 * peak / 127):
        if 0.5 < factor < 2 and abs(factor - 1) > 0.02:
            yield factor
