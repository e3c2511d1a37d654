"""LogSoftmax and ArgMax at the end of a float model are left out, and the model says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from studio.base.errors import ModelError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import calibrate, stage

from .models import Maker
from .test_quantize_float_ops import session


def classifier(path: Path, op: str, **attributes: int) -> tuple[Path, str, np.ndarray]:
    maker = Maker(2)
    scores = maker.gemm("x", 6, 4)
    out = maker.add(op, scores, **attributes)
    maker.save(path, {"x": (1, 6)}, {out: None})
    if op == "ArgMax":
        model = onnx.load(str(path))
        model.graph.output[0].CopyFrom(helper.make_tensor_value_info(out, TensorProto.INT64, None))
        onnx.save(model, str(path))
    return path, scores, maker.random.normal(size=(32, 6)).astype(np.float32)


def test_log_softmax_leaves_logits_that_differ_by_one_number_a_sample(
    tmp_path: Path, chip: Chip
) -> None:
    path, scores, samples = classifier(tmp_path / "m.onnx", "LogSoftmax", axis=1)
    network = load.load(path)
    assert network.outputs == (scores,)
    logits = calibrate.outputs(network, (samples,), Job())[0].reshape(32, 4)
    original = session(str(path))
    wanted = np.concatenate([original.run(None, {"x": x[None]})[0] for x in samples])
    difference = logits - wanted
    np.testing.assert_allclose(difference, difference[:, :1] + np.zeros((1, 4)), atol=1e-5)
    made = stage.run(network, chip, stage.QuantizeOptions((samples,)))
    assert any("LogSoftmax" in note and "logits" in note for note in made.notes)


def test_an_index_at_the_end_is_that_of_the_largest_score(tmp_path: Path) -> None:
    path, scores, samples = classifier(tmp_path / "m.onnx", "ArgMax", axis=1, keepdims=0)
    network = load.load(path)
    assert network.outputs == (scores,)
    found = calibrate.outputs(network, (samples,), Job())[0].reshape(32, 4).argmax(1)
    original = session(str(path))
    wanted = [int(original.run(None, {"x": x[None]})[0][0]) for x in samples]
    assert found.tolist() == wanted
    assert "ArgMax" in network.notes[0]


def test_scores_and_their_index_as_outputs_are_one_output(tmp_path: Path) -> None:
    maker = Maker(2)
    scores = maker.gemm("x", 6, 4)
    out = maker.add("LogSoftmax", scores, axis=1)
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 6)}, {scores: None, out: None})
    assert load.load(path).outputs == (scores,)


def test_log_softmax_in_the_middle_is_refused_with_what_to_do(tmp_path: Path) -> None:
    maker = Maker(2)
    x = maker.add("LogSoftmax", maker.gemm("x", 6, 4), axis=1)
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 6)}, {maker.gemm(x, 4, 2): None})
    with pytest.raises(ModelError, match="its output goes to Gemm") as caught:
        load.load(path)
    assert "after the network" in str(caught.value.hint)
