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
from studio.mapper import plane, prove
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


def test_the_same_input_gives_the_same_layout():
    problem = random_problem(20, 0.7, 1, 0)
    first, second = (run(problem, seconds=0.8) for _ in range(2))
    assert not first[1].optimal, "too easy: it must end because its steps are used up"
    assert first[0] == second[0] != ()
    assert not faults(problem, first[0])
    assert replace(first[1], seconds=0.0) == replace(second[1], seconds=0.0)


def test_cancelling_ends_it_at_once_and_progress_is_reported():
    problem = random_problem(80, 0.85, 1, 0)
    begin = time.monotonic()
    reports: list[tuple[int, int, str]] = []
    job = Job(lambda *step: reports.append(step), lambda: time.monotonic() - begin > 0.4)
    with pytest.raises(Cancelled):
        prove.prove(problem, (), UNKNOWN, 600.0, job)
    assert 0.4 <= time.monotonic() - begin < 1.5
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
