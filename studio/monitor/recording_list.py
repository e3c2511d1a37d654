"""The recordings in a folder: what each is, found without reading through them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import ProjectError
from studio.base.job import Job
from studio.monitor import recording_file
from studio.monitor.recording import parts
from studio.monitor.recording_file import SUFFIX, Header


@dataclass(frozen=True)
class Listed:
    """One recording: its files, what was recorded, first and last time, bytes on disk.

    ``complete`` as of Recording; ``error`` says why one cannot be read. An empty recording begins
    and ends at 0.
    """

    files: tuple[Path, ...]
    header: Header
    begin: float
    end: float
    size: int
    complete: bool
    error: str = ""

    @property
    def name(self) -> str:
        """What its files are called, without their numbers."""
        return name_of(self.files[0])


def name_of(file: Path) -> str:
    """What a recording is called, by one of its files."""
    stem, dot, number = file.stem.rpartition(".")
    return stem if dot and number.isdecimal() and len(number) >= 4 else file.stem


def found(folder: Path, job: Job | None = None) -> tuple[Listed, ...]:
    """All recordings in ``folder``, the newest first; none where there is no such folder.

    ``job`` hears of each file, and may cancel.
    """
    job = job or Job()
    files: list[Path] = []
    with contextlib.suppress(OSError):
        files = [path for path in folder.iterdir() if path.suffix == SUFFIX and path.is_file()]
    seen: set[Path] = set()
    listed = []
    for path in sorted(files):
        if path not in seen:
            own = parts(path)
            seen.update(own)
            listed.append(_listed(own, job, len(seen), len(files)))
    return tuple(sorted(listed, key=lambda each: (each.begin, each.name), reverse=True))


def delete(recording: Listed) -> None:
    """Remove all files of a recording. Raises ProjectError where that fails."""
    for file in recording.files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise ProjectError(
                f"cannot be deleted: {error.strerror}",
                hint="Close whatever reads this recording.",
                where=str(file),
            ) from error


def _listed(files: tuple[Path, ...], job: Job, done: int, total: int) -> Listed:
    header, error, complete = None, "", True
    times: list[float] = []
    size = 0
    for file in files:
        job.step(done, total, file.name)
        with contextlib.suppress(OSError):
            size += file.stat().st_size
        try:
            part = recording_file.glance(file)
        except ProjectError as problem:
            error, complete = problem.message, False
            continue
        header = header or part.header
        times += [time for span in part.spans for time in (span.begin, span.end)]
        complete = complete and part.complete
    begin, end = min(times, default=0.0), max(times, default=0.0)
    return Listed(files, header or Header(), begin, end, size, complete, error)
