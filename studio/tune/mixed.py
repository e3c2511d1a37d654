"""Mixed precision: 16-bit weights where 8 bits are too few.

A "mixed" matrix keeps the low byte of each weight in a cell and the rest in the CPU's memory.
That costs CPU time and a byte of data memory a weight, so a layer gets it only where the network's
outputs gain clearly from it.
"""

from __future__ import annotations

from dataclasses import replace

from studio.quantize.qarray import Store
from studio.quantize.qnetwork import QNetwork
from studio.simulate.compare import Report
from studio.tune.search import Search

# Half a dB: less is not worth a layer's work on the CPU.
WORTH = 10 ** (-0.5 / 10)
# Beside what else the program keeps in data memory.
MEMORY_SHARE = 0.5
MOST_LAYERS = 8


def mixed(search: Search, report: Report) -> None:
    """Try 16-bit weights for the layers whose weights' rounding hurts most."""
    chip = search.prepared.chip
    for name in _by_cause(report, search.best.qnetwork):
        now = search.best.choices
        if now.store(name) != "analog":
            continue
        stores: dict[str, Store] = {**now.stores, name: "mixed"}
        if _bytes(search.best.qnetwork, {*stores}) <= MEMORY_SHARE * chip.memory.data.size:
            search.attempt(replace(now, stores=stores), WORTH)


def _by_cause(report: Report, qnetwork: QNetwork) -> list[str]:
    """Nodes with array operations, those first whose weights cost most in their single error."""
    traces = {op.name: op.trace for op in qnetwork.array_ops}
    weak = [
        (layer.single.distance**2 * layer.shares.get("weights", 0.0), traces[layer.name])
        for layer in report.layers
        if layer.single is not None and layer.name in traces
    ]
    names = [name for _, name in sorted(weak, key=lambda item: -item[0])]
    return list(dict.fromkeys(names))[:MOST_LAYERS]


def _bytes(qnetwork: QNetwork, nodes: set[str]) -> int:
    """What the high bytes of these nodes' weights take in data memory."""
    return sum(
        matrix.weights.size
        for op in qnetwork.array_ops
        if op.trace in nodes
        for matrix in op.matrices
    )
