"""Duplication for speed: which layers are raised, how often a placement is tried, what stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import Cancelled
from studio.base.job import Job
from studio.chip import chip as chips
from studio.mapper import estimate
from studio.mapper.duplicate import TRIES_PER_SECOND, choose
from studio.mapper.layout import Layout
from studio.mapper.options import LayerOptions, MapOptions
from studio.mapper.stage import run, run_all
from studio.quantize.qnetwork import QNetwork
from tests.unit.conv_nets import Conv, network

CHIP = chips.load("wtm2101")
CONVS: list[Conv] = [((3, 3), (1, 1), 8), ((3, 3), (1, 1), 16), ((3, 3), (2, 2), 16)]


def rounds(qnetwork: QNetwork, layout: Layout) -> int:
    return estimate.of_network(qnetwork, layout.blocks, CHIP).rounds


def both(qnetwork: QNetwork, options: MapOptions = MapOptions()) -> tuple[Layout, Layout]:  # noqa: B008 (frozen)
    """The layout as it is and the duplicated one; ``run`` verifies both."""
    plain = run(qnetwork, CHIP, options, Job())
    return plain, run(qnetwork, CHIP, replace(options, duplicate=True), Job())


def points(layers: Mapping[str, LayerOptions]) -> dict[str, int]:
    return {name: own.points for name, own in layers.items()}


class Fits:
    """Answers ``fits`` and remembers what was asked and what was accepted last."""

    def __init__(self, answers: Sequence[bool] | None = None, cells: int | None = None) -> None:
        self.asked: list[dict[str, int]] = []
        self.accepted: Mapping[str, LayerOptions] = {}
        self._answers, self._most = answers, cells

    def __call__(self, layers: Mapping[str, LayerOptions]) -> bool:
        self.asked.append(points(layers))
        good = True
        if self._answers is not None:
            good = self._answers[(len(self.asked) - 1) % len(self._answers)]
        if self._most is not None:
            good = sum(own.points - 1 for own in layers.values()) <= self._most
        if good:
            self.accepted = layers
        return good


def test_a_small_network_computes_whole_rows_of_positions_in_a_round() -> None:
    qnetwork = network(CONVS, (8, 8, 1))
    plain, fast = both(qnetwork)
    assert rounds(qnetwork, plain) == 64 + 64 + 16
    assert rounds(qnetwork, fast) == 8 + 8 + 4
    assert [block.points for block in fast.blocks] == [8, 8, 4]


def test_nothing_is_duplicated_unasked() -> None:
    plain, _ = both(network(CONVS, (8, 8, 1)))
    assert {block.points for block in plain.blocks} == {1}


def test_where_room_is_short_the_rounds_go_down_as_far_as_it_reaches() -> None:
    convs: list[Conv] = [((3, 3), (1, 1), 32)] * 8
    qnetwork = network(convs, (32, 32, 32))
    plain, fast = both(qnetwork)
    assert rounds(qnetwork, fast) < rounds(qnetwork, plain) / 2
    assert fast.utilization.bias > 0.7 or fast.utilization.cells > 0.7


def test_the_layer_with_more_positions_comes_first() -> None:
    qnetwork = network([((3, 3), (4, 4), 16), ((3, 3), (1, 1), 16)], (64, 64, 16))
    small = network([((3, 3), (1, 1), 16)], (64, 64, 16))
    qnetworks = [qnetwork, replace(small, ops=(replace(small.ops[0], name="slow"),))]
    ours = Fits(cells=1)
    found = choose(qnetworks, CHIP, MapOptions(), ours)
    assert points(found) == {"slow": 2}


def test_layers_with_points_of_the_users_stay() -> None:
    qnetwork = network(CONVS, (8, 8, 1))
    own = {"conv0": LayerOptions(points=2), "conv1": LayerOptions("upper", copies=2)}
    fits = Fits()
    found = choose([qnetwork], CHIP, MapOptions(layers=own), fits)
    assert found["conv0"] == own["conv0"]
    assert found["conv1"] == LayerOptions("upper", 2, 8)
    assert found["conv2"].points == 4


def test_single_positions_and_row_tiles_cannot_be_duplicated() -> None:
    qnetwork = network([((1, 1), (1, 1), 10), ((1, 1), (1, 1), 10)], (1, 1, 20))
    tiled = network([((3, 3), (1, 1), 16)], (8, 8, 128))
    assert len(tiled.array_ops[0].matrices[0].tiles) == 2
    for own in (qnetwork, tiled):
        fits = Fits()
        assert choose([own], CHIP, MapOptions(), fits) == {}
        assert fits.asked == []


def test_windows_whose_union_is_higher_than_a_bank_are_not_tried() -> None:
    qnetwork = network([((3, 3), (1, 1), 8)], (16, 16, 64))
    fits = Fits()
    found = choose([qnetwork], CHIP, MapOptions(), fits)
    assert points(found) == {"conv0": 2}  # (2 + 2) * 3 * 64 = 768 of 896 rows


def test_points_that_save_no_round_are_not_tried() -> None:
    qnetwork = network([((3, 1), (1, 1), 8)], (10, 1, 8))
    for most in range(10):
        fits = Fits(cells=most)
        choose([qnetwork], CHIP, MapOptions(), fits)
        # 10 positions in 10, 5, 4, 3, 2, 1 rounds
        assert {own["conv0"] for own in fits.asked} <= {2, 3, 4, 5, 10}


def test_groups_are_duplicated_together() -> None:
    qnetwork = network([((3, 3), (1, 1), 16)], (8, 8, 8), groups=4)
    plain, fast = both(qnetwork)
    assert (rounds(qnetwork, plain), rounds(qnetwork, fast)) == (4 * 64, 4 * 8)
    assert [block.points for block in fast.blocks] == [8] * 4


def test_a_refused_choice_leaves_everything_as_it_was() -> None:
    qnetwork = network(CONVS, (8, 8, 1))
    own = {"conv0": LayerOptions(copies=2)}
    fits = Fits([False])
    assert choose([qnetwork], CHIP, MapOptions(layers=own), fits) == own
    assert fits.asked


@pytest.mark.parametrize("answers", [[False], [True, False], [False, False, True], [True]])
@pytest.mark.parametrize("seconds", [0.0, 0.1, 1.0])
def test_tries_are_bounded_and_the_last_accepted_choice_counts(
    answers: list[bool], seconds: float
) -> None:
    convs: list[Conv] = [((3, 3), (1, 1), 8)] * 40
    qnetwork = network(convs, (16, 16, 8))
    fits = Fits(answers)
    found = choose([qnetwork], CHIP, MapOptions(seconds=seconds), fits)
    assert len(fits.asked) <= max(1, round(seconds * TRIES_PER_SECOND))
    assert found == fits.accepted


def test_networks_that_share_the_array_are_duplicated_together() -> None:
    first = network(CONVS, (8, 8, 1))
    second = replace(first, name="second")
    options = MapOptions(duplicate=True)
    layouts = run_all((first, second), CHIP, options, Job())
    assert [b.points for layout in layouts for b in layout.blocks] == [8, 8, 4] * 2


def test_no_array_is_used_that_was_empty() -> None:
    large = replace(CHIP, array=replace(CHIP.array, count=4))
    convs: list[Conv] = [((3, 3), (1, 1), 64)] * 4
    qnetwork = network(convs, (32, 32, 32))
    plain = run(qnetwork, large, MapOptions(), Job())
    fast = run(qnetwork, large, MapOptions(duplicate=True), Job())
    arrays = {block.array for block in plain.blocks}
    assert {block.array for block in fast.blocks} <= arrays
    assert rounds(qnetwork, fast) < rounds(qnetwork, plain)


def test_a_full_array_stays_as_it_is() -> None:
    qnetwork = network([((1, 1), (1, 1), 896)] * 2, (4, 4, 896))
    plain, fast = both(qnetwork)
    assert plain.utilization.cells == 1.0
    assert fast.blocks[0].points == 1
    assert rounds(qnetwork, plain) == rounds(qnetwork, fast)


@settings(max_examples=15)
@given(
    convs=st.lists(
        st.tuples(
            st.tuples(st.integers(1, 3), st.integers(1, 3)),
            st.tuples(st.integers(1, 2), st.integers(1, 2)),
            st.sampled_from([4, 16, 48]),
        ),
        min_size=1,
        max_size=5,
    ),
    shape=st.tuples(st.integers(6, 20), st.integers(1, 9), st.sampled_from([4, 16])),
    bias=st.sampled_from([0, 100, 3000]),
    encoding=st.sampled_from(["unsigned", "pn"]),
)
def test_duplication_never_makes_anything_worse(convs, shape, bias, encoding):
    qnetwork = network(convs, shape, bias=bias, encoding=encoding)
    plain, fast = both(qnetwork)
    assert rounds(qnetwork, fast) <= rounds(qnetwork, plain)
    least = {(b.layer, b.matrix, b.tile): b.bias_rows for b in plain.blocks}
    for block in fast.blocks:
        assert block.bias_rows >= least[block.layer, block.matrix, block.tile]
        assert block.copies == 1
    _, again = both(qnetwork)
    assert [(b.row, b.column, b.points) for b in again.blocks] == [
        (b.row, b.column, b.points) for b in fast.blocks
    ]


def test_a_cancelled_job_ends_the_search() -> None:
    steps: list[int] = []
    run(network(CONVS, (8, 8, 1)), CHIP, MapOptions(), Job(lambda done, *_: steps.append(done)))
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > len(steps)  # not before the duplication begins

    with pytest.raises(Cancelled):
        run(network(CONVS, (8, 8, 1)), CHIP, MapOptions(duplicate=True), Job(None, cancelled))
