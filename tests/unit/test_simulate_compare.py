"""The accuracy report: measures, entire and single, causes and suggestions."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import Cancelled, DataError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.graph.network import Network
from studio.quantize import stage
from studio.quantize.choices import Choices
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.simulate import compare
from studio.simulate.errors import MOST_DB, Sums

from .models import Maker

Floats = npt.NDArray[np.float32]
Real = npt.NDArray[np.float64]


def mlp(folder: Path, chip: Chip, choices: Choices | None = None) -> tuple[QNetwork, Network, Real]:
    """12 -> 8 with Relu -> 4, quantized on 40 samples."""
    maker = Maker(5)
    hidden = maker.add("Relu", maker.gemm("x", 12, 8))
    output = maker.gemm(hidden, 8, 4)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 12)}, {output: None}))
    samples = maker.random.random((40, 12), np.float32)
    options = stage.QuantizeOptions((samples,))
    prepared = stage.prepare(network, chip, options, Job())
    return stage.finish(prepared, choices), network, samples.astype(np.float64)


def exact(x: npt.NDArray[np.int64], op: ArrayOp) -> npt.NDArray[np.int64]:
    """OPS.md in plain integers: sat8(R((x @ W + b) / G)), then Relu."""
    (matrix,) = op.matrices
    (tile,) = matrix.tiles
    total = x @ matrix.weights.astype(np.int64)
    if tile.bias is not None:
        total = total + tile.bias
    quarter = np.sign(total) * (4 * np.abs(total) // matrix.gain)
    found = np.clip((quarter + 2) >> 2, -128, 127)
    return np.maximum(found, 0) if op.relu else found


def integers(values: Real, scale: float, low: int, high: int) -> npt.NDArray[np.int64]:
    return np.clip(np.rint(values / scale), low, high).astype(np.int64)


def test_entire_and_single_errors_equal_those_computed_by_hand(chip: Chip, tmp_path: Path) -> None:
    qnetwork, network, samples = mlp(tmp_path, chip)
    first, second = qnetwork.array_ops
    assert second.matrices[0].encoding == "unsigned"
    x, h, y = (qnetwork.tensors[name] for name in (first.input, first.output, second.output))
    constants = [np.asarray(network.constants[n], np.float64) for n in network.nodes[0].inputs[1:]]
    real_h = np.maximum(samples @ constants[0] + constants[1], 0)
    constants = [np.asarray(network.constants[n], np.float64) for n in network.nodes[2].inputs[1:]]
    real_y = real_h @ constants[0] + constants[1]

    own_h = exact(integers(samples, x.scale, x.low, x.high), first)
    entire = exact(own_h, second) * y.scale
    single = exact(integers(real_h, h.scale, h.low, h.high), second) * y.scale

    found = compare.run(qnetwork, network, (samples.astype(np.float32),)).layer(second.name)
    for errors, got in ((found.entire, entire), (found.single, single)):
        assert errors is not None
        noise, signal = np.sum((got - real_y) ** 2), np.sum(real_y**2)
        assert errors.snr == pytest.approx(10 * np.log10(signal / noise), rel=1e-4)
        assert errors.distance == pytest.approx(np.sqrt(noise / signal), rel=1e-3)
        cosine = np.sum(got * real_y) / np.linalg.norm(got) / np.linalg.norm(real_y)
        assert errors.cosine == pytest.approx(cosine, rel=1e-6)
        assert errors.max_error == pytest.approx(np.abs(got - real_y).max(), rel=1e-4)
    assert not np.array_equal(entire, single)


def test_batches_change_nothing(chip: Chip, tmp_path: Path) -> None:
    qnetwork, network, samples = mlp(tmp_path, chip)
    many = np.concatenate([samples] * 5).astype(np.float32)
    once = compare.run(qnetwork, network, (samples.astype(np.float32),))
    often = compare.run(qnetwork, network, (many,))
    assert often.samples == 200
    for a, b in zip(once.layers, often.layers, strict=True):
        assert a.single is not None
        assert b.single is not None
        assert a.single.snr == pytest.approx(b.single.snr, rel=1e-9)


def test_saturation_counts_values_beyond_the_range_only() -> None:
    sums = Sums()
    wanted = np.array([1.0, 5.0, 127.4, 130.0, -3.0, -200.0])
    sums.add(wanted, np.array([1, 5, 127, 127, -3, -128], np.int16), 1.0, -128, 127)
    errors = sums.errors()
    assert errors.saturation == pytest.approx(2 / 6)
    assert errors.max_error == 72
    relu = Sums()
    relu.add(np.array([-0.6, 200.0]), np.array([0, 127], np.int16), 1.0, 0, 127)
    assert relu.errors().saturation == 0.5


def test_a_tensor_without_error_has_the_highest_snr() -> None:
    sums = Sums()
    sums.add(np.array([2.0, -4.0]), np.array([1, -2], np.int16), 2.0, -128, 127)
    assert (sums.errors().snr, sums.errors().cosine) == (MOST_DB, 1)


def test_the_worst_layer_comes_first_with_its_cause_and_a_suggestion(
    chip: Chip, tmp_path: Path
) -> None:
    """The first layer's range is a sixth of what it should be: it saturates."""
    _, network, _ = mlp(tmp_path, chip)
    hidden = network.nodes[1].outputs[0]
    qnetwork, network, samples = mlp(tmp_path, chip, Choices(scales={hidden: 1 / 6}))
    found = compare.run(qnetwork, network, (samples.astype(np.float32),))
    worst = found.layer(found.worst[0])
    assert worst.name == qnetwork.array_ops[0].name
    assert next(iter(worst.shares)) in ("saturation", "weights")
    assert sum(worst.shares.values()) == pytest.approx(1)
    assert worst.suggestion
    healthy, _, _ = mlp(tmp_path, chip)
    sound = compare.run(healthy, network, (samples.astype(np.float32),))
    assert all(layer.suggestion == "" for layer in sound.layers)


def test_values_beyond_the_calibrated_range_are_called_saturation(
    chip: Chip, tmp_path: Path
) -> None:
    qnetwork, network, samples = mlp(tmp_path, chip)
    found = compare.run(qnetwork, network, ((samples * 3).astype(np.float32),))
    first = found.layer(qnetwork.array_ops[0].name)
    assert first.single is not None
    assert first.entire is not None
    assert first.limited >= 0
    wide = compare.run(qnetwork, network, (samples.astype(np.float32),))
    plain = wide.layer(first.name)
    assert plain.single is not None
    assert plain.single.snr > first.single.snr


def test_a_relu6_is_compared_after_its_limit(chip: Chip, tmp_path: Path) -> None:
    maker = Maker(2)
    limits = maker.constant(np.float32(0)), maker.constant(np.float32(0.4))
    hidden = maker.add("Clip", maker.gemm("x", 12, 8), *limits)
    output = maker.gemm(hidden, 8, 4)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 12)}, {output: None}))
    samples = (maker.random.random((40, 12), np.float32),)
    qnetwork = stage.run(network, chip, stage.QuantizeOptions(samples))
    found = compare.run(qnetwork, network, samples)
    assert [layer.kind for layer in found.layers] == ["array", "array"]
    assert all(layer.single is not None and layer.single.snr > 20 for layer in found.layers)


@pytest.mark.parametrize("way", ["weights", "values"])
def test_equalized_networks_are_compared_in_their_own_units(
    way: str, chip: Chip, tmp_path: Path
) -> None:
    maker = Maker(4)
    image = maker.add("Relu", maker.conv("x", 2, 6, (3, 3)))
    image = maker.add("Relu", maker.conv(image, 6, 6, (2, 2), group=6))
    output = maker.gemm(maker.add("Flatten", image), 6 * 9, 4)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 2, 6, 6)}, {output: None}))
    samples = (maker.random.random((30, 2, 6, 6), np.float32),)
    options = stage.QuantizeOptions(samples, equalize="weights" if way == "weights" else "values")
    qnetwork = stage.run(network, chip, options)
    assert qnetwork.equalized
    found = compare.run(qnetwork, network, samples)
    assert all(layer.single is not None and layer.single.snr > 20 for layer in found.layers)


def test_integer_models_report_their_use_of_the_range_only(chip: Chip, tmp_path: Path) -> None:
    qnetwork, _, samples = mlp(tmp_path, chip)
    found = compare.run(qnetwork, None, (samples.astype(np.float32),))
    assert not found.reference
    assert not found.outputs
    assert all(layer.single is None and layer.entire is None for layer in found.layers)
    assert all(layer.low < layer.high for layer in found.layers)


def test_a_report_is_plain_data(chip: Chip, tmp_path: Path) -> None:
    qnetwork, network, samples = mlp(tmp_path, chip)
    found = compare.run(qnetwork, network, (samples.astype(np.float32),))
    tree = json.loads(json.dumps(asdict(found)))
    assert tree["worst"] == list(found.worst)
    assert tree["layers"][0]["single"]["snr"] == found.layers[0].single.snr  # type: ignore[union-attr]


def test_a_report_needs_samples(chip: Chip, tmp_path: Path) -> None:
    qnetwork, network, samples = mlp(tmp_path, chip)
    with pytest.raises(DataError, match="no samples to compare"):
        compare.run(qnetwork, network, (samples[:0].astype(np.float32),))


def test_a_report_can_be_cancelled(chip: Chip, tmp_path: Path) -> None:
    qnetwork, network, samples = mlp(tmp_path, chip)

    def stop(done: int, total: int, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        compare.run(qnetwork, network, (samples.astype(np.float32),), Job(stop))
