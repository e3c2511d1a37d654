"""What takes a program's memory: its functions, tables and variables, from the ELF file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from elftools.common.exceptions import DWARFError, ELFError
from elftools.construct import ConstructError
from elftools.elf.elffile import ELFFile

from studio.base.errors import VerifyError
from studio.chip.chip import Chip
from studio.firmware import sizes
from studio.firmware.image import Part
from studio.firmware.sizes import Symbol


def of(path: Path, chip: Chip) -> tuple[Part, ...]:
    """What takes the memory, the largest first. VerifyError where the file is none."""
    try:
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            places = _definitions(elf)
            found = [
                (symbol.address, _part(symbol, chip, places))
                for symbol in sizes.symbols(elf)
                if symbol.size and symbol.kind
            ]
    except (OSError, ELFError, UnicodeDecodeError, ValueError) as error:
        raise VerifyError(f"not a readable ELF file: {error}", where=str(path)) from error
    kept: dict[tuple[int, int], Part] = {}  # what has several names counts once, by the shortest
    for address, part in sorted(found, key=lambda pair: pair[1] is None or len(pair[1].name)):
        if part is not None:
            kept.setdefault((address, part.size), part)
    return tuple(sorted(kept.values(), key=lambda part: (-part.size, part.name)))


def _part(symbol: Symbol, chip: Chip, places: dict[str, tuple[str, int]]) -> Part | None:
    address, size = symbol.address, symbol.size
    file, line = places.get(symbol.name, ("", 0))
    if sizes.inside(address, size, chip.memory.code):
        kind: Literal["function", "constant"] = (
            "function" if symbol.kind == "function" else "constant"
        )
        return Part(symbol.name, kind, size, file, line)
    if sizes.inside(address, size, chip.memory.data):
        return Part(symbol.name, "variable", size, file, line)
    return None


def _definitions(elf: ELFFile) -> dict[str, tuple[str, int]]:
    """File and line of each function, table and variable the debug information defines.

    Only of what was compiled where the first unit was: not of the compiler's run-time library,
    which is large.
    """
    found: dict[str, tuple[str, int]] = {}
    try:
        if not elf.has_dwarf_info():
            return found
        info = elf.get_dwarf_info()
        home = None
        for unit in info.iter_CUs():
            top = unit.get_top_DIE()
            folder = top.attributes.get("DW_AT_comp_dir")
            home = home or folder
            if folder is not None and home is not None and folder.value != home.value:
                continue
            files = _files(info.line_program_for_CU(unit))
            for die in top.iter_children():
                _define(die, files, found)
    except (DWARFError, ELFError, ConstructError, KeyError, ValueError, IndexError):
        return found  # broken debug information costs the places, not the sizes
    return found


def _define(die: Any, files: Sequence[str], found: dict[str, tuple[str, int]]) -> None:
    if die.tag not in ("DW_TAG_subprogram", "DW_TAG_variable"):
        return
    about = die.attributes
    if "DW_AT_declaration" in about or not {"DW_AT_name", "DW_AT_decl_line"} <= about.keys():
        return
    number = about["DW_AT_decl_file"].value if "DW_AT_decl_file" in about else -1
    file = files[number] if 0 <= number < len(files) else ""
    name = about["DW_AT_name"].value.decode("utf-8", "replace")
    found.setdefault(name, (file, int(about["DW_AT_decl_line"].value)))


def _files(program: Any) -> list[str]:
    """The files of one compilation unit by their number: DWARF 2 to 5."""
    if program is None:
        return []
    header = program.header
    modern = header["version"] >= 5  # counts files and folders from 0, with the unit's own first
    names = [] if modern else [""]
    for entry in header["file_entry"]:
        folders, index = header["include_directory"], entry.dir_index - (not modern)
        name = PurePosixPath(_text(entry.name))
        if index > 0 or (index == 0 and not modern):
            name = PurePosixPath(_text(folders[index])) / name
        names.append(str(name))
    return names


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
