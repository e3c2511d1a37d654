"""Small real networks from torch (tests/bench/export_models.py): quantized, they still work."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.graph import load
from studio.graph.network import Network
from studio.mapper import stage as mapper
from studio.mapper.options import MapOptions
from studio.quantize import calibrate, io, stage
from studio.quantize.qnetwork import QNetwork
from studio.simulate.run import run

FOLDER = Path(__file__).parents[1] / "data" / "models"
DATA = {
    "autoencoder": "sensors",
    "conv_autoencoder": "blobs",
    "ds_cnn": "spectra",
    "gru": "frames",
    "gru_bi2": "frames",
    "gru_dynamo": "frames",
    "lstm": "frames",
    "lstm_bi2": "frames",
    "lstm_dynamo": "frames",
    "mobilenet_v2": "images",
    "mobilenet_v3": "images",
    "mobilenet_v3_dynamo": "images",
    "resnet": "images",
    "tc_resnet": "words",
    "tdnn": "words",
    "transformer": "frames",
    "transformer_dynamo": "frames",
    "transformer_old": "frames",
}
CALIBRATION = 16


@cache
def quantized(name: str) -> tuple[Network, QNetwork, npt.NDArray[np.float32]]:
    with np.load(FOLDER / f"{DATA[name]}.npz") as file:
        samples = file["x"].astype(np.float32)
    network = load.load(FOLDER / f"{name}.onnx")
    chip = chips.load("wtm2101")
    options = stage.QuantizeOptions((samples[:CALIBRATION],))
    return network, stage.run(network, chip, options), samples


@pytest.mark.parametrize("name", DATA)
def test_integers_agree_with_the_float_model(name: str, chip: Chip) -> None:
    network, qnetwork, samples = quantized(name)
    stage.verify(qnetwork, chip)
    result = run(qnetwork, io.encode(qnetwork, (samples,)))
    found = io.real_outputs(qnetwork, result.outputs)[network.outputs[0]]
    wanted = calibrate.outputs(network, (samples,), Job())[0]
    assert found.shape == wanted.shape
    a, b = (x.reshape(len(x), -1).astype(np.float64) for x in (found, wanted))
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    least = 0.95 if name.startswith(("lstm", "gru")) else 0.98
    assert cosine.mean() >= least
    if "autoencoder" not in name:
        assert np.mean(a.argmax(1) == b.argmax(1)) >= 0.97


@pytest.mark.parametrize("name", DATA)
def test_all_fit_the_array(name: str, chip: Chip) -> None:
    _, qnetwork, _ = quantized(name)
    layout = mapper.run(qnetwork, chip, MapOptions(), Job())
    mapper.verify(layout, qnetwork, chip)


def test_files_stay_small_and_tell_nothing_of_the_machine_they_come_from() -> None:
    files = [FOLDER / f"{name}.onnx" for name in DATA]
    assert all(path.stat().st_size < 150_000 for path in files)
    for path in files:
        data = path.read_bytes()
        assert b"site-packages" not in data
        assert b".py" not in data
