"""Reads a recording as if it came now, on a thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from studio.base.errors import StudioError

if TYPE_CHECKING:
    from studio.monitor.live import Live
    from studio.monitor.replay import Replay


class Player:
    """Puts the chunks of ``replay`` into ``live`` from ``go`` until ``stop``.

    It ends at the recording's end, and goes on when the replay was sought and ``go`` is called.
    ``error`` says why it ended early.
    """

    def __init__(self, replay: Replay, live: Live) -> None:
        self.replay = replay
        self.error: StudioError | None = None
        self._live = live
        self._thread: threading.Thread | None = None
        self._stopped = False

    @property
    def playing(self) -> bool:
        """Whether the recording is being read, or paused."""
        return self._thread is not None and self._thread.is_alive()

    def go(self) -> None:
        """Begin, or go on after the end."""
        if not self.playing and not self._stopped:
            self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
            self._thread.start()

    def keep_up(self) -> None:
        """Go on where it was sought just when it came to its end."""
        if self.replay.moving and self.error is None:
            self.go()

    def stop(self) -> None:
        """Read no more; what was read stays."""
        self._stopped = True
        self.replay.cancel()

    def _run(self) -> None:
        from studio.monitor.replay import MOVED  # noqa: PLC0415 - slow to import

        try:
            for chunk in self.replay:
                if self._stopped:
                    return
                if chunk.kind == "note" and chunk.data == MOVED.encode():
                    self._live.clear()
                else:
                    # Something else may be read already when there is room for it.
                    self._live.put(chunk, None, lambda: not self._stopped)
        except StudioError as error:
            self.error = error
