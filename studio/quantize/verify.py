"""The form of a QNetwork: what simulator, mapper and firmware rely on without looking again."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import numpy as np

from studio.chip.chip import Chip
from studio.quantize.matrix import WIDEST, WIDEST_BIAS
from studio.quantize.qnetwork import (
    ArrayOp,
    HistoryOp,
    Matrix,
    QNetwork,
    QOp,
    QTensor,
    RecurrentOp,
)
from studio.quantize.verify_ops import expect, fits


def verify(qnetwork: QNetwork, chip: Chip) -> None:
    """Raise VerifyError where the QNetwork breaks a limit of the chip or of its own form.

    Operations have names of their own, every tensor is declared and written once before it is
    read, bodies of cells read nothing but their step and their states, shapes fit, and the
    numbers that tables and states hold lie in the ranges of their tensors.
    """
    for tensor in qnetwork.tensors.values():
        _tensor(tensor)
    for name in qnetwork.inputs:
        expect(name in qnetwork.tensors, f"input {name} is not declared")
    for name, constant in qnetwork.constants.items():
        expect(name in qnetwork.tensors, f"constant {name} is not declared")
        tensor = qnetwork.tensors[name]
        expect(constant.shape == tensor.shape, f"constant {name} has shape {constant.shape}")
        inside = tensor.low <= constant.min() and constant.max() <= tensor.high
        expect(inside, f"constant {name} leaves its range")
    known = {*qnetwork.inputs, *qnetwork.constants}
    written, names = set(known), set[str]()
    for op in qnetwork.ops:
        _known(op, known, written, names, qnetwork)
        known.add(op.output)
        if isinstance(op, RecurrentOp):
            _recurrent(op, written, names, qnetwork, chip)
        else:
            _one(op, qnetwork, chip)
    for name in qnetwork.outputs:
        expect(name in known, f"output {name} is never written")


def _tensor(tensor: QTensor) -> None:
    name = tensor.name
    expect(len(tensor.shape) == 3 and min(tensor.shape) > 0, f"{name} has shape {tensor.shape}")
    bottom, top = (-128, 127) if tensor.low < 0 else (0, 255)
    proper = bottom <= tensor.low <= tensor.high <= top
    expect(proper, f"{name} has range {tensor.low}..{tensor.high}")
    expect(tensor.scale > 0, f"{name} has scale {tensor.scale}")


def _known(
    op: QOp, known: Iterable[str], written: set[str], names: set[str], qnetwork: QNetwork
) -> None:
    """``op`` has a name of its own, reads what is ``known``, and is the first to write."""
    expect(op.name not in names, f"two operations are called {op.name}")
    names.add(op.name)
    for name in op.inputs:
        expect(name in known, f"{op.name} reads {name} before it is written")
    expect(op.output not in written, f"{op.name} writes {op.output} again")
    written.add(op.output)
    expect(op.output in qnetwork.tensors, f"{op.output} is not declared")


def _one(op: QOp, qnetwork: QNetwork, chip: Chip) -> None:
    if isinstance(op, ArrayOp):
        _array(op, qnetwork, chip)
    else:
        fits(op, qnetwork.tensors)


def _recurrent(
    op: RecurrentOp, written: set[str], names: set[str], qnetwork: QNetwork, chip: Chip
) -> None:
    """The body, its states and its result; see qstate.py."""
    tensors = qnetwork.tensors
    expect(bool(op.states), f"{op.name} remembers nothing")
    expect(0 <= op.reset_every < 1 << 15, f"{op.name}: reset every {op.reset_every}")
    begins = [op.step_input, *(state.tensor for state in op.states)]
    for name in begins:
        expect(name in tensors, f"{name} is not declared")
        expect(name not in written, f"{op.name} has {name} twice")
        written.add(name)
    known = {*begins, *qnetwork.constants}
    for inner in op.body:
        held = isinstance(inner, RecurrentOp | HistoryOp)
        expect(not held, f"{inner.name} has states inside of {op.name}")
        _known(inner, known, written, names, qnetwork)
        known.add(inner.output)
        _one(inner, qnetwork, chip)
    for name in (op.result, *(state.next for state in op.states)):
        expect(name in known, f"{op.name}: its body does not write {name}")
    for state in op.states:
        before, after = tensors[state.tensor], tensors[state.next]
        _same(op.name, before, after)
        expect(before.shape[:2] == (1, 1), f"{op.name}: state {before.name} is {before.shape}")
        expect(before.low <= 0 <= before.high, f"{op.name}: state {before.name} starts at 0")
    source, step = tensors[op.input], tensors[op.step_input]
    output, result = tensors[op.output], tensors[op.result]
    width = source.shape[0]
    expect(source.shape == (width, 1, step.shape[2]), f"{op.name} reads {source.shape}")
    expect(output.shape == (width, 1, result.shape[2]), f"{op.name} writes {output.shape}")
    for tensor in (step, result):
        expect(tensor.shape[:2] == (1, 1), f"{op.name}: {tensor.name} is {tensor.shape}")
    _inside(op.name, source, step)
    _inside(op.name, result, output)


def _same(name: str, before: QTensor, after: QTensor) -> None:
    expect(before.shape == after.shape, f"{name}: state {before.shape} becomes {after.shape}")
    _inside(name, after, before)


def _inside(name: str, inner: QTensor, outer: QTensor) -> None:
    """Numbers of ``inner`` may be taken for those of ``outer``."""
    fit = outer.low <= inner.low and inner.high <= outer.high
    expect(fit, f"{name}: {inner.name} does not fit the range of {outer.name}")
    same = math.isclose(inner.scale, outer.scale)
    expect(same, f"{name}: {inner.name} and {outer.name} differ in scale")


def _array(op: ArrayOp, qnetwork: QNetwork, chip: Chip) -> None:
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    elements = op.kernel[0] * op.kernel[1] * source.shape[2] // len(op.matrices)
    columns = sum(matrix.columns for matrix in op.matrices)
    expect(columns == target.shape[2], f"{op.name}: {columns} columns for {target.shape}")
    expect(source.shape[2] % len(op.matrices) == 0, f"{op.name}: {source.shape[2]} channels")
    for axis in (0, 1):
        span = (op.kernel[axis] - 1) * op.dilations[axis] + 1
        room = source.shape[axis] + op.pads[axis] + op.pads[axis + 2] - span
        positions = room // op.strides[axis] + 1
        expect(positions == target.shape[axis], f"{op.name}: {positions} positions, axis {axis}")
    for matrix in op.matrices:
        expect(matrix.inputs == elements, f"{op.name}: {matrix.inputs} rows for {elements} inputs")
        expect(matrix.encoding != "unsigned" or source.low >= 0, f"{op.name}: signed input")
        shifted = matrix.encoding in ("shift", "partial") and not matrix.input_shift
        expect(not shifted or source.high <= 127, f"{op.name}: 0..255 + 128")
        _matrix(matrix, chip, qnetwork.integer)


def _matrix(matrix: Matrix, chip: Chip, integer: bool) -> None:
    """Limits of the chip; an integer model's biases may exceed the strip, which mapping refuses."""
    limits, name = chip.array, matrix.name
    gain = matrix.gain
    expect(
        chip.arithmetic.gain_min <= gain <= chip.arithmetic.gain_max and gain & (gain - 1) == 0,
        f"{name}: gain {gain}",
    )
    peak = int(np.abs(matrix.weights.astype(np.int32)).max(initial=0))
    most = limits.weight_clip if matrix.store == "analog" else WIDEST
    expect(peak <= most, f"{name}: weight {peak}")
    expect(matrix.repeat in (1, 2), f"{name}: repeat {matrix.repeat}")
    expect(not matrix.apart or matrix.store == "mixed", f"{name}: apart")
    partial = 0 < matrix.signed_inputs < matrix.inputs
    expect(partial == (matrix.encoding == "partial"), f"{name}: {matrix.signed_inputs} signed")
    edges = [(tile.start, tile.stop) for tile in matrix.tiles]
    whole = [edges[0][0], *(stop for _, stop in edges)]
    expect(
        whole[0] == 0
        and whole[-1] == matrix.inputs
        and all(a[1] == b[0] for a, b in itertools.pairwise(edges)),
        f"{name}: tiles {edges} do not cover {matrix.inputs} inputs",
    )
    if matrix.store == "digital":
        expect(len(matrix.tiles) == 1, f"{name}: a digital matrix in {len(matrix.tiles)} tiles")
        return
    for tile in matrix.tiles:
        expect(0 < matrix.rows(tile) <= limits.max_inputs, f"{name}: {matrix.rows(tile)} rows")
        if tile.bias is not None:
            top = int(np.abs(tile.bias).max())
            most_bias = max(limits.max_bias, WIDEST_BIAS) if integer else limits.max_bias
            expect(top <= most_bias, f"{name}: bias {top}")
            expect(not np.any(tile.bias % limits.bias_unit), f"{name}: bias is no multiple")
