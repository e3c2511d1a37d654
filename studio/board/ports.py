"""The serial ports of this computer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from serial.tools import list_ports


@dataclass(frozen=True)
class Port:
    """One serial port.

    ``name`` is what to open (COM3, /dev/ttyUSB0). ``vid``, ``pid`` and ``serial`` identify a
    USB device across replugging; None where the port is no USB device or does not say.
    """

    name: str
    description: str
    vid: int | None = None
    pid: int | None = None
    serial: str | None = None

    @property
    def label(self) -> str:
        """Name and description, for a list."""
        return f"{self.name} – {self.description}" if self.description else self.name

    def same_device(self, other: Port) -> bool:
        """Whether this is the USB device ``other`` was, perhaps under another name."""
        mine, theirs = (self.vid, self.pid, self.serial), (other.vid, other.pid, other.serial)
        return self.vid is not None and mine == theirs


def ports() -> tuple[Port, ...]:
    """All ports there are now, COM2 before COM10."""
    found = []
    for port in list_ports.comports():
        described = port.description not in (None, "n/a", port.device)
        description = port.description if described else ""
        found.append(Port(port.device, description, port.vid, port.pid, port.serial_number))
    return tuple(sorted(found, key=lambda port: natural(port.name)))


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key under which numbers inside a text count as numbers."""
    parts = re.split(r"(\d+)", name)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]
