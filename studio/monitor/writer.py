"""Sending on a thread of its own, so that a board that takes nothing holds nobody up."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from studio.base.errors import PortError
from studio.monitor.port import PORT_ERRORS, Line, set_line, write_some

LIMIT = 1 << 20  # bytes that may wait
_AT_ONCE = 1 << 14  # bytes
_LEAVE = 0.5  # seconds
_GIVE_UP = 5.0  # seconds a driver gets to come back from a write

Act = Callable[[Any], None]


class Writer:
    """Sends to one open port what is put, in order; acts (a break, a control line) in between.

    ``sent`` gets what went out, ``failed`` the error that ended it; both on the writing thread.
    """

    def __init__(
        self,
        port: Any,
        url: str,
        sent: Callable[[bytes], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._port = port
        self._url = url
        self._sent = sent
        self._failed = failed
        self._items: deque[bytes | Act] = deque()
        self._pending = 0
        self._busy = False  # whether an item is taken out and not yet done
        self._discard = False  # whether the rest of that one is to be forgotten
        self._changed = threading.Condition()
        self._stop = False
        self._ended = False
        self._close: Callable[[], None] | None = None  # called at the end
        self._thread = threading.Thread(target=self._run, name=f"write {url}", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """Bytes that were put and have not gone out."""
        return self._pending

    def put(self, data: bytes) -> None:
        """Send ``data`` in its turn. Raises PortError where a megabyte waits already."""
        with self._changed:
            if self._pending and self._pending + len(data) > LIMIT:
                raise PortError(
                    f"the board does not take what is sent: {self._pending} bytes wait",
                    hint="Check flow control and wiring, or cancel what waits.",
                    where=self._url,
                )
            self._items.append(data)
            self._pending += len(data)
            self._changed.notify_all()

    def act(self, act: Act) -> None:
        """Do something with the port in its turn; what it raises of a port counts as failed."""
        with self._changed:
            self._items.append(act)
            self._changed.notify_all()

    def cancel(self) -> int:
        """Forget what waits; how many bytes that were."""
        with self._changed:
            count = self._pending
            self._items.clear()
            self._pending = 0
            self._discard = self._busy
            if not self._stop:  # else the port may be closed at this moment
                self._interrupt()
        return count

    def stop(self, seconds: float = 0.0) -> int:
        """End after ``seconds`` at most to send what waits; how many bytes did not go out."""
        with self._changed:
            self._changed.wait_for(self._idle, seconds)
            self._stop = True
            self._changed.notify_all()
        # Again and again: a write that has not quite begun is not interrupted by the first.
        end = time.monotonic() + _GIVE_UP
        while self._thread.is_alive() and time.monotonic() < end:
            self._interrupt()
            self._thread.join(0.02)
        return self._pending

    def leave(self, close: Callable[[], None]) -> None:
        """After ``stop``: have the port closed when nobody uses it any more.

        That is now, unless a driver still holds the writing thread: then that one does it, since
        the number of a closed port may be that of another file at once.
        """
        with self._changed:
            if not self._ended:
                self._close = close
                return
        close()

    def _idle(self) -> bool:
        return (not self._items and not self._busy) or not self._thread.is_alive()

    def _interrupt(self) -> None:
        """Wake a write that blocks; Windows' does, others come back by themselves."""
        with contextlib.suppress(Exception):
            self._port.cancel_write()

    def _run(self) -> None:
        try:
            while (item := self._next()) is not None:
                if isinstance(item, bytes):
                    self._write(item)
                else:
                    item(self._port)
        except PORT_ERRORS as error:
            self._failed(error)
        finally:
            with self._changed:
                self._busy, self._ended = False, True
                self._changed.notify_all()
            if self._close is not None:
                self._close()

    def _next(self) -> bytes | Act | None:
        with self._changed:
            self._busy = self._discard = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._items or self._stop)
            if self._stop:
                return None
            self._busy = True
            return self._items.popleft()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest and not self._stop and not self._discard:
            count = write_some(self._port, bytes(rest[:_AT_ONCE]))
            if not count:
                continue
            with self._changed:
                if not self._discard:  # else it was taken off already
                    self._pending -= count
            self._sent(bytes(rest[:count]))
            rest = rest[count:]


def change_line(port: Any, before: Line, after: Line) -> None:
    """Set the line; where the port refuses, it is as ``before`` again. Raises PORT_ERRORS."""
    end = time.monotonic() + _LEAVE
    while getattr(port, "out_waiting", 0) and time.monotonic() < end:
        time.sleep(0.01)  # what was sent before leaves with the old rate
    try:
        set_line(port, after)
    except PORT_ERRORS:
        with contextlib.suppress(*PORT_ERRORS):
            set_line(port, before)
        raise


def send_break(seconds: float) -> Act:
    """Hold the line low for ``seconds``."""

    def act(port: Any) -> None:
        port.break_condition = True
        try:
            time.sleep(seconds)
        finally:
            port.break_condition = False

    return act
