"""Layer options and the numbers: neutral ones change nothing, others what arithmetic says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import DataError, FitError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.mapper.stage import MapOptions
from studio.mapper.stage import run as map_run
from studio.quantize import layer_options, store
from studio.quantize.conventions import Conventions
from studio.quantize.layer_apply import apply
from studio.quantize.layer_options import LayerChoice, LayerChoices
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor, RecurrentOp, State
from studio.quantize.stage import QuantizeOptions, run, verify
from studio.simulate.run import run as simulate

from .models import Maker

Ints = npt.NDArray[np.int64]
RANDOM = np.random.default_rng(5)
W1 = RANDOM.integers(-100, 101, (40, 24))
B1 = RANDOM.integers(-40, 41, 24) * 128
W2 = RANDOM.integers(-100, 101, (24, 6))
B2 = RANDOM.integers(-40, 41, 6) * 128
G1, G2 = 1024, 512


def layer(x: Ints, w: Ints, b: Ints | int, gain: int) -> Ints:
    """One layer as CHIP.md has it: sums over G, rounded unevenly, saturated."""
    f = (x @ w + b) / gain
    return np.clip(np.where(f >= 0, np.trunc(f + 0.5), np.trunc(f - 0.25)), -128, 127).astype(int)


def plain(x: Ints) -> Ints:
    """Both layers of the model without any option."""
    return layer(np.maximum(layer(x, W1, B1, G1), 0), W2, B2, G2)


def model(folder: Path, w1: Ints = W1, w2: Ints = W2, relu: bool = True) -> Path:
    """Two layers, gemm_0 and gemm_3, in the maker's dialect."""
    maker = Maker()

    def gemm(x: str, w: Ints, b: Ints, gain: int) -> str:
        constants = (maker.constant(v.astype(np.float32)) for v in (w, b))
        return maker.add("Scale", maker.add("Gemm", x, *constants), scale=1 / gain)

    hidden = maker.add("Relu" if relu else "Reshape", gemm("x", w1, B1, G1), *(
        () if relu else (maker.constant(np.array([1, -1])),)
    ))  # fmt: skip
    return maker.save(folder / "m.onnx", {"x": (1, 40)}, {gemm(hidden, w2, B2, G2): (1, 6)})


def quantized(
    path: Path,
    chip: Chip,
    *choices: LayerChoice,
    data: Ints | None = None,
    tile_rows: int | None = None,
    **more: Any,
) -> QNetwork:
    samples = None if data is None else (data.astype(np.int16),)
    options = QuantizeOptions(
        samples, tile_rows=tile_rows, layers=LayerChoices(choices, "opt.protobuf", **more)
    )
    network = run(load.load(path), chip, options)
    verify(network, chip)
    return network


def outputs(network: QNetwork, x: Ints) -> Ints:
    result = simulate(network, (x.reshape(len(x), 1, 1, -1).astype(np.int16),))
    (found,) = result.outputs.values()
    return found.reshape(len(x), -1).astype(int)


def matrices(network: QNetwork) -> list[Matrix]:
    return [matrix for op in network.array_ops for matrix in op.matrices]


def unsigned(n: int = 30, top: int = 255) -> Ints:
    return np.random.default_rng(7).integers(0, top + 1, (n, 40))


def signed(n: int = 30) -> Ints:
    x = np.random.default_rng(8).integers(-128, 128, (n, 40))
    x[0], x[1] = -128, 127
    return x


@pytest.mark.parametrize(
    "choices",
    [
        (LayerChoice("gemm_0", weight_shift=1),),
        (LayerChoice("gemm_3", weight_shift=1, input_shift=1),),
        (LayerChoice("gemm_0", multiple=2, region=2), LayerChoice("gemm_3", repeat=2)),
        (LayerChoice("gemm_0", store="mixed"), LayerChoice("gemm_3", store="digital")),
        (LayerChoice("gemm_3", signed_input=24), LayerChoice("gemm_0", weight_shift=1, repeat=2)),
        (LayerChoice("gemm_3", signed_input=9), LayerChoice("gemm_0", points=1)),
        (LayerChoice("gemm_3", signed_input=-1, input_shift=0),),
    ],
)
def test_neutral_options_leave_every_number_as_it_was(
    choices: tuple[LayerChoice, ...], chip: Chip, tmp_path: Path
) -> None:
    network = quantized(model(tmp_path), chip, *choices)
    np.testing.assert_array_equal(outputs(network, unsigned()), plain(unsigned()))


def test_weights_biases_and_gain_grow_together(chip: Chip, tmp_path: Path) -> None:
    first, second = matrices(
        quantized(model(tmp_path), chip, LayerChoice("gemm_0", weight_shift=1))
    )
    np.testing.assert_array_equal(first.weights, 2 * W1)
    np.testing.assert_array_equal(first.tiles[0].bias, 2 * B1)
    assert (first.gain, second.gain) == (2 * G1, G2)


def test_weights_that_grow_beyond_a_cell_are_clipped_and_told(chip: Chip, tmp_path: Path) -> None:
    network = quantized(model(tmp_path), chip, LayerChoice("gemm_0", weight_shift=2))
    clipped = np.clip(4 * W1, -275, 275)
    first = np.maximum(layer(unsigned(), clipped, 4 * B1, 4 * G1), 0)
    np.testing.assert_array_equal(outputs(network, unsigned()), layer(first, W2, B2, G2))
    count = np.count_nonzero(clipped != 4 * W1)
    assert any(f"{count} weights beyond +-275 were clipped" in note for note in network.notes)


def test_the_mirror_image_of_minus_256_is_255(chip: Chip, tmp_path: Path) -> None:
    weights = W1.copy()
    weights[:, :5] = -128
    path = model(tmp_path, weights)
    network = quantized(path, chip, LayerChoice("gemm_0", weight_shift=1), data=signed())
    x = signed()
    mirror = np.minimum(-2 * weights, 255)
    rows = np.hstack([np.maximum(x, 0), np.maximum(-x, 0)])
    first = np.maximum(layer(rows, np.vstack([2 * weights, mirror]), 2 * B1, 2 * G1), 0)
    np.testing.assert_array_equal(outputs(network, x), layer(first, W2, B2, G2))
    cells = matrices(network)[0]
    assert cells.cells(cells.tiles[0]).max() == 255
    assert any("mirror image" in note for note in network.notes)


@pytest.mark.parametrize(("shift", "saturates"), [(1, False), (2, True)])
def test_scaled_inputs_saturate_at_255(
    shift: int, saturates: bool, chip: Chip, tmp_path: Path
) -> None:
    network = quantized(model(tmp_path), chip, LayerChoice("gemm_3", input_shift=shift))
    hidden = np.minimum(np.maximum(layer(unsigned(), W1, B1, G1), 0) * 2**shift, 255)
    expected = layer(hidden, W2, B2 * 2**shift, G2 * 2**shift)
    np.testing.assert_array_equal(outputs(network, unsigned()), expected)
    assert any("saturate" in note for note in network.notes) == saturates
    assert (outputs(network, unsigned()) != plain(unsigned())).any() == saturates


@pytest.mark.parametrize(
    ("signed_input", "limits"),
    [(24, ((-255, 255), (-255, 255))), (-1, ((-128, 127),) * 2), (7, ((-255, 255), (-128, 127)))],
)
def test_scaled_signed_inputs_saturate_by_their_encoding(
    signed_input: int,
    limits: tuple[tuple[int, int], tuple[int, int]],
    chip: Chip,
    tmp_path: Path,
) -> None:
    path = model(tmp_path, relu=False)
    choice = LayerChoice("gemm_3", input_shift=1, signed_input=signed_input)
    network = quantized(path, chip, choice)
    hidden = 2 * layer(unsigned(), W1, B1, G1)
    split = max(signed_input, 0)
    hidden[:, :split] = np.clip(hidden[:, :split], *limits[0])
    hidden[:, split:] = np.clip(hidden[:, split:], *limits[1])
    found = outputs(network, unsigned())
    np.testing.assert_array_equal(found, layer(hidden, W2, 2 * B2, 2 * G2))


def test_front_scale_takes_the_doubling_from_the_layer_before(chip: Chip, tmp_path: Path) -> None:
    choice = LayerChoice("gemm_3", input_shift=2, front_scale=1)
    network = quantized(model(tmp_path), chip, choice)
    first, second = matrices(network)
    assert (first.gain, second.gain, second.input_shift) == (G1 // 2, 4 * G2, 1)
    np.testing.assert_array_equal(first.weights, W1)
    hidden = np.maximum(layer(unsigned(), W1, B1, G1 // 2), 0)
    expected = layer(np.minimum(2 * hidden, 255), W2, 4 * B2, 4 * G2)
    np.testing.assert_array_equal(outputs(network, unsigned()), expected)


def test_front_scale_alone_makes_the_layers_inputs_larger(chip: Chip, tmp_path: Path) -> None:
    network = quantized(model(tmp_path), chip, LayerChoice("gemm_3", front_scale=2))
    hidden = np.maximum(layer(unsigned(), W1, B1, G1 // 4), 0)
    np.testing.assert_array_equal(outputs(network, unsigned()), layer(hidden, W2, B2, G2))


def branched(folder: Path) -> Path:
    """gemm_0, read by gemm_3 and gemm_5."""
    maker = Maker()

    def gemm(x: str, w: Ints) -> str:
        weights = maker.constant(w.astype(np.float32))
        return maker.add("Scale", maker.add("Gemm", x, weights), scale=1 / 1024)

    hidden = maker.add("Relu", gemm("x", W1))
    total = maker.add("Add", gemm(hidden, W2), gemm(hidden, W2[::-1]))
    return maker.save(folder / "b.onnx", {"x": (1, 40)}, {total: (1, 6)})


def test_all_readers_of_a_layer_must_want_the_same_front_scale(chip: Chip, tmp_path: Path) -> None:
    path = branched(tmp_path)
    one = LayerChoice("gemm_3", input_shift=1, front_scale=1)
    with pytest.raises(StudioError, match="also changes what gemm_5 reads of gemm_0") as caught:
        quantized(path, chip, one)
    assert "same front_scale" in caught.value.hint and caught.value.where == "opt.protobuf"
    both = quantized(path, chip, one, replace(one, layer="gemm_5"))
    assert [matrix.gain for matrix in matrices(both)] == [512, 2048, 2048]


@pytest.mark.parametrize("name", ["gemm_0", "gemm_4"])
def test_front_scale_needs_an_array_layer_right_before(
    name: str, chip: Chip, tmp_path: Path
) -> None:
    maker = Maker()
    w1, w2 = (maker.constant(w.astype(np.float32)) for w in (W1, W2))
    hidden = maker.add("Scale", maker.add("Gemm", "x", w1), scale=1 / 1024)
    hidden = maker.add("Relu", maker.add("Add", hidden, hidden))
    out = maker.add("Scale", maker.add("Gemm", hidden, w2), scale=1 / 1024)
    path = maker.save(tmp_path / "a.onnx", {"x": (1, 40)}, {out: (1, 6)})
    with pytest.raises(StudioError, match="no single array layer comes right before"):
        quantized(path, chip, LayerChoice(name, front_scale=1))


@pytest.mark.parametrize("count", [1, 13, 39, 40, 1000, -1])
def test_signed_inputs_give_the_same_sums_however_they_are_encoded(
    count: int, chip: Chip, tmp_path: Path
) -> None:
    network = quantized(model(tmp_path), chip, LayerChoice("gemm_0", signed_input=count))
    np.testing.assert_array_equal(outputs(network, signed()), plain(signed()))
    (matrix, _) = matrices(network)
    (tile,) = matrix.tiles
    doubled = min(max(count, 0), 40)
    cells = np.vstack([W1, -W1[:doubled]])
    np.testing.assert_array_equal(matrix.cells(tile), cells)
    np.testing.assert_array_equal(tile.bias, B1 - 128 * W1[doubled:].sum(axis=0))


def test_partly_signed_inputs_are_cut_by_the_rows_they_take(chip: Chip, tmp_path: Path) -> None:
    choice = LayerChoice("gemm_0", signed_input=15)
    network = quantized(model(tmp_path), chip, choice, tile_rows=24)
    (matrix, _) = matrices(network)
    sizes = [matrix.rows(tile) for tile in matrix.tiles]
    assert sum(sizes) == 55 and max(sizes) <= 24 and len(sizes) == 3
    total: Any = 0
    for tile in matrix.tiles:
        own = slice(tile.start, tile.stop)
        part = layer(signed()[:, own], W1[own], B1 if tile.start == 0 else 0, G1)
        total = np.clip(total + part, -128, 127)
    np.testing.assert_array_equal(
        outputs(network, signed()), layer(np.maximum(total, 0), W2, B2, G2)
    )


def test_plus_128_needs_inputs_up_to_127(chip: Chip, tmp_path: Path) -> None:
    for count in (-1, 5):
        with pytest.raises(DataError, match="input x reach 255, but signed_input"):
            quantized(model(tmp_path), chip, LayerChoice("gemm_0", signed_input=count),
                      data=np.resize([0, 255], (2, 40)))  # fmt: skip
    made = quantized(model(tmp_path), chip)
    given = LayerChoices((LayerChoice("gemm_0", signed_input=5),))
    with pytest.raises(StudioError, match="adds 128 to inputs that reach 255"):
        apply(made, given, chip)


def test_a_shift_whose_bias_the_strip_cannot_hold_says_what_to_do(
    chip: Chip, tmp_path: Path
) -> None:
    path = model(tmp_path, np.full((40, 24), 110))
    made = quantized(path, chip, LayerChoice("gemm_0", signed_input=-1))
    assert any("a bias of 567552 does not fit" in note for note in made.notes)
    assert any("larger signed_input" in note for note in made.notes)
    with pytest.raises(FitError, match="largest bias is 567552"):
        map_run(made, chip, MapOptions(), Job())


@pytest.mark.parametrize("kept", ["mixed", "digital"])
def test_wide_weights_are_whole_outside_the_array(kept: Any, chip: Chip, tmp_path: Path) -> None:
    wide = W1 * 150
    path = model(tmp_path, wide)
    network = quantized(path, chip, LayerChoice("gemm_0", store=kept))
    x = np.random.default_rng(3).integers(0, 4, (50, 40))
    hidden = np.maximum(layer(x, wide, B1, G1), 0)
    assert len(np.unique(hidden)) > 50
    np.testing.assert_array_equal(outputs(network, x), layer(hidden, W2, B2, G2))
    assert matrices(network)[0].store == kept
    clipped = quantized(path, chip)
    np.testing.assert_array_equal(matrices(clipped)[0].weights, np.clip(wide, -275, 275))


def test_low_and_high_bytes_may_be_rounded_apart(chip: Chip, tmp_path: Path) -> None:
    wide = W1 * 90
    network = quantized(model(tmp_path, wide), chip, data=signed())
    kept = np.clip(wide, -275, 275)
    given = LayerChoices((LayerChoice("gemm_0", store="mixed"),))
    network = apply(network, given, chip, conventions=Conventions(mixed_sum="apart"))
    verify(network, chip)
    x = signed()
    rows, weights = np.hstack([np.maximum(x, 0), np.maximum(-x, 0)]), np.vstack([kept, -kept])
    low = weights.astype(np.int8).astype(int)
    total = layer(rows, low, B1, G1) + layer(rows, weights - low, 0, G1)
    hidden = np.clip(total, 0, 127)
    assert (hidden != np.maximum(layer(rows, weights, B1, G1), 0)).any()
    np.testing.assert_array_equal(outputs(network, x), layer(hidden, W2, B2, G2))


def test_digital_layers_are_not_cut_and_not_bound_by_the_strip(chip: Chip, tmp_path: Path) -> None:
    network = quantized(
        model(tmp_path, W1 * 300), chip, LayerChoice("gemm_0", store="digital"),
        data=signed(), tile_rows=8,
    )  # fmt: skip
    first, second = matrices(network)
    assert (len(first.tiles), len(second.tiles)) == (1, 3)
    assert first.encoding == "pn"


def test_magnify_divides_the_gain(chip: Chip, tmp_path: Path) -> None:
    network = quantized(model(tmp_path), chip, LayerChoice("gemm_0", magnify=2))
    hidden = np.maximum(layer(unsigned(), W1, B1, G1 // 4), 0)
    np.testing.assert_array_equal(outputs(network, unsigned()), layer(hidden, W2, B2, G2))


@pytest.mark.parametrize(
    ("choice", "gain"),
    [
        (LayerChoice("gemm_3", magnify=2), "128"),
        (LayerChoice("gemm_3", weight_shift=3, input_shift=2), "16384"),
        (LayerChoice("gemm_3", weight_shift=2, multiple=3), "16384"),
        (LayerChoice("gemm_3", front_scale=3), "128"),
    ],
)
def test_a_gain_beyond_the_chips_is_refused(
    choice: LayerChoice, gain: str, chip: Chip, tmp_path: Path
) -> None:
    with pytest.raises(StudioError, match=rf"gain {gain}\D.*256\.\.8192") as caught:
        quantized(model(tmp_path), chip, choice)
    assert "The model's gain is" in caught.value.hint and "gemm_" in caught.value.message


@pytest.mark.parametrize(
    ("choice", "text", "hint"),
    [
        (LayerChoice("dnn"), "no layer 'dnn'", "Layers: gemm_0, gemm_3."),
        (LayerChoice("gemm_0", 1), "array 2 of layer gemm_0, which has 1", "once"),
        (LayerChoice("gemm_0", points=2), "one window position", "Leave multi_point out"),
        (LayerChoice("gemm_0", region=3), "has 2 banks", "Use 0"),
        (LayerChoice("gemm_0", store="digital", multiple=1), "DIG_MODE", "MIX_MODE"),
        (LayerChoice("gemm_0", store="digital", repeat=2), "repeat", "Leave repeat out"),
        (LayerChoice("gemm_0", store="digital", signed_input=-1), "signed_input", "Leave"),
    ],
)
def test_impossible_choices_are_refused(
    choice: LayerChoice, text: str, hint: str, chip: Chip, tmp_path: Path
) -> None:
    with pytest.raises(StudioError, match=text) as caught:
        quantized(model(tmp_path), chip, choice)
    assert hint in caught.value.hint and "opt.protobuf" in caught.value.where


def test_a_layer_has_one_set_of_options(chip: Chip, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="two sets of options"):
        quantized(model(tmp_path), chip, LayerChoice("gemm_0"), LayerChoice("gemm_0"))


def test_points_need_inputs_encoded_alike(chip: Chip, tmp_path: Path) -> None:
    maker = Maker()
    weights = maker.constant(np.ones((3, 2, 3, 3), np.float32))
    x = maker.add("Conv", "x", weights, kernel_shape=[3, 3])
    out = maker.add("Scale", x, scale=1 / 256)
    path = maker.save(tmp_path / "c.onnx", {"x": (1, 2, 6, 6)}, {out: (1, 3, 4, 4)})
    partial = LayerChoice("conv_0", points=2, signed_input=4)
    with pytest.raises(StudioError, match="encoded alike") as caught:
        quantized(path, chip, partial)
    assert "signed_input 18" in caught.value.hint
    for count in (18, -1):
        quantized(path, chip, replace(partial, signed_input=count))


def test_options_for_several_networks_skip_layers_of_the_others(chip: Chip, tmp_path: Path) -> None:
    choices = (LayerChoice("elsewhere", magnify=1), LayerChoice("gemm_0", magnify=1))
    network = quantized(model(tmp_path), chip, *choices, shared=True)
    assert matrices(network)[0].gain == G1 // 2


def test_what_has_no_effect_is_told(chip: Chip, tmp_path: Path) -> None:
    choice = LayerChoice("gemm_3", signed_input=24, ignored=("num 1 has no effect.",))
    notes = quantized(model(tmp_path), chip, choice).notes
    assert "gemm_3: num 1 has no effect." in notes
    assert any("never negative" in note for note in notes)


def test_options_survive_in_the_results_folder(chip: Chip, tmp_path: Path) -> None:
    choices = (
        LayerChoice("gemm_0", signed_input=5, weight_shift=1),
        LayerChoice("gemm_3", store="mixed", repeat=2, input_shift=1),
    )
    network = quantized(model(tmp_path), chip, *choices)
    store.save(network, tmp_path / "q")
    again = store.load(tmp_path / "q")
    for before, after in zip(matrices(network), matrices(again), strict=True):
        for name in ("encoding", "signed_inputs", "input_shift", "mirror_max", "repeat", "store"):
            assert getattr(before, name) == getattr(after, name)


def test_float_networks_follow_the_same_options(chip: Chip, tmp_path: Path) -> None:
    maker = Maker(3)
    # Outputs far above the weights, so that gains are far above the chip's smallest.
    first, second = (np.abs(maker.random.normal(0.1, 0.3, s)) for s in ((40, 24), (24, 6)))
    hidden = maker.add("Gemm", "x", maker.constant(first.astype(np.float32)))
    out = maker.add("Gemm", hidden, maker.constant(second.astype(np.float32)))
    path = maker.save(tmp_path / "f.onnx", {"x": (1, 40)}, {out: None})
    samples = (maker.random.uniform(0, 1, (40, 40)).astype(np.float32),)

    def made(*choices: LayerChoice) -> QNetwork:
        options = QuantizeOptions(samples, layers=LayerChoices(choices, "f"))
        network = run(load.load(path), chip, options)
        verify(network, chip)
        return network

    base = made()
    op = base.array_ops[1]
    gain = op.matrices[0].gain
    doubled = made(LayerChoice(op.name, weight_shift=1))
    assert doubled.array_ops[1].matrices[0].gain == 2 * gain
    np.testing.assert_array_equal(outputs(doubled, unsigned()), outputs(base, unsigned()))
    front = made(LayerChoice(op.name, front_scale=1, input_shift=1))
    assert front.tensors[op.input].scale == base.tensors[op.input].scale / 2
    assert front.array_ops[0].matrices[0].gain == base.array_ops[0].matrices[0].gain / 2
    mixed = made(LayerChoice(op.name, store="mixed")).array_ops[1].matrices[0]
    assert mixed.gain > gain and np.abs(mixed.weights).max() > 127


def cell() -> QNetwork:
    """A cell of two array operations, c/x on the input's step and c/h on the state."""

    def op(name: str, source: str) -> ArrayOp:
        weights = np.eye(4, dtype=np.int16) * 100
        whole = (Matrix(name, weights, "pn", 1024, ()),)
        tiled = tuple(replace(m, tiles=(TILE,)) for m in whole)
        return ArrayOp(name, source, f"{name} out", tiled, trace="c")

    from studio.quantize.qnetwork import AddOp, RowTile  # noqa: PLC0415

    TILE = RowTile(0, 4, None)
    before = ArrayOp("f", "x", "f out", op("f", "x").matrices, trace="f")
    body = (
        op("c/x", "step"),
        op("c/h", "state"),
        AddOp("c/sum", ("c/x out", "c/h out"), "next"),
    )
    outer = RecurrentOp(
        "c", "f out", "y", "step", "next", (State("state", "next"),), body, trace="c"
    )
    names = ("x", "f out", "step", "state", "c/x out", "c/h out", "next", "y")
    tensors = {n: QTensor(n, (1, 1, 4), 1.0, -128, 127, (1, 4)) for n in names}
    return QNetwork("n", "wtm2101", ("x",), ("y",), (before, outer), tensors)


def test_messages_go_to_the_arrays_of_a_cell_in_order(chip: Chip) -> None:
    given = LayerChoices((LayerChoice("c", 0), LayerChoice("c", 1, weight_shift=1)))
    gains = [op.matrices[0].gain for op in apply(cell(), given, chip).array_ops]
    assert gains == [1024, 1024, 2048]
    with pytest.raises(StudioError, match="array 3 of layer c, which has 2"):
        apply(cell(), LayerChoices((LayerChoice("c", 2),)), chip)
    assert list(layer_options.layers(cell())) == ["f", "c"]


def test_front_scale_reaches_the_layer_before_a_cell(chip: Chip) -> None:
    given = LayerChoices((LayerChoice("c", 0, input_shift=1, front_scale=1),))
    gains = [op.matrices[0].gain for op in apply(cell(), given, chip).array_ops]
    assert gains == [512, 2048, 1024]
    with pytest.raises(StudioError, match="no single array layer"):
        apply(cell(), LayerChoices((LayerChoice("c", 1, front_scale=1),)), chip)


def test_the_published_head_takes_512_rows(chip: Chip, shared: Path) -> None:
    folder = shared / "vendor" / "mnist_attention"
    network = quantized(folder / "net2.onnx", chip, LayerChoice("head", signed_input=256))
    (matrix,) = matrices(network)
    assert matrix.rows(matrix.tiles[0]) == 512 and matrix.columns == 10
    samples = np.load(folder / "head_input.npy")
    found = outputs(network, samples.reshape(len(samples), -1).astype(int))
    np.testing.assert_array_equal(found, np.load(folder / "traces.npz")["head_out"])
