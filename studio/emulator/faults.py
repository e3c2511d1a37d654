"""What stopped the processor, judged from the state it was left in."""

from __future__ import annotations

from studio.chip.chip import Chip
from studio.emulator import board, traps
from studio.emulator.board import Reason, State
from studio.emulator.bus import Memories
from studio.emulator.elf import Program
from studio.emulator.traps import Fault


class Faults:
    """Looks at one machine after a run; nothing here changes it but the stack's floor."""

    def __init__(self, chip: Chip, program: Program, memory: Memories, state: State) -> None:
        self._chip = chip
        self._program = program
        self._memory = memory
        self._state = state

    def of_error(self, kind: str, refused: int, sp: int) -> Fault:
        """An access the bus refused (load, store, fetch), illegal, or Unicorn's own words."""
        pc = int(self._state.pc)
        if kind == "illegal":
            return self.illegal(pc)
        if kind not in ("load", "store", "fetch"):
            return "exception", f"the processor stopped: {kind}", pc, pc
        kind, text = traps.access(kind, refused, sp, self._chip)
        return kind, text, refused, self._last_instruction() if kind == "fetch" else pc

    def of_reason(self, reason: Reason) -> Fault | None:
        """What a stop by the board means; None where it is not the firmware's fault."""
        pc, address = int(self._state.pc), int(self._state.address)
        if reason is Reason.UNALIGNED:
            return "unaligned", f"unaligned access to 0x{address:08x}", address, pc
        if reason is Reason.RESTART:
            text = f"jump to the start address 0x{address:08x} (a null function pointer?)"
            return "restart", text, address, self._last_instruction()
        if reason is Reason.REGISTER:
            devices = board.devices(self._chip)
            text = traps.register(self._state.write, address, devices, self._chip)
            return "register", text, address, pc
        return None

    def illegal(self, pc: int) -> Fault:
        """The instruction at ``pc`` is none."""
        word = int.from_bytes(self._memory.read(pc, 4) or self._memory.read(pc, 2), "little")
        return "illegal", traps.illegal(word), pc, pc

    def stack(self, sp: int) -> Fault | None:
        """Whether the stack has grown into the program's data.

        The floor is the end of the last data object below the stack pointer, as it was
        after the first instructions. Once it is known, the board looks by itself wherever the
        stack pointer was lowered.
        """
        data, state = self._chip.memory.data, self._state
        if state.floor and sp < state.floor and state.reason == Reason.STACK:
            return "stack", self._overflow(sp), sp, self._last_instruction()
        if not data.base <= sp <= data.base + data.size:
            return None  # not set yet, or so wrong that the next use of it traps
        if not state.floor:
            ends = [s.start + s.size for s in self._program.symbols if not s.function and s.size]
            state.floor = max((end for end in ends if data.base < end < sp), default=data.base)
        return ("stack", self._overflow(sp), sp, int(state.pc)) if sp < state.floor else None

    def _overflow(self, sp: int) -> str:
        base = self._chip.memory.data.base
        where = (
            "lies in the program's data" if sp >= base else f"left data memory (0x{base:08x} up)"
        )
        return f"stack overflow: the stack pointer 0x{sp:08x} {where}"

    def _last_instruction(self) -> int:
        """Address of the last instruction of the last block: the jump that led away."""
        state = self._state
        offset, size = int(state.last) - int(state.base), int(state.next) - int(state.last)
        if not 0 < size <= int(state.size) or not 0 <= offset <= int(state.size) - size:
            return int(state.pc)
        code = self._memory.blocks[0].bytes
        at = offset
        while (following := at + (4 if code[at] & 3 == 3 else 2)) < offset + size:
            at = following
        return int(state.base) + at
