"""Reading a serial port on a thread of its own."""

from __future__ import annotations

import contextlib
import errno
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import serial
from serial.tools import list_ports

from studio.base.errors import PortError

_TIMEOUT = 0.05  # seconds a read waits
_AT_ONCE = 1 << 16  # bytes
_MISSING = 1.0  # seconds of silence after which the port is looked for

Sink = Callable[[bytes], None]


class Reader:
    """Reads ``url`` (COM3, /dev/ttyUSB0, socket://HOST:PORT, loop://) from ``start`` to ``stop``.

    ``sink`` gets every byte, on the reading thread. ``take`` hands out the same bytes to
    another thread; of more than ``limit`` bytes nobody takes, the oldest are dropped and
    counted in ``dropped``. ``dtr`` and ``rts`` are set before the port opens: on some boards
    raising one resets the chip.
    """

    def __init__(
        self,
        url: str,
        baud: int,
        sink: Sink | None = None,
        *,
        limit: int = 1 << 24,
        dtr: bool = False,
        rts: bool = False,
    ) -> None:
        self.url = url
        self.baud = baud
        self.dropped = 0
        self.error: PortError | None = None
        self._sink = sink
        self._limit = limit
        self._lines = (dtr, rts)
        self._port: Any = None
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._changed = threading.Condition()
        self._opened = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the port and begin. Raises PortError when it cannot be opened."""
        self._thread = threading.Thread(target=self._run, name=f"read {self.url}", daemon=True)
        self._thread.start()
        self._opened.wait()
        if self._port is None:
            self._thread.join()
            assert self.error is not None
            raise self.error

    def stop(self) -> None:
        """End the thread and close the port; does nothing a second time."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    @property
    def ended(self) -> bool:
        """Whether no more bytes will come: stopped, or ``error`` says why."""
        alive = self._thread is None or self._thread.is_alive()
        return self.error is not None or not alive

    def take(self, seconds: float = 0.0) -> bytes:
        """All bytes that wait, or after ``seconds`` without any, none."""
        with self._changed:
            if not self._queue and not self.ended:
                self._changed.wait_for(lambda: self._queue or self.error is not None, seconds)
            data = b"".join(self._queue)
            self._queue.clear()
            self._queued = 0
        return data

    def write(self, data: bytes) -> None:
        """Send bytes. Raises PortError when the port has gone."""
        try:
            self._port.write(data)
        except (serial.SerialException, OSError) as error:
            raise _gone(self.url, error) from error

    def set_lines(self, dtr: bool, rts: bool) -> None:
        """Set the control lines of the open port. Raises PortError when the port has gone."""
        try:
            self._port.dtr = dtr
            self._port.rts = rts
        except (serial.SerialException, OSError) as error:
            raise _gone(self.url, error) from error

    def _run(self) -> None:
        # Opened here, because listing, opening and reading want one thread on Windows.
        try:
            port = self._open()
        except (serial.SerialException, OSError, ValueError) as error:
            self.error = _refused(self.url, error)
            self._opened.set()
            return
        self._port = port
        self._opened.set()
        try:
            self._read(port)
        except (serial.SerialException, OSError, TypeError) as error:
            # TypeError: pyserial's POSIX read, when its descriptor was closed meanwhile.
            with self._changed:
                self.error = _gone(self.url, error)
                self._changed.notify_all()
        finally:
            with contextlib.suppress(Exception):
                port.close()
            with self._changed:
                self._changed.notify_all()

    def _open(self) -> Any:
        port: Any = serial.serial_for_url(
            self.url, baudrate=self.baud, timeout=_TIMEOUT, do_not_open=True
        )
        port.dtr, port.rts = self._lines
        if "://" not in self.url and sys.platform != "win32":
            port.exclusive = True  # Windows opens ports exclusively anyway
        if self.url.startswith("socket://"):
            # pyserial discards what came between connecting and the end of open().
            port.reset_input_buffer = lambda: None
        port.open()
        if sys.platform == "win32" and hasattr(port, "set_buffer_size"):
            port.set_buffer_size(rx_size=1 << 16)
        return port

    def _read(self, port: Any) -> None:
        read = _read_socket if self.url.startswith("socket://") else _read_port
        known = self._listed()
        heard = time.monotonic()
        while not self._stop.is_set():
            data = read(port)
            now = time.monotonic()
            if data:
                heard = now
                self._keep(data)
            elif known and now - heard > _MISSING:
                heard = now
                if not self._listed():  # on Windows a pulled plug raises nothing
                    raise serial.SerialException("the port is no longer there")

    def _listed(self) -> bool:
        return "://" not in self.url and self.url in _names()

    def _keep(self, data: bytes) -> None:
        if self._sink is not None:
            self._sink(data)
        with self._changed:
            self._queue.append(data)
            self._queued += len(data)
            while self._queued > self._limit:
                oldest = self._queue.popleft()
                self._queued -= len(oldest)
                self.dropped += len(oldest)
            self._changed.notify_all()


def _read_port(port: Any) -> bytes:
    return bytes(port.read(min(port.in_waiting, _AT_ONCE) or 1))


def _read_socket(port: Any) -> bytes:
    """As ``_read_port``; pyserial says of a socket only that there is something, not how much."""
    data = bytes(port.read(1))
    if data:
        port.timeout = 0
        # An end of the stream is met again by the next read; the first byte must not be lost.
        with contextlib.suppress(serial.SerialException):
            data += bytes(port.read(_AT_ONCE))
        port.timeout = _TIMEOUT
    return data


def _names() -> set[str]:
    return {str(port.device) for port in list_ports.comports()}


def _refused(url: str, error: Exception) -> PortError:
    """A failed opening, in plain words. pyserial hides the cause in the text on Windows."""
    number = getattr(error, "errno", None)
    text = str(error)
    if "PermissionError" in text or number in (errno.EBUSY, errno.EAGAIN) or "lock" in text:
        return PortError(
            "the port is in use by another program",
            hint="Close the other serial monitor or debugger and try again.",
            where=url,
        )
    if number == errno.EACCES:
        return PortError(
            "no permission to open the port",
            hint="On Linux, add yourself to the group that owns it (often dialout), "
            "then log in again.",
            where=url,
        )
    if "Connection refused" in text or "10061" in text:
        return PortError(
            "nobody listens there", hint="Start the emulator, or check the port.", where=url
        )
    if number == errno.ENOENT or "FileNotFoundError" in text:
        names = ", ".join(sorted(_names())) or "none"
        return PortError(
            "there is no such port", hint=f"Plug the board in. Ports now: {names}.", where=url
        )
    return PortError(
        f"cannot open the port: {text}", hint="Check its name and settings.", where=url
    )


def _gone(url: str, error: Exception) -> PortError:
    return PortError(
        f"the port went away ({error})",
        hint="Plug the board in again, or start the emulator again.",
        where=url,
    )
