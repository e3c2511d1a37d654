"""Read an ONNX file as data that nobody vouches for: size, form, external data, order of nodes."""

from __future__ import annotations

import graphlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

import onnx
from onnx import external_data_helper, inliner

from studio.base.errors import ModelError

# The array holds 1.8 million weights: this is room for a hundred such networks in float32.
MAX_BYTES = 1 << 30
_EXPORT_HINT = "Export the model again as ONNX (.onnx) and check that the copy is complete."
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive, such as a PyTorch .pt or Keras .keras file"),
    (b"\x89HDF", "an HDF5 file, such as a Keras .h5 model"),
    (b"\x80\x02", "a pickle, such as an old PyTorch .pth file"),
)


def read(path: Path) -> onnx.ModelProto:
    """Read ``path`` and its external data; nodes come back in execution order.

    Functions defined in the file are inlined. Nothing is checked against operator schemas,
    because the maker's operators have none. Raises ModelError when the file is missing, too
    large, no ONNX model or cut off, when its graph is not a graph, or when its external data
    are missing or lie outside the model's folder.
    """
    model = _parse(path, _read_bytes(path))
    if not model.graph.node:
        raise ModelError("the graph has no nodes", hint=_EXPORT_HINT, where=str(path))
    if not model.opset_import:
        raise ModelError(
            "the file ends before the operator set version", hint=_EXPORT_HINT, where=str(path)
        )
    _load_external_data(model, path)
    if model.functions:
        try:
            model = inliner.inline_local_functions(model)
        except Exception as error:  # the C++ inliner raises bare RuntimeErrors
            raise ModelError(
                f"a function of the model cannot be inlined: {error}",
                hint="Export the model without functions (modules as plain nodes).",
                where=str(path),
            ) from error
    _sort_nodes(model.graph, path)
    return model


def _read_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise ModelError(
            "this is a folder, not a file", hint="Give the .onnx file itself.", where=str(path)
        )
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ModelError(
                f"the file has {size >> 20} MB, more than the {MAX_BYTES >> 20} MB we read",
                hint="No network of this size fits the chip: use a smaller one.",
                where=str(path),
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(
            "no such file", hint="Check the name and the folder.", where=str(path)
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ModelError(
            f"cannot be read: {reason}",
            hint="Check that you may read it and that no other program holds it.",
            where=str(path),
        ) from error
    if not data:
        raise ModelError("the file is empty", hint=_EXPORT_HINT, where=str(path))
    return data


def _parse(path: Path, data: bytes) -> onnx.ModelProto:
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            raise ModelError(
                f"this is no ONNX model but {kind}",
                hint="Export the model to ONNX first, e.g. with torch.onnx.export.",
                where=str(path),
            )
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except Exception as error:  # protobuf's DecodeError; protobuf ships no types
        raise ModelError(
            "this is no ONNX model, or it is cut off", hint=_EXPORT_HINT, where=str(path)
        ) from error
    # Protocol buffers skip unknown fields, so that many other files "decode" without a graph.
    if not model.HasField("graph"):
        raise ModelError(
            "this is no ONNX model: it holds no graph", hint=_EXPORT_HINT, where=str(path)
        )
    return model


def tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """Every tensor of a graph: initializers and attributes, in subgraphs too."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for inner in (*attribute.graphs, *([attribute.g] if attribute.HasField("g") else ())):
                yield from tensors(inner)


def _load_external_data(model: onnx.ModelProto, path: Path) -> None:
    folder = path.parent
    left = MAX_BYTES
    for tensor in tensors(model.graph):
        if not external_data_helper.uses_external_data(tensor):
            continue
        location = next((e.value for e in tensor.external_data if e.key == "location"), "")
        file = _inside(folder, location, tensor.name, path)
        try:
            external_data_helper.load_external_data_for_tensor(tensor, str(folder))
        except Exception as error:  # onnx raises its own C++ errors besides OSError
            raise ModelError(
                f"external data of tensor {tensor.name} cannot be read from {file.name}: {error}",
                hint=f"Copy the complete {file.name} beside the model, or export it again.",
                where=str(path),
            ) from error
        left -= len(tensor.raw_data)
        if left < 0:
            raise ModelError(
                f"external data are more than the {MAX_BYTES >> 20} MB we read",
                hint="No network of this size fits the chip: use a smaller one.",
                where=str(path),
            )


def _inside(folder: Path, location: str, tensor: str, path: Path) -> Path:
    """The file ``location`` names, refused unless it lies in ``folder``, links followed."""
    # A model written on Windows may hold a backslash; a drive or UNC name is never relative.
    windows, posix = PureWindowsPath(location), PurePosixPath(location)
    outside = ModelError(
        f"external data of tensor {tensor} lie outside the model's folder: {location!r}",
        hint="Save the model with its data beside it; nothing else is opened for your safety.",
        where=str(path),
    )
    if not location or windows.drive or windows.root or posix.is_absolute():
        raise outside
    if ".." in windows.parts or ".." in posix.parts or "\0" in location:
        raise outside
    file = folder / location
    try:
        resolved = file.resolve(strict=True)
    except OSError as error:
        raise ModelError(
            f"external data file {location} of tensor {tensor} is missing",
            hint=f"Copy {location} into the model's folder, or export the model as one file.",
            where=str(path),
        ) from error
    if not resolved.is_relative_to(folder.resolve()):
        raise outside
    return file


def _sort_nodes(graph: onnx.GraphProto, path: Path) -> None:
    """Put nodes in execution order, keeping the file's order where it is one already.

    Raises ModelError for a cycle, a tensor written twice and a tensor nobody writes.
    """
    known = {value.name for value in graph.input} | {value.name for value in graph.initializer}
    known |= {sparse.values.name for sparse in graph.sparse_initializer}
    writers: dict[str, int] = {}
    for index, node in enumerate(graph.node):
        for name in filter(None, node.output):
            if name in writers or name in known:
                raise ModelError(
                    f"tensor {name} is written twice",
                    hint="The file is not a valid graph: export it again.",
                    where=str(path),
                )
            writers[name] = index
    edges: dict[int, list[int]] = {}
    for index, node in enumerate(graph.node):
        reads = [name for name in node.input if name and name not in known]
        missing = [name for name in reads if name not in writers]
        if missing:
            raise ModelError(
                f"node {node.name or node.op_type} reads {missing[0]}, which nothing writes",
                hint="The file is not a valid graph: export it again.",
                where=str(path),
            )
        edges[index] = [writers[name] for name in reads]
    if all(source < index for index, sources in edges.items() for source in sources):
        return
    try:
        order = list(graphlib.TopologicalSorter(edges).static_order())
    except graphlib.CycleError as error:
        raise ModelError(
            "the graph has a cycle",
            hint="Only feed-forward graphs can be deployed: export the model again.",
            where=str(path),
        ) from error
    nodes = [onnx.NodeProto.FromString(graph.node[index].SerializeToString()) for index in order]
    del graph.node[:]
    graph.node.extend(nodes)
