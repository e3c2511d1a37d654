"""ELF files: what to load where, and which symbol and source line an address belongs to."""

from __future__ import annotations

import bisect
import struct
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from elftools.common.exceptions import DWARFError, ELFError
from elftools.construct import ConstructError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from studio.base.errors import FitError, RunError
from studio.chip.chip import Chip, Region

_HINT = "Build the firmware again with `cim-studio build`."
_Rows = list[tuple[int, str]]  # address and ``file:line``; the last one's text is empty
# What pyelftools raises on damaged files.
_BROKEN = (
    *(ELFError, DWARFError, ConstructError, ArithmeticError, AssertionError, AttributeError),
    *(LookupError, MemoryError, RecursionError, TypeError, ValueError, struct.error),
)


@dataclass(frozen=True)
class Symbol:
    """A named range of addresses; ``function`` tells code from data."""

    name: str
    start: int
    size: int
    function: bool


@dataclass(frozen=True)
class Segment:
    """Bytes to place at a bus address before the start."""

    address: int
    data: bytes


@dataclass(frozen=True)
class Program:
    """One firmware: ``entry`` address, segments to load, symbols sorted by address.

    ``content`` is the whole file, from which source lines are read when one is asked for.
    """

    path: Path
    entry: int
    segments: tuple[Segment, ...]
    symbols: tuple[Symbol, ...]
    content: bytes

    def symbol(self, address: int) -> str:
        """Name of the function ``address`` lies in; empty when unknown."""
        functions = self._functions
        index = bisect.bisect_right([symbol.start for symbol in functions], address) - 1
        if index < 0:
            return ""
        found = functions[index]
        # Assembly labels have no size; they reach to the next function.
        inside = not found.size or address < found.start + found.size
        return found.name if inside else ""

    def line(self, address: int) -> str:
        """``file:line`` of the instruction at ``address``; empty without debug information."""
        index = bisect.bisect_right([row[0] for row in self._lines], address) - 1
        return self._lines[index][1] if index >= 0 else ""

    @cached_property
    def _functions(self) -> tuple[Symbol, ...]:
        return tuple(symbol for symbol in self.symbols if symbol.function)

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        """(first address, ``file:line``) sorted; an empty text where a sequence ended."""
        try:
            info = _open(self.content).get_dwarf_info()
            units = [info.line_program_for_CU(unit) for unit in info.iter_CUs()]
            found = [each for unit in units if unit is not None for each in _sequences(unit)]
        except _BROKEN:
            return []  # broken debug information costs the line, not the report
        rows = [row for each in self._linked(found) for row in each]
        # Where a sequence ends and the next begins at the same address, the beginning counts.
        return sorted(rows, key=lambda row: (row[0], row[1] != ""))

    def _linked(self, found: list[_Rows]) -> list[_Rows]:
        """Leave out the lines of functions that the linker left out: it sets them to address 0.

        Of sequences that begin at the same address one is right: the longest that does not leave
        the function there.
        """
        starts: dict[int, list[_Rows]] = {}
        for each in found:
            starts.setdefault(each[0][0], []).append(each)
        kept = []
        for start, claims in starts.items():
            end = self._end(start)
            fitting = [each for each in claims if each[-1][0] <= end] or claims
            kept.append(max(fitting, key=lambda each: each[-1][0]))
        return kept

    def _end(self, start: int) -> int:
        """Where the function at ``start`` ends; for a label, where the next function begins."""
        sized = [symbol for symbol in self._functions if symbol.size]
        own = next((symbol.start + symbol.size for symbol in sized if symbol.start == start), None)
        later = (symbol.start for symbol in sized if symbol.start > start)
        return own if own is not None else min(later, default=1 << 32)


def load(path: Path, chip: Chip) -> Program:
    """Read a RISC-V program and check that it fits the chip's memories.

    Raises RunError for a missing, damaged or foreign file, FitError where a segment leaves
    code memory, data memory and NPU memory.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError(
            f"cannot read the firmware: {error.strerror}", hint=_HINT, where=str(path)
        ) from error
    try:
        elf = _open(content)
        header = elf.header
        kind = (header["e_machine"], elf.elfclass, elf.little_endian, header["e_type"])
        segments = tuple(
            Segment(int(part["p_paddr"]), part.data())
            for part in elf.iter_segments("PT_LOAD")
            if part["p_filesz"]
        )
        symbols = tuple(sorted(_symbols(elf), key=lambda symbol: symbol.start))
        entry = int(header["e_entry"])
        lengths = [int(part["p_filesz"]) for part in elf.iter_segments("PT_LOAD")]
    except _BROKEN as error:
        raise RunError(f"not a usable ELF file: {error}", hint=_HINT, where=str(path)) from error
    if kind != ("EM_RISCV", 32, True, "ET_EXEC"):
        raise RunError(
            f"not a program for a 32-bit RISC-V processor (machine {kind[0]}, {kind[1]} bits)",
            hint=_HINT,
            where=str(path),
        )
    if sum(lengths) != sum(len(segment.data) for segment in segments):
        raise RunError("the ELF file is cut off", hint=_HINT, where=str(path))
    _check(segments, entry, chip, path)
    return Program(path, entry, segments, symbols, content)


def memories(chip: Chip) -> dict[str, Region]:
    """The chip's memories by name."""
    return {
        "code memory": chip.memory.code,
        "data memory": chip.memory.data,
        "NPU memory": Region(chip.npu.sram_base, chip.npu.sram_size),
    }


def _check(segments: tuple[Segment, ...], entry: int, chip: Chip, path: Path) -> None:
    for segment in segments:
        first, end = segment.address, segment.address + len(segment.data)
        for region in memories(chip).values():
            if region.base <= first < region.base + region.size:
                break
        else:
            raise FitError(
                f"a segment at 0x{first:08x} lies in no memory of {chip.name}",
                hint="Check the linker script's memory map.",
                where=str(path),
            )
        if end > region.base + region.size:
            raise FitError(
                f"{end - first} bytes at 0x{first:08x} do not fit into the memory of "
                f"{region.size} bytes",
                hint="Use a smaller model or fewer test samples.",
                where=str(path),
            )
    code = chip.memory.code
    loaded = any(s.address <= entry < s.address + len(s.data) for s in segments)
    if not (loaded and code.base <= entry < code.base + code.size):
        raise RunError(f"the entry point 0x{entry:08x} holds no code", hint=_HINT, where=str(path))


def _open(content: bytes) -> Any:
    return ELFFile(BytesIO(content))


def _symbols(elf: Any) -> list[Symbol]:
    """Functions, data objects, and labels of code sections (assembly has no types)."""
    found = []
    code = {
        index for index, part in enumerate(elf.iter_sections()) if part["sh_flags"] & 4
    }  # SHF_EXECINSTR
    for section in elf.iter_sections():
        if not isinstance(section, SymbolTableSection):
            continue
        for symbol in section.iter_symbols():
            kind, name = symbol["st_info"]["type"], symbol.name
            label = kind == "STT_NOTYPE" and symbol["st_shndx"] in code
            # "$x" and ".L…" are the assembler's own marks.
            function = kind == "STT_FUNC" or (label and not name.startswith((".", "$")))
            if name and (function or kind == "STT_OBJECT"):
                size, start = int(symbol["st_size"]), int(symbol["st_value"])
                found.append(Symbol(name, start, size, function))
    return found


def _sequences(unit: Any) -> list[_Rows]:
    """The line table of one compilation unit, by its runs of addresses: DWARF 2 to 5."""
    header = unit.header
    modern = header["version"] >= 5  # counts files and folders from 0, with the unit's own first
    found: list[_Rows] = []
    rows: _Rows = []
    for entry in unit.get_entries():
        state = entry.state
        if state is None:
            continue
        if state.end_sequence:
            found.append([*rows, (state.address, "")])
            rows = []
        elif state.line:  # 0: of no line, so the one before goes on
            number = state.file if modern else state.file - 1
            file = header["file_entry"][number]
            folders, index = header["include_directory"], file.dir_index - (not modern)
            name = PurePosixPath(_text(file.name))
            if index > 0 or (index == 0 and not modern):
                name = PurePosixPath(_text(folders[index])) / name
            rows.append((state.address, f"{name}:{state.line}"))
    return found


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
