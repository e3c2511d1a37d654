"""Signed inputs and room on the array: SHIFT for PN where the network is too large otherwise.

PN takes two rows an input and draws no current for inputs that are zero; SHIFT takes one row and
bias rows. Where both need the same row tiles, the exact integers are the same, so PN stays as
long as all fits, and the layers that give the most cells change first.
"""

from __future__ import annotations

from dataclasses import replace

from studio.base.errors import FitError
from studio.chip.chip import Chip
from studio.quantize import stage as quantizer
from studio.quantize.choices import Choices
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.quantize.stage import Prepared

# Rectangles of many sizes rarely fill an array further than this.
FILLED = 0.95


def cells(qnetwork: QNetwork) -> int:
    """Cells the matrices of a network take, without bias rows."""
    return sum(
        matrix.rows(tile) * matrix.columns
        for op in qnetwork.array_ops
        for _, matrix in op.stored()
        for tile in matrix.tiles
    )


def room(chip: Chip) -> int:
    """Cells of all arrays outside their reserved columns."""
    array = chip.array
    return int(array.count * array.rows * (array.columns - array.reserved_columns))


def fitting(prepared: Prepared) -> Choices:
    """No choices, or SHIFT for as many layers as it takes to fit the array, if that can be.

    Where the user has chosen the encoding nothing changes.
    """
    choices, most = Choices(), FILLED * room(prepared.chip)
    made = quantizer.finish(prepared)
    if prepared.options.signed != "auto" or cells(made) <= most:
        return choices
    for op in sorted(made.ops, key=lambda op: -_saved(op)):
        if not isinstance(op, ArrayOp) or not _saved(op) or cells(made) <= most:
            continue
        tried = replace(choices, encodings={**choices.encodings, op.trace: "shift"})
        try:
            made = quantizer.finish(prepared, tried)
        except FitError:
            continue
        choices = tried
    return choices


def _saved(op: object) -> int:
    """Cells SHIFT would save."""
    if not isinstance(op, ArrayOp):
        return 0
    return sum(m.inputs * m.columns for _, m in op.stored() if m.encoding == "pn")
