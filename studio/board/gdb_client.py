"""Download through a debug server by GDB: its script, and what its messages mean.

Works with any server of GDB's remote protocol: OpenOCD's, SEGGER's, QEMU's, the emulator's.
"""

from __future__ import annotations

import re

from studio.base.errors import ToolError
from studio.board.probes import Firmware, GdbServer, Plan, Problem
from studio.chip.chip import Chip
from studio.chip.probe import Probe

_CONNECT = 2  # seconds to reach the server, and for its first answers
_ANSWER = 20  # seconds for an answer while it writes memory

# What lld leaves of functions it dropped looks to GDB like code at address 0.
NOISE = r"warning: \((Internal error|Error): pc 0x[0-9a-f]+ in "

PROBLEMS = (
    Problem(
        r"Connection refused|[Cc]onnection timed out|No route to host|could not connect|"
        r"unknown host|Name or service not known|cannot resolve name|No such host",
        "no debug server answers there",
        "Start it (OpenOCD, JLinkGDBServer, or the emulator with --gdb), and check host and port.",
        again=True,
    ),
    Problem(
        r"Remote connection closed|Remote communication error|Connection reset by peer|"
        r"Ignoring packet error|[Rr]eply contains invalid|Remote replied unexpectedly|"
        r"Malformed response|Bogus trace status|not responding",
        "the debug server went away or speaks another protocol",
        "Is another debugger connected to it? Is it a server for GDB?",
        again=True,
        stop=True,
    ),
    Problem(
        r"[Nn]ot in executable format|[Ff]ile format not recognized|"
        r"selected architecture|not compatible with|Undefined item: \"riscv|"
        r"Remote 'g' packet reply is too long|Truncated register",
        "the server's processor is not that of the firmware, or this GDB does not know RISC-V",
        "Use a RISC-V GDB or gdb-multiarch, and a server for this chip.",
    ),
    Problem(
        r"MIS-MATCHED",
        "the board's memory does not hold what was written",
        "Is code memory of this chip RAM? Try again.",
        again=True,
        final=True,
    ),
    Problem(
        r"Load failed|Cannot access memory|Memory access error|Error (writing|erasing)|"
        r"write to .* failed|Error accessing memory",
        "the server cannot write this memory",
        "Is it a server for this chip, with its memories where the firmware wants them?",
    ),
)


def plan(how: GdbServer, firmware: Firmware, _chip: Chip, _probe: Probe) -> Plan:
    """The run that downloads ``firmware``. Raises ToolError for an address that is none."""
    if not re.fullmatch(r"[A-Za-z0-9_.:%\[\]-]+", how.host) or not 0 < how.port < 65536:
        raise ToolError(
            "this is no address of a debug server",
            hint="Give a host name and a port from 1 to 65535.",
            where=f"{how.host}:{how.port}",
        )
    if not re.fullmatch(r"[A-Za-z0-9_. -]*", how.reset):
        raise ToolError("this is no command of a debug server", where=how.reset)
    host = how.host.strip("[]")
    setup = [
        "set confirm off",
        "set pagination off",
        "set width 0",
        f"set remotetimeout {_CONNECT}",
        f"set tcp connect-timeout {_CONNECT}",
        f"target remote {f'[{host}]' if ':' in host else host}:{how.port}",
    ]
    # The server may have no such command; a failure of -ex does not end GDB, one in a file does.
    reset = ["-ex", f"monitor {how.reset}"] if how.reset else []
    # The server's reset changed the registers behind GDB's back.
    load = [f"set remotetimeout {_ANSWER}", "maintenance flush register-cache", "load"]
    load += [
        "compare-sections",
        f"set $pc = 0x{firmware.entry:x}",
        "detach",
        "echo studio: done\\n",
    ]
    return Plan(
        tool="GDB",
        command=(
            # An ELF file may carry scripts for GDB to run: none of a project's is.
            *(str(how.program), "-nx", "-iex", "set auto-load off", "-batch", "firmware.elf"),
            *("-x", "connect.gdb", *reset, "-x", "load.gdb"),
        ),
        files={
            "connect.gdb": "\n".join(setup).encode("ascii") + b"\n",
            "load.gdb": "\n".join(load).encode("ascii") + b"\n",
            "firmware.elf": firmware.elf,
        },
        problems=PROBLEMS,
        finished=(r"^Start address", r"^Section .*: matched\.", r"^studio: done"),
        measure=_measure,
        environment={"LC_ALL": "C"},
        noise=NOISE,
    )


def _measure(line: str) -> int:
    match = re.match(r"Loading section .*, size 0x([0-9a-f]+)", line)
    if match:
        return int(match[1], 16)
    match = re.match(r"Section .*, range 0x([0-9a-f]+) -- 0x([0-9a-f]+)", line)
    return int(match[2], 16) - int(match[1], 16) if match else 0
