"""The maker's flow: the exported model is the same network, and what comes back is compared."""

from __future__ import annotations

import ast
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from studio.base import paths
from studio.base.errors import Cancelled, DataError, ModelError, ToolError, VerifyError
from studio.base.job import Job
from studio.base.settings import Settings
from studio.board import consent, maker_export, maker_import, maker_model, maker_run, stream
from studio.board.consent import ConsentError
from studio.chip.chip import Chip
from studio.formats import map_csv, random_frames
from studio.graph import load
from studio.mapper import stage as mapper
from studio.quantize import stage as quantizer
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.simulate.run import run
from tests.unit import board_mapper

MODELS = Path(__file__).parents[1] / "data" / "models"
SAYABLE = (
    "autoencoder", "ds_cnn", "mnist_cnn", "mnist_mlp", "mobilenet_v2", "resnet", "tc_resnet",
    "tdnn",
)  # fmt: skip
posix = pytest.mark.skipif(sys.platform == "win32", reason="the fake programs are scripts")


def quantized(name: str, chip: Chip) -> QNetwork:
    network = load.load(MODELS / f"{name}.onnx", {})
    samples = random_frames.random_samples(network, ()).inputs
    return quantizer.run(network, chip, quantizer.QuantizeOptions(samples))


@pytest.fixture(scope="module")
def qnetwork(chip: Chip) -> QNetwork:
    return quantized("mnist_cnn", chip)


@pytest.fixture(scope="module")
def source(qnetwork: QNetwork, chip: Chip) -> maker_export.Source:
    return of(qnetwork, chip)


def of(qnetwork: QNetwork, chip: Chip) -> maker_export.Source:
    layout = mapper.run(qnetwork, chip, mapper.MapOptions(seconds=0.1), Job())
    return maker_export.Source(qnetwork, layout, maker_model.frames(qnetwork, 20, 1))


# -- the model in the dialect


@pytest.mark.parametrize("name", SAYABLE)
def test_the_exported_model_is_the_same_network(name: str, chip: Chip) -> None:
    network = quantized(name, chip)
    made = maker_model.export(network, chip, Job())
    assert {"Gemm", "Conv"} & {node.op_type for node in made.model.graph.node}
    samples = maker_model.frames(network, 16, seed=7)
    again = maker_model.reload(made, samples, chip)
    ours, theirs = run(network, samples).outputs, run(again, samples).outputs
    for mine, other in zip(network.outputs, again.outputs, strict=True):
        assert np.array_equal(ours[mine].ravel(), theirs[other].ravel())
        assert len(np.unique(ours[mine])) > 4


def test_a_changed_weight_gain_or_bias_is_found(qnetwork: QNetwork, chip: Chip) -> None:
    made = maker_model.to_dialect(qnetwork)
    for ending, change in (("/weights", 1), ("/bias", 128)):
        model = onnx.ModelProto()
        model.CopyFrom(made.model)
        tensor = next(t for t in model.graph.initializer if t.name.endswith(ending))
        values = onnx.numpy_helper.to_array(tensor).copy()
        values.flat[0] += change if values.flat[0] < 100 else -change
        tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
        with pytest.raises(VerifyError, match="other cells"):
            maker_model.verify(replace(made, model=model), qnetwork, chip)
    model = onnx.ModelProto()
    model.CopyFrom(made.model)
    model.graph.node.remove(next(n for n in model.graph.node if n.op_type == "Relu"))
    for node in model.graph.node:
        for number, name in enumerate(node.input):
            if name == made.model.graph.node[2].output[0]:
                node.input[number] = made.model.graph.node[1].output[0]
    with pytest.raises(VerifyError):
        maker_model.verify(replace(made, model=model), qnetwork, chip)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lstm", "Recurrent"),
        ("mobilenet_v3", "Mul takes equal ones"),
        ("transformer", "MatMul"),
        ("conv_autoencoder", "ZeroInsert"),
    ],
)
def test_what_the_dialect_cannot_say_is_named(name: str, words: str, chip: Chip) -> None:
    network = quantized(name, chip)
    with pytest.raises(ModelError, match=words) as caught:
        maker_model.export(network, chip, Job())
    assert "cannot say" in caught.value.message and caught.value.hint


def test_layer_options_and_weights_outside_cells_are_refused(
    qnetwork: QNetwork, chip: Chip
) -> None:
    op = qnetwork.array_ops[0]
    for change, words in (
        ({"input_shift": 1}, "layer options"),
        ({"repeat": 2}, "layer options"),
        ({"store": "mixed"}, "cells"),
    ):
        matrix = replace(op.matrices[0], **change)
        changed: ArrayOp = replace(op, matrices=(matrix,))
        ops = tuple(changed if own is op else own for own in qnetwork.ops)
        with pytest.raises(ModelError, match=words):
            maker_model.export(replace(qnetwork, ops=ops), chip, Job())


# -- the folder


def test_the_folder_has_all_the_mapper_needs(
    source: maker_export.Source, chip: Chip, tmp_path: Path
) -> None:
    made = maker_export.export(tmp_path / "给 maker", source, chip, Job())
    job = json.loads((made.folder / "job.json").read_text(encoding="utf-8"))
    assert job["chip"] == "BB04P1" and job["environment"]["WITIN_EXPECTED_NUM"] == "20"
    samples = np.load(made.folder / job["inputs"][0]["file"])
    assert samples.dtype == np.float32
    assert np.array_equal(samples.astype(np.int16).ravel(), source.inputs[0].ravel())
    model = onnx.load(str(made.folder / "model.onnx"))
    assert model.ir_version <= 8 and model.opset_import[0].version <= 15
    readme = (made.folder / "README.md").read_text(encoding="utf-8")
    for note in made.notes:
        assert note in readme
    assert job["tag"] in readme
    compile((made.folder / "run_mapper.py").read_text(encoding="utf-8"), "run_mapper.py", "exec")


def test_a_model_in_the_dialect_is_handed_on_as_it_is(chip: Chip, tmp_path: Path) -> None:
    made = maker_model.export(quantized("mnist_mlp", chip), chip, Job())
    path = tmp_path / "own.onnx"
    path.write_bytes(made.model.SerializeToString())
    options = tmp_path / "own.protobuf"
    options.write_text('layerOptiConfig { name: "x" }\n', encoding="utf-8")
    network = load.load(path, {})
    again = quantizer.run(network, chip, quantizer.QuantizeOptions())
    given = replace(of(again, chip), model=path, options=options)
    folder = maker_export.export(tmp_path / "out", given, chip, Job()).folder
    assert (folder / "model.onnx").read_bytes() == path.read_bytes()
    assert (folder / "opt.protobuf").read_text(encoding="utf-8") == options.read_text("utf-8")


def test_an_unknown_chip_and_no_samples(
    source: maker_export.Source, chip: Chip, tmp_path: Path
) -> None:
    with pytest.raises(ToolError, match="no mapper of its maker"):
        maker_export.export(tmp_path, source, replace(chip, id="other"), Job())
    with pytest.raises(DataError, match="calibration samples"):
        maker_export.export(tmp_path, replace(source, inputs=()), chip, Job())


# -- running it


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fake programs on the search path, and a settings folder of its own."""
    programs = board_mapper.install(tmp_path / "fake")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("studio.base.paths.config", lambda: tmp_path / "config")
    return tmp_path


def settings(how: str) -> Settings:
    return Settings(
        mapper=how,  # type: ignore[arg-type]
        mapper_image="image:1",
        mapper_host="me@host",
        mapper_python=board_mapper.PYTHON,
    )


@posix
@pytest.mark.parametrize("how", ["docker", "ssh"])
@pytest.mark.parametrize("name", ["mnist_cnn", "autoencoder"])
def test_there_and_back(name: str, how: str, chip: Chip, home: Path) -> None:
    given = of(quantized(name, chip), chip)
    folder = maker_export.export(home / "my folder", given, chip, Job()).folder
    consent.give(folder)
    heard: list[str] = []
    steps: list[str] = []
    job = Job(lambda done, total, text: steps.append(text))
    ran = maker_run.run(folder, settings(how), job, heard.append)
    assert "CIM Studio: mapping" in "".join(heard) and "has finished" in ran.text
    assert any("mapping" in text for text in steps)
    output = maker_import.read(ran.output)
    found = maker_import.compare(output, folder / "ours", chip)
    assert found.equal and found.same_bytes and found.differences == ()
    assert found.tag == f"{map_csv.tag(folder / 'ours' / 'map.csv'):08X}"
    written = maker_import.adopt(output, home / "taken")
    assert {path.name for path in written} >= {"register.c", "map.csv", "expected_in.bin"}
    if how == "ssh":
        assert not any((home / "fake" / "remote").iterdir())  # nothing is left behind
        words = board_mapper.calls(home / "fake")[0]
        assert words[:4] == ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]
    again = maker_run.run(folder, settings(how), Job())
    assert (folder / "output.1").is_dir() and again.output == folder / "output"


@posix
def test_an_image_with_tvm_s_names_alone(
    source: maker_export.Source, chip: Chip, home: Path
) -> None:
    shutil.rmtree(home / "fake" / "modules" / "witin")
    folder = maker_export.export(home / "x", source, chip, Job()).folder
    consent.give(folder)
    maker_run.run(folder, settings("docker"), Job())
    shutil.rmtree(home / "fake" / "modules" / "tvm")
    with pytest.raises(ToolError) as caught:
        maker_run.run(folder, settings("docker"), Job())
    assert "does not have the mapper" in caught.value.hint


def test_the_script_runs_in_the_python_of_the_maker_s_images() -> None:
    text = paths.resource("maker", "run_mapper.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 6))


@posix
def test_a_wrong_map_is_told(
    source: maker_export.Source, chip: Chip, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = maker_export.export(home / "x", source, chip, Job()).folder
    consent.give(folder)
    monkeypatch.setenv("FAKE_WRONG", "1")
    ran = maker_run.run(folder, settings("docker"), Job())
    output = maker_import.read(ran.output)
    found = maker_import.compare(output, folder / "ours", chip)
    assert not found.cells_equal and found.layout_equal and not found.same_bytes
    assert len(found.differences) == 1 and "1 weight cells have other" in found.differences[0]
    lines = output.map / "layers.txt"
    first, *rest = lines.read_text(encoding="utf-8").splitlines()
    lines.write_text("\n".join([*rest, first]) + "\n", encoding="utf-8")
    found = maker_import.compare(maker_import.read(ran.output), folder / "ours", chip)
    assert not found.layout_equal and any("block 1 is" in text for text in found.differences)
    lines.write_text("\n".join(rest) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="expected"):  # the frames no longer fit the blocks
        maker_import.read(ran.output)


@posix
def test_a_failure_of_the_mapper_is_told(
    source: maker_export.Source, chip: Chip, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = maker_export.export(home / "x", source, chip, Job()).folder
    consent.give(folder)
    monkeypatch.setenv("FAKE_FAIL", "Failed to allocation array memory")
    with pytest.raises(ToolError, match="mapping in Docker failed") as caught:
        maker_run.run(folder, settings("docker"), Job())
    assert "found no room" in caught.value.hint
    monkeypatch.setenv("FAKE_NO_LOGIN", "1")
    with pytest.raises(ToolError, match="connecting to the host failed") as caught:
        maker_run.run(folder, settings("ssh"), Job())
    assert "key without a password" in caught.value.hint


@posix
@pytest.mark.parametrize("how", ["docker", "ssh"])
def test_cancel_ends_the_mapper(
    how: str,
    source: maker_export.Source,
    chip: Chip,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = maker_export.export(home / "x", source, chip, Job()).folder
    consent.give(folder)
    monkeypatch.setenv("FAKE_SLEEP", "60")
    heard: list[str] = []
    job = Job(cancelled=lambda: "searching" in "".join(heard))
    with pytest.raises(Cancelled):
        maker_run.run(folder, settings(how), job, heard.append)
    last = board_mapper.calls(home / "fake")[-1]
    assert last[0] == "kill" if how == "docker" else "kill $(cat" in last[-1]
    assert not any((home / "fake" / "remote").iterdir())


@posix
def test_nothing_runs_without_consent_or_settings(
    source: maker_export.Source, chip: Chip, home: Path
) -> None:
    folder = maker_export.export(home / "x", source, chip, Job()).folder
    with pytest.raises(ConsentError, match="not allowed yet"):
        maker_run.run(folder, settings("docker"), Job())
    with pytest.raises(ToolError, match="not set up"):
        maker_run.run(folder, Settings(), Job())
    consent.give(folder)
    for bad in ({"mapper_image": "--privileged"}, {"mapper_image": ""}, {"mapper_python": "a b"}):
        with pytest.raises(ToolError, match="not usable"):
            maker_run.run(folder, replace(settings("docker"), **bad), Job())
    with pytest.raises(ToolError, match="not usable"):
        maker_run.run(folder, replace(settings("ssh"), mapper_host="-oProxyCommand=x"), Job())
    with pytest.raises(ToolError, match="no folder for the maker"):
        maker_run.run(home, settings("docker"), Job())
    assert board_mapper.calls(home / "fake") == []


def test_an_output_that_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no map.csv, no layers.txt.* no register.c or net"):
        maker_import.read(tmp_path)


def test_last_lines() -> None:
    assert stream.last_lines("a\n\n b \nc\n", 2) == "b\nc"
    assert stream.last_lines(" \n") == "(it wrote nothing)"
