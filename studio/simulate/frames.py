"""What single rounds on the array receive and answer: the programming tool's test frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.simulate import kernels
from studio.simulate.kernels import Int16
from studio.simulate.run import apply


@dataclass(frozen=True)
class Frames:
    """Frames of one row tile of one matrix.

    ``inputs``: [count, rows], encoded as the rows receive them (0..255, doubled with PN);
    ``outputs``: [count, columns], the round's answer before any Relu or adding of tiles.
    """

    layer: str
    matrix: int
    tile: int
    inputs: Int16
    outputs: Int16


def frames(qnetwork: QNetwork, inputs: Sequence[Int16], count: int = 100) -> tuple[Frames, ...]:
    """The first ``count`` frames of every tile, in execution order.

    A frame is one window position; a convolution's frames walk over the positions of the first
    sample, then the second and so on. With fewer positions than ``count`` they repeat.
    """
    values: dict[str, Int16] = {
        name: x[:count] for name, x in zip(qnetwork.inputs, inputs, strict=True)
    }
    values |= {name: constant[np.newaxis] for name, constant in qnetwork.constants.items()}
    found: list[Frames] = []
    for op in qnetwork.ops:
        if isinstance(op, ArrayOp):
            found += _of(op, values[op.input], count)
        values[op.output] = apply(op, [values[name] for name in op.inputs], qnetwork)
    return tuple(found)


def _of(op: ArrayOp, x: Int16, count: int) -> list[Frames]:
    w, h, _ = kernels.windows(x[:1], op.kernel, op.strides, op.dilations, op.pads).shape[1:4]
    samples = x[: max(1, -(-count // (w * h)))]
    found = []
    for index, matrix in enumerate(op.matrices):
        rows, _ = kernels.array_inputs(samples, op, index)
        rows = np.resize(rows, (count, rows.shape[1]))
        for number, tile in enumerate(matrix.tiles):
            found.append(
                Frames(
                    op.name,
                    index,
                    number,
                    kernels.tile_inputs(rows, matrix, tile),
                    kernels.tile_product(rows, matrix, tile),
                )
            )
    return found
