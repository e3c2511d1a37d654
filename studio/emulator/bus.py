"""The memories on the bus, as real memory."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.base.errors import ChipError
from studio.chip.chip import Chip
from studio.emulator import elf
from studio.emulator.board import PAGE


@dataclass(frozen=True)
class MemoryBlock:
    """One memory: page-aligned ``bytes``, uint8 [size], at ``base``; ``code`` is read only."""

    base: int
    code: bool
    bytes: npt.NDArray[np.uint8]


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
