"""From a C project to an ELF file, and what a compiler's complaint means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.base import files
from studio.base.errors import FitError, ToolError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware import isa, messages, toolchain
from studio.firmware.generate import INCLUDES
from studio.firmware.messages import BuildError
from studio.firmware.toolchain import Toolchain

LINES = 5

# lld: section '.rodata' will not fit in region 'code': overflowed by 1234 bytes
# GNU ld: region `code' overflowed by 1234 bytes
OVERFLOW = re.compile(r"region [`'](\w+)'(?::)? overflowed by (\d+) bytes")
ERROR = re.compile(r"^.*\b(?:error|undefined)\b.*$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Overflow(Exception):
    """The program is ``excess`` bytes too large for a region of the linker script."""

    region: str
    excess: int

    def explain(self, chip: Chip, samples: int) -> FitError:
        """For the user: how much is needed, how much there is, what helps."""
        code = self.region == "code"
        available = chip.memory.code.size if code else chip.memory.data.size
        needs = available + self.excess
        hint = "Put fewer samples into the firmware" if code and samples > 1 else ""
        hint = f"{hint}, or use" if hint else "Use"
        hint += " a network with smaller tables and fewer layers" if code else " a smaller stack"
        return FitError(
            f"{self.region} needs {needs} bytes, {available} available: {self.excess} too many",
            hint=f"{hint}; optimization -Os saves some code." if code else f"{hint}.",
            where=f"{self.region} memory",
        )


class Builder:
    """Compiles and links in ``folder``/build; gathers the compiler's output."""

    def __init__(self, tools: Toolchain, optimization: str, folder: Path, steps: int, job: Job):
        if optimization not in toolchain.OPTIMIZATIONS:
            raise ToolError(
                f"optimization {optimization!r} is unknown",
                hint=f"Choose one of {', '.join(toolchain.OPTIMIZATIONS)}.",
                where="optimization",
            )
        self.tools = tools
        self.optimization = optimization
        self.folder = folder
        self.job = job
        self.steps = steps
        self.done = 0
        self.text: list[str] = []

    def compile(self, source: str, includes: Sequence[str] = ()) -> str:
        """Compile one file (relative to the folder) and return the object file's path.

        Raises BuildError with the first complaint, its file and line.
        """
        target = f"build/objects/{source.replace('/', '.')}.o"
        (self.folder / target).parent.mkdir(parents=True, exist_ok=True)
        arguments = [
            *self.tools.flags,
            *isa.COMMON_FLAGS,
            self.optimization,
            *(f"-I{folder}" for folder in (*includes, *INCLUDES)),
            "-c",
            source,
            "-o",
            target,
        ]
        code, text = self._call(arguments, f"compiling {source}")
        if code:
            raise self._failed(f"the compiler refuses {source}", source, text)
        return target

    def link(self, objects: Sequence[str], target: str) -> Path:
        """Link the objects to ``target`` and return its path.

        Raises Overflow when it is too large for a memory region, else BuildError.
        """
        arguments = [
            *self.tools.flags,
            "-g",
            self.optimization,
            "-nostdlib",
            "-static",
            "-Wl,--gc-sections",
            "-Wl,-T,link.ld",
            *objects,
            "-o",
            target,
        ]
        code, text = self._call(arguments, f"linking {Path(target).name}")
        if code:
            found = [Overflow(name, int(excess)) for name, excess in OVERFLOW.findall(text)]
            if found:
                raise max(found, key=lambda overflow: overflow.excess)
            raise self._failed("the linker fails", target, text)
        return self.folder / target

    def log(self) -> str:
        """All the compiler said so far; also written to build/build.log."""
        text = "".join(self.text)
        files.write_text(self.folder / "build" / "build.log", text)
        return text

    def _call(self, arguments: Sequence[str], what: str) -> tuple[int, str]:
        progress = (self.done, self.steps, what)
        code, text = toolchain.call(self.tools, arguments, self.folder, progress, self.job)
        self.done += 1
        self.text.append(f"{what}\n{text}")
        return code, text

    def _failed(self, message: str, source: str, text: str) -> BuildError:
        """An error that carries the first complaints, and the log."""
        errors = [found for found in messages.parse(text) if found.severity == "error"]
        first = next((found for found in errors if found.file), None)
        where = f"{first.file}:{first.line}" if first else source
        lines = [match[0].strip() for match in ERROR.finditer(text)] or text.strip().splitlines()
        told = "\n".join(lines[:LINES]) or "no message"
        return BuildError(
            f"{message}:\n{told}",
            hint=f"The whole output is in {self.folder / 'build' / 'build.log'}.",
            where=where,
            log=self.log(),
            folder=str(self.folder),
        )
