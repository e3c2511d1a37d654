"""Graph inputs: which there are, and fixed shapes for them with a batch of 1."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from studio.base.errors import ModelError
from studio.graph import tensors

log = logging.getLogger(__name__)

Shape = tuple[int, ...]


def fix(model: onnx.ModelProto, shapes: Mapping[str, Shape], source: str) -> None:
    """Give every graph input a fixed shape with batch 1, in place, and forget derived shapes.

    ``shapes`` gives sizes for inputs whose axes have none in the file. Initializers listed as
    inputs are dropped from the inputs. Where a batch was fixed to n > 1, constant Reshape targets
    that begin with n begin with 1 afterwards. Raises ModelError for an axis without size, a
    shape that contradicts the file, an unknown name in ``shapes`` and inputs that are no floats.
    """
    graph = model.graph
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    names = [value.name for value in inputs]
    unknown = sorted(set(shapes) - set(names))
    if unknown:
        raise ModelError(
            f"a shape was given for {unknown[0]}, which is no input of the model",
            hint=f"Its inputs are: {', '.join(names)}.",
            where=source,
        )
    if not inputs:
        raise ModelError(
            "the model has no inputs", hint="Export it with at least one input.", where=source
        )
    batches = {_fix_input(value, shapes.get(value.name), source) for value in inputs} - {0, 1}
    del graph.input[:]
    graph.input.extend(inputs)
    # What the file says of other shapes holds for its own batch, and files have been seen in
    # which it is wrong.
    del graph.value_info[:]
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
    _rebatch(graph, batches)


def _fix_input(value: onnx.ValueInfoProto, given: Shape | None, source: str) -> int:
    """Fix the shape of one input; returns the batch the file had, 0 where it had none."""
    kind = value.type.WhichOneof("value")
    element = value.type.tensor_type.elem_type
    if kind != "tensor_type" or element != TensorProto.FLOAT:
        name = tensors.type_name(element) if kind == "tensor_type" else str(kind)
        raise ModelError(
            f"input {value.name} has type {name}; only floating-point tensors can be deployed",
            hint="Export the model so that it takes float inputs (do casts and look-ups before).",
            where=source,
        )
    known = value.type.tensor_type.HasField("shape")
    # Exporters write "dynamic" as a name, as nothing, as 0 or as -1.
    dims = [max(dim.dim_value, 0) for dim in value.type.tensor_type.shape.dim]
    labels = [dim.dim_param for dim in value.type.tensor_type.shape.dim]
    if not known and given is None:
        raise ModelError(
            f"input {value.name} has no shape in the file",
            hint=f"Give it with --shape {value.name}=1,3,32,32 (numbers as your data have them).",
            where=source,
        )
    if given is not None:
        _check_given(value.name, tuple(dims) if known else None, given, source)
        dims = list(given)
        labels = [""] * len(dims)
    if len(dims) < 2:
        raise ModelError(
            f"input {value.name} has shape {dims}: no batch axis and at least one other",
            hint="Export the model with inputs such as [1, features] or [1, channels, h, w].",
            where=source,
        )
    for axis, size in enumerate(dims[1:], start=1):
        if size == 0:
            example = ",".join(str(d or "N") for d in [1, *dims[1:]])
            label = f" ({labels[axis]})" if labels[axis] else ""
            raise ModelError(
                f"input {value.name} has no size for axis {axis}{label}",
                hint=f"Give it with --shape {value.name}={example}, a number for every N.",
                where=source,
            )
    batch = int(dims[0])
    value.type.tensor_type.shape.ClearField("dim")
    for size in (1, *dims[1:]):
        value.type.tensor_type.shape.dim.add().dim_value = size
    return batch


def _check_given(name: str, dims: Shape | None, given: Shape, source: str) -> None:
    if any(size < 1 for size in given):
        raise ModelError(
            f"the shape {list(given)} given for input {name} has an axis below 1",
            hint="Every axis needs a positive size.",
            where=source,
        )
    if dims is None:
        return
    fits = len(dims) == len(given) and all(
        axis == 0 or d in (0, g) for axis, (d, g) in enumerate(zip(dims, given, strict=True))
    )
    if not fits:
        expected = ",".join(str(size or "N") for size in dims)
        raise ModelError(
            f"the shape {list(given)} given for input {name} contradicts the file's [{expected}]",
            hint="Only axes shown as N can be chosen; the others are fixed by the weights.",
            where=source,
        )


def _rebatch(graph: onnx.GraphProto, batches: set[int]) -> None:
    """Begin constant Reshape targets with 1 where they begin with one of ``batches``."""
    if not batches:
        return
    log.info("the model's batch of %s becomes 1", ", ".join(map(str, sorted(batches))))
    targets = {n.input[1] for n in graph.node if n.op_type == "Reshape" and len(n.input) > 1}
    found = [tensor for tensor in graph.initializer if tensor.name in targets]
    for node in graph.node:
        if node.op_type == "Constant" and targets & set(node.output):
            found += [attribute.t for attribute in node.attribute if attribute.HasField("t")]
    for tensor in found:
        target = np.array(numpy_helper.to_array(tensor))
        if target.ndim == 1 and target.size and target[0] in batches:
            target[0] = 1
            tensor.CopyFrom(numpy_helper.from_array(target, tensor.name))
