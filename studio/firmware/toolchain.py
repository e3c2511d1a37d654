"""Compilers: finding one and running it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.base import paths
from studio.base.errors import StudioError, ToolError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware import isa, process

TIMEOUT = 120.0  # seconds for one call; a first one fills zig's cache
MAP = "build/firmware.map"
OPTIMIZATIONS = ("-O0", "-Og", "-O1", "-O2", "-O3", "-Os")


@dataclass(frozen=True)
class Toolchain:
    """A compiler: ``command`` calls it, ``flags`` fit it to the chip.

    ``link`` are further flags of the link, ``libraries`` stand at its end. ``map`` has the linker
    write ``firmware.map``: to a file, or, for want of such a flag, to its output. ``archiver``
    makes static libraries; empty where there is none. ``editor`` stands for command and flags in
    what editors read (compile_commands.json), where theirs are no words for those.
    """

    name: str
    command: tuple[str, ...]
    flags: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    link: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    map: tuple[str, ...] = ()
    archiver: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What there is for one choice of compiler.

    ``version`` is its name and version, ``program`` its path; where there is none both are empty
    and ``hint`` says how to get one.
    """

    choice: str
    version: str = ""
    program: str = ""
    hint: str = ""


def find(wanted: str, chip: Chip) -> Toolchain:
    """The compiler for ``wanted``: "auto", "zig", "gcc", or the path of a GCC.

    "auto" is ziglang, else a GCC on the path. Raises ToolError when there is none.
    """
    if wanted in ("auto", "zig", "ziglang"):
        found = _zig(chip)
        if found is not None:
            return found
    if wanted in ("auto", "gcc"):
        names = [f"{prefix}gcc" for prefix in isa.GCC_PREFIXES]
        programs = [path for path in map(shutil.which, names) if path]
        if programs:
            return _gcc(programs[0], chip)
    elif wanted not in ("zig", "ziglang"):
        program = shutil.which(wanted)
        if program is not None:
            return _gcc(program, chip)
    raise ToolError(
        "no RISC-V compiler found" if wanted == "auto" else f"no compiler {wanted!r} found",
        hint='Install one with "pip install ziglang" in the Python environment of CIM Studio, or '
        f"put a RISC-V GCC ({', '.join(p + 'gcc' for p in isa.GCC_PREFIXES)}) on the PATH.",
        where="toolchain",
    )


def _zig(chip: Chip) -> Toolchain | None:
    """Ziglang's own program: a frozen CIM Studio has no interpreter to say ``-m ziglang`` to."""
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / ("zig.exe" if sys.platform == "win32" else "zig")
    if not program.is_file():
        return None
    cache = str(paths.cache() / "zig")
    environment = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
    return Toolchain(
        "zig",
        (str(program), "cc"),
        isa.zig_flags(chip.cpu),
        environment,
        isa.ZIG_LINK,
        isa.ZIG_LIBRARIES,
        ("-Wl,--print-map",),  # "zig cc" takes no -Map
        (str(program), "ar"),
        isa.clang_command(chip.cpu),
    )


def _gcc(program: str, chip: Chip) -> Toolchain:
    path = Path(program)
    archiver = path.with_name(re.sub("gcc", "ar", path.name))
    return Toolchain(
        Path(program).stem,
        (program,),
        isa.gcc_flags(chip.cpu),
        {"LC_ALL": "C"},
        (),
        isa.GCC_LIBRARIES,
        (f"-Wl,-Map={MAP}",),
        (str(archiver),) if archiver.is_file() and archiver != path else (),
    )


def survey(chip: Chip, job: Job) -> tuple[Found, ...]:
    """What there is for each choice; takes a moment, since the programs are asked their version."""
    return tuple(_look(choice, chip, job) for choice in ("zig", "gcc"))


def _look(choice: str, chip: Chip, job: Job) -> Found:
    try:
        tools = find(choice, chip)
        told = version(tools, Path(tempfile.gettempdir()), job)
    except StudioError as error:
        return Found(choice, hint=error.hint or error.message)
    return Found(choice, told, tools.command[0])


def call(
    toolchain: Toolchain,
    arguments: Sequence[str],
    folder: Path,
    progress: tuple[int, int, str],
    job: Job,
    timeout: float = TIMEOUT,
) -> tuple[int, str]:
    """Run the compiler in ``folder``; return its exit code and what it wrote.

    Cancelled and the timeout (seconds) end the process; ToolError for the latter and when it
    cannot be started.
    """
    make_cache(toolchain)
    job.step(*progress)
    lines: list[str] = []
    code = process.run(
        [*toolchain.command, *arguments],
        folder,
        toolchain.environment,
        timeout,
        lambda: job.step(*progress),
        lines.append,
    )
    return code, "".join(f"{line}\n" for line in lines)


def make_cache(toolchain: Toolchain) -> None:
    """Make the folders zig keeps its cache in. Raises ToolError."""
    for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"):
        if name in toolchain.environment:
            _make(Path(toolchain.environment[name]))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(
            f"the compiler's cache cannot be made: {error.strerror}",
            hint="Free some space, or make the user's cache folder writable.",
            where=str(folder),
        ) from error


def version(toolchain: Toolchain, folder: Path, job: Job) -> str:
    """Name and version, as in ``zig 0.14.0``; the name alone where the tool does not say."""
    step = (0, 1, "looking for a compiler")
    if toolchain.name == "zig":
        plain = Toolchain("zig", toolchain.command[:1], (), toolchain.environment)
        code, text = call(plain, ["version"], folder, step, job)
    else:
        code, text = call(toolchain, ["-dumpfullversion", "-dumpversion"], folder, step, job)
    line = text.strip().splitlines()[0] if code == 0 and text.strip() else ""
    return f"{toolchain.name} {line}".strip() if re.match(r"\d", line) else toolchain.name
