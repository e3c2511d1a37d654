"""A QNetwork in a folder: network.json for its structure, arrays.npz for its numbers."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path
from typing import Any, get_args

import numpy as np

from studio.base.errors import ProjectError
from studio.base.files import replacing, write_text
from studio.quantize import qnetwork as q

SCHEMA = 2
KINDS = {
    kind.__name__: kind
    for kind in (q.QNetwork, q.QTensor, q.Matrix, q.RowTile, q.State, *get_args(q.QOp))
}


def save(network: q.QNetwork, folder: Path) -> None:
    """Write ``network`` into ``folder``, arrays first, each file atomically."""
    arrays: list[np.ndarray[Any, Any]] = []
    tree = {"schema": SCHEMA, "network": _encode(network, arrays)}
    with replacing(folder / "arrays.npz") as path, path.open("wb") as stream:
        np.savez_compressed(stream, *arrays)
    write_text(folder / "network.json", json.dumps(tree, indent=1, ensure_ascii=False))


def load(folder: Path) -> q.QNetwork:
    """Read what ``save`` wrote. Raises ProjectError when files are missing or broken."""
    try:
        tree = json.loads((folder / "network.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as file:
            arrays = [file[f"arr_{index}"] for index in range(len(file.files))]
        if tree["schema"] != SCHEMA:
            raise ProjectError(
                f"written by another version (schema {tree['schema']}, this one reads {SCHEMA})",
                hint="Quantize the model again.",
                where=str(folder),
            )
        network = _decode(tree["network"], arrays)
    except FileNotFoundError as error:
        raise ProjectError(
            "no quantized network here",
            hint="Run `cim-studio quantize MODEL --out DIR` first, or `deploy`.",
            where=str(folder),
        ) from error
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise ProjectError(
            f"the quantized network is damaged: {error}",
            hint="Quantize the model again.",
            where=str(folder),
        ) from error
    if not isinstance(network, q.QNetwork):
        raise ProjectError("this file holds no quantized network", where=str(folder))
    return network


def _encode(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return {"class": type(value).__name__} | {k: _encode(v, arrays) for k, v in fields.items()}
    if isinstance(value, tuple):
        return [_encode(item, arrays) for item in value]
    if isinstance(value, dict):
        return {"map": {key: _encode(item, arrays) for key, item in value.items()}}
    return value


def _decode(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item, arrays) for item in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        array = arrays[value["array"]]
        array.setflags(write=False)
        return array
    if "map" in value:
        return {key: _decode(item, arrays) for key, item in value["map"].items()}
    fields = {key: _decode(item, arrays) for key, item in value.items() if key != "class"}
    return KINDS[value["class"]](**fields)
