"""Draws of analog noise: seeded streams of normal numbers, and what is done with them.

The same seed gives the same numbers, compiled (resources/native/noise.c) or in numpy. A normal
number is one of 65536 equally likely ones, each the mean of its part of the distribution, scaled
to a variance of 1: the largest is 4.4.
"""

from __future__ import annotations

import ctypes
import functools
import statistics

import numpy as np
import numpy.typing as npt

from studio.base import native, paths
from studio.simulate.kernels import Int16

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

TABLE_BITS = 16


@functools.cache
def library() -> ctypes.CDLL | None:
    """The compiled loops; None where they cannot be had (numpy then does the same)."""
    found = native.library("noise", source())
    if found is not None:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        found.noisy.argtypes = (*[pointer] * 3, number, ctypes.c_float, *[pointer] * 2)
        sizes = (number, number, number, ctypes.c_int32)
        found.rounded.argtypes = (*[pointer] * 5, *sizes, pointer, pointer)
        found.pack_steps.argtypes = (
            pointer,
            pointer,
            number,
            number,
            ctypes.c_float,
            ctypes.c_int32,
        )
        found.pack_steps.restype = number
        found.noisy_rounds.argtypes = (pointer,)
        found.noisy.restype = found.rounded.restype = found.noisy_rounds.restype = None
    return found


def source() -> str:
    """The C source, all files: array.c is the exact simulator's, whose products it has."""
    parts = (paths.resource("native", name) for name in ("array.c", "noise.c", "noise_array.c"))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@functools.cache
def table() -> Float32:
    """The normal numbers, ascending, float32 [65536], read-only."""
    count = 1 << TABLE_BITS
    normal = statistics.NormalDist()
    edges = [normal.pdf(normal.inv_cdf(i / count)) for i in range(1, count // 2 + 1)]
    lower = -np.diff(np.array([0.0, *edges])) * count  # mean of a part: difference of densities
    values = np.concatenate([lower, -lower[::-1]])
    found: Float32 = (values / values.std()).astype(np.float32)
    found.flags.writeable = False
    return found


class Stream:
    """Normal numbers of one seed: the study's, and a key that says what they are for."""

    def __init__(self, seed: int, *key: int) -> None:
        words = np.random.SeedSequence(seed, spawn_key=key).generate_state(3, np.uint64)
        # Of an SFC64: three words that a good hash made, and its counter.
        self.state: npt.NDArray[np.uint64] = np.append(words, np.uint64(1))

    def normals(self, rows: int, columns: int) -> Float32:
        """float32 [rows, columns]; each row takes whole 64-bit numbers of the generator."""
        words = -(-columns // 4)
        bits = np.random.SFC64(0)
        bits.state = bits.state | {"state": {"state": self.state}}
        raw = np.asarray(bits.random_raw(rows * words), np.uint64).astype("<u8")
        self.state = np.array(bits.state["state"]["state"], np.uint64)
        index = raw.view("<u2").reshape(rows, 4 * words)[:, :columns]
        found: Float32 = table()[index]
        return found


def noisy(base: Float32, sigma: Float32, stream: Stream, grid: float = 0.0) -> Float32:
    """``base`` plus normal errors of standard deviation ``sigma``, of the same shape.

    With a ``grid`` the errors are multiples of it, grid * rint(sigma * z): ``sigma`` is in steps
    of the grid then.
    """
    compiled = library()
    if compiled is None:
        error = sigma * stream.normals(1, base.size).reshape(base.shape)
        if grid:
            error = np.float32(grid) * np.rint(error)
        return base + error
    base, sigma = np.ascontiguousarray(base), np.ascontiguousarray(sigma)
    out = np.empty(base.shape, np.float32)
    places = out.ctypes.data, base.ctypes.data, sigma.ctypes.data
    compiled.noisy(*places, base.size, grid, table().ctypes.data, stream.state.ctypes.data)
    return out


def rounded(
    sums: Float32,
    scale: Float32,
    bias: Float32,
    sigma: Float32,
    stream: Stream | None,
    low: int = -128,
) -> Int16:
    """What the converter makes of ``sums`` [rows, columns].

    clip((trunc(sums * scale + bias + sigma * z) + 2) >> 2, low, 127), in quarters of an output
    LSB: with scale = 4 / G this is sat8(R(a / G)) of the contract. ``scale`` and ``bias`` are
    [columns], ``sigma`` is [columns] or as ``sums``; no noise without a stream.
    """
    rows, columns = sums.shape
    compiled = library()
    if compiled is None:
        values = sums * scale + bias
        if stream is not None:
            values += sigma * stream.normals(rows, columns)
        np.clip(values, -520, 520, out=values)
        found: Int16 = np.clip((values.astype(np.int32) + 2) >> 2, low, 127).astype(np.int16)
        return found
    given = [np.ascontiguousarray(x, np.float32) for x in (sums, scale, bias, sigma)]
    out = np.empty((rows, columns), np.int16)
    places = (out.ctypes.data, *(x.ctypes.data for x in given))
    step = columns if sigma.ndim == 2 else 0
    random = (None, None) if stream is None else (table().ctypes.data, stream.state.ctypes.data)
    compiled.rounded(*places, step, rows, columns, low, *random)
    return out


@functools.cache
def _of_grid() -> tuple[Float64, Float64]:
    """Variances of rint(s * z) for standard deviations s, both ascending."""
    s = np.geomspace(0.05, 4.0, 400)
    n = np.arange(1, 24)
    normal = statistics.NormalDist()
    beyond = np.array([[normal.cdf(-(k - 0.5) / one) for k in n] for one in s])
    return (2 * beyond * (2 * n - 1)).sum(axis=1), s


def in_steps(sigma: Float32, grid: float) -> Float32:
    """The standard deviation to round to a grid, in its steps, so that ``sigma`` is what results.

    Rounding adds a twelfth of a step to the variance of wide errors and swallows narrow ones.
    """
    variance = (sigma.astype(np.float64) / grid) ** 2
    known, s = _of_grid()
    narrow = np.where(variance > 0, np.interp(variance, known, s), 0)
    wide = np.sqrt(np.maximum(variance - 1 / 12, 0))
    found: Float32 = np.where(variance > known[-1], wide, narrow).astype(np.float32)
    return found
