"""layers.txt: the maker's files byte by byte, ours, and broken ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.base.errors import DataError
from studio.base.job import Job
from studio.formats import layers_txt
from studio.formats.layers_txt import LayerLine
from studio.mapper.stage import MapOptions, run

from .test_mapper_stage import network


@pytest.mark.parametrize("name", ["speech_dnn", "mnist_attention"])
def test_published_files_are_written_back_byte_by_byte(shared, tmp_path, name):
    path = shared / "vendor" / name / "layers.txt"
    copy = tmp_path / "层 layers.txt"
    layers_txt.write_lines(copy, layers_txt.read(path))
    assert copy.read_bytes() == path.read_bytes()


def test_a_layout_is_written_with_inclusive_ends(tmp_path, chip):
    layout = run(network([(100, 30, "unsigned", 50), (8, 4, "pn", 0)]), chip, MapOptions(), Job())
    path = tmp_path / "layers.txt"
    layers_txt.write(path, layout)
    first, second = layers_txt.read(path)
    block = layout.blocks[0]
    assert first == LayerLine(
        block.column,
        block.column + 29,
        block.row,
        block.row + 99,
        block.bias_row,
        block.bias_row + 7,
        1024,
    )
    assert (first.rows, first.columns, first.bias_rows) == (100, 30, 8)
    # No bias rows: an empty interval, its end before its start.
    assert (second.bias_row_start, second.bias_row_end, second.bias_rows) == (0, -1, 0)
    assert (second.rows, second.columns) == (16, 4)
    assert path.read_bytes().count(b"\n") == 2


def test_blocks_of_further_arrays_carry_its_index(tmp_path, chip):
    two = replace(chip, array=replace(chip.array, count=2))
    layout = run(network([(896, 896, "unsigned", 9)] * 3), two, MapOptions(), Job())
    path = tmp_path / "layers.txt"
    layers_txt.write(path, layout)
    assert [line.array for line in layers_txt.read(path)] == [b.array for b in layout.blocks]
    fields = [len(line.split(",")) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(fields) == [7, 7, 8]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"0, 1, 0, 1, 0, 7, 256\n0, 1, 0, 1, 0, 7\n", "line 2 is .*seven numbers"),
        (b"0, 1, 0, 1, 0, 7, x\n", "line 1"),
        (b"0, 1, 0, 1, 0, 7, 256\n\n", "line 2"),
        (b"0, 1, 0, 1, 0, 7, 256, 0, 0\n", "line 1"),
        (b"5, 4, 0, 1, 0, 7, 256\n", "line 1: an interval"),
        (b"0, 1, 5, 4, 0, 7, 256\n", "line 1: an interval"),
        (b"0, 1, 0, 1, 5, 3, 256\n", "line 1: an interval"),
        (b"-1, 1, 0, 1, 0, 7, 256\n", "line 1: an interval"),
        (b"0, 1, 0, 1, 0, 7, 0\n", "line 1: an interval"),
        (b"\xff\xfe0\n", "not a text file"),
    ],
)
def test_broken_files_are_refused_with_the_line(tmp_path, content, text):
    path = tmp_path / "layers.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=text) as caught:
        layers_txt.read(path)
    assert caught.value.where == str(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot read"):
        layers_txt.read(tmp_path / "layers.txt")


def test_a_network_without_array_operations_has_an_empty_file(tmp_path, chip):
    layers_txt.write(tmp_path / "layers.txt", run(network([]), chip, MapOptions(), Job()))
    assert layers_txt.read(tmp_path / "layers.txt") == ()
