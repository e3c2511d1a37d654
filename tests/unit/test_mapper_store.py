"""layout.json is written and read back, and every damage is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from studio.base.errors import ProjectError
from studio.base.job import Job
from studio.mapper.problem import Occupied
from studio.mapper.stage import MapOptions, run
from studio.mapper.store import load, save

from .test_mapper_stage import CHIP, network

NET = network([(100, 30, "unsigned", 700), (50, 1000, "pn", 0)])


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "结果 folder" / "layout.json"
    save(run(NET, CHIP, MapOptions(), Job()), path)
    return path


def test_a_layout_comes_back_as_it_was(path):
    layout = run(NET, CHIP, MapOptions(), Job())
    save(layout, path)
    back = load(path, NET, CHIP)
    assert (back.chip, back.utilization) == (layout.chip, layout.utilization)
    assert back.search == layout.search
    for old, new in zip(layout.blocks, back.blocks, strict=True):
        for name in ("layer", "matrix", "tile", "first_column", "gain", "array", "row", "column"):
            assert getattr(old, name) == getattr(new, name)
        assert old.bias_row == new.bias_row
        np.testing.assert_array_equal(old.cells, new.cells)
        np.testing.assert_array_equal(old.bias_cells, new.bias_cells)
    assert b"\r" not in path.read_bytes()


def test_what_earlier_layouts_hold_comes_back(path):
    taken = (Occupied(0, 0, 128, 896, 400, 2, 9), Occupied(0, 1700, 0, 9, 9))
    layout = run(NET, CHIP, MapOptions(skip_columns=140, occupied=taken), Job())
    save(layout, path)
    back = load(path, NET, CHIP)
    assert (back.first_column, back.occupied) == (140, taken)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("first_column", -1, "wrong entry.*first_column"),
        ("first_column", 1024, "the most is 1023"),
        ("occupied", 7, "wrong entry"),
        ("occupied", [[1, 2]], "wrong entry"),
        ("occupied", [{"array": 0, "row": 0}], "wrong entry.*column"),
        ("occupied", [{**dict.fromkeys(("array", "row", "column", "rows", "columns",
                      "bias_row"), 0), "bias_rows": 1.5}], "bias_rows is 1.5"),
    ],
)  # fmt: skip
def test_an_entry_about_columns_or_earlier_layouts_that_is_wrong_is_refused(path, key, value, text):
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw[key] = value
    path.write_text(json.dumps(raw), encoding="utf-8")
    refuse(path, text)


def test_blocks_on_what_earlier_layouts_hold_are_refused(path):
    raw = json.loads(path.read_text(encoding="utf-8"))
    block = raw["blocks"][0]
    numbers = {key: block[key] for key in ("array", "row", "column", "rows", "columns")}
    raw["occupied"] = [numbers | {"bias_row": 0, "bias_rows": 0}]
    path.write_text(json.dumps(raw), encoding="utf-8")
    refuse(path, "occupied before")


def refuse(path, text):
    with pytest.raises(ProjectError, match=text) as caught:
        load(path, NET, CHIP)
    assert caught.value.where == str(path)
    assert caught.value.hint


def test_a_missing_file_is_refused(tmp_path):
    refuse(tmp_path / "layout.json", "cannot read the layout")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000], ids=["empty", "cut", "binary", "deep"]
)
def test_a_file_that_is_no_json_is_refused(path, content):
    path.write_bytes(content)
    refuse(path, "not a JSON file")


@pytest.mark.parametrize("content", ["[]", "{}", '{"schema": 2}'])
def test_another_schema_is_refused(path, content):
    path.write_text(content, encoding="utf-8")
    refuse(path, "schema version")


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("layer", "nobody", "belongs to another network: no layer 'nobody'"),
        ("matrix", 1, "another network: layer0: no tile 0 of matrix 1"),
        ("matrix", -1, "whole number"),
        ("tile", 5, "no tile 5 of matrix 0"),
        ("row", "0", "whole number"),
        ("row", 1.5, "whole number"),
        ("row", 890, "belongs to another network"),
        ("row", 10**30, "belongs to another network"),
        ("column", True, "whole number"),
        ("columns", 29, "belongs to another network"),
        ("columns", 31, "columns is 31, the network has 30"),
        ("gain", 2048, "gain is 2048, the network has 1024"),
        ("rows", 99, "rows is 99, the network has 100"),
        ("bias_rows", 0, "belongs to another network"),
        ("bias_rows", 10**9, "the most is 16"),
        ("array", None, "whole number"),
        ("copies", 0, "must be a whole number from 1"),
        ("copies", 2, "rows is 100, the network has 200"),
        ("copies", 10**9, "the most is 1792"),
        ("points", 0, "must be a whole number from 1"),
        ("points", 2, "wrong entry"),
        ("points", 10**9, "the most is 1024"),
    ],
)
def test_a_block_that_does_not_fit_is_refused(path, key, value, text):
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["blocks"][0][key] = value
    path.write_text(json.dumps(raw), encoding="utf-8")
    refuse(path, text)


def test_missing_entries_are_refused(path):
    good = path.read_text(encoding="utf-8")
    for key in json.loads(good):
        raw = json.loads(good)
        del raw[key]
        path.write_text(json.dumps(raw), encoding="utf-8")
        refuse(path, "schema version|wrong entry")
    for key in json.loads(good)["blocks"][0]:
        raw = json.loads(good)
        del raw["blocks"][0][key]
        path.write_text(json.dumps(raw), encoding="utf-8")
        refuse(path, f"wrong entry.*{key}")


def test_a_report_of_the_search_must_be_whole_and_of_the_right_kinds(path):
    good = json.loads(path.read_text(encoding="utf-8"))["search"]
    for key, value in good.items():
        for wrong in (None, str(value) + "x" if not isinstance(value, str) else 1):
            raw = json.loads(path.read_text(encoding="utf-8"))
            raw["search"] = good | {key: wrong}
            path.write_text(json.dumps(raw), encoding="utf-8")
            refuse(path, f"wrong entry.*{key}")
        raw["search"] = {other: good[other] for other in good if other != key}
        path.write_text(json.dumps(raw), encoding="utf-8")
        refuse(path, f"wrong entry.*{key}")


def test_a_missing_block_is_refused(path):
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["blocks"].pop()
    path.write_text(json.dumps(raw), encoding="utf-8")
    refuse(path, "belongs to another network")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ProjectError):
        save(run(NET, CHIP, MapOptions(), Job()), tmp_path / "file" / "layout.json")
