"""The terminal's text as it leaves the program: into the clipboard, or a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base import files

if TYPE_CHECKING:
    from studio.base.job import Job
    from studio.ui.terminal_lines import Lines
    from studio.ui.terminal_select import Selection

PIECE = 4096  # lines at a time
_HEX = 4096  # bytes that "as hex" writes into a line at most


def selected(lines: Lines, selection: Selection) -> Iterator[str]:
    """The text of a selection, in pieces."""
    (first, start), (last, stop) = selection.start, selection.stop
    if first == last:
        found = lines.get(first, 1)
        yield found[0].text.text[start:stop] if found else ""
        return
    head = lines.get(first, 1)
    if head:
        end = "\n" if lines.copied(first, 1).endswith("\n") else ""
        yield head[0].text.text[start:] + end
    for number in range(max(first + 1, lines.first), last, PIECE):
        yield lines.copied(number, min(PIECE, last - number))
    tail = lines.get(last, 1)
    if tail:
        yield tail[0].text.text[:stop]


def as_hex(lines: Lines, selection: Selection) -> Iterator[str]:
    """The bytes of every line a selection touches, as hexadecimal numbers, in pieces."""
    first, last = max(selection.start[0], lines.first), selection.stop[0] + 1
    for number in range(first, last, PIECE):
        data = lines.raw(number, min(PIECE, last - number))
        for place in range(0, len(data), _HEX):
            yield data[place : place + _HEX].hex(" ") + "\n"


def everything(lines: Lines) -> Iterator[str]:
    """The text of all lines there are now, in pieces."""
    first, end = lines.first, lines.end
    for number in range(first, end, PIECE):
        yield lines.copied(number, min(PIECE, end - number))


def save(lines: Lines, path: Path, job: Job) -> None:
    """Write the text of all lines into a file of UTF-8. Raises ProjectError if that fails."""
    with (
        files.replacing(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        for piece in everything(lines):
            job.step(0, 0, "")
            stream.write(piece)
