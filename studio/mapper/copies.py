"""Copies of weights: the same block several times in rows, several window positions a round.

With ``points`` a round computes that many neighbouring window positions along one axis of the
output. Its rows are the union of their windows, its columns the matrix's columns once for each
position, and a cell whose tap does not belong to the column's position is 0. With ``copies`` the
whole of that, after the encoding, is stacked several times; inputs are repeated, and gain and
bias grow by the same factor, so that R(a * c / (G * c)) = R(a / G) gives the same integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.base.errors import FitError, StudioError
from studio.chip.chip import Chip
from studio.mapper import words
from studio.mapper.options import LayerOptions, MapOptions, bank_rows, first_column
from studio.quantize.qarray import low_byte
from studio.quantize.qnetwork import ArrayOp, Int16, Int32, Matrix, QNetwork, RowTile


@dataclass(frozen=True)
class Scheme:
    """How the blocks of one layer are stored.

    ``axis`` is the axis of the output along which the ``points`` lie: 0 = W, 1 = H.
    """

    copies: int = 1
    points: int = 1
    axis: int = 0


PLAIN = Scheme()
Schemes = Mapping[tuple[int, str], Scheme]  # by number of the network and name of the layer


def axis(op: ArrayOp, qnetwork: QNetwork) -> tuple[int, int]:
    """The axis along which positions can share a round, and how many there are: W if above 1."""
    width, height, _ = qnetwork.tensors[op.output].shape
    return (0, width) if width > 1 else (1, height)


def stored(op: ArrayOp, qnetwork: QNetwork, copies: int, points: int) -> Scheme:
    """The scheme of a block that says ``copies`` and ``points``."""
    return Scheme(copies, points, axis(op, qnetwork)[0] if points > 1 else 0)


def taps(op: ArrayOp, scheme: Scheme) -> tuple[int, ...]:
    """Offsets of the union of the windows along the scheme's axis, ascending, from 0."""
    stride, dilation = op.strides[scheme.axis], op.dilations[scheme.axis]
    kernel = op.kernel[scheme.axis]
    return tuple(
        sorted({p * stride + t * dilation for p in range(scheme.points) for t in range(kernel)})
    )


def window(op: ArrayOp, matrix: Matrix, tile: RowTile, scheme: Scheme) -> tuple[int, int]:
    """First element and number of elements of the union window that a tile multiplies."""
    if scheme.points == 1:
        return tile.start, tile.stop - tile.start
    return 0, matrix.inputs // op.kernel[scheme.axis] * len(taps(op, scheme))


def rows(op: ArrayOp, matrix: Matrix, tile: RowTile, scheme: Scheme) -> int:
    """Array rows of a tile's blocks: the union window and its doubled rows, times the copies."""
    _, elements = window(op, matrix, tile, scheme)
    return (elements + _doubled(matrix, tile, elements)) * scheme.copies


def _doubled(matrix: Matrix, tile: RowTile, elements: int) -> int:
    """How many of a tile's ``elements`` take a second row."""
    return elements if matrix.encoding == "pn" else matrix.doubled(tile)


def cells(
    op: ArrayOp, matrix: Matrix, tile: RowTile, columns: tuple[int, int], scheme: Scheme
) -> Int16:
    """The cells of a block: int16 [rows, points * (stop - start)], a fresh array.

    ``columns`` are the matrix columns start..stop (exclusive). Rows are the union window's
    elements (w, h, c), c fastest; column p * (stop - start) + j is output j of position p.
    """
    part = matrix.weights[tile.start : tile.stop, slice(*columns)]
    if scheme.points > 1:
        part = _side_by_side(op, part, scheme)
    if count := _doubled(matrix, tile, len(part)):
        part = np.concatenate([part, np.minimum(-part[:count], matrix.mirror_max)])
    if matrix.store == "mixed":
        part = low_byte(part)
    return np.tile(part, (scheme.copies, 1)).astype(np.int16)


def _side_by_side(op: ArrayOp, weights: Int16, scheme: Scheme) -> Int16:
    """Shifted copies of a whole window's weights [w * h * c, columns] over the union window."""
    stride, dilation = op.strides[scheme.axis], op.dilations[scheme.axis]
    union = taps(op, scheme)
    # The axis of the points first: [kernel, other kernel, c, columns].
    kernel = weights.reshape(*op.kernel, -1, weights.shape[1])
    kernel = np.moveaxis(kernel, scheme.axis, 0)
    found = np.zeros((len(union), *kernel.shape[1:3], scheme.points, weights.shape[1]), np.int16)
    for point in range(scheme.points):
        for tap in range(len(kernel)):
            place = union.index(point * stride + tap * dilation)
            found[place, :, :, point] = kernel[tap]
    found = np.moveaxis(found, 0, scheme.axis)
    return found.reshape(-1, scheme.points * weights.shape[1])


def bias(tile: RowTile, columns: tuple[int, int], scheme: Scheme) -> Int32 | None:
    """The bias of a block: int32 [points * (stop - start)], None when all zero."""
    if tile.bias is None:
        return None
    repeated: Int32 = np.tile(tile.bias[slice(*columns)], scheme.points) * scheme.copies
    return repeated


def most_points(op: ArrayOp, qnetwork: QNetwork, copies: int, room: tuple[int, int]) -> int:
    """The most points of a layer whose blocks fit in ``room``, (rows, columns) of one bank.

    1 where points are of no use or not possible: one position only, no cells, matrices of
    several row tiles or with some inputs encoded unlike the others.
    """
    _, positions = axis(op, qnetwork)
    kept = [matrix for _, matrix in op.stored()]
    if not kept or any(len(own.tiles) > 1 or own.encoding == "partial" for own in kept):
        return 1
    # Rows never shrink with the points, so a bisection finds the last number that fits.
    least, most = 1, max(1, min(positions, room[1]))
    while least < most:
        middle = (least + most + 1) // 2
        if _rows_needed(op, stored(op, qnetwork, copies, middle)) <= room[0]:
            least = middle
        else:
            most = middle - 1
    return least


def _rows_needed(op: ArrayOp, scheme: Scheme) -> int:
    return max((rows(op, m, tile, scheme) for _, m in op.stored() for tile in m.tiles), default=0)


def scheme(
    op: ArrayOp, qnetwork: QNetwork, choice: LayerOptions, chip: Chip, columns: int
) -> Scheme:
    """The scheme of a layer for what the user chose; ``columns`` can be used on an array.

    Points are clipped to the positions there are. Raises StudioError where the choice has no
    meaning for the layer, FitError where it does not fit in a bank.
    """
    if not any(op.stored()) and choice != LayerOptions():
        raise StudioError(
            "the layer is computed by the CPU alone, so it has no block to place or to copy",
            hint="Leave its bank, copies and points out.",
            where=op.name,
        )
    largest = chip.arithmetic.gain_max
    gain = max(matrix.gain for matrix in op.matrices)
    if choice.copies > 1 and gain * choice.copies > largest:
        raise StudioError(
            f"{choice.copies} copies multiply the gain to {gain * choice.copies}, "
            f"the chip's largest is {largest}",
            hint=f"At most {max(1, largest // gain)} copies are possible.",
            where=op.name,
        )
    points = choice.points
    if points > 1:
        points = min(points, _positions(op, qnetwork))
    found = stored(op, qnetwork, choice.copies, points)
    if found != PLAIN:
        _check_room(op, qnetwork, found, choice, chip, columns)
    return found


def schemes(qnetworks: Sequence[QNetwork], options: MapOptions, chip: Chip) -> Schemes:
    """The scheme of every layer of every network. Raises as ``scheme``."""
    columns = chip.array.columns - first_column(chip, options)
    return {
        (number, op.name): scheme(
            op, own, options.layers.get(op.name, LayerOptions()), chip, columns
        )
        for number, own in enumerate(qnetworks)
        for op in own.array_ops
    }


def _positions(op: ArrayOp, qnetwork: QNetwork) -> int:
    """Positions along the axis of the points, once points are known to be possible."""
    _, positions = axis(op, qnetwork)
    if positions == 1:
        raise StudioError(
            "the layer has one position only, so no round can compute several points",
            hint="Set points to 1; copies work for every layer.",
            where=op.name,
        )
    for _, matrix in op.stored():
        if matrix.encoding == "partial":
            raise StudioError(
                f"matrix {matrix.name} has {matrix.signed_inputs} of {matrix.inputs} inputs signed;"
                " points need all encoded alike",
                hint=f"Set points to 1, or signed_input of the layer to {matrix.inputs} or -1.",
                where=op.name,
            )
        if len(matrix.tiles) > 1:
            raise StudioError(
                f"matrix {matrix.name} has {len(matrix.tiles)} row tiles; points need one",
                hint="Set points to 1: the windows already fill more than one bank.",
                where=op.name,
            )
    return positions


def _check_room(
    op: ArrayOp,
    qnetwork: QNetwork,
    own: Scheme,
    choice: LayerOptions,
    chip: Chip,
    columns: int,
) -> None:
    room = bank_rows(chip, choice.bank), columns
    need = _rows_needed(op, own)
    if need <= room[0] and own.points <= room[1]:
        return
    what = " x ".join(
        f"{number} {name}"
        for number, name in ((own.points, "points"), (own.copies, "copies"))
        if number > 1
    )
    bank = f"bank {choice.bank}" if choice.bank else "a bank"
    single = _rows_needed(op, PLAIN)
    if single * own.copies > room[0]:
        fitting = 1 << (max(1, room[0] // single).bit_length() - 1)
        hint = f"At most {fitting} copies fit" if fitting > 1 else "Not even 2 copies fit"
        hint += f": one tile has {single} rows."
        if own.copies <= room[0]:
            hint += f" {words.finer(room[0] // own.copies, f', so that {own.copies} fit')}"
    else:
        most = most_points(op, qnetwork, own.copies, room)
        hint = f"At most {most} points fit" if most > 1 else "Set points to 1: not even 2 fit"
        hint += f" with {own.copies} copies." if own.copies > 1 else "."
    if need > room[0]:
        text = f"{what} take {need} rows, {bank} has {room[0]}"
    else:
        text = f"{what} take at least {own.points} columns, {room[1]} can be used"
    if choice.bank and need <= bank_rows(chip, "") and own.points <= columns:
        hint += f" Or drop --bank for the layer: another bank has {bank_rows(chip, '')} rows."
    raise FitError(text, hint=hint, where=op.name)
