"""What the table of layers says of each layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from studio.mapper.layout import Block
from studio.quantize.qnetwork import ArrayOp, PoolOp, QNetwork, QOp
from studio.ui import bank_text, layer_colours
from studio.ui.table import Cell, Column, Row

if TYPE_CHECKING:
    from studio.chip.chip import Chip
    from studio.mapper.estimate import OpEstimate
    from studio.simulate.compare import LayerReport
    from studio.ui.workspace import Workspace

WEAK = "⚠"
_MEASURES = frozenset(("cosine", "single", "snr"))


def columns() -> list[Column]:
    """The table's columns; a row has its cells in this order."""
    tr = QCoreApplication.translate
    return [
        Column("layer", tr("Layers", "Layer")),
        Column("op", tr("Layers", "Operation"), tr("Layers", "With what is fused into it")),
        Column("shape", tr("Layers", "Output"), tr("Layers", "Width × height × channels")),
        Column("matrix", tr("Layers", "Matrix"), tr("Layers", "Inputs × outputs of its weights")),
        Column("rows", tr("Layers", "Rows"), tr("Layers", "Rows of the array"), numeric=True),
        Column("blocks", tr("Layers", "Blocks"), tr("Layers", "Areas of the array"), numeric=True),
        Column("place", tr("Layers", "Place"), tr("Layers", "Bank of the array, or the CPU")),
        Column("k", tr("Layers", "k"), tr("Layers", "Bias rows of a block, at most"), numeric=True),
        Column("gain", tr("Layers", "G"), tr("Layers", "Gain: divides the sums"), numeric=True),
        Column("input", tr("Layers", "Input"), tr("Layers", "How signed inputs are encoded")),
        Column(
            "cosine", tr("Layers", "Cosine"),
            tr("Layers", "Likeness to the float model, with all errors before it; 1 is equal"),
            numeric=True, text=_cosine,
        ),
        Column(
            "single", tr("Layers", "Cosine alone"),
            tr("Layers", "Likeness to the float model of this layer by itself; 1 is equal"),
            numeric=True, text=_cosine,
        ),
        Column(
            "snr", tr("Layers", "SNR (dB)"),
            tr("Layers", "Signal to quantization noise of this layer by itself"),
            numeric=True, text=_one,
        ),
        Column(
            "saturation", tr("Layers", "Saturated (%)"),
            tr("Layers", "Outputs at an end of the chip's range"), numeric=True, text=_two,
        ),
        Column(
            "latency", tr("Layers", "Latency (µs)"),
            tr("Layers", "Estimated time of one inference"), numeric=True, text=_one,
        ),
        Column(
            "energy", tr("Layers", "Energy (µJ)"),
            tr("Layers", "Estimated energy of one inference"), numeric=True, text=_three,
        ),
    ]  # fmt: skip


def rows(workspace: Workspace) -> list[Row]:
    """One row a layer in execution order, the layers in a cell's body behind the cell."""
    network, layout = workspace.qnetwork, workspace.layout
    if network is None:
        return []
    blocks: dict[str, list[Block]] = {}
    for block in layout.blocks if layout is not None else ():
        blocks.setdefault(block.layer, []).append(block)
    colours = layer_colours.of(workspace)
    report, estimate = workspace.comparison, workspace.estimate
    measured = {own.name: own for own in report.layers} if report is not None else {}
    timed = {own.name: own for own in estimate.ops} if estimate is not None else {}
    found = []
    for op in network.walk():
        measure = measured.get(op.name)
        mine = blocks.get(op.name, [])
        advice = measure.suggestion if measure is not None else ""
        cells: list[Cell] = [
            op.name,
            kind(op),
            _shape(network, op.output),
            *_array(op, mine, workspace.chip, placed=layout is not None),
            *_measures(measure),
            *_estimates(timed.get(op.name)),
        ]
        sign, alert = (WEAK, _MEASURES) if advice else ("", frozenset[str]())
        found.append(Row(op.name, cells, colours.get(op.name, ""), sign, alert, advice))
    return found


def kind(op: QOp) -> str:
    """The operation as a short noun with what is fused into it."""
    if isinstance(op, ArrayOp):
        width, height = op.kernel
        name = "Dense" if (width, height) == (1, 1) else f"Conv {width} × {height}"
        return name + (" + Relu" if op.relu else "")
    name = type(op).__name__.removesuffix("Op")
    if isinstance(op, PoolOp):
        return f"{op.kind.capitalize()} pool {op.kernel[0]} × {op.kernel[1]}"
    return name


def _array(op: QOp, blocks: Sequence[Block], chip: Chip, *, placed: bool) -> list[Cell]:
    """Matrix, rows, blocks, place, k, gain and input; CPU operations have only the place."""
    tr = QCoreApplication.translate
    cpu = tr("Layers", "CPU")
    if not isinstance(op, ArrayOp):
        return [None, None, None, cpu, None, None, None]
    sizes = [f"{m.inputs} × {m.columns}" for m in op.matrices]
    alike = len(set(sizes)) == 1 and len(sizes) > 1
    matrix = f"{len(sizes)} × ({sizes[0]})" if alike else ", ".join(sizes)
    stored = [m for _, m in op.stored()]
    gains = sorted({m.gain for m in op.matrices})
    place: str | None = ", ".join(dict.fromkeys(_place(block, chip) for block in blocks)) or None
    return [
        matrix,
        sum(m.rows(tile) for m in stored for tile in m.tiles) or None,
        len(blocks) if placed else None,
        place if stored else cpu,
        max((block.bias_rows for block in blocks), default=None),
        gains[0] if len(gains) == 1 else ", ".join(map(str, gains)),
        ", ".join(dict.fromkeys(m.encoding for m in op.matrices)),
    ]


def _place(block: Block, chip: Chip) -> str:
    banks = chip.array.banks
    name = next((b.name for b in banks if b.first_row <= block.row <= b.last_row), "")
    name = bank_text.short(name)
    if chip.array.count == 1:
        return name
    return QCoreApplication.translate("Layers", "{0} of array {1}").format(name, block.array + 1)


def _measures(measure: LayerReport | None) -> list[Cell]:
    """Cosines, SNR and saturation in percent."""
    if measure is None:
        return [None] * 4
    entire, single = measure.entire, measure.single
    return [
        entire.cosine if entire is not None else None,
        single.cosine if single is not None else None,
        single.snr if single is not None else None,
        100 * measure.limited,
    ]


def _estimates(estimate: OpEstimate | None) -> list[Cell]:
    """Microseconds and microjoules."""
    if estimate is None:
        return [None, None]
    seconds, joules = estimate.seconds, estimate.joules
    return [
        None if seconds is None else 1e6 * seconds,
        None if joules is None else 1e6 * joules,
    ]


def _shape(network: QNetwork, tensor: str) -> str:
    return " × ".join(str(axis) for axis in network.tensors[tensor].shape)


def _cosine(value: Cell) -> str:
    # 0.99996 is not 1: rounding up would hide every error.
    return f"{math.floor(float(value or 0) * 1e4) / 1e4:.4f}"


def _one(value: Cell) -> str:
    return f"{float(value or 0):,.1f}"


def _two(value: Cell) -> str:
    return f"{float(value or 0):.2f}"


def _three(value: Cell) -> str:
    return f"{float(value or 0):,.3f}"
