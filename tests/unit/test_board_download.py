"""Downloads: what is asked of each tool, and what its words mean; with tools played by scripts."""

from __future__ import annotations

import struct
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio.base.errors import Cancelled, ChipError, RunError, ToolError
from studio.base.job import Job
from studio.board import download, gdb_client, jlink, openocd, probes
from studio.board.download import GdbServer, JLink, OpenOcd, TransientError
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.chip.probe import Probe
from tests import played

CODE, DATA = bytes(range(200)), b"\x01\x02\x03\x04"


def small_elf(*parts: tuple[int, bytes]) -> bytes:
    """A RISC-V program of these segments (address, bytes) that begins at 0x10."""
    header = b"\x7fELF" + bytes((1, 1, 1)) + bytes(9)
    header += struct.pack("<HHIIIIIHHHHHH", 2, 243, 1, 0x10, 52, 0, 0, 52, 32, len(parts), 40, 0, 0)
    offset, table, content = 52 + 32 * len(parts), b"", b""
    for address, data in parts:
        own = (1, offset + len(content), 0x2000_0000 + address, address, len(data), len(data), 5, 4)
        table += struct.pack("<IIIIIIII", *own)
        content += data
    return header + table + content


@pytest.fixture
def elf(tmp_path: Path) -> Path:
    path = tmp_path / "固件 one" / "firmware.elf"
    path.parent.mkdir()
    path.write_bytes(small_elf((0, CODE), (0x400, DATA)))
    return path


def tool(folder: Path, source: str) -> Path:
    """A program that runs Python ``source`` with ``args`` and ``script(name)``."""
    if sys.platform == "win32":
        pytest.skip("the tools played here are shell scripts")
    head = "import sys, time\nfrom pathlib import Path\nargs = sys.argv[1:]\n"
    head += "def script(name): return Path(name).read_text(encoding='utf-8').splitlines()\n"
    return played.program(folder / "played tool", head + textwrap.dedent(source))


COMMANDER = """
print("SEGGER J-Link Commander V8.12b\\nConnecting to J-Link via USB...O.K.\\nVTref=3.300V")
Path(__file__).with_name("args").write_text("\\n".join(args), encoding="utf-8")
for line in script(args[args.index("-CommandFile") + 1]):
    word, _, rest = line.partition(" ")
    if word == "loadbin":
        name, address = rest.split(", ")
        print(f"Downloading file [{name}]...", flush=True)
        Path(__file__).with_name(name).write_bytes(Path(name).read_bytes())
        print("O.K.")
    elif word == "verifybin":
        name, address = rest.split(", ")
        size = Path(name).stat().st_size
        print(f"Loading binary file {name}")
        print(f"Reading {size} bytes data from target memory @ {address}.")
        print("Verify successful.")
    else:
        print("J-Link>" + line)
print("Script processing completed.")
"""


def test_the_file_is_read_by_physical_addresses(elf: Path) -> None:
    firmware = probes.read(elf)
    assert [(s.address, s.data) for s in firmware.segments] == [(0, CODE), (0x400, DATA)]
    assert (firmware.entry, firmware.size) == (0x10, 204)


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.elf"
    with pytest.raises(RunError, match="cannot read the firmware"):
        probes.read(path)
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(RunError, match="not a usable ELF file"):
        probes.read(path)
    path.write_bytes(small_elf())
    with pytest.raises(RunError, match="nothing to load"):
        probes.read(path)
    path.write_bytes(small_elf((0, CODE))[:-9])
    with pytest.raises(RunError, match="cut off"):
        probes.read(path)


def test_j_link_commander_gets_its_script(elf: Path, tmp_path: Path, chip: Chip) -> None:
    program = tool(tmp_path, COMMANDER)
    lines: list[str] = []
    seen: list[tuple[int, int]] = []
    job = Job(lambda done, total, _text: seen.append((done, total)))
    how = JLink(program, cable="cjtag", serial="12345")
    report = download.download(elf, how, chip, job, lines.append)
    assert (report.tool, report.size, report.attempts) == ("J-Link Commander", 204, 1)
    assert (tmp_path / "part0.bin").read_bytes() == CODE
    assert (tmp_path / "part1.bin").read_bytes() == DATA
    args = (tmp_path / "args").read_text(encoding="utf-8").split("\n")
    for name, value in (("-If", "cJTAG"), ("-Speed", "4000"), ("-SelectEmuBySN", "12345")):
        assert args[args.index(name) + 1] == value
    told = [line.removeprefix("J-Link>") for line in lines if line.startswith("J-Link>")]
    assert told == ["ExitOnError 1", "r", "h", "SetPC 0x00000010", "g", "exit"]
    assert {done for done, _ in seen} >= {0, 408}
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {408}


@pytest.mark.parametrize(
    ("says", "message", "attempts"),
    [
        ("Connecting to J-Link via USB...FAILED: Cannot connect to J-Link.", "no J-Link was", 2),
        ("Failed to open DLL", "does not find its library", 1),
        ("VTref=0.000V\nCannot connect to target.", "the board has no power", 1),
        ("VTref=3.301V\nCannot connect to target.", "no processor answers", 2),
        (
            " #0 Id: 0x00000001, IRLen: 05, Unknown device\nVerify failed @ address 0x4.",
            "does not hold",
            2,
        ),
        ('Device "RV32" is unknown to this software version.', "does not know this device", 1),
        ("Writing target memory... \nWriting failed.", "stopped answering", 2),
        ("This program ran into a wall.", r"failed \(exit code 0\)", 1),
    ],
)
def test_j_link_failures_by_their_text(
    says: str, message: str, attempts: int, elf: Path, tmp_path: Path, chip: Chip
) -> None:
    """Commander ends with exit code 0 after any of these."""
    program = tool(
        tmp_path,
        f"""
        with open(Path(__file__).with_name("count"), "a") as file: file.write("x")
        print({says!r})
        print("Script processing completed.")
        """,
    )
    with pytest.raises(ToolError, match=message) as caught:
        download.download(elf, JLink(program), chip, Job())
    assert isinstance(caught.value, TransientError) == (attempts == 2)
    assert len((tmp_path / "count").read_text(encoding="utf-8")) == attempts
    assert says.rsplit("\n", maxsplit=1)[-1] in caught.value.hint


def test_a_second_attempt_may_succeed(elf: Path, tmp_path: Path, chip: Chip) -> None:
    source = f"""
    first = Path(__file__).with_name("first")
    if not first.exists():
        first.touch()
        print("Cannot connect to target.")
        raise SystemExit
    {COMMANDER.replace(chr(10), chr(10) + "    ")}
    """
    lines: list[str] = []
    program = tool(tmp_path, source)
    report = download.download(elf, JLink(program), chip, Job(), lines.append)
    assert report.attempts == 2
    assert "no processor answers; trying again" in lines


def test_trouble_that_passed_is_no_failure(elf: Path, tmp_path: Path, chip: Chip) -> None:
    program = tool(tmp_path, "print('TDO is constant high.\\nConnection failed')\n" + COMMANDER)
    assert download.download(elf, JLink(program), chip, Job()).attempts == 1


def test_timeout_and_cancel_end_the_tool(elf: Path, tmp_path: Path, chip: Chip) -> None:
    program = tool(tmp_path, "print('waiting', flush=True)\ntime.sleep(60)")
    start = time.monotonic()
    with pytest.raises(ToolError, match="did not finish within 0 s"):
        download.download(elf, JLink(program), chip, Job(), timeout=0.4)
    cancel = threading.Event()
    job = Job(cancelled=cancel.is_set)
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(Cancelled):
        download.download(elf, JLink(program), chip, job)
    assert time.monotonic() - start < 10


def test_a_tool_that_is_missing(elf: Path, tmp_path: Path, chip: Chip) -> None:
    with pytest.raises(ToolError, match="does not start") as caught:
        download.download(elf, OpenOcd(tmp_path / "openocd"), chip, Job())
    assert "openocd" in caught.value.where


def test_openocd_s_configuration(elf: Path, chip: Chip) -> None:
    firmware = probes.read(elf)
    probe = Probe(speed_khz=1000, ir_length=8, idcode=0x1000563D)
    how = OpenOcd(Path("openocd"), "interface/cmsis-dap.cfg", serial="A B")
    plan = openocd.plan(how, firmware, chip, probe)
    text = plan.files["download.cfg"].decode()
    for line in (
        "source [find {interface/cmsis-dap.cfg}]",
        "adapter serial {A B}",
        "adapter speed 1000",
        "jtag newtap chip cpu -irlen 8 -expected-id 0x1000563d",
        "    echo [verify_image firmware.elf]",
        "    resume 0x00000010",
    ):
        assert f"\n{line}\n" in f"\n{text}", line
    assert "oscan1" not in text
    flash = openocd.plan(how, firmware, chip, Probe(flash_driver="stm32f1x"))
    text = flash.files["download.cfg"].decode()
    assert "flash bank chip.flash stm32f1x 0x00000000 131072 0 0 chip.cpu\n" in text
    assert "    program firmware.elf verify reset\n" in text
    assert "load_image" not in text


def test_cjtag_by_openocd_needs_ftdi(elf: Path, chip: Chip) -> None:
    firmware = probes.read(elf)
    with pytest.raises(ToolError, match="only through probes with an FTDI chip"):
        openocd.plan(OpenOcd(Path("o"), cable="cjtag"), firmware, chip, chip.probe)
    how = OpenOcd(Path("o"), "interface/ftdi/olimex-arm-usb-ocd-h.cfg", "cjtag")
    plan = openocd.plan(how, firmware, chip, chip.probe)
    assert b"ftdi oscan1_mode on\n" in plan.files["download.cfg"]


def test_words_for_tools_cannot_smuggle_commands(elf: Path, chip: Chip) -> None:
    firmware = probes.read(elf)
    plan = openocd.plan(OpenOcd(Path("o"), "C:\\my probes\\a.cfg"), firmware, chip, chip.probe)
    assert b"source [find {C:/my probes/a.cfg}]\n" in plan.files["download.cfg"]
    for wrong in ("x.cfg}; exec ls; {", "a\nexec ls", ""):
        with pytest.raises(ToolError, match="cannot be given"):
            openocd.plan(OpenOcd(Path("o"), wrong), firmware, chip, chip.probe)
    for host in ("| ls", "a b", "x\nshell ls", ""):
        with pytest.raises(ToolError, match="no address"):
            gdb_client.plan(GdbServer(Path("g"), host, 3333), firmware, chip, chip.probe)
    with pytest.raises(ToolError, match="no address"):
        gdb_client.plan(GdbServer(Path("g"), "localhost", 0), firmware, chip, chip.probe)
    with pytest.raises(ToolError, match="no command"):
        server = GdbServer(Path("g"), "localhost", 1, "reset\nshell ls")
        gdb_client.plan(server, firmware, chip, chip.probe)


@pytest.mark.parametrize(
    "line",
    ['jlink_device = "x\\nexec ls"', 'flash_driver = "a; exec"', "speed_khz = 0", "idcode = -1"],
)
def test_a_chip_file_cannot_either(line: str, chip: Chip, tmp_path: Path) -> None:
    name = line.split(maxsplit=1)[0]
    lines = Path(chip.source).read_text(encoding="utf-8").splitlines()
    changed = [line if own.startswith(f"{name} ") else own for own in lines]
    assert changed != lines
    path = tmp_path / "chip.toml"
    path.write_text("\n".join(changed), encoding="utf-8")
    with pytest.raises(ChipError, match=f"probe.{name}"):
        chips.load(path)


def test_a_chip_without_a_probe_table_has_the_usual(chip: Chip, tmp_path: Path) -> None:
    text = Path(chip.source).read_text(encoding="utf-8")
    before, table = text.split("\n[probe]")
    path = tmp_path / "chip.toml"
    path.write_text(before + "\n" + table[table.index("\n# For estimates") :], encoding="utf-8")
    assert chips.load(path).probe == Probe()


def test_j_link_needs_a_device(elf: Path, chip: Chip) -> None:
    with pytest.raises(ToolError, match="what J-Link Commander calls this chip"):
        jlink.plan(JLink(Path("j")), probes.read(elf), chip, replace(chip.probe, jlink_device=""))
