"""The machine: RV32IMAFC by Unicorn, memories, devices, and what stops it.

Cycles follow the model of cycles.py, so that a change of a firmware's work can be measured, but
not how long a real chip takes. The devices are the board's (board.py), but for the NPU.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from studio.base.errors import ChipError
from studio.chip.chip import Chip
from studio.emulator import board, cycles, registers, traps
from studio.emulator import engine as engines
from studio.emulator.board import Pins, Reason
from studio.emulator.bus import Memories
from studio.emulator.elf import Program
from studio.emulator.engine import Engine
from studio.emulator.faults import Faults
from studio.emulator.hooks import Hooks
from studio.emulator.npu import Npu
from studio.emulator.npu_port import NpuPort
from studio.emulator.serial_port import SerialPort
from studio.emulator.traps import Trap

WATCH = 5_000_000  # instructions during which every access's alignment is checked

_PC = 32
_NOWHERE = 0xFFFF_FFFF_FFFF_FFFF  # an address no block has
_ILLEGAL = 2  # the processor's number of this exception
_INSIDE = (
    *(Reason.UNALIGNED, Reason.STOPPED, Reason.REGISTER, Reason.WATCH, Reason.BREAKPOINT),
    Reason.RESET,
)
_FIRST_SLICE = 10_000  # short, to learn early where the stack is


class Stop(Enum):
    """Why ``Machine.run`` returned."""

    SLICE = "slice"  # it ran as long as asked for, or was asked to return
    IDLE = "idle"  # it waits, in wfi or a jump to itself, and only input can end that
    TRAP = "trap"
    BREAKPOINT = "breakpoint"  # before an instruction in ``breakpoints``, or a watched access
    RESET = "reset"  # the firmware has reset the chip: the next run starts it afresh


@dataclass(frozen=True)
class Stats:
    """Work done so far; ``npu_fault`` says why the last refused NPU operation was refused.

    ``idle_cycles``: how many of ``cycles`` passed in waiting.
    """

    instructions: int
    cycles: int
    npu_operations: int
    npu_rounds: int
    npu_fault: str
    idle_cycles: int = 0


class Machine:
    """A chip with a program and a programmed array.

    ``send`` takes bytes that UART0 has sent, ``send1`` those of UART1 (the other UARTs' are lost),
    on the thread that calls ``run``.
    ``watch``: instructions during which loads and stores are checked for alignment (the check
    costs five sixths of the speed, and what a firmware does once it does for every sample);
    afterwards unaligned accesses simply work. ``compiled`` is False where the board is Python's;
    then alignment is not checked. ``paced``: UARTs keep their baud rate (in cycles). ``ahead``:
    the compiled board may compute loops itself (see board.py); nothing but the speed differs.

    Raises ChipError for a memory map that cannot be emulated.
    """

    def __init__(
        self,
        chip: Chip,
        program: Program,
        npu: Npu,
        send: Callable[[bytes], object],
        send1: Callable[[bytes], object] | None = None,
        *,
        watch: int = WATCH,
        compiled: bool = True,
        paced: bool = False,
        ahead: bool = True,
    ) -> None:
        self.chip = chip
        self.program = program
        self.trap: Trap | None = None
        self.breakpoints: set[int] = set()
        self.watch_hit: tuple[Any, int] | None = None
        self._state = board.State()
        self._engine = Engine(self._state, compiled)
        self.memory = Memories(chip)
        if len(chip.uart.base) > board.UARTS:
            raise ChipError(f"more than {board.UARTS} UARTs cannot be emulated", where=chip.id)
        self.uarts = [
            SerialPort(self._state, i, send if i == 0 else send1 if i == 1 else None)
            for i in range(len(chip.uart.base))
        ]
        self._engine.map(self.memory, chip)
        self._port = NpuPort(chip, npu, self.memory, self._state, self._bad_register)
        self._engine.map_page(chip.npu.registers, board.PAGE, self._port.read, self._port.write)
        code = self.memory.blocks[0].bytes
        # As C reads them: bytes, instructions, cycles and flags of the block that begins there.
        self._blocks = np.zeros((len(code) // 2, 4), np.uint16)
        self._costs = np.zeros(len(code) // 2, np.uint8)
        self._host = board.Host(self._ask)
        self._hooks = Hooks(self._engine)
        self._engine.on_exception(self._on_exception)
        self._engine.on_refused(self._on_refused)
        self._watch = watch if self._engine.compiled else 0
        self._watching = 0
        self._bad: traps.Fault | None = None
        self._paced = paced
        self._ahead = ahead
        self._faults = Faults(chip, program, self.memory, self._state)
        self._power_on()

    @property
    def compiled(self) -> bool:
        """Whether the hooks and devices are the compiled ones."""
        return self._engine.compiled

    @property
    def engine(self) -> Any:
        """Unicorn's object."""
        return self._engine.raw

    @property
    def watchpoints(self) -> frozenset[Any]:
        """Data whose accesses end a run."""
        return self._hooks.watchpoints

    @property
    def uart(self) -> SerialPort:
        """UART0."""
        return self.uarts[0]

    @property
    def state(self) -> board.State:
        """The board's memory."""
        return self._state

    def stats(self) -> Stats:
        """Work done so far; may be called from any thread."""
        own = self._state
        port = self._port
        done = (port.operations, port.rounds, port.fault)
        return Stats(int(own.count), int(own.cycles), *done, int(own.idle))

    def pins(self) -> tuple[list[Pins], int]:
        """Changes of GPIO outputs since the last call, and how many of them were lost."""
        return board.take_events(self._state)

    def halt(self) -> None:
        """Make ``run`` return soon, for good; may be called from any thread."""
        self._state.halt = 1
        self._state.limit = 0

    def pause(self) -> None:
        """Make ``run`` return soon, this once; may be called from any thread."""
        self._state.pause = 1
        self._state.limit = 0

    def pass_time(self, cycles: int) -> None:
        """The processor has waited so long; on its thread only."""
        self._state.cycles += cycles
        self._state.idle += cycles

    def reset(self) -> None:
        """Power off and on: memories, registers and counts as at first; not while it runs."""
        self._power_on()

    def registers(self) -> tuple[int, ...]:
        """x0 to x31 and pc."""
        found = [registers.read(self.engine, number) for number in range(32)]
        return (*found, int(self._state.pc))

    def set_register(self, number: int, value: int) -> None:
        """Set x1 to x31, or pc as number 32; x0 stays 0."""
        if number == _PC:
            self._state.pc = self._state.placed = value & 0xFFFF_FFFF
            self._state.asleep = 0
            self._state.last = _NOWHERE
            self._at_breakpoint = False
        elif number:
            registers.write(self.engine, number, value)

    def read_memory(self, address: int, size: int) -> bytes:
        """A copy of ``size`` bytes of a memory; empty where they lie in no single one."""
        return self.memory.read(address, size)

    def write_memory(self, address: int, data: bytes) -> bool:
        """Write into a memory, code memory too; False where it does not lie in a single one."""
        view = self.memory.view(address, len(data))
        if view is None:
            return False
        view[:] = np.frombuffer(data, np.uint8)
        code = self.chip.memory.code
        if code.base <= address < code.base + code.size:
            self._learn_code()
        return True

    def set_watchpoints(self, wanted: frozenset[Any]) -> None:
        """Stop after accesses of these: objects with address, size, read and write (see gdb)."""
        self._hooks.watch(wanted)

    # Running

    def run(self, duration: int) -> Stop:
        """Run about ``duration`` cycles more; see Stop for what may end it earlier.

        After IDLE it may be called again (input ended the wait); after TRAP it returns TRAP at
        once.
        """
        if self.trap is not None:
            return Stop.TRAP
        if self._resetting:
            self._power_on()
        if not self._state.floor:
            duration = min(duration, _FIRST_SLICE)
        self._hooks.break_at(self.breakpoints)
        state = self._state
        state.pause = 0
        state.slice_end = state.cycles + duration
        state.skip = state.pc if self._at_breakpoint else _NOWHERE
        state.last = _NOWHERE if self._at_breakpoint else state.last
        stop = self._run()
        if self._watching and state.count >= self._watching:
            self._watching = 0
            self._hooks.check_alignment(False)
        return stop

    def step(self) -> Stop:
        """Execute one instruction; SLICE where nothing else stopped it. No interrupt comes."""
        if self.trap is not None:
            return Stop.TRAP
        if self._resetting:
            self._power_on()
        self._hooks.step()
        state = self._state
        state.steps = 1
        state.pause = 0
        state.slice_end = _NOWHERE
        state.skip = _NOWHERE
        try:
            stop = self._run()
        finally:
            state.steps = 0
            # The block it stopped in has begun, but not run: seen again it is no loop.
            state.last = _NOWHERE
        return Stop.SLICE if stop is Stop.BREAKPOINT else stop

    def _run(self) -> Stop:
        state = self._state
        self._bad = None
        state.plain = not self._ahead or self._hooks.installed
        self.watch_hit = None
        self._at_breakpoint = False
        error = self._engine.run()
        state.placed = _NOWHERE
        for one in self.uarts:
            one.flush()
        reason = Reason(state.reason)
        found = self._bad and (*self._bad[:3], int(state.pc))
        if error:
            kind = engines.meaning(error) or engines.error_text(error)
            found = self._faults.of_error(kind, self._refused, self.registers()[2])
        elif reason is not Reason.STOPPED:
            found = self._faults.of_reason(reason)
        if found is not None:
            self._stop_with(*found)
        self._uncount(error != 0, reason)
        if self.trap is None:
            self._check_stack()
        return Stop.TRAP if self.trap is not None else self._stopped(reason)

    def _stopped(self, reason: Reason) -> Stop:
        if reason is Reason.RESET:
            self._resetting = True
            return Stop.RESET
        if reason is Reason.WATCH:
            first, size = int(self._state.address), int(self._state.write)
            self.step()  # the access happens before anybody looks at what it did
            self.watch_hit = self._hooks.hit(first, size)
            # The hooks cannot tell a byte beside the data from an access that reaches it.
            return Stop.BREAKPOINT if self.watch_hit is not None else Stop.SLICE
        self._at_breakpoint = reason is Reason.BREAKPOINT
        if reason is Reason.BREAKPOINT:
            return Stop.BREAKPOINT
        return Stop.IDLE if reason is Reason.WAIT else Stop.SLICE

    # Power-on

    def _power_on(self) -> None:
        """Memories, registers, devices and counts as after power-on; breakpoints stay."""
        state = self._state
        for block in self.memory.blocks:
            block.bytes[:] = 0
        for segment in self.program.segments:
            view = self.memory.view(segment.address, len(segment.data))
            assert view is not None
            view[:] = np.frombuffer(segment.data, np.uint8)
        board.power_on(state, self.chip, self.program.entry)
        state.placed = _NOWHERE
        interrupts = self.chip.interrupts
        for i, (port, base) in enumerate(zip(self.uarts, self.chip.uart.base, strict=True)):
            port.clear(interrupts.uart[i] if interrupts is not None else 0, base)
        code = self.memory.blocks[0].bytes
        state.code, state.costs = code.ctypes.data, self._costs.ctypes.data
        state.blocks = self._blocks.ctypes.data
        for place, block in zip(state.memories, self.memory.blocks, strict=True):
            place.base, place.size = block.base, len(block.bytes)
            place.bytes = block.bytes.ctypes.data
        state.host = ctypes.cast(self._host, ctypes.c_void_p).value
        state.paced = self._paced
        self._engine.connect(state)
        self._engine.clear_registers()
        self._learn_code()
        self._port.power_on()
        self._refused = 0
        self._resetting = self._at_breakpoint = False
        self.trap = None
        self._watching = self._watch
        self._hooks.check_alignment(self._watching > 0)

    def _learn_code(self) -> None:
        """Code memory has changed: forget what was known of it."""
        self._costs[:] = cycles.costs(self.memory.blocks[0].bytes, self.chip.cpu.cycles)
        self._blocks[:] = 0
        self._state.loop_count = 0
        self._engine.forget()

    # What the board asks for

    def _ask(self, kind: int, index: int) -> None:
        port = self.uarts[index]
        port.flush()
        state = self._state
        if kind == board.SLEEP and not state.pause and not state.halt:
            # The firmware's clock goes on meanwhile, as far as the run goes.
            passed = int(port.sleep() * self.chip.cpu.clock_hz)
            self.pass_time(max(0, min(passed, state.slice_end - state.cycles)))

    # Stopping

    def _bad_register(self, text: str, address: int) -> None:
        # Stopping here puts the program counter on this instruction; it is known afterwards.
        self._bad = ("register", text, address, -1)
        self._stop_now()

    def _stop_now(self) -> None:
        self._state.reason = Reason.STOPPED
        self._engine.raw.emu_stop()

    def _on_exception(self, _engine: object, number: int, _data: object) -> None:
        pc = self._engine.pc() - 4  # Unicorn stepped over it
        if number == _ILLEGAL:
            self._stop_with(*self._faults.illegal(pc))
        else:
            self._stop_with("exception", traps.exception(number), pc, pc)
        self._stop_now()

    def _on_refused(self, _engine: object, _kind: int, address: int, *_rest: object) -> bool:
        self._refused = address & 0xFFFFFFFF
        return False

    def _stop_with(self, kind: str, text: str, address: int, pc: int) -> None:
        if self.trap is None:
            self.trap = traps.make(kind, text, address, pc, self.program)

    def _uncount(self, error: bool, reason: Reason) -> None:
        """Take back what was counted of the last block but did not run.

        Only a stop inside a block leaves such: the hook counts whole blocks.
        """
        if error or reason in _INSIDE:
            jumped = self.trap is not None and self.trap.kind == "fetch"
            if not jumped:
                self._engine.uncount(self.trap.pc if self.trap is not None else self._state.pc)

    def _check_stack(self) -> None:
        fault = self._faults.stack(self.registers()[2])
        if fault is not None:
            self._stop_with(*fault)
