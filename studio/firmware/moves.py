"""Bytes that move in a regular pattern: loops instead of tables of indices (kernel_move)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from studio.quantize.qnetwork import Int32, Shape

LEVELS = 4

Loop = tuple[int, int, int]
"""Turns, and bytes a turn moves on in the input and in the output."""


@dataclass(frozen=True)
class Move:
    """LEVELS loops, the last one innermost; the first byte read and the first one written."""

    loops: tuple[Loop, ...]
    start: int = 0
    target: int = 0


def concat(sources: tuple[Shape, ...], axis: int) -> tuple[Move, ...]:
    """One move for each input of a concatenation."""
    whole = sum(prod(shape[axis:]) for shape in sources)
    moves, target = [], 0
    for shape in sources:
        run = prod(shape[axis:])
        moves.append(_move([(prod(shape[:axis]), run, whole), (run, 1, 1)], target=target))
        target += run
    return tuple(moves)


def cut(source: Shape, count: int, axis: int, start: int, step: int) -> Move:
    """``count`` elements along ``axis``, every ``step``-th from ``start``."""
    inner = prod(source[axis + 1 :])
    loops = [
        (prod(source[:axis]), source[axis] * inner, count * inner),
        (count, step * inner, inner),
        (inner, 1, 1),
    ]
    return _move(loops, start=start * inner)


def spread(source: Shape, strides: tuple[int, int]) -> Move:
    """Elements (w, h) to (w * strides[0], h * strides[1])."""
    width, height, channels = source
    line = ((height - 1) * strides[1] + 1) * channels
    loops = [
        (width, height * channels, strides[0] * line),
        (height, channels, strides[1] * channels),
        (channels, 1, 1),
    ]
    return _move(loops)


def order(indices: Int32) -> Move | None:
    """The move that reads input byte ``indices[i]`` for output byte i; None where there is none.

    Exchanged axes, reversed ones and repeated elements are all found: the longest arithmetic
    progression at the start is the innermost loop, if every other stretch of that length has its
    step, and the first indices of the stretches are looked at in the same way.
    """
    rest = indices.astype(np.int64)
    loops: list[Loop] = []
    to = 1
    while len(rest) > 1:
        steps = np.diff(rest)
        differs = np.flatnonzero(steps != steps[0])
        run = int(differs[0]) + 1 if len(differs) else len(rest)
        if len(rest) % run:
            return None
        stretches = rest.reshape(-1, run)
        if np.any(np.diff(stretches, axis=1) != steps[0]):
            return None
        loops.insert(0, (run, int(steps[0]), to))
        to *= run
        rest = stretches[:, 0]
    return _move(loops, start=int(rest[0])) if len(loops) <= LEVELS else None


def _move(loops: list[Loop], start: int = 0, target: int = 0) -> Move:
    """Loops of one turn left out, those that go on where the inner one ends made one with it."""
    kept: list[Loop] = []
    for count, read, written in reversed(loops):
        if count == 1:
            continue
        if kept and (read, written) == (kept[0][0] * kept[0][1], kept[0][0] * kept[0][2]):
            kept[0] = (count * kept[0][0], *kept[0][1:])
        else:
            kept.insert(0, (count, read, written))
    if not kept:
        kept = [(1, 1, 1)]
    return Move((*((1, 0, 0),) * (LEVELS - len(kept)), *kept), start, target)
