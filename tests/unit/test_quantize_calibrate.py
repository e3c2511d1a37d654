"""Calibration: one pass, little memory, and ranges that fit the distribution."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import DataError, ModelError
from studio.base.job import Job
from studio.graph import load
from studio.quantize import calibrate
from studio.quantize.histogram import BINS, METHODS, Histogram, Method

from .models import Maker

Real = npt.NDArray[np.float64]


def seen(values: Real, parts: int = 8) -> Histogram:
    found = Histogram()
    for part in np.array_split(values, parts):
        found.extend(part)
        found.add(part)
    return found


def squared_error(values: Real, high: float, low: float, top: int = 127) -> float:
    """Independent of the code under test: round and clip every value with the range's scale."""
    scale = max(high / top, low / -128)
    kept = np.clip(np.round(values / scale), -128 if low < 0 else 0, top) * scale
    return float(np.mean((values - kept) ** 2))


def test_a_histogram_counts_each_value_once_however_far_its_reach_grows() -> None:
    random = np.random.default_rng(0)
    values = random.normal(0, 1, 5000) * np.geomspace(1e-3, 1e3, 5000)
    found = seen(np.concatenate([values, np.zeros(37)]), parts=50)
    assert found.zeros == 37
    assert found.counts.sum() == 5000
    assert (found.low, found.high) == (values.min(), values.max())
    assert found.reach >= np.abs(values).max() > found.reach / 2
    # Exactly what one histogram over the final reach counts: merging loses nothing.
    whole = np.histogram(values, BINS, (-found.reach, found.reach))[0]
    np.testing.assert_array_equal(found.counts, whole)
    points, counts = found.points()
    assert counts.sum() == 5037
    np.testing.assert_allclose(points @ counts, values.sum())


def test_a_histogram_does_not_grow_with_the_samples() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    found = Histogram()
    found.extend(values)
    found.add(values)
    tracemalloc.start()
    for _ in range(200):
        found.extend(values)
        found.add(values)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
    assert found.counts.sum() == 201_000


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_a_uniform_distribution_whole(method: Method) -> None:
    found = seen(np.random.default_rng(0).random(50_000)).suggest(method, 99.99, 127)
    assert found.low == pytest.approx(0, abs=2e-3)
    assert found.high == pytest.approx(1, abs=2e-2)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_two_values_apart(method: Method) -> None:
    """Black and white pixels: no method may take the few white ones for outliers."""
    values = (np.random.default_rng(0).random(50_000) > 0.9).astype(np.float64)
    found = seen(values).suggest(method, 99.99, 255)
    assert (found.low, found.high) == (0, 1)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_takes_a_tensor_that_is_always_zero(method: Method) -> None:
    found = seen(np.zeros(100)).suggest(method, 99.99, 127)
    assert (found.low, found.high) == (0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_no_method_clips_most_of_a_narrow_distribution(method: Method) -> None:
    """What a HardSigmoid gives: all values close to one that is far from zero."""
    values = np.random.default_rng(0).normal(0.5, 0.01, 50_000)
    found = seen(values).suggest(method, 99.99, 127)
    assert np.mean(values > found.high) < 0.02


def test_percentile_leaves_out_that_share_on_each_side() -> None:
    values = np.random.default_rng(0).normal(size=100_000)
    found = seen(values).suggest("percentile", 99.0, 127)
    low, high = np.percentile(values, [1, 99])
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-2)


def test_percentile_leaves_zero_alone_where_most_values_are_zero() -> None:
    values = np.concatenate([np.zeros(10_000), [1e-3]])
    found = seen(values).suggest("percentile", 99.9, 127)
    assert (found.low, found.high) == (0, 0)


@pytest.mark.parametrize("relu", [False, True], ids=["signed", "relu"])
def test_mse_finds_the_range_with_the_least_squared_error(relu: bool) -> None:
    values = np.random.default_rng(1).standard_t(3, 60_000)
    values = np.maximum(values, 0) if relu else values
    found = seen(values).suggest("mse", 0, 127)
    best = squared_error(values, found.high, found.low)
    for factor in (0.5, 0.8, 0.9, 1.1, 1.25, 2.0):
        assert best <= squared_error(values, found.high * factor, found.low * factor) * 1.01
    assert best < 0.95 * squared_error(values, float(values.max()), float(values.min()))


def test_kl_clips_a_long_tail_but_not_a_short_one() -> None:
    random = np.random.default_rng(2)
    short = seen(np.maximum(random.normal(size=60_000), 0)).suggest("kl", 0, 127)
    assert short.high > 3.5
    tail = np.concatenate([np.abs(random.normal(size=60_000)), [60.0]])
    assert seen(tail).suggest("kl", 0, 127).high < 30


def test_kl_clips_nothing_where_there_are_too_few_values_to_see_a_distribution() -> None:
    values = np.concatenate([np.random.default_rng(0).random(200), [50.0]])
    assert seen(values).suggest("kl", 0, 127).high == 50


def test_inputs_that_are_never_negative_may_use_all_eight_bits(tmp_path: Path) -> None:
    maker = Maker()
    output = maker.add("Relu", maker.gemm("x", 4, 3))
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 4)}, {output: None}))
    samples = (np.random.default_rng(0).random((9, 4), np.float32),)
    found = calibrate.observe(network, ["x", output], samples, Job())
    assert calibrate.largest_integer(network, "x", found["x"]) == 255
    assert calibrate.largest_integer(network, output, found[output]) == 127


def test_channel_peaks_are_the_largest_absolute_value_of_each_channel(tmp_path: Path) -> None:
    maker = Maker()
    image = maker.conv("x", 2, 3, (1, 1))
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 2, 4, 5)}, {image: None})
    network = load.load(path)
    samples = (np.random.default_rng(0).normal(size=(7, 2, 4, 5)).astype(np.float32),)
    found = calibrate.channel_peaks(network, ["x"], samples, Job())["x"]
    np.testing.assert_allclose(found, np.abs(samples[0]).max(axis=(0, 2, 3)))


@pytest.mark.parametrize("bad", [0, 40, 69])
def test_a_sample_that_makes_a_tensor_infinite_is_named(bad: int, tmp_path: Path) -> None:
    maker = Maker(1)
    output = maker.gemm("x", 6, 3)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 6)}, {output: None}))
    samples = maker.random.random((70, 6), np.float32)
    samples[bad, 2] = np.inf
    for counted in (True, False):
        with pytest.raises(DataError, match=f"^m.onnx: sample {bad} makes tensor x infinite"):
            calibrate.observe(network, ("x", output), (samples,), Job(), counted)


def test_what_waits_to_be_counted_is_all_counted(tmp_path: Path) -> None:
    maker = Maker(1)
    output = maker.gemm("x", 6, 3)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 6)}, {output: None}))
    for count in (1, 31, 32, 33, 70):
        samples = maker.random.normal(size=(count, 6)).astype(np.float32)
        found = calibrate.observe(network, ("x", output), (samples,), Job())
        assert found["x"].counts.sum() == 6 * count
        assert found[output].counts.sum() == 3 * count
        assert (found["x"].low, found["x"].high) == (samples.min(), samples.max())


def test_what_onnxruntime_refuses_is_told_in_one_line_and_nowhere_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    maker = Maker(1)
    output = maker.gemm("x", 6, 3)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 6)}, {output: None}))
    with pytest.raises(ModelError, match="onnxruntime cannot run this model") as caught:
        calibrate.FloatRunner(network, ("no such tensor",))
    assert "\n" not in caught.value.message
    assert capfd.readouterr() == ("", "")
