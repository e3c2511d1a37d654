"""Where cells lie in the drawing: the arrays of a chip side by side, rows going down."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from studio.chip.chip import Array
from studio.mapper.layout import Block
from studio.mapper.problem import Occupied

GAP = 64  # columns between two arrays of one chip


@dataclass(frozen=True)
class Spot:
    """One cell of an array, or with ``strip`` of its bias strip; all count from 0."""

    array: int
    row: int
    column: int
    strip: bool


@dataclass(frozen=True)
class Space:
    """Drawing coordinates are cells: x counts columns of all arrays and the gaps, y rows."""

    array: Array

    @property
    def width(self) -> int:
        """Columns of all arrays with the gaps between them."""
        return self.array.count * (self.array.columns + GAP) - GAP

    def height(self, *, strip: bool) -> int:
        """Rows of an array, or of its bias strip."""
        return self.array.bias_rows if strip else self.array.rows

    def offset(self, array: int) -> int:
        """Where an array's first column is drawn."""
        return array * (self.array.columns + GAP)

    def all(self, *, strip: bool) -> QRectF:
        """Everything there is."""
        return QRectF(0, 0, self.width, self.height(strip=strip))

    def area(self, own: Block | Occupied, *, strip: bool = False) -> QRectF:
        """The cells something holds, or its bias rows (of no height where it has none)."""
        row, rows = (own.bias_row, own.bias_rows) if strip else (own.row, own.rows)
        return QRectF(self.offset(own.array) + own.column, row, own.columns, rows)

    def spot(self, point: QPointF, *, strip: bool) -> Spot | None:
        """The cell drawn at ``point``; None beside the arrays."""
        if not 0 <= point.y() < self.height(strip=strip) or point.x() < 0:
            return None
        index, column = divmod(int(point.x()), self.array.columns + GAP)
        if index >= self.array.count or column >= self.array.columns:
            return None
        return Spot(index, int(point.y()), column, strip)
