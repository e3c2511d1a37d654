"""Every operation of the CPU: one that fits passes, and what does not fit is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from studio.base.errors import VerifyError
from studio.chip.chip import Chip
from studio.quantize import qnetwork as q
from studio.quantize import stage
from studio.quantize.qnetwork import QNetwork, QOp, QTensor

Shape = tuple[int, int, int]
SIZE: Shape = (4, 2, 3)
BYTES = np.zeros(256, np.int16)
WIDE = np.zeros(512, np.int16)
REAL = np.ones(3)
WHOLE = np.zeros(3, np.int16)


def network(op: QOp, inputs: tuple[Shape, ...], output: Shape, low: int, high: int) -> QNetwork:
    """One operation of inputs a, b, ... of -128..127 and output y of ``low``..``high``."""
    names = "abcd"[: len(inputs)]
    tensors = {
        name: QTensor(name, shape, 1.0, -128, 127, (1, 1))
        for name, shape in zip(names, inputs, strict=True)
    }
    tensors["y"] = QTensor("y", output, 1.0, low, high, (1, 1))
    return QNetwork("one", "wtm2101", tuple(names), ("y",), (op,), tensors)


def lut(table: Any) -> q.LutOp:
    return q.LutOp("op", "a", "y", np.asarray(table, np.int16))


def sliced(axis: int, start: int, step: int = 1) -> q.SliceOp:
    return q.SliceOp("op", "a", "y", axis, start, step)


def order(*values: int) -> q.PermuteOp:
    return q.PermuteOp("op", "a", "y", np.array(values, np.int32))


def pool(**more: Any) -> q.PoolOp:
    return q.PoolOp("op", "a", "y", "max", (2, 1), (2, 1), **more)


def norm(kind: Any, gamma: Any, groups: int = 1) -> q.NormOp:
    return q.NormOp("op", "a", "y", kind, 1.0, 1.0, gamma, gamma, groups=groups)


AB, ABC, ABCD = ("a", "b"), ("a", "b", "c"), ("a", "b", "c", "d")
GOOD: list[tuple[QOp, tuple[Shape, ...], Shape]] = [
    (q.AddOp("op", AB, "y"), (SIZE, SIZE), SIZE),
    (q.MulOp("op", AB, "y"), (SIZE, (1, 1, 3)), SIZE),
    (q.AffineOp("op", "a", "y", WHOLE, WHOLE.astype(np.int32), 3), (SIZE,), SIZE),
    (pool(), (SIZE,), (2, 2, 3)),
    (pool(pads=(1, 0, 1, 0)), (SIZE,), (3, 2, 3)),
    (lut(BYTES), (SIZE,), SIZE),
    (lut(np.zeros((3, 256))), (SIZE,), SIZE),
    (q.SumLutOp("op", AB, "y", WIDE), (SIZE, SIZE), SIZE),
    (q.MacOp("op", ABCD, "y", (0, 0, -7)), (SIZE,) * 4, SIZE),
    (q.BlendOp("op", ABC, "y", 127, (0, 0, -7)), (SIZE,) * 3, SIZE),
    (q.ConcatOp("op", AB, "y", 1), (SIZE, (4, 5, 3)), (4, 7, 3)),
    (sliced(0, 1, 2), (SIZE,), (2, 2, 3)),
    (q.ZeroInsertOp("op", "a", "y", (2, 3)), (SIZE,), (7, 4, 3)),
    (order(*range(24)), (SIZE,), (3, 2, 4)),
    (q.ReshapeOp("op", "a", "y"), (SIZE,), (1, 1, 24)),
    (q.SoftmaxOp("op", "a", "y", BYTES.astype(np.int32)), (SIZE,), SIZE),
    (q.MatMulOp("op", AB, "y", 1, 0), (SIZE, (3, 2, 5)), (4, 2, 5)),
    (q.MatMulOp("op", AB, "y", 1, 0, True), (SIZE, (5, 2, 3)), (4, 2, 5)),
    (q.MeanOp("op", "a", "y", 1.0), (SIZE,), (4, 2, 1)),
    (norm("group", REAL, 3), (SIZE,), SIZE),
    (norm("sum", np.zeros(0)), (SIZE,), SIZE),
    (q.HistoryOp("op", "a", "y", (2, 0)), ((4, 1, 3),), (4, 1, 6)),
]  # fmt: skip


@pytest.mark.parametrize(("op", "inputs", "output"), GOOD)
def test_operations_that_fit_pass(
    op: QOp, inputs: tuple[Shape, ...], output: Shape, chip: Chip
) -> None:
    stage.verify(network(op, inputs, output, -128, 127), chip)


@pytest.mark.parametrize(("op", "inputs", "output"), GOOD)
def test_an_output_of_another_size_is_found(
    op: QOp, inputs: tuple[Shape, ...], output: Shape, chip: Chip
) -> None:
    wrong = (output[0], output[1], output[2] + 1)
    with pytest.raises(VerifyError, match="op"):
        stage.verify(network(op, inputs, wrong, -128, 127), chip)


@pytest.mark.parametrize(
    ("op", "inputs", "output", "low", "message"),
    [
        (q.AddOp("op", AB, "y"), (SIZE, (4, 2, 1)), SIZE, -128, "combines"),
        (q.MulOp("op", AB, "y"), (SIZE, (4, 1, 3)), SIZE, -128, "multiplies"),
        (q.AffineOp("op", "a", "y", WHOLE[:2], WHOLE.astype(np.int32), 3), (SIZE,), SIZE, -128,
         "factors"),
        (lut(BYTES[:255]), (SIZE,), SIZE, -128, "(255,)"),
        (lut(np.zeros((2, 256))), (SIZE,), SIZE, -128, "(2, 256)"),
        (lut(BYTES - 1), (SIZE,), SIZE, 0, "leaves 0..127"),
        (q.SumLutOp("op", AB, "y", BYTES), (SIZE, SIZE), SIZE, -128, "(256,)"),
        (sliced(0, 2, 2), (SIZE,), (2, 2, 3), -128, "reads up to 4 of 4"),
        (sliced(2, 0), (SIZE,), SIZE, 0, "does not fit the range"),
        (q.ConcatOp("op", AB, "y", 1), (SIZE, (3, 5, 3)), (4, 7, 3), -128, "joins"),
        (order(*range(1, 25)), (SIZE,), SIZE, -128, "order of 24"),
        (q.MatMulOp("op", AB, "y", 1, 0), (SIZE, (2, 2, 5)), (4, 2, 5), -128, "multiplies"),
        (norm("group", REAL, 2), (SIZE,), SIZE, -128, "2 groups of 3"),
        (norm("layer", REAL[:2]), (SIZE,), SIZE, -128, "2 factors"),
        (q.HistoryOp("op", "a", "y", (2, -1)), ((4, 1, 3),), (4, 1, 6), -128, "lags"),
        (q.HistoryOp("op", "a", "y", (2, 0)), (SIZE,), (4, 2, 6), -128, "reads"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(
    op: QOp,
    inputs: tuple[Shape, ...],
    output: Shape,
    low: int,
    message: str,
    chip: Chip,
) -> None:
    with pytest.raises(VerifyError) as caught:
        stage.verify(network(op, inputs, output, low, 127), chip)
    assert message in str(caught.value)


def test_an_operation_may_not_write_what_is_written(chip: Chip) -> None:
    made = network(lut(BYTES), (SIZE,), SIZE, -128, 127)
    again = q.LutOp("other", "a", "y", BYTES)
    with pytest.raises(VerifyError, match="writes y again"):
        stage.verify(
            QNetwork("n", "wtm2101", ("a",), ("y",), (*made.ops, again), made.tensors), chip
        )


def test_a_constant_lies_in_its_range_and_shape(chip: Chip) -> None:
    made = network(q.AddOp("op", AB, "y"), (SIZE, SIZE), SIZE, -128, 127)
    for values, message in (
        (np.full(SIZE, 200, np.int16), "leaves its range"),
        (np.zeros((4, 2, 2), np.int16), "has shape"),
    ):
        wrong = QNetwork("n", "wtm2101", ("a",), ("y",), made.ops, made.tensors, {"b": values})
        with pytest.raises(VerifyError, match=message):
            stage.verify(wrong, chip)
