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
    """An array: ``static const TYPE NAME[] = {…};`` with a comment before it.

    Where it is not ``const`` it is memory of the network's own, ``static TYPE NAME[size];``, zero
    at the start, and has no ``lines``. ``size`` counts elements.
    """

    type: str
    name: str
    comment: str
    lines: tuple[str, ...]
    const: bool = True
    size: int = 0


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
    return Table(type_, name, comment(comment_), rows(values), size=values.size)


def reals(name: str, comment_: str, values: npt.NDArray[np.float64]) -> Table:
    """A table of doubles; all must be finite."""
    numbers = [real(value) for value in values.reshape(-1).tolist()]
    each = max(1, LINE // (max(map(len, numbers)) + 2))
    starts = range(0, len(numbers), each)
    lines = tuple(", ".join(numbers[start : start + each]) + "," for start in starts)
    return Table("double", name, comment(comment_), lines, size=len(numbers))


def memory(type_: str, name: str, comment_: str, size: int) -> Table:
    """Memory of the network's own: ``size`` elements, zero at the start."""
    return Table(type_, name, comment(comment_), (), const=False, size=size)


def real(value: float) -> str:
    """A double, to the last bit."""
    return float(value).hex()
