"""The emulator as a real process, read with pyserial."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import serial

from studio.base.errors import ChipError, DataError, PortError, RunError, StudioError
from studio.base.job import Job
from studio.emulator import client
from studio.emulator.client import Emulator
from studio.monitor.session import collect
from tests.e2e.serial_pairs import until
from tests.unit.test_emulator_elf import build

PROGRAM = r"""
static u32 get(void) { while (!(REG(UART + 0x14) & 1)) {} return REG(UART); }
__attribute__((noinline)) void crash(void) { REG(0x30000000u) = 1; } // crash
int main(void) {
    print("uart ok\r\nsample:0,label:1,result:1,ratio:1.000000,crc:0000000a\r\n");
    print("image num:1\r\ncorrect ratio:1.000000\r\ndone\r\n");
    for (;;) {
        u32 c = get();
        if (c == '!') crash();
        if (c == '.') return 0;
        put((char)(c ^ 0x20));
    }
}
"""


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("固件 firmware"), PROGRAM)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("权重 map") / "map.csv"
    path.write_text("640,1344,6\n", encoding="utf-8", newline="\n")
    return path


def opened(url: str) -> Any:
    return serial.serial_for_url(url, timeout=10)


def test_a_run_from_start_to_end(firmware: Path, weights: Path, tmp_path: Path) -> None:
    with Emulator(firmware, weights) as emulator:
        log = tmp_path / "serial.log"
        result = collect(emulator.url, 921600, 20, Job(), log=log, failed=lambda: emulator.trap)
        assert [sample.crc for sample in result.samples] == [10]
        assert (result.ratio, result.finished) == (1.0, True)
        assert log.read_bytes().startswith(b"uart ok\r\nsample:0,")
        assert emulator.running
        assert emulator.trap is None
        stats = emulator.stats()
        assert stats.instructions > 100
        assert stats.cycles > stats.instructions
        assert stats.seconds > 0
        emulator.check()
    assert not emulator.running
    assert emulator.stats().instructions >= stats.instructions  # the last known


def test_echo_reconnect_and_idle(firmware: Path, weights: Path) -> None:
    with Emulator(firmware, weights) as emulator:
        port = opened(emulator.url)
        assert port.read_until(b"done\r\n").endswith(b"done\r\n")
        port.write(b"hello")
        assert port.read(5) == b"HELLO"
        port.close()
        port = opened(emulator.url)
        port.write(b"again")
        assert port.read(5) == b"AGAIN"
        assert not emulator.idle
        port.write(b".")
        assert emulator.wait(10)
        assert emulator.idle
        # An idle firmware takes no processor time.
        before = emulator.stats()
        time.sleep(0.3)
        assert emulator.stats().seconds - before.seconds < 0.1
        port.close()


def test_a_trap_ends_the_run_with_its_place(firmware: Path, weights: Path) -> None:
    with Emulator(firmware, weights) as emulator:
        port = opened(emulator.url)
        port.read_until(b"done\r\n")
        port.write(b"!")
        assert emulator.wait(10)
        port.close()
        line = next(i for i, text in enumerate(PROGRAM.split("\n"), 1) if "// crash" in text)
        assert emulator.trap == (
            f"store to 0x30000000 outside every memory, at main.c:{line} in crash"
        )
        with pytest.raises(RunError, match="the firmware stopped: store to 0x30000000"):
            emulator.check()


def test_a_trap_in_the_middle_of_a_run_is_the_error(weights: Path, tmp_path: Path) -> None:
    program = build(tmp_path, 'int main(void) { print("uart ok\\r\\n"); REG(16) = 1; return 0; }')
    with Emulator(program, weights) as emulator:
        with pytest.raises(RunError, match=r"store to 0x00000010 in code .*'uart ok'"):
            collect(emulator.url, 9600, 20, Job(), failed=lambda: emulator.trap)
        assert emulator.trap is not None


def test_it_ends_with_its_parent(firmware: Path, weights: Path) -> None:
    command = [sys.executable, "-m", "studio.emulator", "--elf", str(firmware)]
    command += ["--map", str(weights.parent), "--start", "now"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        first = [json.loads(process.stdout.readline()) for _ in range(3)]
        assert [event["event"] for event in first] == ["loaded", "programmed", "listening"]
        assert first[1]["cells"] == 1
        process.stdin.close()
        events = [json.loads(line) for line in process.stdout]
        assert process.wait(10) == 0
    assert events[0]["event"] == "started"
    assert events[-1] == {"event": "exit", "reason": "stopped", "dropped": 0}
    assert events[-2]["event"] == "stats"


ORPHAN = """
import json, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(json.dumps({"event": "listening", "port": 0, "child": child.pid}), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a file by its number")
def test_a_pipe_that_somebody_holds_open_is_left_to_who_reads_it(
    firmware: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiler that the emulator began may outlive it, and has its standard output."""
    monkeypatch.setattr(client, "_ENDING", 0.5)
    emulator = Emulator(firmware, weights)
    emulator._command = [sys.executable, "-c", ORPHAN]
    emulator.start()
    child = int(emulator._events["listening"]["child"])
    threads, process = list(emulator._threads), emulator._process
    assert process is not None and process.stdout is not None
    number = process.stdout.fileno()
    begun = time.monotonic()
    emulator.stop()
    assert time.monotonic() - begun < 5
    assert stat.S_ISFIFO(os.fstat(number).st_mode)  # not closed, and so not given to another file
    os.kill(child, signal.SIGKILL)
    for thread in threads:
        thread.join(30)
    assert process.stdout.closed


def test_stop_stats_and_max_seconds(firmware: Path, weights: Path) -> None:
    command = [sys.executable, "-m", "studio.emulator", "--elf", str(firmware)]
    command += ["--map", str(weights), "--start", "now"]
    for more, says in ((["--max-seconds", "0.2"], b""), ([], b'stats\n{"stop"}\n')):
        with subprocess.Popen(
            command + more, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(says)
            process.stdin.flush()
            events = [json.loads(line) for line in process.stdout]
            assert process.wait(10) == 0
        assert events[-1]["reason"] == ("time" if more else "stopped")
        assert "stats" in [e["event"] for e in events[:-1]]


def test_firmware_that_hangs_can_be_stopped(weights: Path, tmp_path: Path) -> None:
    program = build(tmp_path, "int main(void) { for (volatile u32 i = 0;; i++) {} }")
    with Emulator(program, weights, wait=False) as emulator:
        assert until(lambda: emulator.stats().instructions > 1_000_000)
        assert emulator.place() == ("at main.c:1 in main", "main.c:1")
        start = time.monotonic()
    assert time.monotonic() - start < 4
    assert not emulator.running


def test_bad_input_is_told_in_words(firmware: Path, weights: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.elf"
    text.write_text("hello", encoding="utf-8")
    cases: list[tuple[type[StudioError], str, Emulator]] = [
        (RunError, "cannot read the firmware", Emulator(tmp_path / "none.elf", weights)),
        (RunError, "not a usable ELF file", Emulator(text, weights)),
        (DataError, "expected column,row,value", Emulator(firmware, text)),
        (DataError, "cannot read the map file", Emulator(firmware, tmp_path)),
        (ChipError, "no such chip", Emulator(firmware, weights, chip="nothing")),
    ]
    for kind, message, emulator in cases:
        with pytest.raises(kind, match=message) as caught:
            emulator.start()
        assert caught.value.where
        assert not emulator.running


def test_a_port_in_use(firmware: Path, weights: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"cannot listen on port {number}"):
            Emulator(firmware, weights, port=number).start()
        command = [sys.executable, "-m", "studio.emulator", "--elf", str(firmware)]
        command += ["--map", str(weights), "--uart", str(number)]
        result = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert result.returncode == 2
    event = json.loads(result.stdout.splitlines()[2])
    assert (event["event"], event["kind"]) == ("error", "PortError")
    assert "Traceback" not in result.stderr


def test_the_process_loads_neither_onnx_nor_qt() -> None:
    code = (
        "import sys, studio.emulator.__main__, studio.emulator.npu_noise\n"
        "names = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(names & {'onnx', 'onnxruntime', 'PySide6', 'unicorn'}))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )
    assert result.stdout.strip() == "['unicorn']"
