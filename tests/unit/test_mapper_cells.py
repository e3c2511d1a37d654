"""Recurrent cells and time-delay layers on the array: blocks, estimates, the maker's models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.mapper import estimate
from studio.mapper import stage as mapper
from studio.mapper.options import MapOptions
from studio.quantize import stage, store
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import QuantizeOptions
from studio.simulate.run import run as simulate
from tests.unit.test_quantize_cells import F, H, lstm

STEPS = 6
ZOO = (
    "dccrn_lstm", "gru2array_gemm", "gru_gemm", "gru_floatscale_bn", "tdnn_howl", "tdnn_residual",
)  # fmt: skip


def quantized(folder: Path, chip: Chip, steps: int | None) -> QNetwork:
    network = load.load(lstm(1).save(folder / "cell.onnx", steps=steps))
    shape = (1, F) if steps is None else (1, F, steps)
    return stage.run(network, chip, QuantizeOptions((np.full(shape, -1.0),)))


@pytest.mark.parametrize("duplicate", [False, True])
def test_each_matrix_of_a_cell_has_its_block(duplicate: bool, tmp_path: Path, chip: Chip) -> None:
    made = quantized(tmp_path, chip, STEPS)
    layout = mapper.run(made, chip, MapOptions(duplicate=duplicate), Job())
    blocks = [(block.layer, block.rows, block.columns, block.points) for block in layout.blocks]
    rows = 2 * (F + H)
    assert blocks == [("cell/ifo", rows, 3 * H, 1), ("cell/c", rows, H, 1)]


def test_the_operations_of_a_cell_count_once_for_each_step(tmp_path: Path, chip: Chip) -> None:
    found = []
    for steps in (None, STEPS):
        made = quantized(tmp_path, chip, steps)
        layout = mapper.run(made, chip, MapOptions(), Job())
        found.append(estimate.of_network(made, layout.blocks, chip))
    once, many = found
    assert [op.name for op in once.ops] == [op.name for op in many.ops]
    assert once.rounds == 2
    assert many.rounds == STEPS * once.rounds
    assert once.macs == (F + H) * 4 * H
    assert many.macs == STEPS * once.macs
    for one, all_steps in zip(once.ops, many.ops, strict=True):
        assert all_steps.cycles == STEPS * one.cycles
        assert one.cycles > 0


@pytest.mark.parametrize("name", ZOO)
def test_the_makers_models_with_cells_go_all_the_way(
    name: str, shared: Path, tmp_path: Path, chip: Chip
) -> None:
    """They quantize, map without a cut, and give the same numbers after saving and loading."""
    made = stage.run(load.load(shared / f"vendor/zoo/{name}.onnx"), chip, QuantizeOptions())
    stage.verify(made, chip)
    assert all(len(m.tiles) == 1 for op in made.array_ops for m in op.matrices)
    layout = mapper.run(made, chip, MapOptions(), Job())
    mapper.verify(layout, made, chip)
    assert len(layout.blocks) == sum(len(op.matrices) for op in made.array_ops)
    store.save(made, tmp_path)
    again = store.load(tmp_path)
    random, count = np.random.default_rng(0), 100 if made.streams else 1
    given = []
    for tensor in (made.tensors[own] for own in made.inputs):
        given.append(random.integers(tensor.low, tensor.high + 1, (count, *tensor.shape)))
    x = [values.astype(np.int16) for values in given]
    first, second = simulate(made, x).outputs, simulate(again, x).outputs
    assert all(np.array_equal(first[output], second[output]) for output in made.outputs)
    assert all(np.ptp(first[output]) > 0 for output in made.outputs)
