"""The maker's recurrent cells and time-delay layers, number by number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import stage
from studio.quantize.calibrate import Range
from studio.quantize.conventions import Conventions
from studio.quantize.lower import lower
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import HistoryOp, QNetwork, RecurrentOp
from studio.quantize.stage import QuantizeOptions
from studio.simulate.run import run as simulate
from tests.unit import cell_models as ref
from tests.unit.cell_models import Cell

F, H, STEPS = 7, 5, 12


def weights(random: Any, *shape: int, size: int = 60) -> Any:
    return random.integers(-size, size + 1, shape)


def biases(random: Any, count: int, size: int = 20) -> Any:
    return 128 * random.integers(-size, size + 1, count)


def tables(random: Any, kind: str, count: int) -> list[Any]:
    """Tables of 256 or 1024 entries, or one of each with arbitrary numbers in them."""
    if kind == "random":
        sizes = (256, 1024, 256)[:count]
        return [random.integers(-128, 128, size) for size in sizes]
    entries = int(kind)
    last = [ref.candidate_table(entries)] * (count - 1)
    return [ref.gates_table(entries), *last]


def lstm(seed: int, kind: str = "256", size: int = 60, **more: Any) -> Cell:
    random = np.random.default_rng(seed)
    constants = [
        weights(random, F + H, 3 * H, size=size),
        weights(random, F + H, H, size=size),
        biases(random, 3 * H),
        biases(random, H),
    ]
    attributes = {"scale_ioft": 512, "scale_ct": 256, **more}
    return Cell("Lstm", constants, attributes, F, H, tables(random, kind, 3))


def gru_two(seed: int, kind: str = "256", size: int = 60, **more: Any) -> Cell:
    random = np.random.default_rng(seed)
    constants = [
        weights(random, F + H, 2 * H, size=size),
        weights(random, F + H, H, size=size),
        biases(random, 2 * H),
        biases(random, H),
    ]
    attributes = {"scale_zr": 512, "scale_ht": 256, **more}
    return Cell("Gru", constants, attributes, F, H, tables(random, kind, 2))


def gru_three(seed: int, kind: str = "1024", size: int = 60, **more: Any) -> Cell:
    random = np.random.default_rng(seed)
    constants = [
        weights(random, F + H, 2 * H, size=size),
        weights(random, H, H, size=size),
        weights(random, F, H, size=size),
        biases(random, 2 * H),
        biases(random, H),
        biases(random, H),
    ]
    attributes = {"scale_zr": 512, "scale_ht": 256, "scale_in": 1024, **more}
    return Cell("Gru", constants, attributes, F, H, tables(random, kind, 2))


def gru2array(seed: int, kind: str = "1024", size: int = 60, **more: Any) -> Cell:
    random = np.random.default_rng(seed)
    constants = [
        weights(random, F, 3 * H, size=size),
        weights(random, H, 3 * H, size=size),
        biases(random, 3 * H),
        biases(random, 3 * H),
    ]
    attributes = {"scale_input": 512, "scale_hidden": 256, **more}
    return Cell("Gru2Array", constants, attributes, F, H, tables(random, kind, 2))


def frames(seed: int, low: int = -128, high: int = 127, steps: int = STEPS) -> Any:
    return np.random.default_rng(seed + 99).integers(low, high + 1, (steps, F))


def quantized(cell: Cell, folder: Path, chip: Chip, x: Any = None, **more: Any) -> QNetwork:
    """The cell alone; ``x`` are the frames that tell whether its input is signed."""
    network = load.load(cell.save(folder / "cell.onnx", **more))
    samples = np.array([[-1.0] * F]) if x is None else np.asarray(x, np.float64)
    if more.get("steps"):
        samples = np.broadcast_to(samples[:1, :, None], (1, F, more["steps"]))
    made = stage.run(network, chip, QuantizeOptions((samples,)))
    stage.verify(made, chip)
    return made


def stream(qnetwork: QNetwork, x: Any, **more: Any) -> Any:
    """Outputs [T, H] of one stream of single steps [T, F]."""
    given = np.asarray(x, np.int16)[:, None, None, :]
    return simulate(qnetwork, [given], **more).outputs["out"][:, 0, 0]


KINDS = ["256", "1024", "random"]
SIZES = [8, 60, 127]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_an_lstm_gives_the_integers_of_the_documented_cell(
    kind: str, size: int, tmp_path: Path, chip: Chip
) -> None:
    cell, x = lstm(size, kind, size, shift_bits=[-7, -7]), frames(size)
    got = stream(quantized(cell, tmp_path, chip), x)
    assert np.array_equal(got, ref.run(ref.lstm(cell, (0, 0, -7, -7)), x, H))


def test_four_shifts_of_an_lstm_move_both_products_their_sum_and_the_output(
    tmp_path: Path, chip: Chip
) -> None:
    cell, x = lstm(3, shift_bits=[-2, 1, -6, -5]), frames(3)
    got = stream(quantized(cell, tmp_path, chip), x)
    assert np.array_equal(got, ref.run(ref.lstm(cell, (-2, 1, -6, -5)), x, H))


def test_an_lstm_without_shifts_takes_the_stated_default(tmp_path: Path, chip: Chip) -> None:
    cell, x = lstm(4), frames(4)
    got = stream(quantized(cell, tmp_path, chip), x)
    assert np.array_equal(got, ref.run(ref.lstm(cell, (0, 0, -7, -7)), x, H))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_a_gru_of_two_matrices_gives_the_integers_of_the_documented_cell(
    kind: str, size: int, tmp_path: Path, chip: Chip
) -> None:
    cell, x = gru_two(size, kind, size), frames(size)
    got = stream(quantized(cell, tmp_path, chip), x)
    assert np.array_equal(got, ref.run(ref.gru_two(cell, (-7, -7), 127), x, H))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_a_gru_of_three_matrices_gives_the_integers_of_the_documented_cell(
    kind: str, size: int, tmp_path: Path, chip: Chip
) -> None:
    cell, x = gru_three(size, kind, size, shift_bits=[-8, -7], scale_ones=128), frames(size)
    got = stream(quantized(cell, tmp_path, chip), x)
    assert np.array_equal(got, ref.run(ref.gru_three(cell, (-8, -7), 128), x, H))


@pytest.mark.parametrize("ones", [127, 128, 4096])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_a_gru2array_gives_the_integers_of_the_documented_cell(
    kind: str, size: int, ones: int, tmp_path: Path, chip: Chip
) -> None:
    cell, x = gru2array(size, kind, size, scale_ones=ones, shift_bits=[-7, -7, 0, 0]), frames(size)
    got = stream(quantized(cell, tmp_path, chip), x)
    assert np.array_equal(got, ref.run(ref.gru2array(cell, (-7, -7, 0, 0), ones), x, H))


@pytest.mark.parametrize("hidden_shift", [-3, -1, 2])
@pytest.mark.parametrize("shifts", [(-7, -7, 0, 0), (-6, -3, -2, -3), (-4, -9, 2, 1)])
@pytest.mark.parametrize("ones", [127, 128])
def test_a_gru2array_shifts_its_hidden_part_and_both_products(
    ones: int, shifts: tuple[int, ...], hidden_shift: int, tmp_path: Path, chip: Chip
) -> None:
    more = {"shift_bits": list(shifts), "hidden_shift_bit": hidden_shift, "scale_ones": ones}
    cell, x = gru2array(5, **more), frames(5)
    got = stream(quantized(cell, tmp_path, chip), x)
    assert np.array_equal(got, ref.run(ref.gru2array(cell, shifts, ones, hidden_shift), x, H))


def test_ties_of_a_gru2array_go_down_with_128_and_up_with_127(tmp_path: Path, chip: Chip) -> None:
    """z = 64 and n = 1 make 64 / 128 in the first step, whatever the weights."""
    cell = gru2array(1, "256", scale_ones=128, shift_bits=[-7, -7, 0, 0])
    cell.tables = [np.full(256, 64), np.full(256, 1)]
    assert not stream(quantized(cell, tmp_path, chip), frames(1, steps=1)).any()
    cell.attributes["scale_ones"] = 127
    cell.tables[0] = np.full(256, 63)
    assert (stream(quantized(cell, tmp_path, chip), frames(1, steps=1)) == 1).all()


@pytest.mark.parametrize("make", [lstm, gru_two, gru_three, gru2array])
def test_steps_along_time_of_one_sample_are_the_steps_of_a_stream(
    make: Any, tmp_path: Path, chip: Chip
) -> None:
    cell, x = make(6), frames(6)
    whole = quantized(cell, tmp_path, chip, steps=STEPS)
    (op,) = (op for op in whole.ops if isinstance(op, RecurrentOp))
    assert whole.tensors[op.input].shape == (STEPS, 1, F)
    assert whole.tensors[op.output].shape == (STEPS, 1, H)
    given = np.asarray(x, np.int16)[None, :, None, :]
    once = simulate(whole, [given]).outputs["out"][0, :, 0]
    assert np.array_equal(once, stream(quantized(cell, tmp_path, chip), x))


@pytest.mark.parametrize("make", [lstm, gru_two, gru_three, gru2array])
def test_unsigned_inputs_and_tables_need_no_signed_rows(
    make: Any, tmp_path: Path, chip: Chip
) -> None:
    cell, x = make(7), frames(7, low=0)
    cell.tables = [ref.gates_table(256)] * len(cell.tables)
    made = quantized(cell, tmp_path, chip, x)
    assert {m.encoding for op in made.array_ops for m in op.matrices} == {"unsigned"}
    assert stream(made, x).min() >= 0
    signed = quantized(cell, tmp_path, chip)
    assert np.array_equal(stream(made, x), stream(signed, x))


@pytest.mark.parametrize("signed", ["pn", "shift"])
def test_pn_and_shift_change_no_number_of_a_cell(signed: Any, tmp_path: Path, chip: Chip) -> None:
    cell, x = lstm(8), frames(8)
    network = load.load(cell.save(tmp_path / "cell.onnx"))
    samples = np.array([[-1.0] * F])
    made = stage.run(network, chip, QuantizeOptions((samples,), signed=signed))
    assert {m.encoding for op in made.array_ops for m in op.matrices} == {signed}
    assert np.array_equal(stream(made, x), ref.run(ref.lstm(cell, (0, 0, -7, -7)), x, H))


@pytest.mark.parametrize(
    ("make", "name", "reference"),
    [
        (lstm, "clean_ctht", lambda cell: ref.lstm(cell, (0, 0, -7, -7))),
        (gru_two, "clean_ht", lambda cell: ref.gru_two(cell, (-7, -7), 127)),
        (gru2array, "clean_ht", lambda cell: ref.gru2array(cell, (-7, -7, -7, -7), 127)),
    ],
)
def test_a_cell_forgets_after_as_many_steps_as_the_file_says(
    make: Any, name: str, reference: Any, tmp_path: Path, chip: Chip
) -> None:
    cell, x = make(9, **{name: 5}), frames(9)
    whole = quantized(cell, tmp_path, chip, steps=STEPS)
    given = np.asarray(x, np.int16)[None, :, None, :]
    got = simulate(whole, [given]).outputs["out"][0, :, 0]
    assert np.array_equal(got, ref.run(reference(cell), x, H, reset=5))


def test_attributes_may_be_floats_and_tables_one_flat_tensor(tmp_path: Path, chip: Chip) -> None:
    cell, x = gru_two(10, "256"), frames(10)
    plain = stream(quantized(cell, tmp_path, chip), x)
    cell.attributes = {"scale_zr": 512.0, "scale_ht": 256.0, "shift_bits": [-7.0, -7.0]}
    cell.tables = [table + 0.75 * np.sign(table) for table in cell.tables]
    cell.tables = [np.clip(table, -127.5, 127.5) for table in cell.tables]
    assert np.array_equal(stream(quantized(cell, tmp_path, chip), x), plain)


def test_biases_may_be_left_out(tmp_path: Path, chip: Chip) -> None:
    for make, reference in (
        (gru_two, lambda cell: ref.gru_two(cell, (-7, -7), 127)),
        (gru_three, lambda cell: ref.gru_three(cell, (-7, -7), 127)),
    ):
        cell, x = make(11), frames(11)
        count = len(cell.constants) // 2
        zeros = [np.zeros(len(bias), int) for bias in cell.constants[count:]]
        whole = replace(cell, constants=[*cell.constants[:count], *zeros])
        cell.constants = cell.constants[:count]
        got = stream(quantized(cell, tmp_path, chip), x)
        assert np.array_equal(got, ref.run(reference(whole), x, H))


def test_the_two_parts_of_a_three_matrix_gru_are_told_by_their_shapes(
    tmp_path: Path, chip: Chip
) -> None:
    cell, x = gru_three(12), frames(12)
    plain = stream(quantized(cell, tmp_path, chip), x)
    zr, hn, xn, zr_bias, hn_bias, in_bias = cell.constants
    cell.constants = [zr, xn, hn, zr_bias, in_bias, hn_bias]
    assert np.array_equal(stream(quantized(cell, tmp_path, chip), x), plain)


@pytest.mark.parametrize(
    "offsets",
    [[-3, -2, -1, 0], [-3, -2, -1, 0, 1, 2, 3], [-5, 5], [-4, -2, 0], [0], [2], [-3], [0, -2]],
)
@pytest.mark.parametrize("relu", [False, True])
def test_a_tdnn_reads_its_frames_oldest_first_and_zero_before_the_start(
    offsets: list[int], relu: bool, tmp_path: Path, chip: Chip
) -> None:
    random = np.random.default_rng(len(offsets))
    matrix = weights(random, F * len(offsets), H, size=127)
    bias = biases(random, H) + 0.5
    more = {"time_offsets": [float(o) for o in offsets], "bias_params": list(map(float, bias))}
    cell = Cell("Tdnn", [matrix], {"scale_params": 256, **more}, F, H)
    x = frames(13)
    made = quantized(cell, tmp_path, chip, relu=relu)
    wanted = ref.tdnn(x, matrix, biases_cut(bias), 256, offsets)
    assert np.array_equal(stream(made, x), np.maximum(wanted, 0) if relu else wanted)
    whole = quantized(cell, tmp_path, chip, steps=STEPS, relu=relu)
    given = np.asarray(x, np.int16)[None, :, None, :]
    got = simulate(whole, [given]).outputs["out"][0, :, 0]
    assert np.array_equal(got, np.maximum(wanted, 0) if relu else wanted)
    kept = [op.lags for op in made.ops if isinstance(op, HistoryOp)]
    assert bool(kept) == (len(offsets) > 1 or offsets[0] < 0)


def biases_cut(bias: Any) -> Any:
    """Fractions are cut off, and the rest is a multiple of 128."""
    return np.round(np.trunc(bias) / 128).astype(int) * 128


def square_gru() -> Cell:
    """A Gru of three matrices whose shapes do not tell the last two apart."""
    cell = gru_three(15)
    zr, hn, _, *rest = cell.constants
    xn = weights(np.random.default_rng(1), H, H)
    return replace(cell, constants=[zr[: 2 * H], hn, xn, *rest], features=H)


@pytest.mark.parametrize(
    ("cell", "switch"),
    [
        (gru_two(14, size=8), {"gru_gates": "rz"}),
        (gru_two(14, scale_ones=128), {"gru_mirrored": True}),
        (gru_three(14), {"gru_three_gates": "rz"}),
        (gru_three(14), {"gru_three_blend": "replace"}),
        (gru_three(14, scale_ones=128), {"gru_mirrored": True}),
        (gru_three(14), {"cell_table_1024": "direct"}),
        (square_gru(), {"gru_three_hidden_weights": 3}),
        (gru2array(14, hidden_shift_bit=-2), {"gru_hidden_shift": "floor"}),
        (gru2array(14, hidden_shift_bit=-4), {"gru_hidden_shift": "array"}),
    ],
)
def test_each_convention_is_a_switch(
    cell: Cell, switch: dict[str, Any], tmp_path: Path, chip: Chip
) -> None:
    if cell.op == "Gru2Array":
        cell.attributes["shift_bits"] = [-7, -7, 0, 0]
    network = load.load(cell.save(tmp_path / "cell.onnx"))
    x = np.random.default_rng(14).integers(-128, 128, (40, 1, 1, cell.features)).astype(np.int16)
    found = []
    for conventions in (Conventions(), Conventions(**switch)):
        ranges = {"in": Range(-128, 127)}
        made = lower(Plan(network, chip, "auto", None, ranges, conventions=conventions))
        found.append(simulate(made, [x]).outputs["out"])
    assert not np.array_equal(found[0], found[1])
