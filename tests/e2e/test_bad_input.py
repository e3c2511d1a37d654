"""Bad input through the command line: a clear error, exit code 1, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from studio.base import paths
from tests.unit.models import Maker

from .commands import cim
from .test_cli import DIGITS


def error(*words: str | Path, cwd: Path) -> dict[str, str]:
    done = cim(*words, "--json", cwd=cwd)
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, str] = json.loads(done.stdout)["error"]
    assert found["message"]
    assert found["hint"] or found["where"]
    return found


def samples(folder: Path, **arrays: object) -> Path:
    path = folder / "data.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def images(count: int = 12) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.random.default_rng(0).random((count, 1, 8, 8), np.float32)


def test_missing_model(tmp_path: Path) -> None:
    assert "no.onnx" in error("deploy", "no.onnx", cwd=tmp_path)["where"]


@pytest.mark.parametrize("content", [b"", b"hello, this is no model", b"\x00" * 100])
def test_not_a_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(content)
    assert str(path.name) in error("deploy", path, cwd=tmp_path)["where"]


def test_truncated_model(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(DIGITS.read_bytes()[:-1000])
    error("deploy", path, cwd=tmp_path)


def test_external_data_outside_the_folder(tmp_path: Path) -> None:
    maker = Maker()
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 4)}, {maker.gemm("x", 4, 3): None})
    model = onnx.load(path)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../../etc/passwd"
    path.write_bytes(model.SerializeToString())
    assert "outside" in error("inspect", path, cwd=tmp_path)["message"]


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (None, "empty|zero|no elements")])
def test_bad_weights(tmp_path: Path, value: float | None, word: str) -> None:
    model = onnx.load(DIGITS)
    tensor = model.graph.initializer[0]
    array = numpy_helper.to_array(tensor).copy()
    array = array[:0] if value is None else np.full_like(array, value)
    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    found = error("inspect", path, cwd=tmp_path)
    assert any(part in found["message"] for part in word.split("|")), found
    assert tensor.name in found["message"] + found["where"]


def test_unsupported_operators_are_all_named(tmp_path: Path) -> None:
    maker = Maker()
    x = maker.add("Sin", maker.gemm("x", 4, 3))
    output = maker.add("Cos", x)
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 4)}, {output: None})
    found = error("inspect", path, cwd=tmp_path)
    text = " ".join(found.values())
    assert "Sin" in text
    assert "Cos" in text
    assert "MaxPool" in text


def test_dynamic_shape_without_a_size(tmp_path: Path) -> None:
    maker = Maker()
    output = maker.add("Relu", maker.conv("x", 1, 2, (3, 3)))
    path = maker.save(tmp_path / "m.onnx", {"x": ("N", 1, "H", 8)}, {output: None})
    assert "--shape" in error("inspect", path, cwd=tmp_path)["hint"]
    done = cim("inspect", path, "--shape", "x=1,1,8,8", cwd=tmp_path)
    assert done.returncode == 0


def test_data_of_another_shape(tmp_path: Path) -> None:
    data = samples(tmp_path, x=np.zeros((5, 7, 7), np.float32), y=np.zeros(5, np.int64))
    found = error("deploy", DIGITS, "--data", data, cwd=tmp_path)
    assert "8" in found["message"]


def test_labels_missing(tmp_path: Path) -> None:
    data = samples(tmp_path, x=images())
    found = error("deploy", DIGITS, "--data", data, cwd=tmp_path)
    assert "label" in found["message"]
    assert "--no-labels" in found["hint"]
    done = cim("deploy", DIGITS, "--data", data, "--no-labels", "--out", "o", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "o" / "result.json").read_text("utf-8"))["accuracy"] is None


def test_no_samples_for_a_float_model(tmp_path: Path) -> None:
    shutil.copy(DIGITS, tmp_path / "m.onnx")
    assert "--data" in error("deploy", "m.onnx", cwd=tmp_path)["hint"]


def test_too_big_for_the_array(tmp_path: Path) -> None:
    maker = Maker()
    x = maker.add("Relu", maker.gemm("x", 1000, 1500))
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 1000)}, {maker.gemm(x, 1500, 800): None})
    data = samples(tmp_path, x=np.random.default_rng(0).random((4, 1000)))
    found = error("map", path, "--data", data, cwd=tmp_path)
    assert "FitError" in found["kind"]
    assert "cells" in found["message"]


def test_too_big_for_data_memory(tmp_path: Path) -> None:
    maker = Maker()
    output = maker.add("Relu", maker.conv("x", 1, 16, (3, 3), pads=[1, 1, 1, 1]))
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 1, 96, 96)}, {output: None})
    data = samples(tmp_path, x=np.random.default_rng(0).random((2, 1, 96, 96)))
    found = error("deploy", path, "--data", data, "--no-labels", cwd=tmp_path)
    assert found["kind"] == "FitError"
    assert "data memory" in found["message"] + found["hint"]


def test_too_many_samples_for_code_memory(tmp_path: Path) -> None:
    data = samples(tmp_path, x=images(3000), y=np.zeros(3000, np.int64))
    out = tmp_path / "o"
    found = error("deploy", DIGITS, "--data", data, "--samples", "3000", "--out", out, cwd=tmp_path)
    assert found["kind"] == "FitError"
    assert "131072" in found["message"] + found["hint"]


def test_no_compiler(tmp_path: Path) -> None:
    found = error("deploy", DIGITS, "--toolchain", "gcc", cwd=tmp_path) if not _gcc() else {}
    assert not found or (found["kind"] == "ToolError" and "zig" in found["hint"])


def _gcc() -> bool:
    names = ("riscv-none-elf-gcc", "riscv64-unknown-elf-gcc", "riscv32-unknown-elf-gcc")
    return any(shutil.which(name) for name in names)


def test_results_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert error("deploy", DIGITS, "--out", tmp_path / "file" / "x", cwd=tmp_path)["where"]


@pytest.mark.parametrize("command", ["map", "build", "run", "simulate"])
def test_a_folder_without_the_stage_before(tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    assert error(command, tmp_path / "empty", cwd=tmp_path)["kind"] == "ProjectError"


def test_a_label_that_is_no_class(tmp_path: Path) -> None:
    data = samples(tmp_path, x=images(), y=np.arange(12))
    found = error("deploy", DIGITS, "--data", data, cwd=tmp_path)
    assert "label 10 of sample 10" in found["message"]


def test_wrong_words_with_json_are_json_too(tmp_path: Path) -> None:
    done = cim("deploy", DIGITS, "--samples", "0", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["kind"] == "UsageError"


def test_unknown_chip(tmp_path: Path) -> None:
    assert "wtm2101" in error("deploy", DIGITS, "--chip", "x99", cwd=tmp_path)["hint"]


def test_port_in_use(tmp_path: Path) -> None:
    done = cim("demo", "--out", "o", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        elf = tmp_path / "o" / "firmware" / "build" / "firmware.elf"
        found = subprocess.run(
            [
                sys.executable,
                "-m",
                "studio",
                "emulate",
                "--elf",
                str(elf),
                "--map",
                str(tmp_path / "o" / "map"),
                "--uart",
                port,
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
    assert found.returncode != 0
    assert port in found.stdout + found.stderr
    assert "Traceback" not in found.stdout + found.stderr
    assert paths.resources().is_dir()
