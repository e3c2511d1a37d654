"""Analog noise of nothing: the path of noisy chips gives the exact simulator's integers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.base.errors import StudioError
from studio.chip.noise import Conditions
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, QNetwork, QTensor, RecurrentOp, State
from studio.simulate.noise_cells import prepare
from studio.simulate.noise_run import NoisyArray
from studio.simulate.noise_run import run as noisy_run
from studio.simulate.run import run
from tests.unit import noise_nets as nets


def assert_exact(net: QNetwork, layout: Layout, count: int = 20) -> None:
    x = (nets.samples(net, count),)
    found = run(net, x, array=nets.array(net, layout), layers=True)
    exact = run(net, x, layers=True)
    values = np.concatenate([found.outputs[name].ravel() for name in net.outputs])
    assert len(np.unique(values)) > 10, "the test's outputs say nothing"
    for name, layer in exact.layers.items():
        np.testing.assert_array_equal(found.layers[name], layer)
    for name in net.outputs:
        np.testing.assert_array_equal(found.outputs[name], exact.outputs[name])


@pytest.mark.parametrize("encoding", ["unsigned", "pn", "shift"])
@pytest.mark.parametrize("copies", [1, 2])
def test_every_encoding_and_stacked_copies(encoding: str, copies: int) -> None:
    net = nets.dense(90, 33, encoding=encoding, gain=2048)
    assert_exact(net, nets.mapped(net, copies=copies))


def test_row_tiles_each_round_by_themselves() -> None:
    net = nets.dense(300, 20, cuts=(120, 250, 300))
    assert_exact(net, nets.mapped(net))


def test_column_tiles_lie_apart() -> None:
    net = nets.dense(700, 1500, gain=4096)
    layout = nets.mapped(net)
    assert len(layout.blocks) > 1
    assert_exact(net, layout, 4)


def test_partly_signed_inputs_have_mirrored_rows() -> None:
    net = nets.dense(40, 12, encoding="partial", signed_inputs=10)
    weights = net.array_ops[0].matrices[0].weights
    (own,) = net.array_ops[0].matrices
    tile = replace(own.tiles[0], bias=(-128 * weights[10:].sum(axis=0)).astype(np.int32))
    op = replace(net.array_ops[0], matrices=(replace(own, tiles=(tile,)),))
    net = replace(net, ops=(op,))
    assert_exact(net, nets.mapped(net))


@pytest.mark.parametrize("store", ["mixed", "digital"])
def test_weights_that_are_not_all_analog(store: str) -> None:
    net = nets.dense(50, 12, store=store, gain=8192)
    (own,) = net.array_ops[0].matrices
    wide = replace(own, weights=(own.weights * 37).astype(np.int16))
    net = replace(net, ops=(replace(net.array_ops[0], matrices=(wide,)),))
    assert_exact(net, nets.mapped(net))


def test_repeated_rounds_average_to_themselves() -> None:
    net = nets.dense(50, 12, repeat=2)
    assert_exact(net, nets.mapped(net))


@pytest.mark.parametrize("points", [1, 2, 3, 50])
@pytest.mark.parametrize("size", [(13, 4, 2), (1, 11, 2)])
def test_points_of_a_convolution(points: int, size: tuple[int, int, int]) -> None:
    kernel = (min(3, size[0]), 3)
    rows = kernel[0] * kernel[1] * size[2]
    weights = nets.matrix(rows, 5, gain=1024)
    op = ArrayOp(
        "conv", "in", "out", (weights,), kernel, (1, 2), (1, 1), (0, 1, 0, 1), True, "conv"
    )
    net = nets.network(op, size=size)
    assert_exact(net, nets.mapped(net, points=points))


def test_groups_and_dilations() -> None:
    weights = tuple(nets.matrix(12, 3, seed=n, gain=512) for n in range(2))
    op = ArrayOp("conv", "in", "out", weights, (3, 2), (2, 1), (2, 1), (1, 1, 2, 0), trace="conv")
    net = nets.network(op, size=(15, 4, 4))
    assert_exact(net, nets.mapped(net, copies=2, points=2))


def test_several_layers_with_relu() -> None:
    net = nets.mlp(60, 40, 30, 12)
    assert_exact(net, nets.mapped(net))


def test_a_recurrent_cell() -> None:
    weights = nets.matrix(9, 9, gain=512, encoding="pn")
    tensors = {
        name: QTensor(name, shape, 1.0, -128, 127, (1, *shape))
        for name, shape in (
            ("in", (6, 1, 9)), ("out", (6, 1, 9)), ("x", (1, 1, 9)), ("h", (1, 1, 9)),
            ("y", (1, 1, 9)), ("z", (1, 1, 9)),
        )
    }  # fmt: skip
    body = (
        ArrayOp("cell.x", "x", "y", (weights,), trace="cell"),
        ArrayOp("cell.h", "y", "z", (nets.matrix(9, 9, encoding="pn", seed=3),), trace="cell"),
    )
    op = RecurrentOp("cell", "in", "out", "x", "z", (State("h", "z"),), body, trace="cell")
    net = QNetwork("net", nets.CHIP.id, ("in",), ("out",), (op,), tensors)
    assert_exact(net, nets.mapped(net))


def test_the_ideal_preset_is_the_exact_simulator_at_any_time() -> None:
    net = nets.mlp(60, 40, 12)
    layout = nets.mapped(net)
    later = Conditions(1e9, 125.0)
    ideal = prepare(net, layout, nets.CHIP, nets.CHIP.noise["ideal"], later)
    x = (nets.samples(net, 30),)
    exact = run(net, x).outputs["t1"]
    np.testing.assert_array_equal(noisy_run(net, x, ideal, 0, 0).outputs["t1"], exact)
    product = NoisyArray(ideal, 0, 0)
    np.testing.assert_array_equal(run(net, x, array=product).outputs["t1"], exact)


def test_layers_without_noise_are_exact() -> None:
    net = nets.mlp(60, 40, 30, 12)
    ready = nets.prepared(net, nets.mapped(net), output_noise=5.0)
    x = (nets.samples(net, 30),)
    found = noisy_run(net, x, ready, 0, 0, layers=True, only={"fc1"}).layers
    exact = run(net, x, layers=True).layers
    np.testing.assert_array_equal(found["fc0"], exact["fc0"])
    assert (found["fc1"] != exact["fc1"]).mean() > 0.3


def test_a_layout_of_another_network_is_refused() -> None:
    with pytest.raises(StudioError, match="no block of layer fc0"):
        nets.prepared(nets.mlp(8, 8), nets.mapped(nets.dense(8, 8)))


def test_a_model_for_layers_of_another_network_is_refused() -> None:
    net = nets.dense(8, 8)
    other = replace(nets.model(output_noise=1.0), layers={"conv9": 1.0})
    with pytest.raises(StudioError, match="'conv9' the network has not") as caught:
        prepare(net, nets.mapped(net), nets.CHIP, other, nets.NOW)
    assert "fc" in caught.value.hint
