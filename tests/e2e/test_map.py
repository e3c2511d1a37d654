"""Mapping as its user runs it: choices, several networks on one array, earlier layouts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from studio.formats import layers_txt, map_csv
from tests.unit.models import Maker

from .commands import cim, good
from .test_bad_input import error
from .test_cli import DIGITS


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second small model, with labels that are its own answers beside it."""
    folder = tmp_path_factory.mktemp("模型 two")
    maker = Maker(3)
    x = maker.add("Relu", maker.gemm("x", 20, 30))
    path = maker.save(folder / "微 net.onnx", {"x": (1, 20)}, {maker.gemm(x, 30, 4): None})
    samples = np.random.default_rng(1).random((40, 20), np.float32)
    session = onnxruntime.InferenceSession(str(path))
    labels = [session.run(None, {"x": row[None]})[0].argmax() for row in samples]
    np.savez(path.with_suffix(".npz"), x=samples, y=np.array(labels))
    return path


def blocks(folder: Path) -> list[dict[str, object]]:
    tree = json.loads((folder / "layout.json").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = tree["blocks"]
    return found


def test_two_networks_share_the_array_and_each_runs(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "一起 out"
    found = good("map", DIGITS, tiny, "--out", out, cwd=tmp_path)
    assert [Path(one["folder"]).name for one in found["networks"]] == ["digits", "微 net"]
    assert found["blocks"] == 6 == len(layers_txt.read(out / "map" / "layers.txt"))
    assert [len(blocks(out / name)) for name in ("digits", "微 net")] == [4, 2]
    alone = {}
    for name, model in (("digits", DIGITS), ("微 net", tiny)):
        folder = out / name
        assert map_csv.tag(folder / "map" / "map.csv") == map_csv.tag(out / "map" / "map.csv")
        good("build", folder, cwd=tmp_path)
        result = good("run", folder, cwd=tmp_path)
        assert result["differing_samples"] == 0
        alone[name] = good("deploy", model, "--out", tmp_path / "alone", cwd=tmp_path)
        assert result["accuracy"] == alone[name]["accuracy"] > 0.9
        assert result["predictions"] == alone[name]["predictions"]


def test_networks_from_results_folders_share_the_array(tiny: Path, tmp_path: Path) -> None:
    for name, model in (("a", DIGITS), ("b", tiny)):
        good("simulate", model, "--out", tmp_path / name, cwd=tmp_path)
    found = good("map", "a", "b", "--out", "both", cwd=tmp_path)
    assert [Path(one["folder"]).name for one in found["networks"]] == ["a", "b"]
    good("build", "both/b", cwd=tmp_path)
    assert good("run", "both/b", cwd=tmp_path)["differing_samples"] == 0


def test_a_later_network_lies_around_an_earlier_one(tiny: Path, tmp_path: Path) -> None:
    good("map", DIGITS, "--out", "first", cwd=tmp_path)
    before = tmp_path / "first" / "map" / "layers.txt"
    good("map", tiny, "--out", "second", "--around", before, cwd=tmp_path)
    lines = layers_txt.read(tmp_path / "second" / "map" / "layers.txt")
    assert len(lines) == 2
    used = np.zeros((1792, 1024), int)
    strip = np.zeros((16, 1024), int)
    for line in (*lines, *layers_txt.read(before)):
        columns = slice(line.col_start, line.col_end + 1)
        used[line.row_start : line.row_end + 1, columns] += 1
        strip[line.bias_row_start : line.bias_row_end + 1, columns] += 1
    assert used.max() == strip.max() == 1


def test_choices_for_layers_reach_array_and_emulator(tmp_path: Path) -> None:
    words = ["--bank", "/conv1/Conv=lower", "--copies", "/conv3/Conv=2", "--bias-rows", "4"]
    words += ["--points", "/conv2/Conv=2", "--seconds", "0.2"]
    result = good("deploy", DIGITS, "--out", "out", *words, cwd=tmp_path)
    assert result["differing_samples"] == 0
    assert result["accuracy"] > 0.97
    found = {str(one["layer"]): one for one in blocks(tmp_path / "out")}
    assert found["/conv1/Conv"]["row"] >= 896  # type: ignore[operator]
    assert found["/conv3/Conv"]["rows"] == 2 * 144
    assert found["/conv2/Conv"]["columns"] == 2 * 16
    assert {one["bias_rows"] for one in found.values()} == {4}
    again = cim("deploy", DIGITS, "--out", "out", cwd=tmp_path)
    assert "(unchanged)" not in next(x for x in again.stdout.splitlines() if x.startswith("Map"))
    assert {one["bias_rows"] for one in blocks(tmp_path / "out")} == {8}


def test_what_map_says_of_its_search(tmp_path: Path) -> None:
    found = good("map", DIGITS, "--out", "out", "--bias-rows", "8", cwd=tmp_path)
    assert set(found["search"]) >= {"method", "tries", "seconds", "least_arrays", "proof"}
    assert found["short_blocks"] == []
    assert set(found["utilization_banks"]) == {"upper", "lower"}
    done = cim("map", DIGITS, "--out", "out", cwd=tmp_path)
    text = done.stdout[done.stdout.index("Array use") :]
    assert "bias strip" in text
    assert "Search: " in text
    assert f"Written: {Path('out') / 'map'}" in text


def test_mapping_a_folder_anew_is_not_taken_for_the_old_layout(tmp_path: Path) -> None:
    good("map", DIGITS, "--out", "out", cwd=tmp_path)
    good("simulate", DIGITS, "--out", "out", cwd=tmp_path)
    good("map", "out", "--skip-columns", "600", cwd=tmp_path)
    assert min(int(str(one["column"])) for one in blocks(tmp_path / "out")) == 600
    good("map", DIGITS, "--out", "out", cwd=tmp_path)
    assert min(int(str(one["column"])) for one in blocks(tmp_path / "out")) == 128


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--bank", "/conv1/Conv=top"], "upper, lower"),
        (["--bank", "conv9=upper"], "/conv1/Conv, /conv2/Conv"),
        (["--copies", "/conv1/Conv"], "LAYER=2"),
        (["--seconds", "1e9"], "0..86400"),
        (["--around", "other.txt"], "line 1 reaches column 2000"),
        (["--data", "a.npz", "--data", "b.npz"], "data files (2) is not that of networks (1)"),
    ],
)
def test_bad_choices_say_what_is_allowed(words: list[str], text: str, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("0, 2000, 0, 5, 0, 7, 512\n", encoding="utf-8")
    found = error("map", DIGITS, "--out", "out", *words, cwd=tmp_path)
    assert text in " ".join(found.values())


def test_published_networks_are_mapped_together(shared: Path, tmp_path: Path) -> None:
    folder = shared / "vendor" / "mnist_attention"
    words: list[str | Path] = [folder / "net1.onnx", folder / "net2.onnx", "--bias-rows", "16"]
    for data in ("qkv_input.npy", "head_input.npy"):
        words += ["--data", folder / data]
    good("map", *words, "--out", "out", cwd=tmp_path)
    theirs = layers_txt.read(folder / "layers.txt")
    ours = layers_txt.read(tmp_path / "out" / "map" / "layers.txt")
    for wanted, line in zip(theirs, ours, strict=True):
        assert (line.rows, line.columns, line.bias_rows, line.gain) == (
            wanted.rows,
            wanted.columns,
            wanted.bias_rows,
            wanted.gain,
        )
    cells = [map_csv.read(path / "map.csv") for path in (folder, tmp_path / "out" / "map")]
    np.testing.assert_array_equal(cells[0].values, cells[1].values)
    for name in ("net1", "net2"):
        good("build", tmp_path / "out" / name, cwd=tmp_path)
        assert good("run", tmp_path / "out" / name, cwd=tmp_path)["differing_samples"] == 0
