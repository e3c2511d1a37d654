"""The accuracy of a run while its samples arrive: how sure it is, of what, and how fast.

Intervals are Wilson's score intervals (E. B. Wilson, JASA 22, 1927): unlike p +- 2 sqrt(p q / n),
they say something sensible at 10 of 10 right.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.monitor.result import Sample
from studio.monitor.ring import Floats

Z = 1.959964  # two-sided 95 %
CLASSES = 256  # rows and columns of the confusion matrix at most
INDEXES = 1 << 20  # samples whose repetition is noticed
NEWEST = 4096  # samples whose moments and marks are kept
_STEPS = 4096  # points of the curve at most
_RECENT = 10.0  # seconds the speed is of, or
_FEW = 10  # samples, where fewer came
_UNKNOWN = -1
_TOLD = np.dtype([("seen", "?"), ("label", "i4"), ("result", "i4"), ("marks", "i1", (3,))])

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Share:
    """``right`` of ``n``, and the interval in which the share truly lies, 95 times of 100."""

    right: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.right / self.n if self.n else math.nan


@dataclass(frozen=True)
class Curve:
    """Running shares: after ``counts`` samples, [points], at ``times``, with their intervals."""

    counts: Ints
    times: Floats
    values: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Speed:
    """Of the last ten seconds, or samples: ``rate`` a second, and what half and 95 % stay below.

    In seconds, from one to the next, or from sending one to its answer; NaN where there is none.
    """

    rate: float | None
    median: float
    percentile95: float


def wilson(right: float | Floats, n: float | Floats, z: float = Z) -> tuple[Floats, Floats]:
    """Lower and upper bound of a share of which ``right`` of ``n`` are known; 0 and 1 at n = 0."""
    n = np.asarray(n, np.float64)
    safe = np.maximum(n, 1.0)
    p = np.asarray(right, np.float64) / safe
    wide = 1 + z * z / safe
    middle = (p + z * z / (2 * safe)) / wide
    half = z / wide * np.sqrt(p * (1 - p) / safe + z * z / (4 * safe * safe))
    # By the formula the bounds enclose the share and end at 0 and 1, but for rounding.
    low = np.clip(np.minimum(middle - half, p), 0.0, 1.0)
    high = np.clip(np.maximum(middle + half, p), 0.0, 1.0)
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def share(right: int, n: int) -> Share:
    """A share with its interval."""
    low, high = wilson(right, n)
    return Share(right, n, float(low), float(high))


class Running:
    """Right answers so far, in fixed memory: a curve of at most 4096 points whose sums are exact.

    When it is full, every second point goes, and from then on every second is kept.
    """

    def __init__(self) -> None:
        self.right = self.n = 0
        self._stride = 1
        self._rows: list[tuple[int, int, float]] = []

    def add(self, right: bool, time: float) -> None:
        """Take one answer."""
        self.change(_UNKNOWN, int(right), time)

    def change(self, old: int, new: int, time: float) -> None:
        """An answer was right (1), wrong (0) or not there (-1), and now is ``new``.

        The curve's earlier points keep what was known then.
        """
        if old == _UNKNOWN and new == _UNKNOWN:
            return
        self.right += (new == 1) - (old == 1)
        self.n += (new != _UNKNOWN) - (old != _UNKNOWN)
        if old == _UNKNOWN and self.n % self._stride == 0:
            self._rows.append((self.n, self.right, time))
            if len(self._rows) == _STEPS:
                self._rows = self._rows[1::2]
                self._stride *= 2

    @property
    def share(self) -> Share:
        """The share so far."""
        return share(self.right, self.n)

    def curve(self) -> Curve:
        """The share as it grew, and its band."""
        rows = np.array(self._rows, np.float64).reshape(-1, 3)
        counts, right, times = rows.T
        low, high = wilson(right, counts)
        return Curve(counts.astype(np.int64), times, right / np.maximum(counts, 1), low, high)


@dataclass(frozen=True)
class Figures:
    """A SampleTally at one moment.

    ``accuracy``: results that are the label. ``agreement``: results that are the simulation's.
    ``exact``: checksums of all outputs that are the simulation's. Each counts what can be told;
    ``newest`` is the accuracy of the newest ones. ``matrix`` [classes, classes] counts true
    labels (rows) and results (columns); ``outside`` are those of CLASSES and above. ``classes``:
    the accuracy of each label. ``repeats``: samples that came again. ``time``: that of the newest.
    """

    samples: int
    accuracy: Share
    newest: Share
    agreement: Share
    exact: Share
    matrix: Ints
    classes: tuple[Share, ...]
    outside: int
    repeats: int
    speed: Speed
    latency: Speed
    time: float | None


class SampleTally:
    """What the samples of one run amount to, in bounded memory.

    ``labels``: what is right, by index, where lines tell no label; ``results`` and ``crcs``: what
    the simulation says, by index. A sample that comes again counts once, with what it says last.
    """

    def __init__(
        self,
        labels: Sequence[int] | Ints = (),
        results: Sequence[int] | Ints = (),
        crcs: Sequence[int] | npt.NDArray[np.uint32] = (),
    ) -> None:
        self._expected = (labels, results, crcs)
        self.accuracy, self.agreement, self.exact = Running(), Running(), Running()
        self._samples = self._repeats = self._outside = 0
        self._told = np.zeros(0, _TOLD)
        self._matrix = np.zeros((0, 0), np.int64)
        self._arrivals: deque[float] = deque(maxlen=NEWEST)
        self._marks: deque[bool] = deque(maxlen=NEWEST)
        self._sent: dict[int, float] = {}
        self._latencies: deque[float] = deque(maxlen=NEWEST)

    def sent(self, index: int, time: float) -> None:
        """A sample was sent to the board at ``time``; its latency counts from here."""
        if len(self._sent) >= NEWEST:
            del self._sent[next(iter(self._sent))]
        self._sent[index] = time

    def add(self, sample: Sample, time: float) -> None:
        """Take a sample that arrived at ``time`` seconds."""
        labels, results, crcs = self._expected
        label = sample.label if sample.label is not None else _of(labels, sample.index)
        marks = (
            _mark(sample.result, label),
            _mark(sample.result, _of(results, sample.index)),
            _mark(sample.crc, _of(crcs, sample.index)),
        )
        earlier = self._earlier(sample.index)
        if earlier is None:
            self._samples += 1
        else:
            self._repeats += 1
            self._count(int(earlier["label"]), int(earlier["result"]), -1)
        before = (_UNKNOWN,) * 3 if earlier is None else earlier["marks"].tolist()
        of = (self.accuracy, self.agreement, self.exact)
        for running, old, new in zip(of, before, marks, strict=True):
            running.change(old, new, time)
        pair = (_none(label), _none(sample.result))
        self._count(*pair, 1)
        if sample.index < len(self._told):
            self._told[sample.index] = (True, *pair, marks)
        self._arrivals.append(time)
        if marks[0] != _UNKNOWN:
            self._marks.append(marks[0] == 1)
        if sample.index in self._sent:
            self._latencies.append(time - self._sent.pop(sample.index))

    def newest(self, n: int) -> Share:
        """The accuracy of the last ``n`` answers, of NEWEST at most; repeated ones count again."""
        marks = list(self._marks)[-n:] if n > 0 else []
        return share(sum(marks), len(marks))

    def figures(self, newest: int = 100) -> Figures:
        """Everything so far; ``newest`` is how many the accuracy of the newest is of."""
        right, n = self._matrix.diagonal(), self._matrix.sum(axis=1)
        bounds = wilson(right.astype(np.float64), n.astype(np.float64))
        classes = zip(*(own.tolist() for own in (right, n, *bounds)), strict=True)
        arrivals = np.array(self._arrivals)
        if len(arrivals):  # pauses before do not make it slow
            recent = int(np.searchsorted(arrivals, arrivals[-1] - _RECENT))
            arrivals = arrivals[max(0, min(recent, len(arrivals) - _FEW)) :]
        seconds = float(arrivals[-1] - arrivals[0]) if len(arrivals) else 0.0
        rate = (len(arrivals) - 1) / seconds if seconds > 0 else None
        return Figures(
            samples=self._samples,
            accuracy=self.accuracy.share,
            newest=self.newest(newest),
            agreement=self.agreement.share,
            exact=self.exact.share,
            matrix=self._matrix.copy(),
            classes=tuple(Share(*own) for own in classes),
            outside=self._outside,
            repeats=self._repeats,
            speed=_speed(np.diff(arrivals), rate),
            latency=_speed(np.array(self._latencies), rate),
            time=self._arrivals[-1] if self._arrivals else None,
        )

    def _earlier(self, index: int) -> np.void | None:
        """What this sample said before, if it came; makes room to note it."""
        if index >= INDEXES:
            return None
        if index >= len(self._told):
            grown = np.zeros(min(INDEXES, max(2 * len(self._told), index + 1, 1024)), _TOLD)
            grown[: len(self._told)] = self._told
            self._told = grown
        row: np.void = self._told[index]
        return row.copy() if row["seen"] else None

    def _count(self, label: int, answer: int, by: int) -> None:
        if _UNKNOWN in (label, answer):
            return
        most = max(label, answer)
        if most >= CLASSES:
            self._outside += by
            return
        if most >= len(self._matrix):
            grown = np.zeros((most + 1, most + 1), np.int64)
            size = len(self._matrix)
            grown[:size, :size] = self._matrix
            self._matrix = grown
        self._matrix[label, answer] += by


def _of(expected: Sequence[int] | npt.NDArray[Any], index: int) -> int | None:
    """What is expected; None beyond the end, and for -1 (simulate.stage: a label that is none)."""
    found = int(expected[index]) if index < len(expected) else _UNKNOWN
    return None if found == _UNKNOWN else found


def _none(value: int | None) -> int:
    return _UNKNOWN if value is None else value


def _mark(told: int | None, expected: int | None) -> int:
    return _UNKNOWN if told is None or expected is None else int(told == expected)


def _speed(seconds: Floats, rate: float | None) -> Speed:
    if not len(seconds):
        return Speed(rate, math.nan, math.nan)
    # Not np.quantile, which imports numpy.ma at its first call: more than a frame.
    last = len(seconds) - 1
    median, most = np.interp((0.5 * last, 0.95 * last), np.arange(len(seconds)), np.sort(seconds))
    return Speed(rate, float(median), float(most))
