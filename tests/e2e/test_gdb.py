"""A real GDB debugs firmware on the emulator, while a terminal reads its UART."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import serial

from studio.emulator.client import Emulator
from tests.unit.test_emulator_elf import build

PROGRAM = r"""
typedef struct { int a; float b; } pair;
volatile pair seen;
volatile u32 counter;
__attribute__((noinline)) int twice(int x) {
    counter += 1;
    return 2 * x; // twice
}
__attribute__((noinline)) void crash(void) { REG(0x30000000u) = 1; } // crash
int main(void) {
    print("uart ok\r\n"); // first
    seen.a = 3; // second
    seen.b = 1.5f;
    number((u32)twice(21)); // call
    print("\r\ndone\r\n");
    if (seen.a == 77) crash();
    return 0;
}
"""


def gdb() -> str:
    for name in ("riscv-none-elf-gdb", "riscv64-unknown-elf-gdb", "gdb-multiarch"):
        found = shutil.which(name)
        if found is not None:
            return found
    pytest.skip("no GDB for RISC-V on this machine (gdb-multiarch)")


def line_of(mark: str) -> int:
    lines = PROGRAM.split("\n")
    return next(i for i, line in enumerate(lines, 1) if line.endswith(f"// {mark}"))


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("固件 gdb"), PROGRAM, "-O0")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "map.csv"
    path.write_text("640,1344,6\n", encoding="utf-8", newline="\n")
    return path


def opened(url: str) -> Any:
    return serial.serial_for_url(url, timeout=20)


def debug(elf: Path, port: int, *commands: str) -> str:
    """What GDB prints for these commands, connected to the emulator."""
    line = [gdb(), "-nx", "-batch", elf.name]
    for one in ("set width 0", f"target remote 127.0.0.1:{port}", *commands):
        line += ["-ex", one]
    done = subprocess.run(
        line, cwd=elf.parent, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    return done.stdout + done.stderr


def test_a_session_from_load_to_detach(firmware: Path, weights: Path) -> None:
    with Emulator(firmware, weights, gdb=0, hold=True) as emulator:
        port = opened(emulator.url)  # a terminal that is open all the time
        text = debug(
            firmware,
            emulator.gdb_port,
            *("load", "break main", "continue", "info registers pc sp ra", "x/4xb 0"),
            *("next", "next", "print seen.a", "next", "print seen", "step", "bt"),
            *("print x", "finish", "info registers mstatus fcsr fa0 mtvec", "info threads"),
            *(
                "delete",
                "set var seen.b = 2.5",
                "print seen.b * 2",
                "print twice(twice(5))",
                "detach",
            ),
        )
        assert re.search(r"Start address 0x0+, load size \d+", text)
        assert re.search(r"Breakpoint 1, main \(\) at main\.c:\d+", text)
        assert 'print("uart ok' in text  # the source line is found
        assert re.search(r"^pc +0x[0-9a-f]+", text, re.MULTILINE)
        assert re.search(r"^0x0 <_start>:\s+0x17\s+0x01\s+0x02\s+0x20", text, re.MULTILINE)
        assert "$1 = 3" in text
        assert "$2 = {a = 3, b = 1.5}" in text
        assert re.search(r"#0 +twice \(x=21\) at main\.c:\d+", text)
        assert re.search(rf"#1 .* main \(\) at main\.c:{line_of('call')}", text)
        assert "$3 = 21" in text
        assert "Value returned is $4 = 42" in text
        assert "FS:3" in text
        assert "$5 = 5" in text
        assert "$6 = 20" in text  # functions called by GDB return to the stack
        assert "detached" in text
        assert port.read_until(b"done\r\n") == b"uart ok\r\n42\r\ndone\r\n"
        assert emulator.wait(10)
        assert emulator.idle
        assert emulator.trap is None
        port.close()


def test_watch_interrupt_reset_and_a_second_session(firmware: Path, weights: Path) -> None:
    with Emulator(firmware, weights, gdb=0, wait=False) as emulator:
        assert emulator.wait(20)  # it has run and waits in wfi
        text = debug(
            firmware,
            emulator.gdb_port,
            *("info symbol $pc", "monitor reset halt", "maintenance flush register-cache"),
            *("print $pc", "watch counter", "continue", "delete", "stepi", "print counter"),
            "monitor trap",
        )
        assert "_start" in text
        assert re.search(r"\$1 = .*0x0", text)
        assert re.search(r"Hardware watchpoint 1: counter\s+Old value = 0\s+New value = 1", text)
        assert "$2 = 1" in text
        assert "nothing has stopped the firmware" in text
        text = debug(firmware, emulator.gdb_port, "print counter", "kill")
        assert "$1 = 1" in text
        with opened(emulator.url) as port:
            assert port.read_until(b"done\r\n").endswith(b"uart ok\r\n42\r\ndone\r\n")


def test_a_trap_is_a_signal_and_the_emulator_stays(firmware: Path, weights: Path) -> None:
    with Emulator(firmware, weights, gdb=0, hold=True) as emulator:
        text = debug(
            firmware,
            emulator.gdb_port,
            *("break twice", "continue", "set var seen.a = 77", "continue", "bt", "detach"),
        )
        assert "Program received signal SIGSEGV" in text
        where = f"at main.c:{line_of('crash')} in crash"
        assert f"store to 0x30000000 outside every memory, {where}" in text
        assert re.search(rf"#0 .*crash \(\) at main\.c:{line_of('crash')}", text)
        assert emulator.running
        assert emulator.trap is not None
        # Detached, it has trapped again; a debugger may come and look.
        text = debug(firmware, emulator.gdb_port, "print seen.a", "print $pc", "monitor trap")
        assert "$1 = 77" in text
        assert "<crash" in text
        assert "store to 0x30000000" in text


@pytest.mark.skipif(sys.platform == "win32", reason="GDB's Ctrl-C is a signal of POSIX here")
def test_ctrl_c_stops_a_firmware_that_hangs(weights: Path, tmp_path: Path) -> None:
    source = 'volatile u32 n; int main(void) { print("go\\r\\n"); for (;;) n += 1; }'
    elf = build(tmp_path / "hangs", source)
    with Emulator(elf, weights, gdb=0, hold=True) as emulator:
        command = [gdb(), "-nx", "-batch", elf.name, "-ex", f"target remote :{emulator.gdb_port}"]
        for one in ("continue", "bt", "print n > 0", "detach"):
            command += ["-ex", one]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=elf.parent, stdout=pipe, stderr=pipe) as process:
            with opened(emulator.url) as port:
                assert port.read_until(b"go\r\n") == b"go\r\n"
            process.send_signal(signal.SIGINT)
            told = process.communicate(timeout=30)[0].decode()
        assert "Program received signal SIGINT" in told
        assert re.search(r"#0 .*main \(\) at main\.c:1", told)
        assert "$1 = 1" in told
        assert "detached" in told
        before = emulator.stats().instructions
        time.sleep(0.2)
        assert emulator.stats().instructions > before  # it goes on
