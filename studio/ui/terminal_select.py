"""Which characters of the terminal are selected."""

from __future__ import annotations

import re
from dataclasses import dataclass

Place = tuple[int, int]  # line, character

_WORD = re.compile(r"[+-]?\d+\.\d+|\w+|[^\S\n]+|.")


@dataclass(frozen=True)
class Selection:
    """From ``anchor``, where it began, to ``head``, where it is; the same place: nothing."""

    anchor: Place = (0, 0)
    head: Place = (0, 0)

    @property
    def empty(self) -> bool:
        """Whether nothing is selected."""
        return self.anchor == self.head

    @property
    def start(self) -> Place:
        """The first character."""
        return min(self.anchor, self.head)

    @property
    def stop(self) -> Place:
        """After the last one."""
        return max(self.anchor, self.head)

    def within(self, line: int, length: int) -> tuple[int, int] | None:
        """Characters of a line that are selected: from and to; None if none.

        One more than ``length`` where its end is selected too.
        """
        (first, start), (last, stop) = self.start, self.stop
        if self.empty or not first <= line <= last:
            return None
        left = min(start, length) if line == first else 0
        right = min(stop, length) if line == last else length + 1
        return (left, right) if right > left else None


def word(text: str, character: int) -> tuple[int, int]:
    """The word, number or blank a character is in: from and to."""
    for found in _WORD.finditer(text):
        if found.start() <= character < found.end():
            return found.span()
    return len(text), len(text)
