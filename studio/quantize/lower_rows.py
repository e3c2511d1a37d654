"""Tensors side by side as the inputs of a cell's matrices, in one round where that is possible.

Row tiles are rounded each by itself, which changes a layer's numbers. Where input and state do
not fit one round, or one byte, because one of them is signed, only that one is doubled or
shifted, by look-ups in front of the matrix: the sums stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from studio.quantize.lower_cells import Body
from studio.quantize.matrix import Integers, choose_encoding
from studio.quantize.qnetwork import Int16

Form = Literal["plain", "shift", "pn"]
Span = tuple[int, int]


@dataclass(frozen=True)
class Rows:
    """``tensor`` holds the inputs side by side.

    ``form`` "plain": as they are. With "shift" the rows ``signed`` (start, stop) hold v + 128,
    with "pn" max(v, 0), and max(-v, 0) follows behind all others.
    """

    tensor: str
    form: Form = "plain"
    signed: tuple[Span, ...] = ()


def side_by_side(body: Body, part: str, inputs: tuple[str, ...], *numbers: Integers) -> Rows:
    """Append what brings ``inputs`` together for matrices of ``numbers``."""
    form, signed = _form(body, inputs, numbers)
    parts = list(inputs)
    if form != "plain":
        body.builder.notes.append(
            f"{body.node.name}: of the rows {part} only those of signed numbers are"
            f" {'doubled' if form == 'pn' else 'shifted by 128'}."
        )
    for place, name in enumerate(inputs):
        if form != "plain" and body.signed(name):
            parts[place] = body.lut(f"{part}_{place}_{form}", name, _table(form))
            if form == "pn":
                parts.append(body.lut(f"{part}_{place}_negative", name, _table("negative")))
    return Rows(body.concat(part, *parts), form, signed)


def multiply(body: Body, part: str, rows: Rows, numbers: Integers) -> str:
    """Append the product of ``rows`` and a matrix, called NODE/part."""
    return body.product(part, rows.tensor, adapted(rows, numbers))


def adapted(rows: Rows, numbers: Integers) -> Integers:
    """The matrix that makes of ``rows`` what ``numbers`` make of the inputs themselves."""
    if rows.form == "pn":
        mirrored = [-numbers.weights[start:stop] for start, stop in rows.signed]
        return replace(numbers, weights=np.concatenate([numbers.weights, *mirrored]))
    bias = numbers.bias
    if rows.form == "shift":
        for start, stop in rows.signed:
            bias = bias - 128 * numbers.weights[start:stop].astype(np.int64).sum(axis=0)
    return replace(numbers, bias=bias)


def _form(
    body: Body, inputs: tuple[str, ...], numbers: tuple[Integers, ...]
) -> tuple[Form, tuple[Span, ...]]:
    """How the inputs are brought together, and the rows of the signed ones."""
    tensors = [body.builder.tensors[name] for name in inputs]
    stops = np.cumsum([tensor.shape[2] for tensor in tensors]).tolist()
    spans = zip([0, *stops], stops, tensors, strict=False)
    signed = tuple((start, stop) for start, stop, tensor in spans if tensor.signed)
    if len(signed) in (0, len(inputs)):
        return "plain", signed
    plan, array = body.plan, body.plan.chip.array
    total, most = stops[-1], array.max_inputs
    # One byte does not hold 0..255 beside negative numbers.
    wide = any(tensor.high > 127 for tensor in tensors)
    if plan.signed == "auto" and plan.tile_rows is None:
        if 2 * total <= most and not wide:
            return "plain", signed
        if total + sum(stop - start for start, stop in signed) <= most:
            return "pn", signed
        source = next(tensor for tensor in tensors if tensor.signed)
        encodings = {choose_encoding(source, n.weights, n.bias, "auto", plan.chip) for n in numbers}
        if encodings == {"shift"} and total <= most and not wide:
            return "plain", signed
        shifted = Rows("", "shift", signed)
        peak = max(int(np.abs(adapted(shifted, own).bias).max(initial=0)) for own in numbers)
        if total <= most and peak <= array.max_bias:
            return "shift", signed
    if wide:
        return ("shift" if plan.signed == "shift" else "pn"), signed
    return "plain", signed


def _table(form: Literal["shift", "pn", "negative"]) -> Int16:
    index = np.arange(256)
    v = np.where(index < 128, index, index - 256)
    made = {"shift": v + 128, "pn": np.maximum(v, 0), "negative": np.maximum(-v, 0)}[form]
    table: Int16 = made.astype(np.int16)
    table.setflags(write=False)
    return table
