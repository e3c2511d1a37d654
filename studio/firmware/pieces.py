"""How an array operation is cut into pieces that fit into free bytes of the NPU's SRAM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.firmware import array_code, packing
from studio.firmware.staging import Staging
from studio.quantize.qnetwork import ArrayOp, QNetwork

# What a piece costs beside its bytes, in bytes that could be copied meanwhile: a descriptor's copy.
PER_BLOCK = 400
Gaps = list[tuple[int, int]]


@dataclass(frozen=True)
class Cut:
    """A way to run an operation: its staging, the bytes it copies, and what that costs."""

    staging: Staging
    copied: int
    cost: int


def best(
    op: ArrayOp,
    qnetwork: QNetwork,
    places: tuple[int | None, int | None],
    free: Gaps,
) -> Cut | None:
    """The cheapest cut whose areas fit into the gaps ``free``; None where none does.

    ``places`` are the SRAM offsets of the operation's input and output, None for what lies
    elsewhere and is staged.
    """
    width, height, _ = qnetwork.tensors[op.output].shape
    found: list[Cut] = []
    for high in _shares(height):
        wide = _widest(op, qnetwork, places, free, width, high)
        if wide:
            cut = _cut(op, qnetwork, places, free, (wide, high))
            assert cut is not None
            found.append(cut)
            if (wide, high) == (width, height):
                break
    return min(found, key=lambda cut: cut.cost, default=None)


def smallest(op: ArrayOp, qnetwork: QNetwork) -> int:
    """The bytes one output position needs with everything staged."""
    sizes = areas(op, qnetwork, (1, 1), (None, None))
    return sum(packing.aligned(size) for size in sizes.values())


def areas(
    op: ArrayOp, qnetwork: QNetwork, piece: tuple[int, int], places: Sequence[int | None]
) -> dict[str, int]:
    """Bytes of the areas a piece needs beside what lies in the SRAM: input, output, addend."""
    sizes = {}
    if places[0] is None:
        sizes["input"] = array_code.input_piece(op, qnetwork, piece)
    if places[1] is None:
        sizes["output"] = array_code.output_piece(op, qnetwork, piece)
    if size := array_code.addend_piece(op, piece):
        sizes["addend"] = size
    return sizes


def untouched(op: ArrayOp) -> bool:
    """Whether the array has no part in it: the CPU multiplies where the tensors lie."""
    return not any(True for _ in op.stored())


def copied(
    op: ArrayOp, qnetwork: QNetwork, piece: tuple[int, int], places: Sequence[int | None]
) -> int:
    """Bytes that array_run copies between the SRAM and other memory, rows twice read included."""
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    total = 0 if places[1] is not None else target.size
    if places[0] is None:
        rows = [_read(op, axis, source.shape[axis], target.shape[axis], piece) for axis in (0, 1)]
        total += rows[0] * rows[1] * source.shape[2]
    return total


def _read(op: ArrayOp, axis: int, size: int, positions: int, piece: tuple[int, int]) -> int:
    """Input elements along one axis that all pieces together read; padding is not read."""
    stride, pad = op.strides[axis], op.pads[axis]
    span = (op.kernel[axis] - 1) * op.dilations[axis] + 1
    total = 0
    for first in range(0, positions, piece[axis]):
        last = min(first + piece[axis], positions) - 1
        total += max(0, min(last * stride - pad + span, size) - max(first * stride - pad, 0))
    return total


def _cut(
    op: ArrayOp,
    qnetwork: QNetwork,
    places: tuple[int | None, int | None],
    free: Gaps,
    piece: tuple[int, int],
) -> Cut | None:
    offsets = packing.arrange(free, areas(op, qnetwork, piece, places))
    if offsets is None:
        return None
    source, target = places
    staging = Staging(
        offsets["input"] if source is None else source,
        offsets["output"] if target is None else target,
        source is not None,
        target is not None,
        piece,
        offsets.get("addend"),
    )
    width, height, _ = qnetwork.tensors[op.output].shape
    count = -(-width // piece[0]) * -(-height // piece[1])
    moved = copied(op, qnetwork, piece, places)
    blocks = sum(len(matrix.tiles) for matrix in op.matrices)
    return Cut(staging, moved, moved + (count - 1) * blocks * PER_BLOCK)


def _shares(size: int) -> list[int]:
    """ceil(size / n) for every n, largest first, each once."""
    return sorted({-(-size // n) for n in range(1, size + 1)}, reverse=True)


def _widest(
    op: ArrayOp,
    qnetwork: QNetwork,
    places: tuple[int | None, int | None],
    free: Gaps,
    width: int,
    high: int,
) -> int:
    """The most positions along W that fit, 0 where not even one does."""
    low, top = 0, width
    while low < top:
        middle = (low + top + 1) // 2
        if _cut(op, qnetwork, places, free, (middle, high)) is None:
            top = middle - 1
        else:
            low = middle
    return low
