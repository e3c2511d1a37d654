"""One chip drawn from a device model: its columns, and the cells of the tiles on them.

A chip is a number. Its cells, columns and noise come from streams of (the study's seed; kind,
chip, layer, matrix, tile, block), whatever else is drawn, in whatever process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.chip.noise import DeviceModel
from studio.simulate.noise import Float32, Float64, Stream, noisy
from studio.simulate.noise_array import Packed, pack
from studio.simulate.noise_cells import Part, Prepared, Tile

CELLS, STUCK, COLUMNS, ROUNDS = range(4)  # kinds of streams


@dataclass(frozen=True)
class Drawn:
    """One tile of one chip.

    A round gives inputs @ ``weights`` * ``scale`` + inputs @ ``exact`` * ``exact_scale`` +
    ``bias``, in quarters of an output LSB, and normal noise of the variance ``sigma``**2 +
    inputs**2 @ ``read`` * ``scale``**2 + ``bias_read``. ``packed`` are the weights once more, for
    the integer kernel; None where floating point does the round.
    """

    weights: npt.NDArray[np.floating[Any]]
    scale: Float32
    exact: Float64 | None
    exact_scale: float
    bias: Float32
    sigma: Float32
    read: Float64 | None
    bias_read: Float64
    packed: Packed | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of one array of a chip: gain, offset (output LSB), and what multiplies noise."""

    gain: Float32
    offset: Float32
    factor: Float32


def columns(prepared: Prepared, seed: int, number: int, array: int) -> Columns:
    """The columns of one array of chip ``number``; reserved ones are worse."""
    model, size = prepared.model, prepared.chip.array
    factor = np.ones(size.columns, np.float32)
    factor[: size.reserved_columns] = model.reserved_factor
    z = Stream(seed, COLUMNS, number, array).normals(2, size.columns) * factor
    gain = np.float32(1) + np.float32(model.column_gain) * z[0]
    return Columns(gain, np.float32(model.column_offset) * z[1], factor)


class ChipDraw:
    """Draws the tiles of chip ``number``, whose columns all blocks on them share."""

    def __init__(self, prepared: Prepared, seed: int, number: int) -> None:
        self._prepared = prepared
        self._seed, self._number = seed, number
        self._columns: dict[int, Columns] = {}

    def columns(self, array: int) -> Columns:
        """The columns of one array."""
        if array not in self._columns:
            self._columns[array] = columns(self._prepared, self._seed, self._number, array)
        return self._columns[array]

    def tile(self, tile: Tile, layer: str) -> Drawn:
        """The cells and columns of one tile."""
        model, size = self._prepared.model, self._prepared.chip.array
        common = np.float32(model.gain(self._prepared.conditions))
        noise = 4 * np.float32(model.layers.get(layer, model.output_noise))
        alone = len(tile.parts) == 1 and tile.scheme.points == 1
        shape = tile.rows, tile.columns
        weights: npt.NDArray[np.floating[Any]] = np.empty((0, 0) if alone else shape, tile.kind)
        read = np.empty(shape) if tile.parts[0].read is not None else None
        exact = np.empty(shape) if tile.parts[0].exact is not None else None
        scale, bias, sigma = (np.zeros(tile.columns, np.float32) for _ in range(3))
        bias_read = np.zeros(tile.columns)
        unit = np.float32(size.bias_unit)
        for part in tile.parts:
            there = slice(part.column, part.column + len(part.target))
            own = self.columns(part.array)
            factor = own.gain[there] * (common * np.float32(4 / part.gain))
            held, bias_cells = cells(self._prepared, part, tile.grid, self._seed, self._number)
            found = held[0] if len(held) == 1 else held.sum(axis=0, dtype=tile.kind)
            if alone:
                weights = found.astype(tile.kind, copy=False)
            else:
                weights[:, part.target] = found
            scale[part.target] = factor
            bias[part.target] = bias_cells.sum(axis=0) * unit * factor + 4 * own.offset[there]
            sigma[part.target] = noise * own.factor[there]
            if exact is not None and part.exact is not None:
                exact[:, part.target] = part.exact
            if read is not None and part.read is not None and part.bias_read is not None:
                read[:, part.target] = part.read
                bias_read[part.target] = part.bias_read * (unit * factor).astype(np.float64) ** 2
        packed = pack(weights, tile.grid) if exact is None and read is None else None
        return Drawn(weights, scale, exact, 4 / tile.gain, bias, sigma, read, bias_read, packed)


def cells(
    prepared: Prepared, part: Part, grid: float, seed: int, number: int
) -> tuple[Float32, Float32]:
    """What the cells and bias cells of a block hold on chip ``number``, in weight steps."""
    layer, *place = part.key
    stream = Stream(seed, CELLS, number, layer, *place)
    found = noisy(part.cells, part.sigma, stream, grid)
    bias = noisy(part.bias, part.bias_sigma, stream)
    model, size = prepared.model, prepared.chip.array
    if model.stuck_low or model.stuck_high:
        random = np.random.Generator(
            np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(STUCK, number, layer, *place)))
        )
        high = np.array([size.weight_max, size.weight_min], np.float32)
        for values, ends in (
            (found, high),
            (bias, high * np.float32(size.bias_cell_max / size.weight_max)),
        ):
            stick(values, ends, model, random)
    return found, bias


def stick(values: Float32, ends: Float32, model: DeviceModel, random: np.random.Generator) -> None:
    """Cells that hold 0 or full scale of either sign whatever was written to them."""
    chance = random.random(values.shape, np.float32)
    values[chance < model.stuck_low] = 0
    high = (chance >= model.stuck_low) & (chance < model.stuck_low + model.stuck_high)
    values[high] = ends[random.integers(0, 2, int(high.sum()))]
