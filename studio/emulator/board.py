"""What the compiled board (resources/native/board.c) and Python share: its memory, by ctypes.

The board is the part of the emulator that must be quick: a hook at every block of code that counts
and stops, the loop that enters interrupts and sleeps in ``wfi``, and the devices a firmware asks
most: UARTs, machine timer, interrupt controller, pins. It also computes sums of products, such as
dot products, itself where a loop of the firmware does nothing else: values, counts and cycles are
those of turn after turn. board_python.py does the same without a
compiler, on the same structures, 50 times slower.

Devices, offsets in bytes:

UART        16550: RBR/THR, IER (bits 0 to 2), IIR/FCR, LCR, MCR (loop), LSR, MSR, scratch. Without
            pacing the transmitter is always ready and no byte is lost. With it a byte takes
            160 * divisor cycles each way, both FIFOs hold 16 and the receiver may overrun.
timer       mtime 0, 4; mtimecmp 8, 0xC; msip 0xFFC; MSFTRST 0xFF0 (0x80000A5F resets the chip);
            mtimectl 0xFF8 is kept and does nothing. mtime counts cycles.
ECLIC       cliccfg 0, clicinfo 4, mth 0xB; from 0x1000 four bytes a source: clicintip, clicintie,
            clicintattr (level or edge; no vectors), clicintctl. The pending and enabled source of
            the highest clicintctl, the highest number of equals, not below mth, is delivered when
            mstatus.MIE is set. Handlers are entered at mtvec (direct mode, since Unicorn knows no
            other) with mcause 0x80000000 | source and leave by mret. No nesting by levels.
GPIO        0 output, 4 direction (1 = output), 0x50 pins
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from enum import IntEnum

from studio.base import native, paths
from studio.chip.chip import Chip

UARTS = 4
FIFO = 16
SOURCES = 64
EVENTS = 1024
LOOPS = 255
_LOOP_WORDS, _VALUES = 59, 8 * 256  # of C's Loop and its work space, which only C looks into
RING = 1 << 17  # bytes a UART holds that the firmware has not read
OUT = 1 << 13  # bytes that leave a UART together
NEVER = (1 << 64) - 1
PAGE = 4096


class Reason(IntEnum):
    """Why the processor stopped."""

    RUNNING = 0
    SLICE = 1  # time is up, or somebody asked
    LOOP = 2  # a jump to itself
    RESTART = 3
    UNALIGNED = 4
    INTERRUPT = 5
    STOPPED = 6  # by a hook in Python, which says why
    WAIT = 7  # nothing but input can end this wait
    STACK = 8
    REGISTER = 9
    BREAKPOINT = 10
    RESET = 11
    WATCH = 12  # an access to data a debugger watches


FLUSH, SLEEP = range(2)  # what the board asks the host for

Host = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32)


def _u32(names: str) -> list[tuple[str, type]]:
    return [(name, ctypes.c_uint32) for name in names.split()]


def _u64(names: str) -> list[tuple[str, type]]:
    return [(name, ctypes.c_uint64) for name in names.split()]


def _pointers(names: str) -> list[tuple[str, type]]:
    return [(name, ctypes.c_void_p) for name in names.split()]


class Block(ctypes.Structure):
    """What is known of a block of code: bytes, instructions, cycles and flags."""

    _fields_ = tuple((name, ctypes.c_uint16) for name in ("size", "count", "cost", "flags"))


class Uart(ctypes.Structure):
    """A UART: ``head`` and ``tail`` count the bytes put into ``ring`` and taken out."""

    _fields_ = (
        *_u64("head tail polls in_at out_at overruns"),
        *_pointers("ring out"),
        *_u32("ring_size out_size out_used base source in_active first held errors empty"),
        ("divisor", ctypes.c_uint32 * 2),
        ("registers", ctypes.c_uint32 * 8),
        ("fifo", ctypes.c_uint8 * FIFO),
    )


class Event(ctypes.Structure):
    """A change of the pins."""

    _fields_ = (*_u64("cycles"), *_u32("pins unused"))


class Memory(ctypes.Structure):
    """A memory on the bus."""

    _fields_ = (*_u64("base size"), *_pointers("bytes"))


class State(ctypes.Structure):
    """The board: what the processor has done, why it stopped, and all devices."""

    _fields_ = (
        *_u64("cycles limit base size"),
        *_pointers("blocks"),
        *_u64("count last"),
        *_u32("check_sp reason"),
        *_u64("tried next"),
        *_u64("slice_end look_at idle address entry floor skip placed"),
        *_pointers("code costs uc start stop reg_read reg_write host"),
        *_u32("pc halt pause changed interrupt asleep paced write steps unused"),
        *_u32("plain register_x0"),
        *_u32("register_pc register_sp register_mstatus register_mepc register_mcause"),
        *_u32("register_mtvec"),
        *_u64("mtime_offset mtimecmp"),
        *_u32("mtimectl msip timer_source software_source uart_count uart_step"),
        ("uarts", Uart * UARTS),
        *_u32("timer_base eclic_base gpio_base"),
        *_u32("gpio_data gpio_direction gpio_input gpio_pins"),
        *_u64("gpio_changes gpio_taken"),
        ("events", Event * EVENTS),
        *_u32("eclic_config eclic_threshold"),
        ("memories", Memory * 3),
        *_u64("ahead"),
        *_u32("loop_count loop_unused"),
        ("loops", ctypes.c_uint32 * (_LOOP_WORDS * LOOPS)),
        ("values", ctypes.c_uint32 * _VALUES),
        *(
            (name, ctypes.c_uint8 * SOURCES)
            for name in ("pending", "enabled", "attribute", "control", "line")
        ),
    )


@dataclass(frozen=True)
class Pins:
    """The outputs of GPIO after a change: the bits of all pins that are outputs."""

    cycles: int
    pins: int


def take_events(state: State) -> tuple[list[Pins], int]:
    """Changes of the pins since the last call, and how many of them were lost."""
    first = max(state.gpio_taken, state.gpio_changes - EVENTS)
    lost = first - state.gpio_taken
    found = [state.events[i % EVENTS] for i in range(first, state.gpio_changes)]
    state.gpio_taken = state.gpio_changes
    return [Pins(int(one.cycles), int(one.pins)) for one in found], lost


def library() -> ctypes.CDLL | None:
    """The compiled board; None where it cannot be had."""
    source = paths.resource("native", "board.c").read_text(encoding="utf-8")
    built = native.library("board", source)
    if built is not None:
        built.run.argtypes = [ctypes.c_void_p]
        built.uncount.argtypes = [ctypes.c_void_p, ctypes.c_uint64]
        built.uncount.restype = None
    return built


_NUMBERS: tuple[tuple[str, type], ...] = tuple((one[0], one[1]) for one in State._fields_)


def power_on(state: State, chip: Chip, entry: int) -> None:
    """The board's state when it gets power; pointers and the host's wish to halt stay."""
    for name, kind in _NUMBERS:
        if kind in (ctypes.c_uint32, ctypes.c_uint64) and not name.startswith("register_"):
            setattr(state, name, getattr(state, name) if name == "halt" else 0)
    for name in ("pending", "enabled", "attribute", "control", "line"):
        ctypes.memset(getattr(state, name), 0, SOURCES)
    code = chip.memory.code
    state.base, state.size, state.entry, state.pc = code.base, code.size, entry, entry
    state.last, state.mtimecmp = NEVER, NEVER
    state.uart_count, state.uart_step = len(chip.uart.base), chip.uart.register_step
    state.timer_base = chip.timer
    if chip.interrupts is not None:
        state.timer_source, state.software_source = chip.interrupts.timer, chip.interrupts.software
        state.eclic_base = chip.interrupts.base
    if chip.gpio is not None:
        state.gpio_base = chip.gpio.base


def devices(chip: Chip) -> list[tuple[str, int, int]]:
    """The devices the board brings: name of its functions, base, bytes."""
    found = [(f"uart{i}", base, PAGE) for i, base in enumerate(chip.uart.base[:UARTS])]
    found.append(("timer", chip.timer, PAGE))
    if chip.interrupts is not None:
        found.append(("eclic", chip.interrupts.base, 2 * PAGE))
    if chip.gpio is not None:
        found.append(("gpio", chip.gpio.base, PAGE))
    return found
