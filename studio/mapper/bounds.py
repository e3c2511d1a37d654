"""What can be proved before any search: that blocks do not fit, or what every layout must lack.

Blocks in their spaces are one packing of rectangles, bias rows in the strips another. Every
pair of dual feasible functions (scales.py), one over heights and one over widths, gives an
inequality each layout obeys; one that fails is a proof. Occupied cells only shrink the rooms.
All bounds are relaxations: what they refuse is impossible, what they let pass may be too.
"""

from __future__ import annotations

import numpy as np

from studio.base.errors import FitError
from studio.mapper import explain
from studio.mapper.packing import (
    Packing,
    Pairs,
    clipped,
    groups,
    inequalities,
    narrowed,
    packings,
    strips,
    tied,
)
from studio.mapper.problem import Problem
from studio.mapper.scales import Floats

CANDIDATES = 128  # inequalities, the tightest ones, that are looked at array by array


def impossible(problem: Problem, where: str) -> FitError | None:
    """The error that proves that no layout exists; None where nothing is proved.

    ``where`` is what messages call the chip.
    """
    error = explain.alone(problem) or _plain(problem, where)
    if error is not None or not problem.requests:
        return error
    for packing in packings(problem):
        plain = inequalities(packing)
        for pairs in (plain, narrowed(plain)):
            total = pairs.total
            if (pairs.need > total).any():
                p, q = _simplest(pairs, total)
                return explain.too_many(problem, where, *_words(pairs, p, q, total[p, q]))
    return None


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
                    what, need, room, why = _words(pairs, p, q, float(sums[least - 2]))
                    own = "the largest array has" if least == 2 else f"{least - 1} arrays have"
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
                what, need, held, why = _words(pairs, p, q, float(room[p, q]))
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


def _simplest(pairs: Pairs, room: Floats) -> tuple[int, int]:
    """The inequality that fails and is easiest to follow; the clearest of equally easy ones."""
    effort = {"size": 0.0, "share": 1.0, "large": 2.0, "count": 2.0, "steps": 3.0}
    rows = np.array([effort[scale.kind] for scale in pairs.rows])
    columns = np.array([effort[scale.kind] for scale in pairs.columns])
    excess = (pairs.need - room) / pairs.whole
    rank = rows[:, None] + columns - excess / (1 + np.abs(excess).max())
    return divmod(int(np.where(excess > 0, rank, np.inf).argmin()), len(columns))


def _plain(problem: Problem, where: str) -> FitError | None:
    """The bounds by area: cells of all banks and of banks that blocks are tied to, bias cells."""
    for banks in groups(problem):
        blocks = tied(problem.requests, banks)
        spaces = [space for space in problem.spaces if banks is None or space.bank in banks]
        need = sum(block.cells for block in blocks)
        room = sum(space.rows * space.columns for space in spaces)
        room -= sum(height * width for _, height, width in clipped(problem, spaces))
        if need > room:
            what = "array cells"
            if banks is not None:
                what = f"cells of bank {' or '.join(str(bank) for bank in sorted(banks))}"
            return explain.too_many(problem, where, what, str(need), str(room), "")
    rooms, taken = strips(problem)
    need = sum(
        block.bias_choices[0] * block.columns for block in problem.requests if block.bias_choices
    )
    room = int((rooms[:, 1] * rooms[:, 2]).sum() - (taken[:, 1] * taken[:, 2]).sum())
    if need > room:
        return explain.too_many(problem, where, "bias rows x columns", str(need), str(room), "")
    return None


def _words(pairs: Pairs, p: int, q: int, room: float) -> tuple[str, str, str, str]:
    """What binds, how much is needed and there, and why it holds, by pair (p, q)."""
    rows, columns, bias = pairs.rows[p], pairs.columns[q], pairs.packing.bias
    plain = rows.kind == "size", columns.kind == "size"
    what = {
        (True, True): "bias rows x columns" if bias else "array cells",
        (True, False): "bias rows" if bias else "rows of the banks",
        (False, True): "columns of the bias strip" if bias else "columns of the banks",
        (False, False): "bias strips" if bias else "banks",
    }[plain]
    unit = (1.0 if plain[0] else rows.whole) * (1.0 if plain[1] else columns.whole)
    need, held = pairs.need[p, q] / unit, room / unit
    why = [
        rows.says("bias rows" if bias else "rows", "over one column"),
        columns.says("columns", "side by side"),
        "counting what sums of the blocks' sizes can fill" if pairs.narrow else "",
    ]
    return what, *explain.numbers(need, held), "; ".join(text for text in why if text)
