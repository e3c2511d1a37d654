"""An array operation as C: descriptors, the weights the CPU holds, and the layer made of both.

What runs it is resources/firmware/runtime/array.c.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from studio.chip.npu import Descriptor, Flag
from studio.firmware import csource, descriptors
from studio.firmware.csource import Table
from studio.firmware.descriptors import ADDEND_BYTES, MOST_INPUT_SHIFT, BlockOp
from studio.firmware.staging import Staging
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, RowTile

Field = tuple[str, str]


@dataclass(frozen=True)
class CBlock:
    """A ``static const struct npu_op``: its name, a comment and (field, value) pairs."""

    name: str
    comment: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ArrayCode:
    """One operation: ``variable`` is a ``struct array_layer`` for array_run.

    ``definition`` defines it, in lines of C, after the ``tables`` and the ``blocks``.
    """

    tables: tuple[Table, ...]
    blocks: tuple[CBlock, ...]
    definition: tuple[str, ...]
    variable: str


def input_piece(op: ArrayOp, qnetwork: QNetwork, piece: tuple[int, int]) -> int:
    """Bytes of the input that ``piece`` neighbouring output positions (along W, H) need at most."""
    width, height, channels = qnetwork.tensors[op.input].shape
    touched = [
        min(size, (count - 1) * stride + (kernel - 1) * dilation + 1)
        for size, count, stride, kernel, dilation in zip(
            (width, height), piece, op.strides, op.kernel, op.dilations, strict=True
        )
    ]
    return touched[0] * touched[1] * channels


def output_piece(op: ArrayOp, qnetwork: QNetwork, piece: tuple[int, int]) -> int:
    """Bytes that ``piece`` output positions take."""
    return piece[0] * piece[1] * qnetwork.tensors[op.output].shape[2]


def addend_piece(op: ArrayOp, piece: tuple[int, int]) -> int:
    """Bytes for what the CPU adds to ``piece`` output positions; 0 without mixed weights."""
    mixed = [matrix.columns for matrix in op.matrices if matrix.store == "mixed"]
    return piece[0] * piece[1] * ADDEND_BYTES * max(mixed, default=0)


def of(op: ArrayOp, qnetwork: QNetwork, layout: Layout, staging: Staging, prefix: str) -> ArrayCode:
    """The C of one operation whose names all begin with ``prefix``.

    Raises VerifyError where the layout does not cover it, or ``staging`` lacks what it needs.
    """
    tables: list[Table] = []
    blocks: list[CBlock] = []
    lines: list[str] = []
    steps: list[str] = []
    digital: list[str] = []
    found = descriptors.of(op, qnetwork, layout, staging)
    for index, matrix in enumerate(op.matrices):
        for number, tile in enumerate(matrix.tiles):
            name = f"{prefix}_weights{len(tables)}"
            if matrix.store == "digital":
                table, values = _matrix(op, qnetwork, index, tile, name, tables)
                digital.append(f"    {{{values}}},")
                tables.append(table)
                continue
            if matrix.store == "mixed":
                table, values = _matrix(op, qnetwork, index, tile, name, tables)
                tables.append(table)
                rest = f"{prefix}_rest{len(steps)}"
                lines.append(f"static const struct matrix {rest} = {{{values}}};")
                steps.append(f"    {{0, &{rest}}},")
            for block in found:
                if (block.matrix, block.tile) == (index, number):
                    blocks.append(_block(f"{prefix}_block{len(blocks) + 1}", op, block))
                    steps.append(f"    {{&{blocks[-1].name}, 0}},")
    arrays = (("struct array_step", "steps", steps), ("struct matrix", "digital", digital))
    for kind, what, items in arrays:
        if items:
            lines += [f"static const {kind} {prefix}_{what}[] = {{", *items, "};"]
    variable = f"{prefix}_layer"
    lines.append(f"static const struct array_layer {variable} = {{")
    lines += [f"    .{name} = {value}," for name, value in _window(op, qnetwork)]
    for what, items in (("step", steps), ("digital", digital)):
        if items:
            array = f"{prefix}_{what}s" if what == "step" else f"{prefix}_{what}"
            pointer = "steps" if what == "step" else what
            lines += [f"    .{pointer} = {array},", f"    .{what}_count = {len(items)}u,"]
    lines += [f"    .{name} = {value}," for name, value in _staged(staging)]
    lines.append("};")
    return ArrayCode(tuple(tables), tuple(blocks), tuple(lines), variable)


def _window(op: ArrayOp, qnetwork: QNetwork) -> list[Field]:
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    pairs = (
        ("kernel", op.kernel),
        ("stride", op.strides),
        ("dilation", op.dilations),
        ("pad", op.pads[:2]),
    )
    found = [("name", csource.string(op.name))]
    for prefix, shape in (("in", source.shape), ("out", target.shape)):
        for name, size in zip(("width", "height", "channels"), shape, strict=True):
            found.append((f"window.{prefix}_{name}", f"{size}u"))
    for name, (along_w, along_h) in pairs:
        found += [(f"window.{name}_width", f"{along_w}u"), (f"window.{name}_height", f"{along_h}u")]
    return [*found, ("window.is_unsigned", f"{int(source.high > 127)}u")]


def _staged(staging: Staging) -> list[Field]:
    return [
        ("input", f"{staging.input}u"),
        ("output", f"{staging.output}u"),
        ("addend", f"{staging.addend or 0}u"),
        ("in_place_input", f"{int(staging.in_place_input)}u"),
        ("in_place_output", f"{int(staging.in_place_output)}u"),
        ("piece_width", f"{staging.piece[0]}u"),
        ("piece_height", f"{staging.piece[1]}u"),
    ]


def _block(name: str, op: ArrayOp, block: BlockOp) -> CBlock:
    values = []
    for field in fields(Descriptor):
        value = getattr(block.descriptor, field.name)
        if field.name == "flags":
            values.append((field.name, _flags(value)))
        elif value or field.default != 0:  # C leaves out what is 0 by default
            values.append((field.name, f"{value}u"))
    return CBlock(name, csource.comment(f"{op.name}: {block.note}"), tuple(values))


def _flags(value: int) -> str:
    return " | ".join(f"NPU_{flag.name}" for flag in Flag if flag & value) or "0u"


def _matrix(
    op: ArrayOp, qnetwork: QNetwork, index: int, tile: RowTile, name: str, tables: list[Table]
) -> tuple[Table, str]:
    """The table of weights the CPU multiplies in a tile, and a ``struct matrix`` on it.

    A digital matrix's bias becomes a table of its own, which is added to ``tables``.
    """
    matrix, source = op.matrices[index], qnetwork.tensors[op.input]
    doubled = matrix.doubled(tile)
    weights, mirrored = _weights(matrix, tile, source.low < 0)
    words = weights.min() < -128 or weights.max() > 127
    low, high, offset = {"unsigned": (0, 255, 0), "pn": (-255, 255, 0)}.get(
        matrix.encoding, (-128, 127, 128)
    )
    channels = source.shape[2] // len(op.matrices)
    outputs = qnetwork.tensors[op.output].shape[2] // len(op.matrices)
    about: list[Field] = [
        ("weights", name),
        ("words", f"{int(words)}u"),
        ("columns", f"{matrix.columns}u"),
        ("in_channel", f"{index * channels}u"),
        ("channels", f"{channels}u"),
        ("element_start", f"{tile.start}u"),
        ("element_count", f"{tile.stop - tile.start}u"),
        ("signed_elements", f"{doubled}u"),
        ("mirrored", f"{int(mirrored)}u"),
        ("input_shift", f"{min(matrix.input_shift, MOST_INPUT_SHIFT)}u"),
        ("low", str(low)),
        ("high", str(high)),
        ("offset", str(offset)),
    ]
    if matrix.store == "digital":
        about += [
            ("out_channel", f"{index * outputs}u"),
            ("gain_shift", f"{matrix.gain.bit_length() - 1}u"),
            ("relu", f"{int(op.relu)}u"),
        ]
        if tile.bias is not None:
            about.append(("bias", f"{name}_bias"))
            text = f"Bias of {matrix.name} in {op.name}"
            tables.append(csource.table("int32_t", f"{name}_bias", text, tile.bias))
    rest = "Weights" if matrix.store == "digital" else "High bytes of the weights"
    text = f"{rest} of {matrix.name} in {op.name}, {weights.shape[0]} x {weights.shape[1]}"
    table = csource.table("int16_t" if words else "int8_t", name, text, weights)
    return table, ", ".join(f".{field} = {value}" for field, value in about)


def _weights(matrix: Matrix, tile: RowTile, negative: bool) -> tuple[npt.NDArray[np.integer], bool]:
    """What the CPU multiplies by, and whether doubled inputs have a second row for -x.

    They need none where that row is the mirror image of the first, or inputs are never
    ``negative``.
    """
    rows = matrix.values(tile).astype(np.int32)
    if matrix.store == "mixed":
        rows = (rows - matrix.cells(tile)) >> 8
    count, doubled = tile.stop - tile.start, matrix.doubled(tile)
    first, second = rows[:count], rows[count:]
    mirrored = negative and not np.array_equal(second, -first[:doubled])
    return (rows if mirrored else first), mirrored
