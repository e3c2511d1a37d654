"""Copies of a user's files in a project's folder; nothing of the user's is ever overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from studio.base.errors import ProjectError
from studio.base.files import digest, replacing
from studio.base.job import Job
from studio.project import safe_name
from studio.project_file import ProjectFile

_CHUNK = 4 << 20  # bytes


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder, links followed."""
    return path.resolve().is_relative_to(folder.resolve())


def put(project: ProjectFile, source: Path, job: Job) -> tuple[ProjectFile, Path]:
    """Copy a file into the project; returns where it now lies.

    A file that lies there already is left where it is. Raises ProjectError where it cannot be
    read or the folder cannot be written.
    """
    if is_inside(source, project.folder):
        return project, source
    make = partial(copy, source, job=job)
    return _put(project, name_of(source), digest_of(source), make)


def name_of(source: Path) -> str:
    """What the copy of a file is called, as every system allows it."""
    return safe_name(source.stem) + source.suffix.lower()


def write(
    project: ProjectFile, name: str, make: Callable[[Path], None]
) -> tuple[ProjectFile, Path]:
    """Let ``make`` write a file of the project, called ``name`` or nearly so."""
    return _put(project, name, "", make)


def _put(
    project: ProjectFile, name: str, content: str, make: Callable[[Path], None]
) -> tuple[ProjectFile, Path]:
    path = free(project, name, content)
    if not (content and path.is_file() and digest_of(path) == content):
        with replacing(path) as temporary:
            make(temporary)
    copied = dict(project.copied) | {path.name: content or digest_of(path)}
    return replace(project, copied=copied), path


def free(project: ProjectFile, name: str, content: str = "") -> Path:
    """Where a file may be written: a new name, or one of a copy nobody has changed since.

    A file that has the ``content`` (a digest) already may keep its name, too.
    """
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 1000):
        path = project.folder / (f"{stem}-{number}{suffix}" if number > 1 else name)
        if not path.exists():
            return path
        if path.is_file() and digest_of(path) in (project.copied.get(path.name), content):
            return path
    raise ProjectError(
        f"there are too many files called {stem} in the project",
        hint="Remove some of them.",
        where=str(project.folder),
    )


def copy(source: Path, target: Path, job: Job) -> None:
    """Copy a file's content, reporting on the way. Raises ProjectError."""
    try:
        total = source.stat().st_size
        done = 0
        with source.open("rb") as reading, target.open("wb") as writing:
            while chunk := reading.read(_CHUNK):
                writing.write(chunk)
                done += len(chunk)
                job.step(done, max(total, done), source.name)
    except OSError as error:
        raise ProjectError(
            f"cannot be copied into the project: {error.strerror}",
            hint="Check that the file can be read and that there is room on the disk.",
            where=str(source),
        ) from error


def digest_of(path: Path) -> str:
    """A file's digest. Raises ProjectError where it cannot be read."""
    try:
        return digest(path)
    except OSError as error:
        raise ProjectError(
            f"cannot be read: {error.strerror}",
            hint="It may have been moved or deleted. Choose it again.",
            where=str(path),
        ) from error


def digest_of_path(path: Path) -> str:
    """A digest of where a file lies: to know it again, not to find it."""
    return hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
