"""The emulated NPU: runs descriptors of studio/chip/npu.py on the programmed array.

Written from the contract, not from studio/simulate: the two are compared in tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.chip.chip import Chip
from studio.chip.npu import Descriptor, Flag, NpuError
from studio.formats import map_csv
from studio.formats.map_csv import Cells

Bytes = npt.NDArray[np.uint8]
Float = npt.NDArray[np.float32] | npt.NDArray[np.float64]

_FLOAT32_EXACT = 2**24  # integers up to here, and their partial sums, are exact in float32
_LARGEST_FIELD = 2**20  # far above any real size; keeps products away from overflow and memory
_PLANS = 4096  # plans kept; a program has one descriptor per block


class NpuFault(Exception):
    """An operation the NPU refuses: ``error`` for the register, ``message`` for people."""

    def __init__(self, error: NpuError, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


@dataclass(frozen=True)
class _Plan:
    """A checked descriptor, ready to run on any input.

    ``gather``: [rounds, element_count], indices into the input region with one more element, the
    padding, behind it. ``weights``: [rows of one copy, columns], the copies added up, since they
    receive the same inputs; float32 where every sum stays exact, else float64. ``bias``: int32
    [columns] in accumulator units.
    """

    descriptor: Descriptor
    flags: Flag
    gather: npt.NDArray[np.intp]
    weights: Float
    bias: npt.NDArray[np.int32]
    shift: int
    input_bytes: int
    output_bytes: int
    rounds: int


class Npu:
    """The array as programmed and what runs on it.

    ``arrays`` holds one Cells (int16 cells [rows, columns], bias strip [bias_rows, columns] and
    what of both was programmed) per array of ``chip``; ``tag`` is the map file's checksum.
    """

    def __init__(self, chip: Chip, arrays: Sequence[Cells], tag: int = 0) -> None:
        self.chip = chip
        self.tag = tag
        self._arrays = tuple(arrays)
        self._plans: dict[bytes, _Plan] = {}

    @property
    def programmed(self) -> int:
        """How many cells were programmed, those of the bias strips too."""
        return sum(
            int(own.programmed.sum()) + int(own.bias_programmed.sum()) for own in self._arrays
        )

    @classmethod
    def from_map(cls, path: Path, chip: Chip) -> Npu:
        """Program the array from a map.csv. Raises DataError for a broken file."""
        cells = map_csv.read(path)
        arrays = [map_csv.to_array(cells, chip, number) for number in range(chip.array.count)]
        return cls(chip, arrays, map_csv.tag(path))

    def run(self, descriptor: bytes, sram: Bytes) -> int:
        """Run one packed descriptor on ``sram``, uint8 [sram_size], in place.

        Returns the rounds it took: array operations, one per window position or group of points.
        Raises NpuFault, with nothing written, when the descriptor cannot be run.
        """
        plan = self._plans.get(descriptor)
        if plan is None:
            plan = self._plan(descriptor)
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            self._plans[descriptor] = plan
        self._execute(plan, sram)
        return plan.rounds

    def _execute(self, plan: _Plan, sram: Bytes) -> None:
        own, flags, arithmetic = plan.descriptor, plan.flags, self.chip.arithmetic
        data = sram[own.input : own.input + plan.input_bytes]
        values = np.empty(plan.input_bytes + 1, plan.weights.dtype)
        values[:-1] = data if flags & Flag.INPUT_UNSIGNED else data.view(np.int8)
        values[-1] = 0  # padding, before the encoding
        if flags & Flag.ENCODE_SHIFT:
            values += 128
        if flags & Flag.ENCODE_PN:
            positive = np.maximum(values, 0)[plan.gather]
            negative = np.maximum(-values, 0)[plan.gather]
            rows = np.concatenate((positive, negative), axis=1)
        else:
            rows = values[plan.gather]
        sums = (rows @ plan.weights).astype(np.int32)
        sums += plan.bias
        result = _round(sums, plan.shift)
        np.clip(result, arithmetic.output_min, arithmetic.output_max, out=result)
        result = _positions(result, own)
        region = sram[own.output : own.output + plan.output_bytes].view(np.int8)
        target = region.reshape(-1, own.out_channels)
        target = target[:, own.out_channel : own.out_channel + result.shape[1]]
        if flags & Flag.ACCUMULATE:
            result += target
            np.clip(result, arithmetic.output_min, arithmetic.output_max, out=result)
        if flags & Flag.RELU:
            np.maximum(result, 0, out=result)
        target[:] = result

    def _plan(self, packed: bytes) -> _Plan:
        own = Descriptor.unpack(packed)
        flags = _check_fields(own, self.chip)
        input_bytes = own.in_width * own.in_height * own.in_channels
        output_bytes = own.out_width * own.out_height * own.out_channels
        for name, start, size in (
            ("input", own.input, input_bytes),
            ("output", own.output, output_bytes),
        ):
            if start + size > self.chip.npu.sram_size:
                raise NpuFault(
                    NpuError.MEMORY,
                    f"the {name}, {size} bytes at {start}, leaves the NPU memory of "
                    f"{self.chip.npu.sram_size} bytes",
                )
        cells, bias = self._block(own)
        weights = cells.reshape(own.copies, -1, own.columns).sum(axis=0, dtype=np.int64)
        largest = int(np.abs(weights).sum(axis=0).max()) * 2**8
        exact = largest < _FLOAT32_EXACT
        matrix: Float = weights.astype(np.float32) if exact else weights.astype(np.float64)
        gather = _gather(own, input_bytes)
        return _Plan(
            descriptor=own,
            flags=flags,
            gather=gather,
            weights=matrix,
            bias=bias,
            shift=own.gain.bit_length() - 1,
            input_bytes=input_bytes,
            output_bytes=output_bytes,
            rounds=len(gather),
        )

    def _block(self, own: Descriptor) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int32]]:
        """The weights [rows, columns] and the bias [columns] of a block, all programmed."""
        array = self.chip.array
        last = own.row + own.rows - 1
        if own.array >= array.count:
            raise NpuFault(NpuError.ARRAY, f"there is no array {own.array}")
        if not any(b.first_row <= own.row and last <= b.last_row for b in array.banks):
            raise NpuFault(NpuError.ARRAY, f"rows {own.row} to {last} lie in no single bank")
        if own.column + own.columns > array.columns:
            raise NpuFault(
                NpuError.ARRAY,
                f"columns {own.column} to {own.column + own.columns - 1} leave the array",
            )
        if own.bias_row + own.bias_rows > array.bias_rows:
            raise NpuFault(
                NpuError.ARRAY,
                f"bias rows {own.bias_row} to {own.bias_row + own.bias_rows - 1} leave the strip",
            )
        cells = self._arrays[own.array]
        columns = slice(own.column, own.column + own.columns)
        rows = slice(own.row, own.row + own.rows)
        strip = slice(own.bias_row, own.bias_row + own.bias_rows)
        for name, programmed, first in (
            ("cell", cells.programmed[rows, columns], own.row),
            ("bias cell", cells.bias_programmed[strip, columns], own.bias_row),
        ):
            if not programmed.all():
                row, column = np.argwhere(~programmed)[0].tolist()
                raise NpuFault(
                    NpuError.UNPROGRAMMED,
                    f"{name} at row {first + row}, column {own.column + column} "
                    "was never programmed",
                )
        bias = cells.bias[strip, columns].sum(axis=0, dtype=np.int32) * array.bias_unit
        return cells.cells[rows, columns], bias.astype(np.int32)


def _check_fields(own: Descriptor, chip: Chip) -> Flag:
    """The flags, once every field is known to be in range. Raises NpuFault(DESCRIPTOR)."""
    flags = Flag(own.flags & sum(Flag))
    pn, shift = Flag.ENCODE_PN in flags, Flag.ENCODE_SHIFT in flags
    points = own.points_width * own.points_height
    # A size is at least 1, a start at least 0.
    sizes = [own.in_width, own.in_height, own.in_channels, own.channels]
    sizes += [own.kernel_width, own.kernel_height, own.stride_width, own.stride_height]
    sizes += [own.dilation_width, own.dilation_height]
    sizes += [own.points_width * own.kernel_width, own.points_height * own.kernel_height]
    sizes += [own.out_width, own.out_height, own.out_channels, own.columns, own.element_count]
    sizes += [own.copies]
    starts = [own.in_channel, own.out_channel, own.pad_width, own.pad_height]
    starts += [own.input, own.output, own.element_start, own.row, own.column]
    gains = chip.arithmetic
    wrong = (
        (own.flags != flags, "unknown flags"),
        (pn and shift, "both PN and SHIFT"),
        (shift and Flag.INPUT_UNSIGNED in flags, "SHIFT of unsigned inputs"),
        (min(sizes) < 1, "a size is 0"),
        (max(sizes + starts) > _LARGEST_FIELD, "a field is far too large"),
        (own.in_channel + own.channels > own.in_channels, "channels leave the input"),
        (own.columns % max(points, 1) != 0, "columns do not divide into the points"),
        (
            own.out_channel * points + own.columns > own.out_channels * points,
            "columns leave the output",
        ),
        (
            own.rows != own.element_count * (2 if pn else 1) * own.copies,
            "rows do not match the elements",
        ),
        (own.gain & (own.gain - 1) != 0, "the gain is no power of two"),
        (not gains.gain_min <= own.gain <= gains.gain_max, "the gain is out of range"),
    )
    for bad, text in wrong:
        if bad:
            raise NpuFault(NpuError.DESCRIPTOR, f"bad descriptor: {text}")
    width, height = (len(taps) for taps in _taps(own))
    if own.element_start + own.element_count > width * height * own.channels:
        raise NpuFault(NpuError.DESCRIPTOR, "bad descriptor: elements leave the window")
    return flags


def _taps(own: Descriptor) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Along W and along H: the offsets that the windows of one round read, each once, ascending."""
    w, h = (
        np.unique(np.arange(points)[:, None] * stride + np.arange(kernel) * dilation)
        for points, stride, kernel, dilation in (
            (own.points_width, own.stride_width, own.kernel_width, own.dilation_width),
            (own.points_height, own.stride_height, own.kernel_height, own.dilation_height),
        )
    )
    return w, h


def _rounds(own: Descriptor) -> tuple[int, int]:
    """Rounds along W and along H."""
    return -(-own.out_width // own.points_width), -(-own.out_height // own.points_height)


def _positions(result: npt.NDArray[np.int32], own: Descriptor) -> npt.NDArray[np.int32]:
    """Answers of the rounds [rounds, columns] as outputs [out_width * out_height, outputs]."""
    if own.points_width == own.points_height == 1:
        return result
    rounds_w, rounds_h = _rounds(own)
    points = result.reshape(rounds_w, rounds_h, own.points_width, own.points_height, -1)
    grid = points.transpose(0, 2, 1, 3, 4)
    grid = grid.reshape(rounds_w * own.points_width, rounds_h * own.points_height, -1)
    found = grid[: own.out_width, : own.out_height]
    return found.reshape(own.out_width * own.out_height, -1)


def _gather(own: Descriptor, padding: int) -> npt.NDArray[np.intp]:
    """Where each round's elements lie in the input: [rounds, element_count].

    Elements outside the input get the index ``padding``.
    """
    element = np.arange(own.element_start, own.element_start + own.element_count)
    taps_w, taps_h = _taps(own)
    rounds_w, rounds_h = _rounds(own)
    tap, channel = np.divmod(element, own.channels)
    tap_w, tap_h = np.divmod(tap, len(taps_h))
    first_w = np.arange(rounds_w) * (own.points_width * own.stride_width) - own.pad_width
    first_h = np.arange(rounds_h) * (own.points_height * own.stride_height) - own.pad_height
    w = first_w[:, None, None] + taps_w[tap_w]
    h = first_h[None, :, None] + taps_h[tap_h]
    inside = (w >= 0) & (w < own.in_width) & (h >= 0) & (h < own.in_height)
    index = (w * own.in_height + h) * own.in_channels + own.in_channel + channel
    flat = np.where(inside, index, padding).reshape(-1, own.element_count)
    return np.ascontiguousarray(flat, np.intp)


def _round(sums: npt.NDArray[np.int32], shift: int) -> npt.NDArray[np.int32]:
    """R(a / 2**shift) = (trunc(4 a / 2**shift) + 2) >> 2, in integers (CHIP's rounding).

    A shift of a negative number rounds down; adding 2**n - 1 before it makes it truncate.
    """
    bits = shift - 2
    if bits <= 0:
        return ((sums << -bits) + 2) >> 2
    truncated = (sums + ((sums >> 31) & ((1 << bits) - 1))) >> bits
    return (truncated + 2) >> 2
