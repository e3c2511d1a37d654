"""Damaged programs and random bytes for the emulator.

``python -m tests.fuzz_emulator SEED COUNT ELF`` takes a good ELF file, damages it in COUNT ways
that follow from SEED, and loads and runs each for a moment with random input on both UARTs. Only
errors of studio/base/errors.py may come of it. The number of each case is printed before it is
tried, so that one that ends the process can be found: with a fourth argument it begins there.
"""

from __future__ import annotations

import random
import struct
import sys
import time
from pathlib import Path

import numpy as np

from studio.base.errors import StudioError
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.emulator import elf
from studio.emulator.machine import Machine, Stop
from studio.emulator.npu import Npu
from studio.formats.map_csv import Cells

SLICES, SLICE = 20, 20_000
SLOW = 20.0  # seconds a single case may take, on a busy computer
_INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFC)


def damaged(good: bytes, number: random.Random) -> bytes:
    """``good`` with a few bytes changed, cut, or replaced by noise."""
    data = bytearray(good)
    header = struct.unpack_from("<I", data, 28)[0]  # e_phoff
    for _ in range(number.randint(1, 8)):
        way = number.randrange(8)
        if not data:
            break
        at = number.randrange(len(data))
        if way == 0:  # the ELF header
            data[number.randrange(min(52, len(data)))] = number.randrange(256)
        elif way == 1 and len(data) > header + 64:  # the program headers
            struct.pack_into(
                "<I", data, header + 4 * number.randrange(16), number.choice(_INTERESTING)
            )
        elif way == 2:  # noise
            size = number.randint(1, 64)
            data[at : at + size] = number.randbytes(size)
        elif way == 3:  # an interesting word
            data[at : at + 4] = struct.pack("<I", number.choice(_INTERESTING))
        elif way == 4:
            data[at] ^= 1 << number.randrange(8)
        elif way == 5 and number.random() < 0.2:
            del data[at:]
        elif way == 6:  # code: it lies behind the headers
            start = min(0x1000, len(data) - 1)
            place = number.randrange(start, min(start + 600, len(data)))
            data[place : place + 4] = number.randbytes(4)
        elif way == 7 and number.random() < 0.05:
            data = bytearray(number.randbytes(number.randrange(2000)))
    return bytes(data)


def machine(chip: Chip, program: elf.Program, compiled: bool) -> Machine:
    """A machine whose array holds something everywhere."""
    array = chip.array
    shape, strip = (array.rows, array.columns), (array.bias_rows, array.columns)
    cells = Cells(
        np.ones(shape, np.int16),
        np.ones(shape, bool),
        np.ones(strip, np.int16),
        np.ones(strip, bool),
    )
    return Machine(chip, program, Npu(chip, [cells]), len, len, watch=100_000, compiled=compiled)


def tried(path: Path, content: bytes, chip: Chip, number: random.Random) -> str:
    """What became of one program, as a word."""
    path.write_bytes(content)
    try:
        program = elf.load(path, chip)
    except StudioError:
        return "refused"
    for address in (0, program.entry, 0x2000_0000, number.getrandbits(32)):
        program.symbol(address)
        program.line(address)
    own = machine(chip, program, compiled=number.random() < 0.8)
    stop = Stop.SLICE
    for _ in range(SLICES):
        for uart in own.uarts:
            uart.receive(number.randbytes(number.randrange(40)))
        stop = own.step() if number.random() < 0.1 else own.run(SLICE)
        if stop is Stop.TRAP:
            break
        if number.random() < 0.02:
            own.reset()
    return stop.value


def main(seed: int, count: int, source: Path, first: int = 0) -> int:
    """Try all cases; 1 when one took too long."""
    chip, good = chips.load(), source.read_bytes()
    outcomes: dict[str, int] = {}
    for case in range(first, count):
        number = random.Random(f"{seed} {case}")
        sys.stdout.write(f"{case}\r")
        sys.stdout.flush()
        start = time.monotonic()
        outcome = tried(source.with_suffix(".damaged"), damaged(good, number), chip, number)
        if time.monotonic() - start > SLOW:
            sys.stdout.write(f"case {case} of seed {seed} took too long\n")
            return 1
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    sys.stdout.write("\n" + " ".join(f"{name}:{n}" for name, n in sorted(outcomes.items())) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(
        main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:]))
    )
