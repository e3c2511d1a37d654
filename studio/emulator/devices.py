"""Registers on the bus: 16550 UART, machine timer, NPU. Offsets are bytes from the base."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from studio.chip import npu as contract
from studio.chip.npu import NpuError, Status

_RBR, _IER, _IIR, _LCR, _MCR, _LSR, _MSR, _SCR = range(8)
_FCR = _IIR
_LCR_DLAB = 0x80
_MCR_LOOP = 0x10
_LSR_DR, _LSR_THRE, _LSR_TEMT = 0x01, 0x20, 0x40
_MSR_READY = 0xB0  # carrier, ring off, data set ready, clear to send
_IIR_NONE, _IIR_FIFO = 0x01, 0xC0

# A firmware that does nothing but poll for input is given this many polls at full speed; then
# it sleeps for a moment now and again, so that waiting for a host burns little of a core.
_POLLS_AT_FULL_SPEED = 200_000
_POLLS_BETWEEN_SLEEPS = 1000
_SLEEP = 0.01


class BadRegister(Exception):
    """An access the device has no register for; the message names it."""


class Device(Protocol):
    """Something with registers; both raise BadRegister."""

    def read(self, offset: int) -> int:
        """The register at ``offset``."""

    def write(self, offset: int, value: int) -> None:
        """Set the register at ``offset``."""


class Uart:
    """A 16550 without interrupts whose transmitter is always ready.

    ``send`` takes each transmitted byte, on the processor's thread; ``receive`` may be called
    from any thread. The baud rate divisor is kept but sets no pace.
    """

    def __init__(self, name: str, step: int, send: Callable[[int], None]) -> None:
        self._name = name
        self._step = step
        self._send = send
        self._received = bytearray()
        self._arrived = threading.Event()
        self._registers = [0] * 8
        self._divisor = [1, 0]
        self._fifo = False
        self._polls = 0

    def receive(self, data: bytes) -> None:
        """Bytes from the other side."""
        self._received += data
        self._arrived.set()

    @property
    def waiting(self) -> int:
        """Received bytes the firmware has not read."""
        return len(self._received)

    def busy(self) -> None:
        """The firmware did something else than poll for input."""
        self._polls = 0

    def read(self, offset: int) -> int:
        """Read a register."""
        number = self._number(offset)
        if number == _LSR:
            return _LSR_THRE | _LSR_TEMT | (_LSR_DR if self._data_ready() else 0)
        self._polls = 0
        if number < 2 and self._registers[_LCR] & _LCR_DLAB:
            return self._divisor[number]
        if number == _RBR:
            return self._received.pop(0) if self._received else 0
        if number == _IIR:
            return _IIR_NONE | (_IIR_FIFO if self._fifo else 0)
        return _MSR_READY if number == _MSR else self._registers[number]

    def write(self, offset: int, value: int) -> None:
        """Write a register."""
        number = self._number(offset)
        value &= 0xFF
        self._polls = 0
        if number < 2 and self._registers[_LCR] & _LCR_DLAB:
            self._divisor[number] = value
        elif number == _RBR:
            if self._registers[_MCR] & _MCR_LOOP:
                self.receive(bytes([value]))
            else:
                self._send(value)
        elif number == _FCR:
            self._fifo = bool(value & 1)
            if value & 2:
                self._received.clear()
        elif number not in (_LSR, _MSR):
            self._registers[number] = value

    def _data_ready(self) -> bool:
        if self._received:
            self._polls = 0
            return True
        self._polls += 1
        if self._polls > _POLLS_AT_FULL_SPEED and self._polls % _POLLS_BETWEEN_SLEEPS == 0:
            self._arrived.clear()
            if not self._received:
                self._arrived.wait(_SLEEP)
        return False

    def _number(self, offset: int) -> int:
        number, rest = divmod(offset, self._step)
        if rest or number >= 8:
            raise BadRegister(f"{self._name} has no register at +0x{offset:x}")
        return number


class Timer:
    """The machine timer: ``mtime`` low at +0, high at +4, counting processor cycles."""

    def __init__(self, cycles: Callable[[], int]) -> None:
        self._cycles = cycles
        self._offset = 0

    def read(self, offset: int) -> int:
        """Half of mtime."""
        value = self._cycles() + self._offset
        return (value >> self._bits(offset)) & 0xFFFFFFFF

    def write(self, offset: int, value: int) -> None:
        """Set half of mtime."""
        bits = self._bits(offset)
        now = self._cycles() + self._offset
        wanted = (now & ~(0xFFFFFFFF << bits)) | value << bits
        self._offset += wanted - now

    @staticmethod
    def _bits(offset: int) -> int:
        if offset not in (0, 4):
            raise BadRegister(f"the machine timer has no register at +0x{offset:x}")
        return offset * 8


class NpuRegisters:
    """The registers of studio/chip/npu.py. ``run`` runs the descriptor at a bus address.

    ``run`` returns the error, NONE when the operation was done.
    """

    def __init__(self, tag: int, run: Callable[[int], NpuError]) -> None:
        self._run = run
        self._values = {
            contract.REG_ID: contract.ID_VALUE,
            contract.REG_DESC: 0,
            contract.REG_START: 0,
            contract.REG_STATUS: int(Status.IDLE),
            contract.REG_ERROR: int(NpuError.NONE),
            contract.REG_TAG: tag,
        }

    def read(self, offset: int) -> int:
        """Read a register."""
        if offset not in self._values:
            raise BadRegister(f"the NPU has no register at +0x{offset:x}")
        return self._values[offset]

    def write(self, offset: int, value: int) -> None:
        """Write a register; START runs an operation before it returns."""
        if offset not in self._values:
            raise BadRegister(f"the NPU has no register at +0x{offset:x}")
        if offset in (contract.REG_ID, contract.REG_ERROR, contract.REG_TAG):
            raise BadRegister(f"the NPU's register at +0x{offset:x} is read only")
        if offset == contract.REG_DESC:
            self._values[offset] = value
        elif offset == contract.REG_STATUS:
            self._values[offset] = int(Status.IDLE)
        elif value == 1:
            error = self._run(self._values[contract.REG_DESC])
            failed = error != NpuError.NONE
            self._values[contract.REG_STATUS] = int(Status.ERROR if failed else Status.DONE)
            if failed:
                self._values[contract.REG_ERROR] = int(error)
