"""What the packer is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One block to place: its size and the numbers of bias rows it may take.

    ``rows`` and ``columns`` are cells on the array, copies included. ``bias_choices`` is
    ascending; empty means that the block has no bias. ``banks`` are the numbers of the banks
    it may lie in, empty for any. ``network`` counts the networks that share the array,
    ``copies`` how often its matrix is stored in it (copies times points). ``layer``,
    ``matrix``, ``tile`` and ``first_column`` say what it is, as in ``Block``. ``given`` is where
    it must lie, None for anywhere.
    """

    layer: str
    matrix: int
    tile: int
    first_column: int
    rows: int
    columns: int
    bias_choices: tuple[int, ...]
    banks: tuple[int, ...] = ()
    network: int = 0
    copies: int = 1
    given: Placement | None = None

    @property
    def cells(self) -> int:
        """Weight cells it takes."""
        return self.rows * self.columns

    def target(self, wanted: int) -> int:
        """The fewest bias rows that make it no short block where ``wanted`` are preferred."""
        if not self.bias_choices:
            return 0
        enough = min(wanted, self.bias_choices[-1])
        return next(k for k in self.bias_choices if k >= enough)


@dataclass(frozen=True)
class Placement:
    """Where a block lies. Rows and columns count from 0; ``bias_row`` is 0 without bias rows."""

    array: int
    row: int
    column: int
    bias_row: int
    bias_rows: int


@dataclass(frozen=True)
class Search:
    """How a layout was found and what is known of it.

    ``method`` names the strategy that found it, ``tries`` counts the layouts it built,
    ``seconds`` is the whole search's wall time. ``arrays`` are the arrays used and
    ``least_arrays`` the proved bound. ``short`` counts blocks with fewer bias rows than wanted.
    ``optimal`` says that no layout uses fewer arrays or has fewer short blocks, with the places
    that were given; ``proof`` why, in one sentence (or what is not proved).
    """

    method: str
    tries: int
    seconds: float
    arrays: int
    least_arrays: int
    short: int
    optimal: bool
    proof: str
