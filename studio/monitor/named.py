r"""Named numbers in a line: ``name: value``, ``name=value``, lists of them, and Teleplot's lines.

Both work on skeletons, in which ``\0`` stands for each number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One series a line adds to: the number of the value in the line, its name and unit."""

    slot: int
    name: str
    unit: str = ""


# A name starts with a letter and may hold blanks. A number ends with the line, a comma, a unit or
# the next name; several numbers in a row are a list and belong to no one name.
_PAIR = re.compile(
    r"""(?:^|(?<=[\s,;>|{("'\[]))(?P<name>[^\W\d][^,;:=|\t\0{}"'\ufffd]{0,60}?)["']?\s{0,8}[:=]\s*\0"""
    r"""(?:(?P<glued>[^\s\d,;|:=(){}\[\]\0"'<>]{1,16})(?=[\s,;|(){}\]]|$)"""
    r"""|[ ](?P<unit>[^\W\d][^\s,;|:=(){}\[\]\0"'<>]{0,15})(?=\s*(?:[,;|(}\]]|$)))?"""
    r"""(?=\s*$|\s*[,;|%}\])]|\s+[^\s\d.+\-\0])"""
)
_TELEPLOT = re.compile(
    r">(?P<name>[^:|,;=\0]{1,61}):(?P<points>\0(?::\0)?(?:;\0(?::\0)?)*);?"
    r"(?:[:§](?P<unit>[^|;:\0]{0,16}))?(?:\|.*)?"
)


def named(text: str) -> tuple[Column, ...]:
    """The named numbers of a line, in its order; of one name that comes again, the last."""
    found: dict[str, Column] = {}
    for match in _PAIR.finditer(text):
        name = match["name"].rstrip()
        place = text.index("\0", match.end("name"))
        unit = match["glued"] or match["unit"] or ""
        found[name] = Column(text.count("\0", 0, place), name, "" if "\ufffd" in unit else unit)
    return tuple(sorted(found.values(), key=lambda column: column.slot))


def teleplot(text: str) -> tuple[Column, ...]:
    """The numbers of ``>name:value[:unit]``, ``>name:t:value|flags``, ``>name:t1:v1;t2:v2§unit``.

    The board's own times are left out: what is drawn together needs one clock. Empty where the
    line is of another form.
    """
    match = _TELEPLOT.fullmatch(text)
    if match is None or "\ufffd" in match["name"]:
        return ()
    columns = []
    slot = 0
    for point in match["points"].split(";"):
        slot += point.count("\0")
        columns.append(Column(slot - 1, match["name"].strip(), (match["unit"] or "").strip()))
    return tuple(columns)
