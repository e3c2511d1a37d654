"""Convolutional QNetworks with random weights, for the tests of estimates and duplication."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QOp, QTensor, RowTile, Shape

# kernel (W, H), strides (W, H), output channels
Conv = tuple[tuple[int, int], tuple[int, int], int]

BANK = 896


def tensor(name: str, shape: Shape) -> QTensor:
    """A tensor of 0..127 with scale 1."""
    return QTensor(name, shape, 1.0, 0, 127, (1, *shape))


def network(
    convs: Sequence[Conv],
    shape: Shape,
    *,
    bias: int = 100,
    encoding: Literal["unsigned", "pn"] = "unsigned",
    groups: int = 1,
    seed: int = 0,
) -> QNetwork:
    """Convolutions conv0, conv1, ... one after another, with pads that keep the size at stride 1.

    ``bias`` is the largest bias in steps of the array, 0 for none.
    """
    random = np.random.default_rng(seed)
    tensors = {"t0": tensor("t0", shape)}
    ops: list[QOp] = []
    for index, (kernel, strides, channels) in enumerate(convs):
        pads = (kernel[0] // 2, kernel[1] // 2) * 2
        width, height = (
            (shape[axis] + 2 * pads[axis] - kernel[axis]) // strides[axis] + 1 for axis in (0, 1)
        )
        rows = kernel[0] * kernel[1] * shape[2] // groups
        columns = channels // groups
        step = BANK // (2 if encoding == "pn" else 1)
        matrices = []
        for group in range(groups):
            weights = random.integers(-128, 128, (rows, columns)).astype(np.int16)
            tiles = tuple(
                RowTile(
                    start,
                    min(start + step, rows),
                    (random.integers(1, bias + 1, columns) * 128).astype(np.int32)
                    if bias
                    else None,
                )
                for start in range(0, rows, step)
            )
            matrices.append(Matrix(f"w{index}.{group}", weights, encoding, 1024, tiles))
        shape = (width, height, channels)
        tensors[f"t{index + 1}"] = tensor(f"t{index + 1}", shape)
        ops.append(
            ArrayOp(
                f"conv{index}",
                f"t{index}",
                f"t{index + 1}",
                tuple(matrices),
                kernel,
                strides,
                (1, 1),
                pads,
            )
        )
    return QNetwork("net", "wtm2101", ("t0",), (f"t{len(ops)}",), tuple(ops), tensors)
