"""The model of time: how many cycles each instruction takes.

The maker publishes no timing, so this is a model of ours, in this one place, of a simple core
that begins one instruction a cycle. Each instruction takes one cycle and what the chip file's
``[cpu.cycles]`` adds for its kind:

``load``            loads, atomic operations too
``multiply``        mul, mulh, mulhsu, mulhu
``divide``          div, divu, rem, remu
``float_operation`` floating-point operations, loads and moves left out
``float_divide``    fdiv.s, fsqrt.s
``branch``          conditional branches, taken or not
``jump``            jumps, calls and returns, that of mret too

A round of the array takes ``estimates.round.cycles``; the processor waits for it. Time in ``wfi``
and, where the baud rate is kept, in waiting for the transmitter counts as well. All of it follows
from the program and its input, never from the speed of the computer it runs on.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.chip.chip import CpuCycles

LOWERS = 0x80  # bit of a cost: the instruction may lower the stack pointer

_SP = 2
_MRET = 0x30200073


def costs(code: npt.NDArray[np.uint8], own: CpuCycles) -> npt.NDArray[np.uint8]:
    """Cycles of the instruction at each even offset of ``code``, uint8 [size]: uint8 [size / 2].

    Offsets at which no instruction begins get numbers as well. LOWERS marks instructions after
    which the stack pointer may be lower.
    """
    low: npt.NDArray[np.uint32] = code.view("<u2").astype(np.uint32)
    word: npt.NDArray[np.uint32] = low.copy()
    word[:-1] |= low[1:] << 16
    wide = low & 3 == 3
    opcode, third = word & 0x7F, word >> 12 & 7
    extra = np.zeros(len(low), np.uint32)
    loads = wide & np.isin(opcode, (0x03, 0x07, 0x2F))
    quadrant, short = low & 3, low >> 13
    # c.flw c.lw; c.flwsp c.lwsp: 3 and 2 of quadrants 0 and 2
    loads |= ~wide & (quadrant != 1) & ((short == 2) | (short == 3))
    extra[loads] = own.load
    multiply = wide & (opcode == 0x33) & (word >> 25 == 1)
    extra[multiply] = np.where(third < 4, own.multiply, own.divide)[multiply]
    floating = wide & np.isin(opcode, (0x43, 0x47, 0x4B, 0x4F, 0x53))
    moves = wide & (opcode == 0x53) & np.isin(word >> 27, (0b11100, 0b11110))
    extra[floating & ~moves] = own.float_operation
    slow = wide & (opcode == 0x53) & np.isin(word >> 27, (0b00011, 0b01011))
    extra[slow] = own.float_divide
    extra[wide & (opcode == 0x63)] = own.branch
    extra[~wide & (quadrant == 1) & (short >= 6)] = own.branch
    jumps = wide & (np.isin(opcode, (0x67, 0x6F)) | (word == _MRET))
    jumps |= ~wide & (quadrant == 1) & ((short == 1) | (short == 5))  # c.jal, c.j
    # c.jr, c.jalr: no second register, and a first one (without it c.jalr is c.ebreak)
    jumps |= ~wide & (quadrant == 2) & (short == 4) & (low >> 2 & 31 == 0) & (low >> 7 & 31 != 0)
    extra[jumps] = own.jump
    found = np.minimum(1 + extra, 0x7F)
    found[_lowers(word, low, wide)] |= LOWERS
    return found.astype(np.uint8)


def _lowers(
    word: npt.NDArray[np.uint32], low: npt.NDArray[np.uint32], wide: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Where sp is written other than by adding a positive constant or by loading it."""
    target = word >> 7 & 31 == _SP
    opcode = word & 0x7F
    adds = opcode == 0x13
    negative = word >> 31 == 1
    arithmetic = np.isin(opcode, (0x33, 0x17, 0x37))
    large = wide & target & (arithmetic | (adds & negative))
    target = low >> 7 & 31 == _SP
    quadrant, short = low & 3, low >> 13
    # c.addi (or c.addi16sp, in the place of c.lui) with a negative number
    small = (quadrant == 1) & ((short == 0) | (short == 3)) & (low >> 12 & 1 == 1)
    # c.mv and c.add
    small |= (quadrant == 2) & (short == 4) & (low >> 2 & 31 != 0)
    found: npt.NDArray[np.bool_] = large | (~wide & target & small)
    return found
