"""Tensors of an ONNX file as arrays: decoding, float32 throughout, values that make sense."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from studio.base.errors import ModelError

Array = npt.NDArray[np.generic]
# Other floating-point types, which become float32.
WIDENED = (TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.BFLOAT16)


def type_name(element: int) -> str:
    """The name of an ONNX element type, e.g. ``INT64``."""
    try:
        return str(TensorProto.DataType.Name(element))
    except ValueError:
        return f"type {element}"


def decode(tensor: onnx.TensorProto, source: str) -> Array:
    """One tensor as a read-only array of its own type; ModelError when its bytes do not fit it."""
    try:
        array = np.array(numpy_helper.to_array(tensor))
    except Exception as error:  # ValueError, TypeError, KeyError, by what is broken
        raise ModelError(
            f"tensor {tensor.name} is damaged: {error}",
            hint="Export the model again and check that the copy is complete.",
            where=source,
        ) from error
    return freeze(array)


def freeze(array: Array) -> Array:
    """``array`` itself, set read-only, in C order."""
    array = np.ascontiguousarray(array) if array.ndim else array
    array.setflags(write=False)
    return array


def widen(model: onnx.ModelProto, source: str) -> None:
    """Turn every float16, bfloat16 and double of ``model`` into float32, in place.

    Casts between floating-point types become Identity. Raises ModelError for a damaged tensor.
    """
    graph = model.graph
    for tensor in graph.initializer:
        _widen(tensor, source)
    for value in (*graph.input, *graph.output):
        if value.type.tensor_type.elem_type in WIDENED:
            value.type.tensor_type.elem_type = TensorProto.FLOAT
    floats = {v.name for v in graph.input if v.type.tensor_type.elem_type == TensorProto.FLOAT}
    floats |= {t.name for t in graph.initializer if t.data_type == TensorProto.FLOAT}
    for node in graph.node:
        for attribute in node.attribute:
            for tensor in (*([attribute.t] if attribute.HasField("t") else ()), *attribute.tensors):
                _widen(tensor, source)
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i in WIDENED:
                attribute.i = TensorProto.FLOAT
    _drop_casts(graph, floats)


def _widen(tensor: onnx.TensorProto, source: str) -> None:
    if tensor.data_type in WIDENED:
        with np.errstate(over="ignore"):  # an overflow to infinity is refused with its name later
            array = decode(tensor, source).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def _drop_casts(graph: onnx.GraphProto, floats: set[str]) -> None:
    """Make Casts from float32 to float32 Identity; ``floats`` are tensors known to be float32."""
    for node in graph.node:
        first = bool(node.input) and node.input[0] in floats
        if node.op_type == "Cast" and first:
            target = next((a.i for a in node.attribute if a.name == "to"), 0)
            if target == TensorProto.FLOAT:
                identity = helper.make_node("Identity", node.input, node.output, name=node.name)
                node.CopyFrom(identity)
        if first and node.op_type not in ("Cast", "Shape", "Size", "ArgMax", "ArgMin"):
            floats.update(name for name in node.output[:1] if name)


def check_sizes(graph: onnx.GraphProto, source: str) -> None:
    """Refuse float32 weights without elements where a node uses them."""
    empty = {
        tensor.name: list(tensor.dims)
        for tensor in graph.initializer
        if tensor.data_type == TensorProto.FLOAT and 0 in tensor.dims
    }
    for node in graph.node:
        for name in node.input:
            if name in empty:
                raise ModelError(
                    f"tensor {name} of node {node.name or next(iter(node.output), '?')} has no "
                    f"elements: shape {empty[name]}",
                    hint="Export the model again from a network whose layers have a size.",
                    where=source,
                )


def check_finite(name: str, array: Array, node: str, source: str) -> None:
    """Refuse a constant with NaN or infinity in it."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        count = int(array.size - np.isfinite(array).sum())
        raise ModelError(
            f"tensor {name} of node {node} holds {count} values that are NaN or infinite",
            hint="Training has diverged, or a float16 weight overflowed: export a sound model.",
            where=source,
        )


def check_integral(name: str, array: Array, node: str, source: str) -> None:
    """Refuse a constant of an integer-dialect model that is not made of whole numbers."""
    if array.dtype.kind == "f" and not np.array_equal(array, np.rint(array)):
        wrong = array[array != np.rint(array)].flat[0]
        raise ModelError(
            f"tensor {name} of node {node} holds {float(wrong):g}, which is no integer",
            hint="The model has the maker's operators (Scale, ...), whose weights are chip "
            "integers. Quantize it with the maker's tool, or export the float model without them.",
            where=source,
        )
