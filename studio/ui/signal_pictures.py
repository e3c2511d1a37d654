"""What is drawn of vectors, computed where nobody waits for it: on a thread beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from studio.monitor import decimate, spectrum
from studio.monitor.ring import Floats
from studio.monitor.spectrum import FLOOR, Image, Spectrum

if TYPE_CHECKING:
    from studio.monitor.batch import Vector
    from studio.monitor.spectrum import Wave
    from studio.monitor.store import Store

_FINEST = 2048  # samples of one spectrum at most, and
_COARSEST = 512  # at least
_NEWEST = 1 << 14  # samples a spectrum is averaged over at most
_DECIBELS = 80.0  # that a spectrogram's colours span
_TEN = 10.0  # decibels between two ends the colours may have


@dataclass(frozen=True)
class Wanted:
    """What to draw: ``seconds`` of the vector ``name`` on ``columns`` pixels, and the window."""

    name: str
    seconds: float
    columns: int
    window: str


@dataclass(frozen=True)
class Sound:
    """A signal. ``times`` and ``values`` [n] are its last seconds, ``start`` to ``end``.

    ``image`` [rows, bins] is the spectrogram between the seconds ``first`` and ``last``, as
    spectrum.Wave has it; colours go from ``low`` to ``high`` dBFS.
    """

    wanted: Wanted
    rate: float
    times: Floats
    values: Floats
    start: float
    end: float
    spectrum: Spectrum
    image: Image
    first: float
    last: float
    low: float
    high: float


@dataclass(frozen=True)
class Rows:
    """Vectors that are no signal: the ``newest`` [n], and the last ones as rows, [rows, n].

    ``grey`` are those rows as uint8, 0 at ``low`` and 255 at ``high``; around zero where
    ``signed``.
    """

    wanted: Wanted
    newest: Floats
    values: npt.NDArray[np.float32]
    grey: Image
    low: float
    high: float
    signed: bool


def picture(store: Store, wanted: Wanted, newest: Vector) -> Sound | Rows | None:
    """All that is to be drawn; None where it is gone meanwhile. For any thread."""
    wave = store.wave(wanted.name)
    if wave is not None and wave.rate is not None:
        image = store.spectrogram(wanted.name)
        return None if image is None else _sound(wave, wave.rate, wanted, image)
    values = store.feature_map(wanted.name)
    return None if values is None else _rows(wanted, newest, values)


def level(grey: float) -> float:
    """The dBFS a pixel of a spectrogram stands for."""
    return FLOOR - FLOOR / 255 * grey


def _sound(wave: Wave, rate: float, wanted: Wanted, image: Image) -> Sound:
    view = wave.view
    end = float(view.times[-1]) + 1 / rate if len(view) else 0.0
    start = max(0.0, end - wanted.seconds)
    end = start + wanted.seconds
    times, values = decimate.polyline(view, decimate.edges(start, end, wanted.columns))
    part = view.values[-min(_NEWEST, max(_COARSEST, round(wanted.seconds * rate))) :]
    size = _COARSEST
    while size < _FINEST and 2 * size <= len(part):
        size *= 2
    found = spectrum.spectrum(part, rate, size=size, window=wanted.window, scale=wave.scale)
    loudest = level(float(image.max(initial=0)))
    high = min(0.0, np.ceil(loudest / _TEN) * _TEN)
    low = max(FLOOR, high - _DECIBELS)
    step = wave.size // 2
    last = (len(view) + view.gone) // step * step / rate
    first = last - len(image) * step / rate
    return Sound(
        wanted, rate, times, values, start, end, found, image, first, last, low, max(high, low + 1)
    )


def _rows(wanted: Wanted, newest: Vector, values: npt.NDArray[np.float32]) -> Rows:
    own = newest.values.astype(np.float64)
    finite = values if np.isfinite(values).all() else np.nan_to_num(values)
    low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.0))
    signed = low < 0
    if signed:
        high = max(-low, high)
        low = -high
    span = (high - low) or 1.0
    grey = np.clip((finite - low) * (255 / span), 0, 255).astype(np.uint8)
    return Rows(wanted, own, values, grey, low, low + span, signed)
