"""Refusing what does not fit, in words that say which resource binds."""

from __future__ import annotations

from collections.abc import Sequence

from studio.base.errors import FitError
from studio.chip.chip import Chip
from studio.mapper.options import MapOptions, first_column
from studio.mapper.request import Request


def check(blocks: Sequence[Request], chip: Chip, options: MapOptions) -> None:
    """Raise FitError for what no search could place.

    That is a block larger than a bank, or more cells or bias cells in all than there are.
    """
    array = chip.array
    columns = array.columns - first_column(chip, options)
    for block in blocks:
        if block.rows > array.max_inputs or block.columns > columns:
            raise FitError(
                f"a block of {block.rows} rows x {block.columns} columns is larger than a bank "
                f"({array.max_inputs} x {columns})",
                hint="Cut the layer into smaller tiles.",
                where=block.layer,
            )
    cells = sum(block.cells for block in blocks)
    room = sum(bank.rows for bank in array.banks) * columns * array.count
    if cells > room:
        raise _too_many("array cells", cells, room, blocks, chip, options)
    bias = sum(block.bias_choices[0] * block.columns for block in blocks if block.bias_choices)
    room = array.bias_rows * columns * array.count
    if bias > room:
        raise _too_many("bias rows x columns", bias, room, blocks, chip, options)


def _largest(blocks: Sequence[Request]) -> str:
    """The three layers with the most cells, for messages."""
    cells: dict[str, int] = {}
    for block in blocks:
        cells[block.layer] = cells.get(block.layer, 0) + block.cells
    names = sorted(cells, key=lambda name: -cells[name])[:3]
    return ", ".join(f"{name} ({cells[name]} cells)" for name in names)


def _hint(chip: Chip, options: MapOptions) -> str:
    first = first_column(chip, options)
    more = f" or use the {first} columns that are skipped (--skip-columns 0)" if first else ""
    return f"Make the network smaller{more}."


def _too_many(
    what: str, need: int, room: int, blocks: Sequence[Request], chip: Chip, options: MapOptions
) -> FitError:
    return FitError(
        f"the network needs {need} {what}, the chip has {room}; "
        f"its largest layers are {_largest(blocks)}",
        hint=_hint(chip, options),
        where=chip.name,
    )


def no_room(
    blocks: Sequence[Request], stuck: Request, fits_bare: bool, chip: Chip, options: MapOptions
) -> FitError:
    """The error of a search that left ``stuck`` over.

    ``fits_bare``: whether all blocks find room when none has a bias, so that the bias rows bind.
    """
    if fits_bare:
        what = "run of columns with enough free bias rows"
        least = stuck.bias_choices[0] if stuck.bias_choices else 0
        size = f"{stuck.rows} x {stuck.columns}, at least {least} bias rows"
    else:
        what = "free rectangle of rows and columns"
        size = f"{stuck.rows} x {stuck.columns}"
    used = sum(block.cells for block in blocks)
    columns = chip.array.columns - first_column(chip, options)
    room = sum(bank.rows for bank in chip.array.banks) * columns * chip.array.count
    return FitError(
        f"no {what} left for layer {stuck.layer} ({size}); all blocks need "
        f"{used} of {room} cells; the largest layers are {_largest(blocks)}",
        hint=_hint(chip, options),
        where=chip.name,
    )
