"""From real or integer weights to a Matrix: gain, signed encoding, row tiles, biases."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.base.errors import FitError
from studio.chip.chip import Chip
from studio.quantize.qnetwork import Encoding, Int16, Matrix, QTensor, RowTile

Signed = Literal["auto", "pn", "shift"]
Real = npt.NDArray[np.float64]
Bias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Integers:
    """Weights [inputs, columns], biases [columns] (multiples of the chip's unit) and gain.

    ``clipped`` is the fraction of weights that had to be clipped.
    """

    weights: Int16
    bias: Bias
    gain: int
    clipped: float


def least_output_scale(weights: Real, input_scale: float, chip: Chip) -> float:
    """The smallest output scale the chip's smallest gain allows without clipping weights."""
    peak = float(np.abs(weights).max(initial=0.0))
    return peak * input_scale * chip.arithmetic.gain_min / chip.array.weight_max


def to_integers(
    weights: Real, bias: Real, input_scale: float, output_scale: float, chip: Chip
) -> Integers:
    """Quantize ``y = x @ weights + bias`` to the array's arithmetic.

    With x = input_scale * xi and y = output_scale * yi the array computes
    yi = (xi @ Wi + bi) / G, so Wi = weights * input_scale * G / output_scale. G is the largest
    power of two the chip has for which Wi stays in int8 and the bias strip can hold bi.
    """
    limits, arithmetic = chip.array, chip.arithmetic
    factor = input_scale / output_scale
    peak = float(np.abs(weights).max(initial=0.0)) * factor
    offset = float(np.abs(bias).max(initial=0.0)) / output_scale
    gain = arithmetic.gain_max
    while gain > arithmetic.gain_min and (
        peak * gain > limits.weight_max or offset * gain > limits.max_bias
    ):
        gain //= 2
    exact = np.rint(weights * (factor * gain))
    kept = np.clip(exact, limits.weight_min, limits.weight_max)
    steps = np.rint(bias * (gain / output_scale / limits.bias_unit))
    top = limits.max_bias // limits.bias_unit
    return Integers(
        weights=kept.astype(np.int16),
        bias=(np.clip(steps, -top, top) * limits.bias_unit).astype(np.int64),
        gain=gain,
        clipped=float(np.mean(exact != kept)) if exact.size else 0.0,
    )


def choose_encoding(
    source: QTensor,
    weights: Int16,
    bias: Bias,
    wanted: Signed,
    chip: Chip,
    tile_rows: int | None = None,
) -> Encoding:
    """How signed inputs meet the array: PN where twice the rows fit one round, else SHIFT.

    SHIFT needs -128 * sum(W) in the bias; where the bias strip cannot hold that, PN again.
    """
    if not source.signed:
        return "unsigned"
    if wanted != "auto":
        return wanted
    if 2 * weights.shape[0] <= chip.array.max_inputs:
        return "pn"
    shifted = [tile.bias for tile in tiles(weights, bias, "shift", chip, tile_rows)]
    peak = max(int(np.abs(part).max()) for part in shifted if part is not None)
    return "shift" if peak <= chip.array.max_bias else "pn"


def tiles(
    weights: Int16, bias: Bias, encoding: Encoding, chip: Chip, tile_rows: int | None = None
) -> tuple[RowTile, ...]:
    """Cut the inputs into equal parts of at most ``tile_rows``; the first carries the bias.

    ``tile_rows`` counts array rows, of which PN takes two an input; None is the largest bank.
    """
    inputs = weights.shape[0]
    most = (tile_rows or chip.array.max_inputs) // (2 if encoding == "pn" else 1)
    count = -(-inputs // most)
    edges = [round(inputs * index / count) for index in range(count + 1)]
    found = []
    for start, stop in itertools.pairwise(edges):
        total = bias.copy() if start == 0 else np.zeros_like(bias)
        if encoding == "shift":
            total -= 128 * weights[start:stop].astype(np.int64).sum(axis=0)
        found.append(RowTile(start, stop, total.astype(np.int32) if total.any() else None))
    return tuple(found)


def build(
    name: str,
    numbers: Integers,
    source: QTensor,
    wanted: Signed,
    chip: Chip,
    where: str,
    tile_rows: int | None = None,
) -> Matrix:
    """A Matrix for inputs like ``source``, cut into row tiles of at most ``tile_rows``.

    Raises FitError when a bias exceeds the strip, or a tile of one row should hold PN.
    """
    encoding = choose_encoding(source, numbers.weights, numbers.bias, wanted, chip, tile_rows)
    if encoding == "pn" and tile_rows == 1:
        raise FitError(
            "a row tile of one row cannot hold a signed input, which takes two with PN",
            hint="Allow two rows (--tile-rows 2), or use --signed shift.",
            where=f"{where}, layer {name}",
        )
    parts = tiles(numbers.weights, numbers.bias, encoding, chip, tile_rows)
    for part in parts:
        peak = int(np.abs(part.bias).max()) if part.bias is not None else 0
        if peak > chip.array.max_bias:
            raise FitError(
                f"a bias of {peak} does not fit {chip.array.bias_rows} bias rows, which hold"
                f" at most {chip.array.max_bias}",
                hint="Use PN for signed inputs (--signed pn), or a smaller gain for this layer.",
                where=f"{where}, layer {name}",
            )
    return Matrix(name, numbers.weights, encoding, numbers.gain, parts)
