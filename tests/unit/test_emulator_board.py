"""The board's devices seen by a firmware, compiled and in Python: UARTs, pins, time, watches."""

from __future__ import annotations

import ctypes
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import RunError
from studio.chip.chip import Chip, CpuCycles
from studio.emulator import board, cycles, elf, variables
from studio.emulator.board import Pins
from studio.emulator.machine import Stop
from studio.emulator.npu import Npu
from tests.unit.test_emulator_elf import build
from tests.unit.test_emulator_machine import Run, npu  # noqa: F401

BOTH = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "python"])

ECHO = r"""
static u32 get(void) { while (!(REG(UART + 0x14) & 1)) {} return REG(UART); }
int main(void) {
    for (;;) { u32 c = get(); if (c == 'q') break; put((char)(c ^ 0x20)); }
    return 0;
}
"""


@BOTH
def test_many_bytes_pass_in_both_directions(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    run = Run(elf.load(build(tmp_path, ECHO), chip), chip, npu, compiled=compiled, watch=0)
    size = 200_000 if compiled else 3_000
    data = bytes(i * 37 % 251 for i in range(size)).replace(b"q", b"p")
    sent = 0
    while sent < size:
        sent += run.machine.uart.receive(data[sent : sent + 50_000])
        while run.machine.uart.waiting:
            assert run.machine.run(100_000) is Stop.SLICE
    run.machine.uart.receive(b"q")
    assert run.until_stop(limit=10**9) is Stop.IDLE
    assert run.sent == bytes(byte ^ 0x20 for byte in data)


def test_more_than_the_ring_holds_is_not_taken(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
) -> None:
    run = Run(elf.load(build(tmp_path, ECHO), chip), chip, npu)
    uart = run.machine.uart
    assert uart.receive(bytes(board.RING - 5)) == board.RING - 5
    assert uart.receive(b"123456789") == 5
    assert uart.waiting == board.RING


@BOTH
def test_waiting_for_input_sleeps_and_wakes(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    run = Run(elf.load(build(tmp_path, ECHO), chip), chip, npu, compiled=compiled, watch=0)
    threading.Timer(0.3, run.machine.uart.receive, (b"Aq",)).start()
    start, work = time.monotonic(), time.thread_time()
    assert run.until_stop(limit=10**10, slices=10**10) is Stop.IDLE
    assert run.sent == b"a"
    assert time.thread_time() - work < 0.8 * (time.monotonic() - start)


@BOTH
def test_clearing_the_fifo_drops_what_was_not_read(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    source = r"""
    int main(void) { REG(UART + 8) = 3; put((char)('0' + (REG(UART + 0x14) & 1)));
        number(REG(UART + 8)); return 0; }
    """
    run = Run(elf.load(build(tmp_path, source), chip), chip, npu, compiled=compiled)
    run.machine.uart.receive(b"abc")
    assert run.until_stop() is Stop.IDLE
    assert run.sent == b"0193"


@BOTH
def test_registers_that_are_not_there_are_refused(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    cases = {
        "BYTE(UART + 1)": "load from 0x64004001: UART0 has no register at +0x1",
        "REG(0x64005020u)": "load from 0x64005020: there is no device",
        "REG(0x64005000u) = 1, BYTE(0x64005002u) = 1": "store to 0x64005002: UART1 has no",
        "REG(MTIME + 0x10)": "load from 0xf0010010: the machine timer has no register at +0x10",
        "REG(0xF0020000u + 0x1100) = 1": "store to 0xf0021100: ECLIC has no register at +0x1100",
        "REG(0x64001008u)": "load from 0x64001008: GPIO has no register at +0x8",
    }
    for number, (access, text) in enumerate(cases.items()):
        define = "#define BYTE(a) (*(volatile u8 *)(a))\n"
        source = f"{define}int main(void) {{ {access}; return 0; }}"
        program = elf.load(build(tmp_path / str(number), source), chip)
        run = Run(program, chip, npu, compiled=compiled, watch=0)
        assert run.until_stop() is Stop.TRAP
        assert run.trap.kind == "register"
        assert run.trap.message.startswith(text)


BAUD = r"""
int main(void) {
    REG(UART + 0xc) = 0x83; REG(UART) = DIVISOR & 255; REG(UART + 4) = DIVISOR >> 8;
    REG(UART + 0xc) = 3; REG(UART + 8) = 7;
    u32 before = REG(MTIME);
    for (int i = 0; i < 100; i++) put('x');
    while (!(REG(UART + 0x14) & 0x40)) {}
    u32 took = REG(MTIME) - before;
    put('\n'); number(took);
    return 0;
}
"""


@BOTH
@pytest.mark.parametrize("divisor", [2, 156])
def test_a_paced_uart_keeps_its_baud_rate(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
    divisor: int,
) -> None:
    program = elf.load(build(tmp_path, BAUD, f"-DDIVISOR={divisor}"), chip)
    for paced in (True, False):
        run = Run(program, chip, npu, compiled=compiled, paced=paced)
        assert run.until_stop() is Stop.IDLE
        took = int(run.sent.split()[1])
        if paced:
            assert 0 <= took - 100 * 160 * divisor < 200
            assert run.machine.stats().idle_cycles > took // 2
        else:
            assert took < 10_000


SLOW_READER = r"""
int main(void) {
    REG(UART + 0xc) = 0x83; REG(UART) = 2; REG(UART + 4) = 0; REG(UART + 0xc) = 3;
    REG(UART + 8) = 7;
    put('>');
    while (REG(MTIME) < 100000u) {}
    u32 status = REG(UART + 0x14), count = 0;
    while (REG(UART + 0x14) & 1) { (void)REG(UART); count++; }
    number(status & 3); put(' '); number(count); put(' '); number(REG(UART + 0x14) & 2);
    return 0;
}
"""


@BOTH
def test_a_paced_receiver_overruns(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    program = elf.load(build(tmp_path, SLOW_READER), chip)
    for paced, wanted in ((True, b">3 16 0"), (False, b">1 40 0")):
        run = Run(program, chip, npu, compiled=compiled, paced=paced)
        while not run.sent:
            run.machine.run(50)
        run.machine.uart.receive(bytes(40))
        assert run.until_stop() is Stop.IDLE
        assert run.sent == wanted
        assert run.machine.uart.overruns == (24 if paced else 0)


def test_both_uarts_work(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
) -> None:
    source = r"""
    int main(void) {
        for (;;) for (u32 i = 0; i < 2; i++) {
            u32 own = UART + 0x1000 * i, other = UART + 0x1000 * (1 - i);
            if (REG(own + 0x14) & 1) { u32 c = REG(own); if (c == '.') return 0; REG(other) = c; }
        }
    }
    """
    other = bytearray()
    program = elf.load(build(tmp_path, source), chip)
    run = Run(program, chip, npu, send1=other.extend)
    run.machine.uarts[0].receive(b"to one")
    run.machine.uarts[1].receive(b"to zero")
    run.until_stop(limit=20_000)
    assert (bytes(run.sent), bytes(other)) == (b"to zero", b"to one")
    run.machine.uarts[1].receive(b".")
    assert run.until_stop() is Stop.IDLE


@BOTH
def test_changes_of_pins_are_told(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    source = r"""
    #define PINS 0x64001000u
    int main(void) {
        REG(PINS) = 5; REG(PINS + 4) = 3; REG(PINS) = 5; REG(PINS) = 6; number(REG(PINS + 0x50));
        for (u32 i = 0; i < TIMES; i++) REG(PINS) = i & 1;
        return 0;
    }
    """
    program = elf.load(build(tmp_path, source, "-DTIMES=2000"), chip)
    run = Run(program, chip, npu, compiled=compiled)
    assert run.until_stop(slices=40) is Stop.IDLE
    changes, lost = run.machine.pins()
    assert run.sent == b"2"
    assert lost == 2 + 2000 - board.EVENTS
    assert [one.pins for one in changes] == [0, 1] * (board.EVENTS // 2)
    assert run.machine.pins() == ([], 0)
    run.machine.reset()
    run.machine.run(10)
    while not (found := run.machine.pins()[0]):
        run.machine.run(1)
    assert found == [Pins(found[0].cycles, 1), Pins(found[0].cycles, 2)]  # in one block
    assert 0 < found[0].cycles <= run.machine.stats().cycles


def test_a_deep_call_is_found_at_once(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
) -> None:
    source = r"""
    u8 large[126000]; volatile u32 touched;
    __attribute__((noinline)) void inner(volatile u8 *up) { up[0] = 1; touched = 1; }
    __attribute__((noinline)) void deep(void) { volatile u8 here[6000]; inner(here); }
    int main(void) {
        for (volatile u32 i = 0; i < 20000; i++) large[i] = 7;
        deep(); return large[5];
    }
    """
    run = Run(elf.load(build(tmp_path, source), chip), chip, npu)
    assert run.until_stop(limit=10**7, slices=10**9) is Stop.TRAP
    assert run.trap.kind == "stack"
    assert run.trap.symbol == "deep"
    found = variables.find("touched", run.machine.program)
    assert variables.value(found, run.machine.memory) == 0  # nothing was harmed yet


def test_variables_by_name(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
) -> None:
    source = r"""
    volatile int counter; volatile unsigned short small; volatile float real; s8 table[100];
    volatile double nothing; static volatile u8 hidden;
    int main(void) {
        counter = -7; small = 65535; real = 1.5f; table[0] = -1; table[1] = 2; hidden = 9;
        *(volatile u32 *)&nothing = 0; ((volatile u32 *)&nothing)[1] = 0x7ff80000;
        return hidden;
    }
    """
    run = Run(elf.load(build(tmp_path, source), chip), chip, npu)
    assert run.until_stop() is Stop.IDLE

    def value(text: str) -> object:
        return variables.value(variables.find(text, run.machine.program), run.machine.memory)

    assert value("counter") == -7
    assert value("counter:u32") == 2**32 - 7
    assert value("counter:u8") == [0xF9, 0xFF, 0xFF, 0xFF]
    assert value("small") == 65535
    assert value("small:i16") == -1
    assert value("real:f32") == 1.5
    assert value("hidden") == 9
    assert value("nothing:f64") == "nan"
    assert value("table:i8") == [-1, 2] + [0] * (variables.MOST - 2)
    for text, words in {
        "main": "no variable 'main'",
        "none": "no variable 'none'",
        "counter:int": "'int' is not a type",
        "small:i32": "small has 2 bytes",
    }.items():
        with pytest.raises(RunError, match=words):
            value(text)


INSTRUCTIONS = [
    ("lw a0, 0(a1)", 2),
    ("lbu a0, 0(a1)", 2),
    ("c.lw a0, 0(a1)", 2),
    ("c.lwsp a0, 4(sp)", 2),
    ("flw fa0, 0(a1)", 2),
    ("sw a0, 0(a1)", 1),
    ("c.sw a0, 0(a1)", 1),
    ("mul a0, a0, a1", 4),
    ("mulhu a0, a0, a1", 4),
    ("div a0, a0, a1", 9),
    ("remu a0, a0, a1", 9),
    ("add a0, a0, a1", 1),
    ("c.add a0, a1", 1),
    ("addi a0, a0, 5", 1),
    ("fadd.s fa0, fa0, fa1", 17),
    ("fmadd.s fa0, fa0, fa1, fa2", 17),
    ("fcvt.s.w fa0, a0", 17),
    ("fmv.x.w a0, fa0", 1),
    ("fdiv.s fa0, fa0, fa1", 33),
    ("fsqrt.s fa0, fa0", 33),
    ("c.addi16sp sp, -32", 1 | cycles.LOWERS),
    ("c.addi16sp sp, 32", 1),
    ("addi sp, sp, -400", 1 | cycles.LOWERS),
    ("addi sp, sp, 400", 1),
    ("sub sp, sp, a0", 1 | cycles.LOWERS),
    ("c.mv sp, a0", 1 | cycles.LOWERS),
    ("c.add sp, a0", 1 | cycles.LOWERS),
    ("c.mv a0, sp", 1),
    ("c.jr ra", 7),
    ("c.jalr a0", 7),
    ("c.j .", 7),
    ("c.jal .", 7),
    ("jal a0, .", 7),
    ("jalr a0, 4(a1)", 7),
    ("mret", 7),
    ("c.ebreak", 1),
    ("bltu a0, a1, .", 6),
    ("c.beqz a0, .", 6),
    ("c.bnez a0, .", 6),
    ("csrr a0, mcause", 1),
    ("lui a0, 1", 1),
    ("c.lui a0, 1", 1),
    ("amoadd.w a0, a1, (a2)", 2),
]


def test_the_model_of_time(tmp_path: Path, chip: Chip) -> None:
    own = CpuCycles(
        **{"load": 1, "multiply": 3, "divide": 8, "float_operation": 16, "float_divide": 32},
        **{"branch": 5, "jump": 6},
        source="test",
    )
    for number, (instruction, wanted) in enumerate(INSTRUCTIONS):
        start = f"""
        .section .text.start, "ax", @progbits
        .globl _start
        _start: {instruction}
        """
        program = elf.load(build(tmp_path / str(number), "", start=start), chip)
        code = np.zeros(8, np.uint8)
        data = program.segments[0].data[:4]
        code[: len(data)] = np.frombuffer(data, np.uint8)
        assert cycles.costs(code, own)[0] == wanted, instruction


def test_structures_are_laid_out_as_in_c() -> None:
    library = board.library()
    assert library is not None
    library.layout.restype = ctypes.c_uint64
    members = ("uarts", "events", "memories", "pending", "register_mtvec", "line")
    wanted = [ctypes.sizeof(board.State), ctypes.sizeof(board.Uart)]
    wanted += [getattr(board.State, name).offset for name in members]
    assert [library.layout(what) for what in range(8)] == wanted
