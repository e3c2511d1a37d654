"""A packing problem as a CP-SAT model of OR-tools, which is imported only to build one.

All arrays lie side by side in one plane (plane.py), so that one NoOverlap2D holds all blocks
and another all bias rows; the walls between banks and arrays are holes in the domains of a
block's row and column. That propagates far better than a choice among optional rectangles.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from studio.base.errors import VerifyError
from studio.base.job import Job
from studio.mapper import plane
from studio.mapper.plane import Part, Span
from studio.mapper.problem import Problem
from studio.mapper.request import Placement

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

POLL = 0.1  # seconds between looks at the job
UNITS = 0.25  # of the solver's deterministic time; about one second on an ordinary computer
# These of the solver's strategies find another layout in every run (measured with 9.15).
UNSTEADY = tuple(
    f"packing_{way}_lns" for way in ("precedences", "random", "slice", "square", "swap")
)

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True)
class Effort:
    """How to search, and for how long.

    ``workers`` 0: one thread on which the solver's strategies take turns, ``seconds`` counted
    in steps, so that the same input gives the same answer. Otherwise so many threads at once,
    for as long by the clock. ``redundant`` adds what follows from the constraints anyway: better
    proofs, and finding takes longer where there is much room.
    """

    seconds: float
    workers: int = 0
    redundant: bool = True


@dataclass(frozen=True)
class Answer:
    """What the solver found: a layout, if any, and what no layout can do without.

    ``arrays`` is the least number of arrays, ``short`` of short blocks where no more than
    ``arrays`` are used; both are 0 where nothing was to be minimized.
    """

    status: Status
    placements: tuple[Placement, ...] = ()
    arrays: int = 0
    short: int = 0


@dataclass
class _Model:
    """The model while it is built; ``blocks`` holds each request's variables by what they say."""

    problem: Problem
    cp: Any
    model: cp_model.CpModel
    blocks: list[dict[str, cp_model.IntVar]] = field(default_factory=list)
    inside: list[list[tuple[Part, cp_model.IntVar]]] = field(default_factory=list)
    used: list[cp_model.IntVar] = field(default_factory=list)


def solve(
    problem: Problem,
    effort: Effort,
    job: Job,
    hint: Sequence[Placement] = (),
    least_arrays: int | None = None,
) -> Answer:
    """Ask CP-SAT for a layout.

    ``least_arrays`` None takes any layout; a number (a proved bound, or 0) asks for the fewest
    arrays, then short blocks, then missing bias rows. ``hint`` is a layout to start from.
    Raises Cancelled, soon after the job does.
    """
    job.step(0, 1, "OR-tools: building the model")
    built = _build(problem, effort.redundant)
    if built is None:
        return Answer("infeasible")
    weights = (0, 0)
    if least_arrays is not None:
        weights = _objective(built, least_arrays, _alike(problem, hint))
    if hint:
        _hint(built, hint)
    solver = built.cp.CpSolver()
    solver.parameters.random_seed = 1
    solver.parameters.catch_sigint_signal = False
    if effort.workers:
        solver.parameters.num_workers = effort.workers
        solver.parameters.max_time_in_seconds = effort.seconds
    else:
        solver.parameters.num_workers = 1
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = effort.seconds * UNITS
        solver.parameters.ignore_subsolvers.extend(UNSTEADY)
    status = _run(solver, built.model, effort.seconds, job)
    if status == built.cp.INFEASIBLE:
        return Answer("infeasible")
    if status not in (built.cp.OPTIMAL, built.cp.FEASIBLE, built.cp.UNKNOWN):
        raise VerifyError(f"OR-tools refuses the model: {built.model.validate()}")
    arrays = short = 0
    if least_arrays is not None:
        bound = math.ceil(solver.best_objective_bound - 1e-6)
        arrays, rest = divmod(max(bound, 0), weights[0])
        arrays, short = max((arrays, rest // weights[1]), (least_arrays, 0))
    if status == built.cp.UNKNOWN:
        return Answer("unknown", (), arrays, short)
    found = tuple(_placement(built, solver, own) for own in built.blocks)
    return Answer("optimal" if status == built.cp.OPTIMAL else "feasible", found, arrays, short)


def _run(solver: Any, model: cp_model.CpModel, seconds: float, job: Job) -> Any:
    """Solve in a thread, as the solver answers no questions meanwhile, and look at the job."""
    total = max(1, round(seconds / POLL))
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(solver.solve, model)
        try:
            for step in itertools.count():
                job.step(min(step, total), total, "OR-tools: looking for a better layout")
                if wait([future], POLL).done:
                    break
        finally:
            while not wait([future], 0.02).done:
                solver.stop_search()  # no effect before the search has begun, so again and again
        return future.result()


def _build(problem: Problem, redundant: bool) -> _Model | None:
    """The model of all constraints; None where a block fits nowhere, whatever the others do."""
    from ortools.sat.python import cp_model as cp  # noqa: PLC0415  # takes half a second

    built = _Model(problem, cp, cp.CpModel())
    model = built.model
    across, down, bias_across, bias_down = [], [], [], []
    for request in problem.requests:
        parts = plane.parts(problem, request)
        most = request.target(problem.wanted)
        choices = [k for k in request.bias_choices if k <= min(most, problem.bias_rows)]
        if not parts or (request.bias_choices and not choices):
            return None
        own = {
            "column": _variable(built, [span for part in parts for span in part.columns]),
            "row": _variable(built, [span for part in parts for span in part.rows]),
        }
        across.append(model.new_fixed_size_interval_var(own["column"], request.columns, ""))
        down.append(model.new_fixed_size_interval_var(own["row"], request.rows, ""))
        built.inside.append(_inside(built, own, parts))
        if choices:
            own["bias_row"] = _variable(built, [(0, problem.bias_rows - choices[0])])
            own["bias_rows"] = _variable(built, [(k, k) for k in choices])
            own["bias_end"] = _variable(built, [(choices[0], problem.bias_rows)])
            strip = own["bias_row"], own["bias_rows"], own["bias_end"]
            bias_across.append(across[-1])
            bias_down.append(model.new_interval_var(*strip, ""))
        built.blocks.append(own)
    heights: list[Any] = [request.rows for request in problem.requests]
    widths = [request.columns for request in problem.requests]
    depths: list[Any] = [own["bias_rows"] for own in built.blocks if "bias_rows" in own]
    for column, row, end, stop in plane.taken(problem):
        across.append(model.new_fixed_size_interval_var(column, end - column, ""))
        down.append(model.new_fixed_size_interval_var(row, stop - row, ""))
        heights.append(stop - row)
        widths.append(end - column)
    for column, row, end, stop in plane.taken_bias(problem):
        bias_across.append(model.new_fixed_size_interval_var(column, end - column, ""))
        bias_down.append(model.new_fixed_size_interval_var(row, stop - row, ""))
        depths.append(stop - row)
    model.add_no_overlap_2d(across, down)
    model.add_no_overlap_2d(bias_across, bias_down)
    if redundant:
        rows = {row for s in problem.spaces for row in range(s.row, s.row + s.rows)}
        columns = {
            (s.array, column)
            for s in problem.spaces
            for column in range(s.column, s.column + s.columns)
        }
        model.add_cumulative(across, heights, len(rows))
        model.add_cumulative(down, widths, len(columns))
        model.add_cumulative(bias_across, depths, problem.bias_rows)
    return built


def _variable(built: _Model, spans: Iterable[Span]) -> cp_model.IntVar:
    domain = built.cp.Domain.from_intervals([list(span) for span in spans])
    variable: cp_model.IntVar = built.model.new_int_var_from_domain(domain, "")
    return variable


def _inside(
    built: _Model, own: dict[str, cp_model.IntVar], parts: Sequence[Part]
) -> list[tuple[Part, cp_model.IntVar]]:
    """For each part a variable that says that the block lies in it."""
    chosen = [(part, built.model.new_bool_var("")) for part in parts]
    built.model.add_exactly_one(variable for _, variable in chosen)
    if len(parts) > 1:
        for part, variable in chosen:
            for name, spans in (("column", part.columns), ("row", part.rows)):
                domain = built.cp.Domain.from_intervals([list(span) for span in spans])
                inside = built.model.add_linear_expression_in_domain(own[name], domain)
                inside.only_enforce_if(variable)
    return chosen


def _objective(built: _Model, least_arrays: int, alike: bool) -> tuple[int, int]:
    """Fewest arrays, then short blocks, then missing bias rows: the weights of the first two."""
    problem, model = built.problem, built.model
    targets = [request.target(problem.wanted) for request in problem.requests]
    missing, short = [], []
    for request, own, most in zip(problem.requests, built.blocks, targets, strict=True):
        if "bias_rows" in own and request.bias_choices[0] < most:
            own["short"] = model.new_bool_var("")
            model.add(own["bias_rows"] >= most).only_enforce_if(own["short"].negated())
            short.append(own["short"])
            missing.append(most - own["bias_rows"])
    weight = 1 + sum(
        most - request.bias_choices[0]
        for request, most in zip(problem.requests, targets, strict=True)
        if request.bias_choices
    )
    heavy = weight * (len(short) + 1)
    built.used = [model.new_bool_var("") for _ in range(problem.arrays)]
    for array, used in enumerate(built.used):
        here = [
            (request, variable)
            for request, parts in zip(problem.requests, built.inside, strict=True)
            for part, variable in parts
            if part.array == array
        ]
        for _, variable in here:
            model.add_implication(variable, used)
        spaces = [space for space in problem.spaces if space.array == array]
        room = sum(space.rows * space.columns for space in spaces)
        model.add(sum(request.cells * variable for request, variable in here) <= room * used)
    for array in problem.used:
        model.add(built.used[array] == 1)
    model.add(sum(built.used) >= least_arrays)
    if alike:  # then it does not matter which arrays are left empty
        for used, following in itertools.pairwise(built.used):
            model.add_implication(following, used)
    model.minimize(heavy * sum(built.used) + weight * sum(short) + sum(missing))
    return heavy, weight


def _alike(problem: Problem, hint: Sequence[Placement]) -> bool:
    """Whether all arrays are the same, and the hint leaves only the last ones empty."""
    spaces = [
        {replace(space, array=0) for space in problem.spaces if space.array == array}
        for array in range(problem.arrays)
    ]
    same = not problem.occupied and all(own == spaces[0] for own in spaces)
    arrays = {place.array for place in hint}
    return same and arrays == set(range(len(arrays)))


def _hint(built: _Model, placements: Sequence[Placement]) -> None:
    """Tell the solver every variable's value in a layout it may start from."""
    problem, model = built.problem, built.model
    arrays = problem.used | {place.array for place in placements}
    for array, used in enumerate(built.used):
        model.add_hint(used, array in arrays)
    for request, place, own, parts in zip(
        problem.requests, placements, built.blocks, built.inside, strict=True
    ):
        column = place.array * plane.pitch(problem) + place.column
        rows = min(place.bias_rows, request.target(problem.wanted))
        values = {
            "column": column,
            "row": place.row,
            "bias_row": place.bias_row,
            "bias_rows": rows,
            "bias_end": place.bias_row + rows,
            "short": rows < request.target(problem.wanted),
        }
        for name, variable in own.items():
            model.add_hint(variable, values[name])
        for part, variable in parts:
            model.add_hint(variable, part.holds(column, place.row))


def _placement(built: _Model, solver: Any, own: dict[str, cp_model.IntVar]) -> Placement:
    array, column = divmod(int(solver.value(own["column"])), plane.pitch(built.problem))
    bias = [int(solver.value(own[name])) for name in ("bias_row", "bias_rows") if name in own]
    return Placement(array, int(solver.value(own["row"])), column, *(bias or (0, 0)))
