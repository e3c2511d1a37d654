"""What the maker's cells may look like, and what is said where they do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.base.errors import ModelError
from studio.graph import load
from tests.unit import cell_models as ref
from tests.unit.cell_models import Cell
from tests.unit.test_quantize_cells import F, H, gru2array, gru_three, gru_two, lstm

Change = Callable[[Cell], None]


def attribute(name: str, value: Any) -> Change:
    return lambda cell: cell.attributes.update({name: value})


def missing(name: str) -> Change:
    return lambda cell: cell.attributes.pop(name)


def table(values: Any) -> Change:
    return lambda cell: cell.tables.__setitem__(0, values)


def constant(place: int, *shape: int) -> Change:
    return lambda cell: cell.constants.__setitem__(place, np.zeros(shape))


def tdnn(seed: int) -> Cell:
    matrix = np.random.default_rng(seed).integers(-9, 9, (2 * F, H))
    more = {"time_offsets": [-1, 0], "bias_params": [0.0] * H, "scale_params": 256}
    return Cell("Tdnn", [matrix], more, F, H)


@pytest.mark.parametrize(
    ("make", "change", "message"),
    [
        (lstm, constant(1, F + H, H + 1), r"c1 has shape \[12, 6\] instead of \[12, 5\]"),
        (lstm, constant(0, F + H, 3 * H + 1), r"c0 has shape \[12, 16\] instead of \[12, 15\]"),
        (lstm, constant(2, H), r"c2 has shape \[5\] instead of \[15\]"),
        (lstm, constant(0, F + H + 1, 3 * H), r"its weights take 8 features"),
        (lstm, constant(0, F), "instead of rank 2"),
        (lstm, missing("scale_ioft"), "scale_ioft is missing"),
        (lstm, attribute("scale_ct", 1000), "scale_ct is 1000"),
        (lstm, attribute("scale_ct", "1024"), "scale_ct is no number"),
        (lstm, attribute("scale_ct", 1024.5), "scale_ct is 1024.5"),
        (lstm, attribute("shift_bits", [-7]), "no list of that length"),
        (lstm, attribute("shift_bits", [-7, -7, -7]), "no list of that length"),
        (lstm, attribute("shift_bits", [0, 0, -16, -7]), r"shift_bits is \[0, 0, -16, -7\]"),
        (lstm, attribute("shift_bits", [0, 0, -7, 8]), r"shift_bits is \[0, 0, -7, 8\]"),
        (lstm, attribute("shift_bits", [-7.5, -7]), "no list of that length"),
        (lstm, attribute("clean_ctht", -1), "clean_ctht is no such number"),
        (lstm, attribute("clean_ctht", 40000), "clean_ctht is no such number"),
        (lstm, lambda cell: cell.tables.pop(), "activate_table holds 2 tables"),
        (lstm, lambda cell: cell.tables.clear(), "activate_table holds 0 tables"),
        (lstm, table(np.zeros(255)), "has 255 entries"),
        (lstm, table(np.full(256, 128)), "outside -128..127"),
        (lstm, table(np.full(256, np.nan)), "outside -128..127"),
        (gru_two, missing("scale_zr"), "scale_zr is missing"),
        (gru_two, attribute("scale_ones", 1 << 15), "scale_ones is no such number"),
        (gru_two, attribute("shift_bits", [-7, -7, 0, 0]), "no list of that length"),
        (gru_two, constant(1, F + H, H + 2), r"c1 has shape \[12, 7\] instead of \[12, 5\]"),
        (gru_three, missing("scale_in"), "scale_in is missing"),
        (gru_three, constant(2, F, H + 1), r"c2 has shape \[7, 6\] instead of \[7, 5\]"),
        (gru2array, missing("scale_hidden"), "scale_hidden is missing"),
        (gru2array, attribute("input_offset", 3), "input_offset is not 0"),
        (gru2array, attribute("hidden_shift_bit", 8), "hidden_shift_bit is no such number"),
        (gru2array, constant(1, H + 1, 3 * H), r"c1 has shape \[6, 15\] instead of \[5, 15\]"),
        (gru2array,
         lambda cell: cell.attributes.update({"shift_bits": [-7, 7, 7, 7], "scale_ones": 4096}),
         "more than 32 bits"),
        (tdnn, missing("scale_params"), "scale_params is missing"),
        (tdnn, attribute("scale_params", 100), "scale_params is 100"),
        (tdnn, attribute("time_offsets", [0, 0]), r"time_offsets is \[0, 0\]"),
        (tdnn, attribute("time_offsets", [-2000, 0]), r"time_offsets is \[-2000, 0\]"),
        (tdnn, attribute("time_offsets", [-0.5, 0.0]), "no whole numbers"),
        (tdnn, attribute("time_offsets", [-1, 0, 1]), "14 rows for 3 time offsets"),
        (tdnn, attribute("bias_params", [0.0] * (H + 1)), "bias_params holds 6 numbers"),
        (tdnn, attribute("bias_params", [float("nan")] * H), "NaN or infinite"),
        (tdnn, attribute("bias_params", "none"), "bias_params holds no numbers"),
        (tdnn, lambda cell: (cell.constants.append(np.zeros(H)), missing("bias_params")(cell)),
         "c1 is an input and no attribute"),
    ],
)  # fmt: skip
def test_a_cell_that_breaks_a_rule_is_refused_with_its_name(
    make: Callable[[int], Cell], change: Change, message: str, tmp_path: Path
) -> None:
    cell = make(1)
    change(cell)
    with pytest.raises(ModelError, match=message) as caught:
        load.load(cell.save(tmp_path / "cell.onnx"))
    assert "cell" in str(caught.value)


def test_weights_that_are_no_constants_are_refused(tmp_path: Path) -> None:
    cell = gru_two(2)
    path = cell.save(tmp_path / "cell.onnx", computed="c1")
    with pytest.raises(ModelError, match="c1 is computed while the network runs"):
        load.load(path)


def test_weights_with_fractions_are_refused(tmp_path: Path) -> None:
    cell = lstm(2)
    cell.constants[0] = cell.constants[0] + 0.5
    with pytest.raises(ModelError, match="no integer"):
        load.load(cell.save(tmp_path / "cell.onnx"))


@pytest.mark.parametrize(("make", "count"), [(lstm, 5), (gru_two, 5), (gru_three, 7)])
def test_a_loaded_cell_has_all_its_attributes_and_biases(
    make: Callable[[int], Cell], count: int, tmp_path: Path
) -> None:
    cell = make(3)
    cell.constants = cell.constants[: count // 2]
    cell.tables = [ref.gates_table(1024) + 0.9, *cell.tables[1:]]
    cell.tables[0] = np.minimum(cell.tables[0], 127.9)
    (node,) = load.load(cell.save(tmp_path / "cell.onnx")).nodes
    assert len(node.inputs) == count
    assert node.attributes["features"] == F
    assert node.attributes["reset_every"] == 0
    shifts = (0, 0, -7, -7) if cell.op == "Lstm" else (-7, -7)
    assert node.ints("shift_bits") == shifts
    assert {array.dtype for array in node.arrays("tables")} == {np.dtype(np.int16)}
    assert np.array_equal(node.arrays("tables")[0], ref.gates_table(1024))


def test_time_may_be_the_middle_axis(tmp_path: Path) -> None:
    path = lstm(4).save(tmp_path / "cell.onnx", steps=9, last=True)
    network = load.load(path)
    assert network.shapes[network.outputs[0]] == (1, 9, H)
