"""The emulated NPU: runs descriptors of studio/chip/npu.py on the programmed array.

Written from the contract, not from studio/simulate: the two are compared in tests. Analog noise
(npu_noise.py) is the simulator's, on the cells as they lie here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from studio.chip.chip import Chip
from studio.chip.npu import Descriptor, Flag, NpuError
from studio.emulator import npu_checks
from studio.emulator.npu_checks import NpuFault
from studio.formats import map_csv
from studio.formats.map_csv import Cells

__all__ = ["Noise", "Npu", "NpuFault", "Snapshot"]

Bytes = npt.NDArray[np.uint8]
Int32 = npt.NDArray[np.int32]
Float = npt.NDArray[np.floating[Any]]

_FLOAT32_EXACT = 2**24  # integers up to here, and their partial sums, are exact in float32
_PLAN_BYTES = 4096  # of a plan, beside its arrays
_FAR = 2.0**20  # quarters of an output LSB: saturated whatever comes
_KEPT = 2**27  # bytes of plans kept; a program has one per block and size of a piece
_RANGES = {Flag.ENCODE_PN: (-255, 255, 0), Flag.ENCODE_SHIFT: (-128, 127, 128)}


class Rounds(Protocol):
    """A block with analog noise: ``run`` for what the exact sums are otherwise."""

    def run(self, inputs: Float, addends: Float | None, repeat: int) -> Int32:
        """Rounds on ``inputs`` [rounds, rows], 0..255, to what the converter gives [.., columns].

        ``addends`` [rounds, columns] are added before the rounding, in quarters of an output LSB.
        """


class Noise(Protocol):
    """Draws the blocks of one chip."""

    def block(
        self, number: int, cells: Cells, rows: slice, columns: slice, strip: slice, own: Descriptor
    ) -> Rounds:
        """The block at these rows and columns of array ``number``, bias rows ``strip``."""


@dataclass(frozen=True)
class Snapshot:
    """One operation as it was: the bytes of its input and output, pitches as the descriptor has."""

    descriptor: Descriptor
    input: Bytes
    output: Bytes


@dataclass(frozen=True)
class _Plan:
    """A checked descriptor, ready to run on any input.

    ``values`` holds the encoded input, of ``tables`` one after another (what each byte becomes;
    None: its own value), each with its padding behind it. ``gather``: [rounds, element_count],
    indices into it; None where each round is a run of neighbours: ``strided``, first and step.
    ``split`` of the elements feed a second row, those of negative ones; 0 where the second row's
    weight is the first's mirror image. ``weights``: [rows of one copy, columns], the copies added
    up, since they receive the same inputs, in quarters of an output LSB, a power of two;
    float32 where every sum stays exact, else float64. ``bias``: [columns], likewise. ``noisy``
    replaces both. ``single``: a round is one position. ``shape`` and ``strides`` are those of the
    output in the SRAM. The flags are told one by one: an IntFlag's operators take microseconds.
    """

    descriptor: Descriptor
    unsigned: bool
    addend: bool
    apart: bool
    accumulate: bool
    relu: bool
    repeat: int
    values: Float
    tables: tuple[Float | None, ...]
    gather: npt.NDArray[np.intp] | None
    strided: tuple[int, int]
    split: int
    weights: Float
    bias: Float
    noisy: Rounds | None
    input_bytes: int
    rounds: int
    single: bool
    shape: tuple[int, int, int]
    strides: tuple[int, int, int]

    @property
    def nbytes(self) -> int:
        """Memory it takes, about."""
        gather = 0 if self.gather is None else self.gather.nbytes
        return _PLAN_BYTES + gather + self.values.nbytes + self.weights.nbytes


class Npu:
    """The array as programmed and what runs on it.

    ``arrays`` holds one Cells (int16 cells [rows, columns], bias strip [bias_rows, columns] and
    what of both was programmed) per array of ``chip``; ``tag`` is the map file's checksum.
    ``noise`` makes it one particular chip.
    """

    def __init__(
        self, chip: Chip, arrays: Sequence[Cells], tag: int = 0, noise: Noise | None = None
    ) -> None:
        self.chip = chip
        self.tag = tag
        self._arrays = tuple(arrays)
        self._noise = noise
        self._low, self._high = chip.arithmetic.output_min, chip.arithmetic.output_max
        self._plans: dict[bytes, _Plan] = {}
        self._kept = 0
        self._observer: Callable[[Snapshot], None] | None = None

    @property
    def programmed(self) -> int:
        """How many cells were programmed, those of the bias strips too."""
        return sum(
            int(own.programmed.sum()) + int(own.bias_programmed.sum()) for own in self._arrays
        )

    @classmethod
    def from_map(cls, path: Path, chip: Chip, noise: Noise | None = None) -> Npu:
        """Program the array from a map.csv. Raises DataError for a broken file."""
        cells = map_csv.read(path)
        arrays = [map_csv.to_array(cells, chip, number) for number in range(chip.array.count)]
        return cls(chip, arrays, map_csv.tag(path), noise)

    def observe(self, observer: Callable[[Snapshot], None] | None) -> None:
        """Have every operation from now on reported once it is done; None: no more."""
        self._observer = observer

    def run(self, descriptor: bytes, sram: Bytes) -> int:
        """Run one packed descriptor on ``sram``, uint8 [sram_size], in place.

        Returns the rounds it took: array operations, one per window position or group of points,
        twice as many with REPEAT. Raises NpuFault, with nothing written, when the descriptor
        cannot be run.
        """
        plan = self._plans.get(descriptor)
        if plan is None:
            plan = self._plan(descriptor)
            self._kept += plan.nbytes
            if self._kept > _KEPT:
                self._plans.clear()
                self._kept = plan.nbytes
            self._plans[descriptor] = plan
        observer, own = self._observer, plan.descriptor
        before = None
        if observer is not None:
            before = sram[own.input : own.input + plan.input_bytes].copy()
        self._execute(plan, sram)
        if observer is not None and before is not None:
            after = sram[own.output : own.output + npu_checks.output_bytes(own)].copy()
            observer(Snapshot(own, before, after))
        return plan.rounds

    def _execute(self, plan: _Plan, sram: Bytes) -> None:
        own, low, high = plan.descriptor, self._low, self._high
        addends = _addends(own, sram) if plan.addend else None
        joined = None if plan.apart else addends
        result = self._array(plan, _inputs(plan, sram), joined)
        np.maximum(result, low, out=result)
        np.minimum(result, high, out=result)
        if addends is not None and joined is None:
            result += np.clip(_quarters_rounded(np.clip(addends, -_FAR, _FAR)), low, high)
            np.maximum(result, low, out=result)
            np.minimum(result, high, out=result)
        placed = result.reshape(plan.shape) if plan.single else _positions(result, own)
        place = own.output + own.out_channel
        target: npt.NDArray[np.int8] = np.ndarray(plan.shape, np.int8, sram, place, plan.strides)
        if plan.accumulate:
            placed = placed + target
            np.clip(placed, low, high, out=placed)
        if plan.relu:
            placed = np.maximum(placed, 0)
        target[...] = placed

    def _array(self, plan: _Plan, rows: Float, addends: Float | None) -> Int32:
        """What the array makes of the elements: [rounds, columns], before saturation."""
        if plan.split:
            first = rows[:, : plan.split]
            rows = np.concatenate((np.maximum(rows, 0), np.maximum(-first, 0)), axis=1)
        if plan.noisy is not None:
            return plan.noisy.run(rows, addends, plan.repeat)
        sums = rows @ plan.weights
        sums += plan.bias
        if addends is not None:
            sums = sums + addends
            np.clip(sums, -_FAR, _FAR, out=sums)
        return _quarters_rounded(sums)

    def _plan(self, packed: bytes) -> _Plan:
        own = Descriptor.unpack(packed)
        flags = npu_checks.fields(own, self.chip)
        npu_checks.memory(own, flags, self.chip)
        npu_checks.place(own, self.chip)
        cells = self._arrays[own.array]
        rows = slice(own.row, own.row + own.rows)
        columns = slice(own.column, own.column + own.columns)
        strip = slice(own.bias_row, own.bias_row + own.bias_rows)
        _check_programmed(cells, rows, columns, strip)
        weights = cells.cells[rows, columns].reshape(own.copies, -1, own.columns)
        weights = weights.sum(axis=0, dtype=np.int64)
        bias = cells.bias[strip, columns].sum(axis=0, dtype=np.int64) * self.chip.array.bias_unit
        first, second = weights[: own.element_count], weights[own.element_count :]
        split = len(second)
        noisy = None
        if self._noise is not None:
            noisy = self._noise.block(own.array, cells, rows, columns, strip, own)
        elif np.array_equal(second, -first[:split]):
            weights, split = first, 0
        largest = int((np.abs(weights).sum(axis=0) * 255 + np.abs(bias)).max())
        kind = np.float32 if largest < _FLOAT32_EXACT else np.float64
        size = npu_checks.input_bytes(own)
        gather = npu_checks.gather(own, size)
        tables, values = _tables(own, flags, size, kind)
        if Flag.ENCODE_PARTIAL in flags:
            gather[:, own.signed_elements :] += size + 1
        repeat = 2 if Flag.REPEAT in flags else 1
        rounds = len(gather)
        outputs = own.columns // (own.points_width * own.points_height)
        pitch = own.out_pitch or own.out_height
        strided = _strided(gather)
        return _Plan(
            descriptor=own,
            unsigned=Flag.INPUT_UNSIGNED in flags,
            addend=Flag.ADDEND in flags,
            apart=Flag.ADDEND_APART in flags,
            accumulate=Flag.ACCUMULATE in flags,
            relu=Flag.RELU in flags,
            repeat=repeat,
            values=values,
            tables=tables,
            gather=gather if strided is None else None,
            strided=strided or (0, 0),
            split=split,
            weights=(weights * (4 / own.gain)).astype(kind),
            bias=(bias * (4 / own.gain)).astype(kind),
            noisy=noisy,
            input_bytes=size,
            rounds=rounds * repeat,
            single=own.points_width == own.points_height == 1,
            shape=(own.out_width, own.out_height, outputs),
            strides=(pitch * own.out_channels, own.out_channels, 1),
        )


def _check_programmed(cells: Cells, rows: slice, columns: slice, strip: slice) -> None:
    for name, programmed, first in (
        ("cell", cells.programmed[rows, columns], rows.start),
        ("bias cell", cells.bias_programmed[strip, columns], strip.start),
    ):
        if not programmed.all():
            row, column = np.argwhere(~programmed)[0].tolist()
            raise NpuFault(
                NpuError.UNPROGRAMMED,
                f"{name} at row {first + row}, column {columns.start + column} "
                "was never programmed",
            )


def _tables(
    own: Descriptor, flags: Flag, size: int, kind: type[np.floating[Any]]
) -> tuple[tuple[Float | None, ...], Float]:
    """What each byte becomes, for each way elements are encoded, and room for all inputs."""
    x = np.arange(256)
    if Flag.INPUT_UNSIGNED not in flags:
        x = x.astype(np.uint8).view(np.int8).astype(np.int64)
    ways = [flag for flag in (Flag.ENCODE_PN, Flag.ENCODE_SHIFT) if flag in flags]
    if Flag.ENCODE_PARTIAL in flags:
        ways = [Flag.ENCODE_PN, Flag.ENCODE_SHIFT]
    tables: list[Float | None] = []
    values = np.zeros((size + 1) * max(len(ways), 1), kind)
    for number, (low, high, offset) in enumerate(_RANGES[way] for way in ways):
        table = np.clip(x << own.input_shift, low, high) + offset
        tables.append(None if np.array_equal(table, x) else table.astype(kind))
        values[(size + 1) * (number + 1) - 1] = offset  # the padding's zero, encoded
    if not ways:
        table = np.clip(x << own.input_shift, 0, 255)
        tables.append(None if np.array_equal(table, x) else table.astype(kind))
    return tuple(tables), values


def _strided(gather: npt.NDArray[np.intp]) -> tuple[int, int] | None:
    """First element and step, where rounds are runs of neighbours that do not overlap."""
    rounds, count = gather.shape
    first = int(gather[0, 0])
    step = int(gather[1, 0]) - first if rounds > 1 else count
    wanted = first + step * np.arange(rounds)[:, None] + np.arange(count)
    return (first, step) if step >= count and np.array_equal(gather, wanted) else None


def _inputs(plan: _Plan, sram: Bytes) -> Float:
    """The encoded elements of every round: [rounds, element_count]."""
    own, values, size = plan.descriptor, plan.values, plan.input_bytes
    data = sram[own.input : own.input + size]
    for number, table in enumerate(plan.tables):
        part = values[number * (size + 1) : number * (size + 1) + size]
        if table is not None:
            part[:] = table[data]
        else:
            part[:] = data if plan.unsigned else data.view(np.int8)
    if plan.gather is not None:
        return values.take(plan.gather)
    first, step = plan.strided
    unit = values.itemsize
    along_w, along_h = npu_checks.rounds(own)
    shape = along_w * along_h, own.element_count
    return np.ndarray(shape, values.dtype, values, first * unit, (step * unit, unit))


def _addends(own: Descriptor, sram: Bytes) -> Float:
    """What is added to each round, in quarters of an output LSB: float64 [rounds, columns]."""
    outputs = own.columns // (own.points_width * own.points_height)
    unit = np.dtype("<i4").itemsize
    shape = own.out_width, own.out_height, outputs
    strides = own.out_height * own.addend_columns * unit, own.addend_columns * unit, unit
    found = np.ndarray(shape, "<i4", sram, own.addend, strides) * (4 * own.copies / own.gain)
    rounds_w, rounds_h = npu_checks.rounds(own)
    grid = np.zeros((rounds_w * own.points_width, rounds_h * own.points_height, outputs))
    grid[: own.out_width, : own.out_height] = found
    points = grid.reshape(rounds_w, own.points_width, rounds_h, own.points_height, outputs)
    ordered = points.transpose(0, 2, 1, 3, 4)
    return ordered.reshape(rounds_w * rounds_h, own.columns)


def _positions(result: Int32, own: Descriptor) -> Int32:
    """Answers of the rounds [rounds, columns] as outputs [out_width, out_height, outputs]."""
    rounds_w, rounds_h = npu_checks.rounds(own)
    points = result.reshape(rounds_w, rounds_h, own.points_width, own.points_height, -1)
    grid = points.transpose(0, 2, 1, 3, 4)
    grid = grid.reshape(rounds_w * own.points_width, rounds_h * own.points_height, -1)
    return grid[: own.out_width, : own.out_height]


def _quarters_rounded(quarters: Float) -> Int32:
    """R(a / G) = (trunc(4 a / G) + 2) >> 2 of CHIP's rounding; a conversion to int truncates."""
    result = quarters.astype(np.int32)
    result += 2
    result >>= 2
    return result
