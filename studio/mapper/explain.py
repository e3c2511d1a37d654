"""Words for what does not fit: which resource binds, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.base.errors import FitError, NoRoomError
from studio.mapper.free import Free, least_bias_rows
from studio.mapper.occupancy import Occupancy
from studio.mapper.problem import Problem
from studio.mapper.request import Placement, Request

SMALLER = "Make the largest layers smaller, or store fewer copies of them"
SHORTEN = "Lower the largest biases, so that they take fewer bias rows, or make the layers narrower"


def numbers(need: float, room: float) -> tuple[str, str]:
    """Two numbers with as few decimals as still show that the first is larger."""
    for digits in range(8):
        texts = f"{need:.{digits}f}", f"{room:.{digits}f}"
        exact = abs(need - float(texts[0])) < 1e-9 and abs(room - float(texts[1])) < 1e-9
        if exact or (digits > 1 and float(texts[0]) > float(texts[1])):
            break
    return texts


def too_many(problem: Problem, where: str, what: str, need: str, room: str, why: str) -> FitError:
    """The error of a resource that is proved too small.

    ``what`` names it, ``need`` and ``room`` count it, ``why`` is the reason where it takes one.
    """
    return FitError(
        f"the network needs {need} {what}, the chip has {room}{why and f' ({why})'}; "
        f"its largest layers are {largest(problem.requests)}",
        hint=_hint(problem, SHORTEN if "bias" in what else SMALLER),
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
    fits = any(block.rows <= s.rows and block.columns <= s.columns for s in spaces)
    if not fits:
        rows = max((space.rows for space in spaces), default=0)
        columns = max((space.columns for space in spaces), default=0)
        tied = " or ".join(str(bank) for bank in block.banks)
        bank = f"bank {tied}, to which it is tied" if tied else "a bank"
        hint = "Cut the layer into smaller tiles, or store fewer copies of it"
        return FitError(
            f"a block of {block.rows} rows x {block.columns} columns is larger than {bank} "
            f"({rows} x {columns})",
            hint=_hint(problem, hint) if block.columns > columns else f"{hint}.",
            where=block.layer,
        )
    if least_bias_rows(block) > problem.bias_rows:
        return FitError(
            f"a block needs {least_bias_rows(block)} bias rows, the chip has {problem.bias_rows}",
            hint="Scale the layer's bias down, or raise its gain.",
            where=block.layer,
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
            f"no room for {_name(block)} beside the occupied cells: "
            f"{Free(problem, {}).obstacle(block)}",
            hint="Map it to another chip, or together with the network that holds these cells.",
            where=block.layer,
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
    return NoRoomError(
        f"no room for {_name(block)}{more}: {why}; not proved impossible: a longer search "
        f"(--seconds) or the proof extra may find a layout; "
        f"the largest layers are {largest(problem.requests)}",
        hint=_hint(problem, SHORTEN if why.startswith("bias rows") else SMALLER),
        where=where,
    )


def largest(blocks: Sequence[Request]) -> str:
    """The three layers with the most cells, for messages."""
    cells: dict[str, int] = {}
    for block in blocks:
        cells[block.layer] = cells.get(block.layer, 0) + block.cells
    names = sorted(cells, key=lambda name: -cells[name])[:3]
    return ", ".join(f"{name} ({cells[name]} cells)" for name in names)


def _name(block: Request) -> str:
    bias = f", at least {least_bias_rows(block)} bias rows" if block.bias_choices else ""
    return f"layer {block.layer} ({block.rows} rows x {block.columns} columns{bias})"


def _hint(problem: Problem, hint: str) -> str:
    """``hint``, and where columns are left free at the left, that they could be used."""
    skipped = min((space.column for space in problem.spaces), default=0)
    return (
        f"{hint}, or use the first {skipped} columns (--skip-columns 0)." if skipped else f"{hint}."
    )
