"""Placement: a free rectangle on an array, and bias rows over it, for every block.

The seam to the rest of the mapper is ``place``: requests in, placements out, nothing else
known of either side. The search is greedy, block after block, over several orders; it is
deterministic and takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.mapper import capacity
from studio.mapper.occupancy import Occupancy, Rule, lowest_run
from studio.mapper.options import MapOptions, first_column, wanted_bias_rows
from studio.mapper.request import Placement, Request


def place(
    blocks: Sequence[Request], chip: Chip, options: MapOptions, job: Job
) -> tuple[Placement, ...]:
    """Find a place for every block; the result is in the order of ``blocks``.

    Every block gets the wanted number of bias rows where there is room, fewer where not.
    Raises FitError when a block can never fit, when the cells or bias cells of all are more
    than there are, or when no order of the search finds room.
    """
    capacity.check(blocks, chip, options)
    wanted = wanted_bias_rows(chip, options)
    attempts = [
        (cap, rule, order) for cap in _caps(chip, wanted) for rule, order in _orders(blocks)
    ]
    stuck: Request | None = None
    for number, (cap, rule, order) in enumerate(attempts):
        job.step(number, len(attempts), "placing blocks")
        placed, failed = _attempt(blocks, order, cap, rule, chip, options)
        if failed is None:
            return tuple(_widen_bias(blocks, [placed[i] for i in range(len(blocks))], chip, wanted))
        stuck = stuck or blocks[failed]
    assert stuck is not None  # an empty list of blocks succeeds at the first attempt
    bare = [replace(block, bias_choices=()) for block in blocks]
    fits_bare = any(
        _attempt(bare, order, 0, rule, chip, options)[1] is None for rule, order in _orders(bare)
    )
    raise capacity.no_room(blocks, stuck, fits_bare, chip, options)


def _attempt(
    blocks: Sequence[Request],
    order: Sequence[int],
    cap: int,
    rule: Rule,
    chip: Chip,
    options: MapOptions,
) -> tuple[dict[int, Placement], int | None]:
    """Place in this order; returns the placements and the first block that found no room."""
    first = first_column(chip, options)
    arrays = [Occupancy(chip, first) for _ in range(chip.array.count)]
    placed: dict[int, Placement] = {}
    for index in order:
        request = blocks[index]
        below = [k for k in request.bias_choices if k <= cap] or list(request.bias_choices[:1])
        for k in reversed(below or [0]):
            found = _find(arrays, request, k, rule)
            if found is not None:
                break
        else:
            return placed, index
        number, (bank, row, column, bias_row) = found
        arrays[number].take(request, bank, row, column, bias_row, k)
        placed[index] = Placement(
            array=number,
            row=chip.array.banks[bank].first_row + row,
            column=column,
            bias_row=bias_row,
            bias_rows=k,
        )
    return placed, None


def _find(
    arrays: Sequence[Occupancy], request: Request, bias_rows: int, rule: Rule
) -> tuple[int, tuple[int, int, int, int]] | None:
    for number, array in enumerate(arrays):
        found = array.find(request, bias_rows, rule)
        if found is not None:
            return number, found
    return None


def _caps(chip: Chip, wanted: int) -> list[int]:
    """Bias rows to allow a block, most first: what divides the strip into 1, 2, 3, … blocks."""
    shares = {chip.array.bias_rows // depth for depth in range(1, chip.array.bias_rows + 1)}
    return sorted({wanted} | {share for share in shares if share < wanted}, reverse=True)


def _orders(blocks: Sequence[Request]) -> list[tuple[Rule, list[int]]]:
    """Orders to try: large blocks first, by several notions of large. Ties keep their order."""
    keys = [
        [(-b.rows, -b.columns) for b in blocks],
        [(-b.cells, -b.columns) for b in blocks],
        [(-b.columns, -b.rows) for b in blocks],
        [(-max(b.rows, b.columns), -b.cells) for b in blocks],
    ]
    orders = [sorted(range(len(blocks)), key=key.__getitem__) for key in keys]
    return [(rule, order) for order in orders for rule in ("left", "low")]


def _widen_bias(
    blocks: Sequence[Request], placed: list[Placement], chip: Chip, wanted: int
) -> list[Placement]:
    """Give blocks that were placed with few bias rows what their columns have left."""
    for index, (request, own) in enumerate(zip(blocks, placed, strict=True)):
        larger = [k for k in request.bias_choices if own.bias_rows < k <= wanted]
        if not larger:
            continue
        taken = 0
        for other, (neighbour, its) in enumerate(zip(blocks, placed, strict=True)):
            if (
                other != index
                and its.array == own.array
                and its.column < own.column + request.columns
                and own.column < its.column + neighbour.columns
            ):
                taken |= ((1 << its.bias_rows) - 1) << its.bias_row
        for k in reversed(larger):
            row = lowest_run(taken, chip.array.bias_rows, k)
            if row >= 0:
                placed[index] = replace(own, bias_row=row, bias_rows=k)
                break
    return placed
