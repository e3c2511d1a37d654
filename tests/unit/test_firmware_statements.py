"""Every operation of the CPU as C against the simulator, value for value.

The C is what the generator writes, with the kernels it calls: compiled for this machine and run
through ctypes, and for the chip's processor, by both compilers, and run by Unicorn.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile
from unicorn import UC_ARCH_RISCV, UC_MODE_RISCV32, Uc
from unicorn.riscv_const import (
    UC_RISCV_REG_GP,
    UC_RISCV_REG_MSTATUS,
    UC_RISCV_REG_RA,
    UC_RISCV_REG_SP,
)

from studio.base import paths
from studio.base.errors import ToolError
from studio.chip.chip import Chip
from studio.firmware import isa, toolchain
from tests.unit import firmware_ops

RUNTIME = paths.resource("firmware", "runtime")
KERNELS = sorted(path for path in (RUNTIME / "kernels").glob("*.c") if path.name != "matrix.c")
INCLUDES = [f"-I{RUNTIME}", f"-I{RUNTIME / 'kernels'}"]
MEMORY, STACK, RETURN = 1 << 24, (1 << 24) - 0x1000, 0x100
FPU_ON = 0x6000
JOB: Any = SimpleNamespace(step=lambda *_: None)


def test_on_this_machine(tmp_path: Path, chip: Chip) -> None:
    text, cases = firmware_ops.source([*firmware_ops.at_random(1, 12), *firmware_ops.large()])
    (tmp_path / "cases.c").write_text(text, encoding="utf-8")
    target = "cases.dll" if sys.platform == "win32" else "cases.so"
    tools = toolchain.find("zig", chip)
    host = toolchain.Toolchain("zig", tools.command, (), tools.environment)
    flags = ["-shared", "-fPIC", "-std=c99", "-O1", "-g0", "-ffp-contract=off"]
    strict = ["-Wall", "-Wextra", "-Werror"]
    arguments = [*flags, *strict, *INCLUDES, *map(str, KERNELS), "cases.c", "-o", target]
    code, told = toolchain.call(host, arguments, tmp_path, (0, 1, ""), JOB)
    assert code == 0, told
    library = ctypes.CDLL(str(tmp_path / target))
    arena = (ctypes.c_ubyte * firmware_ops.ARENA).in_dll(library, "arena")
    base = ctypes.addressof(arena)
    rng = np.random.default_rng(2)
    for case in cases:
        firmware_ops.compare(
            case,
            rng,
            10,
            lambda at, data: ctypes.memmove(base + at, data, len(data)),
            lambda name: getattr(library, name)(),
            lambda at, size: ctypes.string_at(base + at, size),
        )


def _for_the_chip(compiler: str, text: str, folder: Path, chip: Chip) -> Path:
    """An ELF file without start-up code, all of whose functions are kept."""
    (folder / "cases.c").write_text(text, encoding="utf-8")
    try:
        tools = toolchain.find(compiler, chip)
    except ToolError as error:
        pytest.skip(f"no {compiler} for RISC-V: {error.message}")
    zig = compiler == "zig"
    libraries = isa.ZIG_LIBRARIES if zig else isa.GCC_LIBRARIES
    sources = [*map(str, KERNELS), str(RUNTIME / "mem.c"), "cases.c"]
    arguments = [*tools.flags, *isa.COMMON_FLAGS, "-O2", *INCLUDES, "-nostdlib", "-static"]
    arguments += ["-Wl,--no-gc-sections", "-Wl,-e,op_0", *sources, *libraries, "-o", "cases.elf"]
    code, told = toolchain.call(tools, arguments, folder, (0, 1, ""), JOB)
    assert code == 0, told
    return folder / "cases.elf"


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_on_the_chips_processor(compiler: str, tmp_path: Path, chip: Chip) -> None:
    text, cases = firmware_ops.source(firmware_ops.at_random(3, 4))
    path = _for_the_chip(compiler, text, tmp_path, chip)
    cpu = Uc(UC_ARCH_RISCV, UC_MODE_RISCV32)
    cpu.mem_map(0, MEMORY)
    with path.open("rb") as file:
        elf = ELFFile(file)
        for segment in elf.iter_segments("PT_LOAD"):
            cpu.mem_write(segment["p_vaddr"], segment.data())
        table: Any = elf.get_section_by_name(".symtab")
        symbols = {item.name: item["st_value"] for item in table.iter_symbols()}
    base = symbols["arena"]
    assert max(symbols.values()) < STACK - 0x10000
    cpu.reg_write(UC_RISCV_REG_MSTATUS, FPU_ON)  # GCC's doubles ask how to round
    cpu.reg_write(UC_RISCV_REG_GP, symbols.get("__global_pointer$", 0))  # the linker counts on it

    def run(name: str) -> None:
        cpu.reg_write(UC_RISCV_REG_SP, STACK)
        cpu.reg_write(UC_RISCV_REG_RA, RETURN)
        cpu.emu_start(symbols[name], RETURN)

    rng = np.random.default_rng(4)
    for case in cases:
        firmware_ops.compare(
            case,
            rng,
            5,
            lambda at, data: cpu.mem_write(base + at, data),
            run,
            lambda at, size: bytes(cpu.mem_read(base + at, size)),
        )
