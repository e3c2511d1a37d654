"""Reading one port for one run: no reconnecting, and its bytes without their times."""

from __future__ import annotations

import time
from collections.abc import Callable

from studio.base.errors import PortError
from studio.monitor.chunk import Chunk
from studio.monitor.connection import Connection
from studio.monitor.port import Line


class Reader:
    """Reads ``url`` (COM3, /dev/ttyUSB0, socket://HOST:PORT, loop://) from ``start`` to ``stop``.

    ``sink`` gets every byte, on the reading thread. ``take`` hands out the same bytes to
    another thread; of more than ``limit`` bytes nobody takes, the oldest are dropped and
    counted in ``dropped``. ``dtr`` and ``rts`` are set before the port opens: on some boards
    raising one resets the chip.
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

        def received(chunk: Chunk) -> None:
            if sink is not None and chunk.kind == "in":
                sink(chunk.data)

        self._connection = Connection(
            url, Line(baud, dtr=dtr, rts=rts), (received,), reconnect=False, limit=limit
        )

    def start(self) -> None:
        """Open the port and begin. Raises PortError when it cannot be opened."""
        self._connection.open()

    def stop(self) -> None:
        """End the thread and close the port; does nothing a second time."""
        self._connection.close()

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    @property
    def dropped(self) -> int:
        """Bytes nobody took in time."""
        return self._connection.counters.dropped

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
            chunks = self._connection.take(rest)
            data = b"".join(chunk.data for chunk in chunks if chunk.kind == "in")
            if data or ended or not rest:
                return data

    def write(self, data: bytes) -> None:
        """Send bytes. Raises PortError when the port has gone."""
        self._connection.send(data)
