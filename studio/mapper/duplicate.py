"""Duplication for speed: free cells hold copies, so that a round computes several positions.

By the latency model (estimate.py) an inference takes as long as its rounds. A layer with
``points`` p takes ceil(n / p) rounds instead of n along one axis of its output, and more cells:
p times the columns, and the rows of the union of p windows. So this is a knapsack: rounds saved
against cells. What fits is known only after placing, and placing takes time: plan by area first,
then place as few plans as possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from studio.base.errors import FitError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.mapper import copies, estimate, places, tiling
from studio.mapper.copies import Scheme, Schemes
from studio.mapper.options import (
    LayerOptions,
    MapOptions,
    bank_rows,
    first_column,
    wanted_bias_rows,
)
from studio.mapper.request import Placement, Request, Search
from studio.mapper.search import search
from studio.quantize.qnetwork import ArrayOp, QNetwork

TRIES_PER_SECOND = 32  # placements tried for each second of the search's budget

Layers = Mapping[str, LayerOptions]
Mapped = tuple[Schemes, tuple[Request, ...], tuple[Placement, ...], Search]


@dataclass(frozen=True)
class _Choice:
    """One number of points of one layer: its blocks' rounds, cells and cells of the bias strip."""

    points: int
    rounds: int
    cells: int
    strip: int


@dataclass(frozen=True)
class _Room:
    """What there is of the arrays, and what the blocks leave of it without duplication."""

    cells: int
    strip: int
    free_cells: int
    free_strip: int


@dataclass(frozen=True)
class _Step:
    """Raise a layer to its choice of this index; ``worth``: rounds saved per share of the room."""

    layer: str
    index: int
    worth: float
    rounds: int


def improve(
    qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions, base: Mapped, job: Job
) -> Mapped:
    """The layout ``base`` with layers duplicated where that saves rounds; ``base`` where none is.

    The result uses no more arrays than ``base``, no layer's blocks have fewer bias rows, no
    block lies in more parts than its width asks for.
    """
    columns = chip.array.columns - first_column(chip, options)
    # Without the arrays that the base leaves empty.
    last = max((placement.array for placement in base[2]), default=0)
    chip = replace(chip, array=replace(chip.array, count=last + 1))
    best = base
    floor = _least_bias(base)
    # Where the base had to be cut finer than the columns ask for, its parts stay that narrow.
    width = max((request.columns for request in base[1]), default=1)
    if _requests(qnetworks, chip, options, columns)[1] == base[1]:
        width = columns

    def fits(layers: Layers) -> bool:
        nonlocal best
        own = replace(options, layers=layers, seconds=options.seconds / TRIES_PER_SECOND)
        try:
            schemes, requests = _requests(qnetworks, chip, own, width)
            problem = tiling.problem(requests, chip, own)
            found = (schemes, requests, *search(problem, chip.name, own.seconds, job))
        except FitError:
            return False
        rows = _least_bias(found)
        worse = any(rows[key] < least for key, least in floor.items())
        fewer = _rounds(found, qnetworks) < _rounds(best, qnetworks)
        if worse or not fewer or _arrays(found) > _arrays(base):
            return False
        best = found
        return True

    choose(qnetworks, chip, options, fits)
    return best


def choose(
    qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions, fits: Callable[[Layers], bool]
) -> Layers:
    """``options.layers`` with points raised where that saves the most rounds for the cells.

    ``fits`` says whether a choice can be placed; it is asked at most ``TRIES_PER_SECOND`` times
    for each of ``options.seconds``, at least once, and the last choice it accepted is the
    result. Layers with points of the user's or a given place stay as they are, and so do layers
    with a single position or several row tiles.
    """
    choices = _choices(qnetworks, chip, options)
    tries = max(1, round(options.seconds * TRIES_PER_SECOND))
    room = _room(qnetworks, chip, options)
    plans = list(_plans(choices, room))
    level = dict.fromkeys(choices, 0)
    # The longest part of the plan that fits, assuming that a part of what fits does.
    low, high = 0, len(plans)
    while low < high and tries:
        middle = (low + high + 1) // 2
        tries -= 1
        if fits(_layers(options, choices, plans[middle - 1])):
            low, level = middle, plans[middle - 1]
        else:
            high = middle - 1
    # Then whatever else fits, the best first; what failed once is not tried again.
    refused: dict[str, int] = {}
    while tries and (step := _best_step(choices, level, room, refused)) is not None:
        tries -= 1
        trial = level | {step.layer: step.index}
        if fits(_layers(options, choices, trial)):
            level = trial
        else:
            refused[step.layer] = step.index
    return _layers(options, choices, level)


def _choices(
    qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions
) -> dict[str, list[_Choice]]:
    """For each layer that may be raised, its useful numbers of points, ascending, 1 first."""
    ops: dict[str, list[tuple[ArrayOp, QNetwork]]] = {}
    for qnetwork in qnetworks:
        for op in qnetwork.array_ops:
            ops.setdefault(op.name, []).append((op, qnetwork))
    columns = chip.array.columns - first_column(chip, options)
    found = {}
    for name, own in ops.items():
        layer = options.layers.get(name, LayerOptions())
        room = (bank_rows(chip, layer.bank), columns)
        most = min(copies.most_points(op, net, layer.copies, room) for op, net in own)
        if layer.points > 1 or most < 2 or name in places.layers(options):
            continue
        bias = sum(_bias_cells(op, layer.copies, chip, options) for op, _ in own)
        useful: list[_Choice] = []
        for points in sorted(set().union(*(_steps(op, net, most) for op, net in own))):
            costs = [_cost(op, net, layer.copies, points, columns) for op, net in own]
            turns, cells = (sum(values) for values in zip(*costs, strict=True))
            if not useful or turns < useful[-1].rounds:
                useful.append(_Choice(points, turns, cells, bias * points))
        if len(useful) > 1:
            found[name] = useful
    return found


def _steps(op: ArrayOp, qnetwork: QNetwork, most: int) -> set[int]:
    """The numbers of points, 1 to ``most``, none of which a smaller one equals in rounds."""
    _, positions = copies.axis(op, qnetwork)
    found, points = {1}, 1
    while (turns := -(-positions // points)) > 1:
        points = -(-positions // (turns - 1))
        if points > most:
            break
        found.add(points)
    return found


def _bias_cells(op: ArrayOp, times: int, chip: Chip, options: MapOptions) -> int:
    """Cells of the bias strip the layer's blocks want without points."""
    wanted, total = wanted_bias_rows(chip, options), 0
    for _, matrix in op.stored():
        for tile in matrix.tiles:
            bias = copies.bias(tile, (0, matrix.columns), Scheme(times))
            possible = tiling.bias_choices(bias, chip.array, op.name, times)
            if possible:
                total += max(possible[0], min(wanted, possible[-1])) * matrix.columns
    return total


def _cost(
    op: ArrayOp, qnetwork: QNetwork, times: int, points: int, columns: int
) -> tuple[int, int]:
    """Rounds and cells of a layer's blocks, cut where they are wider than ``columns``."""
    scheme = copies.stored(op, qnetwork, times, points)
    tiles = [(matrix, tile) for _, matrix in op.stored() for tile in matrix.tiles]
    parts = sum(len(tiling.cut(m.columns, max(1, columns // points))) for m, _ in tiles)
    cells = sum(copies.rows(op, m, tile, scheme) * m.columns * points for m, tile in tiles)
    return estimate.rounds(op, qnetwork, points) * parts, cells


def _room(qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions) -> _Room:
    array = chip.array
    columns = array.columns - first_column(chip, options)
    cells = array.count * columns * sum(bank.rows for bank in array.banks)
    strip = array.count * columns * array.bias_rows
    _, requests = _requests(qnetworks, chip, options, columns)
    wanted = sum(
        _bias_cells(op, options.layers.get(op.name, LayerOptions()).copies, chip, options)
        for qnetwork in qnetworks
        for op in qnetwork.array_ops
    )
    return _Room(cells, strip, cells - sum(own.cells for own in requests), strip - wanted)


def _plans(choices: Mapping[str, list[_Choice]], room: _Room) -> Iterator[dict[str, int]]:
    """The best step after the other, as far as the room goes: the indices after each."""
    level = dict.fromkeys(choices, 0)
    while (step := _best_step(choices, level, room, {})) is not None:
        level = level | {step.layer: step.index}
        yield level


def _best_step(
    choices: Mapping[str, list[_Choice]],
    level: Mapping[str, int],
    room: _Room,
    refused: Mapping[str, int],
) -> _Step | None:
    """The step that saves most rounds for its cells; of equals the slowest layer's, then the first.

    ``refused`` layers stay below that index. None where no step has room.
    """
    cells = room.free_cells - sum(own[level[n]].cells - own[0].cells for n, own in choices.items())
    strip = room.free_strip - sum(own[level[n]].strip - own[0].strip for n, own in choices.items())
    found: _Step | None = None
    for name, own in choices.items():
        now = own[level[name]]
        for index in range(level[name] + 1, refused.get(name, len(own))):
            more, bias = own[index].cells - now.cells, own[index].strip - now.strip
            if more > cells or bias > max(0, strip):
                break
            worth = (now.rounds - own[index].rounds) / (more / room.cells + bias / room.strip)
            if found is None or (worth, now.rounds) > (found.worth, found.rounds):
                found = _Step(name, index, worth, now.rounds)
    return found


def _layers(
    options: MapOptions, choices: Mapping[str, list[_Choice]], level: Mapping[str, int]
) -> Layers:
    """The user's choices with the points of ``level``."""
    raised = {
        name: replace(options.layers.get(name, LayerOptions()), points=choices[name][index].points)
        for name, index in level.items()
        if index
    }
    return {**options.layers, **raised}


def _requests(
    qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions, width: int
) -> tuple[Schemes, tuple[Request, ...]]:
    schemes = copies.schemes(qnetworks, options, chip)
    return schemes, tiling.requests(qnetworks, chip, options, schemes, width)


def _rounds(mapped: Mapped, qnetworks: Sequence[QNetwork]) -> int:
    """Rounds of one inference of every network."""
    schemes, requests, *_ = mapped
    ops = [{op.name: op for op in own.array_ops} for own in qnetworks]
    steps = [estimate.times(own) for own in qnetworks]
    return sum(
        estimate.rounds(
            ops[own.network][own.layer],
            qnetworks[own.network],
            schemes[own.network, own.layer].points,
        )
        * steps[own.network].get(own.layer, 1)
        for own in requests
    )


def _arrays(mapped: Mapped) -> int:
    return len({placement.array for placement in mapped[2]})


def _least_bias(mapped: Mapped) -> dict[tuple[int, str, int, int], int]:
    """The fewest bias rows of a row tile's blocks, by network, layer, matrix and tile."""
    found: dict[tuple[int, str, int, int], int] = {}
    for own, placement in zip(mapped[1], mapped[2], strict=True):
        key = (own.network, own.layer, own.matrix, own.tile)
        found[key] = min(found.get(key, placement.bias_rows), placement.bias_rows)
    return found
