"""The project file: what a project's folder holds and what was chosen for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from studio.options import Options
from studio.project import Project

NAME = "project.toml"


@dataclass(frozen=True)
class ProjectFile:
    """One project: a folder with a project.toml, the model, its data and the results.

    ``model`` and ``data`` lie inside the folder. ``options`` are the choices of every stage.
    """

    folder: Path
    name: str
    model: Path | None = None
    data: Path | None = None
    options: Options = field(default_factory=Options)

    @property
    def results(self) -> Project:
        """Where the artifacts of a deploy go."""
        return Project(self.folder / "results")
