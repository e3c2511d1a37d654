"""The search: from a Problem to the places of its blocks.

First come layouts that read well: blocks in execution order. Then large blocks first, each place
given the block that fits it best; then a local search over orders (hunt.py). Fewer arrays and
full bias rows are looked for in the same way, as far as nothing proves that they cannot be
(bounds.py). Effort is counted in steps of the compiled packer, not in seconds, so that the same
input gives the same layout on every machine; only how long that takes differs.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from studio.base.job import Job
from studio.mapper import bias, bounds, carve, explain, greedy, pack, places
from studio.mapper.hunt import PERFECT, Effort, Hunt
from studio.mapper.pack import Cost
from studio.mapper.problem import Problem
from studio.mapper.request import Placement, Search

SMALL = 32  # blocks up to which plain Python, too, is done within milliseconds
MEDIUM = 128  # and within half a second


@dataclass(frozen=True)
class _Found:
    """A complete layout, how it was found, and what is proved of the arrays it needs.

    ``short`` is what bounds.least_short says of as many arrays, where it was asked already.
    """

    placements: Mapping[int, Placement]
    method: str
    least: int = 1
    proof: str = ""
    short: tuple[int, str] | None = None


def search(
    problem: Problem, where: str, seconds: float, job: Job
) -> tuple[tuple[Placement, ...], Search]:
    """A place for every block of ``problem``, in the order of its requests.

    ``where`` is what messages call the chip, ``seconds`` the budget on an ordinary computer.
    Blocks with a given place keep it; what is searched and proved is of the others around them.
    Raises FitError that names the resource which binds, and says whether that is proved.
    """
    start = time.perf_counter()
    rest, given = places.split(problem)
    failure = explain.alone(rest)
    if failure is not None:
        raise failure
    effort = Effort(seconds, job)
    found = _Found({}, "in order")
    if rest.requests:
        compiled = pack.handles(rest)
        found = (_compiled if compiled else _greedy)(rest, where, effort)
    report = _report(rest, found, effort.tries, time.perf_counter() - start)
    others = [found.placements[number] for number in range(len(rest.requests))]
    return places.joined(problem, given, others), places.told(problem, given, report)


def _compiled(problem: Problem, where: str, effort: Effort) -> _Found:
    """Fewest arrays first, then the fewest short blocks."""
    arrays = _arrays(problem)
    least, proof = _least_arrays(problem) if problem.arrays > 1 else (1, "")
    full = len(problem.used - set(arrays))  # used, and no cell of them is free
    hunts: list[Hunt] = []
    for count in range(max(1, min(least - full, len(arrays))), len(arrays) + 1):
        hunts.append(_construct(problem, arrays[:count], effort))
        if not hunts[-1].best.cells:
            break
    if hunts[-1].best.cells:
        failure = bounds.impossible(problem, where)
        if failure is not None:
            raise failure
        hunts[-1].search(effort, effort.left)
    if hunts[-1].best.cells:
        other = _plain(problem, effort, MEDIUM)
        if not other:
            raise explain.no_room(problem, hunts[-1].placements(), where)
        return _Found(other, "greedy", least, proof)
    while len(hunts) > 1:
        hunts[-2].search(effort, effort.left // 2)
        if hunts[-2].best.cells:
            break
        hunts.pop()
    found = replace(_polished(problem, hunts[-1], effort), least=least, proof=proof)
    used = _arrays_used(problem, found.placements)
    if used > least:  # of unequal arrays, others may hold the blocks
        other = _plain(problem, effort, SMALL)
        if other and _arrays_used(problem, other) < used:
            return _Found(other, "greedy", least, proof)
    return found


def _construct(problem: Problem, arrays: Sequence[int], effort: Effort) -> Hunt:
    """A hunt on some arrays, its first layouts built; of several carvings the best one's."""
    own = [space for number in arrays for space in problem.spaces if space.array == number]
    ways = [own]
    if problem.occupied:
        ways = [list(cut(own, problem.occupied)) for cut in (carve.by_columns, carve.by_rows)]
    hunts = [Hunt(problem, spaces) for spaces in ways]
    for hunt in hunts:
        hunt.construct(effort)
    return min(hunts, key=lambda hunt: hunt.best)


def _polished(problem: Problem, hunt: Hunt, effort: Effort) -> _Found:
    """The hunt's layout with as few short blocks as more effort brings, and what found it."""
    if hunt.best == PERFECT:
        return _Found(hunt.placements(), hunt.method)
    placements = bias.assign(problem, hunt.placements())
    short, _ = bias.lack(problem, placements)
    if not short:
        return _Found(placements, hunt.method)
    used = _arrays_used(problem, placements)
    proved = bounds.least_short(problem, used)
    least, _ = proved
    if short <= least:
        return _Found(placements, hunt.method, short=proved)
    wide = [
        number
        for number, own in placements.items()
        if own.bias_rows >= problem.requests[number].target(problem.wanted)
    ]
    found = [(placements, hunt.method)]
    hunt.polish(effort, Cost(0, least, 0), wide)
    found.append((bias.assign(problem, hunt.placements()), "local search"))
    if min(bias.lack(problem, own) for own, _ in found) > (least, 0):
        other = _plain(problem, effort, SMALL)
        if other and _arrays_used(problem, other) <= used:
            found.append((other, "greedy"))
    best, method = min(found, key=lambda own: bias.lack(problem, own[0]))
    return _Found(best, method, short=proved if _arrays_used(problem, best) == used else None)


def _greedy(problem: Problem, where: str, effort: Effort) -> _Found:
    """What plain Python finds alone."""
    placements, tries = greedy.place(problem, effort.job)
    effort.tries += tries
    if placements:
        return _Found(dict(enumerate(placements)), "greedy", *_least_arrays(problem))
    failure = bounds.impossible(problem, where)
    if failure is not None:
        raise failure
    order = sorted(range(len(problem.requests)), key=lambda i: -problem.requests[i].cells)
    raise explain.no_room(problem, greedy.attempt(problem, order, 1, "left"), where)


def _plain(problem: Problem, effort: Effort, most: int) -> dict[int, Placement]:
    """What plain Python finds beside the compiled search; empty where that is nothing.

    It fills holes that no skyline sees, under blocks and between occupied cells, but is slow:
    it is asked for ``most`` blocks, and for more only around occupied cells.
    """
    if len(problem.requests) > most and not problem.occupied:
        return {}
    placements, tries = greedy.place(problem, Job(lambda *_: effort.report()))
    effort.tries += tries
    return dict(enumerate(placements))


def _arrays_used(problem: Problem, placements: Mapping[int, Placement]) -> int:
    return len(problem.used | {own.array for own in placements.values()})


def _least_arrays(problem: Problem) -> tuple[int, str]:
    """What is proved of the arrays needed, those counted that are used already."""
    least, proof = bounds.least_arrays(problem)
    held = len(problem.used)
    return (least, proof) if least > held else (held, f"The given places lie on {held} arrays.")


def _arrays(problem: Problem) -> list[int]:
    """The arrays with free cells: used ones first, then those with most; equal ones in order."""
    free: dict[int, int] = {}
    for space in carve.by_columns(problem.spaces, problem.occupied):
        free[space.array] = free.get(space.array, 0) + space.rows * space.columns
    return sorted(free, key=lambda number: (number not in problem.used, -free[number], number))


def _report(problem: Problem, found: _Found, tries: int, seconds: float) -> Search:
    arrays = _arrays_used(problem, found.placements)
    short, _ = bias.lack(problem, found.placements)
    least_short, short_proof = 0, ""
    if short:
        least_short, short_proof = found.short or bounds.least_short(problem, arrays)
    least = min(found.least, arrays)
    fewest, fullest = arrays == least, short <= least_short
    words = []
    if arrays > 1 or not fewest:
        words.append(found.proof)
    if not fewest:
        words.append(f"It is not proved that {arrays} arrays are needed.")
    if short:
        words.append(short_proof)
    if not fullest:
        words.append(f"It is not proved that {short} blocks must.")
    return Search(
        method=found.method,
        tries=tries,
        seconds=seconds,
        arrays=arrays,
        least_arrays=least,
        short=short,
        optimal=fewest and fullest,
        proof=" ".join(words) or "Every block is placed with the bias rows it wants.",
    )
