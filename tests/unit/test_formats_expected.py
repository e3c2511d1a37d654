"""expected_in.bin and expected_out.bin: the maker's files byte by byte, ours, broken ones."""

from __future__ import annotations

import numpy as np
import pytest

from studio.base.errors import DataError
from studio.base.job import Job
from studio.formats import expected, layers_txt, map_csv
from studio.mapper.stage import MapOptions, run
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor, RowTile
from studio.simulate.frames import Frames, frames

from .test_mapper_stage import network


def geometry(folder):
    return [(line.rows, line.columns) for line in layers_txt.read(folder / "layers.txt")]


@pytest.mark.parametrize("name", ["speech_dnn", "mnist_attention"])
def test_published_files_are_written_back_byte_by_byte(shared, tmp_path, name):
    folder = shared / "vendor" / name
    found = expected.read(folder, geometry(folder))
    assert found.frames == 100
    expected.write(tmp_path, found.inputs, found.outputs)
    for file in (expected.IN, expected.OUT):
        assert (tmp_path / file).read_bytes() == (folder / file).read_bytes()


def test_published_layers_follow_one_another(shared):
    """Read in the right order, a layer's outputs after Relu are the next one's inputs."""
    folder = shared / "vendor" / "speech_dnn"
    found = expected.read(folder, geometry(folder))
    for outputs, inputs in zip(found.outputs[:-1], found.inputs[1:], strict=True):
        assert outputs.min() < 0
        np.testing.assert_array_equal(np.maximum(outputs, 0), inputs)


def test_the_published_blocks_give_the_published_frames(shared, chip):
    """From published cells and inputs, through our layout, to both published files."""
    folder = shared / "vendor" / "mnist_attention"
    found = expected.read(folder, geometry(folder))
    array = map_csv.to_array(map_csv.read(folder / "map.csv"), chip)
    ops, tensors, samples = [], {}, []
    for index, line in enumerate(layers_txt.read(folder / "layers.txt")):
        columns = slice(line.col_start, line.col_end + 1)
        weights = array.cells[line.row_start : line.row_end + 1, columns]
        bias = array.bias[line.bias_row_start : line.bias_row_end + 1, columns]
        bias = bias.sum(axis=0, dtype=np.int32) * 128
        x = found.inputs[index]
        pn = index == 1
        if pn:  # the head's inputs are signed
            weights, x = weights[:256], x[:, :256] - x[:, 256:]
        rows = len(weights)
        tile = RowTile(0, rows, bias)
        matrix = Matrix("m", weights, "pn" if pn else "unsigned", line.gain, (tile,))
        ops.append(ArrayOp(f"layer{index}", f"x{index}", f"y{index}", (matrix,)))
        for name, size in ((f"x{index}", rows), (f"y{index}", line.columns)):
            tensors[name] = QTensor(name, (1, 1, size), 1.0, -128, 255, (1, size))
        samples.append(x.reshape(-1, 1, 1, rows))
    net = QNetwork("net", chip.id, ("x0", "x1"), ("y0", "y1"), tuple(ops), tensors)
    layout = run(net, chip, MapOptions(), Job())
    ours = expected.of_layout(layout, frames(net, samples))
    for index in range(2):
        np.testing.assert_array_equal(ours.inputs[index], found.inputs[index])
        np.testing.assert_array_equal(ours.outputs[index], found.outputs[index])


def test_blocks_get_the_columns_they_hold(chip):
    layout = run(network([(20, 2000, "unsigned", 9)]), chip, MapOptions(), Job())
    random = np.random.default_rng(0)
    frame = Frames(
        "layer0",
        0,
        0,
        random.integers(0, 256, (7, 20)).astype(np.int16),
        random.integers(-128, 128, (7, 2000)).astype(np.int16),
    )
    found = expected.of_layout(layout, [frame])
    assert len(found.inputs) == len(layout.blocks) > 1
    assert found.frames == 7
    np.testing.assert_array_equal(np.concatenate(found.outputs, axis=1), frame.outputs)
    for inputs in found.inputs:
        np.testing.assert_array_equal(inputs, frame.inputs)
    with pytest.raises(DataError, match="no frames of 20 rows for tile 0 of matrix 0"):
        expected.of_layout(layout, [])


def test_files_hold_little_endian_int16(tmp_path):
    expected.write(
        tmp_path / "输出", [np.array([[1, 258]], np.int64)], [np.array([[-2]], np.int16)]
    )
    assert (tmp_path / "输出" / expected.IN).read_bytes() == bytes([1, 0, 1, 0, 2, 1])
    assert (tmp_path / "输出" / expected.OUT).read_bytes() == bytes([254, 255])


@pytest.mark.parametrize(
    ("inputs", "outputs", "text"),
    [
        ([np.zeros((2, 3))], [np.zeros((3, 1))], r"with \[2, 3\] frames"),
        ([np.zeros((2, 3))], [], "1 inputs and 0 outputs"),
        ([np.zeros((0, 3))], [np.zeros((0, 3))], "0 frames, must be"),
        ([np.zeros((32768, 1))], [np.zeros((32768, 1))], "32768 frames"),
        ([np.full((1, 1), 40000)], [np.zeros((1, 1))], "no 16-bit integer"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, inputs, outputs, text):
    with pytest.raises(DataError, match=text):
        expected.write(tmp_path, inputs, outputs)
    assert not (tmp_path / expected.OUT).exists()


def test_broken_files_are_refused(tmp_path):
    expected.write(tmp_path, [np.zeros((4, 3), np.int16)], [np.zeros((4, 2), np.int16)])
    good = (tmp_path / expected.IN).read_bytes()
    with pytest.raises(DataError, match="12 values, expected 4 frames x 5"):
        expected.read(tmp_path, [(5, 2)])
    for content, text in (
        (good[:-2], "11 values, expected 4 frames x 3"),
        (good[:-1], "no 16-bit numbers"),
        (b"", "the file is empty"),
        (b"\0\0", "frame count 0"),
        (b"\xff\xff", "frame count -1"),
    ):
        (tmp_path / expected.IN).write_bytes(content)
        with pytest.raises(DataError, match=text):
            expected.read(tmp_path, [(3, 2)])
    (tmp_path / expected.IN).write_bytes(good)
    (tmp_path / expected.OUT).unlink()
    with pytest.raises(DataError, match="cannot read"):
        expected.read(tmp_path, [(3, 2)])


def test_a_network_without_array_operations_has_empty_files(tmp_path):
    expected.write(tmp_path, [], [])
    found = expected.read(tmp_path, [])
    assert (found.inputs, found.outputs, found.frames) == ((), (), 0)
