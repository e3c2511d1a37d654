"""The maker's dialect: which axis of a series has its features, and orders of the chip's memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import FitError, ModelError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph.load import load
from studio.graph.network import Network
from studio.mapper.stage import MapOptions
from studio.mapper.stage import run as map_run
from studio.quantize import stage
from tests.unit.dialect_models import Ints, gained, half_up, made, node, outputs, quantized, sat8
from tests.unit.models import Maker

RANDOM = np.random.default_rng(11)
SCALE = node("Scale", "h", "y", scale=2.0**-8)


def weights(*shape: int) -> Ints:
    return RANDOM.integers(-60, 61, shape)


def memory(x: Ints) -> Ints:
    """A batch [n, C, H, W] or [n, C, W] as it lies in the chip: W, then H, then C."""
    return x.transpose(0, *range(x.ndim - 1, 0, -1)).reshape(len(x), -1)


@pytest.mark.parametrize(
    ("before", "target"),
    [
        ((9, 1, 9), [9, 9]),
        ((6, 1, 9), [6, 9]),
        ((6, 1, 9), [1, 6, 9]),
        ((6, 1, 9), [9, 6]),
        ((3, 3, 3), [3, 9]),
        ((9, 9), [9, 9]),
        ((6, 9), [6, 9]),
        ((6, 9), [1, 54]),
    ],
)
def test_reshape_reads_the_memory_even_where_only_ones_come_and_go(
    before: tuple[int, ...], target: list[int], chip: Chip, tmp_path: Path
) -> None:
    w = weights(target[-1], 4)
    nodes = [node("Scale", "x", "a", scale=1.0), node("Reshape", "a t", "r"),
             node("Gemm", "r w", "h"), SCALE]  # fmt: skip
    network = made(tmp_path, nodes, {"w": w, "t": target}, {"x": [1, *before]})
    x = RANDOM.integers(0, 256, (3, *before))
    steps = memory(x).reshape(3, -1, target[-1])
    found = outputs(quantized(network, chip, x), x)["y"]
    np.testing.assert_array_equal(found.reshape(3, -1, 4), gained(steps @ w, 256))


def test_a_series_named_channels_first_stays_where_it_lies(chip: Chip, tmp_path: Path) -> None:
    w = weights(6, 4)
    nodes = [node("Reshape", "x t", "r"), node("Gemm", "r w", "h"), SCALE]
    network = made(tmp_path, nodes, {"w": w, "t": [1, 6, 9]}, {"x": [1, 6, 1, 9]})
    x = RANDOM.integers(0, 256, (3, 6, 1, 9))
    expected = gained(x[:, :, 0].swapaxes(1, 2) @ w, 256).swapaxes(1, 2)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


@pytest.mark.parametrize("width", [4, 7])
def test_reshape_back_to_channels_reads_the_memory(width: int, chip: Chip, tmp_path: Path) -> None:
    """From T steps of D numbers to [1, D, 1, T], D being T or not."""
    w = weights(6, 4)
    nodes = [node("Reshape", "x t", "r"), node("Gemm", "r w", "h"),
             node("Scale", "h", "s", scale=2.0**-8), node("Reshape", "s u", "y")]  # fmt: skip
    constants = {"w": w, "t": [width, 6], "u": [1, 4, 1, width]}
    network = made(tmp_path, nodes, constants, {"x": [1, 6, 1, width]})
    x = RANDOM.integers(0, 256, (3, 6, 1, width))
    steps = gained(x[:, :, 0].swapaxes(1, 2) @ w, 256)
    expected = steps.swapaxes(1, 2)[:, :, None]
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


def test_squeeze_only_names_the_axes_anew(chip: Chip, tmp_path: Path) -> None:
    nodes = [node("Scale", "x", "a", scale=1.0), node("Squeeze", "a", "b", axes=[2]),
             node("Relu", "b", "y")]  # fmt: skip
    network = made(tmp_path, nodes, {}, {"x": [1, 9, 1, 9]})
    x = RANDOM.integers(0, 128, (3, 9, 1, 9))
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], x[:, :, 0])


@pytest.mark.parametrize("op", ["Gemm", "Tdnn"])
@pytest.mark.parametrize(("features", "columns"), [(7, 4), (5, 7), (7, 7)])
def test_a_series_of_as_many_features_as_steps_is_channels_first(
    features: int, columns: int, op: str, chip: Chip, tmp_path: Path
) -> None:
    """Two layers over 7 steps: the input, what lies between, or both are square."""
    w, v = weights(features, columns), weights(columns, 3)
    if op == "Gemm":
        nodes = [node("Gemm", "x w", "g"), node("Scale", "g", "a", scale=2.0**-9),
                 node("Gemm", "a v", "h"), SCALE]  # fmt: skip
    else:
        nodes = [node("Tdnn", "x w", "a", scale_params=512, time_offsets=[0]),
                 node("Tdnn", "a v", "y", scale_params=256, time_offsets=[0])]  # fmt: skip
    network = made(tmp_path, nodes, {"w": w, "v": v}, {"x": [1, features, 7]})
    x = RANDOM.integers(0, 128, (3, features, 7))
    expected = gained(gained(x.swapaxes(1, 2) @ w, 512) @ v, 256).swapaxes(1, 2)
    found = quantized(network, chip, x)
    np.testing.assert_array_equal(outputs(found, x)["y"], expected)
    noted = [note for note in found.notes if "tells features from time steps" in note]
    assert len(noted) == (features == 7)


def test_a_transpose_turns_a_square_series(chip: Chip, tmp_path: Path) -> None:
    w = weights(7, 7)
    nodes = [node("Transpose", "x", "a", perm=[0, 2, 1]), node("Gemm", "a w", "h"), SCALE]
    network = made(tmp_path, nodes, {"w": w}, {"x": [1, 7, 7]})
    x = RANDOM.integers(0, 256, (3, 7, 7))
    expected = gained(x.swapaxes(1, 2) @ w, 256)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


def test_one_feature_at_every_step(chip: Chip, tmp_path: Path) -> None:
    w = weights(1, 4)
    nodes = [node("Scale", "x", "a", scale=1.0), node("Reshape", "a t", "r"),
             node("Relu", "r", "p"), node("Gemm", "p w", "h"), SCALE]  # fmt: skip
    network = made(tmp_path, nodes, {"w": w, "t": [6, 1]}, {"x": [1, 1, 2, 3]})
    x = RANDOM.integers(0, 256, (5, 1, 2, 3))
    expected = gained(memory(x)[:, :, None] @ w, 256)
    found = outputs(quantized(network, chip, x), x)["y"]
    np.testing.assert_array_equal(found.reshape(5, 6, 4), expected)


def test_a_column_of_all_features_is_one_frame(tmp_path: Path) -> None:
    nodes = [node("Reshape", "x t", "r"), node("Gemm", "r w", "h"), SCALE]
    network = made(tmp_path, nodes, {"w": weights(6, 4), "t": [6, 1]}, {"x": [1, 1, 2, 3]})
    assert network.shapes["y"] == (1, 4)


def large_bias(tmp_path: Path) -> tuple[Network, Ints, Ints]:
    w, b = weights(6, 4), np.array([600_064, -128, -700_032, 0])
    nodes = [node("Gemm", "x w b", "h"), node("Scale", "h", "y", scale=2.0**-13)]
    return made(tmp_path, nodes, {"w": w, "b": b}, {"x": [1, 6]}), w, b


def test_a_bias_beyond_the_strip_is_simulated_but_not_mapped(chip: Chip, tmp_path: Path) -> None:
    network, w, b = large_bias(tmp_path)
    x = RANDOM.integers(0, 256, (9, 6))
    found = quantized(network, chip, x)
    np.testing.assert_array_equal(outputs(found, x)["y"], gained(x @ w + b, 8192))
    assert [note for note in found.notes if "a bias of 700032 does not fit 16 bias rows" in note]
    with pytest.raises(FitError, match="largest bias is 700032 and needs"):
        map_run(found, chip, MapOptions(), Job())


def test_a_bias_beyond_32_bits_is_refused(chip: Chip, tmp_path: Path) -> None:
    nodes = [node("Gemm", "x w b", "h"), SCALE]
    constants = {"w": weights(6, 4), "b": np.full(4, 2.0**31)}
    network = made(tmp_path, nodes, constants, {"x": [1, 6]})
    with pytest.raises(FitError, match="a bias of 2147483648 does not fit"):
        quantized(network, chip, RANDOM.integers(0, 256, (9, 6)))


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        (1 / 128, "gain 128"),
        (0.125, "gain 8"),
        (0.0, "scale 0"),
        (-0.5, "scale -0.5"),
        (1, "gain 1 "),
    ],
)
@pytest.mark.parametrize("op", ["Gemm", "MatMul", "Conv", "ConvTranspose"])
def test_a_scale_behind_an_array_operator_is_a_gain(
    op: str, scale: float, text: str, tmp_path: Path
) -> None:
    window = op.startswith("Conv")
    w = weights(6, 6, 1, 1) if window else weights(6, 6)
    nodes = [node(op, "x w", "h"), node("Scale", "h", "y", scale=scale)]
    with pytest.raises(ModelError) as caught:
        made(tmp_path, nodes, {"w": w}, {"x": [1, 6, 3, 3] if window else [1, 6]})
    message = caught.value.message
    assert f"({op}): {text}" in message
    assert "the chip's are 256..8192: 1/scale must be a power of two" in message


def test_a_list_of_one_stands_for_its_item(chip: Chip, tmp_path: Path) -> None:
    nodes = [
        node("Scalar", "x", "a", scale=[3], op_types=["mul"], shift_bit=[-1]),
        node("Scale", "a", "b", scale=[0.5]),
        node("MaxPool", "b", "y", kernel_shape=2, strides=2),
    ]
    network = made(tmp_path, nodes, {}, {"x": [1, 4, 6]})
    x = RANDOM.integers(-128, 128, (9, 4, 6))
    halves = half_up(sat8(half_up(3 * x, 1)), 1).reshape(9, 4, 3, 2)
    found = outputs(quantized(network, chip, x), x)["y"]
    np.testing.assert_array_equal(found, halves.max(axis=3))


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"scale": [1, 2]}, "attribute scale of node y (Scalar) is of the wrong kind"),
        ({"scale": 1, "op_types": ["mul", "add"]}, "attribute op_types of node y (Scalar) is"),
        ({"shift_bit": -1}, "scale is missing"),
    ],
)
def test_lists_of_several_and_missing_numbers_are_named(
    attributes: dict[str, object], text: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError) as caught:
        made(tmp_path, [node("Scalar", "x", "y", **attributes)], {}, {"x": [1, 6]})
    assert text in caught.value.message


@pytest.mark.parametrize("largest", [1, 40])
def test_whole_weights_of_a_float_model_are_noted(largest: int, chip: Chip, tmp_path: Path) -> None:
    maker = Maker(2)
    values = np.eye(6, 4, dtype=np.float32) * largest
    y = maker.add("Gemm", "x", maker.constant(values))
    network = load(maker.save(tmp_path / "m.onnx", {"x": (1, 6)}, {y: None}))
    samples = maker.random.random((8, 6), np.float32)
    found = stage.run(network, chip, stage.QuantizeOptions((samples,)))
    assert any("All weights are whole numbers" in note for note in found.notes) == (largest > 1)
