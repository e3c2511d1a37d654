"""The emulator's process as a board: both UARTs, pace, reset, pins, variables, snapshots, noise."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import serial

from studio.base.errors import RunError
from studio.chip.npu import Descriptor
from studio.emulator.client import Emulator
from tests.unit.test_emulator_elf import build

PROGRAM = r"""
volatile u32 beats __attribute__((section(".bss")));
volatile float level __attribute__((section(".bss")));
int main(void) {
    beats = 0; level = 0.25f;
    print("up\n");
    for (;;) {
        beats++;
        if (REG(UART + 0x14) & 1) {
            u32 c = REG(UART);
            if (c == '.') return 0;
            if (c == 'p') { REG(0x64001004u) = 0xff; REG(0x64001000u) = 5; REG(0x64001000u) = 9; }
            if (c == 'r') REG(MTIME + 0xff0) = 0x80000a5fu;
            REG(UART + 0x1000) = c; put((char)(c ^ 0x20));
        }
    }
}
"""


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("板 board"), PROGRAM)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "map.csv"
    lines = [f"{column},{row},{column + row}\n" for row in range(4) for column in range(128, 130)]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
    return path


def opened(url: str) -> Any:
    return serial.serial_for_url(url, timeout=10)


def waited(events: list[Mapping[str, Any]], kind: str, count: int = 1) -> list[Mapping[str, Any]]:
    end = time.monotonic() + 10
    while len(found := [event for event in events if event["event"] == kind]) < count:
        assert time.monotonic() < end, events
        time.sleep(0.01)
    return found


def test_both_uarts_pins_variables_and_reset(firmware: Path, weights: Path) -> None:
    events: list[Mapping[str, Any]] = []
    own = Emulator(
        firmware, weights, uart1=True, variables=["beats", "level:f32"], on_event=events.append
    )
    with own as emulator:
        port, other = opened(emulator.url), opened(emulator.url1)
        assert port.read_until(b"\n") == b"up\n"
        port.write(b"p")
        assert (port.read(1), other.read(1)) == (b"P", b"p")
        pins = waited(events, "gpio", 2)
        assert [event["pins"] for event in pins] == [5, 9]
        told = waited(events, "watch", 2)
        assert told[0]["values"]["level:f32"] == 0.25
        assert 0 < told[0]["values"]["beats"] < told[1]["values"]["beats"]
        first = emulator.variable("beats:u32")
        assert isinstance(first, int)
        with pytest.raises(RunError, match="no variable 'nothing'"):
            emulator.variable("nothing")
        emulator.reset()  # from outside, and by the firmware itself
        assert port.read_until(b"\n") == b"up\n"
        port.write(b"r")
        assert port.read_until(b"\n") == b"up\n"
        assert len(waited(events, "reset", 2)) == 2
        port.write(b"x.")
        assert port.read(1) == b"X"
        assert emulator.wait(10)
        port.close()
        other.close()


def test_an_unknown_variable_is_told_at_the_start(firmware: Path, weights: Path) -> None:
    with pytest.raises(RunError, match="no variable 'none'"):
        Emulator(firmware, weights, variables=["none"]).start()


BAUD = r"""
int main(void) {
    REG(UART + 0xc) = 0x83; REG(UART) = 156; REG(UART + 4) = 0; REG(UART + 0xc) = 3;
    REG(UART + 8) = 7;
    for (int i = 0; i < 480; i++) put('x');
    put('\n');
    for (;;) { while (!(REG(UART + 0x14) & 1)) {} put((char)REG(UART)); }
}
"""


def test_pace_keeps_9600_baud_in_real_time(tmp_path: Path, weights: Path) -> None:
    program = build(tmp_path, BAUD)
    took, work = {}, {}
    for pace in (False, True):
        with Emulator(program, weights, pace=pace) as emulator:
            port = opened(emulator.url)
            start = time.monotonic()
            assert len(port.read_until(b"\n")) == 481
            took[pace] = time.monotonic() - start
            work[pace] = emulator.stats().seconds
            start = time.monotonic()
            port.write(b"y" * 48)
            assert port.read(48) == b"y" * 48
            took[pace, "back"] = time.monotonic() - start
            port.close()
    # 480 bytes of 10 bits at 9615 baud are half a second, 48 there and back 0.05 and a little.
    assert 0.4 < took[True] < 2.5
    assert took[False] < took[True]
    assert took[True, "back"] > 0.045
    assert work[True] < 0.3 * took[True] + 0.1  # waiting costs nearly nothing


NPU_PROGRAM = r"""
static const u32 descriptor[] = {WORDS};
int main(void) {
    for (u32 i = 0; i < 8; i++) *(volatile u8 *)(0x64100000u + i) = (u8)(i + 1);
    for (u32 i = 0; i < 3; i++) { REG(NPU + 4) = (u32)descriptor; REG(NPU + 8) = 1; }
    print(REG(NPU + 0xc) == 1 ? "done\n" : "failed\n");
    return 0;
}
"""


def test_a_snapshot_of_every_operation(tmp_path: Path, weights: Path) -> None:
    own = Descriptor(
        *(0, 0, 2, 1, 4, 0, 4, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 100, 2, 1, 2, 0),
        *(0, 4, 1, 0, 0, 4, 128, 2, 0, 0, 256),
    )
    words = np.frombuffer(own.pack(), "<u4")
    text = ", ".join(f"{word}u" for word in words)
    program = build(tmp_path, NPU_PROGRAM.replace("WORDS", text))
    path = tmp_path / "快照.npz"
    events: list[Mapping[str, Any]] = []
    with Emulator(program, weights, snapshot=path, on_event=events.append) as emulator:
        port = opened(emulator.url)
        assert port.read_until(b"\n") == b"done\n"
        port.close()
    assert waited(events, "snapshot")[0]["operations"] == 3
    with np.load(path) as kept:
        assert kept["descriptors"].shape == (3, len(words))
        assert kept["descriptors"][2].tolist() == words.tolist()
        assert kept["names"][0] == "flags"
        assert kept["input"][: kept["input_end"][0]].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
        rows = np.arange(128, 130) + np.arange(4)[:, None]
        sums = np.arange(1, 9).reshape(2, 4) @ rows / 256
        first = kept["output"][: kept["output_end"][0]]
        assert first.reshape(2, 2).tolist() == np.floor(sums + 0.5).astype(int).tolist()


def test_random_bytes_on_every_way_in(firmware: Path, weights: Path, tmp_path: Path) -> None:
    """Serial input and commands that are noise: it answers, and ends when told to."""
    number = random.Random(5)
    with Emulator(firmware, weights, uart1=True) as emulator:
        port, other = opened(emulator.url), opened(emulator.url1)
        port.read_until(b"\n")
        for _ in range(20):
            noise = number.randbytes(5000).translate(None, b".r")
            port.write(noise)
            other.write(number.randbytes(3000))
            assert port.read(len(noise)) == bytes(byte ^ 0x20 for byte in noise)
            other.read(len(noise))
        assert emulator.stats().instructions > 1000
        port.close()
        other.close()
    command = [sys.executable, "-m", "studio.emulator", "--elf", str(firmware)]
    command += ["--map", str(weights), "--start", "now", "--max-seconds", "20"]
    noise = number.randbytes(20_000) + b"\nwatch \xff\xfe\nwatch\n\n" + b"x" * 100_000
    done = subprocess.run(command, input=noise, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    broken = tmp_path / "broken.elf"
    for case in range(3):
        content = bytearray(firmware.read_bytes())
        for _ in range(30):
            content[number.randrange(len(content))] = number.randrange(256)
        broken.write_bytes(content)
        command[command.index("--elf") + 1] = str(broken)
        command[-1] = "0.5"
        done = subprocess.run(
            command, input=None, stdin=subprocess.PIPE, capture_output=True, check=False, timeout=60
        )
        assert done.returncode in (0, 1, 3), (case, done.stderr)
        assert b"Traceback" not in done.stderr
