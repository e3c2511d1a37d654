"""What the welcome page says of projects that were open before; reads their folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio import history, project_file
from studio.base.errors import StudioError


@dataclass(frozen=True)
class Recent:
    """A project as its folder has it now.

    ``when`` is the time of its last change or deploy, in seconds since 1970; 0 where unknown.
    ``accuracy`` is the last deploy's. ``missing``: there is no project any more; ``broken``:
    there is one that cannot be read.
    """

    folder: Path
    name: str
    model: str = ""
    when: float = 0.0
    accuracy: float | None = None
    missing: bool = False
    broken: bool = False


def look(folders: Sequence[str]) -> tuple[Recent, ...]:
    """What is in each folder; never fails."""
    return tuple(_look(Path(folder)) for folder in folders)


def _look(folder: Path) -> Recent:
    try:
        project = project_file.load(folder)
        times = [
            path.stat().st_mtime for path in (project.file, folder / history.NAME) if path.is_file()
        ]
    except (StudioError, OSError):
        there = (folder / project_file.NAME).is_file()
        return Recent(folder, folder.name, missing=not there, broken=there)
    deploys = history.read(folder)
    return Recent(
        folder,
        project.name,
        project.model.name if project.model else "",
        max(times, default=0.0),
        deploys[-1].accuracy if deploys else None,
    )
