"""From real or integer weights to a Matrix: gain, signed encoding, row tiles, biases."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.base.errors import FitError
from studio.chip.chip import Chip
from studio.quantize.qarray import Store
from studio.quantize.qnetwork import Encoding, Int16, Matrix, QTensor, RowTile

Signed = Literal["auto", "pn", "shift"]
Real = npt.NDArray[np.float64]
Bias = npt.NDArray[np.int64]

# The largest weight whose low and high byte are both -128..127.
WIDEST = 32639
# Four times a sum with a bias below this has room in 32 bits.
WIDEST_BIAS = 1 << 28


@dataclass(frozen=True)
class Integers:
    """Weights [inputs, columns], biases [columns] (multiples of the chip's unit) and gain.

    ``clipped`` is the fraction of weights that had to be clipped.
    """

    weights: Int16
    bias: Bias
    gain: int
    clipped: float


def least_output_scale(
    weights: Real, input_scale: float, chip: Chip, most: int | None = None
) -> float:
    """The smallest output scale the chip's smallest gain allows without clipping weights.

    ``most`` is the largest integer weight, None for a cell's.
    """
    peak = float(np.abs(weights).max(initial=0.0))
    return peak * input_scale * chip.arithmetic.gain_min / (most or chip.array.weight_max)


def to_integers(
    weights: Real,
    bias: Real,
    input_scale: float,
    output_scale: float,
    chip: Chip,
    most: int | None = None,
    doublings: int = 0,
) -> Integers:
    """Quantize ``y = x @ weights + bias`` to the array's arithmetic.

    With x = input_scale * xi and y = output_scale * yi the array computes
    yi = (xi @ Wi + bi) / G, so Wi = weights * input_scale * G / output_scale. G is the largest
    power of two the chip has for which Wi stays in int8 and the bias strip can hold bi. ``most``
    takes the place of int8's 127 where weights are wider; ``doublings`` of G beyond the rule
    clip weights, as far as the chip's gains and the bias strip allow.
    """
    limits, arithmetic = chip.array, chip.arithmetic
    top, bottom = most or limits.weight_max, -most if most else limits.weight_min
    factor = input_scale / output_scale
    peak = float(np.abs(weights).max(initial=0.0)) * factor
    offset = float(np.abs(bias).max(initial=0.0)) / output_scale
    gain = arithmetic.gain_max
    while gain > arithmetic.gain_min and (peak * gain > top or offset * gain > limits.max_bias):
        gain //= 2
    for _ in range(doublings):
        if gain < arithmetic.gain_max and offset * gain * 2 <= limits.max_bias:
            gain *= 2
    gain = max(arithmetic.gain_min, gain >> max(0, -doublings))
    exact = np.rint(weights * (factor * gain))
    kept = np.clip(exact, bottom, top)
    steps = np.rint(bias * (gain / output_scale / limits.bias_unit))
    units = limits.max_bias // limits.bias_unit
    return Integers(
        weights=kept.astype(np.int16),
        bias=(np.clip(steps, -units, units) * limits.bias_unit).astype(np.int64),
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
    edges = _edges(weights.shape[0], "shift", 0, tile_rows or chip.array.max_inputs)
    fits = _peak(weights, bias, "shift", 0, edges) <= chip.array.max_bias
    return "shift" if fits else "pn"


def tiles(
    weights: Int16,
    bias: Bias,
    encoding: Encoding,
    chip: Chip,
    tile_rows: int | None = None,
    signed_inputs: int = 0,
) -> tuple[RowTile, ...]:
    """Cut the inputs into equal parts of at most ``tile_rows``; the first carries the bias.

    ``tile_rows`` counts array rows, of which PN takes two an input, and "partial" two for the
    first ``signed_inputs``; None is the largest bank.
    """
    inputs = weights.shape[0]
    most = tile_rows or chip.array.max_inputs
    found = []
    for start, stop in itertools.pairwise(_edges(inputs, encoding, signed_inputs, most)):
        total = bias.copy() if start == 0 else np.zeros_like(bias)
        total -= correction(weights, encoding, start, stop, signed_inputs)
        found.append(RowTile(start, stop, total.astype(np.int32) if total.any() else None))
    return tuple(found)


def _edges(inputs: int, encoding: Encoding, signed_inputs: int, most: int) -> list[int]:
    """Where tiles begin and end, none with more than ``most`` rows."""
    if encoding != "partial":
        count = -(-inputs // (most // (2 if encoding == "pn" else 1)))
        return [round(inputs * index / count) for index in range(count + 1)]
    rows = np.arange(inputs + 1) + np.minimum(np.arange(inputs + 1), signed_inputs)
    for count in range(-(-int(rows[-1]) // most), inputs + 1):
        wanted = np.arange(count + 1) * (int(rows[-1]) / count)
        edges = np.searchsorted(rows, wanted, side="right") - 1
        if np.diff(rows[edges]).max() <= most and np.diff(edges).min() > 0:
            return [int(edge) for edge in edges]
    return list(range(inputs + 1))


def correction(
    weights: Int16, encoding: Encoding, start: int, stop: int, signed_inputs: int
) -> Bias:
    """128 * sum(W) over the inputs start..stop that reach the array as x + 128."""
    first = {"shift": start, "partial": max(start, signed_inputs)}.get(encoding, stop)
    total: Bias = 128 * weights[min(first, stop) : stop].astype(np.int64).sum(axis=0)
    return total


def plain_bias(matrix: Matrix) -> Bias:
    """The bias of the whole matrix without the corrections of its encoding."""
    total = np.zeros(matrix.columns, np.int64)
    for tile in matrix.tiles:
        if tile.bias is not None:
            total += tile.bias
        total += correction(
            matrix.weights, matrix.encoding, tile.start, tile.stop, matrix.signed_inputs
        )
    return total


def build(
    name: str,
    numbers: Integers,
    source: QTensor,
    wanted: Signed,
    chip: Chip,
    where: str,
    tile_rows: int | None = None,
    store: Store = "analog",
    strict: bool = True,
) -> Matrix:
    """A Matrix for inputs like ``source``, cut into row tiles of at most ``tile_rows``.

    ``strict`` and what is raised are as in ``retiled``.
    """
    encoding = choose_encoding(source, numbers.weights, numbers.bias, wanted, chip, tile_rows)
    made = Matrix(name, numbers.weights, encoding, numbers.gain, (), store=store)
    return retiled(made, numbers.bias, chip, where, tile_rows, strict)


def retiled(
    matrix: Matrix,
    bias: Bias,
    chip: Chip,
    where: str,
    tile_rows: int | None = None,
    strict: bool = True,
) -> Matrix:
    """The matrix with its inputs cut into tiles anew, and ``bias`` (uncorrected) on them.

    Digital matrices stay whole, may have any bias and take signed inputs as PN, which is exact:
    nothing of them is on the array. Raises FitError when a tile of one row should hold a doubled
    input, and when a bias exceeds the strip: where that is not ``strict``, only if it exceeds
    the CPU's 32 bits too.
    """
    encoding, count = matrix.encoding, matrix.signed_inputs
    if matrix.store == "digital":
        whole = RowTile(0, matrix.inputs, bias.astype(np.int32) if bias.any() else None)
        plain: Encoding = "unsigned" if encoding == "unsigned" else "pn"
        return replace(matrix, encoding=plain, signed_inputs=0, tiles=(whole,))
    if encoding in ("pn", "partial") and tile_rows == 1:
        raise FitError(
            "a row tile of one row cannot hold a signed input, which takes two with PN",
            hint="Allow two rows (--tile-rows 2), or use --signed shift.",
            where=f"{where}, layer {matrix.name}",
        )
    edges = _edges(matrix.inputs, encoding, count, tile_rows or chip.array.max_inputs)
    peak = _peak(matrix.weights, bias, encoding, count, edges)
    most = chip.array.max_bias if strict else max(chip.array.max_bias, WIDEST_BIAS)
    if peak > most:
        raise FitError(
            f"a bias of {peak} does not fit {chip.array.bias_rows} bias rows, which hold"
            f" at most {chip.array.max_bias}",
            hint="Use PN for signed inputs (--signed pn), or a smaller gain for this layer.",
            where=f"{where}, layer {matrix.name}",
        )
    return replace(matrix, tiles=tiles(matrix.weights, bias, encoding, chip, tile_rows, count))


def excess(matrix: Matrix, chip: Chip) -> str:
    """What to tell of a matrix whose bias exceeds the strip; "" where it does not."""
    biases = [tile.bias for tile in matrix.tiles if tile.bias is not None]
    peak = max((int(np.abs(bias.astype(np.int64)).max()) for bias in biases), default=0)
    if matrix.store == "digital" or peak <= chip.array.max_bias:
        return ""
    return (
        f"{matrix.name}: a bias of {peak} does not fit {chip.array.bias_rows} bias rows, which hold"
        f" at most {chip.array.max_bias}: it can be simulated but not mapped."
    )


def _peak(
    weights: Int16, bias: Bias, encoding: Encoding, signed_inputs: int, edges: list[int]
) -> int:
    """The largest bias of the tiles between ``edges``, before it is stored in 32 bits."""
    found = 0
    for start, stop in itertools.pairwise(edges):
        own = correction(weights, encoding, start, stop, signed_inputs)
        found = max(found, int(np.abs((bias if start == 0 else 0) - own).max(initial=0)))
    return found
