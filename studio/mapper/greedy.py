"""Greedy placement in plain Python: block after block, over several orders and rules.

It handles whatever a Problem can say, takes milliseconds and is deterministic. The search
(search.py) goes further with compiled code; where none can be compiled, this is what there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.base.job import Job
from studio.mapper import bias
from studio.mapper.occupancy import Occupancy, Rule
from studio.mapper.problem import Problem, Space
from studio.mapper.request import Placement, Request


def place(problem: Problem, job: Job) -> tuple[tuple[Placement, ...], int]:
    """Find a place for every block: the placements, in the order of the requests, and tries.

    Every block gets the wanted number of bias rows where there is room, fewer where not. The
    placements are empty when no order of the search finds room.
    """
    attempts = [(cap, *rest) for cap in _caps(problem) for rest in _orders(problem.requests)]
    for number, (cap, rule, order) in enumerate(attempts):
        job.step(number, len(attempts), "placing blocks")
        placed = attempt(problem, order, cap, rule)
        if len(placed) == len(problem.requests):
            found = bias.assign(problem, placed)
            return tuple(found[index] for index in range(len(found))), number + 1
    return (), len(attempts)


def attempt(problem: Problem, order: Sequence[int], cap: int, rule: Rule) -> dict[int, Placement]:
    """Place in this order; stop at the first block that finds no room.

    Blocks get at most ``cap`` bias rows, unless they need more.
    """
    arrays = _arrays(problem)
    placed: dict[int, Placement] = {}
    for index in order:
        request = problem.requests[index]
        below = [k for k in request.bias_choices if k <= cap] or list(request.bias_choices[:1])
        for k in reversed(below or [0]):
            found = _find(arrays, request, k, rule)
            if found is not None:
                break
        else:
            break
        number, (space, row, column, bias_row) = found
        occupancy, spaces = arrays[number]
        occupancy.take(request, space, row, column, bias_row, k)
        placed[index] = Placement(number, spaces[space].row + row, column, bias_row, k)
    return placed


Array = tuple[Occupancy, list[Space]]


def _arrays(problem: Problem) -> dict[int, Array]:
    """Every array as it is before anything is placed, by its number."""
    spaces: dict[int, list[Space]] = {}
    for space in problem.spaces:
        spaces.setdefault(space.array, []).append(space)
    arrays = {n: (Occupancy(own, problem.bias_rows), own) for n, own in spaces.items()}
    for occupied in problem.occupied:
        if occupied.array in arrays:
            arrays[occupied.array][0].occupy(occupied)
    return arrays


def _find(
    arrays: Mapping[int, Array], request: Request, bias_rows: int, rule: Rule
) -> tuple[int, tuple[int, int, int, int]] | None:
    for number, (occupancy, _) in arrays.items():
        found = occupancy.find(request, bias_rows, rule)
        if found is not None:
            return number, found
    return None


def _caps(problem: Problem) -> list[int]:
    """Bias rows to allow a block, most first: what divides the strip into 1, 2, 3, … blocks."""
    wanted, strip = problem.wanted, problem.bias_rows
    shares = {strip // depth for depth in range(1, strip + 1)}
    return sorted({wanted} | {share for share in shares if share < wanted}, reverse=True)


def _orders(blocks: Sequence[Request]) -> list[tuple[Rule, list[int]]]:
    """Orders to try: large blocks first, by several notions of large. Ties keep their order."""
    keys = [
        [(-b.rows, -b.columns) for b in blocks],
        [(-b.cells, -b.columns) for b in blocks],
        [(-b.columns, -b.rows) for b in blocks],
        [(-max(b.rows, b.columns), -b.cells) for b in blocks],
    ]
    orders = [sorted(range(len(blocks)), key=key.__getitem__) for key in keys]
    return [(rule, order) for order in orders for rule in ("left", "low")]
