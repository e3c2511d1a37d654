"""Noisy weights as whole steps of their grid, multiplied by the compiled integer kernel.

The sums are those of the floating-point way, exact both ways, so the answers are the same bits;
they are only had sooner. Weights must fit 16 bits and sums 2**30, which is looked up for every
chip; whatever does not fit stays with floating point.
"""

from __future__ import annotations

import ctypes
import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.simulate import noise
from studio.simulate.kernels import Int16
from studio.simulate.native import AVX2, PLAIN
from studio.simulate.native_array import LIMIT, MOST_ROWS
from studio.simulate.noise import Float32, Stream
from studio.simulate.prepared import default_threads

HIGHEST = 255  # of what a row receives
MOST_INPUTS = 2**15  # rows whose absolute steps still sum up in 32 bits
THREAD_WORK = 8_000_000  # multiplications below which another thread does not pay
SPARE = 16  # floats between the scratch of two threads, which so share no cache line


class CRounds(ctypes.Structure):
    """Rounds on one tile, as the C source has them."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("out", "inputs", "weights", "scale", "bias")),
        *((name, ctypes.c_void_p) for name in ("sigma", "table", "state", "scratch")),
        *((name, ctypes.c_int64) for name in ("rows", "skip")),
        *((name, ctypes.c_int32) for name in ("length", "columns", "low", "level")),
    )


@dataclass(frozen=True)
class Packed:
    """Weights [rows, columns] in steps of ``grid``, in the order the kernel reads them."""

    words: Int16
    rows: int
    columns: int
    grid: float


@functools.cache
def level() -> int:
    """The best instructions this machine has, of those in studio/simulate/native.py."""
    compiled = noise.library()
    return PLAIN if compiled is None else int(compiled.best_level())


def pack(weights: npt.NDArray[np.floating[Any]], grid: float, least: int = AVX2) -> Packed | None:
    """Weights, multiples of ``grid``, for ``rounds``; None where floating point must do it.

    That is where they are not such multiples, do not fit, or where nothing is compiled; also
    where instructions are not at least of level ``least``, as floating point is quicker then.
    """
    compiled = noise.library()
    rows, columns = weights.shape
    if compiled is None or level() < least or not 0 < rows <= MOST_INPUTS or not columns:
        return None
    given = np.ascontiguousarray(weights, np.float32)
    words = np.empty((-(-rows // 2) * 2) * (-(-columns // 16) * 16), np.int16)
    places = words.ctypes.data, given.ctypes.data
    most = int(compiled.pack_steps(*places, rows, columns, 1 / grid, level()))
    if not 0 <= most * HIGHEST < LIMIT:
        return None
    return Packed(words, rows, columns, grid)


def rounds(
    inputs: Int16,
    packed: Packed,
    scale: Float32,
    bias: Float32,
    sigma: Float32,
    stream: Stream | None,
    low: int = -128,
    threads: int | None = None,
    instructions: int | None = None,
) -> Int16:
    """``noise.rounded`` of inputs @ weights: ``inputs`` [m, rows], 0..255, to [m, columns].

    ``sigma`` is [columns]. ``threads`` (by default one a processor, where it pays) share the rows;
    each goes through the stream to where its rows begin, so the noise does not depend on them.
    """
    compiled = noise.library()
    assert compiled is not None, "packed without a compiler"
    count, columns = len(inputs), packed.columns
    even = packed.rows % 2 == 0
    x = np.ascontiguousarray(inputs if even else np.pad(inputs, ((0, 0), (0, 1))), np.int16)
    steps = scale * np.float32(packed.grid)  # exact: a power of two
    rest = [np.ascontiguousarray(own, np.float32) for own in (steps, bias, sigma)]
    out = np.empty((count, columns), np.int16)
    if threads is None:
        threads = min(_threads(), count * packed.words.size // THREAD_WORK)
    threads = max(1, min(threads, count))
    ends = [count * part // threads for part in range(threads + 1)]
    scratch = np.empty((threads, MOST_ROWS * (-(-columns // 16) * 16) + SPARE), np.float32)
    state = stream.state if stream is not None else np.zeros(4, np.uint64)
    states = np.repeat(state[np.newaxis], threads, axis=0)
    words = -(-columns // 4) if stream is not None else 0
    calls = [
        CRounds(
            out[a:].ctypes.data,
            x[a:].ctypes.data,
            packed.words.ctypes.data,
            *(own.ctypes.data for own in rest),
            None if stream is None else noise.table().ctypes.data,
            states[part].ctypes.data,
            scratch[part].ctypes.data,
            b - a,
            a * words,
            x.shape[1],
            columns,
            low,
            level() if instructions is None else instructions,
        )
        for part, (a, b) in enumerate(pairwise(ends))
    ]
    kept = (out, x, packed.words, rest, states, scratch)
    others = [_executor(threads - 1).submit(_run, compiled, call, kept) for call in calls[:-1]]
    _run(compiled, calls[-1], kept)
    for other, call in zip(others, calls, strict=False):
        if other.cancel():  # not begun: the processors are busy with something else
            _run(compiled, call, kept)
        else:
            other.result()
    if stream is not None:
        stream.state = states[-1]
    return out


def _run(compiled: ctypes.CDLL, call: CRounds, kept: object) -> None:
    """Some rows; ``kept`` is what the call points to, alive even where nobody waits any more."""
    compiled.noisy_rounds(ctypes.byref(call))


@functools.cache
def _threads() -> int:
    return default_threads()


@functools.cache
def _executor(threads: int) -> ThreadPoolExecutor:
    """Threads beside the caller's, kept: starting them takes as long as a small chip."""
    return ThreadPoolExecutor(threads, "noise")
