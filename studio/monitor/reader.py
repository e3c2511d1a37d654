"""Reading one port for one run: no reconnecting, and its bytes without their times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from studio.base.errors import PortError
from studio.monitor.chunk import Chunk
from studio.monitor.connection import Connection
from studio.monitor.port import Line

_LOOK = 0.05  # seconds between two looks at whether the port has gone


class Reader:
    """Reads ``url`` (COM3, /dev/ttyUSB0, socket://HOST:PORT, loop://) from ``start`` to ``stop``.

    ``sink`` gets every byte, on the reading thread. ``take`` hands out the same bytes to
    another thread; while ``limit`` bytes wait there, nothing more is read. ``dtr`` and ``rts`` are
    set before the port opens: on some boards raising one resets the chip.
    """

    def __init__(
        self,
        url: str,
        baud: int,
        sink: Callable[[bytes], None] | None = None,
        *,
        limit: int = 1 << 24,
        dtr: bool = False,
        rts: bool = False,
    ) -> None:
        self.url = url
        self.baud = baud

        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._stopped = False
        self._changed = threading.Condition()

        def received(chunk: Chunk) -> None:
            if chunk.kind == "in":
                if sink is not None:
                    sink(chunk.data)
                self._put(chunk.data)

        self._connection = Connection(
            url, Line(baud, dtr=dtr, rts=rts), (received,), reconnect=False, limit=0
        )

    def start(self) -> None:
        """Open the port and begin. Raises PortError when it cannot be opened."""
        self._connection.open()

    def stop(self) -> None:
        """End the thread and close the port; does nothing a second time."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._connection.close()

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    @property
    def error(self) -> PortError | None:
        """Why the port did not open or went away."""
        return self._connection.error

    @property
    def ended(self) -> bool:
        """Whether no more bytes will come: stopped, or ``error`` says why."""
        return self._connection.ended

    def take(self, seconds: float = 0.0) -> bytes:
        """All bytes that wait, or after ``seconds`` without any, none."""
        end = time.monotonic() + seconds
        while True:
            ended = self.ended  # asked first: what came until then is taken below
            rest = max(0.0, end - time.monotonic())
            with self._changed:
                if not ended:
                    self._changed.wait_for(lambda: self._parts, min(rest, _LOOK))
                parts, self._parts, self._size = self._parts, [], 0
                self._changed.notify_all()
            if parts or ended or not rest:
                return b"".join(parts)

    def write(self, data: bytes) -> None:
        """Send bytes. Raises PortError when the port has gone."""
        self._connection.send(data)

    def _put(self, data: bytes) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._size < self._limit or self._stopped)
            self._parts.append(data)
            self._size += len(data)
            self._changed.notify_all()
