"""Dual feasible functions: sizes counted so that what fits together still adds up to one room.

A function f on whole numbers that never counts parts for more than the whole (superadditive:
f(x) + f(y) <= f(x + y)) turns a packing of rectangles into inequalities: with f over the
heights and g over the widths, the sum of f(height) * g(width) is at most f(H) * g(W) in a room
of H x W, and in a smaller room as well. Sources: S. Fekete, J. Schepers, "New classes of fast
lower bounds for bin packing problems", Math. Program. 91 (2001); M. Boschetti, A. Mingozzi,
"The two-dimensional finite bin packing problem", 4OR 1 (2003); J. Carlier, F. Clautiaux,
A. Moukrim, "New reduction procedures and lower bounds for the two-dimensional bin packing
problem with fixed orientation", Comput. Oper. Res. 34 (2007), for the one that depends on the
blocks ("count" below).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_SHARES = 32  # halves, thirds, …: more of them proved nothing in our measurements
MOST_REACH = 24  # the sums of more sizes than these leave no gap worth looking for


@dataclass(frozen=True)
class Scale:
    """One function for rooms of ``limit``; whole numbers in, whole numbers out.

    ``size``: x itself. ``share``: the count of parts of more than limit / (step + 1), of which
    ``step`` fit (u(k) of Fekete and Schepers). ``large``: what is above limit - step counts as
    the limit, what is below ``step`` as nothing (U(epsilon) there). ``steps``: x in whole steps,
    the rest to the limit for large x (Boschetti and Mingozzi). ``count``: 1 for each size from
    ``step`` to limit / 2, and what a larger one takes away of how many of these fit at most
    (Carlier, Clautiaux and Moukrim); it holds for the sizes it was made of only, of which
    ``sums`` has the sum of the smallest, of the two smallest, ….
    """

    kind: Literal["size", "share", "large", "steps", "count"]
    limit: int
    step: int = 0
    sums: Ints = field(default_factory=lambda: np.zeros(0, np.int64), compare=False)

    def of(self, sizes: Ints) -> Floats:
        """The counts of ``sizes`` (0..limit), in float64, which holds them exactly."""
        if self.kind == "count":
            large = self._fit(np.array(self.limit)) - self._fit(self.limit - sizes)
            counts = np.where(2 * sizes > self.limit, large, sizes >= self.step)
            return counts.astype(np.float64)
        return _plain(self.kind, self.limit, np.array(self.step), sizes)

    def room(self, sizes: Ints) -> Floats:
        """The most that blocks in rooms of ``sizes`` (0..limit) count together."""
        if self.kind == "count":
            full = self._fit(np.where(2 * sizes > self.limit, self.limit, sizes))
            return full.astype(np.float64)
        return self.of(sizes)

    def _fit(self, sizes: Ints) -> Ints:
        """How many of the smallest blocks that count as 1 fit in ``sizes``."""
        return self.sums.searchsorted(sizes, side="right")

    @property
    def whole(self) -> float:
        """The count of a whole room."""
        return float(self.room(np.array([self.limit]))[0])

    def says(self, what: str, together: str) -> str:
        """Why it holds, in words: ``what`` is counted, ``together`` how two blocks would lie."""
        if self.kind == "share":
            least = self.limit // (self.step + 1) + 1
            blocks = "1 block" if self.step == 1 else f"{self.step} blocks"
            return f"at most {blocks} of {least} or more {what} can lie {together}"
        if self.kind == "large":
            return (
                f"a block of {self.limit - self.step + 1} or more {what} and one of "
                f"{self.step} or more cannot lie {together}"
            )
        if self.kind == "steps":
            return f"{what} counted in steps of {self.step} where blocks lie {together}"
        if self.kind == "count":
            return (
                f"at most {int(self.whole)} of the blocks of {self.step} to {self.limit // 2} "
                f"{what} can lie {together}, and a larger block counts for those it displaces"
            )
        return ""


def family(sizes: Ints, limit: int, fixed: bool = True) -> list[Scale]:
    """The functions worth trying for blocks of ``sizes`` in rooms of ``limit``, plain first.

    Unless ``fixed``, they hold for blocks of other sizes too.
    """
    distinct = np.unique(sizes[(sizes > 0) & (sizes <= limit)])
    least = int(distinct[0]) if len(distinct) else limit
    shares = range(1, min(limit // least, MOST_SHARES) + 1)
    large = {limit - int(x) + 1 for x in distinct[2 * distinct > limit]}
    steps = {int(x) for x in distinct[2 * distinct <= limit] if x > 1}
    return [
        Scale("size", limit),
        *(Scale("share", limit, step) for step in shares),
        *(Scale("large", limit, step) for step in sorted(large, reverse=True) if step > 1),
        *(_counts(sizes, limit) if fixed else ()),
        *(Scale("steps", limit, step) for step in sorted(steps, reverse=True)),
    ]


def _counts(sizes: Ints, limit: int) -> Iterator[Scale]:
    small = np.sort(sizes[(sizes > 0) & (2 * sizes <= limit)])
    for step in np.unique(small)[::-1].tolist():
        yield Scale("count", limit, step, np.cumsum(small[small >= step]))


def _plain(kind: str, limit: int, step: Ints, x: Ints) -> Floats:
    """The counts of ``x`` by a kind that needs no more than ``step`` [1] or [scales, 1]."""
    if kind == "share":
        scaled = (step + 1) * x
        counts = np.where(scaled % limit == 0, step * x, scaled // limit * limit)
    elif kind == "large":
        counts = np.where(x < step, 0, np.where(x > limit - step, limit, x))
    elif kind == "steps":
        rest = 2 * (limit // step - (limit - x) // step)
        low = np.where(2 * x < limit, 2 * (x // step), rest)
        counts = np.where(2 * x == limit, limit // step, low)
    else:
        counts = x + 0 * step
    return counts.astype(np.float64)


def table(scales: Sequence[Scale], sizes: Ints) -> Floats:
    """The counts of ``sizes`` by every scale: [scales, sizes]."""
    parts = [np.zeros((0, len(sizes)))]
    for kind, run in itertools.groupby(scales, key=lambda scale: scale.kind):
        own = list(run)
        if kind == "count":
            parts += [scale.of(sizes)[None] for scale in own]
        else:
            steps = np.array([[scale.step] for scale in own])
            parts.append(_plain(kind, own[0].limit, steps, sizes))
    return np.concatenate(parts)


def rooms(scales: Sequence[Scale], sizes: Ints) -> Floats:
    """The counts of rooms of ``sizes`` by every scale: [scales, sizes]."""
    counts = table(scales, sizes)
    for index, scale in enumerate(scales):
        if scale.kind == "count":
            counts[index] = scale.room(sizes)
    return counts


def reach(sizes: Ints, limit: int) -> int:
    """The largest sum of some of ``sizes`` that is at most ``limit``.

    What lies side by side never fills more than this, however wide the room is. Looks no
    further than ``limit`` itself where there are more than MOST_REACH sizes.
    """
    if len(sizes) > MOST_REACH:
        return limit
    sums, mask = 1, (1 << (limit + 1)) - 1
    for size in sizes.tolist():
        sums |= (sums << size) & mask
    return sums.bit_length() - 1
