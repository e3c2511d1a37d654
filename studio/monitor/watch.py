"""Which ports there are, once a second, and what appeared or vanished since."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from studio.board import ports as board_ports
from studio.board.ports import Port

_log = logging.getLogger(__name__)

_EVERY = 1.0  # seconds

T = TypeVar("T")
Listed = Callable[[], tuple[Port, ...]]


@dataclass(frozen=True)
class Change:
    """The ports there are now, and the difference to what was told before."""

    ports: tuple[Port, ...]
    appeared: tuple[Port, ...]
    vanished: tuple[Port, ...]


class Watch:
    """Lists the ports every ``every`` seconds on one thread, from ``start`` to ``close``.

    ``changed`` is called on that thread, first with all ports there are, then with every change.
    ``run`` does something else there: ports are to be listed and opened by one thread, since
    Windows' drivers do not like both at the same time. ``listed`` is another list of ports.
    """

    def __init__(
        self,
        changed: Callable[[Change], None] | None = None,
        *,
        every: float = _EVERY,
        listed: Listed | None = None,
    ) -> None:
        self._changed = changed
        self._every = every
        self._list = listed or real_ports
        self._ports: tuple[Port, ...] = ()
        self._first = True
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._gate = threading.Lock()  # nothing may be queued behind the end

    def start(self) -> None:
        """Begin; ``ports`` is filled by the time ``changed`` is called."""
        self._thread = threading.Thread(target=self._run, name="ports", daemon=True)
        self._thread.start()

    def close(self, seconds: float = 5.0) -> None:
        """End, waiting at most ``seconds``: an open that hangs in a driver does not hang us."""
        with self._gate:
            thread, self._thread = self._thread, None
            if thread is None:
                return
            self._jobs.put(None)
        if thread is not threading.current_thread():
            thread.join(seconds)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    @property
    def ports(self) -> tuple[Port, ...]:
        """The ports of the last look, at most a second old."""
        return self._ports

    def recent(self) -> tuple[Port, ...]:
        """``ports``, or where nobody looks every second, those there are now."""
        return self._ports if self._thread is not None else self._look()

    def run(self, action: Callable[[], T]) -> T:
        """What ``action`` returns or raises, done on the thread that lists the ports."""
        future: Future[Any] = Future()

        def do() -> None:
            try:
                future.set_result(action())
            except BaseException as error:  # it belongs to who asked, whatever it is
                future.set_exception(error)

        with self._gate:
            thread = self._thread
            here = thread is None or thread is threading.current_thread()
            if not here:
                self._jobs.put(do)
        if here:
            return action()
        result: T = future.result()
        return result

    def look(self) -> tuple[Port, ...]:
        """The ports there are at this moment; the others hear of a change as well."""
        return self.run(self._look)

    def _run(self) -> None:
        due = time.monotonic()
        while True:
            try:
                job = self._jobs.get(timeout=max(0.0, due - time.monotonic()))
            except queue.Empty:
                self._look()
                due = time.monotonic() + self._every
                continue
            if job is None:
                return
            job()

    def _look(self) -> tuple[Port, ...]:
        try:
            now = self._list()
        except Exception:
            # A device that goes while it is described; the next look tells.
            _log.warning("cannot list the ports", exc_info=True)
            return self._ports
        before, self._ports = self._ports, now
        change = Change(
            now,
            tuple(port for port in now if port not in before),
            tuple(port for port in before if port not in now),
        )
        first, self._first = self._first, False
        if self._changed is not None and (first or change.appeared or change.vanished):
            try:
                self._changed(change)
            except Exception:
                _log.exception("a listener to the ports failed")
        return now


def real_ports() -> tuple[Port, ...]:
    """The ports of this computer."""
    return board_ports.ports()


def find(url: str, listed: tuple[Port, ...]) -> Port | None:
    """The listed port ``url`` names, directly or through a link (/dev/serial/by-id/...)."""
    if "://" in url:
        return None
    real = os.path.realpath(url) if os.sep == "/" else url.upper()
    return next((port for port in listed if port.name in {url, real}), None)


def again(
    url: str, known: Port | None, before: tuple[Port, ...], now: tuple[Port, ...]
) -> str | None:
    """The name under which a lost port is there again; None while it is not.

    ``known`` is what was listed of it when it was open; ``before`` are the ports there were when
    it was lost. What was never listed (sockets, pseudo terminals) has only its name. The same
    device under another name counts with a serial number, and without one only where it was
    plugged in since: two boards of a kind must not be taken for each other.
    """
    if known is None:
        return url
    same = [port for port in now if port.same_device(known)]
    for port in same:
        if port.name == known.name:
            return port.name
    others = {port.name for port in before if port.name != known.name}
    fresh = [port for port in same if known.serial or port.name not in others]
    if len(fresh) == 1:
        return fresh[0].name
    return known.name if find(known.name, now) is not None else None
