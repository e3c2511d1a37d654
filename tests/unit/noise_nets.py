"""Small networks and layouts for tests of analog noise."""

from __future__ import annotations

import itertools

import numpy as np

from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper.layout import Layout
from studio.mapper.stage import LayerOptions, MapOptions, run
from studio.quantize.qnetwork import ArrayOp, Int16, Matrix, QNetwork, QTensor, RowTile
from studio.simulate import kernels
from studio.simulate.noise_cells import Prepared, prepare
from studio.simulate.noise_run import NoisyArray

CHIP = chips.load("wtm2101")
NOW = Conditions()


def matrix(rows: int, columns: int, *, gain: int = 1024, seed: int = 0, **more: object) -> Matrix:
    """Random weights and biases, one tile unless ``cuts`` says where tiles end."""
    random = np.random.default_rng(seed)
    weights = random.integers(-127, 128, (rows, columns)).astype(np.int16)
    cuts = more.pop("cuts", (rows,))
    assert isinstance(cuts, tuple)
    tiles = []
    for start, stop in zip((0, *cuts), cuts, strict=False):
        steps = random.integers(-100, 101, columns)
        if more.get("encoding") == "shift":
            steps = steps - weights[start:stop].sum(axis=0)
        tiles.append(RowTile(start, stop, (128 * steps).astype(np.int32)))
    given = {"encoding": "unsigned"} | more
    return Matrix(f"m{seed}", weights, gain=gain, tiles=tuple(tiles), **given)  # type: ignore[arg-type]


def network(*ops: ArrayOp, size: tuple[int, int, int], low: int = 0) -> QNetwork:
    """Array operations one after another on an input (W, H, C)."""
    tensors = {"in": QTensor("in", size, 1.0, low, 127, (1, *size))}
    shape = size
    for op in ops:
        probe = np.zeros((1, *shape), np.int16)
        found = kernels.windows(probe, op.kernel, op.strides, op.dilations, op.pads).shape[1:3]
        shape = (*found, sum(m.columns for m in op.matrices))
        tensors[op.output] = QTensor(op.output, shape, 1.0, -128, 127, (1, *shape))
    return QNetwork("net", CHIP.id, ("in",), (ops[-1].output,), ops, tensors)


def dense(rows: int, columns: int, **more: object) -> QNetwork:
    """One fully connected layer."""
    low = 0 if more.get("encoding", "unsigned") == "unsigned" else -128
    op = ArrayOp("fc", "in", "out", (matrix(rows, columns, **more),), trace="fc")  # type: ignore[arg-type]
    return network(op, size=(1, 1, rows), low=low)


def mlp(*widths: int, gain: int = 512) -> QNetwork:
    """Fully connected layers with Relu between them, outputs spread over the range."""
    ops = []
    for n, (rows, columns) in enumerate(itertools.pairwise(widths)):
        last = n == len(widths) - 2
        ops.append(
            ArrayOp(
                f"fc{n}", f"t{n - 1}" if n else "in", f"t{n}",
                (matrix(rows, columns, gain=gain, seed=n),), relu=not last, trace=f"fc{n}",
            )
        )  # fmt: skip
    return network(*ops, size=(1, 1, widths[0]))


def mapped(net: QNetwork, *, copies: int = 1, points: int = 1, skip: int | None = None) -> Layout:
    """The network on the array; copies and points of the first layer."""
    own = {net.array_ops[0].name: LayerOptions("", copies, points)}
    return run(net, CHIP, MapOptions(skip_columns=skip, layers=own), Job())


def samples(net: QNetwork, count: int, seed: int = 0) -> Int16:
    """Random inputs in the input's range."""
    tensor = net.tensors["in"]
    random = np.random.default_rng(seed)
    return random.integers(tensor.low, tensor.high + 1, (count, *tensor.shape)).astype(np.int16)


def model(**numbers: float) -> DeviceModel:
    """A device model of these numbers alone."""
    return DeviceModel("test").with_values(numbers, "test")


def prepared(
    net: QNetwork, layout: Layout, conditions: Conditions = NOW, **numbers: float
) -> Prepared:
    """What all chips share."""
    return prepare(net, layout, CHIP, model(**numbers), conditions)


def array(
    net: QNetwork, layout: Layout, number: int = 0, seed: int = 0, **numbers: float
) -> NoisyArray:
    """One chip with these numbers."""
    return NoisyArray(prepared(net, layout, **numbers), seed, number)
