"""Serial bytes as text fit for a text view, and numbers as arrays fit for a plot."""

from __future__ import annotations

import codecs

import numpy as np
import numpy.typing as npt

LINE = 4096  # characters; a text view needs minutes to lay out a line of a million
_CONTROL = {code: 0xFFFD for code in range(32) if code not in (9, 10)} | {13: None}

Floats = npt.NDArray[np.float64]


class TextFeed:
    """Decodes UTF-8 in pieces and breaks lines that are longer than ``LINE``.

    Carriage returns go, other control characters become U+FFFD.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._column = 0

    def feed(self, data: bytes) -> str:
        """The text of ``data``, ready to be appended."""
        text = self._decoder.decode(data).translate(_CONTROL)
        parts = []
        for index, line in enumerate(text.split("\n")):
            if index:
                parts.append("\n")
                self._column = 0
            rest = line
            while self._column + len(rest) > LINE:
                room = LINE - self._column
                parts += [rest[:room], "\n"]
                rest = rest[room:]
                self._column = 0
            parts.append(rest)
            self._column += len(rest)
        return "".join(parts)


class Series:
    """The last ``limit`` values of one name, and the number each had in the stream."""

    def __init__(self, limit: int = 100_000) -> None:
        self._x = np.empty(256)
        self._y = np.empty(256)
        self._limit = limit
        self._used = 0
        self._count = 0

    def add(self, value: float) -> None:
        """Append one value."""
        if self._used == len(self._x):
            self._make_room()
        self._x[self._used] = self._count
        self._y[self._used] = value
        self._used += 1
        self._count += 1

    @property
    def count(self) -> int:
        """Values ever added."""
        return self._count

    @property
    def points(self) -> tuple[Floats, Floats]:
        """Numbers and values, as views: draw them before the next ``add``."""
        first = max(0, self._used - self._limit)
        return self._x[first : self._used], self._y[first : self._used]

    def _make_room(self) -> None:
        """Double, up to twice the limit; from then on move the newest values to the front."""
        if len(self._x) < 2 * self._limit:
            self._x = np.concatenate([self._x, np.empty_like(self._x)])
            self._y = np.concatenate([self._y, np.empty_like(self._y)])
            return
        self._x[: self._limit] = self._x[-self._limit :]
        self._y[: self._limit] = self._y[-self._limit :]
        self._used = self._limit
