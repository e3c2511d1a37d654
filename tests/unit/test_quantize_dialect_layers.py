"""The maker's dialect in chip integers: array operators, and orders in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.chip.chip import Chip
from studio.graph.load import load
from studio.quantize import stage
from studio.simulate import run
from tests.unit.dialect_models import Ints, gained, half_up, made, node, outputs, quantized, sat8

RANDOM = np.random.default_rng(7)


def transposed(x: Ints, w: Ints, strides: tuple[int, int]) -> Ints:
    """Every input element adds its kernel to the full output, as scattered."""
    n, _, height, width = x.shape
    _, outs, kh, kw = w.shape
    full = np.zeros(
        (n, outs, (height - 1) * strides[0] + kh, (width - 1) * strides[1] + kw), np.int64
    )
    for h in range(height):
        for t in range(width):
            for i in range(kh):
                for j in range(kw):
                    full[:, :, h * strides[0] + i, t * strides[1] + j] += (
                        x[:, :, h, t] @ w[:, :, i, j]
                    )
    return full


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    ("kernel", "strides", "pads", "more"),
    [
        ((3, 2), (2, 1), (1, 0, 1, 0), (1, 0, 1, 0)),
        ((3, 1), (2, 1), (0, 0, 0, 0), (0, 0)),
        ((4, 3), (3, 2), (1, 2, 2, 0), (1, 1)),
        ((2, 2), (1, 1), (1, 1, 1, 1), ()),
        ((1, 1), (2, 2), (1, 1, 0, 0), ()),
    ],
)
def test_transposed_convolution(
    kernel: tuple[int, int],
    strides: tuple[int, int],
    pads: tuple[int, ...],
    more: tuple[int, ...],
    signed: bool,
    chip: Chip,
    tmp_path: Path,
) -> None:
    w, b = RANDOM.integers(-127, 128, (2, 3, *kernel)), RANDOM.integers(-50, 50, 3) * 128
    attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads}
    if more:
        attributes["output_padding"] = more
    nodes = [
        node("ConvTranspose", "x w b", "h", **attributes),
        node("Scale", "h", "s", scale=2.0**-8),
        node("Relu", "s", "y"),
    ]
    network = made(tmp_path, nodes, {"w": w, "b": b}, {"x": [1, 2, 4, 5]})
    x = RANDOM.integers(-128 if signed else 0, 128, (3, 2, 4, 5))
    full = transposed(x, w, strides)
    height = full.shape[2] - pads[0] - pads[2] + (more[0] if more else 0)
    width = full.shape[3] - pads[1] - pads[3] + (more[1] if more else 0)
    if strides[1] == 1 and not pads[1] and not pads[3]:
        width = 5
    full = np.pad(full, ((0, 0), (0, 0), (0, 9), (0, 9)))  # output_padding reaches zeros
    kept = full[:, :, pads[0] : pads[0] + height, pads[1] : pads[1] + width]
    expected = np.maximum(gained(kept + b.reshape(1, 3, 1, 1), 256), 0)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


def test_grouped_transposed_convolution(chip: Chip, tmp_path: Path) -> None:
    w = RANDOM.integers(-127, 128, (4, 3, 3))
    nodes = [
        node("ConvTranspose", "x w", "h", group=2, strides=[2], pads=[1, 0]),
        node("Scale", "h", "y", scale=2.0**-9),
    ]
    network = made(tmp_path, nodes, {"w": w}, {"x": [1, 4, 7]})
    x = RANDOM.integers(0, 256, (3, 4, 7))
    parts = [
        transposed(x[:, g : g + 2, None], w[g : g + 2, :, None], (1, 2))[:, :, 0, 1:]
        for g in (0, 2)
    ]
    expected = gained(np.concatenate(parts, axis=1), 512)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


@pytest.mark.parametrize("steps_last", [False, True])
def test_gemm_at_every_step(steps_last: bool, chip: Chip, tmp_path: Path) -> None:
    w, b = RANDOM.integers(-127, 128, (6, 4)), RANDOM.integers(-50, 50, 4) * 128
    nodes = [node("Gemm", "x w b", "h"), node("Scale", "h", "y", scale=2.0**-8)]
    network = made(tmp_path, nodes, {"w": w, "b": b}, {"x": [1, 6, 9] if steps_last else [1, 9, 6]})
    frames = RANDOM.integers(0, 256, (5, 9, 6))
    x = frames.swapaxes(1, 2) if steps_last else frames
    expected = gained(frames @ w + b, 256)
    expected = expected.swapaxes(1, 2) if steps_last else expected
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)


def test_reshape_reads_the_chips_memory(chip: Chip, tmp_path: Path) -> None:
    """To a time series, one product at every step, and back to channels and height."""
    w = RANDOM.integers(-127, 128, (6, 8))
    nodes = [
        node("Scale", "x", "a", scale=1.0),
        node("Reshape", "a t", "r"),
        node("Gemm", "r w", "h"),
        node("Scale", "h", "s", scale=2.0**-8),
        node("Reshape", "s u", "y"),
    ]
    constants = {"w": w, "t": [5, 6], "u": [1, 2, 4, 5]}
    network = made(tmp_path, nodes, constants, {"x": [1, 3, 2, 5]})
    x = RANDOM.integers(0, 256, (4, 3, 2, 5))
    frames = x.transpose(0, 3, 2, 1).reshape(4, 5, 6)  # column h * C + c at every step
    back = gained(frames @ w, 256).reshape(4, 5, 4, 2).transpose(0, 3, 2, 1)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], back)


def test_products_of_reshaped_vectors_are_row_major(chip: Chip, tmp_path: Path) -> None:
    nodes = [
        node("Reshape", "x t", "a"),
        node("Reshape", "z u", "b"),
        node("MatMul", "a b", "m", shift_bit=-6),
        node("Relu", "m", "r"),
        node("Reshape", "r v", "y"),
    ]
    constants = {"t": [10, 6], "u": [6, 8], "v": [1, 80]}
    network = made(tmp_path, nodes, constants, {"x": [1, 60], "z": [1, 48]})
    x, z = RANDOM.integers(-128, 128, (4, 60)), RANDOM.integers(-128, 128, (4, 48))
    sums = x.reshape(4, 10, 6) @ z.reshape(4, 6, 8)
    expected = np.maximum(sat8(half_up(sums, 6)), 0).reshape(4, 80)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x, z), x, z)["y"], expected)


def test_a_gemm_without_a_scale_gets_the_usual_gain(chip: Chip, tmp_path: Path) -> None:
    w = RANDOM.integers(-127, 128, (6, 4))
    nodes = [node("Gemm", "x w", "h"), node("Scalar", "h", "y", scale=1, shift_bit=-3)]
    network = made(tmp_path, nodes, {"w": w}, {"x": [1, 6]})
    x = RANDOM.integers(0, 256, (9, 6))
    found = quantized(network, chip, x)
    np.testing.assert_array_equal(outputs(found, x)["y"], half_up(gained(x @ w, 1024), 3))
    assert any("its gain is taken to be 1024" in note for note in found.notes)
    other = quantized(network, chip, x, bare_gain=256)
    np.testing.assert_array_equal(outputs(other, x)["y"], half_up(gained(x @ w, 256), 3))


def test_a_second_scale(chip: Chip, tmp_path: Path) -> None:
    w = RANDOM.integers(-127, 128, (6, 4))
    scales = [node("Scale", "h", "s", scale=2.0**-10), node("Scale", "s", "y", scale=4.0)]
    network = made(tmp_path, [node("Gemm", "x w", "h"), *scales], {"w": w}, {"x": [1, 6]})
    x = RANDOM.integers(0, 256, (9, 6))
    after = outputs(quantized(network, chip, x), x)["y"]
    np.testing.assert_array_equal(after, sat8(4 * gained(x @ w, 1024)))
    fused = quantized(network, chip, x, second_scale="fused")
    np.testing.assert_array_equal(outputs(fused, x)["y"], gained(x @ w, 256))
    assert len(fused.ops) == 1


def test_a_second_scale_that_makes_no_gain_stays(chip: Chip, tmp_path: Path) -> None:
    scales = [node("Scale", "h", "s", scale=2.0**-10), node("Scale", "s", "y", scale=3.0)]
    nodes = [node("Gemm", "x w", "h"), *scales]
    network = made(tmp_path, nodes, {"w": np.full((6, 4), 99)}, {"x": [1, 6]})
    x = RANDOM.integers(0, 256, (9, 6))
    fused = quantized(network, chip, x, second_scale="fused")
    np.testing.assert_array_equal(
        outputs(fused, x)["y"], outputs(quantized(network, chip, x), x)["y"]
    )


ZOO = (
    "conv_avgpool", "conv_reshape_gemm", "gemm_scalar", "kws_conv_bn", "tc_resnet",
    "two_input_add", "two_input_concat", "two_input_mul",
)  # fmt: skip


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_without_cells_runs(name: str, chip: Chip, shared: Path) -> None:
    network = load(shared / "vendor" / "zoo" / f"{name}.onnx")
    found = stage.run(network, chip, stage.QuantizeOptions())
    stage.verify(found, chip)
    shapes = [found.tensors[tensor].shape for tensor in found.inputs]
    samples = [RANDOM.integers(0, 256, (2, *shape)).astype(np.int16) for shape in shapes]
    result = run.run(found, samples).outputs
    assert all(len(np.unique(values)) > 1 for values in result.values())


def test_an_output_may_be_clipped(chip: Chip, tmp_path: Path) -> None:
    nodes = [
        node("Gemm", "x w", "h"), node("Scale", "h", "s", scale=2.0**-8),
        node("Clip", "s low high", "y"),
    ]  # fmt: skip
    constants = {"w": RANDOM.integers(-127, 128, (6, 4)), "low": 0.0, "high": 6.0}
    network = made(tmp_path, nodes, constants, {"x": [1, 6]})
    x = RANDOM.integers(0, 256, (9, 6))
    expected = np.clip(gained(x @ np.asarray(constants["w"]), 256), 0, 6)
    np.testing.assert_array_equal(outputs(quantized(network, chip, x), x)["y"], expected)
