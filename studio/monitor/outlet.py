"""Where a connection's chunks go: to every sink at once, and into a queue for the display."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from studio.monitor.chunk import Chunk, Kind
from studio.monitor.clock import Clock

_log = logging.getLogger(__name__)

_OVERHEAD = 128  # bytes a chunk takes besides its data

Sink = Callable[[Chunk], None]


class Outlet:
    """Stamps chunks with the times of ``clock`` and passes them on, one at a time.

    ``sinks`` get all of them, on the thread that emits. Of more than ``limit`` bytes nobody takes,
    the oldest are dropped; ``dropped`` counts the received bytes among them. With a limit of 0
    nobody means to take any. A sink that raises is removed, with a note; ``error`` is what it
    raised.
    """

    def __init__(self, sinks: tuple[Sink, ...], limit: int, clock: Clock | None = None) -> None:
        self.dropped = 0
        self.error: Exception | None = None
        self._sinks = sinks
        self._limit = limit
        self._queue: deque[Chunk] = deque()
        self._queued = 0
        self._ended = False
        self._changed = threading.Condition()
        self._emitting = threading.RLock()  # a sink may remove itself
        self._clock = clock or Clock()

    def emit(self, kind: Kind, data: bytes) -> None:
        """Pass on ``data``, as of now."""
        with self._emitting:
            chunk = Chunk(self._clock.now(), data, kind)
            failed = [error for sink in self._sinks if (error := self._feed(sink, chunk))]
            with self._changed:
                if self._limit:
                    self._queue.append(chunk)
                    self._queued += len(data) + _OVERHEAD
                while self._queued > self._limit:
                    oldest = self._queue.popleft()
                    self._queued -= len(oldest.data) + _OVERHEAD
                    self.dropped += len(oldest.data) if oldest.kind == "in" else 0
                self._changed.notify_all()
            for error in failed:
                self.error = error
                self.note(f"no longer recorded: {error}")

    def note(self, text: str) -> None:
        """Pass on a remark of ours."""
        self.emit("note", text.encode())

    def take(self, seconds: float = 0.0) -> list[Chunk]:
        """All chunks that wait, or after ``seconds`` without any, none."""
        with self._changed:
            if seconds:
                self._changed.wait_for(lambda: self._queue or self._ended, seconds)
            chunks = list(self._queue)
            self._queue.clear()
            self._queued = 0
        return chunks

    def end(self) -> None:
        """Nothing more comes: wake who waits."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def add_sink(self, sink: Sink) -> None:
        """From now on ``sink`` gets every chunk."""
        with self._emitting:
            self._sinks = (*self._sinks, sink)

    def remove_sink(self, sink: Sink) -> None:
        """``sink`` gets no more; when this returns, no call of it is under way."""
        with self._emitting:
            self._sinks = tuple(one for one in self._sinks if one != sink)

    def _feed(self, sink: Sink, chunk: Chunk) -> Exception | None:
        try:
            sink(chunk)
        except Exception as error:  # a full disk must not end the reading
            _log.warning("a sink failed", exc_info=True)
            self.remove_sink(sink)
            return error
        return None
