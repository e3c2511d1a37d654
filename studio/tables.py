"""Tables and figures that the commands print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.table import Table

from studio.mapper.estimate import Estimates
from studio.mapper.layout import Layout
from studio.monitor.board_info import LayerTime
from studio.pipeline import Deployment
from studio.quantize.qnetwork import Matrix, QNetwork
from studio.stages import need

if TYPE_CHECKING:
    from studio.target import Run


def percent(fraction: float) -> str:
    """A fraction as text, 0.9722 as ``97.22 %``."""
    return f"{100 * fraction:.2f} %"


def layer_rows(qnetwork: QNetwork) -> list[dict[str, Any]]:
    """One entry for each matrix on the array."""
    return [
        {
            "layer": op.name,
            "inputs": matrix.inputs,
            "columns": matrix.columns,
            "tiles": len(matrix.tiles),
            "gain": matrix.gain,
            "encoding": matrix.encoding,
            "signed_inputs": matrix.signed_inputs,
            "store": matrix.store,
            "repeat": matrix.repeat,
            "relu": op.relu,
        }
        for op in qnetwork.array_ops
        for matrix in op.matrices
    ]


def layer_table(qnetwork: QNetwork, layout: Layout) -> Table:
    """Layers and where their blocks lie."""
    several = any(block.array for block in layout.blocks)
    where = ("array", "row", "column") if several else ("row", "column")
    table = Table("layer", "rows x columns", *where, "bias rows", "gain", "input", box=SIMPLE)
    ops = {op.name: op for op in qnetwork.array_ops}
    for block in layout.blocks:
        last = block.bias_row + block.bias_rows - 1
        table.add_row(
            block.layer,
            f"{block.rows} x {block.columns}",
            *([str(block.array)] if several else []),
            str(block.row),
            str(block.column),
            f"{block.bias_row}..{last}" if block.bias_rows else "none",
            str(block.gain),
            encoding(ops[block.layer].matrices[block.matrix]),
        )
    return table


def encoding(matrix: Matrix) -> str:
    """How inputs meet a matrix's rows, and what else is unusual about it, in a few words."""
    words: list[str] = [matrix.encoding]
    if matrix.encoding == "partial":
        words = [f"pn {matrix.signed_inputs}, shift {matrix.inputs - matrix.signed_inputs}"]
    if matrix.input_shift:
        words.append(f"times {2**matrix.input_shift}")
    if matrix.store == "mixed":
        words.append("low bytes")
    if matrix.repeat > 1:
        words.append("twice")
    return ", ".join(words)


def estimate_table(found: Estimates) -> Table:
    """Work, latency and energy of one inference, operation by operation and in total."""
    table = Table("estimate", "runs on", "MACs", "rounds", "latency", "energy", box=SIMPLE)
    for column in table.columns[2:]:
        column.justify = "right"
    for op in found.ops:
        numbers = (f"{op.macs:,}", f"{op.rounds:,}") if op.kind == "array" else ("", "")
        table.add_row(op.name, op.kind, *numbers, unit(op.seconds, "s"), unit(op.joules, "J"))
    table.add_section()
    totals = (f"{found.macs:,}", f"{found.rounds:,}")
    table.add_row("total", "", *totals, unit(found.seconds, "s"), unit(found.joules, "J"))
    return table


def unit(value: float | None, name: str) -> str:
    """A quantity with a prefix, 0.00107 s as ``1.07 ms``; ``-`` where it is not known."""
    if value is None:
        return "-"
    if value == 0:
        return f"0 {name}"
    for factor, prefix in ((1.0, ""), (1e3, "m"), (1e6, "u"), (1e9, "n")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {prefix}{name}"
    return f"{value * 1e12:.3g} p{name}"


def time_table(times: Sequence[LayerTime]) -> Table:
    """What each layer took, and last the whole network, as the firmware measured it."""
    table = Table("time of a sample", "mean", "cycles", "least", "most", box=SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    for own in times:
        if own is times[-1]:
            table.add_section()
        table.add_row(
            own.name, f"{own.microseconds} us", str(own.cycles), str(own.least), str(own.most)
        )
    return table


def result_table(deployment: Deployment, found: Run) -> Table:
    """Array use, sizes and accuracies."""
    layout, where = need(deployment.layout), "board" if found.analog else "emulator"
    if found.noise is not None:
        where = f"{found.noise} chip {found.noise_seed}"
    simulation, sizes = need(deployment.simulation), need(deployment.image).sizes
    table = Table("result", "value", "of", box=SIMPLE)
    table.add_row("layers on the array", str(len(need(deployment.qnetwork).array_ops)), "")
    table.add_row("array use", percent(layout.utilization.cells), "usable columns")
    table.add_row("bias strip use", percent(layout.utilization.bias), "")
    table.add_row("code", f"{sizes.code} B", f"{sizes.code_limit} B")
    table.add_row("data", f"{sizes.data} B", f"{sizes.data_limit} B")
    table.add_row("NPU memory", f"{sizes.sram} B", f"{sizes.sram_limit} B")
    for name, value, count in (
        ("accuracy, float", simulation.accuracy_float, simulation.samples),
        ("accuracy, integer", simulation.accuracy_integer, simulation.samples),
        (f"accuracy, {where}", found.accuracy, found.samples),
    ):
        table.add_row(name, "-" if value is None else percent(value), f"{count} samples")
    equal = found.samples - found.differing
    table.add_row("equal to the simulator", str(equal), f"{found.samples} samples")
    return table
