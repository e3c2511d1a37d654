"""Small QNetworks with their layouts, built by hand, for the firmware's tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.firmware.image import TestSet
from studio.mapper.layout import Block, Layout, Utilization
from studio.quantize.qnetwork import (
    ArrayOp,
    Matrix,
    PoolOp,
    QNetwork,
    QOp,
    QTensor,
    ReshapeOp,
    RowTile,
    Shape,
)

EMPTY = Layout("wtm2101", (), Utilization(0.0, (0.0, 0.0), 0.0), 0.0, 128)


def tensor(name: str, shape: Shape, low: int = -128, high: int = 127) -> QTensor:
    """A tensor with scale 1."""
    return QTensor(name, shape, 1.0, low, high, (1, *shape))


def network(
    tensors: Sequence[QTensor],
    ops: Sequence[QOp],
    inputs: Sequence[str] = ("in",),
    outputs: Sequence[str] = ("out",),
    constants: dict[str, np.ndarray] | None = None,
) -> QNetwork:
    """A QNetwork of these parts."""
    named = {item.name: item for item in tensors}
    return QNetwork(
        "net", "wtm2101", tuple(inputs), tuple(outputs), tuple(ops), named, constants or {}
    )


def small() -> tuple[QNetwork, Layout]:
    """Convolution of two groups, pooling, and a PN layer of two row and two column tiles."""
    rng = np.random.default_rng(0)
    conv = [rng.integers(-128, 128, (9, 4)).astype(np.int16) for _ in range(2)]
    full = rng.integers(-128, 128, (128, 5)).astype(np.int16)
    one_tile = (RowTile(0, 9, np.full(4, 256, np.int32)),)
    groups = tuple(Matrix(f"g{i}", w, "unsigned", 256, one_tile) for i, w in enumerate(conv))
    last = Matrix("fc", full, "pn", 512, (RowTile(0, 64, None), RowTile(64, 128, None)))
    ops: tuple[QOp, ...] = (
        ArrayOp('conv "1" */ 卷积??/', "in", "c", groups, (3, 3), pads=(1, 1, 1, 1), relu=True),
        PoolOp("pool", "c", "p", "max", (2, 2), (2, 2)),
        ReshapeOp("flat", "p", "f"),
        ArrayOp("fc", "f", "out", (last,), relu=True),
    )
    tensors = (
        tensor("in", (8, 8, 2), 0, 255),
        tensor("c", (8, 8, 8), 0, 127),
        tensor("p", (4, 4, 8), 0, 127),
        tensor("f", (1, 1, 128), 0, 127),
        tensor("out", (1, 1, 5), 0, 127),
    )
    bias = np.full((1, 4), 2, np.int16)
    none = np.zeros((0, 5), np.int16)
    cells = [last.cells(tile) for tile in last.tiles]
    name = ops[0].name
    blocks = (
        Block(name, 0, 0, 0, 256, 0, 0, 128, 3, conv[0], bias),
        Block(name, 1, 0, 0, 256, 0, 0, 132, 3, conv[1], bias),
        Block("fc", 0, 0, 0, 512, 0, 0, 200, 0, cells[0], none),
        Block("fc", 0, 1, 3, 512, 0, 200, 300, 0, cells[1][:, 3:], none[:, 3:]),
        Block("fc", 0, 1, 0, 512, 0, 200, 200, 0, cells[1][:, :3], none[:, :3]),
    )
    return network(tensors, ops), Layout("wtm2101", blocks, EMPTY.utilization, 0.0, 128)


def samples(qnetwork: QNetwork, count: int, classes: int = 5) -> TestSet:
    """Random samples within the inputs' ranges, with labels."""
    rng = np.random.default_rng(1)
    inputs = []
    for name in qnetwork.inputs:
        item = qnetwork.tensors[name]
        values = rng.integers(item.low, item.high + 1, (count, *item.shape))
        inputs.append(values.astype(np.int16))
    return TestSet(tuple(inputs), rng.integers(0, classes, count))
