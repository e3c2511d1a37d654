"""Each operation against the words of its definition, computed the slow way."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    Matrix,
    MulOp,
    PoolOp,
    RowTile,
    SoftmaxOp,
)
from studio.simulate import kernels


@given(a=st.integers(-(2**23), 2**23), log=st.integers(8, 13))
def test_rounding_is_the_chips(a: int, log: int) -> None:
    f = Fraction(a, 2**log)
    whole = math.trunc(f + Fraction(1, 2)) if f >= 0 else math.trunc(f - Fraction(1, 4))
    found = kernels.rounded(np.array([[a]], np.float32), 2**log)
    assert found[0, 0] == min(127, max(-128, whole))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), encoding=st.sampled_from(["unsigned", "pn", "shift"]))
def test_array_operation_is_its_definition(seed: int, encoding: str) -> None:
    random = np.random.default_rng(seed)
    kernel = (int(random.integers(1, 4)), int(random.integers(1, 4)))
    pads = tuple(int(p) for p in random.integers(0, 2, 4))
    strides = (int(random.integers(1, 3)), 1)
    channels, columns = 2, 3
    low, high = (0, 256) if encoding == "unsigned" else (-128, 128)
    x = random.integers(low, high, (2, 5, 4, channels)).astype(np.int16)
    size = kernel[0] * kernel[1] * channels
    weights = random.integers(-128, 128, (size, columns)).astype(np.int16)
    middle = size // 2
    bias = (random.integers(-20, 20, columns) * 128).astype(np.int32)
    plain = [(0, middle, bias), (middle, size, None)] if middle else [(0, size, bias)]
    tiles = []
    for start, stop, extra in plain:
        fold = 128 * weights[start:stop].astype(np.int32).sum(axis=0)
        total = np.zeros(columns, np.int32) if extra is None else extra
        tiles.append(RowTile(start, stop, total - fold if encoding == "shift" else extra))
    matrix = Matrix("m", weights, encoding, 512, tuple(tiles))  # type: ignore[arg-type]
    op = ArrayOp("a", "x", "y", (matrix,), kernel, strides, (1, 1), pads, True)  # type: ignore[arg-type]
    found = kernels.array(x, op)
    padded = np.pad(x, ((0, 0), (pads[0], pads[2]), (pads[1], pads[3]), (0, 0)))
    for n in range(2):
        for w in range(found.shape[1]):
            for h in range(found.shape[2]):
                left = w * strides[0]
                part = padded[n, left : left + kernel[0], h : h + kernel[1]].reshape(-1)
                total = None
                for start, stop, extra in plain:
                    sums = part[start:stop].astype(np.int64) @ weights[start:stop]
                    sums = sums + (0 if extra is None else extra)
                    y = [min(127, max(-128, chip_round(int(s), 512))) for s in sums]
                    total = (
                        y
                        if total is None
                        else [min(127, max(-128, a + b)) for a, b in zip(total, y, strict=True)]
                    )
                assert total is not None
                assert found[n, w, h].tolist() == [max(0, v) for v in total]


def chip_round(a: int, gain: int) -> int:
    f = Fraction(a, gain)
    return math.trunc(f + Fraction(1, 2)) if f >= 0 else math.trunc(f - Fraction(1, 4))


def small(*values: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.array(values, np.int16).reshape(1, 1, 1, -1)


def test_add_and_mul_round_half_up_and_saturate() -> None:
    a, b = small(100, -7, 5, -128), small(100, 4, 2, -128)
    assert kernels.add(a, b, AddOp("o", ("a", "b"), "y")).ravel().tolist() == [127, -3, 7, -128]
    shifted = kernels.add(a, b, AddOp("o", ("a", "b"), "y", -1, relu=True))
    assert shifted.ravel().tolist() == [100, 0, 4, 0]
    product = kernels.mul(a, b, MulOp("o", ("a", "b"), "y", -3))
    assert product.ravel().tolist() == [127, -3, 1, 127]


def test_affine_uses_each_channels_numbers() -> None:
    op = AffineOp("o", "x", "y", np.array([3, -2], np.int16), np.array([1, 0], np.int32), 1)
    assert kernels.affine(small(5, 5), op).ravel().tolist() == [8, -5]


@pytest.mark.parametrize(
    ("count_pads", "shift", "expected"), [(False, 0, -3), (True, 0, -2), (False, 1, -5)]
)
def test_average_divides_towards_minus_infinity(
    count_pads: bool, shift: int, expected: int
) -> None:
    x = np.array([-2, -3], np.int16).reshape(1, 2, 1, 1)
    op = PoolOp("o", "x", "y", "average", (3, 1), (1, 1), (1, 0, 0, 0), count_pads, shift)
    assert kernels.pool(x, op).ravel().tolist() == [expected]


def test_maximum_ignores_padding() -> None:
    x = np.array([-2, -3], np.int16).reshape(1, 2, 1, 1)
    op = PoolOp("o", "x", "y", "max", (2, 1), (2, 1), (1, 0, 1, 0))
    assert kernels.pool(x, op).ravel().tolist() == [-2, -3]


def test_softmax_shares_255() -> None:
    table = np.rint(2**15 * np.exp(-np.arange(256) * 0.1)).astype(np.int32)
    found = kernels.softmax(small(10, 0, 10, -90), SoftmaxOp("o", "x", "y", table)).ravel()
    e = np.exp(np.array([10, 0, 10, -90]) * 0.1)
    assert np.abs(found - 255 * e / e.sum()).max() <= 0.51
