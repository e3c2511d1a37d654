"""Inputs of Add and Concat: those of about the same size share a scale, others keep their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import calibrate, io, stage
from studio.quantize.choices import Choices
from studio.quantize.qnetwork import LutOp, QNetwork
from studio.simulate.run import run

from .models import Maker

SHAPE = (1, 32, 4, 4)


def kernel(maker: Maker, size: float, inputs: int = 32, outputs: int = 32) -> str:
    """A 1x1 kernel whose outputs are about ``size`` times as large as its inputs.

    All its weights are as large, so that the smallest gain raises no scale.
    """
    signs = maker.random.choice([-1.0, 1.0], (outputs, inputs, 1, 1))
    weights = signs * size / np.sqrt(inputs)
    return maker.constant(weights.astype(np.float32))


def joined(op: str, size: float, folder: Path, pooled: bool = False) -> tuple[Path, np.ndarray]:
    """y = op(x1, large conv of x1), and x1 goes into another convolution beside it."""
    maker = Maker(4)
    first = maker.add("Conv", "x", kernel(maker, 1.0))
    large = maker.add("Conv", first, kernel(maker, size))
    near = first
    if pooled:
        window = {"kernel_shape": [2, 2], "strides": [2, 2]}
        near, large = (maker.add("MaxPool", part, **window) for part in (first, large))
    both = maker.add(op, near, large, **({"axis": 1} if op == "Concat" else {}))
    side = maker.add("Conv", first, kernel(maker, 1.0))
    outputs = {both: None, side: None}
    path = maker.save(folder / "m.onnx", {"x": SHAPE}, outputs)
    return path, maker.random.uniform(-1, 1, (24, *SHAPE[1:])).astype(np.float32)


def quantized(path: Path, samples: np.ndarray, chip: Chip) -> tuple[QNetwork, list[float]]:
    """The network, and the SNR of each output in dB."""
    network = load.load(path)
    made = stage.run(network, chip, stage.QuantizeOptions((samples,)))
    stage.verify(made, chip)
    found = io.real_outputs(made, run(made, io.encode(made, (samples,))).outputs)
    wanted = calibrate.outputs(network, (samples,), Job())
    ratios = [
        10 * np.log10(np.sum(w.astype(float) ** 2) / np.sum((found[name] - w) ** 2.0))
        for name, w in zip(network.outputs, wanted, strict=True)
    ]
    return made, ratios


@pytest.mark.parametrize("pooled", [False, True], ids=["plain", "pooled"])
@pytest.mark.parametrize("op", ["Add", "Concat", "Sub"])
def test_a_small_input_that_others_read_keeps_its_levels(
    op: str, pooled: bool, chip: Chip, tmp_path: Path
) -> None:
    made, (both, side) = quantized(*joined(op, 12.0, tmp_path, pooled), chip)
    tables = [item for item in made.ops if isinstance(item, LutOp)]
    assert len(tables) == (2 if op == "Sub" else 1)  # a Sub negates by a table in any case
    assert both > 33
    assert side > 30  # 5 dB where the large one's scale is forced on all


@pytest.mark.parametrize("op", ["Add", "Concat"])
def test_inputs_of_about_the_same_size_need_no_table(op: str, chip: Chip, tmp_path: Path) -> None:
    made, (both, side) = quantized(*joined(op, 0.6, tmp_path), chip)
    assert not any(isinstance(item, LutOp) for item in made.ops)
    assert min(both, side) > 30


def test_an_input_that_nothing_else_reads_has_the_scale_of_the_sum(
    chip: Chip, tmp_path: Path
) -> None:
    maker = Maker(4)
    small = maker.add("Conv", "x", kernel(maker, 1.0))
    large = maker.add("Conv", "x", kernel(maker, 4.0))
    out = maker.add("Add", small, large)
    path = maker.save(tmp_path / "m.onnx", {"x": SHAPE}, {out: None})
    samples = maker.random.uniform(-1, 1, (24, *SHAPE[1:])).astype(np.float32)
    made, _ = quantized(path, samples, chip)
    assert not any(isinstance(item, LutOp) for item in made.ops)
    assert made.tensors[small].scale == made.tensors[large].scale == made.tensors[out].scale


def test_weights_of_one_layer_do_not_coarsen_what_it_is_joined_with(
    chip: Chip, tmp_path: Path
) -> None:
    """A large weight on a channel that is always small needs a scale far above the values."""
    maker = Maker(4)
    first = maker.add("Conv", "x", kernel(maker, 1.0))
    weights = np.eye(32, dtype=np.float32)
    weights[0, 31] = 12
    raised = maker.add("Conv", "x", maker.constant(weights.reshape(32, 32, 1, 1)))
    out = maker.add("Concat", first, raised, axis=1)
    path = maker.save(tmp_path / "m.onnx", {"x": SHAPE}, {out: None})
    samples = maker.random.uniform(-1, 1, (24, *SHAPE[1:])).astype(np.float32)
    samples[:, 31] *= 0.02
    made, (found,) = quantized(path, samples, chip)
    assert made.tensors[raised].scale > 1.5 * made.tensors[first].scale
    assert made.tensors[first].scale == made.tensors[out].scale
    assert found > 20


def test_the_search_changes_the_scale_of_one_class_alone(chip: Chip, tmp_path: Path) -> None:
    path, samples = joined("Add", 12.0, tmp_path)
    network = load.load(path)
    prepared = stage.prepare(network, chip, stage.QuantizeOptions((samples,)), Job())
    first = network.nodes[0].outputs[0]
    plain, changed = (
        stage.finish(prepared, Choices(scales=factors)).tensors for factors in ({}, {first: 1.25})
    )
    assert changed[first].scale == pytest.approx(1.25 * plain[first].scale)
    assert changed[network.outputs[0]].scale == plain[network.outputs[0]].scale
