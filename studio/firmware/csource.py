"""Pieces of C source: literals, comments, identifiers and tables of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LINE = 96


@dataclass(frozen=True)
class Table:
    """A constant array: ``static const TYPE NAME[] = {…};`` with a comment before it."""

    type: str
    name: str
    comment: str
    lines: tuple[str, ...]


def string(text: str) -> str:
    """A C string literal of the text's UTF-8 bytes; anything unusual as three octal digits."""
    plain = {*range(32, 127)} - {*b'"\\?'}
    body = "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in text.encode("utf-8"))
    return f'"{body}"'


def comment(text: str) -> str:
    """Text that is safe inside ``/* */``: one line that neither ends nor opens a comment."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line.replace("*/", "* /").replace("/*", "/ *")


def identifiers(prefix: str, names: Iterable[str], first: int = 0) -> dict[str, str]:
    """A distinct C identifier for each name: the prefix, a number and what is left of the name."""
    found = {}
    for number, name in enumerate(names, first):
        rest = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:40]
        found[name] = f"{prefix}{number}_{rest}" if rest else f"{prefix}{number}"
    return found


def rows(values: npt.NDArray[np.integer]) -> tuple[str, ...]:
    """The numbers, comma separated, in lines of at most LINE characters."""
    flat = values.reshape(-1).tolist()
    if not flat:
        return ("0,",)
    width = max(len(str(min(flat))), len(str(max(flat)))) + 2
    each = max(1, LINE // width)
    return tuple(
        ", ".join(map(str, flat[start : start + each])) + "," for start in range(0, len(flat), each)
    )


def table(type_: str, name: str, comment_: str, values: npt.NDArray[np.integer]) -> Table:
    """A table of ``values`` in flat order."""
    return Table(type_, name, comment(comment_), rows(values))
