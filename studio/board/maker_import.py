"""What the maker's mapper wrote, compared with our own map, cell by cell and place by place.

Its output has register.c (or net_config.c), the encoded NPU configuration, and a folder map with
map.csv, layers.txt, expected_in.bin and expected_out.bin. Its names and where they lie may differ
from version to version, so they are searched for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.base.errors import DataError
from studio.base.files import write_bytes
from studio.board.maker_export import JOB, OUTPUT
from studio.chip.chip import Chip
from studio.formats import expected, layers_txt, map_csv
from studio.formats.layers_txt import LayerLine
from studio.formats.map_csv import MapFile

REGISTERS = ("register.c", "net_config.c")
HEADERS = ("register.h", "net_config.h")
MAP_FILES = (map_csv.NAME, layers_txt.NAME, expected.IN, expected.OUT)
_TOLD = 5
_LARGEST = 64 << 20  # bytes of a file that is taken over


@dataclass(frozen=True)
class Output:
    """The mapper's files: the C sources of the NPU's configuration, and the map folder."""

    folder: Path
    registers: tuple[Path, ...]
    map: Path
    lines: tuple[LayerLine, ...]
    cells: MapFile
    frames: int


@dataclass(frozen=True)
class Comparison:
    """How the mapper's map differs from ours; ``differences`` are sentences, none where equal.

    ``same_bytes``: map.csv is the same file, so that the tag is the same, too.
    """

    cells_equal: bool
    layout_equal: bool
    same_bytes: bool
    tag: str
    differences: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether every cell and every place is the same."""
        return self.cells_equal and self.layout_equal


def read(folder: Path) -> Output:
    """The mapper's output in ``folder``, or in the exported folder it was run on.

    Raises DataError where a file is missing or damaged, or several maps are there.
    """
    if (folder / JOB).is_file():
        folder = folder / OUTPUT  # beside it lie our own map, and earlier outputs
        if not folder.is_dir():
            raise DataError(
                "the mapper has written nothing yet",
                hint="Run it first: cim-studio maker-run, or by hand as README.md tells.",
                where=str(folder),
            )
    found = {name: _search(folder, name) for name in MAP_FILES}
    missing = [name for name, path in found.items() if path is None]
    registers = tuple(
        path for name in (*REGISTERS, *HEADERS) if (path := _search(folder, name)) is not None
    )
    if not any(path.name in REGISTERS for path in registers):
        missing.append(" or ".join(REGISTERS))
    if missing:
        raise DataError(
            f"the mapper's output has no {', no '.join(missing)}",
            hint="Did the mapper fail? Read what it said.",
            where=str(folder),
        )
    home = {path.parent for path in found.values() if path is not None}
    if len(home) != 1:
        raise DataError("the map's files lie in several folders", where=str(folder))
    place = home.pop()
    lines = layers_txt.read(place / layers_txt.NAME)
    cells = map_csv.read(place / map_csv.NAME)
    frames = expected.read(place, [(line.rows, line.columns) for line in lines]).frames
    return Output(folder, registers, place, lines, cells, frames)


def compare(output: Output, ours: Path, chip: Chip) -> Comparison:
    """The mapper's map beside ours; ``ours`` is a folder with map.csv and layers.txt.

    Raises DataError where a file is damaged or holds no cells of this chip.
    """
    mine = map_csv.read(ours / map_csv.NAME)
    differences = _cell_differences(mine, output.cells, chip)
    cells_equal = not differences
    places = _line_differences(layers_txt.read(ours / layers_txt.NAME), output.lines)
    theirs = output.map / map_csv.NAME
    return Comparison(
        cells_equal=cells_equal,
        layout_equal=not places,
        same_bytes=(ours / map_csv.NAME).read_bytes() == theirs.read_bytes(),
        tag=f"{map_csv.tag(theirs):08X}",
        differences=(*differences, *places),
    )


def adopt(output: Output, target: Path) -> tuple[Path, ...]:
    """Copy the C sources and the map into ``target`` and ``target``/map; the files written.

    Raises ProjectError when the place is not writable, DataError for a file of absurd size.
    """
    written = []
    pairs = [(path, target / path.name) for path in output.registers]
    pairs += [(output.map / name, target / "map" / name) for name in MAP_FILES]
    for source, place in pairs:
        if source.stat().st_size > _LARGEST:
            raise DataError("the file is too large to be the mapper's", where=str(source))
        write_bytes(place, source.read_bytes())
        written.append(place)
    return tuple(written)


def _cell_differences(ours: MapFile, theirs: MapFile, chip: Chip) -> list[str]:
    """In words, the cells that only one has, and those with other values."""
    told = []
    for array in range(chip.array.count):
        mine, other = (map_csv.to_array(cells, chip, array) for cells in (ours, theirs))
        for title, a, b, used, taken in (
            ("weight", mine.cells, other.cells, mine.programmed, other.programmed),
            ("bias", mine.bias, other.bias, mine.bias_programmed, other.bias_programmed),
        ):
            only_ours, only_theirs = used & ~taken, taken & ~used
            for mask, whose in ((only_ours, "ours"), (only_theirs, "the mapper's")):
                if mask.any():
                    count, where = int(mask.sum()), _where(mask)
                    told.append(f"{count} {title} cells are only in {whose} map, {where}")
            other_value = used & taken & (a != b)
            if other_value.any():
                row, column = (int(n) for n in np.argwhere(other_value)[0])
                told.append(
                    f"{int(other_value.sum())} {title} cells have other values, first at column"
                    f" {column}, row {row}: ours {a[row, column]}, the mapper's {b[row, column]}"
                )
    return told


def _where(mask: map_csv.Bool) -> str:
    rows, columns = np.nonzero(mask)
    return (
        f"columns {columns.min()}..{columns.max()}, rows {rows.min()}..{rows.max()}"
        if len(rows) > 1
        else f"column {columns[0]}, row {rows[0]}"
    )


def _line_differences(ours: tuple[LayerLine, ...], theirs: tuple[LayerLine, ...]) -> list[str]:
    told = []
    if len(ours) != len(theirs):
        told.append(f"layers.txt has {len(theirs)} blocks, ours {len(ours)}")
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), 1):
        if mine != other:
            told.append(f"block {number} is {other.text()}, ours {mine.text()}")
    if len(told) > _TOLD:
        told = [*told[:_TOLD], f"and {len(told) - _TOLD} more blocks differ"]
    return told


def _search(folder: Path, name: str) -> Path | None:
    """The file of that name in the output, no link; one in a folder called map first."""
    try:
        found = [path for path in folder.rglob(name) if path.is_file() and not path.is_symlink()]
    except OSError as error:
        raise DataError(f"cannot read the folder: {error.strerror}", where=str(folder)) from error
    in_map = [path for path in found if path.parent.name == "map"] or found
    if len(in_map) > 1:
        raise DataError(
            f"the folder has several files {name}",
            hint="Name the folder of one run: "
            + ", ".join(str(path.parent) for path in in_map[:3]),
            where=str(folder),
        )
    return in_map[0] if in_map else None
