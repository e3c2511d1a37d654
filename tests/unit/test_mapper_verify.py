"""The verifier finds every kind of wrong layout, and accepts the published ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.base.errors import VerifyError
from studio.base.job import Job
from studio.formats import layers_txt, map_csv
from studio.mapper.layout import Block, Layout, Utilization, bias_cells
from studio.mapper.stage import MapOptions, run, verify
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, RowTile

from .test_mapper_stage import CHIP, SPEECH, network

NET = network([(100, 30, "unsigned", 700), (60, 2000, "shift", 90), (50, 8, "pn", 0)], tile_rows=64)


@pytest.fixture(scope="module")
def layout():
    return run(NET, CHIP, MapOptions(), Job())


def changed(layout, index, **fields):
    blocks = list(layout.blocks)
    blocks[index] = replace(blocks[index], **fields)
    return replace(layout, blocks=tuple(blocks))


def refuse(layout, text, net=NET, chip=CHIP):
    with pytest.raises(VerifyError, match=text):
        verify(layout, net, chip)


def test_the_layout_itself_is_accepted(layout):
    verify(layout, NET, CHIP)


def test_another_chip_is_found(layout):
    refuse(replace(layout, chip="other"), "chip other")


def test_a_missing_block_is_found(layout):
    for index in range(len(layout.blocks)):
        blocks = layout.blocks[:index] + layout.blocks[index + 1 :]
        refuse(replace(layout, blocks=blocks), "covered|on the array")


def test_blocks_out_of_order_or_twice_are_found(layout):
    refuse(replace(layout, blocks=layout.blocks[::-1]), "execution order")
    refuse(replace(layout, blocks=(layout.blocks[0], *layout.blocks)), "execution order")


def test_a_block_of_no_layer_matrix_or_tile_is_found(layout):
    refuse(changed(layout, 0, layer="nobody"), "no such array operation")
    refuse(changed(layout, -1, tile=7), "on the array|no such matrix")
    extra = replace(layout.blocks[-1], matrix=1, column=300, row=500)
    refuse(replace(layout, blocks=(*layout.blocks, extra)), "no such matrix or tile")


def test_two_operations_of_one_name_are_found(layout):
    refuse(layout, "same name", net=replace(NET, ops=(*NET.ops, NET.ops[0])))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"column": -1}, "leave the array"),
        ({"column": 1000}, "leave the array"),
        ({"array": 1}, "array 1 of 1"),
        ({"row": -1}, "one bank"),
        ({"row": 880}, "one bank"),
        ({"row": 1770}, "one bank"),
        ({"bias_row": -1}, "leave the strip"),
        ({"bias_row": 15}, "leave the strip"),
        ({"first_column": 1}, "not covered exactly once"),
        ({"gain": 512}, "gain 512 instead of 1024"),
        ({"cells": np.zeros((0, 30), np.int16)}, "without cells"),
        ({"cells": np.zeros(30, np.int16)}, "two axes"),
        ({"bias_cells": np.zeros((8, 29), np.int16)}, "block's columns"),
        ({"bias_cells": np.zeros((0, 30), np.int16)}, "add up"),
    ],
)
def test_wrong_places_are_found(layout, fields, text):
    refuse(changed(layout, 0, **fields), text)


def test_overlapping_cells_are_found(layout):
    first = layout.blocks[0]
    refuse(
        changed(layout, 1, row=first.row + first.rows - 1, column=first.column),
        "cells overlap those of layer0",
    )


def test_overlapping_bias_rows_are_found_across_banks(layout):
    one = network([(800, 300, "unsigned", 9)] * 2)
    good = run(one, CHIP, MapOptions(), Job())
    lower = replace(
        good.blocks[1], row=896, column=good.blocks[0].column, bias_row=good.blocks[0].bias_row + 7
    )
    refuse(replace(good, blocks=(good.blocks[0], lower)), "bias rows overlap", net=one)


def test_a_wrong_cell_is_found(layout):
    for index in range(len(layout.blocks)):
        cells = layout.blocks[index].cells.copy()
        cells[-1, -1] ^= 1
        refuse(changed(layout, index, cells=cells), "cells differ")


def test_a_wrong_bias_is_found(layout):
    cells = layout.blocks[0].bias_cells.copy()
    cells[0, 0] += 1
    refuse(changed(layout, 0, bias_cells=cells), "add up")


def test_a_bias_spread_otherwise_is_found(layout):
    cells = layout.blocks[0].bias_cells.copy()
    cells[0, 0] += 1
    cells[-1, 0] -= 1
    refuse(changed(layout, 0, bias_cells=cells), "maker's rule")
    cells[:, 0] = layout.blocks[0].bias_cells[:, 0]
    cells[:-1, 0] += 1
    cells[-1, 0] -= len(cells) - 1
    refuse(changed(layout, 0, bias_cells=cells), "maker's rule")


def test_halves_must_be_rounded_away_from_zero():
    net = network([(9, 1, "unsigned", 0)])
    for steps, wrong in ((5, 2), (-5, -2)):
        bias = np.array([steps * 128], np.int32)
        matrix = replace(net.ops[0].matrices[0], tiles=(RowTile(0, 9, bias),))
        one = replace(net, ops=(replace(net.ops[0], matrices=(matrix,)),))
        layout = run(one, CHIP, MapOptions(bias_rows=2), Job())
        assert abs(int(layout.blocks[0].bias_cells[0, 0])) == 3
        cells = np.array([[wrong], [steps - wrong]], np.int16)
        refuse(changed(layout, 0, bias_cells=cells), "maker's rule", net=one)


def test_too_few_bias_rows_are_found(layout):
    tile = NET.ops[0].matrices[0].tiles[0]
    two = bias_cells(tile.bias, 2, 128)
    refuse(changed(layout, 0, bias_cells=two), "2 bias rows cannot hold 700 steps")


def test_a_cell_no_flash_can_hold_is_found():
    net = network([(9, 4, "unsigned", 0)])
    matrix = net.ops[0].matrices[0]
    heavy = replace(matrix, weights=np.full((9, 4), 276, np.int16))
    net = replace(net, ops=(replace(net.ops[0], matrices=(heavy,)),))
    with pytest.raises(VerifyError, match="275"):
        run(net, CHIP, MapOptions(), Job())


def published(folder, specs, cells=None):
    """The maker's layout of a network, as our dataclasses."""
    lines = layers_txt.read(folder / "layers.txt")
    ops, blocks = [], []
    for index, (line, (encoding, bias_rows)) in enumerate(zip(lines, specs, strict=True)):
        columns = slice(line.col_start, line.col_end + 1)
        if cells is None:
            weights = np.random.default_rng(index).integers(-128, 128, (line.rows, line.columns))
            weights = weights.astype(np.int16)
        else:
            weights = cells.cells[line.row_start : line.row_end + 1, columns]
            assert cells.programmed[line.row_start : line.row_end + 1, columns].all()
            strip = cells.bias[line.bias_row_start : line.bias_row_end + 1, columns]
            np.testing.assert_array_equal(strip, bias_rows)
        half = line.rows // (2 if encoding == "pn" else 1)
        bias = bias_rows.sum(axis=0, dtype=np.int32) * 128
        matrix = Matrix("m", weights[:half], encoding, line.gain, (RowTile(0, half, bias),))
        ops.append(ArrayOp(f"layer{index}", "x", "x", (matrix,)))
        blocks.append(
            Block(
                layer=f"layer{index}",
                matrix=0,
                tile=0,
                first_column=0,
                gain=line.gain,
                array=0,
                row=line.row_start,
                column=line.col_start,
                bias_row=line.bias_row_start,
                cells=weights,
                bias_cells=bias_rows,
            )
        )
    net = QNetwork("net", CHIP.id, ("x",), ("x",), tuple(ops), {})
    return net, Layout(CHIP.id, tuple(blocks), Utilization(0, (0, 0), 0), 0, 0)


def test_the_published_attention_layout_is_accepted_with_its_own_cells(shared):
    folder = shared / "vendor" / "mnist_attention"
    traces = np.load(folder / "traces.npz")
    cells = map_csv.to_array(map_csv.read(folder / "map.csv"), CHIP)
    net, layout = published(
        folder,
        [("unsigned", traces["qkvmat_bias_rows"]), ("pn", traces["head_bias_rows"])],
        cells,
    )
    verify(layout, net, CHIP)
    assert [(b.rows, b.columns) for b in run(net, CHIP, MapOptions(), Job()).blocks] == [
        (392, 384),
        (512, 10),
    ]


def test_the_published_speech_layout_is_accepted(shared):
    folder = shared / "vendor" / "speech_dnn"
    traces = np.load(folder / "traces.npz")
    specs = [("unsigned", traces[f"linear_{i}_bias_rows"]) for i in range(1, 6)]
    net, layout = published(folder, specs)
    assert [(b.rows, b.columns) for b in layout.blocks] == [(r, c) for r, c, _, _ in SPEECH]
    verify(layout, net, CHIP)
