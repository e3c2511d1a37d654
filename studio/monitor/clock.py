"""The time of day that chunks get."""

from __future__ import annotations

import threading
import time

_MISSED = 1.0  # seconds


class Clock:
    """Seconds since the epoch that never fall; for any thread.

    Where the computer's clock is set back, this one goes on as before; where it is set forward, or
    the computer slept, it follows.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._epoch = time.time() - time.perf_counter()  # Windows' other clocks tick in 16 ms

    def now(self) -> float:
        """The time now."""
        with self._lock:
            now = self._epoch + time.perf_counter()
            missed = time.time() - now
            if missed > _MISSED:
                self._epoch += missed
                now += missed
            return now
