"""Placing activations in the NPU's SRAM."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import FitError
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.firmware import planner
from studio.quantize.qnetwork import (
    AddOp,
    ConcatOp,
    HistoryOp,
    LutOp,
    PermuteOp,
    QNetwork,
    QOp,
    ReshapeOp,
)
from tests.unit.firmware_nets import network, small, tensor
from tests.unit.planned import conv, small_chip

TABLE = np.zeros(256, np.int16)


def permute(source: str, target: str) -> PermuteOp:
    return PermuteOp(f"{source}>{target}", source, target, np.zeros(1, np.int32))


def check(qnetwork: QNetwork, plan: planner.MemoryPlan) -> None:
    """Places that meet in time and in bytes are one and the same; all lie in the memory."""
    for name, place in plan.places.items():
        assert place.size == qnetwork.tensors[name].size
        assert place.offset >= 0 and place.offset + place.size <= plan.high_water <= plan.limit
    for a, b in combinations(plan.places.values(), 2):
        in_time = a.first <= b.last and b.first <= a.last
        in_bytes = a.offset < b.offset + b.size and b.offset < a.offset + a.size
        assert a == b or not (in_time and in_bytes)


def test_small_network(chip: Chip) -> None:
    qnetwork, _ = small()
    plan = planner.plan(qnetwork, chip)
    check(qnetwork, plan)
    assert set(plan.places) == set(qnetwork.tensors)
    assert plan.places["p"] == plan.places["f"], "a reshaped tensor is the same bytes"
    assert plan.high_water == 512 + 128, "input and p take turns beside c"
    assert plan.places["out"].last == 4, "outputs are read after the last operation"


def test_a_chain_needs_only_its_two_largest_neighbours(chip: Chip) -> None:
    names = ["in", *(f"t{i}" for i in range(6)), "out"]
    tensors = [tensor(name, (1, 1, 4000 + 10 * i)) for i, name in enumerate(names)]
    qnetwork = network(tensors, [permute(a, b) for a, b in pairwise(names)])
    plan = planner.plan(qnetwork, chip)
    check(qnetwork, plan)
    assert plan.high_water <= 4060 + 4070 + planner.WORD


def test_elementwise_operations_work_in_place(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 5000)) for name in ("in", "a", "out")]
    qnetwork = network(tensors, [LutOp("l", "in", "a", TABLE), AddOp("x", ("a", "a"), "out")])
    plan = planner.plan(qnetwork, chip)
    assert plan.places["in"] == plan.places["a"] == plan.places["out"]
    assert plan.high_water == 5000


def test_an_input_needed_later_is_not_written_over(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 2000)) for name in ("in", "a", "out")]
    ops = [LutOp("l", "in", "a", TABLE), AddOp("x", ("in", "a"), "out")]
    plan = planner.plan(network(tensors, ops), chip)
    assert plan.places["a"].offset != plan.places["in"].offset
    assert plan.places["out"].offset in (plan.places["a"].offset, plan.places["in"].offset)


def test_a_reshaped_input_lives_as_long_as_its_view(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 100)) for name in ("in", "view", "a", "b", "out")]
    ops: list[QOp] = [
        ReshapeOp("r", "in", "view"),
        LutOp("l", "in", "a", TABLE),
        permute("a", "b"),
        AddOp("x", ("b", "view"), "out"),
    ]
    qnetwork = network(tensors, ops)
    plan = planner.plan(qnetwork, chip)
    check(qnetwork, plan)
    assert plan.places["in"] == plan.places["view"]
    assert plan.places["a"].offset != plan.places["in"].offset


def test_an_output_stays_until_the_end(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 64)) for name in ("in", "out", "b", "out2")]
    ops = [LutOp("l", "in", "out", TABLE), LutOp("m", "out", "b", TABLE), permute("b", "out2")]
    qnetwork = network(tensors, ops, outputs=("out", "out2"))
    plan = planner.plan(qnetwork, chip)
    check(qnetwork, plan)
    assert plan.places["out"].last == 3
    assert plan.places["b"].offset != plan.places["out"].offset


def test_constants_take_no_sram(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 8000)) for name in ("in", "k", "view", "out")]
    ops = [ReshapeOp("r", "k", "view"), AddOp("x", ("in", "view"), "out")]
    qnetwork = network(tensors, ops, constants={"k": np.zeros((1, 1, 8000), np.int16)})
    plan = planner.plan(qnetwork, chip)
    assert set(plan.places) == {"in", "out"}
    assert plan.high_water == 8000


def test_too_large_names_the_operation_its_tensors_and_the_sum(chip: Chip) -> None:
    tensors = [tensor("in", (28, 28, 1)), tensor("mid", (280, 28, 16)), tensor("out", (1, 1, 1))]
    with pytest.raises(FitError) as caught:
        planner.plan(network(tensors, [permute("in", "mid"), permute("mid", "out")]), chip)
    error = caught.value
    assert error.where == "in>mid"
    assert "8192 bytes of NPU memory and 124896 bytes of data memory" in error.message
    assert "in (28 x 28 x 1: 784 bytes) + mid (280 x 28 x 16: 125440 bytes)" in error.message
    assert "= 126224 bytes, " in error.message
    assert "strides" in error.hint


def test_too_large_says_what_is_only_kept(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 50000)) for name in ("in", "a", "b")]
    ops = [permute("in", "a"), permute("a", "b"), ConcatOp("c", ("in", "b"), "out", 2)]
    with pytest.raises(FitError, match=r"in \(1 x 1 x 50000: 50000 bytes, kept for a later oper"):
        planner.plan(network([*tensors, tensor("out", (1, 1, 1))], ops), chip)


def test_inputs_alone_too_large(chip: Chip) -> None:
    tensors = [tensor("in", (1, 1, 130000)), tensor("out", (1, 1, 1))]
    with pytest.raises(FitError, match=r"the inputs need in .* = 130000 bytes, 5072 too many"):
        planner.plan(network(tensors, []), chip)


def test_what_the_chip_has_too_little_of_is_named_to_the_byte() -> None:
    """One byte more of data memory, and it fits."""
    chip = chips.load()
    tensors = [tensor(name, (1, 1, 5000)) for name in ("in", "a", "out")]
    qnetwork = network(tensors, [permute("in", "a"), permute("a", "out")])
    planner.plan(qnetwork, small_chip(chip, 16, 10000), 0)
    with pytest.raises(FitError, match="10000 bytes, 1 too many"):
        planner.plan(qnetwork, small_chip(chip, 16, 9999), 0)
    with pytest.raises(FitError, match="and 9999 bytes of data memory"):
        planner.plan(qnetwork, small_chip(chip, 16, 10000), 1)


def test_a_large_map_between_convolutions_passes_through_the_sram(chip: Chip) -> None:
    first, large, last = (
        tensor("in", (40, 40, 4)), tensor("mid", (40, 40, 38)), tensor("out", (40, 40, 4)),
    )  # fmt: skip
    qnetwork = network([first, large, last], [conv(first, large), conv(large, last)])
    plan = planner.plan(qnetwork, chip)
    assert plan.places["mid"].memory == "data"
    assert plan.places["mid"].size == 60800
    assert plan.high_water <= plan.limit == 8192
    writes, reads = plan.staging["in>mid"], plan.staging["mid>out"]
    assert not writes.in_place_output and not reads.in_place_input
    for op in qnetwork.array_ops:
        for offset, size in planner.stages(op, qnetwork, plan.staging[op.name]).values():
            assert offset >= 0 and offset + size <= plan.high_water
    # Each input row is read by few pieces only: not many times the map.
    assert 60800 <= plan.copied["mid>out"] < 2.5 * 60800
    # More SRAM, larger pieces, fewer bytes.
    twice = planner.plan(qnetwork, small_chip(chip, 16384, 120000), 0)
    assert sum(twice.copied.values()) < sum(plan.copied.values())


def test_a_network_that_fits_in_the_sram_copies_nothing(chip: Chip) -> None:
    qnetwork, _ = small()
    plan = planner.plan(qnetwork, chip)
    assert set(plan.copied.values()) == {0}
    assert all(s.in_place_input and s.in_place_output for s in plan.staging.values())
    assert plan.staging["fc"].piece == (1, 1)
    assert plan.data_high_water == 0


def test_a_position_too_large_for_the_sram_is_named(chip: Chip) -> None:
    source, target = tensor("in", (1, 1, 9000)), tensor("out", (1, 1, 10))
    qnetwork = network([source, target], [conv(source, target, (1, 1))])
    with pytest.raises(FitError) as caught:
        planner.plan(qnetwork, chip)
    assert caught.value.where == "in>out"
    assert "1 x 1 x 9000: 9000 bytes + its 10 outputs: 10 bytes = 9012 bytes, 820 too many" in (
        caught.value.message
    )
    assert "can have 8180 inputs" in caught.value.hint
    for inputs, fits in ((8180, True), (8184, False)):
        source = tensor("in", (1, 1, inputs))
        qnetwork = network([source, target], [conv(source, target, (1, 1))])
        if fits:
            planner.plan(qnetwork, chip)
        else:
            with pytest.raises(FitError):
                planner.plan(qnetwork, chip)


def test_a_constant_reaches_the_array_through_the_sram(chip: Chip) -> None:
    source, target = tensor("k", (2, 2, 8)), tensor("out", (2, 2, 8))
    values = {"k": np.ones((2, 2, 8), np.int16)}
    op = conv(source, target, (1, 1))
    plan = planner.plan(network([source, target], [op], (), constants=values), chip)
    staging = plan.staging[op.name]
    assert (staging.in_place_input, staging.in_place_output) == (False, True)
    assert plan.copied == {op.name: 32}


def test_digital_weights_need_no_sram(chip: Chip) -> None:
    source, target = tensor("in", (1, 1, 9000)), tensor("out", (1, 1, 10))
    op = conv(source, target, (1, 1))
    op = replace(op, matrices=(replace(op.matrices[0], store="digital"),))
    plan = planner.plan(network([source, target], [op]), chip)
    assert plan.staging[op.name] == planner.Staging(0, 0, True, True, (1, 1))
    assert plan.copied == {}


def test_histories_take_data_memory(chip: Chip) -> None:
    tensors = [tensor("in", (1, 1, 100)), tensor("out", (1, 1, 200))]
    ops = [HistoryOp("h", "in", "out", (0, 7))]
    assert planner.memory_for_data(network(tensors, ops), chip) == 131072 - 4096 - 2048 - 16 - 700


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(0, 3)), min_size=2, max_size=14))
@settings(max_examples=60, deadline=None)
def test_random_networks(parts: list[tuple[int, int]]) -> None:
    """Every tensor comes from one up to four steps back: no plan lets living ones overlap."""
    names = ["in"]
    tensors = [tensor("in", (1, 1, parts[0][0]))]
    ops: list[QOp] = []
    for size, back in parts[1:]:
        source = names[max(0, len(names) - 1 - back)]
        name = f"t{len(names)}"
        same = back == 3
        kept = next(t.size for t in tensors if t.name == source)
        ops.append(LutOp(name, source, name, TABLE) if same else permute(source, name))
        tensors.append(tensor(name, (1, 1, kept if same else size)))
        names.append(name)
    qnetwork = network(tensors, ops, outputs=(names[-1],))
    check(qnetwork, planner.plan(qnetwork, chips.load("wtm2101")))
