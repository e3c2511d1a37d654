"""The contest's problem: blocks with predecessors, on a chip of empty rectangles.

A chip is a number of cores, each one rectangle of free cells with a size of its own; a network
is a number of nodes, each one block of weights that lies inside one core and is not turned.
There is no bias strip. contest_solve.py places and measures, formats/contest.py reads and
writes the files; here is what the words mean, what is refused, and the proof of a placement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from studio.base.errors import DataError, FitError, VerifyError
from studio.mapper import schedule

LARGEST = 65536  # rows or columns; guards against slips of the pen, no chip comes near


@dataclass(frozen=True)
class Node:
    """A block of ``rows`` x ``columns`` cells that runs after the nodes with these indices.

    ``line`` is where it stood in its file, 0 where it came from none.
    """

    index: int
    rows: int
    columns: int
    predecessors: tuple[int, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Core:
    """An empty rectangle of the chip; ``line`` as in Node."""

    core_id: int
    rows: int
    columns: int
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Placed:
    """Where a node's first cell lies, counted from its core's first column and row."""

    core_id: int
    index: int
    column: int
    row: int


def check_nodes(nodes: Sequence[Node], where: str) -> None:
    """Raise DataError, with the line, where the nodes are no network."""
    if not nodes:
        raise DataError("there is no block in it", hint="Write one line a block.", where=where)
    seen: dict[int, Node] = {}
    for own in nodes:
        _check_size(own, "block", own.index, where)
        if own.index in seen:
            raise DataError(
                f"{_line(own)}block {own.index} stands there already"
                + (f", in line {seen[own.index].line}" if own.line else ""),
                hint="Give every block its own index.",
                where=where,
            )
        seen[own.index] = own
    for own in nodes:
        for one in own.predecessors:
            if one not in seen:
                raise DataError(
                    f"{_line(own)}block {own.index} needs block {one}, which does not exist",
                    hint="Add the block, or take it out of the predecessors.",
                    where=where,
                )
    position = {own.index: at for at, own in enumerate(nodes)}
    ring = schedule.cycle([[position[one] for one in own.predecessors] for own in nodes])
    if ring:
        first = nodes[ring[0]]
        names = [str(nodes[at].index) for at in (*ring, ring[0])]
        shown = names if len(names) <= 12 else [*names[:11], "…", names[-1]]
        raise DataError(
            f"{_line(first)}the predecessors form a cycle: {' -> '.join(shown)}",
            hint="A block cannot wait for itself; take one of these out of the predecessors.",
            where=where,
        )


def check_cores(cores: Sequence[Core], where: str) -> None:
    """Raise DataError, with the line, where the cores are no chip."""
    if not cores:
        raise DataError("there is no core in it", hint="Write one line a core.", where=where)
    seen: set[int] = set()
    for own in cores:
        _check_size(own, "core", own.core_id, where)
        if own.core_id in seen:
            raise DataError(
                f"{_line(own)}core {own.core_id} stands there already",
                hint="Give every core its own core_id.",
                where=where,
            )
        seen.add(own.core_id)


def _check_size(own: Node | Core, kind: str, number: int, where: str) -> None:
    if number < 0:
        raise DataError(
            f"{_line(own)}{kind} {number}: the number is negative",
            hint="Count from 0 (or from 1).",
            where=where,
        )
    for name, value in (("rows", own.rows), ("columns", own.columns)):
        if not 1 <= value <= LARGEST:
            raise DataError(
                f"{_line(own)}{kind} {number} has {value} {name}",
                hint=f"Write a whole number from 1 to {LARGEST}.",
                where=where,
            )


def check_fit(nodes: Sequence[Node], cores: Sequence[Core], where: str) -> None:
    """Raise FitError, with the line, for a block that is larger than every core."""
    for own in nodes:
        if not any(own.rows <= core.rows and own.columns <= core.columns for core in cores):
            largest = max(cores, key=lambda core: core.rows * core.columns)
            raise FitError(
                f"{_line(own)}block {own.index} ({own.rows} rows x {own.columns} columns) is larger"
                f" than every core; the largest is {largest.rows} x {largest.columns}",
                hint="Cut the block, or choose a chip with larger cores. Blocks are not turned.",
                where=where,
            )


def _line(own: Node | Core) -> str:
    return f"line {own.line}: " if own.line else ""


def verify(placed: Sequence[Placed], nodes: Sequence[Node], cores: Sequence[Core]) -> None:
    """Raise VerifyError unless every node lies once, inside a core, on cells of its own.

    Written without a look at the code that places.
    """
    core_of = {core.core_id: core for core in cores}
    node_of = {node.index: node for node in nodes}
    if sorted(own.index for own in placed) != sorted(node_of):
        raise VerifyError("not every block is placed exactly once")
    by_core: dict[int, list[Placed]] = {}
    for own in placed:
        name, node = f"block {own.index}", node_of[own.index]
        if own.core_id not in core_of:
            raise VerifyError(f"there is no core {own.core_id}", where=name)
        core = core_of[own.core_id]
        inside = 0 <= own.row <= core.rows - node.rows
        if not (inside and 0 <= own.column <= core.columns - node.columns):
            raise VerifyError(f"it leaves core {own.core_id}", where=name)
        by_core.setdefault(own.core_id, []).append(own)
    for members in by_core.values():
        _paint(members, node_of)


def _paint(members: Sequence[Placed], node_of: dict[int, Node]) -> None:
    """Paint the blocks of one core; no spot may be painted twice.

    Only cells at the blocks' edges are kept, which is enough: between two neighbouring edges
    all cells are alike.
    """
    low = np.array([(own.row, own.column) for own in members])
    size = np.array([(node_of[own.index].rows, node_of[own.index].columns) for own in members])
    rows, columns = (np.unique(np.concatenate([low, low + size])[:, axis]) for axis in (0, 1))
    painted = np.zeros((len(rows), len(columns)), bool)
    for own, (row, column), (last_row, last_column) in zip(members, low, low + size, strict=True):
        top, bottom = np.searchsorted(rows, (row, last_row))
        left, right = np.searchsorted(columns, (column, last_column))
        spot = painted[top:bottom, left:right]
        if spot.any():
            raise VerifyError(
                f"overlaps another block of core {own.core_id}", where=f"block {own.index}"
            )
        spot[:] = True
