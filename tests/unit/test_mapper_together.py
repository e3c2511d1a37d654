"""Several networks on one chip, and networks around an earlier layout."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.base.errors import DataError, FitError, StudioError, VerifyError
from studio.base.job import Job
from studio.formats import layers_txt, map_csv
from studio.mapper import stage
from studio.mapper.problem import Occupied
from studio.mapper.stage import LayerOptions, MapOptions, run, run_all
from studio.mapper.verify import verify_together

from .test_mapper_stage import ATTENTION, CHIP, network

SMALL = [(40, 30, "unsigned", 300), (25, 12, "pn", 90)]
NETS = (network(SMALL, 1), network([(60, 50, "unsigned", 200)], 2))


@pytest.fixture(scope="module")
def together():
    return run_all(NETS, CHIP, MapOptions(), Job())


def shifted(layout, index, **fields):
    blocks = list(layout.blocks)
    blocks[index] = replace(blocks[index], **fields)
    return replace(layout, blocks=tuple(blocks))


def test_networks_on_one_chip_do_not_touch(together):
    first, second = together
    assert [len(layout.blocks) for layout in together] == [2, 1]
    verify_together(together, CHIP, ())
    joint = map_csv.from_layouts(together, CHIP)
    array = map_csv.to_array(joint, CHIP)  # raises where a cell is written twice
    assert array.programmed.sum() == 40 * 30 + 50 * 12 + 60 * 50
    block = second.blocks[0]
    rows = slice(block.row, block.row + 60)
    columns = slice(block.column, block.column + 50)
    np.testing.assert_array_equal(array.cells[rows, columns], block.cells)
    assert len(joint) == sum(len(map_csv.from_layout(own, CHIP)) for own in (first, second))


def test_cells_of_two_networks_that_overlap_are_found(together):
    mine, other = together[0].blocks[0], together[1].blocks[0]
    moved = shifted(together[1], 0, row=mine.row, column=mine.column, bias_row=other.bias_row)
    with pytest.raises(VerifyError, match="cells overlap another block's") as caught:
        verify_together((together[0], moved), CHIP, ())
    assert caught.value.where.startswith("network 2: layer0")


def test_bias_rows_of_two_networks_that_overlap_are_found(together):
    """Also where the blocks lie in different banks."""
    mine, other = together[0].blocks[0], together[1].blocks[0]
    row = 896 if mine.row < 896 else 0
    apart = shifted(together[0], 1, column=900)
    moved = shifted(together[1], 0, row=row, column=mine.column, bias_row=mine.bias_row)
    assert other.bias_rows and mine.bias_rows
    with pytest.raises(VerifyError, match="bias rows overlap another block's"):
        verify_together((apart, moved), CHIP, ())
    far = shifted(moved, 0, bias_row=(mine.bias_row + 8) % 16)
    verify_together((apart, far), CHIP, ())


def test_blocks_on_occupied_cells_or_bias_rows_are_found(together):
    block = together[0].blocks[0]
    corner = Occupied(0, block.row + block.rows - 1, block.column + block.columns - 1, 9, 9)
    with pytest.raises(VerifyError, match="cells overlap those occupied before"):
        verify_together(together, CHIP, (corner,))
    beside = replace(corner, column=block.column + block.columns, row=1700, columns=1)
    verify_together((shifted(together[0], 1, column=900),), CHIP, (beside,))
    strip = Occupied(0, 1700, block.column, 5, 1, block.bias_row, 1)
    with pytest.raises(VerifyError, match="bias rows overlap those occupied before"):
        verify_together(together, CHIP, (strip,))


def test_what_is_occupied_may_overlap_itself(together):
    twice = (Occupied(0, 1700, 1000, 9, 9, 3, 4),) * 2
    verify_together(together, CHIP, twice)


def test_a_new_network_lies_around_an_earlier_layout(tmp_path):
    earlier = run(NETS[0], CHIP, MapOptions(), Job())
    path = tmp_path / "层 layers.txt"
    layers_txt.write(path, earlier)
    taken = layers_txt.occupied(path, CHIP)
    later = run(NETS[0], CHIP, MapOptions(occupied=taken), Job())
    assert len(later.blocks) == 2
    # One map of both has no cell twice: nothing of the new layout lies on the old one.
    map_csv.to_array(map_csv.from_layouts((earlier, later), CHIP), CHIP)


def test_the_rest_of_a_published_chip_is_used(shared):
    taken = layers_txt.occupied(shared / "vendor" / "mnist_attention" / "layers.txt", CHIP)
    assert [own.columns for own in taken] == [384, 10]
    assert [(own.bias_row, own.bias_rows) for own in taken] == [(0, 16), (0, 16)]
    layout = run(network(ATTENTION), CHIP, MapOptions(occupied=taken), Job())
    for block in layout.blocks:
        # All 16 bias rows over these columns are taken, whatever the bank.
        columns = {block.column, block.column + block.columns - 1}
        assert not any(640 <= column <= 1023 or 512 <= column <= 521 for column in columns)


def test_an_array_that_is_taken_has_no_room(tmp_path):
    path = tmp_path / "layers.txt"
    path.write_text("0, 1023, 0, 895, 0, 7, 512\n0, 1023, 896, 1791, 8, 15, 512\n", "utf-8")
    taken = layers_txt.occupied(path, CHIP)
    with pytest.raises(FitError):
        run(NETS[0], CHIP, MapOptions(occupied=taken), Job())


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("0, 1024, 0, 3, 0, 7, 512", r"line 2 reaches column 1024, WTM2101 has 0\.\.1023"),
        ("0, 9, 0, 1792, 0, 7, 512", r"line 2 reaches row 1792, WTM2101 has 0\.\.1791"),
        ("0, 9, 0, 3, 9, 16, 512", r"line 2 reaches bias row 16, WTM2101 has 0\.\.15"),
        ("0, 9, 0, 3, 0, 7, 512, 1", r"line 2 reaches array 1, WTM2101 has 0\.\.0"),
    ],
)
def test_a_layout_of_another_chip_is_refused_with_its_line(tmp_path, line, text):
    path = tmp_path / "layers.txt"
    path.write_text(f"128, 137, 0, 3, 0, 7, 512\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=text) as caught:
        layers_txt.occupied(path, CHIP)
    assert "made for another chip?" in caught.value.hint
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("0, 9, 890, 900, 0, 7, 512", r"line 2 has rows 890\.\.900.*upper 0\.\.895"),
        ("137, 140, 3, 9, 8, 9, 512", "lines 1 and 2 hold the same cells"),
        ("137, 140, 900, 909, 7, 9, 512", "lines 1 and 2 hold the same bias rows"),
    ],
)
def test_a_layout_no_chip_of_this_kind_can_have_is_refused(tmp_path, line, text):
    path = tmp_path / "layers.txt"
    path.write_text(f"128, 137, 0, 3, 0, 7, 512\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=text) as caught:
        layers_txt.occupied(path, CHIP)
    assert "made for another chip?" in caught.value.hint
    assert caught.value.where == str(path)


def test_blocks_that_only_touch_are_apart(tmp_path):
    path = tmp_path / "layers.txt"
    path.write_text(
        "128, 137, 0, 3, 0, 7, 512\n138, 140, 0, 3, 0, 7, 512\n128, 137, 4, 9, 8, 9, 512\n"
        "128, 137, 10, 12, 0, -1, 512\n",
        encoding="utf-8",
    )
    assert len(layers_txt.occupied(path, CHIP)) == 4


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_number(tmp_path):
    path = tmp_path / "layers.txt"
    path.write_text("128, 137, 0, 3, 0, 7, 512\n", encoding="utf-8-sig")
    assert layers_txt.occupied(path, CHIP)[0].column == 128


def test_a_missing_layers_txt_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot read") as caught:
        layers_txt.occupied(tmp_path / "no.txt", CHIP)
    assert "layers.txt" in caught.value.hint


def test_layer_options_reach_every_network_with_such_a_layer():
    options = MapOptions(layers={"layer0": LayerOptions(bank="lower")})
    for layout in run_all(NETS, CHIP, options, Job()):
        assert layout.blocks[0].layer == "layer0"
        assert layout.blocks[0].row >= 896


def test_a_layer_none_of_the_networks_has_is_refused():
    options = MapOptions(layers={"layer7": LayerOptions(bank="lower")})
    with pytest.raises(StudioError, match="layer7") as caught:
        run_all(NETS, CHIP, options, Job())
    assert "layer0" in caught.value.hint and "layer1" in caught.value.hint


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e9])
@pytest.mark.parametrize("name", ["seconds", "prove_seconds"])
def test_times_out_of_range_are_refused(name, seconds):
    with pytest.raises(StudioError, match=rf"{name} is .*, must be 0\.\.86400"):
        run(NETS[0], CHIP, MapOptions(**{name: seconds}), Job())


def test_proving_comes_last_and_its_layout_counts(monkeypatch):
    """OR-tools sees the problem as it was placed, and what it gives back becomes the layout."""
    asked = []

    def prove(problem, placements, search, seconds, job, where):
        asked.append((len(problem.requests), len(placements), problem.occupied, seconds, where))
        moved = tuple(replace(own, column=own.column + 300) for own in placements)
        return moved, replace(search, method="proved", optimal=True)

    plain = run(NETS[0], CHIP, MapOptions(), Job())
    monkeypatch.setattr(stage.prove, "prove", prove)
    taken = (Occupied(0, 1700, 1000, 9, 9),)
    layout = run(NETS[0], CHIP, MapOptions(occupied=taken, prove_seconds=2.5), Job())
    assert asked == [(2, 2, taken, 2.5, CHIP.name)]
    assert layout.search.method == "proved"
    assert [b.column for b in layout.blocks] == [b.column + 300 for b in plain.blocks]
    run(NETS[0], CHIP, MapOptions(), Job())
    assert len(asked) == 1, "not asked for, not proved"


def test_proving_without_or_tools_says_what_to_install(monkeypatch):
    monkeypatch.setattr(stage.prove, "available", lambda: False)
    with pytest.raises(StudioError, match="OR-tools is not installed") as caught:
        run(NETS[0], CHIP, MapOptions(prove_seconds=1), Job())
    assert "[prove]" in caught.value.hint
