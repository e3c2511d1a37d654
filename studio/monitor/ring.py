"""The newest points of one series, bounded, with figures of their blocks kept beside them.

Points lie in buffers that are only appended to. Once there is no room left, or a series begins
anew, it goes on in new buffers: what a View shows is never written again. So a View costs
nothing, needs no lock, stays what it is for as long as it is held, and holds its memory as long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FACTOR = 16  # entries of a level that make one of the next
LEVELS = 3
MARK = 256  # points from one of the times in ``starts`` to the next
TOP: int = FACTOR**LEVELS  # points in a block of the last level
LEAST = 2 * TOP  # the smallest limit of a ring
LIMIT = 1 << 20
BACK = 1.0  # seconds; time that falls by more makes a series begin anew

_FIRST = 256  # points there is room for at first

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Buffers:
    """Where points and the figures of their blocks are written.

    ``levels``: least and greatest value of every 16, 256 and 4096 points, [blocks, 2].
    ``starts``: every 256th time, [blocks]. ``sums`` of every 4096: how many are numbers, their
    mean, and the sum of their squared distances from it, [blocks, 3].
    """

    times: Floats
    values: Floats
    levels: tuple[Floats, ...]
    starts: Floats
    sums: Floats

    @classmethod
    def of(cls, size: int) -> Buffers:
        """Room for ``size`` points."""
        blocks = [size // FACTOR**level for level in range(1, LEVELS + 1)]
        levels = tuple(np.empty((count, 2)) for count in blocks)
        starts, sums = np.empty(size // MARK), np.empty((blocks[-1], 3))
        return cls(np.empty(size), np.empty(size), levels, starts, sums)

    @property
    def nbytes(self) -> int:
        """Memory, in bytes."""
        parts = (self.times, self.values, *self.levels, self.starts, self.sums)
        return sum(int(part.nbytes) for part in parts)


@dataclass(frozen=True, slots=True)
class View:
    """The points of a ring at one moment.

    ``start`` and ``end`` are places in the buffers, ``start`` that of a block; up to ``whole``
    the blocks' figures are known. ``gone``: older points no longer held, since ``begun`` anew.
    """

    buffers: Buffers
    start: int = 0
    end: int = 0
    whole: int = 0
    gone: int = 0
    begun: int = 0

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def times(self) -> Floats:
        """Seconds, [n], never falling."""
        return _shown(self.buffers.times[self.start : self.end])

    @property
    def values(self) -> Floats:
        """Values, [n]; NaN where what came was no finite number."""
        return _shown(self.buffers.values[self.start : self.end])

    def level(self, number: int) -> Floats:
        """Least and greatest of every 16**number points of the first ``covered``, [blocks, 2]."""
        size = FACTOR**number
        return _shown(self.buffers.levels[number - 1][self.start // size : self.whole // size])

    @property
    def starts(self) -> Floats:
        """Times of every 256th of the first ``covered`` points, [blocks]."""
        return _shown(self.buffers.starts[self.start // MARK : self.whole // MARK])

    @property
    def sums(self) -> Floats:
        """Of every 4096 of the first ``covered`` points; see Buffers."""
        return _shown(self.buffers.sums[self.start // TOP : self.whole // TOP])

    @property
    def covered(self) -> int:
        """Points whose blocks' figures are known."""
        return self.whole - self.start


class Ring:
    """The last ``limit`` points of a series, or up to 4095 fewer: whole blocks go.

    One thread writes; any thread may take ``view``. ``limit`` is at least LEAST, and a multiple
    of TOP (rounded up).
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = _up(max(limit, LEAST))
        self.view = View(Buffers.of(_FIRST))
        self._next = self.view

    def add(self, times: Floats, values: Floats) -> None:
        """Take points, [n] each, and show them. Raises ValueError as ``write`` does."""
        self.write(times, values)
        self.publish()

    def publish(self) -> None:
        """Let ``view`` show what was written."""
        self.view = self._next

    def write(self, times: Floats, values: Floats) -> None:
        """Take points, [n] each; ``view`` does not show them yet.

        A time below the last one counts as the last one; where it is more than a second below
        (a replay was wound back, the clock was set), the series begins anew there. Raises
        ValueError where the lengths differ or a time is no finite number.
        """
        times = np.asarray(times, np.float64)
        values = np.asarray(values, np.float64)
        if times.ndim != 1 or times.shape != values.shape or not np.isfinite(times).all():
            raise ValueError(f"no points: times {times.shape}, values {values.shape}")
        if not len(times):
            return
        times, values = self._begin_anew(times, values)
        self._append(times[-self.limit :], values[-self.limit :], max(0, len(times) - self.limit))

    def cut(self, limit: int) -> None:
        """Hold at most ``limit`` points from now on, and free the memory; shown at ``publish``."""
        self.limit = _up(max(limit, LEAST))
        self._move(0)

    @property
    def room(self) -> int:
        """Points there is memory for."""
        return len(self._next.buffers.times)

    @property
    def nbytes(self) -> int:
        """Memory, in bytes, without what views hold of earlier buffers."""
        return self._next.buffers.nbytes

    def _begin_anew(self, times: Floats, values: Floats) -> tuple[Floats, Floats]:
        """The points from the last fall of time on, with times that never fall."""
        now = self._next
        if len(now):
            last = float(now.buffers.times[now.end - 1])
            if times[0] < last - BACK:
                now = self._next = View(Buffers.of(_FIRST), begun=now.begun + 1)
        steps = np.diff(times)
        if len(steps) and steps.min() < 0:
            falls = np.flatnonzero(steps < -BACK)
            if len(falls):
                times, values = times[falls[-1] + 1 :], values[falls[-1] + 1 :]
                now = self._next = View(Buffers.of(_FIRST), begun=now.begun + len(falls))
            times = np.maximum.accumulate(times)
        if len(now):
            last = float(now.buffers.times[now.end - 1])
            times = np.maximum(times, last) if times[0] < last else times
        return times, values

    def _append(self, times: Floats, values: Floats, left_out: int) -> None:
        if self._next.end + len(times) > len(self._next.buffers.times):
            self._move(len(times))
        now = self._next
        buffers, end = now.buffers, now.end + len(times)
        buffers.times[now.end : end] = times
        target = buffers.values[now.end : end]
        target[:] = values
        finite = np.isfinite(target)
        if not finite.all():
            target[~finite] = np.nan
        whole = end // TOP * TOP
        if whole > now.whole:
            _sum_up(buffers, now.whole, whole)
        start = max(now.start, _up(end - self.limit))
        gone = now.gone + start - now.start + left_out
        self._next = View(buffers, start, end, whole, gone, now.begun)

    def _move(self, more: int) -> None:
        """Go on in new buffers with room for ``more`` points beyond the limit's oldest."""
        now, limit = self._next, self.limit
        start = min(max(now.start, _up(now.end + more - limit)), _up(now.end))
        kept = max(0, now.end - start)
        # A quarter more than the limit, so that moving costs each point four copies at most.
        room = min(max(2 * (kept + more), _FIRST), limit + limit // 4)
        buffers = Buffers.of(max(room, kept + more))
        for new, old in ((buffers.times, now.buffers.times), (buffers.values, now.buffers.values)):
            new[:kept] = old[start : start + kept]
        whole = max(0, now.whole - start)
        for level in range(1, LEVELS + 1):
            size = FACTOR**level
            part = now.buffers.levels[level - 1][start // size : (start + whole) // size]
            buffers.levels[level - 1][: len(part)] = part
        part = now.buffers.starts[start // MARK : (start + whole) // MARK]
        buffers.starts[: len(part)] = part
        part = now.buffers.sums[start // TOP : (start + whole) // TOP]
        buffers.sums[: len(part)] = part
        gone = now.gone + min(start, now.end) - now.start
        self._next = View(buffers, 0, kept, whole, gone, now.begun)


def _shown(part: Floats) -> Floats:
    part.flags.writeable = False
    return part


def _up(count: int) -> int:
    """The next multiple of TOP, 0 for what is below."""
    return max(0, -(-count // TOP) * TOP)


def _sum_up(buffers: Buffers, start: int, end: int) -> None:
    """Write the figures of the blocks from ``start`` to ``end``."""
    buffers.starts[start // MARK : end // MARK] = buffers.times[start:end:MARK]
    values = low = high = buffers.values[start:end]
    for level in range(1, LEVELS + 1):
        for _ in range(FACTOR.bit_length() - 1):
            # fmin and fmax leave NaN out where they can.
            low, high = np.fmin(low[::2], low[1::2]), np.fmax(high[::2], high[1::2])
        size = FACTOR**level
        part = buffers.levels[level - 1][start // size : end // size]
        part[:, 0], part[:, 1] = low, high
    buffers.sums[start // TOP : end // TOP] = moments(values.reshape(-1, TOP))


def moments(values: Floats) -> Floats:
    """Of every row of [rows, n]: its numbers, their mean, the sum of squared distances from it.

    Rows without a number give zeros. [rows, 3]. Values beyond 1e150 make the last infinite.
    """
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    # Halves, because the sum of the largest numbers would overflow; halving is exact.
    half = np.where(known, values, 0.0) / 2 / np.maximum(count, 1)[:, None]
    mean = half.sum(axis=1) * 2
    with np.errstate(over="ignore"):
        distance = np.where(known, values - mean[:, None], 0.0)
        square = np.square(distance).sum(axis=1)
    return np.stack([count, mean, square], axis=1)
