"""How fast the emulated processor is, beside raw Unicorn and QEMU, on the same program.

``python -m tests.bench.bench_emulator [SECONDS]``. The program computes int8 dot products of 1024
elements for ever, and counts them. It runs

- in our machine, with both UARTs, pins, the interrupt controller and a timer interrupt every
  100,000 cycles; once more without the loops that the board computes itself (studio/emulator/
  board.py), and once with the board in Python,
- in Unicorn with nothing but the two memories,
- in ``qemu-system-riscv32 -M virt`` where it is installed.

All count the dot products of a stretch of the run's middle, in turns, against the processor time
that took (psutil tells QEMU's; without it, real time); the best of five turns counts. Also what a
byte through the UART, and a sleep that a timer interrupt ends, cost.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import unicorn
from unicorn import unicorn_const as uc

from studio.base import paths
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.emulator import elf
from studio.emulator.elf import Program
from studio.emulator.machine import WATCH, Machine, Stop
from studio.emulator.npu import Npu
from studio.formats.map_csv import Cells
from tests.unit.test_emulator_elf import SCRIPT, START, build

TURNS = 5
SIZE = 1024

DOT = r"""
s8 first[1024] __attribute__((section(".bss"))), second[1024] __attribute__((section(".bss")));
volatile u32 done __attribute__((section(".bss"))), total __attribute__((section(".bss")));
__attribute__((noinline)) static int dot(const s8 *x, const s8 *y, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) sum += x[i] * y[i];
    return sum;
}
int main(void) {
    for (int i = 0; i < 1024; i++) { first[i] = (s8)(i * 7); second[i] = (s8)(i * 3 + 1); }
    PREPARE
    for (;;) { total += (u32)dot(first, second, 1024); done++; }
}
"""
LIVE = r"""
    REG(UART + 4) = 1; REG(UART + 0x1004) = 1;
    REG(MTIME + 8) = REG(MTIME) + 100000u; REG(MTIME + 12) = 0;
    for (u32 source = 7; source < 40; source += source == 7 ? 25 : 1) {
        *(volatile u8 *)(0xF0021002u + 4 * source) = 0;
        *(volatile u8 *)(0xF0021003u + 4 * source) = 1;
        *(volatile u8 *)(0xF0021001u + 4 * source) = source < 34;
    }
    __asm__ volatile("csrs mstatus, %0" ::"r"(8));
"""
HANDLER = r"""
    .balign 64
trap:
    csrw mscratch, t0
    lui t0, 0xF0010
    sw t1, -4(sp)
    sw t2, -8(sp)
    lw t1, 8(t0)
    li t2, PERIOD
    add t1, t1, t2
    sw t1, 8(t0)
    la t0, interrupts
    lw t1, 0(t0)
    addi t1, t1, 1
    sw t1, 0(t0)
    lw t1, -4(sp)
    lw t2, -8(sp)
    csrr t0, mscratch
    mret
    .section .bss
    .globl interrupts
    .type interrupts, @object
    .size interrupts, 4
    .balign 4
interrupts: .zero 4
"""
ECHO = r"""
int main(void) {
    for (;;) { while (!(REG(UART + 0x14) & 1)) {} REG(UART) = REG(UART) + 1; }
}
"""
SLEEP = DOT.replace("for (;;) { total", 'for (;;) { __asm__ volatile("wfi"); continue; total')


def program(
    folder: Path, chip: Chip, source: str, period: int = 0, script: str = SCRIPT
) -> Program:
    """``source`` built with -O2; with ``period``, a timer interrupt every so many cycles."""
    start = START
    if period:
        start = start.replace("    call main", "    la t0, trap\n    csrw mtvec, t0\n    call main")
        start += HANDLER.replace("PERIOD", str(period))
    prepare = LIVE if period else ""
    return elf.load(
        build(folder, source.replace("PREPARE", prepare), "-O2", start=start, script=script), chip
    )


def machine(chip: Chip, own: Program, send: Callable[[bytes], object], **options: Any) -> Machine:
    """A machine with an array that holds nothing, past its start."""
    array = chip.array
    shape, strip = (array.rows, array.columns), (array.bias_rows, array.columns)
    empty = [np.zeros(shape, np.int16), np.zeros(shape, bool)]
    npu = Npu(chip, [Cells(*empty, np.zeros(strip, np.int16), np.zeros(strip, bool))])
    made = Machine(chip, own, npu, send, watch=0, **options)
    while made.stats().instructions < 50_000 and made.run(50_000) is Stop.SLICE:
        pass
    return made


def address(own: Program, name: str) -> int:
    """Where a variable lies."""
    return next(symbol.start for symbol in own.symbols if symbol.name == name)


def word(own: Machine, name: str) -> int:
    """A variable's value."""
    return int(struct.unpack("<I", own.read_memory(address(own.program, name), 4))[0])


def ours(own: Machine, seconds: float) -> float:
    """Dot products a second."""
    stop = threading.Timer(seconds, own.pause)
    before, start = word(own, "done"), time.thread_time()
    stop.start()
    own.run(1 << 60)
    return (word(own, "done") - before) / (time.thread_time() - start)


def raw(own: Program) -> Callable[[float], float]:
    """The program in Unicorn alone."""
    engine: Any = unicorn.Uc(uc.UC_ARCH_RISCV, uc.UC_MODE_RISCV32)  # type: ignore[no-untyped-call]
    for base in (0, 0x2000_0000):
        engine.mem_map(base, 0x2_0000)
    for segment in own.segments:
        engine.mem_write(segment.address, segment.data)
    counter = address(own, "done")
    pc = own.entry

    def measure(seconds: float) -> float:
        nonlocal pc
        before, start = engine.mem_read(counter, 4), time.thread_time()
        engine.emu_start(pc, 0xFFFF_FFFF, timeout=int(seconds * 1e6))
        took = time.thread_time() - start
        pc = engine.reg_read(unicorn.riscv_const.UC_RISCV_REG_PC)
        after = engine.mem_read(counter, 4)
        return float(struct.unpack("<I", after)[0] - struct.unpack("<I", before)[0]) / took

    return measure


@contextlib.contextmanager
def qemu(own: Program, path: Path) -> Iterator[Callable[[float], float]]:
    """The program in QEMU, stopped and read through its monitor; for RAM at 0x80000000."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = ["qemu-system-riscv32", "-M", "virt", "-bios", "none", "-kernel", str(path)]
        command += ["-display", "none", "-serial", "none", "-S"]
        command += ["-qmp", f"tcp:127.0.0.1:{port}"]
        with subprocess.Popen(command) as process:
            connection, _ = server.accept()
            try:
                with connection, connection.makefile("rwb", buffering=0) as monitor:
                    yield _monitored(monitor, address(own, "done"), _clock(process.pid))
            finally:
                process.kill()


def _monitored(monitor: Any, counter: int, clock: Callable[[], float]) -> Callable[[float], float]:
    def say(command: str, **arguments: str) -> Any:
        text = json.dumps({"execute": command, "arguments": arguments})
        monitor.write(text.encode() + b"\n")
        while "return" not in (answer := json.loads(monitor.readline())):
            pass
        return answer["return"]

    def count() -> int:
        line = f"xp /1wx 0x{counter:x}"
        answer = say("human-monitor-command", **{"command-line": line})
        return int(answer.split()[1], 16)

    def measure(seconds: float) -> float:
        before, start = count(), clock()
        say("cont")
        time.sleep(seconds)
        say("stop")
        return (count() - before) / (clock() - start)

    monitor.readline()  # its greeting
    say("qmp_capabilities")
    return measure


def _clock(process: int) -> Callable[[], float]:
    """Processor time of another process, in seconds."""
    try:
        import psutil  # noqa: PLC0415
    except ImportError:
        return time.perf_counter
    own = psutil.Process(process)
    return lambda: float(own.cpu_times().user)


def bytes_a_second(chip: Chip, folder: Path, compiled: bool, size: int) -> float:
    """Bytes that pass through UART0 and back."""
    sent = bytearray()
    own = machine(chip, program(folder, chip, ECHO), sent.extend, compiled=compiled)
    data, given = bytes(range(256)) * (size // 256), 0
    start = time.thread_time()
    while len(sent) < len(data):
        given += own.uart.receive(data[given : given + 100_000])
        own.run(2_000_000)
    took = time.thread_time() - start
    assert sent == bytes((byte + 1) % 256 for byte in data)
    return size / took


def demo(chip: Chip, folder: Path) -> list[tuple[str, str, str]]:
    """The digits example on our machine, first to last sample, with and without the first check.

    The check of alignment (studio/emulator/machine.py: WATCH) covers the first 5 million
    instructions, a good part of this example.
    """
    folder.mkdir()
    command = [sys.executable, "-m", "studio", "demo"]
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    results = folder / "results" / "digits"
    own = elf.load(results / "firmware" / "build" / "firmware.elf", chip)
    rows = [("digits example", "M instructions/s", "samples/s")]
    for title, watch in (("with the check of alignment", WATCH), ("without", 0)):
        sent = bytearray()
        npu = Npu.from_map(results / "map" / "map.csv", chip)
        made = Machine(chip, own, npu, sent.extend, watch=watch)
        start = time.thread_time()
        while made.run(50_000_000) is Stop.SLICE:
            pass
        took = time.thread_time() - start
        samples = sent.count(b"sample:")
        rate = made.stats().instructions / took / 1e6
        rows.append((title, f"{rate:.0f}", f"{samples / took:.0f}"))
    return rows


def table(rows: list[tuple[str, str, str]]) -> None:
    """Print three columns."""
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        sys.stdout.write(
            "  ".join(text.ljust(widths[i]) for i, text in enumerate(row)).rstrip() + "\n"
        )


def main(seconds: float) -> None:
    """Measure and print."""
    chip = chips.load()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        live = machine(chip, program(folder / "live", chip, DOT, 100_000), _nowhere)
        turns = machine(chip, live.program, _nowhere, ahead=False)
        python = machine(chip, program(folder / "plain", chip, DOT), _nowhere, compiled=False)
        bare = program(folder / "bare", chip, DOT)
        before = (live.stats().instructions, word(live, "done"))
        candidates: dict[str, Callable[[float], float]] = {
            "raw Unicorn": raw(bare),
            "ours, all live": lambda wanted: ours(live, wanted),
            "ours, turn by turn": lambda wanted: ours(turns, wanted),
            "ours, board in Python": lambda wanted: ours(python, wanted),
        }
        if shutil.which("qemu-system-riscv32"):
            script = SCRIPT.replace("0x00000000", "0x80000000").replace("0x20000000", "0x80100000")
            path = build(folder / "qemu", DOT.replace("PREPARE", ""), "-O2", script=script)
            wide = elf.load(path, _moved(chip, folder))
            candidates["QEMU, system"] = stack.enter_context(qemu(wide, path))
        best = dict.fromkeys(candidates, 0.0)
        for _ in range(TURNS):
            for title, measure in candidates.items():
                best[title] = max(best[title], measure(seconds))
        each = (live.stats().instructions - before[0]) / (word(live, "done") - before[1])
        rows = [("int8 dot product", "M instructions/s", "of raw Unicorn")]
        for title, rate in best.items():
            share = rate / best["raw Unicorn"]
            rows.append((title, f"{rate * each / 1e6:.0f}", f"{share:.2f}"))
        table(rows)
        interrupts = word(live, "interrupts")
        sys.stdout.write(f"timer interrupts meanwhile: {interrupts}\n\n")
        busy = program(folder / "sleep", chip, SLEEP, 1_000)
        sleeper = machine(chip, busy, _nowhere)
        first, start = word(sleeper, "interrupts"), time.thread_time()
        sleeper.run(200_000_000)
        each_us = (time.thread_time() - start) / (word(sleeper, "interrupts") - first) * 1e6
        rows = [("devices", "", "")]
        rows.append(("a sleep and its timer interrupt", f"{each_us:.2f} us", ""))
        for title, compiled, size in (("UART, echo", True, 8 << 20), ("in Python", False, 1 << 15)):
            rate = bytes_a_second(chip, folder / "echo", compiled, size)
            rows.append((title, f"{rate / 1e6:.2f} MB/s", f"{1e9 / rate:.0f} ns a byte"))
        table(rows)
        sys.stdout.write("\n")
        table(demo(chip, folder / "demo"))


def _moved(chip: Chip, folder: Path) -> Chip:
    """The chip with its memories where QEMU's board has them, to read the symbols."""
    text = paths.resource("chips", f"{chip.id}.toml").read_text(encoding="utf-8")
    text = text.replace("base = 0x0000_0000", "base = 0x8000_0000")
    text = text.replace("base = 0x2000_0000", "base = 0x8010_0000")
    path = folder / "moved.toml"
    path.write_text(text, encoding="utf-8")
    return chips.load(path)


def _nowhere(_data: bytes) -> None:
    pass


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
