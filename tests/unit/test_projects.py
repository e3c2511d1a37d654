"""Projects made of dropped files: copied, known again, and nothing of the user's overwritten."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from studio import history, pipeline, project_file, projects, recent, reference, templates
from studio.base import paths
from studio.base.errors import DataError, ProjectError, StudioError
from studio.base.job import Job
from studio.formats import array_headers
from studio.history import Entry
from studio.options import BUILDS, Build, Options
from studio.project_file import ProjectFile
from studio.projects import Offer

DIGITS = paths.resource("examples", "digits", "digits.onnx")
WMPROJECT = """<?xml version="1.0"?>
<WitmemStudio_project_file><Project Name="kws"><Configuration Name="Debug">
<Compiler gcc_optimization_level="None" c_preprocessor_definitions="A=1;B"/></Configuration>
<Configuration Name="Fast"><Compiler gcc_optimization_level="Level 2"/></Configuration>
<file file_name="..\\src\\main.c"/></Project></WitmemStudio_project_file>"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "My 项目"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The digits model and its data, in a folder of the user's."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    shutil.copy(DIGITS, folder / "net.onnx")
    shutil.copy(DIGITS.with_suffix(".npz"), folder / "net.npz")
    return folder / "net.onnx"


def adopt(model: Path, root: Path, data: Path | None = None) -> ProjectFile:
    return projects.adopt(Job(), model, data, root)


def bring(offer: Offer, current: ProjectFile | None, root: Path) -> projects.Opened:
    return projects.bring(Job(), offer, current, root, Options())


def test_a_model_gets_a_project_with_its_data(model: Path, root: Path) -> None:
    project = adopt(model, root)
    assert project.folder == root / "net"
    assert project.model == root / "net" / "net.onnx"
    assert project.data == root / "net" / "net.npz"
    assert project.model.read_bytes() == model.read_bytes()
    assert project_file.load(root / "net") == project
    text = project.file.read_text(encoding="utf-8")
    assert str(model.parent) not in text


def test_the_same_model_opens_its_project_again(model: Path, root: Path) -> None:
    first = adopt(model, root)
    project_file.save(replace(first, options=Options(percentile=99.0)))
    history.append(first.folder, Entry("2026-01-01T10:00:00+00:00", "WTM2101"))
    again = adopt(model, root)
    assert (again.folder, again.options) == (first.folder, Options(percentile=99.0))
    moved = model.with_name("elsewhere") / "net.onnx"
    moved.parent.mkdir()
    shutil.copy(model, moved)
    assert adopt(moved, root).folder == first.folder
    assert len(history.read(first.folder)) == 1
    assert [own.name for own in root.iterdir()] == ["net"]


def test_a_changed_model_is_taken_over(model: Path, root: Path) -> None:
    first = adopt(model, root)
    project_file.save(replace(first, options=Options(percentile=99.0)))
    changed = onnx.load(str(model))
    changed.doc_string = "newer"
    onnx.save(changed, str(model))
    again = adopt(model, root)
    assert again.folder == first.folder
    assert again.model == first.model
    assert again.model.read_bytes() == model.read_bytes()
    assert again.options == Options(percentile=99.0)


def test_what_the_user_changed_in_the_project_is_kept(model: Path, root: Path) -> None:
    first = adopt(model, root)
    assert first.model is not None
    mine = onnx.load(str(first.model))
    mine.doc_string = "mine"
    onnx.save(mine, str(first.model))
    kept = first.model.read_bytes()
    again = adopt(model, root)
    assert again.folder == first.folder
    assert again.model == first.folder / "net-2.onnx"
    assert first.model.read_bytes() == kept


def test_another_model_of_the_same_name_gets_another_project(
    model: Path, root: Path, tmp_path: Path
) -> None:
    adopt(model, root)
    other = tmp_path / "b" / "net.onnx"
    other.parent.mkdir()
    changed = onnx.load(str(model))
    changed.doc_string = "another"
    onnx.save(changed, str(other))
    assert adopt(other, root).folder == root / "net-2"
    assert adopt(other, root).folder == root / "net-2"
    assert adopt(model, root).folder == root / "net"


def test_folders_that_are_no_projects_are_left_alone(model: Path, root: Path) -> None:
    (root / "net").mkdir(parents=True)
    (root / "net" / "thesis.txt").write_text("mine", encoding="utf-8")
    (root / "net-2").mkdir()
    (root / "net-2" / "project.toml").write_text("broken [", encoding="utf-8")
    assert adopt(model, root).folder == root / "net-3"
    assert [own.name for own in (root / "net").iterdir()] == ["thesis.txt"]


def test_a_copy_that_was_broken_off_is_mended(model: Path, root: Path) -> None:
    project = adopt(model, root)
    assert project.model is not None
    project.model.unlink()
    assert adopt(model, root) == project
    assert project.model.is_file()


def test_a_model_inside_a_project_opens_it(model: Path, root: Path) -> None:
    project = adopt(model, root)
    assert project.model is not None
    assert adopt(project.model, root / "other") == project
    assert not (root / "other").exists()


def test_data_given_with_the_model_wins_and_stays(model: Path, root: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.npy"
    np.save(mine, np.zeros((3, 1, 8, 8)))
    assert adopt(model, root, mine).data == root / "net" / "mine.npy"
    # What lies beside the model does not replace what was chosen.
    assert adopt(model, root).data == root / "net" / "mine.npy"


def test_data_of_the_same_name_does_not_replace_the_users(model: Path, root: Path) -> None:
    project = adopt(model, root)
    assert project.data is not None
    np.savez(project.data, x=np.ones((2, 1, 8, 8)), y=[0, 1])
    mine = project.data.read_bytes()
    project = projects.with_data(Job(), project, model.with_suffix(".npz"))
    assert project.data == root / "net" / "net-2.npz"
    assert (root / "net" / "net.npz").read_bytes() == mine


def test_weights_beside_the_model_come_along(root: Path, tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 4))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (1, 3))],
        [onnx.numpy_helper.from_array(np.arange(12, dtype=np.float32).reshape(4, 3), "w")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    path = tmp_path / "big.onnx"
    onnx.save_model(
        made, str(path), save_as_external_data=True, location="big.onnx.data", size_threshold=0
    )
    project = adopt(path, root)
    assert (project.folder / "big.onnx.data").read_bytes() == (
        tmp_path / "big.onnx.data"
    ).read_bytes()
    assert project.model is not None
    loaded = onnx.load(str(project.model))
    assert onnx.numpy_helper.to_array(loaded.graph.initializer[0])[3, 2] == 11


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be made there")
def test_names_are_safe_on_windows(root: Path, tmp_path: Path) -> None:
    path = tmp_path / 'a:b?"c.onnx'
    shutil.copy(DIGITS, path)
    project = adopt(path, root)
    assert project.folder.name == "a_b__c"
    assert project.model == project.folder / "a_b__c.onnx"
    reserved = tmp_path / "con.onnx"
    changed = onnx.load(str(DIGITS))
    changed.doc_string = "x"
    onnx.save(changed, str(reserved))
    assert adopt(reserved, root).folder.name == "_con"


@pytest.mark.skipif(sys.platform == "win32", reason="read-only folders are others there")
@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() == 0, reason="root may write all")
def test_a_projects_folder_that_cannot_be_written(model: Path, root: Path) -> None:
    root.mkdir()
    root.chmod(0o500)
    with pytest.raises(ProjectError, match="no project can be made here"):
        adopt(model, root)


def test_a_file_where_the_projects_folder_should_be(model: Path, tmp_path: Path) -> None:
    root = tmp_path / "file"
    root.write_bytes(b"")
    with pytest.raises(ProjectError, match="no project can be made here"):
        adopt(model, root)


def test_new_projects_begin_with_the_users_choices(model: Path, root: Path, tmp_path: Path) -> None:
    chip = tmp_path / "chips" / "my.toml"
    chip.parent.mkdir()
    shutil.copy(paths.resource("chips", "wtm2101.toml"), chip)
    project = projects.adopt(Job(), model, None, root, Options(chip=str(chip), toolchain="gcc"))
    assert project.options == Options(chip=str(root / "net" / "my.toml"), toolchain="gcc")
    assert project_file.load(project.folder) == project


def test_several_things_at_once(model: Path, root: Path, tmp_path: Path) -> None:
    options = tmp_path / "opt.protobuf"
    options.write_text('layerOptiConfig { name: "/conv1/Conv" }', encoding="utf-8")
    maker = tmp_path / "kws.wmproject"
    maker.write_text(WMPROJECT, encoding="utf-8")
    offer = Offer(model=model, layer_options=options, maker_project=maker)
    opened = bring(offer, None, root)
    project = opened.project
    assert project is not None
    assert project.options.layer_options == root / "net" / "opt.protobuf"
    assert project.builds == (*BUILDS, Build("Fast"))
    assert project.imported["sources"] == ["../src/main.c"]
    assert "2 configurations, 2 definitions" in opened.notes[0]
    assert "New builds: Fast" in opened.notes[0]
    assert project_file.load(project.folder) == project
    # Nothing the .wmproject names is copied.
    assert not list(root.rglob("main.c"))


def test_what_cannot_be_read_is_not_taken(model: Path, root: Path, tmp_path: Path) -> None:
    project = adopt(model, root)
    broken = tmp_path / "opt.protobuf"
    broken.write_text("layers: oops", encoding="utf-8")
    with pytest.raises(DataError):
        bring(Offer(layer_options=broken), project, root)
    chip = tmp_path / "chip.toml"
    chip.write_text("a = 1", encoding="utf-8")
    with pytest.raises(StudioError, match="missing or wrong entry"):
        bring(Offer(chip=chip), project, root)
    assert project_file.load(project.folder) == project


def test_pictures_become_the_projects_data(model: Path, root: Path, tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415

    for digit in ("0", "1"):
        (tmp_path / "pics" / digit).mkdir(parents=True)
        Image.new("L", (16, 16), 200).save(tmp_path / "pics" / digit / "a.png")
    project = adopt(model, root)
    opened = bring(Offer(images=tmp_path / "pics"), project, root)
    assert opened.project is not None
    assert opened.project.data == root / "net" / "data.npz"
    assert "2 pictures" in opened.notes[0]
    with np.load(opened.project.data) as arrays:
        assert arrays["x"].shape == (2, 1, 8, 8)
        assert sorted(arrays["y"]) == [0, 1]
    assert project_file.load(project.folder).data == opened.project.data


def test_options_that_name_files_elsewhere_bring_them_in(
    model: Path, root: Path, tmp_path: Path
) -> None:
    options, layout = tmp_path / "opt.protobuf", tmp_path / "layers.txt"
    options.write_text("", encoding="utf-8")
    layout.write_text("", encoding="utf-8")
    project = replace(adopt(model, root), options=Options(layer_options=options, around=(layout,)))
    inside = projects.bring_in(project)
    assert inside.options.layer_options == project.folder / "opt.protobuf"
    assert inside.options.around == (project.folder / "layers.txt",)
    project_file.save(inside)
    assert project_file.load(project.folder).options == inside.options


@pytest.mark.parametrize("template", templates.TEMPLATES, ids=lambda own: own.id)
def test_templates_deploy(template: templates.Template, root: Path) -> None:
    project = templates.create(Job(), template.id, root, Options(toolchain="zig"))
    assert project_file.load(project.folder) == project
    assert project.options == replace(Options(toolchain="zig"), **template.options)
    guide = (project.folder / templates.GUIDE).read_text(encoding="utf-8")
    assert template.make is None or "EXAMPLE" in guide
    again = templates.create(Job(), template.id, root, Options())
    assert again.folder == root / f"{template.id}-2"
    assert project.model is not None
    quick = replace(project.options, tune="off")
    start = pipeline.begin(project.model, project.data, project.results.folder, quick)
    done = pipeline.prepare(start, pipeline.up_to("map"))
    assert done.layout is not None
    assert done.simulation is not None
    if template.id == "denoise":
        # The network does take noise off.
        assert project.data is not None
        with np.load(project.data) as arrays, np.load(done.project.outputs) as outputs:
            noisy, clean = arrays["x"], arrays["clean"]
            cleaned = outputs[outputs.files[0]].reshape(clean.shape)
        assert np.square(cleaned - clean).mean() < 0.6 * np.square(noisy - clean).mean()
    else:
        assert done.simulation.accuracy_integer is not None
        assert done.simulation.accuracy_integer > 0.95


def test_a_reference_layout_is_read_with_its_names(model: Path, root: Path, chip: object) -> None:
    project = adopt(model, root)
    assert project.model is not None
    start = pipeline.begin(project.model, project.data, project.results.folder, Options(tune="off"))
    done = pipeline.prepare(start, pipeline.up_to("map"))
    assert done.layout is not None
    for path in (done.project.folder, done.project.map, done.project.map / "layers.txt"):
        found = reference.read(path, done.chip)
        assert found.names == tuple(block.layer for block in done.layout.blocks)
        assert [own.column for own in found.blocks] == [own.column for own in done.layout.blocks]
        assert found.gains == tuple(block.gain for block in done.layout.blocks)
    alone = root / "layers.txt"
    shutil.copy(done.project.map / "layers.txt", alone)
    assert reference.read(alone, done.chip).names[:2] == ("1", "2")
    with pytest.raises(DataError):
        reference.read(root / "none", done.chip)


def test_history_keeps_the_last_and_survives_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST", 5)
    assert history.read(tmp_path) == ()
    history.set_noise(tmp_path, 0.5)
    assert not (tmp_path / history.NAME).exists()
    for number in range(history.MOST + 3):
        history.append(tmp_path, Entry(f"day {number}", "WTM2101", accuracy=0.5, samples=number))
    entries = history.read(tmp_path)
    assert len(entries) == history.MOST
    assert entries[-1].date == f"day {history.MOST + 2}"
    history.set_noise(tmp_path, 0.25)
    assert history.read(tmp_path)[-1].noise == 0.25
    path = tmp_path / history.NAME
    text = path.read_text(encoding="utf-8")
    damaged = '{"date": 3}\n[1]\nnot json\n{"date": "later", "chip": "c", "new": 1}\n'
    path.write_text(text + damaged, encoding="utf-8")
    assert history.read(tmp_path)[-1] == Entry("later", "c")
    path.write_bytes(b"\xff\xfe")
    assert history.read(tmp_path) == ()


@pytest.mark.parametrize("value", ["NaN", "1e999", "true", "1" * 400, "[]"])
def test_history_takes_only_numbers_that_can_be_drawn(tmp_path: Path, value: str) -> None:
    line = f'{{"date": "d", "chip": "c", "accuracy": {value}, "samples": {value}}}\n'
    (tmp_path / history.NAME).write_text(line, encoding="utf-8")
    assert history.read(tmp_path) == ()
    history.append(tmp_path, Entry("day", "c", accuracy=0.5))
    history.set_noise(tmp_path, float("nan"))
    assert history.read(tmp_path) == (Entry("day", "c", accuracy=0.5),)


def test_recent_projects_tell_what_became_of_them(model: Path, root: Path) -> None:
    project = adopt(model, root)
    history.append(project.folder, Entry("d", "c", accuracy=0.75))
    (root / "broken").mkdir()
    (root / "broken" / "project.toml").write_text("x", encoding="utf-8")
    folders = [str(project.folder), str(root / "broken"), str(root / "gone")]
    good, broken, gone = recent.look(folders)
    assert (good.name, good.model, good.accuracy) == ("net", "net.onnx", 0.75)
    assert good.when > 0
    assert (broken.broken, broken.missing) == (True, False)
    assert (gone.broken, gone.missing) == (False, True)


def test_headers_tell_shapes_without_reading_arrays(model: Path, tmp_path: Path) -> None:
    found = array_headers.look(model.with_suffix(".npz"))
    assert found == array_headers.Contents((360, 1, 8, 8), True)
    np.save(tmp_path / "a.npy", np.zeros((3, 4)))
    assert array_headers.look(tmp_path / "a.npy") == array_headers.Contents((3, 4), False)
    (tmp_path / "b.npz").write_bytes(b"no zip")
    assert array_headers.look(tmp_path / "b.npz") is None
    assert array_headers.look(tmp_path / "gone.npz") is None
