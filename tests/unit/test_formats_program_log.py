"""The programming tool's log: what is read from it, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.base.errors import DataError
from studio.formats import program_log

HEAD = "**  Witmem Program Tool for WTM2101 V1.4.0.0  **\n"
GOOD = (
    HEAD
    + """
STAT START 0
0	5.36	2.66	8.28	1.97	0.81	0.01	6.00	0.01	0.97	0.28	0.9868
0	4.61	2.12	8.28	1.97	0.82	-0.00	0.00	0.00	0.97	0.32	0.9913
1	6.61	2.88	5.68	2.58	0.77	0.11	3.17	0.11	0.94	0.54	0.9858
1	6.71	2.58	5.68	2.58	0.88	-0.00	0.00	-0.00	0.94	0.41	0.9882
STAT END 0

Refine: 2/2 ...
STAT START 1
0	4.99	2.54	9.01	1.99	0.92	-0.09	7.57	-0.09	1.00	-0.05	0.9882
0	4.59	2.19	9.01	1.99	0.83	-0.00	0.00	-0.00	0.99	0.08	0.9909
1	4.92	2.69	5.55	2.45	0.76	-0.03	3.86	-0.03	1.00	-0.05	0.9878
1	4.86	2.50	5.55	2.45	0.73	0.00	0.00	0.00	1.00	-0.02	0.9893
STAT END 1
Tag: ABCD0100
Program Finished!  (2024-05-29 23:26:47)
Total program time: 371 sec.
"""
)


def write(folder: Path, text: str) -> Path:
    path = folder / "日志 log.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_statistics_of_every_pass_and_the_end(tmp_path: Path) -> None:
    log = program_log.read(write(tmp_path, GOOD))
    assert (log.chip, log.version) == ("WTM2101", "1.4.0.0")
    assert (log.tag, log.seconds, log.finished) == ("ABCD0100", 371, True)
    assert [own.number for own in log.passes] == [0, 1]
    first = log.passes[0].before[1]
    assert first.layer == 1 and first.correlation == 0.9858
    assert first.figures == (6.61, 2.88, 5.68, 2.58, 0.77, 0.11, 3.17, 0.11, 0.94, 0.54)
    assert log.correlations == (0.9909, 0.9893)


def test_windows_line_ends_and_a_log_that_was_cut_off_after_a_pass(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(GOOD[: GOOD.index("Refine")].replace("\n", "\r\n").encode())
    log = program_log.read(path)
    assert log.correlations == (0.9913, 0.9882)
    assert (log.tag, log.seconds, log.finished) == (None, None, False)


def test_a_real_log(shared: Path) -> None:
    log = program_log.read(shared / "vendor" / "program_tool.log")
    assert len(log.passes) == 2 and len(log.correlations) == 20
    assert (log.tag, log.seconds, log.finished) == ("XCEN0100", 371, True)
    assert log.correlations[:2] == (0.9909, 0.9893) and log.correlations[-1] == 0.9934
    assert 0.98 < min(log.correlations) < max(log.correlations) < 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no log of the programming tool"),
        ("414,404,-1\n", "no log of the programming tool"),
        (HEAD + "Program Finished!\n", "no statistics of layers"),
        (GOOD.replace("0.9868", "", 1), "has 11 numbers, not 12"),
        (GOOD.replace("0.9868", "0.98 0.1", 1), "has 13 numbers, not 12"),
        (GOOD.replace("2.66", "x", 1), "line 4: a row of statistics holds no numbers"),
        (GOOD.replace("0.9868", "1.5", 1), "1.5 is no correlation"),
        (GOOD.replace("0.9868", "nan", 1), "nan is no correlation"),
        (GOOD.replace("2.66", "inf", 1), "or a figure is no number"),
        (GOOD.replace("STAT END 0\n\nRefine: 2/2 ...\n", "", 1), "statistics 0 do not end"),
        (GOOD[: GOOD.index("STAT END 1")], "statistics 1 do not end"),
        (GOOD.replace("STAT START 0", "", 1), "end that did not begin"),
        (GOOD.replace("STAT END 0", "STAT END 7", 1), "end that did not begin"),
        (GOOD.replace("1\t6.71", "2\t6.71", 1), "statistics 0 have not two rows"),
        (GOOD.replace(GOOD[GOOD.index("1\t6.71") : GOOD.index("STAT END 0")], ""), "have not two"),
        (HEAD + "STAT START 0\nSTAT END 0\n", "have not two rows"),
    ],
)
def test_what_is_no_such_log_is_said(text: str, words: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        program_log.read(path)
    assert words in str(caught.value) and str(path) in str(caught.value)
    assert "WitinProgramTool" in caught.value.hint


def test_a_missing_log(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the file"):
        program_log.read(tmp_path / "none.log")
