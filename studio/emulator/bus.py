"""What answers at which bus address: memories as real memory, devices by page."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.base.errors import ChipError
from studio.chip.chip import Chip
from studio.emulator import elf
from studio.emulator.devices import BadRegister, Device

PAGE = 4096


@dataclass(frozen=True)
class MemoryBlock:
    """One memory: page-aligned ``bytes``, uint8 [size], at ``base``; ``code`` is read only."""

    base: int
    code: bool
    bytes: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Mapped:
    """A device and the bytes of registers it has at ``base``."""

    base: int
    size: int
    device: Device


@dataclass(frozen=True)
class DevicePage:
    """One page of the bus and the devices in it; offsets are from ``base``, the page's start."""

    base: int
    devices: tuple[Mapped, ...]

    def read(self, offset: int) -> int:
        """Read a register. Raises BadRegister."""
        found, own = self._find(offset)
        return found.read(own)

    def write(self, offset: int, value: int) -> None:
        """Write a register. Raises BadRegister."""
        found, own = self._find(offset)
        found.write(own, value)

    def _find(self, offset: int) -> tuple[Device, int]:
        address = self.base + offset
        for mapped in self.devices:
            if mapped.base <= address < mapped.base + mapped.size:
                return mapped.device, address - mapped.base
        raise BadRegister("there is no device")


class Memories:
    """The chip's memories. Raises ChipError for one that is not made of whole pages."""

    def __init__(self, chip: Chip) -> None:
        self.blocks = tuple(_memories(chip))

    def view(self, address: int, size: int) -> npt.NDArray[np.uint8] | None:
        """A writable view of ``size`` bytes; None where they lie in no single memory."""
        for block in self.blocks:
            if block.base <= address <= block.base + len(block.bytes) - size:
                return block.bytes[address - block.base : address - block.base + size]
        return None

    def read(self, address: int, size: int) -> bytes:
        """A copy of ``size`` bytes; empty where they lie in no single memory."""
        found = self.view(address, size)
        return b"" if found is None else found.tobytes()


def pages(mapped: list[Mapped]) -> list[DevicePage]:
    """The pages that hold a device, lowest first. Devices lie in one page each."""
    starts = sorted({one.base // PAGE * PAGE for one in mapped})
    return [
        DevicePage(start, tuple(one for one in mapped if start <= one.base < start + PAGE))
        for start in starts
    ]


def _memories(chip: Chip) -> Iterator[MemoryBlock]:
    for name, region in elf.memories(chip).items():
        if region.base % PAGE or region.size % PAGE or not region.size:
            raise ChipError(
                f"{name} is not made of whole pages of {PAGE} bytes",
                hint="Correct the memory map in the chip's TOML file.",
                where=chip.id,
            )
        # Anonymous mappings start at a page, which the processor's translation wants.
        array = np.frombuffer(mmap.mmap(-1, region.size), np.uint8)
        yield MemoryBlock(region.base, region == chip.memory.code, array)
