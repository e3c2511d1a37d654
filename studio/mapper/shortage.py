"""What is too small for the blocks, by the inequality that is easiest to follow, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.mapper import words
from studio.mapper.explain import Shortage
from studio.mapper.packing import (
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


def find(problem: Problem) -> Shortage | None:
    """A resource that is proved too small; None where nothing is proved."""
    found = _area(problem)
    if found is not None:
        return found
    for packing in packings(problem):
        plain = inequalities(packing)
        for pairs in (plain, narrowed(plain)):
            total = pairs.total
            if (pairs.need > total).any():
                p, q = _simplest(pairs, total)
                return _short_of(problem, pairs, (p, q), plain.total[p, q])
    return None


def _short_of(problem: Problem, pairs: Pairs, pair: tuple[int, int], before: float) -> Shortage:
    """What an inequality that fails says; ``before`` is its room before it was narrowed."""
    p, q = pair
    packing, rows, columns = pairs.packing, pairs.rows[p], pairs.columns[q]
    what, need, room, why = said(pairs, p, q, pairs.total[p, q], words.on_chip(problem))
    holder = _holder(problem, packing.banks, bool(len(packing.taken)))
    if pairs.narrow:
        _, _, whole, why = said(replace(pairs, narrow=False), p, q, before, True)
        text = f"{holder} {whole}, of which these blocks' sizes can fill at most {room}"
    else:
        text = f"{holder} {room}"
    if packing.bias:
        blocks = [block for block in problem.requests if block.bias_choices]
    else:
        blocks = tied(problem.requests, packing.banks)
    counts = pairs.by_rows[p] * pairs.by_columns[q] > 0
    return Shortage(
        blocks=tuple(block for block, own in zip(blocks, counts, strict=True) if own),
        what=what,
        need=need,
        room=text,
        why=why,
        banks=packing.banks,
        bias=packing.bias,
        tall=not packing.bias and (rows.kind != "size" or pairs.narrow),
        always=columns.kind == "size" and not pairs.narrow and not packing.bias,
    )


def _holder(problem: Problem, banks: frozenset[int] | None, taken: bool) -> str:
    """Who has the room, in words that a number follows."""
    if banks is not None:
        holder = "it has" if len(banks) == 1 else "they have"
    else:
        holder = "the chip has" if words.on_chip(problem) else "there are"
    return f"{holder}, beside the occupied ones," if taken else holder


def _simplest(pairs: Pairs, room: Floats) -> tuple[int, int]:
    """The inequality that fails and is easiest to follow; the clearest of equally easy ones."""
    effort = {"size": 0.0, "share": 1.0, "large": 2.0, "count": 2.0, "steps": 3.0}
    rows = np.array([effort[scale.kind] for scale in pairs.rows])
    columns = np.array([effort[scale.kind] for scale in pairs.columns])
    excess = (pairs.need - room) / pairs.whole
    # How the rows lie over a column does not change with a finer cut of the columns.
    rank = 2 * rows[:, None] + 3 * columns - excess / (1 + np.abs(excess).max())
    return divmod(int(np.where(excess > 0, rank, np.inf).argmin()), len(columns))


def _area(problem: Problem) -> Shortage | None:
    """The bounds by area: cells of all banks and of banks that blocks are tied to, bias cells."""
    for banks in groups(problem):
        blocks = tied(problem.requests, banks)
        spaces = [space for space in problem.spaces if banks is None or space.bank in banks]
        need = sum(block.cells for block in blocks)
        taken = sum(height * width for _, height, width in clipped(problem, spaces))
        room = sum(space.rows * space.columns for space in spaces) - taken
        if need > room:
            what = "array cells" if words.on_chip(problem) else "cells"
            if banks is not None:
                what = f"cells of {words.banks(problem, sorted(banks))}"
            text = f"{_holder(problem, banks, taken > 0)} {room}"
            return Shortage(tuple(blocks), what, str(need), text, banks=banks)
    rooms, taken_strips = strips(problem)
    own = tuple(block for block in problem.requests if block.bias_choices)
    need = sum(block.bias_choices[0] * block.columns for block in own)
    taken = int((taken_strips[:, 1] * taken_strips[:, 2]).sum())
    room = int((rooms[:, 1] * rooms[:, 2]).sum()) - taken
    if need <= room:
        return None
    what, text = "bias cells (bias rows x columns)", f"{_holder(problem, None, taken > 0)} {room}"
    if taken:
        return Shortage(own, what, str(need), text, bias=True, always=False)
    columns = room // problem.bias_rows
    tenths = -(-10 * need // columns)
    rows = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
    return Shortage(
        blocks=own,
        what="bias rows over every column on average",
        need=rows,
        room=f"the chip has {problem.bias_rows}",
        why=f"{need} bias rows x columns of {room}",
        bias=True,
        always=False,  # a part of a block may have smaller biases
    )


def said(pairs: Pairs, p: int, q: int, room: float, chip: bool) -> tuple[str, str, str, str]:
    """What binds, how much is needed and there, and why it holds, by pair (p, q).

    Needs are rounded up and rooms down to whole rows, columns or banks.
    """
    rows, columns, packing = pairs.rows[p], pairs.columns[q], pairs.packing
    high, wide = rows.kind == "size", columns.kind == "size"
    unit = (1 if high else int(rows.whole)) * (1 if wide else int(columns.whole))
    need, held = int(pairs.need[p, q]), int(room)
    if not (high or wide) and (packing.banks is not None or not held or held % unit):
        # No whole number of banks, so in columns, all of which a bank has.
        need, held, wide = need * columns.limit, held * columns.limit, True
    need, held = -(-need // unit), held // unit
    place = packing.called or ("the banks" if chip else "the rectangles")
    cells = f"cells of {place}" if packing.called or not chip else "array cells"
    what = {
        (True, True): "bias rows x columns" if packing.bias else cells,
        (True, False): "bias rows" if packing.bias else f"rows of {place}",
        (False, True): "columns of the bias strip" if packing.bias else f"columns of {place}",
        (False, False): "bias strips" if packing.bias else place.removeprefix("the "),
    }[high, wide]
    why = [
        rows.says("bias rows" if packing.bias else "rows", "over one column"),
        columns.says("columns", "side by side"),
        "counting what sums of the blocks' sizes can fill" if pairs.narrow else "",
    ]
    return what, str(need), str(held), "; ".join(text for text in why if text)
