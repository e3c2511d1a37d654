"""What a study measures on each chip: plain functions a pool's or a cluster's workers run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import Int16, QNetwork
from studio.simulate.noise_cells import Prepared, prepare
from studio.simulate.noise_run import run
from studio.simulate.run import run as simulate
from studio.simulate.stage import Labels, predictions

NAN = float("nan")


@dataclass(frozen=True)
class Work:
    """A study as its workers get it; everything can be pickled.

    ``exact``: the exact simulator's outputs of all samples. ``traces``: of the first samples, the
    exact results of every layer, by name.
    """

    qnetwork: QNetwork
    layout: Layout
    chip: Chip
    model: DeviceModel
    conditions: Conditions
    seed: int
    inputs: tuple[Int16, ...]
    labels: Labels | None
    exact: tuple[Int16, ...]
    traces: dict[str, Int16]

    @property
    def traced_samples(self) -> int:
        """How many samples the traces are of."""
        return len(next(iter(self.traces.values()))) if self.traces else 0


@dataclass(frozen=True)
class Task:
    """Some chips, with noise in the layers ``only`` (None: all), traced or not."""

    chips: tuple[int, ...]
    only: str | None = None
    traced: bool = False


@dataclass(frozen=True)
class Measured:
    """One chip: fractions and cosines, NaN where there is nothing to compare.

    ``accuracy``: correct predictions, ``agreement``: predictions as the exact simulator's,
    ``cosine`` of all outputs with the exact ones. For traced chips ``correlation`` with the exact
    results and ``saturation`` (values at either end of the range), one number a layer.
    """

    accuracy: float
    agreement: float
    cosine: float
    correlation: tuple[float, ...] = ()
    saturation: tuple[float, ...] = ()


def measure(work: Work, task: Task) -> list[Measured]:
    """The chips of one task; what a worker runs."""
    prepared = prepare(work.qnetwork, work.layout, work.chip, work.model, work.conditions)
    return [one(work, prepared, task, number) for number in task.chips]


def one(
    work: Work, prepared: Prepared, task: Task, number: int, job: Job | None = None
) -> Measured:
    """One chip of a task."""
    only = None if task.only is None else frozenset({task.only})
    result = run(work.qnetwork, work.inputs, prepared, work.seed, number, job, only=only)
    outputs = [result.outputs[name] for name in work.qnetwork.outputs]
    guess, known = predictions(outputs[0]), predictions(work.exact[0])
    accuracy = agreement = NAN
    if guess is not None and known is not None:
        agreement = float(np.mean(guess == known))
        accuracy = NAN if work.labels is None else float(np.mean(guess == work.labels))
    correlations: tuple[float, ...] = ()
    saturations: tuple[float, ...] = ()
    if task.traced and work.traces:
        first = [x[: work.traced_samples] for x in work.inputs]
        layers = run(
            work.qnetwork, first, prepared, work.seed, number, job, layers=True, only=only
        ).layers
        correlations = tuple(
            correlation(layers[name], exact) for name, exact in work.traces.items()
        )
        saturations = tuple(saturation(layers[name]) for name in work.traces)
    return Measured(accuracy, agreement, cosine(outputs, work.exact), correlations, saturations)


def exact_results(
    qnetwork: QNetwork, inputs: Sequence[Int16], samples: int, job: Job | None = None
) -> tuple[tuple[Int16, ...], dict[str, Int16]]:
    """Exact outputs of all samples, and traces of the first ``samples``."""
    result = simulate(qnetwork, inputs, job)
    traces = simulate(qnetwork, [x[:samples] for x in inputs], job, layers=True).layers
    return tuple(result.outputs[name] for name in qnetwork.outputs), dict(traces)


def cosine(found: Sequence[Int16], exact: Sequence[Int16]) -> float:
    """Cosine between all outputs and the exact ones; NaN where either is all zero."""
    dot = square = other = 0
    for a, b in zip(found, exact, strict=True):
        x, y = _wide(a), _wide(b)
        dot, square, other = dot + int(x @ y), square + int(x @ x), other + int(y @ y)
    return dot / math.sqrt(square * other) if square and other else NAN


def correlation(found: Int16, exact: Int16) -> float:
    """Pearson's correlation of all values; NaN where either is constant."""
    x, y = _wide(found), _wide(exact)
    n, a, b = len(x), int(x.sum()), int(y.sum())
    squares = (n * int(x @ x) - a * a) * (n * int(y @ y) - b * b)
    return (n * int(x @ y) - a * b) / math.sqrt(squares) if squares else NAN


def _wide(values: Int16) -> npt.NDArray[np.int64]:
    """Integers whose sums are exact, the same on every computer."""
    return values.ravel().astype(np.int64)


def saturation(values: Int16) -> float:
    """Fraction of values at either end of the output range."""
    return float(np.mean((values >= 127) | (values <= -128)))
