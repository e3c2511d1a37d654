"""What the user can choose about mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from studio.base.errors import StudioError
from studio.chip.chip import Chip
from studio.mapper.problem import Occupied
from studio.quantize.qnetwork import QNetwork

SECONDS_MAX = 86400  # a day


@dataclass(frozen=True)
class LayerOptions:
    """Choices for one layer.

    ``bank`` is the name of the bank its blocks must lie in ("" for any). ``copies`` stores every
    block that many times (a power of two), stacked, with inputs repeated and the gain
    multiplied: neutral without noise, averages noise. ``points`` window positions are computed
    in one round, by as many shifted copies side by side.
    """

    bank: str = ""
    copies: int = 1
    points: int = 1


@dataclass(frozen=True)
class Place:
    """Where one block must lie: its top left cell and its first bias row.

    The block is the one that holds ``columns`` array columns of row tile ``tile`` of matrix
    ``matrix`` of ``layer``, from matrix column ``first_column`` on. ``bias_rows`` is 0 where the
    tile has no bias. ``pinned``: the user wants it there also when the others are mapped again.
    ``points``: window positions it computes in a round. It may lie in another bank than the one
    chosen for its layer.
    """

    layer: str
    matrix: int
    tile: int
    first_column: int
    columns: int
    array: int
    row: int
    column: int
    bias_row: int
    bias_rows: int
    pinned: bool = True
    points: int = 1


@dataclass(frozen=True)
class MapOptions:
    """Choices of the mapper.

    ``skip_columns``: columns left free at the left edge; None skips the chip's reserved ones.
    ``bias_rows``: bias rows a block gets where there is room; None means the chip's preferred
    number. A block whose bias needs more gets more, and fewer where there is no room.
    ``finest_columns``: a tile is not cut narrower than this in order to fit. ``seconds``: how
    long the search may take on an ordinary computer; it is counted in steps, so that the same
    input gives the same layout. ``layers``: choices for single layers, by the operation's name.
    ``duplicate``: use free space to compute several window positions in one round, where that
    makes the network faster (estimate.py). ``occupied``: cells to place around.
    ``prove_seconds``: how long OR-tools may polish the layout and prove it; 0 leaves it out.
    ``places``: blocks that lie exactly there; the others are placed around them.
    """

    skip_columns: int | None = None
    bias_rows: int | None = None
    finest_columns: int = 16
    seconds: float = 1.0
    layers: Mapping[str, LayerOptions] = field(default_factory=dict)
    duplicate: bool = False
    occupied: tuple[Occupied, ...] = ()
    prove_seconds: float = 0.0
    places: tuple[Place, ...] = ()


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
    for title, seconds in (("seconds", options.seconds), ("prove_seconds", options.prove_seconds)):
        if not 0 <= seconds <= SECONDS_MAX:
            raise StudioError(
                f"{title} is {seconds:g}, must be 0..{SECONDS_MAX}",
                hint="The search and OR-tools stop sooner when there is nothing left to find.",
                where=chip.name,
            )
    for layer, own in options.layers.items():
        _check_layer(layer, own, chip)


def _check_layer(layer: str, own: LayerOptions, chip: Chip) -> None:
    names = dict.fromkeys(bank.name for bank in chip.array.banks)
    if own.bank and own.bank not in names:
        raise StudioError(
            f"there is no bank {own.bank}", hint=f"Banks: {', '.join(names)}.", where=layer
        )
    if own.copies < 1 or own.copies & (own.copies - 1):
        raise StudioError(
            f"copies is {own.copies}, must be a power of two from 1",
            hint="The gain is multiplied by it and stays a power of two.",
            where=layer,
        )
    if own.points < 1:
        raise StudioError(f"points is {own.points}, must be at least 1", where=layer)


def check_names(options: MapOptions, qnetworks: Sequence[QNetwork]) -> None:
    """Raise StudioError for choices about a layer that none of the networks has."""
    names = dict.fromkeys(op.name for qnetwork in qnetworks for op in qnetwork.array_ops)
    for layer in options.layers:
        if layer not in names:
            raise StudioError(
                f"no layer {layer!r} lies on the array",
                hint=f"Layers: {', '.join(names) or 'none'}.",
                where=", ".join(qnetwork.name for qnetwork in qnetworks),
            )


def banks(chip: Chip, name: str) -> tuple[int, ...]:
    """The numbers of the banks called ``name``; none, which means any, for ""."""
    return tuple(n for n, bank in enumerate(chip.array.banks) if name and bank.name == name)


def bank_rows(chip: Chip, name: str) -> int:
    """Rows of the largest bank called ``name``, or of all where ``name`` is ""."""
    return max(bank.rows for bank in chip.array.banks if name in ("", bank.name))


def first_column(chip: Chip, options: MapOptions) -> int:
    """The first column blocks may use."""
    reserved = chip.array.reserved_columns
    return reserved if options.skip_columns is None else options.skip_columns


def wanted_bias_rows(chip: Chip, options: MapOptions) -> int:
    """The number of bias rows a block gets where there is room."""
    preferred = chip.array.bias_rows_preferred
    return preferred if options.bias_rows is None else options.bias_rows
