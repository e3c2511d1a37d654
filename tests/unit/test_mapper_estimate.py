"""Estimates: rounds from the blocks, seconds and joules from the chip file, and their absence."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.mapper import estimate
from studio.mapper.estimate import Estimates
from studio.mapper.layout import Layout
from studio.mapper.options import LayerOptions, MapOptions
from studio.mapper.stage import run
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ConcatOp,
    LutOp,
    MulOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    ReshapeOp,
    SoftmaxOp,
)
from tests.unit.conv_nets import network, tensor

CONVS = [((3, 3), (1, 1), 8), ((3, 3), (2, 2), 16)]


def mapped(qnetwork: QNetwork, chip: Chip, **layers: LayerOptions) -> Layout:
    return run(qnetwork, chip, MapOptions(layers=layers), Job())


def of(qnetwork: QNetwork, chip: Chip, **layers: LayerOptions) -> Estimates:
    return estimate.of_network(qnetwork, mapped(qnetwork, chip, **layers).blocks, chip)


def test_a_block_takes_a_round_for_each_window_position(chip: Chip) -> None:
    found = of(network(CONVS, (8, 6, 4)), chip)
    assert [op.rounds for op in found.ops] == [8 * 6, 4 * 3]
    assert [op.kind for op in found.ops] == ["array", "array"]
    assert found.rounds == 60


@pytest.mark.parametrize(
    ("shape", "points", "rounds"),
    [
        ((8, 6, 4), 3, 3 * 6),  # ceil(8 / 3) along W
        ((8, 6, 4), 8, 6),
        ((8, 6, 4), 4, 2 * 6),
        ((1, 6, 4), 4, 2),  # W has one position: along H
        ((9, 1, 4), 2, 5),
    ],
)
def test_points_are_counted_along_one_axis(
    chip: Chip, shape: tuple[int, int, int], points: int, rounds: int
) -> None:
    qnetwork = network(CONVS[:1], shape)
    assert of(qnetwork, chip, conv0=LayerOptions(points=points)).rounds == rounds


def test_row_tiles_column_tiles_and_groups_take_rounds_of_their_own(chip: Chip) -> None:
    tiles = network([((1, 1), (1, 1), 10)], (4, 1, 1000))
    assert len(tiles.array_ops[0].matrices[0].tiles) == 2
    assert of(tiles, chip).rounds == 2 * 4
    wide = network([((1, 1), (1, 1), 2000)], (4, 1, 10))
    assert len(mapped(wide, chip).blocks) == 3
    assert of(wide, chip).rounds == 3 * 4
    assert of(network([((3, 3), (1, 1), 8)], (5, 5, 4), groups=4), chip).rounds == 4 * 25


def test_multiply_accumulates_are_the_networks_whatever_lies_on_the_array(chip: Chip) -> None:
    plain = network(CONVS, (8, 6, 4))
    macs = 8 * 6 * 9 * 4 * 8 + 4 * 3 * 9 * 8 * 16
    assert of(plain, chip).macs == macs
    assert of(network(CONVS, (8, 6, 4), encoding="pn"), chip).macs == macs
    assert of(plain, chip, conv0=LayerOptions(copies=2, points=3)).macs == macs


def test_seconds_and_joules_follow_from_the_chip_file(chip: Chip) -> None:
    assert chip.estimates is not None
    static = replace(chip.estimates.static, watts=0.001)
    own = replace(chip, estimates=replace(chip.estimates, static=static))
    found = of(network(CONVS[:1], (8, 6, 4)), own).ops[0]
    clock = chip.cpu.clock_hz
    assert found.cycles == 31
    assert found.array_seconds == pytest.approx(48 * 24 / clock)
    assert found.cpu_seconds == pytest.approx(31 / clock)
    assert found.seconds == pytest.approx((48 * 24 + 31) / clock)
    joules = found.macs * chip.estimates.mac.joules + 31 * chip.estimates.cpu_cycle.joules
    assert found.joules == pytest.approx(joules + 0.001 * (48 * 24 + 31) / clock)


def test_totals_are_the_sums_of_the_operations(chip: Chip) -> None:
    found = of(network(CONVS, (8, 6, 4)), chip)
    assert found.seconds == pytest.approx(sum(op.seconds or 0 for op in found.ops))
    assert found.joules == pytest.approx(sum(op.joules or 0 for op in found.ops))
    assert found.cycles == found.rounds * 24 + sum(op.cycles for op in found.ops)


def test_twice_the_cycles_a_round_is_twice_the_time_on_the_array(chip: Chip) -> None:
    assert chip.estimates is not None
    slow = replace(chip.estimates, round=replace(chip.estimates.round, cycles=48))
    qnetwork = network(CONVS, (8, 6, 4))
    usual, slower = of(qnetwork, chip), of(qnetwork, replace(chip, estimates=slow))
    for a, b in zip(usual.ops, slower.ops, strict=True):
        assert b.array_seconds == pytest.approx(2 * (a.array_seconds or 0))
        assert b.cpu_seconds == a.cpu_seconds


def test_without_numbers_in_the_chip_file_only_work_is_told(chip: Chip) -> None:
    found = of(network(CONVS, (8, 6, 4)), replace(chip, estimates=None))
    assert found.rounds == 60 and found.macs > 0
    assert (found.seconds, found.joules, found.cycles) == (None, None, None)
    assert all(op.seconds is None and op.joules is None for op in found.ops)
    assert "no numbers in the chip file" in estimate.notes(found)
    assert "no numbers in the chip file" in estimate.origin(found)
    assert found.numbers == ()


def test_one_line_names_the_first_clause_of_each_source(chip: Chip) -> None:
    found = of(network(CONVS[:1], (8, 6, 4)), chip)
    assert estimate.origin(found) == (
        "from the numbers in the chip file; sources: round - Assumption of ours; mac - Jin et al.,"
        " 8-Mb NOR-flash SoC in 55 nm; cpu_cycle - Hoang et al., IEICE Electronics Express 17"
        " (20), 2020; static - Nothing public for this chip."
    )


def test_everything_goes_into_json_with_sources(chip: Chip) -> None:
    found = of(network(CONVS, (8, 6, 4)), chip)
    tree = json.loads(json.dumps(estimate.tree(found)))
    assert tree["rounds"] == 60
    assert tree["seconds"] == found.seconds
    assert [layer["name"] for layer in tree["layers"]] == ["conv0", "conv1"]
    assert tree["layers"][0]["seconds"] == found.ops[0].seconds
    assert {number["name"] for number in tree["numbers"]} == {"round", "mac", "cpu_cycle", "static"}
    assert all(number["source"] and number["unit"] for number in tree["numbers"])
    assert tree["model"] == estimate.MODEL


SHAPE = (6, 4, 8)
CPU_OPS: list[tuple[QOp, tuple[int, int, int]]] = [
    (AddOp("op", ("a", "b"), "out"), SHAPE),
    (MulOp("op", ("a", "b"), "out"), SHAPE),
    (AffineOp("op", "a", "out", np.ones(8, np.int16), np.zeros(8, np.int32), 1), SHAPE),
    (PoolOp("op", "a", "out", "max", (2, 2), (2, 2)), (3, 2, 8)),
    (PoolOp("op", "a", "out", "average", (2, 2), (2, 2)), (3, 2, 8)),
    (LutOp("op", "a", "out", np.zeros(256, np.int16)), SHAPE),
    (ConcatOp("op", ("a", "b"), "out", 2), (6, 4, 16)),
    (PermuteOp("op", "a", "out", np.arange(192, dtype=np.int32)), SHAPE),
    (SoftmaxOp("op", "a", "out", np.ones(256, np.int32)), SHAPE),
]


@pytest.mark.parametrize(
    ("op", "out"), CPU_OPS, ids=[type(op).__name__ + getattr(op, "kind", "") for op, _ in CPU_OPS]
)
def test_other_operations_keep_the_cpu_busy_for_each_element(
    op: QOp, out: tuple[int, int, int], chip: Chip
) -> None:
    def cycles(times: int) -> int:
        shapes = {"a": SHAPE, "b": SHAPE, "out": out}
        tensors = {name: tensor(name, (s[0] * times, *s[1:])) for name, s in shapes.items()}
        qnetwork = QNetwork("net", chip.id, ("a", "b"), ("out",), (op,), tensors)
        found = estimate.of_network(qnetwork, (), chip).ops[0]
        assert (found.kind, found.macs, found.rounds) == ("CPU", 0, 0)
        assert found.seconds == pytest.approx(found.cycles / chip.cpu.clock_hz)
        assert found.joules and found.joules > 0
        return found.cycles

    assert np.prod(out) < cycles(1) < 160 * np.prod(out)
    assert cycles(10) == pytest.approx(10 * cycles(1), rel=0.01)


def test_a_reshape_costs_nothing(chip: Chip) -> None:
    tensors = {"a": tensor("a", SHAPE), "out": tensor("out", (1, 1, 192))}
    reshape = ReshapeOp("flat", "a", "out")
    qnetwork = QNetwork("net", chip.id, ("a",), ("out",), (reshape,), tensors)
    found = estimate.of_network(qnetwork, (), chip).ops[0]
    assert (found.kind, found.cycles, found.seconds, found.joules) == ("none", 0, 0.0, 0.0)
