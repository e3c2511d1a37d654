"""Mapping whole networks: published geometries, random ones, several arrays, what cannot fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import Cancelled, FitError, StudioError, VerifyError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.mapper.image import images
from studio.mapper.stage import LayerOptions, MapOptions, run, run_all, verify
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, RowTile

CHIP = chips.load("wtm2101")

# rows before the encoding, columns, encoding, largest |S| of the bias (0: none)
Spec = tuple[int, int, str, int]


def network(specs: Sequence[Spec], seed: int = 0, tile_rows: int = 896, matrices: int = 1):
    """A QNetwork of array operations only, with random weights and biases."""
    random = np.random.default_rng(seed)
    ops = []
    for index, (rows, columns, encoding, bias) in enumerate(specs):
        parts = []
        for part in range(matrices):
            weights = random.integers(-128, 128, (rows, columns)).astype(np.int16)
            step = tile_rows // (2 if encoding == "pn" else 1)
            tiles = []
            for start in range(0, rows, step):
                values = random.integers(-bias, bias + 1, columns)
                values[random.integers(columns)] = bias
                tiles.append(
                    RowTile(
                        start,
                        min(start + step, rows),
                        (values * 128).astype(np.int32) if bias else None,
                    )
                )
            parts.append(Matrix(f"m{index}.{part}", weights, encoding, 1024, tuple(tiles)))
        ops.append(ArrayOp(f"layer{index}", "x", "x", tuple(parts)))
    return QNetwork("net", "wtm2101", ("x",), ("x",), tuple(ops), {})


SPEECH = (
    [(800, 256, "unsigned", 0)] + [(256, 256, "unsigned", 300)] * 3 + [(256, 2, "unsigned", 40)]
)
ATTENTION = [(392, 384, "unsigned", 464), (256, 10, "pn", 240)]


@pytest.mark.parametrize(
    ("specs", "sizes"),
    [
        (SPEECH, [(800, 256), (256, 256), (256, 256), (256, 256), (256, 2)]),
        (ATTENTION, [(392, 384), (512, 10)]),
    ],
)
def test_published_networks_are_placed_uncut_with_the_preferred_bias_rows(specs, sizes):
    layout = run(network(specs), CHIP, MapOptions(), Job())
    assert [(block.rows, block.columns) for block in layout.blocks] == sizes
    for block, spec in zip(layout.blocks, specs, strict=True):
        assert block.bias_rows == (8 if spec[3] else 0)
        assert block.column >= CHIP.array.reserved_columns
        assert not block.cells.flags.writeable
        assert not block.bias_cells.flags.writeable
    assert layout.search.seconds < 10  # 0.1 on an idle machine


def test_a_large_bias_takes_the_whole_strip():
    specs = [(392, 384, "unsigned", 16 * 255), (256, 10, "pn", 9 * 255)]
    layout = run(network(specs), CHIP, MapOptions(), Job())
    assert [block.bias_rows for block in layout.blocks] == [16, 9]


def test_the_full_array_is_used_to_the_last_cell():
    layout = run(network([(1792, 896, "unsigned", 100)]), CHIP, MapOptions(), Job())
    assert len(layout.blocks) == 2
    assert layout.utilization.cells == 1.0
    assert layout.utilization.banks == (1.0, 1.0)
    assert layout.utilization.bias == 1.0


def test_wide_tiles_are_cut_into_equal_parts():
    layout = run(network([(100, 2001, "unsigned", 50)]), CHIP, MapOptions(), Job())
    assert sorted(block.columns for block in layout.blocks) == [667, 667, 667]
    assert [block.first_column for block in layout.of("layer0", 0, 0)] == [0, 667, 1334]


def test_tiles_are_cut_finer_when_no_interval_is_wide_enough():
    # Beside 600 columns of full height only 296 are left: 500 columns fit in two parts only,
    # side by side or one above the other.
    specs = [(896, 600, "unsigned", 0), (896, 600, "unsigned", 0), (400, 500, "unsigned", 0)]
    layout = run(network(specs), CHIP, MapOptions(), Job())
    assert len(layout.of("layer2", 0, 0)) >= 2
    assert sum(block.columns for block in layout.of("layer2", 0, 0)) == 500


def test_bias_rows_are_lowered_where_columns_are_short_of_them():
    # Four blocks over the same columns cannot have 8 bias rows each.
    specs = [(440, 890, "unsigned", 200)] * 4
    layout = run(network(specs), CHIP, MapOptions(), Job())
    rows = [block.bias_rows for block in layout.blocks]
    assert sum(rows) <= 16
    assert min(rows) >= 1
    assert sum(rows) >= 13, "rows were left unused"


def test_skipped_columns_can_be_chosen():
    specs = [(896, 1000, "unsigned", 0)]
    with_reserved = run(network(specs), CHIP, MapOptions(skip_columns=0), Job())
    assert len(with_reserved.blocks) == 1
    assert len(run(network(specs), CHIP, MapOptions(), Job()).blocks) == 2
    far = run(network([(10, 10, "unsigned", 0)]), CHIP, MapOptions(skip_columns=500), Job())
    assert far.blocks[0].column >= 500


def test_wanted_bias_rows_can_be_chosen():
    layout = run(network([(10, 10, "unsigned", 100)]), CHIP, MapOptions(bias_rows=3), Job())
    assert layout.blocks[0].bias_rows == 3


def test_grouped_matrices_are_all_placed_in_order():
    layout = run(network([(9, 1, "unsigned", 90)] * 2, matrices=60), CHIP, MapOptions(), Job())
    assert len(layout.blocks) == 120
    assert [block.matrix for block in layout.blocks] == [*range(60), *range(60)]


def test_further_arrays_are_used_when_the_first_is_full():
    two = replace(CHIP, array=replace(CHIP.array, count=2))
    specs = [(896, 896, "unsigned", 100)] * 4
    with pytest.raises(FitError):
        run(network(specs), CHIP, MapOptions(), Job())
    layout = run(network(specs), two, MapOptions(), Job())
    assert sorted(block.array for block in layout.blocks) == [0, 0, 1, 1]
    assert layout.utilization.cells == 1.0


def test_a_bias_whose_last_row_would_overflow_gets_another_row():
    # S = 2035 over 8 rows is 7 x 254 + 257: the rest does not fit in a cell of at most 255.
    layout = run(network([(10, 1, "unsigned", 2035)]), CHIP, MapOptions(), Job())
    assert layout.blocks[0].bias_rows == 9
    assert np.abs(layout.blocks[0].bias_cells).max() <= CHIP.array.bias_cell_max
    # With all 16 rows there is no other way: the strip's last bias is accepted.
    full = run(network([(10, 1, "unsigned", 4071)]), CHIP, MapOptions(), Job())
    assert full.blocks[0].bias_rows == 16


def test_a_network_without_array_operations_has_an_empty_layout():
    layout = run(network([]), CHIP, MapOptions(), Job())
    assert layout.blocks == ()
    assert layout.utilization.cells == 0


def test_the_same_network_gives_the_same_layout():
    net = network([(300, 200, "unsigned", 100), (70, 333, "pn", 900)] * 3)
    first, second = (run(net, CHIP, MapOptions(), Job()) for _ in range(2))
    assert [(b.row, b.column, b.bias_row, b.bias_rows) for b in first.blocks] == [
        (b.row, b.column, b.bias_row, b.bias_rows) for b in second.blocks
    ]


def test_too_many_cells_are_refused_with_need_room_and_layers():
    with pytest.raises(FitError) as caught:
        run(network([(896, 900, "unsigned", 0)] * 2), CHIP, MapOptions(), Job())
    text = str(caught.value)
    assert "needs 1612800 array cells, the chip has 1605632" in text
    assert "layer0 (806400 cells)" in text
    assert "--skip-columns 0" in caught.value.hint


def test_too_many_bias_rows_are_refused_as_such():
    with pytest.raises(FitError, match="bias rows x columns") as caught:
        run(network([(20, 896, "unsigned", 10 * 255)] * 2), CHIP, MapOptions(), Job())
    assert "layer0" in str(caught.value)


def test_bias_rows_that_bind_without_being_too_many_are_named():
    # 9 + 9 rows never lie over one column, and beside each other they are 1000 columns.
    specs = [(20, 500, "unsigned", 9 * 255)] * 2
    net = network(specs)
    biases = [np.full(500, 9 * 255 * 128, np.int32)] * 2
    ops = tuple(
        replace(op, matrices=(replace(op.matrices[0], tiles=(RowTile(0, 20, bias),)),))
        for op, bias in zip(net.ops, biases, strict=True)
    )
    with pytest.raises(FitError, match="needs 1000 columns of the bias strip, the chip has 896"):
        run(replace(net, ops=ops), CHIP, MapOptions(), Job())


def test_blocks_too_high_to_share_columns_are_refused_with_the_columns_they_need():
    specs = [(500, 896, "unsigned", 0)] * 3
    text = "needs 2688 columns of the banks, the chip has 1792 .*449 or more rows.*layer0"
    with pytest.raises(FitError, match=text):
        run(network(specs), CHIP, MapOptions(), Job())


def test_a_block_without_room_is_named_with_what_it_lacks():
    # By their widths the first two fill one bank, so the third lies over one of them, where 8 and
    # 9 bias rows are too many. Rows alone fit, bias rows alone too, so no bound sees it.
    sizes = [(500, 8), (396, 8), (350, 9), (546, 0)]
    net = network([(896, columns, "unsigned", 0) for columns, _ in sizes])
    ops = []
    for op, (columns, least) in zip(net.ops, sizes, strict=True):
        bias = np.full(columns, least * 255 * 128, np.int32) if least else None
        ops.append(replace(op, matrices=(replace(op.matrices[0], tiles=(RowTile(0, 896, bias),)),)))
    with pytest.raises(FitError, match=r"no room for layer layer\d \(896 rows x") as caught:
        run(replace(net, ops=tuple(ops)), CHIP, MapOptions(finest_columns=896), Job())
    assert "not proved impossible" in caught.value.message


def test_a_tile_higher_than_a_bank_is_refused():
    with pytest.raises(FitError, match="900 rows, a bank has 896") as caught:
        run(network([(900, 4, "unsigned", 0)], tile_rows=1000), CHIP, MapOptions(), Job())
    assert caught.value.where == "layer0"


def test_a_bias_beyond_the_strip_is_refused():
    with pytest.raises(FitError, match="needs 17 bias rows, the chip has 16") as caught:
        run(network([(9, 4, "unsigned", 16 * 255 + 1)]), CHIP, MapOptions(), Job())
    assert caught.value.where == "layer0"


def test_a_bias_between_steps_is_a_bug_of_the_quantizer():
    net = network([(9, 4, "unsigned", 0)])
    matrix = replace(net.ops[0].matrices[0], tiles=(RowTile(0, 9, np.full(4, 100, np.int32)),))
    with pytest.raises(VerifyError, match="multiple of 128"):
        run(replace(net, ops=(replace(net.ops[0], matrices=(matrix,)),)), CHIP, MapOptions(), Job())


@pytest.mark.parametrize(
    "options",
    [
        MapOptions(skip_columns=-1),
        MapOptions(skip_columns=1024),
        MapOptions(bias_rows=0),
        MapOptions(bias_rows=17),
        MapOptions(finest_columns=0),
    ],
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(StudioError, match="must be"):
        run(network([(9, 4, "unsigned", 0)]), CHIP, options, Job())


def test_a_network_of_another_chip_is_refused():
    net = replace(network([(9, 4, "unsigned", 0)]), chip="other")
    with pytest.raises(StudioError, match="quantized for chip other"):
        run(net, CHIP, MapOptions(), Job())


def test_a_cancelled_job_stops_the_search():
    with pytest.raises(Cancelled):
        run(network(SPEECH), CHIP, MapOptions(), Job(cancelled=lambda: True))


SMALL = replace(
    CHIP,
    array=replace(
        CHIP.array,
        count=2,
        rows=48,
        columns=40,
        reserved_columns=4,
        banks=(chips.Bank("a", 0, 20), chips.Bank("b", 24, 24)),
    ),
)


@settings(max_examples=30, deadline=None)
@given(
    specs=st.lists(
        st.tuples(
            st.integers(1, 40),
            st.integers(1, 60),
            st.sampled_from(["unsigned", "pn", "shift"]),
            st.sampled_from([0, 0, 5, 255, 600, 2035, 4000]),
        ),
        min_size=1,
        max_size=9,
    ),
    seed=st.integers(0, 99),
    skip=st.one_of(st.none(), st.integers(0, 30)),
)
def test_random_networks_are_placed_right_or_refused(specs, seed, skip):
    """Every layout computes the network's products; ``run`` verifies it as well."""
    net = network(specs, seed, tile_rows=24)
    options = MapOptions(skip_columns=skip, finest_columns=4, seconds=0.02)
    try:
        layout = run(net, SMALL, options, Job())
    except FitError as error:
        # A refusal must be due: a network this small always fits.
        assert sum(2 * rows * columns for rows, columns, _, _ in specs) > 400 or any(
            columns > 30 or bias > 255 for _, columns, _, bias in specs
        ), error
        return
    verify(layout, net, SMALL)
    arrays = [
        (image.value, image.bias_value)
        for image in (images(layout.blocks, SMALL, array) for array in range(2))
    ]
    random = np.random.default_rng(seed)
    for op in net.array_ops:
        for index, matrix in enumerate(op.matrices):
            for number, tile in enumerate(matrix.tiles):
                x = random.integers(0, 256, matrix.rows(tile))
                expected = x @ matrix.cells(tile).astype(np.int64)
                if tile.bias is not None:
                    expected = expected + tile.bias
                got = []
                for block in layout.of(op.name, index, number):
                    weights, strip = arrays[block.array]
                    columns = slice(block.column, block.column + block.columns)
                    bias = strip[block.bias_row : block.bias_row + block.bias_rows, columns]
                    got.append(
                        x @ weights[block.row : block.row + block.rows, columns].astype(np.int64)
                        + 128 * bias.sum(axis=0, dtype=np.int64)
                    )
                np.testing.assert_array_equal(np.concatenate(got), expected)


def unequal_banks(lower=200):
    """The chip, its second bank with fewer rows."""
    first, second = CHIP.array.banks
    banks = first, replace(second, rows=lower)
    return replace(CHIP, array=replace(CHIP.array, banks=banks))


def test_a_tile_higher_than_the_bank_it_is_tied_to_names_the_option():
    options = MapOptions(layers={"layer0": LayerOptions(bank="lower")})
    with pytest.raises(FitError, match="a tile takes 280 rows, bank lower has 200") as caught:
        run(network([(280, 4, "unsigned", 0)]), unequal_banks(), options, Job())
    assert "Drop --bank" in caught.value.hint
    assert "--tile-rows 200 " in caught.value.hint
    options = MapOptions(layers={"layer0": LayerOptions(bank="lower", copies=2)})
    with pytest.raises(FitError, match="2 copies take 560 rows, bank lower has 200") as caught:
        run(network([(280, 4, "unsigned", 0)]), unequal_banks(), options, Job())
    assert "--tile-rows 100 " in caught.value.hint
    assert "drop --bank for the layer: another bank has 896 rows" in caught.value.hint


def test_the_layer_of_one_of_several_networks_is_named_with_its_network():
    nets = [network([(rows, 4, "unsigned", 0)], tile_rows=1000) for rows in (9, 900)]
    with pytest.raises(FitError, match="900 rows, a bank has 896") as caught:
        run_all(nets, CHIP, MapOptions(), Job())
    assert caught.value.where == "network 2: layer0"
