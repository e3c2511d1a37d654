"""map.csv: the maker's file byte by byte, our own, and every damage with its line."""

from __future__ import annotations

import time
import zlib
from dataclasses import replace

import numpy as np
import pytest

from studio.base.errors import DataError
from studio.base.job import Job
from studio.formats import map_csv
from studio.formats.map_csv import MapFile
from studio.mapper.image import images
from studio.mapper.stage import MapOptions, run

from .test_mapper_stage import network


def cells(*lines):
    return MapFile(*(np.array(column, np.int32) for column in zip(*lines, strict=True)))


def test_the_published_file_is_written_back_byte_by_byte(shared, tmp_path):
    path = shared / "vendor" / "mnist_attention" / "map.csv"
    copy = tmp_path / "地图 map.csv"
    map_csv.write_cells(copy, map_csv.read(path))
    assert copy.read_bytes() == path.read_bytes()
    assert map_csv.tag(copy) == zlib.crc32(path.read_bytes())


def test_the_published_bias_rows_are_found_on_the_strip(shared, chip):
    folder = shared / "vendor" / "mnist_attention"
    traces = np.load(folder / "traces.npz")
    array = map_csv.to_array(map_csv.read(folder / "map.csv"), chip)
    np.testing.assert_array_equal(array.bias[:, 640:1024], traces["qkvmat_bias_rows"])
    np.testing.assert_array_equal(array.bias[:, 512:522], traces["head_bias_rows"])
    assert array.programmed.sum() == 392 * 384 + 512 * 10
    assert array.bias_programmed.sum() == 16 * (384 + 10)
    assert array.cells.dtype == array.bias.dtype == np.int16


def test_a_layout_is_written_block_by_block_row_by_row(tmp_path, chip):
    layout = run(network([(3, 2, "unsigned", 40), (2, 1, "pn", 0)]), chip, MapOptions(), Job())
    first, second = layout.blocks
    path = tmp_path / "map.csv"
    map_csv.write(path, layout, chip)
    expected = [
        (first.column + c, first.row + r, first.cells[r, c]) for r in range(3) for c in range(2)
    ]
    expected += [
        (first.column + c, 2049 + 2 * (first.bias_row + r), first.bias_cells[r, c])
        for r in range(8)
        for c in range(2)
    ]
    expected += [(second.column, second.row + r, second.cells[r, 0]) for r in range(4)]
    text = "".join(f"{column},{row},{value}\n" for column, row, value in expected)
    assert path.read_bytes() == text.encode()


def test_the_array_holds_the_layout_again(tmp_path, chip):
    specs = [(900, 300, "unsigned", 500), (60, 40, "pn", 90), (9, 1000, "shift", 0)]
    layout = run(network(specs), chip, MapOptions(), Job())
    path = tmp_path / "map.csv"
    map_csv.write(path, layout, chip)
    array = map_csv.to_array(map_csv.read(path), chip)
    image = images(layout.blocks, chip)
    np.testing.assert_array_equal(array.cells, image.value)
    np.testing.assert_array_equal(array.programmed, image.owner >= 0)
    np.testing.assert_array_equal(array.bias, image.bias_value)
    np.testing.assert_array_equal(array.bias_programmed, image.bias_owner >= 0)


def test_several_arrays_share_one_file(tmp_path, chip):
    two = replace(chip, array=replace(chip.array, count=2))
    layout = run(network([(896, 896, "unsigned", 100)] * 3), two, MapOptions(), Job())
    path = tmp_path / "map.csv"
    map_csv.write(path, layout, two)
    back = map_csv.read(path)
    for number in range(2):
        array = map_csv.to_array(back, two, number)
        image = images(layout.blocks, two, number)
        np.testing.assert_array_equal(array.cells, image.value)
        np.testing.assert_array_equal(array.bias, image.bias_value)
    with pytest.raises(DataError, match="is no cell of WTM2101"):
        map_csv.to_array(back, chip)


def test_a_full_array_is_written_and_read_within_seconds(tmp_path, chip):
    rows, columns = np.divmod(np.arange(1792 * 1024, dtype=np.int32), 1024)
    values = np.random.default_rng(0).integers(-128, 129, rows.size).astype(np.int32)
    path = tmp_path / "map.csv"
    start = time.perf_counter()
    map_csv.write_cells(path, MapFile(columns, rows, values))
    back = map_csv.read(path)
    assert time.perf_counter() - start < 10, "measured 0.4 s; formatting by line takes 3 s"
    np.testing.assert_array_equal(back.values, values)
    np.testing.assert_array_equal(back.rows, rows)
    np.testing.assert_array_equal(back.columns, columns)


def test_numbers_far_apart_are_written_too(tmp_path):
    far = cells((0, 2_000_000_000, -5), (7, 1, 2_000_000_000))
    path = tmp_path / "map.csv"
    map_csv.write_cells(path, far)
    assert path.read_bytes() == b"0,2000000000,-5\n7,1,2000000000\n"
    assert map_csv.read(path).values.tolist() == [-5, 2_000_000_000]


def test_windows_line_ends_and_a_missing_last_one_are_read(tmp_path):
    path = tmp_path / "map.csv"
    path.write_bytes(b"1,2,-3\r\n4,5,6")
    back = map_csv.read(path)
    assert [back.columns.tolist(), back.rows.tolist(), back.values.tolist()] == [
        [1, 4],
        [2, 5],
        [-3, 6],
    ]
    assert len(back) == 2


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"1,2,3\n1,2\n", 2),
        (b"1,2,3,4\n1,2,3,4\n", 1),
        (b"1,2\n", 1),
        (b"1,2,3\n\n4,5,6\n", 2),
        (b"1,2,3\n4,5,x\n", 2),
        (b"1,2,3\n4,5,1.5\n", 2),
        (b"1,2,3\n4,5,1.0\n", 2),
        (b"1,2,3\n4,,5\n", 2),
        (b"col,row,value\n1,2,3\n", 1),
        (b"# made by hand\n1,2,3\n", 1),
        (b"1,2,3\n-1,2,3\n", 2),
        (b"1,2,3\n1,-2,3\n", 2),
        (b"1,2,3\n1,2,99999999999\n", 2),
        (b"1,2,3\n1,2,1_0\n", 2),
        (b"1,2,3\n1,2,nan\n", 2),
        ("1,2,3\n1,2,三\n".encode(), 2),
        (b"1,2,3\n\x00\x01\xff\n", 2),
        (b"1;2;3\n", 1),
    ],
)
def test_a_broken_line_is_named(tmp_path, content, line):
    path = tmp_path / "map.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"line {line} is .*expected column,row,value") as caught:
        map_csv.read(path)
    assert caught.value.where == str(path)


def test_a_network_without_array_operations_has_an_empty_file(tmp_path, chip):
    path = tmp_path / "map.csv"
    map_csv.write(path, run(network([]), chip, MapOptions(), Job()), chip)
    assert path.read_bytes() == b""
    assert len(map_csv.read(path)) == 0
    assert not map_csv.to_array(map_csv.read(path), chip).programmed.any()


def test_missing_and_blank_files_are_refused(tmp_path):
    path = tmp_path / "map.csv"
    with pytest.raises(DataError, match="cannot read"):
        map_csv.read(path)
    with pytest.raises(DataError, match="cannot read"):
        map_csv.tag(path)
    path.write_bytes(b"\n\n")
    with pytest.raises(DataError, match="line 1 is"):
        map_csv.read(path)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ((1024, 0, 1), "is no cell"),
        ((-1, 0, 1), "is no cell"),
        ((0, 1792, 1), "is no cell"),
        ((0, 2048, 1), "is no cell"),
        ((0, 2050, 1), "is no cell"),
        ((0, 2081, 1), "is no cell"),
        ((0, 5000, 1), "is no cell"),
        ((0, -1, 1), "is no cell"),
        ((0, 0, 276), "more than a cell"),
        ((0, 0, -(2**31)), "more than a cell"),
        ((3, 4, 6), "was written before"),
        ((3, 2049, 6), "was written before"),
    ],
)
def test_a_cell_that_cannot_be_programmed_is_named(chip, wrong, text):
    mapfile = cells((0, 2049, 2), (3, 4, 5), (3, 2049, 5), wrong, (9, 9, 9))
    with pytest.raises(DataError, match=text) as caught:
        map_csv.to_array(mapfile, chip)
    assert caught.value.message.startswith("line 4:")
