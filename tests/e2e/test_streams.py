"""Streams at the command line: states from sample to sample, and when they are zeroed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.cell_models import Cell

from .commands import cim, good


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A time-delay layer of 3 outputs that looks one frame back, and two streams of 4 steps."""
    random = np.random.default_rng(1)
    attributes = {"time_offsets": [-1.0, 0.0], "scale_params": 256}
    cell = Cell("Tdnn", [random.integers(-99, 100, (10, 3))], attributes, 5, 3)
    x = random.integers(-128, 128, (2, 4, 5))
    np.savez(tmp_path / "tdnn.npz", x=x, y=np.array([0, 1]))
    return cell.save(tmp_path / "tdnn.onnx")


def outputs(folder: Path, *words: Any) -> Any:
    good("simulate", *words, "--out", "out", cwd=folder)
    with np.load(folder / "out" / "outputs.npz") as file:
        return file["out"]


def test_streams_are_zeroed_where_they_end_or_as_chosen(model: Path, tmp_path: Path) -> None:
    by_stream = outputs(tmp_path, model)
    assert by_stream.shape == (8, 3)
    np.testing.assert_array_equal(outputs(tmp_path, model, "--reset-every", "4"), by_stream)
    never = outputs(tmp_path, model, "--reset-every", "0")
    np.testing.assert_array_equal(never[:4], by_stream[:4])
    assert not np.array_equal(never[4], by_stream[4])
    data = tmp_path / "tdnn.npz"
    again = outputs(tmp_path, tmp_path / "out", "--data", data, "--reset-every", "0")
    np.testing.assert_array_equal(again, never)


def test_accuracy_is_of_whole_streams(model: Path, tmp_path: Path) -> None:
    last = outputs(tmp_path, model)[3::4].argmax(axis=1)
    with np.load(tmp_path / "tdnn.npz") as file:
        np.savez(tmp_path / "tdnn.npz", x=file["x"], y=[last[0], (last[1] + 1) % 3])
    found = good("simulate", model, "--out", "out", cwd=tmp_path)
    assert (found["samples"], found["accuracy_integer"]) == (8, 0.5)


def test_a_negative_number_of_samples_is_refused(model: Path, tmp_path: Path) -> None:
    done = cim("simulate", model, "--reset-every", "-1", cwd=tmp_path)
    assert done.returncode == 2
    assert "--reset-every" in done.stderr
