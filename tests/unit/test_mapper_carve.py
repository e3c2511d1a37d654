"""Free space around what is occupied, as rectangles."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.mapper.carve import by_columns, by_rows
from studio.mapper.problem import Occupied, Space

SPACE = Space(0, 0, 2, 3, 10, 12)  # rows 2..11, columns 3..14
SIDE = 20


def painted(parts):
    """How often each cell is covered."""
    found = np.zeros((SIDE, SIDE), int)
    for own in parts:
        found[own.row : own.row + own.rows, own.column : own.column + own.columns] += 1
    return found


def size(part):
    return part.row, part.column, part.rows, part.columns


HELD = st.lists(
    st.builds(
        Occupied,
        st.integers(0, 1),
        st.integers(0, 12),
        st.integers(0, 15),
        st.integers(0, 7),
        st.integers(0, 7),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=7,
)


@settings(max_examples=80, deadline=None)
@given(held=HELD)
def test_parts_cover_the_free_cells_once_and_nothing_else(held):
    spaces = (SPACE, Space(0, 1, 12, 3, 4, 9), Space(1, 0, 0, 0, 5, 5))
    for cut in (by_columns, by_rows):
        parts = cut(spaces, held)
        for array in (0, 1):
            free = painted([own for own in spaces if own.array == array]) > 0
            free &= painted([own for own in held if own.array == array]) == 0
            np.testing.assert_array_equal(painted(p for p in parts if p.array == array), free)
        for part in parts:
            assert part.rows > 0
            assert part.columns > 0
            assert any(
                (own.array, own.bank) == (part.array, part.bank)
                and own.row <= part.row <= part.row + part.rows <= own.row + own.rows
                for own in spaces
            )


@settings(max_examples=60, deadline=None)
@given(held=HELD)
def test_parts_reach_as_far_as_they_can_one_way(held):
    """Cut by columns a part's rows end at something, and no two parts side by side are one."""
    occupied = painted(own for own in held if own.array == 0) > 0
    for part in by_columns((SPACE,), held):
        columns = slice(part.column, part.column + part.columns)
        for row in (part.row - 1, part.row + part.rows):
            assert not 2 <= row < 12 or occupied[row, columns].all()
    for parts, axis in ((by_columns((SPACE,), held), 0), (by_rows((SPACE,), held), 1)):
        for one, other in itertools.permutations(map(size, parts), 2):
            alike = (one[axis], one[axis + 2]) == (other[axis], other[axis + 2])
            assert not (alike and one[1 - axis] + one[3 - axis] == other[1 - axis])


def test_an_empty_space_stays_whole():
    elsewhere = Occupied(1, 0, 0, 20, 20)
    nothing = Occupied(0, 4, 4, 0, 5, bias_row=0, bias_rows=8)
    beside = [Occupied(0, 0, 0, 2, 20), Occupied(0, 0, 0, 20, 3), Occupied(0, 12, 0, 5, 20)]
    for cut in (by_columns, by_rows):
        assert cut((SPACE,), ()) == (SPACE,)
        assert cut((SPACE,), (elsewhere, nothing, *beside)) == (SPACE,)


def test_a_full_space_leaves_nothing():
    for cut in (by_columns, by_rows):
        assert cut((SPACE,), [Occupied(0, 0, 0, 20, 20)]) == ()
        halves = [Occupied(0, 2, 3, 10, 6), Occupied(0, 0, 9, 20, 20)]
        assert cut((SPACE,), halves) == ()


def test_a_hole_in_the_middle_is_cut_around_either_way():
    hole = [Occupied(0, 5, 6, 2, 4)]
    assert list(map(size, by_columns((SPACE,), hole))) == [
        (2, 3, 10, 3),
        (2, 6, 3, 4),
        (7, 6, 5, 4),
        (2, 10, 10, 5),
    ]
    assert sorted(map(size, by_rows((SPACE,), hole))) == [
        (2, 3, 3, 12),
        (5, 3, 2, 3),
        (5, 10, 2, 5),
        (7, 3, 5, 12),
    ]


def test_obstacles_side_by_side_are_one():
    wall = [Occupied(0, 2, 3, 4, 5), Occupied(0, 2, 8, 4, 7)]
    assert list(map(size, by_columns((SPACE,), wall))) == [(6, 3, 6, 12)]
