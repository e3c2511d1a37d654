"""The log of the maker's programming tool: how well each layer on the chip matches.

After programming the tool sends test frames through every layer and prints, between
``STAT START n`` and ``STAT END n``, two rows a layer, before and after its correction: the
layer's number, ten figures, and the correlation of the chip's outputs with the expected ones
(CHIP.md). There is one such pass for every refinement.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import DataError

FIGURES = 10
_TITLE = re.compile(r"Program Tool for (\S+) V(\S+)")
_START = re.compile(r"STAT START (\d+)")
_END = re.compile(r"STAT END (\d+)")
_TAG = re.compile(r"Tag: *(\S+)")
_SECONDS = re.compile(r"Total program time: *(\d+) *sec")
_FINISHED = "Program Finished!"
_HINT = "Give the text that WitinProgramTool printed while it programmed the chip, whole."


@dataclass(frozen=True)
class Row:
    """Statistics of one layer: the tool's ten figures and the correlation, -1..1."""

    layer: int
    figures: tuple[float, ...]
    correlation: float


@dataclass(frozen=True)
class Pass:
    """Statistics of all layers, before and after the correction, in the layers' order."""

    number: int
    before: tuple[Row, ...]
    after: tuple[Row, ...]


@dataclass(frozen=True)
class ProgramLog:
    """What a log says; ``tag`` and ``seconds`` are None where it ends before them."""

    chip: str
    version: str
    passes: tuple[Pass, ...]
    tag: str | None
    seconds: int | None
    finished: bool

    @property
    def correlations(self) -> tuple[float, ...]:
        """Each layer's correlation at the end: the last pass, after correction."""
        return tuple(row.correlation for row in self.passes[-1].after)


def read(path: Path) -> ProgramLog:
    """Read a log. Raises DataError, with the line, for anything else or a broken one."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise DataError(
            f"cannot read the file: {error.strerror}", hint=_HINT, where=str(path)
        ) from error
    title = _TITLE.search(text)
    if title is None:
        raise DataError("this is no log of the programming tool", hint=_HINT, where=str(path))
    passes = _passes(text.splitlines(), path)
    if not passes:
        raise DataError(
            "the log has no statistics of layers", hint=f"Did programming fail? {_HINT}",
            where=str(path),
        )  # fmt: skip
    tag, seconds = _TAG.search(text), _SECONDS.search(text)
    return ProgramLog(
        chip=title[1],
        version=title[2],
        passes=tuple(passes),
        tag=tag[1] if tag else None,
        seconds=int(seconds[1]) if seconds else None,
        finished=_FINISHED in text,
    )


def _passes(lines: list[str], path: Path) -> list[Pass]:
    passes: list[Pass] = []
    rows: list[Row] = []
    number: int | None = None
    for count, line in enumerate(lines, 1):
        where = f"{path}, line {count}"
        start, end = _START.fullmatch(line.strip()), _END.fullmatch(line.strip())
        if start:
            if number is not None:
                raise DataError(f"statistics {number} do not end", hint=_HINT, where=where)
            number, rows = int(start[1]), []
        elif end:
            if number is None or int(end[1]) != number:
                raise DataError("statistics end that did not begin", hint=_HINT, where=where)
            passes.append(_pass(number, rows, where))
            number = None
        elif number is not None and line.strip():
            rows.append(row(line, where))
    if number is not None:
        raise DataError(f"statistics {number} do not end", hint=_HINT, where=str(path))
    return passes


def row(line: str, where: str) -> Row:
    """One row of statistics. Raises DataError for anything else; ``where`` is for its message."""
    parts = line.split()
    try:
        layer, numbers = int(parts[0]), [float(part) for part in parts[1:]]
    except ValueError:
        raise DataError("a row of statistics holds no numbers", hint=_HINT, where=where) from None
    if len(numbers) != FIGURES + 1:
        raise DataError(
            f"a row of statistics has {len(parts)} numbers, not {FIGURES + 2}",
            hint=_HINT,
            where=where,
        )
    *figures, correlation = numbers
    if not all(map(math.isfinite, numbers)) or not -1 <= correlation <= 1:
        raise DataError(
            f"{correlation:g} is no correlation, or a figure is no number", hint=_HINT, where=where
        )
    return Row(layer, tuple(figures), correlation)


def _pass(number: int, rows: list[Row], where: str) -> Pass:
    before, after = tuple(rows[::2]), tuple(rows[1::2])
    layers = [row.layer for row in before]
    if not rows or layers != [row.layer for row in after] or layers != list(range(len(layers))):
        raise DataError(
            f"statistics {number} have not two rows for each layer from 0 on",
            hint=_HINT,
            where=where,
        )
    return Pass(number, before, after)
