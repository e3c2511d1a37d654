"""The maker's dialect: operators without schema, and how to read them as ONNX would."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from studio.base.errors import ModelError
from studio.graph import tensors
from studio.graph.network import Dialect

# The maker's operators lie in the default domain.
MAKER_OPS = frozenset(
    (
        "ActLut", "ClearLowBits", "FloatScale", "Gru", "Gru2Array", "Lstm", "Scalar", "Scale",
        "SumNorm", "Tdnn",
    )
)  # fmt: skip
# Attributes the maker adds to ONNX's own operators, with their kinds.
MAKER_ATTRIBUTES: Mapping[str, int] = {
    "shift_bit": AttributeProto.INT,
    "scale_in": AttributeProto.FLOAT,
    "scale_out": AttributeProto.FLOAT,
}
DEFAULT_DOMAINS = ("", "ai.onnx")


def detect(graph: onnx.GraphProto) -> Dialect:
    """``integer`` when any node is the maker's, else ``float``."""
    for node in graph.node:
        if node.domain in DEFAULT_DOMAINS and (
            node.op_type in MAKER_OPS
            or any(attribute.name in MAKER_ATTRIBUTES for attribute in node.attribute)
        ):
            return "integer"
    return "float"


def repair(model: onnx.ModelProto, source: str) -> None:
    """Bring the maker's oddities into ONNX's form, in place.

    Reshape targets stored as float32 become int64. All-zero ``pads`` with one entry an axis
    (files with ``pads`` [0, 0] on two-dimensional windows exist) are left out; any other count
    is refused later, by the operator table.
    """
    graph = model.graph
    targets = {n.input[1] for n in graph.node if n.op_type == "Reshape" and len(n.input) > 1}
    for tensor in graph.initializer:
        if tensor.name in targets and tensor.data_type == TensorProto.FLOAT:
            values = tensors.decode(tensor, source)
            if not np.array_equal(values, np.rint(values)):
                raise ModelError(
                    f"Reshape target {tensor.name} holds fractions",
                    hint="A target shape is made of integers: correct the file.",
                    where=source,
                )
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.int64), tensor.name))
    for node in graph.node:
        kernel = next((a.ints for a in node.attribute if a.name == "kernel_shape"), None)
        for attribute in list(node.attribute):
            short = attribute.name == "pads" and kernel and len(attribute.ints) == len(kernel)
            if short and not any(attribute.ints):
                node.attribute.remove(attribute)


def standard(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy that schemas understand, for shape inference.

    The supported operators of the maker keep their input's shape and become Identity; attributes
    ONNX does not know are left out.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for node in copy.graph.node:
        if node.op_type in MAKER_OPS:
            identity = helper.make_node("Identity", node.input[:1], node.output, name=node.name)
            node.CopyFrom(identity)
        for attribute in list(node.attribute):
            if attribute.name in MAKER_ATTRIBUTES:
                node.attribute.remove(attribute)
    return copy
