"""What is proved before a search, and the words for what does not fit."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.job import Job
from studio.mapper import greedy, scales
from studio.mapper.bounds import impossible, least_arrays, least_short
from studio.mapper.explain import no_room
from studio.mapper.problem import Occupied, Problem, Space
from studio.mapper.request import Placement, Request

STRIP = 16
NAMES = "upper", "lower"


def block(rows, columns, bias=(), banks=(), layer="layer"):
    return Request(layer, 0, 0, 0, rows, columns, tuple(bias), tuple(banks))


def banks(arrays=1, rows=896, columns=896, first=128, count=2):
    """Spaces of equal arrays, each with ``count`` banks one above the other."""
    return tuple(
        Space(array, bank, bank * rows, first, rows, columns, NAMES[bank % 2])
        for array in range(arrays)
        for bank in range(count)
    )


def problem(*blocks, spaces=None, occupied=(), wanted=8, strip=STRIP):
    return Problem(blocks, banks() if spaces is None else spaces, strip, wanted, tuple(occupied))


def refused(problem):
    error = impossible(problem, "chip")
    assert error is not None, "nothing was proved"
    assert error.hint
    assert error.where
    assert error.message.startswith("proved: ")
    return error.message


def test_a_block_larger_than_every_bank_is_refused():
    assert "900 rows x 10 columns is larger than a bank (896 x 896)" in refused(
        problem(block(900, 10))
    )
    error = impossible(problem(block(10, 900, layer="wide")), "chip")
    assert error is not None
    assert error.where == "wide"
    assert "first 128 columns (--skip-columns 0)" in error.hint


def test_a_block_that_fits_only_a_bank_it_is_not_tied_to_is_refused():
    spaces = Space(0, 0, 0, 0, 10, 10, "upper"), Space(0, 1, 10, 0, 20, 10, "lower")
    asked = problem(block(15, 5, banks=(0,)), spaces=spaces)
    assert "bank upper, to which it is tied (10 x 10)" in refused(asked)
    error = impossible(asked, "chip")
    assert error is not None
    assert "Drop --bank" in error.hint and "--tile-rows 10 " in error.hint
    assert impossible(problem(block(15, 5, banks=(0, 1)), spaces=spaces), "chip") is None


def test_a_block_with_more_bias_rows_than_the_strip_is_refused():
    assert "needs 17 bias rows, the chip has 16" in refused(problem(block(9, 9, [17])))
    assert "needs 1 bias rows, the chip has 0" in refused(problem(block(9, 9, [1]), strip=0))


def test_more_cells_than_there_are_name_the_largest_layers():
    blocks = [block(800, 600, layer="big"), *[block(448, 448, layer="small")] * 6]
    text = refused(problem(*blocks))
    assert "needs 1684224 array cells, the chip has 1605632" in text
    assert "small (1204224 cells), big (480000 cells)" in text


def test_more_cells_than_a_bank_has_are_refused_for_the_blocks_tied_to_it():
    blocks = [block(400, 400, banks=(0,))] * 6
    assert "need 960000 cells of bank upper, it has 802816" in refused(problem(*blocks))
    assert impossible(problem(*[block(400, 400)] * 6), "chip") is None


def test_more_bias_cells_than_the_strip_has_are_refused():
    text = refused(problem(*[block(10, 600, [8, 9])] * 3))
    assert "needs 16.1 bias rows over every column on average, the chip has 16 " in text


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        # Taller than half a bank: beside each other only.
        ([block(449, 600)] * 3, "needs 1800 columns of the banks, the chip has 1792"),
        # Wider than half a bank: one above the other only.
        ([block(600, 449)] * 3, "needs 1800 rows of the banks, the chip has 1792"),
        # Both: one in a bank.
        ([block(450, 450)] * 3, "needs 3 banks, the chip has 2"),
        # More than a third: four in a bank, and none of them beside the large one.
        ([block(300, 300)] * 5 + [block(600, 600)], "needs 3 banks, the chip has 2"),
        # 9 of 16 bias rows over the same columns are too many for two blocks.
        ([block(9, 300, [9])] * 3, "needs 900 columns of the bias strip, the chip has 896"),
        # 6 of 16: two blocks over a column, so 9 x 224 columns do not fit in 2 x 896.
        ([block(9, 224, [6])] * 9, "needs 1008 columns of the bias strip, the chip has 896"),
        # Wide blocks are never side by side, and so their bias rows add up.
        ([block(9, 500, [6, 7])] * 3, "needs 18 bias rows, the chip has 16"),
    ],
)
def test_blocks_that_fit_by_area_are_refused_where_they_cannot_share(blocks, text):
    assert text in refused(problem(*blocks))


def test_sums_of_widths_that_leave_a_gap_are_refused():
    # No sum of these widths is 12, so a bank holds 11 columns of blocks that never share one.
    spaces = banks(rows=9, columns=12)
    tall = [block(5, columns) for columns in (2, 3, 5, 6, 8)]
    text = refused(problem(*tall, spaces=spaces))
    assert "needs 24 columns of the banks, the chip has 24, of which these blocks' sizes" in text
    assert "can fill at most 22" in text
    assert impossible(problem(*tall[1:], spaces=spaces), "chip") is None


def test_small_blocks_are_counted_beside_large_ones():
    # Of 3, 4, 4, 4 and 4 columns two fit in the 10 of a bank, so four in all.
    spaces = banks(rows=9, columns=10)
    tall = [block(5, columns) for columns in (4, 4, 4, 4, 3)]
    assert "at most 2 of the blocks of 3 to 5 columns" in refused(problem(*tall, spaces=spaces))
    assert impossible(problem(*tall[:4], spaces=spaces), "chip") is None


def test_the_reason_is_said_in_words():
    text = refused(problem(*[block(449, 600)] * 3))
    assert "at most 1 block of 449 or more rows can lie over one column" in text
    text = refused(problem(*[block(9, 449, [9])] * 2))
    assert "bias rows" in text


def test_occupied_cells_leave_less_room():
    half = Occupied(0, 0, 128, 896, 448)
    blocks = [block(896, 448)] * 4
    assert impossible(problem(*blocks), "chip") is None
    assert "needs 1605632 array cells, the chip has, beside the occupied ones, 1204224" in refused(
        problem(*blocks, occupied=[half])
    )
    # Counted once where it is given twice, and only as far as it lies in a space.
    assert "occupied ones, 1204224" in refused(
        problem(*blocks, occupied=[half, half, Occupied(0, 0, 0, 10, 128)])
    )
    assert "(bias rows x columns), the chip has, beside the occupied ones, 7168" in refused(
        problem(*[block(9, 448, [9])] * 2, occupied=[Occupied(0, 0, 128, 0, 448, 0, 16)])
    )


def test_a_block_without_a_hole_beside_occupied_cells_is_refused():
    middle = Occupied(0, 400, 128, 896, 896)
    text = refused(problem(block(500, 10, layer="deep"), occupied=[middle]))
    assert "no room for layer deep (500 rows x 10 columns) beside the occupied cells" in text
    assert "longest free run of rows over 10 columns is 496 of the 500 it needs" in text
    assert impossible(problem(block(496, 10), occupied=[middle]), "chip") is None
    strip = Occupied(0, 0, 128, 0, 896, 8, 4)
    text = refused(problem(block(5, 5, [9]), occupied=[strip]))
    assert "the longest free run of bias rows is 8 of the 9 it needs" in text


def test_nothing_to_place_is_possible():
    assert impossible(problem(), "chip") is None
    assert least_arrays(problem()) == (0, "There is nothing to place.")
    assert least_short(problem(), 1)[0] == 0


def test_a_problem_without_spaces_is_refused():
    assert "larger than every rectangle (0 x 0)" in refused(problem(block(1, 1), spaces=()))


def test_arrays_are_counted_by_the_resource_that_binds():
    spaces = banks(arrays=4)
    least, proof = least_arrays(problem(*[block(448, 896)] * 5, spaces=spaces))
    assert least == 2
    assert "need 2007040 array cells, the largest array has 1605632" in proof
    least, proof = least_arrays(problem(*[block(500, 600)] * 5, spaces=spaces))
    assert least == 3
    assert "banks" in proof
    least, proof = least_arrays(problem(*[block(9, 449, [9])] * 3, spaces=spaces))
    assert least == 3
    assert "bias" in proof
    assert least_arrays(problem(block(9, 9), spaces=spaces))[0] == 1


def test_the_largest_arrays_count_where_arrays_differ():
    spaces = tuple(Space(n, 0, 0, 0, rows, 10) for n, rows in enumerate([3, 10, 4, 8]))
    assert least_arrays(problem(*[block(1, 10)] * 18, spaces=spaces))[0] == 2
    assert least_arrays(problem(*[block(1, 10)] * 19, spaces=spaces))[0] == 3
    taken = [Occupied(1, 0, 0, 10, 10)]
    assert least_arrays(problem(*[block(1, 10)] * 12, spaces=spaces, occupied=taken))[0] == 2
    assert least_arrays(problem(*[block(1, 10)] * 13, spaces=spaces, occupied=taken))[0] == 3


def test_short_blocks_are_counted_by_the_bias_strip():
    any_number = range(1, 17)
    three = [block(9, 896, any_number)] * 3
    least, proof = least_short(problem(*three), 1)
    assert least == 2  # 8 + 7 + 1: 8 rows less are 7 from one block and 1 from another
    assert "At least 2 blocks get fewer bias rows than wanted" in proof
    assert "21504 bias rows x columns, there are 14336" in proof
    assert least_short(problem(*three, spaces=banks(arrays=2)), 2)[0] == 0
    assert least_short(problem(*three, spaces=banks(arrays=2)), 1)[0] == 2
    assert least_short(problem(*three, wanted=5), 1)[0] == 0


def test_short_blocks_are_counted_by_what_cannot_share_columns():
    # By area both fit, but 9 and 8 never share a column and 500 + 400 are too many.
    least, proof = least_short(problem(block(9, 500, [9]), block(9, 400, range(1, 17))), 1)
    assert least == 1
    assert "1 block gets fewer" in proof


def test_a_block_is_not_short_with_its_only_number():
    assert least_short(problem(block(9, 896, [4]), block(9, 896, [12])), 1)[0] == 0
    # Here even the largest choice is less than wanted.
    assert least_short(problem(*[block(9, 896, [2, 4])] * 4), 1)[0] == 0
    assert least_short(problem(*[block(9, 896, [2, 4])] * 5), 1)[0] == 2


def place(row, column, bias_row=0, bias_rows=0):
    return Placement(0, row, column, bias_row, bias_rows)


def test_no_room_names_the_bias_rows_that_are_missing():
    # The rows would fit below the first block, its bias rows leave 6.
    full = problem(block(100, 896, [10]), block(50, 96, [8], layer="conv3"))
    error = no_room(full, {0: place(0, 128, 0, 10)}, "chip")
    assert "no room for layer conv3 (50 rows x 96 columns, at least 8 bias rows)" in error.message
    assert "bias rows: needs 18 of 16 in columns 128..223 of array 0" in error.message
    assert "not proved impossible" in error.message
    assert "--seconds" in error.message
    assert "the largest layers are layer (8960 bias cells)" in error.message
    assert "biases" in error.hint
    assert "--skip-columns 0" in error.hint


def test_no_room_names_bias_rows_in_pieces():
    parts = problem(block(1, 896, [2]), block(1, 896, [8]))
    error = no_room(parts, {0: place(0, 128, 7, 2)}, "chip")
    assert "longest free run of bias rows is 7 of the 8 it needs" in error.message


def test_no_room_names_the_rows_that_are_missing():
    spaces = banks(count=1, first=0)
    rest = problem(block(596, 896), block(512, 96, layer="conv3"), block(2, 2), spaces=spaces)
    error = no_room(rest, {0: place(0, 0)}, "chip")
    assert "conv3 (512 rows x 96 columns) and 1 more block: rows" in error.message
    assert "the longest free run of rows over 96 columns is 300 of the 512 it needs" in (
        error.message
    )
    assert "columns 0..95 of array 0, bank upper" in error.message
    assert "--skip-columns" not in error.hint


def test_no_room_names_the_columns_that_are_missing():
    rest = problem(block(896, 800), block(500, 100, banks=(0,)), block(896, 896))
    error = no_room(rest, {0: place(0, 128), 2: place(896, 128)}, "chip")
    assert "columns: the longest free run of columns over 500 rows is 96 of the 100 it needs" in (
        error.message
    )
    assert "rows 0..499 of array 0, bank upper" in error.message


def test_no_room_says_when_blocks_fit_only_one_by_one():
    rest = problem(*[block(896, 500)] * 3)
    error = no_room(rest, {0: place(0, 128)}, "chip")
    assert "and 1 more block: each block left fits alone" in error.message


def said(asked):
    """Message and hint of what is proved."""
    error = impossible(asked, "chip")
    assert error is not None, "nothing was proved"
    return error.message, error.hint


def test_needs_are_rounded_up_and_rooms_down_to_whole_numbers():
    # Two of them lie over a column: half of 7 * 513 columns.
    text, _ = said(problem(*[block(300, 513)] * 7))
    assert "needs 1796 columns of the banks, the chip has 1792 " in text
    # Four of them lie in a bank or strip.
    assert "needs 3 banks, the chip has 2 " in said(problem(*[block(300, 300)] * 9))[0]
    text, _ = said(problem(*[block(9, 300, [6])] * 5))
    assert "needs 2 bias strips, the chip has 1 " in text
    # Where what is left is no whole number of banks, columns are counted.
    held = Occupied(0, 0, 128, 300, 300)
    text, _ = said(problem(*[block(300, 300)] * 8, occupied=[held]))
    assert "needs 1792 columns of the banks, the chip has, beside the occupied ones, 1568" in text


def test_what_can_be_wrong_only_with_these_tiles_says_so():
    assert "proved: no layout exists: " in said(problem(*[block(800, 900)] * 3))[0]
    assert "proved: there is no layout of these tiles" in said(problem(*[block(450, 450)] * 3))[0]
    # Parts of a block may have smaller biases.
    assert "of these tiles" in said(problem(*[block(9, 896, [9])] * 2))[0]


def test_the_hint_cuts_rows_only_where_that_may_help():
    text, hint = said(problem(*[block(449, 600)] * 3))
    assert "columns of the banks" in text
    assert "--tile-rows 448 cuts them finer, which changes the rounding a little" in hint
    assert "--tile-rows 298 " in said(problem(*[block(300, 513)] * 7))[1]
    assert "--tile-rows" not in said(problem(*[block(890, 890)] * 3))[1]
    assert "--tile-rows" not in said(problem(*[block(9, 300, [9])] * 3))[1]


def test_the_hint_uses_skipped_columns_only_where_they_are_enough():
    assert "--skip-columns 0" in said(problem(*[block(896, 450)] * 4))[1]
    assert "--skip-columns" not in said(problem(*[block(896, 800)] * 3))[1]
    assert "--skip-columns" not in said(problem(block(9, 1025)))[1]


def test_the_hint_speaks_of_copies_only_where_there_are_some():
    blocks = [block(896, 896)] * 3
    assert "copies" not in said(problem(*blocks))[1]
    stored = [replace(own, copies=2) for own in blocks]
    assert "store fewer copies" in said(problem(*stored))[1]


def test_biases_are_called_large_only_where_they_are():
    text, hint = said(problem(*[block(9, 896, [1, 2])] * 17))
    assert "needs 17 bias rows over every column on average, the chip has 16" in text
    assert "bias cells)" in text
    assert "owest" not in hint and "ower the largest biases" not in hint
    assert "Lower the largest biases" in said(problem(*[block(9, 896, [9])] * 2))[1]


def test_layers_that_are_tied_to_a_bank_name_it_and_the_option():
    text, hint = said(problem(*[block(500, 896, banks=(1,), layer=name) for name in "ab"]))
    assert "the layers tied to bank lower need 1000 rows of bank lower, it has 896" in text or (
        "the layers tied to bank lower need 896000 cells of bank lower, it has 802816" in text
    )
    assert "Drop --bank for some of these layers" in hint
    # Four of them lie in a bank.
    text, hint = said(problem(*[block(300, 300, banks=(1,))] * 5))
    assert "need 1120 columns of bank lower, it has 896" in text
    assert "Drop --bank" in hint


def test_layers_of_one_name_are_told_apart_by_their_network():
    own = [replace(block(896, 800, layer="fc"), network=number) for number in range(3)]
    text, _ = said(problem(*own))
    assert "the networks need" in text
    assert "network 1: fc (716800 cells), network 2: fc (716800 cells)" in text
    error = impossible(problem(own[0], replace(block(9, 9, [17]), network=2)), "chip")
    assert error is not None
    assert error.where == "network 3: layer"


def test_plain_rectangles_are_not_called_layers_or_banks():
    spaces = [Space(number, 0, 0, 0, 10, 10) for number in range(2)]
    sizes = [(10, 10)] * 3, [(6, 6)] * 3, [(6, 5)] * 5, [(11, 3)]
    errors = [
        impossible(problem(*[block(*size, layer="7") for size in own], spaces=spaces), "chip")
        for own in sizes
    ]
    own = problem(*[block(6, 6, layer="7")] * 2, spaces=spaces)
    for error in (*errors, no_room(own, {0: place(0, 0)}, "chip")):
        assert error is not None
        assert not re.search("network|bank|layer|cop|chip has|tile", f"{error.message}{error.hint}")
        assert "rectangle" in f"{error.message}{error.hint}"
    proof = least_arrays(own)[1]
    assert "need 2 rectangles, the largest has 1" in proof


@given(st.integers(1, 40), st.lists(st.integers(1, 40), min_size=1, max_size=7), st.data())
def test_every_scale_counts_parts_for_no_more_than_the_whole(limit, sizes, data):
    own = np.array([min(size, limit) for size in sizes])
    chosen = np.array(list(itertools.product([0, 1], repeat=len(own))))
    room = data.draw(st.integers(0, limit))
    together = chosen[chosen @ own <= room]
    first = data.draw(st.integers(0, limit))
    rest = np.arange(limit - first + 1)
    for scale in scales.family(own, limit):
        assert (together @ scale.of(own)).max() <= scale.room(np.array([room]))[0], scale
    for scale in scales.family(own, limit, fixed=False):
        counts = scale.of(np.arange(limit + 1))
        assert (counts[first] + counts[rest] <= counts[first + rest]).all(), scale


def short(request, own, wanted):
    """Whether a placed block has fewer bias rows than it is due."""
    if not request.bias_choices:
        return False
    return own.bias_rows < max(min(wanted, request.bias_choices[-1]), request.bias_choices[0])


CHOICES = [(), (1, 2, 3, 4, 5, 6), (2, 3, 4), (3, 6), (4, 5, 6)]


@settings(max_examples=60, deadline=None)
@given(
    blocks=st.lists(
        st.builds(
            block,
            st.integers(1, 12),
            st.integers(1, 10),
            st.sampled_from(CHOICES),
            st.sampled_from([(), (), (0,), (1,)]),
        ),
        min_size=1,
        max_size=9,
    ),
    arrays=st.integers(1, 3),
    lower=st.integers(6, 12),
    occupied=st.lists(
        st.builds(
            Occupied,
            st.integers(0, 2),
            st.integers(0, 20),
            st.integers(0, 9),
            st.integers(0, 8),
            st.integers(1, 6),
            st.integers(0, 5),
            st.integers(0, 3),
        ),
        max_size=2,
    ),
)
def test_what_can_be_placed_is_never_called_impossible(blocks, arrays, lower, occupied):
    spaces = tuple(
        Space(array, bank, 12 * bank, 2, rows, 10 - array)
        for array in range(arrays)
        for bank, rows in enumerate((12, lower))
    )
    asked = Problem(tuple(blocks), spaces, 6, 4, tuple(occupied))
    placed, _ = greedy.place(asked, Job())
    if not placed:
        return
    assert impossible(asked, "chip") is None
    used = len({own.array for own in placed})
    assert least_arrays(asked)[0] <= used
    least = least_short(asked, arrays)[0]
    assert least <= sum(short(*pair, 4) for pair in zip(blocks, placed, strict=True))
