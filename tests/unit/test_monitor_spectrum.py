"""Spectrum, spectrogram and feature maps of vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.monitor import spectrum
from studio.monitor.spectrum import FLOOR, FeatureMap, Rolling, Wave

RATE = 16000.0


def sine(hertz, n=16000, amplitude=32767.0):
    return np.round(amplitude * np.sin(2 * np.pi * hertz * np.arange(n) / RATE)).astype(np.int16)


@pytest.mark.parametrize("window", spectrum.WINDOWS)
@pytest.mark.parametrize("decibels", [0, -20, -60])
def test_a_sine_shows_at_its_frequency_and_level(window, decibels) -> None:
    signal = sine(1000, amplitude=32767 * 10 ** (decibels / 20))
    found = spectrum.spectrum(signal, RATE, window=window, scale=32768)
    frequency, level = found.peak
    assert frequency == pytest.approx(1000, abs=1)
    assert level == pytest.approx(decibels, abs=0.2)


def test_constants_and_silence() -> None:
    found = spectrum.spectrum(np.full(1024, 0.5))
    assert found.levels[0] == pytest.approx(-6.02, abs=0.01)
    assert found.frequencies[-1] == 0.5
    assert found.levels[10:] == pytest.approx(FLOOR)
    assert spectrum.spectrum(np.zeros(0)).levels == pytest.approx(FLOOR)
    assert spectrum.spectrum(np.full(600, np.nan)).levels == pytest.approx(FLOOR)


@pytest.mark.parametrize(
    ("kind", "scale"), [("i2", 32768), ("i1", 128), ("u1", 128), ("f4", 1), ("f8", 1)]
)
def test_full_scale(kind, scale) -> None:
    assert spectrum.full_scale(kind) == scale


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 8))
def test_rolling_rows_are_the_last_ones(pieces, room) -> None:
    rolling = Rolling(room, 2)
    everything = np.arange(2 * sum(pieces), dtype=np.float32).reshape(-1, 2)
    at = 0
    for size in pieces:
        rolling.add(everything[at : at + size])
        at += size
        np.testing.assert_array_equal(rolling.image(), everything[max(0, at - room) : at])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_a_signal_is_the_same_however_it_is_cut(pieces) -> None:
    signal = np.random.default_rng(0).integers(-30000, 30000, sum(pieces)).astype(np.int16)
    wave, whole = Wave(RATE), Wave(RATE)
    for part in np.split(signal, np.cumsum(pieces)[:-1]):
        wave.add(part)
    whole.add(signal)
    np.testing.assert_array_equal(wave.view.values, signal)
    np.testing.assert_array_equal(wave.view.times, np.arange(len(signal)) / RATE)
    np.testing.assert_array_equal(wave.spectrogram(), whole.spectrogram())
    rows = max(0, (len(signal) - 512) // 256 + 1)
    assert wave.spectrogram().shape == (rows, 257)


def test_a_sweep_climbs_in_the_spectrogram() -> None:
    wave = Wave(RATE, rows=20)
    for hertz in np.arange(500, 7500, 250):
        wave.add(sine(hertz, 256))
    image = wave.spectrogram()
    assert image.shape == (20, 257) and image.dtype == np.uint8
    loudest = np.argmax(image, axis=1) * RATE / 512
    assert (np.diff(loudest) > 0).all() and loudest[-1] == pytest.approx(7000, abs=400)
    assert image.max() > 240


def test_the_spectrum_is_that_of_the_newest_part() -> None:
    wave = Wave(RATE)
    wave.add(sine(500))
    wave.add(sine(3000))
    frequency, level = wave.spectrum(0.5).peak
    assert frequency == pytest.approx(3000, abs=20) and level == pytest.approx(0, abs=0.2)


def test_samples_without_sign_swing_around_their_middle() -> None:
    wave = Wave(None, np.uint8)
    wave.add(np.full(1000, 128, np.uint8))
    assert not wave.view.values.any() and not wave.spectrogram().any()


def test_memory_is_fixed() -> None:
    wave = Wave(RATE, seconds=2, rows=64)
    for _ in range(20):
        wave.add(sine(1000))
    assert wave.received == 20 * 16000
    assert len(wave.view) <= 40_000 and len(wave.spectrogram()) == 64
    assert len(wave._rest) < 512


def test_features_are_rows_and_another_length_begins_anew() -> None:
    features = FeatureMap(rows=3)
    assert features.image().shape == (0, 0)
    for start in range(5):
        features.add(np.arange(start, start + 4, dtype=np.uint8))
    assert features.image().tolist() == [[2, 3, 4, 5], [3, 4, 5, 6], [4, 5, 6, 7]]
    features.add(np.array([-7], np.int8))
    assert features.image().tolist() == [[-7]]
    features.add(np.zeros(5000, np.uint8))
    assert features.image().shape == (1, 4096) and features.cut == 1
