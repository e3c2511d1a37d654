"""Words for what does not fit: which resource binds, where, what is proved, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.base.errors import FitError, NoRoomError
from studio.mapper import words
from studio.mapper.free import Free, least_bias_rows
from studio.mapper.occupancy import Occupancy
from studio.mapper.problem import Problem
from studio.mapper.request import Placement, Request


@dataclass(frozen=True)
class Shortage:
    """A resource that is proved too small for ``blocks``, those that use it.

    ``what`` names it, ``need`` counts it and ``room`` says what there is, ``why`` is the reason
    where it takes one. ``banks``: those the blocks are tied to, None for all. ``bias``: bias rows
    bind. ``tall``: the blocks' rows bind, so that cutting them may help. ``always``: it stays so
    however the columns are cut.
    """

    blocks: tuple[Request, ...]
    what: str
    need: str
    room: str
    why: str = ""
    banks: frozenset[int] | None = None
    bias: bool = False
    tall: bool = False
    always: bool = True


def too_many(
    problem: Problem, where: str, found: Shortage, skipped: int, tile_rows: int
) -> FitError:
    """The error of a resource that is proved too small.

    ``skipped`` columns free at the left would make room, as would tiles of ``tile_rows``; 0 where
    that does not help.
    """
    chip, many = words.on_chip(problem), words.several(problem)
    if found.banks is not None:
        who = f"the layers tied to {words.banks(problem, sorted(found.banks))} need"
        what = "the largest of them"
    elif chip:
        who = "the networks need" if many else "the network needs"
        what = f"{'their' if many else 'its'} largest layers"
    else:
        who, what = "the blocks need", "the largest"
    if found.bias:
        what = "the layers that take most of it"
    proved = "proved: no layout exists"
    if chip and not found.always:
        proved = "proved: there is no layout of these tiles (narrower ones found none either)"
    why = f" ({found.why})" if found.why else ""
    largest = words.largest(problem, found.blocks, found.bias)
    hint = _hint(problem, found.blocks, found.bias, found.banks is not None, skipped)
    return FitError(
        f"{proved}: {who} {found.need} {found.what}, {found.room}{why}; {what} are {largest}",
        hint=f"{hint} {words.finer(tile_rows)}" if tile_rows else hint,
        where=where,
    )


def alone(problem: Problem) -> FitError | None:
    """The error of a block that finds no place even as the only one; None without such."""
    distinct = {
        (block.rows, block.columns, least_bias_rows(block), block.banks): block
        for block in reversed(problem.requests)
    }
    for block in distinct.values():
        error = _misfit(problem, block)
        if error is not None:
            return error
    return _no_hole(problem, list(distinct.values())) if problem.occupied else None


def _misfit(problem: Problem, block: Request) -> FitError | None:
    """The error of a block that is larger than every space or the bias strip."""
    spaces = [s for s in problem.spaces if not block.banks or s.bank in block.banks]
    if not any(block.rows <= s.rows and block.columns <= s.columns for s in spaces):
        rows = max((space.rows for space in spaces), default=0)
        columns = max((space.columns for space in spaces), default=0)
        room = "a bank" if words.on_chip(problem) else "every rectangle"
        if block.banks:
            room = f"{words.banks(problem, block.banks)}, to which it is tied"
        skipped = min((space.column for space in problem.spaces), default=0)
        helps = block.rows <= rows and columns < block.columns <= columns + skipped
        hint = _hint(problem, (block,), False, bool(block.banks), skipped if helps else 0)
        if rows and block.rows > rows and words.on_chip(problem):
            hint = f"{hint} {words.finer(max(1, rows // block.copies))}"
        return FitError(
            f"proved: no layout exists: a block of {block.rows} rows x {block.columns} columns "
            f"is larger than {room} ({rows} x {columns})",
            hint=hint,
            where=words.where(problem, block),
        )
    if least_bias_rows(block) > problem.bias_rows:
        return FitError(
            f"proved: no layout exists: a block needs {least_bias_rows(block)} bias rows, "
            f"the chip has {problem.bias_rows}",
            hint="Scale the layer's bias down, or raise its gain.",
            where=words.where(problem, block),
        )
    return None


def _no_hole(problem: Problem, blocks: Sequence[Request]) -> FitError | None:
    """The error of a block that what is occupied leaves no hole for."""
    arrays: list[Occupancy] = []
    for array in sorted({space.array for space in problem.spaces}):
        spaces = [space for space in problem.spaces if space.array == array]
        arrays.append(Occupancy(spaces, problem.bias_rows))
        for own in problem.occupied:
            if own.array == array:
                arrays[-1].occupy(own)
    fitting: list[Request] = []
    for block in sorted(blocks, key=lambda block: -block.cells):
        least = least_bias_rows(block)
        if any(_inside(block, other) for other in fitting):
            continue
        if any(array.find(block, least, "left") is not None for array in arrays):
            fitting.append(block)
            continue
        return FitError(
            f"proved: there is no room for {words.block(problem, block)} beside the occupied "
            f"cells: {Free(problem, {}).obstacle(block)}",
            hint="Map it to another chip, or together with the network that holds these cells.",
            where=words.where(problem, block),
        )
    return None


def _inside(block: Request, other: Request) -> bool:
    """Whether ``block`` fits wherever ``other`` does."""
    return (
        block.rows <= other.rows
        and block.columns <= other.columns
        and least_bias_rows(block) <= least_bias_rows(other)
        and (not block.banks or block.banks == other.banks)
    )


def no_room(problem: Problem, placed: Mapping[int, Placement], where: str) -> NoRoomError:
    """The error of a search that ended with only the blocks of ``placed`` in their places.

    Names what the largest block left over lacks. ``placed``: from the index of a request, at
    least one of which is missing.
    """
    free = Free(problem, placed)
    left = [block for index, block in enumerate(problem.requests) if index not in placed]
    left.sort(key=lambda block: -block.cells)
    for block in left:
        why = free.obstacle(block)
        if why:
            break
    else:
        block, why = left[0], "each block left fits alone, but they do not fit together"
    more = {1: "", 2: " and 1 more block"}.get(len(left), f" and {len(left) - 1} more blocks")
    chip, bias = words.on_chip(problem), why.startswith("bias rows")
    # What nothing proves impossible may fit on more columns, and with lower blocks.
    skipped = min((space.column for space in problem.spaces), default=0)
    hint = _hint(problem, problem.requests, bias, bool(block.banks), skipped)
    if chip and not bias:
        rows = max(space.rows for space in problem.spaces)
        hint = f"{hint} {words.finer(max(1, words.share(block.rows, rows) // block.copies))}"
    return NoRoomError(
        f"no room for {words.block(problem, block)}{more}: {why}; not proved impossible: a longer "
        f"search (--seconds){' or the proof extra (--prove)' if chip else ''} may find a layout; "
        f"the largest {'layers ' if chip else ''}are "
        f"{words.largest(problem, problem.requests, bias)}",
        hint=hint,
        where=where,
    )


def _hint(problem: Problem, blocks: Sequence[Request], bias: bool, tied: bool, skipped: int) -> str:
    """What to do where ``blocks`` do not fit; using the ``skipped`` columns helps unless 0."""
    if not words.on_chip(problem):
        return "Make the largest blocks smaller, or use more or larger rectangles."
    if not bias:
        ways = ["make the largest layers smaller"]
        if any(block.copies > 1 for block in blocks):
            ways.append("store fewer copies or points of them (--copies, --points)")
    elif any(least_bias_rows(block) > 1 for block in blocks):
        ways = ["lower the largest biases, so that they take fewer bias rows"]
        ways.append("make the layers narrower")
    else:
        ways = ["make layers with a bias narrower", "put fewer biases on the array"]
    if tied:
        ways.insert(0, "drop --bank for some of these layers")
    if skipped:
        ways.append(f"use the first {skipped} columns (--skip-columns 0)")
    text = ", or ".join((", ".join(ways[:-1]), ways[-1])) if len(ways) > 1 else ways[0]
    return f"{text[0].upper()}{text[1:]}."
