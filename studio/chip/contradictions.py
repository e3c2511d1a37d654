"""What cannot be true of a chip: descriptions that contradict themselves."""

from __future__ import annotations

import itertools
import math
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.chip.chip import Chip, Estimates

PAGE = 4096  # bytes; parts of the memory map start at multiples of it
SOURCES = 64  # of interrupts; number 0 is none
MAX_CYCLES = 100  # that an instruction may take beyond its first


def find(chip: Chip) -> str:
    """What is wrong with a chip, in words; empty where nothing is."""
    array, limits = chip.array, chip.arithmetic
    row = 0
    for bank in sorted(array.banks, key=lambda bank: bank.first_row):
        if bank.rows < 1 or bank.first_row < row or bank.last_row >= array.rows:
            return f"bank {bank.name} overlaps another or leaves the array"
        row = bank.last_row + 1
    if not 0 <= array.reserved_columns < array.columns:
        return "reserved_columns leaves no column to use"
    positive = ("count", "bias_rows", "bias_unit", "bias_cell_max", "bias_rows_preferred")
    for name in positive:
        if getattr(array, name) < 1:
            return f"{name} must be at least 1"
    gains = (limits.gain_min, limits.gain_max)
    if any(gain < 1 or gain & (gain - 1) for gain in gains) or gains[0] > gains[1]:
        return "gain_min and gain_max must be powers of two, the smaller one first"
    if chip.uart.register_step < 4 or chip.uart.register_step % 4:
        return "register_step must be a multiple of 4"
    if not 0 < chip.memory.stack < chip.memory.data.size:
        return "stack does not fit data memory"
    return _wrong_timing(chip) or _wrong_estimates(chip.estimates) or _overlap(chip)


def _wrong_timing(chip: Chip) -> str:
    """What is wrong with the processor's timing and interrupts; empty where nothing is."""
    own = chip.cpu.cycles
    for entry in fields(own):
        value = getattr(own, entry.name)
        if isinstance(value, int) and not 0 <= value <= MAX_CYCLES:
            return f"cpu.cycles.{entry.name} must be from 0 to {MAX_CYCLES}"
    if chip.interrupts is None:
        return ""
    sources = (chip.interrupts.software, chip.interrupts.timer, *chip.interrupts.uart)
    if len(chip.interrupts.uart) != len(chip.uart.base):
        return "interrupts.uart must have one number a UART"
    if len(set(sources)) != len(sources) or not all(0 < one < SOURCES for one in sources):
        return f"interrupts must have different numbers from 1 to {SOURCES - 1}"
    return ""


def _wrong_estimates(own: Estimates | None) -> str:
    """What is wrong with the numbers for estimates; empty where nothing is."""
    if own is None:
        return ""
    for entry in fields(own):
        if not getattr(own, entry.name).source.strip():
            return f"estimates.{entry.name} has no source"
    if own.round.cycles < 1:
        return "estimates.round.cycles must be at least 1"
    numbers = {
        "mac.joules": own.mac.joules,
        "cpu_cycle.joules": own.cpu_cycle.joules,
        "static.watts": own.static.watts,
    }
    for name, number in numbers.items():
        if not (math.isfinite(number) and number >= 0):
            return f"estimates.{name} must be a number from 0"
    return ""


def _overlap(chip: Chip) -> str:
    """Names two parts of the memory map that share a page; empty where none do."""
    parts = [
        ("code", chip.memory.code.base, chip.memory.code.size),
        ("data", chip.memory.data.base, chip.memory.data.size),
        ("NPU SRAM", chip.npu.sram_base, chip.npu.sram_size),
        ("NPU registers", chip.npu.registers, PAGE),
        ("timer", chip.timer, PAGE),
        *((("GPIO", chip.gpio.base, PAGE),) if chip.gpio else ()),
        *((("interrupt controller", chip.interrupts.base, 2 * PAGE),) if chip.interrupts else ()),
        *((f"UART {index}", base, PAGE) for index, base in enumerate(chip.uart.base)),
    ]
    for name, base, size in parts:
        if size < 1 or base % PAGE:
            return f"{name} must start at a multiple of {PAGE} and have a size"
    ordered = sorted(parts, key=lambda part: part[1])
    for (name, base, size), (other, start, _) in itertools.pairwise(ordered):
        if base + size > start:
            return f"{name} and {other} overlap in the memory map"
    return ""
