"""Outputs that are written over their own input while that is still being read.

An array operation whose tensors both pass through the SRAM reads a piece before it writes one, and
a pool reads a window before it writes a position, both in ascending order. Where the output begins
early enough before the input, no write reaches what is still to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.firmware.staging import Staging
from studio.quantize.qnetwork import ArrayOp, PoolOp, QNetwork, QOp


def lead(op: QOp, qnetwork: QNetwork, staging: Staging | None) -> int | None:
    """How many bytes before the input the output must begin at least; None where nothing helps.

    ``staging`` is an array operation's; both its tensors are taken to lie outside of the SRAM.
    """
    if isinstance(op, PoolOp):
        # Channels are written one by one while the window of their position is read.
        return _least(_moves(op, qnetwork, (1, 1)), 0)
    if not isinstance(op, ArrayOp) or staging is None:
        return None
    staged = not staging.in_place_input and not staging.in_place_output
    if not staged or any(matrix.store == "digital" for matrix in op.matrices):
        return None  # digital matrices read the whole input again at the end
    return _least(_moves(op, qnetwork, staging.piece), 1)


def saved(size_in: int, size_out: int, lead_: int) -> int:
    """Bytes less that both take, the output ``lead_`` before the input."""
    return size_in + size_out - max(size_out, lead_ + size_in)


def _least(moves: Iterable[tuple[int, int]], later: int) -> int:
    """The lead by which no write reaches what is read ``later`` moves on, or after that.

    ``moves``: the first byte read and the end of the bytes written, in order.
    """
    reads, ends = zip(*moves, strict=True)
    found, lowest = 0, None
    for number in reversed(range(len(reads))):
        if number + later < len(reads):
            start = reads[number + later]
            lowest = start if lowest is None else min(lowest, start)
        if lowest is not None:
            found = max(found, ends[number] - lowest)
    return found


def _moves(
    op: ArrayOp | PoolOp, qnetwork: QNetwork, piece: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """For each piece of the output, along H first: bytes of the tensors as _least takes them."""
    width, height, channels = qnetwork.tensors[op.input].shape
    out_width, out_height, out_channels = qnetwork.tensors[op.output].shape
    for w in range(0, out_width, piece[0]):
        for h in range(0, out_height, piece[1]):
            first = [
                min(max(start * op.strides[axis] - op.pads[axis], 0), size - 1)
                for axis, (start, size) in enumerate(((w, width), (h, height)))
            ]
            last = (min(w + piece[0], out_width) - 1, min(h + piece[1], out_height) - 1)
            yield (
                (first[0] * height + first[1]) * channels,
                (last[0] * out_height + last[1] + 1) * out_channels,
            )
