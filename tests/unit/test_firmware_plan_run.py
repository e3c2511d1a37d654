"""Random networks run in the bytes their plan gives them, and compared with the simulator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from studio.base.errors import FitError, VerifyError
from studio.chip import chip as chips
from studio.firmware import planner
from studio.firmware.memory_plan import MemoryPlan, Place
from studio.quantize.qnetwork import QNetwork
from studio.simulate import run
from tests.unit.firmware_nets import network, tensor
from tests.unit.planned import Board, Maker, conv, small_chip

CHIP = chips.load("wtm2101")
SAMPLES = 3
SEEDS = st.integers(0, 10**9)


def agree(qnetwork: QNetwork, plan: MemoryPlan, seed: int, reset_every: int) -> bool:
    """Whether the outputs of a few samples are the simulator's."""
    random = np.random.default_rng(seed)
    shapes = [qnetwork.tensors[name].shape for name in qnetwork.inputs]
    x = [random.integers(-128, 128, (SAMPLES, *shape)).astype(np.int16) for shape in shapes]
    wanted = run.run(qnetwork, x, reset_every=reset_every).outputs
    board = Board(qnetwork, plan, seed)
    same = True
    for sample in range(SAMPLES):
        if reset_every and sample % reset_every == 0:
            board.reset()
        found = board.run([values[sample] for values in x])
        for name, values in zip(qnetwork.outputs, found, strict=True):
            same = same and np.array_equal(values, wanted[name][sample])
    return same


@given(
    seed=SEEDS,
    count=st.integers(4, 16),
    streams=st.booleans(),
    sram=st.sampled_from([32, 64, 96, 160, 8192]),
    data=st.sampled_from([200, 1000, 4000]),
    reset_every=st.integers(0, 2),
)
@settings(max_examples=200, deadline=None)
def test_nothing_that_is_needed_is_written_over(seed, count, streams, sram, data, reset_every):
    qnetwork = Maker(seed, streams).grow(count)
    try:
        plan = planner.plan(qnetwork, small_chip(CHIP, sram, data), 0)
    except FitError as error:
        event(error.message[:20])
        return
    reserved = planner.RUNTIME_BYTES + planner.LAYER_BYTES * len(qnetwork.ops)
    assert not planner.too_large(qnetwork, small_chip(CHIP, sram, data + reserved))
    event("staged" if any(plan.copied.values()) else "in place")
    assert agree(qnetwork, plan, seed, reset_every)


@given(seed=SEEDS, count=st.integers(1, 12), other=SEEDS)
@settings(max_examples=100, deadline=None)
def test_a_plan_that_loses_a_value_is_found(seed, count, other):
    """Move one buffer anywhere: either verify objects, or the outputs are right all the same."""
    qnetwork, chip = Maker(seed).grow(count), small_chip(CHIP, 300, 2000)
    try:
        plan = planner.plan(qnetwork, chip, 0)
    except FitError:
        assume(False)
    moved = elsewhere(plan, qnetwork, np.random.default_rng(other))
    try:
        planner.verify(moved, qnetwork, chip)
    except VerifyError:
        event("refused")
        return
    event("accepted")
    assert agree(qnetwork, moved, seed, 1)


def elsewhere(plan: MemoryPlan, qnetwork: QNetwork, random: np.random.Generator) -> MemoryPlan:
    """The plan with one place taken to where another is, or a few bytes aside."""
    places: list[Place] = sorted(set(plan.places.values()), key=repr)
    old, near = (places[int(random.integers(len(places)))] for _ in range(2))
    new = replace(old, offset=max(0, old.offset + int(random.integers(-8, 9))))
    if random.random() < 0.5:
        new = replace(old, memory=near.memory, offset=near.offset)
    staging = dict(plan.staging)
    for op in qnetwork.array_ops:
        own = staging[op.name]
        if plan.places.get(op.input) == old and own.in_place_input:
            own = replace(own, input=new.offset)
        if plan.places.get(op.output) == old and own.in_place_output:
            own = replace(own, output=new.offset)
        staging[op.name] = own
    changed = {name: new if place == old else place for name, place in plan.places.items()}
    return replace(plan, places=changed, staging=staging)


def test_what_verify_refuses() -> None:
    first, large, last = tensor("in", (6, 6, 2)), tensor("mid", (6, 6, 8)), tensor("out", (6, 6, 2))
    qnetwork = network([first, large, last], [conv(first, large), conv(large, last)])
    chip = small_chip(CHIP, 250, 1000)
    plan = planner.plan(qnetwork, chip, 0)
    staged = qnetwork.array_ops[1]
    own = plan.staging[staged.name]
    assert not own.in_place_input

    def with_staging(**changes: object) -> MemoryPlan:
        return replace(plan, staging=dict(plan.staging) | {staged.name: replace(own, **changes)})

    name = next(iter(plan.places))
    bad = {
        "no place": replace(plan, places={k: v for k, v in plan.places.items() if k != name}),
        "not staged": replace(plan, staging={}),
        r"pieces of \(0, 1\)": with_staging(piece=(0, 1)),
        "area at": with_staging(input=10**6),
        "the chip has less": replace(plan, limit=251),
        "bytes of": replace(plan, high_water=plan.limit + 1),
    }
    for words, changed in bad.items():
        with pytest.raises(VerifyError, match=words):
            planner.verify(changed, qnetwork, chip)
