"""Which file node became which layer, over every model there is at hand."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from studio.base import paths
from studio.chip import chip as chips
from studio.graph import load
from studio.graph.network import Network, Node
from studio.links import Links
from studio.quantize import stage
from studio.quantize.qnetwork import LutOp, QNetwork, RecurrentOp

MODELS = Path(__file__).parents[1] / "data" / "models"
NAMES = sorted(path.stem for path in MODELS.glob("*.onnx"))
ZOO = (
    "conv_avgpool",
    "conv_reshape_gemm",
    "dccrn_lstm",
    "gemm_scalar",
    "gru2array_gemm",
    "gru_floatscale_bn",
    "gru_gemm",
    "kws_conv_bn",
    "tc_resnet",
    "tdnn_howl",
    "tdnn_residual",
    "two_input_add",
    "two_input_concat",
    "two_input_mul",
)


@cache
def made(path: Path) -> tuple[Network, QNetwork, Links]:
    """The model, quantized over random samples: links do not depend on the numbers."""
    network = load.load(path)
    rng = np.random.default_rng(0)
    samples = tuple(
        rng.normal(size=(2, *network.shapes[name][1:])).astype(np.float32)
        for name in network.inputs
    )
    options = stage.QuantizeOptions(() if network.dialect == "integer" else samples)
    qnetwork = stage.run(network, chips.load("wtm2101"), options)
    return network, qnetwork, Links.of(network, qnetwork)


def check(path: Path) -> None:
    """All that holds for every model."""
    network, qnetwork, links = made(path)
    layers = {op.name for op in qnetwork.walk()}
    order = {node.name: place for place, node in enumerate(network.nodes)}
    assert network.file_nodes
    for node in network.file_nodes:
        assert links.layers[node.name] in layers, node.name
        assert all(links.names[output] in order for output in node.outputs if output)
    for node in network.nodes:
        assert links.names[node.name] == node.name
        assert links.layers[node.name] in layers
    assert set(links.nodes) == layers
    for layer, nodes in links.nodes.items():
        assert nodes, layer
        assert list(nodes) == sorted(nodes, key=lambda name: order[name])
        # Whatever is selected, something of the file lights up.
        assert any(links.origins.get(node) for node in nodes), layer
    outputs = {node.outputs[0] for node in network.file_nodes}
    assert {output for own in links.origins.values() for output in own} == outputs
    for op in qnetwork.array_ops:
        # An operation that multiplies is that of the node it says it is, or of that node's cell.
        holder = next(top for top in qnetwork.ops if op.name in links.inside[top.name])
        assert getattr(holder, "trace", holder.name) in links.nodes[op.name]


@pytest.mark.parametrize("name", NAMES)
def test_every_node_of_our_models_has_a_layer(name: str) -> None:
    check(MODELS / f"{name}.onnx")


def test_every_node_of_the_example_has_a_layer() -> None:
    check(paths.resource("examples", "digits", "digits.onnx"))


@pytest.mark.parametrize("name", ZOO)
def test_every_node_of_the_zoo_has_a_layer(name: str, shared: Path) -> None:
    check(shared / "vendor" / "zoo" / f"{name}.onnx")


def test_fused_nodes_go_with_their_matrix(shared: Path) -> None:
    _, _, links = made(shared / "vendor" / "zoo" / "dccrn_lstm.onnx")
    assert links.nodes["conv1"] == ("conv1", "conv1_scale", "conv1_relu")
    assert links.layers["conv1_relu"] == "conv1"
    assert links.nodes["deconv8 spread"] == links.nodes["deconv8"]


def test_what_is_in_a_cell_goes_with_its_node(shared: Path) -> None:
    _, qnetwork, links = made(shared / "vendor" / "zoo" / "dccrn_lstm.onnx")
    inside = links.inside["lstm6"]
    assert "lstm6/ifo" in inside
    assert {links.nodes[name] for name in inside} == {("lstm6",)}
    assert links.layers["lstm6"] == "lstm6"
    (cell,) = (op for op in qnetwork.ops if op.name == "lstm6")
    assert isinstance(cell, RecurrentOp)
    assert len(inside) == 1 + len(cell.body)


def test_the_way_back_of_a_cell_is_the_file_s_one_node() -> None:
    _, _, links = made(MODELS / "gru_bi2.onnx")
    (forward,) = (o for o in links.origins["/cell/GRU"] if "GRU" in o)
    assert links.origins["/cell/GRU/reverse"] == (forward,)
    assert links.nodes["/cell/GRU/reverse/gh"] == ("/cell/GRU/reverse",)


def test_pieces_of_a_norm_go_with_the_norm() -> None:
    network, _, links = made(MODELS / "transformer_old.onnx")
    pieces = [node.name for node in network.file_nodes if node.name.startswith("/norms.0/")]
    assert len(pieces) > 5
    assert {links.layers[name] for name in pieces} == {"/norms.0/Add_1"}


def test_a_clip_of_its_own_is_its_table() -> None:
    _, _, links = made(MODELS / "mobilenet_v2.onnx")
    assert links.layers["n4"] == "n4"
    assert links.nodes["node_Conv_181"] == ("node_Conv_181",)


def test_nodes_are_known_before_there_are_layers() -> None:
    network, _, _ = made(MODELS / "gru_bi2.onnx")
    links = Links.of(network, None)
    assert links.names["/cell/GRU"] == "/cell/GRU"
    assert links.origins["/cell/GRU/reverse"]
    assert not links.layers
    assert not links.nodes


def test_a_node_s_name_counts_for_more_than_a_tensor_s() -> None:
    nodes = (
        Node("Relu", "b", ("x",), ("a",), {}),
        Node("Tanh", "a", ("a",), ("y",), {}),
    )
    network = Network("n", "n", "float", ("x",), ("y",), nodes, {}, {}, file_nodes=nodes)
    links = Links.of(network, None)
    assert links.names["a"] == "a"
    assert links.origins == {"b": ("a",), "a": ("y",)}


def test_5000_nodes_take_no_time() -> None:
    nodes = tuple(Node("Relu", f"n{i}", (f"t{i}",), (f"t{i + 1}",), {}) for i in range(5000))
    network = Network("n", "n", "float", ("t0",), ("t5000",), nodes, {}, {}, file_nodes=nodes)
    table = np.zeros(256, np.int16)
    ops = tuple(LutOp(f"n{i}", f"t{i}", f"t{i + 1}", table) for i in range(5000))
    qnetwork = QNetwork("n", "c", ("t0",), ("t5000",), ops, {})
    shortest = 1.0
    for _ in range(5):
        start = time.process_time()
        links = Links.of(network, qnetwork)
        shortest = min(shortest, time.process_time() - start)
    assert len(links.nodes) == 5000
    # 0.02 s alone on two cores; what is not linear takes a second and more.
    assert shortest < 0.1
