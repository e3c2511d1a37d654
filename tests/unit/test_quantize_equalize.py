"""Cross-layer equalization: the same function, with channels that quantize better."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.graph.network import Network
from studio.quantize import calibrate, equalize

from .models import Maker

Floats = npt.NDArray[np.float32]
Build = Callable[[Maker], str]


def spread(maker: Maker, *shape: int) -> str:
    """Weights whose output channels differ a hundredfold."""
    values = maker.random.normal(0, 0.3, shape)
    sizes = np.geomspace(0.1, 10, shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    return maker.constant((values * maker.random.permutation(sizes)).astype(np.float32))


def dense(m: Maker) -> str:
    x = m.add("Relu", m.add("Gemm", "x", spread(m, 8, 96), m.weight(8, scale=0.1), transB=1))
    x = m.add("Relu", m.add("Gemm", x, spread(m, 6, 8), m.weight(6, scale=0.1), transB=1))
    return m.gemm(x, 6, 4)


def depthwise(m: Maker) -> str:
    x = m.add("Relu", m.add("Conv", "x", spread(m, 8, 2, 3, 3), m.weight(8, scale=0.2)))
    x = m.add("Relu", m.add("Conv", x, spread(m, 8, 1, 2, 2), m.weight(8, scale=0.2), group=8))
    return m.conv(x, 8, 4, (1, 1))


def flattened(m: Maker) -> str:
    x = m.add("Relu", m.add("Conv", "x", spread(m, 6, 2, 3, 3), m.weight(6, scale=0.2)))
    x = m.add("Flatten", m.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2]))
    return m.gemm(x, 6 * 2 * 3, 5)


def grouped(m: Maker) -> str:
    x = m.add("Relu", m.add("Conv", "x", spread(m, 8, 2, 3, 3), m.weight(8, scale=0.2)))
    return m.conv(x, 8, 6, (2, 2), group=2)


CASES: dict[str, tuple[Build, tuple[int, ...]]] = {
    "dense": (dense, (1, 96)),
    "depthwise": (depthwise, (1, 2, 6, 8)),
    "flattened": (flattened, (1, 2, 6, 8)),
    "grouped": (grouped, (1, 2, 6, 8)),
}


def made(build: Build, shape: tuple[int, ...], folder: Path) -> tuple[Network, tuple[Floats]]:
    maker = Maker(3)
    output = build(maker)
    path = maker.save(folder / "m.onnx", {"x": shape}, {output: None})
    samples = maker.random.normal(size=(16, *shape[1:])).astype(np.float32)
    return load.load(path), (samples,)


def by_values(
    network: Network, samples: tuple[Floats], chip: Chip
) -> tuple[Network, dict[str, npt.NDArray[np.float64]]]:
    peaks = calibrate.channel_peaks(network, equalize.observed(network), samples, Job())
    changed, factors = equalize.by_values(network, peaks, chip)
    return changed, dict(factors)


@pytest.mark.parametrize("way", ["weights", "values"])
@pytest.mark.parametrize("name", CASES)
def test_the_float_outputs_stay_the_same(name: str, way: str, chip: Chip, tmp_path: Path) -> None:
    network, samples = made(*CASES[name], tmp_path)
    if way == "weights":
        changed, factors = equalize.by_weights(network)
    else:
        changed, factors = by_values(network, samples, chip)
    assert factors
    before = calibrate.outputs(network, samples, Job())[0]
    after = calibrate.outputs(changed, samples, Job())[0]
    np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-4 * np.abs(before).max())


@pytest.mark.parametrize("way", ["weights", "values"])
@pytest.mark.parametrize("name", CASES)
def test_the_factors_are_what_the_values_between_were_divided_by(
    name: str, way: str, chip: Chip, tmp_path: Path
) -> None:
    network, samples = made(*CASES[name], tmp_path)
    if way == "weights":
        changed, factors = equalize.by_weights(network)
    else:
        changed, factors = by_values(network, samples, chip)
    names = list(factors)
    before = next(calibrate.FloatRunner(network, names).run(samples))
    after = next(calibrate.FloatRunner(changed, names).run(samples))
    for tensor in names:
        np.testing.assert_allclose(
            after[tensor] * factors[tensor], before[tensor], rtol=2e-4, atol=1e-4
        )


@pytest.mark.parametrize("name", ["dense", "depthwise"])
def test_weight_ranges_of_neighbours_meet(name: str, tmp_path: Path) -> None:
    network, _ = made(*CASES[name], tmp_path)
    changed, _ = equalize.by_weights(network)
    for pair in equalize.pairs(changed):
        first = np.asarray(changed.constants[pair.first.inputs[1]], np.float64)
        second = np.asarray(changed.constants[pair.second.inputs[1]], np.float64)
        if pair.first.op == "Conv":
            out = np.abs(first).max(axis=(1, 2, 3))
            depth = pair.second.number("group", 1) > 1
            into = np.abs(second).max(axis=(1, 2, 3) if depth else (0, 2, 3))
        else:
            out, into = np.abs(first).max(axis=0), np.abs(second).max(axis=1)
        np.testing.assert_allclose(out, into, rtol=0.02)


def test_every_channel_uses_all_levels_unless_its_weights_forbid_it(
    chip: Chip, tmp_path: Path
) -> None:
    network, samples = made(dense, (1, 96), tmp_path)
    changed, factors = by_values(network, samples, chip)
    pairs = equalize.pairs(changed)
    incoming = float(np.abs(samples[0]).max())
    for pair in pairs:
        hidden = pair.tensors[1]
        peaks = calibrate.channel_peaks(changed, [hidden], samples, Job())[hidden]
        weights = np.abs(changed.constants[pair.first.inputs[1]]).max(axis=0)
        # Integer weights with gain 256, where both tensors have 127 levels of their range.
        cells = weights * incoming * 256
        assert peaks.max() <= 1 + 1e-4
        assert cells.max() <= 127 * (1 + 1e-4)
        full = (peaks > 0.999) | (cells > 126.9) | (peaks < 1 / 128)
        assert full.all()
        assert np.count_nonzero(peaks > 0.999) + np.count_nonzero(cells > 126.9) >= 5
        incoming = 1.0
    assert factors


def test_a_clip_no_sample_reaches_becomes_a_relu_and_others_stay(
    chip: Chip, tmp_path: Path
) -> None:
    def limited(m: Maker, top: float) -> str:
        limits = m.constant(np.float32(0)), m.constant(np.float32(top))
        return m.gemm(m.add("Clip", m.gemm("x", 8, 6), *limits), 6, 3)

    for top, ops in ((1000.0, ["Gemm", "Relu", "Gemm"]), (0.5, ["Gemm", "Clip", "Gemm"])):
        network, samples = made(lambda m, t=top: limited(m, t), (1, 8), tmp_path)  # type: ignore[misc]
        changed, factors = by_values(network, samples, chip)
        assert [node.op for node in changed.nodes] == ops
        assert bool(factors) == (top == 1000)
        assert not equalize.by_weights(network)[1]


def test_tensors_with_two_users_and_outputs_are_left_alone(tmp_path: Path) -> None:
    maker = Maker()
    first = maker.add("Relu", maker.gemm("x", 8, 8))
    second = maker.gemm(first, 8, 8)
    both = maker.add("Add", first, second)
    output = maker.gemm(second, 8, 2)
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 8)}, {output: None, both: None})
    network = load.load(path)
    assert equalize.pairs(network) == ()
    changed, factors = equalize.by_weights(network)
    assert not factors
    assert changed.nodes == network.nodes


def test_a_dead_channel_is_left_as_it_is(tmp_path: Path) -> None:
    maker = Maker()
    weights = maker.random.normal(size=(6, 8)).astype(np.float32)
    weights[2] = 0
    hidden = maker.add("Relu", maker.add("Gemm", "x", maker.constant(weights), transB=1))
    output = maker.gemm(hidden, 6, 3)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 8)}, {output: None}))
    _, factors = equalize.by_weights(network)
    assert factors[hidden].reshape(-1)[2] == 1
