"""Blocks with a given place stay there, the others lie around; what cannot be is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.base.errors import FitError, StudioError
from studio.base.job import Job
from studio.mapper import copies, prove, stage, tiling
from studio.mapper.moving import places_of
from studio.mapper.options import MapOptions, Place
from studio.mapper.problem import Occupied
from studio.mapper.request import Placement, Search
from studio.mapper.stage import LayerOptions, run, run_all, verify
from studio.mapper.verify import verify_together

from . import conv_nets
from .test_mapper_properties import cases
from .test_mapper_stage import CHIP, network

NET = network([(300, 200, "unsigned", 300), (200, 90, "pn", 90), (80, 12, "unsigned", 0)], 1)
TWO = replace(CHIP, array=replace(CHIP.array, count=2))


def where(layouts):
    return [
        (b.layer, b.matrix, b.tile, b.first_column, b.columns, b.array, b.row, b.column, b.bias_row)
        for layout in layouts
        for b in layout.blocks
    ]


def all_places(layouts):
    return tuple(place for layout in layouts for place in places_of(layout))


def mapped(case):
    try:
        return run_all(case.networks, case.chip, case.options, Job())
    except FitError:
        return ()


@settings(max_examples=25, deadline=None)
@given(cases())
def test_a_layout_whose_places_are_all_given_comes_back_without_a_search(case):
    first = mapped(case)
    assume(first)
    options = replace(case.options, places=all_places(first), seconds=0.0)
    again = run_all(case.networks, case.chip, options, Job())
    assert where(again) == where(first)
    assert [own.utilization for own in again] == [own.utilization for own in first]
    if where(first):
        search = again[0].search
        assert (search.method, search.tries, search.optimal) == ("as given", 0, False)
        assert "nothing was searched" in search.proof
        assert (search.arrays, search.short) == (first[0].search.arrays, first[0].search.short)


@settings(max_examples=30, deadline=None)
@given(cases(), st.data())
def test_some_blocks_stay_and_the_others_lie_around(case, data):
    first = mapped(case)
    assume(first)
    every = all_places(first)
    kept = tuple(place for place in every if data.draw(st.booleans()))
    options = replace(case.options, places=kept)
    try:
        again = run_all(case.networks, case.chip, options, Job())
    except FitError as error:
        # The first layout is one: whatever is said, it is not that there is none.
        assert not error.message.startswith("proved: no layout exists")
        assert error.hint
        return
    for layout, net in zip(again, case.networks, strict=True):
        verify(layout, net, case.chip)
    verify_together(again, case.chip, case.options.occupied)
    now = {_key(place): place for place in all_places(again)}
    assert all(now[_key(place)] == replace(place, pinned=False) for place in kept)
    before, after = first[0].search, again[0].search
    if after.optimal and now.keys() == {_key(place) for place in every}:
        assert (after.arrays, after.short) <= (before.arrays, before.short)


def _key(place):
    return place.layer, place.matrix, place.tile, place.first_column, place.columns, place.points


def moved(layout, name, **fields):
    """The place of the first block of a layer, elsewhere."""
    place = next(own for own in places_of(layout) if own.layer == name)
    return replace(place, **fields)


def test_blocks_are_placed_around_one_on_reserved_columns():
    layout = run(NET, CHIP, MapOptions(), Job())
    place = moved(layout, "layer0", row=500, column=0)
    found = run(NET, CHIP, MapOptions(places=(place,)), Job())
    block, *others = found.blocks
    assert (block.row, block.column) == (500, 0)
    assert all(own.column >= CHIP.array.reserved_columns for own in others)
    assert 0 < found.utilization.cells < layout.utilization.cells
    assert found.search.proof.startswith("1 block lies where given")
    assert found.search.optimal


def test_a_tile_is_cut_around_a_part_of_it():
    place = Place("layer0", 0, 0, 70, 50, 0, 100, 300, 2, 8)
    found = run(NET, CHIP, MapOptions(places=(place,)), Job())
    spans = [(own.first_column, own.columns) for own in found.of("layer0", 0, 0)]
    assert spans == [(0, 70), (70, 50), (120, 80)]
    verify(found, NET, CHIP)


def test_the_rest_goes_to_the_array_that_is_used_already():
    place = Place("layer0", 0, 0, 0, 200, 1, 0, 200, 0, 8)
    found = run(NET, TWO, MapOptions(places=(place,)), Job())
    assert {own.array for own in found.blocks} == {1}
    assert (found.search.arrays, found.search.optimal) == (1, True)


def test_given_places_on_two_arrays_are_no_proof_of_two():
    places = (
        Place("layer0", 0, 0, 0, 200, 1, 0, 200, 0, 8),
        Place("layer2", 0, 0, 0, 12, 0, 0, 200, 0, 0),
    )
    found = run(NET, TWO, MapOptions(places=places), Job())
    assert found.search.arrays == found.search.least_arrays == 2
    assert "The given places lie on 2 arrays." in found.search.proof


def test_copies_and_points_keep_their_places():
    net = conv_nets.network([((3, 3), (1, 1), 16), ((3, 3), (1, 1), 16)], (8, 8, 3))
    layer = net.array_ops[0].name
    options = MapOptions(layers={layer: LayerOptions(copies=2, points=2)})
    layout = run(net, CHIP, options, Job())
    place = moved(layout, layer, row=900, column=400)
    found = run(net, CHIP, replace(options, places=(place,)), Job())
    verify(found, net, CHIP)
    block = next(own for own in found.blocks if own.layer == layer)
    assert (block.row, block.column, block.points, block.copies) == (900, 400, 2, 2)
    with pytest.raises(StudioError, match="computes 2 points a round there, the layer now 1"):
        run(net, CHIP, MapOptions(places=(place,)), Job())


def test_points_found_for_speed_stay_with_the_place():
    net = conv_nets.network([((3, 3), (1, 1), 16), ((3, 3), (1, 1), 16)], (8, 8, 3))
    options = MapOptions(duplicate=True)
    layout = run(net, CHIP, options, Job())
    block = max(layout.blocks, key=lambda own: own.points)
    assert block.points > 1
    place = next(own for own in places_of(layout) if own.layer == block.layer)
    found = run(net, CHIP, replace(options, places=(place,)), Job())
    again = next(own for own in found.blocks if own.layer == block.layer)
    assert (again.points, again.row, again.column) == (block.points, block.row, block.column)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"layer": "gone"}, "the place given for gone fits no block any more: the network has no"),
        ({"matrix": 3}, "layer0 matrix 3 fits no block any more: the layer has no such matrix"),
        ({"tile": 1}, "no such matrix or row tile"),
        ({"columns": 300}, r"would hold columns 0\.\.299 of its matrix, which has 200"),
        ({"first_column": 150}, r"would hold columns 150\.\.349"),
        ({"points": 2}, "computes 2 points a round there, the layer now 1"),
        ({"array": 1}, "there is no array 1, WTM2101 has 1"),
        ({"column": 900}, r"columns 900\.\.1099 leave the array, which has 1024"),
        ({"column": -1}, r"columns -1\.\.198 leave the array"),
        ({"row": 700}, r"rows 700\.\.999 do not lie in one bank"),
        ({"bias_rows": 1}, "layer0 has 1 bias rows where it was placed by hand, its bias needs 2"),
        ({"bias_row": 12}, r"bias rows 12\.\.19 of layer0 leave the strip, which has 16"),
    ],
)
def test_a_place_that_cannot_be_says_why(fields, text):
    place = replace(Place("layer0", 0, 0, 0, 200, 0, 0, 200, 0, 8), **fields)
    with pytest.raises(StudioError, match=text) as caught:
        run(NET, CHIP, MapOptions(places=(place,)), Job())
    assert "Forget places" in caught.value.hint
    assert caught.value.where == place.layer


@pytest.mark.parametrize(
    ("second", "text"),
    [
        ((0, 299, 399, 8), "layer0 cannot lie .* some of its cells are also those of layer1"),
        ((0, 1000, 399, 7), "layer0 cannot lie .* some of its bias rows are also those of layer1"),
    ],
)
def test_two_places_that_meet_name_both_blocks(second, text):
    array, row, column, bias_row = second
    places = (
        Place("layer0", 0, 0, 0, 200, 0, 0, 200, 0, 8),
        Place("layer1", 0, 0, 0, 90, array, row, column, bias_row, 8),
    )
    with pytest.raises(StudioError, match=text):
        run(NET, CHIP, MapOptions(places=places), Job())
    apart = (places[0], replace(places[1], row=1000, bias_row=8))
    assert len(run(NET, CHIP, MapOptions(places=apart), Job()).blocks) == 3


def test_a_place_counts_more_than_the_bank_chosen_for_its_layer():
    place = Place("layer0", 0, 0, 0, 200, 0, 0, 200, 0, 8)
    tied = {"layer0": LayerOptions(bank="lower")}
    found = run(NET, CHIP, MapOptions(places=(place,), layers=tied), Job())
    assert found.blocks[0].row == 0


def test_a_place_on_an_earlier_layout_is_refused():
    place = Place("layer0", 0, 0, 0, 200, 0, 0, 200, 0, 8)
    held = (Occupied(0, 299, 399, 1, 1),)
    with pytest.raises(StudioError, match="are those of an earlier layout"):
        run(NET, CHIP, MapOptions(places=(place,), occupied=held), Job())


def test_two_places_for_the_same_columns_and_for_two_networks_are_refused():
    place = Place("layer0", 0, 0, 0, 200, 0, 0, 200, 0, 8)
    with pytest.raises(StudioError, match="column 0 of its matrix has a given place already"):
        run(NET, CHIP, MapOptions(places=(place, replace(place, column=500))), Job())
    with pytest.raises(StudioError, match="several networks have a layer of this name"):
        stage.run_all((NET, NET), CHIP, MapOptions(places=(place,)), Job())


def test_places_in_the_way_are_named_as_a_reason():
    """A block in the middle of both banks leaves no room for a large one."""
    net = network([(20, 20, "unsigned", 90), (896, 700, "unsigned", 90), (896, 600, "unsigned", 0)])
    assert run(net, CHIP, MapOptions(), Job())
    places = (
        Place("layer0", 0, 0, 0, 20, 0, 440, 560, 0, 8),
        Place("layer2", 0, 0, 0, 600, 0, 896, 128, 0, 0),
    )
    with pytest.raises(FitError, match="2 blocks stay where given") as caught:
        run(net, CHIP, MapOptions(places=places, seconds=0.1, finest_columns=1000), Job())
    assert caught.value.hint.startswith("Take pins away (Mapper > Forget places).")


def test_or_tools_moves_no_given_block():
    """It finds the layout and proves it, around a block that lies where it was given."""
    pytest.importorskip("ortools")
    net = network([(400, 300, "unsigned", 300), (500, 500, "unsigned", 90)] * 2, 3)
    given = {"places": (Place("layer0", 0, 0, 0, 300, 1, 200, 700, 8, 8),)}
    options = MapOptions(**given)
    schemes = copies.schemes((net,), options, TWO)
    requests = tiling.requests((net,), TWO, options, schemes, 900)
    problem = tiling.problem(requests, TWO, options)
    nothing = Search("", 0, 0.0, 0, 0, 0, optimal=False, proof="")
    found, search = prove.prove(problem, (), nothing, 3.0, Job())
    assert found[0] == Placement(1, 200, 700, 8, 8)
    assert {own.array for own in found} == {1}
    assert (search.arrays, search.short) == (1, 0)
    assert search.optimal
    assert search.proof.startswith("1 block lies where given")
    again, search = prove.prove(problem, found, replace(nothing, arrays=1), 3.0, Job())
    assert again == found
    assert search.optimal


def test_or_tools_has_nothing_to_do_where_every_place_is_given():
    pytest.importorskip("ortools")
    layout = run(NET, CHIP, MapOptions(), Job())
    options = MapOptions(places=places_of(layout), prove_seconds=1.0)
    found = run(NET, CHIP, options, Job())
    assert where([found]) == where([layout])
    assert found.search.method == "as given"
