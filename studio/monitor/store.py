"""Everything recognized, in bounded memory, for whoever draws it.

One thread adds, others look. What a batch holds is first written where no view shows it; then the
lock is held while references change, so that all series step forward together. `snapshot` holds
the lock while it copies references: neither side waits for a copy of points.
"""

from __future__ import annotations

import bisect
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.monitor.accuracy import Curve, Figures, SampleTally
from studio.monitor.batch import Batch, Points, Sample, Text, Vector
from studio.monitor.board_info import LayerTime
from studio.monitor.ring import LEAST, LIMIT, Ring, View
from studio.monitor.spectrum import FeatureMap, Image, Wave

_FEW = 8  # points of a name that may have been noise
_SILENT = 10.0  # seconds after which it makes room for another
_AT_ONCE = 64  # samples
_NAMES = 1024  # refused names that are told apart, and layers


@dataclass(frozen=True)
class Limits:
    """What a Store holds at most.

    Points of a series, points there is memory for in all series together (18 bytes each), series,
    lines of text, and names of vectors.
    """

    points: int = LIMIT
    total: int = 1 << 24
    series: int = 256
    texts: int = 10_000
    vectors: int = 16


@dataclass(frozen=True)
class Series:
    """One series at one moment."""

    view: View
    unit: str = ""


@dataclass(frozen=True)
class Refused:
    """What no series could be made for: values, and different names (up to 1024 are told apart)."""

    values: int = 0
    names: int = 0


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment.

    ``vectors``: the newest of each name; ``times``: the newest of each layer; ``samples`` of this
    run; ``runs``: how often a run began; ``texts``: how many there were. ``kinds``, ``lines`` and
    ``errors`` are those of the batches, summed; ``names`` has the series that came of each kind,
    256 at most.
    """

    series: Mapping[str, Series]
    vectors: Mapping[str, Vector]
    times: tuple[LayerTime, ...]
    kinds: Mapping[str, int]
    lines: int
    errors: int
    texts: int
    runs: int
    refused: Refused = field(default_factory=Refused)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Store:
    """What the monitor shows, for any thread. Batches come one after the other."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._writing = threading.Lock()  # held by whoever adds, never by who looks
        self._lock = threading.Lock()
        self._images = threading.Lock()  # of waves and maps, which take longer
        self._expected: tuple[Any, Any, Any] = ((), (), ())
        self.clear()

    def clear(self) -> None:
        """Forget everything but what is expected of samples."""
        with self._writing, self._images, self._lock:
            self._rings: dict[str, Ring] = {}
            self._units: dict[str, str] = {}
            self._room: dict[str, int] = {}
            self._vectors: dict[str, Vector] = {}
            self._waves: dict[str, Wave] = {}
            self._maps: dict[str, FeatureMap] = {}
            self._times: dict[str, LayerTime] = {}
            self._texts: deque[Text] = deque(maxlen=self._limits.texts)
            self._told = 0
            self._kinds: dict[str, int] = {}
            self._names: dict[str, frozenset[str]] = {}
            self._lines = self._errors = self._runs = 0
            self._refused = 0
            self._refused_names: set[str] = set()
            self._tally = SampleTally(*self._expected)
            self._previous: Figures | None = None

    def expect(
        self,
        labels: Sequence[int] | npt.NDArray[Any] = (),
        results: Sequence[int] | npt.NDArray[Any] = (),
        crcs: Sequence[int] | npt.NDArray[Any] = (),
    ) -> None:
        """What samples should say, by index (accuracy.SampleTally), from now on; begins a run."""
        with self._lock:
            self._expected = (labels, results, crcs)
            self._begin()

    def begin_run(self) -> None:
        """Count samples anew, as the firmware's greeting does."""
        with self._lock:
            self._begin()

    def sent(self, index: int, time: float) -> None:
        """A sample was sent to the board; see accuracy.SampleTally."""
        with self._lock:
            self._tally.sent(index, time)

    def add(self, batch: Batch) -> None:
        """Take what was recognized."""
        with self._writing:
            self._add(batch)

    def snapshot(self) -> Snapshot:
        """Everything but the samples' figures and images; arrays are views."""
        with self._lock:
            series = {
                name: Series(ring.view, self._units.get(name, ""))
                for name, ring in self._rings.items()
            }
            return Snapshot(
                series=series,
                vectors=dict(self._vectors),
                times=tuple(self._times.values()),
                kinds=dict(self._kinds),
                lines=self._lines,
                errors=self._errors,
                texts=self._told,
                runs=self._runs,
                refused=Refused(self._refused, len(self._refused_names)),
                names=dict(self._names),
            )

    def figures(self, newest: int = 100) -> Figures:
        """Accuracy and speed of this run's samples so far."""
        with self._lock:
            return self._tally.figures(newest)

    @property
    def previous(self) -> Figures | None:
        """The figures of the run before, where samples came in it."""
        return self._previous

    def accuracy_curve(self, agreement: bool = False) -> Curve:
        """How this run's accuracy, or its agreement with the simulation, grew."""
        with self._lock:
            return (self._tally.agreement if agreement else self._tally.accuracy).curve()

    def texts(self, after: int = 0) -> tuple[list[Text], int]:
        """The lines that came ``after`` so many, and how many there were; of too many, the last."""
        with self._lock:
            count = min(self._told - after, len(self._texts)) if after < self._told else 0
            newest = [self._texts[i] for i in range(len(self._texts) - count, len(self._texts))]
            return newest, self._told

    def wave(self, name: str) -> Wave | None:
        """The signal of vectors that follow in time; ask it for ``view`` and ``spectrum`` only."""
        return self._waves.get(name)

    def spectrogram(self, name: str) -> Image | None:
        """The spectrogram of a signal (spectrum.Wave)."""
        with self._images:
            wave = self._waves.get(name)
            return None if wave is None else wave.spectrogram()

    def feature_map(self, name: str) -> npt.NDArray[np.float32] | None:
        """The last vectors of a name as an image (spectrum.FeatureMap)."""
        with self._images:
            found = self._maps.get(name)
            return None if found is None else found.image()

    def _add(self, batch: Batch) -> None:
        rings, units = dict(self._rings), dict(self._units)
        written = []
        refused: list[tuple[str, int]] = []
        stale: list[str] | None = None
        for name, points in batch.series.items():
            if not len(points.times):
                continue
            ring = rings.get(name)
            if ring is None:
                if len(rings) >= self._limits.series:
                    stale = _stale(rings, batch.series) if stale is None else stale
                    if not stale:
                        refused.append((name, len(points.times)))
                        continue
                    old = stale.pop()
                    del rings[old]
                    units.pop(old, None)
                    self._room.pop(old, None)
                ring = rings[name] = Ring(self._limits.points)
            ring.write(points.times, points.values)
            written.append((name, ring))
            if points.unit:
                units[name] = points.unit
        written += self._make_room(rings, written)
        self._add_vectors(batch.vectors)
        with self._lock:
            self._rings, self._units = rings, units
            for _, ring in written:
                ring.publish()
            for name, count in refused:
                self._refused += count
                if len(self._refused_names) < _NAMES:
                    self._refused_names.add(name)
            self._add_rest(batch)
        begin = 0
        for text in batch.texts:
            if text.level == "start":
                end = max(begin, _until(batch.samples, text.time))
                self._add_samples(batch.samples[begin:end])
                with self._lock:
                    self._begin()
                begin = end
        self._add_samples(batch.samples[begin:])

    def _make_room(
        self, rings: Mapping[str, Ring], written: Sequence[tuple[str, Ring]]
    ) -> list[tuple[str, Ring]]:
        """Halve the longest series until all together keep the limit; those that were halved."""
        for name, ring in written:
            self._room[name] = ring.room
        halved = []
        while sum(self._room.values()) > self._limits.total:
            name = max(self._room, key=self._room.__getitem__)
            ring = rings[name]
            if ring.limit <= LEAST:
                break
            ring.cut(ring.limit // 2)
            self._room[name] = ring.room
            halved.append((name, ring))
        return halved

    def _add_vectors(self, vectors: Sequence[Vector]) -> None:
        if not vectors:
            return
        with self._images:
            for vector in vectors:
                name = vector.name
                if vector.rate is not None:
                    wave = self._waves.get(name)
                    kind = vector.values.dtype
                    if wave is None or (wave.rate, wave.kind) != (vector.rate, kind):
                        if wave is None and len(self._waves) >= self._limits.vectors:
                            continue
                        wave = self._waves[name] = Wave(vector.rate, kind)
                    wave.add(vector.values)
                elif name in self._maps or len(self._maps) < self._limits.vectors:
                    self._maps.setdefault(name, FeatureMap()).add(vector.values)

    def _add_rest(self, batch: Batch) -> None:
        self._lines += batch.lines
        self._errors += batch.errors
        for kind, count in batch.kinds.items():
            self._kinds[kind] = self._kinds.get(kind, 0) + count
        for kind, names in batch.names.items():
            known = self._names.get(kind, frozenset())
            if len(known) < self._limits.series and not names <= known:
                self._names[kind] = known | names
        for vector in batch.vectors:
            if vector.name in self._vectors or len(self._vectors) < 2 * self._limits.vectors:
                self._vectors[vector.name] = vector
        for time in batch.times:
            if time.name in self._times or len(self._times) < _NAMES:
                self._times[time.name] = time
        self._texts.extend(batch.texts)
        self._told += len(batch.texts)

    def _add_samples(self, samples: Sequence[Sample]) -> None:
        """Count some at a time: who looks at the figures waits as long."""
        for first in range(0, len(samples), _AT_ONCE):
            with self._lock:
                for sample in samples[first : first + _AT_ONCE]:
                    self._tally.add(sample, sample.time)

    def _begin(self) -> None:
        found = self._tally.figures()
        if found.samples:
            self._previous = found
        self._tally = SampleTally(*self._expected)
        self._runs += 1


def _stale(rings: Mapping[str, Ring], coming: Mapping[str, Points]) -> list[str]:
    """Names that came a few times long ago, as noise makes them; the one to drop first is last."""
    end = max(float(points.times[-1]) for points in coming.values() if len(points.times)) - _SILENT
    old = []
    for name, ring in rings.items():
        view = ring.view
        if name not in coming and 0 < len(view) <= _FEW and (newest := view.times[-1]) < end:
            old.append((float(newest), name))
    return [name for _, name in sorted(old, reverse=True)]


def _until(samples: Sequence[Sample], time: float) -> int:
    """How many of a batch's samples came before a greeting at ``time``.

    Where some came with it in one chunk, indexes tell: they fall where a run begins.
    """
    times = [sample.time for sample in samples]
    low, high = bisect.bisect_left(times, time), bisect.bisect_right(times, time)
    for place in range(max(low, 1), high):
        if samples[place].index <= samples[place - 1].index:
            return place
    return low if low < high and samples[low].index == 0 else high
