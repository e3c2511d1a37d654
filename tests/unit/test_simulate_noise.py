"""Analog noise: the moments of every source, where it lies, and that a seed tells all."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from studio.chip.noise import Conditions
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.simulate import noise
from studio.simulate.noise import Float32, Stream
from studio.simulate.noise_draw import ChipDraw, Drawn
from studio.simulate.noise_run import converted
from studio.simulate.run import run
from tests.unit import noise_nets as nets

RESERVED = nets.CHIP.array.reserved_columns


def drawn(
    net: QNetwork,
    layout: Layout,
    chips: int = 1,
    conditions: Conditions = nets.NOW,
    **numbers: float,
) -> list[Drawn]:
    """The first tile of the first layer on several chips, in quarters of an LSB."""
    ready = nets.prepared(net, layout, conditions, **numbers)
    op = net.array_ops[0]
    tile = ready.tiles[op.name][0][0]
    return [ChipDraw(ready, 0, number).tile(tile, op.name) for number in range(chips)]


def errors(net: QNetwork, found: Drawn) -> Float32:
    """What the weights are off, in weight steps."""
    own = net.array_ops[0].matrices[0]
    return np.asarray(
        found.weights * found.scale * (own.gain / 4) - own.values(own.tiles[0]), np.float32
    )


def _gains(net: QNetwork, found: Drawn) -> np.ndarray:
    """What each column is multiplied by."""
    own = net.array_ops[0].matrices[0]
    exact = own.weights.astype(np.float64)
    return (found.weights * found.scale * own.gain / 4 * exact).sum(axis=0) / (exact**2).sum(axis=0)


def test_normal_numbers_have_the_normal_moments() -> None:
    z = Stream(3, 1).normals(500, 2000).astype(np.float64)
    assert abs(z.mean()) < 0.004 and abs(z.std() - 1) < 0.003
    assert abs((z**3).mean()) < 0.02 and abs((z**4).mean() - 3) < 0.03
    assert (np.abs(z) > 1.959964).mean() == pytest.approx(0.05, abs=0.001)
    assert (np.abs(z) > 3).mean() == pytest.approx(0.0027, abs=0.0003)
    flat = z.ravel()
    for lag in (1, 2, 3, 4, 2000):
        assert abs((flat[lag:] * flat[:-lag]).mean()) < 0.004


def test_streams_of_different_keys_are_independent_and_equal_ones_equal() -> None:
    one, same = Stream(3, 1, 2).normals(10, 999), Stream(3, 1, 2).normals(10, 999)
    np.testing.assert_array_equal(one, same)
    for other in (Stream(3, 2, 1), Stream(4, 1, 2), Stream(3, 1, 2, 0)):
        z = other.normals(10, 999)
        assert abs((one * z).mean()) < 0.04


@pytest.mark.parametrize("shape", [(1, 1), (9, 3), (40, 256), (7, 1030)])
def test_compiled_and_numpy_loops_agree_in_every_bit(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if noise.library() is None:
        pytest.skip("nothing can be compiled here")
    random = np.random.default_rng(1)
    sums = random.normal(0, 300, shape).astype(np.float32)
    bias = random.normal(0, 50, shape[1]).astype(np.float32)
    scale = random.normal(1, 0.1, shape[1]).astype(np.float32)
    sigma = np.abs(random.normal(0, 9, shape)).astype(np.float32)

    def all_of_them() -> list[np.ndarray]:
        stream = Stream(7, 1)
        return [
            noise.rounded(sums, scale, bias, sigma, stream),
            noise.rounded(sums, scale, bias, sigma[0], stream, 0),
            noise.rounded(sums, scale, bias, sigma[0], None),
            noise.noisy(sums, sigma, stream),
            noise.noisy(sums, sigma, stream, 0.125),
        ]

    compiled = all_of_them()
    monkeypatch.setattr(noise, "library", lambda: None)
    for a, b in zip(compiled, all_of_them(), strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


def test_rounding_is_the_contracts() -> None:
    """R(a / G) = (trunc(4 a / G) + 2) >> 2, saturated, from sums in quarters: 4 a / G."""
    quarters = np.array([-1e9, -600, -514.5, -513, -6.9, -2.1, -2, -1, 0, 1.9, 2, 509, 1e9])
    wanted = [max(-128, min(127, (math.trunc(q) + 2) // 4)) for q in quarters]
    zero = np.zeros(len(quarters), np.float32)
    found = noise.rounded(quarters.astype(np.float32)[np.newaxis], zero + 1, zero, zero, None)
    assert found[0].tolist() == wanted
    relu = noise.rounded(quarters.astype(np.float32)[np.newaxis], zero + 1, zero, zero, None, 0)
    assert relu[0].tolist() == [max(0, v) for v in wanted]


@pytest.mark.parametrize("grid", [1.0, 0.125])
def test_rounding_errors_to_a_grid_keeps_their_variance(grid: float) -> None:
    wanted = np.array([0.05, 0.2, 0.3, 0.5, 1.0, 2.0, 20.0]) * grid
    sigma = np.repeat(wanted.astype(np.float32)[:, np.newaxis], 200_000, axis=1)
    steps = noise.in_steps(sigma, grid)
    found = noise.noisy(np.zeros_like(sigma), steps, Stream(1), grid)
    assert (np.rint(found / grid) * grid == found).all()
    np.testing.assert_allclose(found.astype(np.float64).std(axis=1), wanted, rtol=0.02)
    assert noise.in_steps(np.zeros(3, np.float32), grid).tolist() == [0, 0, 0]


def test_sums_are_exact_whatever_their_order() -> None:
    """So that neither the computer nor its number of threads shows in a chip's answers."""
    net = nets.dense(800, 30, gain=8192)
    (found,) = drawn(net, nets.mapped(net), programming_amplitude=2.0, programming_knee=5.0)
    assert found.weights.dtype == np.float32
    assert len(np.unique(found.weights % 1)) > 1, "the grid is finer than a step"
    x = nets.samples(net, 50).reshape(50, 800)
    real = x.astype(np.float32)
    sums = real @ found.weights
    np.testing.assert_array_equal(sums, real[:, ::-1] @ found.weights[::-1])
    exact = x.astype(np.float64) @ found.weights.astype(np.float64)
    np.testing.assert_array_equal(sums, exact)


def test_sums_too_large_for_float32_are_done_in_float64() -> None:
    own = nets.matrix(890, 4, gain=8192)
    own = replace(own, weights=np.full((890, 4), 127, np.int16))
    net = nets.network(ArrayOp("fc", "in", "out", (own,), trace="fc"), size=(1, 1, 890))
    (found,) = drawn(net, nets.mapped(net), programming_relative=0.01)
    assert found.weights.dtype == np.float64
    e = errors(net, found) / 127
    assert e.std() == pytest.approx(0.01, rel=0.05)


def test_programming_error_grows_with_the_weight_and_saturates() -> None:
    net = nets.dense(400, 60)
    weights = net.array_ops[0].matrices[0].weights
    found = drawn(net, nets.mapped(net), 8, programming_amplitude=1.6, programming_knee=14)
    e = np.stack([errors(net, own) for own in found])
    for low, high in ((0, 1), (10, 12), (50, 60), (110, 128)):
        mask = (np.abs(weights) >= low) & (np.abs(weights) < high)
        sizes = np.abs(weights[mask]).astype(np.float64)
        wanted = math.sqrt(np.mean((1.6 * (1 - np.exp(-sizes / 14))) ** 2))
        assert e[:, mask].std() == pytest.approx(wanted, rel=0.06, abs=1e-4)
        assert abs(e[:, mask].mean()) < 0.05
    # One chip's errors say nothing of another's.
    assert abs(np.corrcoef(e[0].ravel(), e[1].ravel())[0, 1]) < 0.03


def test_relative_programming_error_is_a_fraction_of_the_weight() -> None:
    net = nets.dense(300, 60)
    weights = net.array_ops[0].matrices[0].weights.astype(np.float64)
    (found,) = drawn(net, nets.mapped(net), programming_relative=0.03)
    kept = np.abs(weights) > 5
    relative = errors(net, found)[kept] / weights[kept]
    assert relative.std() == pytest.approx(0.03, rel=0.03)


def test_mirrored_rows_and_stacked_copies_have_errors_of_their_own() -> None:
    net = nets.dense(100, 60, encoding="pn", gain=1024)
    plain, stacked = nets.mapped(net), nets.mapped(net, copies=4)
    numbers = {"programming_amplitude": 2.0, "programming_knee": 0.01}
    one, four = (
        errors(net, drawn(net, plain, **numbers)[0]),
        errors(net, drawn(net, stacked, **numbers)[0]),
    )
    weights = net.array_ops[0].matrices[0].weights
    assert one[np.concatenate([weights, weights]) != 0].std() == pytest.approx(2.0, rel=0.03)
    # Four copies of a weight at four times the gain: the mean of four errors.
    assert four[np.concatenate([weights, weights]) != 0].std() == pytest.approx(1.0, rel=0.03)
    assert abs(np.corrcoef(one[:100].ravel(), one[100:].ravel())[0, 1]) < 0.04


def test_bias_cells_are_programmed_with_error_too() -> None:
    net = nets.dense(4, 400, gain=256)
    layout = nets.mapped(net)
    own = net.array_ops[0].matrices[0]
    found = drawn(net, layout, 20, programming_relative=0.02)
    exact = own.tiles[0].bias
    assert exact is not None
    off = np.stack([d.bias for d in found]).astype(np.float64) * 64 - exact
    (block,) = layout.blocks
    cells = block.bias_cells.astype(np.float64)
    wanted = 128 * 0.02 * np.sqrt((cells**2).sum(axis=0))
    assert math.sqrt((off**2).mean()) == pytest.approx(math.sqrt((wanted**2).mean()), rel=0.04)


def test_read_noise_is_the_sum_of_every_cells_own() -> None:
    """Drawn once an output with the variance of all cells, against noise drawn cell by cell."""
    net = nets.dense(60, 40, gain=512)
    layout = nets.mapped(net)
    x = np.repeat(nets.samples(net, 1), 4000, axis=0)
    chip = nets.array(net, layout, read_amplitude=3.0, read_knee=20.0, read_relative=0.05)
    found = run(net, (x,), array=chip).outputs["out"].reshape(4000, -1).astype(np.float64)
    own = net.array_ops[0].matrices[0]
    bias = own.tiles[0].bias
    assert bias is not None
    random = np.random.default_rng(5)
    cells = layout.blocks[0].bias_cells.astype(np.float64)
    sums = []
    for _ in range(2000):
        noisy = []
        for values in (own.weights.astype(np.float64), cells):
            size = np.abs(values)
            sigma = np.hypot(3 * (1 - np.exp(-size / 20)), 0.05 * size)
            noisy.append(values + sigma * random.normal(size=values.shape))
        sums.append(x[0].ravel() @ noisy[0] + 128 * noisy[1].sum(axis=0))
    wanted = np.clip((np.trunc(4 * np.array(sums) / 512).astype(int) + 2) >> 2, -128, 127)
    free = (np.abs(wanted) < 120).all(axis=0)  # not saturated
    assert free.sum() > 10
    np.testing.assert_allclose(found.std(axis=0)[free], wanted.std(axis=0)[free], rtol=0.12)
    np.testing.assert_allclose(found.mean(axis=0)[free], wanted.mean(axis=0)[free], atol=0.3)


def test_output_noise_is_in_steps_of_the_output() -> None:
    net = nets.dense(30, 50, gain=2048)
    x = np.repeat(nets.samples(net, 1), 3000, axis=0)
    exact = run(net, (x[:1],)).outputs["out"].reshape(-1)
    found = run(net, (x,), array=nets.array(net, nets.mapped(net), output_noise=2.5))
    values = found.outputs["out"].reshape(3000, -1).astype(np.float64)
    free = np.abs(exact) < 110
    # Rounding adds a twelfth to the variance.
    assert values[:, free].std(axis=0).mean() == pytest.approx(math.hypot(2.5, 12**-0.5), rel=0.02)
    assert np.abs(values.mean(axis=0) - exact)[free].max() < 0.8


def test_a_repeated_round_has_half_the_variance() -> None:
    once, twice = nets.dense(30, 50, gain=2048), nets.dense(30, 50, gain=2048, repeat=2)
    spread = []
    for net in (once, twice):
        x = np.repeat(nets.samples(net, 1), 3000, axis=0)
        chip = nets.array(net, nets.mapped(net), output_noise=6.0)
        values = run(net, (x,), array=chip).outputs["out"].reshape(3000, -1)
        spread.append(values.std(axis=0)[np.abs(values.mean(axis=0)) < 90].mean())
    assert spread[1] / spread[0] == pytest.approx(0.5**0.5, rel=0.03)


def test_columns_keep_their_gain_and_offset_and_reserved_ones_are_worse() -> None:
    net = nets.dense(20, 300, gain=256)
    numbers = {"column_gain": 0.02, "column_offset": 1.5, "reserved_factor": 4.0}
    found = drawn(net, nets.mapped(net, skip=0), 40, output_noise=1.0, **numbers)
    own = net.array_ops[0].matrices[0]
    gains = np.stack([_gains(net, d) - 1 for d in found])
    bias = own.tiles[0].bias
    assert bias is not None
    offsets = np.stack(
        [(d.bias - (1 + g) * bias / 64) / 4 for d, g in zip(found, gains, strict=True)]
    )
    bad, good = np.arange(300) < RESERVED, np.arange(300) >= RESERVED
    assert gains[:, good].std() == pytest.approx(0.02, rel=0.05)
    assert gains[:, bad].std() == pytest.approx(0.08, rel=0.05)
    assert offsets[:, good].std() == pytest.approx(1.5, rel=0.05)
    assert offsets[:, bad].std() == pytest.approx(6.0, rel=0.05)
    assert set(found[0].sigma.tolist()) == {4.0, 16.0}
    # The same gain for every row, and for every time the chip is looked at.
    again = drawn(net, nets.mapped(net, skip=0), 1, output_noise=1.0, **numbers)[0]
    np.testing.assert_array_equal(again.weights, found[0].weights)


def test_blocks_that_share_a_column_share_its_error() -> None:
    net = nets.mlp(800, 60, 60)
    layout = nets.mapped(net)
    first, second = layout.blocks
    shared = range(
        max(first.column, second.column),
        min(first.column + first.columns, second.column + second.columns),
    )
    assert len(shared) >= 40, "the mapper no longer stacks these blocks"
    ready = nets.prepared(net, layout, column_gain=0.05)
    gains = []
    for op, block in zip(net.array_ops, layout.blocks, strict=True):
        found = ChipDraw(ready, 0, 3).tile(ready.tiles[op.name][0][0], op.name)
        of_block = _gains(replace(net, ops=(op,)), found)
        gains.append(of_block[shared.start - block.column : shared.stop - block.column])
    np.testing.assert_allclose(gains[0], gains[1], rtol=1e-5)
    assert gains[0].std() > 0.02


def test_stuck_cells_hold_nothing_or_full_scale() -> None:
    net = nets.dense(500, 60)
    weights = net.array_ops[0].matrices[0].weights
    (found,) = drawn(net, nets.mapped(net), stuck_low=0.02, stuck_high=0.05)
    held = np.rint(errors(net, found) + weights)
    low = (held == 0) & (weights != 0)
    high = ((held == 127) & (weights != 127)) | ((held == -128) & (weights != -128))
    assert low.mean() == pytest.approx(0.02, abs=0.004)
    assert high.mean() == pytest.approx(0.05, abs=0.006)
    assert (held[high] > 0).mean() == pytest.approx(0.5, abs=0.06)
    np.testing.assert_array_equal(held[~low & ~high], weights[~low & ~high])


def test_drift_takes_from_all_weights_and_spreads_them() -> None:
    net = nets.dense(300, 60)
    layout = nets.mapped(net)
    weights = net.array_ops[0].matrices[0].weights.astype(np.float64)
    later = Conditions(3600 * 999.0)  # three decades
    numbers = {"drift_mean": 0.02, "drift_relative": 0.01, "programming_relative": 0.02}
    (found,) = drawn(net, layout, 1, later, **numbers)
    held = errors(net, found) + weights
    slope = (held * weights).sum() / (weights**2).sum()
    assert slope == pytest.approx(1 - 3 * 0.02, abs=0.001)
    kept = np.abs(weights) > 5
    spread = (held / slope - weights)[kept] / weights[kept]
    assert spread.std() == pytest.approx(math.hypot(0.02, 3 * 0.01), rel=0.03)
    (fresh,) = drawn(net, layout, 1, **numbers)
    assert errors(net, fresh)[kept].std() < errors(net, found)[kept].std()


def test_points_of_a_round_lie_in_columns_of_their_own() -> None:
    """Two positions side by side see different columns, so their errors differ."""
    own = nets.matrix(6, 3, gain=256)
    op = ArrayOp("conv", "in", "out", (own,), (3, 1), trace="conv")
    net = nets.network(op, size=(12, 1, 2))
    x = np.full((1, 12, 1, 2), 60, np.int16)
    chip = nets.array(net, nets.mapped(net, points=2), column_offset=4.0)
    values = run(net, (x,), array=chip).outputs["out"][0, :, 0]
    np.testing.assert_array_equal(values[::2], np.repeat(values[:1], 5, axis=0))
    np.testing.assert_array_equal(values[1::2], np.repeat(values[1:2], 5, axis=0))
    assert (values[0] != values[1]).any()


def test_only_the_low_byte_of_mixed_weights_is_noisy() -> None:
    net = nets.dense(50, 40, store="mixed", gain=8192)
    (found,) = drawn(net, nets.mapped(net), programming_relative=0.1)
    own = net.array_ops[0].matrices[0]
    low = ((own.weights + 128) & 255) - 128
    kept = np.abs(low) > 10
    relative = errors(net, found)[kept] / low[kept]
    assert relative.std() == pytest.approx(0.1, rel=0.05)


def test_digital_weights_have_no_noise() -> None:
    net = nets.dense(50, 12, store="digital")
    x = (nets.samples(net, 20),)
    chip = nets.array(net, nets.mapped(net), output_noise=9.0, programming_relative=0.5)
    found = run(net, x, array=chip).outputs["out"]
    np.testing.assert_array_equal(found, run(net, x).outputs["out"])


def test_noise_goes_on_and_begins_again_where_told() -> None:
    net = nets.mlp(40, 30)
    x = (nets.samples(net, 50),)
    chip = nets.array(net, nets.mapped(net), output_noise=3.0, programming_relative=0.05)
    first = run(net, x, array=chip).outputs["t0"]
    second = run(net, x, array=chip).outputs["t0"]
    chip.restart()
    third = run(net, x, array=chip).outputs["t0"]
    assert (first != second).any()
    np.testing.assert_array_equal(first, third)


def test_a_layers_noise_is_the_same_whatever_else_is_simulated() -> None:
    net = nets.mlp(40, 30, 20)
    layout = nets.mapped(net)
    x = (nets.samples(net, 50),)
    numbers = {"output_noise": 3.0, "programming_relative": 0.05}
    both = nets.array(net, layout, 4, 9, **numbers)
    run(net, x, array=both)
    alone = nets.array(net, layout, 4, 9, **numbers)
    op = net.array_ops[1]
    inputs = run(net, x, layers=True).layers["fc0"]
    both.restart()
    np.testing.assert_array_equal(both(inputs, op), alone(inputs, op))


def test_silent_rounds_draw_no_noise() -> None:
    net = nets.dense(8, 8)
    (found,) = drawn(net, nets.mapped(net), programming_relative=0.1)
    stream = Stream(0)
    before = stream.state.copy()
    converted(nets.samples(net, 4).reshape(4, 8), found, stream)
    np.testing.assert_array_equal(stream.state, before)
