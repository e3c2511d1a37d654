"""A file for updates over the air, made from a map by the maker's programming tool.

``-m ota -i map.csv`` (CHIP.md). Neither the file's name nor its form is published: what the tool
wrote or changed, beside the map and in its own folder, is looked for and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import ToolError
from studio.base.job import Job
from studio.board import program, stream
from studio.formats import map_csv

TIMEOUT = 300.0  # seconds
_NOTES = (".log", ".txt", ".ini", ".json")  # what a tool writes for itself
_MOST = 10_000  # files looked at in one folder; a tool's folder has a few dozen


@dataclass(frozen=True)
class Ota:
    """The files the tool made, the largest first, and what it said."""

    files: tuple[Path, ...]
    text: str

    @property
    def file(self) -> Path:
        """The update itself: the largest of them."""
        return self.files[0]


def generate(
    tool: Sequence[str],
    folder: Path,
    job: Job,
    on_text: Callable[[str], None] | None = None,
) -> Ota:
    """Make the file for the map in ``folder``.

    Raises DataError when the folder is not complete, ToolError when the tool fails or leaves no
    new file.
    """
    program.check(folder)
    home = program.home(tool)
    places = [folder.resolve(), *([home.resolve()] if home else [])]
    before = _files(places)
    map_file = str(folder.resolve() / map_csv.NAME)
    code, text = stream.run(
        [*tool, "-m", "ota", "-i", map_file],
        home,
        lambda: (0, 1, "making the update file"),
        job,
        TIMEOUT,
        on_text,
    )
    said = stream.last_lines(text)
    if code:
        raise ToolError(
            f"no update file was made (exit code {code})",
            hint=f"The programming tool said:\n{said}",
            where=str(folder),
        )
    after = _files(places)
    made = [path for path, seen in after.items() if before.get(path) != seen]
    made = [path for path in made if path.suffix.lower() not in _NOTES and after[path][1] > 0]
    if not made:
        raise ToolError(
            "the programming tool ended, but left no new file",
            hint=f"Looked in {' and '.join(map(str, places))}. It said:\n{said}",
            where=str(folder),
        )
    return Ota(tuple(sorted(made, key=lambda path: -after[path][1])), text)


def _files(folders: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """Time of change (ns) and size of every file in the folders, and one level below."""
    found: dict[Path, tuple[int, int]] = {}
    for folder in folders:
        for pattern in ("*", "*/*"):
            for number, path in enumerate(folder.glob(pattern)):
                if number >= _MOST:
                    break
                try:
                    if path.is_file():
                        about = path.stat()
                        found[path] = (about.st_mtime_ns, about.st_size)
                except OSError:  # it went away, or may not be looked at
                    continue
    return found
