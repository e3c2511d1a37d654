"""What has come over a line so far, in numbers, and whether it looks readable."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.monitor import words
from studio.monitor.port import Errors

_TAIL = 4096  # bytes kept to judge whether they are text


@dataclass(frozen=True)
class Counters:
    """Since a connection began. ``received``, ``sent``, ``dropped`` and ``pending`` are bytes.

    ``dropped`` were received and given to the sinks, but not taken in time; ``pending`` wait to be
    sent. The rest is what the driver tells of the line (0 where it tells nothing).
    """

    received: int = 0
    sent: int = 0
    lines: int = 0
    dropped: int = 0
    pending: int = 0
    parity: int = 0
    framing: int = 0
    overrun: int = 0
    breaks: int = 0


@dataclass
class Tally:
    """Counts what a connection receives and sends."""

    received: int = 0
    sent: int = 0
    lines: int = 0
    errors: Errors = field(default_factory=Errors)
    _tail: bytes = b""
    _since: tuple[int, int] = (0, 0)  # bytes received and damaged when the line was set

    def add(self, data: bytes) -> None:
        """Count received bytes."""
        self.received += len(data)
        self.lines += data.count(b"\n")
        self._tail = (self._tail + data)[-_TAIL:]

    def line_set(self) -> None:
        """From here on the line has other settings: what came before says nothing of them."""
        self._tail, self._since = b"", (self.received, self._damaged)

    def counters(self, dropped: int, pending: int) -> Counters:
        """The numbers so far."""
        errors = self.errors
        return Counters(
            received=self.received,
            sent=self.sent,
            lines=self.lines,
            dropped=dropped,
            pending=pending,
            parity=errors.parity,
            framing=errors.framing,
            overrun=errors.overrun,
            breaks=errors.breaks,
        )

    def hint(self, baud: int) -> str:
        """What to try where nothing readable comes; else ""."""
        received, damaged = self.received - self._since[0], self._damaged - self._since[1]
        return words.wrong_baud(self._tail, received, damaged, baud)

    @property
    def _damaged(self) -> int:
        return self.errors.parity + self.errors.framing
