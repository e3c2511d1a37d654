"""Loops that the board computes itself: nothing but the speed differs from turn after turn."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from studio.chip.chip import Chip
from studio.emulator import elf
from studio.emulator.machine import Stop
from studio.emulator.npu import Npu
from tests.unit.test_emulator_elf import build
from tests.unit.test_emulator_machine import Run, npu  # noqa: F401

LOADS = ("lb", "lbu", "lh", "lhu", "lw")
WIDTHS = dict(zip(LOADS, (1, 1, 2, 2, 4), strict=True))
FIRST, SECOND = 0x2000_0000, 0x2000_8000


def loop(number: random.Random, name: str) -> str:
    """A loop of sums of products of two arrays, now and then with something else in it."""
    first, second = number.choice(LOADS), number.choice(LOADS)
    sign = number.choice((1, 1, 1, -1))
    step1, step2 = sign * WIDTHS[first], number.choice((0, 1, 2, 4, 8, -2))
    turns = number.choice((1, 2, 15, 16, 24, 25, 26, 300, 1000, 2000))
    offset = number.choice((0, 4, 12, -8))
    products = [
        f"{first} t0, {offset}(a0)",
        f"{second} t1, 0(a1)",
        "mul t2, t0, t1",
        f"add a2, {number.choice(('a2, t2', 't2, a2'))}",
    ]
    if number.random() < 0.5:
        products += [f"{first} t3, {offset + WIDTHS[first]}(a0)", "add a4, a4, t3"]
    if number.random() < 0.3:
        products += ["mul t4, t0, t0", "add a5, a5, t4"]
    if number.random() < 0.3:
        products.insert(number.randrange(len(products)), "addi a6, a6, -3")
    odd = ("xor a7, a7, t0", "sb t0, 0(s2)", "add a7, a7, a2", "addi t0, t0, 1", "slli a7, a7, 1")
    if number.random() < 0.25:
        products.append(number.choice(odd))
    end = turns * step1
    tail = [f"addi a0, a0, {step1}", f"addi a1, a1, {step2}"]
    if number.random() < 0.4:
        tail += ["addi s3, s3, -1", f"bnez s3, {name}"]
    else:
        tail += [f"{number.choice(('bne a0, a3', 'bne a3, a0'))}, {name}"]
    lines = [f"li a0, {FIRST + 0x3000}", f"li a1, {SECOND + 0x3000}", f"li s3, {turns}"]
    lines += [f"li a3, {FIRST + 0x3000 + end}", f"{name}:", *products, *tail]
    return "\n    ".join(lines)


def start(seed: int) -> str:
    number = random.Random(seed)
    loops = [loop(number, f"loop{i}") for i in range(12)]
    code = "\n    ".join(loops)
    return f"""
    .section .text.start, "ax", @progbits
    .globl _start
_start:
    li s2, {FIRST + 0x7F00}
    {code}
    wfi
1:  j 1b
"""


def outcome(run: Run, slices: int) -> tuple[object, ...]:
    data = run.machine.memory.view(FIRST, 0x10000)
    assert data is not None
    data[:] = np.random.default_rng(3).integers(0, 256, 0x10000, dtype=np.uint8)
    stop = run.until_stop(limit=10**7, slices=slices)
    stats = run.machine.stats()
    trap = run.machine.trap
    return (
        *(stop, run.machine.registers(), stats.instructions, stats.cycles, trap),
        data.tobytes(),
    )


@pytest.mark.parametrize("seed", range(12))
def test_nothing_but_the_speed_differs(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    seed: int,
) -> None:
    program = elf.load(build(tmp_path, "", start=start(seed)), chip)
    plain = outcome(Run(program, chip, npu, watch=0, ahead=False), 10**6)
    computed = 0
    for slices in (10**6, 999, 20_000):
        run = Run(program, chip, npu, watch=0)
        assert outcome(run, slices) == plain
        computed += run.machine.state.ahead
    assert computed > 0


def test_a_loop_that_leaves_memory_traps_as_ever(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
) -> None:
    source = r"""
    __attribute__((noinline)) int sum(const s8 *x, const s8 *end) {
        int found = 0;
        #pragma clang loop unroll(disable) vectorize(disable)
        while (x != end) found += *x++;
        return found;
    }
    int main(void) { return sum((s8 *)0x2001ff00u, (s8 *)0x20020400u); }
    """
    program = elf.load(build(tmp_path, source, "-O2"), chip)
    outcomes = [outcome(Run(program, chip, npu, watch=0, ahead=on), 10**6) for on in (True, False)]
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][4] is not None


DOT = r"""
volatile int out, ticks; static s8 x[1000], y[1000];
__attribute__((noinline)) int dot(const s8 *a, const s8 *b, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}
int main(void) {
    for (int i = 0; i < 1000; i++) { x[i] = (s8)(i * 7); y[i] = (s8)(i * 11 + 3); }
    for (int i = 0; i < 40; i++) out += dot(x, y, 960 + i);
    number((u32)out); put(' '); number(REG(MTIME));
    return 0;
}
"""


@pytest.mark.parametrize("options", [{}, {"watch": 5_000}, {"compiled": False}], ids=str)
def test_compiled_dot_products_take_the_same_time(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
    options: dict[str, object],
) -> None:
    program = elf.load(build(tmp_path, DOT, "-O2"), chip)
    plain = Run(program, chip, npu, watch=0, ahead=False)
    plain.until_stop()
    run = Run(program, chip, npu, **({"watch": 0} | options))
    run.until_stop()
    assert run.sent == plain.sent
    assert run.machine.stats() == plain.machine.stats()
    if not options:
        assert run.machine.state.ahead > 20_000


def test_breakpoints_in_a_loop_stop_every_turn(
    tmp_path: Path,
    chip: Chip,
    npu: Npu,  # noqa: F811
) -> None:
    program = elf.load(build(tmp_path, DOT, "-O2"), chip)
    run = Run(program, chip, npu, watch=0)
    while not run.machine.state.ahead:
        run.machine.run(2000)
    before = run.machine.state.ahead
    # In the middle of the loop's block.
    code = run.machine.memory.blocks[0].bytes
    at = int(run.machine.state.last)
    run.machine.breakpoints.add(at + (4 if code[at] & 3 == 3 else 2))
    for _ in range(50):
        assert run.machine.run(10**6) is Stop.BREAKPOINT
    assert run.machine.state.ahead == before
