"""One open serial port, as pyserial gives it: opening, reading, writing and line errors."""

from __future__ import annotations

import contextlib
import ctypes
import re
import select
import struct
import sys
import time
import urllib.parse
from dataclasses import dataclass
from typing import Any, Literal

import serial

from studio.base.errors import PortError

if sys.platform != "win32":
    import fcntl
    import termios

    _MORE: tuple[type[Exception], ...] = (termios.error,)
else:
    _MORE = ()

# What pyserial raises: ValueError for settings, TypeError where its descriptor was closed
# meanwhile, NotImplementedError for what rfc2217:// cannot do.
PORT_ERRORS: tuple[type[Exception], ...] = (
    serial.SerialException,
    OSError,
    ValueError,
    TypeError,
    NotImplementedError,
    *_MORE,
)

TIMEOUT = 0.05  # seconds a read waits
_AT_ONCE = 1 << 16  # bytes
_SLICE = 1 << 12  # bytes written at once where a write can block
_LOOP = 1 << 11  # bytes; loop:// blocks for ever where twice as many wait
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d+")  # no serial port is called like that
_TIOCGICOUNT = 0x545D  # Linux: struct serial_icounter_struct, 20 ints
_WINDOWS_OVERRUN, _WINDOWS_PARITY, _WINDOWS_FRAMING, _WINDOWS_BREAK = 0x3, 0x4, 0x8, 0x10

Parity = Literal["none", "even", "odd", "mark", "space"]
Flow = Literal["none", "rtscts", "xonxoff", "dsrdtr"]


@dataclass(frozen=True)
class Line:
    """How a line is set: ``baud`` as any number, ``bits`` 5 to 8, ``stop`` 1, 1.5 or 2 bits.

    ``dtr`` and ``rts`` are set before the port opens: on some boards raising one resets the chip
    (Linux itself raises both for a moment). Others send nothing while DTR is off.
    """

    baud: int = 115200
    bits: int = 8
    parity: Parity = "none"
    stop: float = 1
    flow: Flow = "none"
    dtr: bool = False
    rts: bool = False

    @property
    def text(self) -> str:
        """Such as ``921600 8N1``."""
        return f"{self.baud} {self.bits}{self.parity[0].upper()}{self.stop:g}"

    @property
    def settings(self) -> dict[str, object]:
        """What pyserial calls them, without the control lines."""
        return {
            "baudrate": self.baud,
            "bytesize": self.bits,
            "parity": self.parity[0].upper(),
            "stopbits": self.stop,
            "xonxoff": self.flow == "xonxoff",
            "rtscts": self.flow == "rtscts",
            "dsrdtr": self.flow == "dsrdtr",
        }


def check_address(text: str) -> str:
    """What a user typed, as ``open_port`` takes it. Raises PortError where that cannot be."""
    url = text.strip()
    hint = "Type socket://HOST:PORT, rfc2217://HOST:PORT, loop://, or the name of a port."
    if not url or (any(sign.isspace() for sign in url) and "://" in url):
        raise PortError("this is no address", hint=hint, where=url)
    if _HOST_AND_PORT.fullmatch(url):
        url = f"socket://{url}"
    if "://" not in url or url.startswith("loop://"):
        return url
    try:
        parts = urllib.parse.urlsplit(url)
        known = parts.scheme in ("socket", "rfc2217")
        whole = known and bool(parts.hostname) and parts.port is not None
    except ValueError:
        known, whole = True, False
    if not known:
        raise PortError("this kind of address is not known", hint=hint, where=url)
    if not whole:
        raise PortError("the address has no host or no port", hint=hint, where=url)
    return url


def open_port(url: str, line: Line) -> Any:
    """The open port ``url`` (COM10, /dev/ttyUSB0, socket://HOST:PORT, loop://, rfc2217://).

    Raises one of PORT_ERRORS.
    """
    port: Any = serial.serial_for_url(url, timeout=TIMEOUT, do_not_open=True, **line.settings)
    port.dtr, port.rts = line.dtr, line.rts
    if "://" not in url and sys.platform != "win32":
        port.exclusive = True  # Windows opens ports exclusively anyway
    if url.startswith("socket://"):
        # pyserial discards what came between connecting and the end of open().
        port.reset_input_buffer = lambda: None
    if _by_select(url):
        port.write_timeout = 0
    port.open()
    if sys.platform == "win32" and hasattr(port, "set_buffer_size"):
        port.set_buffer_size(rx_size=1 << 16)
    return port


def close_port(port: Any) -> None:
    """Close it, whatever has become of it."""
    line = getattr(port, "_socket", None)
    with contextlib.suppress(Exception):
        port.close()
    if line is not None:
        line.close()  # pyserial leaves it open where the other side has gone


def set_line(port: Any, line: Line) -> None:
    """Set an open port as ``line`` says. Raises one of PORT_ERRORS."""
    port.apply_settings(line.settings)
    if port.dtr != line.dtr:
        port.dtr = line.dtr
    if port.rts != line.rts and line.flow != "rtscts":
        port.rts = line.rts


def read_some(port: Any, errors: Errors | None = None) -> bytes:
    """What waits, or what comes within TIMEOUT. Raises one of PORT_ERRORS.

    ``errors`` counts what Windows tells in passing.
    """
    if str(port.port).startswith("socket://"):
        return _read_socket(port)
    size = min(_waiting(port, errors), _AT_ONCE)
    data = bytes(port.read(size or 1))
    if data and not size:
        # What came with that first byte; where the port just went, the byte must not be lost.
        with contextlib.suppress(*PORT_ERRORS):
            size = min(_waiting(port, errors), _AT_ONCE)
            data += bytes(port.read(size)) if size else b""
    return data


def write_some(port: Any, data: bytes) -> int:
    """How many bytes of ``data`` went out within TIMEOUT. Raises one of PORT_ERRORS.

    On Windows it may take longer: until ``port.cancel_write``.
    """
    url = str(port.port)
    if _by_select(url):
        # pyserial would try again and again, as fast as it can, where there is no room.
        if not select.select([], [port.fileno()], [], TIMEOUT)[1]:
            return 0
        return int(port.write(data[:_AT_ONCE]))
    if url.startswith("loop://"):
        if port.in_waiting > _LOOP:
            time.sleep(TIMEOUT / 10)
            return 0
        return int(port.write(data[:_LOOP]))
    return int(port.write(data[:_SLICE]))


@dataclass
class Errors:
    """Line errors since a port was opened, where its driver tells them (USB and real UARTs do).

    Linux counts each; Windows says only that there was one since it was asked before.
    """

    parity: int = 0
    framing: int = 0
    overrun: int = 0
    breaks: int = 0
    _start: tuple[int, ...] | None = None

    def begin(self, port: Any) -> None:
        """From here on what ``port`` tells is added to what there was."""
        start = _linux_errors(port)
        now = (self.parity, self.framing, self.overrun, self.breaks)
        self._start = None if start is None else _less(start, now)

    def poll(self, port: Any) -> None:
        """Ask the driver; costs one system call."""
        now = None if self._start is None else _linux_errors(port)
        if now is not None and self._start is not None:
            found = _less(now, self._start)
            self.parity, self.framing, self.overrun, self.breaks = found

    def note(self, flags: int) -> None:
        """Count Windows' flags."""
        self.parity += bool(flags & _WINDOWS_PARITY)
        self.framing += bool(flags & _WINDOWS_FRAMING)
        self.overrun += bool(flags & _WINDOWS_OVERRUN)
        self.breaks += bool(flags & _WINDOWS_BREAK)


def _less(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def _linux_errors(port: Any) -> tuple[int, ...] | None:
    """Parity, framing, overrun and break counts of the driver; None where it has none (a pty)."""
    if sys.platform == "linux" and "://" not in str(port.port):
        with contextlib.suppress(OSError):
            counts = struct.unpack("20i", fcntl.ioctl(port.fileno(), _TIOCGICOUNT, bytes(80)))
            return counts[8], counts[6], counts[7] + counts[10], counts[9]
    return None


def _waiting(port: Any, errors: Errors | None) -> int:
    """How many bytes wait. On Windows asking for it clears the error flags, so they are kept."""
    if sys.platform == "win32" and errors is not None and hasattr(port, "_port_handle"):
        from serial import win32  # noqa: PLC0415  (only there)

        flags, status = win32.DWORD(), win32.COMSTAT()
        asked = win32.ClearCommError(port._port_handle, ctypes.byref(flags), ctypes.byref(status))
        if not asked:
            raise serial.SerialException(f"ClearCommError failed ({ctypes.WinError()!r})")
        errors.note(flags.value)
        return int(status.cbInQue)
    return int(port.in_waiting)


def _read_socket(port: Any) -> bytes:
    """As ``read_some``; pyserial says of a socket only that there is something, not how much."""
    data = bytes(port.read(1))
    if data:
        port.timeout = 0
        # An end of the stream is met again by the next read; the first byte must not be lost.
        with contextlib.suppress(serial.SerialException):
            data += bytes(port.read(_AT_ONCE))
        port.timeout = TIMEOUT
    return data


def _by_select(url: str) -> bool:
    """Whether one can wait until the port takes bytes, and it then says how many it took."""
    return url.startswith("socket://") or ("://" not in url and sys.platform != "win32")
