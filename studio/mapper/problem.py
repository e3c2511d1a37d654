"""The packing problem: rectangles with bias rows, and the free space they may lie in.

Nothing here knows of networks or files, so the same search serves the mapper and any other
source of rectangles (formats/contest.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.chip.chip import Chip
from studio.mapper.request import Request


@dataclass(frozen=True)
class Space:
    """Rows of one bank of one array in which blocks may lie: a rectangle of cells.

    ``bank`` is the number of the bank in its array, ``name`` what messages call it ("": these are
    no banks of a chip); a block lies inside one space.
    """

    array: int
    bank: int
    row: int
    column: int
    rows: int
    columns: int
    name: str = ""


@dataclass(frozen=True)
class Occupied:
    """Cells, and bias rows over the same columns, that something else holds already."""

    array: int
    row: int
    column: int
    rows: int
    columns: int
    bias_row: int = 0
    bias_rows: int = 0


@dataclass(frozen=True)
class Problem:
    """What to place where.

    ``requests`` in execution order; ``spaces`` do not overlap, those of one array are
    neighbours in the list; ``bias_rows`` is the height of every array's bias strip (0: no
    strip, blocks with a bias cannot be placed); ``wanted`` the bias rows a block gets where
    there is room; ``occupied`` may lie anywhere. The arrays ``used`` count as used already, so
    that blocks there cost no further one.
    """

    requests: tuple[Request, ...]
    spaces: tuple[Space, ...]
    bias_rows: int
    wanted: int
    occupied: tuple[Occupied, ...] = ()
    used: frozenset[int] = frozenset()

    @property
    def arrays(self) -> int:
        """Arrays there are: one more than the highest number of a space."""
        return max((space.array for space in self.spaces), default=-1) + 1


def of_chip(
    requests: Sequence[Request],
    chip: Chip,
    first_column: int,
    wanted: int,
    occupied: Sequence[Occupied] = (),
) -> Problem:
    """The problem of placing ``requests`` on a chip's arrays, from ``first_column`` on."""
    array = chip.array
    spaces = tuple(
        Space(
            array=index,
            bank=bank,
            row=own.first_row,
            column=first_column,
            rows=own.rows,
            columns=array.columns - first_column,
            name=own.name,
        )
        for index in range(array.count)
        for bank, own in enumerate(array.banks)
    )
    return Problem(tuple(requests), spaces, array.bias_rows, wanted, tuple(occupied))
