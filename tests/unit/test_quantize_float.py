"""Float networks of every operator, quantized: the integers must follow the float model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import DataError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import calibrate, io, stage
from studio.simulate.run import run

from .models import Maker

Build = Callable[[Maker], str]
IMAGE = (1, 3, 8, 6)


def image(build: Build) -> tuple[Build, tuple[int, ...]]:
    return build, IMAGE


def residual(m: Maker) -> str:
    x = m.add("Relu", m.conv("x", 3, 8, (3, 3), pads=[1, 1, 1, 1]))
    y = m.add("Relu", m.conv(x, 8, 8, (3, 3), pads=[1, 1, 1, 1]))
    y = m.conv(y, 8, 8, (3, 3), pads=[1, 1, 1, 1])
    return m.add("Relu", m.add("Add", x, y))


def conv_flat(m: Maker) -> str:
    x = m.add("Relu", m.conv("x", 3, 5, (3, 2), strides=[2, 1], pads=[1, 0, 1, 1]))
    return m.gemm(m.add("Flatten", x), 5 * 4 * 6, 7)


def squeeze_excite(m: Maker) -> str:
    x = m.add("Relu", m.conv("x", 3, 6, (1, 1)))
    s = m.add("Sigmoid", m.conv(m.add("GlobalAveragePool", x), 6, 6, (1, 1)))
    return m.conv(m.add("Mul", x, s), 6, 4, (1, 1))


def branches(m: Maker) -> str:
    a = m.add("Relu", m.conv("x", 3, 4, (3, 3), pads=[1, 1, 1, 1]))
    b = m.add("Tanh", m.conv("x", 3, 5, (1, 1)))
    c = m.add("Concat", a, b, axis=1)
    return m.conv(c, 9, 4, (2, 2))


def attention_free(m: Maker) -> str:
    x = m.add("Relu", m.conv("x", 3, 8, (3, 3), pads=[1, 1, 1, 1]))
    x = m.add("Reshape", x, m.constant(np.array([1, 8, 48], np.int64)))
    x = m.add("Transpose", x, perm=[0, 2, 1])
    x = m.add("MatMul", x, m.weight(8, 5, scale=0.4))
    x = m.add("Relu", m.add("Add", x, m.weight(5, scale=0.1)))
    x = m.add("Transpose", x, perm=[0, 2, 1])
    return m.add("MatMul", x, m.weight(48, 4, scale=0.2))


def standing_norm(m: Maker) -> str:
    x = m.add("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 2])
    scale = m.constant(np.array([0.5, 1.5, -1.0], np.float32))
    shift = m.constant(np.array([0.1, -0.2, 0.3], np.float32))
    mean = m.constant(np.array([0.2, 0.1, -0.1], np.float32))
    var = m.constant(np.array([0.5, 1.0, 2.0], np.float32))
    x = m.add("BatchNormalization", x, scale, shift, mean, var)
    return m.conv(m.add("Relu", x), 3, 4, (2, 2))


def mobile(m: Maker) -> str:
    x = m.add("Clip", m.conv("x", 3, 8, (3, 3), pads=[1, 1, 1, 1]), *limits(m))
    x = m.add("Clip", m.conv(x, 8, 8, (3, 3), pads=[1, 1, 1, 1], group=8), *limits(m))
    x = m.conv(x, 8, 6, (1, 1))
    return m.gemm(m.add("Flatten", m.add("GlobalAveragePool", x)), 6, 5)


def limits(m: Maker) -> tuple[str, str]:
    return m.constant(np.float32(0)), m.constant(np.float32(6))


def grouped(m: Maker) -> str:
    return m.conv("x", 3, 6, (3, 3), group=3, dilations=[2, 1], pads=[2, 1, 2, 1])


def pooled(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    x = m.add("AveragePool", x, kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0])
    return m.conv(x, 4, 4, (1, 1))


def scaled(m: Maker) -> str:
    x = m.add("Mul", "x", m.constant(np.float32(1.7)))
    x = m.add("Add", x, m.constant(np.array([[[0.3]], [[-0.2]], [[0.5]]], np.float32)))
    return m.conv(x, 3, 4, (2, 2))


def position(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    return m.conv(m.add("Add", x, m.weight(1, 4, 8, 6, scale=0.5)), 4, 4, (1, 1))


def classified(m: Maker) -> str:
    return m.add("Softmax", conv_flat(m), axis=1)


def wide_dense(m: Maker) -> str:
    x = m.add("Relu", m.gemm("x", 40, 1200))
    return m.gemm(x, 1200, 6)


def cancelling(m: Maker) -> str:
    """Halves of the rows nearly cancel: each row tile alone is far larger than the sum."""
    half = np.abs(m.random.normal(0.05, 0.02, (600, 5))).astype(np.float32)
    rest = -half + m.random.normal(0, 0.01, (600, 5)).astype(np.float32)
    return m.add("Gemm", "x", m.constant(np.concatenate([half, rest])))


def one_dimensional(m: Maker) -> str:
    x = m.add("Relu", m.conv("x", 4, 6, (5,), strides=[2], pads=[2, 2]))
    x = m.add("MaxPool", x, kernel_shape=[2], strides=[2])
    return m.gemm(m.add("Flatten", x), 6 * 8, 5)


CASES = {
    "residual": image(residual),
    "conv_flat": image(conv_flat),
    "squeeze_excite": image(squeeze_excite),
    "branches": image(branches),
    "attention_free": image(attention_free),
    "standing_norm": image(standing_norm),
    "mobile": image(mobile),
    "grouped": image(grouped),
    "pooled": image(pooled),
    "scaled": image(scaled),
    "position": image(position),
    "classified": image(classified),
    "wide_dense": (wide_dense, (1, 40)),
    "cancelling": (cancelling, (1, 1200)),
    "one_dimensional": (one_dimensional, (1, 4, 32)),
}


# Few inputs a layer, or sums that cancel: the chip leaves such layers five or six bits.
LIMIT = {"residual": 0.12, "mobile": 0.18, "cancelling": 0.12}


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("name", CASES)
def test_integers_follow_the_float_model(
    name: str, signed: bool, chip: Chip, tmp_path: Path
) -> None:
    build, shape = CASES[name]
    maker = Maker(seed=len(name))
    output = build(maker)
    path = maker.save(tmp_path / f"{name}.onnx", {"x": shape}, {output: None})
    samples = maker.random.random((24, *shape[1:]), np.float32)
    if signed:
        samples = samples * 2 - 1
    network = load.load(path)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions((samples,)))
    stage.verify(qnetwork, chip)
    result = run(qnetwork, io.encode(qnetwork, (samples,)))
    found = io.real_outputs(qnetwork, result.outputs)[output].astype(np.float64)
    wanted = calibrate.outputs(network, (samples,), Job())[0].astype(np.float64)
    assert found.shape == wanted.shape
    error = np.linalg.norm(found - wanted) / np.linalg.norm(wanted)
    assert error < LIMIT.get(name, 0.08), f"relative error {error:.3f}"


def test_a_float_model_needs_samples(chip: Chip, tmp_path: Path) -> None:
    maker = Maker()
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 4)}, {maker.gemm("x", 4, 3): None})
    with pytest.raises(DataError, match="needs calibration samples"):
        stage.run(load.load(path), chip, stage.QuantizeOptions())
