"""PN gives way to SHIFT where the network would not fit the array."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.graph.network import Network
from studio.quantize import stage
from studio.tune import space
from studio.tune import stage as tune

from .models import Maker


def network(folder: Path) -> tuple[Network, tuple[np.ndarray[tuple[int, ...], np.dtype]]]:
    """Two layers with signed inputs, 60 x 50 and 50 x 40: PN takes twice as many rows."""
    maker = Maker(1)
    hidden = maker.add("Tanh", maker.gemm("x", 60, 50))
    output = maker.gemm(hidden, 50, 40)
    path = maker.save(folder / "m.onnx", {"x": (1, 60)}, {output: None})
    return load.load(path), (maker.random.normal(size=(32, 60)).astype(np.float32),)


def with_cells(chip: Chip, count: int) -> Chip:
    """The chip with room for so many cells once it is filled as far as can be hoped for."""
    rows = -(-int(count / space.FILLED) // 100)
    return replace(chip, array=replace(chip.array, rows=rows, columns=228))


def test_pn_stays_where_there_is_room(chip: Chip, tmp_path: Path) -> None:
    model, samples = network(tmp_path)
    prepared = stage.prepare(model, chip, stage.QuantizeOptions(samples), Job())
    assert space.fitting(prepared).encodings == {}
    made = stage.finish(prepared)
    assert [op.matrices[0].encoding for op in made.array_ops] == ["pn", "pn"]
    assert space.cells(made) == 2 * (60 * 50 + 50 * 40)
    assert space.room(chip) == 1792 * 896


def test_the_layer_that_saves_most_changes_first(chip: Chip, tmp_path: Path) -> None:
    model, samples = network(tmp_path)
    first, second = (node.name for node in model.nodes if node.op == "Gemm")
    for count, changed in ((8000, {first}), (6000, {first, second})):
        small = with_cells(chip, count)
        prepared = stage.prepare(model, small, stage.QuantizeOptions(samples), Job())
        assert set(space.fitting(prepared).encodings) == changed


def test_the_search_keeps_what_room_demands(chip: Chip, tmp_path: Path) -> None:
    model, samples = network(tmp_path)
    small = with_cells(chip, 6000)
    for level in tune.LEVELS:
        options = tune.TuneOptions(stage.QuantizeOptions(samples), level)
        made = tune.run(model, small, options)
        assert {op.matrices[0].encoding for op in made.array_ops} == {"shift"}
        (text,) = [note for note in made.notes if "would not fit the array" in note]
        assert all(node.name in text for node in model.nodes if node.op == "Gemm")
        assert not any("with SHIFT" in note for note in made.notes if note != text)


def test_an_encoding_the_user_chose_stays(chip: Chip, tmp_path: Path) -> None:
    model, samples = network(tmp_path)
    options = stage.QuantizeOptions(samples, signed="pn")
    prepared = stage.prepare(model, with_cells(chip, 6000), options, Job())
    assert space.fitting(prepared).encodings == {}
