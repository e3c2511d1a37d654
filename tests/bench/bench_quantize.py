"""Accuracy and SNR of every calibration method and tune level, as a table.

    python tests/bench/bench_quantize.py [MNIST_TRAIN.npz MNIST_TEST.npz]

The bundled digits always; the two MNIST models of tests/data/models where the data are given,
on the whole test set; and the other models of tests/data/models by their output SNR alone, on
samples that were not used for calibration.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from studio.base import paths
from studio.base.errors import StudioError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.graph import load
from studio.quantize.histogram import METHODS
from studio.quantize.stage import QuantizeOptions
from studio.tune import measure
from studio.tune import stage as tune

MODELS = Path(__file__).resolve().parents[1] / "data" / "models"
CALIBRATION = 256

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """A model with calibration and test samples; labels where there are any worth counting."""

    path: Path
    calibration: Floats
    x: Floats
    y: npt.NDArray[np.integer] | None


def cases(train: Path | None, test: Path | None) -> list[Case]:
    """All models there are data for."""
    digits = paths.resource("examples", "digits")
    with np.load(digits / "digits.npz") as file:
        found = [Case(digits / "digits.onnx", file["calibration"], file["x"], file["y"])]
    if train is not None and test is not None:
        with np.load(train) as a, np.load(test) as b:
            seen = (a["x"][:CALIBRATION] / 255).astype(np.float32)
            x, y = (b["x"] / 255).astype(np.float32), b["y"].astype(np.int64)
        for name, shape in (("mnist_cnn", (1, 28, 28)), ("mnist_mlp", (784,))):
            images = seen.reshape(-1, *shape), x.reshape(-1, *shape)
            found.append(Case(MODELS / f"{name}.onnx", *images, y))
    data = []
    for path in sorted(MODELS.glob("*.npz")):
        with np.load(path) as file:
            data.append(file["x"].astype(np.float32))
    for path in sorted(MODELS.glob("*.onnx")):
        network = load.load(path)
        shape = network.shapes[network.inputs[0]][1:]
        for x in data:
            if x.shape[1:] == shape:
                found.append(Case(path, x[: len(x) // 2], x[len(x) // 2 :], None))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("train", type=Path, nargs="?")
    parser.add_argument("test", type=Path, nargs="?")
    given = parser.parse_args()
    chip = chips.load("wtm2101")
    table = Table(
        "model", "method", "tune", "float", "integer", "agree", "SNR, dB", "seconds", box=SIMPLE
    )
    for case in cases(given.train, given.test):
        network = load.load(case.path)
        part = measure.part(network, (case.x,), Job())
        scores = part.outputs[0].reshape(len(case.x), -1)
        exact = "" if case.y is None else f"{100 * np.mean(scores.argmax(1) == case.y):.2f}"
        for method in METHODS:
            for level in tune.LEVELS:
                options = QuantizeOptions((case.calibration,), method)
                start = time.perf_counter()
                try:
                    made = tune.run(network, chip, tune.TuneOptions(options, level))
                except StudioError as error:
                    table.add_row(case.path.stem, method, level, exact, str(error)[:40])
                    continue
                seconds = time.perf_counter() - start
                found = measure.real_outputs(made, part.samples)[0].reshape(scores.shape)
                right = "" if case.y is None else f"{100 * np.mean(found.argmax(1) == case.y):.2f}"
                same = f"{100 * np.mean(found.argmax(1) == scores.argmax(1)):.2f}"
                snr = f"{measure.snr(measure.error(made, part)):.1f}"
                cells = (exact, right, same, snr, f"{seconds:.2f}")
                table.add_row(case.path.stem, method, level, *cells)
        table.add_section()
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
