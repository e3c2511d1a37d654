"""A normalized float Network as ONNX again, so that onnxruntime can run any tensor of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper

from studio.graph.decode import to_tensor
from studio.graph.export_float import Made, parts
from studio.graph.network import Network, Node

OPSET = 21
IR_VERSION = 10
BATCH = "batch"


def to_onnx(network: Network, outputs: Sequence[str]) -> onnx.ModelProto:
    """ONNX model that computes the tensors ``outputs`` (inputs or node outputs of ``network``).

    It has the inputs of ``network``, in its order. The first axis of inputs and outputs is free:
    any number of samples runs at once. Raises ValueError for an integer network, whose
    operators onnxruntime does not know, and for an output that is no tensor of ``network``.
    """
    if network.dialect != "float":
        raise ValueError("only float networks can be exported")
    known = {*network.inputs, *(name for node in network.nodes for name in node.outputs)}
    unknown = [name for name in outputs if name not in known]
    if unknown:
        raise ValueError(f"no such tensors: {', '.join(unknown)}")
    needed, kept = set(outputs), list[Node]()
    for node in reversed(network.nodes):
        if needed & set(node.outputs):
            kept.append(node)
            needed |= set(node.inputs)
    constants = {
        name: np.asarray(array) for name, array in network.constants.items() if name in needed
    }
    nodes = [proto for node in reversed(kept) for proto in _export(node, network, constants)]
    graph = helper.make_graph(
        nodes,
        "network",
        [_value(network, name) for name in network.inputs],
        [_value(network, name) for name in outputs],
        [to_tensor(name, array) for name, array in constants.items()],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )


def _value(network: Network, name: str) -> onnx.ValueInfoProto:
    shape: list[str | int | None] = [BATCH, *network.shapes[name][1:]]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _export(
    node: Node, network: Network, constants: dict[str, np.ndarray[tuple[int, ...], np.dtype]]
) -> list[onnx.NodeProto]:
    """The ONNX nodes of one node; what became an attribute becomes a constant again."""

    def constant(suffix: str, array: np.ndarray[tuple[int, ...], np.dtype]) -> str:
        name = f"{node.outputs[0]}/{suffix}"
        while name in network.shapes:
            name += "_"
        constants[name] = array
        return name

    made = parts(node, network.shapes)
    if made is not None:
        return _protos(node, made, constant)
    out, attributes = node.outputs[0], dict(node.attributes)
    inputs = list(node.inputs)
    before: list[onnx.NodeProto] = []
    match node.op:
        case "Concat" if not network.constants.keys().isdisjoint(inputs):
            inputs, before = _repeated(node, network, constant)
        case "Reshape":
            shape = np.array([-1, *network.shapes[out][1:]], dtype=np.int64)
            inputs.append(constant("shape", shape))
        case "Clip":
            limits = [np.array(node.number(name, 0.0), np.float32) for name in ("min", "max")]
            inputs += [constant("min", limits[0]), constant("max", limits[1])]
            attributes = {}
        case "MatMul" if len(inputs) > 2:
            product = f"{out}/product"
            return [
                helper.make_node("MatMul", inputs[:2], [product], name=node.name),
                helper.make_node("Add", [product, inputs[2]], [out], name=f"{node.name}/bias"),
            ]
        case "MaxPool":
            del attributes["count_include_pad"]
        case "AveragePool":
            del attributes["dilations"]  # ones; known to AveragePool from opset 19 on
    proto = helper.make_node(node.op, inputs, [out], name=node.name)
    proto.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
    return [*before, proto]


def _repeated(
    node: Node,
    network: Network,
    constant: Callable[[str, np.ndarray[tuple[int, ...], np.dtype]], str],
) -> tuple[list[str], list[onnx.NodeProto]]:
    """The inputs of a Concat, its constants being repeated for every sample, and what does it."""
    out = node.outputs[0]
    computed = next(name for name in node.inputs if name not in network.constants)
    count = f"{out}/samples"
    nodes = [helper.make_node("Shape", [computed], [count], name=count, start=0, end=1)]
    inputs = []
    for number, name in enumerate(node.inputs):
        if name in network.constants:
            rest = constant(f"shape{number}", np.array(network.shapes[name][1:], np.int64))
            whole, wide = f"{out}/target{number}", f"{out}/constant{number}"
            nodes.append(helper.make_node("Concat", [count, rest], [whole], name=whole, axis=0))
            nodes.append(helper.make_node("Expand", [name, whole], [wide], name=wide))
            inputs.append(wide)
        else:
            inputs.append(name)
    return inputs, nodes


def _protos(
    node: Node, made: Made, constant: Callable[[str, np.ndarray[tuple[int, ...], np.dtype]], str]
) -> list[onnx.NodeProto]:
    names = {name: constant(name, array) for name, array in made.constants.items()}
    protos = []
    for number, (op, inputs, outputs, attributes) in enumerate(made.nodes):
        title = node.name if number == len(made.nodes) - 1 else f"{node.name}/{op}{number}"
        given = [names.get(name, name) for name in inputs]
        proto = helper.make_node(op, given, list(outputs), name=title)
        proto.attribute.extend(helper.make_attribute(k, v) for k, v in attributes.items())
        protos.append(proto)
    return protos
