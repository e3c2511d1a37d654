"""One chip of a noise study as its cells lie on the arrays, for the emulator.

``python -m studio.emulator --noise MODEL --seed N --cells FILE`` then computes on chip N of the
study with seed 0: the same cells and the same columns.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.base.errors import DataError
from studio.base.files import replacing
from studio.chip import chip as chips
from studio.chip import noise as noises
from studio.chip.chip import Chip
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper import store as layouts
from studio.mapper.layout import Layout
from studio.quantize import store as qnetworks
from studio.quantize.qnetwork import QNetwork
from studio.simulate import noise_draw
from studio.simulate.noise import Float32
from studio.simulate.noise_cells import prepare

SEED = 0  # of the study that the emulated chips belong to


@dataclass(frozen=True)
class ChipCells:
    """What cells hold, in weight steps, NaN where nothing was drawn.

    ``cells``: float32 [arrays, rows, columns], ``bias``: float32 [arrays, bias rows, columns].
    """

    cells: Float32
    bias: Float32


def model(chip: Chip, name: str) -> DeviceModel:
    """A device model: a preset's by name, or a TOML file's. Raises ChipError for an unknown one."""
    if name.endswith(".toml"):
        return noises.load(Path(name))
    # A chip file of an older results folder has no models, or fewer.
    known = dict(chips.load(chip.id).noise) if chip.id in chips.names() else {}
    return noises.pick(known | dict(chip.noise), name, chip.name)


def draw(
    mapped: Sequence[tuple[QNetwork, Layout]],
    chip: Chip,
    device: DeviceModel,
    number: int,
    conditions: Conditions | None = None,
) -> ChipCells:
    """The cells of networks on chip ``number``, as ``noise_run.NoisyArray`` has them."""
    size = chip.array
    cells = np.full((size.count, size.rows, size.columns), np.nan, np.float32)
    bias = np.full((size.count, size.bias_rows, size.columns), np.nan, np.float32)
    for qnetwork, layout in mapped:
        prepared = prepare(qnetwork, layout, chip, device, conditions or Conditions())
        for op in qnetwork.array_ops:
            for index, tiles in enumerate(prepared.tiles[op.name]):
                for place, tile in enumerate(tiles):
                    blocks = layout.of(op.name, index, place)
                    for part, block in zip(tile.parts, blocks, strict=True):
                        held, strip = noise_draw.cells(prepared, part, tile.grid, SEED, number)
                        columns = slice(block.column, block.column + block.columns)
                        rows = slice(block.row, block.row + block.rows)
                        cells[block.array, rows, columns] = held.reshape(block.rows, -1)
                        rows = slice(block.bias_row, block.bias_row + block.bias_rows)
                        bias[block.array, rows, columns] = strip
    return ChipCells(cells, bias)


def of_results(folder: Path, chip: Chip, name: str | None, number: int) -> Path | None:
    """Chip ``number`` of a results folder: the file with its cells, written there anew.

    None for an ideal chip, or a folder without a mapped network. Networks that share its array are
    not known here: their cells are the emulator's own draw.
    """
    device = model(chip, name) if name is not None else None
    if device is None or device.ideal or not (folder / "layout.json").exists():
        return None
    qnetwork = qnetworks.load(folder / "quantized")
    layout = layouts.load(folder / "layout.json", qnetwork, chip)
    path = folder / "cells.npz"
    save(draw([(qnetwork, layout)], chip, device, number), path)
    return path


def save(found: ChipCells, path: Path) -> None:
    """Write the cells as npz."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, cells=found.cells, bias=found.bias)


def load(path: Path, chip: Chip) -> ChipCells:
    """Read them back. Raises DataError for a file that is none, or another chip's."""
    size = chip.array
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            found = ChipCells(data["cells"].astype(np.float32), data["bias"].astype(np.float32))
    except (OSError, EOFError, TypeError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"not a file of noisy cells: {error}", where=str(path)) from error
    shape = (size.count, size.rows, size.columns)
    if found.cells.shape != shape or found.bias.shape != (size.count, size.bias_rows, shape[2]):
        raise DataError(f"the cells of another chip than {chip.name}", where=str(path))
    return found
