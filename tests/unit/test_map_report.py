"""What ``map`` says of its layouts."""

from __future__ import annotations

from dataclasses import replace

from studio import map_report
from studio.base.job import Job
from studio.mapper.problem import Occupied
from studio.mapper.stage import MapOptions, run, run_all

from .test_mapper_stage import CHIP, network


def test_use_of_the_array_is_that_of_all_networks():
    nets = (network([(448, 448, "unsigned", 0)]), network([(896, 896, "unsigned", 100)]))
    layouts = run_all(nets, CHIP, MapOptions(), Job())
    assert any("Array use 62.50 %" in line for line in map_report.lines(layouts, CHIP, 8))
    tree = map_report.tree(layouts, CHIP, 8)
    assert tree["utilization"] == 0.625
    assert sorted(tree["utilization_banks"].values()) == [0.25, 1.0]
    assert tree["utilization_bias"] == 0.5
    assert tree["blocks"] == 2
    assert tree["search"]["method"]


def test_blocks_with_fewer_bias_rows_than_wanted_are_named():
    layout = run(network([(440, 890, "unsigned", 200)] * 4), CHIP, MapOptions(), Job())
    short = [block for block in layout.blocks if block.bias_rows < 8]
    assert len(short) >= 2
    [line] = [x for x in map_report.lines([layout], CHIP, 8) if x.startswith("Fewer bias rows")]
    for block in short:
        assert f"{block.layer} {block.bias_rows} of 8" in line
    entries = map_report.tree([layout], CHIP, 8)["short_blocks"]
    assert [(one["layer"], one["bias_rows"], one["wanted"]) for one in entries] == [
        (block.layer, block.bias_rows, 8) for block in short
    ]


def test_many_short_blocks_are_counted():
    net = network([(10, 10, "unsigned", 9)], matrices=20)
    layout = run(net, CHIP, MapOptions(bias_rows=2), Job())
    [line] = [x for x in map_report.lines([layout], CHIP, 8) if x.startswith("Fewer bias rows")]
    assert line.endswith("and 14 more")
    assert "layer0 2 of 8, layer0 matrix 1 2 of 8" in line
    assert len(map_report.tree([layout], CHIP, 8)["short_blocks"]) == 20


def test_blocks_without_a_bias_are_not_short():
    layout = run(network([(10, 10, "unsigned", 0)]), CHIP, MapOptions(), Job())
    assert not map_report.short_blocks([layout], 8)


def test_arrays_are_counted_where_the_chip_has_several():
    two = replace(CHIP, array=replace(CHIP.array, count=2))
    layout = run(network([(896, 896, "unsigned", 0)] * 3), two, MapOptions(), Job())
    assert any(
        line.startswith("Arrays: 2 of 2 used") for line in map_report.lines([layout], two, 8)
    )
    one = run(network([(9, 9, "unsigned", 0)]), CHIP, MapOptions(), Job())
    assert not any(line.startswith("Arrays") for line in map_report.lines([one], CHIP, 8))


def test_earlier_blocks_are_counted():
    net, taken = network([(9, 9, "unsigned", 0)]), (Occupied(0, 0, 128, 9, 9),) * 2
    for count, words in ((1, "1 earlier block"), (2, "2 earlier blocks")):
        layout = run(net, CHIP, MapOptions(occupied=taken[:count]), Job())
        assert f"Stayed clear of {words}" in map_report.lines([layout], CHIP, 8)
        assert map_report.tree([layout], CHIP, 8)["earlier_blocks"] == count
    alone = run(net, CHIP, MapOptions(), Job())
    assert not any("Stayed" in line for line in map_report.lines([alone], CHIP, 8))


def test_the_search_and_its_proof_are_told():
    layout = run(network([(9, 9, "unsigned", 0)]), CHIP, MapOptions(), Job())
    found = replace(layout.search, method="skyline", tries=3, seconds=0.004, proof="It is one.")
    proved = replace(layout, search=replace(found, optimal=True))
    lines = map_report.lines([proved], CHIP, 8)
    assert "Search: skyline, 3 layouts tried in 4 ms" in lines
    assert "Best possible: It is one." in lines
    unproved = replace(layout, search=replace(found, optimal=False, tries=1, seconds=2.5))
    lines = map_report.lines([unproved], CHIP, 8)
    assert "Search: skyline, 1 layout tried in 2.50 s" in lines
    assert "Not proved best: It is one." in lines


def test_a_network_without_array_operations_has_a_report():
    layout = run(network([]), CHIP, MapOptions(), Job())
    assert map_report.lines([layout], CHIP, 8)[0].startswith("Array use 0.00 %")
    assert map_report.tree([layout], CHIP, 8)["blocks"] == 0
