"""Download by SEGGER's J-Link Commander: its script, and what its messages mean.

Commander ends with exit code 0 after many failures, so that its text decides. Segments go as
plain binary files: what every version of it takes. Code memory is written by ``loadbin``, which
programs flash where SEGGER's device has some there; then the processor starts at the entry point,
or, with flash, by a reset.
"""

from __future__ import annotations

import re

from studio.base.errors import ToolError
from studio.board.probes import Firmware, JLink, Plan, Problem
from studio.chip.chip import Chip
from studio.chip.probe import Probe

PROBLEMS = (
    Problem(
        r"[Ff]ailed to open DLL|[Cc]ould not (load|open) .*(JLinkARM|jlinkarm)",
        "J-Link Commander does not find its library",
        "Install SEGGER's J-Link software pack again.",
    ),
    Problem(
        r"Connecting to J-Link via USB\.\.\.\s*FAILED|Cannot connect to (the )?(J-Link|probe)|"
        r"No (emulators|probes|J-Link)[^\n]*(connected|found)|Could not find (emulator|J-Link)|"
        r"J-Link connection not established yet but required[^\n]*\n[^\n]*FAILED",
        "no J-Link was found",
        "Plug the probe in, close other programs that use it, and check its number in the "
        "settings.",
        again=True,  # a probe that slept may need a second call
    ),
    Problem(
        r"VTref\s*=\s*0\.0|VTarget\s*=\s*0\.0|[Tt]arget voltage too low",
        "the board has no power",
        "Switch the board on; the probe measures no voltage at it.",
    ),
    Problem(
        # A line of every JTAG scan ends with "Unknown device" too.
        r"^Unknown device|[Dd]evice \S+ is unknown|Selected device is not supported|Invalid device",
        "J-Link Commander does not know this device",
        "Install a newer J-Link software pack, or correct the device in the chip file.",
    ),
    Problem(
        r"does not support (cJTAG|the selected (target )?interface)|interface .*not supported",
        "this J-Link does not have that interface",
        "Choose JTAG in the settings, or use a newer probe for cJTAG.",
    ),
    Problem(
        r"Verif\w+ failed|Error while verifying|[Mm]ismatch @|Compare failed",
        "the board's memory does not hold what was written",
        "Is code memory of this chip RAM? Try again, or with a lower speed.",
        again=True,
        final=True,
    ),
    Problem(
        r"Cannot connect to target|Could not connect to (the )?target|"
        r"Could not measure total IR len|"
        r"Failed to (identify target|halt)|TDO is constant|Connect(ion)? failed|"
        r"CPU (could not be|is not) halted",
        "no processor answers",
        "Check the cable between probe and board, that the board is powered, and whether it is "
        "wired for JTAG or cJTAG.",
        again=True,
    ),
    Problem(
        r"Writing failed|Reading failed|Failed to (download|read|write)|Could not (read|write)|"
        r"Programming failed|Error while programming",
        "the processor stopped answering",
        "Try again, or with a lower speed.",
        again=True,
    ),
    Problem(
        r"Failed to open file|[Uu]nknown command|\*{4,} Error",
        "J-Link Commander refused a step",
        "Install a newer J-Link software pack.",
    ),
)


def plan(how: JLink, firmware: Firmware, _chip: Chip, probe: Probe) -> Plan:
    """The run that downloads ``firmware``. Raises ToolError where the chip file has no device."""
    if not probe.jlink_device:
        raise ToolError(
            "the chip file does not say what J-Link Commander calls this chip",
            hint="Write jlink_device into its [probe] table, or download by OpenOCD.",
            where="probe.jlink_device",
        )
    files = {f"part{number}.bin": part.data for number, part in enumerate(firmware.segments)}
    files["download.jlink"] = "\n".join(_script(firmware, probe)).encode("ascii") + b"\n"
    command = [str(how.program), "-NoGui", "1", "-ExitOnError", "1"]
    command += ["-Device", probe.jlink_device, "-If", {"jtag": "JTAG", "cjtag": "cJTAG"}[how.cable]]
    command += ["-Speed", str(probe.speed_khz), "-JTAGConf", "-1,-1", "-AutoConnect", "1"]
    command += ["-SelectEmuBySN", how.serial] if how.serial else []
    command += ["-CommandFile", "download.jlink"]
    count = len(firmware.segments)
    return Plan(
        tool="J-Link Commander",
        command=tuple(command),
        files=files,
        problems=PROBLEMS,
        finished=(rf"(?s)(?:Verify successful.*){{{count}}}",),
        measure=lambda line: _measure(line, firmware),
    )


def _measure(line: str, firmware: Firmware) -> int:
    match = re.search(r"Downloading file \[part(\d+)\.bin\]", line)
    if match and int(match[1]) < len(firmware.segments):
        return len(firmware.segments[int(match[1])].data)
    match = re.match(r"Reading (\d+) bytes data from target memory", line)
    return int(match[1]) if match else 0


def _script(firmware: Firmware, probe: Probe) -> list[str]:
    parts = [(f"part{i}.bin", f"0x{s.address:08x}") for i, s in enumerate(firmware.segments)]
    flash = bool(probe.flash_driver)
    return [
        "ExitOnError 1",
        "r",
        "h",
        *(f"loadbin {name}, {address}" for name, address in parts),
        *(f"verifybin {name}, {address}" for name, address in parts),
        "r" if flash else f"SetPC 0x{firmware.entry:08x}",
        "g",
        "exit",
    ]
