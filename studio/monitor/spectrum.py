"""Vectors of packets to look at: waveform, spectrum, spectrogram, and maps of features.

Levels are in dB of full scale (dBFS): a sine that reaches the greatest number of its type is at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.monitor.ring import Floats, Ring, View

FLOOR = -120.0  # dBFS; silence, which would be at minus infinity
SIZE = 512  # samples of one spectrum
_NEWEST = 1 << 14  # samples a spectrum is averaged over at most
_WINDOWS: dict[str, Callable[[int], Floats]] = {
    "hann": np.hanning,
    "hamming": np.hamming,
    "blackman": np.blackman,
    "rectangle": np.ones,
}
WINDOWS = tuple(_WINDOWS)

Image = npt.NDArray[np.uint8]
Float32s = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Spectrum:
    """Levels in dBFS, [bins], at ``frequencies`` in hertz (or cycles a sample, up to 0.5)."""

    frequencies: Floats
    levels: Floats

    @property
    def peak(self) -> tuple[float, float]:
        """Frequency and level of the loudest bin, the constant part left out."""
        place = 1 + int(np.argmax(self.levels[1:])) if len(self.levels) > 1 else 0
        return float(self.frequencies[place]), float(self.levels[place])


def full_scale(kind: npt.DTypeLike) -> float:
    """What counts as 0 dBFS: the reach of an integer type around its middle, 1 for fractions."""
    dtype = np.dtype(kind)
    if dtype.kind == "u":
        return (int(np.iinfo(dtype).max) + 1) / 2
    return float(-int(np.iinfo(dtype).min)) if dtype.kind == "i" else 1.0


def levels(values: npt.ArrayLike, window: str = "hann", scale: float = 1.0) -> Floats:
    """Levels of each row of [..., n] in dBFS, [..., n // 2 + 1], where ``scale`` is full scale.

    Amplitudes are divided by the window's mean, so that a sine's peak is its level. Raises
    KeyError for a window that is none of WINDOWS.
    """
    values = np.asarray(values, np.float64) / scale
    n = values.shape[-1]
    shape = _WINDOWS[window](n + 1)[:-1] if n > 1 else np.ones(n)  # periodic, as FFTs want it
    amplitude = np.abs(np.fft.rfft(values * shape)) * (2.0 / shape.sum())
    amplitude[..., 0] /= 2  # the constant part and half the rate come once, all others twice
    if n % 2 == 0:
        amplitude[..., -1] /= 2
    found: Floats = 20 * np.log10(np.maximum(amplitude, 10 ** (FLOOR / 20)))
    return found


def spectrum(
    values: npt.ArrayLike,
    rate: float | None = None,
    *,
    size: int = SIZE,
    window: str = "hann",
    scale: float = 1.0,
) -> Spectrum:
    """Spectrum of samples, [n], averaged over pieces that overlap by half (P. Welch, 1967).

    Fewer samples than ``size``, that of a piece, are filled up with zeros. NaN counts as 0.
    """
    part = np.nan_to_num(np.asarray(values, np.float64))
    if len(part) < size:
        part = np.pad(part, (0, size - len(part)))
    pieces = np.lib.stride_tricks.sliding_window_view(part, size)[:: max(1, size // 2)]
    power = np.mean(10 ** (levels(pieces, window, scale) / 10), axis=0, dtype=np.float64)
    frequencies = np.arange(size // 2 + 1, dtype=np.float64) * ((rate or 1.0) / size)
    return Spectrum(frequencies, 10 * np.log10(power))


class Rolling:
    """The last ``rows`` rows of equal length: an image of fixed memory that rolls."""

    def __init__(self, rows: int, columns: int, kind: npt.DTypeLike = np.float32) -> None:
        self.columns = columns
        self.count = 0  # rows that ever came
        self._rows = np.zeros((rows, columns), kind)

    def add(self, rows: npt.NDArray[Any]) -> None:
        """Take rows, [n, columns], the newest last."""
        room = len(self._rows)
        skipped = max(0, len(rows) - room)
        places = (self.count + skipped + np.arange(len(rows) - skipped)) % room
        self._rows[places] = rows[skipped:]
        self.count += len(rows)

    def image(self) -> npt.NDArray[Any]:
        """A copy, oldest row first, [rows that came (at most all), columns]."""
        room = len(self._rows)
        if self.count <= room:
            return self._rows[: self.count].copy()
        return np.roll(self._rows, -(self.count % room), axis=0)


class Wave:
    """A signal that comes in vectors: its newest samples, and a spectrogram of them.

    Times in ``view`` are seconds of signal since it began (samples without a ``rate``). The
    spectrogram has a row for every ``size // 2`` samples, of ``size // 2 + 1`` levels, as uint8:
    0 at FLOOR, 255 at 0 dBFS.
    """

    def __init__(
        self,
        rate: float | None,
        kind: npt.DTypeLike = np.int16,
        *,
        seconds: float = 60.0,
        size: int = SIZE,
        rows: int = 512,
        window: str = "hann",
    ) -> None:
        self.rate = rate
        self.scale = full_scale(kind)
        self.kind = np.dtype(kind)
        self.received = 0  # samples
        self.size = size
        self._window = window
        self._middle = self.scale if self.kind.kind == "u" else 0.0
        self._ring = Ring(min(round(seconds * (rate or 16000.0)), 1 << 20))
        self._rest = np.zeros(0)
        self._rolling = Rolling(rows, size // 2 + 1, np.uint8)

    def add(self, values: npt.NDArray[Any]) -> None:
        """Take the samples that come next, [n]."""
        if not len(values):
            return
        signal = values.astype(np.float64) - self._middle
        places = (self.received + np.arange(len(values))) / (self.rate or 1.0)
        self._ring.add(places, signal)
        self.received += len(values)
        step = self.size // 2
        rest = np.concatenate([self._rest, np.nan_to_num(signal)])
        if len(rest) >= self.size:
            pieces = np.lib.stride_tricks.sliding_window_view(rest, self.size)[::step]
            self._rolling.add(_grey(levels(pieces, self._window, self.scale)))
            rest = rest[len(pieces) * step :]
        self._rest = rest

    @property
    def view(self) -> View:
        """The newest samples, for decimate.polyline."""
        return self._ring.view

    def spectrogram(self) -> Image:
        """Oldest row first, [rows, size // 2 + 1]; a copy."""
        image: Image = self._rolling.image()
        return image

    def spectrum(self, seconds: float = 1.0) -> Spectrum:
        """Of the newest part, of 16384 samples at most."""
        n = min(_NEWEST, max(self.size, math.ceil(seconds * (self.rate or 1.0))))
        newest = self.view.values[-n:]
        return spectrum(newest, self.rate, size=self.size, window=self._window, scale=self.scale)


class FeatureMap:
    """Vectors as rows of a rolling image; another length begins it anew."""

    def __init__(self, rows: int = 512, most: int = 4096) -> None:
        self._room, self._most = rows, most
        self._rolling = Rolling(rows, 0)
        self.cut = 0  # vectors longer than ``most``, of which only the beginning is kept

    def add(self, values: npt.NDArray[Any]) -> None:
        """Take a vector, [n]."""
        self.cut += len(values) > self._most
        row = values[: self._most]
        if len(row) != self._rolling.columns:
            self._rolling = Rolling(self._room, len(row))
        self._rolling.add(row.astype(np.float32)[None])

    def image(self) -> Float32s:
        """Oldest row first, [rows, n]; a copy."""
        found: Float32s = self._rolling.image()
        return found


def _grey(found: Floats) -> Image:
    return np.clip(np.round((found - FLOOR) * (255 / -FLOOR)), 0, 255).astype(np.uint8)
