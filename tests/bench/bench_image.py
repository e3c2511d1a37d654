"""Time of the array's image beside filling it cell by cell from map.csv. Prints one table.

python -m tests.bench.bench_image
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.formats import map_csv
from studio.mapper.image import images
from studio.mapper.layout import Block, Layout
from studio.mapper.metrics import utilization
from studio.mapper.request import Search

REPEATS = 15


def full(chip: Chip, rows: int, columns: int) -> Layout:
    """A layout of equal blocks that fills the whole array; no bias."""
    random = np.random.default_rng(0)
    blocks = [
        Block(
            layer="layer", matrix=0, tile=0, first_column=0, gain=1024, array=0, row=row,
            column=column, bias_row=0,
            cells=random.integers(-128, 128, (rows, columns)).astype(np.int16),
            bias_cells=np.zeros((0, columns), np.int16),
        )
        for row in range(0, chip.array.rows, rows)
        for column in range(0, chip.array.columns, columns)
    ]  # fmt: skip
    search = Search("by hand", 1, 0.0, 1, 1, 0, False, "")
    return Layout(chip.id, tuple(blocks), utilization(blocks, chip, 0), search, 0)


def milliseconds(call: Callable[[], object]) -> tuple[float, float]:
    """Median and worst of some runs."""
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        call()
        found.append(1e3 * (time.perf_counter() - start))
    return statistics.median(found), max(found)


def main() -> None:
    chip = chips.load("wtm2101")
    print(f"{'blocks':>7}  {'of cells':>10}  {'images() ms':>18}  {'map.csv, to_array ms':>21}")
    for rows, columns in ((896, 1024), (896, 128), (112, 128), (32, 64)):
        layout = full(chip, rows, columns)
        mapfile = map_csv.from_layout(layout, chip)
        np.testing.assert_array_equal(
            images(layout.blocks, chip).value, map_csv.to_array(mapfile, chip).cells
        )
        ours = milliseconds(lambda layout=layout: images(layout.blocks, chip))
        theirs = milliseconds(lambda mapfile=mapfile: map_csv.to_array(mapfile, chip))
        words = [f"{median:.2f}, worst {worst:.2f}" for median, worst in (ours, theirs)]
        size = f"{rows} x {columns}"
        print(f"{len(layout.blocks):>7}  {size:>10}  {words[0]:>18}  {words[1]:>21}")


if __name__ == "__main__":
    main()
