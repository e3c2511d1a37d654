"""Operators of float models alone: loading changes nothing, and integers follow the floats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from studio.base.errors import ModelError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import export, load
from studio.quantize import calibrate, io, stage
from studio.quantize.qnetwork import (
    AffineOp,
    ConcatOp,
    LutOp,
    MatMulOp,
    MulOp,
    PermuteOp,
    QNetwork,
    RecurrentOp,
)
from studio.simulate.run import run

from . import float_nets
from .models import Maker

LIMIT = 0.08


def session(model: bytes | str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("name", float_nets.CASES)
def test_loading_changes_no_result_for_one_sample_or_many(name: str, tmp_path: Path) -> None:
    path, samples = float_nets.save(name, tmp_path)
    network = load.load(path)
    original = session(str(path))
    wanted = np.concatenate([original.run(None, {"x": x[None]})[0] for x in samples[:3]])
    exported = session(export.to_onnx(network, network.outputs).SerializeToString())
    found = exported.run(None, {"x": samples[:3]})[0]
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", float_nets.CASES)
def test_integers_follow_the_float_model(name: str, chip: Chip, tmp_path: Path) -> None:
    path, samples = float_nets.save(name, tmp_path)
    network = load.load(path)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions((samples,)))
    stage.verify(qnetwork, chip)
    result = run(qnetwork, io.encode(qnetwork, (samples,)))
    found = io.real_outputs(qnetwork, result.outputs)[network.outputs[0]].astype(np.float64)
    wanted = calibrate.outputs(network, (samples,), Job())[0].astype(np.float64)
    assert found.shape == wanted.shape
    error = np.linalg.norm(found - wanted) / np.linalg.norm(wanted)
    assert error < LIMIT, f"relative error {error:.3f}"


def ops_of(name: str, chip: Chip, folder: Path) -> QNetwork:
    path, samples = float_nets.save(name, folder)
    return stage.run(load.load(path), chip, stage.QuantizeOptions((samples,)))


@pytest.mark.parametrize("name", ["gelu", "hard_swish", "swish", "elu", "powers", "soft"])
def test_elementwise_nodes_become_one_table(name: str, chip: Chip, tmp_path: Path) -> None:
    found = [op for op in ops_of(name, chip, tmp_path).ops if isinstance(op, LutOp)]
    assert len(found) == 1
    assert found[0].table.shape == (256,)


def test_multiplying_by_a_number_moves_no_integer(chip: Chip, tmp_path: Path) -> None:
    qnetwork = ops_of("scaled", chip, tmp_path)
    found = [op for op in qnetwork.ops if isinstance(op, AffineOp | LutOp | MulOp)]
    assert not [op.name for op in found if "rescaled" not in op.name]  # for the Concat


def test_heads_of_attention_move_no_data(chip: Chip, tmp_path: Path) -> None:
    qnetwork = ops_of("attention", chip, tmp_path)
    products = [op for op in qnetwork.ops if isinstance(op, MatMulOp)]
    assert [op.transposed for op in products] == [True, False]
    assert not any(isinstance(op, PermuteOp) for op in qnetwork.ops)


def test_both_directions_are_two_cells_joined(chip: Chip, tmp_path: Path) -> None:
    qnetwork = ops_of("gru_both", chip, tmp_path)
    cells = [op for op in qnetwork.ops if isinstance(op, RecurrentOp)]
    assert [op.reverse for op in cells] == [False, True]
    assert any(isinstance(op, ConcatOp) and op.axis == 2 for op in qnetwork.ops)
    assert {len(op.states) for op in cells} == {1}


@pytest.mark.parametrize(("size", "shift"), [(0.05, 0.0), (3.0, 4.0)], ids=["tiny", "large"])
def test_a_cell_state_of_any_size_keeps_its_precision(
    size: float, shift: float, chip: Chip, tmp_path: Path
) -> None:
    maker = Maker(3)
    bias = np.zeros((1, 48), np.float32)
    bias[:, 12:18] = shift  # the forget gate, which lets the state grow
    x = maker.add("Transpose", "x", perm=[1, 0, 2])
    weights = [maker.weight(1, 24, 5, scale=size), maker.weight(1, 24, 6, scale=0.1)]
    y = maker.add("LSTM", x, *weights, maker.constant(bias), hidden_size=6)
    y = maker.add("Transpose", maker.add("Squeeze", y, float_nets.ints(maker, 1)), perm=[1, 0, 2])
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 20, 5)}, {y: None})
    samples = (maker.random.random((16, 20, 5), np.float32),)
    network = load.load(path)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions(samples))
    cell = next(op for op in qnetwork.ops if isinstance(op, RecurrentOp))
    step = qnetwork.tensors[cell.states[1].tensor].scale
    assert step == 2.0 ** round(np.log2(step))
    assert (step < 1 / 128) == (size < 1)
    found = io.real_outputs(qnetwork, run(qnetwork, io.encode(qnetwork, samples)).outputs)[y]
    wanted = calibrate.outputs(network, samples, Job())[0]
    # h comes in steps of 1/128 whatever its size.
    error, size = (np.sqrt(np.mean(v**2)) for v in (found - wanted, wanted))
    assert error < max(1 / 128, LIMIT * size)


def test_raised_scales_do_not_add_up_from_layer_to_layer(chip: Chip, tmp_path: Path) -> None:
    """A large weight on a channel that is always small: four times what the outputs need."""
    maker = Maker(1)
    x = "x"
    for _ in range(8):
        weights = np.eye(8)[:, [1, 2, 3, 4, 5, 6, 0, 7]]
        weights[0, 7] = 2
        weights = weights.astype(np.float32).reshape(8, 8, 1, 1)
        x = maker.add("Relu", maker.add("Conv", x, maker.constant(weights)))
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 8, 4, 4)}, {x: None})
    values = maker.random.random((16, 8, 4, 4), np.float32)
    values[:, 7] *= 0.05
    network = load.load(path)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions((values,)))
    assert not any("clipped" in note for note in qnetwork.notes)
    found = io.real_outputs(qnetwork, run(qnetwork, io.encode(qnetwork, (values,))).outputs)[x]
    wanted = calibrate.outputs(network, (values,), Job())[0]
    assert np.linalg.norm(found - wanted) < 0.1 * np.linalg.norm(wanted)


def test_samples_of_one_step_begin_at_zero_as_in_the_model(chip: Chip, tmp_path: Path) -> None:
    maker = Maker(5)
    x = maker.add("Transpose", "x", perm=[1, 0, 2])
    y = maker.add("GRU", x, *float_nets.gates(maker, "GRU", 5, 6), hidden_size=6)
    y = maker.add("Transpose", maker.add("Squeeze", y, float_nets.ints(maker, 1)), perm=[1, 0, 2])
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 1, 5)}, {y: None})
    samples = (maker.random.uniform(-1, 1, (16, 1, 5)).astype(np.float32),)
    network = load.load(path)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions(samples))
    assert "its state is always zero" in qnetwork.notes[0]
    found = io.real_outputs(qnetwork, run(qnetwork, io.encode(qnetwork, samples)).outputs)[y]
    wanted = calibrate.outputs(network, samples, Job())[0]
    assert np.linalg.norm(found - wanted) < LIMIT * np.linalg.norm(wanted)


@pytest.mark.parametrize("op", ["LSTM", "GRU"])
def test_inputs_that_are_never_negative_go_into_a_cell(op: str, chip: Chip, tmp_path: Path) -> None:
    """A graph input alone may use 0..255, beside a signed state it cannot."""
    maker = Maker(6)
    x = maker.add("Transpose", "x", perm=[1, 0, 2])
    y = maker.add(op, x, *float_nets.gates(maker, op, 5, 6), hidden_size=6)
    y = maker.add("Transpose", maker.add("Squeeze", y, float_nets.ints(maker, 1)), perm=[1, 0, 2])
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 9, 5)}, {y: None})
    samples = (maker.random.random((16, 9, 5), np.float32),)
    network = load.load(path)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions(samples))
    stage.verify(qnetwork, chip)
    assert qnetwork.tensors["x"].high == 127
    found = io.real_outputs(qnetwork, run(qnetwork, io.encode(qnetwork, samples)).outputs)[y]
    wanted = calibrate.outputs(network, samples, Job())[0]
    assert np.linalg.norm(found - wanted) < LIMIT * np.linalg.norm(wanted)


def test_five_axes_that_no_slice_explains_are_refused_with_what_to_write(
    chip: Chip, tmp_path: Path
) -> None:
    maker = Maker(7)
    x = maker.conv("x", 3, 8, (1, 1))
    x = maker.add("Reshape", x, float_nets.ints(maker, 1, 2, 2, 2, 8, 6))
    x = maker.add("Transpose", x, perm=[0, 3, 4, 1, 5, 2])  # depth to space
    y = maker.add("Reshape", x, float_nets.ints(maker, 1, 2, 16, 12))
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 3, 8, 6)}, {y: None})
    samples = (maker.random.random((4, 3, 8, 6), np.float32),)
    with pytest.raises(ModelError, match="6 axes") as caught:
        stage.run(load.load(path), chip, stage.QuantizeOptions(samples))
    assert "q, k and v a Linear each" in str(caught.value.hint)
