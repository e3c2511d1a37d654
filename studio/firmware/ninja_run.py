"""Running ninja: progress, and what each of its steps had to say."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import ninja

from studio.base.errors import ToolError
from studio.firmware import process
from studio.firmware.ninja_file import NAME

SILENCE = 120.0  # seconds without a word; a first build fills zig's cache

_STATUS = "@@ %f %t "
_STEP = re.compile(r"@@ (\d+) (\d+) (.*)")
_FAILED = re.compile(r"FAILED: (\[code=\d+\] )?")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Outcome:
    """What ninja did: the text of each step it ran by its description, and those that failed.

    ``text`` is what it said itself.
    """

    code: int
    steps: Mapping[str, str]
    failed: frozenset[str]
    text: str = ""


def program() -> str:
    """The path of ninja: the one that was installed with us, else one on the path."""
    name = "ninja.exe" if sys.platform == "win32" else "ninja"
    own = Path(ninja.BIN_DIR, name)
    if ninja.BIN_DIR and own.is_file():
        return str(own)
    found = shutil.which("ninja")
    if found is None:
        raise ToolError(
            "ninja, which runs the compiler, was not found",
            hint='Install it with "pip install ninja" in the Python environment of CIM Studio.',
            where="ninja",
        )
    return found


@dataclass
class _Reader:
    """Follows ninja's lines."""

    progress: Progress
    steps: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    own: list[str] = field(default_factory=list)
    done: tuple[int, int, str] = (0, 0, "")
    current: str = ""
    skip: bool = False

    def line(self, line: str) -> None:
        step = _STEP.fullmatch(line)
        if step is not None:
            self.current = step[3]
            self.steps[self.current] = ""
            self.done = (int(step[1]), int(step[2]), self.current)
            self.progress(*self.done)
        elif self.skip:
            self.skip = False  # the command line, after FAILED
        elif self.current and _FAILED.match(line):
            self.failed.add(self.current)
            self.skip = True
        elif line.startswith("ninja: ") or not self.current:
            self.own.append(line)
        else:
            self.steps[self.current] += line + "\n"


def run(
    target: str, folder: Path, environment: Mapping[str, str], progress: Progress, keep: Keep
) -> Outcome:
    """Have ninja make ``target`` in ``folder``, as build.ninja says.

    All that can be compiled is, so that every complaint comes at once. ``progress(done, total,
    what)`` counts the steps of this call and may raise Cancelled, which ends ninja and its
    compilers; ``keep`` hears of the steps that came to an end in any case. Raises ToolError.
    """
    reader = _Reader(progress)
    # A terminal's settings of the user must not change what we read.
    calm = {"NINJA_STATUS": _STATUS, "TERM": "dumb", "CLICOLOR_FORCE": "0"}
    command = (program(), "-f", NAME, "-k", "0", target)
    try:
        code = process.run(
            command,
            folder,
            {**environment, **calm},
            SILENCE,
            lambda: progress(*reader.done),
            reader.line,
        )
    finally:
        keep({what: text for what, text in reader.steps.items() if what not in reader.failed})
    return Outcome(code, reader.steps, frozenset(reader.failed), "\n".join(reader.own))


Keep = Callable[[Mapping[str, str]], None]


def commands(folder: Path, rules: tuple[str, ...]) -> str:
    """The compilation database of build.ninja, JSON. Raises ToolError."""
    lines: list[str] = []
    command = (program(), "-f", NAME, "-t", "compdb", *rules)
    code = process.run(command, folder, {}, SILENCE, lambda: None, lines.append)
    if code:
        raise ToolError(f"ninja fails: {' '.join(lines)}", where=NAME)
    return "\n".join(lines) + "\n"
