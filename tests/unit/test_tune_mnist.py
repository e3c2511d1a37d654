"""MNIST and digits: in integers at most half a point of accuracy is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.base import paths
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.options import Options
from studio.quantize import calibrate, io
from studio.quantize.stage import QuantizeOptions
from studio.quantize.verify import verify
from studio.simulate.run import run
from studio.tune import stage as tune

MODELS = Path(__file__).resolve().parents[1] / "data" / "models"
HALF_A_POINT = 0.005


def accuracies(
    path: Path,
    calibration: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    x: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    y: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    chip: Chip,
) -> tuple[float, float]:
    """Float and integer accuracy, with the options a user gets without choosing any."""
    network = load.load(path)
    chosen = Options()
    options = QuantizeOptions((calibration,), chosen.method, chosen.percentile, chosen.signed)
    found = tune.run(network, chip, tune.TuneOptions(options, chosen.tune))
    verify(found, chip)
    scores = calibrate.outputs(network, (x,), Job())[0]
    integers = run(found, io.encode(found, (x,))).outputs[found.outputs[0]]
    guess = integers.reshape(len(x), -1).argmax(axis=1)
    return float(np.mean(scores.argmax(axis=1) == y)), float(np.mean(guess == y))


@pytest.mark.parametrize(("name", "shape"), [("mnist_cnn", (1, 28, 28)), ("mnist_mlp", (784,))])
def test_mnist_loses_less_than_half_a_point(
    name: str, shape: tuple[int, ...], shared: Path, chip: Chip
) -> None:
    with np.load(shared / "data" / "mnist_train.npz") as file:
        calibration = (file["x"][:256] / 255).astype(np.float32).reshape(-1, *shape)
    with np.load(shared / "data" / "mnist_test.npz") as file:
        x = (file["x"][:2000] / 255).astype(np.float32).reshape(-1, *shape)
        y = file["y"][:2000]
    before, after = accuracies(MODELS / f"{name}.onnx", calibration, x, y, chip)
    assert before > 0.96
    assert after >= before - HALF_A_POINT


def test_the_bundled_digits_lose_less_than_half_a_point(chip: Chip) -> None:
    folder = paths.resource("examples", "digits")
    with np.load(folder / "digits.npz") as file:
        calibration, x, y = file["calibration"], file["x"], file["y"]
    before, after = accuracies(folder / "digits.onnx", calibration, x, y, chip)
    assert before > 0.98
    assert after >= before - HALF_A_POINT
