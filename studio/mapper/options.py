"""What the user can choose about mapping."""

from __future__ import annotations

from dataclasses import dataclass

from studio.base.errors import StudioError
from studio.chip.chip import Chip


@dataclass(frozen=True)
class MapOptions:
    """Choices of the mapper.

    ``skip_columns``: columns left free at the left edge; None skips the chip's reserved ones.
    ``bias_rows``: bias rows a block gets where there is room; None means the chip's preferred
    number. A block whose bias needs more gets more, and fewer where there is no room.
    ``finest_columns``: a tile is not cut narrower than this in order to fit.
    """

    skip_columns: int | None = None
    bias_rows: int | None = None
    finest_columns: int = 16


def check(options: MapOptions, chip: Chip) -> None:
    """Raise StudioError where a choice leaves the chip's range."""
    array = chip.array
    if options.skip_columns is not None and not 0 <= options.skip_columns < array.columns:
        raise StudioError(
            f"skip_columns is {options.skip_columns}, must be 0..{array.columns - 1}",
            hint="Leave it out to skip the chip's reserved columns.",
            where=chip.name,
        )
    if options.bias_rows is not None and not 1 <= options.bias_rows <= array.bias_rows:
        raise StudioError(
            f"bias_rows is {options.bias_rows}, must be 1..{array.bias_rows}",
            hint="Leave it out to use the chip's preferred number.",
            where=chip.name,
        )
    if options.finest_columns < 1:
        raise StudioError(
            f"finest_columns is {options.finest_columns}, must be at least 1", where=chip.name
        )


def first_column(chip: Chip, options: MapOptions) -> int:
    """The first column blocks may use."""
    reserved = chip.array.reserved_columns
    return reserved if options.skip_columns is None else options.skip_columns


def wanted_bias_rows(chip: Chip, options: MapOptions) -> int:
    """The number of bias rows a block gets where there is room."""
    preferred = chip.array.bias_rows_preferred
    return preferred if options.bias_rows is None else options.bias_rows
