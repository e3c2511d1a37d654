"""From a C project to an ELF file, and what a compiler's complaint means."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.base import files
from studio.base.errors import FitError, ToolError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware import map_file, messages, ninja_file, ninja_run, own, toolchain
from studio.firmware.messages import BuildError
from studio.firmware.ninja_file import Library, Link, Recipe, Unit
from studio.firmware.own import OwnFiles
from studio.firmware.toolchain import Toolchain

LINES = 5
NEARLY_FULL = 1 << 20  # bytes
ELF = "build/firmware.elf"
BARE = "build/bare/firmware.elf"  # without samples: how much room do they have?
LIBRARY = "build/kernels.a"
SAID = "build/messages.json"
COMMANDS = "compile_commands.json"

# lld: section '.rodata' will not fit in region 'code': overflowed by 1234 bytes
# GNU ld: region `code' overflowed by 1234 bytes
OVERFLOW = re.compile(r"region [`'](\w+)'(?::)? overflowed by (\d+) bytes")
ERROR = re.compile(r"^.*\b(?:error|undefined)\b.*$", re.MULTILINE | re.IGNORECASE)
UNDEFINED = re.compile(r"undefined (?:symbol: |reference to [`'])([^'\s]+)")
DOUBLE = re.compile(r"(?:duplicate symbol: |multiple definition of [`'])([^'\s]+)")


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
        hint += (
            " a network with smaller tables and fewer layers"
            if code
            else " less data of your own, or a smaller stack"
        )
        return FitError(
            f"{self.region} needs {needs} bytes, {available} available: {self.excess} too many",
            hint=f"{hint}; optimization -Os saves some code." if code else f"{hint}.",
            where=f"{self.region} memory",
        )


@dataclass(frozen=True)
class Sources:
    """What a program is made of, relative to the C project.

    ``common`` are ours, ``kernels`` those of them that only some networks call, ``samples`` and
    ``bare`` the test set and one without samples ("" where the user has a file of that name),
    ``includes`` folders of headers.
    """

    common: tuple[str, ...]
    kernels: tuple[str, ...] = ()
    samples: str = ""
    bare: str = ""
    includes: tuple[str, ...] = (".",)
    script: str = "link.ld"
    own: OwnFiles = field(default_factory=OwnFiles)


class Builder:
    """Builds in ``folder``/build; what is up to date is left as it is."""

    def __init__(
        self,
        tools: Toolchain,
        version: str,
        optimization: str,
        sources: Sources,
        folder: Path,
        job: Job,
    ):
        if optimization not in toolchain.OPTIMIZATIONS:
            raise ToolError(
                f"optimization {optimization!r} is unknown",
                hint=f"Choose one of {', '.join(toolchain.OPTIMIZATIONS)}.",
                where="optimization",
            )
        self.tools = tools
        self.folder = folder
        self.job = job
        self.done = 0
        self._said: dict[str, str] = _load(folder / SAID)
        self._recipe = _recipe(tools, optimization, sources, folder)
        self._made: list[str] = []
        ninja_file.write_inputs(sources.own, version, folder)
        toolchain.make_cache(tools)
        if ninja_file.write_file(self._recipe, folder) or not _told(folder):
            found = ninja_run.commands(folder, ninja_file.RULES)
            files.write_text(folder / COMMANDS, _for_editors(found, tools))
        self.steps = len(self._recipe.units) + len(self._recipe.links)
        self.steps += self._recipe.library is not None

    def make(self, target: str) -> Path:
        """Compile and link what ``target`` (ELF or BARE) lacks, and return its path.

        Raises Overflow when it is too large for a memory region, BuildError with the first
        complaint, its file and line.
        """
        edges = self._edges(target)
        before = self.done

        def progress(done: int, total: int, what: str) -> None:
            # ninja counts what is left to do; the rest was done at an earlier build.
            total_done = before + max(0, len(edges) - max(total, 1)) + done
            self.done = max(self.done, min(total_done, before + len(edges)))
            self.job.step(self.done, self.steps, what or "looking for what has changed")

        progress(0, len(edges), "")
        outcome = ninja_run.run(
            target, self.folder, self.tools.environment, progress, self._keep_said
        )
        self.done = before + len(edges)
        self._made += [what for what in edges if what not in self._made]
        if outcome.code:
            texts = {what: outcome.steps.get(what, self._said.get(what, "")) for what in self._made}
            log = self._write_log(texts)
            self._fail(outcome, [what for what in self._made if what in outcome.failed], log)
        return self.folder / target

    def log(self) -> str:
        """All the compiler said of what was made, in order; also written to build/build.log."""
        return self._write_log({what: self._said.get(what, "") for what in self._made})

    def _edges(self, target: str) -> list[str]:
        link = next(link for link in self._recipe.links if link.target == target)
        library = self._recipe.library
        objects = [*link.objects, *(library.objects if library else ())]
        edges = [unit.what for unit in self._recipe.units if unit.target in objects]
        edges += [library.what] if library else []
        return [what for what in (*edges, link.what) if what not in self._made]

    def _keep_said(self, steps: Mapping[str, str]) -> None:
        """Remember what a finished step said: its warnings hold until it is made again."""
        for what, printed in steps.items():
            self._said[what], table = map_file.split(printed)
            if table:
                files.write_text(self.folder / toolchain.MAP, table)
        if steps:
            kept = {unit.what for unit in self._recipe.units}
            kept |= {link.what for link in self._recipe.links}
            kept |= {self._recipe.library.what} if self._recipe.library else set()
            said = {what: text for what, text in self._said.items() if what in kept and text}
            files.write_text(self.folder / SAID, json.dumps(said, indent=1, ensure_ascii=False))

    def _write_log(self, texts: Mapping[str, str]) -> str:
        text = "".join(f"{what}\n{text}" for what, text in texts.items())
        path = self.folder / "build" / "build.log"
        ninja_file.write(path, text)
        return text

    def _fail(self, outcome: ninja_run.Outcome, failed: Sequence[str], log: str) -> None:
        link = next((link for link in self._recipe.links if link.what in failed), None)
        if link is not None:
            text = outcome.steps[link.what]
            found = [Overflow(name, int(excess)) for name, excess in OVERFLOW.findall(text)]
            if found:
                raise max(found, key=lambda overflow: overflow.excess)
            raise self._error(_linker_says(text), link.target, text, log)
        for unit in self._recipe.units:
            if unit.what in failed:
                text = "".join(outcome.steps[what] for what in failed)
                told = f"the compiler refuses {unit.source}"
                raise self._error(told, unit.source, text, log)
        raise self._error("ninja fails", ninja_file.NAME, outcome.text, log + outcome.text)

    def _error(self, message: str, source: str, text: str, log: str) -> BuildError:
        """An error that carries the first complaints, and the log."""
        errors = [found for found in messages.parse(text) if found.severity == "error"]
        first = next((found for found in errors if found.file), None)
        where = source
        if first is not None:
            file = first.file
            if Path(file).is_absolute():
                file = own.relative(Path(file).resolve(), self.folder)
            where = f"{file}:{first.line}" if first.line else file
        lines = [match[0].strip() for match in ERROR.finditer(text)] or text.strip().splitlines()
        told = "\n".join(lines[:LINES]) or "no message"
        hint = f"The whole output is in {self.folder / 'build' / 'build.log'}."
        if shutil.disk_usage(self.folder).free < NEARLY_FULL:  # compilers just abort there
            hint = f"The disk is full: free some space. {hint}"
        return BuildError(
            f"{message}:\n{told}",
            hint=hint,
            where=where,
            log=log,
            folder=str(self.folder),
        )


def _linker_says(text: str) -> str:
    missing = list(dict.fromkeys(UNDEFINED.findall(text)))
    double = list(dict.fromkeys(DOUBLE.findall(text)))
    if missing:
        return f"nothing defines {', '.join(missing)}"
    return f"{', '.join(double)} is defined twice" if double else "the linker fails"


def _recipe(tools: Toolchain, optimization: str, sources: Sources, folder: Path) -> Recipe:
    own_units = ninja_file.own_units(sources.own, folder)
    common = (*own_units, *(ninja_file.unit(path) for path in sources.common))
    samples = tuple(ninja_file.unit(path) for path in (sources.samples,) if path)
    bare = tuple(ninja_file.unit(path) for path in (sources.bare,) if path)
    kernels = tuple(ninja_file.unit(path) for path in sources.kernels)
    library = Library(LIBRARY, _targets(kernels)) if kernels and tools.archiver else None
    last = (library.target,) if library else _targets(kernels)
    links = [Link(ELF, (*_targets((*common, *samples)), *last), map=True)]
    if bare:
        links.append(Link(BARE, (*_targets((*common, *bare)), *last)))
    script = sources.own.script("link.ld")
    folders = [own.relative(path, folder) for path in sources.own.folders]
    scripts = dict.fromkeys(own.relative(path.parent, folder) for path in sources.own.scripts)
    return Recipe(
        tools,
        optimization,
        (*folders, *sources.includes),
        own.relative(script, folder) if script else sources.script,
        tuple(scripts),
        (*common, *kernels, *bare, *samples),
        tuple(links),
        library,
        strict=not sources.own.headers,
    )


def _for_editors(database: str, tools: Toolchain) -> str:
    """A compilation database with a compiler that editors know."""
    if not tools.editor:
        return database
    ours, theirs = (
        ninja_file.line(words) for words in ((*tools.command, *tools.flags), tools.editor)
    )
    entries = json.loads(database)
    for entry in entries:
        entry["command"] = entry["command"].replace(ours, theirs, 1)
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _targets(units: Sequence[Unit]) -> tuple[str, ...]:
    return tuple(unit.target for unit in units)


def _told(folder: Path) -> bool:
    """Whether there is a compilation database, made where the project is now."""
    try:
        raw = json.loads((folder / COMMANDS).read_text(encoding="utf-8"))
        return bool(raw[0]["directory"] == str(folder))
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _load(path: Path) -> dict[str, str]:
    """What the steps of earlier builds said; nothing where that is lost."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(raw, dict):
        return {}
    return {what: text for what, text in raw.items() if isinstance(text, str)}
