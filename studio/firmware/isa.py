"""Compiler flags for a chip's instruction set."""

from __future__ import annotations

import re

from studio.base.errors import ChipError
from studio.chip.chip import Cpu

GCC_PREFIXES = ("riscv-none-elf-", "riscv64-unknown-elf-", "riscv32-unknown-elf-")

# A product and a sum are rounded one after the other, never fused, so that both compilers and the
# simulator compute the same. Tensors of every type lie in byte arrays, which C's aliasing rules do
# not know of.
COMMON_FLAGS = (
    "-std=c99",
    "-g",
    "-ffreestanding",
    "-fno-builtin",
    "-ffp-contract=off",
    "-fno-strict-aliasing",
    "-fno-pic",
    "-fno-stack-protector",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
    "-ffunction-sections",
    "-fdata-sections",
    "-Wall",
    "-Wextra",
)
STRICT = "-Werror"  # our own code has no warnings; the user's may

LINK_FLAGS = ("-g", "-nostdlib", "-static", "-Wl,--gc-sections")

# zig builds its run-time library for the level of the link, once: the smallest is the best here.
ZIG_LINK = ("-Os",)

# Soft double, 64-bit division: comes into the program only where something calls it.
ZIG_LIBRARIES = ("-lcompiler_rt",)
GCC_LIBRARIES = ("-lgcc",)


def extensions(cpu: Cpu) -> tuple[str, ...]:
    """The parts of an ISA string after its base: ("m", "a", "f", "c", "zicsr") of rv32imafc_zicsr.

    "g" stands for imafd with zicsr and zifencei. Raises ChipError for anything but RV32.
    """
    match = re.fullmatch(r"rv32([ieg][a-y]*)((?:_?z[a-z0-9]+)*)", cpu.isa.lower())
    if match is None:
        raise ChipError(
            f"the instruction set {cpu.isa!r} is none we build for",
            hint="The firmware needs a 32-bit RISC-V such as rv32imafc (cpu.isa in the chip file).",
            where=cpu.isa,
        )
    single = match[1].replace("g", "imafd")
    return (*(letter for letter in single if letter != "i"), *re.findall(r"z[a-z0-9]+", match[2]))


def zig_flags(cpu: Cpu) -> tuple[str, ...]:
    """Target flags of ``zig cc``."""
    features = "".join(f"+{extension}" for extension in extensions(cpu))
    return (
        "-target",
        "riscv32-freestanding-none",
        f"-mcpu=generic_rv32{features}",
        f"-mabi={cpu.abi}",
        "-fno-sanitize=undefined",
    )


def clang_command(cpu: Cpu) -> tuple[str, ...]:
    """A clang that compiles as zig does, for editors and clangd: they do not know zig's flags."""
    return (
        "clang",
        "-target",
        "riscv32-unknown-elf",
        f"-march={cpu.isa.lower()}",
        f"-mabi={cpu.abi}",
    )


def gcc_flags(cpu: Cpu) -> tuple[str, ...]:
    """Target flags of a GCC.

    Without F, whose presence implies it, GCC wants to be told of the CSR instructions. The last
    flag keeps GCC from turning a loop into a call of memset.
    """
    found = extensions(cpu)
    march = cpu.isa.lower()
    if not {"f", "d", "zicsr"} & {*found}:
        march += "_zicsr"
    return (
        f"-march={march}",
        f"-mabi={cpu.abi}",
        "-mcmodel=medlow",
        "-fno-tree-loop-distribute-patterns",
    )
