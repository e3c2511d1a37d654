"""The mappers that are measured: ours, ours in plain Python, CP-SAT, rectpack with bias rows."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import rectpack

from studio.base.errors import FitError
from studio.base.job import Job
from studio.mapper import cpsat, greedy
from studio.mapper.problem import Problem
from studio.mapper.request import Placement
from studio.mapper.search import search

Placements = tuple[Placement, ...]


@dataclass(frozen=True)
class Result:
    """What a mapper answers; ``impossible`` where it proves that there is no layout."""

    placements: Placements = ()
    impossible: bool = False
    note: str = ""


Mapper = Callable[[Problem], Result]


def ours(problem: Problem) -> Result:
    """The mapper's search with the time it gets by default."""
    try:
        placements, found = search(problem, "the chip", 1.0, Job())
    except FitError as error:
        return Result(note=error.message)
    return Result(placements, note=f"{found.method}, {found.short} short")


def plain(problem: Problem) -> Result:
    """What plain Python alone reaches."""
    return Result(greedy.place(problem, Job())[0])


def cold(seconds: float) -> Mapper:
    """CP-SAT as a mapper would use it: any layout, least bias rows, two threads, by the clock."""

    def run(problem: Problem) -> Result:
        effort = cpsat.Effort(seconds, workers=2, redundant=False)
        return _answer(cpsat.solve(problem, effort, Job()))

    return run


def judge(seconds: float) -> Mapper:
    """CP-SAT as it proves best: what nobody placed may have no layout at all."""

    def run(problem: Problem) -> Result:
        return _answer(cpsat.solve(problem, cpsat.Effort(seconds), Job()))

    return run


def _answer(answer: cpsat.Answer) -> Result:
    return Result(answer.placements, answer.status == "infeasible", answer.status)


def fewest_bias_rows(problem: Problem) -> Problem:
    """The same problem with every block's bias rows fixed at the least number."""
    requests = (replace(own, bias_choices=own.bias_choices[:1]) for own in problem.requests)
    return replace(problem, requests=tuple(requests))


PACKINGS = (
    rectpack.MaxRectsBssf, rectpack.MaxRectsBl, rectpack.MaxRectsBaf, rectpack.MaxRectsBlsf,
    rectpack.SkylineBl, rectpack.SkylineMwf, rectpack.SkylineBlWm, rectpack.GuillotineBssfSas,
)  # fmt: skip
ORDERS = {
    "area": rectpack.SORT_AREA,
    "short side": rectpack.SORT_SSIDE,
    "long side": rectpack.SORT_LSIDE,
    "perimeter": rectpack.SORT_PERI,
}


def packed(seconds: float) -> Mapper:
    """Rectpack offline, one bin a space, by every way until one works out; then bias rows."""

    def run(problem: Problem) -> Result:
        start = time.perf_counter()
        for packing, order in itertools.product(PACKINGS, ORDERS):
            cells = _cells(problem, packing, ORDERS[order])
            if cells:
                placements = _with_bias(problem, cells)
                if placements:
                    return Result(placements, note=f"{packing.__name__} by {order}")
            if time.perf_counter() - start > seconds:
                break
        return Result()

    return run


def _cells(problem: Problem, packing: type, order: Callable[..., object]) -> dict[int, Placement]:
    """Places of all blocks without bias rows; empty where one is left over."""
    packer = rectpack.newPacker(
        rectpack.PackingMode.Offline, rectpack.PackingBin.BFF, packing, order, rotation=False
    )
    for number, space in enumerate(problem.spaces):
        packer.add_bin(space.columns, space.rows, bid=number)
    for number, request in enumerate(problem.requests):
        packer.add_rect(request.columns, request.rows, rid=number)
    packer.pack()
    found = {}
    for bin_number, column, row, _, _, number in packer.rect_list():
        space = problem.spaces[packer[bin_number].bid]
        found[number] = Placement(space.array, space.row + row, space.column + column, 0, 0)
    return found if len(found) == len(problem.requests) else {}


def _with_bias(problem: Problem, cells: dict[int, Placement]) -> Placements:
    """The least bias rows, from left to right, each in the first gap; empty where one has none."""
    done: dict[int, Placement] = {}
    for number in sorted(cells, key=lambda number: (cells[number].column, number)):
        own, request = cells[number], problem.requests[number]
        depth = request.bias_choices[0] if request.bias_choices else 0
        end = own.column + request.columns
        held = [
            (other.bias_row, other.bias_row + other.bias_rows)
            for index, other in done.items()
            if other.array == own.array
            and other.column < end
            and own.column < other.column + problem.requests[index].columns
        ]
        row = next(_gaps(sorted(held), depth))
        if row + depth > problem.bias_rows:
            return ()
        done[number] = replace(own, bias_row=row, bias_rows=depth)
    return tuple(done[number] for number in range(len(done)))


def _gaps(held: list[tuple[int, int]], depth: int) -> Iterator[int]:
    """Rows where ``depth`` rows are free, the last of them above all that is held."""
    row = 0
    for start, stop in held:
        if start - row >= depth:
            yield row
        row = max(row, stop)
    yield row
