"""How an array operation meets the NPU's SRAM: tensors in place, or staged piece by piece."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Staging:
    """Where array_run finds an operation's data in the SRAM; offsets are in bytes.

    ``input`` and ``output``: of the whole tensor where that lies in the SRAM (``in_place_*``),
    else of the area its pieces are copied to or from. ``piece``: output positions (along W,
    along H) computed at a time, all of them where nothing is cut. ``addend``: an area of int32
    [positions of a piece][columns] for mixed weights that are added up before the rounding.

    An operation whose matrices are all digital needs no SRAM: the CPU works on its tensors
    wherever they lie, and both count as in place.
    """

    input: int
    output: int
    in_place_input: bool
    in_place_output: bool
    piece: tuple[int, int]
    addend: int | None = None
