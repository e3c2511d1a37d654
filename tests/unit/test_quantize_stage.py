"""The quantizer's rules: gains, encodings, tiles, what it refuses, what it writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import DataError, FitError, ProjectError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import calibrate, io, matrix, stage, store
from studio.quantize.qnetwork import ArrayOp, QNetwork, QTensor
from studio.quantize.view import canonical_axes, logical_positions, move_order, placed, transposed
from studio.simulate.run import run

from .models import Maker


def tensor(low: int) -> QTensor:
    return QTensor("x", (1, 1, 8), 1.0, low, 127, (1, 8))


def small_network(
    chip: Chip, folder: Path
) -> tuple[QNetwork, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    maker = Maker()
    x = maker.add("Relu", maker.conv("x", 2, 4, (3, 3)))
    x = maker.add("MaxPool", x, kernel_shape=[2, 2])
    output = maker.gemm(maker.add("Flatten", maker.add("Sigmoid", x)), 4 * 2 * 2, 3)
    path = maker.save(folder / "m.onnx", {"x": (1, 2, 5, 5)}, {output: None})
    samples = maker.random.random((9, 2, 5, 5), np.float32)
    network = load.load(path)
    return stage.run(network, chip, stage.QuantizeOptions((samples,))), samples


def test_gain_is_the_largest_that_keeps_weights_in_a_byte(chip: Chip) -> None:
    found = matrix.to_integers(np.array([[0.03], [-0.01]]), np.zeros(1), 1.0, 1.0, chip)
    assert found.gain == 4096
    assert found.weights.ravel().tolist() == [123, -41]
    assert found.clipped == 0


def test_gain_gives_way_to_a_large_bias(chip: Chip) -> None:
    found = matrix.to_integers(np.array([[0.001]]), np.array([500.0]), 1.0, 1.0, chip)
    assert found.gain == 1024
    assert found.bias.tolist() == [512000]


def test_weights_too_large_for_the_smallest_gain_are_clipped_and_counted(chip: Chip) -> None:
    found = matrix.to_integers(np.array([[1.0], [0.1]]), np.zeros(1), 1.0, 1.0, chip)
    assert (found.gain, found.weights.ravel().tolist()) == (256, [127, 26])
    assert found.clipped == 0.5


@pytest.mark.parametrize(
    ("low", "inputs", "encoding"),
    [(0, 800, "unsigned"), (-128, 448, "pn"), (-128, 449, "shift")],
)
def test_signed_inputs_use_pn_while_it_fits_a_bank(
    chip: Chip, low: int, inputs: int, encoding: str
) -> None:
    weights = np.ones((inputs, 2), np.int16)
    bias = np.zeros(2, np.int64)
    assert matrix.choose_encoding(tensor(low), weights, bias, "auto", chip) == encoding


def test_shift_gives_way_to_pn_where_the_bias_strip_is_too_small(chip: Chip) -> None:
    weights = np.full((800, 2), 100, np.int16)
    bias = np.zeros(2, np.int64)
    assert matrix.choose_encoding(tensor(-128), weights, bias, "auto", chip) == "pn"
    numbers = matrix.Integers(weights, bias, 1024, 0.0)
    with pytest.raises(FitError, match="does not fit 16 bias rows"):
        matrix.build("fc", numbers, tensor(-128), "shift", chip, "m.onnx")


def test_more_inputs_than_a_bank_has_rows_are_cut_into_equal_tiles(chip: Chip) -> None:
    weights = np.ones((2000, 3), np.int16)
    bias = np.array([128, 0, 256])
    found = matrix.tiles(weights, bias, "unsigned", chip)
    assert [(tile.start, tile.stop) for tile in found] == [(0, 667), (667, 1333), (1333, 2000)]
    assert [tile.bias is None for tile in found] == [False, True, True]
    shifted = matrix.tiles(weights, bias, "shift", chip)
    assert shifted[1].bias is not None
    assert shifted[1].bias.tolist() == [-128 * 666] * 3


def test_percentile_leaves_outliers_out(chip: Chip, tmp_path: Path) -> None:
    maker = Maker()
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 4)}, {maker.gemm("x", 4, 3): None})
    network = load.load(path)
    samples = np.random.default_rng(0).random((500, 4), np.float32)
    samples[7, 2] = 1000
    job = Job()
    wide = calibrate.ranges(network, ["x"], (samples,), "minmax", 100, job)["x"]
    tight = calibrate.ranges(network, ["x"], (samples,), "percentile", 99.9, job)["x"]
    assert wide.high == 1000
    assert tight.high < 2


def test_samples_that_make_the_model_infinite_are_named(chip: Chip, tmp_path: Path) -> None:
    maker = Maker()
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 4)}, {maker.gemm("x", 4, 3): None})
    samples = np.full((2, 4), 3e38, np.float32)
    samples[0] = 0
    with pytest.raises(DataError, match="sample 1 makes tensor"):
        stage.run(load.load(path), chip, stage.QuantizeOptions((samples * 1.0,)))


def test_a_stored_network_computes_the_same(chip: Chip, tmp_path: Path) -> None:
    qnetwork, samples = small_network(chip, tmp_path)
    store.save(qnetwork, tmp_path / "q")
    again = store.load(tmp_path / "q")
    stage.verify(again, chip)
    inputs = io.encode(qnetwork, (samples,))
    for name, values in run(qnetwork, inputs).outputs.items():
        np.testing.assert_array_equal(run(again, inputs).outputs[name], values)


@pytest.mark.parametrize("damage", ["missing", "text", "schema", "arrays"])
def test_a_damaged_network_is_refused(chip: Chip, tmp_path: Path, damage: str) -> None:
    qnetwork, _ = small_network(chip, tmp_path)
    folder = tmp_path / "q"
    store.save(qnetwork, folder)
    structure = folder / "network.json"
    if damage == "missing":
        structure.unlink()
    elif damage == "text":
        structure.write_text(structure.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    elif damage == "schema":
        text = structure.read_text(encoding="utf-8")
        structure.write_text(text.replace('"schema": 2', '"schema": 99'), encoding="utf-8")
    else:
        (folder / "arrays.npz").write_bytes(b"PK no")
    with pytest.raises(ProjectError):
        store.load(folder)


def broken(qnetwork: QNetwork, how: str) -> QNetwork:
    op = next(op for op in qnetwork.ops if isinstance(op, ArrayOp))
    part = op.matrices[0]
    if how == "gain":
        changed = replace(part, gain=300)
    elif how == "weight":
        changed = replace(part, weights=part.weights * np.int16(100))
    elif how == "tiles":
        changed = replace(part, tiles=(replace(part.tiles[0], stop=part.inputs - 1),))
    else:
        changed = replace(part, tiles=(replace(part.tiles[0], bias=np.full(4, 3, np.int32)),))
    ops = tuple(replace(o, matrices=(changed,)) if o is op else o for o in qnetwork.ops)  # type: ignore[call-arg]
    return replace(qnetwork, ops=ops)


@pytest.mark.parametrize("how", ["gain", "weight", "tiles", "bias"])
def test_verify_finds_broken_networks(chip: Chip, tmp_path: Path, how: str) -> None:
    qnetwork, _ = small_network(chip, tmp_path)
    stage.verify(qnetwork, chip)
    with pytest.raises(VerifyError):
        stage.verify(broken(qnetwork, how), chip)


def test_views_follow_transposes() -> None:
    view = placed("x", (1, 3, 4, 5), canonical_axes(4))
    assert view.shape == (5, 4, 3)
    logical = np.arange(60).reshape(3, 4, 5)
    physical = logical.transpose(2, 1, 0).ravel()
    np.testing.assert_array_equal(logical_positions(view), physical)
    turned = transposed(view, (0, 2, 3, 1))
    assert turned.onnx == (1, 4, 5, 3)
    np.testing.assert_array_equal(
        logical_positions(turned), np.arange(60).reshape(4, 5, 3).transpose(1, 0, 2).ravel()
    )
    target = placed("x", turned.onnx, canonical_axes(4))
    order = move_order(turned, target)
    assert order is not None
    np.testing.assert_array_equal(
        physical[order], logical.transpose(1, 2, 0).transpose(2, 1, 0).ravel()
    )


def integer_model(folder: Path, weight: float) -> Path:
    maker = Maker()
    values = np.full((4, 2), 3, np.float32)
    values[0, 0] = weight
    sums = maker.add("Gemm", "x", maker.constant(values))
    return maker.save(
        folder / "i.onnx", {"x": (1, 4)}, {maker.add("Scale", sums, scale=1 / 256): (1, 2)}
    )


def test_integer_weights_beyond_the_makers_limit_are_clipped_and_told(
    chip: Chip, tmp_path: Path
) -> None:
    network = load.load(integer_model(tmp_path, 480))
    qnetwork = stage.run(network, chip, stage.QuantizeOptions())
    assert qnetwork.array_ops[0].matrices[0].weights.max() == 275
    assert any("beyond 275" in note for note in qnetwork.notes)


def test_fractions_are_no_input_of_an_integer_model(chip: Chip, tmp_path: Path) -> None:
    network = load.load(integer_model(tmp_path, 5))
    qnetwork = stage.run(network, chip, stage.QuantizeOptions())
    with pytest.raises(DataError, match="no integers"):
        io.encode(qnetwork, (np.full((1, 4), 0.5),))
