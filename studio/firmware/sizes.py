"""Measuring and checking an ELF file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from studio.base.errors import VerifyError
from studio.chip.chip import Chip, Region

SHF_ALLOC = 2
KINDS = {1: "object", 2: "function"}  # STT_OBJECT, STT_FUNC
# Elf32_Sym. zig's programs carry thousands of labels, each of which would take elftools 30 us.
SYMBOL = np.dtype([("name", "<u4"), ("value", "<u4"), ("size", "<u4"), ("info", "u1"), ("_", "V3")])


@dataclass(frozen=True)
class Segment:
    """A loadable part: where it runs, where it is loaded to, bytes in memory and in the file."""

    address: int
    load_address: int
    memory: int
    stored: int


@dataclass(frozen=True)
class Symbol:
    """A name in the program. ``kind`` is "object", "function" or "" (anything else)."""

    name: str
    address: int
    size: int
    kind: str


@dataclass(frozen=True)
class Elf:
    """What we need to know of an ELF file. ``words`` are 32-bit words at symbols of constants."""

    machine: str
    bits: int
    little_endian: bool
    entry: int
    flags: int
    segments: tuple[Segment, ...]
    sections: tuple[tuple[int, int], ...]
    symbols: dict[str, int]
    words: dict[str, int]


def read(path: Path, wanted_words: tuple[str, ...] = ()) -> Elf:
    """Read an ELF file; VerifyError when it is missing or none."""
    try:
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            segments = tuple(
                Segment(s["p_vaddr"], s["p_paddr"], s["p_memsz"], s["p_filesz"])
                for s in elf.iter_segments()
                if s["p_type"] == "PT_LOAD" and s["p_memsz"]
            )
            found = {symbol.name: symbol.address for symbol in symbols(elf)}
            words = {name: _word(elf, found[name]) for name in wanted_words if name in found}
            return Elf(
                machine=elf["e_machine"],
                bits=elf.elfclass,
                little_endian=elf.little_endian,
                entry=elf["e_entry"],
                flags=elf["e_flags"],
                segments=segments,
                sections=tuple(
                    (s["sh_addr"], s["sh_size"])
                    for s in elf.iter_sections()
                    if s["sh_flags"] & SHF_ALLOC and s["sh_size"]
                ),
                symbols=found,
                words={name: word for name, word in words.items() if word is not None},
            )
    except (OSError, ELFError, UnicodeDecodeError, ValueError) as error:
        raise VerifyError(f"not a readable ELF file: {error}", where=str(path)) from error


def symbols(elf: ELFFile) -> Iterator[Symbol]:
    """What a 32-bit ELF file names, but for labels of the assembler (.L0, $x)."""
    for section in elf.iter_sections():
        if not isinstance(section, SymbolTableSection) or elf.elfclass != 32:
            continue
        data = section.data()
        names = bytes(section.stringtable.data())
        for row in np.frombuffer(data[: len(data) // 16 * 16], SYMBOL):
            start = int(row["name"])
            if start and names[start : start + 1] not in (b".", b"$", b"\0", b""):
                name = names[start : names.index(b"\0", start)].decode("utf-8")
                kind = KINDS.get(int(row["info"]) & 15, "")
                yield Symbol(name, int(row["value"]), int(row["size"]), kind)


def _word(elf: ELFFile, address: int) -> int | None:
    for segment in elf.iter_segments():
        start = address - segment["p_vaddr"]
        if segment["p_type"] == "PT_LOAD" and 0 <= start <= segment["p_filesz"] - 4:
            return int.from_bytes(segment.data()[start : start + 4], "little")
    return None


def used(elf: Elf, chip: Chip) -> tuple[int, int]:
    """Bytes of code memory (what is loaded there) and of data memory (with the stack)."""
    code, data = chip.memory.code, chip.memory.data
    code_end = max(
        (s.load_address + s.stored for s in elf.segments if inside(s.load_address, 0, code)),
        default=code.base,
    )
    data_end = max(
        (address + size for address, size in elf.sections if inside(address, 0, data)),
        default=data.base,
    )
    return code_end - code.base, data_end - data.base


def inside(address: int, size: int, region: Region) -> bool:
    """Whether the bytes from ``address`` on lie in the region."""
    return region.base <= address and address + size <= region.base + region.size
