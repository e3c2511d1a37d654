"""The map stage in a results folder: what is kept, what is made anew, several networks."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio import mapping, pipeline, stages
from studio.base.errors import DataError, StudioError
from studio.base.job import Job
from studio.formats import expected, layers_txt, map_csv
from studio.mapper.moving import Mover, places_of
from studio.mapper.stage import LayerOptions
from studio.options import Options
from studio.pipeline import Deployment
from studio.project import Project, folder_names

from .models import Maker

NAMES = ("graph", "quantize", "map")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    maker = Maker()
    x = maker.add("Relu", maker.gemm("x", 12, 9))
    return maker.save(tmp_path / "小 net.onnx", {"x": (1, 12)}, {maker.gemm(x, 9, 3): None})


@pytest.fixture(autouse=True)
def _one_state_of_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edits the program while the tests run must not change their keys."""
    monkeypatch.setattr(pipeline, "_program", lambda: "fixed")


def go(model: Path, out: Path, **options: object) -> Deployment:
    chosen = Options(synthetic=True, **options)  # type: ignore[arg-type]
    return pipeline.prepare(pipeline.begin(model, None, out, chosen), NAMES)


def layer(deployment: Deployment, index: int = 0) -> str:
    return stages.need(deployment.layout).blocks[index].layer


def test_a_layout_is_kept_while_no_choice_changes(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = go(model, out)
    assert "map" not in first.cached
    assert "map" in go(model, out).cached


@pytest.mark.parametrize(
    "options",
    [
        {"skip_columns": 7},
        {"bias_rows": 3},
        {"seconds": 0.5},
        {"layers": "bank"},
        {"duplicate": True},
        {"prove_seconds": 1e-9},
    ],
)
def test_every_choice_places_anew(
    model: Path, tmp_path: Path, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    name = layer(go(model, out))
    placed = []
    real = mapping.mapper.run_all
    monkeypatch.setattr(
        mapping.mapper,
        "run_all",
        lambda q, c, o, job: (placed.append(o), real(q, c, _cheap(o), job))[1],
    )
    if options.get("layers"):
        options = {"layers": {name: LayerOptions(bank="lower")}}
    done = go(model, out, **options)
    assert {"quantize"} <= done.cached
    assert "map" not in done.cached
    [(field, value)] = options.items()
    assert getattr(placed[0], field) == value, "the choice reaches the mapper"


def _cheap(options: mapping.mapper.MapOptions) -> mapping.mapper.MapOptions:
    return replace(options, prove_seconds=0.0)


def test_the_content_of_an_earlier_layout_counts(model: Path, tmp_path: Path) -> None:
    out, path = tmp_path / "out", tmp_path / "layers.txt"
    path.write_text("128, 200, 0, 400, 0, 15, 512\n", encoding="utf-8")
    done = go(model, out, around=(path,))
    assert all(block.column > 200 for block in stages.need(done.layout).blocks)
    assert len(layers_txt.read(out / "map" / "layers.txt")) == 2, "only the new network's blocks"
    assert "map" in go(model, out, around=(path,)).cached
    path.write_text("128, 300, 0, 400, 0, 15, 512\n", encoding="utf-8")
    again = go(model, out, around=(path,))
    assert "map" not in again.cached
    assert all(block.column > 300 for block in stages.need(again.layout).blocks)
    path.unlink()
    with pytest.raises(DataError, match="cannot read"):
        go(model, out, around=(path,))


def test_choices_that_come_to_less_are_noted(tmp_path: Path) -> None:
    maker = Maker()
    x = maker.add("Conv", "x", maker.constant(np.ones((4, 1, 3, 3), np.float32)))
    model = maker.save(tmp_path / "net.onnx", {"x": (1, 1, 8, 8)}, {x: None})
    out, empty = tmp_path / "out", tmp_path / "layers.txt"
    empty.write_bytes(b"")
    first = go(model, out)
    name, before = layer(first), first.notes
    for points, notes in (
        (1000, (f"{name} has 6 positions: 6 points",)),
        (6, ()),
    ):
        chosen = {name: LayerOptions(points=points)}
        for cached in (False, True):
            done = go(model, out, layers=chosen, around=(empty,))
            assert ("map" in done.cached) == cached
            assert done.notes[len(before) :] == (
                *notes, f"{empty} has no blocks: there is nothing to stay clear of"
            )  # fmt: skip


def test_a_stage_that_was_replaced_is_forgotten_with_all_after_it(
    model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    go(model, out)
    pipeline.forget(Project(out), "map")
    done = go(model, out)
    assert done.cached == {"quantize"}
    pipeline.forget(Project(out), "graph")
    assert go(model, out).cached == frozenset()


def test_networks_share_one_map(model: Path, tmp_path: Path) -> None:
    found = [go(model, tmp_path / name) for name in ("a", "b")]
    joint = tmp_path / "joint"
    done = mapping.map_together(found, [joint, *(own.project.map for own in found)], Job())
    lines = layers_txt.read(joint / layers_txt.NAME)
    layouts = [stages.need(own.layout) for own in done]
    assert lines == tuple(line for own in layouts for line in layers_txt.from_layout(own))
    assert len(lines) == 4
    map_csv.to_array(map_csv.read(joint / map_csv.NAME), done[0].chip)  # no cell twice
    answers = expected.read(joint, [(line.rows, line.columns) for line in lines])
    assert (answers.inputs[0] == answers.inputs[2]).all()
    for own, layout in zip(done, layouts, strict=True):
        assert map_csv.tag(own.project.map_csv) == map_csv.tag(joint / map_csv.NAME)
        for name in (layers_txt.NAME, expected.IN, expected.OUT):
            assert (own.project.map / name).read_bytes() == (joint / name).read_bytes()
        loaded = stages.need(mapping.load_layout(own).layout)
        assert [block.row for block in loaded.blocks] == [block.row for block in layout.blocks]


def test_networks_of_different_chips_do_not_share_one(model: Path, tmp_path: Path) -> None:
    found = [go(model, tmp_path / name) for name in ("a", "b")]
    found[1] = replace(found[1], chip=replace(found[1].chip, name="other"))
    with pytest.raises(StudioError, match="another chip") as caught:
        mapping.map_together(found, [tmp_path / "joint"], Job())
    assert caught.value.where == str(tmp_path / "b")


def test_a_network_moves_with_what_belongs_to_it(model: Path, tmp_path: Path) -> None:
    deployment = go(model, tmp_path / "a")
    deployment.project.samples.write_bytes(b"samples")
    moved = stages.move(deployment, tmp_path / "新 b")
    assert moved.project.samples.read_bytes() == b"samples"
    assert moved.project.chip.read_bytes() == deployment.project.chip.read_bytes()
    again = stages.reopen(tmp_path / "新 b", None, Options())
    assert stages.need(again.qnetwork).name == stages.need(deployment.qnetwork).name
    shutil.rmtree(tmp_path / "a" / "quantized")
    stages.move(deployment, tmp_path / "a")
    assert not (tmp_path / "a" / "quantized").exists(), "nothing is copied onto itself"


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["a.onnx", "b.onnx"], ("a", "b")),
        (["x/net.onnx", "y/Net.onnx", "z/net.onnx"], ("net", "Net-2", "net-3")),
        (["map.onnx", "quantized.onnx", "Firmware.onnx"], ("map-2", "quantized-2", "Firmware-2")),
        (["con.onnx", "LPT1.a.onnx", "comb.onnx"], ("_con", "_LPT1.a", "comb")),
        (["a:b?.onnx", "end. .onnx", "....onnx"], ("a_b_", "end", "network")),
        (["名字 1.onnx", "k" * 200 + ".onnx"], ("名字 1", "k" * 60)),
    ],
)
def test_folders_of_networks_have_names_windows_allows(
    sources: list[str], names: tuple[str, ...], tmp_path: Path
) -> None:
    assert folder_names([tmp_path / source for source in sources]) == names


def test_a_folder_keeps_its_whole_name(tmp_path: Path) -> None:
    (tmp_path / "v1.5").mkdir()
    assert folder_names([tmp_path / "v1.5", tmp_path / "v1.5.onnx"]) == ("v1.5", "v1.5-2")


def test_a_block_moved_by_hand_stays_in_the_next_deploy(model: Path, tmp_path: Path) -> None:
    first = go(model, tmp_path / "out")
    layout = stages.need(first.layout)
    mover = Mover(layout, 0, first.chip)
    moved = mover.apply(mover.check(0, 900, 500))
    again = go(model, tmp_path / "out", places=places_of(moved, pinned=(0,)))
    assert "map" not in again.cached
    found = stages.need(again.layout)
    assert [(b.row, b.column) for b in found.blocks] == [(b.row, b.column) for b in moved.blocks]
    mapped = map_csv.to_array(map_csv.read(again.project.map_csv), first.chip)
    block = found.blocks[0]
    rows, columns = slice(900, 900 + block.rows), slice(500, 500 + block.columns)
    np.testing.assert_array_equal(mapped.cells[rows, columns], block.cells)
    kept = go(model, tmp_path / "out", places=places_of(moved, pinned=(0,)))
    assert "map" in kept.cached
