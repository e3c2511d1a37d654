"""From the blocks of a Layout to the descriptors the NPU runs."""

from __future__ import annotations

from dataclasses import dataclass

from studio.base.errors import VerifyError
from studio.chip.npu import Descriptor, Flag
from studio.firmware.staging import Staging
from studio.mapper import copies
from studio.mapper.layout import Block, Layout
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, RowTile

ADDEND_BYTES = 4
MOST_INPUT_SHIFT = 8  # shifted as far, everything but 0 saturates
_ENCODINGS = {
    "unsigned": Flag(0),
    "pn": Flag.ENCODE_PN,
    "shift": Flag.ENCODE_SHIFT,
    "partial": Flag.ENCODE_PARTIAL,
}


@dataclass(frozen=True)
class BlockOp:
    """One descriptor, and which part of the layer its block is: by number and in words."""

    descriptor: Descriptor
    matrix: int
    tile: int
    note: str


def of(op: ArrayOp, qnetwork: QNetwork, layout: Layout, staging: Staging) -> tuple[BlockOp, ...]:
    """The descriptors of one array operation, in the order in which they must run.

    They are those of whole tensors at the places that ``staging`` says; array.c cuts them where
    it works piece by piece. Raises VerifyError where the layout does not cover the operation's
    matrices, or ``staging`` has no room for what the CPU adds.
    """
    found = []
    for index, matrix in enumerate(op.matrices):
        _check_matrix(op, matrix, qnetwork)
        if matrix.store == "digital":
            continue
        if matrix.store == "mixed" and (staging.addend is None or staging.addend % ADDEND_BYTES):
            raise VerifyError(
                f"mixed weights need aligned room for sums, not {staging.addend}", where=op.name
            )
        for number, tile in enumerate(matrix.tiles):
            blocks = layout.of(op.name, index, number)
            _check_cover(op, matrix, tile, blocks, qnetwork)
            for block in blocks:
                descriptor = _descriptor(op, index, number, block, qnetwork, staging)
                note = _note(op, matrix, index, number, block)
                found.append(BlockOp(descriptor, index, number, note))
    return tuple(found)


def _descriptor(
    op: ArrayOp, index: int, number: int, block: Block, qnetwork: QNetwork, staging: Staging
) -> Descriptor:
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    matrix = op.matrices[index]
    tile = matrix.tiles[number]
    channels = source.shape[2] // len(op.matrices)
    scheme = copies.stored(op, qnetwork, block.copies, block.points)
    start, elements = copies.window(op, matrix, tile, scheme)
    mixed = matrix.store == "mixed"
    first = (staging.addend or 0) + ADDEND_BYTES * block.first_column
    return Descriptor(
        flags=int(_flags(op, matrix, number, unsigned=source.high > 127)),
        input=staging.input,
        in_width=source.shape[0],
        in_height=source.shape[1],
        in_channels=source.shape[2],
        in_channel=index * channels,
        channels=channels,
        kernel_width=op.kernel[0],
        kernel_height=op.kernel[1],
        stride_width=op.strides[0],
        stride_height=op.strides[1],
        dilation_width=op.dilations[0],
        dilation_height=op.dilations[1],
        pad_width=op.pads[0],
        pad_height=op.pads[1],
        points_width=block.points if scheme.axis == 0 else 1,
        points_height=block.points if scheme.axis == 1 else 1,
        output=staging.output,
        out_width=target.shape[0],
        out_height=target.shape[1],
        out_channels=target.shape[2],
        out_channel=index * (target.shape[2] // len(op.matrices)) + block.first_column,
        element_start=start,
        element_count=elements,
        copies=block.copies,
        array=block.array,
        row=block.row,
        rows=block.rows,
        column=block.column,
        columns=block.columns,
        bias_row=block.bias_row if block.bias_rows else 0,
        bias_rows=block.bias_rows,
        gain=block.gain,
        input_shift=min(matrix.input_shift, MOST_INPUT_SHIFT),
        signed_elements=matrix.doubled(tile) if matrix.encoding == "partial" else 0,
        addend=first if mixed else 0,
        addend_columns=matrix.columns if mixed else 0,
    )


def _flags(op: ArrayOp, matrix: Matrix, number: int, unsigned: bool) -> Flag:
    """Tiles after the first add to what is there; only the last one may cut negatives off."""
    flags = Flag.INPUT_UNSIGNED if unsigned else Flag(0)
    flags |= _ENCODINGS[matrix.encoding]
    if matrix.store == "mixed":
        flags |= Flag.ADDEND | (Flag.ADDEND_APART if matrix.apart else Flag(0))
    if matrix.repeat > 1:
        flags |= Flag.REPEAT
    if number > 0:
        flags |= Flag.ACCUMULATE
    if op.relu and number == len(matrix.tiles) - 1:
        flags |= Flag.RELU
    return flags


def _check_matrix(op: ArrayOp, matrix: Matrix, qnetwork: QNetwork) -> None:
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    elements = op.kernel[0] * op.kernel[1] * (source.shape[2] // len(op.matrices))
    if matrix.inputs != elements or matrix.columns * len(op.matrices) != target.shape[2]:
        raise VerifyError(
            f"matrix {matrix.name} is {matrix.inputs} x {matrix.columns}, its window has "
            f"{elements} elements and its output {target.shape[2] // len(op.matrices)} channels",
            where=op.name,
        )
    if source.signed and matrix.encoding == "unsigned":
        raise VerifyError(
            f"signed input {op.input} meets the array without encoding", where=op.name
        )


def _check_cover(
    op: ArrayOp, matrix: Matrix, tile: RowTile, blocks: list[Block], qnetwork: QNetwork
) -> None:
    column = 0
    for block in blocks:
        scheme = copies.stored(op, qnetwork, block.copies, block.points)
        if block.first_column != column or block.rows != copies.rows(op, matrix, tile, scheme):
            break
        gain = matrix.gain * block.copies
        if block.gain != gain:
            raise VerifyError(f"gain {block.gain} on the array, {gain} wanted", where=op.name)
        column += block.width
    if column != matrix.columns:
        raise VerifyError(
            f"the layout holds {column} of {matrix.columns} columns of matrix {matrix.name}, "
            f"rows {tile.start}..{tile.stop}",
            where=op.name,
        )


def _note(op: ArrayOp, matrix: Matrix, index: int, number: int, block: Block) -> str:
    parts = []
    if len(op.matrices) > 1:
        parts.append(f"matrix {index + 1} of {len(op.matrices)}")
    if len(matrix.tiles) > 1:
        parts.append(f"row tile {number + 1} of {len(matrix.tiles)}")
    if block.width < matrix.columns:
        last = block.first_column + block.width - 1
        parts.append(f"columns {block.first_column}..{last} of {matrix.columns}")
    if block.points > 1:
        parts.append(f"{block.points} positions a round")
    if block.copies > 1:
        parts.append(f"{block.copies} copies")
    return ", ".join(parts) or "whole matrix"
