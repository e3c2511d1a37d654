"""The compiled packer (resources/native/pack.c) as an object: one Problem on some of its spaces.

A construction places the blocks of an order one way (``Way``); ``improve`` searches for a better
order. The best layout met is remembered. Costs count, in this order: cells left over, short
blocks, bias rows missing (see ``Cost``); among equals the one with the largest free rectangle.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from studio.base import native, paths
from studio.mapper.problem import Problem, Space
from studio.mapper.request import Placement

MOST_BIAS_ROWS = 63  # the strip's rows are one 64-bit word, a column each
MOST_BANKS = 31
Ints = npt.NDArray[np.int32]

_ITEM = np.dtype(
    [
        *((name, "i4") for name in ("rows", "columns", "banks", "full")),
        *((name, "u8") for name in ("choices", "marked")),
    ]
)
_PLACE = np.dtype([(name, "i4") for name in ("array", "row", "column", "bias_row", "bias_rows")])
_SEGMENT_BYTES = 12
_SEED = 0x9E3779B97F4A7C15  # any number but 0


class Way(IntFlag):
    """How a construction goes.

    Filled from the left, or from the top; all spaces at once, or one after the other; the
    shallowest place is given the block that fits it best, or each block in turn the shallowest
    place; where both sides of a place are as deep, blocks lean on the lower one or the upper.
    """

    LEFT_FRONT = 0
    TOP_FRONT = 1
    SEQUENTIAL = 2
    ITEM_BY_ITEM = 4
    LEAN_RIGHT = 8


@dataclass(frozen=True, order=True)
class Cost:
    """What a layout lacks: cells of blocks left over, short blocks, and their missing rows."""

    cells: int
    short: int
    missing: int

    @classmethod
    def of(cls, packed: int) -> Cost:
        """From the one number the C code compares."""
        return cls(packed >> 32, packed >> 16 & 0xFFFF, packed & 0xFFFF)


class _Search(ctypes.Structure):
    """Layout as in the C source."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in ("n", "spaces", "arrays", "columns")),
        *((name, ctypes.c_int32) for name in ("bias_rows", "segments")),
        *((name, ctypes.c_uint32) for name in ("flags", "tries")),
        *((name, ctypes.c_void_p) for name in ("items", "space", "held", "taken", "place")),
        *((name, ctypes.c_void_p) for name in ("best", "order", "trial", "next", "left")),
        *((name, ctypes.c_void_p) for name in ("kept", "marks", "trial_marks")),
        *((name, ctypes.c_void_p) for name in ("skyline", "count")),
        *((name, ctypes.c_uint64) for name in ("seed", "work", "limit")),
        *((name, ctypes.c_int64) for name in ("cost", "best_cost", "best_open")),
        *((name, ctypes.c_int32) for name in ("lefts", "patience", "marking")),
    )
    n: int
    spaces: int
    arrays: int
    columns: int
    bias_rows: int
    segments: int
    flags: int
    tries: int
    work: int
    limit: int
    cost: int
    best_cost: int
    order: int
    marks: int
    patience: int
    marking: int


@functools.cache
def library() -> ctypes.CDLL | None:
    """The compiled code; None where it cannot be had (the search then is greedy)."""
    source = paths.resource("native", "pack.c").read_text(encoding="utf-8")
    found = native.library("pack", source)
    if found is not None:
        found.improve.argtypes = [ctypes.c_void_p, ctypes.c_int64]
        found.construct_once.argtypes = [ctypes.c_void_p]
        found.improve.restype = found.construct_once.restype = None
    return found


def handles(problem: Problem) -> bool:
    """Whether the compiled code can be had and is made for such a problem."""
    banks = max((space.bank for space in problem.spaces), default=0)
    choices = max((own.bias_choices[-1] for own in problem.requests if own.bias_choices), default=0)
    fits = max(problem.bias_rows, choices) <= MOST_BIAS_ROWS and banks < MOST_BANKS
    return fits and library() is not None


class Packer:
    """Constructions and local search for the blocks of ``problem`` on ``spaces``."""

    def __init__(self, problem: Problem, spaces: Sequence[Space]) -> None:
        found = library()
        assert found is not None  # see handles()
        self._library = found
        self._requests = problem.requests
        n = len(problem.requests)
        numbers = {number: i for i, number in enumerate(dict.fromkeys(s.array for s in spaces))}
        self._arrays = list(numbers)
        columns = max(space.column + space.columns for space in spaces)
        held = np.zeros((len(numbers), columns), np.uint64)
        for own in problem.occupied:
            if own.array in numbers:
                bits = ((1 << own.bias_rows) - 1) << own.bias_row
                held[numbers[own.array], own.column : own.column + own.columns] |= np.uint64(bits)
        self._items = np.zeros(n, _ITEM)
        self._items["rows"] = [own.rows for own in problem.requests]
        self._items["columns"] = [own.columns for own in problem.requests]
        self._items["banks"] = [sum(1 << bank for bank in own.banks) for own in problem.requests]
        full = [own.target(problem.wanted) for own in problem.requests]
        self._items["full"] = full
        self._items["marked"] = [
            _bits(own.bias_choices, target, False)
            for own, target in zip(problem.requests, full, strict=True)
        ]
        geometry = [(numbers[s.array], s.bank, s.row, s.column, s.rows, s.columns) for s in spaces]
        self._best = np.zeros(n, _PLACE)
        self._parts = {
            "items": self._items,
            "space": np.array(geometry, np.int32),
            "held": held,
            "taken": np.zeros_like(held),
            "place": np.zeros(n, _PLACE),
            "best": self._best,
            "order": np.arange(n, dtype=np.int32),
            "trial": np.zeros(n, np.int32),
            "next": np.zeros(n + 1, np.int32),
            "left": np.zeros(n, np.int32),
            "kept": np.zeros(n, np.int32),
            "marks": np.zeros(n, np.int32),
            "trial_marks": np.zeros(n, np.int32),
            "skyline": np.zeros(len(spaces) * (n + 4) * _SEGMENT_BYTES, np.uint8),
            "count": np.zeros(len(spaces), np.int32),
        }
        self._state = _Search(
            n=n,
            spaces=len(spaces),
            arrays=len(numbers),
            columns=columns,
            bias_rows=problem.bias_rows,
            segments=n + 4,
            seed=_SEED,
            best_cost=2**62,
            **{name: part.ctypes.data for name, part in self._parts.items()},
        )
        self.choose(problem.wanted, flexible=True)

    @property
    def tries(self) -> int:
        """Layouts built so far."""
        return self._state.tries

    @property
    def work(self) -> int:
        """Elementary steps so far; a measure of time that is the same on every machine."""
        return self._state.work

    @property
    def best(self) -> Cost:
        """The cost of the best layout so far."""
        return Cost.of(self._state.best_cost)

    def choose(self, most: int, *, flexible: bool) -> None:
        """Let blocks take ``most`` bias rows (the next larger choice) or, if flexible, fewer."""
        self._items["choices"] = [
            _bits(own.bias_choices, own.target(most), flexible) for own in self._requests
        ]

    def construct(self, order: Sequence[int], way: Way, marks: Sequence[int] = ()) -> Cost:
        """Build one layout and return its cost; blocks in ``marks`` take the wanted bias rows."""
        self._begin(order, way, marks)
        self._library.construct_once(ctypes.addressof(self._state))
        return Cost.of(self._state.cost)

    def improve(
        self,
        start: Sequence[int],
        way: Way,
        work: int,
        patience: int,
        goal: Cost,
        marks: Sequence[int] = (),
        marking: int = 0,
    ) -> Cost:
        """Local search from an order and marks; returns the best cost so far.

        ``marking`` percent of the changes are of marks. It ends when ``goal`` is reached,
        ``work`` is done, or ``patience`` changes in a row brought nothing.
        """
        self._begin(start, way, marks)
        self._state.limit = self._state.work + work
        self._state.patience = patience
        self._state.marking = marking
        packed = goal.cells << 32 | goal.short << 16 | goal.missing
        self._library.improve(ctypes.addressof(self._state), packed)
        return self.best

    def order(self) -> list[int]:
        """The order in which the last local search ended."""
        return _numbers(self._state.order, self._state.n)

    def marks(self) -> list[int]:
        """The blocks that were marked when it ended."""
        flags = _numbers(self._state.marks, self._state.n)
        return [number for number, flag in enumerate(flags) if flag]

    def placements(self) -> dict[int, Placement]:
        """The best layout: where the blocks lie that found a place, by number."""
        return {
            number: Placement(self._arrays[array], row, column, bias_row, bias_rows)
            for number, (array, row, column, bias_row, bias_rows) in enumerate(self._best.tolist())
            if array >= 0
        }

    def _begin(self, order: Sequence[int], way: Way, marks: Sequence[int]) -> None:
        start = np.asarray(order, np.int32)
        flags = np.zeros(len(start), np.int32)
        flags[list(marks)] = 1
        ctypes.memmove(self._state.order, start.ctypes.data, start.nbytes)
        ctypes.memmove(self._state.marks, flags.ctypes.data, flags.nbytes)
        self._state.flags = int(way)


def _numbers(address: int, count: int) -> list[int]:
    return ctypes.cast(address, ctypes.POINTER(ctypes.c_int32))[:count]


@functools.lru_cache(maxsize=1024)
def _bits(choices: tuple[int, ...], target: int, flexible: bool) -> int:
    return sum(1 << k for k in choices if k == target or (flexible and k < target))
