"""The project file: what goes in comes out, comments stay, and nothing leads out of the folder."""

from __future__ import annotations

import dataclasses
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio import project_file
from studio.base import fields
from studio.base.errors import ProjectError
from studio.mapper.options import LayerOptions, Place
from studio.options import Build, Options
from studio.project_file import ProjectFile

HEAD = 'schema = 1\nname = "n"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "项目 one"
    made.mkdir()
    return made


def written(folder: Path, text: str) -> Path:
    (folder / project_file.NAME).write_text(text, encoding="utf-8")
    return folder


def other(field: fields.Field, folder: Path) -> object:
    """A value that is not the option's default."""
    special: dict[str, object] = {
        "layers_shared": True,
        "chip": str(folder / "my chip.toml"),
        "shapes": {"x": (1, 3, 8, 8), "a.b c": (1, 2)},
        "conventions": {"rounding": "up"},
        "layers": {"/conv1/Conv": LayerOptions("upper", 2, 4)},
        "own": folder / "src",
        "around": (folder / "maps" / "layers.txt",),
        "places": (Place("fc", 0, 1, 2, 3, 0, 5, 6, 7, 8, False), Place("g", *[1] * 9)),
    }
    if field.name in special:
        return special[field.name]
    if field.choices:
        return next(own for own in field.choices if own != field.default)
    match field.kind:
        case "bool":
            return not field.default
        case "int":
            return int(field.minimum or 0) + 1
        case "float":
            return float(field.maximum or 1) / 2
        case "file":
            return folder / "opt.protobuf"
    return "nor55"


@pytest.mark.parametrize("field", fields.of(Options), ids=lambda field: field.name)
def test_every_option_comes_back(field: fields.Field, folder: Path) -> None:
    options = Options(**{field.name: other(field, folder)})
    assert options != Options()
    project = ProjectFile(folder, "n", options=options)
    project_file.save(project)
    assert project_file.load(folder) == project
    # And goes again, when it is as at first.
    project_file.save(replace(project, options=Options()))
    assert project_file.load(folder).options == Options()
    raw = tomllib.loads((folder / project_file.NAME).read_text(encoding="utf-8"))
    assert raw.get("options", {}) == {}


def test_any_order_of_changes_comes_back(folder: Path) -> None:
    """Keys and tables come and go in one file; what is written last must be what is read."""
    random = np.random.default_rng(1)
    described = fields.of(Options)
    written(folder, HEAD + "[mine]\nkey = 1\n")
    project = project_file.load(folder)
    for _ in range(40):
        chosen = [own for own in described if random.random() < 0.3]
        values = {own.name: other(own, folder) for own in chosen}
        imported = {"sources": ["a.c"], "more": {"b": 1}} if random.random() < 0.5 else {}
        data = folder / "d.npz" if random.random() < 0.5 else None
        project = replace(project, options=Options(**values), data=data, imported=imported)
        project_file.save(project)
        assert project_file.load(folder) == project
    text = project.file.read_text(encoding="utf-8")
    assert "[mine]\nkey = 1" in text


def test_every_option_of_none_has_none_for_default() -> None:
    """TOML has no null: None is what is left out."""
    assert all(own.default is None for own in fields.of(Options) if own.optional)
    described = {own.name for own in fields.of(Options)}
    assert described == {own.name for own in dataclasses.fields(Options)}


def test_all_else_comes_back(folder: Path) -> None:
    project = ProjectFile(
        folder,
        "名字",
        folder / "sub" / "模型.onnx",
        folder / "data.npz",
        builds=(Build("Fast", "gcc", 12), Build("Debug", debug=True)),
        template="denoise",
        imported={"project": "x", "configurations": {"R el": {"definitions": ["A=1"]}}},
        origin="ab",
        copied={"data.npz": "cd"},
    )
    project_file.save(project)
    assert project_file.load(folder) == project
    assert project_file.load(folder / project_file.NAME) == project
    assert 'model = "sub/模型.onnx"' in (folder / "project.toml").read_text(encoding="utf-8")


def test_comments_and_unknown_entries_stay(folder: Path) -> None:
    written(
        folder,
        HEAD
        + '# mine\nauthor = "me"\n\n[options]\n# why\npercentile = 99.5\nnew_option = 3\n'
        + "\n[options.shapes]\nx = [1, 2]\n\n[other]\nkey = 1\n",
    )
    project = project_file.load(folder)
    assert project.options == Options(percentile=99.5, shapes={"x": (1, 2)})
    changed = replace(project.options, percentile=98.0, tile_rows=64, shapes={})
    project_file.save(replace(project, options=changed, data=folder / "d.npz"))
    text = (folder / project_file.NAME).read_text(encoding="utf-8")
    for kept in ("# mine", 'author = "me"', "# why", "new_option = 3", "[other]\nkey = 1"):
        assert kept in text
    again = project_file.load(folder)
    assert again.options == changed
    assert again.data == folder / "d.npz"


@pytest.mark.parametrize(
    "path",
    [
        "../model.onnx",
        "sub/../../model.onnx",
        "/etc/passwd",
        "C:/model.onnx",
        "C:model.onnx",
        "\\\\server\\share\\model.onnx",
        "//server/share/model.onnx",
        "sub\\model.onnx",
        "",
    ],
)
@pytest.mark.parametrize(
    "entry",
    ["model = {0}", "data = {0}", "[options]\nlayer_options = {0}", "[options]\naround = [{0}]"],
)
def test_paths_out_of_the_folder_are_refused(folder: Path, path: str, entry: str) -> None:
    quoted = "'" + path + "'"
    written(folder, HEAD + entry.format(quoted) + "\n")
    with pytest.raises(ProjectError) as caught:
        project_file.load(folder)
    assert project_file.NAME in caught.value.where
    assert caught.value.hint


def test_a_chip_file_out_of_the_folder_is_refused(folder: Path) -> None:
    written(folder, HEAD + '[options]\nchip = "../chip.toml"\n')
    with pytest.raises(ProjectError, match="does not lie in the project's folder"):
        project_file.load(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("name", ["model.onnx", "results", "history.jsonl"])
def test_links_out_of_the_folder_are_refused(folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / name).symlink_to(outside)
    written(folder, HEAD + 'model = "model.onnx"\n')
    with pytest.raises(ProjectError, match="does not lie in the project's folder"):
        project_file.load(folder)


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("schema = 2\n", "newer CIM Studio", "project.toml"),
        ("name = 3\n", "schema is None", "schema"),
        ('schema = "1"\n', "schema is '1'", "schema"),
        ("schema = 1\nname = 3\n", "must be text", "name"),
        ("schema = 1\n[options\n", "line 2", "project.toml"),
        (HEAD + '[options]\npercentile = "x"\n', "must be a number", "options.percentile"),
        (HEAD + "[options]\npercentile = 12.0\n", "must be 50..100", "options.percentile"),
        (HEAD + "[options]\npercentile = nan\n", "must be 50..100", "options.percentile"),
        (HEAD + '[options]\nmethod = "best"\n', "one of mse", "options.method"),
        (HEAD + "[options]\nmixed = 1\n", "true or false", "options.mixed"),
        (HEAD + "[options]\nsamples = true\n", "whole number", "options.samples"),
        (HEAD + "[options.shapes]\nx = [1.5]\n", "whole numbers", "options.shapes.x"),
        (HEAD + '[options]\nplaces = [{layer = "a"}]\n', "has no matrix", "options.places 1"),
        (HEAD + "[[builds]]\ndebug = true\n", "needs a name", "builds 1"),
        (HEAD + "builds = 3\n", "must be a list", "builds"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    folder: Path, text: str, message: str, where: str
) -> None:
    written(folder, text)
    with pytest.raises(ProjectError) as caught:
        project_file.load(folder)
    assert message in caught.value.message
    assert caught.value.where.startswith(str(folder / project_file.NAME))
    assert caught.value.where.endswith(where)
    assert caught.value.hint


def test_a_folder_without_a_project(folder: Path) -> None:
    with pytest.raises(ProjectError, match="there is no project here"):
        project_file.load(folder)
    (folder / project_file.NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProjectError, match="not a TOML file"):
        project_file.load(folder)
    (folder / project_file.NAME).write_bytes(b"#" * (project_file.LARGEST + 1))
    with pytest.raises(ProjectError, match="too large"):
        project_file.load(folder)


def test_a_file_broken_meanwhile_is_not_overwritten(folder: Path) -> None:
    project = ProjectFile(folder, "n")
    project_file.save(project)
    written(folder, "name = [\n")
    with pytest.raises(ProjectError, match="cannot be saved"):
        project_file.save(project)
    assert (folder / project_file.NAME).read_text(encoding="utf-8") == "name = [\n"


def test_files_elsewhere_are_not_written_into_a_project(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="does not lie"):
        project_file.save(ProjectFile(folder, "n", tmp_path / "model.onnx"))
    assert not (folder / project_file.NAME).exists()
