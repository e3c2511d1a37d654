"""build.ninja: what is compiled from what, for the build tool ninja."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ninja

from studio.base import files
from studio.firmware import isa
from studio.firmware.own import OwnFiles, relative
from studio.firmware.toolchain import Toolchain

NAME = "build/build.ninja"
INPUTS = "build/inputs.txt"  # what an object depends on beside its sources
RULES = ("compile",)


@dataclass(frozen=True)
class Unit:
    """One file to compile: the paths of source and object, relative to the C project.

    ``own`` says that it is the user's; ``stamp`` is then a file that changes with its content.
    """

    source: str
    target: str
    own: bool = False
    stamp: str = ""

    @property
    def what(self) -> str:
        """What ninja says while it compiles it."""
        return f"compiling {self.source}"


@dataclass(frozen=True)
class Link:
    """One program: its path and the objects it is linked from; ``map`` asks for a map file."""

    target: str
    objects: tuple[str, ...]
    map: bool = False

    @property
    def what(self) -> str:
        """What ninja says while it links it."""
        return f"linking {self.target}"


@dataclass(frozen=True)
class Library:
    """Objects of which the linker takes those that something calls, and no more.

    What nothing calls would be left out in any case, but not before the compiler's large run-time
    library came in for its sake.
    """

    target: str
    objects: tuple[str, ...]

    @property
    def what(self) -> str:
        """What ninja says while it makes it."""
        return f"collecting {self.target}"


@dataclass(frozen=True)
class Recipe:
    """All that build.ninja says. ``includes`` are folders, ``script`` the linker's."""

    tools: Toolchain
    optimization: str
    includes: tuple[str, ...]
    script: str
    libraries: tuple[str, ...]
    units: tuple[Unit, ...]
    links: tuple[Link, ...]
    library: Library | None = None
    strict: bool = True


def unit(source: str) -> Unit:
    """One of our own sources."""
    return Unit(source, f"build/objects/{source}.o")


def own_units(own: OwnFiles, folder: Path) -> tuple[Unit, ...]:
    """The user's sources, and a stamp with the digest of each.

    ninja goes by time stamps, and a user may well put an older file in a newer one's place.
    """
    found = []
    for path in own.sources:
        name = path.relative_to(own.folder or path.parent).as_posix()
        stamp = f"build/own/{name}.sha256"
        write(folder / stamp, files.digest(path) + "\n")
        found.append(Unit(relative(path, folder), f"build/objects/own/{name}.o", True, stamp))
    return tuple(found)


def write_inputs(own: OwnFiles, version: str, folder: Path) -> None:
    """Write INPUTS: the compiler's version, and the user's headers and linker scripts.

    A header that is new may stand before one that was found until now.
    """
    lines = [version]
    lines += [f"{relative(p, folder)} {files.digest(p)}" for p in (*own.headers, *own.scripts)]
    write(folder / INPUTS, "\n".join(lines) + "\n")


def write_file(recipe: Recipe, folder: Path) -> bool:
    """Write build.ninja; False where it said the same already."""
    text = io.StringIO()
    writer = ninja.Writer(text, width=100)  # type: ignore[arg-type]
    tools = recipe.tools
    writer.comment("Written by CIM Studio; changes are overwritten.")
    writer.variable("builddir", "build")
    writer.variable("compiler", _quoted(tools.command))
    writer.variable("machine", _quoted(tools.flags))
    writer.variable("flags", _quoted((*isa.COMMON_FLAGS, recipe.optimization)))
    writer.variable("includes", _quoted([f"-I{path}" for path in recipe.includes]))
    link = (*isa.LINK_FLAGS, *tools.link, f"-Wl,-T,{recipe.script}")
    writer.variable("link", _quoted((*link, *(f"-L{path}" for path in recipe.libraries))))
    writer.variable("libraries", _quoted(tools.libraries))
    writer.newline()
    writer.rule(
        "compile",
        "$compiler $machine $flags $strict $includes -MMD -MF $out.d -c $in -o $out",
        description="$what",
        depfile="$out.d",
        deps="gcc",
    )
    if recipe.library is not None:
        archiver = _quoted(tools.archiver)
        writer.rule("collect", f"{archiver} rcs $out $in", description="$what")
    writer.rule("link", "$compiler $machine $link $map $in $libraries -o $out", description="$what")
    writer.newline()
    for unit in recipe.units:
        strict = isa.STRICT if recipe.strict and not unit.own else ""
        writer.build(
            [_path(unit.target)],
            "compile",
            [_path(unit.source)],
            implicit=[INPUTS, *([_path(unit.stamp)] if unit.own else [])],
            variables={"what": ninja.escape(unit.what), "strict": strict},
        )
    if recipe.library is not None:
        writer.build(
            [recipe.library.target],
            "collect",
            [_path(path) for path in recipe.library.objects],
            variables={"what": ninja.escape(recipe.library.what)},
        )
    for made in recipe.links:
        writer.build(
            [made.target],
            "link",
            [_path(path) for path in made.objects],
            implicit=[_path(recipe.script), INPUTS],
            variables={
                "what": ninja.escape(made.what),
                "map": _quoted(tools.map) if made.map else "",
            },
        )
    changed = write(folder / NAME, text.getvalue())
    if changed and recipe.library is not None:
        # The archiver adds to what there is: objects that are no longer wanted would stay.
        (folder / recipe.library.target).unlink(missing_ok=True)
    return changed


def _path(path: str) -> str:
    """For Writer.build, which escapes spaces and colons only."""
    return path.replace("$", "$$")


def _quoted(words: Sequence[str]) -> str:
    """Words of a command line, as this system's ninja hands them to a process."""
    return str(ninja.escape(line(words)))


def line(words: Sequence[str]) -> str:
    """Words as one command line of this system."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def write(path: Path, text: str) -> bool:
    """Write unless the file holds just this, so that its time stamp tells what changed."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    files.write_bytes(path, data)
    return True
