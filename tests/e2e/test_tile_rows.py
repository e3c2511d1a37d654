"""Smaller row tiles all the way to the emulator, and mapping on from folders without samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.unit.models import Maker

from .commands import cim, good
from .test_cli import DIGITS


def test_a_deploy_with_cut_layers_equals_the_simulator(tmp_path: Path) -> None:
    found = good("deploy", DIGITS, "--tile-rows", "48", "--out", "切 out", cwd=tmp_path)
    assert found["differing_samples"] == 0
    assert found["accuracy"] > 0.9
    quantized = good("quantize", DIGITS, "--tile-rows", "48", "--out", "q", cwd=tmp_path)
    assert max(layer["tiles"] for layer in quantized["layers"]) > 1


def test_map_goes_on_from_a_folder_without_samples(tmp_path: Path) -> None:
    model = Maker()
    path = model.save(tmp_path / "m.onnx", {"x": (1, 9)}, {model.gemm("x", 9, 4): None})
    good("map", path, "--signed", "pn", "--out", "a", cwd=tmp_path)
    before = (tmp_path / "a" / "map" / "expected_in.bin").read_bytes()
    done = cim("map", "a", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("holds no simulated samples: 100 random frames") == 1
    assert "sources: round - Assumption of ours; mac - " in done.stdout
    assert (tmp_path / "a" / "map" / "expected_in.bin").read_bytes() == before
    np.save(tmp_path / "x.npy", np.ones((5, 9), np.float32))
    good("quantize", path, "--data", "x.npy", "--out", "b", cwd=tmp_path)
    found = good("map", "b", "a", "--out", "both", cwd=tmp_path)
    assert sum("no simulated samples" in note for note in found["notes"]) == 2


def test_row_tiles_out_of_range_say_what_is_allowed(tmp_path: Path) -> None:
    done = cim("map", DIGITS, "--tile-rows", "2000", cwd=tmp_path)
    assert done.returncode == 1
    assert "tile_rows is 2000, must be 1..896" in done.stderr
