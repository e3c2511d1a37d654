"""What can be proved before any search: that blocks do not fit, or what every layout must lack.

Blocks in their spaces are one packing of rectangles, bias rows in the strips another. Every
pair of dual feasible functions (scales.py), one over heights and one over widths, gives an
inequality each layout obeys; one that fails is a proof. Occupied cells only shrink the rooms.
All bounds are relaxations: what they refuse is impossible, what they let pass may be too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.base.errors import FitError
from studio.mapper import explain, shortage, tiling, words
from studio.mapper.packing import Packing, inequalities, narrowed, packings, strips
from studio.mapper.problem import Problem, Space
from studio.mapper.request import Request
from studio.mapper.scales import Floats

CANDIDATES = 128  # inequalities, the tightest ones, that are looked at array by array


def impossible(problem: Problem, where: str) -> FitError | None:
    """The error that proves that no layout exists; None where nothing is proved.

    ``where`` is what messages call the chip.
    """
    error = explain.alone(problem)
    found = None if error is not None or not problem.requests else shortage.find(problem)
    if found is None:
        return error
    skipped = min(space.column for space in problem.spaces)
    if skipped and not _possible(_widened(problem, skipped)):
        skipped = 0
    tile_rows = 0
    if found.tall and words.on_chip(problem):
        tallest = max(found.blocks, key=lambda block: block.rows)
        banks = found.banks
        room = max(s.rows for s in problem.spaces if banks is None or s.bank in banks)
        tile_rows = words.share(tallest.rows, room)
        if not _possible(_lowered(problem, tile_rows)):
            tile_rows = 0
        tile_rows //= tallest.copies
    return explain.too_many(problem, where, found, skipped, tile_rows)


def _possible(problem: Problem) -> bool:
    """Whether nothing proves that there is no layout, even with a finer cut of the columns."""
    if explain.alone(problem) is not None:
        return False
    found = shortage.find(problem)
    return found is None or not (found.always or found.bias)


def _widened(problem: Problem, skipped: int) -> Problem:
    """The problem with the columns that are left free at the left."""

    def wider(space: Space) -> Space:
        if space.column != skipped:
            return space
        return replace(space, column=0, columns=space.columns + skipped)

    return replace(problem, spaces=tuple(wider(space) for space in problem.spaces))


def _lowered(problem: Problem, rows: int) -> Problem:
    """The problem with blocks cut to ``rows``: as the quantizer does, bias in the first part."""
    parts: list[Request] = []
    for block in problem.requests:
        edges = tiling.cut(block.rows, rows)
        heights = [stop - start for start, stop in edges]
        parts.append(replace(block, rows=heights[0]))
        parts += (replace(block, rows=own, bias_choices=()) for own in heights[1:])
    return replace(problem, requests=tuple(parts))


def least_arrays(problem: Problem) -> tuple[int, str]:
    """A number of arrays no layout can do without, and one sentence that proves it."""
    if not problem.requests:
        return 0, "There is nothing to place."
    least, proof = 1, "There are blocks to place, so one array is needed."
    if problem.arrays < 2:
        return least, proof
    for packing in packings(problem):
        plain = inequalities(packing)
        for pairs in (plain, narrowed(plain)):
            for p, q in _tightest(pairs.need / np.maximum(pairs.total, 1e-9)):
                sums = pairs.sums(p, q)
                enough = int(np.searchsorted(sums, pairs.need[p, q])) + 1
                if enough > least:
                    least = enough
                    chip = words.on_chip(problem)
                    what, need, room, why = shortage.said(pairs, p, q, float(sums[least - 2]), chip)
                    kind = " arrays" if chip else ""
                    own = f"{least - 1}{kind} have"
                    if least == 2:
                        own = "the largest array has" if chip else "the largest has"
                    proof = f"The blocks need {need} {what}, {own} {room}{why and f': {why}'}."
    return least, proof


def least_short(problem: Problem, arrays: int) -> tuple[int, str]:
    """A number of blocks that get fewer bias rows than wanted in every layout on ``arrays`` arrays.

    A block is short when it gets fewer than the wanted number or, where that is smaller, than
    its largest choice. Comes with one sentence that proves the number.
    """
    blocks = [block for block in problem.requests if block.bias_choices]
    rooms, taken = strips(problem)
    if not blocks or not len(rooms):
        return 0, "No block has a bias."
    targets = [block.target(problem.wanted) for block in blocks]
    full = np.minimum(np.array(targets, np.int64), problem.bias_rows)
    least = np.minimum([block.bias_choices[0] for block in blocks], problem.bias_rows)
    widths = np.array([block.columns for block in blocks], np.int64)
    packing = Packing(np.stack([full, widths], 1), rooms, taken, bias=True)
    plain, fixed = inequalities(packing, fixed_heights=False), inequalities(packing)
    shortened = int((full > least).sum())
    best, proof = 0, "Nothing says that a block must get fewer bias rows than wanted."
    # Shortened blocks have other heights: counts of full heights only prove that one is short.
    trials = (plain, shortened), (narrowed(plain, False), shortened), (narrowed(fixed), 1)
    for pairs, most in trials:
        room = pairs.largest(arrays)
        excess = pairs.need - room
        for p, q in _tightest(excess / pairs.whole):
            if excess[p, q] <= 0:
                break
            rows, columns = pairs.rows[p], pairs.columns[q]
            savings = (rows.of(full) - rows.of(least)) * columns.of(widths)
            saved = np.cumsum(-np.sort(-savings))
            count = min(int(np.searchsorted(saved, excess[p, q])) + 1, most)
            if count > best:
                best = count
                what, need, held, why = shortage.said(pairs, p, q, float(room[p, q]), True)
                many = "1 block gets" if count == 1 else f"{count} blocks get"
                proof = (
                    f"At least {many} fewer bias rows than wanted: all of them would take {need} "
                    f"{what}, there are {held}{why and f': {why}'}."
                )
    return best, proof


def _tightest(ratio: Floats) -> list[tuple[int, int]]:
    """Where ``ratio`` is largest, that first."""
    flat = np.argsort(-ratio, axis=None, kind="stable")[:CANDIDATES]
    return [divmod(int(index), ratio.shape[1]) for index in flat]
