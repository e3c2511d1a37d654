"""Noisy weights in the integer kernel: the bits of the floating-point way and of numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, Int16, QNetwork
from studio.simulate import noise, noise_array, noise_draw
from studio.simulate.native import PLAIN
from studio.simulate.noise import Float32, Stream
from studio.simulate.noise_array import Packed
from studio.simulate.noise_draw import ChipDraw
from studio.simulate.run import run
from tests.unit import noise_nets as nets

GRID = 0.125
NUMBERS = {
    "programming_amplitude": 2.0,
    "programming_knee": 9.0,
    "column_gain": 0.02,
    "column_offset": 1.5,
    "output_noise": 2.0,
    "reserved_factor": 2.0,
}

compiled = pytest.mark.skipif(noise.library() is None, reason="nothing can be compiled here")


def weights_of(rows: int, columns: int) -> Float32:
    random = np.random.default_rng(rows)
    return (random.integers(-1100, 1101, (rows, columns)) * GRID).astype(np.float32)


def packed(weights: Float32) -> Packed:
    found = noise_array.pack(weights, GRID, PLAIN)
    assert found is not None
    return found


def others(columns: int) -> tuple[Float32, Float32, Float32]:
    """Scale, bias and sigma."""
    random = np.random.default_rng(columns)
    scale = random.normal(0.004, 0.0002, columns).astype(np.float32)
    bias = random.normal(0, 60, columns).astype(np.float32)
    return scale, bias, np.abs(random.normal(0, 8, columns)).astype(np.float32)


def inputs_of(count: int, rows: int) -> Int16:
    return np.random.default_rng(count).integers(0, 256, (count, rows)).astype(np.int16)


def reference(
    x: Int16, weights: Float32, given: tuple[Float32, Float32, Float32], z: Float32 | None, low: int
) -> Int16:
    """The same in plain numpy: whole sums, then float32 operation by operation."""
    whole = x.astype(np.int64) @ np.rint(weights / GRID).astype(np.int64)
    scale, bias, sigma = given
    values = whole.astype(np.float32) * np.float32(GRID) * scale + bias
    if z is not None:
        values = values + sigma * z
    quarters = np.trunc(np.clip(values, -1000, 1000)).astype(np.int64)
    return np.clip((quarters + 2) >> 2, low, 127).astype(np.int16)


@compiled
@pytest.mark.parametrize("rows", [1, 2, 31, 200])
@pytest.mark.parametrize("columns", [1, 2, 16, 17, 40, 64, 65, 150, 300])
def test_every_instruction_set_gives_numpys_bits(rows: int, columns: int) -> None:
    weights, given = weights_of(rows, columns), others(columns)
    own = packed(weights)
    for count in (1, 2, 17, 50):
        x = inputs_of(count, rows)
        z = Stream(5, count).normals(count, columns)
        noisy = reference(x, weights, given, z, -128)
        silent = reference(x, weights, given, None, 0)
        for level in range(noise_array.level() + 1):
            stream = Stream(5, count)
            found = noise_array.rounds(x, own, *given, stream, instructions=level)
            np.testing.assert_array_equal(found, noisy)
            found = noise_array.rounds(x, own, *given, None, 0, instructions=level)
            np.testing.assert_array_equal(found, silent)


@compiled
def test_neither_threads_nor_parts_of_the_rows_show() -> None:
    weights, given, x = weights_of(90, 70), others(70), inputs_of(101, 90)
    own, stream = packed(weights), Stream(1)
    whole = noise_array.rounds(x, own, *given, stream, threads=1)
    assert len(np.unique(whole)) > 50
    for threads in (2, 3, 7, 500):
        other = Stream(1)
        found = noise_array.rounds(x, own, *given, other, threads=threads)
        np.testing.assert_array_equal(found, whole)
        np.testing.assert_array_equal(other.state, stream.state)
    again = Stream(1)
    parts = [noise_array.rounds(x[a:b], own, *given, again) for a, b in ((0, 40), (40, 101))]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@compiled
def test_sums_beyond_24_bits_are_rounded_once() -> None:
    """As numpy rounds a whole number to float32."""
    weights = np.full((2000, 3), 127.875, np.float32)
    weights[::7, 1] = 126.625
    weights[1::2, 2] *= -1
    x = inputs_of(40, 2000)
    whole = x.astype(np.int64) @ np.rint(weights / GRID).astype(np.int64)
    assert whole.max() > 2**27
    scale = np.float32(2e-5) * np.ones(3, np.float32)
    given = scale, np.full(3, -640, np.float32), np.zeros(3, np.float32)
    found = noise_array.rounds(x, packed(weights), *given, None)
    np.testing.assert_array_equal(found, reference(x, weights, given, None, -128))


@compiled
@pytest.mark.parametrize("value", [32768.0, -32768.0, 1e30, -1e30, float("nan"), 0.5])
@pytest.mark.parametrize("place", [(0, 0), (4, 2), (3, 18)])
def test_weights_that_are_not_whole_steps_of_16_bits_are_left_to_floating_point(
    value: float, place: tuple[int, int]
) -> None:
    weights = np.ones((5, 19), np.float32)
    weights[place] = 32767.0
    assert noise_array.pack(weights, 1.0, PLAIN) is not None
    weights[place] = value
    assert noise_array.pack(weights, 1.0, PLAIN) is None


@compiled
def test_sums_that_may_pass_30_bits_are_left_to_floating_point() -> None:
    rows = 2**30 // (255 * 32767) + 1
    weights = np.full((rows, 2), -32767.0, np.float32)
    assert noise_array.pack(weights, 1.0, PLAIN) is None
    assert noise_array.pack(weights[1:], 1.0, PLAIN) is not None
    assert noise_array.pack(np.ones((2**15 + 1, 1), np.float32), 1.0, PLAIN) is None


def test_nothing_is_packed_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "library", lambda: None)
    assert noise_array.pack(np.ones((4, 4), np.float32), 1.0, PLAIN) is None


def answers(net: QNetwork, layout: Layout, **numbers: float) -> dict[str, Int16]:
    chip = nets.array(net, layout, 2, 7, **numbers)
    return dict(run(net, (nets.samples(net, 60),), array=chip, layers=True).layers)


@compiled
@pytest.mark.parametrize("case", ["plain", "wide", "copies", "repeat", "stuck", "quiet"])
def test_whole_chips_have_the_same_bits_all_three_ways(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Integer kernel, floating point with compiled loops, numpy alone."""
    numbers = dict(NUMBERS)
    net = nets.mlp(90, 70, 33, 5)
    if case == "wide":
        net = nets.dense(300, 1400, gain=4096, encoding="pn")
    elif case == "repeat":
        net = nets.dense(50, 30, repeat=2)
    elif case == "stuck":
        numbers |= {"stuck_low": 0.02, "stuck_high": 0.02}
    elif case == "quiet":
        numbers = {"programming_relative": 0.03}
    layout = nets.mapped(net, copies=2 if case == "copies" else 1)
    if noise_array.level() < noise_array.AVX2:
        monkeypatch.setattr(noise_draw, "pack", lambda w, grid: noise_array.pack(w, grid, PLAIN))
    calls = []
    rounds = noise_array.rounds
    monkeypatch.setattr(noise_array, "rounds", lambda *own: calls.append(1) or rounds(*own))
    integers = answers(net, layout, **numbers)
    assert len(calls) >= len(net.array_ops), "the integer kernel was not used"
    calls.clear()
    monkeypatch.setattr(noise_draw, "pack", lambda *_: None)
    floating = answers(net, layout, **numbers)
    assert not calls
    monkeypatch.setattr(noise, "library", lambda: None)
    plain = answers(net, layout, **numbers)
    for name, found in integers.items():
        np.testing.assert_array_equal(found, floating[name])
        np.testing.assert_array_equal(found, plain[name])


@compiled
def test_large_sums_and_wide_weights_still_fit() -> None:
    """The grid is chosen so: beyond float32's exact range, and with stacked copies."""
    own = replace(nets.matrix(890, 4, gain=8192), weights=np.full((890, 4), 127, np.int16))
    large = nets.network(ArrayOp("fc", "in", "out", (own,), trace="fc"), size=(1, 1, 890))
    small = nets.dense(8, 8)
    for net, copies in ((large, 1), (small, 1), (small, 4)):
        ready = nets.prepared(net, nets.mapped(net, copies=copies), programming_relative=0.05)
        tile = ready.tiles["fc"][0][0]
        found = ChipDraw(ready, 0, 0).tile(tile, "fc").weights
        assert noise_array.pack(found, tile.grid, PLAIN) is not None
        assert np.abs(found).max() > 100
        assert tile.grid <= 0.5


@compiled
@pytest.mark.parametrize("numbers", [{"read_relative": 0.05}, {"programming_relative": 0.05}])
def test_read_noise_and_mixed_weights_stay_with_floating_point(numbers: dict[str, float]) -> None:
    net = nets.dense(50, 12, store="mixed" if "programming_relative" in numbers else "analog")
    ready = nets.prepared(net, nets.mapped(net), **numbers)
    assert ChipDraw(ready, 0, 0).tile(ready.tiles["fc"][0][0], "fc").packed is None
