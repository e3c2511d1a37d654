"""Operations of the CPU at random, and C that runs them: for the tests of the firmware's kernels.

Every operation becomes one C function that reads and writes tensors in one arena.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.firmware import checks, statements
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
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
    QTensor,
    Shape,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)
from studio.simulate import states
from studio.simulate.evaluate import apply
from tests.unit.firmware_nets import network, tensor

Int16 = npt.NDArray[np.int16]
Random = np.random.Generator
SIGNED, BYTE, SMALL = (-128, 127), (0, 255), (0, 127)
ARENA = 1 << 20


@dataclass(frozen=True)
class Case:
    """A network of one operation, where its tensors lie in the arena, and its function."""

    op: QOp
    qnetwork: QNetwork
    places: dict[str, int]
    function: str


def make(op: QOp, inputs: Sequence[QTensor], output: QTensor) -> tuple[QOp, QNetwork]:
    """A network of one operation; its tensors take the names the operation uses."""
    given = [replace(t, name=name) for name, t in zip(op.inputs, inputs, strict=True)]
    return op, network([*given, replace(output, name=op.output)], [op], op.inputs, (op.output,))


def source(cases: Sequence[tuple[QOp, QNetwork]]) -> tuple[str, list[Case]]:
    """C of all of them, with ``op_N()`` and ``reset_N()`` for the N-th and an ``arena``."""
    lines = ['#include "kernels.h"', f"uint8_t arena[{ARENA}u];"]
    found = []
    for number, (op, qnetwork) in enumerate(cases):
        checks.operation(op, qnetwork)
        places, names, at = {}, {}, 1 + number % 4  # any alignment
        for name, item in qnetwork.tensors.items():
            places[name], names[name] = at, f"(arena + {at}u)"
            at += item.size + 1 + number % 3
        assert at <= ARENA
        written = statements.of(op, f"case{number}", qnetwork, names)
        for table in written.tables:
            if table.const:
                lines += [f"static const {table.type} {table.name}[] = {{", *table.lines, "};"]
            else:
                lines.append(f"static {table.type} {table.name}[{table.size}];")
        for kind, body in (("op", written.statements), ("reset", written.resets)):
            lines.append(f"void {kind}_{number}(void);")
            lines += [f"void {kind}_{number}(void)", "{", *body, "}"]
        found.append(Case(op, qnetwork, places, f"op_{number}"))
    return "\n".join(lines) + "\n", found


def expected(case: Case, inputs: Sequence[Int16]) -> Int16:
    """What the simulator gives for samples that follow one another, (n, W, H, C)."""
    if isinstance(case.op, HistoryOp):
        return states.history(inputs[0], case.op, states.initial(case.qnetwork))
    return apply(case.op, list(inputs), case.qnetwork)


def inputs(case: Case, rng: Random, count: int) -> list[Int16]:
    """``count`` samples: anything, extremes, mostly equal values, all equal, two by turns."""
    found = []
    for name in case.op.inputs:
        item = case.qnetwork.tensors[name]
        values = rng.integers(item.low, item.high + 1, (count, *item.shape))
        values[1::5] = rng.choice([item.low, item.high], values[1::5].shape)
        values[2::5] = np.where(rng.random(values[2::5].shape) < 0.9, item.high, values[2::5])
        values[3::5] = values[3::5, :1, :1, :1]
        turns = np.resize(rng.integers(item.low, item.high + 1, 2), item.size)
        values[4::5] = turns.reshape(item.shape)
        found.append(values.astype(np.int16))
    return found


def to_bytes(values: Int16) -> bytes:
    """As they lie in memory."""
    return values.astype(np.uint8).tobytes()


def from_bytes(data: bytes, item: QTensor) -> Int16:
    """The integers of a tensor's bytes."""
    kind = np.uint8 if item.high > 127 else np.int8
    return np.frombuffer(data, kind).astype(np.int16).reshape(item.shape)


def compare(
    case: Case,
    rng: Random,
    count: int,
    write: Callable[[int, bytes], None],
    run: Callable[[str], None],
    read: Callable[[int, int], bytes],
) -> None:
    """Runs ``count`` samples and compares every value with the simulator's."""
    given = inputs(case, rng, count)
    wanted = expected(case, given)
    target = case.qnetwork.tensors[case.op.output]
    run(case.function.replace("op_", "reset_"))
    for sample in range(count):
        for name, values in zip(case.op.inputs, given, strict=True):
            write(case.places[name], to_bytes(values[sample]))
        place = case.places[case.op.output]
        write(place - 1, b"\xa5" * (target.size + 2))
        run(case.function)
        around = read(place - 1, target.size + 2)
        assert around[0] == around[-1] == 0xA5, f"{case.op} writes beside its output"
        np.testing.assert_array_equal(
            from_bytes(around[1:-1], target), wanted[sample], err_msg=f"{case.op}"
        )


def _shape(rng: Random, most: int = 12) -> Shape:
    w, h, c = rng.integers(1, (most, most, 40), 3).tolist()
    return w, h, c


def _range(rng: Random) -> tuple[int, int]:
    return (SIGNED, BYTE, SMALL)[int(rng.integers(3))]


def _pair(rng: Random) -> list[tuple[QOp, QNetwork]]:
    """Sums and products, by channel too, with every kind of shift."""
    shape = _shape(rng)
    relu = bool(rng.integers(2))
    shift = int(rng.choice([-40, -31, -30, -15, -9, -3, -1, 0, 0, 1, 4, 8, 15, 40]))
    a, b = (tensor("t", shape, *_range(rng)) for _ in range(2))
    c = tensor("t", (1, 1, shape[2]), *_range(rng))
    out = tensor("t", shape)
    names = ("a", "b")
    return [
        make(AddOp("x", names, "y", shift, relu), [a, b], out),
        make(MulOp("x", names, "y", shift, relu), [a, b], out),
        make(MulOp("x", names, "y", shift, relu), [a, c], out),
    ]


def _tables(rng: Random) -> list[tuple[QOp, QNetwork]]:
    shape = _shape(rng)
    a, b, out = (tensor("t", shape, *_range(rng)) for _ in range(3))
    b = replace(b, high=min(b.high, 255 - a.high))
    table = rng.integers(out.low, out.high + 1, (shape[2], 256)).astype(np.int16)
    slope, middle = rng.normal(0, 1, (2, shape[2], 1))
    steps = (np.arange(256) + 128 & 255) - 128 if a.signed else np.arange(256)
    straight = np.floor((steps - 60 * middle) * slope * rng.choice([0.01, 0.5, 3.0]) + 0.5)
    straight = np.clip(straight, out.low, out.high).astype(np.int16)
    sums = rng.integers(out.low, out.high + 1, 512).astype(np.int16)
    shift = int(rng.integers(0, 25))
    factor = rng.integers(-32768, 32768, shape[2]).astype(np.int16)
    offset = (rng.integers(-200, 201, shape[2]) << shift).clip(-(2**30), 2**30).astype(np.int32)
    affine = AffineOp("x", "a", "y", factor, offset, shift, bool(rng.integers(2)))
    e = np.round(2**15 * np.exp(-np.arange(256) * rng.choice([0.0, 0.01, 0.2, 3.0])))
    soft = SoftmaxOp("x", "a", "y", e.astype(np.int32))
    return [
        make(LutOp("x", "a", "y", table[0]), [a], out),
        make(LutOp("x", "a", "y", table), [a], out),
        make(LutOp("x", "a", "y", straight), [a], out),
        make(SumLutOp("x", ("a", "b"), "y", sums), [a, b], out),
        make(affine, [a], tensor("t", shape)),
        make(soft, [a], tensor("t", shape, *BYTE)),
    ]


def _cells(rng: Random) -> list[tuple[QOp, QNetwork]]:
    shape = (1, 1, int(rng.integers(1, 40)))
    ranges = [SIGNED] * 4 if rng.integers(2) else [_range(rng) for _ in range(4)]
    four = [tensor("t", shape, *r) for r in ranges]
    first, second, last = rng.integers(-15, 6, 3).tolist()
    shifts = (first, second, min(last, 6 - max(first, second, 0)))
    shifts = (-31, -40, 0) if rng.random() < 0.05 else shifts
    ones = int(rng.choice([0, 127, 128, 256]))
    out = tensor("t", shape)
    found = [make(MacOp("x", ("a", "b", "c", "d"), "y", shifts), four, out)]
    for mirrored in (False, True):
        op = BlendOp("x", ("a", "b", "c"), "y", ones, shifts, mirrored)
        found.append(make(op, four[:3], out))
    return found


def _pools(rng: Random) -> list[tuple[QOp, QNetwork]]:
    shape = _shape(rng)
    kernel = tuple(int(rng.integers(1, size + 1)) for size in shape[:2])
    strides = tuple(rng.integers(1, 4, 2).tolist())
    pads = tuple(int(rng.integers(0, kernel[axis % 2])) for axis in range(4))
    size = [
        (shape[axis] + pads[axis] + pads[axis + 2] - kernel[axis]) // strides[axis] + 1
        for axis in (0, 1)
    ]
    inside = [
        (n - 1) * s - p < own for n, s, p, own in zip(size, strides, pads, shape[:2], strict=False)
    ]
    a = tensor("t", shape, *_range(rng))
    out = tensor("t", (size[0], size[1], shape[2]))
    counts = bool(rng.integers(2)) or not all(inside)
    shift = int(rng.choice([-40, -12, -9, -2, -1, 0, 1, 2, 5, 9, 20, 40]))
    ratio = float(rng.choice([0.3, 1 / 3, 1.7, 100.0, 1e300, 1e-300]))
    window = (kernel, strides, pads)
    average = PoolOp("x", "a", "y", "average", *window, counts, shift)  # type: ignore[arg-type]
    found = [make(average, [a], out), make(replace(average, shift=0, ratio=ratio), [a], out)]
    if all(inside):
        largest = replace(out, low=a.low, high=a.high)
        found.append(make(replace(average, kind="max"), [a], largest))
    return found


def _moves(rng: Random) -> list[tuple[QOp, QNetwork]]:
    shape = _shape(rng)
    axis = int(rng.integers(3))
    a = tensor("t", shape, *_range(rng))
    start = int(rng.integers(shape[axis]))
    step = int(rng.integers(1, 4))
    cut = list(shape)
    cut[axis] = int(rng.integers(1, (shape[axis] - 1 - start) // step + 2))
    w, h = rng.integers(1, 4, 2).tolist()
    wide = ((shape[0] - 1) * w + 1, (shape[1] - 1) * h + 1, shape[2])
    size = a.size
    turned = np.arange(size).reshape(shape).transpose(rng.permutation(3))
    orders = [
        turned.reshape(-1),
        turned[::-1].reshape(-1),
        np.repeat(turned.reshape(-1), 2),
        rng.permutation(size),
        rng.integers(0, size, int(rng.integers(1, 300))),
    ]
    found = [
        make(SliceOp("x", "a", "y", axis, start, step), [a], replace(a, shape=tuple(cut))),
        make(ZeroInsertOp("x", "a", "y", (w, h)), [a], replace(a, shape=wide)),
    ]
    for order in orders:
        op = PermuteOp("x", "a", "y", order.astype(np.int32))
        found.append(make(op, [a], replace(a, shape=(1, 1, len(order)))))
    parts, total = [], 0
    for _ in range(int(rng.integers(1, 5))):
        own = list(shape)
        own[axis] = int(rng.integers(1, 20))
        total += own[axis]
        parts.append(replace(tensor("t", tuple(own), *(SMALL if a.signed else (0, 100)))))  # type: ignore[arg-type]
    parts[0] = replace(parts[0], low=a.low, high=a.high)
    joined = [*shape[:axis], total, *shape[axis + 1 :]]
    names = tuple("abcd"[: len(parts)])
    found.append(make(ConcatOp("x", names, "y", axis), parts, replace(a, shape=tuple(joined))))
    lags = tuple(rng.integers(0, 12, int(rng.integers(1, 6))).tolist())
    frames = tensor("t", (int(rng.integers(1, 9)), 1, shape[2]), a.low, a.high)
    wider = replace(frames, shape=(frames.shape[0], 1, shape[2] * len(lags)))
    found.append(make(HistoryOp("x", "a", "y", lags), [frames], wider))
    return found


def _reals(rng: Random) -> list[tuple[QOp, QNetwork]]:
    shape = _shape(rng)
    groups = int(rng.integers(1, 5))
    shape = (*shape[:2], shape[2] * groups)
    a = tensor("t", shape, *_range(rng))
    out = tensor("t", shape, *_range(rng))
    scale = float(10.0 ** rng.uniform(-4, 2))
    factor = scale / shape[2]
    gamma, beta = rng.normal(0, 60, (2, shape[2]))
    if rng.random() < 0.3:  # then results are often whole numbers, or half ones
        gamma, beta, scale = np.rint(gamma), np.rint(beta * 2) / 2, 1.0
    epsilon = float(rng.choice([0.0, 0.0, 1e-12, 1e-5, 0.1]))
    step = float(rng.choice([1.0, 1 / 255, 0.037, 2.0]))
    numbers = (scale, step, gamma * step, beta * step, epsilon)
    empty = np.zeros(0)
    mean = replace(out, shape=(*shape[:2], 1))
    return [
        make(MeanOp("x", "a", "y", factor), [a], mean),
        make(MeanOp("x", "a", "y", 1 / shape[2]), [a], mean),
        make(NormOp("x", "a", "y", "layer", *numbers), [a], out),
        make(NormOp("x", "a", "y", "group", *numbers, groups), [a], out),
        make(NormOp("x", "a", "y", "sum", scale, step, empty, empty), [a], out),
    ]


def _products(rng: Random) -> list[tuple[QOp, QNetwork]]:
    rows, heads, inner, columns = rng.integers(1, (9, 5, 65, 12), 4).tolist()
    found = []
    for transposed in (False, True):
        a = tensor("t", (rows, heads, inner), *_range(rng))
        b = tensor(
            "t", (columns, heads, inner) if transposed else (inner, heads, columns), *_range(rng)
        )
        factor = int(rng.choice([0, 1, -1, 3, 127, 300, 32767, 1 << 20, -(1 << 15)]))
        shift = int(rng.choice([0, 1, 7, 12, 15, 22, 30, 40, 62]))
        op = MatMulOp("x", ("a", "b"), "y", factor, shift, transposed)
        found.append(make(op, [a, b], tensor("t", (rows, heads, columns))))
    return found


KINDS = (_pair, _tables, _cells, _pools, _moves, _reals, _products)


def at_random(seed: int, rounds: int) -> list[tuple[QOp, QNetwork]]:
    """Operations of every kind, ``rounds`` times."""
    rng = np.random.default_rng(seed)
    return [found for _ in range(rounds) for kind in KINDS for found in kind(rng)]


def large() -> list[tuple[QOp, QNetwork]]:
    """Sizes that need more than 16 bits, or nearly all of 32."""
    rng = np.random.default_rng(0)
    flat = tensor("t", (1, 1, 70_000), *BYTE)
    order = rng.integers(0, flat.size, 80_000).astype(np.int32)
    image = tensor("t", (60, 60, 40), *BYTE)
    gamma, beta = rng.normal(0, 20, (2, 40))
    inner = 40_000
    row, column = tensor("t", (1, 1, inner), *BYTE), tensor("t", (1, 1, inner))
    wide = tensor("t", (200, 180, 2), *BYTE)
    table = np.full(256, 2**15, np.int32)
    window = ((200, 180), (1, 1))
    long = tensor("t", (40, 1, 9))
    found = [
        make(PermuteOp("x", "a", "y", order), [flat], replace(flat, shape=(1, 1, 80_000))),
        make(MatMulOp("x", ("a", "b"), "y", 3, 20, True), [row, column], tensor("t", (1, 1, 1))),
        make(MatMulOp("x", ("a", "b"), "y", 9, 9, True), [row, row], tensor("t", (1, 1, 1))),
        make(SoftmaxOp("x", "a", "y", table), [flat], flat),
        make(MeanOp("x", "a", "y", 1 / 70_000), [flat], tensor("t", (1, 1, 1), *BYTE)),
        make(HistoryOp("x", "a", "y", (300, 0, 7)), [long], tensor("t", (40, 1, 27))),
    ]
    for groups in (1, 8):
        norm = NormOp("x", "a", "y", "group", 0.02, 1.0, gamma, beta, 1e-5, groups)
        found.append(make(norm, [image], tensor("t", image.shape)))
    for shift in (-9, -2, 0, 3, 7, 30):
        average = PoolOp("x", "a", "y", "average", *window, shift=shift)
        found.append(make(average, [wide], tensor("t", (1, 1, 2))))
    scaled = PoolOp("x", "a", "y", "average", *window, ratio=0.7)
    return [*found, make(scaled, [wide], tensor("t", (1, 1, 2)))]
