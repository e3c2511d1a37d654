"""Matrices packed for the compiled code.

The code multiplies stored bytes b = x + zero by int8 weights, or the words x by int16 weights.
What the encoding adds to every input (128, or nothing) and the zeros go into the bias:
sum(W * (x + added)) = sum(W * b) + sum(W * (added - zero)). Where inputs are shifted or
saturated before, a table of words says what each byte means. All sums stay below 2**30.
"""

from __future__ import annotations

import ctypes
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from studio.quantize.qnetwork import ArrayOp, Int16, Matrix, RowTile, Shape
from studio.simulate.native import (
    AVX_VNNI,
    CDepthwise,
    CMatrix,
    CTile,
    Memory,
)

MOST_ROWS = 16
PANEL = 64
LIMIT = 2**30

Ints = npt.NDArray[np.int64]
Runs = list[tuple[int, int, int]]  # first byte, bytes, table


def supported(op: ArrayOp) -> bool:
    """Whether the compiled code computes this: 32 bits hold its sums, mirrors are exact."""
    return all(_fits(matrix) for matrix in op.matrices)


def _fits(matrix: Matrix) -> bool:
    if matrix.apart or matrix.gain < 4 or matrix.gain & (matrix.gain - 1) or matrix.gain > 2**20:
        return False
    for tile in matrix.tiles:
        weights = matrix.weights[tile.start : tile.stop].astype(np.int64)
        doubled = weights[: matrix.doubled(tile)]
        if doubled.size and -int(doubled.min()) > matrix.mirror_max:
            return False
        bound = int(np.abs(weights).sum(axis=0).max(initial=0)) * (255 + 128)
        bound += 0 if tile.bias is None else int(np.abs(tile.bias.astype(np.int64)).max(initial=0))
        if bound >= LIMIT:
            return False
    return True


def depthwise(op: ArrayOp, channels: int, zero: int, high: int) -> bool:
    """Whether every matrix has one channel and one column, for code of its own."""
    matrices = op.matrices
    return len(matrices) == channels > 1 and all(
        m.columns == 1 and len(m.tiles) == 1 and tables(m, zero, high) is None for m in matrices
    )


def window(op: ArrayOp, shape: Shape, index: int) -> Ints:
    """Where in a tensor of ``shape`` the inputs of matrix ``index`` lie, in its row order."""
    _, height, channels = shape
    own = channels // len(op.matrices)
    w = np.arange(op.kernel[0]) * op.dilations[0]
    h = np.arange(op.kernel[1]) * op.dilations[1]
    c = np.arange(own) + index * own
    return ((w[:, None, None] * height + h[:, None]) * channels + c).ravel().astype(np.int64)


def tables(matrix: Matrix, zero: int, highest: int) -> Int16 | None:
    """What a stored byte means to the first inputs and to the others; None if it is x itself.

    int16 [2, 256]: row 0 for the inputs that "partial" splits by sign, row 1 for the rest.
    ``highest`` is the largest input.
    """
    x = np.arange(256) - zero
    low, high = {"unsigned": (0, 255), "shift": (-128, 127), "pn": (-255, 255)}.get(
        matrix.encoding, (-128, 127)
    )
    first = (-255, 255) if matrix.encoding == "partial" else (low, high)
    if not matrix.input_shift and low <= -zero and highest <= high:
        return None
    added = 128 if matrix.encoding in ("shift", "partial") else 0
    shifted = x << matrix.input_shift
    rows = [
        np.clip(shifted, *first) + (0 if matrix.encoding == "partial" else added),
        np.clip(shifted, low, high) + added,
    ]
    return np.array(rows, np.int16)


def pack(
    op: ArrayOp, shape: Shape, zero: int, high: int, level: int, memory: Memory
) -> tuple[int, int]:
    """Address of an operation's matrices, and bytes of scratch that they need.

    ``shape`` is that of the input with its padding.
    """
    packed, scratch = [], 0
    for index, matrix in enumerate(op.matrices):
        offsets = window(op, shape, index)
        table = tables(matrix, zero, high)
        words = level < AVX_VNNI or table is not None
        words = words or not -128 <= matrix.weights.min() <= matrix.weights.max() <= 127
        tiles = [_tile(matrix, tile, offsets, words, table, zero, memory) for tile in matrix.tiles]
        scratch = max(scratch, sum(tile.groups for tile in tiles) * 4 * MOST_ROWS * words)
        packed.append(
            CMatrix(
                tiles=memory.structures(CTile, tiles),
                tables=None if table is None else memory.array(table),
                count=len(tiles),
                columns=matrix.columns,
                first_column=index * matrix.columns,
                shift=matrix.gain.bit_length() - 3,
                words=int(words),
            )
        )
    return memory.structures(CMatrix, packed), scratch


def _tile(
    matrix: Matrix,
    tile: RowTile,
    offsets: Ints,
    words: bool,
    table: Int16 | None,
    zero: int,
    memory: Memory,
) -> CTile:
    unit = 2 if words else 4
    runs = _runs(offsets[tile.start : tile.stop], matrix.doubled(tile), matrix.encoding)
    groups = [-(-count // unit) for _, count, _ in runs]
    weights = matrix.weights[tile.start : tile.stop]
    columns = -(-matrix.columns // 16) * 16
    spread = np.zeros((sum(groups) * unit, columns), np.int16 if words else np.int8)
    start = done = 0
    for (_, count, _), own in zip(runs, groups, strict=True):
        spread[start : start + count, : matrix.columns] = weights[done : done + count]
        start, done = start + own * unit, done + count
    grouped = spread.reshape(-1, unit, columns).transpose(0, 2, 1)
    panels = [grouped[:, at : at + PANEL].ravel() for at in range(0, columns, PANEL)]
    bias = np.zeros(columns, np.int32)
    bias[: matrix.columns] = _bias(matrix, tile, words, table is not None, zero)
    numbers = [(first, own, kind) for (first, _, kind), own in zip(runs, groups, strict=True)]
    return CTile(
        runs=memory.array(np.array(numbers, np.int32)),
        weights=memory.array(np.concatenate(panels)),
        bias=memory.array(bias),
        count=len(runs),
        groups=sum(groups),
    )


def _runs(offsets: Ints, doubled: int, encoding: str) -> Runs:
    """Stretches of consecutive bytes, cut also where "partial" changes its meaning."""
    cuts = set((np.flatnonzero(np.diff(offsets) != 1) + 1).tolist())
    first = doubled if encoding == "partial" else len(offsets)
    edges = sorted({0, *cuts, first, len(offsets)})
    return [(int(offsets[a]), b - a, int(a >= first)) for a, b in pairwise(edges) if b > a]


def _bias(matrix: Matrix, tile: RowTile, words: bool, table: bool, zero: int) -> Ints:
    """The tile's bias with what encoding and zero add."""
    weights = matrix.weights[tile.start : tile.stop].astype(np.int64)
    total = np.zeros(matrix.columns, np.int64)
    if tile.bias is not None:
        total += tile.bias
    if table:
        return total
    if matrix.encoding in ("shift", "partial"):
        count = matrix.doubled(tile)
        total += 128 * weights[count:].sum(axis=0)
    if not words:
        total -= zero * weights.sum(axis=0)
    return total


def pack_depthwise(op: ArrayOp, shape: Shape, zero: int, memory: Memory) -> int:
    """Address of the matrices of one channel each."""
    channels = len(op.matrices)
    columns = -(-channels // 16) * 16
    taps = window(op, shape, 0)
    weights = np.zeros((len(taps), columns), np.int16)
    bias, shifts = np.zeros(columns, np.int32), np.zeros(columns, np.int32)
    for index, matrix in enumerate(op.matrices):
        weights[:, index] = matrix.weights[:, 0]
        bias[index] = _bias(matrix, matrix.tiles[0], False, False, zero)[0]
        shifts[index] = matrix.gain.bit_length() - 3
    made = CDepthwise(
        offsets=memory.ints(taps.tolist()),
        weights=memory.array(weights),
        bias=memory.array(bias),
        shifts=memory.array(shifts),
        taps=len(taps),
        channels=channels,
    )
    memory.kept.append(made)
    return ctypes.addressof(made)


def multiplications(op: ArrayOp, positions: int) -> int:
    """How many a sample takes."""
    return positions * sum(int(matrix.weights.size) for matrix in op.matrices)
