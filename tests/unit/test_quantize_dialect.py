"""The maker's dialect in chip integers: operators of the CPU against their formulas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.chip.chip import Chip
from studio.quantize.qnetwork import LutOp
from tests.unit.dialect_models import (
    Ints,
    gained,
    half_up,
    made,
    node,
    outputs,
    quantized,
    sat8,
    tensor,
)

EVERY = np.arange(-128, 128)
WIDE = np.arange(256)
RANDOM = np.random.default_rng(7)


def one(chip: Chip, folder: Path, x: Ints, *nodes: object, **switches: object) -> Ints:
    """Output y of nodes that turn input x, [1, C], into it."""
    network = made(folder, list(nodes), {}, {"x": [1, x.size]})  # type: ignore[arg-type]
    rows = x.reshape(1, -1)
    return outputs(quantized(network, chip, rows, **switches), rows)["y"].reshape(-1)


def cut_to(v: float, step: int) -> int:
    return int(abs(v) // step * step * (1 if v >= 0 else -1))


@pytest.mark.parametrize("x", [EVERY, WIDE], ids=["signed", "unsigned"])
@pytest.mark.parametrize("n", range(1, 8))
def test_a_plain_scale_of_a_power_of_two_shifts(
    n: int, x: Ints, chip: Chip, tmp_path: Path
) -> None:
    found = one(chip, tmp_path, x, node("Scale", "x", "y", scale=2.0**-n))
    np.testing.assert_array_equal(found, sat8(half_up(x, n)))


@pytest.mark.parametrize("n", [8, 13])
def test_a_smaller_scale_rounds_as_the_array(n: int, chip: Chip, tmp_path: Path) -> None:
    found = one(chip, tmp_path, WIDE, node("Scale", "x", "y", scale=2.0**-n))
    np.testing.assert_array_equal(found, gained(WIDE, 1 << n))
    scale = node("Scale", "x", "y", scale=2.0**-n)
    other = one(chip, tmp_path, WIDE, scale, scale_large="half up")
    np.testing.assert_array_equal(other, half_up(WIDE, n))
    floored = one(chip, tmp_path, WIDE, scale, scale_large="floor")
    np.testing.assert_array_equal(floored, WIDE >> n)


@pytest.mark.parametrize("factor", [-128, -3, 0, 2, 127])
def test_a_whole_scale_multiplies(factor: int, chip: Chip, tmp_path: Path) -> None:
    found = one(chip, tmp_path, EVERY, node("Scale", "x", "y", scale=float(factor)))
    np.testing.assert_array_equal(found, sat8(EVERY * factor))


def test_a_scale_of_one_costs_nothing(chip: Chip, tmp_path: Path) -> None:
    nodes = [node("Scale", "x", "a", scale=1.0), node("Scale", "a", "y", scale=0.5)]
    network = made(tmp_path, nodes, {}, {"x": [1, 256]})
    found = quantized(network, chip, WIDE.reshape(1, -1))
    assert len(found.ops) == 1


def test_relu_joins_the_table_before_it(chip: Chip, tmp_path: Path) -> None:
    nodes = [node("Scale", "x", "a", scale=0.5), node("Relu", "a", "y")]
    network = made(tmp_path, nodes, {}, {"x": [1, 256]})
    found = quantized(network, chip, EVERY.reshape(1, -1))
    assert [type(op) for op in found.ops] == [LutOp]
    x = EVERY.reshape(1, -1)
    np.testing.assert_array_equal(outputs(found, x)["y"], np.maximum(half_up(x, 1), 0))


@pytest.mark.parametrize(("op", "factor"), [("mul", -7), ("mul", 127), ("add", 100), ("add", -9)])
@pytest.mark.parametrize("shift", [-3, 0, 2])
def test_scalar(op: str, factor: int, shift: int, chip: Chip, tmp_path: Path) -> None:
    scalar = node("Scalar", "x", "y", scale=factor, shift_bit=shift, op_types=op)
    total = EVERY + factor if op == "add" else EVERY * factor
    expected = sat8(half_up(total, -shift))
    np.testing.assert_array_equal(one(chip, tmp_path, EVERY, scalar), expected)


@pytest.mark.parametrize(("scale", "bits"), [(6.407029628753662, 7), (-0.37, 4), (0.5, 7)])
def test_float_scale(scale: float, bits: int, chip: Chip, tmp_path: Path) -> None:
    found = one(chip, tmp_path, EVERY, node("FloatScale", "x", "y", scale=scale, clip_bits=bits))
    exact = float(np.float32(scale))
    expected = [min(max(int(v * exact + 0.5), -(2**bits)), 2**bits - 1) for v in EVERY.tolist()]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("bits", [0, 1, 3, 7])
def test_clear_low_bits(bits: int, chip: Chip, tmp_path: Path) -> None:
    found = one(chip, tmp_path, EVERY, node("ClearLowBits", "x", "y", bits=bits))
    half, step = 2**bits // 2, 2**bits
    expected = [
        ((v + half) >> bits) << bits if v > 0 else cut_to(v - half, step) for v in EVERY.tolist()
    ]
    np.testing.assert_array_equal(found, sat8(np.array(expected)))
    node_ = node("ClearLowBits", "x", "y", bits=bits)
    floored = one(chip, tmp_path, EVERY, node_, clear_low_bits="floor")
    lower = [((v + half if v > 0 else v - half) >> bits) << bits for v in EVERY.tolist()]
    np.testing.assert_array_equal(floored, sat8(np.array(lower)))


@pytest.mark.parametrize("size", [256, 1024])
def test_act_lut(size: int, chip: Chip, tmp_path: Path) -> None:
    table = RANDOM.integers(-128, 128, size)
    lut = node("ActLut", "x", "y", act_type="sigmoid", table_params=tensor("t", table))
    places = EVERY & 255 if size == 256 else (2 * EVERY) & 1023
    np.testing.assert_array_equal(one(chip, tmp_path, EVERY, lut), table[places])
    direct = one(chip, tmp_path, EVERY, lut, act_lut_1024="direct")
    np.testing.assert_array_equal(direct, table[EVERY & (size - 1)])


def test_clip(chip: Chip, tmp_path: Path) -> None:
    nodes = [node("Scale", "x", "a", scale=2), node("Clip", "a low high", "y")]
    network = made(tmp_path, nodes, {"low": -20.0, "high": 77.0}, {"x": [1, 256]})
    x = EVERY.reshape(1, -1)
    np.testing.assert_array_equal(
        outputs(quantized(network, chip, x), x)["y"], np.clip(2 * x, -20, 77)
    )


@pytest.mark.parametrize(
    ("shape", "channels"), [([1, 3], 3), ([1, 3, 5], 3), ([1, 3, 4, 5], 3)], ids=str
)
@pytest.mark.parametrize("relu", [False, True])
def test_batch_normalization(
    shape: list[int], channels: int, relu: bool, chip: Chip, tmp_path: Path
) -> None:
    values = RANDOM.normal(0, 1, (4, channels)).astype(np.float32)
    values[3] = np.abs(values[3]) * 1e-3
    constants = dict(zip("gbmv", values, strict=True))
    norm = node(
        "BatchNormalization", "x g b m v", "a" if relu else "y", scale_in=0.125, scale_out=0.3
    )
    nodes = [norm, node("Relu", "a", "y")] if relu else [norm]
    network = made(tmp_path, nodes, constants, {"x": shape})
    x = RANDOM.integers(-128, 128, (20, *shape[1:]))
    found = outputs(quantized(network, chip, x), x)["y"]
    g, b, m, v = (
        row.astype(np.float64).reshape(1, channels, *([1] * (len(shape) - 2))) for row in values
    )
    y = ((x * 0.125 - m) / np.sqrt(v + float(np.float32(1e-5))) * g + b) / float(np.float32(0.3))
    expected = sat8(np.floor(y + 0.5))
    np.testing.assert_array_equal(found, np.maximum(expected, 0) if relu else expected)


@pytest.mark.parametrize("op", ["Add", "Mul"])
@pytest.mark.parametrize("shift", [-7, -1, 0, 1])
@pytest.mark.parametrize("form", ["two", "vector", "one number"])
def test_add_and_mul(op: str, shift: int, form: str, chip: Chip, tmp_path: Path) -> None:
    x, z = RANDOM.integers(-128, 128, (2, 30, 6))
    constant = np.array([[-128, 127, 3, -5, 0, 1]]) if form == "vector" else np.array([-77])
    inputs = {"x": [1, 6], "z": [1, 6]} if form == "two" else {"x": [1, 6]}
    samples = (x, z) if form == "two" else (x,)
    constants = {} if form == "two" else {"c": constant}
    second = "z" if form == "two" else "c"
    network = made(tmp_path, [node(op, f"x {second}", "y", shift_bit=shift)], constants, inputs)
    other = z if form == "two" else constant
    total = x + other if op == "Add" else x * other
    found = outputs(quantized(network, chip, *samples), *samples)["y"]
    np.testing.assert_array_equal(found, sat8(half_up(total, -shift)))


@pytest.mark.parametrize("ratio", [(0.0625, 0.0625), (0.5, 0.25), (0.3, 0.2), (1.0, 3.0)])
def test_average_pool(ratio: tuple[float, float], chip: Chip, tmp_path: Path) -> None:
    pool = node(
        "AveragePool", "x", "y", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 0, 0],
        scale_in=ratio[0], scale_out=ratio[1],
    )  # fmt: skip
    network = made(tmp_path, [pool], {}, {"x": [1, 2, 6, 5]})
    x = RANDOM.integers(-128, 128, (9, 2, 6, 5))
    padded = np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (3, 2), (2, 3))[:, :, ::2]
    factor = float(np.float32(ratio[0])) / float(np.float32(ratio[1]))
    expected = sat8(np.floor(views.sum(axis=(4, 5)) / 6 * factor))
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


def test_means(chip: Chip, tmp_path: Path) -> None:
    nodes = [
        node("ReduceMean", "x", "y", axes=[1], scale_in=0.5, scale_out=0.25),
        node("ReduceMean", "x", "z", axes=[3], keepdims=0),
        node("ReduceMean", "x", "w", axes=[2, 3]),
    ]
    network = made(tmp_path, nodes, {}, {"x": [1, 5, 3, 4]}, "y z w")
    x = RANDOM.integers(-128, 128, (9, 5, 3, 4))
    found = outputs(quantized(network, chip, x), x)
    mean = sat8(np.floor(x.sum(axis=1, keepdims=True) * 2 / 5 + 0.5))
    np.testing.assert_array_equal(found["y"], mean)
    np.testing.assert_array_equal(found["z"], x.sum(axis=3) // 4)
    np.testing.assert_array_equal(found["w"], x.sum(axis=(2, 3), keepdims=True) // 12)


@pytest.mark.parametrize("axis", [1, 2, 3])
def test_softmax_and_sumnorm(axis: int, chip: Chip, tmp_path: Path) -> None:
    options = {"scale_in": 0.0625, "scale_out": 1 / 255, "axis": axis}
    nodes = [node("Softmax", "x", "y", **options), node("SumNorm", "x", "z", **options)]
    network = made(tmp_path, nodes, {}, {"x": [1, 3, 4, 5]}, "y z")
    x = RANDOM.integers(0, 128, (9, 3, 4, 5))
    found = outputs(quantized(network, chip, x), x)
    e = np.exp(x * 0.0625)
    share = 255 * e / e.sum(axis=axis, keepdims=True)
    # The table of exponentials has 15 bits: off by at most one step where it is nearly a tie.
    assert np.abs(found["y"] - share).max() < 0.52
    part = x * 255 / np.maximum(x.sum(axis=axis, keepdims=True), 1)
    assert np.abs(found["z"] - part).max() < 0.5 + 1e-4
    assert found["z"].max() > 127


def test_softmax_steps_are_a_switch(chip: Chip, tmp_path: Path) -> None:
    network = made(tmp_path, [node("Softmax", "x", "y", scale_in=1.0)], {}, {"x": [1, 4]})
    x = np.array([[3, 0, 0, 100]])
    assert outputs(quantized(network, chip, x), x)["y"].tolist() == [[0, 0, 0, 255]]
    small = quantized(network, chip, x, softmax_steps=127)
    assert outputs(small, x)["y"].tolist() == [[0, 0, 0, 127]]


@pytest.mark.parametrize("kind", ["GroupNorm", "InstanceNormalization", "LayerNormalization"])
def test_norms(kind: str, chip: Chip, tmp_path: Path) -> None:
    shape = [1, 7, 4] if kind == "LayerNormalization" else [1, 4, 3, 5]
    gamma, beta = RANDOM.normal(0, 20, (2, 4)).astype(np.float32)
    groups = {"num_groups": 2} if kind == "GroupNorm" else {}
    nodes = [
        node(kind, "x g b", "a", scale_in=0.25, scale_out=0.5, epsilon=1e-3, **groups),
        node("Relu", "a", "y"),
    ]
    network = made(tmp_path, nodes, {"g": gamma, "b": beta}, {"x": shape})
    x = RANDOM.integers(-128, 128, (9, *shape[1:]))
    v = x * 0.25
    if kind == "LayerNormalization":
        axes: tuple[int, ...] = (2,)
        g, b = (row.astype(np.float64) for row in (gamma, beta))
    else:
        parts = 2 if kind == "GroupNorm" else 4
        v = v.reshape(9, parts, 4 // parts, 3, 5)
        axes = (2, 3, 4)
        g, b = (row.astype(np.float64).reshape(1, 4, 1, 1) for row in (gamma, beta))
    mean, var = v.mean(axis=axes, keepdims=True), v.var(axis=axes, keepdims=True)
    y = ((v - mean) / np.sqrt(var + float(np.float32(1e-3)))).reshape(x.shape) * g + b
    expected = np.clip(np.floor(y / 0.5 + 0.5), 0, 127)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


@pytest.mark.parametrize("shift", [-9, 0, 1])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("heads", [0, 3])
def test_products_of_activations(
    heads: int, turned: bool, shift: int, chip: Chip, tmp_path: Path
) -> None:
    lead = [heads] if heads else []
    left, right = [*lead, 5, 8], [*lead, *([4, 8] if turned else [8, 4])]
    perm = [0, 1, 3, 2] if heads else [0, 2, 1]
    product = node("MatMul", "x t" if turned else "x z", "y", shift_bit=shift)
    nodes = [node("Transpose", "z", "t", perm=perm), product] if turned else [product]
    network = made(tmp_path, nodes, {}, {"x": [1, *left], "z": [1, *right]})
    x, z = RANDOM.integers(-128, 128, (6, *left)), RANDOM.integers(-128, 128, (6, *right))
    other = np.swapaxes(z, -1, -2) if turned else z
    found = outputs(quantized(network, chip, x, z), x, z)["y"]
    np.testing.assert_array_equal(found, sat8(half_up(x @ other, -shift)))


def test_slice_split_transpose_and_concat(chip: Chip, tmp_path: Path) -> None:
    nodes = [
        node("Split", "x", "a b", axis=1),
        node("Slice", "x s e i k", "c"),
        node("Transpose", "c", "d", perm=[0, 1, 3, 2]),
        node("Concat", "b a", "y", axis=1),
        node("Scale", "d", "z", scale=2),
    ]
    constants = {"s": [1, 1], "e": [4, 100], "i": [1, 3], "k": [1, 2]}
    network = made(tmp_path, nodes, constants, {"x": [1, 4, 3, 6]}, "y z")
    x = RANDOM.integers(-60, 60, (9, 4, 3, 6))
    found = outputs(quantized(network, chip, x), x)
    np.testing.assert_array_equal(found["y"], np.concatenate([x[:, 2:], x[:, :2]], axis=1))
    np.testing.assert_array_equal(found["z"], 2 * x[:, 1:4, :, 1::2].transpose(0, 1, 3, 2))
