"""Multiplications by weights in the maker's dialect: Gemm or Conv, Scale of 1/G, Relu.

A matrix of several row tiles becomes as many Gemms of slices of the input, whose results are
added: each tile is rounded by itself, as the chip does it. Signed inputs are told by layer options.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.board.maker_sheet import Sheet, Unsayable
from studio.quantize.layer_options import LayerChoice
from studio.quantize.matrix import correction
from studio.quantize.qarray import UNLIMITED
from studio.quantize.qnetwork import ArrayOp, Int16

Bias = npt.NDArray[np.int64]


def write(op: ArrayOp, sheet: Sheet) -> None:
    """Append the nodes of an array operation. Raises Unsayable."""
    _check(op)
    first = op.matrices[0]
    dense = _dense(op, sheet)
    count = len(first.tiles)
    if len(op.matrices) > 1:
        sheet.note("A grouped Conv has ONNX's group, which the maker's manual does not mention.")
    source = sheet.use(op.input, 2 if dense else 4)
    whole = op.output if sheet.flat(op.output) == dense else f"{op.output} as 4D"
    total = ""
    for number, tile in enumerate(first.tiles):
        name = op.name if count == 1 else f"{op.name}/part{number + 1}"
        part = source
        if count > 1:
            title = f"{name}/inputs"
            part = sheet.cut(title, source, f"{name} inputs", 1, tile.start, tile.stop)
        product = _product(op, sheet, name, part, number, dense)
        out = whole if count == 1 and not op.relu else f"{name} scaled"
        sheet.add("Scale", f"{name}/scale", [product], out, scale=1.0 / first.gain)
        _choose(op, sheet, name, number)
        if total:
            target = whole if number == count - 1 and not op.relu else f"{name} sum"
            out = sheet.add("Add", f"{name}/add", [total, out], target)
        total = out
    if op.relu:
        sheet.relu(op.name, total, whole)
    if whole != op.output:
        sheet.flatten(op.name, whole, op.output)


def _check(op: ArrayOp) -> None:
    first = op.matrices[0]
    if any(m.gain != first.gain for m in op.matrices):
        raise Unsayable("its groups have different gains, and a Conv has one")
    if any(m.input_shift or m.repeat > 1 or m.mirror_max != UNLIMITED for m in op.matrices):
        raise Unsayable(
            "layer options changed its numbers; quantize without them and give them to the mapper"
        )
    if any(m.store != "analog" for m in op.matrices):
        raise Unsayable("its weights do not all lie in cells")
    count = max(len(m.tiles) for m in op.matrices)
    plain = (*op.kernel, *op.strides) == (1, 1, 1, 1) and not any(op.pads)
    if count > 1 and (len(op.matrices) > 1 or not plain):
        raise Unsayable(
            f"its window of {first.inputs} inputs takes {count} rounds; only a layer without a"
            " window can be cut"
        )
    if count > 1 and first.encoding == "partial":
        raise Unsayable("PARTIAL inputs in several rounds")


def _dense(op: ArrayOp, sheet: Sheet) -> bool:
    """Whether it is a Gemm on one vector."""
    plain = (*op.kernel, *op.strides) == (1, 1, 1, 1) and not any(op.pads)
    return plain and len(op.matrices) == 1 and sheet.flat(op.input)


def _numbers(op: ArrayOp, number: int) -> tuple[list[Int16], Bias]:
    """Each matrix's weights in a tile, and all biases, without what the encoding adds to them."""
    weights: list[Int16] = []
    biases: list[Bias] = []
    for matrix in op.matrices:
        tile = matrix.tiles[number]
        weights.append(matrix.weights[tile.start : tile.stop])
        own = correction(
            matrix.weights, matrix.encoding, tile.start, tile.stop, matrix.signed_inputs
        )
        biases.append(own if tile.bias is None else own + tile.bias)
    return weights, np.concatenate(biases)


def _product(op: ArrayOp, sheet: Sheet, name: str, source: str, number: int, dense: bool) -> str:
    weights, bias = _numbers(op, number)
    vector = sheet.constant(f"{name}/bias", bias.astype(np.float64))
    if dense:
        matrix = sheet.constant(f"{name}/weights", weights[0])
        return sheet.add("Gemm", name, [source, matrix, vector], f"{name} product")
    kw, kh = op.kernel
    # rows (w, h, c) -> [O, I, kh, kw]
    kernels = [part.reshape(kw, kh, -1, part.shape[1]).transpose(3, 2, 1, 0) for part in weights]
    kernel = sheet.constant(f"{name}/weights", np.concatenate(kernels))
    more: dict[str, object] = {"group": len(weights)} if len(weights) > 1 else {}
    if op.dilations != (1, 1):
        more["dilations"] = [op.dilations[1], op.dilations[0]]
        sheet.note("The maker's manual does not mention dilations of a Conv.")
    return sheet.add(
        "Conv",
        name,
        [source, kernel, vector],
        f"{name} product",
        kernel_shape=[kh, kw],
        strides=[op.strides[1], op.strides[0]],
        pads=[op.pads[1], op.pads[0], op.pads[3], op.pads[2]],
        **more,
    )


def _choose(op: ArrayOp, sheet: Sheet, name: str, number: int) -> None:
    """The layer option that says how signed inputs meet the array."""
    matrix = op.matrices[0]
    tile = matrix.tiles[number]
    signed = {"pn": tile.stop - tile.start, "shift": -1, "partial": matrix.signed_inputs}
    if value := signed.get(matrix.encoding, 0):
        sheet.choices.append(LayerChoice(name, signed_input=value))
