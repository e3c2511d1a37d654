"""Actions that take a while, one after the other, while who asks for them goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable


class InOrder:
    """Does what it is told on a thread, after what it was told before; from any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._last: threading.Thread | None = None

    @property
    def last(self) -> threading.Thread | None:
        """The thread of what was told last, which may have ended; None before the first."""
        return self._last

    def do(self, *actions: Callable[[], None]) -> threading.Thread:
        """Do ``actions`` next; the thread that does."""
        with self._lock:
            before = self._last

            def run() -> None:
                if before is not None:
                    before.join()
                for action in actions:
                    action()

            # A daemon: the program's end does not wait for what hangs.
            thread = threading.Thread(target=run, name=self._name, daemon=True)
            thread.start()
            self._last = thread
        return thread

    def join(self, seconds: float) -> None:
        """Wait until all of it is done, so long at most."""
        if self._last is not None:
            self._last.join(seconds)
