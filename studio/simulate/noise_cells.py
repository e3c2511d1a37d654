"""The cells of a layout under a device model: everything about them that all chips share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base.errors import StudioError
from studio.chip.chip import Chip
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper import copies
from studio.mapper.copies import Scheme
from studio.mapper.layout import Block, Layout
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor
from studio.simulate import kernels
from studio.simulate.noise import Float32, Float64, in_steps

ROW_MAX = 255  # of what a row receives
MARGIN = 1.02  # of a bound: errors may add up a little more than on average
COARSEST_BITS, FINEST_BITS = 1, 7  # of the grid of weights, behind the point: 16 bits hold them
WORD_MAX = 2**15 - 1  # of a weight in steps of the grid, for the integer kernel
SUM_MAX = 2**29  # of what is expected of sums, in such steps: half of what the kernel allows
FARTHEST = 5.0  # standard deviations: the largest normal number is 4.4


@dataclass(frozen=True)
class Part:
    """One block, before a chip is drawn; weights in steps, float32.

    ``cells`` and ``sigma``: [copies, rows, columns], ``sigma`` in steps of the tile's grid;
    ``bias`` and ``bias_sigma``: [bias rows, columns]. ``read``: the variance of read noise for an
    input of 1, summed over copies, [rows, columns], and ``bias_read`` of the bias rows,
    [columns]; None without read noise. ``exact``: what the CPU multiplies, [rows, columns], or
    None. ``target``: its columns in the tile's round, [columns]. ``key``: layer, matrix, tile,
    block.
    """

    array: int
    column: int
    gain: int
    cells: Float32
    sigma: Float32
    bias: Float32
    bias_sigma: Float32
    read: Float64 | None
    bias_read: Float64 | None
    exact: Float64 | None
    target: npt.NDArray[np.intp]
    key: tuple[int, int, int, int]


@dataclass(frozen=True)
class Tile:
    """One row tile: its blocks, and how many window positions a round computes.

    ``columns`` are those of a round, position after position. Weights are multiples of ``grid``
    (a power of two), so that sums of products are exact in the floating point ``kind``, in any
    order: a chip's answers depend neither on the computer nor on its number of threads.
    """

    parts: tuple[Part, ...]
    scheme: Scheme
    rows: int
    columns: int
    gain: int
    grid: float
    kind: type[np.floating[Any]]


@dataclass(frozen=True)
class Prepared:
    """All array operations of a network: by name, for each matrix its tiles (none if digital)."""

    chip: Chip
    model: DeviceModel
    conditions: Conditions
    tiles: Mapping[str, tuple[tuple[Tile, ...], ...]]


def prepare(
    qnetwork: QNetwork,
    layout: Layout,
    chip: Chip,
    model: DeviceModel,
    conditions: Conditions,
    only: str | None = None,
) -> Prepared:
    """Everything about the blocks that all chips share, of all layers or one.

    Raises StudioError where the layout is not of this network, or the model names layers that
    are not on the array.
    """
    names = [op.name for op in qnetwork.array_ops]
    for layer in model.layers:
        if layer not in names:
            raise StudioError(
                f"the noise model {model.name} is for a layer {layer!r} the network has not",
                hint=f"Layers: {', '.join(names) or 'none'}. Fit the model to this network.",
                where=qnetwork.name,
            )
    blocks: dict[tuple[str, int, int], list[Block]] = {}
    for block in layout.blocks:
        blocks.setdefault((block.layer, block.matrix, block.tile), []).append(block)
    found = {}
    decades = model.decades(conditions)
    for number, op in enumerate(qnetwork.array_ops):
        if only is not None and op.name != only:
            continue
        matrices = []
        for index, matrix in enumerate(op.matrices):
            count = 0 if matrix.store == "digital" else len(matrix.tiles)
            keys = [(op.name, index, tile) for tile in range(count)]
            if any(key not in blocks for key in keys):
                raise StudioError(
                    f"the layout has no block of layer {op.name}",
                    hint="Map this network again.",
                    where=qnetwork.name,
                )
            matrices.append(
                tuple(
                    _tile(op, qnetwork, blocks[key], model, decades, (number, index, key[2]))
                    for key in keys
                )
            )
        found[op.name] = tuple(matrices)
    return Prepared(chip, model, conditions, found)


def _tile(
    op: ArrayOp,
    qnetwork: QNetwork,
    blocks: Sequence[Block],
    model: DeviceModel,
    decades: float,
    key: tuple[int, int, int],
) -> Tile:
    ordered = sorted(blocks, key=lambda block: block.first_column)
    first = ordered[0]
    scheme = copies.stored(op, qnetwork, first.copies, first.points)
    matrix = op.matrices[key[1]]
    parts = [
        _part(op, matrix, block, scheme, model, decades, (*key, number))
        for number, block in enumerate(ordered)
    ]
    grid, kind = _grid(parts, largest_input(matrix, qnetwork.tensors[op.input]))
    return Tile(
        parts=tuple(
            replace(
                part,
                sigma=_by_weight(
                    part.cells, lambda w: in_steps(static_sigma(w, model, decades), grid)
                ),
            )
            for part in parts
        ),
        scheme=scheme,
        rows=first.rows // first.copies,
        columns=matrix.columns * first.points,
        gain=matrix.gain,
        grid=grid,
        kind=kind,
    )


def largest_input(matrix: Matrix, tensor: QTensor) -> int:
    """The largest value a row of the array receives."""
    if matrix.encoding in ("shift", "partial"):
        return ROW_MAX
    low = abs(tensor.low) if matrix.encoding == "pn" else 0
    return min(ROW_MAX, max(low, tensor.high) << matrix.input_shift)


def _grid(parts: Sequence[Part], most: int) -> tuple[float, type[np.floating[Any]]]:
    """The finest grid on which sums are exact in float32, or else in float64.

    Neither is finer than weights of 16 bits and sums of 2**30 allow, where that can be: the
    integer kernel then does the same (it looks at what was drawn itself).
    """
    bound = tall = 1.0
    for part in parts:
        sizes = np.abs(part.cells) + np.float32(FARTHEST) * part.sigma
        tall = max(tall, 1 + float(sizes.sum(axis=0).max(initial=0)))
        wide = 0.5 * part.sigma  # more than what errors add to either sign, on average
        for sign in (1, -1):
            sums = (np.maximum(sign * part.cells, 0) + wide).sum(axis=(0, 1))
            bound = max(bound, MARGIN * most * float(sums.max(initial=0)))
    kind: type[np.floating[Any]] = np.float32
    bits = int(np.floor(np.log2(kernels.EXACT_IN_FLOAT32 / bound)))
    if bits < COARSEST_BITS:
        kind, bits = np.float64, int(np.floor(np.log2(SUM_MAX / bound)))
    bits = max(COARSEST_BITS, min(bits, FINEST_BITS, int(np.floor(np.log2(WORD_MAX / tall)))))
    return 2.0**-bits, kind


def _part(
    op: ArrayOp,
    matrix: Matrix,
    block: Block,
    scheme: Scheme,
    model: DeviceModel,
    decades: float,
    key: tuple[int, int, int, int],
) -> Part:
    """A block with ``sigma`` in weight steps still."""
    cells = block.cells.astype(np.float32).reshape(block.copies, -1, block.columns)
    bias = block.bias_cells.astype(np.float32)
    read = bias_read = exact = None
    if model.read_amplitude or model.read_relative:
        read = (read_sigma(cells, model).astype(np.float64) ** 2).sum(axis=0)
        bias_read = (read_sigma(bias, model).astype(np.float64) ** 2).sum(axis=0)
    if matrix.store == "mixed":
        span = (block.first_column, block.first_column + block.width)
        single = replace(scheme, copies=1)
        whole = copies.cells(
            op, replace(matrix, store="analog"), matrix.tiles[key[2]], span, single
        )
        exact = whole.astype(np.float64) - cells[0]
    width = np.arange(block.width) + block.first_column
    target = np.concatenate([width + point * matrix.columns for point in range(block.points)])
    return Part(
        array=block.array,
        column=block.column,
        gain=block.gain,
        cells=cells,
        sigma=_by_weight(cells, lambda w: static_sigma(w, model, decades)),
        bias=bias,
        bias_sigma=static_sigma(bias, model, decades),
        read=read,
        bias_read=bias_read,
        exact=exact,
        target=target,
        key=key,
    )


def _by_weight(cells: Float32, function: Callable[[Float32], Float32]) -> Float32:
    """``function`` of every cell, computed once for each weight: cells are whole and few differ."""
    low, high = int(cells.min(initial=0)), int(cells.max(initial=0))
    table = function(np.arange(low, high + 1, dtype=np.float32))
    found: Float32 = table[(cells - np.float32(low)).astype(np.intp)]
    return found


def spread(weights: Float32, amplitude: float, knee: float, relative: float) -> Float32:
    """Standard deviation of a cell's error, in weight steps (DeviceModel)."""
    size = np.abs(weights)
    found: Float32 = np.hypot(amplitude * -np.expm1(-size / np.float32(knee)), relative * size)
    return found.astype(np.float32)


def static_sigma(weights: Float32, model: DeviceModel, decades: float) -> Float32:
    """Programming error and drift together: both are drawn once for a chip."""
    written = spread(
        weights, model.programming_amplitude, model.programming_knee, model.programming_relative
    )
    if not decades or not (model.drift_amplitude or model.drift_relative):
        return written
    drift = spread(weights, model.drift_amplitude, model.drift_knee, model.drift_relative)
    found: Float32 = np.hypot(written, np.float32(decades) * drift)
    return found


def read_sigma(weights: Float32, model: DeviceModel) -> Float32:
    """Read noise of single cells."""
    return spread(weights, model.read_amplitude, model.read_knee, model.read_relative)
