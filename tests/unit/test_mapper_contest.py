"""Blocks with predecessors on empty rectangles: placing, proof, schedule and metrics."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from studio.base.errors import Cancelled, FitError, VerifyError
from studio.base.job import Job
from studio.mapper import contest_solve, parallel, schedule
from studio.mapper.contest import Core, Node, Placed, verify
from studio.mapper.contest_solve import Solution
from studio.mapper.parallel import Spot
from studio.mapper.problem import Space
from studio.mapper.request import Request

QUICK = settings(max_examples=80, deadline=None)
SQUARES = tuple(Core(at, 20, 20) for at in (4, 2, 9))


def solve(nodes: Sequence[Node], cores: Sequence[Core], seconds: float = 0.1) -> Solution:
    return contest_solve.solve(nodes, cores, "net", seconds, Job())


def layered(seed: int, count: int, width: int, rows: int, columns: int) -> list[Node]:
    """Layers of up to ``width`` blocks of one size each, needing blocks of the layer before."""
    rng = random.Random(seed)
    nodes: list[Node] = []
    before: list[int] = []
    while len(nodes) < count:
        size = rng.randint(rows // 4, rows), rng.randint(columns // 4, columns)
        layer = range(len(nodes), min(count, len(nodes) + rng.randint(1, width)))
        for index in layer:
            needs = rng.sample(before, min(len(before), 3))
            nodes.append(Node(index, *size, tuple(needs)))
        before = list(layer)
    return nodes


@st.composite
def graphs(draw: st.DrawFn, most: int = 16) -> list[list[int]]:
    count = draw(st.integers(1, most))
    return [
        sorted(draw(st.sets(st.integers(0, at - 1), max_size=3))) if at else []
        for at in range(count)
    ]


def homes(count: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 3), min_size=count, max_size=count)


@QUICK
@given(data=st.data(), predecessors=graphs())
def test_a_schedule_obeys_the_graph_and_stays_within_its_bounds(
    data: st.DataObject, predecessors: list[list[int]]
) -> None:
    arrays = data.draw(homes(len(predecessors)))
    graph = schedule.graph(predecessors)
    found = schedule.steps(graph, arrays)
    assert len({*zip(arrays, found, strict=True)}) == len(found)  # one block an array a step
    for block, own in enumerate(predecessors):
        assert all(found[before] < found[block] for before in own)
        # No array idles while one of its blocks is ready.
        ready = max((found[before] + 1 for before in own), default=0)
        mine = {step for step, array in zip(found, arrays, strict=True) if array == arrays[block]}
        assert mine >= set(range(ready, found[block]))
    assert schedule.least(graph, arrays) <= schedule.count(found) <= len(found)
    assert graph.critical_path <= schedule.least_anywhere(graph, len(set(arrays)))
    assert schedule.least_anywhere(graph, len(set(arrays))) <= schedule.count(found)


@settings(max_examples=25, deadline=None)
@given(predecessors=graphs(most=6))
def test_no_placement_beats_the_bound_for_all_placements(predecessors: list[list[int]]) -> None:
    graph = schedule.graph(predecessors)
    best = min(
        schedule.count(schedule.steps(graph, arrays))
        for arrays in itertools.product(range(2), repeat=len(predecessors))
    )
    assert schedule.least_anywhere(graph, 2) <= best


def test_steps_of_a_graph_worked_by_hand() -> None:
    graph = schedule.graph([[], [0], [0], [1, 2], []])
    assert graph.critical_path == 3
    assert graph.heads == (0, 1, 1, 2, 0)
    assert graph.tails == (3, 2, 2, 1, 1)
    # Block 4 shares array 1 with 2 and runs while that one still waits for 0.
    assert schedule.steps(graph, [0, 0, 1, 0, 1]) == [0, 1, 1, 2, 0]
    # All in one array: one after another, long chains first.
    assert schedule.steps(graph, [0] * 5) == [0, 1, 2, 3, 4]


@given(predecessors=graphs())
def test_a_cycle_is_found_where_there_is_one_and_only_there(
    predecessors: list[list[int]],
) -> None:
    assert schedule.cycle(predecessors) == []
    last = len(predecessors) - 1
    path = [last]
    while predecessors[path[-1]]:
        path.append(predecessors[path[-1]][0])
    closed = [list(own) for own in predecessors]
    closed[path[-1]].append(last)
    ring = schedule.cycle(closed)
    assert ring
    for before, block in itertools.pairwise([*ring, ring[0]]):
        assert before in closed[block]
    with pytest.raises(ValueError, match="cycle"):
        schedule.graph(closed)


@settings(max_examples=30, deadline=None)
@given(data=st.data(), predecessors=graphs())
def test_solutions_are_proved_and_their_metrics_are_within_bounds(
    data: st.DataObject, predecessors: list[list[int]]
) -> None:
    size = st.integers(1, 12)
    nodes = [
        Node(10 * at, data.draw(size), data.draw(size), tuple(10 * one for one in own))
        for at, own in enumerate(predecessors)
    ]
    try:
        found = solve(nodes, SQUARES, 0.02)
    except FitError:
        reject()
    verify(found.placed, nodes, SQUARES)
    own = found.metrics
    assert own.blocks == len(nodes)
    assert 1 <= own.cores_used <= own.cores == 3
    assert 0 < own.utilization_all <= own.utilization_used <= 1
    assert own.bound == max(own.critical_path, own.most_in_one_core)
    assert own.bound <= own.steps <= found.packed_steps <= own.blocks
    assert own.cores_used <= found.search.arrays
    assert 0 < own.efficiency <= 1
    assert own.speed_up == pytest.approx(own.efficiency * own.cores_used)
    assert solve(nodes, SQUARES, 0.02).placed == found.placed


def test_metrics_of_a_placement_worked_by_hand() -> None:
    nodes = [Node(0, 20, 10), Node(1, 10, 10, (0,)), Node(2, 10, 10, (0,)), Node(3, 5, 5, (1, 2))]
    placed = [Placed(4, 0, 0, 0), Placed(4, 1, 10, 0), Placed(9, 2, 0, 0), Placed(4, 3, 10, 10)]
    verify(placed, nodes, SQUARES)
    found = contest_solve.measure(placed, nodes, SQUARES)
    assert (found.blocks, found.cores, found.cores_used) == (4, 3, 2)
    assert found.utilization_used == pytest.approx(425 / 800)
    assert found.utilization_all == pytest.approx(425 / 1200)
    assert (found.steps, found.bound, found.critical_path, found.most_in_one_core) == (3, 3, 3, 3)
    assert found.speed_up == pytest.approx(4 / 3)
    assert found.efficiency == pytest.approx(4 / 6)


NODES = (Node(0, 5, 5), Node(1, 20, 3), Node(2, 20, 20))
GOOD = (Placed(4, 0, 0, 0), Placed(4, 1, 5, 0), Placed(2, 2, 0, 0))


@pytest.mark.parametrize(
    ("placed", "words"),
    [
        (GOOD[:2], "exactly once"),
        ((*GOOD, GOOD[0]), "exactly once"),
        ((*GOOD[:2], replace(GOOD[2], index=1)), "exactly once"),
        ((*GOOD[:2], replace(GOOD[2], core_id=3)), "no core 3"),
        ((*GOOD[:2], replace(GOOD[2], row=1)), "leaves core 2"),
        ((*GOOD[:2], replace(GOOD[2], column=-1)), "leaves core 2"),
        ((GOOD[0], replace(GOOD[1], column=18), GOOD[2]), "leaves core 4"),
        ((GOOD[0], replace(GOOD[1], column=4), GOOD[2]), "overlaps"),
        ((replace(GOOD[0], column=3, row=15), GOOD[1], GOOD[2]), "overlaps"),
        ((*GOOD[:2], replace(GOOD[2], core_id=4)), "overlaps"),
    ],
)
def test_every_broken_placement_is_found(placed: Sequence[Placed], words: str) -> None:
    verify(GOOD, NODES, SQUARES)
    with pytest.raises(VerifyError, match=words):
        verify(placed, NODES, SQUARES)


def test_a_block_larger_than_every_core_is_named_with_its_line() -> None:
    """Too wide for the tall core and too tall for the wide one."""
    cores = [Core(0, 100, 10), Core(1, 10, 100)]
    with pytest.raises(FitError) as caught:
        solve([Node(3, 11, 11, line=8)], cores)
    assert "line 8: block 3 (11 rows x 11 columns) is larger than every core" in str(caught.value)
    assert caught.value.hint


def test_too_many_blocks_are_refused_with_the_name_of_the_network() -> None:
    with pytest.raises(FitError) as caught:
        solve([Node(at, 20, 20) for at in range(4)], SQUARES)
    assert caught.value.where == "net"
    assert caught.value.hint


def test_unequal_cores_take_what_fits_only_them() -> None:
    cores = [Core(7, 4, 50), Core(5, 50, 4), Core(6, 9, 9)]
    found = solve([Node(0, 50, 2), Node(1, 2, 50), Node(2, 9, 9)], cores)
    assert [own.core_id for own in found.placed] == [5, 7, 6]


def requests(sizes: Sequence[tuple[int, int]]) -> list[Request]:
    return [Request(str(at), 0, 0, 0, *size, ()) for at, size in enumerate(sizes)]


def shorten(
    predecessors: Sequence[Sequence[int]],
    sizes: Sequence[tuple[int, int]],
    spots: Sequence[Spot],
    size: int = 10,
) -> tuple[list[Spot], int]:
    spaces = [Space(array, 0, 0, 0, size, size) for array in range(3)]
    graph = schedule.graph(predecessors)
    found = parallel.shorten(graph, requests(sizes), spaces, spots, 1.0, Job())
    nodes = [Node(at, *own, tuple(predecessors[at])) for at, own in enumerate(sizes)]
    places = [Placed(spot.array, at, spot.column, spot.row) for at, spot in enumerate(found)]
    verify(places, nodes, [Core(array, size, size) for array in range(3)])
    return found, schedule.count(schedule.steps(graph, [spot.array for spot in found]))


def test_blocks_of_equal_size_change_places_to_run_at_once() -> None:
    """Two layers of two blocks, each layer packed into one array of its own: 4 steps, 2 do."""
    spots = [Spot(0, 0, 0), Spot(0, 0, 5), Spot(1, 0, 0), Spot(1, 0, 5)]
    found, steps = shorten([[], [], [0, 1], [0, 1]], [(10, 5)] * 4, spots)
    assert steps == 2
    assert sorted(map(str, found)) == sorted(map(str, spots))


def test_a_block_moves_into_free_room_of_another_used_array() -> None:
    spots = [Spot(0, 0, 0), Spot(0, 0, 5), Spot(1, 0, 0)]
    found, steps = shorten([[], [], []], [(10, 5), (10, 4), (10, 3)], spots)
    assert steps == 2
    assert {spot.array for spot in found} == {0, 1}
    found, steps = shorten([[], [0], [0]], [(10, 5), (10, 4), (10, 7)], [*spots[:2], Spot(1, 0, 0)])
    assert steps == 2  # nothing to gain: left as it is
    assert found == spots


def test_blocks_of_other_sizes_change_places_where_both_fit() -> None:
    """0 and 1 run first; both lie in array 0, as full as array 1 with what needs them."""
    sizes = [(10, 5), (10, 5), (10, 4), (10, 5)]
    spots = [Spot(0, 0, 0), Spot(0, 0, 5), Spot(1, 0, 0), Spot(1, 0, 4)]
    assert shorten([[], [], [0, 1], [0, 1]], sizes, spots)[1] == 2
    sizes = [(10, 6), (10, 4), (10, 5), (10, 3)]
    spots = [Spot(0, 0, 0), Spot(0, 0, 6), Spot(1, 0, 0), Spot(1, 0, 5)]
    found, steps = shorten([[], [], [0, 1], [0, 1]], sizes, spots)
    assert steps == 2
    assert [spot.array for spot in found] == [0, 1, 1, 0]


def test_a_full_packing_that_cannot_change_stays_as_it_is() -> None:
    spots = [Spot(0, 0, 0), Spot(0, 0, 6), Spot(1, 0, 0)]
    found, steps = shorten([[], [], []], [(10, 6), (10, 4), (10, 10)], spots)
    assert found == spots
    assert steps == 2


def test_layers_packed_each_into_its_own_array_are_spread_over_all() -> None:
    """Three layers of three blocks: nine steps as packed, three when every array has one each."""
    predecessors = [[]] * 3 + [[0, 1, 2]] * 3 + [[3, 4, 5]] * 3
    spots = [Spot(array, 0, 3 * place) for array in range(3) for place in range(3)]
    found, steps = shorten(predecessors, [(10, 3)] * 9, spots)
    assert steps == 3
    assert len(set(found)) == 9


def test_shortening_uses_no_more_arrays_than_the_search() -> None:
    nodes = layered(3, 60, 12, 400, 200)
    found = solve(nodes, [Core(at, 896, 896) for at in range(12)], 0.3)
    assert found.metrics.cores_used <= found.search.arrays
    assert found.metrics.steps <= found.packed_steps


def test_a_thousand_blocks_on_fifty_cores_take_seconds() -> None:
    nodes = layered(1, 1000, 20, 130, 130)
    found = solve(nodes, [Core(at, 500, 500) for at in range(50)], 0.2)
    assert found.metrics.blocks == 1000
    assert found.seconds < 20  # a fraction of it on an idle machine


def test_placing_can_be_cancelled() -> None:
    nodes = layered(2, 40, 8, 10, 10)
    with pytest.raises(Cancelled):
        contest_solve.solve(nodes, SQUARES, "net", 1.0, Job(None, lambda: True))
