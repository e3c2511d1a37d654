"""The maker's dialect: how to know a file in it, and its oddities of form."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, numpy_helper

from studio.base.errors import ModelError
from studio.graph import tensors
from studio.graph.network import Dialect

# The maker's operators lie in the default domain.
MAKER_OPS = frozenset(
    (
        "ActLut", "ClearLowBits", "FloatScale", "GroupNorm", "Gru", "Gru2Array", "Lstm", "Scalar",
        "Scale", "SumNorm", "Tdnn",
    )
)  # fmt: skip
# Other names the maker has for operators of ONNX.
ALIASES: Mapping[str, str] = {"Added": "Add", "Multi": "Mul", "Permute": "Transpose"}
# Attributes the maker adds to ONNX's own operators, with their kinds.
MAKER_ATTRIBUTES: Mapping[str, int] = {
    "shift_bit": AttributeProto.INT,
    "scale_in": AttributeProto.FLOAT,
    "scale_out": AttributeProto.FLOAT,
}
# Operators of integer models whose constants are real numbers, or are cut to integers.
REAL_CONSTANTS = frozenset(
    (
        "ActLut", "BatchNormalization", "GroupNorm", "GroupNormalization",
        "InstanceNormalization", "LayerNormalization", "Tdnn",
    )
)  # fmt: skip
# Kinds of the attributes of the maker's operators whose checks rely on them.
MAKER_KINDS: Mapping[str, Mapping[str, int]] = {
    "ClearLowBits": {"bits": AttributeProto.INT},
    "FloatScale": {"scale": AttributeProto.FLOAT, "clip_bits": AttributeProto.INT},
    "GroupNorm": {"num_groups": AttributeProto.INT, "epsilon": AttributeProto.FLOAT},
    "Scalar": {"op_types": AttributeProto.STRING, "scale": AttributeProto.FLOAT},
    "Scale": {"scale": AttributeProto.FLOAT},
    "SumNorm": {"axis": AttributeProto.INT},
}
DEFAULT_DOMAINS = ("", "ai.onnx")


def detect(graph: onnx.GraphProto) -> Dialect:
    """``integer`` when any node is the maker's, else ``float``."""
    for node in graph.node:
        if node.domain in DEFAULT_DOMAINS and (
            node.op_type in MAKER_OPS
            or node.op_type in ALIASES
            or any(attribute.name in MAKER_ATTRIBUTES for attribute in node.attribute)
        ):
            return "integer"
    return "float"


def repair(model: onnx.ModelProto, source: str) -> None:
    """Bring the maker's oddities into ONNX's form, in place.

    Added, Multi and Permute get ONNX's names, and Permute's ``dims`` become ``perm``. Reshape
    targets stored as float32 become int64. All-zero ``pads`` with one entry an axis
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
        if node.op_type == "Permute":
            for attribute in node.attribute:
                attribute.name = {"dims": "perm"}.get(attribute.name, attribute.name)
        if node.domain in DEFAULT_DOMAINS:
            node.op_type = ALIASES.get(node.op_type, node.op_type)
        kernel = next((a.ints for a in node.attribute if a.name == "kernel_shape"), None)
        for attribute in list(node.attribute):
            short = attribute.name == "pads" and kernel and len(attribute.ints) == len(kernel)
            if short and not any(attribute.ints):
                node.attribute.remove(attribute)
