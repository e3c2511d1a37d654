"""A folder the maker's mapper (witin_mapper) can work on.

It writes what only the maker knows, the NPU's configuration (register.c), and places the weights
where our layout has them, by its argument ``array_distribute``. The folder holds the model in the
maker's dialect, calibration samples, layer options, our layers.txt, and a small script of ours that
calls the mapper's published API. Nothing in it is run here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from studio.base import files, paths
from studio.base.errors import DataError, ToolError
from studio.base.job import Job
from studio.board import maker_model, maker_readme
from studio.board.maker_sheet import onnx_shape
from studio.chip.chip import Chip
from studio.formats import layers_txt, map_csv, opt_protobuf
from studio.mapper.layout import Layout
from studio.quantize.layer_options import LayerChoice
from studio.quantize.qnetwork import HistoryOp, Int16, QNetwork

FRAMES = 100
JOB, SCRIPT, MODEL, OPTIONS, OUTPUT = (
    "job.json", "run_mapper.py", "model.onnx", "opt.protobuf", "output",
)  # fmt: skip
DISTRIBUTE = "array_distribute.txt"
OURS = "ours"  # our own map, to compare with
# What the maker's mapper calls its chips, after its manual.
CHIPS: Mapping[str, str] = MappingProxyType({"wtm2101": "BB04P1"})


@dataclass(frozen=True)
class Source:
    """What is exported.

    ``inputs``: encoded samples, one array (n, W, H, C) an input. ``model`` and ``options`` are the
    user's own files where the model is in the maker's dialect already; it is handed on as it is.
    """

    qnetwork: QNetwork
    layout: Layout
    inputs: Sequence[Int16]
    model: Path | None = None
    options: Path | None = None


@dataclass(frozen=True)
class MakerFolder:
    """The folder written, and what is uncertain about it, one sentence each."""

    folder: Path
    notes: tuple[str, ...]


def export(folder: Path, source: Source, chip: Chip, job: Job) -> MakerFolder:
    """Write the folder; files of an earlier export in it are replaced.

    Raises ModelError naming what the dialect cannot say, ToolError for a chip whose mapper is not
    known, DataError without samples, ProjectError when the place is not writable, VerifyError for
    a bug of ours.
    """
    if chip.id not in CHIPS:
        raise ToolError(
            f"no mapper of its maker is known for {chip.name}",
            hint=f"Known: {', '.join(CHIPS)}.",
            where=chip.source,
        )
    if not source.inputs or not len(source.inputs[0]):
        raise DataError(
            "the maker's mapper needs calibration samples",
            hint="Simulate the network with samples first.",
            where=source.qnetwork.name,
        )
    model, choices, notes = _model(source, chip, job)
    job.step(2, 3, "writing the folder")
    files.write_bytes(folder / MODEL, model)
    text = _options(source, choices)
    files.write_text(folder / OPTIONS, text)
    layers_txt.write_lines(folder / DISTRIBUTE, layers_txt.from_layout(source.layout))
    map_csv.write(folder / OURS / map_csv.NAME, source.layout, chip)
    layers_txt.write_lines(folder / OURS / layers_txt.NAME, layers_txt.from_layout(source.layout))
    inputs = _inputs(folder, source)
    notes = tuple(dict.fromkeys((*notes, *_doubts(source))))
    tree: dict[str, Any] = {
        "network": source.qnetwork.name,
        "chip": CHIPS[chip.id],
        "model": MODEL,
        "inputs": inputs,
        "options": OPTIONS if text.strip() else "",
        "distribute": DISTRIBUTE,
        "output": OUTPUT,
        "tag": f"{map_csv.tag(folder / OURS / map_csv.NAME):08X}",
        "environment": _environment(source),
    }
    files.write_text(folder / JOB, maker_readme.dump(tree))
    script = paths.resource("maker", SCRIPT).read_text(encoding="utf-8")
    files.write_text(folder / SCRIPT, script)
    files.write_text(folder / "README.md", maker_readme.text(tree, notes))
    job.step(3, 3, "written")
    return MakerFolder(folder, notes)


def _model(
    source: Source, chip: Chip, job: Job
) -> tuple[bytes, tuple[LayerChoice, ...], tuple[str, ...]]:
    """The model's file, the options it needs, and notes."""
    if source.model is None:
        made = maker_model.export(source.qnetwork, chip, job)
        return made.model.SerializeToString(), made.choices, made.notes
    try:
        return source.model.read_bytes(), (), ()
    except OSError as error:
        raise DataError(
            f"cannot read the model: {error.strerror}",
            hint="It must lie where it was when it was quantized.",
            where=str(source.model),
        ) from error


def _options(source: Source, choices: Sequence[LayerChoice]) -> str:
    """The layer options' text: the user's own, or ours with copies and points of the layout."""
    if source.model is not None:
        return source.options.read_text(encoding="utf-8-sig") if source.options else ""
    stored = {block.layer: block for block in source.layout.blocks}
    found = {choice.layer: choice for choice in choices}
    for op in source.qnetwork.array_ops:
        block = stored.get(op.name)
        if block is None or (block.copies, block.points) == (1, 1):
            continue
        names = [name for name in found if name.startswith(f"{op.name}/part")] or [op.name]
        for name in names:
            found[name] = replace(
                found.get(name, LayerChoice(name)),
                multiple=block.copies.bit_length() - 1,
                points=block.points if block.points > 1 else 0,
            )
    return opt_protobuf.text_of(tuple(found.values()))


def _inputs(folder: Path, source: Source) -> list[dict[str, Any]]:
    """Write the samples, float32 in the chip's order, and tell of them."""
    told = []
    network = source.qnetwork
    for number, (name, values) in enumerate(zip(network.inputs, source.inputs, strict=True)):
        tensor = network.tensors[name]
        samples = values[:FRAMES].astype(np.float32)
        if source.model is None:
            shape = list(onnx_shape(tensor.shape))
        else:
            shape = [1, *tensor.onnx_shape[1:]]
        # NWHC for [N, C, H, W], as the maker's examples have it; one vector a sample for [N, C].
        kept = {2: samples.reshape(len(samples), -1), 3: samples.reshape(
            len(samples), -1, tensor.shape[2])}.get(len(shape), samples)  # fmt: skip
        file = f"input{number}.npy"
        stream = io.BytesIO()
        np.save(stream, kept)
        files.write_bytes(folder / file, stream.getvalue())
        told.append({"name": name, "shape": shape, "file": file})
    return told


def _environment(source: Source) -> dict[str, str]:
    """Environment variables of the mapper's manual."""
    fifo = any(isinstance(op, HistoryOp) for op in source.qnetwork.ops)
    return {
        "ARRAY_ALLOC_RESERVED_COLUMN": str(source.layout.first_column),
        "WITIN_EXPECTED_NUM": str(min(FRAMES, len(source.inputs[0]))),
        "WITIN_FIFO_EN": str(int(fifo)),
    }


def _doubts(source: Source) -> list[str]:
    """What the mapper's manual leaves open about this network."""
    blocks, network = source.layout.blocks, source.qnetwork
    doubts = []
    if any(block.width < _columns(network, block.layer, block.matrix) for block in blocks):
        doubts.append(
            "Some layers are cut into column tiles; whether array_distribute takes several lines"
            " for one layer is not published."
        )
    if any(not block.bias_rows for block in blocks):
        doubts.append(
            "Some blocks have no bias rows (their interval is written 0, -1); every published"
            " layout has bias rows for every block."
        )
    if any(block.points > 1 for block in blocks):
        doubts.append(
            "The manual wants tdnn_mode or conv2DToConv1D_enable beside multi_point; which one is"
            " right for a layer is the user's to add to opt.protobuf."
        )
    if any(isinstance(op, HistoryOp) for op in network.ops):
        doubts.append(
            "Time-delay layers: the mapper's FIFO is switched on, so that samples are single"
            " frames; without it a sample is all the frames the first layer needs."
        )
    if any(len(network.tensors[name].onnx_shape) == 3 for name in network.inputs):
        doubts.append("How samples of an input with three axes are given is not published.")
    if any(choice != "unsigned" for choice in _encodings(network)):
        doubts.append(
            "Signed inputs are told by signed_input in opt.protobuf, of a convolution as the number"
            " of inputs of its window. Versions of the mapper before"
            " v001.000.025 want them split by hand for the first layer."
        )
    return doubts


def _columns(network: QNetwork, layer: str, matrix: int) -> int:
    op = next(op for op in network.array_ops if op.name == layer)
    return op.matrices[matrix].columns


def _encodings(network: QNetwork) -> set[str]:
    return {matrix.encoding for op in network.array_ops for matrix in op.matrices}
