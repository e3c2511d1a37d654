"""Unicorn (GPL-2.0) and what is installed in it: memories, devices, hooks. See ARCHITECTURE.md.

Hooks and devices are C functions of the compiled board where there is one, else the methods of the
same names of board_python.PythonBoard.
"""

from __future__ import annotations

import ctypes
from typing import Any

import unicorn
from unicorn import riscv_const
from unicorn import unicorn_const as uc

from studio.chip.chip import Chip
from studio.emulator import board
from studio.emulator.board import State
from studio.emulator.board_python import PythonBoard
from studio.emulator.bus import Memories

# Its type hints are incomplete (2.1.4); as Any, mypy --strict accepts it.
_UNICORN: Any = unicorn

_MEANINGS = {
    uc.UC_ERR_READ_UNMAPPED: "load",
    uc.UC_ERR_READ_PROT: "load",
    uc.UC_ERR_WRITE_UNMAPPED: "store",
    uc.UC_ERR_WRITE_PROT: "store",
    uc.UC_ERR_FETCH_UNMAPPED: "fetch",
    uc.UC_ERR_FETCH_PROT: "fetch",
    uc.UC_ERR_INSN_INVALID: "illegal",
}
PC, SP = riscv_const.UC_RISCV_REG_PC, riscv_const.UC_RISCV_REG_SP

_CONTROL = ("MSTATUS", "MEPC", "MCAUSE", "MTVEC", "MTVAL", "MSCRATCH", "MIE", "FCSR")
_CONTROLS = tuple(getattr(riscv_const, f"UC_RISCV_REG_{name}") for name in _CONTROL)


class Engine:
    """A Unicorn with the board's hooks; ``raw`` is Unicorn's object.

    ``compiled`` is whether the compiled board is in use, which it is where it can be had and
    ``compiled`` was asked for.
    """

    def __init__(self, state: State, compiled: bool) -> None:
        self.raw = _UNICORN.Uc(uc.UC_ARCH_RISCV, uc.UC_MODE_RISCV32)
        self._state = state
        self._address = ctypes.addressof(state)
        self._uclib = _c_interface()
        library = board.library() if compiled and self._uclib is not None else None
        self.compiled = library is not None
        self._board: Any = library if library is not None else PythonBoard(state, self)
        self.connect(state)

    def connect(self, state: State) -> None:
        """Tell the board how to reach Unicorn."""
        state.register_pc, state.register_sp = PC, SP
        state.register_x0 = riscv_const.UC_RISCV_REG_X0
        for name, number in zip(_CONTROL[:4], _CONTROLS, strict=False):
            setattr(state, f"register_{name.lower()}", number)
        if self.compiled:
            state.uc = ctypes.cast(self.raw._uch, ctypes.c_void_p).value
            for name in ("start", "stop"):
                setattr(state, name, _pointer(getattr(self._uclib, f"uc_emu_{name}")))
            state.reg_read = _pointer(self._uclib.uc_reg_read)
            state.reg_write = _pointer(self._uclib.uc_reg_write)

    def pc(self) -> int:
        """The program counter as Unicorn has it."""
        return int(self.raw.reg_read(PC))

    def map(self, memory: Memories, chip: Chip) -> None:
        """Place the memories and the devices of the compiled board on the bus."""
        for block in memory.blocks:
            rights = uc.UC_PROT_READ | (uc.UC_PROT_EXEC if block.code else uc.UC_PROT_WRITE)
            self.raw.mem_map_ptr(block.base, len(block.bytes), rights, block.bytes.ctypes.data)
        for name, base, size in board.devices(chip):
            read, write = f"{name}_read", f"{name}_write"
            if self.compiled:
                pointers = (_pointer(getattr(self._board, one)) for one in (read, write))
                first, second = pointers
                status = self._uclib.uc_mmio_map(
                    self.raw._uch, base, size, first, self._address, second, self._address
                )
                if status != uc.UC_ERR_OK:
                    raise _UNICORN.UcError(status)
            else:
                self.map_page(base, size, getattr(self._board, read), getattr(self._board, write))

    def map_page(self, base: int, size: int, read: Any, write: Any) -> None:
        """Place a device in Python: read(engine, offset, size, data), write(…, value, data)."""
        self.raw.mmio_map(base, size, read, None, write, None)

    def run(self) -> int:
        """Run from ``state.pc``; Unicorn's error number, 0 for none."""
        if self.compiled:
            return int(self._board.run(self._address))
        return int(self._board.run())

    def start(self, pc: int) -> int:
        """Run until something stops it; Unicorn's error number, 0 for none."""
        try:
            self.raw.emu_start(pc, 0xFFFF_FFFF)
        except _UNICORN.UcError as error:
            return int(error.errno)
        return 0

    def code(self, offset: int, size: int) -> bytes:
        """Bytes of code memory, for the board in Python."""
        return ctypes.string_at(self._state.code + offset, size)

    def cost(self, offset: int) -> int:
        """What the instruction at an offset of code memory costs, for the board in Python."""
        return ctypes.string_at(self._state.costs + offset // 2, 1)[0]

    def forget(self) -> None:
        """Forget translated code and what was learned of it: code memory has changed."""
        if not self.compiled:
            self._board.forget()
        self.flush()

    def uncount(self, pc: int) -> None:
        """Take back what was counted of the last block but did not run: all from ``pc`` on."""
        if self.compiled:
            self._board.uncount(self._address, pc)
        else:
            self._board.uncount(pc)

    def hook(self, name: str, begin: int = 1, end: int = 0) -> Any:
        """Install the board's hook ``name`` for addresses ``begin`` to ``end``; its handle."""
        kind = _KINDS[name]
        function = getattr(self._board, name.removesuffix("_read").removesuffix("_write"))
        if not self.compiled:
            return self.raw.hook_add(kind, function, None, begin, end)
        handle = ctypes.c_size_t()
        status = self._uclib.uc_hook_add(
            self.raw._uch, ctypes.byref(handle), kind, _pointer(function), self._address, begin, end
        )
        if status != uc.UC_ERR_OK:
            raise _UNICORN.UcError(status)
        return handle

    def unhook(self, handles: list[Any]) -> None:
        """Remove hooks, and the code translated with them."""
        for handle in handles:
            if self.compiled:
                self._uclib.uc_hook_del(self.raw._uch, handle)
            else:
                self.raw.hook_del(handle)
        self.flush()

    def flush(self) -> None:
        """Forget translated code."""
        self.raw.ctl_flush_tb()

    def on_exception(self, function: Any) -> None:
        """Call ``function(engine, number, data)`` at exceptions of the processor."""
        self.raw.hook_add(uc.UC_HOOK_INTR, function)

    def on_refused(self, function: Any) -> None:
        """Call ``function(engine, kind, address, …)`` at accesses the bus refuses."""
        kinds = uc.UC_HOOK_MEM_UNMAPPED | uc.UC_HOOK_MEM_PROT
        self.raw.hook_add(kinds, function)

    def clear_registers(self) -> None:
        """Zero x1 to x31, f0 to f31 and the control registers, as after power-on."""
        for first in (riscv_const.UC_RISCV_REG_X0, riscv_const.UC_RISCV_REG_F0):
            for number in range(first + (first == riscv_const.UC_RISCV_REG_X0), first + 32):
                self.raw.reg_write(number, 0)
        for number in _CONTROLS:
            self.raw.reg_write(number, 0)


_KINDS = {
    "on_block": uc.UC_HOOK_BLOCK,
    "on_code": uc.UC_HOOK_CODE,
    "on_access": uc.UC_HOOK_MEM_READ | uc.UC_HOOK_MEM_WRITE,
    "on_watch_read": uc.UC_HOOK_MEM_READ,
    "on_watch_write": uc.UC_HOOK_MEM_WRITE,
}


def meaning(error: int) -> str:
    """load, store, fetch or illegal; empty for another error of Unicorn's."""
    return _MEANINGS.get(error, "")


def error_text(number: int) -> str:
    """Unicorn's words for one of its errors."""
    return str(_UNICORN.UcError(number))


def _pointer(function: Any) -> int | None:
    return ctypes.cast(function, ctypes.c_void_p).value


def _c_interface() -> Any:
    """Unicorn's C functions behind its Python ones; None where a version keeps them elsewhere."""
    try:
        from unicorn.unicorn_py3.unicorn import uclib  # noqa: PLC0415
    except ImportError:
        return None
    return uclib
