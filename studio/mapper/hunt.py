"""The hunt for a layout on certain spaces: which orders and ways to try, and for how long."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from studio.base.job import Job
from studio.mapper.pack import Cost, Packer, Way
from studio.mapper.problem import Problem, Space
from studio.mapper.request import Placement

STEPS = 150_000_000  # elementary steps of the packer in a second of an ordinary computer
SLICES = 25  # reports of progress a second
POLISH = 0.15  # the part of a second that full bias rows may cost once everything is placed
POLISH_SLICES = 40  # parts of a second after which polishing that brought nothing ends
IDLE = 2  # such parts in a row
MARKING = 70  # percent of polishing's changes that are of bias rows, not of the order
PERFECT = Cost(0, 0, 0)

_FRONTS = (Way.LEFT_FRONT, Way.TOP_FRONT)
_WAYS = tuple(front | turn for front in _FRONTS for turn in (Way(0), Way.SEQUENTIAL))


class Effort:
    """Steps that may still be taken, layouts built so far, and who hears of it."""

    def __init__(self, seconds: float, job: Job) -> None:
        self.whole = int(seconds * STEPS)
        self.left = self.whole
        self.job = job
        self.tries = 0

    @contextlib.contextmanager
    def counted(self, packer: Packer) -> Iterator[None]:
        """Count what ``packer`` does, and report it. Raises Cancelled."""
        work, tries = packer.work, packer.tries
        yield
        self.left -= packer.work - work
        self.tries += packer.tries - tries
        self.report()

    def report(self) -> None:
        """Tell the job how much is done. Raises Cancelled."""
        slices = max(1, self.whole * SLICES // STEPS)
        done = (self.whole - self.left) * slices // max(1, self.whole)
        self.job.step(min(done, slices), slices, "placing blocks")


@dataclass(frozen=True)
class _Start:
    """An order and a way, and what they led to."""

    cost: Cost
    order: tuple[int, ...]
    way: Way


class Hunt:
    """One Packer, what was tried with it, and the best layout so far."""

    def __init__(self, problem: Problem, spaces: Sequence[Space]) -> None:
        self._problem = problem
        self._packer = Packer(problem, spaces)
        self._starts: list[_Start] = []
        self._room = problem.bias_rows * sum(
            max(s.column + s.columns for s in spaces if s.array == number)
            - min(s.column for s in spaces if s.array == number)
            for number in {space.array for space in spaces}
        )
        self.method = "in order"

    @property
    def best(self) -> Cost:
        """What the best layout lacks."""
        return self._packer.best

    def placements(self) -> Mapping[int, Placement]:
        """The best layout: where the blocks lie that found a place."""
        return self._packer.placements()

    def construct(self, effort: Effort) -> None:
        """Build layouts, the best readable first, until one is perfect, or complete at a level.

        Levels are numbers of bias rows: all that are wanted, then fewer and fewer.
        """
        for most, flexible in self._levels():
            self._packer.choose(most, flexible=flexible)
            for method, order, way in self._plans():
                if self._starts and effort.left < 0:
                    return
                before = self.best
                for one in (way | turn for turn in _WAYS):
                    with effort.counted(self._packer):
                        cost = self._packer.construct(order, one)
                    self._starts.append(_Start(cost, order, one))
                if self.best < before:
                    self.method = method
                if self.best == PERFECT:
                    return
            if not self.best.cells:
                return

    def search(self, effort: Effort, steps: int) -> None:
        """Local search for a place for every block, with the fewest bias rows, for ``steps``."""
        self._packer.choose(1, flexible=False)
        starts = sorted(self._starts, key=lambda start: start.cost)
        self._local(effort, steps, starts, Cost(0, 0xFFFF, 0xFFFF))

    def polish(self, effort: Effort, goal: Cost, marks: Sequence[int]) -> None:
        """Local search for fewer short blocks until ``goal`` is reached.

        Blocks that are marked take the wanted bias rows, the others their least; the search
        changes marks as well as the order. It starts with ``marks`` where that leaves no block
        over, else with none. It takes a part of the first second, and ends when that brings no
        more; where there are further seconds, it goes on through them from other starts.
        """
        complete = [start for start in self._starts if not start.cost.cells]
        starts = sorted(complete or self._starts, key=lambda start: start.cost)
        more = max(0, effort.whole - STEPS)
        limit = max(0, effort.left - int(POLISH * (effort.whole - more)) - more)
        self._packer.choose(1, flexible=False)
        if self._packer.construct(starts[0].order, starts[0].way, marks).cells:
            marks = ()
        for start in itertools.cycle(starts):
            order: Sequence[int] = start.order
            idle = 0
            while effort.left > limit and self.best > goal and idle < IDLE:
                before = self.best
                work = min(STEPS // POLISH_SLICES, effort.left - limit)
                with effort.counted(self._packer):
                    self._packer.improve(order, start.way, work, 2**30, goal, marks, MARKING)
                order, marks = self._packer.order(), self._packer.marks()
                idle = idle + 1 if self.best == before else 0
            if effort.left <= limit or self.best <= goal or not more:
                return
            marks = ()

    def _local(self, effort: Effort, steps: int, starts: Sequence[_Start], goal: Cost) -> None:
        limit = effort.left - steps
        before = self.best
        patience = max(200, 20 * len(self._problem.requests))
        turn = 0
        while effort.left > limit and self.best > goal:
            start = starts[turn % len(starts)]
            order: Sequence[int] = start.order
            stalled = False
            while effort.left > limit and self.best > goal and not stalled:
                work = min(STEPS // SLICES, effort.left - limit)
                done = self._packer.work
                with effort.counted(self._packer):
                    self._packer.improve(order, start.way, work, patience, goal)
                order = self._packer.order()
                stalled = self._packer.work - done < work
            turn += 1
        if self.best < before:
            self.method = "local search"

    def _levels(self) -> list[tuple[int, bool]]:
        """Numbers of bias rows to try, and whether blocks may take fewer.

        The area of the strip says how many all blocks could have at most.
        """
        wanted, requests = self._problem.wanted, self._problem.requests
        most = wanted
        while most > 1 and sum(r.target(most) * r.columns for r in requests) > self._room:
            most -= 1
        exact = [(wanted, False)] if most == wanted else []
        fewer = {most >> halved for halved in range(most.bit_length())} if most else set()
        return [*exact, *((rows, True) for rows in sorted(fewer | {1}, reverse=True))]

    def _plans(self) -> list[tuple[str, tuple[int, ...], Way]]:
        """Orders with the way each block is chosen: as executed, then large blocks first."""
        requests = self._problem.requests
        numbers = range(len(requests))
        sizes = (
            [(-r.rows, -r.columns) for r in requests],
            [(-r.cells, -r.columns) for r in requests],
            [(-r.columns, -r.rows) for r in requests],
            [(-max(r.rows, r.columns), -r.cells) for r in requests],
            [(-r.rows - r.columns, -r.cells) for r in requests],
        )
        plans = [("in order", tuple(numbers), Way.ITEM_BY_ITEM)]
        orders = (tuple(sorted(numbers, key=size.__getitem__)) for size in sizes)
        return [*plans, *(("best fit", order, Way(0)) for order in dict.fromkeys(orders))]
