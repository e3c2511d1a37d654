"""Tiling: matrices of a QNetwork as rectangles that can lie inside one bank.

Row tiles come with the QNetwork, because they change the numbers. Column tiles change nothing
and are made here.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from studio.base.errors import FitError, VerifyError
from studio.chip.chip import Array, Chip
from studio.mapper import copies, places, words
from studio.mapper.copies import Scheme, Schemes
from studio.mapper.layout import Block, bias_cells
from studio.mapper.options import (
    LayerOptions,
    MapOptions,
    Place,
    bank_rows,
    banks,
    first_column,
    wanted_bias_rows,
)
from studio.mapper.problem import Problem, of_chip
from studio.mapper.request import Placement, Request
from studio.quantize.qnetwork import ArrayOp, Int32, QNetwork


def requests(
    qnetworks: Sequence[QNetwork],
    chip: Chip,
    options: MapOptions,
    schemes: Schemes,
    widest: int,
) -> tuple[Request, ...]:
    """One request for each part of each tile, in execution order, none wider than ``widest``.

    With points a request is at least one matrix column for each point wide. Blocks with a given
    place are cut as that says, the rest of their tile around them. Raises FitError when a tile
    has more rows than a bank or a bias no number of rows can hold, StudioError for a given place
    that fits no block.
    """
    found: list[Request] = []
    given = places.by_tile(qnetworks, options)
    for network, op in _array_ops(qnetworks):
        scheme = schemes[network, op.name]
        name = words.layer(op.name, network, len(qnetworks) > 1)
        bank = options.layers.get(op.name, LayerOptions()).bank
        room = bank_rows(chip, bank)
        for number, matrix in op.stored():
            for tile_number, tile in enumerate(matrix.tiles):
                rows = copies.rows(op, matrix, tile, scheme)
                if rows > room:
                    most = max(1, room // scheme.copies)
                    raise FitError(
                        f"a tile takes {rows} rows, {f'bank {bank}' if bank else 'a bank'} "
                        f"has {room}",
                        hint=f"Drop --bank for the layer. {words.finer(most)}"
                        if bank
                        else "Quantize the model again for this chip: it cuts the matrix.",
                        where=name,
                    )
                own = given.get((network, op.name, number, tile_number), ())
                for span, place in _spans(own, matrix.columns, scheme.points, widest):
                    bias = copies.bias(tile, span, scheme)
                    choices = bias_choices(bias, chip.array, name, scheme.copies)
                    request = Request(
                        layer=op.name,
                        matrix=number,
                        tile=tile_number,
                        first_column=span[0],
                        rows=rows,
                        columns=(span[1] - span[0]) * scheme.points,
                        bias_choices=choices,
                        banks=banks(chip, bank),
                        network=network,
                        copies=scheme.copies * scheme.points,
                        given=places.placement(place, choices, chip) if place else None,
                    )
                    found.append(request)
    return tuple(found)


def _spans(
    given: Sequence[Place], columns: int, points: int, widest: int
) -> list[tuple[tuple[int, int], Place | None]]:
    """The parts of a tile's columns: those of given places, and what is left of it in parts."""
    found: list[tuple[tuple[int, int], Place | None]] = []
    for start, stop, place in places.spans(given, columns, points):
        if place is not None:
            found.append(((start, stop), place))
            continue
        parts = cut(stop - start, max(1, widest // points))
        found += [((start + first, start + last), None) for first, last in parts]
    return found


def problem(requests: Sequence[Request], chip: Chip, options: MapOptions) -> Problem:
    """The problem of placing ``requests`` on the chip as the options say."""
    first, wanted = first_column(chip, options), wanted_bias_rows(chip, options)
    return of_chip(requests, chip, first, wanted, options.occupied)


def _array_ops(qnetworks: Sequence[QNetwork]) -> list[tuple[int, ArrayOp]]:
    """Every operation that uses the array, with the number of its network."""
    return [(number, op) for number, own in enumerate(qnetworks) for op in own.array_ops]


def cut(columns: int, widest: int) -> list[tuple[int, int]]:
    """Cut 0..columns into the fewest parts of at most ``widest``, equal but for one column."""
    parts = -(-columns // widest)
    edges = [columns * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def widths(
    qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions, schemes: Schemes
) -> list[int]:
    """The widths to cut tiles to, one after another until the blocks find room.

    First the usable columns, so that nothing is cut without need, then halves, thirds,
    quarters, … of the widest tile down to ``finest_columns``.
    """
    usable = chip.array.columns - first_column(chip, options)
    widest = max(
        (
            matrix.columns * schemes[network, op.name].points
            for network, op in _array_ops(qnetworks)
            for _, matrix in op.stored()
        ),
        default=1,
    )
    shares = (min(widest, usable) // part for part in (2, 3, 4, 6, 8, 12, 16, 32))
    return [usable, *(share for share in shares if share >= options.finest_columns)]


def bias_choices(bias: Int32 | None, array: Array, layer: str, times: int = 1) -> tuple[int, ...]:
    """The numbers of bias rows that can hold ``bias``, ascending; empty when it is all zero.

    ``times`` are the copies it was multiplied by already, for the message.

    At least ceil(max|S| / bias_cell_max) rows (CHIP.md). The maker's rule leaves the rounding
    of the other rows to the last one, which can exceed bias_cell_max by up to k/2; such numbers
    are left out unless no other is possible.
    Raises FitError when the whole strip is not enough, VerifyError for a bias between steps.
    """
    if bias is None or not bias.any():
        return ()
    steps = bias.astype(np.int64)
    if (steps % array.bias_unit).any():
        raise VerifyError(f"bias is no multiple of {array.bias_unit}", where=layer)
    peak = int(np.abs(steps).max()) // array.bias_unit
    least = -(-peak // array.bias_cell_max)
    if least > array.bias_rows:
        raise FitError(
            f"the largest bias is {peak * array.bias_unit} and needs {least} bias rows, "
            f"the chip has {array.bias_rows}",
            hint="Scale the layer's bias down, or raise its gain."
            if times == 1
            else f"Store the layer fewer times: {times} copies multiply its bias.",
            where=layer,
        )
    possible = range(least, array.bias_rows + 1)
    most = array.bias_cell_max
    tight = tuple(
        k
        for k in possible
        if peak // k + k < most or np.abs(bias_cells(bias, k, array.bias_unit)).max() <= most
    )
    return tight or tuple(possible)


def block(
    op: ArrayOp,
    index: tuple[int, int],
    columns: tuple[int, int],
    scheme: Scheme,
    where: Placement,
    chip: Chip,
) -> Block:
    """Fill a placed rectangle with its cells; arrays are read-only.

    ``index`` is (matrix, tile), ``columns`` the matrix columns start..stop (exclusive).
    """
    matrix = op.matrices[index[0]]
    tile = matrix.tiles[index[1]]
    cells = copies.cells(op, matrix, tile, columns, scheme)
    values = copies.bias(tile, columns, scheme)
    if where.bias_rows == 0 or values is None:
        bias = np.zeros((where.bias_rows, cells.shape[1]), np.int16)
    else:
        bias = bias_cells(values, where.bias_rows, chip.array.bias_unit)
    cells.flags.writeable = False
    bias.flags.writeable = False
    return Block(
        layer=op.name,
        matrix=index[0],
        tile=index[1],
        first_column=columns[0],
        gain=matrix.gain * scheme.copies,
        array=where.array,
        row=where.row,
        column=where.column,
        bias_row=where.bias_row,
        cells=cells,
        bias_cells=bias,
        copies=scheme.copies,
        points=scheme.points,
    )
