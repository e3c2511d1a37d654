"""The emulated processor as a debugger's target."""

from __future__ import annotations

from dataclasses import replace

from studio.chip.chip import Region
from studio.emulator import gdb_registers, registers
from studio.emulator.elf import Segment
from studio.emulator.gdb_stub import Watchpoint
from studio.emulator.machine import Machine


class MachineTarget:
    """A Machine behind gdb_stub.Target; used on the machine's thread, between runs."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._loaded = False  # code was written, and the processor has not run since

    @property
    def breakpoints(self) -> set[int]:
        """Addresses at which a run ends."""
        return self._machine.breakpoints

    @property
    def watchpoints(self) -> frozenset[Watchpoint]:
        """Data whose accesses end a run."""
        return self._machine.watchpoints

    @watchpoints.setter
    def watchpoints(self, wanted: frozenset[Watchpoint]) -> None:
        if wanted != self._machine.watchpoints:
            self._machine.set_watchpoints(wanted)

    @property
    def pc(self) -> int:
        """Address of the next instruction."""
        return self._machine.registers()[gdb_registers.PC]

    def read_register(self, number: int) -> int:
        """The register's 32 bits."""
        if number == gdb_registers.PC:
            return self.pc
        return registers.read(self._machine.engine, number)

    def write_register(self, number: int, value: int) -> None:
        """Set a register; what is read only stays as it is."""
        if number <= gdb_registers.PC:
            self._machine.set_register(number, value)
            if number == gdb_registers.PC and self._loaded:
                # The end of gdb's "load": where the new program begins.
                self._machine.program = replace(self._machine.program, entry=value)
        else:
            registers.write(self._machine.engine, number, value)

    def read_memory(self, address: int, size: int) -> bytes:
        """Up to ``size`` bytes, fewer where the memory ends there, none where there is none."""
        for block in self._machine.memory.blocks:
            if block.base <= address < block.base + len(block.bytes):
                return block.bytes[address - block.base :][:size].tobytes()
        return b""

    def write_memory(self, address: int, data: bytes) -> bool:
        """Write all of ``data``, code memory too; False where it does not lie in a memory."""
        if not self._machine.write_memory(address, data):
            return False
        if _inside(address, self._machine.chip.memory.code):
            # What was known of the program at the start is not true of this one.
            self._loaded = True
            self._machine.program = replace(self._machine.program, symbols=(), content=b"")
        return True

    def reset(self) -> None:
        """The state after power-on, with the program that a debugger may have loaded."""
        self._keep()
        self._machine.reset()

    def trap(self) -> str:
        """What stopped the firmware last, in words; empty if nothing."""
        return self._machine.trap.message if self._machine.trap is not None else ""

    def returned(self) -> bool:
        """Whether the trap is the end of a function that the debugger called.

        gdb lets it return to the stack, with a breakpoint there; data memory holds no code.
        """
        trap = self._machine.trap
        if trap is None or trap.kind != "fetch" or trap.address not in self._machine.breakpoints:
            return False
        self._machine.trap = None
        self._machine.set_register(gdb_registers.PC, trap.address)
        return True

    def resume(self) -> None:
        """The processor is about to run; what it trapped at is tried again."""
        self._keep()
        self._loaded = False
        self._machine.trap = None

    def _keep(self) -> None:
        """Make a program that was loaded the one that every reset starts."""
        if self._loaded:
            program, code = self._machine.program, self._machine.chip.memory.code
            loaded = Segment(code.base, self._machine.read_memory(code.base, code.size))
            others = [one for one in program.segments if not _inside(one.address, code)]
            self._machine.program = replace(program, segments=(loaded, *others))

    def watched(self) -> str:
        """The watchpoint that ended the run, for a stop reply; empty if none did."""
        found = self._machine.watch_hit
        return f"{found[0].name}:{found[1]:x};" if found is not None else ""


def _inside(address: int, region: Region) -> bool:
    return region.base <= address < region.base + region.size
