"""Copies and points: geometry of the blocks, what is refused, and what the verifier finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import FitError, StudioError, VerifyError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.formats import expected
from studio.mapper import copies, store
from studio.mapper.layout import Layout
from studio.mapper.stage import LayerOptions, MapOptions, run, run_all, verify
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor, RowTile
from studio.simulate import kernels
from studio.simulate.frames import frames

CHIP = chips.load("wtm2101")


def network(op: ArrayOp, size: tuple[int, int], channels: int, name: str = "net") -> QNetwork:
    """One array operation on an input (W, H, C), with the output it gives."""
    shape = (*size, channels)
    probe = np.zeros((1, *shape), np.int16)
    found = kernels.windows(probe, op.kernel, op.strides, op.dilations, op.pads).shape[1:3]
    signed = op.matrices[0].encoding != "unsigned"
    outputs = sum(matrix.columns for matrix in op.matrices)
    tensors = {
        "in": QTensor("in", shape, 1.0, -128 if signed else 0, 127, (1, *shape)),
        "out": QTensor("out", (*found, outputs), 1.0, -128, 127, (1, *found, outputs)),
    }
    return QNetwork(name, CHIP.id, ("in",), ("out",), (op,), tensors)


def conv(
    encoding: str = "unsigned",
    *,
    size: tuple[int, int] = (12, 5),
    channels: int = 2,
    columns: int = 4,
    kernel: tuple[int, int] = (3, 3),
    groups: int = 1,
    gain: int = 256,
    seed: int = 0,
    **geometry: tuple[int, ...],
) -> QNetwork:
    """A convolution with random weights and biases."""
    random = np.random.default_rng(seed)
    rows = kernel[0] * kernel[1] * channels
    matrices = []
    for index in range(groups):
        weights = random.integers(-128, 128, (rows, columns)).astype(np.int16)
        bias = (random.integers(-200, 201, columns) * 128).astype(np.int32)
        if encoding == "shift":
            bias += 128 * np.round(-weights.sum(axis=0)).astype(np.int32)
        tile = RowTile(0, rows, bias)
        matrices.append(Matrix(f"m{index}", weights, encoding, gain, (tile,)))  # type: ignore[arg-type]
    op = ArrayOp("conv", "in", "out", tuple(matrices), kernel, **geometry)  # type: ignore[arg-type]
    return network(op, size, channels * groups)


def mapped(net: QNetwork, *, bank: str = "", times: int = 1, points: int = 1) -> Layout:
    return run(net, CHIP, MapOptions(layers={"conv": LayerOptions(bank, times, points)}), Job())


GEOMETRY = {
    "encoding": st.sampled_from(["unsigned", "pn", "shift"]),
    "size": st.tuples(st.integers(1, 14), st.integers(1, 9)),
    "kernel": st.tuples(st.integers(1, 4), st.integers(1, 3)),
    "channels": st.integers(1, 3),
    "columns": st.integers(1, 5),
    "groups": st.integers(1, 2),
    "strides": st.tuples(st.integers(1, 3), st.integers(1, 3)),
    "dilations": st.tuples(st.integers(1, 3), st.integers(1, 2)),
    "pads": st.tuples(*[st.integers(0, 2)] * 4),
    "gain": st.sampled_from([256, 1024]),
    "seed": st.integers(0, 99),
}


def possible(own: dict) -> bool:
    """The window fits in the padded input at least once."""
    return all(
        own["size"][a] + own["pads"][a] + own["pads"][a + 2]
        > (own["kernel"][a] - 1) * own["dilations"][a]
        for a in (0, 1)
    )


@settings(max_examples=60, deadline=None)
@given(
    own=st.fixed_dictionaries(GEOMETRY).filter(possible),
    times=st.sampled_from([1, 2, 4]),
    points=st.integers(1, 6),
)
def test_a_block_times_its_union_window_is_every_position_of_it(own, times, points):
    """Cells as they lie, inputs as rows receive them, in plain numpy against the matrix."""
    net = conv(**own)
    op = net.array_ops[0]
    shape = net.tensors["out"].shape
    if shape[:2] == (1, 1):
        points = 1
    layout = mapped(net, times=times, points=points)
    axis = 0 if shape[0] > 1 else 1
    tensor = net.tensors["in"]
    random = np.random.default_rng(own["seed"])
    x = random.integers(tensor.low, tensor.high + 1, (1, *tensor.shape)).astype(np.int16)
    wanted = kernels.array(x, replace(op, relu=False))[0]
    padded = np.pad(x[0], ((op.pads[0], 99), (op.pads[1], 99), (0, 0)))
    got = np.full(wanted.shape, 999)
    for block in layout.blocks:
        done = block.points
        assert done == max(1, min(points, shape[axis]))
        steps = [done if a == axis else 1 for a in (0, 1)]
        taps = [
            sorted({p * op.strides[a] + t * op.dilations[a] for p in range(steps[a]) for t in k})
            for a, k in enumerate(map(range, op.kernel))
        ]
        first = block.matrix * own["channels"]
        for w in range(0, shape[0], steps[0]):
            for h in range(0, shape[1], steps[1]):
                window = padded[
                    np.ix_(
                        [w * op.strides[0] + tap for tap in taps[0]],
                        [h * op.strides[1] + tap for tap in taps[1]],
                        range(first, first + own["channels"]),
                    )
                ].ravel()
                if own["encoding"] == "shift":
                    window = window + 128
                elif own["encoding"] == "pn":
                    window = np.concatenate([np.maximum(window, 0), np.maximum(-window, 0)])
                fed = np.concatenate([window] * times).astype(np.int64)
                sums = fed @ block.cells + 128 * block.bias_cells.sum(axis=0, dtype=np.int64)
                answers = kernels.rounded(sums.astype(np.float64), block.gain)
                for point in range(done):
                    place = (w + point, h) if axis == 0 else (w, h + point)
                    if place[axis] < shape[axis]:
                        start = block.matrix * own["columns"] + block.first_column
                        part = answers[point * block.width : (point + 1) * block.width]
                        got[place][start : start + block.width] = part
    np.testing.assert_array_equal(got, wanted)


def test_copies_never_change_the_rounding():
    sums = np.arange(-70000, 70000, 7).astype(np.float64)
    for times in (2, 8, 32):
        np.testing.assert_array_equal(
            kernels.rounded(sums * times, 256 * times), kernels.rounded(sums.copy(), 256)
        )


def test_a_union_holds_every_tap_once():
    op = conv(kernel=(3, 3), strides=(2, 1), dilations=(2, 1)).array_ops[0]
    assert copies.taps(op, copies.Scheme()) == (0, 2, 4)
    assert copies.taps(op, copies.Scheme(1, 3, 0)) == (0, 2, 4, 6, 8)
    assert copies.taps(op, copies.Scheme(1, 2, 1)) == (0, 1, 2, 3)
    apart = replace(op, strides=(5, 1))
    assert copies.taps(apart, copies.Scheme(1, 2, 0)) == (0, 2, 4, 5, 7, 9)


def test_sizes_gain_and_bias_are_physical():
    block = mapped(conv("pn"), times=4, points=3).blocks[0]
    # 5 x 3 taps of the union, 2 channels, PN, 4 copies; 3 positions of 4 outputs.
    assert (block.rows, block.columns) == (5 * 3 * 2 * 2 * 4, 12)
    assert (block.width, block.copies, block.points, block.gain) == (4, 4, 3, 1024)
    plain = mapped(conv("pn")).blocks[0]
    bias = plain.bias_cells.sum(axis=0)
    np.testing.assert_array_equal(block.bias_cells.sum(axis=0), np.tile(bias * 4, 3))
    np.testing.assert_array_equal(block.cells[:60], block.cells[60:120])
    np.testing.assert_array_equal(block.cells[:30], -block.cells[30:60])
    assert not block.cells.flags.writeable


def test_points_are_clipped_to_the_positions_there_are():
    net = conv(size=(5, 5), pads=(0, 0, 0, 0))
    assert net.tensors["out"].shape[:2] == (3, 3)
    assert mapped(net, points=50).blocks[0].points == 3
    tall = conv(size=(3, 6))
    assert tall.tensors["out"].shape[:2] == (1, 4), "H is the axis where W has one position"
    assert mapped(tall, points=3).blocks[0].rows == 3 * 5 * 2


def test_wide_layers_are_cut_by_matrix_columns_of_every_point():
    net = conv(columns=500, kernel=(1, 1))
    layout = mapped(net, points=3)
    assert [(b.first_column, b.width, b.columns) for b in layout.blocks] == [
        (0, 250, 750),
        (250, 250, 750),
    ]
    verify(layout, net, CHIP)


def test_a_bank_can_be_chosen_by_its_name():
    for bank in CHIP.array.banks:
        block = mapped(conv(), bank=bank.name).blocks[0]
        assert bank.first_row <= block.row and block.row + block.rows - 1 <= bank.last_row


def test_networks_on_one_array_can_have_points_and_copies_of_their_own():
    first, second = conv(), replace(conv("pn"), name="second")
    op = replace(second.array_ops[0], name="other")
    second = replace(second, ops=(op,))
    options = MapOptions(layers={"conv": LayerOptions(points=2), "other": LayerOptions(copies=2)})
    one, two = run_all((first, second), CHIP, options, Job())
    assert [(b.points, b.copies) for b in (*one.blocks, *two.blocks)] == [(2, 1), (1, 2)]


def dense(rows: int = 20, tile: int = 896) -> QNetwork:
    weights = np.ones((rows, 3), np.int16)
    tiles = tuple(RowTile(s, min(s + tile, rows), None) for s in range(0, rows, tile))
    op = ArrayOp("conv", "in", "out", (Matrix("m", weights, "unsigned", 512, tiles),))
    return network(op, (4, 1), rows)


@pytest.mark.parametrize(
    ("choice", "kind", "message", "hint"),
    [
        (LayerOptions(bank="middle"), StudioError, "no bank middle", "Banks: upper, lower"),
        (LayerOptions(copies=3), StudioError, "copies is 3, must be a power of two", "gain"),
        (LayerOptions(copies=0), StudioError, "copies is 0", "gain"),
        (LayerOptions(copies=-2), StudioError, "copies is -2", "gain"),
        (LayerOptions(points=0), StudioError, "points is 0, must be at least 1", ""),
        (
            LayerOptions(copies=64),
            StudioError,
            "64 copies multiply the gain to 16384, the chip's largest is 8192",
            "At most 32 copies",
        ),
    ],
)
def test_choices_out_of_range_are_refused(choice, kind, message, hint):
    with pytest.raises(kind, match=message) as caught:
        run(conv(), CHIP, MapOptions(layers={"conv": choice}), Job())
    assert hint in caught.value.hint
    assert caught.value.where == "conv"


def test_a_layer_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(StudioError, match="no layer 'cnv' lies on the array") as caught:
        run(conv(), CHIP, MapOptions(layers={"cnv": LayerOptions()}), Job())
    assert caught.value.hint == "Layers: conv."


def test_points_of_a_single_position_are_refused():
    with pytest.raises(StudioError, match="the layer has one position only") as caught:
        mapped(conv(size=(3, 3)), points=2)
    assert caught.value.where == "conv"
    assert mapped(conv(size=(3, 3)), times=2).blocks[0].copies == 2


def test_points_of_several_row_tiles_are_refused_and_copies_are_not():
    with pytest.raises(StudioError, match="matrix m has 3 row tiles; points need one"):
        mapped(dense(60, 20), points=2)
    layout = mapped(dense(60, 20), times=2)
    assert [block.rows for block in layout.blocks] == [40] * 3


def test_points_that_need_more_rows_than_a_bank_are_refused_with_the_most_that_fit():
    net = conv("pn", size=(60, 3), channels=20, kernel=(3, 3))
    # (points + 2) x 3 taps of 20 channels, doubled: 120 rows each, 896 in a bank.
    with pytest.raises(FitError, match="8 points take 1200 rows, a bank has 896") as caught:
        mapped(net, points=8)
    assert caught.value.hint == "At most 5 points fit."
    assert mapped(net, points=5).blocks[0].rows == 840
    with pytest.raises(FitError, match="3 points x 2 copies take 1200 rows, bank lower") as caught:
        mapped(net, bank="lower", times=2, points=3)
    assert caught.value.hint == "Set points to 1: not even 2 fit with 2 copies."


def test_copies_that_need_more_rows_than_a_bank_are_refused_with_the_most_that_fit():
    with pytest.raises(FitError, match="16 copies take 1600 rows, a bank has 896") as caught:
        mapped(dense(100), times=16)
    assert caught.value.hint.startswith("At most 8 copies fit: one tile has 100 rows. Rows are")
    assert "--tile-rows 56 cuts them finer, so that 16 fit," in caught.value.hint
    with pytest.raises(FitError, match="2 copies take 1000 rows") as caught:
        mapped(dense(500), times=2)
    assert "Not even 2 copies fit: one tile has 500 rows." in caught.value.hint
    assert "--tile-rows 448 cuts them finer, so that 2 fit," in caught.value.hint


def test_more_points_than_columns_are_refused():
    net = conv(size=(1200, 1), kernel=(1, 1), channels=1)
    flat = replace(net.array_ops[0], strides=(1, 1))
    with pytest.raises(FitError, match=r"take 1200 rows") as caught:
        mapped(replace(net, ops=(flat,)), points=1200)
    assert "At most 896 points fit" in caught.value.hint
    options = MapOptions(skip_columns=1000, layers={"conv": LayerOptions(points=50)})
    with pytest.raises(FitError, match="50 points take at least 50 columns, 24 can be") as caught:
        run(net, CHIP, options, Job())
    assert "At most 24 points fit" in caught.value.hint


def test_a_bias_times_its_copies_must_fit_the_strip():
    bias = np.full(3, 4000 * 128, np.int32)
    net = dense()
    op = net.array_ops[0]
    matrix = replace(op.matrices[0], tiles=(RowTile(0, 20, bias),))
    net = replace(net, ops=(replace(op, matrices=(matrix,)),))
    assert mapped(net).blocks[0].bias_rows == 16
    with pytest.raises(FitError, match="needs 32 bias rows, the chip has 16") as caught:
        mapped(net, times=2)
    assert "2 copies multiply its bias" in caught.value.hint


def test_the_most_points_are_found_for_a_room():
    net = conv("pn", size=(60, 3), channels=20)
    op = net.array_ops[0]
    assert copies.most_points(op, net, 1, (896, 896)) == 5
    assert copies.most_points(op, net, 2, (896, 896)) == 1
    assert copies.most_points(op, net, 1, (896, 3)) == 3
    assert copies.most_points(op, net, 1, (10**6, 896)) == 58, "all positions there are"
    assert copies.most_points(dense(60, 20).array_ops[0], dense(60, 20), 1, (896, 896)) == 1


@pytest.mark.parametrize("encoding", ["unsigned", "pn"])
def test_the_verifier_finds_every_wrong_cell_of_copies_and_points(encoding):
    net = conv(encoding, kernel=(2, 2), channels=1, columns=2, strides=(1, 2), dilations=(2, 1))
    layout = mapped(net, times=2, points=2)
    block = layout.blocks[0]
    for place in np.ndindex(block.cells.shape):
        cells = block.cells.copy()
        cells[place] += 1
        with pytest.raises(VerifyError, match="cells differ"):
            verify(replace(layout, blocks=(replace(block, cells=cells),)), net, CHIP)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"copies": 1}, "cells differ"),
        ({"copies": 3}, "no power of two"),
        ({"points": 3}, "covered exactly once|cells differ|columns are on the array"),
        ({"points": 5}, "do not divide into 5 points"),
        ({"points": 0}, "covered exactly once|columns do not divide|without"),
        ({"gain": 256}, "gain 256 instead of 512"),
        ({"gain": 16384}, "beyond the chip's"),
    ],
)
def test_the_verifier_finds_wrong_copies_points_and_gain(changes, message):
    net = conv(columns=3, strides=(2, 1))
    layout = mapped(net, times=2, points=2)
    with pytest.raises(VerifyError, match=message):
        verify(replace(layout, blocks=(replace(layout.blocks[0], **changes),)), net, CHIP)


def test_the_verifier_finds_more_points_than_positions_and_uneven_layers():
    net = conv(groups=2)
    layout = mapped(net, points=2)
    short = dict(net.tensors)
    short["out"] = replace(short["out"], shape=(1, 1, 8))
    with pytest.raises(VerifyError, match="2 points of fewer positions"):
        verify(layout, replace(net, tensors=short), CHIP)
    plain = mapped(net)
    moved = replace(plain.blocks[1], column=600, bias_row=0)
    with pytest.raises(VerifyError, match="differ in copies or points"):
        verify(replace(layout, blocks=(layout.blocks[0], moved)), net, CHIP)


def test_a_stored_layout_comes_back_with_its_copies_and_points(tmp_path):
    net = conv("shift", groups=2)
    layout = mapped(net, times=2, points=3)
    path = tmp_path / "结果 1" / "layout.json"
    store.save(layout, path)
    back = store.load(path, net, CHIP)
    assert back.search == layout.search
    for old, new in zip(layout.blocks, back.blocks, strict=True):
        assert (new.copies, new.points, new.gain) == (2, 3, old.gain)
        np.testing.assert_array_equal(old.cells, new.cells)
        np.testing.assert_array_equal(old.bias_cells, new.bias_cells)


@pytest.mark.parametrize("encoding", ["unsigned", "pn", "shift"])
def test_expected_frames_are_what_the_rows_receive_and_the_columns_answer(encoding):
    net = conv(encoding, size=(10, 4), groups=2, strides=(2, 1), pads=(1, 1, 0, 1))
    op = net.array_ops[0]
    layout = mapped(net, times=2, points=3)
    tensor = net.tensors["in"]
    random = np.random.default_rng(0)
    x = random.integers(tensor.low, tensor.high + 1, (2, *tensor.shape)).astype(np.int16)
    found = expected.of_layout(layout, frames(net, [x], 20, layout))
    outputs = kernels.array(x, op)
    width, height = net.tensors["out"].shape[:2]
    assert (width, height) == (5, 4)
    for block, rows, answers in zip(layout.blocks, found.inputs, found.outputs, strict=True):
        assert rows.shape == (20, block.rows)
        assert answers.shape == (20, block.columns)
        assert rows.min() >= 0
        sums = rows.astype(np.int64) @ block.cells
        sums += 128 * block.bias_cells.sum(axis=0, dtype=np.int64)
        np.testing.assert_array_equal(kernels.rounded(sums.astype(np.float64), block.gain), answers)
        # Two rounds along W, the second with one position too many; 4 along H; 2 samples.
        rounds = answers[:16].reshape(2, 2, 4, 3, 4).transpose(0, 1, 3, 2, 4).reshape(2, 6, 4, 4)
        part = outputs[..., block.matrix * 4 : block.matrix * 4 + 4]
        np.testing.assert_array_equal(rounds[:, :width], part)
        np.testing.assert_array_equal(answers[16:], answers[:4], "then they repeat")
