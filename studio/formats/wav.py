"""WAV files as samples: 16 bit PCM, one channel."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError

LARGEST = 1 << 30  # bytes of one file


@dataclass(frozen=True)
class Sound:
    """Samples int16 [n] and how many of them make a second."""

    samples: npt.NDArray[np.int16]
    rate: int


def read(path: Path) -> Sound:
    """Read a file. Raises DataError for anything but 16 bit PCM of one channel."""
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(
                "this sound is longer than can be read at once",
                hint="Cut it into pieces of some minutes.",
                where=str(path),
            )
        with path.open("rb") as file, wave.open(file) as sound:
            channels, bits = sound.getnchannels(), 8 * sound.getsampwidth()
            rate = sound.getframerate()
            data = sound.readframes(sound.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise DataError(
            f"this sound cannot be read: {error or 'it ends too soon'}",
            hint="Save it as WAV, 16 bit PCM, mono.",
            where=str(path),
        ) from error
    if channels != 1 or bits != 16:
        raise DataError(
            f"this sound has {channels} channels of {bits} bits, expected 1 channel of 16 bits",
            hint="Save it as WAV, 16 bit PCM, mono.",
            where=str(path),
        )
    if len(data) < 2:
        raise DataError("there is no sound in this file", hint="Record it again.", where=str(path))
    return Sound(np.frombuffer(data, "<i2", len(data) // 2).astype(np.int16), rate)


def windows(sound: Sound, size: int, where: Path) -> npt.NDArray[np.int16]:
    """The sound cut into windows [n, size], one after another; what is left at the end is not used.

    Raises DataError where it is shorter than one.
    """
    count = len(sound.samples) // size
    if not count:
        raise DataError(
            f"this sound has {len(sound.samples)} values, one sample of the model {size}",
            hint="Record for longer.",
            where=str(where),
        )
    return sound.samples[: count * size].reshape(count, size)
