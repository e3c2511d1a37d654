"""Outside programs as Python scripts, and what they work on."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from studio.formats import expected
from studio.formats.map_csv import NAME

TITLE = "**  Witmem Program Tool for WTM2101 V1.4.0.0  **"
LOG = f"""{TITLE}
Read Map File Start!  (2024-05-29 23:20:36)
Program Step 1 Start!  (2024-05-29 23:20:39)
s01 done  (2024-05-29 23:20:49)
Program Step 2 Start!  (2024-05-29 23:21:02)
>>>>>20%>>>>>>40%>>>>>60%>>>>>>80%>>>>>100%>
s03 done  (2024-05-29 23:23:26)
Program Step 3 Start!  (2024-05-29 23:23:26)
STAT START 0
0	5.36	2.66	8.28	1.97	0.81	0.01	6.00	0.01	0.97	0.28	0.9868
0	4.61	2.12	8.28	1.97	0.82	-0.00	0.00	0.00	0.97	0.32	0.9913
1	6.61	2.88	5.68	2.58	0.77	0.11	3.17	0.11	0.94	0.54	0.9858
1	6.71	2.58	5.68	2.58	0.88	-0.00	0.00	-0.00	0.94	0.41	0.9882
STAT END 0
Tag: ABCD0100
Program Finished!  (2024-05-29 23:26:47)
Total program time: 371 sec.
"""

# Plays a log piece by piece: what it does for each -m is in how.json beside it.
TOOL = """
import json, pathlib, sys, time

here = pathlib.Path(__file__).parent
how = json.loads((here / "how.json").read_text(encoding="utf-8"))
with (here / "calls.txt").open("a", encoding="utf-8") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
words = sys.argv[1:]
mode = words[words.index("-m") + 1]
plan = how[mode]
if plan.get("make"):
    folder = pathlib.Path(words[words.index("-i") + 1]).parent
    (folder / plan["make"]).write_bytes(bytes(range(100)))
text = plan.get("text", "")
piece = plan.get("piece", 7)
for start in range(0, len(text), piece):
    sys.stdout.buffer.write(text[start : start + piece].encode("utf-8"))
    sys.stdout.buffer.flush()
    time.sleep(plan.get("pause", 0))
time.sleep(plan.get("sleep", 0))
sys.exit(plan.get("code", 0))
"""


def script(folder: Path, name: str, text: str) -> tuple[str, ...]:
    """A program made of Python text; the command that calls it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return sys.executable, str(path)


def map_folder(folder: Path) -> Path:
    """Two blocks of 2 x 3 and 3 x 2 cells, the first with a bias row, and 4 frames."""
    folder.mkdir(parents=True, exist_ok=True)
    lines, cells = [], []
    for column, rows, columns, bias in ((128, 2, 3, 1), (140, 3, 2, 0)):
        last = column + columns - 1
        lines.append(f"{column}, {last}, 0, {rows - 1}, 0, {bias - 1}, 1024")
        places = [*range(rows), *(2049 + 2 * row for row in range(bias))]
        cells += [f"{column + c},{row},{c - 1}" for row in places for c in range(columns)]
    (folder / "layers.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / NAME).write_text("\n".join(cells) + "\n", encoding="utf-8")
    inputs = [np.ones((4, rows), np.int16) for rows in (2, 3)]
    outputs = [np.ones((4, columns), np.int16) for columns in (3, 2)]
    expected.write(folder, inputs, outputs)
    return folder
