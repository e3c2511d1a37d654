"""Loading and exporting a model changes none of its results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from studio.graph import export, load
from studio.graph.network import Network

SEED = 7


def weights(name: str, *shape: int) -> onnx.TensorProto:
    random = np.random.default_rng(abs(hash_of(name)) + SEED)
    return numpy_helper.from_array(random.standard_normal(shape).astype(np.float32), name)


def hash_of(name: str) -> int:
    return sum(ord(letter) * (index + 1) for index, letter in enumerate(name))


def ints(name: str, *values: int) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, dtype=np.int64), name)


def scalar(name: str, value: float) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(value, dtype=np.float32), name)


def node(op: str, inputs: str, outputs: str, **attributes: object) -> onnx.NodeProto:
    """Inputs and outputs separated by spaces; ``-`` is an input left out."""
    names = ["" if name == "-" else name for name in inputs.split()]
    return helper.make_node(op, names, outputs.split(), **attributes)


def model(
    nodes: Sequence[onnx.NodeProto],
    constants: Sequence[onnx.TensorProto] = (),
    inputs: dict[str, Sequence[int | str | None]] | None = None,
    outputs: Sequence[str] = ("y",),
    opset: int = 17,
) -> onnx.ModelProto:
    graph = helper.make_graph(
        list(nodes),
        "test",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in (inputs or {"x": [1, 4]}).items()
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        list(constants),
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def run(proto: onnx.ModelProto, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    used = {value.name for value in session.get_inputs()}
    return session.run(None, {name: array for name, array in feeds.items() if name in used})


def feeds(network: Network, batch: int = 1) -> dict[str, np.ndarray]:
    random = np.random.default_rng(SEED)
    return {
        name: (4 * random.standard_normal((batch, *network.shapes[name][1:]))).astype(np.float32)
        for name in network.inputs
    }


def check(proto: onnx.ModelProto, folder: Path, ops: str, **options: object) -> Network:
    """Load ``proto``; its nodes must be ``ops`` and its results those of the file."""
    path = folder / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    network = load.load(path, **options)
    assert " ".join(n.op for n in network.nodes) == ops
    given = feeds(network)
    expected = run(proto, given)
    actual = run(export.to_onnx(network, network.outputs), given)
    assert len(actual) == len(expected)
    for name, one, other in zip(network.outputs, expected, actual, strict=True):
        assert other.shape == network.shapes[name]
        assert one.shape == other.shape
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-4)
    # The export takes any batch, and samples do not mix in it.
    many = feeds(network, batch=3)
    together = run(export.to_onnx(network, network.outputs), many)
    alone = [
        run(export.to_onnx(network, network.outputs), {k: v[i : i + 1] for k, v in many.items()})
        for i in range(3)
    ]
    for index, array in enumerate(together):
        parts = np.concatenate([outputs[index] for outputs in alone])
        np.testing.assert_allclose(array, parts, rtol=1e-4, atol=1e-4)
    return network


X2 = {"x": [1, 4]}
X3 = {"x": [1, 4, 10]}
X4 = {"x": [1, 4, 9, 8]}
W = weights("w", 6, 4, 3, 3)
B = weights("b", 6)
W1 = weights("w", 6, 4, 3)
G = weights("w", 4, 5)

CONVS = {
    "plain": ({}, [W]),
    "bias": ({}, [W, B]),
    "strides": ({"strides": [2, 1]}, [W, B]),
    "pads": ({"pads": [1, 0, 2, 1], "strides": [2, 2]}, [W, B]),
    "dilation": ({"dilations": [2, 3], "pads": [1, 1, 1, 1]}, [W]),
    "groups": ({"group": 2, "pads": [1, 1, 1, 1]}, [weights("w", 6, 2, 3, 3), B]),
    "depthwise": ({"group": 4}, [weights("w", 4, 1, 3, 3)]),
    "same_upper": ({"auto_pad": "SAME_UPPER", "strides": [2, 3]}, [W, B]),
    "same_lower": ({"auto_pad": "SAME_LOWER", "strides": [2, 3]}, [W, B]),
    "valid": ({"auto_pad": "VALID"}, [W]),
    "even": ({"auto_pad": "SAME_LOWER"}, [weights("w", 6, 4, 2, 4)]),
}


@pytest.mark.parametrize("name", CONVS)
def test_convolution(name: str, tmp_path: Path) -> None:
    attributes, constants = CONVS[name]
    inputs = " ".join(["x", *(tensor.name for tensor in constants)])
    network = check(
        model([node("Conv", inputs, "y", **attributes)], constants, X4), tmp_path, "Conv"
    )
    conv = network.nodes[0]
    assert len(conv.ints("pads")) == 4
    assert conv.ints("kernel_shape") == tuple(constants[0].dims[2:])
    assert len(conv.ints("strides")) == len(conv.ints("dilations")) == 2
    assert conv.number("group", 0) >= 1
    assert "auto_pad" not in conv.attributes


@pytest.mark.parametrize(
    "attributes",
    [{}, {"pads": [2, 1], "strides": [2], "dilations": [2]}, {"auto_pad": "SAME_UPPER"}],
)
def test_convolution_1d(attributes: dict, tmp_path: Path) -> None:
    check(model([node("Conv", "x w b", "y", **attributes)], [W1, B], X3), tmp_path, "Conv")


POOLS = {
    "max": ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
    "max pads": ("MaxPool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2]}),
    "max same": ("MaxPool", {"kernel_shape": [2, 3], "auto_pad": "SAME_UPPER"}),
    "max ceil": ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
    "max ceil pads": (
        "MaxPool",
        {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1, "pads": [1, 1, 0, 1]},
    ),
    "average": ("AveragePool", {"kernel_shape": [2, 2], "strides": [2, 2]}),
    "average pads": ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 0, 0, 1]}),
    "average counts": (
        "AveragePool",
        {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1},
    ),
    "average same": ("AveragePool", {"kernel_shape": [3, 2], "auto_pad": "SAME_LOWER"}),
    "average ceil": ("AveragePool", {"kernel_shape": [3, 2], "strides": [2, 3], "ceil_mode": 1}),
}


@pytest.mark.parametrize("name", POOLS)
def test_pools(name: str, tmp_path: Path) -> None:
    op, attributes = POOLS[name]
    network = check(model([node(op, "x", "y", **attributes)], (), X4), tmp_path, op)
    assert network.nodes[0].number("ceil_mode", 1) == 0


@pytest.mark.parametrize("shape", [[1, 4, 9, 8], [1, 4, 10]])
def test_global_average(shape: list[int], tmp_path: Path) -> None:
    network = check(
        model([node("GlobalAveragePool", "x", "y")], (), {"x": shape}), tmp_path, "AveragePool"
    )
    assert network.nodes[0].ints("kernel_shape") == tuple(shape[2:])


def test_pool_1d(tmp_path: Path) -> None:
    nodes = [
        node("MaxPool", "x", "m", kernel_shape=[2], strides=[2]),
        node("AveragePool", "m", "y", kernel_shape=[3], pads=[1, 1]),
    ]
    check(model(nodes, (), X3), tmp_path, "MaxPool AveragePool")


GEMMS = {
    "plain": ({}, [G]),
    "bias": ({}, [G, weights("b", 5)]),
    "transposed": ({"transB": 1}, [weights("w", 5, 4), weights("b", 5)]),
    "alpha beta": ({"transB": 1, "alpha": 0.5, "beta": 2.0}, [weights("w", 5, 4), weights("b", 5)]),
    "beta 0": ({"beta": 0.0}, [G, weights("b", 5)]),
    "scalar bias": ({}, [G, scalar("b", 0.7)]),
    "row bias": ({}, [G, weights("b", 1, 5)]),
}


@pytest.mark.parametrize("name", GEMMS)
def test_gemm(name: str, tmp_path: Path) -> None:
    attributes, constants = GEMMS[name]
    inputs = " ".join(["x", *(tensor.name for tensor in constants)])
    network = check(model([node("Gemm", inputs, "y", **attributes)], constants), tmp_path, "Gemm")
    gemm = network.nodes[0]
    assert not gemm.attributes
    assert network.shapes[gemm.inputs[1]] == (4, 5)
    assert all(network.shapes[bias] == (5,) for bias in gemm.inputs[2:])


@pytest.mark.parametrize(
    ("shape", "op"), [([1, 4], "Gemm"), ([1, 7, 4], "MatMul"), (["n", 7, 4], "MatMul")]
)
@pytest.mark.parametrize("order", ["m b", "b m"])
@pytest.mark.parametrize("bias", [(5,), (1, 5), ()])
def test_matmul_takes_up_its_bias(
    shape: list[int | str], op: str, order: str, bias: tuple[int, ...], tmp_path: Path
) -> None:
    nodes = [node("MatMul", "x w", "m"), node("Add", order, "y")]
    constants = [G, weights("b", *bias)]
    network = check(model(nodes, constants, {"x": shape}), tmp_path, op)
    assert network.shapes[network.nodes[0].inputs[2]] == (5,)


def test_matmul_keeps_what_others_read(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "m"), node("Add", "m b", "a"), node("Mul", "a m", "y")]
    check(model(nodes, [G, weights("b", 5)]), tmp_path, "Gemm Add Mul")
    nodes = [node("MatMul", "x w", "m"), node("Add", "m b", "y")]
    check(model(nodes, [G, weights("b", 5)], outputs=["y", "m"]), tmp_path, "Gemm Add")


def test_per_step_constant_is_no_bias(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "m"), node("Add", "m b", "y")]
    inputs = {"x": [1, 7, 4]}
    check(model(nodes, [G, weights("b", 7, 1)], inputs), tmp_path, "MatMul Add")


def batch_norm(data: str, out: str, channels: int) -> tuple[onnx.NodeProto, list]:
    parts = [weights(f"bn{i}", channels) for i in range(3)]
    parts.append(numpy_helper.from_array(np.linspace(0.3, 2, channels, dtype=np.float32), "bn3"))
    return node("BatchNormalization", f"{data} bn0 bn1 bn2 bn3", out, epsilon=1e-3), parts


def test_batch_norm_folds(tmp_path: Path) -> None:
    norm, parts = batch_norm("c", "n", 6)
    nodes = [node("Conv", "x w", "c", name="conv"), norm, node("Relu", "n", "y")]
    network = check(model(nodes, [W, *parts], X4), tmp_path, "Conv Relu")
    assert network.nodes[0].name == "conv"
    norm, parts = batch_norm("c", "y", 5)
    nodes = [node("Gemm", "x w b", "c"), norm]
    check(model(nodes, [G, weights("b", 5), *parts]), tmp_path, "Gemm")


def test_batch_norm_stays_where_it_cannot_fold(tmp_path: Path) -> None:
    norm, parts = batch_norm("x", "n", 4)
    nodes = [norm, node("Conv", "n w", "y")]
    network = check(model(nodes, [W, *parts], X4), tmp_path, "BatchNormalization Conv")
    assert network.nodes[0].number("epsilon", 0) == pytest.approx(1e-3)
    norm, parts = batch_norm("c", "n", 6)
    nodes = [node("Conv", "x w", "c"), norm, node("Add", "c n", "y")]
    check(model(nodes, [W, *parts], X4), tmp_path, "Conv BatchNormalization Add")
    # Channels of a rank-3 MatMul are axis 2, those of BatchNormalization axis 1.
    norm, parts = batch_norm("m", "y", 4)
    nodes = [node("MatMul", "x w", "m"), norm]
    constants = [weights("w", 10, 5), *parts]
    check(model(nodes, constants, X3), tmp_path, "MatMul BatchNormalization")


def test_constant_factors_fold_into_the_convolution(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x w b", "c"),
        node("Mul", "c f", "m"),
        node("Add", "o m", "a"),
        node("Div", "a d", "q"),
        node("Sub", "q s", "y"),
    ]
    constants = [W, B, weights("f", 6, 1, 1), weights("o", 1, 6, 1, 1), scalar("d", 2.5)]
    check(model(nodes, [*constants, scalar("s", 0.25)], X4), tmp_path, "Conv")


SIMPLE = {
    "Relu": ([node("Relu", "x", "y")], "Relu"),
    "Sigmoid": ([node("Sigmoid", "x", "y")], "Sigmoid"),
    "Tanh": ([node("Tanh", "x", "y")], "Tanh"),
    "Softmax": ([node("Softmax", "x", "y")], "Softmax"),
    "Softmax axis": ([node("Softmax", "x", "y", axis=-3)], "Softmax"),
    "Flatten": ([node("Flatten", "x", "y")], "Reshape"),
    "Transpose": ([node("Transpose", "x", "y", perm=[0, 2, 3, 1])], "Transpose"),
    "Concat": ([node("Relu", "x", "r"), node("Concat", "x r", "y", axis=-3)], "Relu Concat"),
    "residual": ([node("Tanh", "x", "t"), node("Add", "x t", "y")], "Tanh Add"),
    "product": ([node("Tanh", "x", "t"), node("Mul", "x t", "y")], "Tanh Mul"),
    "channel factors": (
        [node("GlobalAveragePool", "x", "g"), node("Mul", "g x", "y")],
        "AveragePool Mul",
    ),
    "Identity": ([node("Identity", "x", "i"), node("Relu", "i", "y")], "Relu"),
    "last Identity": ([node("Relu", "x", "i"), node("Identity", "i", "y")], "Relu"),
    "Dropout": ([node("Dropout", "x", "i"), node("Relu", "i", "y")], "Relu"),
    "constant Add": ([node("Add", "k x", "y")], "Add"),
    "constant Mul": ([node("Mul", "k x", "y")], "Mul"),
    "constant Sub": ([node("Sub", "x k", "y")], "Add"),
    "constant Div": ([node("Div", "x k", "y")], "Mul"),
    "Squeeze": ([node("GlobalAveragePool", "x", "g"), node("Squeeze", "g a", "y")],
                "AveragePool Reshape"),
    "Unsqueeze": ([node("Flatten", "x", "f"), node("Unsqueeze", "f u", "y")], "Reshape Reshape"),
    "ReduceMean": ([node("ReduceMean", "x", "y", axes=[-1, 2], keepdims=1)], "AveragePool"),
    "ReduceMean flat": (
        [node("ReduceMean", "x", "y", axes=[2, 3], keepdims=0)], "AveragePool Reshape"
    ),
    "Reshape": ([node("Reshape", "x target", "y")], "Reshape"),
    "Clip": ([node("Clip", "x zero six", "y")], "Clip"),
    "Clip without max": ([node("Clip", "x zero", "y")], "Relu"),
    "not needed": ([node("Relu", "x", "y"), node("Tanh", "x", "unused")], "Relu"),
}  # fmt: skip
EXTRA = [
    weights("k", 4, 1, 1), ints("a", 2, 3), ints("u", 1), ints("target", 0, -1), scalar("zero", 0),
    scalar("six", 6),
]  # fmt: skip


@pytest.mark.parametrize("name", SIMPLE)
def test_simple_operators(name: str, tmp_path: Path) -> None:
    nodes, ops = SIMPLE[name]
    used = {tensor for one in nodes for tensor in one.input}
    constants = [tensor for tensor in EXTRA if tensor.name in used]
    check(model(nodes, constants, X4), tmp_path, ops)


@pytest.mark.parametrize("opset", range(7, 23))
def test_opsets(opset: int, tmp_path: Path) -> None:
    """A network written as exporters of each opset wrote it."""
    clip = (
        node("Clip", "p", "r", min=0.0, max=6.0) if opset < 11 else node("Clip", "p zero six", "r")
    )
    drop = node("Dropout", "r", "d", ratio=0.5) if opset < 12 else node("Dropout", "r half", "d")
    norm, parts = batch_norm("c", "n", 6)
    nodes = [
        node("Conv", "x w b", "c", pads=[1, 1, 1, 1]),
        norm,
        node("MaxPool", "n", "p", kernel_shape=[2, 2], strides=[2, 2]),
        clip,
        drop,
        node("Flatten", "d", "f"),
        node("Constant", "", "half", value=scalar("", 0.5)),
        node("Gemm", "f g h", "z", transB=1),
        node("Softmax", "z", "y", axis=1),
    ]
    constants = [W, B, *parts, weights("g", 5, 96), weights("h", 5)]
    constants += [scalar("zero", 0), scalar("six", 6)] if opset >= 11 else []
    nodes = nodes if opset >= 12 else [n for n in nodes if n.op_type != "Constant"]
    proto = model(nodes, constants, X4, opset=opset)
    check(proto, tmp_path, "Conv MaxPool Clip Reshape Gemm Softmax")


def test_dynamic_reshape_is_folded(tmp_path: Path) -> None:
    """What PyTorch writes for ``x.view(x.size(0), -1)``, with a dynamic batch."""
    nodes = [
        node("Relu", "x", "r"),
        node("Shape", "r", "s"),
        node("Gather", "s zero", "n"),
        node("Unsqueeze", "n axis", "nu"),
        node("Concat", "nu rest", "target", axis=0),
        node("Reshape", "r target", "y"),
    ]
    zero = numpy_helper.from_array(np.array(0, dtype=np.int64), "zero")
    constants = [zero, ints("axis", 0), ints("rest", -1)]
    network = check(model(nodes, constants, {"x": ["n", 4, 3, 3]}), tmp_path, "Relu Reshape")
    assert network.shapes["y"] == (1, 36)


def test_nodes_out_of_order_and_initializers_as_inputs(tmp_path: Path) -> None:
    proto = model([node("Relu", "h", "y"), node("Gemm", "x w", "h")], [G])
    proto.graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, [4, 5]))
    path = tmp_path / "模型 1.onnx"
    path.write_bytes(proto.SerializeToString())
    network = load.load(path)
    assert network.inputs == ("x",)
    assert [n.op for n in network.nodes] == ["Gemm", "Relu"]


def test_intermediate_outputs(tmp_path: Path) -> None:
    nodes = [node("Gemm", "x w", "h"), node("Relu", "h", "r"), node("Tanh", "r", "y")]
    path = tmp_path / "m.onnx"
    path.write_bytes(model(nodes, [G]).SerializeToString())
    network = load.load(path)
    given = feeds(network)
    wanted = ["r", "h", "x"]
    relu, hidden, same = run(export.to_onnx(network, wanted), given)
    np.testing.assert_array_equal(relu, np.maximum(hidden, 0))
    np.testing.assert_array_equal(same, given["x"])
    assert len(export.to_onnx(network, ["h"]).graph.node) == 1
    with pytest.raises(ValueError, match="no such tensors: nothing"):
        export.to_onnx(network, ["nothing"])
