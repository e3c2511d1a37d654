"""The order in which people list names that hold numbers."""

from __future__ import annotations

import functools
import re

_NUMBERS = re.compile(r"(\d+)")


@functools.lru_cache(maxsize=4096)
def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which numbers inside a text count as numbers: COM2 before COM10."""
    parts = _NUMBERS.split(name)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)
