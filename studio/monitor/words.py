"""What is wrong with a port, in plain words: busy, missing, not allowed, unplugged, wrong baud."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from studio.base.errors import PortError
from studio.board.ports import Port
from studio.monitor import packets
from studio.monitor.port import Line

if sys.platform != "win32":
    import grp

_USUAL = (9600, 115200, 921600)
_ENOUGH = 64  # bytes below which nothing is said about them
_FALSE = 0.3  # share of bytes that are no text from which on the baud rate is suspected
_DAMAGED = 0.02  # share of bytes with a framing or parity error from which on it is
_PLAIN = bytes(range(32, 127)) + b"\t\r\n\a\b\x1b"
_PACKET = re.compile(b"|".join(kind.encode() for kind in packets.KINDS))

# Numbers of Windows' own errors, at the end of what pyserial quotes.
_WINDOWS_BROKEN = (31, 121, 433, 1167)
_WINDOWS_SETTINGS = (87,)


class MissingError(PortError):
    """There is no such port, at the moment."""


def refused(
    url: str, error: Exception, listed: Iterable[Port] = (), line: Line | None = None
) -> PortError:
    """Why ``url`` could not be opened. pyserial hides the cause in the text on Windows."""
    number, text = _number(error), str(error)
    if "://" in url:
        return _refused_address(url, text)
    # Windows says "access denied" of a port another program has, and knows no other reason.
    if "PermissionError" in text or number in (errno.EBUSY, errno.EAGAIN):
        return _busy(url)
    if number in (errno.EACCES, errno.EPERM):
        return _forbidden(url)
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in text:
        return missing(url, listed)
    if number in (errno.ENOTTY, errno.EISDIR):
        return PortError("this is no serial port", hint="Choose one from the list.", where=url)
    if number == errno.EIO or _windows(text) in _WINDOWS_BROKEN:
        return PortError(
            "nothing answers behind this port",
            hint="Plug the board out and in again. If that does not help, install its USB"
            " driver again; a port without a device cannot be opened.",
            where=url,
        )
    if isinstance(error, ValueError) or _windows(text) in _WINDOWS_SETTINGS:
        wanted = f" ({line.text})" if line is not None else ""
        return PortError(
            f"the port does not take these settings{wanted}: {text}",
            hint="Choose another baud rate, data bits, parity or stop bits.",
            where=url,
        )
    return PortError(
        f"cannot open the port: {text}", hint="Check its name and settings.", where=url
    )


def missing(url: str, listed: Iterable[Port]) -> MissingError:
    """There is no port of that name."""
    names = ", ".join(port.name for port in listed) or "none"
    hint = f"Plug the board in. Ports now: {names}."
    if sys.platform == "win32":
        hint += (
            " If it is plugged in and not among them, its USB driver is missing: see the"
            " Device Manager (CH340, CP210x and FTDI each have their own)."
        )
    return MissingError("there is no such port", hint=hint, where=url)


def gone(url: str, error: Exception) -> PortError:
    """An open port that can no longer be read or written."""
    text = str(error)
    hint = "Plug the board in again."
    if "://" in url:
        hint = "Start the emulator, or check the port."
    elif url.startswith("/") and not Path(url).exists():
        text = "unplugged"
    elif "multiple access" in text:
        text = "unplugged, or another program reads it too"
    return PortError(f"the port went away ({text})", hint=hint, where=url)


def holders(name: str) -> tuple[str, ...]:
    """The programs that have a port open, as far as the system tells: "minicom (1234)".

    Linux tells of the user's own programs; Windows of none.
    """
    if sys.platform != "linux":
        return ()
    wanted = os.path.realpath(name)
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            held = any(str(link.readlink()) == wanted for link in (process / "fd").iterdir())
            if held:
                title = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                found.append((int(process.name), title))
        except OSError:
            continue  # another user's, or it ended meanwhile
    return tuple(
        "this program" if number == os.getpid() else f"{title} ({number})"
        for number, title in sorted(found)
    )


def wrong_baud(tail: bytes, received: int, damaged: int, baud: int) -> str:
    """A hint where what comes is no text and no packets; "" where all looks well.

    ``tail`` is what came last (some kilobytes), ``received`` counts all bytes and ``damaged``
    those with a framing or parity error.
    """
    others = " or ".join(str(usual) for usual in _USUAL if usual != baud)
    if received >= _ENOUGH and damaged > _DAMAGED * received:
        return (
            f"{damaged} of {received} bytes came damaged: is the baud rate {baud} right?"
            f" Boards often use {others}; check data bits and parity too."
        )
    if len(tail) < _ENOUGH or _PACKET.search(tail) or _is_text(tail):
        return ""
    strange = len(tail.translate(None, _PLAIN))
    if strange < _FALSE * len(tail):
        return ""
    return (
        f"what comes is no text: is the baud rate {baud} right? Boards often use {others}."
        " Binary data of your own looks like this too."
    )


def _is_text(tail: bytes) -> bool:
    """Whether it is UTF-8 or GBK, perhaps cut inside a character at both ends."""
    for encoding, most in (("utf-8", 4), ("gbk", 2)):
        for first in range(most):
            for cut in range(most):
                try:
                    text = tail[first : len(tail) - cut].decode(encoding)
                except UnicodeDecodeError:
                    continue
                control = sum(1 for sign in text if not sign.isprintable() and sign not in "\t\r\n")
                return control < _FALSE / 3 * len(text)
    return False


def _refused_address(url: str, text: str) -> PortError:
    if "refused" in text or "10061" in text:
        message, hint = "nobody listens there", "Start the emulator, or check the port."
    elif "timed out" in text or "10060" in text or "No route" in text:
        message, hint = "no answer from there", "Check the address, the network and the firewall."
    elif any(word in text for word in ("service not known", "getaddrinfo", "resolution", "11001")):
        message, hint = "there is no computer of that name", "Check the address."
    else:
        message, hint = f"cannot open the port: {text}", "Check its name and settings."
    return PortError(message, hint=hint, where=url)


def _busy(url: str) -> PortError:
    programs = holders(url)
    if not programs:
        return PortError(
            "the port is in use by another program",
            hint="Close the other serial monitor or debugger (Arduino, PuTTY, a second window)"
            " and try again.",
            where=url,
        )
    return PortError(
        f"the port is in use by another program: {', '.join(programs)}",
        hint="Close it there and try again.",
        where=url,
    )


def _forbidden(url: str) -> PortError:
    message = "no permission to open the port"
    hint = "On Linux, add yourself to the group that owns it (often dialout), then log in again."
    if sys.platform != "win32":
        try:
            found = Path(url).stat()
            group = grp.getgrgid(found.st_gid).gr_name
            members = grp.getgrgid(found.st_gid).gr_mem
        except (OSError, KeyError):
            return PortError(message, hint=hint, where=url)
        if not found.st_mode & stat.S_IRGRP or group == "root":
            hint = (
                "Only root may open it. Install the udev rule of your adapter (or one with"
                ' MODE="0660", GROUP="dialout"), then plug the board in again.'
            )
        elif os.environ.get("USER", "") in members:
            hint = f"You are in the group {group}, but not yet in this session: log in again."
        else:
            hint = (
                f"It belongs to the group {group}. Run: sudo usermod -aG {group} $USER"
                " and log in again."
            )
    return PortError(message, hint=hint, where=url)


def _number(error: Exception) -> int | None:
    """The system's error number; pyserial puts that of a later step into its text only."""
    number = getattr(error, "errno", None)
    if number is None and (found := re.search(r"port: \((\d+), ", str(error))):
        number = int(found[1])
    return number


def _windows(text: str) -> int | None:
    found = re.search(r"None, (\d+)\)", text)
    return int(found[1]) if found else None
