"""What the packer is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One block to place: its size and the numbers of bias rows it may take.

    ``bias_choices`` is ascending; empty means that the block has no bias. ``layer``,
    ``matrix``, ``tile`` and ``first_column`` say what it is, as in ``Block``.
    """

    layer: str
    matrix: int
    tile: int
    first_column: int
    rows: int
    columns: int
    bias_choices: tuple[int, ...]

    @property
    def cells(self) -> int:
        """Weight cells it takes."""
        return self.rows * self.columns


@dataclass(frozen=True)
class Placement:
    """Where a block lies. Rows and columns count from 0; ``bias_row`` is 0 without bias rows."""

    array: int
    row: int
    column: int
    bias_row: int
    bias_rows: int
