"""Copies and points from the network to the NPU: descriptors run as the firmware runs them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.base.errors import FitError, VerifyError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.emulator.npu import Npu
from studio.firmware import descriptors, planner, program
from studio.formats import map_csv
from studio.mapper.layout import Layout
from studio.mapper.stage import LayerOptions, MapOptions, run
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.simulate import kernels

from .test_mapper_copies import GEOMETRY, conv, mapped, possible

CHIP = chips.load("wtm2101")


def run_on_npu(net: QNetwork, layout: Layout, x: np.ndarray) -> tuple[np.ndarray, int]:
    """The output (W, H, C) the NPU leaves in its SRAM, and the rounds it took."""
    plan = planner.plan(net, CHIP)
    cells = map_csv.to_array(map_csv.from_layout(layout, CHIP), CHIP)
    npu = Npu(CHIP, [cells])
    sram = np.full(CHIP.npu.sram_size, 77, np.uint8)
    place = plan.places["in"].offset
    sram[place : place + x.size] = x.astype(np.uint8).ravel()
    rounds = 0
    for op in net.array_ops:
        for block in descriptors.of(op, net, layout, plan.staging[op.name]):
            rounds += npu.run(block.descriptor.pack(), sram)
    target = net.tensors["out"]
    place = plan.places["out"].offset
    return sram[place : place + target.size].view(np.int8).reshape(target.shape), rounds


@settings(max_examples=60, deadline=None)
@given(
    own=st.fixed_dictionaries(GEOMETRY).filter(possible),
    relu=st.booleans(),
    times=st.sampled_from([1, 2, 4]),
    points=st.integers(1, 6),
)
def test_the_npu_computes_what_the_simulator_does_in_fewer_rounds(own, relu, times, points):
    net = conv(**own)
    op = replace(net.array_ops[0], relu=relu)
    net = replace(net, ops=(op,))
    width, height, _ = net.tensors["out"].shape
    if width == height == 1:
        points = 1
    try:
        layout = mapped(net, times=times, points=points)
    except FitError as error:  # copies multiply a bias that may be large already
        assume("copies multiply its bias" not in error.hint)
        raise
    tensor = net.tensors["in"]
    random = np.random.default_rng(own["seed"])
    x = random.integers(tensor.low, tensor.high + 1, tensor.shape).astype(np.int16)
    got, rounds = run_on_npu(net, layout, x)
    np.testing.assert_array_equal(got, kernels.array(x[np.newaxis], op)[0])
    along, across = (width, height) if width > 1 else (height, width)
    assert rounds == math.ceil(along / points) * across * own["groups"]


def test_row_tiles_with_copies_add_up_as_they_do_without():
    net = conv("pn", size=(5, 4), channels=60, columns=7)
    op = net.array_ops[0]
    matrix = op.matrices[0]
    first = matrix.tiles[0]
    tiles = (replace(first, stop=200), replace(first, start=200, stop=320, bias=None))
    tiles += (replace(first, start=320),)
    op: ArrayOp = replace(op, matrices=(replace(matrix, tiles=tiles),), relu=True)
    net = replace(net, ops=(op,))
    x = np.random.default_rng(5).integers(-128, 128, (5, 4, 60)).astype(np.int16)
    for times in (1, 2):
        got, rounds = run_on_npu(net, mapped(net, times=times), x)
        assert rounds == 3 * 3 * 2
        np.testing.assert_array_equal(got, kernels.array(x[np.newaxis], op)[0])


def test_descriptors_say_points_copies_and_the_union_window():
    net = conv("pn", columns=4, strides=(2, 1), groups=2)
    layout = run(net, CHIP, MapOptions(layers={"conv": LayerOptions("", 2, 3)}), Job())
    plan = planner.plan(net, CHIP)
    op = net.array_ops[0]
    first, second = descriptors.of(op, net, layout, plan.staging[op.name])
    own = first.descriptor
    assert (own.points_width, own.points_height, own.copies) == (3, 1, 2)
    assert (own.element_start, own.element_count) == (0, 7 * 3 * 2)
    assert (own.rows, own.columns) == (7 * 3 * 2 * 2 * 2, 12)
    assert (own.out_width, own.out_height) == net.tensors["out"].shape[:2]
    assert (own.out_channel, second.descriptor.out_channel) == (0, 4)
    assert own.gain == 512
    assert first.note == "matrix 1 of 2, 3 positions a round, 2 copies"
    text = dict(program.program(net, layout, plan).blocks[0].fields)
    assert (text["points_width"], text["copies"]) == ("3u", "2u")


def test_points_along_h_where_w_has_one_position():
    net = conv(size=(3, 9))
    layout = mapped(net, points=4)
    op, plan = net.array_ops[0], planner.plan(net, CHIP)
    own = descriptors.of(op, net, layout, plan.staging[op.name])[0].descriptor
    assert (own.points_width, own.points_height, own.copies) == (1, 4, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"copies": 4}, "the layout holds 0 of 4 columns"),
        ({"points": 1}, "the layout holds 0 of 4 columns"),
        ({"gain": 256}, "gain 256 on the array, 512 wanted"),
    ],
)
def test_blocks_that_contradict_themselves_are_refused(changes, message):
    net = conv()
    layout = mapped(net, times=2, points=2)
    wrong = replace(layout, blocks=(replace(layout.blocks[0], **changes),))
    with pytest.raises(VerifyError, match=message):
        op = net.array_ops[0]
        descriptors.of(op, net, wrong, planner.plan(net, CHIP).staging[op.name])
