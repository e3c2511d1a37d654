"""map.csv: every programmed cell as ``col,row,value``, the file weights are programmed from.

No header, line feeds, a line feed after the last line; block by block in execution order, each
block's weights row by row, then its bias rows. Bias row i is written as physical row
``bias_file_row + i * bias_file_step`` (2049 + 2 i on the WTM2101; CHIP.md, exact).

The maker's chips have one array. For a chip with several, array a's rows lie ``a * stride``
lower, where ``stride`` is the first row after array 0's last bias row: our own convention.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.base.files import write_bytes
from studio.chip.chip import Chip
from studio.mapper.layout import Layout

Int16 = npt.NDArray[np.int16]
Int32 = npt.NDArray[np.int32]
Bool = npt.NDArray[np.bool_]

NAME = "map.csv"
_HINT = "Map the model again, or get an undamaged copy of the file."
_TEXT_TABLE_LIMIT = 1_000_000  # numbers further apart than this are no cells of any array


@dataclass(frozen=True)
class MapFile:
    """Cells in the file's order: three int32 arrays of equal length."""

    columns: Int32
    rows: Int32
    values: Int32

    def __len__(self) -> int:
        return len(self.values)


class Cells(NamedTuple):
    """One array as programmed: values int16 and whether each cell was programmed.

    ``cells`` and ``programmed``: [rows, columns]; ``bias`` and ``bias_programmed``:
    [bias_rows, columns].
    """

    cells: Int16
    programmed: Bool
    bias: Int16
    bias_programmed: Bool


def stride(chip: Chip) -> int:
    """File rows from one array to the next, on chips with several arrays."""
    array = chip.array
    return max(array.rows, array.bias_file_row + array.bias_file_step * array.bias_rows)


def from_layout(layout: Layout, chip: Chip) -> MapFile:
    """The cells of a layout in the file's order."""
    columns: list[Int32] = []
    rows: list[Int32] = []
    values: list[Int32] = []
    first, step = chip.array.bias_file_row, chip.array.bias_file_step
    for block in layout.blocks:
        offset = block.array * stride(chip)
        weights = np.arange(block.rows, dtype=np.int32) + (block.row + offset)
        bias = (np.arange(block.bias_rows, dtype=np.int32) + block.bias_row) * step + first + offset
        numbers = np.arange(block.columns, dtype=np.int32) + block.column
        for lines, cells in ((weights, block.cells), (bias, block.bias_cells)):
            columns.append(np.tile(numbers, len(lines)))
            rows.append(np.repeat(lines, block.columns))
            values.append(cells.astype(np.int32).ravel())
    empty = [np.zeros(0, np.int32)]
    return MapFile(*(np.concatenate(part or empty) for part in (columns, rows, values)))


def from_layouts(layouts: Sequence[Layout], chip: Chip) -> MapFile:
    """The cells of several networks that share the chip, one network after the other."""
    parts = [from_layout(layout, chip) for layout in layouts]
    return MapFile(
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def write(path: Path, layout: Layout, chip: Chip) -> None:
    """Write the cells of ``layout``. Raises ProjectError when the place is not writable."""
    write_cells(path, from_layout(layout, chip))


def write_cells(path: Path, mapfile: MapFile) -> None:
    """Write cells in the given order; what ``read`` gave is written back byte by byte."""
    write_bytes(path, _format(mapfile))


def read(path: Path) -> MapFile:
    """Read a map.csv; line ends may be LF or CRLF.

    A file of no bytes has no cells. Raises DataError, with the line's number, for anything but
    three whole numbers in a line, and for a missing file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read the map file: {error.strerror}", hint=_HINT, where=str(path)
        ) from error
    if not data:  # a network without array operations
        return MapFile(*(np.zeros(0, np.int32) for _ in range(3)))
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy only warns of a number that is not whole
            table = np.loadtxt(
                BytesIO(data),
                dtype=np.int32,
                delimiter=",",
                comments=None,
                ndmin=2,
                encoding="ascii",
            )
    except (ValueError, OverflowError, Warning) as error:
        raise _broken(path, data) from error
    if table.shape != (lines, 3) or table[:, :2].min() < 0:
        raise _broken(path, data)
    return MapFile(*(np.ascontiguousarray(column) for column in table.T))


def to_array(mapfile: MapFile, chip: Chip, array: int = 0) -> Cells:
    """The cells as they lie on one array of ``chip`` after programming.

    Raises DataError, with the line's number, for a cell outside the chip or written twice and
    for a value that is no weight.
    """
    own = chip.array
    columns, rows, values = mapfile.columns, mapfile.rows, mapfile.values
    step = stride(chip)
    number, row = np.divmod(rows, step)
    index, rest = np.divmod(row - own.bias_file_row, own.bias_file_step)
    weight = row < own.rows
    strip = ~weight & (rest == 0) & (index >= 0) & (index < own.bias_rows)
    outside = (columns < 0) | (columns >= own.columns) | (number < 0) | (number >= own.count)
    _refuse(outside | ~(weight | strip), mapfile, f"is no cell of {chip.name}")
    _refuse(
        np.abs(values.astype(np.int64)) > own.weight_clip,
        mapfile,
        f"holds more than a cell can (+-{own.weight_clip})",
    )
    cells = np.zeros((own.rows, own.columns), np.int16)
    bias = np.zeros((own.bias_rows, own.columns), np.int16)
    programmed = []
    for target, chosen, lines in ((cells, weight, row), (bias, strip, index)):
        here = np.flatnonzero(chosen & (number == array))
        spots = lines[here] * own.columns + columns[here]
        target.ravel()[spots] = values[here]
        times = np.bincount(spots, minlength=target.size).reshape(target.shape)
        if times.max(initial=0) > 1:
            _, firsts = np.unique(spots, return_index=True)
            again = np.ones(len(mapfile), bool)
            again[np.setdiff1d(np.arange(len(mapfile)), here)] = False
            again[here[firsts]] = False
            _refuse(again, mapfile, "was written before")
        programmed.append(times > 0)
    return Cells(cells, programmed[0], bias, programmed[1])


def tag(path: Path) -> int:
    """CRC-32 of the file's bytes: the weights' tag that firmware and array compare.

    Raises DataError when the file cannot be read.
    """
    try:
        return zlib.crc32(path.read_bytes())
    except OSError as error:
        raise DataError(
            f"cannot read the map file: {error.strerror}", hint=_HINT, where=str(path)
        ) from error


def _format(mapfile: MapFile) -> bytes:
    """Text of all lines, from a table of each field's texts.

    Every line is three fields of fixed width, filled up with NUL bytes; dropping those leaves
    the lines. Several times faster than formatting line by line.
    """
    fields = [
        _texts(numbers, end)
        for numbers, end in (
            (mapfile.columns, ","),
            (mapfile.rows, ","),
            (mapfile.values, "\n"),
        )
    ]
    lines = np.concatenate(fields, axis=1)
    return bytes(lines[lines != 0])


def _texts(numbers: Int32, end: str) -> npt.NDArray[np.uint8]:
    """Each number's decimal text and ``end``, padded with NUL: uint8 [n, width]."""
    if not len(numbers):
        return np.zeros((0, 1), np.uint8)
    low, high = int(numbers.min()), int(numbers.max())
    if high - low <= _TEXT_TABLE_LIMIT:
        distinct: npt.NDArray[np.integer] = np.arange(low, high + 1)
        index: npt.NDArray[np.integer] = numbers - low
    else:
        distinct, index = np.unique(numbers, return_inverse=True)
    table = np.array([f"{number}{end}".encode() for number in distinct.tolist()])
    return np.asarray(table.view(np.uint8).reshape(len(distinct), -1)[index], np.uint8)


def _broken(path: Path, data: bytes) -> DataError:
    """Find the first line that is not three whole numbers."""
    for number, line in enumerate(data.splitlines(), 1):
        fields = line.split(b",")
        try:
            numbers = [int(field) for field in fields]
        except ValueError:
            numbers = []
        bad = len(numbers) != 3 or min(numbers[:2]) < 0 or max(map(abs, numbers)) > 2**31 - 1
        if bad or b"_" in line:
            shown = line[:40].decode("ascii", "replace")
            return DataError(
                f"line {number} is {shown!r}, expected column,row,value",
                hint=_HINT,
                where=str(path),
            )
    return DataError("not a map file", hint=_HINT, where=str(path))


def _refuse(wrong: Bool, mapfile: MapFile, text: str) -> None:
    """Raise for the first cell where ``wrong``."""
    if not wrong.any():
        return
    line = int(np.argmax(wrong))
    column, row, value = mapfile.columns[line], mapfile.rows[line], mapfile.values[line]
    raise DataError(
        f"line {line + 1}: cell at column {column}, row {row} (value {value}) {text}",
        hint="The file is damaged or was made for another chip. " + _HINT,
        where="map.csv",
    )
