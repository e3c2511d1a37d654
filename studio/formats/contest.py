"""The contest's files: a network of blocks and a chip in, places out, all CSV.

Nothing is published about them but the columns' names; this is our reading.

All are UTF-8 text (a byte order mark is accepted) with one record a line, columns divided by
commas (or tabs or semicolons, whichever is in the first line), blank lines skipped. A first
line of names is optional; with it the columns may come in any order and further ones are
ignored, without it they come in the order given here.

- network: ``index, rows, columns, predecessors``. One line a block: its number (from 0, any
  order, gaps allowed), its size in cells, and the numbers of the blocks whose outputs it needs:
  one field with spaces, semicolons or (quoted) commas between them, in brackets or not; where
  predecessors is the last column, also simply the rest of the line. None is an empty field,
  ``[]``, ``-``, ``-1`` or ``none``.
- chip: ``core_id, rows, columns``. One line an empty rectangle: its number and its size.
- places: ``core_id, index, w_col_start, w_row_start``, with the line of names, one line a block
  in the order of the network; the block's first column and row, counted from 0 at the origin
  of its rectangle.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from studio.base.errors import DataError
from studio.base.files import write_text
from studio.mapper.contest import Core, Node, Placed, check_cores, check_nodes

NETWORK = ("index", "rows", "columns", "predecessors")
CHIP = ("core_id", "rows", "columns")
PLACES = ("core_id", "index", "w_col_start", "w_row_start")
NONE = {"", "-", "-1", "none", "null", "nan"}

_ALIASES = {"id": "index", "row": "rows", "col": "columns", "cols": "columns"}
_ALIASES |= {"column": "columns", "predecessor": "predecessors", "core": "core_id"}

Row = tuple[int, dict[str, str]]  # the line's number, and the fields by their columns' names
Made = TypeVar("Made")


def read_network(path: Path) -> tuple[Node, ...]:
    """The nodes of a network file, in its order.

    Raises DataError, with the line's number, where the file is broken or is no network.
    """
    nodes = _read(path, NETWORK, optional="predecessors", make=_node)
    check_nodes(nodes, str(path))
    return nodes


def read_chip(path: Path) -> tuple[Core, ...]:
    """The cores of a chip file, in its order.

    Raises DataError, with the line's number, where the file is broken or is no chip.
    """
    cores = _read(path, CHIP, optional="", make=_core)
    check_cores(cores, str(path))
    return cores


def read_places(path: Path) -> tuple[Placed, ...]:
    """The places of a file that ``write_places`` or somebody else wrote; not yet verified.

    Raises DataError, with the line's number, where the file is broken.
    """
    return _read(path, PLACES, optional="", make=_place)


def network_text(nodes: Sequence[Node]) -> str:
    """A network as the text of a file."""
    rows = [(n.index, n.rows, n.columns, " ".join(map(str, n.predecessors))) for n in nodes]
    return _text(NETWORK, rows)


def chip_text(cores: Sequence[Core]) -> str:
    """A chip as the text of a file."""
    return _text(CHIP, [(own.core_id, own.rows, own.columns) for own in cores])


def write_places(path: Path, placed: Sequence[Placed]) -> None:
    """Write where the blocks lie. Raises ProjectError when the place is not writable."""
    rows = [(own.core_id, own.index, own.column, own.row) for own in placed]
    write_text(path, _text(PLACES, rows))


def _text(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return stream.getvalue()


def _read(
    path: Path, names: Sequence[str], optional: str, make: Callable[[Row, Path], Made]
) -> tuple[Made, ...]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror}",
            hint=f"Name a CSV file with the columns {', '.join(names)}.",
            where=str(path),
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(
            f"line {line} is no UTF-8 text", hint="Save it as CSV UTF-8.", where=str(path)
        ) from error
    return tuple(make(row, path) for row in _rows(text, names, optional, path))


def _rows(text: str, names: Sequence[str], optional: str, path: Path) -> list[Row]:
    """The records by column, the line of names taken off."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((mark for mark in ",\t;" if mark in first), ",")
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=mark, skipinitialspace=True, strict=True)
    columns: list[str] = []
    rows: list[Row] = []
    try:
        for fields in reader:
            values = [field.strip() for field in fields]
            if not any(values):
                continue
            if not columns and not any(map(_is_number, values)):
                columns = _columns(values, names, optional, path, reader.line_num)
                continue
            columns = columns or list(names)
            rows.append(
                (reader.line_num, _record(values, columns, optional, path, reader.line_num))
            )
    except csv.Error as error:
        raise DataError(
            f"line {reader.line_num}: {error}",
            hint="Look for a quotation mark that is not closed.",
            where=str(path),
        ) from error
    return rows


def _columns(
    values: list[str], names: Sequence[str], optional: str, path: Path, line: int
) -> list[str]:
    """The columns a line of names speaks of."""
    columns = [value.lower().replace(" ", "_") for value in values]
    columns = [_ALIASES.get(name, name) for name in columns]
    missing = [name for name in names if name not in columns and name != optional]
    twice = [name for name in names if columns.count(name) > 1]
    if missing or twice:
        what = f"has no column {missing[0]}" if missing else f"has the column {twice[0]} twice"
        raise DataError(
            f"line {line}, the line of names, {what}",
            hint=f"The columns are {', '.join(names)}.",
            where=str(path),
        )
    return columns


def _record(
    values: list[str], columns: list[str], rest: str, path: Path, line: int
) -> dict[str, str]:
    """The fields by name; what is beyond the last column belongs to it when it is ``rest``."""
    last = len(columns) - 1
    if columns[last] == rest:
        values = [*values[:last], " ".join(values[last:])]
    if any(values[len(columns) :]):
        raise DataError(
            f"line {line} has {len(values)} fields, {len(columns)} are expected",
            hint=f"The columns are {', '.join(columns)}; put a list in quotation marks.",
            where=str(path),
        )
    return dict(zip(columns, values, strict=False))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d*)?", text) is not None


def _node(row: Row, path: Path) -> Node:
    line, fields = row
    index, rows, columns = (_number(row, name, path) for name in ("index", "rows", "columns"))
    text = fields.get("predecessors", "").strip("[](){} ")
    parts = [] if text.lower() in NONE else re.split(r"[\s,;，；、]+", text)
    found = dict.fromkeys(_whole(part, line, "predecessors", path) for part in parts if part)
    return Node(index, rows, columns, tuple(found), line)


def _core(row: Row, path: Path) -> Core:
    core_id, rows, columns = (_number(row, name, path) for name in CHIP)
    return Core(core_id, rows, columns, row[0])


def _place(row: Row, path: Path) -> Placed:
    core_id, index, column, first_row = (_number(row, name, path) for name in PLACES)
    return Placed(core_id, index, column, first_row)


def _number(row: Row, name: str, path: Path) -> int:
    line, fields = row
    if not fields.get(name):
        raise DataError(
            f"line {line}: {name} is missing",
            hint="Every line holds the same columns, in the order of the names.",
            where=str(path),
        )
    return _whole(fields[name], line, name, path)


def _whole(text: str, line: int, name: str, path: Path) -> int:
    """A whole number, as written by a person or a spreadsheet (``12`` or ``12.0``)."""
    match = re.fullmatch(r"([+-]?\d{1,18})(\.0*)?", text)
    if match is None:
        raise DataError(
            f"line {line}: {name} holds {text[:40]!r}, which is no whole number",
            hint="Write digits only; several predecessors are divided by spaces.",
            where=str(path),
        )
    return int(match[1])
