"""Blocks whose place is given: what they hold, whether they may lie there, and the rest.

A given block is a request like any other, with ``given`` set. The search sees only the others:
for them the given ones are occupied cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from studio.base.errors import FitError, StudioError
from studio.chip.chip import Chip
from studio.mapper import words
from studio.mapper.options import LayerOptions, MapOptions, Place
from studio.mapper.problem import Occupied, Problem
from studio.mapper.request import Placement, Request, Search
from studio.quantize.qnetwork import ArrayOp, QNetwork

HINT = "Take the pins away (Mapper > Forget places), or move the block."

Tile = tuple[int, str, int, int]  # number of the network, layer, matrix, row tile
Places = Mapping[Tile, Sequence[Place]]


def by_tile(qnetworks: Sequence[QNetwork], options: MapOptions) -> Places:
    """The given places of each row tile, by their columns.

    Raises StudioError for a place of a layer, matrix or tile that is not on the array, and where
    several networks have the layer.
    """
    found: dict[Tile, list[Place]] = {}
    layers: dict[str, list[tuple[int, ArrayOp]]] = {}
    for number, qnetwork in enumerate(qnetworks):
        for op in qnetwork.array_ops:
            layers.setdefault(op.name, []).append((number, op))
    for place in options.places:
        ops = layers.get(place.layer, [])
        if not ops:
            raise _unknown(place, "the network has no such layer on the array")
        if len(ops) > 1:
            raise _unknown(place, "several networks have a layer of this name")
        network, op = ops[0]
        matrices = dict(op.stored())
        if place.matrix not in matrices or not 0 <= place.tile < len(matrices[place.matrix].tiles):
            raise _unknown(place, "the layer has no such matrix or row tile on the array")
        found.setdefault((network, place.layer, place.matrix, place.tile), []).append(place)
    for own in found.values():
        own.sort(key=lambda place: place.first_column)
    return found


def with_points(options: MapOptions) -> MapOptions:
    """The options with the points that ``duplicate`` once gave to layers with a given place."""
    if not options.duplicate:
        return options
    layers = dict(options.layers)
    for place in options.places:
        own = layers.get(place.layer, LayerOptions())
        if own.points == 1 and place.points > 1:
            layers[place.layer] = replace(own, points=place.points)
    return replace(options, layers=layers)


def layers(options: MapOptions) -> frozenset[str]:
    """The layers of which a block has a given place."""
    return frozenset(place.layer for place in options.places)


def spans(given: Sequence[Place], columns: int, points: int) -> list[tuple[int, int, Place | None]]:
    """A matrix's columns 0..columns in parts: the given places' own, and the gaps with None.

    ``given`` in the order of their columns, ``points`` window positions a round. Raises
    StudioError where a place holds no such part of the matrix.
    """
    found: list[tuple[int, int, Place | None]] = []
    reached = 0
    for place in given:
        if place.points != points:
            raise _unknown(
                place, f"it computes {place.points} points a round there, the layer now {points}"
            )
        start, width = place.first_column, place.columns // points
        if width < 1 or place.columns % points or start < 0 or start + width > columns:
            raise _unknown(
                place,
                f"it would hold columns {start}..{start + width - 1} of its matrix, "
                f"which has {columns}",
            )
        if start < reached:
            raise _unknown(place, f"column {start} of its matrix has a given place already")
        if reached < start:
            found.append((reached, start, None))
        reached = start + width
        found.append((start, reached, place))
    if reached < columns:
        found.append((reached, columns, None))
    return found


def placement(place: Place, bias_choices: Sequence[int], chip: Chip) -> Placement:
    """What a place says as the search would. Raises StudioError where its bias rows are too few.

    A block that has no bias any more gets no bias rows.
    """
    if not bias_choices:
        return Placement(place.array, place.row, place.column, 0, 0)
    if place.bias_rows not in bias_choices:
        least = next((k for k in bias_choices if k > place.bias_rows), bias_choices[-1])
        raise StudioError(
            f"{_name(place)} has {place.bias_rows} bias rows where it was placed by hand, its "
            f"bias needs {least}",
            hint=HINT,
            where=place.layer,
        )
    if place.bias_row < 0 or place.bias_row + place.bias_rows > chip.array.bias_rows:
        raise StudioError(
            f"bias rows {place.bias_row}..{place.bias_row + place.bias_rows - 1} of "
            f"{_name(place)} leave the strip, which has {chip.array.bias_rows}",
            hint=HINT,
            where=place.layer,
        )
    return Placement(place.array, place.row, place.column, place.bias_row, place.bias_rows)


def check(requests: Sequence[Request], chip: Chip, occupied: Sequence[Occupied]) -> None:
    """Raise StudioError where a given block may not lie where it was given."""
    given = [own for own in requests if own.given is not None]
    for own in given:
        _inside(own, chip)
    held = [_occupied(own) for own in given]
    for own, mine in zip(given, held, strict=True):
        for past in occupied:
            if what := _meet(mine, past):
                raise _illegal(own, f"{what} are those of an earlier layout")
    for (one, mine), (other, its) in itertools.combinations(zip(given, held, strict=True), 2):
        if what := _meet(mine, its):
            raise _illegal(one, f"{what} are also those of {words.part(other)}")


def split(problem: Problem) -> tuple[Problem, dict[int, Placement]]:
    """The problem of placing what has no given place, and the others' places by number."""
    given = {n: own.given for n, own in enumerate(problem.requests) if own.given is not None}
    if not given:
        return problem, {}
    held = tuple(_occupied(problem.requests[number]) for number in given)
    rest = tuple(own for own in problem.requests if own.given is None)
    used = problem.used | {place.array for place in given.values()}
    return replace(
        problem, requests=rest, occupied=problem.occupied + held, used=frozenset(used)
    ), given


def joined(
    problem: Problem, given: Mapping[int, Placement], others: Sequence[Placement]
) -> tuple[Placement, ...]:
    """All placements in the order of the problem's requests."""
    rest = iter(others)
    numbers = range(len(problem.requests))
    return tuple(given[n] if n in given else next(rest) for n in numbers)


def told(problem: Problem, given: Mapping[int, Placement], search: Search) -> Search:
    """What was found for the others, as a report on all blocks of ``problem``."""
    if not given:
        return search
    short = sum(
        own.bias_rows < problem.requests[n].target(problem.wanted) for n, own in given.items()
    )
    if len(given) == len(problem.requests):
        used = len({own.array for own in given.values()})
        proof = "Every block lies where it was given: nothing was searched, nothing is proved."
        return Search("as given", 0, search.seconds, used, 0, short, False, proof)
    many = "1 block lies" if len(given) == 1 else f"{len(given)} blocks lie"
    proof = f"{many} where given, and this is about the others around. {search.proof}"
    return replace(search, short=search.short + short, proof=proof)


def explained(error: FitError, options: MapOptions) -> FitError:
    """The error of a search around given places, which says that they may be the reason."""
    many = len(options.places)
    blocks = "1 block stays" if many == 1 else f"{many} blocks stay"
    return type(error)(
        f"{error.message}; {blocks} where given",
        hint=f"Take pins away (Mapper > Forget places). {error.hint}".strip(),
        where=error.where,
    )


def _occupied(own: Request) -> Occupied:
    place = own.given
    assert place is not None
    size = own.rows, own.columns, place.bias_row, place.bias_rows
    return Occupied(place.array, place.row, place.column, *size)


def _inside(own: Request, chip: Chip) -> None:
    place, array = own.given, chip.array
    assert place is not None
    last, end = place.row + own.rows - 1, place.column + own.columns
    if not 0 <= place.array < array.count:
        raise _illegal(own, f"there is no array {place.array}, {chip.name} has {array.count}")
    if place.column < 0 or end > array.columns:
        text = f"columns {place.column}..{end - 1} leave the array, which has {array.columns}"
        raise _illegal(own, text)
    # A place by hand counts more than the bank that was chosen for the layer.
    if not any(b.first_row <= place.row and last <= b.last_row for b in array.banks):
        raise _illegal(own, f"rows {place.row}..{last} do not lie in one bank")


def _meet(one: Occupied, other: Occupied) -> str:
    """What two rectangles share: their cells, or bias rows over the same columns."""
    if one.array != other.array or not _cross(
        (one.column, one.columns), (other.column, other.columns)
    ):
        return ""
    if _cross((one.row, one.rows), (other.row, other.rows)):
        return "some of its cells"
    bias = _cross((one.bias_row, one.bias_rows), (other.bias_row, other.bias_rows))
    return "some of its bias rows" if bias else ""


def _cross(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans (first, how many) have something in common; empty ones never have."""
    return max(one[0], other[0]) < min(one[0] + one[1], other[0] + other[1])


def _illegal(own: Request, why: str) -> StudioError:
    return StudioError(
        f"{words.part(own)} cannot lie where it was placed by hand: {why}",
        hint=HINT,
        where=own.layer,
    )


def _unknown(place: Place, why: str) -> StudioError:
    return StudioError(
        f"the place given for {_name(place)} fits no block any more: {why}",
        hint="Take the pins away (Mapper > Forget places).",
        where=place.layer,
    )


def _name(place: Place) -> str:
    return words.part(place)
