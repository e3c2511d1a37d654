r"""What lines of one skeleton tell: the forms people print, tried in order.

A skeleton here is decoded text in which ``\0`` stands for each number (tokens.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from studio.monitor.csv_lines import Header, Row, header, row
from studio.monitor.named import Column, named, teleplot
from studio.monitor.result import DONE, GREETING

Special = Literal["", "sample", "time"]


@dataclass(frozen=True)
class Shape:
    """One form: what it counts as, and its numbers' names.

    ``level`` is that of a Text, for lines without values. A ``row`` of CSV takes its columns from
    the ``header`` before; where it gets none, it is text. ``special`` lines are read by
    themselves, since more than their numbers matters; where they turn out to be no such lines, the
    rest holds.
    """

    kind: str
    columns: tuple[Column, ...] = ()
    level: str = ""
    row: Row | None = None
    header: Header | None = None
    special: Special = ""


TEXT = Shape("text", level="text")
NOISE = Shape("noise", level="text")
LONG = Shape("long line", level="text")
READY = Shape("ready")
EMPTY = Shape("")
OWN = Shape("")  # read by a pattern of the user
SAMPLE = Shape("garbled sample", level="text", special="sample")

_DEMOS = frozenset({"correct ratio", "image num", "net_output"})
_TIMES = frozenset({"us", "ms", "ns", "µs", "μs"})
_TIME = re.compile(r": \0 us \(")
_BARE = re.compile(r"\s*\0(?: +\0)*\s*")


def shape(skeleton: str) -> Shape:
    """Interpret a skeleton."""
    text = skeleton.strip()
    if text.startswith("sample:"):
        return SAMPLE
    if not text:
        return EMPTY
    if text in (GREETING, DONE):
        return Shape(text, level="done" if text == DONE else "start")
    if text.startswith("error:"):
        return Shape("error", level="error")
    special: Special = "time" if _TIME.search(text) else ""
    if "\0" not in text:
        return Shape("text", level="text", header=header(text))
    if text.startswith(">") and (columns := teleplot(text)):
        return Shape("teleplot", columns)
    if _BARE.fullmatch(text):
        count = text.count("\0")
        names = ["value"] if count == 1 else [f"column {i + 1}" for i in range(count)]
        return Shape("numbers", tuple(Column(i, name) for i, name in enumerate(names)))
    if columns := named(text):
        return Shape(_kind(text, columns), columns, special=special)
    if not special and (fields := row(text)):
        return Shape("csv", level="text", row=fields)
    return Shape("text", level="text", special=special)


def _kind(text: str, columns: tuple[Column, ...]) -> str:
    if text.startswith("{") and text.endswith("}"):
        return "json"
    first = columns[0]
    if len(columns) == 1 and first.name in _DEMOS:
        return first.name
    if len(columns) == 1 and first.unit in _TIMES:
        return "NAME: 123 us"
    if "=" in text:
        return "name=value"
    return "name: value" if len(columns) == 1 else "name:value,name2:value2"
