"""A board behind JTAG for OpenOCD's remote_bitbang driver: a RISC-V debug module and a memory.

The TAP is that of the RISC-V debug specification 0.13 (IDCODE, DTMCS, DMI); the module halts and
resumes one hart, accesses its registers by abstract commands and memory by the system bus.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field

IDCODE = 0x1234_5A6D

_NEXT = {  # state: next with TMS 0, with TMS 1
    "reset": ("idle", "reset"),
    "idle": ("idle", "select-dr"),
    "select-dr": ("capture-dr", "select-ir"),
    "capture-dr": ("shift-dr", "exit1-dr"),
    "shift-dr": ("shift-dr", "exit1-dr"),
    "exit1-dr": ("pause-dr", "update-dr"),
    "pause-dr": ("pause-dr", "exit2-dr"),
    "exit2-dr": ("shift-dr", "update-dr"),
    "update-dr": ("idle", "select-dr"),
    "select-ir": ("capture-ir", "reset"),
    "capture-ir": ("shift-ir", "exit1-ir"),
    "shift-ir": ("shift-ir", "exit1-ir"),
    "exit1-ir": ("pause-ir", "update-ir"),
    "pause-ir": ("pause-ir", "exit2-ir"),
    "exit2-ir": ("shift-ir", "update-ir"),
    "update-ir": ("idle", "select-dr"),
}
_ABITS = 7


@dataclass
class Module:
    """The debug module; ``broken`` bytes of memory do not take what is written."""

    size: int = 0x2_0000
    broken: frozenset[int] = frozenset()
    halted: bool = False
    resumed: int = 0  # times
    registers: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.memory = bytearray(self.size)
        self.control = self.data = self.error = self.address = 0
        self.sbcs = 0
        self.acknowledged = self.was_reset = False
        # misa; dcsr: machine mode, halted by a request; dpc
        self.registers |= {0x301: 0x4014112D, 0x7B0: 0x4000_00C3, 0x7B1: 0}

    def read(self, at: int) -> int:
        if at == 0x04:
            return self.data
        if at == 0x10:
            return self.control & 0x3FF_FFC3
        if at == 0x11:
            missing = self.control >> 16 & 0x3FF or self.control >> 6 & 0x3FF
            state = 0xC000 if missing else 0x300 if self.halted else 0xC00
            return 2 | 1 << 7 | state | 0x30000 * self.acknowledged | 0xC0000 * self.was_reset
        if at == 0x16:
            return 1 | self.error << 8
        if at == 0x38:
            return 1 << 29 | self.sbcs | 32 << 5 | 0b111
        if at == 0x39:
            return self.address
        if at == 0x3C:
            value = self._load()
            if self.sbcs >> 15 & 1:
                self._advance()
            return value
        return int(self.halted) if at == 0x40 else 0

    def write(self, at: int, value: int) -> None:
        if at == 0x04:
            self.data = value
        elif at == 0x10:
            self._steer(value)
        elif at == 0x16:
            self.error &= ~(value >> 8)
        elif at == 0x17:
            self._command(value)
        elif at == 0x38:
            self.sbcs = value & 0x1F_8000
        elif at == 0x39:
            self.address = value
        elif at == 0x3C:
            count = 1 << (self.sbcs >> 17 & 7)
            for i, byte in enumerate(value.to_bytes(4, "little")[:count]):
                if self.address + i < self.size and self.address + i not in self.broken:
                    self.memory[self.address + i] = byte
            self._advance()

    def _load(self) -> int:
        count = 1 << (self.sbcs >> 17 & 7)
        return int.from_bytes(self.memory[self.address :][:count], "little")

    def _advance(self) -> None:
        if self.sbcs >> 16 & 1:
            self.address = self.address + (1 << (self.sbcs >> 17 & 7)) & 0xFFFF_FFFF

    def _steer(self, value: int) -> None:
        if self.control & 2 and not value & 2:  # out of reset: halted where that was asked for
            self.was_reset, self.halted = True, bool(value >> 31)
            self.registers[0x7B1] = 0
        if value >> 28 & 1:
            self.was_reset = False
        if value >> 31 & 1:
            self.halted = True
        elif value >> 30 & 1:
            self.halted, self.acknowledged = False, True
            self.resumed += 1
        self.control = value if value & 1 else 0

    def _command(self, value: int) -> None:
        number, write = value & 0xFFFF, value >> 16 & 1
        known = 0x1000 <= number < 0x1040 or number in self.registers or number == 0x300
        if value >> 24 or value >> 20 & 7 != 2 or not known:
            self.error = 2
        elif value >> 17 & 1 and write:
            self.registers[number] = self.data if number != 0x1000 else 0
        elif value >> 17 & 1:
            self.data = self.registers.get(number, 0)


class Tap:
    """The test access port in front of a module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._state = "reset"
        self._ir, self._shift, self._length = 1, 0, 1
        self._answer = 0

    @property
    def tdo(self) -> int:
        return self._shift & 1

    def clock(self, tms: int, tdi: int) -> None:
        """A rising edge."""
        state = self._state
        if state.startswith("capture"):
            self._shift, self._length = (1, 5) if state == "capture-ir" else self._capture()
        elif state.startswith("shift"):
            self._shift = self._shift >> 1 | tdi << (self._length - 1)
        self._state = _NEXT[state][tms]
        if self._state == "reset":
            self._ir = 1
        elif self._state == "update-ir":
            self._ir = self._shift
        elif self._state == "update-dr" and self._ir == 0x11:
            self._access(self._shift)

    def _capture(self) -> tuple[int, int]:
        if self._ir == 1:
            return IDCODE, 32
        if self._ir == 0x10:
            return 1 | _ABITS << 4 | 1 << 12, 32
        if self._ir == 0x11:
            return self._answer << 2, 34 + _ABITS
        return 0, 1

    def _access(self, scan: int) -> None:
        kind, data, address = scan & 3, scan >> 2 & 0xFFFF_FFFF, scan >> 34
        if kind == 1:
            self._answer = self._module.read(address)
        elif kind == 2:
            self._module.write(address, data)
            self._answer = data


class JtagBoard:
    """A server of the remote_bitbang protocol on 127.0.0.1, until the end of the block.

    Without a ``module`` nothing is connected to the probe: it reads ones.
    """

    def __init__(self, module: Module | None) -> None:
        self._tap = Tap(module) if module is not None else None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> JtagBoard:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"!")  # ends the server
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            with client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while data := client.recv(1 << 16):
                    if b"!" in data:
                        return
                    client.sendall(self._follow(data))

    def _follow(self, data: bytes) -> bytes:
        answer = bytearray()
        for sign in data:
            if sign == ord("R"):
                answer.append(ord("0") + (self._tap.tdo if self._tap is not None else 1))
            elif ord("0") <= sign <= ord("7"):
                bits = sign - ord("0")
                if bits & 4 and not self._clock and self._tap is not None:
                    self._tap.clock(bits >> 1 & 1, bits & 1)
                self._clock = bits & 4
        return bytes(answer)

    _clock = 0
