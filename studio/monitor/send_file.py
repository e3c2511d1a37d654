"""Sending a file's bytes as they are, in pieces, with progress and cancel."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.errors import DataError, PortError, StudioError

if TYPE_CHECKING:
    from studio.monitor.connection import Connection

_PIECE = 1 << 14  # bytes
_AHEAD = 1 << 16  # bytes that may wait in the connection: what a cancel takes back at once
_LOOK = 0.005  # seconds between two looks at what waits


class FileSending:
    """Sends ``path`` over an open connection on a thread of its own, begun at once.

    ``size`` is the file's in bytes (0 until it is open). ``ended`` with ``error`` None and not
    ``cancelled``: all of it has gone out.
    """

    def __init__(self, connection: Connection, path: Path) -> None:
        self.path = path
        self.size = 0
        self.error: StudioError | None = None
        self.ended = False
        self._connection = connection
        self._given = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="send file", daemon=True)
        self._thread.start()

    @property
    def cancelled(self) -> bool:
        """Whether it was told to stop before its end."""
        return self._stop.is_set()

    @property
    def sent(self) -> int:
        """Bytes of the file that have gone out."""
        return max(0, self._given - self._waiting)

    def cancel(self) -> None:
        """Send no more, and forget what waits in the connection."""
        if not self.ended:
            self._stop.set()
            self._connection.cancel_sending()

    @property
    def _waiting(self) -> int:
        return self._connection.counters.pending

    def _run(self) -> None:
        try:
            with self.path.open("rb") as stream:
                self.size = os.fstat(stream.fileno()).st_size
                while self._until(_AHEAD - _PIECE) and (piece := stream.read(_PIECE)):
                    self._connection.send(piece)
                    self._given += len(piece)
            if self._until(0) and self._connection.state != "open":
                raise PortError(
                    "the port went away before the whole file was sent",
                    hint="Send it again when the port is back.",
                    where=self.path.name,
                )
        except OSError as error:
            self.error = DataError(
                f"the file cannot be read: {error.strerror}",
                hint="Check that it is there and that you may read it.",
                where=str(self.path),
            )
        except StudioError as error:
            self.error = error
        finally:
            if self.cancelled:
                self._connection.cancel_sending()  # a piece may have been given meanwhile
            self.ended = True

    def _until(self, waiting: int) -> bool:
        """Wait until no more than so many bytes wait; False where it is to stop."""
        while self._waiting > waiting:
            if self._stop.wait(_LOOK):
                return False
        return not self.cancelled
