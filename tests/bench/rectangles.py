"""Checks a layout by nothing but rectangles, apart from any mapper's own code."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from studio.mapper.problem import Problem
from studio.mapper.request import Placement

Rectangle = tuple[int, int, int, int, int]  # array, column, row, columns, rows


def faults(problem: Problem, placements: Sequence[Placement]) -> list[str]:
    """What is wrong with a layout, one sentence each; empty where it solves the problem."""
    if len(placements) != len(problem.requests):
        return [f"{len(placements)} placements for {len(problem.requests)} blocks"]
    found: list[str] = []
    for number, (request, own) in enumerate(zip(problem.requests, placements, strict=True)):
        if not any(
            space.array == own.array
            and (not request.banks or space.bank in request.banks)
            and space.row <= own.row <= space.row + space.rows - request.rows
            and space.column <= own.column <= space.column + space.columns - request.columns
            for space in problem.spaces
        ):
            found.append(f"block {number} lies in no space it may lie in")
        if own.bias_rows not in (request.bias_choices or (0,)):
            found.append(f"block {number} has {own.bias_rows} bias rows")
        if not 0 <= own.bias_row <= problem.bias_rows - own.bias_rows:
            found.append(f"block {number} leaves the bias strip")
    sizes = [(request.columns, request.rows) for request in problem.requests]
    pairs = list(zip(placements, sizes, strict=True))
    cells = [(own.array, own.column, own.row, *size) for own, size in pairs]
    bias = [
        (own.array, own.column, own.bias_row, columns, own.bias_rows) for own, (columns, _) in pairs
    ]
    held = [(own.array, own.column, own.row, own.columns, own.rows) for own in problem.occupied]
    strip = [
        (own.array, own.column, own.bias_row, own.columns, own.bias_rows)
        for own in problem.occupied
    ]
    for what, blocks, others in (("cells", cells, held), ("bias rows", bias, strip)):
        for (a, one), (b, other) in itertools.combinations(enumerate(blocks), 2):
            if _meet(one, other):
                found.append(f"{what} of blocks {a} and {b} overlap")
        for number, one in enumerate(blocks):
            if any(_meet(one, other) for other in others):
                found.append(f"{what} of block {number} are occupied")
    return found


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] == other[0] and all(
        max(one[axis], other[axis]) < min(one[axis] + one[axis + 2], other[axis] + other[axis + 2])
        for axis in (1, 2)
    )
