"""What a shared machine adds to every time, so that tests of time can leave it out."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

_TASKS = Path("/proc/self/task")


def queued() -> float:
    """Seconds this process's threads stood in line for a processor; 0 where nobody tells."""
    total = 0
    with contextlib.suppress(OSError):
        for task in _TASKS.iterdir():
            with contextlib.suppress(OSError):  # a thread that has just ended
                total += int((task / "schedstat").read_text(encoding="ascii").split()[1])
    return total / 1e9


class Stopwatch:
    """The time since it was made, without that in which others had the processors."""

    def __init__(self) -> None:
        self._queued = queued()
        self._begin = time.perf_counter()

    @property
    def seconds(self) -> float:
        """So far."""
        passed = time.perf_counter() - self._begin
        return max(0.0, passed - max(0.0, queued() - self._queued))
