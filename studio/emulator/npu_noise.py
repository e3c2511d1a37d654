"""Analog noise on the emulated array: one chip, told by a device model and a seed.

Programming errors, drift, stuck cells and column errors are drawn once, for all cells of an array
where they lie; read and output noise for every round. A seed is a chip: the same program gives the
same bytes on it. The array knows no layers, by which a noise study draws its cells: given these
(studio/simulate/noise_chip.py), chip N here is chip N of the study, but for the noise of rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.chip.chip import Chip
from studio.chip.noise import Conditions, DeviceModel
from studio.chip.npu import Descriptor
from studio.formats.map_csv import Cells
from studio.simulate import noise_chip, noise_draw, noise_run
from studio.simulate.noise import Float32, Stream, in_steps, noisy
from studio.simulate.noise_array import Packed, pack
from studio.simulate.noise_cells import Prepared, read_sigma, static_sigma
from studio.simulate.noise_chip import SEED, ChipCells
from studio.simulate.noise_draw import CELLS, ROUNDS, STUCK, Columns, Drawn

GRID = 2.0**-5  # of weights, in steps: so fine, and 896 rows of them fit the integer kernel
_FINEST = 2.0**-7  # of what a study draws


@dataclass(frozen=True)
class _Array:
    """One array of the chip: what cells and bias cells hold, in weight steps, and its columns."""

    cells: Float32
    bias: Float32
    columns: Columns


class NoisyBlock:
    """One block of the chip; see npu.Rounds."""

    def __init__(self, drawn: Drawn, stream: Stream) -> None:
        self._drawn = drawn
        self._stream = stream

    def run(
        self,
        inputs: npt.NDArray[np.floating[Any]],
        addends: npt.NDArray[np.floating[Any]] | None,
        repeat: int,
    ) -> npt.NDArray[np.int32]:
        """Rounds on ``inputs`` [rounds, rows], 0..255, to int32 [rounds, columns]."""
        wide = None if addends is None else addends.astype(np.float64)
        found = noise_run.converted(
            inputs.astype(np.int16), self._drawn, self._stream, repeat, addends=wide
        )
        return found.astype(np.int32)


class NoisyChip:
    """The chip ``seed`` of a device model; see npu.Noise."""

    def __init__(
        self,
        chip: Chip,
        model: DeviceModel,
        seed: int,
        conditions: Conditions | None = None,
        known: ChipCells | None = None,
    ) -> None:
        self.chip = chip
        self.model = model
        self.seed = seed
        self.conditions = conditions or Conditions()
        self._known = known
        self._arrays: dict[int, _Array] = {}
        self._streams: dict[int, Stream] = {}

    def block(
        self, number: int, cells: Cells, rows: slice, columns: slice, strip: slice, own: Descriptor
    ) -> NoisyBlock:
        """The block at these rows and columns of array ``number``, its bias in rows ``strip``."""
        if number not in self._arrays:
            self._arrays[number] = self._draw(number, cells)
            self._streams[number] = Stream(SEED, ROUNDS, self.seed, number)
        array, model = self._arrays[number], self.model
        unit = np.float32(self.chip.array.bias_unit)
        common = np.float32(model.gain(self.conditions)) * np.float32(4 / own.gain)
        scale = array.columns.gain[columns] * common
        held = array.cells[rows, columns].reshape(own.copies, -1, own.columns)
        weights = held.sum(axis=0, dtype=np.float64)
        bias = array.bias[strip, columns].sum(axis=0) * unit * scale
        read, bias_read = None, np.zeros(own.columns)
        if model.read_amplitude or model.read_relative:
            wanted = cells.cells[rows, columns].astype(np.float32)
            variance = read_sigma(wanted, model).astype(np.float64) ** 2
            read = variance.reshape(own.copies, -1, own.columns).sum(axis=0)
            strips = cells.bias[strip, columns].astype(np.float32)
            bias_read = (read_sigma(strips, model).astype(np.float64) ** 2).sum(axis=0)
            bias_read *= (unit * scale).astype(np.float64) ** 2
        drawn = Drawn(
            weights=weights,
            scale=scale,
            exact=None,
            exact_scale=0.0,
            bias=bias + 4 * array.columns.offset[columns],
            sigma=4 * np.float32(model.output_noise) * array.columns.factor[columns],
            read=read,
            bias_read=bias_read,
            packed=None if read is not None else _packed(weights),
        )
        return NoisyBlock(drawn, self._streams[number])

    def _draw(self, number: int, cells: Cells) -> _Array:
        """All cells of an array; those never programmed hold 0, without error."""
        model, size = self.model, self.chip.array
        decades = model.decades(self.conditions)
        stream = Stream(SEED, CELLS, self.seed, number)
        wanted, strip = cells.cells.astype(np.float32), cells.bias.astype(np.float32)
        sigma = in_steps(static_sigma(wanted, model, decades), GRID)
        held = noisy(wanted, sigma, stream, GRID)
        bias = noisy(strip, static_sigma(strip, model, decades), stream)
        if model.stuck_low or model.stuck_high:
            key = np.random.SeedSequence(SEED, spawn_key=(STUCK, self.seed, number))
            random = np.random.Generator(np.random.SFC64(key))
            ends = np.array([size.weight_max, size.weight_min], np.float32)
            noise_draw.stick(held, ends, model, random)
            noise_draw.stick(
                bias, ends * np.float32(size.bias_cell_max / size.weight_max), model, random
            )
        if self._known is not None:
            known, strip = self._known.cells[number], self._known.bias[number]
            held, bias = (np.where(np.isnan(k), h, k) for k, h in ((known, held), (strip, bias)))
        prepared = Prepared(self.chip, model, self.conditions, {})
        return _Array(held, bias, noise_draw.columns(prepared, SEED, self.seed, number))


def _packed(weights: npt.NDArray[np.float64]) -> Packed | None:
    """Weights for the integer kernel, on the first grid that they are on and that it can take."""
    grid = GRID
    while grid >= _FINEST:
        found = pack(weights, grid)
        if found is not None:
            return found
        grid /= 2
    return None


def load(chip: Chip, model: str, seed: int, cells: Path | None = None) -> NoisyChip | None:
    """The chip ``seed`` of a model: a preset by name, or a TOML file's; None where it is ideal.

    ``cells``: a file of what its cells hold. Numbers of a model that are for single layers are
    left out. Raises ChipError for an unknown model or a broken file, DataError for wrong cells.
    """
    found = noise_chip.model(chip, model)
    if found.ideal:
        return None
    known = None if cells is None else noise_chip.load(cells, chip)
    return NoisyChip(chip, found, seed, known=known)
