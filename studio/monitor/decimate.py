"""A series as a line of few points that draws as all of them would.

For every column of pixels: the first, the least, the greatest and the last value (M4: Jugel,
Jerzak, Hackenbroich, Markl, VLDB 2014, which proves that a line of one pixel's width is then the
same; a painter's rounding may move it by one). Compiled C looks the extremes up in the ring's
levels; numpy finds the same without them.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base import native, paths
from studio.monitor.ring import LEVELS, Floats, View

PER_COLUMN = 4  # points at most


class _View(ctypes.Structure):
    """`View` of resources/native/curves.c."""

    _fields_ = (
        ("times", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("level", ctypes.c_void_p * LEVELS),
        ("starts", ctypes.c_void_p),
        ("n", ctypes.c_int64),
        ("covered", ctypes.c_int64),
    )


@functools.cache
def library() -> ctypes.CDLL | None:
    """The compiled code; None where it cannot be had. Call it once on a thread that may wait.

    The first call ever compiles it, which takes up to a second.
    """
    source = paths.resource("native", "curves.c").read_text(encoding="utf-8")
    found = native.library("curves", source)
    if found is not None:
        pointer, size = ctypes.c_void_p, ctypes.c_int64
        found.polyline.argtypes = [pointer, pointer, size, pointer, pointer, pointer]
        found.polyline.restype = size
        number = ctypes.c_double
        found.histogram.argtypes = [pointer, size, number, number, size, pointer]
        found.histogram.restype = None
    return found


def edges(start: float, end: float, width: int) -> Floats:
    """The times at which the columns of a plot begin, and its end: [width + 1], for all curves."""
    return np.linspace(start, end, max(1, width) + 1)


def polyline(view: View, columns: Floats) -> tuple[Floats, Floats]:
    """Times and values to draw between ``columns`` (of ``edges``), and one point on either side.

    The last column holds its end. Values are exact, as are times of the first and last of a
    column; the extremes lie in its middle. NaN is a gap. Few points are given as they are,
    as views of the ring's.
    """
    times, width = view.times, len(columns) - 1
    first = int(np.searchsorted(times, columns[0], "left"))
    last = int(np.searchsorted(times, columns[-1], "right"))
    if last - first <= PER_COLUMN * width:
        part = slice(max(0, first - 1), last + 1)
        return times[part], view.values[part]
    found = library()
    return _plain(view, columns) if found is None else _compiled(found, view, columns)


def _compiled(found: ctypes.CDLL, view: View, columns: Floats) -> tuple[Floats, Floats]:
    width = len(columns) - 1
    levels = [view.level(1 + i) for i in range(LEVELS)]
    held = (view.times, view.values, *levels, view.starts)
    at = [_address(array) for array in held]
    pairs = (ctypes.c_void_p * LEVELS)(*at[2:-1])
    of = _View(at[0], at[1], pairs, at[-1], len(view), view.covered)
    columns = np.ascontiguousarray(columns, np.float64)
    out = np.empty((2, PER_COLUMN * width + 2))
    places = np.empty(width + 1, np.int64)
    at = [_address(array) for array in (columns, places, out[0], out[1])]
    count = found.polyline(ctypes.byref(of), at[0], width, *at[1:])
    return out[0, :count], out[1, :count]


def _address(array: npt.NDArray[Any]) -> int:
    """Where an array lies; its ``ctypes`` imports something each time, which PySide slows down."""
    address: int = array.__array_interface__["data"][0]
    return address


def _plain(view: View, columns: Floats) -> tuple[Floats, Floats]:
    """As the compiled code, from all points, in numpy."""
    times, values = view.times, view.values
    bounds = np.searchsorted(times, columns, "left")
    bounds[-1] = np.searchsorted(times, columns[-1], "right")
    filled = np.flatnonzero(np.diff(bounds))
    first, last = bounds[:-1][filled], bounds[1:][filled] - 1
    count = last - first + 1
    offset = np.concatenate([[0], np.cumsum(np.minimum(count, PER_COLUMN))])
    # Columns without points take nothing: where one ends, the next with points begins.
    part = values[: bounds[-1]]
    low, high = np.fmin.reduceat(part, first), np.fmax.reduceat(part, first)
    x, y = np.empty(offset[-1]), np.empty(offset[-1])
    for k in range(PER_COLUMN):
        own = (count > k) & (count <= PER_COLUMN)
        x[offset[:-1][own] + k] = times[first[own] + k]
        y[offset[:-1][own] + k] = values[first[own] + k]
    many = count > PER_COLUMN
    first, last, low, high = first[many], last[many], low[many], high[many]
    offset = offset[:-1][many]
    middle = times[first] + 0.5 * (times[last] - times[first])
    falling = values[last] < values[first]
    x[offset], y[offset] = times[first], values[first]
    x[offset + 1], y[offset + 1] = middle, np.where(falling, high, low)
    x[offset + 2], y[offset + 2] = middle, np.where(falling, low, high)
    x[offset + 3], y[offset + 3] = times[last], values[last]
    before = slice(max(0, bounds[0] - 1), bounds[0])
    after = slice(bounds[-1], bounds[-1] + 1)
    return (
        np.concatenate([times[before], x, times[after]]),
        np.concatenate([values[before], y, values[after]]),
    )
