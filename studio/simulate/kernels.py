"""The operations of a QNetwork in numpy, integer for integer as quantize/qnetwork.py defines them.

Activations are int16 arrays (n, W, H, C).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.quantize.qcpu import clamped
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    Matrix,
    MulOp,
    PoolOp,
    RowTile,
    SoftmaxOp,
)

Int16 = npt.NDArray[np.int16]
Int32 = npt.NDArray[np.int32]
Float = npt.NDArray[np.floating]

EXACT_IN_FLOAT32 = 2**24


def sat8(values: npt.NDArray[np.integer]) -> Int16:
    """Clip to the chip's output range -128..127."""
    clipped: Int16 = np.clip(values, -128, 127).astype(np.int16)
    return clipped


def shifted(values: Int32, shift: int) -> Int32:
    """Shift left by ``shift``, or right by ``-shift`` rounding half up."""
    if shift >= 0:
        return values << shift
    return (values + (1 << (-shift - 1))) >> -shift


def rectified(values: Int16, relu: bool) -> Int16:
    """max(values, 0) where ``relu``."""
    return np.maximum(values, 0) if relu else values


def windows(
    x: Int16,
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilations: tuple[int, int],
    pads: tuple[int, int, int, int],
    fill: int = 0,
) -> Int16:
    """All positions of a sliding window: (n, OW, OH, kw, kh, C), a view where possible."""
    if any(pads):
        around = ((0, 0), (pads[0], pads[2]), (pads[1], pads[3]), (0, 0))
        x = np.pad(x, around, constant_values=fill)
    spans = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True))
    view = np.lib.stride_tricks.sliding_window_view(x, spans, axis=(1, 2))
    view = view[:, :: strides[0], :: strides[1], :, :: dilations[0], :: dilations[1]]
    return view.transpose(0, 1, 2, 4, 5, 3)


def scaled_inputs(x: Int16, matrix: Matrix, tile: RowTile) -> Int16:
    """One tile's inputs after ``input_shift`` and saturation, before the encoding: (m, k)."""
    part = x[:, tile.start : tile.stop]
    if matrix.encoding == "partial":
        count = matrix.doubled(tile)
        parts = (_saturated(part[:, :count], matrix, "pn"), _saturated(part[:, count:], matrix))
        return np.concatenate(parts, axis=1)
    return _saturated(part, matrix)


def _saturated(part: Int16, matrix: Matrix, encoding: str = "") -> Int16:
    """Inputs after the shift, in the range of an encoding; partial's is that of shift."""
    limits = {"unsigned": (0, 255), "pn": (-255, 255)}
    low, high = limits.get(encoding or matrix.encoding, (-128, 127))
    inside = part.size == 0 or (low <= part.min() and part.max() <= high)
    if inside and not matrix.input_shift:
        return part
    kept: Int16 = np.clip(part.astype(np.int32) << matrix.input_shift, low, high).astype(np.int16)
    return kept


def tile_inputs(x: Int16, matrix: Matrix, tile: RowTile) -> Int16:
    """What the array's rows of one tile receive: (m, rows), values 0..255."""
    part = scaled_inputs(x, matrix, tile)
    count = matrix.doubled(tile)
    first, rest = part[:, :count], part[:, count:]
    if matrix.encoding in ("shift", "partial"):
        rest = rest + np.int16(128)
    if not count:
        return rest
    return np.concatenate([np.maximum(first, 0), rest, np.maximum(-first, 0)], axis=1)


def tile_product(x: Int16, matrix: Matrix, tile: RowTile) -> Int16:
    """One round on the array: sat8(R((x @ W + bias) / gain)), (m, columns).

    Matrix products run in floating point, in float32 where the column sums of abs(W) bound
    every partial sum below 2**24 and in float64 otherwise; both are exact. With PN the sum
    max(x,0) @ W + max(-x,0) @ -W is x @ W, so the doubled rows need not be multiplied, unless
    a weight has no exact mirror image.
    """
    if matrix.apart:
        return _apart(x, matrix, tile)
    weights = matrix.weights[tile.start : tile.stop]
    count = matrix.doubled(tile)
    if count and -int(weights[:count].min(initial=0)) > matrix.mirror_max:
        weights, inputs = matrix.values(tile), tile_inputs(x, matrix, tile)
    else:
        inputs = scaled_inputs(x, matrix, tile)
        if matrix.encoding == "shift":
            inputs = inputs + np.int16(128)
        elif matrix.encoding == "partial":
            inputs = inputs.copy()
            inputs[:, count:] += 128
    bound = int(np.abs(weights.astype(np.int64)).sum(axis=0).max(initial=0)) * 255
    bound += int(np.abs(tile.bias).max(initial=0)) if tile.bias is not None else 0
    kind = np.float32 if bound < EXACT_IN_FLOAT32 else np.float64
    sums: Float = inputs.astype(kind) @ weights.astype(kind)
    if tile.bias is not None:
        sums += tile.bias.astype(kind)
    return rounded(sums, matrix.gain)


def _apart(x: Int16, matrix: Matrix, tile: RowTile) -> Int16:
    """One round of mixed weights whose low bytes and rest are rounded each by itself."""
    inputs = tile_inputs(x, matrix, tile).astype(np.float64)
    rest = inputs @ (matrix.values(tile) - matrix.cells(tile)).astype(np.float64)
    return sat8(cells_product(x, matrix, tile) + rounded(rest, matrix.gain))


def cells_product(x: Int16, matrix: Matrix, tile: RowTile) -> Int16:
    """What the cells of a tile answer in one round: of mixed weights, only the low byte's."""
    if matrix.store != "mixed":
        return tile_product(x, matrix, tile)
    inputs = tile_inputs(x, matrix, tile).astype(np.float64)
    sums = inputs @ matrix.cells(tile).astype(np.float64)
    if tile.bias is not None:
        sums += tile.bias
    return rounded(sums, matrix.gain)


def rounded(sums: Float, gain: int) -> Int16:
    """sat8(R(sums / gain)) of CHIP arithmetic: (trunc(4 a / G) + 2) >> 2, then clipped."""
    sums *= 4 / gain
    np.trunc(sums, out=sums)
    sums += 2
    sums *= 0.25
    np.floor(sums, out=sums)
    np.clip(sums, -128, 127, out=sums)
    return sums.astype(np.int16)


def multiply(x: Int16, matrix: Matrix) -> Int16:
    """A whole matrix, tile after tile, partial results added with saturation: (m, columns)."""
    total = tile_product(x, matrix, matrix.tiles[0])
    for tile in matrix.tiles[1:]:
        total = sat8(total + tile_product(x, matrix, tile))
    return total


def array_inputs(x: Int16, op: ArrayOp, index: int) -> tuple[Int16, tuple[int, int, int]]:
    """Rows a matrix multiplies, (n*OW*OH, inputs), and the (n, OW, OH) they came from."""
    channels = x.shape[3] // len(op.matrices)
    part = x[..., index * channels : (index + 1) * channels]
    found = windows(part, op.kernel, op.strides, op.dilations, op.pads)
    n, width, height = found.shape[:3]
    return found.reshape(n * width * height, -1), (n, width, height)


def array(x: Int16, op: ArrayOp) -> Int16:
    """An array operation with its Relu."""
    results = []
    for index, matrix in enumerate(op.matrices):
        rows, positions = array_inputs(x, op, index)
        results.append(multiply(rows, matrix).reshape(*positions, -1))
    joined = results[0] if len(results) == 1 else np.concatenate(results, axis=3)
    return rectified(joined, op.relu)


def add(a: Int16, b: Int16, op: AddOp) -> Int16:
    """Sum of two activations."""
    return rectified(sat8(shifted(a.astype(np.int32) + b, clamped(op.shift))), op.relu)


def mul(a: Int16, b: Int16, op: MulOp) -> Int16:
    """Product of two activations; the second may be one factor a channel."""
    return rectified(sat8(shifted(a.astype(np.int32) * b, clamped(op.shift))), op.relu)


def affine(x: Int16, op: AffineOp) -> Int16:
    """Factor and offset per channel."""
    sums = x.astype(np.int32) * op.factor.astype(np.int32) + op.offset
    return rectified(sat8(shifted(sums, -op.shift)), op.relu)


def pool(x: Int16, op: PoolOp) -> Int16:
    """Maximum or average pooling."""
    if op.kind == "max":
        largest: Int16 = windows(x, op.kernel, op.strides, (1, 1), op.pads, -32768).max(axis=(3, 4))
        return largest
    sums: Int32 = windows(x, op.kernel, op.strides, (1, 1), op.pads).sum(
        axis=(3, 4), dtype=np.int32
    )
    if op.count_pads or not any(op.pads):
        count: Int32 = np.array(op.kernel[0] * op.kernel[1], np.int32)
    else:
        ones = np.ones((1, *x.shape[1:3], 1), np.int16)
        count = windows(ones, op.kernel, op.strides, (1, 1), op.pads).sum(
            axis=(3, 4), dtype=np.int32
        )
    if op.ratio != 1:
        scaled: Int16 = np.clip(np.floor(sums / count * op.ratio), -128, 127).astype(np.int16)
        return scaled
    wide = sums.astype(np.int64)
    shift = average_shift(op.shift)
    if shift >= 0:
        return sat8((wide << shift) // count)
    return sat8(wide // (count.astype(np.int64) << -shift))


def average_shift(shift: int) -> int:
    """A shift of an average within what 64 bits hold, with the same results."""
    return max(-31, min(31, shift))


def softmax(x: Int16, op: SoftmaxOp) -> Int16:
    """Softmax over the channels in steps of 1/255."""
    distance = x.max(axis=3, keepdims=True) - x
    e = op.table[distance].astype(np.int64)
    total = e.sum(axis=3, keepdims=True)
    share: Int16 = ((255 * e + total // 2) // total).astype(np.int16)
    return share
