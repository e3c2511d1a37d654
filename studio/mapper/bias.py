"""Bias rows anew for blocks whose columns are settled: as many blocks as can be get the wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.mapper.occupancy import lowest_run
from studio.mapper.problem import Problem
from studio.mapper.request import Placement, Request


@dataclass(frozen=True)
class _Strip:
    """Which blocks share columns with each, and the rows that occupied cells hold there."""

    requests: Sequence[Request]
    neighbours: Mapping[int, list[int]]
    held: Mapping[int, int]
    rows: int
    wanted: int


def lack(problem: Problem, placements: Mapping[int, Placement]) -> tuple[int, int]:
    """Short blocks, and the bias rows they miss to the wanted number."""
    counts = {number: own.bias_rows for number, own in placements.items()}
    return _lack(problem.requests, problem.wanted, counts)


def _lack(requests: Sequence[Request], wanted: int, counts: Mapping[int, int]) -> tuple[int, int]:
    missing = [requests[number].target(wanted) - count for number, count in counts.items()]
    return sum(own > 0 for own in missing), sum(own for own in missing if own > 0)


def assign(problem: Problem, placements: Mapping[int, Placement]) -> dict[int, Placement]:
    """The same places, with bias rows that leave fewer blocks short where that can be.

    Blocks that lack few bias cells come first. Blocks are widened where they are; where that is
    not better, all of them are placed in the strip anew.
    """
    if lack(problem, placements) == (0, 0):
        return dict(placements)
    strip = _strip(problem, placements)
    now = {n: (own.bias_row, own.bias_rows) for n, own in placements.items() if own.bias_rows}
    trials = [_widened(strip, now)]
    for order in _orders(strip, list(now)):
        for whole in (True, False):
            stacked = _stacked(strip, order, whole)
            if stacked is not None:
                trials.append(_widened(strip, stacked))
    best = min(trials, key=lambda trial: _short(strip, trial))
    return {
        number: replace(own, bias_row=best[number][0], bias_rows=best[number][1])
        if number in best
        else own
        for number, own in placements.items()
    }


def _strip(problem: Problem, placements: Mapping[int, Placement]) -> _Strip:
    numbers = [n for n, own in placements.items() if own.bias_rows]
    starts = np.array([placements[n].column for n in numbers], np.int64)
    ends = starts + np.array([problem.requests[n].columns for n in numbers], np.int64)
    arrays = np.array([placements[n].array for n in numbers], np.int64)
    meets = (starts[:, None] < ends) & (starts < ends[:, None]) & (arrays[:, None] == arrays)
    np.fill_diagonal(meets, val=False)
    neighbours = {
        n: [numbers[i] for i in np.flatnonzero(meets[at])] for at, n in enumerate(numbers)
    }
    held = dict.fromkeys(numbers, 0)
    for at, number in enumerate(numbers):
        for own in problem.occupied:
            meet = own.column < ends[at] and starts[at] < own.column + own.columns
            if meet and own.array == arrays[at]:
                held[number] |= ((1 << own.bias_rows) - 1) << own.bias_row
    return _Strip(problem.requests, neighbours, held, problem.bias_rows, problem.wanted)


Rows = dict[int, tuple[int, int]]  # first bias row and bias rows, by block


def _taken(strip: _Strip, rows: Rows, number: int) -> int:
    taken = strip.held[number]
    for other in strip.neighbours[number]:
        if other in rows:
            row, count = rows[other]
            taken |= ((1 << count) - 1) << row
    return taken


def _cost(strip: _Strip, number: int, count: int) -> tuple[int, int]:
    """Bias cells that are missing to the wanted number, and the block's to settle ties."""
    request = strip.requests[number]
    return (request.target(strip.wanted) - count) * request.columns, number


def _widened(strip: _Strip, rows: Rows) -> Rows:
    """Every block with the wanted number where its columns have room, then with what they have."""
    found = dict(rows)
    for whole in (True, False, False):  # blocks that grew elsewhere left rows to others
        for number in sorted(found, key=lambda n: _cost(strip, n, found[n][1])):
            request = strip.requests[number]
            target = request.target(strip.wanted)
            more = [k for k in request.bias_choices if found[number][1] < k <= target]
            if not more:
                continue
            taken = _taken(strip, found, number)
            for count in reversed(more[-1:] if whole else more):
                row = lowest_run(taken, strip.rows, count)
                if row >= 0:
                    found[number] = row, count
                    break
    return found


def _orders(strip: _Strip, numbers: Sequence[int]) -> list[list[int]]:
    """Orders to stack blocks in: wide ones first, or those with many bias rows."""
    requests = strip.requests
    return [
        sorted(numbers, key=lambda n: (-requests[n].columns, n)),
        sorted(numbers, key=lambda n: (-requests[n].bias_choices[0], -requests[n].columns, n)),
    ]


def _stacked(strip: _Strip, order: Sequence[int], whole: bool) -> Rows | None:
    """Every block at the lowest free rows with its least number; None where one finds none.

    ``whole``: with the wanted number, or else the most that its columns have room for.
    """
    found: Rows = {}
    for number in order:
        request = strip.requests[number]
        taken = _taken(strip, found, number)
        most = request.target(strip.wanted) if whole else request.bias_choices[0]
        for count in reversed([k for k in request.bias_choices if k <= most]):
            row = lowest_run(taken, strip.rows, count)
            if row >= 0:
                found[number] = row, count
                break
        else:
            return None
    return found


def _short(strip: _Strip, rows: Rows) -> tuple[int, int]:
    counts = {number: count for number, (_, count) in rows.items()}
    return _lack(strip.requests, strip.wanted, counts)
