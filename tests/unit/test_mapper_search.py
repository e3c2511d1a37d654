"""The search: what it finds, what it says of it, and how it goes on where C is not to be had."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import Cancelled, FitError
from studio.base.job import Job
from studio.mapper import bias, bounds, greedy, pack
from studio.mapper.pack import Cost, Way
from studio.mapper.problem import Occupied, Problem, Space
from studio.mapper.request import Placement
from studio.mapper.search import search
from tests.bench.rectangles import faults

from .test_mapper_bounds import banks, block, problem


def solve(own: Problem, seconds: float = 0.02):
    placements, report = search(own, "here", seconds, Job())
    assert not faults(own, placements)
    assert report.arrays == len({place.array for place in placements})
    assert report.short == sum(
        place.bias_rows < request.target(own.wanted)
        for request, place in zip(own.requests, placements, strict=True)
    )
    assert report.least_arrays <= report.arrays
    assert report.tries >= bool(own.requests)
    assert report.method
    assert report.proof.endswith(".")
    return placements, report


@st.composite
def problems(draw, most_blocks=14, rows=24, columns=30, strips=(0, 1, 4, 16, 20, 63)):
    """Problems of every kind: spaces of different sizes, gaps, holes, ties, equal blocks."""
    strip = draw(st.sampled_from(strips))
    spaces = []
    for array in range(draw(st.integers(1, 4))):
        row = 0
        for bank in range(draw(st.integers(1, 3))):
            row += draw(st.sampled_from([0, 0, 2]))
            high, wide = draw(st.integers(1, rows)), draw(st.integers(1, columns))
            spaces.append(Space(array, bank, row, draw(st.sampled_from([0, 0, 3])), high, wide))
            row += high
    high, wide = max(s.rows for s in spaces), max(s.columns for s in spaces)
    blocks = []
    for _ in range(draw(st.integers(1, 5))):
        least = draw(st.integers(0, strip))
        if draw(st.booleans()):
            least = min(1, strip)
        choices = range(least, strip + 1) if least else ()
        numbers = st.lists(st.integers(0, 2), max_size=2, unique=True)
        ties = draw(st.one_of(st.just([]), st.just([]), numbers))
        sizes = draw(st.integers(1, high)), draw(st.integers(1, wide))
        blocks += [block(*sizes, choices, sorted(ties))] * draw(st.integers(1, most_blocks // 5))
    held = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 4]))):
        space = draw(st.sampled_from(spaces))
        rows_held = draw(st.integers(0, strip))
        held.append(
            Occupied(
                space.array,
                draw(st.integers(0, space.row + space.rows)),
                draw(st.integers(0, space.column + space.columns)),
                draw(st.integers(0, rows)),
                draw(st.integers(1, columns)),
                draw(st.integers(0, strip - rows_held)),
                rows_held,
            )
        )
    wanted = draw(st.sampled_from([1, 8, max(1, strip)]))
    return Problem(tuple(blocks), tuple(spaces), strip, wanted, tuple(held))


@settings(max_examples=50, deadline=None)
@given(own=problems(), seconds=st.sampled_from([0.0, 0.01]))
def test_a_layout_is_right_and_no_worse_than_plain_python_or_the_refusal_has_words(own, seconds):
    plain, _ = greedy.place(own, Job())
    try:
        _, report = solve(own, seconds)
    except FitError as error:
        assert not plain, "plain Python finds a layout"
        assert error.message
        assert error.hint
        assert error.where
        return
    assert bounds.impossible(own, "here") is None
    if plain:
        cost = len({place.array for place in plain}), bias.lack(own, dict(enumerate(plain)))[0]
        assert (report.arrays, report.short) <= cost
    again = search(own, "here", seconds, Job())
    assert again == (_, replace(report, seconds=again[1].seconds))


def every_best(own: Problem) -> tuple[int, int] | None:
    """Fewest arrays, then fewest short blocks, of all layouts there are; None without one.

    Rows and bias rows are independent of each other once arrays, spaces and columns are settled.
    """
    homes = [
        [
            (index, column)
            for index, space in enumerate(own.spaces)
            if request.rows <= space.rows and (not request.banks or space.bank in request.banks)
            for column in range(space.column, space.column + space.columns - request.columns + 1)
        ]
        for request in own.requests
    ]
    best: tuple[int, int] | None = None
    for chosen in itertools.product(*homes):
        arrays = len({own.spaces[index].array for index, _ in chosen})
        if best is not None and (arrays, 0) >= best:
            continue
        if not _rows_fit(own, chosen, ()):
            continue
        short = _least_short(own, chosen, (), 0)
        if short is not None and (best is None or (arrays, short) < best):
            best = arrays, short
    return best


def _side_by_side(own: Problem, chosen, a: int, b: int) -> bool:
    (_, at), (_, other) = chosen[a], chosen[b]
    return at + own.requests[a].columns <= other or other + own.requests[b].columns <= at


def _rows_fit(own: Problem, chosen, rows) -> bool:
    number = len(rows)
    if number == len(chosen):
        return True
    space, high = own.spaces[chosen[number][0]], own.requests[number].rows
    return any(
        _rows_fit(own, chosen, (*rows, row))
        for row in range(space.row, space.row + space.rows - high + 1)
        if all(
            chosen[other][0] != chosen[number][0]
            or _side_by_side(own, chosen, number, other)
            or row + high <= rows[other]
            or rows[other] + own.requests[other].rows <= row
            for other in range(number)
        )
    )


def _least_short(own: Problem, chosen, taken, short: int) -> int | None:
    number = len(taken)
    if number == len(chosen):
        return short
    request, found = own.requests[number], []
    array = own.spaces[chosen[number][0]].array
    for count in request.bias_choices or (0,):
        for row in range(own.bias_rows - count + 1 if count else 1):
            if all(
                own.spaces[chosen[other][0]].array != array
                or _side_by_side(own, chosen, number, other)
                or row + count <= first
                or first + held <= row
                for other, (first, held) in enumerate(taken)
            ):
                less = short + (count < request.target(own.wanted))
                found.append(_least_short(own, chosen, (*taken, (row, count)), less))
    return min((own for own in found if own is not None), default=None)


@settings(max_examples=80, deadline=None)
@given(
    own=st.builds(
        lambda blocks, sizes, arrays: Problem(
            tuple(blocks),
            tuple(
                Space(array, bank, bank * 4, 0, rows, columns)
                for array in range(arrays)
                for bank, (rows, columns) in enumerate(sizes)
            ),
            bias_rows=4,
            wanted=2,
        ),
        st.lists(
            st.builds(
                block,
                st.integers(1, 4),
                st.integers(1, 4),
                st.sampled_from([(), (1, 2, 3, 4), (2, 3, 4), (3, 4)]),
                st.sampled_from([(), (), (0,), (1,)]),
            ),
            min_size=1,
            max_size=4,
        ),
        st.lists(st.tuples(st.integers(1, 4), st.integers(2, 4)), min_size=1, max_size=2),
        st.integers(1, 2),
    )
)
def test_proofs_agree_with_every_layout_there_is_of_a_tiny_problem(own):
    best = every_best(own)
    try:
        _, report = solve(own, 0.01)
    except FitError as error:
        assert best is None or "not proved" in str(error)
        return
    assert best is not None
    assert best[0] >= report.least_arrays
    assert (report.arrays, report.short) >= best
    if report.optimal:
        assert (report.arrays, report.short) == best


LANES = (500, 396, 350, 296, 250)


def test_two_lanes_of_bias_rows_are_shared_out_exactly():
    """8 of 16 rows each: two sets of blocks side by side, whose widths are 896 in one way only."""
    own = problem(*[block(300, width, range(8, 17)) for width in LANES])
    placements, report = solve(own)
    assert report.optimal
    lanes = {0: 0, 8: 0}
    for width, place in zip(LANES, placements, strict=True):
        lanes[place.bias_row] += width
    assert lanes == {0: 896, 8: 896}


def test_blocks_stay_in_the_banks_they_are_tied_to():
    blocks = [block(400, 400, [8], (1,)), block(400, 400, [8], (0,)), block(400, 400, (), (1,))]
    placements, _ = solve(problem(*blocks))
    assert [place.row >= 896 for place in placements] == [True, False, True]


def test_blocks_as_large_as_a_bank_fill_a_chip_to_the_last_cell_and_bias_row():
    own = problem(*[block(896, 896, range(8, 17))] * 4, spaces=banks(arrays=2))
    placements, report = solve(own)
    assert report.optimal
    corners = set(itertools.product((0, 1), (0, 896)))
    assert {(place.array, place.row) for place in placements} == corners
    lanes = set(itertools.product((0, 1), (0, 8)))
    assert {(place.array, place.bias_row) for place in placements} == lanes


def test_a_block_with_the_whole_strip_has_its_columns_for_itself():
    placements, report = solve(problem(block(9, 800, [16]), block(9, 96, range(1, 17))))
    assert [place.bias_rows for place in placements] == [16, 8]
    assert report.optimal


def test_a_strip_of_63_rows_is_packed_by_the_compiled_code():
    own = problem(block(9, 800, [63]), block(9, 96, [31, 63]), strip=63, wanted=63)
    placements, report = solve(own)
    assert report.method != "greedy"
    assert [place.bias_rows for place in placements] == [63, 63]


def test_without_a_bias_strip_blocks_are_only_rectangles():
    _, report = solve(problem(*[block(448, 448)] * 8, strip=0, wanted=0))
    assert report.optimal


def test_nothing_to_place_is_done_at_once():
    own = problem()
    assert solve(own)[0] == ()
    assert solve(own)[1].optimal


@pytest.mark.parametrize(
    ("change", "blocks"),
    [
        ({"bias_rows": 64}, [block(9, 9, range(1, 65))]),
        ({"bias_rows": 200, "wanted": 100}, [block(9, 9, range(90, 201))] * 3),
        ({"spaces": banks(rows=4, count=32)}, [block(4, 9, (1, 2), (31,))]),
    ],
)
def test_what_has_no_room_in_the_compiled_code_is_placed_by_plain_python(change, blocks):
    own = replace(problem(*blocks), **change)
    assert not pack.handles(own)
    placements, report = solve(own)
    assert report.method == "greedy"
    assert report.short == 0
    assert placements


def test_without_a_compiler_the_search_is_plain_python_and_says_so(monkeypatch):
    own = problem(*[block(400, 400, range(1, 17))] * 4)
    assert solve(own)[1].method != "greedy"
    monkeypatch.setattr(pack, "library", lambda: None)
    assert solve(own)[1].method == "greedy"
    with pytest.raises(FitError, match="the network needs 2867200 array cells"):
        solve(problem(*[block(896, 800)] * 4))
    with pytest.raises(FitError, match="not proved impossible"):
        solve(problem(*UNPROVED))


# Every bound lets them pass: by their widths two fill a bank, but then 9 + 8 bias rows meet.
UNPROVED = [block(896, 500, [8]), block(896, 396, [8]), block(896, 350, [9]), block(896, 546)]


class Steps:
    """A job that keeps what is reported and cancels after some calls."""

    def __init__(self, most: int = 10**9) -> None:
        self.seen: list[tuple[int, int]] = []
        self.most = most
        self.job = Job(lambda done, total, _: self.seen.append((done, total)), self._over)

    def _over(self) -> bool:
        return len(self.seen) >= self.most


@pytest.mark.parametrize("most", [0, 1, 5, 30])
def test_a_cancelled_search_ends_at_once(most):
    steps = Steps(most)
    with pytest.raises(Cancelled):
        search(problem(*UNPROVED), "here", 1.0, steps.job)
    assert len(steps.seen) == most


@pytest.mark.parametrize(
    "own",
    [
        problem(*UNPROVED),
        problem(*[block(600, 300, range(1, 17))] * 6, spaces=banks(arrays=3)),
        problem(*[block(40, 60, range(1, 17))] * 100),
    ],
)
def test_progress_only_grows_and_never_passes_its_end(own):
    steps = Steps()
    try:
        search(own, "here", 0.3, steps.job)
    except FitError:
        assert steps.seen[-1][0] == steps.seen[-1][1]
    done = [done for done, _ in steps.seen]
    assert done == sorted(done)
    assert len({total for _, total in steps.seen}) == 1
    assert done[0] >= 0
    assert done[-1] <= steps.seen[0][1]


def test_a_budget_of_nothing_still_finds_what_is_easy():
    own = problem(*[block(300, 200, range(1, 17))] * 8)
    _, report = solve(own, 0)
    assert (report.arrays, report.short) == (1, 0)
    with pytest.raises(FitError, match="not proved impossible"):
        solve(problem(*UNPROVED), 0)


def test_fewer_arrays_come_before_full_bias_rows():
    # Four over the same columns: 4 bias rows each on one array, or 8 each on two.
    own = problem(*[block(440, 890, range(1, 17))] * 4, spaces=banks(arrays=2))
    placements, report = solve(own, 0.1)
    assert (report.arrays, report.least_arrays) == (1, 1)
    assert report.short >= 2
    assert report.optimal
    assert sum(place.bias_rows for place in placements) <= 16


def test_full_bias_rows_come_before_the_order_of_execution():
    # In order, each as far left as it goes, the last one finds fewer than 8 rows.
    own = problem(*[block(300, width, range(1, 17)) for width in LANES])
    placements, _ = solve(own, 0.1)
    assert [place.bias_rows for place in placements] == [8] * 5
    columns = [place.column for place in placements]
    assert columns != sorted(columns)


def test_an_easy_network_reads_from_left_to_right():
    own = problem(*[block(500, width, range(1, 17)) for width in (100, 90, 80, 200, 70, 60)])
    placements, report = solve(own)
    assert report.method == "in order"
    columns = [place.column for place in placements]
    assert columns == sorted(columns)
    assert columns[0] == 128


def test_the_number_of_arrays_is_the_proved_least_where_blocks_fill_them():
    own = problem(*[block(896, 448, range(1, 17))] * 10, spaces=banks(arrays=5))
    _, report = solve(own, 0.1)
    assert (report.arrays, report.least_arrays, report.optimal) == (3, 3, True)


def test_arrays_are_counted_by_their_own_numbers_and_the_emptiest_is_used():
    held = [Occupied(array, 0, 128, 1792, 890) for array in (0, 1, 3)]
    own = problem(block(500, 500, [8]), spaces=banks(arrays=4), occupied=held)
    placements, report = solve(own)
    assert placements[0].array == 2
    assert report.optimal


def test_of_unequal_arrays_the_one_that_holds_all_blocks_is_used():
    """Array 1 has more cells, but in two banks, neither of which holds the first block."""
    spaces = Space(0, 0, 0, 0, 4, 2), Space(1, 0, 0, 0, 2, 3), Space(1, 1, 2, 0, 2, 3)
    placements, report = solve(problem(block(3, 2), block(1, 2), spaces=spaces))
    assert [place.array for place in placements] == [0, 0]
    assert report.optimal


def test_a_hole_that_no_carving_has_is_found():
    """Corners are held: cuts at the corners' edges, either way, go through the only place."""
    held = [Occupied(0, 0, 0, 2, 3), Occupied(0, 8, 7, 2, 3)]
    own = problem(block(8, 7), spaces=(Space(0, 0, 0, 0, 10, 10),), occupied=held)
    placements, report = solve(own)
    assert placements == (Placement(0, 2, 0, 0, 0),)
    assert report.optimal


# The packer itself, between guard bytes.

GUARD = 64


class Guarded(pack.Packer):
    """A packer whose every buffer lies between bytes that nobody may change."""

    def __init__(self, own: Problem, spaces) -> None:
        super().__init__(own, spaces)
        self._frames = []
        for name, part in list(self._parts.items()):
            frame = np.full(part.nbytes + 2 * GUARD, 0xA5, np.uint8)
            inner = frame[GUARD : GUARD + part.nbytes]
            inner[:] = part.view(np.uint8).ravel()
            self._frames.append((name, frame))
            self._parts[name] = inner.view(part.dtype).reshape(part.shape)
            setattr(self._state, name, inner.ctypes.data)
        self._items, self._best = self._parts["items"], self._parts["best"]

    def check(self) -> None:
        for name, frame in self._frames:
            assert (frame[:GUARD] == 0xA5).all(), f"written before {name}"
            assert (frame[-GUARD:] == 0xA5).all(), f"written behind {name}"
        assert (self._parts["count"] <= self._state.segments).all()


WAYS = [Way(bits) for bits in range(16)]


@settings(max_examples=40, deadline=None)
@given(own=problems(), way=st.sampled_from(WAYS), random=st.randoms(use_true_random=False))
def test_the_compiled_code_stays_in_its_buffers_and_counts_what_is_missing(own, way, random):
    own = replace(own, occupied=())
    packer = Guarded(own, own.spaces)
    order = list(range(len(own.requests)))
    for _ in range(3):
        random.shuffle(order)
        marks = [number for number in order if random.random() < 0.3]
        cost = packer.construct(order, way, marks)
        assert packer.best <= cost
    packer.improve(order, way, 20_000, 50, Cost(0, 0, 0), (), 50)
    packer.check()
    assert sorted(packer.order()) == sorted(order)
    placed = packer.placements()
    left = [own.requests[number] for number in order if number not in placed]
    some = replace(own, requests=tuple(own.requests[number] for number in placed))
    assert not faults(some, list(placed.values()))
    assert packer.best == Cost(sum(request.cells for request in left), *bias.lack(own, placed))


def test_the_packer_takes_the_bias_rows_it_may():
    own = problem(block(9, 9, range(2, 17)), block(9, 9, [1, 12]), block(9, 9), strip=20)
    packer = pack.Packer(own, own.spaces)

    def rows():
        return [place.bias_rows for place in packer.placements().values()]

    assert packer.construct((0, 1, 2), Way(0)) == Cost(0, 0, 0)
    assert rows() == [8, 12, 0]
    packer = pack.Packer(own, own.spaces)
    packer.choose(1, flexible=False)
    assert packer.construct((0, 1, 2), Way(0)) == Cost(0, 2, 6 + 11)
    assert rows() == [2, 1, 0]
    assert packer.construct((0, 1, 2), Way(0), marks=(0,)) == Cost(0, 1, 11)
    assert rows() == [8, 1, 0]


def test_the_best_layout_is_kept_and_of_equals_the_one_with_more_free_space():
    own = problem(block(4, 9), block(6, 9), spaces=(Space(0, 0, 0, 0, 10, 10),))
    packer = pack.Packer(own, own.spaces)
    assert packer.construct((0, 1), Way.TOP_FRONT) == Cost(0, 0, 0)
    before = packer.placements()
    assert packer.construct((0, 1), Way(0)) == Cost(0, 0, 0)
    assert packer.placements() == before
    assert packer.tries == 2
    assert packer.work > 0
