"""What the kernels refuse, and shifts that change to equivalent ones."""

from __future__ import annotations

import numpy as np
import pytest

from studio.base.errors import VerifyError
from studio.firmware import bounds, checks
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
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
    QOp,
    SoftmaxOp,
)
from studio.simulate import kernels
from tests.unit.firmware_nets import network, tensor

SHAPE = (4, 4, 8)
A, B, C8 = tensor("a", SHAPE), tensor("b", (4, 4, 4)), tensor("c", (1, 1, 8))
U, OUT, SOFT = tensor("u", SHAPE, 0, 255), tensor("out", SHAPE), tensor("soft", SHAPE, 0, 255)
MEAN, FRAMES = tensor("mean", (4, 4, 1)), tensor("frames", (4, 1, 8))
PRODUCT = tensor("product", (4, 4, 4))
EXP = np.round(2**15 * np.exp(-np.arange(256) / 9)).astype(np.int32)
F8, O8 = np.ones(8, np.int16), np.zeros(8, np.int32)
LUT = np.zeros(256, np.int16)
ORDER = np.arange(128, dtype=np.int32)
ONES, NONE = np.ones(8), np.zeros(0)
WHOLE = ((1, 1), (1, 1))

BAD = [
    (AddOp("x", ("a", "b"), "out"), "combines"),
    (AddOp("x", ("a", "c"), "out"), "combines"),
    (MulOp("x", ("c", "a"), "out"), "writes"),
    (AffineOp("x", "a", "out", F8[:4], O8, 0), "factors"),
    (AffineOp("x", "a", "out", F8, O8, 32), r"shift 32 is outside 0\.\.31"),
    (AffineOp("x", "a", "out", F8 * 32767, O8 + (2**31 - 1), 3), "sums leave 32 bits"),
    (PoolOp("x", "a", "b", "max", *WHOLE), "writes"),
    (PoolOp("x", "a", "out", "max", *WHOLE, (1, 0, -1, 0)), "wholly in the padding"),
    (PoolOp("x", "a", "out", "average", *WHOLE, (1, 0, -1, 0)), "wholly in the padding"),
    (PoolOp("x", "a", "out", "average", *WHOLE, ratio=float("nan")), "ratio nan"),
    (LutOp("x", "a", "out", LUT[:128]), r"\(128,\)"),
    (LutOp("x", "a", "out", LUT + 200), r"leaves -128\.\.127"),
    (ConcatOp("x", ("a", "b"), "out", 2), "writes"),
    (ConcatOp("x", ("u",), "out", 2), "does not fit the range"),
    (PermuteOp("x", "a", "out", ORDER + 1), "order of 128"),
    (SoftmaxOp("x", "a", "soft", EXP * 3), "256 entries of 16 bits"),
    (SoftmaxOp("x", "a", "soft", EXP * 0), "sums leave 32 bits"),
    (SoftmaxOp("x", "a", "out", EXP), "the output is uint8"),
    (MacOp("x", ("a", "a", "a", "a"), "out", (17, 0, 0)), "sums leave 32 bits"),
    (MatMulOp("x", ("a", "b"), "product", 1, 63), "multiplies"),
    (MatMulOp("x", ("a", "b4"), "product", 1, 63), r"outside 0\.\.62"),
    (MatMulOp("x", ("a", "b4"), "product", 2**40, 30), "sums leave 64 bits"),
    (MeanOp("x", "a", "mean", float("inf")), "factor inf"),
    (NormOp("x", "a", "out", "layer", 1.0, 1.0, NONE, NONE), "one factor"),
    (NormOp("x", "a", "out", "layer", 1.0, 1.0, ONES * np.nan, ONES), "not finite"),
    (NormOp("x", "a", "out", "layer", 1e-200, 1.0, ONES, ONES), "too small"),
    (HistoryOp("x", "f", "frames", (70000,)), "above 65535"),
]


@pytest.mark.parametrize(("op", "message"), BAD, ids=[type(op).__name__ for op, _ in BAD])
def test_operations_outside_their_definition_are_refused(op: QOp, message: str) -> None:
    more = [tensor("b4", (8, 4, 4)), tensor("f", (4, 1, 8)), MEAN, FRAMES, PRODUCT]
    qnetwork = network([A, B, C8, U, OUT, SOFT, *more], [op], op.inputs, (op.output,))
    with pytest.raises(VerifyError, match=message) as caught:
        checks.operation(op, qnetwork)
    assert caught.value.where == "x"


def _shifted(value: int, shift: int) -> int:
    return value << shift if shift >= 0 else (value + (1 << (-shift - 1))) >> -shift


def test_large_shifts_are_clamped_without_changing_a_result() -> None:
    """What 32 bits cannot shift, Python's integers can: all products against the clamped shift."""
    products = np.unique(np.multiply.outer(np.arange(-128, 256), np.arange(-128, 256)))
    for shift in (-40, -31, 9, 15, 40):
        wanted = [max(-128, min(127, _shifted(int(p), shift))) for p in products]
        given = [max(-128, min(127, _shifted(int(p), checks.clamped(shift)))) for p in products]
        assert given == wanted
        op = MulOp("x", ("a", "b"), "out", shift)
        values = np.arange(-128, 128, dtype=np.int16).reshape(1, 1, 1, -1)
        squares = [_shifted(int(v) ** 2, shift) for v in values.reshape(-1)]
        simulated = kernels.mul(values, values, op).reshape(-1).tolist()
        assert simulated == [max(-128, min(127, s)) for s in squares]


def test_averages_and_products_keep_their_results_in_32_bits() -> None:
    """The shifts and limits that bounds.py chooses, against Python's integers."""
    rng = np.random.default_rng(0)
    for _ in range(300):
        area, shift = int(rng.integers(1, 5000)), int(rng.integers(-40, 40))
        op = PoolOp("x", "a", "out", "average", (area, 1), (1, 1), shift=shift)
        own = bounds.pool_shift(op)
        assert bounds.pool_largest(op) <= bounds.INT32_MAX
        for sum_ in rng.integers(-128 * area, 255 * area, 20).tolist():
            results = [
                (sum_ << s) // area if s >= 0 else sum_ // (area << -s) for s in (shift, own)
            ]
            assert len({max(-128, min(127, r)) for r in results}) == 1
    a, b = tensor("a", (1, 1, 64)), tensor("b", (64, 1, 2))
    for _ in range(300):
        factor = int(rng.integers(-(2 ** int(rng.integers(1, 31))), 2 ** int(rng.integers(1, 31))))
        shift = int(rng.integers(0, 40))
        op2 = MatMulOp("x", ("a", "b"), "out", factor, shift)
        scaled = bounds.matmul(op2, {"a": a, "b": b})
        if scaled.wide:
            assert scaled.largest > bounds.INT32_MAX
            continue
        assert scaled.largest <= bounds.INT32_MAX
        half = (1 << shift) >> 1
        for sum_ in rng.integers(-(2**20), 2**20, 20).tolist():
            cut = max(-scaled.limit, min(scaled.limit, sum_))
            given = (cut * scaled.factor + scaled.half) >> shift
            wanted = (sum_ * factor + half) >> shift
            assert max(-128, min(127, given)) == max(-128, min(127, wanted))
