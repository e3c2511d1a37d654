"""Loading ELF files; also ``build``, which the other emulator tests make theirs with."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

from studio.base.errors import FitError, RunError
from studio.chip.chip import Chip
from studio.emulator import elf

START = r"""
    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    la sp, _stack_top
    li t0, 0x6000
    csrs mstatus, t0
    call main
1:  wfi
    j 1b
    .size _start, . - _start
"""
HEADER = r"""
#ifndef __ASSEMBLER__
typedef unsigned char u8; typedef unsigned int u32; typedef signed char s8;
#define REG(address) (*(volatile u32 *)(address))
#define UART 0x64004000u
#define NPU 0x64002000u
#define MTIME 0xF0010000u
static void put(char c) { while (!(REG(UART + 0x14) & 0x20)) {} REG(UART) = (u8)c; }
static inline void print(const char *s) { while (*s) put(*s++); }
static inline void number(u32 v) {
    char t[12]; int n = 0;
    do { t[n++] = (char)('0' + v % 10); v /= 10; } while (v);
    while (n) put(t[--n]);
}
#endif
"""
SCRIPT = """
ENTRY(_start)
MEMORY {
    CODE (rx) : ORIGIN = 0x00000000, LENGTH = 128K
    DATA (rw) : ORIGIN = 0x20000000, LENGTH = 128K
}
SECTIONS {
    .text : { KEEP(*(.text.start)) *(.text*) *(.rodata*) *(.srodata*) } > CODE
    .data : { *(.data*) *(.sdata*) } > DATA AT > CODE
    .bss (NOLOAD) : { *(.bss*) *(.sbss*) } > DATA
    /DISCARD/ : { *(.eh_frame*) }
    _stack_top = ORIGIN(DATA) + LENGTH(DATA);
}
"""


def build(folder: Path, source: str, *extra: str, start: str = START, script: str = SCRIPT) -> Path:
    """Compile C source, with HEADER's lines before its first, into an ELF."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "start.S").write_text(start, encoding="utf-8")
    (folder / "head.h").write_text(HEADER, encoding="utf-8")
    (folder / "main.c").write_text(source, encoding="utf-8")
    (folder / "link.ld").write_text(script, encoding="utf-8")
    zig = importlib.util.find_spec("ziglang")
    assert zig is not None
    assert zig.origin is not None
    command = [str(Path(zig.origin).parent / "zig"), "cc", "-target", "riscv32-freestanding-none"]
    command += ["-mcpu=generic_rv32+m+a+c+f", "-mabi=ilp32f", "-O1", "-g", "-nostdlib"]
    command += ["-fno-sanitize=all", "-fno-builtin", "-include", "head.h", "-Wl,-T,link.ld"]
    command += [*extra, "start.S", "main.c", "-o", "firmware.elf"]
    result = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return folder / "firmware.elf"


SMALL = """
int table[3] = {1, 2, 3};
__attribute__((noinline)) int twice(int x) {
    return 2 * x + table[x & 1];
}
int main(void) {
    return twice(4);
}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("程序 elf"), SMALL)


def test_reads_segments_and_symbols(small: Path, chip: Chip) -> None:
    program = elf.load(small, chip)
    assert program.entry == 0
    names = {symbol.name: symbol for symbol in program.symbols}
    assert names["table"].start == chip.memory.data.base
    assert (names["table"].function, names["table"].size) == (False, 12)
    # .data is loaded behind the code, start-up code copies it.
    assert all(segment.address < chip.memory.code.size for segment in program.segments)
    loaded = b"".join(segment.data for segment in program.segments)
    assert bytes([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]) in loaded


@pytest.mark.parametrize("version", ["-gdwarf-4", "-gdwarf-5"])
def test_finds_symbol_and_line(tmp_path: Path, chip: Chip, version: str) -> None:
    program = elf.load(build(tmp_path, SMALL, version), chip)
    twice = next(symbol for symbol in program.symbols if symbol.name == "twice")
    assert program.symbol(twice.start) == "twice"
    assert program.symbol(twice.start + twice.size - 2) == "twice"
    file, _, line = program.line(twice.start).rpartition(":")
    assert Path(file).name == "main.c"
    assert int(line) in (3, 4)
    assert program.line(0).endswith("start.S:6")
    assert program.symbol(0) == "_start"
    assert program.symbol(0x10000) == ""
    assert program.line(0x10000) == ""


def test_without_debug_information_there_is_no_line(tmp_path: Path, chip: Chip) -> None:
    program = elf.load(build(tmp_path, SMALL, "-g0"), chip)
    assert program.symbol(0) == "_start"
    assert program.line(0) == ""


def test_refuses_what_is_no_program(small: Path, tmp_path: Path, chip: Chip) -> None:
    with pytest.raises(RunError, match="cannot read the firmware"):
        elf.load(tmp_path / "missing.elf", chip)
    other = tmp_path / "other.elf"
    content = small.read_bytes()
    broken: list[tuple[bytes, str]] = [
        (b"", "not a usable ELF file"),
        (b"\x7fELF", "not a usable ELF file"),
        (b"hello world" * 100, "not a usable ELF file"),
        (content[:18] + b"\x3e\x00" + content[20:], "not a program for a 32-bit RISC-V"),
        (content[:16] + b"\x01\x00" + content[18:], "not a program for a 32-bit RISC-V"),
        (content[:24] + b"\xff\xff\xff\x7f" + content[28:], "entry point 0x7fffffff"),
        (content[: len(content) // 2], "ELF file"),
        (content[:0x1010], "ELF file"),
    ]
    for data, text in broken:
        other.write_bytes(data)
        with pytest.raises(RunError, match=text) as caught:
            elf.load(other, chip)
        assert caught.value.hint
        assert caught.value.where == str(other)


def test_refuses_what_does_not_fit(tmp_path: Path, chip: Chip) -> None:
    big = "const volatile unsigned char big[200000] = {1};\nint main(void) { return big[500]; }\n"
    target = build(tmp_path, big, script=SCRIPT.replace("128K", "1M"))
    with pytest.raises(FitError, match="do not fit into the memory of 131072 bytes"):
        elf.load(target, chip)


def test_refuses_a_segment_outside_every_memory(tmp_path: Path, chip: Chip) -> None:
    script = SCRIPT.replace("ORIGIN = 0x00000000", "ORIGIN = 0x40000000")
    with pytest.raises(FitError, match="0x40000000 lies in no memory"):
        elf.load(build(tmp_path, SMALL, script=script), chip)
