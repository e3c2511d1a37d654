"""Damaged programs and random input never hang or end the emulator (tests/fuzz_emulator.py).

``STUDIO_FUZZ=20000`` in the environment tries that many programs instead of some dozens.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from studio.chip.chip import Chip
from tests.fuzz_emulator import damaged
from tests.unit.test_emulator_interrupts import firmware

CASES = int(os.environ.get("STUDIO_FUZZ", "40"))

PROGRAM = r"""
static void tick(void) { interrupt_timer_at(interrupt_now() + 5000u); put('t'); }
static volatile float real = 1.0f; static int table[4] = {1, 2, 3, 4};
int main(void) {
    interrupt_timer_at(5000u); interrupt_attach(CHIP_INTERRUPT_TIMER, 1, tick); interrupt_enable();
    REG(0x64001004u) = 3;
    for (u32 i = 0;; i++) {
        if (REG(UART + 0x14) & 1) put((char)(REG(UART) ^ 0x20));
        real = real * 1.5f + (float)table[i & 3]; REG(0x64001000u) = i;
        REG(NPU + 4) = (u32)table; REG(NPU + 8) = 1;
        if (i % 64 == 0) interrupt_wait();
    }
}
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, chip: Chip) -> Path:
    return firmware(tmp_path_factory.mktemp("fuzz"), chip, PROGRAM).path


@pytest.mark.timeout(60 + 2 * CASES)
def test_damaged_programs_do_no_harm(good: Path) -> None:
    # In a process of its own, which a crash would end.
    command = [sys.executable, "-m", "tests.fuzz_emulator", "7", str(CASES), str(good)]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50 + 2 * CASES,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, f"{done.stdout[-200:]}\n{done.stderr[-2000:]}"
    outcomes = dict(part.split(":") for part in done.stdout.splitlines()[-1].split())
    # Neither are all of them refused, nor do all of them run as if nothing had happened.
    assert {"refused", "slice", "trap"} <= outcomes.keys()
    assert sum(map(int, outcomes.values())) == CASES


def test_cases_follow_from_the_seed(good: Path) -> None:
    content = good.read_bytes()
    first, again, other = (damaged(content, random.Random(seed)) for seed in ("1 5", "1 5", "1 6"))
    assert first == again
    assert len({content, first, other}) == 3
