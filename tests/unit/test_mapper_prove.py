"""OR-tools as an extra: what it improves, proves, refuses, and how it stops."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import Cancelled, FitError, StudioError
from studio.base.job import Job
from studio.mapper import greedy, plane, prove
from studio.mapper.problem import Occupied, Problem, Space
from studio.mapper.request import Placement, Request, Search
from tests.bench.nets import random_problem
from tests.bench.rectangles import faults

UNKNOWN = Search("greedy", 1, 0.0, 0, 0, 0, False, "")
BANKS = (Space(0, 0, 0, 2, 8, 10), Space(0, 1, 8, 2, 8, 10))


def block(rows: int, columns: int, bias: tuple[int, ...] = (), banks: tuple[int, ...] = ()):
    return Request("layer", 0, 0, 0, rows, columns, bias, banks)


def run(problem: Problem, placements=(), search: Search = UNKNOWN, seconds: float = 1.0):
    return prove.prove(problem, placements, search, seconds, Job(), "here")


def test_ortools_is_available_in_the_tests():
    assert prove.available()


def test_without_ortools_the_error_names_the_extra(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ortools" else find(name)
    )
    assert not prove.available()
    with pytest.raises(StudioError, match="not installed") as caught:
        run(Problem((block(1, 1),), BANKS, 4, 2))
    assert "cim-studio[prove]" in caught.value.hint
    assert caught.value.where == "here"


def test_a_time_of_nothing_is_refused():
    with pytest.raises(StudioError, match="seconds is 0"):
        run(Problem((block(1, 1),), BANKS, 4, 2), seconds=0)


def test_fewer_arrays_are_found_and_proved():
    spaces = tuple(replace(space, array=array) for array in range(3) for space in BANKS)
    problem = Problem((block(8, 10), block(8, 6), block(8, 4), block(4, 10)), spaces, 4, 2)
    corners = [(0, 0), (1, 0), (2, 0), (2, 8)]
    spread = tuple(Placement(array, row, 2, 0, 0) for array, row in corners)
    assert not faults(problem, spread)
    placements, search = run(problem, spread)
    assert not faults(problem, placements)
    assert {own.array for own in placements} == {0, 1}
    assert (search.arrays, search.least_arrays, search.optimal) == (2, 2, True)
    assert search.method == "greedy, then OR-tools CP-SAT"
    assert "proved" in search.proof


def test_short_blocks_get_the_wanted_bias_rows():
    # Over each other the two lack rows; side by side nobody does.
    problem = Problem((block(3, 5, (2, 3, 4)), block(3, 5, (2, 3, 4))), BANKS, 4, 4)
    short = (Placement(0, 0, 2, 0, 2), Placement(0, 8, 2, 2, 2))
    placements, search = run(problem, short)
    assert not faults(problem, placements)
    assert [own.bias_rows for own in placements] == [4, 4]
    assert (search.short, search.optimal) == (0, True)


def test_blocks_that_must_be_short_miss_as_little_as_can_be():
    problem = Problem((block(8, 10, (1, 2, 3, 4)), block(8, 10, (1, 2, 3, 4))), BANKS, 5, 4)
    placements, search = run(problem, (Placement(0, 0, 2, 0, 1), Placement(0, 8, 2, 1, 1)))
    assert not faults(problem, placements)
    assert sorted(own.bias_rows for own in placements) == [1, 4]
    assert (search.short, search.optimal) == (1, True)


def test_more_than_the_wanted_bias_rows_are_kept_to_where_fewer_are_impossible():
    problem = Problem((block(8, 10, (3, 4)), block(8, 10, (1,))), BANKS, 4, 2)
    placements, search = run(problem)
    assert [own.bias_rows for own in placements] == [3, 1]
    assert (search.short, search.optimal) == (0, True)


def test_a_layout_that_cannot_be_better_comes_back_unchanged():
    problem = Problem((block(3, 5, (1, 2)), block(8, 3)), BANKS, 4, 2)
    best = (Placement(0, 9, 4, 1, 2), Placement(0, 0, 7, 0, 0))
    placements, search = run(problem, best)
    assert placements == best
    assert search.optimal
    assert (search.method, search.tries) == ("greedy", 1)
    assert run(problem, best, search) == (best, search)


def test_nothing_to_place_is_nothing_to_prove():
    assert run(Problem((), BANKS, 4, 2)) == ((), UNKNOWN)


def test_a_layout_is_found_where_there_is_none_yet_around_what_is_occupied():
    occupied = (
        Occupied(0, 0, 0, 3, 20, 0, 2),  # leaves the spaces on both sides
        Occupied(0, 1, 4, 4, 3, 1, 2),  # overlaps the first one, cells and bias rows
        Occupied(5, 0, 0, 16, 12, 0, 4),  # on an array there is not
    )
    requests = (
        block(5, 2, (1, 2), (0,)),
        block(5, 5, (1, 2), (0,)),
        block(8, 10, (1, 2), (1,)),
    )
    problem = Problem(requests, BANKS, 4, 2, occupied)
    placements, search = run(problem)
    assert not faults(problem, placements)
    assert search.method == "greedy, then OR-tools CP-SAT"


def test_spaces_of_any_shape_keep_their_blocks_inside():
    spaces = (Space(0, 0, 0, 0, 4, 6), Space(0, 1, 4, 3, 5, 4), Space(1, 0, 0, 1, 3, 9))
    requests = (block(4, 6), block(5, 4), block(3, 5), block(2, 4))
    problem = Problem(requests, spaces, 0, 0)
    placements, search = run(problem)
    assert not faults(problem, placements)
    assert [own.array for own in placements] == [0, 0, 1, 1]
    assert (search.arrays, search.optimal) == (2, True)


@pytest.mark.parametrize(
    "requests",
    [
        (block(5, 6),) * 3,  # less than half of the cells, but no two fit in a bank
        (block(9, 2), block(1, 1)),  # larger than a bank
        (block(2, 2, (5, 6)),),  # a bias that the strip cannot hold
        (block(5, 6, (), (0,)),) * 2,  # both in one bank
    ],
)
def test_what_cannot_fit_is_proved_impossible(requests):
    with pytest.raises(FitError, match="proved impossible by OR-tools") as caught:
        run(Problem(requests, BANKS, 4, 2))
    assert caught.value.where == "here"
    assert "smaller" in caught.value.hint


def test_without_time_nothing_gets_worse_and_nothing_is_claimed():
    problem = random_problem(40, 0.8, 1, 0)
    placements, search = run(problem, seconds=1e-6)
    assert placements == ()
    assert not search.optimal
    assert "did not prove" in search.proof
    problem = random_problem(10, 0.5, 1, 1)
    given, _ = run(problem, seconds=1.0)
    least = tuple(replace(own, bias_rows=1) for own in given)
    placements, search = run(problem, least, seconds=1e-6)
    assert not faults(problem, placements)
    assert search.short <= 10
    assert search.optimal or "did not finish" in search.proof


@pytest.mark.parametrize(("n", "density", "seed"), [(8, 0.5, 0), (12, 0.6, 0)])
def test_the_same_input_gives_the_same_layout(n, density, seed):
    # With all of the solver's strategies these two differ from run to run.
    problem = random_problem(n, density, 1, seed)
    start, _ = greedy.place(problem, Job())
    found = [run(problem, start, seconds=0.6) for _ in range(2)]
    assert not faults(problem, found[0][0])
    assert len({placements for placements, _ in found}) == 1
    assert len({replace(search, seconds=0.0) for _, search in found}) == 1


def test_cancelling_ends_it_at_once_and_progress_is_reported():
    problem = random_problem(80, 0.85, 1, 0)
    begin = time.monotonic()
    reports: list[tuple[int, int, str]] = []
    job = Job(lambda *step: reports.append(step), lambda: time.monotonic() - begin > 0.4)
    with pytest.raises(Cancelled):
        prove.prove(problem, (), UNKNOWN, 600.0, job)
    assert 0.4 <= time.monotonic() - begin < 30
    assert len(reports) > 2
    assert all(0 <= done <= total and "OR-tools" in text for done, total, text in reports)


SIZES = st.tuples(st.integers(1, 6), st.integers(1, 6))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(SIZES, st.integers(0, 2)), min_size=1, max_size=6),
    st.lists(
        st.tuples(st.integers(0, 16), st.integers(0, 12), SIZES, st.integers(0, 2)), max_size=3
    ),
)
def test_every_answer_is_a_layout_or_a_proof(sizes, taken):
    requests = tuple(
        block(rows, columns, tuple(range(least, 4)) if least else ())
        for (rows, columns), least in sizes
    )
    occupied = tuple(
        Occupied(0, row, column, rows, columns, 0, bias)
        for row, column, (rows, columns), bias in taken
    )
    problem = Problem(requests, BANKS, 4, 2, occupied)
    try:
        placements, search = run(problem, seconds=0.2)
    except FitError:
        return
    if placements:
        assert not faults(problem, placements)
        assert search.arrays == 1
    else:
        assert not search.optimal


POINT = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 7), st.integers(0, 7))


@given(st.lists(POINT, max_size=6))
def test_rectangles_are_taken_apart_without_loss(rectangles):
    def cells(rectangle):
        column, row, end, stop = rectangle
        return [(x, y) for x in range(column, end) for y in range(row, stop)]

    found = [cell for rectangle in plane.apart(rectangles) for cell in cells(rectangle)]
    assert len(found) == len(set(found))
    assert set(found) == {cell for rectangle in rectangles for cell in cells(rectangle)}


GOOD = (Placement(0, 0, 2, 0, 1), Placement(0, 8, 2, 1, 2))


@pytest.mark.parametrize(
    ("number", "change", "fault"),
    [
        (0, {"row": 4}, "no space"),
        (0, {"row": 8}, "no space"),
        (0, {"column": 4}, "no space"),
        (0, {"array": 1}, "no space"),
        (1, {"row": 0}, "cells of blocks 0 and 1"),
        (1, {"bias_row": 0}, "bias rows of blocks 0 and 1"),
        (1, {"bias_row": 3}, "leaves the bias strip"),
        (1, {"bias_rows": 3}, "has 3 bias rows"),
        (1, {"column": 1}, "no space"),
        (1, {"column": 4}, "cells of block 1 are occupied"),
        (1, {"bias_row": 2}, "bias rows of block 1 are occupied"),
    ],
)
def test_the_check_of_these_tests_and_the_bench_finds_what_is_wrong(number, change, fault):
    requests = (block(5, 9, (1,), (0,)), block(3, 9, (1, 2)))
    problem = Problem(
        requests, BANKS, 4, 2, (Occupied(0, 8, 12, 1, 1), Occupied(0, 0, 0, 0, 4, 3, 1))
    )
    assert not faults(problem, GOOD)
    wrong = [replace(own, **change) if at == number else own for at, own in enumerate(GOOD)]
    assert any(fault in text for text in faults(problem, wrong))
    assert "1 placements for 2 blocks" in faults(problem, GOOD[:1])


@pytest.mark.parametrize("n", [5, 40, 200])
@pytest.mark.parametrize("density", [0.5, 0.95])
def test_random_nets_take_the_area_asked_for(n, density):
    problem = random_problem(n, density, 8, 7)
    assert problem == random_problem(n, density, 8, 7) != random_problem(n, density, 8, 8)
    share = sum(request.cells for request in problem.requests) / (1792 * 896)
    assert density - 0.01 < share <= density
    assert all(32 <= own.rows <= 896 and 2 <= own.columns <= 512 for own in problem.requests)
    assert {own.bias_choices for own in problem.requests} == {tuple(range(8, 17))}
