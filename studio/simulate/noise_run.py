"""One chip with analog noise: its array operations, and a network run on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.base.job import Job
from studio.mapper import copies
from studio.mapper.copies import Scheme
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, RowTile
from studio.simulate import kernels, noise_array
from studio.simulate.kernels import Int16
from studio.simulate.noise import Float64, Stream, rounded
from studio.simulate.noise_cells import Prepared, Tile
from studio.simulate.noise_draw import ROUNDS, ChipDraw, Drawn
from studio.simulate.run import Result
from studio.simulate.run import run as simulate

FAR = 1e9  # quarters of an LSB: saturated whatever is added


class NoisyArray:
    """The analog array of chip ``number``, a Product for simulate.run.

    ``layers`` are the names of those with noise, None for all. Its cells are drawn when a layer
    is first used and then stay; noise goes on from round to round until ``restart``.
    """

    def __init__(
        self,
        prepared: Prepared,
        seed: int,
        number: int,
        layers: Collection[str] | None = None,
    ) -> None:
        self._prepared = prepared
        self._seed, self._number = seed, number
        self._layers = layers
        self._chip = ChipDraw(prepared, seed, number)
        self._drawn: dict[str, tuple[tuple[Drawn, ...], ...]] = {}
        self._streams: dict[tuple[int, ...], Stream] = {}

    def restart(self) -> None:
        """Have the noise begin again, on the same cells."""
        self._streams.clear()

    def __call__(self, x: Int16, op: ArrayOp) -> Int16:
        """An array operation with its Relu: (n, W, H, C) to (n, OW, OH, columns)."""
        if self._layers is not None and op.name not in self._layers:
            return kernels.array(x, op)
        if op.name not in self._drawn:
            self._drawn[op.name] = tuple(
                tuple(self._chip.tile(tile, op.name) for tile in tiles)
                for tiles in self._prepared.tiles[op.name]
            )
        results = [self._matrix(x, op, index) for index in range(len(op.matrices))]
        return results[0] if len(results) == 1 else np.concatenate(results, axis=3)

    def _matrix(self, x: Int16, op: ArrayOp, index: int) -> Int16:
        matrix, tiles = op.matrices[index], self._prepared.tiles[op.name][index]
        if not tiles:
            rows, positions = kernels.array_inputs(x, op, index)
            exact = kernels.multiply(rows, matrix).reshape(*positions, -1)
            return kernels.rectified(exact, op.relu)
        total: Int16 | None = None
        alone = len(tiles) == 1 and matrix.repeat == 1
        low = 0 if alone and op.relu else -128
        for number, (tile, drawn) in enumerate(
            zip(tiles, self._drawn[op.name][index], strict=True)
        ):
            found = self._tile(x, op, index, number, tile, drawn, low)
            total = found if total is None else kernels.sat8(total + found)
        assert total is not None
        return total if alone else kernels.rectified(total, op.relu)

    def _tile(
        self, x: Int16, op: ArrayOp, index: int, number: int, tile: Tile, drawn: Drawn, low: int
    ) -> Int16:
        """One tile at all positions, (n, OW, OH, columns)."""
        matrix = op.matrices[index]
        inputs, rounds = tile_rounds(x, op, matrix, index, matrix.tiles[number], tile.scheme)
        key = *tile.parts[0].key[:3], 0
        if key not in self._streams:
            self._streams[key] = Stream(self._seed, ROUNDS, self._number, *key)
        values = converted(inputs, drawn, self._streams[key], matrix.repeat, low)
        return _positions(values, op, matrix, rounds, tile.scheme, x)


def converted(
    inputs: Int16,
    drawn: Drawn,
    stream: Stream,
    repeat: int = 1,
    low: int = -128,
    addends: Float64 | None = None,
) -> Int16:
    """Rounds on one tile: ``inputs`` [m, rows], 0..255, to outputs [m, columns].

    With ``repeat`` 2 each is computed twice, with noise of its own, and averaged. ``addends``
    [m, columns] come in free of noise before the rounding, in quarters of an output LSB.
    """
    if drawn.packed is not None and addends is None:
        given = None if not drawn.sigma.any() else stream
        whole_rounds = [
            noise_array.rounds(
                inputs, drawn.packed, drawn.scale, drawn.bias, drawn.sigma, given, low
            )
            for _ in range(repeat)
        ]
        return _mean(whole_rounds)
    kind = drawn.weights.dtype
    sums = (inputs.astype(kind) @ drawn.weights).astype(np.float32, copy=False)
    scale, sigma = drawn.scale, drawn.sigma
    if drawn.exact is not None:
        addends = inputs.astype(np.float64) @ drawn.exact * drawn.exact_scale
    if addends is not None:
        sums = sums * scale + np.clip(addends, -FAR, FAR).astype(np.float32)
        scale = np.ones_like(scale)
    if drawn.read is not None:
        # In float64, so that the order of the sum does not show either.
        variance = np.square(inputs.astype(np.float64)) @ drawn.read
        factor = drawn.scale.astype(np.float64) ** 2
        variance = variance * factor + (drawn.bias_read + sigma.astype(np.float64) ** 2)
        sigma = np.sqrt(variance).astype(np.float32)
    silent = sigma.ndim == 1 and not sigma.any()
    rounds = [
        rounded(sums, scale, drawn.bias, sigma, None if silent else stream, low)
        for _ in range(repeat)
    ]
    return _mean(rounds)


def _mean(rounds: Sequence[Int16]) -> Int16:
    """One round, or the mean of two."""
    return rounds[0] if len(rounds) == 1 else (rounds[0] + rounds[1]) >> 1


def tile_rounds(
    x: Int16, op: ArrayOp, matrix: Matrix, index: int, tile: RowTile, scheme: Scheme
) -> tuple[Int16, tuple[int, int, int]]:
    """What one tile's rows receive in every round, one copy of it: (m, rows), and (n, RW, RH).

    A round is one position of the window, or ``scheme.points`` neighbours, which read the union
    of their windows; past the input that reads zeros.
    """
    if scheme.points == 1:
        rows, positions = kernels.array_inputs(x, op, index)
        return kernels.tile_inputs(rows, matrix, tile), positions
    channels = x.shape[3] // len(op.matrices)
    part = x[..., index * channels : (index + 1) * channels]
    found = kernels.windows(part[:1], op.kernel, op.strides, op.dilations, op.pads).shape[1:3]
    offsets = []
    around = [(0, 0)]
    for axis in (0, 1):
        points = scheme.points if axis == scheme.axis else 1
        taps = np.array(copies.taps(op, replace(scheme, points=points, axis=axis)))
        starts = np.arange(-(-found[axis] // points)) * (points * op.strides[axis])
        offsets.append(starts[:, None] + taps)
        beyond = int(offsets[axis].max()) + 1 - op.pads[axis] - part.shape[axis + 1]
        around.append((op.pads[axis], max(beyond, 0)))
    part = np.pad(part, (*around, (0, 0)))
    w, h = offsets
    read: Int16 = part[:, w[:, None, :, None], h[None, :, None, :]]
    start, elements = copies.window(op, matrix, tile, scheme)
    union = replace(tile, start=start, stop=start + elements)
    flat = read.reshape(read.shape[0] * len(w) * len(h), -1)
    return kernels.tile_inputs(flat, matrix, union), (len(x), len(w), len(h))


def _positions(
    values: Int16,
    op: ArrayOp,
    matrix: Matrix,
    rounds: tuple[int, int, int],
    scheme: Scheme,
    x: Int16,
) -> Int16:
    """Outputs of rounds, [m, points * columns], as (n, OW, OH, columns)."""
    n, wide, high = rounds
    if scheme.points == 1:
        return values.reshape(n, wide, high, -1)
    shape: tuple[int, ...] = (n, wide, high, scheme.points, matrix.columns)
    apart: npt.NDArray[np.int16] = values.reshape(shape)
    found = kernels.windows(x[:1], op.kernel, op.strides, op.dilations, op.pads).shape[1:3]
    if scheme.axis == 0:
        joined = apart.transpose(0, 1, 3, 2, 4).reshape(n, -1, high, matrix.columns)
    else:
        joined = apart.reshape(n, wide, -1, matrix.columns)
    return joined[:, : found[0], : found[1]]


def run(
    qnetwork: QNetwork,
    inputs: Sequence[Int16],
    prepared: Prepared,
    seed: int,
    number: int,
    job: Job | None = None,
    layers: bool = False,
    reset_every: int | None = None,
    only: Collection[str] | None = None,
) -> Result:
    """The samples on chip ``number``; as simulate.run, with noise in the layers ``only`` (all)."""
    if prepared.model.ideal:
        return simulate(qnetwork, inputs, job, layers, reset_every)
    array = NoisyArray(prepared, seed, number, only)
    return simulate(qnetwork, inputs, job, layers, reset_every, array)
