"""What a report suggests for a weak layer: what can help, and nothing that is in force already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.graph.network import Network
from studio.quantize import stage
from studio.quantize.choices import Choices
from studio.simulate import compare
from studio.simulate.advice import Given
from studio.simulate.compare import LayerReport

from .float_nets import gates, ints
from .models import Maker

Floats = npt.NDArray[np.float32]
Made = tuple[Network, tuple[Floats, ...]]


def outlier(folder: Path, activation: str, size: float = 60.0) -> Made:
    """Hidden channel 7 is ``size`` times the others', and undone by the layer behind."""
    maker = Maker(8)
    first = maker.random.normal(0, 0.3, (24, 20)).astype(np.float32)
    second = maker.random.normal(0, 0.3, (6, 24)).astype(np.float32)
    first[7] = np.abs(first[7]) * size
    second[:, 7] /= size
    hidden = maker.add("Gemm", "x", maker.constant(first), transB=1)
    hidden = maker.add(activation, hidden)
    output = maker.add("Gemm", hidden, maker.constant(second), transB=1)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 20)}, {output: None}))
    return network, (maker.random.random((60, 20), np.float32),)


def raw_table(folder: Path, normalized: bool) -> Made:
    """Feature 4 of the input is 1000 times the others."""
    maker = Maker(5)
    samples = maker.random.random((60, 12), np.float32)
    samples[:, 4] *= 1000
    x = "x"
    if normalized:
        mean, variance = samples.mean(axis=0), samples.var(axis=0)
        parts = (np.ones(12, np.float32), np.zeros(12, np.float32), mean, variance)
        x = maker.add("BatchNormalization", x, *map(maker.constant, parts))
        output = maker.gemm(maker.add("Relu", x), 12, 4)
    else:
        weights = maker.random.normal(0, 0.3, (4, 12)).astype(np.float32)
        weights[:, 4] /= 1000
        output = maker.add("Gemm", x, maker.constant(weights), transB=1)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 12)}, {output: None}))
    return network, (samples,)


def worst(
    made: Made, chip: Chip, given: Given, choices: Choices | None = None, kind: str = ""
) -> LayerReport:
    """The worst layer, or the worst of one kind."""
    network, samples = made
    prepared = stage.prepare(network, chip, stage.QuantizeOptions(samples), Job())
    found = compare.run(stage.finish(prepared, choices), network, samples, None, given)
    layers = map(found.layer, found.worst)
    return next(layer for layer in layers if kind in ("", layer.kind))


NOTHING = Given("mse", "off")


@pytest.mark.parametrize("normalized", [False, True])
def test_an_outlier_of_the_models_input_is_to_be_standardized_outside(
    normalized: bool, chip: Chip, tmp_path: Path
) -> None:
    said = worst(raw_table(tmp_path, normalized), chip, NOTHING).suggestion
    assert said.startswith("channel 4 of the model's input x is")
    assert "standardize x outside the model" in said
    assert "--" not in said
    assert "layers before" not in said


def test_equalization_is_suggested_where_a_relu_lets_it_through(chip: Chip, tmp_path: Path) -> None:
    said = worst(outlier(tmp_path, "Relu"), chip, NOTHING).suggestion
    assert said.startswith("channel 7 of its input t1 is")
    assert "use --equalize" in said


@pytest.mark.parametrize("activation", ["HardSwish", "LeakyRelu"])
def test_equalization_is_not_suggested_through_other_functions(
    activation: str, chip: Chip, tmp_path: Path
) -> None:
    said = worst(outlier(tmp_path, activation), chip, NOTHING).suggestion
    assert "channel 7" in said
    assert "--equalize" not in said


def test_equalization_that_was_tried_is_not_suggested_again(chip: Chip, tmp_path: Path) -> None:
    made = outlier(tmp_path, "Relu")
    said = worst(made, chip, Given("mse", "fast", equalized=True)).suggestion
    assert "channel 7" in said
    assert "--equalize" not in said


def large_weights(folder: Path) -> Made:
    """Some weights are far larger than the others, at an input that is always small."""
    maker = Maker(8)
    weights = maker.random.normal(0, 0.3, (24, 20)).astype(np.float32)
    weights[:, 4] *= 40
    output = maker.add("Gemm", "x", maker.constant(weights), transB=1)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 20)}, {output: None}))
    samples = maker.random.random((60, 20), np.float32)
    samples[:, 4] /= 40
    return network, (samples,)


@pytest.mark.parametrize(
    ("given", "wanted", "unwanted"),
    [
        (Given("mse", "fast"), ("--mixed", "--tune thorough"), ("--equalize",)),
        (Given("mse", "thorough"), ("--mixed",), ("--tune",)),
        (Given("mse", "fast", mixed=True), ("--tune thorough",), ("--mixed",)),
        (Given("mse", "thorough", mixed=True), ("weight decay",), ("--",)),
    ],
)
def test_options_in_force_are_not_suggested(
    given: Given, wanted: tuple[str, ...], unwanted: tuple[str, ...], chip: Chip, tmp_path: Path
) -> None:
    found = worst(large_weights(tmp_path), chip, given)
    assert next(iter(found.shares)) == "weights"
    assert all(word in found.suggestion for word in wanted)
    assert not any(word in found.suggestion for word in unwanted)


def test_a_layer_with_16_bit_weights_is_not_to_get_them_again(chip: Chip, tmp_path: Path) -> None:
    made = outlier(tmp_path, "HardSwish", 3000.0)
    names = [node.name for node in made[0].nodes if node.op == "Gemm"]
    for choices, wanted in ((None, True), (Choices(stores=dict.fromkeys(names, "mixed")), False)):
        said = worst(made, chip, NOTHING, choices).suggestion
        assert said
        assert ("--mixed" in said) == wanted


@pytest.mark.parametrize(
    ("method", "said"), [("", "mse or percentile"), ("mse", "percentile"), ("percentile", "mse")]
)
def test_other_ways_to_calibrate_are_suggested_than_the_one_in_force(
    method: str, said: str, chip: Chip, tmp_path: Path
) -> None:
    coarse = Choices(scales={"t1": 40.0})
    found = worst(outlier(tmp_path, "HardSwish", 1.0), chip, Given(method), coarse, "lut")
    assert f"calibrate with --method {said}, or" in found.suggestion


def test_clipped_values_ask_for_their_extremes_or_for_other_samples(
    chip: Chip, tmp_path: Path
) -> None:
    made, clipped = outlier(tmp_path, "HardSwish", 1.0), Choices(scales={"t1": 1 / 6})
    said = worst(made, chip, Given("mse"), clipped, "lut").suggestion
    assert "clipped: calibrate with --method minmax, or with samples" in said
    said = worst(made, chip, Given("minmax"), clipped, "lut").suggestion
    assert "clipped: calibrate with samples that are more like the data" in said


def test_the_large_channel_of_a_recurrent_cells_input_is_named(chip: Chip, tmp_path: Path) -> None:
    maker = Maker(3)
    weights = maker.random.normal(0, 0.5, (1, 24, 5)).astype(np.float32)
    weights[..., 3] /= 100
    _, *others = gates(maker, "LSTM", 5, 6)
    x = maker.add("Transpose", "x", perm=[1, 0, 2])
    steps = maker.add("LSTM", x, maker.constant(weights), *others, hidden_size=6)
    joined = maker.add("Squeeze", steps, ints(maker, 1))
    output = maker.add("Transpose", joined, perm=[1, 0, 2])
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 7, 5)}, {output: None}))
    samples = maker.random.normal(size=(40, 7, 5)).astype(np.float32)
    samples[..., 3] *= 100
    found = worst((network, (samples,)), chip, NOTHING)
    assert found.kind == "recurrent"
    assert "channel 3 of the model's input x is" in found.suggestion
