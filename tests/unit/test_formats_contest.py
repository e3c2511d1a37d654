"""The contest's CSV files: what is accepted, what is refused and how, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.base.errors import DataError, FitError, ProjectError
from studio.base.job import Job
from studio.formats import contest as files
from studio.mapper import contest_solve
from studio.mapper.contest import LARGEST, Core, Node, Placed

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def network(folder: Path, text: str | bytes) -> tuple[Node, ...]:
    return files.read_network(put(folder, text))


def put(folder: Path, text: str | bytes) -> Path:
    path = folder / "网络 net.csv"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def chip(folder: Path, text: str) -> tuple[Core, ...]:
    return files.read_chip(put(folder, text))


DIAMOND = (Node(0, 8, 4), Node(1, 5, 6, (0,)), Node(2, 5, 6, (0,)), Node(7, 3, 3, (1, 2)))


@pytest.mark.parametrize(
    "text",
    [
        'index,rows,columns,predecessors\n0,8,4,\n1,5,6,0\n2,5,6,0\n7,3,3,"1,2"\n',
        '0,8,4,\n1,5,6,0\n2,5,6,0\n7,3,3,"1,2"\n',
        "0,8,4\n1,5,6,0\n2,5,6,0\n7,3,3,1 2",
        "0,8,4,[]\r\n1,5,6,[0]\r\n2,5,6,[0]\r\n7,3,3,1;2\r\n",
        '\n0, 8, 4, -1\n\n1, 5, 6, 0\n2, 5, 6, 0\n7, 3, 3, "[1, 2]"\n,,,\n',
        "0,8,4,none\n1,5,6,0,\n2,5,6,0\n7,3,3,1,2\n",
        "0,8,4,-\n1,5,6,0\n2,5,6,0\n7,3,3,[1,2]\n",
        "index\trows\tcolumns\tpredecessors\n0\t8\t4\t\n1\t5\t6\t0\n2\t5\t6\t0\n7\t3\t3\t1, 2\n",
        "Index;Rows;Columns;Predecessors\n0;8;4;\n1;5;6;0\n2;5;6;0\n7;3;3;1 2\n",
        "\ufeffindex,rows,columns,predecessors\n0,8,4,\n1,5,6,0\n2,5,6,0.0\n7,3,3,1；2、2\n",
        "name,predecessor,cols,rows,ID\na,,4,8,0\nb,0,6,5,1\nc,0,6,5,2\nd,1 2,3,3,7\n",
    ],
)
def test_a_network_is_read_however_a_person_writes_it(tmp_path: Path, text: str) -> None:
    assert network(tmp_path, text) == DIAMOND


def test_blocks_may_stand_before_the_ones_they_need(tmp_path: Path) -> None:
    found = network(tmp_path, "5,2,2,3\n3,2,2,\n")
    assert [(own.index, own.predecessors, own.line) for own in found] == [(5, (3,), 1), (3, (), 2)]


def test_the_predecessors_column_may_be_left_out(tmp_path: Path) -> None:
    assert network(tmp_path, "index,rows,columns\n4,2,3\n") == (Node(4, 2, 3),)


@pytest.mark.parametrize("head", ["", "core_id,rows,columns\n", "rows,core,cols\n"])
def test_a_chip_is_read_with_and_without_names(tmp_path: Path, head: str) -> None:
    lines = "10,3,20\n5,8,6\n" if head.startswith("rows") else "3,10,20\n8,5,6\n"
    assert chip(tmp_path, head + lines) == (Core(3, 10, 20), Core(8, 5, 6))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no block"),
        ("\n ,\n", "no block"),
        ("index,rows,columns,predecessors\n", "no block"),
        ("0,8,4,\n1,5,6,1\n", "line 2: the predecessors form a cycle: 1 -> 1"),
        ("0,8,4,2\n1,5,6,0\n2,5,6,1\n3,1,1,2\n", "cycle: 0 -> 1 -> 2 -> 0"),
        ("0,8,4,\n1,5,6,9\n", "line 2: block 1 needs block 9, which does not exist"),
        ("0,8,4,\n1,5,6,-2\n", "line 2: block 1 needs block -2, which does not exist"),
        ("0,8,4,\n\n0,5,6,\n", "line 3: block 0 stands there already, in line 1"),
        ("0,8,4,\n1,x,6,\n", "line 2: rows holds 'x'"),
        ("0,8,4.5,\n", "line 1: columns holds '4.5'"),
        ("0,8,4,\n1,5,6,a\n", "line 2: predecessors holds 'a'"),
        ("0,8,4,\n1,5\n", "line 2: columns is missing"),
        ("0,8,4,\n1,,6,\n", "line 2: rows is missing"),
        ("0,-8,4,\n", "line 1: block 0 has -8 rows"),
        ("0,8,0,\n", "line 1: block 0 has 0 columns"),
        (f"0,8,{LARGEST + 1},\n", f"block 0 has {LARGEST + 1} columns"),
        ("-3,8,4,\n", "line 1: block -3: the number is negative"),
        ("0,8," + "9" * 5000 + ",\n", "which is no whole number"),
        ("index,rows,width\n0,1,1\n", "line 1, the line of names, has no column columns"),
        ("index,rows,cols,columns\n0,1,1,1\n", "has the column columns twice"),
        ("hello\n", "has no column index"),
        ("predecessors,index,rows,columns\n1,2,3,4,5\n", "line 2 has 5 fields, 4 are expected"),
        ('0,8,4,"1 2\n1,5,6,\n', "unexpected end of data"),
        (b"0,8,4,\n1,5,6,\xff\xfe\n", "line 2 is no UTF-8 text"),
        (b"0,8,4,\n\x00\x00,5\n", "line 2"),
    ],
)
def test_a_broken_network_is_refused_with_line_and_advice(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        network(tmp_path, text)
    assert words in caught.value.message
    assert caught.value.hint
    assert "网络 net.csv" in caught.value.where


def test_a_long_cycle_is_named_in_short(tmp_path: Path) -> None:
    ring = "".join(f"{at},1,1,{(at - 1) % 500}\n" for at in range(500))
    with pytest.raises(DataError) as caught:
        network(tmp_path, ring)
    assert "…" in caught.value.message
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no core"),
        ("0,8,4\n0,8,4\n", "line 2: core 0 stands there already"),
        ("0,8\n", "line 1: columns is missing"),
        ("0,8,4,2\n", "line 1 has 4 fields, 3 are expected"),
        ("0,0,4\n", "line 1: core 0 has 0 rows"),
        ("-1,3,4\n", "line 1: core -1: the number is negative"),
        ("a,3,4\n", "line 1: core_id holds 'a'"),
    ],
)
def test_a_broken_chip_is_refused_with_line_and_advice(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        chip(tmp_path, text)
    assert words in caught.value.message
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no\.csv.*cannot be read"):
        files.read_chip(tmp_path / "no.csv")
    with pytest.raises(DataError, match="cannot be read"):
        files.read_network(tmp_path)


def test_places_are_written_one_line_a_block(tmp_path: Path) -> None:
    path = tmp_path / "新 folder" / "placed.csv"
    files.write_places(path, [Placed(core_id=2, index=7, column=30, row=4)])
    assert path.read_bytes() == b"core_id,index,w_col_start,w_row_start\n2,7,30,4\n"


def test_a_place_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be written"):
        files.write_places(tmp_path, [])
    assert list(tmp_path.iterdir()) == []


numbers = st.integers(0, 10**6)
sizes = st.tuples(st.integers(1, 30), st.integers(1, 30))


@st.composite
def networks(draw: st.DrawFn) -> tuple[Node, ...]:
    """Up to 14 blocks of any order, each needing some of those drawn before it."""
    names = draw(st.lists(numbers, min_size=1, max_size=14, unique=True))
    nodes = []
    for at, index in enumerate(names):
        before = draw(st.lists(st.sampled_from(names[:at]), max_size=3, unique=True)) if at else []
        nodes.append(Node(index, *draw(sizes), tuple(before)))
    return tuple(draw(st.permutations(nodes)))


@st.composite
def chips(draw: st.DrawFn) -> tuple[Core, ...]:
    names = draw(st.lists(numbers, min_size=1, max_size=6, unique=True))
    each = st.tuples(st.integers(10, 60), st.integers(10, 60))
    return tuple(Core(name, *draw(each)) for name in names)


@QUICK
@given(nodes=networks(), cores=chips())
def test_networks_chips_and_places_survive_their_files(
    tmp_path: Path, nodes: tuple[Node, ...], cores: tuple[Core, ...]
) -> None:
    assert network(tmp_path, files.network_text(nodes)) == nodes
    assert chip(tmp_path, files.chip_text(cores)) == cores
    try:
        found = contest_solve.solve(nodes, cores, "net", 0.01, Job())
    except FitError:
        return
    path = tmp_path / "placed.csv"
    files.write_places(path, found.placed)
    assert files.read_places(path) == found.placed


@QUICK
@given(text=st.text(st.sampled_from('0123, ;-[]"\n\rx\tindexrowscolumns\x00'), max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused_in_words(tmp_path: Path, text: str) -> None:
    for read in (files.read_network, files.read_chip, files.read_places):
        try:
            read(put(tmp_path, text))
        except DataError as error:
            assert error.hint
