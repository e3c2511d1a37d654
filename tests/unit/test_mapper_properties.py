"""The whole mapper on random networks, options and chips: right or refused, and kept by files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.base.errors import FitError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.formats import layers_txt, map_csv
from studio.mapper import store
from studio.mapper.layout import Layout
from studio.mapper.problem import Occupied
from studio.mapper.search import search
from studio.mapper.stage import LayerOptions, MapOptions, run_all, verify
from studio.mapper.verify import verify_together
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor, RowTile
from tests.bench.nets import random_problem

ROOT = Path(__file__).resolve().parents[2]
CHIP = chips.load("wtm2101")


@dataclass(frozen=True)
class Case:
    chip: chips.Chip
    networks: tuple[QNetwork, ...]
    options: MapOptions


@st.composite
def random_chips(draw):
    """The WTM2101 in other sizes: arrays, banks of any heights with gaps, strips, bias cells."""
    banks, row = [], 0
    for _ in range(draw(st.integers(1, 3))):
        row += draw(st.sampled_from([0, 0, 3]))
        banks.append(chips.Bank(draw(st.sampled_from("abc")), row, draw(st.integers(12, 48))))
        row += banks[-1].rows
    columns = draw(st.integers(16, 90))
    strip = draw(st.integers(4, 20))
    array = replace(
        CHIP.array,
        count=draw(st.integers(1, 4)),
        rows=row + draw(st.sampled_from([0, 2])),
        columns=columns,
        reserved_columns=draw(st.integers(0, 5)),
        bias_rows=strip,
        bias_unit=draw(st.sampled_from([64, 128])),
        bias_cell_max=draw(st.sampled_from([7, 100, 255])),
        bias_rows_preferred=draw(st.integers(1, strip)),
        banks=tuple(banks),
    )
    return replace(CHIP, array=array)


@st.composite
def layers(draw, name, chip):
    """A convolution, grouped or not, in row tiles where a bank asks for them; its tensors."""
    array = chip.array
    encoding = draw(st.sampled_from(["unsigned", "pn", "shift"]))
    kernel = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (3, 2)]))
    size = draw(st.sampled_from([(1, 1), (5, 1), (1, 4), (6, 3)]))
    channels, groups = draw(st.integers(1, 12)), draw(st.sampled_from([1, 1, 1, 3]))
    columns = draw(st.integers(1, draw(st.sampled_from([12, 30, 70])) // groups))
    strip = array.bias_rows * array.bias_cell_max
    cell = array.bias_cell_max
    peak = draw(st.sampled_from([0, 1, cell // 2, cell, 2 * cell, strip // 2, strip]))
    random = np.random.default_rng(draw(st.integers(0, 999)))
    rows = kernel[0] * kernel[1] * channels
    step = max(1, array.max_inputs // (2 if encoding == "pn" else 1))
    matrices = []
    for group in range(groups):
        tiles = []
        for start in range(0, rows, step):
            bias = random.integers(-peak, peak + 1, columns)
            bias[random.integers(columns)] = peak
            values = (bias * array.bias_unit).astype(np.int32) if peak else None
            tiles.append(RowTile(start, min(start + step, rows), values))
        weights = random.integers(-128, 128, (rows, columns)).astype(np.int16)
        matrices.append(Matrix(f"{name}.{group}", weights, encoding, 512, tuple(tiles)))
    op = ArrayOp(name, f"{name} in", f"{name} out", tuple(matrices), kernel)
    shapes = {
        op.input: (size[0] + kernel[0] - 1, size[1] + kernel[1] - 1, channels * groups),
        op.output: (*size, columns * groups),
    }
    low = 0 if encoding == "unsigned" else -128
    return op, {n: QTensor(n, shape, 1.0, low, 127, (1, *shape)) for n, shape in shapes.items()}


@st.composite
def choices(draw, op, tensors, chip):
    """What the user asks of a layer, as far as it means something for it."""
    single = all(len(matrix.tiles) == 1 for matrix in op.matrices)
    several = max(tensors[op.output].shape[:2]) > 1
    names = ["", "", *(bank.name for bank in chip.array.banks)]
    return LayerOptions(
        bank=draw(st.sampled_from(names)),
        copies=draw(st.sampled_from([1, 2, 4])),
        points=draw(st.integers(1, 3)) if single and several else 1,
    )


@st.composite
def cases(draw, most_networks=2):
    chip = draw(random_chips())
    array = chip.array
    networks, asked = [], {}
    for number in range(draw(st.integers(1, most_networks))):
        made = [
            draw(layers(f"layer{number}.{index}", chip)) for index in range(draw(st.integers(1, 4)))
        ]
        tensors = {name: own for _, part in made for name, own in part.items()}
        ops = tuple(op for op, _ in made)
        ends = (ops[0].input,), (ops[-1].output,)
        networks.append(QNetwork(f"net{number}", chip.id, *ends, ops, tensors))
        if draw(st.sampled_from([True, False, False])):
            op, own = draw(st.sampled_from(made))
            asked[op.name] = draw(choices(op, own, chip))
    held = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 3]))):
        rows = draw(st.integers(0, array.rows // 2))
        columns = draw(st.integers(1, array.columns // 2))
        strip = draw(st.integers(0, 3))
        held.append(
            Occupied(
                draw(st.integers(0, array.count - 1)),
                draw(st.integers(0, array.rows - rows)),
                draw(st.integers(0, array.columns - columns)),
                rows,
                columns,
                draw(st.integers(0, array.bias_rows - strip)),
                strip,
            )
        )
    options = MapOptions(
        skip_columns=draw(st.sampled_from([None, None, 0, array.columns // 2])),
        bias_rows=draw(st.sampled_from([None, None, 1, array.bias_rows])),
        finest_columns=draw(st.sampled_from([1, 4, 16])),
        seconds=draw(st.sampled_from([0.01, 0.03])),
        layers=asked,
        duplicate=draw(st.booleans()),
        occupied=tuple(held),
    )
    return Case(chip, tuple(networks), options)


def mapped(case: Case) -> tuple[Layout, ...]:
    """The layouts of a case, which must be right; a refusal must say something."""
    try:
        found = run_all(case.networks, case.chip, case.options, Job())
    except FitError as error:
        assert error.message
        assert error.hint
        assert error.where
        return ()
    for layout, network in zip(found, case.networks, strict=True):
        verify(layout, network, case.chip)
    verify_together(found, case.chip, case.options.occupied)
    painted(found, case.chip, case.options)
    return found


def painted(layouts: Sequence[Layout], chip: chips.Chip, options: MapOptions) -> None:
    """Paint blocks over what is held: no cell twice, no column that is to be left free."""
    array = chip.array
    cells = np.full((array.count, array.rows, array.columns), True)
    for bank in array.banks:
        cells[:, bank.first_row : bank.first_row + bank.rows] = False
    skip = array.reserved_columns if options.skip_columns is None else options.skip_columns
    cells[:, :, :skip] = True
    strip = np.zeros((array.count, array.bias_rows, array.columns), bool)
    for own in options.occupied:
        columns = slice(own.column, own.column + own.columns)
        cells[own.array, own.row : own.row + own.rows, columns] = True
        strip[own.array, own.bias_row : own.bias_row + own.bias_rows, columns] = True
    blocks = [block for layout in layouts for block in layout.blocks]
    for block in blocks:
        columns = slice(block.column, block.column + block.columns)
        for plane, row, rows in (
            (cells, block.row, block.rows),
            (strip, block.bias_row, block.bias_rows),
        ):
            part = plane[block.array, row : row + rows, columns]
            assert part.shape == (rows, block.columns), "leaves the array"
            assert not part.any(), "lies over something"
            part[:] = True
        bank = [own for own in array.banks if own.first_row <= block.row <= own.last_row]
        assert block.row + block.rows - 1 <= bank[0].last_row
        asked = options.layers.get(block.layer, LayerOptions())
        assert asked.bank in ("", bank[0].name)
        assert block.copies == asked.copies
    for layout in layouts:
        used = {block.array for block in blocks}
        assert layout.search.arrays == len(used)


place = attrgetter(*("array", "row", "rows", "bias_row", "bias_rows", "gain", "column", "columns"))
place_of_line = attrgetter(
    *("array", "row_start", "rows", "bias_row_start", "bias_rows", "gain", "col_start", "columns")
)
what = attrgetter("layer", "matrix", "tile", "first_column", "copies", "points")


def geometry(layout: Layout) -> list[tuple[object, ...]]:
    """Everything of the blocks but their cells."""
    return [(*what(block), *place(block)) for block in layout.blocks]


@settings(max_examples=25, deadline=None)
@given(case=cases())
def test_networks_are_placed_right_and_always_the_same_way_or_refused_with_words(case):
    first, second = mapped(case), mapped(case)
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        assert geometry(one) == geometry(other)
        assert one.utilization == other.utilization
        assert replace(one.search, seconds=0) == replace(other.search, seconds=0)


@settings(max_examples=16, deadline=None)
@given(case=cases(most_networks=1))
def test_a_layout_survives_its_files(case, tmp_path_factory):
    found = mapped(case)
    assume(found)
    (layout,), (network,), chip = found, case.networks, case.chip
    folder = tmp_path_factory.mktemp("结果 folder")

    store.save(layout, folder / "layout.json")
    back = store.load(folder / "layout.json", network, chip)
    assert geometry(back) == geometry(layout)
    assert (back.search, back.utilization) == (layout.search, layout.utilization)

    layers_txt.write(folder / layers_txt.NAME, layout)
    lines = layers_txt.read(folder / layers_txt.NAME)
    assert list(map(place_of_line, lines)) == list(map(place, layout.blocks))

    map_csv.write(folder / map_csv.NAME, layout, chip)
    mapfile = map_csv.read(folder / map_csv.NAME)
    arrays = [map_csv.to_array(mapfile, chip, number) for number in range(chip.array.count)]
    for block, again in zip(layout.blocks, back.blocks, strict=True):
        own = arrays[block.array]
        columns = slice(block.column, block.column + block.columns)
        for cells, written, plane, programmed, row in (
            (block.cells, again.cells, own.cells, own.programmed, block.row),
            (block.bias_cells, again.bias_cells, own.bias, own.bias_programmed, block.bias_row),
        ):
            np.testing.assert_array_equal(cells, written)
            np.testing.assert_array_equal(plane[row : row + len(cells), columns], cells)
            assert programmed[row : row + len(cells), columns].all()
    total = sum(block.cells.size + block.bias_cells.size for block in layout.blocks)
    assert sum(own.programmed.sum() + own.bias_programmed.sum() for own in arrays) == total


@settings(max_examples=12, deadline=None)
@given(case=cases(most_networks=1))
def test_a_network_mapped_around_an_earlier_layout_never_touches_it(case, tmp_path_factory):
    found = mapped(case)
    assume(found)
    path = tmp_path_factory.mktemp("earlier") / layers_txt.NAME
    layers_txt.write(path, found[0])
    held = layers_txt.occupied(path, case.chip)
    assert len(held) == len(found[0].blocks)
    options = replace(case.options, occupied=(*case.options.occupied, *held))
    later = mapped(replace(case, options=options))  # checks that nothing is touched
    if later:
        verify_together((found[0], later[0]), case.chip, case.options.occupied)


def test_another_process_finds_the_same_layouts():
    """Nothing depends on addresses, on the seed of hashes or on how fast the machine is now."""
    code = (
        "from tests.bench.nets import random_problem\n"
        "from studio.base.job import Job\n"
        "from studio.mapper.search import search\n"
        "for k in (1, 8):\n"
        "    print(*search(random_problem(40, 0.8, k, 3, k == 8), 'here', 0.3, Job())[0])\n"
    )
    here = "".join(
        " ".join(map(str, search(random_problem(40, 0.8, k, 3, k == 8), "here", 0.3, Job())[0]))
        + "\n"
        for k in (1, 8)
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    assert there.stdout == here


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_one_network_on_an_empty_chip_reads_left_to_right(seconds):
    """The WTM2101 with a small network: uncut, in order, with all the bias rows it wants."""
    random = np.random.default_rng(5)
    ops = tuple(
        ArrayOp(
            f"layer{index}",
            "x",
            "x",
            (
                Matrix(
                    "m",
                    random.integers(-128, 128, (rows, columns)).astype(np.int16),
                    "unsigned",
                    1024,
                    (RowTile(0, rows, np.full(columns, 128 * 100, np.int32)),),
                ),
            ),
        )
        for index, (rows, columns) in enumerate([(800, 200), (700, 150), (600, 100), (500, 50)])
    )
    network = QNetwork("net", CHIP.id, ("x",), ("x",), ops, {})
    (layout,) = run_all((network,), CHIP, MapOptions(seconds=seconds), Job())
    columns = [block.column for block in layout.blocks]
    assert columns == sorted(columns)
    assert [block.bias_rows for block in layout.blocks] == [8] * 4
    assert layout.search.optimal
