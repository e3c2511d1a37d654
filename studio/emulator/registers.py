"""Registers of the processor by the numbers a debugger gives them (see gdb_registers)."""

from __future__ import annotations

from typing import Any

from unicorn import riscv_const

from studio.emulator import gdb_registers

PC = gdb_registers.PC

_WORD = 0xFFFF_FFFF
# Unicorn's f registers have 64 bits; in them a single-precision number has ones above it
# (RISC-V's NaN boxing).
_BOX = _WORD << 32
_READ_ONLY = frozenset({"zero", "misa"})


def _unicorn_number(number: int) -> int:
    if number < gdb_registers.PC:
        return int(riscv_const.UC_RISCV_REG_X0) + number
    if number == gdb_registers.PC:
        return int(riscv_const.UC_RISCV_REG_PC)
    if number < gdb_registers.FIRST_CONTROL:
        return int(riscv_const.UC_RISCV_REG_F0) + number - gdb_registers.FIRST_FLOAT
    name = gdb_registers.REGISTERS[number].upper()
    return int(getattr(riscv_const, f"UC_RISCV_REG_{name}"))


def read(engine: Any, number: int) -> int:
    """The 32 bits of a register of a Unicorn ``engine``."""
    return int(engine.reg_read(_unicorn_number(number))) & _WORD


def write(engine: Any, number: int, value: int) -> None:
    """Set a register of a Unicorn ``engine``; one that is read only stays as it is."""
    if gdb_registers.REGISTERS[number] in _READ_ONLY:
        return
    value &= _WORD
    if gdb_registers.FIRST_FLOAT <= number < gdb_registers.FIRST_CONTROL:
        value |= _BOX
    engine.reg_write(_unicorn_number(number), value)
