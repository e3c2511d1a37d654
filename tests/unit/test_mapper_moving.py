"""Moving blocks by hand: what is legal, where it snaps, and that the next deploy keeps it."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.base.job import Job
from studio.mapper.moving import Mover, Reason, pinned_of, places_of
from studio.mapper.options import MapOptions
from studio.mapper.problem import Occupied
from studio.mapper.stage import run, run_all, verify
from studio.mapper.verify import verify_together

from .test_mapper_places import CHIP, TWO, mapped, where
from .test_mapper_properties import cases
from .test_mapper_stage import network

NET = network([(300, 200, "unsigned", 300), (200, 90, "pn", 90), (80, 12, "unsigned", 0)], 1)


@pytest.fixture(scope="module")
def layout():
    """layer0 at (0, 200), layer1 (400 rows) at (0, 400), layer2 without bias at (896, 200)."""
    found = run(NET, CHIP, MapOptions(), Job())
    spots = ((0, 200, 0), (0, 400, 0), (896, 200, 0))
    blocks = tuple(
        replace(own, row=row, column=column, bias_row=bias)
        for own, (row, column, bias) in zip(found.blocks, spots, strict=True)
    )
    found = replace(found, blocks=blocks)
    verify(found, NET, CHIP)
    return found


def free(layout, index, chip, array, row, column, bias_row):
    """Whether a block can lie there, found by painting all the others."""
    block, shape = layout.blocks[index], chip.array
    cells = np.ones((shape.count, shape.rows, shape.columns), bool)
    for bank in shape.banks:
        cells[:, bank.first_row : bank.first_row + bank.rows] = False
    strip = np.zeros((shape.count, shape.bias_rows, shape.columns), bool)
    for own in [*(b for n, b in enumerate(layout.blocks) if n != index), *layout.occupied]:
        columns = slice(own.column, own.column + own.columns)
        cells[own.array, own.row : own.row + own.rows, columns] = True
        strip[own.array, own.bias_row : own.bias_row + own.bias_rows, columns] = True
    if not (0 <= array < shape.count and row >= 0 and column >= 0):
        return False
    columns = slice(column, column + block.columns)
    spot = cells[array, row : row + block.rows, columns]
    last = row + block.rows - 1
    banks = [b for b in shape.banks if b.first_row <= row and last <= b.last_row]
    bias = strip[array, bias_row : bias_row + block.bias_rows, columns]
    return (
        spot.shape == (block.rows, block.columns)
        and bias.shape == (block.bias_rows, block.columns)
        and bool(banks)
        and not spot.any()
        and not bias.any()
    )


@settings(max_examples=25, deadline=None)
@given(cases(most_networks=1), st.data())
def test_what_is_legal_is_free_and_what_is_not_has_no_free_bias_rows_either(case, data):
    found = mapped(case)
    assume(found and found[0].blocks)
    (layout,), shape = found, case.chip.array
    index = data.draw(st.integers(0, len(layout.blocks) - 1))
    mover, block = Mover(layout, index, case.chip), layout.blocks[index]
    for _ in range(8):
        array = data.draw(st.integers(-1, shape.count))
        row = data.draw(st.integers(-2, shape.rows))
        column = data.draw(st.integers(-2, shape.columns))
        move = mover.check(array, row, column)
        choices = range(max(1, shape.bias_rows - block.bias_rows + 1))
        if not move.legal:
            assert not any(
                free(layout, index, case.chip, array, row, column, bias) for bias in choices
            )
            continue
        assert free(layout, index, case.chip, array, row, column, move.bias_row)
        kept = free(layout, index, case.chip, array, row, column, block.bias_row)
        assert (move.bias_row == block.bias_row) == (kept or not block.bias_rows)
        moved = mover.apply(move)
        verify(moved, case.networks[0], case.chip)
        verify_together((moved,), case.chip, layout.occupied)
        options = replace(case.options, places=places_of(moved))
        again = run_all(case.networks, case.chip, options, Job())
        assert where(again) == where([moved])
        assert again[0].utilization == moved.utilization
        assert (again[0].search.arrays, again[0].search.short) == (
            moved.search.arrays,
            moved.search.short,
        )


@settings(max_examples=25, deadline=None)
@given(cases(most_networks=1), st.data())
def test_snapping_gives_a_legal_place_within_reach_where_there_is_one(case, data):
    found = mapped(case)
    assume(found and found[0].blocks)
    (layout,), shape = found, case.chip.array
    index = data.draw(st.integers(0, len(layout.blocks) - 1))
    mover, block = Mover(layout, index, case.chip), layout.blocks[index]
    array = data.draw(st.integers(0, shape.count - 1))
    row = data.draw(st.integers(0, shape.rows))
    column = data.draw(st.integers(0, shape.columns))
    reach = data.draw(st.integers(0, 12))
    move = mover.snap(array, row, column, reach)
    if move.legal:
        assert max(abs(move.row - row), abs(move.column - column)) <= reach
        assert move == mover.check(array, move.row, move.column)
    else:
        assert move == mover.check(array, row, column)
        assert not mover.check(array, row, column).legal
    old = mover.snap(block.array, block.row + 1, block.column, 1)
    assert old.legal


@pytest.mark.parametrize(
    ("at", "reason", "blocks"),
    [
        ((0, 0, 900), Reason.OUTSIDE, ()),
        ((0, -1, 300), Reason.OUTSIDE, ()),
        ((0, 1600, 300), Reason.OUTSIDE, ()),
        ((1, 0, 600), Reason.OUTSIDE, ()),
        ((0, 700, 600), Reason.BANKS, ()),
        ((0, 0, 400), Reason.CELLS, (1,)),
        ((0, 896, 150), Reason.CELLS, (2,)),
        ((0, 800, 211), Reason.BANKS, ()),
    ],
)
def test_why_a_block_may_not_lie_somewhere(layout, at, reason, blocks):
    move = Mover(layout, 0, CHIP).check(*at)
    assert not move.legal
    assert (move.reason, move.blocks) == (reason, blocks)
    with pytest.raises(ValueError, match=reason.value):
        Mover(layout, 0, CHIP).apply(move)


def test_bias_rows_move_where_those_of_another_block_are_in_the_way(layout):
    mover = Mover(layout, 0, CHIP)
    below = mover.check(0, 1000, 400)
    assert below.legal
    assert (layout.blocks[0].bias_row, layout.blocks[1].bias_rows, below.bias_row) == (0, 8, 8)
    taken = replace(layout, occupied=(Occupied(0, 0, 450, 0, 3, 8, 1),))
    full = Mover(taken, 0, CHIP).check(0, 1000, 400)
    assert (full.reason, full.blocks) == (Reason.BIAS, (1,))


def test_cells_of_an_earlier_layout_are_in_the_way(layout):
    taken = replace(layout, occupied=(Occupied(0, 10, 800, 5, 5),))
    move = Mover(taken, 0, CHIP).check(0, 0, 700)
    assert (move.reason, move.blocks) == (Reason.OCCUPIED, ())


def test_reserved_columns_are_legal_and_flagged(layout):
    mover = Mover(layout, 2, CHIP)
    assert mover.check(0, 896, 127).reserved
    assert mover.check(0, 896, 127).legal
    assert not mover.check(0, 896, 128).reserved
    moved = mover.apply(mover.check(0, 896, 0))
    verify(moved, NET, CHIP)
    assert moved.utilization.banks[1] == 0  # of the usable columns
    assert moved.utilization.banks[0] == pytest.approx((300 * 200 + 400 * 90) / (896 * 896))
    half = mover.apply(mover.check(0, 896, 122))
    assert half.utilization.banks[1] == pytest.approx(80 * 6 / (896 * 896))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((305, 196), (300, 200)),  # under layer0, to its left edge
        ((390, 405), (400, 400)),  # below it
        ((5, 488), (0, 490)),  # right of it, at the bank's edge
        ((810, 600), (816, 600)),  # the bank's lower edge
        ((820, 600), (816, 600)),  # back into the bank
        ((900, 123), (896, 128)),  # the reserved columns' edge
        ((900, 1017), (896, 1012)),  # the right edge of the array
        ((891, 203), (896, 200)),  # where it was
        ((850, 700), (850, 700)),  # nothing near
        ((700, 700), (700, 700)),
    ],
)
def test_a_block_snaps_to_edges(layout, start, end):
    move = Mover(layout, 2, CHIP).snap(0, *start, 10)
    if start != (850, 700):
        assert move.legal
        assert (move.row, move.column) == end
    else:
        assert move.reason is Reason.BANKS


def test_a_move_to_another_array_counts_it(layout):
    mover = Mover(layout, 1, TWO)
    moved = mover.apply(mover.check(1, 896, 200))
    verify(moved, NET, TWO)
    assert moved.search.arrays == 2
    assert moved.search.method == "by hand"
    assert not moved.search.optimal
    assert mover.apply(mover.check(0, 0, 400)) is layout


def test_places_name_every_block_and_who_is_pinned(layout):
    places = places_of(layout, pinned=(1,))
    assert [own.pinned for own in places] == [False, True, False]
    assert pinned_of(layout, places) == {1}
    mover = Mover(layout, 1, CHIP)
    moved = mover.apply(mover.check(0, 100, 400))
    assert pinned_of(moved, places) == frozenset()
    assert pinned_of(moved, places_of(moved, pinned=(0, 1))) == {0, 1}


def test_checking_is_quick_enough_for_every_frame(layout):
    """A layout of 500 blocks: making a Mover and 60 snaps take well below a second."""
    block = layout.blocks[2]
    many = [
        replace(block, row=896 * (n % 2) + 80 * (n // 2 % 11), column=128 + 14 * (n // 22))
        for n in range(500)
    ]
    crowded = replace(layout, blocks=tuple(many))
    start = time.thread_time()
    mover = Mover(crowded, 0, CHIP)
    for step in range(60):
        mover.snap(0, 10 * step, 5 * step, 12)
    assert time.thread_time() - start < 1.0
