"""The machine: RV32IMAFC by Unicorn, memories, devices, and what stops it.

The only file that imports unicorn (GPL-2.0); see ARCHITECTURE.md.

Cycles are instructions plus ``estimates.round.cycles`` of the chip file for each NPU round (none
where the file has no estimates), a model of ours: the maker publishes no timing. The timer
therefore says how much work a firmware does, and a change of it can be measured, but not how
long a real chip takes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import unicorn
from unicorn import riscv_const
from unicorn import unicorn_const as uc

from studio.chip import npu as contract
from studio.chip.chip import Chip
from studio.chip.npu import NpuError
from studio.emulator import bus, counter, traps
from studio.emulator.bus import DevicePage, Mapped, Memories
from studio.emulator.devices import BadRegister, NpuRegisters, Timer, Uart
from studio.emulator.elf import Program
from studio.emulator.npu import Npu, NpuFault
from studio.emulator.traps import Trap

# Its type hints are incomplete (2.1.4); as Any, mypy --strict accepts it.
_UNICORN: Any = unicorn

WATCH = 50_000_000  # instructions during which every access's alignment is checked

_NOWHERE = 0xFFFF_FFFF  # an address no instruction has: run until something stops it
_WFI = b"\x73\x00\x50\x10"
_FIRST_SLICE = 10_000  # short, to learn early where the stack is
_ERRORS = {
    uc.UC_ERR_READ_UNMAPPED: "load",
    uc.UC_ERR_READ_PROT: "load",
    uc.UC_ERR_WRITE_UNMAPPED: "store",
    uc.UC_ERR_WRITE_PROT: "store",
    uc.UC_ERR_FETCH_UNMAPPED: "fetch",
    uc.UC_ERR_FETCH_PROT: "fetch",
}
_ILLEGAL = 2  # the processor's number of this exception


class Stop(Enum):
    """Why ``Machine.run`` returned."""

    SLICE = "slice"  # it ran as many instructions as asked for, or was asked to return
    IDLE = "idle"  # it waits in wfi or a jump to itself
    TRAP = "trap"


@dataclass(frozen=True)
class Stats:
    """Work done so far; ``npu_fault`` says why the last refused NPU operation was refused."""

    instructions: int
    cycles: int
    npu_operations: int
    npu_rounds: int
    npu_fault: str


class Machine:
    """A chip with a program and a programmed array; ``send`` takes UART0's bytes.

    ``watch``: instructions during which loads and stores are checked for alignment (the check
    costs five sixths of the speed, and what a firmware does once it does for every sample);
    afterwards unaligned accesses simply work. ``compiled`` is False where instructions are
    counted in Python; then alignment is not checked.

    Raises ChipError for a memory map that cannot be emulated.
    """

    def __init__(
        self,
        chip: Chip,
        program: Program,
        npu: Npu,
        send: Callable[[int], None],
        *,
        watch: int = WATCH,
        compiled: bool = True,
    ) -> None:
        self.chip = chip
        self.program = program
        self.trap: Trap | None = None
        step = chip.uart.register_step
        self.uart = Uart("UART0", step, send)
        self._npu = npu
        self._cycles_per_round = chip.estimates.round.cycles if chip.estimates else 0
        self._operations = 0
        self._rounds = 0
        self._fault = ""
        self._engine = _UNICORN.Uc(uc.UC_ARCH_RISCV, uc.UC_MODE_RISCV32)
        self.memory = Memories(chip)
        others = [Uart(f"UART{i}", step, _unconnected) for i in range(1, len(chip.uart.base))]
        uarts = zip(chip.uart.base, [self.uart, *others], strict=True)
        devices = [Mapped(base, 8 * step, uart) for base, uart in uarts]
        devices.append(Mapped(chip.timer, 8, Timer(self._read_cycles)))
        registers = NpuRegisters(npu.tag, self._run_npu)
        devices.append(Mapped(chip.npu.registers, contract.REGISTER_BYTES, registers))
        self._map(devices)
        for segment in program.segments:
            self._engine.mem_write(segment.address, segment.data)
        self._pc = program.entry
        self._stack_floor: int | None = None
        self._bad: tuple[str, int] | None = None
        self._refused = 0
        self._watching = 0
        self._install(compiled, watch)

    @property
    def compiled(self) -> bool:
        """Whether the hooks are the compiled ones."""
        return self._library is not None

    def stats(self) -> Stats:
        """Work done so far; may be called from any thread."""
        count = int(self._state.count)
        cycles = count + self._cycles_per_round * self._rounds
        return Stats(count, cycles, self._operations, self._rounds, self._fault)

    def halt(self) -> None:
        """Make ``run`` return soon, for good; may be called from any thread."""
        self._state.halt = 1

    def pause(self) -> None:
        """Make ``run`` return soon, this once; may be called from any thread."""
        self._state.pause = 1

    def run(self, instructions: int) -> Stop:
        """Run about ``instructions`` more; see Stop for what may end it earlier.

        After IDLE it may be called again (an interruption ended the wait); after TRAP it
        returns TRAP at once.
        """
        if self.trap is not None:
            return Stop.TRAP
        if self._stack_floor is None:
            instructions = min(instructions, _FIRST_SLICE)
        state = self._state
        state.reason = counter.RUNNING
        state.pause = 0
        state.limit = state.count + instructions
        self._bad = None
        try:
            self._engine.emu_start(self._pc, _NOWHERE)
        except _UNICORN.UcError as error:
            self._fail(error.errno)
        self._pc = int(self._engine.reg_read(riscv_const.UC_RISCV_REG_PC))
        if state.reason in (counter.RUNNING, counter.UNALIGNED):
            self._uncount()
        if self.trap is None and self._bad is not None:
            self._stop_with("register", *self._bad, self._pc)
        elif self.trap is None and state.reason == counter.UNALIGNED:
            text = f"unaligned access to 0x{state.address:08x}"
            self._stop_with("unaligned", text, int(state.address), self._pc)
        elif self.trap is None and state.reason == counter.RESTART:
            text = f"jump to the start address 0x{state.address:08x} (a null function pointer?)"
            self._stop_with("restart", text, int(state.address), self._last_instruction())
        if self.trap is None:
            self._check_stack()
        if self.trap is not None:
            return Stop.TRAP
        if self._watching and state.count >= self._watching:
            self._stop_watching()
        if state.reason == counter.LOOP:
            return Stop.IDLE
        # Unicorn returns from a wfi without a word; no other stop has reason RUNNING.
        waiting = state.reason == counter.RUNNING and self.memory.read(self._pc - 4, 4) == _WFI
        return Stop.IDLE if waiting else Stop.SLICE

    # Memory and devices

    def _map(self, devices: list[Mapped]) -> None:
        engine = self._engine
        for block in self.memory.blocks:
            rights = uc.UC_PROT_READ | (uc.UC_PROT_EXEC if block.code else uc.UC_PROT_WRITE)
            engine.mem_map_ptr(block.base, len(block.bytes), rights, block.bytes.ctypes.data)
        for page in bus.pages(devices):
            engine.mmio_map(page.base, bus.PAGE, self._read, page, self._write, page)

    def _read(self, _engine: object, offset: int, _size: int, page: DevicePage) -> int:
        try:
            return page.read(offset)
        except BadRegister as error:
            self._bad_register("load from", page.base + offset, error)
            return 0

    def _write(
        self, _engine: object, offset: int, _size: int, value: int, page: DevicePage
    ) -> None:
        try:
            page.write(offset, value)
        except BadRegister as error:
            self._bad_register("store to", page.base + offset, error)

    def _bad_register(self, verb: str, address: int, error: BadRegister) -> None:
        # Stopping here puts the program counter on this instruction; it is known afterwards.
        self._bad = (f"{verb} 0x{address:08x}: {error}", address)
        self._engine.emu_stop()

    def _read_cycles(self) -> int:
        self.uart.busy()
        return self.stats().cycles

    def _run_npu(self, address: int) -> NpuError:
        packed = None if address % 4 else self.memory.view(address, contract.BYTES)
        if packed is None:
            self._fault = f"no NPU descriptor can lie at 0x{address:08x}"
            return NpuError.DESCRIPTOR
        sram = self.memory.view(self.chip.npu.sram_base, self.chip.npu.sram_size)
        assert sram is not None
        try:
            self._rounds += self._npu.run(packed.tobytes(), sram)
        except NpuFault as fault:
            self._fault = fault.message
            return fault.error
        self._operations += 1
        return NpuError.NONE

    # Hooks

    def _install(self, compiled: bool, watch: int) -> None:
        code = self.chip.memory.code
        memory = self.memory.blocks[0].bytes
        self._cache = np.zeros(code.size // 2, np.uint32)
        self._state = state = counter.State()
        state.entry, state.base, state.size = self.program.entry, code.base, code.size
        state.last = _NOWHERE
        state.code, state.cache = memory.ctypes.data, self._cache.ctypes.data
        self._engine.hook_add(uc.UC_HOOK_INTR, self._on_exception)
        kinds = uc.UC_HOOK_MEM_UNMAPPED | uc.UC_HOOK_MEM_PROT
        self._engine.hook_add(kinds, self._on_refused)
        self._uclib = _c_interface()
        self._library = counter.library() if compiled and self._uclib is not None else None
        if self._library is not None:
            state.stop = ctypes.cast(self._uclib.uc_emu_stop, ctypes.c_void_p).value
            self._hooks: list[ctypes.c_size_t] = []
            self._hook(uc.UC_HOOK_BLOCK, self._library.on_block)
            if watch > 0:
                both = uc.UC_HOOK_MEM_READ | uc.UC_HOOK_MEM_WRITE
                self._hook(both, self._library.on_access)
                self._watching = watch
        else:
            hook = counter.block_hook(state, memory.data, self._engine.emu_stop)
            self._engine.hook_add(uc.UC_HOOK_BLOCK, hook)

    def _hook(self, kind: int, function: Any) -> None:
        """Install a C function; Unicorn's own hook_add takes Python functions only."""
        handle = ctypes.c_size_t()
        status = self._uclib.uc_hook_add(
            self._engine._uch,
            ctypes.byref(handle),
            kind,
            ctypes.cast(function, ctypes.c_void_p),
            ctypes.byref(self._state),
            ctypes.c_uint64(1),
            ctypes.c_uint64(0),
        )
        if status != uc.UC_ERR_OK:
            raise _UNICORN.UcError(status)
        self._hooks.append(handle)

    def _uncount(self) -> None:
        """Take back the instructions of the last block that were counted but did not run.

        Only a stop inside a block (a trap, a wfi) leaves such; the hook counts whole blocks.
        """
        state = self._state
        end = state.last + state.last_size
        pc = self.trap.pc if self.trap is not None else self._pc
        code = self.memory.blocks[0].bytes.data
        jumped = self.trap is not None and self.trap.kind == "fetch"
        if not jumped and state.last <= pc < end <= state.base + state.size:
            rest = counter.instructions(code, pc - state.base, end - pc)
            state.count -= len(rest)

    def _stop_watching(self) -> None:
        """Drop the alignment check and the code translated with it."""
        self._watching = 0
        self._uclib.uc_hook_del(self._engine._uch, self._hooks.pop())
        self._engine.ctl_flush_tb()

    def _on_exception(self, engine: Any, number: int, _user: object) -> None:
        pc = int(engine.reg_read(riscv_const.UC_RISCV_REG_PC)) - 4  # Unicorn stepped over it
        if number == _ILLEGAL:
            self._illegal(pc)
        else:
            self._stop_with("exception", traps.exception(number), pc, pc)
        engine.emu_stop()

    def _on_refused(self, _engine: Any, _kind: int, address: int, *_rest: object) -> bool:
        self._refused = address & 0xFFFFFFFF
        return False

    # Stopping

    def _stop_with(self, kind: str, text: str, address: int, pc: int) -> None:
        if self.trap is None:
            self.trap = traps.make(kind, text, address, pc, self.program)

    def _fail(self, number: int) -> None:
        """Turn an error of Unicorn into a trap."""
        pc = int(self._engine.reg_read(riscv_const.UC_RISCV_REG_PC))
        if number in _ERRORS:
            sp = int(self._engine.reg_read(riscv_const.UC_RISCV_REG_SP))
            address = self._refused
            kind, text = traps.access(_ERRORS[number], address, sp, self.chip)
            if kind == "fetch":
                pc = self._last_instruction()
            self._stop_with(kind, text, address, pc)
        elif number == uc.UC_ERR_INSN_INVALID:
            self._illegal(pc)
        else:
            text = f"the processor stopped: {_UNICORN.UcError(number)}"
            self._stop_with("exception", text, pc, pc)

    def _illegal(self, pc: int) -> None:
        text = traps.illegal(int.from_bytes(self.memory.read(pc, 4), "little"))
        self._stop_with("illegal", text, pc, pc)

    def _last_instruction(self) -> int:
        """Address of the last instruction of the last block: the jump that led away."""
        offset = int(self._state.last) - int(self._state.base)
        size = int(self._state.last_size)
        if not 0 <= offset <= int(self._state.size) - size or not size:
            return self._pc
        code = self.memory.blocks[0].bytes
        return int(self._state.base) + counter.instructions(code.data, offset, size)[-1]

    def _check_stack(self) -> None:
        """Trap when the stack has grown into the program's data.

        The floor is the end of the last data object below the stack pointer, as it was
        after the first instructions.
        """
        sp = int(self._engine.reg_read(riscv_const.UC_RISCV_REG_SP))
        data = self.chip.memory.data
        if not data.base <= sp <= data.base + data.size:
            return  # not set yet, or so wrong that the next use of it traps
        if self._stack_floor is None:
            ends = [s.start + s.size for s in self.program.symbols if not s.function and s.size]
            self._stack_floor = max((end for end in ends if data.base < end < sp), default=0)
        if sp < self._stack_floor:
            text = f"stack overflow: the stack pointer 0x{sp:08x} lies in the program's data"
            self._stop_with("stack", text, sp, self._pc)


def _c_interface() -> Any:
    """Unicorn's C functions behind its Python ones; None where a version keeps them elsewhere."""
    try:
        from unicorn.unicorn_py3.unicorn import uclib  # noqa: PLC0415
    except ImportError:
        return None
    return uclib


def _unconnected(_value: int) -> None:
    """Where the bytes of a UART go that has no socket."""
