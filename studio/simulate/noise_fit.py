"""Fitting a device model to a chip: layer correlations as the programming tool measured them.

The tool sends frames through single layers, with exact inputs, and correlates outputs before
Relu with the expected ones. The same is simulated here. First two factors are found, one for
errors of cells and one for those of columns and outputs, then an output noise for each layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, Int16, QNetwork
from studio.simulate import kernels
from studio.simulate.noise import Stream
from studio.simulate.noise_cells import prepare
from studio.simulate.noise_chips import correlation
from studio.simulate.noise_draw import ROUNDS, ChipDraw
from studio.simulate.noise_run import converted, tile_rounds
from studio.simulate.run import run as simulate

FRAMES = 256
CHIPS = 4
TOLERANCE = 0.001
MOST_NOISE = 64.0  # output LSB: no correlation is left
_CELLS = ("programming_amplitude", "programming_relative", "read_amplitude", "read_relative")
_OUTPUTS = ("column_gain", "column_offset", "output_noise")
_STEPS = 12
_CLOSE = 5e-3  # of a factor's logarithm: good enough
_PRIOR = 0.02  # how strongly a factor stays at 1 where the correlations say nothing of it
_NOTHING = 1e-3  # a factor that leaves no error
_LEAST = 1e-6  # of 1 - correlation, so that its logarithm exists

Real = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A fitted model and how it was got.

    ``target``, ``before`` (the model it started from) and ``found``: one correlation for each of
    ``layers``. ``matched`` says what the log's rows were taken for: "layers", "blocks", or
    "distribution" where the log is of another network. ``cells`` and ``outputs`` are the factors.
    """

    model: DeviceModel
    layers: tuple[str, ...]
    target: tuple[float, ...]
    before: tuple[float, ...]
    found: tuple[float, ...]
    matched: str
    cells: float
    outputs: float
    notes: tuple[str, ...]


def fit(
    correlations: Sequence[float],
    qnetwork: QNetwork,
    layout: Layout,
    inputs: Sequence[Int16],
    chip: Chip,
    model: DeviceModel,
    *,
    source: str,
    per_layer: bool = True,
    seed: int = 0,
    job: Job | None = None,
) -> Fit:
    """Scale ``model`` so that simulated layer correlations are the logged ones.

    ``correlations``: one a layer, or one a block of the layout, in execution order; any other
    number is taken for a distribution, which the layers then have. ``source`` names the log, for
    the model's sources. Without ``per_layer`` only the two factors are fitted. Raises DataError
    for correlations that cannot be matched, StudioError for a model without anything to scale.
    """
    job = job or Job()
    bench = Bench(qnetwork, layout, inputs, chip, seed)
    names = tuple(bench.frames)
    if not names:
        raise DataError("the network has no layer on the array", where=qnetwork.name)
    logged = np.array(correlations, np.float64)
    if not logged.size or not np.all((logged > 0) & (logged <= 1)):
        raise DataError(
            "a layer's correlation is not above 0: that is no noise but a fault",
            hint="Program the chip again, or look for the layer that does not work.",
            where=source,
        )
    if not any(getattr(model, name) for name in (*_CELLS, *_OUTPUTS)):
        raise StudioError(
            f"the noise model {model.name} has no noise that could be scaled",
            hint="Start from another preset, nor55 for instance.",
        )
    job.step(0, _STEPS + 2, "simulating the layers")
    start = bench.correlations(model)
    matched, target = _targets(logged, names, layout, start)
    factors = _factors(bench, model, target, matched == "distribution", job)
    notes = []
    fitted = _scaled(model, factors, source)
    if matched == "distribution":
        target = _by_rank(logged, bench.correlations(fitted))
        notes.append(
            f"The log has {logged.size} layers, the network {len(names)}: the layers get the log's"
            " distribution of correlations."
        )
    job.step(_STEPS + 1, _STEPS + 2, "fitting every layer's output noise")
    if per_layer:
        fitted, factors = _each_layer(bench, model, factors, target, source)
    fitted = replace(fitted, name="fitted")
    found = bench.correlations(fitted)
    off = [n for n, a, b in zip(names, found, target, strict=True) if abs(a - b) > 3 * TOLERANCE]
    if per_layer and off:
        notes.append(f"Not matched: {', '.join(off)}.")
    job.step(_STEPS + 2, _STEPS + 2, "fitted")
    return Fit(
        model=fitted,
        layers=names,
        target=tuple(target.tolist()),
        before=tuple(start.tolist()),
        found=tuple(found.tolist()),
        matched=matched,
        cells=factors[0],
        outputs=factors[1],
        notes=tuple(notes),
    )


class Bench:
    """Frames of every layer with their exact answers, and what noisy chips make of them."""

    def __init__(
        self,
        qnetwork: QNetwork,
        layout: Layout,
        inputs: Sequence[Int16],
        chip: Chip,
        seed: int,
    ) -> None:
        self._qnetwork, self._layout, self._chip, self._seed = qnetwork, layout, chip, seed
        self.frames: dict[str, list[tuple[int, int, Int16, Int16]]] = {}
        seen: dict[str, tuple[ArrayOp, list[Int16]]] = {}

        def array(x: Int16, op: ArrayOp) -> Int16:
            seen.setdefault(op.name, (op, []))[1].append(x)
            return kernels.array(x, op)

        simulate(qnetwork, [x[:FRAMES] for x in inputs], array=array)
        exact = prepare(qnetwork, layout, chip, DeviceModel("exact"), Conditions())
        for name, (op, parts) in seen.items():
            x = np.concatenate(parts)
            for index, tiles in enumerate(exact.tiles[name]):
                matrix = op.matrices[index]
                for number, tile in enumerate(tiles):
                    rows, _ = tile_rounds(
                        x[:FRAMES], op, matrix, index, matrix.tiles[number], tile.scheme
                    )
                    rows = rows[:: max(1, len(rows) // FRAMES)][:FRAMES]
                    drawn = ChipDraw(exact, 0, 0).tile(tile, name)
                    answer = converted(rows, drawn, Stream(0))
                    self.frames.setdefault(name, []).append((index, number, rows, answer))

    def correlations(self, model: DeviceModel) -> Real:
        """The correlation of every layer, the mean of some chips."""
        return np.array([self.correlation(model, name) for name in self.frames])

    def correlation(self, model: DeviceModel, name: str) -> float:
        """The correlation of one layer, all its tiles together."""
        now = Conditions()
        prepared = prepare(self._qnetwork, self._layout, self._chip, model, now, name)
        exact = np.concatenate([own[3].ravel() for own in self.frames[name]])
        found = []
        for number in range(CHIPS):
            noisy = []
            chip = ChipDraw(prepared, self._seed, number)
            for index, tile_number, rows, _ in self.frames[name]:
                tile = prepared.tiles[name][index][tile_number]
                drawn = chip.tile(tile, name)
                stream = Stream(self._seed, ROUNDS, number, *tile.parts[0].key)
                noisy.append(converted(rows, drawn, stream))
            found.append(correlation(np.concatenate([x.ravel() for x in noisy]), exact))
        return float(np.nan_to_num(np.mean(found)))


def _targets(logged: Real, names: Sequence[str], layout: Layout, start: Real) -> tuple[str, Real]:
    """What the rows of the log are, and the correlation each layer should have."""
    if len(logged) == len(names):
        return "layers", logged
    if len(logged) == len(layout.blocks):
        of = [block.layer for block in layout.blocks]
        means = [np.mean([r for r, own in zip(logged, of, strict=True) if own == n]) for n in names]
        return "blocks", np.array(means)
    return "distribution", _by_rank(logged, start)


def _by_rank(logged: Real, simulated: Real) -> Real:
    """The log's quantiles, given to the layers in the order of their simulated correlations."""
    count = len(simulated)
    found = np.empty(count)
    found[np.argsort(simulated)] = np.quantile(logged, (np.arange(count) + 0.5) / count)
    return found


def _misses(found: Real, target: Real) -> Real:
    """How far correlations are off, in logarithms of noise to signal: 1 - r goes as its square."""
    return np.log(np.maximum(1 - found, _LEAST)) - np.log(np.maximum(1 - target, _LEAST))


def _factors(
    bench: Bench, model: DeviceModel, target: Real, ranked: bool, job: Job
) -> tuple[float, float]:
    """Both factors by Gauss-Newton on their logarithms, with damping.

    They are one where the model has only one kind of error, or the log is of another network,
    whose layers tell the two kinds apart no longer.
    """
    free = [any(getattr(model, name) for name in group) for group in (_CELLS, _OUTPUTS)]
    ways = np.eye(2)[:, free] if all(free) and not ranked else np.array([[1.0], [1.0]])

    def misses(at: Real) -> Real:
        cells, outputs = np.exp(ways @ at).tolist()
        found = bench.correlations(_scaled(model, (cells, outputs), ""))
        apart = _misses(np.sort(found), np.sort(target)) if ranked else _misses(found, target)
        return np.concatenate([apart, _PRIOR * at])

    at, damping = np.zeros(ways.shape[1]), 1e-3
    now = misses(at)
    for step in range(_STEPS):
        job.step(step + 1, _STEPS + 2, "fitting the model")
        slopes = _slopes(misses, at, now)
        square = slopes.T @ slopes
        while damping < 1e2:
            change = np.linalg.solve(square + damping * np.eye(len(at)), -slopes.T @ now)
            trial = np.clip(at + np.clip(change, -2, 2), -7, 7)
            after = misses(trial)
            if after @ after < now @ now:
                break
            damping *= 10
        else:
            break
        done = bool(np.abs(trial - at).max() < _CLOSE)
        at, now, damping = trial, after, damping / 10
        if done:
            break
    cells, outputs = np.exp(ways @ at).tolist()
    return cells, outputs


def _slopes(misses: Callable[[Real], Real], at: Real, now: Real) -> Real:
    width = 0.05
    return np.stack([(misses(at + step) - now) / width for step in width * np.eye(len(at))], axis=1)


def _scaled(model: DeviceModel, factors: tuple[float, float], source: str) -> DeviceModel:
    """The model with its errors of cells, and those of columns and outputs, multiplied."""
    values, sources = {}, dict(model.sources)
    for names, factor in zip((_CELLS, _OUTPUTS), factors, strict=True):
        for name in names:
            value = getattr(model, name)
            if value:
                most = 1.0 if name.endswith(("_relative", "_gain")) else np.inf
                values[name] = float(min(value * factor, most))
                sources[name] = f"{factor:.4g} times {value:g} of {model.name}, fitted to {source}."
    return replace(model, **values, sources=sources)  # type: ignore[arg-type]


def _each_layer(
    bench: Bench,
    model: DeviceModel,
    factors: tuple[float, float],
    target: Real,
    source: str,
) -> tuple[DeviceModel, tuple[float, float]]:
    """An output noise for every layer, so that its correlation is the target.

    Where a layer would be too noisy even without any, all errors are made smaller first.
    """
    names = tuple(bench.frames)
    for name, wanted in zip(names, target, strict=True):
        while max(factors) > _NOTHING:
            quiet = replace(_scaled(model, factors, source), output_noise=0.0)
            if bench.correlation(quiet, name) >= wanted - TOLERANCE:
                break
            factors = factors[0] * 0.8, factors[1] * 0.8
    fitted = _scaled(model, factors, source)
    layers = {n: _noise(bench, fitted, n, r) for n, r in zip(names, target, strict=True)}
    sources = dict(fitted.sources) | {"layers": f"Fitted to {source}, layer by layer."}
    return replace(fitted, layers=layers, sources=sources), factors


def _noise(bench: Bench, model: DeviceModel, name: str, target: float) -> float:
    """The output noise (LSB) that gives a layer its correlation, by bisection."""
    least, most = 0.0, MOST_NOISE
    for _ in range(24):
        middle = (least + most) / 2
        found = bench.correlation(replace(model, layers={name: middle}), name)
        if abs(found - target) < TOLERANCE / 10:
            return middle
        least, most = (middle, most) if found > target else (least, middle)
    return (least + most) / 2
