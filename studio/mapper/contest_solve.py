"""Placing the blocks of the contest's problem (contest.py), and measuring the placement.

Every metric is defined here, once; nothing is published about the contest's own, this is our
reading:

- cores used: cores that hold a block;
- utilization: cells of all blocks / cells of the cores used, and / cells of all cores;
- steps: as schedule.py counts them, cores working at the same time, one block a core a step;
  at least ``bound`` = max(critical path, most blocks in one core);
- efficiency: blocks / (steps x cores used). One core alone would need as many steps as there
  are blocks, so this is the usual parallel efficiency, speed-up / processors: the share of the
  used cores that work in a step, on average. 1 means that no used core ever waits.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from studio.base.job import Job
from studio.mapper import parallel, schedule
from studio.mapper.contest import Core, Node, Placed, check_fit, verify
from studio.mapper.problem import Problem, Space
from studio.mapper.request import Request, Search
from studio.mapper.search import search


@dataclass(frozen=True)
class Metrics:
    """The numbers of a placement, as the module defines them; utilizations and so on are 0..1.

    ``speed_up`` is blocks / steps.
    """

    blocks: int
    cores: int
    cores_used: int
    utilization_used: float
    utilization_all: float
    steps: int
    bound: int
    critical_path: int
    most_in_one_core: int
    speed_up: float
    efficiency: float


@dataclass(frozen=True)
class Solution:
    """Places in the order of the nodes, and their metrics.

    ``packed_steps`` are the steps before parallel.py rearranged the blocks; ``seconds`` is the
    wall time of search and rearranging, without files and checks.
    """

    placed: tuple[Placed, ...]
    metrics: Metrics
    search: Search
    packed_steps: int
    seconds: float


def solve(
    nodes: Sequence[Node], cores: Sequence[Core], where: str, seconds: float, job: Job
) -> Solution:
    """Place every node, on few cores, then shorten the schedule; the result is verified.

    ``nodes`` and ``cores`` must have passed ``check_nodes`` and ``check_cores``; ``where`` names
    the network in messages. Raises FitError when they do not fit.
    """
    check_fit(nodes, cores, where)
    start = time.perf_counter()
    requests = tuple(Request(str(own.index), 0, 0, 0, own.rows, own.columns, ()) for own in nodes)
    spaces = tuple(Space(at, 0, 0, 0, own.rows, own.columns) for at, own in enumerate(cores))
    problem = Problem(requests, spaces, bias_rows=0, wanted=0)
    placements, report = search(problem, where, seconds, job)
    graph = _graph(nodes)
    packed = [parallel.Spot(own.array, own.row, own.column) for own in placements]
    spots = parallel.shorten(graph, requests, spaces, packed, seconds, job)
    elapsed = time.perf_counter() - start
    placed = tuple(
        Placed(cores[spot.array].core_id, own.index, spot.column, spot.row)
        for own, spot in zip(nodes, spots, strict=True)
    )
    verify(placed, nodes, cores)
    return Solution(
        placed=placed,
        metrics=measure(placed, nodes, cores),
        search=report,
        packed_steps=schedule.count(schedule.steps(graph, [spot.array for spot in packed])),
        seconds=elapsed,
    )


def _graph(nodes: Sequence[Node]) -> schedule.Graph:
    position = {own.index: at for at, own in enumerate(nodes)}
    return schedule.graph([[position[one] for one in own.predecessors] for own in nodes])


def measure(placed: Sequence[Placed], nodes: Sequence[Node], cores: Sequence[Core]) -> Metrics:
    """The metrics of a placement that ``verify`` accepts."""
    core = {own.index: own.core_id for own in placed}
    homes = [core[own.index] for own in nodes]
    graph = _graph(nodes)
    steps = schedule.count(schedule.steps(graph, homes))
    used = set(homes)
    cells = sum(own.rows * own.columns for own in nodes)
    return Metrics(
        blocks=len(nodes),
        cores=len(cores),
        cores_used=len(used),
        utilization_used=cells / sum(c.rows * c.columns for c in cores if c.core_id in used),
        utilization_all=cells / sum(c.rows * c.columns for c in cores),
        steps=steps,
        bound=schedule.least(graph, homes),
        critical_path=graph.critical_path,
        most_in_one_core=max(Counter(homes).values()),
        speed_up=len(nodes) / steps,
        efficiency=len(nodes) / (steps * len(used)),
    )
