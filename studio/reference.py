"""A layout from a file, to look at beside the project's own: layers.txt, or a folder with one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import StudioError
from studio.chip.chip import Chip
from studio.formats import layers_txt
from studio.mapper.problem import Occupied
from studio.project import Project, read_json


@dataclass(frozen=True)
class ReferenceLayout:
    """Where blocks lie; ``names`` and ``gains`` are theirs, in the same order.

    A layers.txt knows no names: there they are "1", "2", ..., the file's lines. ``path`` is the
    layers.txt.
    """

    path: Path
    blocks: tuple[Occupied, ...]
    names: tuple[str, ...]
    gains: tuple[int, ...]


def read(path: Path, chip: Chip) -> ReferenceLayout:
    """Read a layers.txt, or the one of a map folder or of a results folder.

    Raises DataError where there is none, it is broken, or it does not fit the chip.
    """
    file = find(path)
    blocks = layers_txt.occupied(file, chip)
    lines = layers_txt.read(file)
    names = _names(file, lines) or tuple(str(number) for number in range(1, len(lines) + 1))
    return ReferenceLayout(file, blocks, names, tuple(line.gain for line in lines))


def find(path: Path) -> Path:
    """The layers.txt that ``path`` is or holds; ``path`` itself where there is none."""
    for file in (path / layers_txt.NAME, path / "map" / layers_txt.NAME):
        if file.is_file():
            return file
    return path


def _names(file: Path, lines: tuple[layers_txt.LayerLine, ...]) -> tuple[str, ...]:
    """The layers' names where our layout.json lies beside the map folder and is the same."""
    try:
        blocks = read_json(Project(file.parent.parent).layout, "")["blocks"]
        places = [(own["column"], own["row"], own["columns"], own["rows"]) for own in blocks]
        names = tuple(str(own["layer"]) for own in blocks)
    except (StudioError, KeyError, TypeError):
        return ()
    wanted = [(own.col_start, own.row_start, own.columns, own.rows) for own in lines]
    return names if places == wanted else ()
