"""The shape of every tensor of a float model, by onnx.shape_inference."""

from __future__ import annotations

import re

import onnx

from studio.base.errors import ModelError

Shape = tuple[int, ...]


def infer(model: onnx.ModelProto, source: str) -> dict[str, Shape]:
    """Shapes of graph inputs, initializers and node outputs, by tensor name.

    Raises ModelError where layers do not fit each other and where a shape depends on data.
    """
    stand_in = onnx.ModelProto()
    stand_in.CopyFrom(model)
    for node in stand_in.graph.node:
        node.name = node.name or next(iter(node.output), "")  # so that messages name it
    try:
        inferred = onnx.shape_inference.infer_shapes(
            stand_in, check_type=True, strict_mode=True, data_prop=True
        )
    except Exception as error:  # InferenceError, TypeInferenceError, RuntimeError by version
        raise ModelError(
            f"the shapes of its layers do not fit: {_first_reason(str(error))}",
            hint="The model contradicts itself, or the input shape given for it: check the sizes "
            "in the node named above, or export it again.",
            where=source,
        ) from error
    graph = inferred.graph
    shapes: dict[str, Shape] = {t.name: tuple(t.dims) for t in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        dims = value.type.tensor_type.shape.dim
        sizes = tuple(dim.dim_value for dim in dims)
        if value.type.tensor_type.HasField("shape") and all(size > 0 for size in sizes):
            shapes[value.name] = sizes
    for node in graph.node:
        for name in filter(None, node.output[:1]):
            if name not in shapes:
                raise ModelError(
                    f"the shape of tensor {name} (node {node.name or name}, {node.op_type}) is "
                    "empty or depends on data",
                    hint="Export the model with fixed shapes (no dynamic axes).",
                    where=source,
                )
    return shapes


def of_inputs(model: onnx.ModelProto) -> dict[str, Shape]:
    """The shapes of the graph's inputs, which are fixed."""
    return {
        value.name: tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)
        for value in model.graph.input
    }


def _first_reason(text: str) -> str:
    """What the first failing node says, without the library's own prefixes."""
    found = re.search(r"\(op_type:\w+.*", text)
    line = found.group(0) if found else text.strip().splitlines()[0] if text.strip() else "unknown"
    return line.replace("[ShapeInferenceError] ", "").replace("[TypeInferenceError] ", "").strip()
