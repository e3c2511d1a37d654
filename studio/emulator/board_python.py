"""The board in Python, for machines on which nothing can be compiled: see board.py.

Function by function what resources/native/board.c does, on the same structures; tests run both and
compare. Only the check of alignment is missing: it would call Python at every load and store.
"""

from __future__ import annotations

from typing import Any, Protocol

from studio.emulator import board_uarts
from studio.emulator.board import EVENTS, NEVER, SOURCES, Reason, State

_LOWERS, _START, _SINGLE = 0x80, 1, 2
_MIE = 8
_WORD = 0xFFFFFFFF
_WFI = b"\x73\x00\x50\x10"
_RESET = 0x80000A5F


class Processor(Protocol):
    """What the board needs of the engine."""

    raw: Any

    def start(self, pc: int) -> int:
        """Run from ``pc`` until something stops it; Unicorn's error number."""

    def code(self, offset: int, size: int) -> bytes:
        """Bytes of code memory."""

    def cost(self, offset: int) -> int:
        """What the instruction at an offset of code memory costs."""


class PythonBoard:
    """Hooks, devices and the run loop; named and called as those of the compiled board."""

    def __init__(self, state: State, processor: Processor) -> None:
        self._state = state
        self._processor = processor
        self._blocks: dict[tuple[int, int], tuple[int, int, int]] = {}
        for index in range(len(state.uarts)):
            setattr(self, f"uart{index}_read", self._uart_reader(index))
            setattr(self, f"uart{index}_write", self._uart_writer(index))

    def forget(self) -> None:
        """Code memory has changed."""
        self._blocks.clear()

    def _halt(self, reason: Reason, address: int) -> None:
        self._state.reason = reason
        self._state.address = address
        self._processor.raw.emu_stop()

    def _value(self, number: int) -> int:
        return int(self._processor.raw.reg_read(number)) & _WORD

    def _changed(self) -> None:
        self._state.changed = 1
        self._state.limit = 0

    # Interrupts

    def _mtime(self) -> int:
        return int(self._state.cycles + self._state.mtime_offset) & NEVER

    def _line(self, source: int, high: bool) -> None:
        state = self._state
        if not 0 < source < SOURCES:
            return
        attribute = state.attribute[source]
        if attribute & 2:
            falling = bool(attribute >> 2 & 1)
            if high != bool(state.line[source]) and high != falling:
                state.pending[source] = 1
        else:
            state.pending[source] = high
        state.line[source] = high

    def _wanted(self) -> int:
        state = self._state
        self._line(state.timer_source, self._mtime() >= state.mtimecmp)
        self._line(state.software_source, bool(state.msip & 1))
        for i in range(state.uart_count):
            uart = state.uarts[i]
            self._line(uart.source, board_uarts.why(state, uart) != 1)
        best = 0
        for i in range(1, SOURCES):
            if state.enabled[i] and state.pending[i] and state.control[i] >= state.eclic_threshold:
                best = i if not best or state.control[i] >= state.control[best] else best
        return best

    def _deadline(self) -> int:
        state = self._state
        found = NEVER
        if state.timer_source and state.enabled[state.timer_source]:
            left = state.mtimecmp - self._mtime()
            found = state.cycles + left if left > 0 else NEVER
        for i in range(state.uart_count):
            uart = state.uarts[i]
            if state.paced and uart.source and state.enabled[uart.source]:
                found = min(found, board_uarts.deadline(state, uart))
        return found if found < NEVER else NEVER

    def _attend(self, address: int) -> bool:
        state = self._state
        if state.check_sp:
            state.check_sp = 0
            if state.floor and self._value(state.register_sp) < state.floor:
                self._halt(Reason.STACK, address)
                return True
        if state.halt or state.pause or state.cycles >= state.slice_end:
            self._halt(Reason.SLICE, address)
            return True
        if state.changed or state.cycles >= state.look_at:
            state.changed = 0
            state.interrupt = self._wanted()
            state.look_at = self._deadline()
            if state.interrupt:
                if not state.steps and self._value(state.register_mstatus) & _MIE:
                    state.changed = 1
                    self._halt(Reason.INTERRUPT, address)
                    return True
                state.look_at = min(state.look_at, state.cycles + 64)
        state.limit = min(state.look_at, state.slice_end)
        if state.changed or state.pause or state.halt:
            state.limit = 0
        return False

    def _enter_interrupt(self) -> None:
        state, raw = self._state, self._processor.raw
        status = self._value(state.register_mstatus)
        raw.reg_write(state.register_mepc, state.pc)
        raw.reg_write(state.register_mcause, 0x80000000 | state.interrupt)
        wanted = (status & ~0x88 & _WORD) | (status & _MIE) << 4 | 0x1800
        raw.reg_write(state.register_mstatus, wanted)
        state.pc = self._value(state.register_mtvec) & ~3
        state.changed = 1

    # The processor

    def _learn(self, offset: int, size: int) -> tuple[int, int, int]:
        """(instructions, cycles, flags) of a block."""
        state, at, count, cost, flags = self._state, offset, 0, 0, 0
        while at < offset + size and at < state.size:
            one = self._processor.cost(at)
            count, cost, flags = count + 1, cost + (one & 0x7F), flags | (one & _LOWERS)
            at += 4 if self._processor.code(at, 1)[0] & 3 == 3 else 2
        if state.base + offset in (state.entry, 0):
            flags |= _START
        return count, cost, flags | (_SINGLE if count == 1 else 0)

    def on_block(self, _engine: object, address: int, size: int, _data: object) -> None:
        """Before each block: ``size`` bytes at ``address``."""
        state = self._state
        if state.cycles >= state.limit and self._attend(address):
            return
        offset = address - state.base
        if not 0 <= offset < state.size:
            state.last, state.next = NEVER, 0
            return
        block = self._blocks.get((offset, size))
        if block is None:
            block = self._blocks[offset, size] = self._learn(offset, size)
        count, cost, flags = block
        if flags:
            if flags & _START and state.count and address != state.placed:
                self._halt(Reason.RESTART, address)
                return
            if flags & _SINGLE and address == state.last and not state.steps:
                self._halt(Reason.LOOP, address)
                return
            if flags & _LOWERS:
                state.check_sp = 1
                state.limit = 0
        state.cycles += cost
        state.count += count
        state.last = address
        state.next = address + size

    def on_watch(
        self, _engine: object, _kind: int, address: int, size: int, _value: int, _data: object
    ) -> None:
        """Before an access to data that a debugger watches."""
        if self._state.reason == Reason.RUNNING and not self._state.steps:
            self._state.write = size
            self._halt(Reason.WATCH, address)

    def on_code(self, _engine: object, address: int, _size: int, _data: object) -> None:
        """Before an instruction with a breakpoint, or before each one while stepping."""
        state = self._state
        if state.reason != Reason.RUNNING:
            return
        if state.steps:
            state.steps += 1
            if state.steps > 2:
                self._halt(Reason.BREAKPOINT, address)
        elif state.skip != address:
            self._halt(Reason.BREAKPOINT, address)
        state.skip = NEVER

    def uncount(self, pc: int) -> None:
        """Take back what was counted of the last block but did not run: all from ``pc`` on."""
        state = self._state
        if state.last <= pc < state.next <= state.base + state.size:
            count, cost, _ = self._learn(pc - state.base, state.next - pc)
            state.count -= count
            state.cycles -= cost
            state.last, state.next = NEVER, 0

    def _sleep(self) -> bool:
        """In wfi, or a jump to itself: let time pass. Whether there is something to go on with."""
        state = self._state
        loop = state.reason == Reason.LOOP
        off = loop and not self._value(state.register_mstatus) & _MIE
        state.changed = 1
        if state.halt or state.pause:
            state.asleep, state.reason = not loop, Reason.SLICE
            return False
        if self._wanted() and not off:
            return True
        following = NEVER if off else self._deadline()
        if following == NEVER:
            state.asleep = state.asleep or (not loop and any(state.enabled[1:]))
            state.reason = Reason.WAIT
            return False
        until = min(following, max(state.slice_end, state.cycles))
        state.idle += until - state.cycles
        state.cycles = until
        if following > state.slice_end:
            state.asleep, state.reason = not loop, Reason.SLICE
            return False
        return True

    def run(self) -> int:
        """Run from ``state.pc`` until its slice ends or something stops it; Unicorn's error."""
        state = self._state
        if state.asleep:
            state.asleep = 0
            state.reason = Reason.RUNNING
            if not self._sleep():
                return 0
        while True:
            state.reason = Reason.RUNNING
            state.limit = 0
            error = self._processor.start(state.pc)
            state.pc = self._value(state.register_pc)
            if error:
                return error
            if state.reason == Reason.INTERRUPT:
                self._enter_interrupt()
            elif state.reason == Reason.RUNNING:
                self.uncount(state.pc)
                before = state.pc - 4 - state.base
                if before < 0 or self._processor.code(before, 4) != _WFI or not self._sleep():
                    return 0
            elif state.reason != Reason.LOOP or not self._sleep():
                return 0

    # Devices

    def _bad(self, write: bool, address: int) -> int:
        self._state.write = write
        self._halt(Reason.REGISTER, address)
        return 0

    def _uart_reader(self, index: int) -> Any:
        state = self._state

        def read(_engine: object, offset: int, _size: int, _data: object) -> int:
            uart = state.uarts[index]
            number, rest = divmod(offset, state.uart_step)
            if rest or number > 7:
                return self._bad(False, uart.base + offset)
            if uart.registers[1]:
                self._changed()
            return board_uarts.read(state, uart, index, number)

        return read

    def _uart_writer(self, index: int) -> Any:
        state = self._state

        def write(_engine: object, offset: int, _size: int, value: int, _data: object) -> None:
            uart = state.uarts[index]
            number, rest = divmod(offset, state.uart_step)
            if rest or number > 7:
                self._bad(True, uart.base + offset)
                return
            board_uarts.write(state, uart, index, number, value)
            if uart.registers[1]:
                self._changed()

        return write

    def timer_read(self, _engine: object, offset: int, _size: int, _data: object) -> int:
        """Read a register of the machine timer."""
        state = self._state
        for i in range(state.uart_count):
            state.uarts[i].polls = 0
        now = self._mtime()
        halves = {0x0: now, 0x4: now >> 32, 0x8: state.mtimecmp, 0xC: state.mtimecmp >> 32}
        values = {**halves, 0xFF0: 0, 0xFF8: state.mtimectl, 0xFFC: state.msip}
        if offset not in values:
            return self._bad(False, state.timer_base + offset)
        return int(values[offset]) & _WORD

    def timer_write(
        self, _engine: object, offset: int, _size: int, value: int, _data: object
    ) -> None:
        """Write a register of the machine timer."""
        state, value = self._state, value & _WORD
        self._changed()
        if offset in (0x0, 0x4, 0x8, 0xC):
            old = self._mtime() if offset < 8 else int(state.mtimecmp)
            shift = 32 if offset & 4 else 0
            new = (old & ~(_WORD << shift) & NEVER) | value << shift
            if offset < 8:
                state.mtime_offset = (state.mtime_offset + new - old) & NEVER
            else:
                state.mtimecmp = new
        elif offset == 0xFF0:
            if value == _RESET:
                self._halt(Reason.RESET, 0)
        elif offset == 0xFF8:
            state.mtimectl = value
        elif offset == 0xFFC:
            state.msip = value & 1
        else:
            self._bad(True, state.timer_base + offset)

    def _eclic_byte(self, at: int, value: int | None) -> int | None:
        """One byte of the interrupt controller, read or set; None where there is none."""
        state = self._state
        source, index = divmod(at - 0x1000, 4)
        if 0 <= source < SOURCES:
            place = (state.pending, state.enabled, state.attribute, state.control)[index]
            level = index == 0 and not state.attribute[source] & 2
            if value is not None and not level:
                place[source] = value & (1, 1, 0xC7, 0xFF)[index]
            return int(place[source])
        if not 0 <= at <= 11:
            return None
        if value is not None and at == 0:
            state.eclic_config = value & 0x1E
        if value is not None and at == 11:
            state.eclic_threshold = value
        info = (SOURCES | 1 << 13 | 8 << 21).to_bytes(4, "little")
        bytes_ = {0: state.eclic_config, 11: state.eclic_threshold}
        return int(bytes_.get(at, info[at - 4] if 4 <= at < 8 else 0))

    def eclic_read(self, _engine: object, offset: int, size: int, _data: object) -> int:
        """Read bytes of the interrupt controller."""
        self._changed()
        self._wanted()
        found = [self._eclic_byte(offset + i, None) for i in range(size)]
        if None in found:
            return self._bad(False, self._state.eclic_base + offset)
        return int.from_bytes(bytes(one or 0 for one in found), "little")

    def eclic_write(
        self, _engine: object, offset: int, size: int, value: int, _data: object
    ) -> None:
        """Write bytes of the interrupt controller."""
        self._changed()
        for i in range(size):
            if self._eclic_byte(offset + i, value >> 8 * i & 0xFF) is None:
                self._bad(True, self._state.eclic_base + offset)
                return

    def gpio_read(self, _engine: object, offset: int, _size: int, _data: object) -> int:
        """Read a register of the pins."""
        state = self._state
        driven = state.gpio_data & state.gpio_direction
        pins = driven | (state.gpio_input & ~state.gpio_direction & _WORD)
        values = {0x00: state.gpio_data, 0x04: state.gpio_direction, 0x50: pins}
        if offset not in values:
            return self._bad(False, state.gpio_base + offset)
        return int(values[offset])

    def gpio_write(
        self, _engine: object, offset: int, _size: int, value: int, _data: object
    ) -> None:
        """Write a register of the pins."""
        state = self._state
        if offset == 0x00:
            state.gpio_data = value & _WORD
        elif offset == 0x04:
            state.gpio_direction = value & _WORD
        else:
            self._bad(True, state.gpio_base + offset)
            return
        pins = state.gpio_data & state.gpio_direction
        if pins != state.gpio_pins:
            event = state.events[state.gpio_changes % EVENTS]
            event.cycles, event.pins, state.gpio_pins = state.cycles, pins, pins
            state.gpio_changes += 1
