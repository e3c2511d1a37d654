"""From an ONNX graph to a Network, node for node; options become attributes whatever the opset.

Nothing is rearranged here: a node of the result is a node of the file, so that the checks of
the operator table speak of what the user sees.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import AttributeProto, numpy_helper

from studio.base.errors import ModelError
from studio.graph import series, tensors
from studio.graph.dialect import DEFAULT_DOMAINS, MAKER_ATTRIBUTES, MAKER_KINDS, REAL_CONSTANTS
from studio.graph.network import Attribute, Dialect, Network, Node
from studio.graph.tensors import Array

Shape = tuple[int, ...]

# Inputs that newer opsets made of attributes: operator -> {input's place: attribute}.
_OPTION_INPUTS: Mapping[str, Mapping[int, str]] = {
    "Clip": {1: "min", 2: "max"},
    "Dropout": {1: "ratio", 2: "training_mode"},
    "Expand": {1: "shape"},
    "Gather": {1: "indices"},
    "Pad": {1: "pads", 2: "value", 3: "axes"},
    "ReduceMean": {1: "axes"},
    "ReduceMax": {1: "axes"},
    "ReduceSum": {1: "axes"},
    "Reshape": {1: "shape"},
    "Resize": {1: "roi", 2: "scales", 3: "sizes"},
    "Slice": {1: "starts", 2: "ends", 3: "axes", 4: "steps"},
    "Split": {1: "split"},
    "Squeeze": {1: "axes"},
    "Unsqueeze": {1: "axes"},
}
# Kinds of attributes that are lists, and those of items and of lists of them.
_LISTS = frozenset({AttributeProto.INTS, AttributeProto.FLOATS, AttributeProto.STRINGS})
_OTHER: Mapping[int, int] = {
    AttributeProto.INT: AttributeProto.INTS,
    AttributeProto.INTS: AttributeProto.INT,
    AttributeProto.FLOAT: AttributeProto.FLOATS,
    AttributeProto.FLOATS: AttributeProto.FLOAT,
    AttributeProto.STRING: AttributeProto.STRINGS,
    AttributeProto.STRINGS: AttributeProto.STRING,
}
_ARITY: Mapping[str, tuple[int, int]] = {
    "Add": (2, 2), "BatchNormalization": (5, 5), "Conv": (2, 3), "Div": (2, 2), "Gemm": (2, 3),
    "MatMul": (2, 2), "Mul": (2, 2), "Sub": (2, 2), "Reshape": (1, 2), "Clip": (1, 3),
    "Dropout": (1, 3), "ReduceMean": (1, 2), "Squeeze": (1, 2), "Unsqueeze": (1, 2),
    "Concat": (1, 1 << 20), "Constant": (0, 0), "ConvTranspose": (2, 3), "Slice": (1, 5),
    "Split": (1, 2), "GroupNorm": (1, 3), "GroupNormalization": (3, 3),
    "InstanceNormalization": (3, 3), "LayerNormalization": (2, 3),
    "Expand": (1, 2), "GRU": (3, 6), "Gather": (1, 2), "LSTM": (3, 8), "Max": (1, 1 << 20),
    "Min": (1, 1 << 20), "PRelu": (2, 2), "Pad": (1, 4), "Pow": (2, 2), "ReduceMax": (1, 2),
    "ReduceSum": (1, 2), "Resize": (1, 4), "RNN": (3, 6),
    # The maker's; tables and the like may come as inputs that nothing reads.
    "ActLut": (1, 2), "Gru": (3, 7), "Gru2Array": (3, 5), "Lstm": (3, 5), "Tdnn": (2, 4),
}  # fmt: skip


def file_nodes(graph: onnx.GraphProto) -> tuple[Node, ...]:
    """The nodes as the file has them, with no attributes; those without a name by their output."""
    return tuple(
        Node(node.op_type, node.name or node.output[0], tuple(node.input), tuple(node.output), {})
        for node in graph.node
        if node.output
    )


def network(
    model: onnx.ModelProto, shapes: Mapping[str, Shape], kind: Dialect, source: str
) -> Network:
    """The Network of ``model``.

    ``shapes`` are those of all tensors, or of the graph's inputs for an integer model, whose
    others follow node by node (series.py). Raises ModelError for damaged tensors,
    constants with NaN, infinity or no elements where they are used, missing inputs, shapes that
    do not fit, and weights of an integer model that are no integers.
    """
    graph = model.graph
    protos = {tensor.name: tensor for tensor in graph.initializer}
    used = {name for node in graph.node for name in node.input} | {o.name for o in graph.output}
    constants: dict[str, Array] = {
        name: tensors.decode(proto, source) for name, proto in protos.items() if name in used
    }
    opset = max((o.version for o in model.opset_import if o.domain in DEFAULT_DOMAINS), default=0)
    names: set[str] = set()
    nodes: list[Node] = []
    known = {**{name: array.shape for name, array in constants.items()}, **shapes}
    for proto in graph.node:
        attributes = _attributes(proto, opset, kind, source)
        if proto.op_type == "Constant":
            constants[proto.output[0]] = _constant(proto, attributes, source)
            known[proto.output[0]] = constants[proto.output[0]].shape
            continue
        node = _node(proto, attributes, constants, names, source)
        names.add(node.name)
        nodes.append(node if kind == "integer" else _as_opset_13(node, opset, known))
    steps_first = frozenset[str]()
    if kind == "integer":
        known, steps_first = series.shapes_and_layouts(nodes, known, constants, source)
    result = Network(
        name=graph.name or "network",
        source=source,
        dialect=kind,
        inputs=tuple(value.name for value in graph.input),
        outputs=tuple(value.name for value in graph.output),
        nodes=tuple(nodes),
        constants=constants,
        shapes=known,
        steps_first=steps_first,
    )
    _check_constants(result)
    return result


def _attributes(
    proto: onnx.NodeProto, opset: int, kind: Dialect, source: str
) -> dict[str, Attribute]:
    """The attributes of a node by name.

    Refuses those of another kind than the schema states, which shape inference accepts. In
    integer models a list of one may stand for its item, and the other way round.
    """
    try:
        schema = onnx.defs.get_schema(proto.op_type, opset, "").attributes
    except onnx.defs.SchemaError:
        schema = {}  # the maker's, whose checks read its attributes with care
    kinds = {**MAKER_ATTRIBUTES, **MAKER_KINDS.get(proto.op_type, {})}
    for name, entry in schema.items():
        # The schema's own enumeration prints as "AttrType.INTS" and has no typed way to an int.
        kinds[name] = AttributeProto.AttributeType.Value(str(entry.type).rpartition(".")[2])
    found: dict[str, Attribute] = {}
    for attribute in proto.attribute:
        wanted, given = kinds.get(attribute.name, attribute.type), int(attribute.type)
        values = _attribute(attribute, source)
        if kind == "integer" and (wanted in _LISTS) != (given in _LISTS):
            values, given = [_other_kind(value) for value in values], _OTHER.get(given, given)
        # A whole number may stand for a fraction: the reader of the attribute takes both.
        numbers = (AttributeProto.INT, AttributeProto.FLOAT)
        same = wanted == given or (wanted in numbers and given in numbers)
        if not same or any(value is None for value in values):
            raise ModelError(
                f"attribute {attribute.name} of node {proto.name or proto.output[0]} "
                f"({proto.op_type}) is of the wrong kind",
                hint="The file is not valid: export it again.",
                where=source,
            )
        found.update((attribute.name, value) for value in values if value is not None)
    return found


def _other_kind(value: Attribute | None) -> Attribute | None:
    """The item of a list of one, or a list of one item; None for other lists and for tensors."""
    match value:
        case (int() | float() | str() as item,):
            return item
        case int():
            return (value,)
        case float():
            return (value,)
        case str():
            return (value,)
    return None


def _attribute(attribute: AttributeProto, source: str) -> list[Attribute | None]:
    """The value of an attribute, in a list; empty for kinds no supported operator has."""
    match attribute.type:
        case AttributeProto.INT:
            return [int(attribute.i)]
        case AttributeProto.FLOAT:
            return [float(attribute.f)]
        case AttributeProto.STRING:
            return [attribute.s.decode("utf-8", errors="replace")]
        case AttributeProto.INTS:
            return [tuple(int(item) for item in attribute.ints)]
        case AttributeProto.FLOATS:
            return [tuple(float(item) for item in attribute.floats)]
        case AttributeProto.STRINGS:
            return [tuple(item.decode("utf-8", errors="replace") for item in attribute.strings)]
        case AttributeProto.TENSOR:
            return [tensors.decode(attribute.t, source)]
        case AttributeProto.TENSORS:
            return [tuple(tensors.decode(item, source) for item in attribute.tensors)]
        case _:
            return []


def _constant(proto: onnx.NodeProto, attributes: Mapping[str, Attribute], source: str) -> Array:
    """The array of a Constant node, however it is written."""
    for name, dtype in (
        ("value", None),
        ("value_float", np.float32),
        ("value_floats", np.float32),
        ("value_int", np.int64),
        ("value_ints", np.int64),
    ):
        if name in attributes:
            return tensors.freeze(np.array(attributes[name], dtype=dtype))
    raise ModelError(
        f"Constant {proto.name or proto.output[0]} holds no number",
        hint="Only numeric constants can be deployed.",
        where=source,
    )


def _node(
    proto: onnx.NodeProto,
    attributes: dict[str, Attribute],
    constants: Mapping[str, Array],
    names: set[str],
    source: str,
) -> Node:
    """One node with options moved from inputs to attributes where they are constants."""
    if not proto.output or not proto.output[0]:
        raise ModelError(
            f"node {proto.name or proto.op_type} has no output",
            hint="The file is not a valid graph: export it again.",
            where=source,
        )
    name = proto.name if proto.name and proto.name not in names else proto.output[0]
    while name in names:
        name += "_"
    inputs = list(proto.input)
    low, high = _ARITY.get(proto.op_type, (1, 1))
    while len(inputs) > low and not inputs[-1]:
        inputs.pop()
    if not low <= len(inputs) <= high or "" in inputs[:low]:
        raise ModelError(
            f"node {name} ({proto.op_type}) has {len(inputs)} inputs",
            hint="The file is not a valid graph: export it again.",
            where=source,
        )
    for place, option in _OPTION_INPUTS.get(proto.op_type, {}).items():
        tensor = inputs[place] if place < len(inputs) else ""
        if tensor in constants:
            attributes[option] = _option(constants[tensor])
            inputs[place] = ""
    while inputs and not inputs[-1]:
        inputs.pop()
    return Node(proto.op_type, name, tuple(inputs), tuple(proto.output), attributes)


def _option(array: Array) -> Attribute:
    """A constant that is an option: a number, or a tuple of integers."""
    if array.dtype.kind == "f":
        return float(array.reshape(-1)[0]) if array.size == 1 else array
    if array.ndim == 0:
        return int(array)
    return tuple(int(item) for item in array.reshape(-1))


def _as_opset_13(node: Node, opset: int, shapes: Mapping[str, Shape]) -> Node:
    """Restate what means something else before opset 13: Softmax and its axis."""
    if node.op != "Softmax":
        return node
    rank = len(shapes[node.inputs[0]])
    axis = int(node.number("axis", -1 if opset >= 13 else 1)) % rank
    attributes: dict[str, Attribute] = {"axis": axis}
    if opset < 13 and any(size != 1 for size in shapes[node.inputs[0]][axis + 1 :]):
        attributes["flattened"] = 1
    return Node(node.op, node.name, node.inputs, node.outputs, attributes)


def _check_constants(network: Network) -> None:
    for node in network.nodes:
        for name in node.inputs:
            if name not in network.constants:
                continue
            array = network.constants[name]
            tensors.check_finite(name, array, node.name, network.source)
            if network.dialect == "integer" and node.op not in REAL_CONSTANTS:
                tensors.check_integral(name, array, node.name, network.source)


def to_tensor(name: str, array: Array) -> onnx.TensorProto:
    """An array as an ONNX tensor."""
    return numpy_helper.from_array(np.asarray(array), name)
