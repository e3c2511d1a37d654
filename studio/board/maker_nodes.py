"""Operations of a QNetwork as nodes of the maker's dialect (OPS.md), one function a kind.

What the dialect cannot say raises Unsayable, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import onnx
from onnx import helper

from studio.board import maker_array
from studio.board.maker_sheet import CHANNEL, Sheet, Unsayable, onnx_shape
from studio.quantize.lower_cpu import SOFTMAX_ONE
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    ConcatOp,
    LutOp,
    MulOp,
    PoolOp,
    QOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
)


def write(op: QOp, sheet: Sheet) -> None:
    """Append the nodes of ``op``. Raises Unsayable."""
    writer = _WRITERS.get(type(op))
    if writer is None:
        raise Unsayable("it has no such operator, or not one that is known to compute the same")
    writer(op, sheet)


def _add(op: AddOp, sheet: Sheet) -> None:
    _pair("Add", op, sheet)


def _mul(op: MulOp, sheet: Sheet) -> None:
    _pair("Mul", op, sheet)


def _pair(kind: str, op: AddOp | MulOp, sheet: Sheet) -> None:
    shapes = [sheet.tensor(name).shape for name in op.inputs]
    if shapes[0] != shapes[1]:
        raise Unsayable(
            f"its operands have the shapes {shapes[0]} and {shapes[1]}, and {kind} takes equal ones"
        )
    more = {"shift_bit": op.shift} if op.shift else {}
    out = f"{op.output} before" if op.relu else op.output
    sheet.add(kind, op.name, [*op.inputs], out, **more)
    if op.relu:
        sheet.relu(op.name, out, op.output)


def _lut(op: LutOp, sheet: Sheet) -> None:
    source = sheet.tensor(op.input)
    if op.table.ndim > 1:
        raise Unsayable("each channel has a table of its own, and ActLut has one")
    reached = np.arange(source.low, source.high + 1)
    table = np.zeros(256, np.int16)
    table[reached & 255] = op.table[reached & 255]
    if table.min() < -128 or table.max() > 127:
        raise Unsayable(f"its table reaches {table.max()}, and ActLut gives -128..127")
    if np.array_equal(table[reached & 255], np.maximum(reached, 0)) and source.high <= 127:
        sheet.add("Relu", op.name, [op.input], op.output)
        return
    values = helper.make_tensor(
        f"{op.name}/table", onnx.TensorProto.FLOAT, [1, 256], table.astype(np.float32)
    )
    kind = "sigmoid" if table.min() >= 0 else "tanh"
    sheet.add("ActLut", op.name, [op.input], op.output, act_type=kind, table_params=values)


def _affine(op: AffineOp, sheet: Sheet) -> None:
    """BatchNormalization with variance 1: factor and offset are exact in float32 or refused."""
    channels = sheet.tensor(op.input).shape[CHANNEL]
    factor = op.factor.astype(np.float64) / 2.0**op.shift
    offset = op.offset.astype(np.float64) / 2.0**op.shift
    if not np.array_equal(offset.astype(np.float32).astype(np.float64), offset):
        raise Unsayable("its offsets have more than 24 bits")
    names = [
        sheet.constant(f"{op.name}/{title}", values)
        for title, values in (
            ("gamma", factor),
            ("beta", offset),
            ("mean", np.zeros(channels)),
            ("variance", np.ones(channels)),
        )
    ]
    out = f"{op.output} before" if op.relu else op.output
    # 1 + 1e-30 is 1: nothing is added to the variance.
    sheet.add(
        "BatchNormalization", op.name, [op.input, *names], out, epsilon=1e-30, scale_in=1.0,
        scale_out=1.0,
    )  # fmt: skip
    if op.relu:
        sheet.relu(op.name, out, op.output)
    sheet.note("How the maker's mapper rounds BatchNormalization is not published.")


def _pool(op: PoolOp, sheet: Sheet) -> None:
    if op.ratio != 1.0:
        raise Unsayable("its scales have no ratio that is a power of two")
    more: dict[str, object] = {}
    if op.kind == "average":
        more = {"scale_in": 2.0**op.shift, "scale_out": 1.0}
        if any(op.pads) and not op.count_pads:
            raise Unsayable("its average leaves the padding out, and the dialect counts it")
    else:
        sheet.note("MaxPool is not in the maker's published list of operators.")
    (kw, kh), (sw, sh) = op.kernel, op.strides
    flat = sheet.flat(op.output)
    out = f"{op.output} as 4D" if flat else op.output
    sheet.add(
        "MaxPool" if op.kind == "max" else "AveragePool",
        op.name,
        [sheet.use(op.input, 4)],
        out,
        kernel_shape=[kh, kw],
        strides=[sh, sw],
        pads=[op.pads[1], op.pads[0], op.pads[3], op.pads[2]],
        **more,
    )
    if flat:
        sheet.flatten(op.name, out, op.output)


def _concat(op: ConcatOp, sheet: Sheet) -> None:
    if op.axis != CHANNEL:
        raise Unsayable("the chip's Concat is along the channels only")
    sheet.add("Concat", op.name, [*op.inputs], op.output, axis=1)


def _slice(op: SliceOp, sheet: Sheet) -> None:
    axis = {0: 3, 1: 2, 2: 1}[op.axis]
    count = sheet.tensor(op.output).shape[op.axis]
    stop = op.start + (count - 1) * op.step + 1
    flat = sheet.flat(op.output) and not sheet.flat(op.input)
    out = f"{op.output} as 4D" if flat else op.output
    sheet.cut(op.name, op.input, out, axis, op.start, stop, op.step)
    if flat:
        sheet.flatten(op.name, out, op.output)


def _reshape(op: ReshapeOp, sheet: Sheet) -> None:
    sheet.reshape(op.name, op.input, op.output, onnx_shape(sheet.tensor(op.output).shape))


def _softmax(op: SoftmaxOp, sheet: Sheet) -> None:
    scale = float(np.float32(sheet.tensor(op.input).scale))
    table = np.rint(SOFTMAX_ONE * np.exp(-np.arange(256) * scale)).astype(np.int32)
    if not np.array_equal(table, op.table):
        raise Unsayable("its table is not that of the input's scale in float32")
    sheet.add("Softmax", op.name, [op.input], op.output, axis=1, scale_in=scale)
    sheet.note("Softmax is not in the maker's published list of operators.")


_WRITERS: Mapping[type, Callable[..., None]] = {
    AddOp: _add,
    AffineOp: _affine,
    ArrayOp: maker_array.write,
    ConcatOp: _concat,
    LutOp: _lut,
    MulOp: _mul,
    PoolOp: _pool,
    ReshapeOp: _reshape,
    SliceOp: _slice,
    SoftmaxOp: _softmax,
}
