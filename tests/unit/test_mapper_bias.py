"""Bias rows given anew to blocks that stay where they are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.mapper.bias import assign, lack
from studio.mapper.problem import Occupied, Problem, Space
from studio.mapper.request import Placement
from tests.bench.rectangles import faults

from .test_mapper_bounds import block


def strip(*spans, rows=16, wanted=8, held=()):
    """Blocks of given (array, column, columns, bias row, bias rows, choices), nothing above them.

    Each has a row of cells of its own, so only the strip matters.
    """
    spaces = tuple(Space(array, 0, 0, 0, 50, 60) for array in range(2))
    requests = tuple(block(1, columns, choices) for _, _, columns, _, _, choices in spans)
    placed = {
        number: Placement(array, number, column, bias_row, bias_rows)
        for number, (array, column, _, bias_row, bias_rows, _) in enumerate(spans)
    }
    return Problem(requests, spaces, rows, wanted, tuple(held)), placed


def rows(problem, placed):
    found = assign(problem, placed)
    assert not faults(problem, list(found.values()))
    return [found[number].bias_rows for number in range(len(placed))]


ANY = range(1, 17)


def test_lack_counts_short_blocks_and_the_rows_they_miss():
    problem, placed = strip(
        (0, 0, 9, 0, 3, ANY),
        (0, 20, 9, 0, 8, ANY),
        (0, 40, 9, 0, 2, [1, 2]),  # it cannot have more
        (1, 0, 9, 0, 4, [4, 9]),  # the next it can have is 9
        (1, 20, 9, 0, 0, ()),
    )
    assert lack(problem, placed) == (2, 5 + 5)
    assert lack(problem, {}) == (0, 0)


def test_blocks_get_the_wanted_rows_where_their_columns_have_room():
    problem, placed = strip((0, 0, 9, 0, 1, ANY), (0, 4, 9, 1, 1, ANY), (1, 0, 9, 5, 1, ANY))
    assert rows(problem, placed) == [8, 8, 8]


def test_places_and_blocks_without_a_bias_stay_as_they_are():
    problem, placed = strip((0, 0, 9, 0, 1, ANY), (0, 0, 30, 0, 0, ()))
    found = assign(problem, placed)
    assert found[1] == placed[1]
    assert (found[0].array, found[0].row, found[0].column) == (0, 0, 0)
    assert assign(problem, found) == found


def test_blocks_in_another_order_have_room_for_all():
    """Eight rows in the middle of sixteen leave none for another block until they move."""
    problem, placed = strip((0, 0, 9, 4, 8, ANY), (0, 0, 9, 0, 4, ANY))
    assert rows(problem, placed) == [8, 8]


def test_a_block_that_needs_many_rows_leaves_the_other_short():
    problem, placed = strip((0, 0, 9, 0, 11, range(11, 17)), (0, 0, 9, 11, 1, ANY))
    assert rows(problem, placed) == [11, 5]


def test_as_many_blocks_as_can_be_are_whole_not_all_a_little_short():
    problem, placed = strip(*((0, 0, 9, 4 * n, 4, ANY) for n in range(4)))
    # 8 + 1 + 1 + 1 leaves three short; rows beyond that go to whoever can take them.
    found = rows(problem, placed)
    assert lack(problem, assign(problem, placed))[0] == 3
    assert sum(found) == 16


def test_only_numbers_a_block_may_have_are_given():
    problem, placed = strip((0, 0, 9, 0, 2, [2, 5, 12]), (0, 0, 9, 2, 1, [1, 3, 4]))
    assert rows(problem, placed) == [12, 4]


def test_occupied_bias_rows_are_left_alone():
    held = [Occupied(0, 49, 5, 1, 3, bias_row=6, bias_rows=4), Occupied(1, 0, 0, 1, 60, 0, 16)]
    problem, placed = strip((0, 0, 9, 10, 2, ANY), (0, 20, 9, 10, 2, ANY), held=held)
    assert rows(problem, placed) == [6, 8]


@st.composite
def strips(draw):
    high = draw(st.sampled_from([1, 4, 16, 70]))
    spans, held = [], []
    for array in range(2):
        for _ in range(draw(st.integers(0, 3))):
            count = draw(st.integers(0, high))
            row = draw(st.integers(0, high - count))
            held.append(Occupied(array, 49, draw(st.integers(0, 50)), 1, 9, row, count))
    taken: list[tuple[int, int, int, int, int]] = [
        (own.array, own.column, own.columns, own.bias_row, own.bias_rows) for own in held
    ]
    for _ in range(draw(st.integers(1, 12))):
        array, column = draw(st.integers(0, 1)), draw(st.integers(0, 50))
        columns = draw(st.integers(1, 10))
        count = draw(st.integers(0, min(3, high)))
        free = [
            row
            for row in range(high - count + 1)
            if all(
                array != other
                or column + columns <= at
                or at + wide <= column
                or row + count <= first
                or first + many <= row
                for other, at, wide, first, many in taken
            )
        ]
        if not free or not count:
            spans.append((array, column, columns, 0, 0, ()))
            continue
        row = draw(st.sampled_from(free))
        more = draw(st.sets(st.integers(1, high), max_size=5))
        choices = draw(st.sampled_from([range(1, high + 1), sorted({count, *more})]))
        taken.append((array, column, columns, row, count))
        spans.append((array, column, columns, row, count, choices))
    return strip(*spans, rows=high, wanted=draw(st.integers(1, high)), held=held)


@settings(max_examples=70, deadline=None)
@given(own=strips())
def test_no_layout_gets_worse_or_wrong(own):
    problem, placed = own
    assert not faults(problem, list(placed.values())), "the example itself is wrong"
    found = assign(problem, placed)
    assert not faults(problem, [found[number] for number in range(len(placed))])
    assert lack(problem, found) <= lack(problem, placed)
    assert [(p.array, p.row, p.column) for p in found.values()] == [
        (p.array, p.row, p.column) for p in placed.values()
    ]
    assert found == assign(problem, placed)
    for number, one in found.items():
        request = problem.requests[number]
        assert one.bias_rows <= max(request.target(problem.wanted), placed[number].bias_rows)
        alone = not any(
            other.array == one.array
            and other.column < one.column + request.columns
            and one.column < other.column + size.columns
            for size, other in (
                *((problem.requests[n], p) for n, p in found.items() if n != number),
                *((held, held) for held in problem.occupied),
            )
        )
        if alone:
            assert one.bias_rows >= request.target(problem.wanted), "nothing is in its way"
