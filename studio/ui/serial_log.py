"""The last bytes a board printed, read by several views that each keep their own place."""

from __future__ import annotations

LIMIT = 16 * 1024 * 1024  # bytes kept; serial.log on disk has all of them


class SerialLog:
    """A byte stream that remembers its last ``limit`` bytes.

    Positions count from the start of the stream. A new run has a new SerialLog, which is how
    a view sees that it must start again.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._bytes = bytearray()
        self._start = 0
        self.dropped = 0

    @property
    def end(self) -> int:
        """The position after the last byte."""
        return self._start + len(self._bytes)

    def add(self, data: bytes, dropped: int = 0) -> None:
        """Append ``data``; ``dropped`` counts bytes that were lost on the way here."""
        self._bytes += data
        self.dropped += dropped
        # Cut in large steps, so that a full buffer does not move at every call.
        if len(self._bytes) > self._limit + self._limit // 4:
            cut = len(self._bytes) - self._limit
            del self._bytes[:cut]
            self._start += cut

    def since(self, position: int, most: int) -> tuple[bytes, int]:
        """At most ``most`` bytes from ``position`` on (or the oldest kept), and where they end."""
        first = max(position, self._start) - self._start
        data = bytes(self._bytes[first : first + most])
        return data, self._start + first + len(data)
