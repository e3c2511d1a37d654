"""Listening to a board: a serial port's bytes into the workspace, for the monitor."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from studio.base.errors import PortError
from studio.monitor.reader import Reader
from studio.ui.workspace import Workspace

_TICK = 16  # milliseconds: one frame


class Listening(QObject):
    """Reads one port at a time; ``changed`` tells that it began or ended.

    Opening and closing happen on a thread, since a port may keep them waiting. What goes wrong
    goes to ``workspace.error``.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._reader: Reader | None = None
        self._thread: threading.Thread | None = None
        self._dropped = 0
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._tick)
        workspace.port_wanted.connect(self._give_way)

    @property
    def active(self) -> bool:
        """Whether a port is read, or being opened."""
        return self._reader is not None

    @property
    def port(self) -> str:
        """The port that is read; "" where none is."""
        return self._reader.url if self._reader is not None else ""

    @property
    def baud(self) -> int:
        """The baud rate it is read with; 0 where none is."""
        return self._reader.baud if self._reader is not None else 0

    def start(self, url: str, baud: int) -> None:
        """Read ``url`` (COM3, /dev/ttyUSB0, socket://HOST:PORT), as a new text of the monitor."""
        self.stop()
        self._workspace.clear_serial()
        self._dropped = 0
        self._reader = Reader(url, baud)
        self._in_thread(_open, self._reader)
        self._timer.start()
        self.changed.emit()

    def stop(self) -> None:
        """Read no more; what was read stays. Does nothing where no port is read."""
        reader, self._reader = self._reader, None
        if reader is None:
            return
        self._timer.stop()
        self._in_thread(_close, reader)
        self.changed.emit()

    def _give_way(self) -> None:
        self.stop()
        self._workspace.port_closing = self._thread

    def close(self) -> None:
        """Stop, and wait until the port is free again (a second at most)."""
        self.stop()
        if self._thread is not None:
            self._thread.join(1.0)

    def _in_thread(
        self, action: Callable[[Reader, threading.Thread | None], None], reader: Reader
    ) -> None:
        """Do ``action`` after the one before it: a port is free only when it was closed."""
        self._thread = threading.Thread(
            target=action, args=(reader, self._thread), name=f"port {reader.url}", daemon=True
        )
        self._thread.start()

    def _tick(self) -> None:
        reader = self._reader
        if reader is None:
            return
        data = reader.take()
        dropped = reader.dropped - self._dropped
        if data or dropped:
            self._dropped += dropped
            self._workspace.add_serial(data, dropped)
        if reader.error is not None and not data:
            self.stop()
            self._workspace.error.emit(reader.error)


def _open(reader: Reader, before: threading.Thread | None) -> None:
    if before is not None:
        before.join()
    with contextlib.suppress(PortError):  # it stays in reader.error
        reader.start()


def _close(reader: Reader, before: threading.Thread | None) -> None:
    if before is not None:
        before.join()
    reader.stop()
