"""Packing problems to measure mappers with: random nets on the WTM2101."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.chip import chip as chips
from studio.mapper.problem import Problem, of_chip
from studio.mapper.request import Request

ROWS = (32, 896)
COLUMNS = (2, 512)
Ints = npt.NDArray[np.int64]


def random_problem(n: int, density: float, k: int, seed: int, tall: bool = False) -> Problem:
    """``n`` random blocks on the WTM2101 that take ``density`` of its usable cells.

    Rows are uniform in 32..896, columns log-uniform in 2..512 and then scaled and clipped so
    that the area is as close below the target as whole columns allow; where 512 columns a block
    are not enough, the rows grow as well. Every block may take ``k`` to 16 bias rows, 8 wanted.

    With k = 8 at most two blocks lie over a column, so blocks of random heights take half the
    cells at best. ``tall`` draws rows from ``density`` * 896 on, so that the strip has room.
    """
    chip = chips.load("wtm2101")
    random = np.random.default_rng([n, round(density * 1000), k, int(tall), seed])
    usable = chip.array.usable_columns
    target = density * chip.array.rows * usable
    low = int(ROWS[1] * density) if tall else ROWS[0]
    rows = random.integers(low, ROWS[1] + 1, n)
    shape = np.exp(random.uniform(np.log(COLUMNS[0]), np.log(COLUMNS[1]), n))
    columns = _grow(shape, rows, COLUMNS, target)
    if (columns == COLUMNS[1]).all():
        rows = _grow(rows.astype(np.float64), columns, ROWS, target)
    requests = [
        Request(f"layer{i}", 0, 0, 0, int(r), int(c), tuple(range(k, chip.array.bias_rows + 1)))
        for i, (r, c) in enumerate(zip(rows, columns, strict=True))
    ]
    return of_chip(requests, chip, chip.array.reserved_columns, chip.array.bias_rows_preferred)


def _grow(
    shape: npt.NDArray[np.float64], others: Ints, limits: tuple[int, int], target: float
) -> Ints:
    """``shape`` times the largest factor that keeps the area sum(result * others) <= target."""
    low, high = 1e-3, 1e3
    for _ in range(60):
        factor = (low * high) ** 0.5
        sizes = np.clip(np.rint(shape * factor), *limits)
        low, high = (factor, high) if sizes @ others <= target else (low, factor)
    return np.clip(np.rint(shape * low), *limits).astype(np.int64)
