"""The simulator against published traces: every value of every layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import DataError
from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import io, stage
from studio.quantize.matrix import Signed
from studio.quantize.qnetwork import QNetwork
from studio.simulate.frames import frames
from studio.simulate.run import Result, run


def simulated(
    model: Path, samples: npt.NDArray[np.generic], chip: Chip, signed: Signed = "auto"
) -> tuple[QNetwork, Result]:
    options = stage.QuantizeOptions((samples,), signed=signed)
    qnetwork = stage.run(load.load(model), chip, options)
    stage.verify(qnetwork, chip)
    return qnetwork, run(qnetwork, io.encode(qnetwork, (samples,)), layers=True)


def test_every_value_of_the_wake_word_network(shared: Path, chip: Chip) -> None:
    folder = shared / "vendor" / "speech_dnn"
    traces = np.load(folder / "traces.npz")
    samples = np.load(folder / "calibration.npy")
    qnetwork, result = simulated(folder / "model.onnx", samples, chip)
    for index in range(1, 6):
        layer = result.layers[f"linear_{index}"].reshape(len(samples), -1)
        np.testing.assert_array_equal(layer, traces[f"linear_{index}_out"])
    np.testing.assert_array_equal(
        io.decode(qnetwork, "out", result.outputs["out"]), traces["linear_5_out"]
    )


def test_every_value_of_the_attention_projection(shared: Path, chip: Chip) -> None:
    folder = shared / "vendor" / "mnist_attention"
    samples = np.load(folder / "qkv_input.npy")
    _, result = simulated(folder / "net1.onnx", samples, chip)
    layer = result.layers["qkvmat"].reshape(len(samples), -1)
    np.testing.assert_array_equal(layer, np.load(folder / "traces.npz")["qkvmat_out"])


@pytest.mark.parametrize("signed", ["auto", "pn", "shift"])
def test_every_value_of_the_signed_head(shared: Path, chip: Chip, signed: Signed) -> None:
    folder = shared / "vendor" / "mnist_attention"
    samples = np.load(folder / "head_input.npy")
    traces = np.load(folder / "traces.npz")
    qnetwork, result = simulated(folder / "net2.onnx", samples, chip, signed)
    layer = result.layers["head"].reshape(len(samples), -1)
    np.testing.assert_array_equal(layer, traces["head_out"])
    if signed != "shift":
        (head,) = frames(qnetwork, io.encode(qnetwork, (samples,)))
        np.testing.assert_array_equal(head.inputs, traces["head_in"])


def test_batches_do_not_change_results(shared: Path, chip: Chip) -> None:
    folder = shared / "vendor" / "speech_dnn"
    samples = np.load(folder / "calibration.npy")
    qnetwork, whole = simulated(folder / "model.onnx", samples, chip)
    single = [run(qnetwork, io.encode(qnetwork, (samples[i : i + 1],))) for i in range(5)]
    joined = np.concatenate([result.outputs["out"] for result in single])
    np.testing.assert_array_equal(joined, whole.outputs["out"][:5])


def test_integer_samples_out_of_range_are_refused(shared: Path, chip: Chip) -> None:
    folder = shared / "vendor" / "speech_dnn"
    qnetwork = stage.run(load.load(folder / "model.onnx"), chip, stage.QuantizeOptions())
    with pytest.raises(DataError, match="leave the input"):
        io.encode(qnetwork, (np.full((1, 800), -3),))
