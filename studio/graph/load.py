"""An ONNX file becomes a Network: read, fix, simplify, check, decode, normalize."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import onnx

from studio.base.errors import ModelError, VerifyError
from studio.base.job import Job
from studio.graph import (
    decode,
    dialect,
    fuse_norms,
    heads,
    inputs,
    normalize,
    normalize_cells,
    normalize_dialect,
    normalize_float,
    optable,
    read,
    shapes,
    straighten,
    tensors,
    unpack,
)
from studio.graph.network import Dialect, Network
from studio.graph.simplify import simplify

Shape = tuple[int, ...]
# Before opset 7 operators broadcast by attributes of their own.
MIN_OPSET = 7

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "AveragePool": ("kernel_shape", "strides", "pads", "count_include_pad"),
    "BatchNormalization": ("epsilon",),
    "Clip": ("min", "max"),
    "Concat": ("axis",),
    "Conv": ("kernel_shape", "strides", "dilations", "pads", "group"),
    "MaxPool": ("kernel_shape", "strides", "pads"),
    "Scale": ("scale",),
    "Softmax": ("axis",),
    "Transpose": ("perm",),
    **normalize_cells.REQUIRED,
    **normalize_dialect.REQUIRED,
    **dict.fromkeys(("Add", "Gemm", "MatMul", "Mul", "Relu", "Reshape", "Sigmoid", "Tanh"), ()),
}


def load(
    path: Path, shapes: Mapping[str, tuple[int, ...]] | None = None, job: Job | None = None
) -> Network:
    """Read the ONNX file ``path`` into a checked, normalized Network (normalize.py tells how).

    ``shapes`` gives the full shape, batch first, of inputs whose axes have no size in the file;
    the batch becomes 1 in any case. Raises ModelError for everything that is wrong with the
    file, and for what cannot be deployed.
    """
    try:
        return _load(path, shapes or {}, job or Job())
    except UnicodeDecodeError as error:  # protobuf decodes names when they are looked at
        raise ModelError(
            "a name in the file is no text",
            hint="The file is damaged: export it again and check that the copy is complete.",
            where=path.name,
        ) from error


def _load(path: Path, sizes: Mapping[str, Shape], job: Job) -> Network:
    source = path.name
    job.step(0, 4, f"reading {source}")
    model = read.read(path)
    _check_opset(model, source)
    optable.check_structure(model.graph, source)
    file_nodes = decode.file_nodes(model.graph)
    kind = dialect.detect(model.graph)
    job.step(1, 4, "simplifying the graph")
    model = _prepare(model, kind, sizes, source)
    job.step(2, 4, "checking operators and shapes")
    optable.check_types(model.graph, kind, source)
    found = shapes.infer(model, source) if kind == "float" else shapes.of_inputs(model)
    network = decode.network(model, found, kind, source)
    if kind == "float":
        network = unpack.unpack(heads.without_heads(network))
        network = fuse_norms.fuse(straighten.straighten(network))
    optable.check(network)
    job.step(3, 4, "normalizing the graph")
    network = replace(normalize.normalize(network), file_nodes=file_nodes)
    for node in network.nodes:
        for name in node.inputs:
            if name in network.constants:
                tensors.check_finite(name, network.constants[name], node.name, source)
    verify(network)
    job.step(4, 4, f"{source} is loaded")
    return network


def _check_opset(model: onnx.ModelProto, source: str) -> None:
    newest = onnx.defs.onnx_opset_version()
    for entry in model.opset_import:
        if entry.domain in dialect.DEFAULT_DOMAINS and not MIN_OPSET <= entry.version <= newest:
            raise ModelError(
                f"operator set {entry.version} is not one of the known {MIN_OPSET} to {newest}",
                hint="Export the model with opset_version=17.",
                where=source,
            )


def _prepare(
    model: onnx.ModelProto, kind: Dialect, sizes: Mapping[str, Shape], source: str
) -> onnx.ModelProto:
    """Fixed input shapes, float32 throughout, no foldable nodes."""
    tensors.widen(model, source)
    tensors.check_sizes(model.graph, source)
    if kind == "integer":
        # onnxslim would drop or fold the maker's nodes, whose meaning it does not know.
        dialect.repair(model, source)
        inputs.fix(model, sizes, source)
        return model
    inputs.fix(model, sizes, source)
    return simplify(model, source)


def verify(network: Network) -> None:
    """Raise VerifyError where ``network`` breaks what the later stages rely on.

    Nodes in execution order with unique names, every tensor written once and with a shape,
    batch 1, constants read-only and finite, normalized operators with all their attributes.
    """

    def require(holds: bool, message: str) -> None:
        if not holds:
            raise VerifyError(
                message, hint="Please report this, with the model.", where=network.source
            )

    required = dict(_REQUIRED)
    if network.dialect == "float":
        required |= normalize_float.REQUIRED
    require(bool(network.nodes), "the network has no nodes")
    known = {*network.inputs, *network.constants}
    names: set[str] = set()
    for node in network.nodes:
        require(node.name not in names, f"two nodes are named {node.name}")
        names.add(node.name)
        require(node.op in required, f"node {node.name} is a {node.op}")
        for name in required[node.op]:
            require(name in node.attributes, f"node {node.name} lacks attribute {name}")
        for name in node.inputs:
            require(name in known, f"node {node.name} reads {name} before it is written")
        require(len(node.outputs) == 1, f"node {node.name} has {len(node.outputs)} outputs")
        require(node.outputs[0] not in known, f"tensor {node.outputs[0]} is written twice")
        known.add(node.outputs[0])
        shape = network.shapes.get(node.outputs[0], ())
        require(shape[:1] == (1,), f"tensor {node.outputs[0]} has shape {list(shape)}")
    for name in network.inputs:
        shape = network.shapes.get(name, ())
        require(shape[:1] == (1,), f"input {name} has shape {list(shape)}")
    for name in network.outputs:
        require(name in known, f"nothing writes output {name}")
        require(name not in network.constants, f"output {name} is a constant")
    for name, array in network.constants.items():
        require(not array.flags.writeable, f"constant {name} can be written to")
        require(array.shape == network.shapes.get(name), f"constant {name} has another shape")
