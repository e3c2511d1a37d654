"""Estimates of time and energy, operation by operation, from the numbers in the chip file.

The latency model: one inference runs the operations one after another, and an operation's blocks
one after another, also where they lie in different arrays. Every block (a row tile's column
tile of one matrix) takes a round of its own for each window position, or for each ``points``
neighbouring ones; a round takes as long whatever the block's size. Around each block the CPU
starts the array; other operations run on the CPU, at so many cycles an element (table below).
Copying inputs, printing and waiting for memory are not counted.

The energy: the network's multiply-accumulates, the CPU's cycles while it works (it sleeps during
rounds), and what the chip draws all the time. Multiply-accumulates are those of the operation as
ONNX defines it: cells added by PN, copies and points do not count, zero padding of the input does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from studio.chip.chip import Chip
from studio.mapper import copies
from studio.mapper.layout import Block
from studio.quantize.qarray import low_byte
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    BlendOp,
    ConcatOp,
    HistoryOp,
    LutOp,
    MacOp,
    MatMulOp,
    MeanOp,
    MulOp,
    NormOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    RecurrentOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)

MODEL = (
    "Operations run one after another, and so do an operation's blocks: a round for each window "
    "position, or each group of points, of every block. Energy counts the network's "
    "multiply-accumulates and the CPU's cycles while it works, which are those of our kernels as "
    "the emulator counts them, to 30 %. The operations of a recurrent cell count once for each "
    "step."
)
NO_NUMBERS = "There are no numbers in the chip file for the array's latency and for energy."

# Cycles of the CPU: our kernels (resources/firmware/runtime/kernels) built by zig with -O2, counted
# by the emulator's model of time on random shapes. Their spread is up to 30 %, because loops with
# rounding, ReLU or unsigned inputs take other paths and bytes move by words where they can.
CYCLES_PER_BLOCK = 31.0  # a call of the NPU driver
CYCLES_PER_ELEMENT = {
    AddOp: 16.0,
    MulOp: 17.0,
    AffineOp: 19.0,
    LutOp: 7.5,
    ConcatOp: 1.3,
    PermuteOp: 8.0,
    SoftmaxOp: 44.5,
    SliceOp: 1.3,
    ZeroInsertOp: 1.9,
    HistoryOp: 2.0,
    SumLutOp: 12.0,
    MacOp: 35.4,
    BlendOp: 34.5,
    MatMulOp: 56.3,
    MeanOp: 567.0,
    NormOp: 56.3,
}
# Consecutive bytes, elements of one position, elements that are normalized together.
CYCLES_PER_RUN: dict[type, float] = {
    AddOp: 22.0,
    MulOp: 27.0,
    AffineOp: 41.0,
    LutOp: 9.0,
    ConcatOp: 95.0,
    SliceOp: 95.0,
    ZeroInsertOp: 39.0,
    HistoryOp: 95.0,
    SoftmaxOp: 80.0,
    SumLutOp: 65.0,
    MacOp: 158.0,
    BlendOp: 173.0,
    NormOp: 2700.0,
}
CYCLES_PER_SUM = 4.7  # an input element of a mean
CYCLES_PER_STATE = 6.0  # a byte of a cell's step, state or result, moved where it is kept
# Weights outside the array: no kernel of ours multiplies them yet, so this is not measured. One
# load and one multiplication more than an element of average pooling (below).
CYCLES_PER_MAC = 9.0
# Pooling: each element of each window, each of the window's runs along H, each output, each
# position.
POOL_CYCLES = {"max": (10.0, 0.6, 0.0, 450.0), "average": (10.1, 10.7, 48.5, 247.0)}


@dataclass(frozen=True)
class OpEstimate:
    """One operation of one inference.

    ``kind`` is "array", "CPU", or "none" where no work is left. ``macs`` are the network's
    multiply-accumulates, ``rounds`` the array's, ``cycles`` the CPU's. ``array_seconds`` and
    ``joules`` are None where the chip file has no numbers.
    """

    name: str
    kind: str
    macs: int
    rounds: int
    cycles: int
    array_seconds: float | None
    cpu_seconds: float
    joules: float | None

    @property
    def seconds(self) -> float | None:
        """Array and CPU, one after the other."""
        return None if self.array_seconds is None else self.array_seconds + self.cpu_seconds


@dataclass(frozen=True)
class Number:
    """A number the estimates rest on, its unit, and who says so."""

    name: str
    value: float
    unit: str
    source: str


@dataclass(frozen=True)
class Estimates:
    """One inference of a network: its operations in execution order.

    ``cycles_per_round`` is None, and ``numbers`` empty, where the chip file has no numbers.
    """

    ops: tuple[OpEstimate, ...]
    cycles_per_round: int | None
    numbers: tuple[Number, ...]

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the network."""
        return sum(op.macs for op in self.ops)

    @property
    def rounds(self) -> int:
        """Rounds of the array."""
        return sum(op.rounds for op in self.ops)

    @property
    def cycles(self) -> int | None:
        """Cycles of one inference, rounds included; None without numbers."""
        if self.cycles_per_round is None:
            return None
        return self.rounds * self.cycles_per_round + sum(op.cycles for op in self.ops)

    @property
    def seconds(self) -> float | None:
        """Latency of one inference; None without numbers."""
        return _total([op.seconds for op in self.ops], self.cycles_per_round)

    @property
    def joules(self) -> float | None:
        """Energy of one inference; None without numbers."""
        return _total([op.joules for op in self.ops], self.cycles_per_round)


def of_network(qnetwork: QNetwork, blocks: Sequence[Block], chip: Chip) -> Estimates:
    """The estimates of a network whose weights lie in ``blocks`` (see the module's text).

    Without numbers in the chip file, seconds and joules of the array are None.
    """
    own = chip.estimates
    turns = times(qnetwork)
    found = tuple(
        _estimate(op, qnetwork, blocks, chip, turns.get(op.name, 1)) for op in qnetwork.walk()
    )
    if own is None:
        return Estimates(found, None, ())
    numbers = (
        Number("round", own.round.cycles, "cycles", own.round.source),
        Number("mac", own.mac.joules, "J", own.mac.source),
        Number("cpu_cycle", own.cpu_cycle.joules, "J", own.cpu_cycle.source),
        Number("static", own.static.watts, "W", own.static.source),
    )
    return Estimates(found, own.round.cycles, numbers)


def tree(estimates: Estimates) -> dict[str, Any]:
    """Everything as JSON takes it: the model, totals, numbers, operation by operation."""
    layers = [{**asdict(op), "seconds": op.seconds} for op in estimates.ops]
    names = ("macs", "rounds", "cycles_per_round", "cycles", "seconds", "joules")
    totals = {name: getattr(estimates, name) for name in names}
    numbers = [asdict(number) for number in estimates.numbers]
    return {"model": notes(estimates), **totals, "numbers": numbers, "layers": layers}


def notes(estimates: Estimates) -> str:
    """The model in words, and whether the chip file has numbers for it."""
    return MODEL if estimates.cycles_per_round is not None else f"{MODEL} {NO_NUMBERS}"


def origin(estimates: Estimates) -> str:
    """Where the numbers come from, in one line: the first clause of each source."""
    if not estimates.numbers:
        return f"of the work alone. {NO_NUMBERS}"
    firsts = [re.split(r"[:.;](?:\s|$)", number.source.strip())[0] for number in estimates.numbers]
    named = zip(estimates.numbers, firsts, strict=True)
    sources = "; ".join(f"{number.name} - {first}" for number, first in named)
    return f"from the numbers in the chip file; sources: {sources}."


def times(qnetwork: QNetwork) -> dict[str, int]:
    """How often one inference runs the operations in bodies of cells, by name: once a step."""
    return {
        inner.name: qnetwork.tensors[op.output].shape[0]
        for op in qnetwork.ops
        if isinstance(op, RecurrentOp)
        for inner in op.body
    }


def rounds(op: ArrayOp, qnetwork: QNetwork, points: int) -> int:
    """Rounds one block takes: the output's positions, ``points`` at a time along one axis."""
    width, height, _ = qnetwork.tensors[op.output].shape
    _, along = copies.axis(op, qnetwork)
    return -(-along // points) * (width * height // along)


def macs(op: ArrayOp, qnetwork: QNetwork) -> int:
    """Multiply-accumulates of the operation, run once, as the network defines it."""
    width, height, _ = qnetwork.tensors[op.output].shape
    return width * height * sum(matrix.weights.size for matrix in op.matrices)


def cpu_macs(op: ArrayOp, qnetwork: QNetwork) -> int:
    """Those of them that the CPU does: all of digital matrices, the high bytes of mixed ones."""
    width, height, _ = qnetwork.tensors[op.output].shape
    found = 0
    for matrix in op.matrices:
        if matrix.store == "digital":
            found += matrix.weights.size
        elif matrix.store == "mixed":
            found += int(np.count_nonzero(low_byte(matrix.weights) != matrix.weights))
    return width * height * found


def cpu_cycles(op: QOp, qnetwork: QNetwork) -> int:
    """Cycles an operation keeps the CPU busy, without the rounds of the array."""
    shape = qnetwork.tensors[op.output].shape
    size = math.prod(shape)
    match op:
        case ArrayOp():
            return round(CYCLES_PER_MAC * cpu_macs(op, qnetwork))
        case ReshapeOp():
            return 0
        case PoolOp():
            element, run, output, position = POOL_CYCLES[op.kind]
            window = op.kernel[0] * (op.kernel[1] * element + run)
            return round(size * (window + output) + shape[0] * shape[1] * position)
        case ConcatOp():
            runs = len(op.inputs) * math.prod(shape[: op.axis])
        case SliceOp():
            runs = math.prod(shape[: op.axis])
        case HistoryOp():
            runs = len(op.lags) * shape[0]
        case RecurrentOp():
            return round(CYCLES_PER_STATE * shape[0] * _moved(op, qnetwork))
        case MatMulOp():
            inner = qnetwork.tensors[op.inputs[0]].shape[2]
            return round(size * (inner * CYCLES_PER_MAC + CYCLES_PER_ELEMENT[MatMulOp]))
        case MeanOp():
            inner = qnetwork.tensors[op.input].shape[2]
            return round(size * (inner * CYCLES_PER_SUM + CYCLES_PER_ELEMENT[MeanOp]))
        case NormOp(kind="group"):
            runs = op.groups
        case _:
            runs = shape[0] * shape[1]
    kind = type(op)
    return round(size * CYCLES_PER_ELEMENT[kind] + runs * CYCLES_PER_RUN.get(kind, 0.0))


def _moved(op: RecurrentOp, qnetwork: QNetwork) -> int:
    """Bytes a step of a cell moves: its input, its states and its result."""
    names = (op.step_input, op.result, *(state.tensor for state in op.states))
    return sum(qnetwork.tensors[name].size for name in names)


def _estimate(
    op: QOp, qnetwork: QNetwork, blocks: Sequence[Block], chip: Chip, often: int
) -> OpEstimate:
    """One operation, run ``often`` times in one inference."""
    work, array_macs, turns, cycles = 0, 0, 0, cpu_cycles(op, qnetwork)
    kind = "none" if isinstance(op, ReshapeOp) else "CPU"
    if isinstance(op, ArrayOp):
        mine = [block for block in blocks if block.layer == op.name]
        kind, work = "array" if any(op.stored()) else "CPU", macs(op, qnetwork)
        turns = sum(
            rounds(op, qnetwork, block.points) * op.matrices[block.matrix].repeat for block in mine
        )
        cycles += round(CYCLES_PER_BLOCK * len(mine))
        kept = sum(matrix.weights.size for _, matrix in op.stored())
        array_macs = work // max(1, sum(m.weights.size for m in op.matrices)) * kept
    work, array_macs, turns, cycles = (often * n for n in (work, array_macs, turns, cycles))
    cpu_seconds = cycles / chip.cpu.clock_hz
    array_seconds = joules = None
    if chip.estimates is not None:
        own = chip.estimates
        array_seconds = turns * own.round.cycles / chip.cpu.clock_hz
        joules = (
            array_macs * own.mac.joules
            + cycles * own.cpu_cycle.joules
            + (array_seconds + cpu_seconds) * own.static.watts
        )
    return OpEstimate(op.name, kind, work, turns, cycles, array_seconds, cpu_seconds, joules)


def _total(values: Sequence[float | None], known: int | None) -> float | None:
    return None if known is None else math.fsum(value for value in values if value is not None)
