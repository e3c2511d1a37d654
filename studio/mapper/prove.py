"""OR-tools as an extra: improve a layout and prove that there is no better one.

CP-SAT starts from the layout it is given and looks for fewer arrays, then fewer blocks short
of bias rows; its bound is the proof. OR-tools is optional and slow to import, so it is
imported only when it is used (cpsat.py).
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Sequence
from dataclasses import replace

from studio.base.errors import FitError, StudioError
from studio.base.job import Job
from studio.mapper import bias, bounds, cpsat, places
from studio.mapper.problem import Problem
from studio.mapper.request import Placement, Search

EXTRA = "cim-studio[prove]"


def available() -> bool:
    """Whether OR-tools is installed."""
    return importlib.util.find_spec("ortools") is not None


def prove(
    problem: Problem,
    placements: Sequence[Placement],
    search: Search,
    seconds: float,
    job: Job,
    where: str = "",
    workers: int = 0,
) -> tuple[tuple[Placement, ...], Search]:
    """Improve ``placements`` (empty: none found yet) or prove them best; what is known then.

    The layout that comes back uses no more arrays than the one given and, on as many, has no
    more short blocks; where neither improves it is the one given, unchanged. It is empty only
    when none was given and none was found. ``seconds`` are counted in steps, as in the search,
    unless ``workers`` says how many threads to run for so long by the clock, which may give
    another layout every time. ``where`` is what messages call the chip.

    Raises StudioError where OR-tools is not installed, FitError where it proves that the blocks
    do not fit, Cancelled.
    """
    if not available():
        raise StudioError(
            "OR-tools is not installed",
            hint=f"Install it with: pip install {EXTRA}",
            where=where,
        )
    if seconds <= 0:
        raise StudioError(
            f"seconds is {seconds}, must be above 0", hint="10 is a good start.", where=where
        )
    if search.optimal or not problem.requests:
        return tuple(placements), search
    start = time.perf_counter()
    effort = cpsat.Effort(seconds, workers)
    whole, (problem, fixed) = problem, places.split(problem)
    if not problem.requests:
        return tuple(placements), search
    placements = [own for number, own in enumerate(placements) if number not in fixed]
    answer = cpsat.solve(problem, effort, job, placements, search.least_arrays)
    if answer.status == "infeasible":
        raise FitError(
            f"{len(problem.requests)} blocks in the free space are proved impossible by OR-tools",
            hint="Make the network smaller, or cut its layers into smaller tiles.",
            where=where,
        )
    given, found = _cost(problem, placements), _cost(problem, answer.placements)
    better = bool(answer.placements) and (not placements or found < given)
    best, cost = (answer.placements, found) if better else (tuple(placements), given)
    least = answer.arrays, answer.short
    if least[0] == cost[0]:
        least = cost[0], max(least[1], bounds.least_short(problem, cost[0])[0])
    optimal = bool(best) and cost[:2] <= least
    found_best = replace(
        search,
        method=_method(search.method) if better else search.method,
        tries=search.tries + better,
        seconds=search.seconds + time.perf_counter() - start,
        arrays=cost[0],
        least_arrays=least[0],
        short=cost[1],
        optimal=optimal,
        proof=_proof(bool(best), cost, least, optimal),
    )
    if not best:
        return (), found_best
    return places.joined(whole, fixed, best), places.told(whole, fixed, found_best)


def _cost(problem: Problem, placements: Sequence[Placement]) -> tuple[int, int, int]:
    """Arrays used, short blocks, and the bias rows these miss."""
    arrays = len(problem.used | {own.array for own in placements})
    return arrays, *bias.lack(problem, dict(enumerate(placements)))


def _method(before: str) -> str:
    return f"{before}, then OR-tools CP-SAT" if before else "OR-tools CP-SAT"


def _proof(found: bool, cost: tuple[int, ...], least: tuple[int, int], optimal: bool) -> str:
    if optimal:
        return "OR-tools proved that no layout uses fewer arrays or has fewer short blocks."
    if not found:
        return "OR-tools found no layout in its time and did not prove that there is none."
    if cost[0] > least[0]:
        known = f"at least {least[0]} arrays are proved necessary, {cost[0]} are used"
    else:
        known = f"at least {least[1]} short blocks are proved necessary, there are {cost[1]}"
    return f"OR-tools did not finish its proof: {known}."
