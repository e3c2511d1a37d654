"""Download by OpenOCD: its configuration and commands, and what its messages mean.

Code memory of a chip without a flash driver is taken for RAM: ``load_image``, ``verify_image``
and ``resume`` at the entry point. With one, OpenOCD's ``program`` writes the flash and resets.
"""

from __future__ import annotations

import re

from studio.base.errors import ToolError
from studio.board.probes import Firmware, OpenOcd, Plan, Problem
from studio.chip.chip import Chip
from studio.chip.probe import Probe

_WIRES = "Check the cable between probe and board, and that the board is powered."

PROBLEMS = (
    Problem(
        r"Can't find (\S+\.cfg)",
        "OpenOCD does not have this configuration file",
        "Choose an interface that OpenOCD's folder scripts/interface has.",
    ),
    Problem(
        r"LIBUSB_ERROR_ACCESS|LIBUSB_ERROR_NOT_SUPPORTED|unable to open ftdi device with .*ACCESS",
        "the debug probe may not be opened",
        "On Linux install OpenOCD's udev rules and plug the probe in again; on Windows give it the "
        "WinUSB driver (Zadig).",
    ),
    Problem(
        r"doesn't support 'jtag' transport|[Tt]ransport .*(not|un)supported",
        "this probe has no JTAG",
        "Choose the interface of a probe for JTAG.",
    ),
    Problem(
        r"No J-Link device found|no device found|unable to find a matching CMSIS-DAP device|"
        r"unable to open ftdi device|Cannot find .* Interface|open failed|"
        r"[Uu]nable to open .*(adapter|device)|couldn't open|Failed to connect",
        "no debug probe was found",
        "Plug the probe in, close other programs that use it, and check the interface and the "
        "probe's number in the settings.",
    ),
    Problem(
        r"VTarget = 0\.0|[Tt]arget voltage (may be )?too low|target (power|voltage).*(low|not)",
        "the board has no power",
        "Switch the board on; the probe measures no voltage at it.",
    ),
    Problem(
        r"UNEXPECTED: +0x[0-9a-f]+|^studio: another chip",
        "the chip on the board is another one",
        "Its JTAG identification (IDCODE) is not that of the chip file. Choose the right chip.",
    ),
    Problem(
        r"scan chain interrogation failed|IR capture error|Unsupported DTM version|"
        r"does not have valid IDCODE|all (ones|zeroes)|examination failed|not examined|"
        r"Could not find target|[Tt]arget not (halted|examined)",
        "no processor answers",
        _WIRES,
        again=True,
    ),
    Problem(
        r"^\*\* Verify Failed|checksum mismatch|diff \d+ address",
        "the board's memory does not hold what was written",
        "Is code memory of this chip RAM? Try again, or with a lower speed.",
        again=True,
        final=True,
    ),
    Problem(
        r"[Uu]nable to halt|timed out while waiting for target|Timed out waiting|"
        r"Failed to read memory|"
        r"Failed to write memory|Unable to (read|write)|dmi.*(busy|failed)|Timeout",
        "the processor stopped answering",
        _WIRES,
        again=True,
    ),
)


def plan(how: OpenOcd, firmware: Firmware, chip: Chip, probe: Probe) -> Plan:
    """The run that downloads ``firmware``. Raises ToolError for a cable the probe cannot."""
    text = "\n".join((*_adapter(how, probe), *_target(chip, probe), *_steps(firmware, probe)))
    flash = bool(probe.flash_driver)
    return Plan(
        tool="OpenOCD",
        command=(str(how.program), "-f", "download.cfg"),
        files={"download.cfg": f"{text}\n".encode(), "firmware.elf": firmware.elf},
        problems=PROBLEMS,
        finished=(r"^\*\* Verified OK \*\*" if flash else r"^verified \d+ bytes", r"^studio: done"),
        measure=_measure,
        # It reads memory back then, which is what we want.
        noise=r"Error: No working memory available|Warn : not enough working area",
    )


def _measure(line: str) -> int:
    match = re.match(r"(\d+) bytes written at|(?:wrote|verified) (\d+) bytes", line)
    return int(match[1] or match[2]) if match else 0


def _adapter(how: OpenOcd, probe: Probe) -> list[str]:
    ftdi = how.interface.replace("\\", "/").startswith("interface/ftdi/")
    if how.cable == "cjtag" and not ftdi:
        raise ToolError(
            "OpenOCD speaks cJTAG only through probes with an FTDI chip",
            hint="Choose JTAG, another interface, or download by J-Link Commander.",
            where=how.interface,
        )
    lines = [
        # Other debuggers may use OpenOCD's ports meanwhile.
        "gdb_port disabled",
        "tcl_port disabled",
        "telnet_port disabled",
        f"source [find {_word(how.interface.replace(chr(92), '/'))}]",
    ]
    lines += [f"adapter serial {_word(how.serial)}"] if how.serial else []
    lines += ["transport select jtag", f"adapter speed {probe.speed_khz}"]
    return lines + (["ftdi oscan1_mode on"] if how.cable == "cjtag" else [])


def _target(chip: Chip, probe: Probe) -> list[str]:
    expected = f" -expected-id 0x{probe.idcode:08x}" if probe.idcode else ""
    code = chip.memory.code
    lines = [
        f"jtag newtap chip cpu -irlen {probe.ir_length}{expected}",
        "target create chip.cpu riscv -chain-position chip.cpu",
    ]
    if probe.flash_driver:  # whose code runs there; else OpenOCD would verify by code of its own
        lines.append(
            f"chip.cpu configure -work-area-phys 0x{chip.memory.data.base:08x} "
            f"-work-area-size {min(chip.memory.data.size, 0x1000)} -work-area-backup 0"
        )
        lines.append(
            f"flash bank chip.flash {probe.flash_driver} 0x{code.base:08x} {code.size} 0 0 chip.cpu"
        )
    return lines


def _steps(firmware: Firmware, probe: Probe) -> list[str]:
    """Whatever fails ends OpenOCD with an exit code, instead of leaving it open as a server."""
    # OpenOCD itself goes on with another chip than the expected one.
    check = [f"if {{[jtag cget chip.cpu -idcode] != {probe.idcode}}} {{error {{another chip}}}}"]
    check = check if probe.idcode else []
    if probe.flash_driver:
        steps = ["init", *check, "program firmware.elf verify reset"]
    else:
        steps = [
            "init",
            *check,
            "reset halt",
            # What a command inside a script prints is its result.
            "echo [load_image firmware.elf]",
            "echo [verify_image firmware.elf]",
            f"resume 0x{firmware.entry:08x}",
        ]
    lines = "\n".join(f"    {step}" for step in steps)
    return [
        "if {[catch {",
        lines,
        "} problem]} {",
        '    echo "studio: $problem"',
        "    shutdown error",
        "} else {",
        '    echo "studio: done"',
        "    shutdown",
        "}",
    ]


def _word(text: str) -> str:
    """A text as one word of Tcl, without substitution. Raises ToolError where that cannot be."""
    if not text or any(sign in text for sign in "{}\\\n\r"):
        raise ToolError(
            "this cannot be given to OpenOCD",
            hint="It must not be empty, and have no braces in it.",
            where=text,
        )
    return "{" + text + "}"
