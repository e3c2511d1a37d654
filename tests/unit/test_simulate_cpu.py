"""Each operation of the CPU and each encoding beside its definition in plain Python integers.

The references below are written from the words of quantize/qcpu.py and OPS.md, element by element,
and know nothing of numpy's tricks. The compiled code is compared with numpy elsewhere
(test_simulate_native.py); here both are asked.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Matrix,
    MeanOp,
    MulOp,
    NormOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QTensor,
    ReshapeOp,
    RowTile,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)
from studio.simulate import kernels
from studio.simulate.run import batches, prepare, run, run_prepared
from tests.unit import firmware_nets

N = 2
SIGNED, BYTE = (-128, 127), (0, 255)
quick = settings(max_examples=30, deadline=None)
seeds = st.integers(0, 10**6)


def clip(v: int, low: int = -128, high: int = 127) -> int:
    return max(low, min(high, v))


def half_up(v: int, n: int) -> int:
    """H(v, n) of OPS.md: floor(v / 2**n + 1/2)."""
    return math.floor(Fraction(v, 2**n) + Fraction(1, 2))


def shift(v: int, n: int) -> int:
    """Positive shifts go left, negative ones right, half up."""
    return v * 2**n if n >= 0 else half_up(v, -n)


def integers(random: np.random.Generator, shape: Sequence[int], span: tuple[int, int]) -> Any:
    x = random.integers(span[0], span[1] + 1, (N, *shape))
    x[random.random(x.shape) < 0.15] = span[0]
    x[random.random(x.shape) < 0.15] = span[1]
    return x.astype(np.int16)


def both(op: Any, inputs: Sequence[Any], shape: Sequence[int], spans: Sequence[Any]) -> Any:
    """What numpy and the compiled code give, after seeing that it is the same."""
    names = (op.input,) if hasattr(op, "input") else op.inputs
    spans = [*spans, SIGNED]
    tensors = {
        name: QTensor(name, tuple(x.shape[1:]), 1.0, *span, (1, *x.shape[1:]))
        for name, x, span in zip(
            (*names, "y"), (*inputs, np.empty((N, *shape))), spans, strict=False
        )
    }
    low, high = spans[len(names)]
    tensors["y"] = QTensor("y", tuple(shape), 1.0, low, high, (1, *shape))
    qnetwork = QNetwork("net", "c", tuple(names), ("y",), (op,), tensors)
    found = [
        run_prepared(prepare(qnetwork, compiled=compiled), inputs).outputs["y"]
        for compiled in (False, True)
    ]
    np.testing.assert_array_equal(found[0], found[1])
    assert found[0].dtype == np.int16
    assert found[0].shape == (N, *shape)
    return found[0]


def each(function: Callable[..., int], *inputs: Any) -> Any:
    """A function of integers, element by element."""
    flat = [[int(v) for v in x.ravel()] for x in inputs]
    values = [function(*row) for row in zip(*flat, strict=True)]
    return np.array(values).reshape(inputs[0].shape)


SHAPE = (3, 2, 4)


@quick
@given(seed=seeds, n=st.integers(-9, 3), relu=st.booleans())
def test_add_shifts_the_sum(seed: int, n: int, relu: bool) -> None:
    random = np.random.default_rng(seed)
    a, b = integers(random, SHAPE, SIGNED), integers(random, SHAPE, SIGNED)
    found = both(AddOp("o", ("a", "b"), "y", n, relu), (a, b), SHAPE, (SIGNED, SIGNED))
    low = 0 if relu else -128
    np.testing.assert_array_equal(found, each(lambda p, q: clip(shift(p + q, n), low), a, b))


@quick
@given(seed=seeds, n=st.integers(-14, 2), relu=st.booleans(), by_channel=st.booleans())
def test_mul_shifts_the_product(seed: int, n: int, relu: bool, by_channel: bool) -> None:
    random = np.random.default_rng(seed)
    a = integers(random, SHAPE, BYTE)
    b = integers(random, (1, 1, 4) if by_channel else SHAPE, SIGNED)
    found = both(MulOp("o", ("a", "b"), "y", n, relu), (a, b), SHAPE, (BYTE, SIGNED))
    spread = np.broadcast_to(b, a.shape)
    low = 0 if relu else -128
    np.testing.assert_array_equal(found, each(lambda p, q: clip(shift(p * q, n), low), a, spread))


@quick
@given(seed=seeds, n=st.integers(0, 14), relu=st.booleans())
def test_affine_has_each_channels_factor_and_offset(seed: int, n: int, relu: bool) -> None:
    random = np.random.default_rng(seed)
    x = integers(random, SHAPE, SIGNED)
    factor, offset = random.integers(-32768, 32768, 4), random.integers(-(2**22), 2**22, 4)
    op = AffineOp("o", "x", "y", factor.astype(np.int16), offset.astype(np.int32), n, relu)
    wide = [np.broadcast_to(v, x.shape) for v in (factor, offset)]
    low = 0 if relu else -128
    wanted = each(lambda v, f, o: clip(half_up(v * f + o, n) if n else v * f + o, low), x, *wide)
    np.testing.assert_array_equal(both(op, (x,), SHAPE, (SIGNED,)), wanted)


@quick
@given(seed=seeds, shifts=st.tuples(*[st.integers(-8, 1)] * 3))
def test_mac_is_two_products(seed: int, shifts: tuple[int, int, int]) -> None:
    random = np.random.default_rng(seed)
    x = [integers(random, SHAPE, SIGNED) for _ in range(4)]
    found = both(MacOp("o", ("a", "b", "c", "d"), "y", shifts), x, SHAPE, [SIGNED] * 4)

    def wanted(a: int, b: int, c: int, d: int) -> int:
        return clip(shift(shift(a * b, shifts[0]) + shift(c * d, shifts[1]), shifts[2]))

    np.testing.assert_array_equal(found, each(wanted, *x))


@quick
@given(seed=seeds, ones=st.sampled_from([127, 128, 255]), mirrored=st.booleans())
def test_blend_mixes_the_new_state_with_the_old(seed: int, ones: int, mirrored: bool) -> None:
    random = np.random.default_rng(seed)
    span = BYTE if ones > 128 else (0, 127)
    z = integers(random, SHAPE, span)
    new, old = integers(random, SHAPE, SIGNED), integers(random, SHAPE, SIGNED)
    s = (*tuple(int(v) for v in random.integers(-3, 1, 2)), -7)
    op = BlendOp("o", ("z", "n", "h"), "y", ones, s, mirrored)  # type: ignore[arg-type]

    def wanted(z: int, n: int, h: int) -> int:
        if mirrored:
            return -max(clip(shift(shift((z - ones) * n, s[0]) - shift(z * h, s[1]), s[2])), -127)
        return clip(shift(shift((ones - z) * n, s[0]) + shift(z * h, s[1]), s[2]))

    found = both(op, (z, new, old), SHAPE, (span, SIGNED, SIGNED))
    np.testing.assert_array_equal(found, each(wanted, z, new, old))


def test_a_mirrored_blends_ties_go_down() -> None:
    """(1 - z) n + z h of OPS.md with ones 128: 64 * 1 + 64 * 0 is half a step, and gives 0."""
    z, n, h = (np.full((N, 1, 1, 1), v, np.int16) for v in (64, 1, 0))
    ops = [BlendOp("o", ("z", "n", "h"), "y", 128, (0, 0, -7), mirrored) for mirrored in (0, 1)]
    found = [int(both(op, (z, n, h), (1, 1, 1), [SIGNED] * 3)[0, 0, 0, 0]) for op in ops]
    assert found == [1, 0]


@quick
@given(seed=seeds, by_channel=st.booleans(), span=st.sampled_from([SIGNED, BYTE]))
def test_a_table_is_indexed_by_the_byte(seed: int, by_channel: bool, span: tuple[int, int]) -> None:
    random = np.random.default_rng(seed)
    x = integers(random, SHAPE, span)
    table = random.integers(-128, 128, (4, 256) if by_channel else 256).astype(np.int16)
    channel = np.broadcast_to(np.arange(4), x.shape)
    rows = table if by_channel else np.tile(table, (4, 1))
    wanted = each(lambda v, c: int(rows[c][v % 256]), x, channel)
    np.testing.assert_array_equal(both(LutOp("o", "x", "y", table), (x,), SHAPE, (span,)), wanted)


@quick
@given(seed=seeds)
def test_a_table_of_sums_has_512_entries(seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = integers(random, SHAPE, SIGNED), integers(random, SHAPE, SIGNED)
    table = random.integers(-128, 128, 512).astype(np.int16)
    found = both(SumLutOp("o", ("a", "b"), "y", table), (a, b), SHAPE, (SIGNED, SIGNED))
    np.testing.assert_array_equal(found, each(lambda p, q: int(table[(p + q) % 512]), a, b))


@quick
@given(seed=seeds, turned=st.booleans(), factor=st.integers(-300, 300), n=st.integers(0, 16))
def test_products_of_activations(seed: int, turned: bool, factor: int, n: int) -> None:
    random = np.random.default_rng(seed)
    m, heads, k, columns = (int(v) for v in random.integers(1, 6, 4))
    a = integers(random, (m, heads, k), SIGNED)
    b = integers(random, (columns, heads, k) if turned else (k, heads, columns), BYTE)
    op = MatMulOp("o", ("a", "b"), "y", factor, n, turned)
    found = both(op, (a, b), (m, heads, columns), (SIGNED, BYTE))
    for s, i, h, j in itertools.product(range(N), range(m), range(heads), range(columns)):
        other = b[s, j, h, :] if turned else b[s, :, h, j]
        total = factor * sum(int(p) * int(q) for p, q in zip(a[s, i, h], other, strict=True))
        assert found[s, i, h, j] == clip(half_up(total, n) if n else total)


@quick
@given(seed=seeds, factor=st.sampled_from([0.25, 0.1, 1 / 3, 2.5]))
def test_the_mean_over_channels_rounds_half_up(seed: int, factor: float) -> None:
    x = integers(np.random.default_rng(seed), SHAPE, SIGNED)
    found = both(MeanOp("o", "x", "y", factor), (x,), (3, 2, 1), (SIGNED,))
    wanted = [clip(math.floor(sum(map(int, row)) * factor + 0.5)) for row in x.reshape(-1, 4)]
    assert found.ravel().tolist() == wanted


@quick
@given(seed=seeds, kind=st.sampled_from(["layer", "group", "sum"]))
def test_norms_are_close_to_exact_arithmetic(seed: int, kind: Any) -> None:
    """Rational arithmetic beside float64: half a step apart at most, where a tie is near."""
    random = np.random.default_rng(seed)
    x = integers(random, SHAPE, SIGNED)
    gamma, beta = random.uniform(-2, 2, 4), random.uniform(-1, 1, 4)
    op = NormOp("o", "x", "y", kind, 0.05, 0.02, gamma, beta, 1e-3, 2)
    found = both(op, (x,), SHAPE, (SIGNED,))
    for s in range(N):
        for w, h, c in itertools.product(*map(range, SHAPE)):
            near = x[s, w, h]
            if kind == "group":
                near = x[s, :, :, c // 2 * 2 : c // 2 * 2 + 2].ravel()
            v = [int(p) * 0.05 for p in near]
            own = int(x[s, w, h, c]) * 0.05
            if kind == "sum":
                y = own / math.fsum(v) if sum(map(int, near)) else 0.0
            else:
                mean = math.fsum(v) / len(v)
                var = math.fsum((p - mean) ** 2 for p in v) / len(v)
                y = (own - mean) / math.sqrt(var + 1e-3) * gamma[c] + beta[c]
            exact = y / 0.02
            assert clip(math.floor(exact + 0.5 - 1e-6)) <= found[s, w, h, c]
            assert found[s, w, h, c] <= clip(math.floor(exact + 0.5 + 1e-6))


def test_shares_of_a_sum_that_is_zero_are_zero() -> None:
    x = np.array([[5, -5], [0, 0]], np.int16).reshape(N, 1, 1, 2)
    op = NormOp("o", "x", "y", "sum", 1.0, 0.01, np.ones(2), np.zeros(2))
    assert not both(op, (x,), (1, 1, 2), (SIGNED,)).any()


@quick
@given(seed=seeds, step=st.floats(0.01, 1))
def test_softmax_divides_255_by_integers(seed: int, step: float) -> None:
    x = integers(np.random.default_rng(seed), SHAPE, SIGNED)
    table = [round(2**15 * math.exp(-d * step)) for d in range(256)]
    op = SoftmaxOp("o", "x", "y", np.array(table, np.int32))
    found = both(op, (x,), SHAPE, (SIGNED, BYTE))
    for row, got in zip(x.reshape(-1, 4), found.reshape(-1, 4), strict=True):
        e = [table[int(row.max()) - int(v)] for v in row]
        assert got.tolist() == [(255 * v + sum(e) // 2) // sum(e) for v in e]


@quick
@given(
    seed=seeds,
    kind=st.sampled_from(["max", "average"]),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    strides=st.tuples(st.integers(1, 2), st.integers(1, 3)),
    pads=st.tuples(*[st.integers(0, 1)] * 4),
    count_pads=st.booleans(),
    scale=st.sampled_from([(0, 1.0), (1, 1.0), (-2, 1.0), (0, 0.3)]),
)
def test_pools_walk_over_windows(seed, kind, kernel, strides, pads, count_pads, scale) -> None:
    pads = tuple(p if kernel[i % 2] > 1 else 0 for i, p in enumerate(pads))
    x = integers(np.random.default_rng(seed), (5, 4, 3), SIGNED)
    op = PoolOp("o", "x", "y", kind, kernel, strides, pads, count_pads, *scale)
    shape = [
        (s + pads[i] + pads[i + 2] - kernel[i]) // strides[i] + 1 for i, s in enumerate((5, 4))
    ]
    found = both(op, (x,), (*shape, 3), (SIGNED,))
    for s, w, h, c in itertools.product(range(N), range(shape[0]), range(shape[1]), range(3)):
        taps = [
            (w * strides[0] - pads[0] + i, h * strides[1] - pads[1] + j)
            for i in range(kernel[0])
            for j in range(kernel[1])
        ]
        v = [int(x[s, i, j, c]) for i, j in taps if 0 <= i < 5 and 0 <= j < 4]
        n = kernel[0] * kernel[1] if count_pads else len(v)
        if kind == "max":
            wanted = max(v)
        elif scale[1] != 1:
            wanted = math.floor(sum(v) / n * scale[1])
        else:
            wanted = math.floor(Fraction(sum(v)) * Fraction(2) ** scale[0] / n)
        assert found[s, w, h, c] == clip(wanted)


def test_moves_of_elements() -> None:
    random = np.random.default_rng(4)
    x, z = integers(random, SHAPE, SIGNED), integers(random, (3, 2, 1), SIGNED)
    nested = x.tolist()
    cut = both(SliceOp("o", "x", "y", 2, 1, 2), (x,), (3, 2, 2), (SIGNED,)).tolist()
    assert cut == [[[row[1::2] for row in plane] for plane in sample] for sample in nested]
    joined = both(ConcatOp("o", ("x", "z"), "y", 2), (x, z), (3, 2, 5), (SIGNED, SIGNED))
    assert joined[1, 2, 1].tolist() == nested[1][2][1] + z[1, 2, 1].tolist()
    order = random.permutation(24)
    moved = both(PermuteOp("o", "x", "y", order.astype(np.int32)), (x,), (2, 3, 4), (SIGNED,))
    flat = [[v for plane in sample for row in plane for v in row] for sample in nested]
    assert moved.reshape(N, -1).tolist() == [[own[i] for i in order] for own in flat]
    assert (
        both(ReshapeOp("o", "x", "y"), (x,), (1, 1, 24), (SIGNED,)).reshape(N, -1).tolist() == flat
    )
    spread = both(ZeroInsertOp("o", "x", "y", (2, 3)), (x,), (5, 4, 4), (SIGNED,))
    for w, h in itertools.product(range(5), range(4)):
        wanted = nested[0][w // 2][h // 3] if w % 2 == 0 and h % 3 == 0 else [0] * 4
        assert spread[0, w, h].tolist() == wanted


def test_history_holds_earlier_frames_oldest_lag_first() -> None:
    x = integers(np.random.default_rng(5), (6, 1, 2), SIGNED)
    found = both(HistoryOp("o", "x", "y", (4, 1, 0)), (x,), (6, 1, 6), (SIGNED,))
    frames = [[[0, 0]] * 4 + sample for sample in x[:, :, 0].tolist()]
    for sample, own in zip(found[:, :, 0].tolist(), frames, strict=True):
        assert sample == [own[t] + own[t + 3] + own[t + 4] for t in range(6)]


def encoded(x: list[int], matrix: Matrix, tile: RowTile) -> tuple[list[int], list[list[int]]]:
    """What rows receive and multiply by, from the words of Matrix."""
    inputs, weights = x[tile.start : tile.stop], matrix.weights[tile.start : tile.stop].tolist()
    count = {
        "pn": len(inputs),
        "partial": max(0, min(tile.stop, matrix.signed_inputs) - tile.start),
    }
    first = count.get(matrix.encoding, 0)
    spans = {"unsigned": (0, 255), "shift": (-128, 127), "pn": (-255, 255), "partial": (-128, 127)}
    kept = [
        clip(v * 2**matrix.input_shift, *((-255, 255) if i < first else spans[matrix.encoding]))
        for i, v in enumerate(inputs)
    ]
    added = 128 if matrix.encoding in ("shift", "partial") else 0
    given = [max(v, 0) if i < first else v + added for i, v in enumerate(kept)]
    mirror = [[min(-w, matrix.mirror_max) for w in row] for row in weights[:first]]
    return given + [max(-v, 0) for v in kept[:first]], weights + mirror


def product(x: list[int], matrix: Matrix) -> list[int]:
    """One window times a matrix, tile after tile, as the chip rounds and saturates."""
    total: list[int] | None = None
    for tile in matrix.tiles:
        given, weights = encoded(x, matrix, tile)
        assert all(0 <= v <= 255 for v in given)
        own = []
        for column in range(matrix.columns):
            a = sum(v * row[column] for v, row in zip(given, weights, strict=True))
            a += 0 if tile.bias is None else int(tile.bias[column])
            f = Fraction(a, matrix.gain)
            y = math.trunc(f + Fraction(1, 2)) if f >= 0 else math.trunc(f - Fraction(1, 4))
            own.append(clip(y))
        total = own if total is None else [clip(p + q) for p, q in zip(total, own, strict=True)]
    assert total is not None
    return total


@settings(max_examples=80, deadline=None)
@given(
    seed=seeds,
    encoding=st.sampled_from(["unsigned", "pn", "shift", "partial"]),
    input_shift=st.integers(0, 2),
    peak=st.sampled_from([128, 256, 275]),
    mirror=st.sampled_from([127, 255, 32767]),
    relu=st.booleans(),
)
def test_every_encoding_is_its_definition(
    seed: int, encoding: Any, input_shift: int, peak: int, mirror: int, relu: bool
) -> None:
    random = np.random.default_rng(seed)
    count, columns = int(random.integers(1, 40)), int(random.integers(1, 20))
    span = BYTE if encoding == "unsigned" else SIGNED
    x = integers(random, (1, 1, count), span)
    weights = random.integers(-peak, peak, (count, columns)).astype(np.int16)
    weights[random.random(weights.shape) < 0.1] = -peak
    cut = int(random.integers(0, count + 1))
    signed_inputs = int(random.integers(0, count + 1)) if encoding == "partial" else 0
    tiles = []
    for start, stop in ((0, cut), (cut, count)):
        if start == stop:
            continue
        first = max(0, min(stop, signed_inputs) - start)
        bias = random.integers(-30, 31, columns) * 128
        if encoding in ("shift", "partial"):
            bias -= 128 * weights[start + first : stop].sum(axis=0, dtype=np.int64)
        tiles.append(RowTile(start, stop, bias.astype(np.int32)))
    gain = int(2 ** random.integers(8, 14))
    matrix = Matrix("m", weights, encoding, gain, tuple(tiles), signed_inputs, input_shift, mirror)
    op = ArrayOp("o", "x", "y", (matrix,), relu=relu)
    found = both(op, (x,), (1, 1, columns), (span,))
    for sample in range(N):
        wanted = product(x[sample, 0, 0].tolist(), matrix)
        assert found[sample, 0, 0].tolist() == [max(v, 0) if relu else v for v in wanted]


def test_inputs_outside_an_encodings_range_are_saturated() -> None:
    """The rows take 0..255: what does not fit is cut, with or without a shift."""
    x = np.array([[-5, 250], [-128, 7]], np.int16)
    whole = RowTile(0, 2, None)
    for encoding, wanted in (
        ("unsigned", [[0, 250], [0, 7]]),
        ("shift", [[123, 255], [0, 135]]),
        ("pn", [[0, 250, 5, 0], [0, 7, 128, 0]]),
    ):
        matrix = Matrix("m", np.ones((2, 1), np.int16), encoding, 256, (whole,))  # type: ignore[arg-type]
        assert kernels.tile_inputs(x, matrix, whole).tolist() == wanted


@given(total=st.integers(1, 400), length=st.integers(1, 400), size=st.integers(1, 60))
def test_batches_cover_every_sample_once_and_keep_streams_whole(
    total: int, length: int, size: int
) -> None:
    reached = 0
    for start, stop, streams in batches(total, length, size):
        assert start == reached < stop
        assert stop - start <= size
        if streams > 1 or (start % length == 0 and stop - start == length):
            assert start % length == 0
            assert stop - start == streams * length
        else:
            assert streams == 1
            assert start // length == (stop - 1) // length
        reached = stop
    assert reached == total


def test_an_output_of_constants_alone_is_there_for_every_sample() -> None:
    tensors = [firmware_nets.tensor(name, (1, 1, 2)) for name in ("in", "k", "own", "out")]
    ops = [AddOp("a", ("k", "k"), "own"), AddOp("b", ("in", "own"), "out")]
    values = {"k": np.array([[[1, -2]]], np.int16)}
    made = firmware_nets.network(tensors, ops, outputs=("out", "own"), constants=values)
    x = np.arange(10, dtype=np.int16).reshape(5, 1, 1, 2)
    found = run(made, [x], reset_every=2).outputs
    np.testing.assert_array_equal(found["own"], np.tile([2, -4], (5, 1)).reshape(5, 1, 1, 2))
    np.testing.assert_array_equal(found["out"], x + np.array([2, -4]))
