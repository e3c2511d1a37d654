"""Row tiles smaller than a bank: what is cut, what it changes, what it lets fit."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import FitError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.mapper import stage as mapper
from studio.quantize import calibrate, io, stage
from studio.quantize.matrix import Signed
from studio.quantize.qnetwork import QNetwork
from studio.simulate.run import run

from .models import Maker


def chain(folder: Path, *sizes: int) -> Path:
    """Gemm layers with Relu between them."""
    maker = Maker()
    x = "x"
    for index, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        x = maker.gemm(maker.add("Relu", x) if index else x, inputs, outputs)
    return maker.save(folder / "m.onnx", {"x": (1, sizes[0])}, {x: None})


def quantized(
    path: Path, chip: Chip, rows: int | None, signed: Signed = "auto", low: float = 0.0
) -> QNetwork:
    network = load.load(path)
    shape = (20, *network.shapes["x"][1:])
    samples = np.random.default_rng(1).uniform(low, 1, shape).astype(np.float32)
    options = stage.QuantizeOptions((samples,), signed=signed, tile_rows=rows)
    found = stage.run(network, chip, options)
    stage.verify(found, chip)
    return found


def rows_of(qnetwork: QNetwork) -> list[list[int]]:
    return [[m.rows(tile) for tile in m.tiles] for op in qnetwork.array_ops for m in op.matrices]


def test_four_layers_of_half_a_bank_fit_once_their_rows_are_cut(chip: Chip, tmp_path: Path) -> None:
    path = chain(tmp_path, 450, 450, 450, 450, 450)
    with pytest.raises(FitError):
        mapper.run(quantized(path, chip, None), chip, mapper.MapOptions(seconds=0.1), Job())
    cut = quantized(path, chip, 225)
    assert rows_of(cut) == [[225, 225]] * 4
    layout = mapper.run(cut, chip, mapper.MapOptions(), Job())
    assert max(block.rows for block in layout.blocks) == 225


@pytest.mark.parametrize(
    ("signed", "low", "rows", "expected"),
    [
        ("auto", 0.0, 40, [33, 34, 33]),
        ("auto", -1.0, 40, [40] * 5),
        ("pn", -1.0, 41, [40] * 5),
        ("shift", -1.0, 40, [33, 34, 33]),
        ("auto", 0.0, 100, [100]),
        ("auto", 0.0, None, [100]),
    ],
)
def test_tile_rows_are_array_rows_and_pn_takes_two_an_input(
    signed: Signed, low: float, rows: int | None, expected: list[int], chip: Chip, tmp_path: Path
) -> None:
    [found] = rows_of(quantized(chain(tmp_path, 100, 6), chip, rows, signed, low))
    assert found == expected


@pytest.mark.parametrize("low", [0.0, -1.0])
@pytest.mark.parametrize("rows", [60, 7])
def test_the_network_computes_the_same_but_for_rounding(
    rows: int, low: float, chip: Chip, tmp_path: Path
) -> None:
    path = chain(tmp_path, 200, 60, 5)
    network = load.load(path)
    samples = np.random.default_rng(2).uniform(low, 1, (20, 200)).astype(np.float32)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions((samples,), tile_rows=rows))
    assert all(row <= rows for part in rows_of(qnetwork) for row in part)
    result = run(qnetwork, io.encode(qnetwork, (samples,)))
    [name] = qnetwork.outputs
    found = io.real_outputs(qnetwork, result.outputs)[name].astype(np.float64)
    wanted = calibrate.outputs(network, (samples,), Job())[0].astype(np.float64)
    assert np.linalg.norm(found - wanted) / np.linalg.norm(wanted) < (0.1 if rows == 60 else 0.3)


def test_partial_sums_of_pn_tiles_do_not_saturate(chip: Chip, tmp_path: Path) -> None:
    """Two halves that cancel: each is far larger than the sum of both."""
    maker = Maker()
    weights = np.ones((600, 2), np.float32)
    weights[300:] = -1
    output = maker.add("Gemm", "x", maker.constant(weights))
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 600)}, {output: None}))
    half = np.random.default_rng(3).uniform(-0.1, 1, (20, 300)).astype(np.float32)
    samples = np.concatenate([half, half + 0.01], axis=1)
    for rows in (None, 400):
        options = stage.QuantizeOptions((samples,), signed="pn", tile_rows=rows)
        qnetwork = stage.run(network, chip, options)
        result = run(qnetwork, io.encode(qnetwork, (samples,)))
        found = io.real_outputs(qnetwork, result.outputs)[output].astype(np.float64)
        steps = np.abs(found - (half.sum(1) - samples[:, 300:].sum(1))[:, None])
        tensor = qnetwork.tensors[output]
        assert steps.max() / tensor.scale < 8, "a few roundings, not a saturated half"


def test_a_convolution_by_channel_is_cut_into_matrices_not_tiles(
    chip: Chip, tmp_path: Path
) -> None:
    maker = Maker()
    output = maker.conv("x", 8, 8, (3, 3), group=8)
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 8, 6, 6)}, {output: None})
    assert rows_of(quantized(path, chip, None)) == [[72]]
    assert rows_of(quantized(path, chip, 20)) == [[18]] * 4
    assert rows_of(quantized(path, chip, 5)) == [[4, 5]] * 8, "but for what exceeds the rows alone"


def test_an_integer_model_is_told_that_its_sums_are_cut(chip: Chip, tmp_path: Path) -> None:
    maker = Maker()
    sums = maker.add("Gemm", "x", maker.constant(np.full((10, 2), 3, np.float32)))
    output = maker.add("Scale", sums, scale=1 / 256)
    path = maker.save(tmp_path / "i.onnx", {"x": (1, 10)}, {output: (1, 2)})
    network = load.load(path)
    whole = stage.run(network, chip, stage.QuantizeOptions())
    assert not any("rounded by themselves" in note for note in whole.notes)
    cut = stage.run(network, chip, stage.QuantizeOptions(tile_rows=5))
    assert rows_of(cut) == [[5, 5]]
    [note] = [note for note in cut.notes if "rounded by themselves" in note]
    assert "10 inputs do not fit a row tile as you chose it; 2 parts" in note


def test_copies_fit_where_the_rows_of_a_tile_and_its_copies_do(chip: Chip, tmp_path: Path) -> None:
    path = chain(tmp_path, 800, 4)
    whole, cut = quantized(path, chip, None), quantized(path, chip, 400)
    layer = cut.array_ops[0].name
    options = mapper.MapOptions(layers={layer: mapper.LayerOptions(copies=2)}, seconds=0.1)
    with pytest.raises(FitError):
        mapper.run(whole, chip, options, Job())
    layout = mapper.run(cut, chip, options, Job())
    assert [block.rows for block in layout.blocks] == [800, 800]


@pytest.mark.parametrize("rows", [0, -1, 897])
def test_rows_that_no_bank_has_are_refused(rows: int, chip: Chip, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=f"tile_rows is {rows}, must be 1..896"):
        quantized(chain(tmp_path, 8, 2), chip, rows)


def test_one_row_holds_no_signed_input_as_pn(chip: Chip, tmp_path: Path) -> None:
    path = chain(tmp_path, 8, 2)
    with pytest.raises(FitError, match="takes two with PN") as caught:
        quantized(path, chip, 1, low=-1.0)
    assert "--tile-rows 2" in caught.value.hint
    assert rows_of(quantized(path, chip, 1)) == [[1] * 8]
    assert rows_of(quantized(path, chip, 1, "shift", low=-1.0)) == [[1] * 8]
