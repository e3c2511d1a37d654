"""The user's own sources: files of a folder that take part in the build."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import ProjectError

COMPILED = (".c", ".S", ".s")
SCRIPTS = (".ld", ".lds")
UNFIT = frozenset('"$|;\\\n\r\t')  # characters that ninja, CMake or a compiler trips over


@dataclass(frozen=True)
class OwnFiles:
    """Paths of the user's files; all absolute, in order of their names.

    A file called like one of ours stands in for it.
    """

    folder: Path | None = None
    sources: tuple[Path, ...] = ()
    headers: tuple[Path, ...] = ()
    scripts: tuple[Path, ...] = ()

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file."""
        return (*self.sources, *self.headers, *self.scripts)

    def replaces(self, name: str) -> bool:
        """Whether one of them is called ``name`` (without a folder)."""
        return any(path.name == name for path in self.all)

    def script(self, name: str) -> Path | None:
        """The linker script that stands in for ours, if there is one."""
        return next((path for path in self.scripts if path.name == name), None)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders that hold headers, the outermost first."""
        return tuple(dict.fromkeys(path.parent for path in self.headers))


def collect(folder: Path | None) -> OwnFiles:
    """The sources in ``folder`` and below; none where it is None or missing.

    Hidden files and folders are left out, and links that lead out of the folder. Raises
    ProjectError where it cannot be read, or a name would break the build.
    """
    if folder is None or not folder.is_dir():
        return OwnFiles()
    root = folder.resolve()
    try:
        found = [path for path in root.rglob("*") if _belongs(path, root)]
    except OSError as error:
        raise ProjectError(
            f"your sources cannot be read: {error.strerror}", where=str(folder)
        ) from error
    found.sort(key=lambda path: (len(path.parts), path.as_posix()))
    for path in found:
        if UNFIT & set(path.relative_to(root).as_posix()):
            raise ProjectError(
                "a file name no compiler takes",
                hint='Rename the file: it must not contain any of " $ | ; \\ or a line end.',
                where=str(path),
            )
    return OwnFiles(
        root,
        tuple(path for path in found if path.suffix in COMPILED),
        tuple(path for path in found if path.suffix == ".h"),
        tuple(path for path in found if path.suffix in SCRIPTS),
    )


def _belongs(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    known = path.suffix in (*COMPILED, ".h", *SCRIPTS)
    return known and not hidden and path.is_file() and path.resolve().is_relative_to(root)


def relative(path: Path, folder: Path) -> str:
    """``path`` as seen from ``folder``, with forward slashes: a build that moves goes on.

    Absolute where Windows has the two on different drives.
    """
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()
