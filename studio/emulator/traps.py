"""Why the processor stopped, in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from studio.chip.chip import Chip
from studio.emulator import elf
from studio.emulator.elf import Program

Fault = tuple[str, str, int, int]  # kind, text, address, pc

_EBREAK = (0x9002, 0x00100073)
_SYSTEM = 0x73  # opcode of control register instructions
_NEAR = 65536  # a stack access this far below data memory counts as an overflow


@dataclass(frozen=True)
class Trap:
    """A stop that is the firmware's fault.

    ``kind``: load, store, fetch, illegal, unaligned, register, exception, restart, stack.
    ``address`` is what was accessed, ``pc`` the instruction; ``symbol`` and ``line``
    (``file:line``) say where that is, empty when unknown. ``message`` says all of it.
    """

    kind: str
    address: int
    pc: int
    symbol: str
    line: str
    message: str

    def event(self) -> dict[str, object]:
        """The trap as a status event."""
        return {"event": "trap", **asdict(self)}


def make(kind: str, text: str, address: int, pc: int, program: Program) -> Trap:
    """A trap whose message is ``text`` and the place of ``pc``."""
    symbol, line = program.symbol(pc), program.line(pc)
    return Trap(kind, address, pc, symbol, line, f"{text}, {at(pc, program)}")


def at(pc: int, program: Program) -> str:
    """``at FILE:LINE in FUNCTION``, or the address."""
    symbol, line = program.symbol(pc), program.line(pc)
    place = f"at {line}" if line else f"at 0x{pc:08x}"
    return place + (f" in {symbol}" if symbol else "")


def place_of(address: int, chip: Chip) -> str:
    """What lies at a bus address, as a phrase."""
    for name, region in elf.memories(chip).items():
        if region.base <= address < region.base + region.size:
            return f"in {name}"
    return "outside every memory"


def access(kind: str, address: int, sp: int, chip: Chip) -> tuple[str, str]:
    """(kind, text) of a load, store or fetch that the bus refused."""
    data = chip.memory.data
    if kind in ("load", "store"):
        below = data.base - _NEAR <= address < data.base
        if below and sp < data.base:
            return "stack", (
                f"stack overflow: the stack pointer 0x{sp:08x} left data memory "
                f"(0x{data.base:08x} up)"
            )
        verb = {"load": "load from", "store": "store to"}[kind]
        where = place_of(address, chip)
        if kind == "store" and where == "in code memory":
            where += ", which is read only"
        return kind, f"{verb} 0x{address:08x} {where}"
    return kind, f"jump to 0x{address:08x} {place_of(address, chip)}, which holds no code"


def register(write: int, address: int, devices: list[tuple[str, int, int]], chip: Chip) -> str:
    """What is wrong with an access to a device's registers."""
    verb = "store to" if write else "load from"
    name, base = next((name, at) for name, at, size in devices if at <= address < at + size)
    offset, words = address - base, name.upper() if name != "timer" else "the machine timer"
    inside = offset < 8 * chip.uart.register_step or not name.startswith("uart")
    text = f"{words} has no register at +0x{offset:x}" if inside else "there is no device"
    return f"{verb} 0x{address:08x}: {text}"


def illegal(word: int) -> str:
    """What the four bytes at an illegal instruction, little-endian, say."""
    word &= 0xFFFFFFFF if word & 3 == 3 else 0xFFFF
    if word in _EBREAK:
        return "breakpoint (ebreak)"
    text = f"illegal instruction 0x{word:x}"
    if word & 0x7F == _SYSTEM:
        text += " (a control register or operation this processor does not have)"
    return text


def exception(number: int) -> str:
    """Another exception by the processor's number (RISC-V privileged architecture, mcause)."""
    if number in (4, 6):
        return "unaligned atomic access"
    if number in (8, 9, 11):
        return "environment call (ecall), which nothing here answers"
    return f"processor exception {number}"
