"""Rearranging a packing so that its graph needs fewer steps, on the same arrays.

First blocks of equal size exchange their spots: the graph is scheduled anew, and a block that
is ready takes any spot of its size in an array that idles in that step. Then single blocks of
the chain that sets the length move into another used array's free room, or change places with
another block where both fit. The effort is counted, not timed, so that the same input gives
the same places.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.base.job import Job
from studio.mapper import schedule
from studio.mapper.occupancy import Occupancy
from studio.mapper.problem import Space
from studio.mapper.request import Request
from studio.mapper.schedule import Graph

EFFORT = 2_000_000  # blocks looked at in a second, on an ordinary computer


@dataclass(frozen=True)
class Spot:
    """Where a block lies; the array's number is its place in the list of spaces."""

    array: int
    row: int
    column: int


def shorten(
    graph: Graph,
    requests: Sequence[Request],
    spaces: Sequence[Space],
    spots: Sequence[Spot],
    seconds: float,
    job: Job,
) -> list[Spot]:
    """Spots of the blocks in the arrays used already, with a schedule that is no longer.

    ``spaces`` are one for each array. Of equal schedules the first found stays.
    """
    job.step(0, 2, "shortening the schedule")
    best = list(spots)
    least = schedule.least_anywhere(graph, len({spot.array for spot in spots}))
    if _length(graph, best) > least:
        other = exchange(graph, requests, best)
        if _length(graph, other) < _length(graph, best):
            best = other
    if _length(graph, best) > least:
        best = _Search(graph, requests, spaces, best, int(seconds * EFFORT), job).run(least)
    return best


def _length(graph: Graph, spots: Sequence[Spot]) -> int:
    return schedule.count(schedule.steps(graph, [spot.array for spot in spots]))


def exchange(graph: Graph, requests: Sequence[Request], spots: Sequence[Spot]) -> list[Spot]:
    """Deal the spots of each size out again, while scheduling the graph step by step.

    In every step the blocks that are ready, longest chain first, take a spot of their size in
    an array that does nothing yet; of several the array with the most spots left.
    """
    sizes = [(own.rows, own.columns) for own in requests]
    offers: dict[tuple[int, int], dict[int, list[Spot]]] = {}
    for size, spot in zip(reversed(sizes), reversed(spots), strict=True):
        offers.setdefault(size, {}).setdefault(spot.array, []).append(spot)
    load = Counter(spot.array for spot in spots)
    waiting = [len(before) for before in graph.predecessors]
    ready = [(-graph.tails[i], i) for i, count in enumerate(waiting) if count == 0]
    heapq.heapify(ready)
    dealt = list(spots)
    while ready:
        busy: set[int] = set()
        later: list[tuple[int, int]] = []
        ran: list[int] = []
        while ready and len(busy) < len(load):
            entry = heapq.heappop(ready)
            offer = offers[sizes[entry[1]]]
            free = [array for array, left in offer.items() if left and array not in busy]
            if not free:
                later.append(entry)
                continue
            array = min(free, key=lambda one: (-load[one], one))
            dealt[entry[1]] = offer[array].pop()
            load[array] -= 1
            busy.add(array)
            ran.append(entry[1])
        for block in ran:
            for after in graph.successors[block]:
                waiting[after] -= 1
                if waiting[after] == 0:
                    later.append((-graph.tails[after], after))
        for entry in later:
            heapq.heappush(ready, entry)
    return dealt


class _Search:
    """Moves and exchanges of single blocks, one after another, as long as they pay."""

    def __init__(
        self,
        graph: Graph,
        requests: Sequence[Request],
        spaces: Sequence[Space],
        spots: Sequence[Spot],
        effort: int,
        job: Job,
    ) -> None:
        self._graph, self._requests, self._spaces = graph, requests, spaces
        self._spots = list(spots)
        self._left = effort
        self._job = job
        self._step: list[int] = []
        self._rooms: dict[int, dict[tuple[int, int, int | None], Spot | None]] = {}

    def run(self, least: int) -> list[Spot]:
        """Improve until nothing helps, the effort is spent, or ``least`` steps are reached."""
        cost = self._cost({})
        while cost[0] > least:
            self._job.step(0, 2, "shortening the schedule")
            self._step = self._schedule({})
            for change in self._changes():
                if self._left < 0:
                    return self._spots
                spots = self._spots_for(change)
                if spots and (new := self._cost(change)) < cost:
                    cost = new
                    self._keep(spots)
                    break
            else:
                return self._spots
        return self._spots

    def _schedule(self, change: dict[int, int]) -> list[int]:
        self._left -= len(self._spots)
        arrays = [change.get(block, spot.array) for block, spot in enumerate(self._spots)]
        return schedule.steps(self._graph, arrays)

    def _cost(self, change: dict[int, int]) -> tuple[int, int]:
        """Steps, then the sum of all blocks' steps: what frees room for later changes."""
        found = self._schedule(change)
        return schedule.count(found), sum(found)

    def _changes(self) -> Iterator[dict[int, int]]:
        """New arrays of one or two blocks, for each block that makes the last one wait.

        Only arrays that are idle (without the block that leaves them) at a time that helps.
        """
        running = {(own.array, step) for own, step in zip(self._spots, self._step, strict=True)}
        arrays = sorted({spot.array for spot in self._spots})
        chain = self._chain()
        for block, times in chain.items():
            for array in arrays:
                if array != self._spots[block].array and any(
                    (array, step) not in running for step in times
                ):
                    yield {block: array}
        for block, times in chain.items():
            home = self._spots[block].array
            idle = {array for array in arrays if any((array, s) not in running for s in times)}
            for other, spot in enumerate(self._spots):
                if spot.array != home and (spot.array in idle or self._step[other] in times):
                    yield {block: spot.array, other: home}

    def _chain(self) -> dict[int, range]:
        """What makes the last block wait: blocks, and the steps it would help to run them in.

        Walking back from the last step, these are the blocks that were ready before they ran,
        and the blocks that ran in their array then.
        """
        block = max(range(len(self._step)), key=lambda own: (self._step[own], -own))
        found: dict[int, range] = {}
        while self._step[block]:
            before = self._step[block] - 1
            ready = self._ready(block)
            if ready > before:
                block = next(
                    own for own in self._graph.predecessors[block] if self._step[own] == before
                )
                continue
            found.setdefault(block, range(ready, before + 1))
            home = self._spots[block].array
            block = next(
                own
                for own, step in enumerate(self._step)
                if step == before and self._spots[own].array == home
            )
            found.setdefault(block, range(self._ready(block), before + 1))
        return found

    def _ready(self, block: int) -> int:
        return 1 + max((self._step[own] for own in self._graph.predecessors[block]), default=-1)

    def _spots_for(self, change: dict[int, int]) -> dict[int, Spot]:
        """Where the blocks of a change can lie; empty where there is no room."""
        if len(change) == 1:
            ((block, array),) = change.items()
            spot = self._room(block, array, None)
            return {} if spot is None else {block: spot}
        one, two = change
        mine, its = self._requests[one], self._requests[two]
        if (mine.rows, mine.columns) == (its.rows, its.columns):
            return {one: self._spots[two], two: self._spots[one]}
        first, second = self._room(one, change[one], two), None
        if first is not None:
            second = self._room(two, change[two], one)
        return {} if first is None or second is None else {one: first, two: second}

    def _room(self, block: int, array: int, without: int | None) -> Spot | None:
        """Free room for ``block`` in an array that ``without`` leaves; known until it changes."""
        own = self._requests[block]
        known = self._rooms.setdefault(array, {})
        key = own.rows, own.columns, without
        if key not in known:
            known[key] = self._look(own, array, without)
        return known[key]

    def _look(self, own: Request, array: int, without: int | None) -> Spot | None:
        self._left -= 1
        space = self._spaces[array]
        there = [i for i, spot in enumerate(self._spots) if spot.array == array and i != without]
        taken = sum(self._requests[i].cells for i in there)
        if taken + own.cells > space.rows * space.columns:
            return None
        self._left -= 20 * len(there)
        occupancy = Occupancy([space], 0)
        for i in there:
            occupancy.take(self._requests[i], 0, self._spots[i].row, self._spots[i].column, 0, 0)
        room = occupancy.find(own, 0, "left")
        return None if room is None else Spot(array, room[1], room[2])

    def _keep(self, spots: dict[int, Spot]) -> None:
        for block, spot in spots.items():
            for array in (self._spots[block].array, spot.array):
                self._rooms.pop(array, None)
            self._spots[block] = spot
