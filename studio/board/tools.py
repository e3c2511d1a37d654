"""Outside programs a board needs: where they are, what version, how to get them.

A path comes from the user's settings or from the usual places on this computer, never from a
project: opening somebody's project must not choose a program to run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from studio.base.errors import StudioError, ToolError
from studio.base.job import Job
from studio.base.natural import natural
from studio.base.settings import Settings
from studio.board import stream

TIMEOUT = 15.0  # seconds for a program to say its version


@dataclass(frozen=True)
class Tool:
    """One program: the names it has on the search path, the first found counts.

    ``places`` are folders where its installers put it, as patterns; a part that begins with ``%``
    is an environment variable, and the place is left out where that is not set. ``hint`` says how
    to get it (by that name the translations' update.py finds it). ``ask`` are the arguments that
    make it tell its version, ``version`` finds it in the answer.
    """

    key: str
    title: str
    names: tuple[str, ...]
    hint: str
    places: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    version: str = r"(\d+\.\d[\w.+-]*)"


@dataclass(frozen=True)
class Found:
    """What there is of a tool; without a ``path``, ``hint`` says how to get it.

    ``version`` is "" where the program does not say.
    """

    tool: Tool
    path: str = ""
    version: str = ""
    hint: str = ""


_PROGRAMS = ("%ProgramFiles", "%ProgramFiles(x86)")
_GCC = ("riscv-none-elf", "riscv-nuclei-elf", "riscv32-unknown-elf", "riscv64-unknown-elf")

TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        tool.key: tool
        for tool in (
            Tool(
                "program_tool",
                "Programming tool",
                ("WitinProgramTool",),
                hint="WitinProgramTool comes with the chip's development board and its SDK, for"
                " Windows. Choose the program in the settings, under Board.",
                places=tuple(
                    f"{root}/{maker}{below}/"
                    for root in _PROGRAMS
                    for maker in ("Witin*", "Witmem*")
                    for below in ("", "/*", "/*/*")
                ),
            ),
            Tool(
                "openocd",
                "OpenOCD",
                ("openocd",),
                hint="Install OpenOCD: apt install openocd, brew install open-ocd, or xPack OpenOCD"
                " on Windows; then choose it in the settings, under Board, if it is not found.",
                places=(
                    *(f"{root}/OpenOCD*/bin/" for root in _PROGRAMS),
                    *(f"{root}/openocd*/bin/" for root in _PROGRAMS),
                    "%LOCALAPPDATA/xPacks/@xpack-dev-tools/openocd/*/.content/bin/",
                    "%APPDATA/xPacks/@xpack-dev-tools/openocd/*/.content/bin/",
                    "/opt/homebrew/bin/",
                    "/opt/xpack-openocd*/bin/",
                ),
                ask=("--version",),
                version=r"Open On-Chip Debugger v?(\S+)",
            ),
            Tool(
                "jlink",
                "J-Link Commander",
                # JLink alone is a program of Java's on other systems.
                ("JLink", "JLinkExe") if sys.platform == "win32" else ("JLinkExe",),
                hint="Install SEGGER's J-Link Software and Documentation Pack, then choose"
                " JLink.exe (JLinkExe) in the settings, under Board, if it is not found.",
                places=(
                    *(f"{root}/SEGGER/JLink*/" for root in _PROGRAMS),
                    "/opt/SEGGER/JLink*/",
                    "/Applications/SEGGER/JLink*/",
                ),
            ),
            Tool(
                "gdb",
                "GDB",
                (*(f"{prefix}-gdb" for prefix in _GCC), "gdb-multiarch"),
                hint="Install gdb-multiarch, or a RISC-V GCC, which brings its GDB.",
                places=(
                    *(f"{root}/xpack-riscv-none-elf-gcc*/bin/" for root in _PROGRAMS),
                    "%LOCALAPPDATA/xPacks/@xpack-dev-tools/riscv-none-elf-gcc/*/.content/bin/",
                    "/opt/homebrew/bin/",
                ),
                ask=("--version",),
            ),
            Tool(
                "gcc",
                "RISC-V GCC",
                tuple(f"{prefix}-gcc" for prefix in _GCC),
                hint="Not needed: zig comes with CIM Studio. Install gcc-riscv64-unknown-elf, or"
                " xPack GNU RISC-V Embedded GCC, to build with GCC.",
                places=(
                    *(f"{root}/xpack-riscv-none-elf-gcc*/bin/" for root in _PROGRAMS),
                    "%LOCALAPPDATA/xPacks/@xpack-dev-tools/riscv-none-elf-gcc/*/.content/bin/",
                    "/opt/homebrew/bin/",
                ),
                ask=("-dumpfullversion", "-dumpversion"),
                version=r"(\d+(?:\.\d+)*)",
            ),
            Tool(
                "docker",
                "Docker",
                ("docker",),
                hint="Install Docker (on Windows and macOS Docker Desktop) and start it.",
                places=(*(f"{root}/Docker/Docker/resources/bin/" for root in _PROGRAMS),),
                ask=("--version",),
            ),
            Tool(
                "ssh",
                "SSH",
                ("ssh",),
                hint="Install the OpenSSH client; on Windows it is an optional feature of the"
                " system.",
                places=("%SystemRoot/System32/OpenSSH/",),
                ask=("-V",),
                version=r"OpenSSH_(?:for_Windows_)?([^\s,]+)",
            ),
            Tool(
                "scp",
                "SCP",
                ("scp",),
                hint="It comes with the OpenSSH client.",
                places=("%SystemRoot/System32/OpenSSH/",),
            ),
        )
    }
)


def find(key: str, settings: Settings) -> str:
    """The path of a tool: the user's own, else on the search path, else where it usually is.

    Raises ToolError when there is none, or the user's own path is no file.
    """
    tool = TOOLS[key]
    own = own_path(key, settings)
    if own:
        # A folder is taken for the program in it: people choose either.
        path = Path(own)
        found = _in_folder(tool.names, path) if path.is_dir() else _program(path)
        if found is None and path.name == own:
            found = _on_path((own,))
        if found is None:
            raise ToolError(
                f"{tool.title} is not at the path in the settings",
                hint="Correct the path in the settings, or empty it to have the tool looked for.",
                where=own,
            )
        return found
    found = _on_path(tool.names)
    for folder in _folders(tool):
        found = found or _in_folder(tool.names, folder)
    if found is None:
        raise ToolError(f"{tool.title} was not found", hint=tool.hint)
    return found


def own_path(key: str, settings: Settings) -> str:
    """The path of a tool in the user's settings, "" where it is to be looked for."""
    return {
        "program_tool": settings.program_tool,
        "openocd": settings.openocd,
        "jlink": settings.jlink,
        "gdb": settings.gdb,
        "gcc": settings.gcc,
    }.get(key, "")


def survey(settings: Settings, job: Job) -> tuple[Found, ...]:
    """What there is of every tool; takes a moment, since programs are asked their version."""
    found = []
    for number, tool in enumerate(TOOLS.values()):
        job.step(number, len(TOOLS), tool.title)
        found.append(_look(tool, settings, job))
    return tuple(found)


def _look(tool: Tool, settings: Settings, job: Job) -> Found:
    try:
        path = find(tool.key, settings)
    except ToolError as error:
        own = error.where != ""  # the path in the settings is wrong
        return Found(
            tool, hint=f"{error.message}: {error.where}. {error.hint}" if own else tool.hint
        )
    if not tool.ask:
        return Found(tool, path)
    step = (0, 1, tool.title)
    try:
        _, text = stream.run([path, *tool.ask], None, lambda: step, job, TIMEOUT)
    except StudioError as error:
        return Found(tool, path, hint=f"It does not say its version: {error.message}.")
    match = re.search(tool.version, text)
    return Found(tool, path, match[1] if match else "")


def _on_path(names: Sequence[str]) -> str | None:
    """The first of these programs on the search path.

    Not by shutil.which: on Windows that looks into the current folder first, and that may be
    somebody else's project.
    """
    for name in names:
        for folder in os.get_exec_path():
            found = _in_folder((name,), Path(folder))
            if found is not None:
                return found
    return None


def _in_folder(names: Sequence[str], folder: Path) -> str | None:
    for name in names:
        found = _program(folder / name)
        if found is not None:
            return found
    return None


def _program(path: Path) -> str | None:
    """``path`` where it is a program, with .exe added on Windows; relative ones never are."""
    if not path.is_absolute():
        return None
    exe = [path.with_name(f"{path.name}.exe")] if sys.platform == "win32" else []
    for candidate in (*exe, path):
        try:
            if candidate.is_file() and os.access(candidate, os.X_OK):
                return str(candidate)
        except OSError:  # a place that may not be looked at
            continue
    return None


def _folders(tool: Tool) -> list[Path]:
    """The usual folders of a tool that exist, the newest version first."""
    found: list[Path] = []
    for place in tool.places:
        first, _, rest = place.partition("/")
        if first.startswith("%"):
            base = os.environ.get(first[1:], "")
            if not base:
                continue
            root = Path(base)
        elif sys.platform == "win32":
            continue
        else:
            root = Path("/")
        try:
            matches = [path for path in root.glob(rest.rstrip("/")) if path.is_dir()]
        except OSError:
            continue
        found += sorted(matches, key=lambda path: natural(str(path)), reverse=True)
    return found
