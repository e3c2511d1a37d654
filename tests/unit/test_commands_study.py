"""The command `report`: its tables, its JSON, and what it asks for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import DataError
from studio.commands import Screen
from studio.commands_study import report
from studio.stages import Options

from .models import Maker


def model(folder: Path) -> Path:
    maker = Maker(2)
    hidden = maker.add("Relu", maker.gemm("x", 12, 8))
    path = maker.save(folder / "模型 one.onnx", {"x": (1, 12)}, {maker.gemm(hidden, 8, 4): None})
    np.save(path.with_suffix(".npy"), maker.random.random((40, 12), np.float32))
    return path


def test_a_report_lists_every_layer_with_both_kinds_of_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = model(tmp_path)
    report(path, None, tmp_path / "out", Options(), None, 10, Screen(False))
    text = capsys.readouterr().out
    assert "single: each layer by itself" in text
    assert "entire: with the errors of all layers before" in text
    assert text.count("gemm_0") == 2
    assert "output t2: SNR" in text


def test_a_results_folder_is_compared_where_its_model_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = model(tmp_path), tmp_path / "out"
    data = path.with_suffix(".npy")
    report(path, None, out, Options(), None, None, Screen(True))
    first = json.loads(capsys.readouterr().out)
    report(out, data, out, Options(), path, None, Screen(True))
    assert json.loads(capsys.readouterr().out) == first | {"network": first["network"]}
    report(out, data, out, Options(), None, None, Screen(True))
    alone = json.loads(capsys.readouterr().out)
    assert (first["reference"], alone["reference"]) == (True, False)
    assert alone["layers"][0]["single"] is None
    report(out, data, out, Options(), None, None, Screen(False))
    assert "There is no float model to compare with" in capsys.readouterr().out


def test_a_folder_alone_has_no_samples(tmp_path: Path) -> None:
    path, out = model(tmp_path), tmp_path / "out"
    report(path, None, out, Options(), None, None, Screen(True))
    with pytest.raises(DataError, match="needs samples"):
        report(out, None, out, Options(), None, None, Screen(True))
