"""A port the monitor leaves to another part of the program for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from studio.base.errors import PortError

if TYPE_CHECKING:
    from studio.base.job import Job
    from studio.monitor.connection import Connection

_LOOK = 0.05  # seconds between two looks at whether to wait any longer
_PATIENCE = 10.0  # seconds in which what asked for the port begins, or it is given back


class Lease:
    """The port of ``connection`` (None: there is nothing to leave), named ``to`` in its notes.

    Leaving begins at once, on a thread, when ``after`` has ended (a connection that is being
    closed); ``then`` is called when the port is free. ``with``, or ``wait``, waits for that, on a
    thread that may wait, and raises PortError where it does not become so; at the block's end, or
    ``end``, the connection comes back.
    """

    def __init__(
        self,
        connection: Connection | None,
        to: str,
        *,
        after: threading.Thread | None = None,
        then: Callable[[], None] | None = None,
    ) -> None:
        self.error: PortError | None = None
        self._free = threading.Event()
        self._over = threading.Event()
        self._then = then
        if connection is None and (after is None or not after.is_alive()):
            self._tell()
        else:
            threading.Thread(
                target=self._leave, args=(connection, to, after), name="lease", daemon=True
            ).start()

    @property
    def settled(self) -> bool:
        """Whether the port is free, or cannot become so (``error``)."""
        return self._free.is_set()

    def wait(self, job: Job | None = None) -> None:
        """Wait until the port is free. Raises PortError where it does not become so.

        ``job`` may cancel.
        """
        while not self._free.wait(_LOOK):
            if job is not None:
                job.step(0, 0, "")
        if self.error is not None:
            raise self.error

    def __enter__(self) -> Self:
        self.wait()
        return self

    def __exit__(self, *_details: object) -> None:
        self.end()

    def end(self) -> None:
        """Give the port back; does nothing a second time."""
        self._over.set()

    def _tell(self) -> None:
        if self._then is not None:
            self._then()
        self._free.set()

    def _leave(
        self, connection: Connection | None, to: str, after: threading.Thread | None
    ) -> None:
        if after is not None:
            after.join()
        if connection is None:
            self._tell()
            return
        try:
            with connection.yielded(to):
                self._tell()
                self._over.wait()
        except PortError as error:
            self.error = error
            self._free.set()


class Errand:
    """``do`` is called when ``lease`` is settled; then the port comes back when that is done.

    What it asks for begins a little later, and meanwhile may first have to end something else:
    ``look`` is to be called when that may have changed, and now and then.
    """

    def __init__(self, lease: Lease, do: Callable[[], None]) -> None:
        self.lease = lease
        self._do: Callable[[], None] | None = do
        self._begun = False
        self._since = 0.0

    def look(self, busy: bool) -> bool:
        """Whether it is over; ``busy`` tells whether something runs the user asked for."""
        if self._do is not None:
            if not self.lease.settled:
                return False
            do, self._do = self._do, None
            self._since = time.monotonic()
            if self.lease.error is None:
                do()
            return self.lease.error is not None
        self._begun = self._begun or busy
        late = time.monotonic() - self._since > _PATIENCE
        if (self._begun or late) and not busy:
            self.lease.end()
            return True
        return False
