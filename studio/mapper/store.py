"""layout.json: a layout without its cells, which are in the QNetwork already."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from studio.base.errors import ProjectError, VerifyError
from studio.base.files import write_text
from studio.chip.chip import Chip
from studio.mapper import copies, tiling
from studio.mapper.layout import Block, Layout, Utilization
from studio.mapper.problem import Occupied
from studio.mapper.request import Placement, Search
from studio.mapper.verify import verify, verify_together
from studio.quantize.qnetwork import QNetwork

SCHEMA = 3
_HINT = "Map the model again to write it anew."


def save(layout: Layout, path: Path) -> None:
    """Write geometry and metrics as JSON. Raises ProjectError when the place is not writable."""
    content = {
        "schema": SCHEMA,
        "chip": layout.chip,
        "search": asdict(layout.search),
        "utilization": {
            "cells": layout.utilization.cells,
            "banks": list(layout.utilization.banks),
            "bias": layout.utilization.bias,
        },
        "first_column": layout.first_column,
        "occupied": [asdict(own) for own in layout.occupied],
        "blocks": [
            {
                "layer": block.layer,
                "matrix": block.matrix,
                "tile": block.tile,
                "first_column": block.first_column,
                "gain": block.gain,
                "array": block.array,
                "row": block.row,
                "rows": block.rows,
                "column": block.column,
                "columns": block.columns,
                "bias_row": block.bias_row,
                "bias_rows": block.bias_rows,
                "copies": block.copies,
                "points": block.points,
            }
            for block in layout.blocks
        ],
    }
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def load(path: Path, qnetwork: QNetwork, chip: Chip) -> Layout:
    """Read a layout and fill its cells from ``qnetwork``.

    Raises ProjectError when the file is missing, broken, of another schema version, or is no
    correct layout of this network on this chip.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProjectError(
            f"cannot read the layout: {error.strerror}", hint=_HINT, where=str(path)
        ) from error
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"not a JSON file: {error}", hint=_HINT, where=str(path)) from error
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        found = raw.get("schema") if isinstance(raw, dict) else type(raw).__name__
        raise ProjectError(
            f"layout of schema version {found}, this program reads {SCHEMA}",
            hint=_HINT,
            where=str(path),
        )
    try:
        layout = _layout(raw, qnetwork, chip)
        verify(layout, qnetwork, chip)
        verify_together((layout,), chip, layout.occupied)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise ProjectError(
            f"missing or wrong entry: {type(error).__name__} {error}", hint=_HINT, where=str(path)
        ) from error
    except VerifyError as error:
        raise ProjectError(
            f"the layout belongs to another network: {error}", hint=_HINT, where=str(path)
        ) from error
    return layout


def _layout(raw: dict[str, Any], qnetwork: QNetwork, chip: Chip) -> Layout:
    used = raw["utilization"]
    return Layout(
        chip=str(raw["chip"]),
        blocks=tuple(_block(entry, qnetwork, chip) for entry in raw["blocks"]),
        utilization=Utilization(
            cells=float(used["cells"]),
            banks=tuple(float(bank) for bank in used["banks"]),
            bias=float(used["bias"]),
        ),
        search=_search(raw["search"]),
        first_column=_count(raw, "first_column", most=chip.array.columns - 1),
        occupied=tuple(_occupied(entry) for entry in raw["occupied"]),
    )


def _occupied(entry: dict[str, Any]) -> Occupied:
    return Occupied(**{one.name: _count(entry, one.name) for one in fields(Occupied)})


def _search(entry: dict[str, Any]) -> Search:
    search = Search(**entry)
    for one in fields(search):
        value = getattr(search, one.name)
        if type(value).__name__ != one.type:
            raise TypeError(f"{one.name} is {value!r}")
    return search


def _block(entry: dict[str, Any], qnetwork: QNetwork, chip: Chip) -> Block:
    layer = entry["layer"]
    op = next((own for own in qnetwork.array_ops if own.name == layer), None)
    if op is None:
        raise VerifyError(f"no layer {layer!r} in this one")
    index = _count(entry, "matrix"), _count(entry, "tile")
    if index[0] >= len(op.matrices) or index[1] >= len(op.matrices[index[0]].tiles):
        raise VerifyError(f"no tile {index[1]} of matrix {index[0]} in this one", where=layer)
    start = _count(entry, "first_column")
    placement = Placement(
        array=_count(entry, "array"),
        row=_count(entry, "row"),
        column=_count(entry, "column"),
        bias_row=_count(entry, "bias_row"),
        bias_rows=_count(entry, "bias_rows", most=chip.array.bias_rows),
    )
    array = chip.array
    times = _count(entry, "copies", least=1, most=array.rows)
    points = _count(entry, "points", least=1, most=array.columns)
    scheme = copies.stored(op, qnetwork, times, points)
    matrix = op.matrices[index[0]]
    rows = copies.rows(op, matrix, matrix.tiles[index[1]], scheme)
    if entry["rows"] != rows:
        raise VerifyError(f"rows is {entry['rows']!r}, the network has {rows}", where=layer)
    stop = start + _count(entry, "columns") // points
    block = tiling.block(op, index, (start, stop), scheme, placement, chip)
    for key, value in (("gain", block.gain), ("columns", block.columns)):
        if entry[key] != value:
            raise VerifyError(f"{key} is {entry[key]!r}, the network has {value}", where=layer)
    return block


def _count(entry: dict[str, Any], key: str, least: int = 0, most: int | None = None) -> int:
    value = entry[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{key} is {value!r}, must be a whole number from {least}")
    if most is not None and value > most:
        raise ValueError(f"{key} is {value}, the most is {most}")
    return value
