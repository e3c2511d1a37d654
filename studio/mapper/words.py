"""How messages call blocks, layers, networks and banks, and a hint that several of them give.

Spaces with a name are banks of a chip, and blocks are parts of layers. Without, they are just
rectangles (mapper/contest.py), and a request's ``layer`` is its block's number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from studio.mapper.problem import Problem
from studio.mapper.request import Request


class Part(Protocol):
    """Whatever is one block of a layer: a Block, a Request or a Place."""

    @property
    def layer(self) -> str: ...  # noqa: D102
    @property
    def matrix(self) -> int: ...  # noqa: D102
    @property
    def tile(self) -> int: ...  # noqa: D102
    @property
    def first_column(self) -> int: ...  # noqa: D102


def part(own: Part) -> str:
    """The layer, and which part of it where it is not the first one."""
    parts = (("matrix", own.matrix), ("tile", own.tile), ("column", own.first_column))
    return own.layer + "".join(f" {title} {number}" for title, number in parts if number)


def on_chip(problem: Problem) -> bool:
    """Whether the spaces are banks of a chip."""
    return any(space.name for space in problem.spaces)


def banks(problem: Problem, numbers: Sequence[int]) -> str:
    """What messages call the banks of these numbers: "bank upper or lower"."""
    names = {space.bank: space.name or str(space.bank) for space in problem.spaces}
    called = dict.fromkeys(names.get(number, str(number)) for number in sorted(numbers))
    return f"bank {' or '.join(called)}"


def several(problem: Problem) -> bool:
    """Whether blocks of more than one network are placed."""
    return len({block.network for block in problem.requests}) > 1


def layer(name: str, network: int, several: bool) -> str:
    """What messages call a layer: with its network, counted from 1, where there are several."""
    return f"network {network + 1}: {name}" if several else name


def block(problem: Problem, own: Request) -> str:
    """What messages call a block: whose it is and what it takes."""
    name = layer(own.layer, own.network, several(problem))
    name = f"layer {name}" if on_chip(problem) else f"block {name}"
    bias = f", at least {own.bias_choices[0]} bias rows" if own.bias_choices else ""
    return f"{name} ({own.rows} rows x {own.columns} columns{bias})"


def where(problem: Problem, own: Request) -> str:
    """What ``StudioError.where`` says of a block."""
    name = layer(own.layer, own.network, several(problem))
    return name if on_chip(problem) else f"block {name}"


def largest(problem: Problem, blocks: Sequence[Request], bias: bool = False) -> str:
    """The three layers with the most cells, or with the most bias cells, of these blocks."""
    cells: dict[tuple[int, str], int] = {}
    for own in blocks:
        rows = own.rows if not bias else own.bias_choices[0] if own.bias_choices else 0
        key = own.network, own.layer
        cells[key] = cells.get(key, 0) + rows * own.columns
    names = sorted(cells, key=lambda key: -cells[key])[:3]
    what = "bias cells" if bias else "cells"
    many = several(problem)
    start = "" if on_chip(problem) else "block "
    return ", ".join(f"{start}{layer(key[1], key[0], many)} ({cells[key]} {what})" for key in names)


def finer(rows: int, why: str = "") -> str:
    """The hint that the quantizer can cut rows to tiles of ``rows``, ``why`` of them."""
    return (
        "Rows are cut only where a layer has more inputs than a bank; "
        f"--tile-rows {rows} cuts them finer{why}, which changes the rounding a little."
    )


def share(rows: int, room: int) -> int:
    """The rows of tiles so that one more lies over a column of ``room`` rows than with ``rows``."""
    return max(1, room // (room // max(1, rows) + 1))
