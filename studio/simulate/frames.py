"""What single rounds on the array receive and answer: the programming tool's test frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.mapper import copies
from studio.mapper.copies import Scheme
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, QNetwork, RecurrentOp
from studio.simulate import kernels
from studio.simulate.evaluate import evaluate
from studio.simulate.kernels import Int16
from studio.simulate.states import initial


@dataclass(frozen=True)
class Frames:
    """Frames of one row tile of one matrix.

    ``inputs``: [count, rows], encoded as the rows receive them (0..255, doubled with PN);
    ``outputs``: [count, columns], the round's answer before any Relu or adding of tiles, and of
    mixed weights the low byte's alone; digital matrices have no frames. With
    ``points`` a round reads the union of that many neighbouring windows, and its columns are
    theirs, position by position. Copies are not in it: every one receives the same.
    """

    layer: str
    matrix: int
    tile: int
    inputs: Int16
    outputs: Int16
    points: int = 1


def frames(
    qnetwork: QNetwork,
    inputs: Sequence[Int16],
    count: int = 100,
    layout: Layout | None = None,
) -> tuple[Frames, ...]:
    """The first ``count`` frames of every tile, in execution order.

    A frame is one round: one window position, or as many as ``layout`` says that a round of
    the layer computes. A convolution's frames walk over the rounds of the first sample, then the
    second and so on, those of a recurrent cell over its steps. With fewer rounds than ``count``
    they repeat.
    """
    points = {block.layer: block.points for block in layout.blocks} if layout else {}
    schemes = {
        op.name: copies.stored(op, qnetwork, 1, points.get(op.name, 1)) for op in qnetwork.array_ops
    }
    samples = min(count, _samples(qnetwork, schemes, count))
    read = _read(qnetwork, [x[:samples] for x in inputs])
    found: list[Frames] = []
    for op in qnetwork.array_ops:
        found += _of(op, read[op.name], count, schemes[op.name])
    return tuple(found)


def _samples(qnetwork: QNetwork, schemes: Mapping[str, Scheme], count: int) -> int:
    """How many samples have ``count`` rounds of every array operation."""
    most = 1
    for op in qnetwork.ops:
        if isinstance(op, RecurrentOp):
            rounds = qnetwork.tensors[op.input].shape[0]
        elif isinstance(op, ArrayOp):
            width, height = _positions(qnetwork.tensors[op.output].shape[:2], schemes[op.name])
            rounds = width * height
        else:
            continue
        most = max(most, -(-count // rounds))
    return most


def _positions(positions: Sequence[int], scheme: Scheme) -> tuple[int, int]:
    """Rounds along W and H."""
    found = list(positions)
    found[scheme.axis] = -(-found[scheme.axis] // scheme.points)
    return found[0], found[1]


def _read(qnetwork: QNetwork, inputs: Sequence[Int16]) -> dict[str, Int16]:
    """What each array operation reads, (n, W, H, C); in a body, each step is one of n.

    Samples that are single steps are those of one stream; the others start from zero.
    """
    read: dict[str, list[Int16]] = {}

    def product(x: Int16, op: ArrayOp) -> Int16:
        read.setdefault(op.name, []).append(x)
        return kernels.array(x, op)

    states = initial(qnetwork, 1 if qnetwork.streams else len(inputs[0]))
    evaluate(qnetwork, inputs, states, array=product)
    # Each call is one step of every stream: the steps of the first stream come first.
    return {
        name: np.stack(calls, axis=1).reshape(-1, *calls[0].shape[1:])
        for name, calls in read.items()
    }


def _of(op: ArrayOp, x: Int16, count: int, scheme: Scheme) -> list[Frames]:
    view = kernels.windows(x[:1], op.kernel, op.strides, op.dilations, op.pads)
    positions = _positions(view.shape[1:3], scheme)
    samples = x[: max(1, -(-count // (positions[0] * positions[1])))]
    found = []
    for index, matrix in op.stored():
        windows = _rounds(samples, op, index, scheme, positions)
        windows = np.resize(windows, (count, *windows.shape[1:]))
        found += [_tile(op, index, n, windows, scheme) for n in range(len(matrix.tiles))]
    return found


def _rounds(x: Int16, op: ArrayOp, index: int, scheme: Scheme, rounds: tuple[int, int]) -> Int16:
    """What each round of a matrix reads: (m, taps along W, taps along H, channels).

    A round past the last position reads what is there, and zeros past the input.
    """
    channels = x.shape[3] // len(op.matrices)
    part = x[..., index * channels : (index + 1) * channels]
    offsets = []
    for axis in (0, 1):
        points = scheme.points if axis == scheme.axis else 1
        taps = np.array(copies.taps(op, replace(scheme, points=points, axis=axis)))
        offsets.append(np.arange(rounds[axis])[:, None] * (points * op.strides[axis]) + taps)
    around = [(0, 0), (0, 0)]
    for axis in (0, 1):
        beyond = int(offsets[axis].max()) + 1 - op.pads[axis] - part.shape[axis + 1]
        around[axis] = (op.pads[axis], max(beyond, 0))
    part = np.pad(part, ((0, 0), *around, (0, 0)))
    w, h = offsets
    read: Int16 = part[:, w[:, None, :, None], h[None, :, None, :]]
    return read.reshape(-1, *read.shape[3:])


def _tile(op: ArrayOp, index: int, number: int, windows: Int16, scheme: Scheme) -> Frames:
    """Frames of one tile from the rounds' windows, (count, taps along W, taps along H, c)."""
    matrix = op.matrices[index]
    tile = matrix.tiles[number]
    flat = windows.reshape(len(windows), -1)
    start, elements = copies.window(op, matrix, tile, scheme)
    union = replace(tile, start=start, stop=start + elements)
    taps = list(copies.taps(op, scheme))
    outputs = []
    for point in range(scheme.points):
        first, step = point * op.strides[scheme.axis], op.dilations[scheme.axis]
        own = [taps.index(first + tap * step) for tap in range(op.kernel[scheme.axis])]
        rows = np.take(windows, own, axis=scheme.axis + 1).reshape(len(windows), -1)
        # The chip rounds before the CPU could add what is not in the cells: an array is tested
        # with the cells' answer, not with a part of the layer's result.
        outputs.append(kernels.cells_product(rows, matrix, tile))
    return Frames(
        op.name,
        index,
        number,
        kernels.tile_inputs(flat, matrix, union),
        np.concatenate(outputs, axis=1),
        scheme.points,
    )
