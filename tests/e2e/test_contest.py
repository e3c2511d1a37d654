"""``cim-studio contest`` as its user runs it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from .commands import cim, good
from .test_bad_input import error

NETWORK = "index,rows,columns,predecessors\n0,60,50,\n1,60,50,\n2,60,50,0 1\n3,60,50,0;1\n"
CHIP = "core_id,rows,columns\n5,60,100\n8,70,110\n9,10,10\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A network and a chip in a folder with an awkward name."""
    found = tmp_path / "竞赛 one"
    found.mkdir()
    (found / "net.csv").write_text(NETWORK, encoding="utf-8")
    (found / "chip.csv").write_text(CHIP, encoding="utf-8")
    return found


def test_blocks_are_placed_and_measured(folder: Path) -> None:
    found = good("contest", "net.csv", "--chip", "chip.csv", "--out", "放.csv", cwd=folder)
    with (folder / "放.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["core_id", "index", "w_col_start", "w_row_start"]
    assert [row["index"] for row in rows] == ["0", "1", "2", "3"]
    # Both layers spread over the two cores that are large enough: two steps.
    assert rows[0]["core_id"] != rows[1]["core_id"]
    assert {row["core_id"] for row in rows} == {"5", "8"}
    assert (found["cores_used"], found["steps"], found["bound"]) == (2, 2, 2)
    assert found["efficiency"] == 1
    assert found["utilization_used"] == pytest.approx(12000 / (6000 + 7700))


def test_equal_cores_need_no_file(folder: Path) -> None:
    words = "contest", "net.csv", "--cores", "3", "--rows", "64", "--columns", "128"
    done = cim(*words, "--out", "new/placed.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "parallel efficiency" in done.stdout
    assert (folder / "new" / "placed.csv").read_text(encoding="utf-8").count("\n") == 5


def test_bad_contest_input_is_refused_and_nothing_is_written(folder: Path) -> None:
    def refused(*words: str) -> dict[str, str]:
        return error("contest", *words, cwd=folder)

    chip = "--chip", "chip.csv"
    assert "given twice" in refused("net.csv", *chip, "--cores", "2", "--out", "o")["message"]
    assert "not given" in refused("net.csv", "--cores", "2", "--out", "o")["message"]
    assert "replace the input" in refused("net.csv", *chip, "--out", "./net.csv")["message"]
    assert "no.csv" in refused("no.csv", *chip, "--out", "o")["where"]
    assert "range" in refused("net.csv", *chip, "--seconds", "inf", "--out", "o")["message"]
    (folder / "net.csv").write_text(NETWORK + "4,80,1,\n", encoding="utf-8")
    found = refused("net.csv", *chip, "--out", "o")
    assert found["kind"] == "FitError"
    assert "line 6: block 4" in found["message"]
    (folder / "net.csv").write_text(NETWORK + "4,1,1,5\n5,1,1,4\n", encoding="utf-8")
    assert "cycle: 4 -> 5 -> 4" in refused("net.csv", *chip, "--out", "o")["message"]
    assert {path.name for path in folder.iterdir()} == {"net.csv", "chip.csv"}
