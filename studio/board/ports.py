"""The serial ports of this computer."""

from __future__ import annotations

from dataclasses import dataclass

from serial.tools import list_ports

from studio.base.natural import natural


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
        # Windows names the port in the description as well.
        description = port.description.removesuffix(f"({port.device})") if described else ""
        found.append(Port(port.device, description.strip(), port.vid, port.pid, port.serial_number))
    return tuple(sorted(found, key=lambda port: natural(port.name)))
