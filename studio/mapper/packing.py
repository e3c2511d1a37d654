"""The packings of rectangles every layout contains, and the inequalities they obey."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.mapper import scales, words
from studio.mapper.problem import Problem, Space
from studio.mapper.request import Request
from studio.mapper.scales import Floats, Ints, Scale

MOST_GROUPS = 5  # sets of banks that blocks are tied to, of which all unions are looked at
MOST_ENTRIES = 2e6  # of the table of rooms: what bounds memory
MOST_PRODUCTS = 6e7  # to fill the table of needs: what bounds time


@dataclass(frozen=True)
class Packing:
    """Rectangles that lie in rooms without overlap.

    ``blocks``: heights and widths [n, 2]; ``rooms`` and what is ``taken`` of them: array,
    height and width [m, 3]. ``bias`` tells bias rows in strips from rows of cells in banks,
    ``banks`` are those the blocks are tied to (None: all of the blocks), ``called`` their name.
    """

    blocks: Ints
    rooms: Ints
    taken: Ints
    bias: bool
    banks: frozenset[int] | None = None
    called: str = ""


@dataclass(frozen=True)
class Pairs:
    """All inequalities of one packing: ``need`` [rows, columns], ``room`` [kinds, rows, columns].

    Entry (p, q) counts heights by ``rows[p]`` and widths by ``columns[q]``; ``by_rows`` and
    ``by_columns`` [scales, blocks] have these counts. Arrays with the same
    rooms are one kind: ``kinds`` has their numbers. ``narrow`` tells rooms of which ``narrowed``
    has taken what no sum of sizes can fill.
    """

    packing: Packing
    rows: list[Scale]
    columns: list[Scale]
    by_rows: Floats
    by_columns: Floats
    need: Floats
    kinds: list[list[int]]
    room: Floats
    narrow: bool = False

    @property
    def total(self) -> Floats:
        """The room of all arrays: [rows, columns]."""
        total: Floats = np.tensordot(self._count, self.room, 1)
        return total

    @property
    def whole(self) -> Floats:
        """The count of one whole room: [rows, columns]."""
        limits = [np.array([family[0].limit]) for family in (self.rows, self.columns)]
        rows, columns = map(scales.rooms, (self.rows, self.columns), limits)
        whole: Floats = rows @ columns.T
        return whole

    def largest(self, arrays: int) -> Floats:
        """The room of the ``arrays`` largest arrays, by each inequality: [rows, columns]."""
        if len(self.kinds) == 1:
            only: Floats = self.room[0] * min(arrays, len(self.kinds[0]))
            return only
        room = np.repeat(self.room, self._count, axis=0)
        most: Floats = -np.sort(-room, axis=0)[:arrays].sum(axis=0)
        return most

    def sums(self, p: int, q: int) -> Floats:
        """The room of the largest array, of the two largest, … by one inequality."""
        return np.cumsum(-np.sort(-np.repeat(self.room[:, p, q], self._count)))

    @property
    def _count(self) -> Ints:
        return np.array([len(members) for members in self.kinds], np.int64)


def groups(problem: Problem) -> Iterator[frozenset[int] | None]:
    """None for all blocks, then every set of banks that some blocks cannot leave."""
    yield None
    ties = sorted({tuple(sorted(block.banks)) for block in problem.requests if block.banks})
    ties = ties[:MOST_GROUPS]
    unions = {
        frozenset(itertools.chain(*chosen))
        for size in range(1, len(ties) + 1)
        for chosen in itertools.combinations(ties, size)
    }
    yield from sorted(unions, key=sorted)


def tied(blocks: Sequence[Request], banks: frozenset[int] | None) -> list[Request]:
    """The blocks that cannot leave ``banks``."""
    return [b for b in blocks if banks is None or (b.banks and banks.issuperset(b.banks))]


def packings(problem: Problem) -> Iterator[Packing]:
    """The packings every layout contains: cells, all and by banks, and bias rows."""
    for banks in groups(problem):
        blocks = tied(problem.requests, banks)
        spaces = [space for space in problem.spaces if banks is None or space.bank in banks]
        if blocks and spaces:
            yield Packing(
                blocks=_sizes((block.rows, block.columns) for block in blocks),
                rooms=_sizes(((s.array, s.rows, s.columns) for s in spaces), 3),
                taken=_sizes(clipped(problem, spaces), 3),
                bias=False,
                banks=banks,
                called="" if banks is None else words.banks(problem, sorted(banks)),
            )
    rooms, taken = strips(problem)
    own = [(b.bias_choices[0], b.columns) for b in problem.requests if b.bias_choices]
    if own and len(rooms):
        yield Packing(_sizes(own), rooms, taken, bias=True)


def _sizes(rows: Iterator[tuple[int, ...]] | Sequence[tuple[int, ...]], width: int = 2) -> Ints:
    return np.array(list(rows), np.int64).reshape(-1, width)


Rectangle = tuple[int, int, int, int]  # row, column, end row, end column


def clipped(problem: Problem, spaces: Sequence[Space]) -> list[tuple[int, int, int]]:
    """What is occupied of ``spaces``, as (array, height, width) of parts that do not overlap."""
    found = []
    for space in spaces:
        parts = (
            (
                max(own.row, space.row),
                max(own.column, space.column),
                min(own.row + own.rows, space.row + space.rows),
                min(own.column + own.columns, space.column + space.columns),
            )
            for own in problem.occupied
            if own.array == space.array
        )
        found += [(space.array, *size) for size in _apart(parts)]
    return found


def strips(problem: Problem) -> tuple[Ints, Ints]:
    """Every array's bias strip, by runs of columns that spaces cover, and what is taken of it."""
    rooms: list[tuple[int, int, int]] = []
    taken: list[tuple[int, int, int]] = []
    for array in sorted({space.array for space in problem.spaces}):
        spans: list[list[int]] = []
        for space in sorted(problem.spaces, key=lambda space: space.column):
            if space.array == array:
                if spans and space.column <= spans[-1][1]:
                    spans[-1][1] = max(spans[-1][1], space.column + space.columns)
                else:
                    spans.append([space.column, space.column + space.columns])
        for start, stop in spans:
            rooms.append((array, problem.bias_rows, stop - start))
            parts = (
                (
                    own.bias_row,
                    max(own.column, start),
                    min(own.bias_row + own.bias_rows, problem.bias_rows),
                    min(own.column + own.columns, stop),
                )
                for own in problem.occupied
                if own.array == array
            )
            taken += [(array, *size) for size in _apart(parts)]
    rooms = [room for room in rooms if room[1] > 0]
    return _sizes(rooms, 3), _sizes(taken, 3)


def _apart(parts: Iterator[Rectangle]) -> list[tuple[int, int]]:
    """Height and width of each part that is not empty and overlaps none before it."""
    kept: list[Rectangle] = []
    for row, column, end, stop in parts:
        empty = row >= end or column >= stop
        if not empty and all(
            row >= e or r >= end or column >= s or c >= stop for r, c, e, s in kept
        ):
            kept.append((row, column, end, stop))
    return [(end - row, stop - column) for row, column, end, stop in kept]


def inequalities(packing: Packing, fixed_heights: bool = True) -> Pairs:
    """Every pair of scales on one packing, fewer of them where there are very many blocks.

    Without ``fixed_heights`` they hold for blocks of smaller heights too.
    """
    heights, widths = packing.blocks[:, 0], packing.blocks[:, 1]
    kinds = _kinds(packing)
    most = int(min(MOST_ENTRIES / len(kinds), MOST_PRODUCTS / len(heights)) ** 0.5)
    high, wide = (
        np.concatenate([packing.blocks[:, axis], packing.taken[:, axis + 1]]) for axis in (0, 1)
    )
    rows = scales.family(high, int(packing.rooms[:, 1].max()), fixed_heights)[:most]
    columns = scales.family(wide, int(packing.rooms[:, 2].max()))[:most]
    room = np.zeros((len(kinds), len(rows), len(columns)))
    for kind, members in enumerate(kinds):
        own = packing.rooms[packing.rooms[:, 0] == members[0], 1:]
        room[kind] = scales.rooms(rows, own[:, 0]) @ scales.rooms(columns, own[:, 1]).T
        own = packing.taken[packing.taken[:, 0] == members[0], 1:]
        room[kind] -= scales.table(rows, own[:, 0]) @ scales.table(columns, own[:, 1]).T
    by_rows, by_columns = scales.table(rows, heights), scales.table(columns, widths)
    need = by_rows @ by_columns.T
    return Pairs(packing, rows, columns, by_rows, by_columns, need, kinds, room)


def narrowed(pairs: Pairs, fixed_heights: bool = True) -> Pairs:
    """``pairs`` with the rooms only as large as what sums of widths and heights can fill.

    Without ``fixed_heights`` the rooms hold for blocks of smaller heights too.
    """
    packing, room = pairs.packing, pairs.room.copy()
    heights, widths = packing.blocks[:, 0], packing.blocks[:, 1]
    for kind, members in enumerate(pairs.kinds):
        if not (packing.taken[:, 0] == members[0]).any():
            own = packing.rooms[packing.rooms[:, 0] == members[0], 1:]
            _narrow(room[kind], pairs.rows, pairs.by_rows, widths, own)
            if fixed_heights:
                _narrow(room[kind].T, pairs.columns, pairs.by_columns, heights, own[:, ::-1])
    return replace(pairs, room=room, narrow=True)


def _kinds(packing: Packing) -> list[list[int]]:
    """The numbers of the arrays, those with the same rooms together."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for array in np.unique(packing.rooms[:, 0]).tolist():
        parts = (part[part[:, 0] == array, 1:] for part in (packing.rooms, packing.taken))
        kinds.setdefault(tuple(str(sorted(part.tolist())) for part in parts), []).append(array)
    return list(kinds.values())


def _narrow(room: Floats, family: list[Scale], table: Floats, along: Ints, own: Ints) -> None:
    """Lower ``room[:, 0]``, where plain lengths are added, to what sums of lengths can reach.

    ``table`` has the counts of the blocks' other sizes by ``family``, and only the blocks that
    count matter; ``along`` are their lengths; ``own`` the array's rooms, the other size first.
    Holds because
    the counts of blocks over one column are at most one room's: so the blocks are a mixture of
    sets that lie side by side (the overlaps of intervals are a perfect graph).
    """
    counted = table > 0
    limits = own[:, 1].tolist()
    for index in np.flatnonzero(counted.sum(axis=1) <= scales.MOST_REACH):
        held = {limit: scales.reach(along[counted[index]], limit) for limit in set(limits)}
        total = family[index].room(own[:, 0]) @ np.array([float(held[limit]) for limit in limits])
        room[index, 0] = min(room[index, 0], total)
