"""The UARTs of board_python: registers of a 16550 on the board's structures (see board.c)."""

from __future__ import annotations

import ctypes

from studio.emulator.board import FIFO, FLUSH, NEVER, SLEEP, Host, State, Uart

_RBR, _IER, _IIR, _LCR, _MCR, _LSR, _MSR = range(7)
_DLAB, _LOOP = 0x80, 0x10
_POLLS_TO_FLUSH, _POLLS_AT_FULL_SPEED, _POLLS_BETWEEN_SLEEPS = 32, 2000, 100


def byte_time(uart: Uart) -> int:
    """Cycles a byte is on the line: ten bits of 16 clocks each."""
    return 160 * max(1, int(uart.divisor[0] | uart.divisor[1] << 8))


def refill(state: State, uart: Uart) -> None:
    """Move what has arrived into the FIFO."""
    head = uart.head
    if uart.registers[_MCR] & _LOOP:
        return
    if not state.paced:
        while uart.held < FIFO and uart.tail != head:
            _keep(uart, _next(uart))
        return
    if not uart.in_active and uart.tail != head:
        uart.in_active = 1
        uart.in_at = state.cycles + byte_time(uart)
    while uart.in_active and state.cycles >= uart.in_at:
        byte = _next(uart)
        if uart.held < (FIFO if uart.registers[_IIR] & 1 else 1):
            _keep(uart, byte)
        else:
            uart.errors |= 2
            uart.overruns += 1
        uart.in_at += byte_time(uart)
        uart.in_active = uart.tail != head


def why(state: State, uart: Uart) -> int:
    """The interrupt the UART asks for, as IIR says it; 1 for none."""
    wanted = uart.registers[_IER]
    refill(state, uart)
    if wanted & 4 and uart.errors:
        return 6
    if wanted & 1 and uart.held:
        return 4
    if wanted & 2 and uart.empty and _ready(state, uart):
        return 2
    return 1


def deadline(state: State, uart: Uart) -> int:
    """The next cycle at which the UART may ask for an interrupt by itself; only where paced."""
    found = NEVER
    if uart.registers[_IER] & 1 and uart.in_active and uart.in_at > state.cycles:
        found = uart.in_at
    empty_at = uart.out_at - byte_time(uart)
    if uart.registers[_IER] & 2 and uart.empty and empty_at > state.cycles:
        found = min(found, empty_at)
    return int(found)


def read(state: State, uart: Uart, index: int, number: int) -> int:
    """Read a register."""
    if number == _LSR:
        return _status(state, uart, index)
    uart.polls = 0
    if number <= _IER and uart.registers[_LCR] & _DLAB:
        return int(uart.divisor[number])
    if number == _RBR:
        refill(state, uart)
        if not uart.held:
            return 0
        byte = uart.fifo[uart.first]
        uart.first = (uart.first + 1) % FIFO
        uart.held -= 1
        return int(byte)
    if number == _IIR:
        found = why(state, uart)
        uart.empty = 0 if found == 2 else uart.empty
        return found | (0xC0 if uart.registers[_IIR] & 1 else 0)
    return 0xB0 if number == _MSR else int(uart.registers[number])


def write(state: State, uart: Uart, index: int, number: int, value: int) -> None:
    """Write a register."""
    value &= 0xFF
    uart.polls = 0
    if number <= _IER and uart.registers[_LCR] & _DLAB:
        uart.divisor[number] = value
        return
    if number == _RBR:
        _transmit(state, uart, index, value)
        return
    if number == _IIR and value & 2:
        uart.held, uart.tail, uart.in_active = 0, uart.head, 0
    if number == _IER and value & 2:
        uart.empty = 1
    if number not in (_LSR, _MSR):
        uart.registers[number] = value


def _status(state: State, uart: Uart, index: int) -> int:
    refill(state, uart)
    until = uart.out_at if _ready(state, uart) else uart.out_at - byte_time(uart)
    uart.polls = 0 if uart.held else uart.polls + 1
    if not uart.held and uart.polls > 3 and state.paced and until > state.cycles:
        until = max(state.cycles, min(until, state.limit))
        state.idle += until - state.cycles
        state.cycles = until
    elif uart.polls == _POLLS_TO_FLUSH:
        _host(state, FLUSH, index)
    elif uart.polls > _POLLS_AT_FULL_SPEED and uart.polls % _POLLS_BETWEEN_SLEEPS == 0:
        _host(state, SLEEP, index)
        refill(state, uart)
    found = (1 if uart.held else 0) | uart.errors
    found |= 0x20 if _ready(state, uart) else 0
    found |= 0x40 if not state.paced or state.cycles >= uart.out_at else 0
    uart.errors = 0
    return int(found)


def _ready(state: State, uart: Uart) -> bool:
    return not state.paced or state.cycles + byte_time(uart) >= uart.out_at


def _transmit(state: State, uart: Uart, index: int, byte: int) -> None:
    if uart.registers[_MCR] & _LOOP:
        if uart.held < FIFO:
            _keep(uart, byte)
        else:
            uart.errors |= 2
        return
    if state.paced:
        time = byte_time(uart)
        wait = max(0, uart.out_at - state.cycles - FIFO * time)
        state.idle += wait
        state.cycles += wait
        uart.out_at = max(uart.out_at, state.cycles) + time
    if uart.out_used == uart.out_size:
        _host(state, FLUSH, index)
    if uart.out_used < uart.out_size:
        ctypes.memset(uart.out + uart.out_used, byte, 1)
        uart.out_used += 1
    uart.empty = 1


def _next(uart: Uart) -> int:
    """The next byte on the line."""
    byte = ctypes.string_at(uart.ring + uart.tail % uart.ring_size, 1)[0]
    uart.tail += 1
    return byte


def _keep(uart: Uart, byte: int) -> None:
    uart.fifo[(uart.first + uart.held) % FIFO] = byte
    uart.held += 1


def _host(state: State, kind: int, index: int) -> None:
    Host(state.host)(kind, index)
