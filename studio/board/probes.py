"""Ways to get firmware into a board, as data, and what a download by one of them consists of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

from elftools.common.exceptions import ELFError
from elftools.construct import ConstructError
from elftools.elf.elffile import ELFFile

from studio.base.errors import RunError

Cable = Literal["jtag", "cjtag"]


@dataclass(frozen=True)
class OpenOcd:
    """OpenOCD with a debug probe.

    ``program`` is its path, ``interface`` a configuration file of OpenOCD's for the probe,
    ``serial`` the probe's serial number where several are plugged in. cJTAG works with probes
    of FTDI chips only.
    """

    program: Path
    interface: str = "interface/jlink.cfg"
    cable: Cable = "jtag"
    serial: str = ""


@dataclass(frozen=True)
class JLink:
    """SEGGER's J-Link Commander: ``program`` is JLinkExe, on Windows JLink.exe."""

    program: Path
    cable: Cable = "jtag"
    serial: str = ""


@dataclass(frozen=True)
class GdbServer:
    """A debug server that is running already, through a GDB that knows RISC-V.

    ``reset`` is the server's own command ("monitor") that resets and halts the processor; where
    it has none, the download goes on without. OpenOCD's and the emulator's is "reset halt",
    SEGGER's "reset"; QEMU has none.
    """

    program: Path
    host: str
    port: int
    reset: str = "reset halt"


How = OpenOcd | JLink | GdbServer


@dataclass(frozen=True)
class Segment:
    """Bytes to put at a bus address."""

    address: int
    data: bytes


@dataclass(frozen=True)
class Firmware:
    """An ELF file's bytes, its entry point and what to load where."""

    elf: bytes
    entry: int
    segments: tuple[Segment, ...]

    @property
    def size(self) -> int:
        """Bytes to load."""
        return sum(len(segment.data) for segment in self.segments)


@dataclass(frozen=True)
class Problem:
    """A failure as the tool tells of it: a pattern in its output, and what it means.

    ``again``: whether another attempt may go better. ``final``: it counts even where the tool
    then went on to the end; other troubles may pass on the way. ``stop``: the tool would try for
    long, and is ended at once.
    """

    pattern: str
    message: str
    hint: str
    again: bool = False
    final: bool = False
    stop: bool = False

    def found_in(self, text: str) -> bool:
        """Whether the tool has told of this."""
        return re.search(self.pattern, text, re.MULTILINE) is not None


@dataclass(frozen=True)
class Plan:
    """One run of a tool, in a folder of its own that holds ``files``.

    ``problems`` are looked for in order, and the first one found counts. ``finished`` is what a
    good run's output has, every pattern at least once. ``measure`` says of a line how many bytes
    it reports as written or compared; each byte of the firmware goes through both. ``noise`` is a
    pattern of lines that say nothing to the user.
    """

    tool: str
    command: tuple[str, ...]
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    finished: tuple[str, ...]
    measure: Callable[[str], int]
    environment: Mapping[str, str] = field(default_factory=dict)
    noise: str = r"(?!)"


def read(elf: Path) -> Firmware:
    """Read a firmware. Raises RunError when it cannot be read or is no ELF with something to load.

    Addresses are physical: .data is loaded where start-up code copies it from.
    """
    try:
        content = elf.read_bytes()
        file = ELFFile(BytesIO(content))
        parts = [part for part in file.iter_segments("PT_LOAD") if part["p_filesz"]]
        segments = tuple(Segment(int(part["p_paddr"]), bytes(part.data())) for part in parts)
        entry = int(file.header["e_entry"])
        complete = sum(int(part["p_filesz"]) for part in parts)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RunError(f"cannot read the firmware: {reason}", where=str(elf)) from error
    except (ELFError, ConstructError, KeyError, ValueError, IndexError) as error:
        raise RunError(f"not a usable ELF file: {error}", where=str(elf)) from error
    firmware = Firmware(content, entry, segments)
    if not segments or firmware.size != complete:
        raise RunError(
            "the ELF file holds nothing to load" if not segments else "the ELF file is cut off",
            hint="Build the firmware again.",
            where=str(elf),
        )
    return firmware
