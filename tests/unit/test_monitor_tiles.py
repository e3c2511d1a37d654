"""Tiles of a dashboard as plain values, those there are by themselves, and invitations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import project_file
from studio.base.errors import DataError
from studio.monitor import invitation, tiles
from studio.monitor.classroom import Place
from studio.monitor.verdict import Threshold, Tile
from studio.project_file import ProjectFile

OWN = (
    Tile("", "accuracy", Threshold(0.9, 0.9)),
    Tile("温度", "gauge", Threshold(20.0, 25.5), 3.0, "Temperature <b>"),
    Tile("net_output", "lamp", Threshold(0, 0)),
    Tile("v"),
)


def test_tiles_survive_json_and_the_project_file(tmp_path: Path) -> None:
    tables = [tiles.plain(tile) for tile in OWN]
    assert tiles.read(json.loads(json.dumps(tables))) == OWN
    assert tables[3] == {"show": "number", "series": "v"}
    project_file.save(ProjectFile(tmp_path, "digits", dashboard=tuple(tables)))
    read = project_file.load(tmp_path)
    assert tiles.read(read.dashboard) == OWN
    project_file.save(ProjectFile(tmp_path, "digits"))
    assert project_file.load(tmp_path).dashboard == ()


def test_a_project_with_a_strange_dashboard_opens(tmp_path: Path) -> None:
    (tmp_path / project_file.NAME).write_text(
        'schema = 1\nname = "x"\ndashboard = [3, { show = "dance" }, { series = "v", show ='
        ' "gauge", stale = -1, good = "high" }]\n',
        encoding="utf-8",
    )
    found = project_file.load(tmp_path)
    assert tiles.read(found.dashboard) == (Tile("v", "gauge"),)
    project_file.save(found)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["show", "series", "title", "good", "bad", "stale"]),
            st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.just("number")),
        )
        | st.text()
    )
)
def test_any_table_is_a_tile_or_none(tables: list[Any]) -> None:
    found = tiles.read(tables)
    assert len(found) <= tiles.MOST
    assert tiles.read([tiles.plain(tile) for tile in found]) == found
    assert all(tile.stale > 0 for tile in found)


def test_without_set_up_the_accuracy_and_the_first_names() -> None:
    names = ["ratio", *(f"v{n}" for n in range(20))]
    found = tiles.automatic(names, accuracy=True)
    assert found[0].show == "accuracy"
    assert [tile.series for tile in found[1:]] == ["v0", "v1", "v2", "v3", "v4"]
    assert [tile.series for tile in tiles.automatic(["ratio"], accuracy=False)] == ["ratio"]
    assert tiles.automatic([], accuracy=False) == ()


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.20", "lab-pc", "fe80::1"])
def test_an_invitation_is_read_as_it_was_written(host: str) -> None:
    place = Place(host, 40123, "aB-_9")
    text = invitation.write(place)
    assert text.startswith("cim://")
    assert invitation.read(f"Look here: <{text}>, please\n{text}") == (place,)


def test_several_invitations_at_once() -> None:
    places = tuple(Place("10.0.0.1", 4000 + n, f"t{n}") for n in range(40))
    text = "\u2028".join(invitation.write(place) for place in places)
    assert invitation.read(text) == places


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "http://10.0.0.1:80/token", "cim://", "cim://10.0.0.1/token",
        "cim://10.0.0.1:99999/token", "cim://10.0.0.1:80/", "cim://10.0.0.1:80/a/b",
        "cim://[::1/token", "cim://10.0.0.1:80/to%0Aken",
    ],
)  # fmt: skip
def test_what_is_no_invitation_says_so(text: str) -> None:
    with pytest.raises(DataError) as caught:
        invitation.read(text)
    assert caught.value.hint


@given(st.text())
def test_no_text_does_more_than_fail(text: str) -> None:
    try:
        assert invitation.read(f"cim://{text}")
    except DataError as error:
        assert error.message
