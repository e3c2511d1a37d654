"""Interrupts, sleep and time: with the firmware's own start-up code and interrupt driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.base import paths
from studio.chip.chip import Chip
from studio.emulator import elf
from studio.emulator.machine import Stop
from studio.emulator.npu import Npu
from studio.firmware import generate
from tests.unit.test_emulator_elf import build
from tests.unit.test_emulator_machine import Run, npu  # noqa: F401

RUNTIME = paths.resource("firmware", "runtime")
BOTH = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "python"])

HEAD = r"""
#include "chip.h"
#include "interrupt.h"
void trap_report(u32 cause, u32 pc);
void trap_report(u32 cause, u32 pc) { print("trap "); number(cause); (void)pc; }
#define BYTE(address) (*(volatile u8 *)(address))
"""


def firmware(folder: Path, chip: Chip, source: str) -> elf.Program:
    """A program with start.S, interrupt.c, link.ld and chip.h as a project has them."""
    environment = generate._environment()
    context = {"chip": chip, "divisor": 2, "actual_baud": 750000}
    folder.mkdir(parents=True, exist_ok=True)
    header = environment.get_template("chip.h.jinja").render(context)
    (folder / "chip.h").write_text(header, encoding="utf-8")
    script = environment.get_template("link.ld.jinja").render(context)
    start = (RUNTIME / "start.S").read_text(encoding="utf-8")
    extra = ["-I", str(RUNTIME), "-I", ".", str(RUNTIME / "interrupt.c")]
    return elf.load(build(folder, HEAD + source, *extra, start=start, script=script), chip)


TICKS = r"""
static volatile u32 ticks, when[8]; static volatile float sum;
static void tick(void) {
    when[ticks & 7] = (u32)interrupt_now(); ticks++; sum += 0.5f;
    interrupt_timer_at((u64)ticks * 10000u + 10000u);
}
int main(void) {
    float kept = 1.0f; u32 turns = 0;
    interrupt_timer_at(10000u);
    interrupt_attach(CHIP_INTERRUPT_TIMER, 1, tick);
    interrupt_enable();
    while (ticks < 6) { turns++; kept *= 1.0000001f; WAIT }
    (void)interrupt_disable(); interrupt_timer_at(~0ull);
    number(ticks); put(' '); number((u32)(sum * 2.0f)); put(' ');
    number(kept >= 1.0f); put('\n');
    for (int i = 0; i < 6; i++) { number(when[i]); put('\n'); }
    number(turns > 100); put('\n');
    for (;;) interrupt_wait();
}
""".replace("u64", "unsigned long long")


@BOTH
@pytest.mark.parametrize("wait", ["", "interrupt_wait();"], ids=["busy", "asleep"])
def test_the_timer_interrupts_when_it_is_time(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    wait: str,
    compiled: bool,
) -> None:
    program = firmware(tmp_path, chip, TICKS.replace("WAIT", wait))
    outputs = set()
    for slices in (10**9, 777, 10_000):
        run = Run(program, chip, npu, compiled=compiled)
        assert run.until_stop(limit=10**6, slices=slices) is Stop.IDLE
        lines = run.sent.decode().splitlines()
        assert lines[0] == "6 6 1"
        # At the end of the block the time falls into; entering the handler takes its cycles.
        assert all(0 <= int(at) - (i + 1) * 10_000 < 250 for i, at in enumerate(lines[1:7]))
        assert lines[7] == ("0" if wait else "1")
        stats = run.machine.stats()
        assert stats.idle_cycles > 50_000 if wait else stats.idle_cycles == 0
        outputs.add((bytes(run.sent), stats.instructions, stats.cycles))
    assert len(outputs) == 1  # how a run is cut into slices changes nothing


RECEIVE = r"""
static volatile u32 got, sum, calls;
static void take(void) {
    calls++;
    u32 why = REG(UART + 8) & 15;
    while (REG(UART + 0x14) & 1) { sum = sum * 31 + REG(UART); got++; }
    if (why != 4) got = 1000;
}
int main(void) {
    REG(UART + 8) = 7; REG(UART + 4) = 1;
    interrupt_attach(CHIP_INTERRUPT_UART0, 1, take);
    interrupt_enable();
    print("ready");
    while (got < 300) interrupt_wait();
    number(got); put(' '); number(sum); put(' '); number(calls <= got);
    REG(UART + 4) = 0;
    for (;;) interrupt_wait();
}
"""


@BOTH
def test_received_bytes_interrupt(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    run = Run(firmware(tmp_path, chip, RECEIVE), chip, npu, compiled=compiled)
    assert run.until_stop() is Stop.IDLE
    assert run.sent == b"ready"
    data = bytes(range(256)) + bytes(44)
    for start in range(0, 300, 100):
        assert run.machine.uart.receive(data[start : start + 100]) == 100
        assert run.until_stop() is Stop.IDLE
    wanted = 0
    for byte in data:
        wanted = (wanted * 31 + byte) & 0xFFFFFFFF
    assert run.sent == b"ready300 %d 1" % wanted


CONTROL = r"""
static volatile u32 order[4], count;
static void first(void) { order[count++] = 1; REG(CHIP_TIMER + 0xffc) = 0; }
static void second(void) { order[count++] = 2; interrupt_timer_at(~0ull); }
static void line(void) { order[count++] = 3; (void)REG(UART + 8); REG(UART + 4) = 0; }
static void three(u32 a, u32 b) {
    count = 0;
    (void)interrupt_disable();
    REG(CHIP_TIMER + 0xffc) = 1; interrupt_timer_at(0); REG(UART + 4) = 2;
    interrupt_attach(CHIP_INTERRUPT_SOFTWARE, (u8)a, first);
    interrupt_attach(CHIP_INTERRUPT_TIMER, (u8)b, second);
    interrupt_attach(CHIP_INTERRUPT_UART0, 5, line);
    for (volatile int i = 0; i < 50; i++) {}
    put(count ? 'x' : '-');
    number(BYTE(CHIP_ECLIC + 0x1000 + 4 * CHIP_INTERRUPT_TIMER));
    interrupt_enable();
    for (volatile int i = 0; i < 50; i++) {}
    for (u32 i = 0; i < count; i++) number(order[i]);
    number(BYTE(CHIP_ECLIC + 0x1000 + 4 * CHIP_INTERRUPT_TIMER));
    put('\n');
}
int main(void) {
    three(9, 1); three(1, 9); three(7, 7);
    BYTE(CHIP_ECLIC + 11) = 6; three(7, 8);
    BYTE(CHIP_ECLIC + 11) = 0; for (volatile int i = 0; i < 50; i++) {}
    number(order[2]); put('\n');
    number(REG(CHIP_ECLIC + 4) & 0x1fff); put('\n');
    /* Edge: pending stays until it is cleared, and no new one comes without an edge. */
    (void)interrupt_disable();
    interrupt_attach(CHIP_INTERRUPT_SOFTWARE, 1, 0);
    BYTE(CHIP_ECLIC + 0x1000 + 4 * CHIP_INTERRUPT_SOFTWARE + 2) = 2;
    REG(CHIP_TIMER + 0xffc) = 1; (void)REG(CHIP_ECLIC); REG(CHIP_TIMER + 0xffc) = 0;
    number(BYTE(CHIP_ECLIC + 0x1000 + 4 * CHIP_INTERRUPT_SOFTWARE));
    BYTE(CHIP_ECLIC + 0x1000 + 4 * CHIP_INTERRUPT_SOFTWARE) = 0;
    number(BYTE(CHIP_ECLIC + 0x1000 + 4 * CHIP_INTERRUPT_SOFTWARE)); put('\n');
    return 0;
}
"""


@BOTH
def test_the_controller_orders_and_masks(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    run = Run(firmware(tmp_path, chip, CONTROL), chip, npu, compiled=compiled)
    assert run.until_stop() is Stop.IDLE
    assert run.sent.decode().split() == [
        "-11320",
        "-12310",
        "-12130",
        "-1210",
        "3",
        "64",
        "10",
    ]


@BOTH
def test_a_sleep_without_an_armed_timer_waits_for_input(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    source = r"""
    int main(void) {
        REG(UART + 4) = 1;
        interrupt_attach(CHIP_INTERRUPT_UART0, 1, 0);
        BYTE(CHIP_ECLIC + 0x1000 + 4 * CHIP_INTERRUPT_UART0 + 1) = 1;
        interrupt_wait(); /* a pending source ends it even where interrupts are not let in */
        put((char)REG(UART));
        for (;;) {}
    }
    """
    run = Run(firmware(tmp_path, chip, source), chip, npu, compiled=compiled)
    assert run.until_stop() is Stop.IDLE
    before = run.machine.stats()
    assert run.machine.run(10**9) is Stop.IDLE
    assert run.machine.stats() == before
    run.machine.uart.receive(b"!")
    assert run.until_stop() is Stop.IDLE
    assert run.sent == b"!"


@BOTH
def test_the_firmware_resets_the_chip(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    source = r"""
    int main(void) { put('.'); REG(CHIP_TIMER + 0xff0) = 1; REG(CHIP_TIMER + 0xff0) = 0x80000a5f;
        put('x'); return 0; }
    """
    run = Run(firmware(tmp_path, chip, source), chip, npu, compiled=compiled)
    for count in (1, 2, 3):
        assert run.until_stop() is Stop.RESET
        assert run.sent == b"." * count


@BOTH
def test_an_exception_still_ends_in_a_trap(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    compiled: bool,
) -> None:
    source = r"""
    static void bad(void) { REG(0x30000000u) = 1; } // bad
    int main(void) { interrupt_timer_at(1000); interrupt_attach(CHIP_INTERRUPT_TIMER, 1, bad);
        interrupt_enable(); for (;;) interrupt_wait(); }
    """
    run = Run(firmware(tmp_path, chip, source), chip, npu, compiled=compiled)
    assert run.until_stop() is Stop.TRAP
    assert (run.trap.kind, run.trap.symbol) == ("store", "bad")
