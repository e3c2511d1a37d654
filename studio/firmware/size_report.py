"""build/size.txt: what takes the firmware's memory, by region, by file and by name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from elftools.elf.elffile import ELFFile

from studio.firmware import ninja_file
from studio.firmware.image import Image
from studio.firmware.sizes import SHF_ALLOC

OTHER = "(library, or no debug information)"


def write(image: Image, path: Path) -> None:
    """Write the report of a built image."""
    ninja_file.write(path, text(image))


def text(image: Image) -> str:
    """The report: bytes used and free, sections, sources, and every function and variable."""
    s = image.sizes
    lines = [f"Sizes of {image.elf.name}, in bytes ({image.toolchain})", ""]
    for name, used, limit in (
        ("code memory", s.code, s.code_limit),
        ("data memory", s.data, s.data_limit),
        ("NPU memory", s.sram, s.sram_limit),
    ):
        lines.append(f"{name:<12}{used:>8} of {limit:>7}, {limit - used:>7} free")
    lines += ["", f"{'section':<16}{'address':>12}{'size':>8}"]
    lines += [f"{n:<16}{a:>#12x}{size:>8}" for n, a, size in _sections(image.elf)]
    lines += ["", f"{'code':>8}{'data':>8}  source"]
    code: Counter[str] = Counter()
    data: Counter[str] = Counter()
    for part in image.parts:
        (data if part.kind == "variable" else code)[part.file or OTHER] += part.size
    files = sorted({*code, *data}, key=lambda file: (-code[file] - data[file], file))
    lines += [f"{code[file]:>8}{data[file]:>8}  {file}" for file in files]
    lines += ["", f"{'size':>8}  {'kind':<9} name"]
    for part in image.parts:
        place = f"  {part.file}:{part.line}" if part.file else ""
        lines.append(f"{part.size:>8}  {part.kind:<9} {part.name}{place}")
    return "\n".join(lines) + "\n"


def _sections(path: Path) -> list[tuple[str, int, int]]:
    """Name, address and size of what lies in the chip's memories."""
    with path.open("rb") as stream:
        return [
            (section.name, int(section["sh_addr"]), int(section["sh_size"]))
            for section in ELFFile(stream).iter_sections()
            if section["sh_flags"] & SHF_ALLOC and section["sh_size"]
        ]
