"""Input and state side by side as the rows of a cell's matrices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import stage
from studio.quantize.builder import Builder
from studio.quantize.lower_cells import Body
from studio.quantize.lower_rows import adapted, side_by_side
from studio.quantize.matrix import Integers
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import QuantizeOptions
from studio.simulate.evaluate import apply
from tests.unit import cell_models as ref
from tests.unit.cell_models import Cell
from tests.unit.test_quantize_cells import biases, lstm, stream


@pytest.mark.parametrize(
    ("hidden", "low", "high", "tiles"), [(20, 40, 100, 1), (150, -9, 9, 1), (150, 40, 100, 2)]
)
def test_a_state_beside_inputs_of_eight_bits_keeps_its_sign(
    hidden: int, low: int, high: int, tiles: int, tmp_path: Path, chip: Chip
) -> None:
    """Tiles are rounded each by itself; in one round the numbers are those of one sum."""
    random = np.random.default_rng(hidden)
    rows = 700 + hidden
    constants = [
        random.integers(low, high + 1, (rows, 2 * hidden)),
        random.integers(-60, 61, (hidden, hidden)),
        random.integers(-60, 61, (700, hidden)),
        biases(random, 2 * hidden),
        biases(random, hidden),
        biases(random, hidden),
    ]
    attributes = {"scale_zr": 8192, "scale_ht": 256, "scale_in": 8192}
    signed = [ref.gates_table(256), ref.candidate_table(256)]
    cell = Cell("Gru", constants, attributes, 700, hidden, signed)
    x = random.integers(0, 256, (3, 700))
    network = load.load(cell.save(tmp_path / "cell.onnx"))
    made = stage.run(network, chip, QuantizeOptions((x.astype(float),)))
    stage.verify(made, chip)
    zr = next(op for op in made.array_ops if op.name == "cell/zr").matrices[0]
    assert zr.encoding == "unsigned"
    assert len(zr.tiles) == tiles
    if tiles == 1:
        wanted = ref.run(ref.gru_three(cell, (-7, -7), 127), x, hidden)
        assert np.array_equal(stream(made, x), wanted)


@pytest.mark.parametrize(
    ("sizes", "high", "x_weights", "h_weights", "signed", "form"),
    [
        ((100, 20), 127, (-9, 9), (-9, 9), "auto", "plain"),  # PN of all
        ((440, 20), 127, (-9, 9), (-9, 9), "auto", "pn"),
        ((700, 150), 127, (-9, 9), (-9, 9), "auto", "plain"),  # SHIFT of all
        ((700, 150), 127, (40, 90), (-9, 9), "auto", "shift"),
        ((700, 150), 127, (40, 90), (40, 90), "auto", "plain"),  # nothing fits
        ((440, 20), 127, (-9, 9), (-9, 9), "shift", "plain"),
        ((100, 20), 255, (-9, 9), (-9, 9), "auto", "pn"),
        ((100, 20), 255, (-9, 9), (-9, 9), "shift", "shift"),
        ((700, 150), 255, (40, 90), (40, 90), "auto", "pn"),
    ],
)
def test_rows_side_by_side_keep_the_sums(
    sizes: tuple[int, int],
    high: int,
    x_weights: tuple[int, int],
    h_weights: tuple[int, int],
    signed: Any,
    form: str,
    tmp_path: Path,
    chip: Chip,
) -> None:
    network = load.load(lstm(1).save(tmp_path / "cell.onnx"))
    body = Body(Plan(network, chip, signed, None, {}), Builder(), network.nodes[0])
    x, h = body.tensor("x", sizes[0], 0, high), body.tensor("h", sizes[1])
    random = np.random.default_rng(3)
    parts = [(sizes[0], x_weights), (sizes[1], h_weights)]
    matrix = np.concatenate([random.integers(a, b + 1, (n, 4)) for n, (a, b) in parts])
    numbers = Integers(matrix.astype(np.int16), 128 * np.arange(4), 1024, 0.0)
    rows = side_by_side(body, "xh", (x, h), numbers)
    assert rows.form == form
    values = {
        x: random.integers(0, high + 1, (5, 1, 1, sizes[0])).astype(np.int16),
        h: random.integers(-128, 128, (5, 1, 1, sizes[1])).astype(np.int16),
    }
    plain = np.concatenate([values[x], values[h]], axis=3).reshape(5, -1).astype(int)
    network_of = QNetwork("rows", chip.id, (), (), (), body.builder.tensors)
    for op in body.ops:
        values[op.output] = apply(op, [values[name] for name in op.inputs], network_of)
    joined, made = values[rows.tensor].reshape(5, -1), adapted(rows, numbers)
    held = body.builder.tensors[rows.tensor]
    assert held.low <= joined.min() and joined.max() <= held.high
    assert held.high <= 127 or held.low == 0
    got = joined.astype(int) @ made.weights.astype(int) + made.bias
    assert np.array_equal(got, plain @ matrix + 128 * np.arange(4))
