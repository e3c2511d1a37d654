"""A recording played again: the same chunks, at its own pace, faster, or as fast as they are taken.

Chunks keep the times they were recorded with, so that whatever reads them finds the very same.
"""

from __future__ import annotations

import bisect
import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import ProjectError
from studio.base.job import Job
from studio.monitor import recording_file
from studio.monitor.chunk import Chunk
from studio.monitor.recording import parts
from studio.monitor.recording_file import Header, Part

MAX_SPEED = math.inf
MOVED = "replay: moved"  # the note a replay gives where it goes on at another time

_LEAST = 0.002  # seconds; shorter waits are caught up with later


@dataclass(frozen=True)
class Recording:
    """All files of a recording that can be read, and the first and last time in it.

    ``size`` is that of the files in bytes, ``complete`` whether it was closed properly. An empty
    recording begins and ends at 0.
    """

    parts: tuple[Part, ...]
    begin: float
    end: float
    size: int
    complete: bool

    @property
    def header(self) -> Header:
        """What was recorded."""
        return self.parts[0].header

    def read(self, since: float = -math.inf, job: Job | None = None) -> Iterator[Chunk]:
        """The chunks not older than ``since``, as fast as they are taken.

        ``job`` hears how far the reading is, in thousandths, and may cancel.
        """
        whole = sum(len(part.spans) for part in self.parts)
        done = 0
        for part in self.parts:
            # Times never fall within a connection, so neither do the ends of the blocks.
            first = bisect.bisect_left([span.end for span in part.spans], since)
            done += first
            if first == len(part.spans):
                continue
            begins = [span.begin for span in part.spans]
            for chunk in recording_file.read(part.path, part.spans[first].offset):
                if chunk.time < since:
                    continue
                if job is not None:
                    passed = done + bisect.bisect_right(begins, chunk.time) - first
                    job.step(1000 * passed // max(1, whole), 1000, "reading the recording")
                yield chunk
            done += len(part.spans) - first


def load(path: Path, job: Job | None = None) -> Recording:
    """The recording that ``path`` is a file of.

    Files beside it that cannot be read are left out; raises ProjectError where ``path`` itself
    cannot, or is no recording. ``job`` hears of each file, and may cancel.
    """
    found = []
    files = parts(path)
    for number, file in enumerate(files):
        if job is not None:
            job.step(number, len(files), "reading the recording")
        try:
            found.append(recording_file.scan(file))
        except ProjectError:
            if file == path:
                raise
    if not found:
        raise ProjectError("this recording is gone", hint="Choose another.", where=str(path))
    spans = [span for part in found for span in part.spans]
    return Recording(
        tuple(found),
        min((span.begin for span in spans), default=0.0),
        max((span.end for span in spans), default=0.0),
        sum(part.size for part in found),
        all(part.complete for part in found),
    )


class Replay:
    """Gives the chunks of a recording at ``speed``: 1 as they came, MAX_SPEED without waiting.

    Iterate on one thread; everything else may be called from any. ``longest_wait`` shortens
    silences, in seconds of waiting. After ``seek`` a note MOVED comes first, at the time of the
    chunk that follows: who keeps curves begins anew there.
    """

    def __init__(
        self, recording: Recording, speed: float = 1.0, longest_wait: float = math.inf
    ) -> None:
        self.recording = recording
        self._speed = _checked(speed)
        self._longest = longest_wait
        self._changed = threading.Condition()
        self._paused = self._cancelled = False
        self._target: float | None = None  # where to go on
        self._position = recording.begin
        self._time = recording.begin  # where the recording's clock stood
        self._since: float | None = None  # at this moment of ours; None while it stands still

    @property
    def position(self) -> float:
        """The time of the last chunk given."""
        return self._position

    @property
    def speed(self) -> float:
        """How many seconds of the recording pass in one."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether it waits for ``resume``."""
        return self._paused

    @property
    def moving(self) -> bool:
        """Whether it was sought, and is not there yet."""
        return self._target is not None

    def set_speed(self, speed: float) -> None:
        """Go on at another speed."""
        with self._changed:
            self._hold()
            self._speed = _checked(speed)
            self._changed.notify_all()

    def pause(self) -> None:
        """Give nothing more until ``resume``."""
        with self._changed:
            self._hold()
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def seek(self, when: float) -> None:
        """Go on with the first chunk that is not older; at the end, iterate again for that.

        That chunk is given even while it is paused.
        """
        with self._changed:
            self._target = when
            self._position = min(max(when, self.recording.begin), self.recording.end)
            self._changed.notify_all()

    def cancel(self) -> None:
        """Give nothing more: the iteration ends."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[Chunk]:
        source, moved = self.recording.read(), False
        while not self._cancelled:
            if self._target is not None:
                with self._changed:
                    when, self._target = self._target, None
                source, moved = self.recording.read(when), True
            chunk = next(source, None)
            if chunk is None:
                return
            if moved:
                self._since, self._time = None, chunk.time
            elif not self._wait(chunk.time):
                continue
            self._position = chunk.time
            if moved:
                moved = False
                yield Chunk(chunk.time, MOVED.encode(), "note")
            yield chunk

    def _wait(self, when: float) -> bool:
        """Wait until a chunk is due; False where it is not to be given any more."""
        with self._changed:
            if when < self._position:  # the clock was set back, or we moved
                self._since, self._time = None, when
            while not self._cancelled and self._target is None:
                if self._paused:
                    self._changed.wait()
                    continue
                if math.isinf(self._speed):
                    self._since, self._time = None, when
                    return True
                now = time.monotonic()
                if self._since is None:
                    self._since = now
                left = self._since + (when - self._time) / self._speed - now
                if left > self._longest:
                    left = self._longest
                    self._since, self._time = now, when - left * self._speed
                if left < _LEAST:
                    return True
                self._changed.wait(left)
        return False

    def _hold(self) -> None:
        """Stop the clock at the time it has come to; ``_wait`` starts it again."""
        if self._since is not None:
            self._time += (time.monotonic() - self._since) * self._speed
            self._since = None


def replay(path: Path, speed: float = MAX_SPEED) -> Iterator[Chunk]:
    """The chunks of the recording at ``path``; raises ProjectError where it is none."""
    return iter(Replay(load(path), speed))


def _checked(speed: float) -> float:
    if not speed > 0:
        raise ValueError(f"a speed is above 0, not {speed}")
    return speed
