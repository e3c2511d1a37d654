"""The NPU on the bus: its registers, and the way from a descriptor's address to its operation."""

from __future__ import annotations

from collections.abc import Callable

from studio.chip import npu as contract
from studio.chip.chip import Chip
from studio.chip.npu import NpuError, Status
from studio.emulator.board import State
from studio.emulator.bus import Memories
from studio.emulator.npu import Npu, NpuFault


class NpuPort:
    """The registers of studio/chip/npu.py; ``bad`` hears (text, address) of wrong accesses.

    ``operations`` and ``rounds`` count what was done, whose time goes into the board's cycles;
    ``fault`` says why the last refused operation was refused.
    """

    def __init__(
        self,
        chip: Chip,
        npu: Npu,
        memory: Memories,
        state: State,
        bad: Callable[[str, int], None],
    ) -> None:
        self._chip = chip
        self._npu = npu
        self._memory = memory
        self._state = state
        self._bad = bad
        self._cycles_per_round = chip.estimates.round.cycles if chip.estimates else 0
        self.power_on()

    def power_on(self) -> None:
        """Registers and counts as at first."""
        self.operations = self.rounds = 0
        self.fault = ""
        self._values = {
            contract.REG_ID: contract.ID_VALUE,
            contract.REG_DESC: 0,
            contract.REG_START: 0,
            contract.REG_STATUS: int(Status.IDLE),
            contract.REG_ERROR: int(NpuError.NONE),
            contract.REG_TAG: self._npu.tag,
        }

    def read(self, _engine: object, offset: int, _size: int, _data: object) -> int:
        """Read a register; arguments as Unicorn gives them."""
        if offset not in self._values:
            self._refuse("load from", offset, "the NPU has no register at")
        return self._values.get(offset, 0)

    def write(self, _engine: object, offset: int, _size: int, value: int, _data: object) -> None:
        """Write a register; START runs an operation before it returns."""
        if offset not in self._values:
            self._refuse("store to", offset, "the NPU has no register at")
        elif offset in (contract.REG_ID, contract.REG_ERROR, contract.REG_TAG):
            self._refuse("store to", offset, "the NPU's register at", "is read only")
        elif offset == contract.REG_DESC:
            self._values[offset] = value
        elif offset == contract.REG_STATUS:
            self._values[offset] = int(Status.IDLE)
        elif value == 1:
            error = self._run(self._values[contract.REG_DESC])
            failed = error != NpuError.NONE
            self._values[contract.REG_STATUS] = int(Status.ERROR if failed else Status.DONE)
            if failed:
                self._values[contract.REG_ERROR] = int(error)

    def _refuse(self, verb: str, offset: int, words: str, end: str = "") -> None:
        address = self._chip.npu.registers + offset
        self._bad(f"{verb} 0x{address:08x}: {words} +0x{offset:x} {end}".rstrip(), address)

    def _run(self, address: int) -> NpuError:
        packed = None if address % 4 else self._memory.view(address, contract.BYTES)
        if packed is None:
            self.fault = f"no NPU descriptor can lie at 0x{address:08x}"
            return NpuError.DESCRIPTOR
        sram = self._memory.view(self._chip.npu.sram_base, self._chip.npu.sram_size)
        assert sram is not None
        try:
            rounds = self._npu.run(packed.tobytes(), sram)
        except NpuFault as fault:
            self.fault = fault.message
            return fault.error
        self.rounds += rounds
        self.operations += 1
        state = self._state
        state.cycles += rounds * self._cycles_per_round
        for i in range(state.uart_count):
            state.uarts[i].polls = 0  # the firmware does something else than wait for input
        return NpuError.NONE
