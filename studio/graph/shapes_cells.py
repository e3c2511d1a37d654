"""Shapes of the cells of the maker's dialect: Lstm, Gru, Gru2Array, Tdnn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.graph.network import Node
from studio.graph.shape_rules import Misfit, Shape, Step


def _matrix(shapes: Sequence[Shape], place: int) -> tuple[int, int]:
    shape = shapes[place] if place < len(shapes) else ()
    if len(shape) != 2:
        raise Misfit(f"its weights have shape {list(shape)} instead of rank 2")
    return shape[0], shape[1]


def sizes_of(node: Node, weights: Shape) -> tuple[int, int]:
    """Features of a step of a cell's input and of its output, by its first matrix's shape.

    Rows are input and state side by side, or the input alone (Gru2Array).
    """
    rows, columns = weights
    if node.op == "Gru2Array":
        return rows, columns // 3
    hidden = columns // (2 if node.op == "Gru" else 3)
    return rows - hidden, hidden


def _cell(node: Node, shapes: Sequence[Shape]) -> tuple[int, int]:
    return sizes_of(node, _matrix(shapes, 1))


def _tdnn(node: Node, shapes: Sequence[Shape]) -> tuple[int, int]:
    rows, columns = _matrix(shapes, 1)
    lags = len(node.array("time_offsets").reshape(-1)) if "time_offsets" in node.attributes else 1
    if lags < 1 or rows % lags:
        raise Misfit(f"its weights have {rows} rows for {lags} time offsets")
    return rows // lags, columns


STEPS: Mapping[str, Step] = {
    "Gru": _cell,
    "Gru2Array": _cell,
    "Lstm": _cell,
    "Tdnn": _tdnn,
}
