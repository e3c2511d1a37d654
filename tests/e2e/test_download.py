"""Downloads by the real tools: GDB into the emulator and QEMU, OpenOCD into a RISC-V debug module.

The board OpenOCD sees is tests/jtag_board.py, behind its remote_bitbang driver.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import serial

from studio.base.errors import ToolError
from studio.base.job import Job
from studio.board import gdb_client, probes
from studio.board.download import GdbServer, OpenOcd, TransientError, download
from studio.chip.chip import Chip
from studio.emulator.client import Emulator
from tests.jtag_board import IDCODE, JtagBoard, Module
from tests.unit.test_emulator_elf import START, build

EMPTY = 'int main(void) { print("the old program\\r\\n"); return 0; }'
NEW = r"""
const u8 table[3000] = {1, 2, 3, 4, 5};
int main(void) {
    u32 sum = 0;
    for (u32 i = 0; i < sizeof table; i++) sum += ((const volatile u8 *)table)[i];
    print("uart ok\r\nsum ");
    number(sum);
    print("\r\ndone\r\n");
    return 0;
}
"""
# QEMU's machine virt: RAM from 0x80000000, a 16550 at 0x10000000.
VIRT = """
ENTRY(_start)
MEMORY { RAM (rwx) : ORIGIN = 0x80000000, LENGTH = 1M }
SECTIONS {
    .text : { KEEP(*(.text.start)) *(.text*) *(.rodata*) *(.srodata*) } > RAM
    .data : { *(.data*) *(.sdata*) } > RAM
    .bss (NOLOAD) : { *(.bss*) *(.sbss*) } > RAM
    /DISCARD/ : { *(.eh_frame*) }
    _stack_top = ORIGIN(RAM) + 64K;
}
"""


def tool(*names: str) -> Path:
    for name in names:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    pytest.skip(f"none of these on this machine: {', '.join(names)}")


@pytest.fixture(scope="module")
def gdb() -> Path:
    return tool("riscv-none-elf-gdb", "riscv64-unknown-elf-gdb", "gdb-multiarch")


@pytest.fixture(scope="module")
def openocd() -> Path:
    return tool("openocd")


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("新固件 new"), NEW)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "map.csv"
    path.write_text("640,1344,6\n", encoding="utf-8", newline="\n")
    return path


@pytest.mark.parametrize("hold", [True, False], ids=["held", "running"])
def test_gdb_into_the_emulator(
    hold: bool, gdb: Path, new: Path, weights: Path, chip: Chip, tmp_path: Path
) -> None:
    old = build(tmp_path, EMPTY)
    with Emulator(old, weights, gdb=0, hold=hold, wait=False) as emulator:
        port = serial.serial_for_url(emulator.url, timeout=20)
        if not hold:
            assert port.read_until(b"\n") == b"the old program\r\n"
        seen: list[tuple[int, int]] = []
        lines: list[str] = []
        job = Job(lambda done, total, _text: seen.append((done, total)))
        how = GdbServer(gdb, "127.0.0.1", emulator.gdb_port)
        report = download(new, how, chip, job, lines.append)
        assert port.read_until(b"done\r\n") == b"uart ok\r\nsum 15\r\ndone\r\n"
        port.close()
        assert emulator.trap is None
    assert report.tool == "GDB"
    assert report.attempts == 1
    assert report.size == probes.read(new).size
    assert seen == sorted(seen)
    assert seen[-1] == (2 * report.size, 2 * report.size)
    assert any(line.endswith("matched.") for line in lines)
    assert not [line for line in lines if "nternal error" in line]


def test_scripts_inside_the_file_are_not_run(
    gdb: Path, weights: Path, chip: Chip, tmp_path: Path
) -> None:
    """GDB runs what a section of an ELF file says, if it is let."""
    mark = tmp_path / "mark"
    source = tmp_path / "script.S"
    source.write_text(
        '.pushsection .debug_gdb_scripts, "MS", @progbits, 1\n.byte 4\n'
        f""".asciz "gdb.inlined\\nopen('{mark.as_posix()}', 'w').close()\\n"\n.popsection\n""",
        encoding="utf-8",
    )
    elf = build(tmp_path / "trap", NEW, str(source))
    with Emulator(elf, weights, gdb=0, hold=True) as emulator:
        download(elf, GdbServer(gdb, "127.0.0.1", emulator.gdb_port), chip, Job())
    assert not mark.exists()
    # It would have been run: the test is of something.
    done = subprocess.run(
        [gdb, "-nx", "-batch", "-iex", "set auto-load safe-path /", elf],
        capture_output=True,
        check=False,
    )
    if b"Python scripting is not supported" not in done.stderr:
        assert mark.exists(), done.stderr


def test_gdb_into_qemu(gdb: Path, chip: Chip, tmp_path: Path) -> None:
    qemu = tool("qemu-system-riscv32")
    program = NEW.replace("print(", "send(")
    send = """
    static void send(const char *s) { while (*s) *(volatile u8 *)0x10000000u = (u8)*s++; }
    #define number(v) send((v) == 15 ? "15" : "?")
    """
    elf = build(tmp_path, send + program, script=VIRT, start=START)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(qemu), "-M", "virt", "-bios", "none", "-S", "-gdb", f"tcp:127.0.0.1:{port}"]
    command += ["-display", "none", "-monitor", "none", "-serial", "stdio"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            how = GdbServer(gdb, "localhost", port, reset="")
            report = download(elf, how, chip, Job(), attempts=4)  # QEMU may not listen yet
            assert process.stdout is not None
            told = b"".join(process.stdout.readline() for _ in range(3))
        finally:
            process.kill()
    assert told.split() == [b"uart", b"ok", b"sum", b"15", b"done"]
    assert report.size == probes.read(elf).size


def test_gdb_without_a_server(gdb: Path, new: Path, chip: Chip) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TransientError, match="no debug server answers there"):
        download(new, GdbServer(gdb, "127.0.0.1", port), chip, Job(), attempts=1)


def test_gdb_and_a_server_of_something_else(
    gdb: Path, new: Path, chip: Chip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and never says a word of GDB's protocol."""
    monkeypatch.setattr(gdb_client, "_CONNECT", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        start = time.monotonic()
        with pytest.raises(ToolError) as caught:
            download(new, GdbServer(gdb, "127.0.0.1", port), chip, Job(), attempts=1, timeout=40)
        assert time.monotonic() - start < 20
    assert "speaks another protocol" in caught.value.message


def test_gdb_into_memory_that_is_not_there(
    gdb: Path, weights: Path, new: Path, chip: Chip, tmp_path: Path
) -> None:
    elf = build(tmp_path, NEW, script=VIRT)
    with Emulator(new, weights, gdb=0, hold=True) as emulator:
        how = GdbServer(gdb, "127.0.0.1", emulator.gdb_port)
        with pytest.raises(ToolError, match="cannot write this memory"):
            download(elf, how, chip, Job())


# OpenOCD


class Setup:
    """OpenOCD's interface file for a simulated board."""

    def __init__(self, openocd: Path, folder: Path, port: int) -> None:
        path = folder / "接口 board.cfg"
        path.write_text(
            "adapter driver remote_bitbang\nremote_bitbang host 127.0.0.1\n"
            f"remote_bitbang port {port}\n",
            encoding="utf-8",
        )
        self.how = OpenOcd(openocd, path.as_posix())


@pytest.fixture
def module() -> Module:
    return Module()


@pytest.fixture
def board(module: Module, openocd: Path, tmp_path: Path) -> Iterator[Setup]:
    with JtagBoard(module) as found:
        yield Setup(openocd, tmp_path, found.port)


def test_openocd_downloads_compares_and_starts(
    board: Setup, module: Module, new: Path, chip: Chip
) -> None:
    seen: list[int] = []
    lines: list[str] = []
    job = Job(lambda done, _total, _text: seen.append(done))
    right = replace(chip, probe=replace(chip.probe, idcode=IDCODE))
    report = download(new, board.how, right, job, lines.append)
    firmware = probes.read(new)
    for segment in firmware.segments:
        end = segment.address + len(segment.data)
        assert module.memory[segment.address : end] == segment.data
    assert module.registers[0x7B1] == firmware.entry  # dpc
    assert not module.halted
    assert module.resumed >= 1
    assert (report.tool, report.attempts, report.size) == ("OpenOCD", 1, firmware.size)
    assert seen == sorted(seen)
    assert seen[-1] == 2 * firmware.size
    assert any(line.startswith(f"verified {firmware.size} bytes") for line in lines)


def test_openocd_compares_large_programs_by_reading(
    board: Setup, module: Module, tmp_path: Path, chip: Chip
) -> None:
    """OpenOCD would compare them by code of its own on the chip, which must then run it."""
    large = build(tmp_path / "large", NEW.replace("3000", "16000"))
    lines: list[str] = []
    report = download(large, board.how, chip, Job(), lines.append, attempts=1)
    assert report.size == probes.read(large).size > 16000
    assert module.resumed >= 1
    assert not [line for line in lines if line.startswith("Error")]


def test_openocd_and_another_chip(board: Setup, module: Module, new: Path, chip: Chip) -> None:
    wrong = replace(chip, probe=replace(chip.probe, idcode=0x1000563D))
    with pytest.raises(ToolError, match="the chip on the board is another one") as caught:
        download(new, board.how, wrong, Job())
    assert not isinstance(caught.value, TransientError)
    assert not any(module.memory)  # nothing was written


def test_openocd_and_memory_that_does_not_hold(
    openocd: Path, new: Path, chip: Chip, tmp_path: Path
) -> None:
    code = probes.read(new).segments[0]
    place = next(i for i, byte in enumerate(code.data) if byte) + code.address
    lines: list[str] = []
    with JtagBoard(Module(broken=frozenset({place}))) as found:
        how = Setup(openocd, tmp_path, found.port).how
        with pytest.raises(TransientError, match="does not hold what was written"):
            download(new, how, chip, Job(), lines.append)
    assert sum("trying again" in line for line in lines) == 1


def test_openocd_and_no_board(openocd: Path, new: Path, chip: Chip, tmp_path: Path) -> None:
    with JtagBoard(None) as found:
        how = Setup(openocd, tmp_path, found.port).how
        with pytest.raises(TransientError, match="no processor answers"):
            download(new, how, chip, Job(), attempts=1)


@pytest.mark.parametrize(
    "interface", ["jlink.cfg", "cmsis-dap.cfg", "ftdi/olimex-arm-usb-ocd-h.cfg"]
)
def test_openocd_and_no_probe(interface: str, openocd: Path, new: Path, chip: Chip) -> None:
    """No such probe is plugged into the machine that runs the tests."""
    with pytest.raises(ToolError, match="no debug probe was found"):
        download(new, OpenOcd(openocd, f"interface/{interface}"), chip, Job(), attempts=1)


def test_openocd_and_a_probe_without_jtag(openocd: Path, new: Path, chip: Chip) -> None:
    with pytest.raises(ToolError, match="this probe has no JTAG"):
        download(new, OpenOcd(openocd, "interface/stlink.cfg"), chip, Job(), attempts=1)


def test_openocd_and_no_such_interface(openocd: Path, new: Path, chip: Chip) -> None:
    with pytest.raises(ToolError, match="does not have this configuration file"):
        download(new, OpenOcd(openocd, "interface/none.cfg"), chip, Job(), attempts=1)
