"""The command `report`: its tables, its JSON, and what it asks for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import DataError
from studio.commands import Screen, simulate
from studio.commands_study import report
from studio.options import Options

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
    path.rename(tmp_path / "elsewhere.onnx")
    report(out, data, out, Options(), None, None, Screen(True))
    alone = json.loads(capsys.readouterr().out)
    assert (first["reference"], alone["reference"]) == (True, False)
    assert alone["layers"][0]["single"] is None
    report(out, data, out, Options(), None, None, Screen(False))
    assert "There is no float model to compare with" in capsys.readouterr().out


def test_a_folder_names_its_float_model_but_never_goes_and_gets_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = model(tmp_path), tmp_path / "out"
    report(path, None, out, Options(), None, None, Screen(True))
    capsys.readouterr()
    report(out, path.with_suffix(".npy"), out, Options(), None, None, Screen(False))
    said = capsys.readouterr().out
    assert f"--model PATH/{path.name} compares with the float model" in said
    assert str(tmp_path) not in (out / "source.json").read_text(encoding="utf-8")
    with pytest.raises(DataError, match="needs samples"):
        report(out, None, out, Options(), None, None, Screen(True))


def test_a_simulated_folder_has_its_own_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = model(tmp_path), tmp_path / "out"
    simulate(path, None, out, Options(), Screen(True), layers=False)
    path.with_suffix(".npy").unlink()
    capsys.readouterr()
    report(out, None, out, Options(), path, None, Screen(True))
    found = json.loads(capsys.readouterr().out)
    assert (found["samples"], found["reference"]) == (40, True)
    assert found["outputs"]["t2"]["snr"] > 30


def test_a_folder_that_remembers_nothing_has_no_samples(tmp_path: Path) -> None:
    path, out = model(tmp_path), tmp_path / "out"
    report(path, None, out, Options(), None, None, Screen(True))
    for text in ("", "[]", '{"model": 3}', "{"):
        (out / "source.json").write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match="needs samples"):
            report(out, None, out, Options(), None, None, Screen(True))


@pytest.mark.parametrize(
    ("inputs", "hidden", "name", "said"),
    [
        (13, 8, "x", "its input x is 13, not 12"),
        (12, 8, "other", "its inputs are other, not x"),
        (12, 0, "x", "its outputs are t0, not t2"),
    ],
)
def test_another_model_is_not_the_folders_float_model(
    inputs: int, hidden: int, name: str, said: str, tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path, out = model(tmp_path), tmp_path / "out"
    report(path, None, out, Options(), None, None, Screen(True))
    capfd.readouterr()
    maker = Maker(2)
    output = maker.gemm(name, inputs, hidden or 4)
    if hidden:
        output = maker.gemm(maker.add("Relu", output), hidden, 4)
    wrong = maker.save(tmp_path / "wrong.onnx", {name: (1, inputs)}, {output: None})
    with pytest.raises(DataError, match="not the float model of that folder") as caught:
        report(out, path.with_suffix(".npy"), out, Options(), wrong, None, Screen(True))
    assert said in str(caught.value)
    assert capfd.readouterr().err == ""


def test_a_model_that_has_changed_since_is_remarked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = model(tmp_path), tmp_path / "out"
    report(path, None, out, Options(), None, None, Screen(True))
    maker = Maker(3)
    hidden = maker.add("Relu", maker.gemm("x", 12, 8))
    other = maker.save(tmp_path / "other.onnx", {"x": (1, 12)}, {maker.gemm(hidden, 8, 4): None})
    capsys.readouterr()
    report(out, path.with_suffix(".npy"), out, Options(), other, None, Screen(False))
    assert "has changed since it was quantized into this folder" in capsys.readouterr().out
