"""Two real terminals joined by socat, and a list of ports that shows them as USB devices."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import serial

from studio.board.ports import Port


def until(true: object, seconds: float = 60.0) -> bool:
    """Whether ``true()`` became true in time."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not (found := bool(true())) and time.monotonic() < end:
        time.sleep(0.005)
    return found


class Pair:
    """socat between a board's end and the end that is opened; killing it is pulling the plug."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = str(folder / name)
        self.board_name = str(folder / f"{name}-board")
        self._process = subprocess.Popen(
            [
                "socat",
                f"pty,raw,echo=0,link={self.board_name}",
                f"pty,raw,echo=0,link={self.name}",
            ],
            stderr=subprocess.DEVNULL,
        )
        assert until(lambda: Path(self.name).exists() and Path(self.board_name).exists())
        self.board = serial.Serial(self.board_name, timeout=20)

    def unplug(self) -> None:
        """End socat: both terminals vanish."""
        self.board.close()
        self._process.kill()
        self._process.wait()
        for name in (self.name, self.board_name):
            Path(name).unlink(missing_ok=True)

    @property
    def pid(self) -> int:
        return self._process.pid


class Desk:
    """The ports of a made-up desk: what is plugged in shows as a USB device."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pairs: dict[str, Pair] = {}
        self.ports: dict[str, Port] = {}

    def plug(self, name: str, number: str | None = "A1") -> Pair:
        pair = Pair(self.folder, name)
        self.pairs[name] = pair
        self.ports[name] = Port(pair.name, "USB Serial", 0x1A86, 0x7523, number)
        return pair

    def unplug(self, name: str) -> None:
        del self.ports[name]
        self.pairs.pop(name).unplug()

    def listed(self) -> tuple[Port, ...]:
        return tuple(self.ports.values())

    def clear(self) -> None:
        for name in list(self.pairs):
            self.unplug(name)


def descriptors() -> int:
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  (a count)
