"""What comes over a line while it comes: rows of text, and values, on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy.typing as npt

from studio.monitor import decimate
from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import OwnPattern
from studio.monitor.recognize import Recognizer, known_encoding
from studio.monitor.store import Limits, Store
from studio.monitor.text_log import TextLog

_log = logging.getLogger(__name__)

_WAITING = 8 << 20  # bytes that may wait; then whoever puts waits
_AT_ONCE = 1 << 18  # bytes read before whoever waits is told that there is room again
_OVERHEAD = 128  # bytes a chunk takes besides its data
_PAUSE = 0.008  # seconds between two looks, in which chunks gather
_MERGED = 0.02  # seconds within which chunks are read as one
_IDLE = 1.0  # seconds of silence after which what was begun is given up

_Item = Chunk | Callable[[], None]

Numbers = Sequence[int] | npt.NDArray[Any]
Expected = tuple[Numbers, Numbers, Numbers]
"""What samples should say, by index: labels, results, and CRC-32 of the outputs; each may be ()."""


class Live:
    """Chunks put by any thread become ``log`` and ``store``, which any thread may look at.

    ``version`` grows whenever there is something new, ``epoch`` whenever everything began anew.
    Close it in the end.
    """

    def __init__(self, *, limits: Limits | None = None, log: TextLog | None = None) -> None:
        self.log = log or TextLog()
        self.store = Store(limits)
        self.version = 0
        self.epoch = 0
        self.dropped = 0  # bytes that were not shown, since showing them took too long
        self._encoding = "utf-8"
        self._own: tuple[OwnPattern, ...] = ()
        self._made: Recognizer | None = None
        self._items: deque[_Item] = deque()
        self._waiting = 0
        self._busy = False
        self._closed = False
        self._last = (0.0, 0.0)  # time of the last chunk, and ours when it was read
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None  # begun with the first chunk

    # -- for any thread

    @property
    def encoding(self) -> str:
        """Of the text: utf-8 or gbk."""
        return self._encoding

    @property
    def own(self) -> tuple[OwnPattern, ...]:
        """The user's patterns in use."""
        return self._own

    @property
    def clock(self) -> tuple[float, float]:
        """Time of the newest chunk (0 before the first), and seconds since it was read."""
        then, at = self._last
        return then, time.monotonic() - at if then else 0.0

    @property
    def waiting(self) -> int:
        """Bytes that were put and are not read yet."""
        return self._waiting

    def put(
        self,
        chunk: Chunk,
        seconds: float | None = 0.5,
        wanted: Callable[[], bool] = lambda: True,
    ) -> bool:
        """Have a chunk read; where too much waits, wait ``seconds`` (None: as long as it takes).

        False where that was not enough, or it is closed: the chunk is dropped, and counted. Where
        it is no longer ``wanted`` after the wait, it is dropped as well.
        """
        size = len(chunk.data) + _OVERHEAD
        with self._changed:
            free = self._changed.wait_for(
                lambda: self._waiting + size <= _WAITING or not self._waiting or self._closed,
                seconds,
            )
            if not free or self._closed:
                self.dropped += len(chunk.data)
                return False
            if not wanted():
                return False
            self._waiting += size
            self._add(chunk)
        return True

    def clear(self) -> None:
        """Forget everything that was put before."""
        self._do(self._clear)

    def expect(self, expected: Callable[[], Expected]) -> None:
        """Hold samples against what ``expected`` returns; it is called on the thread."""
        self._do(lambda: self.store.expect(*expected()))

    def set_encoding(self, encoding: str) -> None:
        """Read text as utf-8 or gbk from now on. Raises DataError for any other."""
        known_encoding(encoding)

        def act() -> None:
            self._encoding, self._made = encoding, None

        self._do(act)

    def use(self, own: Sequence[OwnPattern]) -> None:
        """Read lines by these patterns of the user from now on."""
        self._own = patterns = tuple(own)
        self._do(lambda: self._recognizer.use(patterns))

    def drain(self, seconds: float = 60.0) -> bool:
        """Wait until all that was put is read; False where that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._items and not self._busy, seconds)

    def close(self) -> None:
        """End the thread; what waits is not read."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    # -- on its thread

    def _do(self, act: Callable[[], None]) -> None:
        with self._changed:
            self._add(act)

    def _add(self, item: _Item) -> None:
        self._items.append(item)
        self._changed.notify_all()
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)
            self._thread.start()

    @property
    def _recognizer(self) -> Recognizer:
        """Made here, since the very first one on a computer waits for a compiler."""
        if self._made is None:
            self._made = Recognizer(self._encoding, self._own)
        return self._made

    def _run(self) -> None:
        decimate.library()  # compiled here, where nobody waits for it
        while not self._closed:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._items or self._closed, _IDLE)
                items, more = self._some(), bool(self._items)
                self._busy = True
                self._changed.notify_all()
            try:
                self._take(items)
            except Exception:
                # A fault of ours must not end the monitor: the next chunk is read again.
                _log.exception("reading failed")
                self._made = None
            if not more:
                time.sleep(_PAUSE)

    def _some(self) -> deque[_Item]:
        """The next items, about _AT_ONCE bytes; called with the lock held."""
        items: deque[_Item] = deque()
        size = 0
        while self._items and size < _AT_ONCE:
            item = self._items.popleft()
            items.append(item)
            size += len(item.data) + _OVERHEAD if isinstance(item, Chunk) else 0
        self._waiting -= size
        return items

    def _take(self, items: deque[_Item]) -> None:
        if not items:
            then, at = self._last
            if then:
                self.store.add(self._recognizer.feed(Chunk(then + time.monotonic() - at, b"")))
            return
        for item in _merged(items):
            if isinstance(item, Chunk):
                self.log.add(item)
                self.store.add(self._recognizer.feed(item))
                self._last = (item.time, time.monotonic())
            else:
                item()
            self.version += 1  # each time: where much waits, that is looked at meanwhile

    def _clear(self) -> None:
        self.log.clear()
        self.store.clear()
        self._made = None
        self._last = (0.0, 0.0)
        self.dropped = 0
        self.epoch += 1


def _merged(items: deque[_Item]) -> list[_Item]:
    """Received chunks that followed each other at once as one, which is read quicker."""
    found: list[_Item] = []
    parts: list[Chunk] = []

    def close() -> None:
        if len(parts) == 1:
            found.append(parts[0])
        elif parts:
            found.append(Chunk(parts[-1].time, b"".join(part.data for part in parts)))
        parts.clear()

    for item in items:
        if isinstance(item, Chunk) and item.kind == "in":
            if parts and not 0 <= item.time - parts[0].time < _MERGED:
                close()
            parts.append(item)
        else:
            close()
            found.append(item)
    close()
    return found
