"""What a finished stage leaves in the output and in the Problems list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.errors import StudioError
from studio.firmware import messages
from studio.firmware.image import Image
from studio.firmware.messages import BuildError
from studio.project import Project
from studio.quantize.qnetwork import QNetwork
from studio.ui.records import Problem, Target

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace


def lines(
    stage: str, artifact: object, seconds: float, cached: bool, notes: Sequence[str]
) -> list[str]:
    """What the output says of a finished stage."""
    found = [f"{stage}: {seconds:.2f} s" + (" (cached)" if cached else "")]
    found += [f"  {note}" for note in all_notes(artifact, notes)]
    if isinstance(artifact, Image):
        found += [f"  {line}" for line in artifact.log.splitlines()]
        found += [f"  {artifact.elf}"]
    return found


def all_notes(artifact: object, notes: Sequence[str]) -> tuple[str, ...]:
    """The stage's notes, and those the network carries."""
    own = artifact.notes if isinstance(artifact, QNetwork) else ()
    return tuple(dict.fromkeys((*notes, *own)))


def notes_as_problems(stage: str, notes: Sequence[str], workspace: Workspace) -> list[Problem]:
    """Notes, each with the layer or node it names."""
    return [
        Problem("note", stage, note, target=target_of(note, workspace) or Target(panel="output"))
        for note in notes
    ]


def complaints(stage: str, artifact: object) -> list[Problem]:
    """What the compiler warned of while it built an image."""
    if not isinstance(artifact, Image):
        return []
    return _complaints(stage, artifact.log, artifact.project)


def error_lines(error: StudioError) -> list[str]:
    """What the output says of an error that ended a stage: all that the compiler said."""
    return error.log.splitlines() if isinstance(error, BuildError) else []


def error_as_problems(stage: str, error: StudioError, workspace: Workspace) -> list[Problem]:
    """An error that ended a stage: what the compiler complains of one by one, or the error."""
    found: list[Problem] = []
    if isinstance(error, BuildError):
        found = _complaints(stage, error.log, Path(error.folder))
    if any(problem.severity == "error" for problem in found):
        return found
    return [error_as_problem(stage, error, workspace), *found]


def _complaints(stage: str, log: str, folder: Path) -> list[Problem]:
    return [_complaint(stage, message, folder) for message in messages.parse(log)]


def _complaint(stage: str, message: messages.Message, folder: Path) -> Problem:
    target = place_of(f"{message.file}:{message.line}", folder, message.column)
    where = f"{message.file}:{message.line}" if message.line else message.file
    if target is None:
        target = Target(panel="output")
    return Problem(message.severity, stage, message.text, where=where, target=target)


def place_of(where: str, folder: Path, column: int = 0) -> Target | None:
    """The file and line that ``file:line`` names, where the file is there.

    It must lie in ``folder``, that of the C project, or among the user's own sources.
    """
    name, _, number = where.rpartition(":")
    if not name or not number.isdecimal():
        return None
    root = folder.resolve()
    path = (root / name).resolve()
    if not path.is_file():
        return None
    if path.is_relative_to(root):
        return Target(file=folder / path.relative_to(root), line=int(number), column=column)
    # The compiler's own headers may be named too, which are not ours to open.
    results = root.parent
    own = (results.parent / "src", results.with_name(f"{results.name}-src"))
    if not any(path.is_relative_to(sources) for sources in own):
        return None
    return Target(file=path, line=int(number), column=column)


def error_as_problem(stage: str, error: StudioError, workspace: Workspace) -> Problem:
    """An error that ended a stage."""
    folder = Project(workspace.out).firmware if workspace.out is not None else None
    target = place_of(error.where, folder) if folder is not None else None
    target = target or target_of(error.where, workspace) or target_of(error.message, workspace)
    if target is None and error.node:
        target = Target(node=error.node)  # of a file that could not be read to the end
    where = error.where
    file = target.file if target is not None else None
    if folder is not None and target is not None and file and file.is_relative_to(folder):
        where = f"{file.relative_to(folder).as_posix()}:{target.line}"
    return Problem("error", stage, error.message, error.hint, where, target)


def target_of(text: str, workspace: Workspace) -> Target | None:
    """The layer or node a text names: the longest name in it, the first of those."""
    layers = [op.name for op in workspace.qnetwork.ops] if workspace.qnetwork else []
    nodes = [node.name for node in workspace.network.nodes] if workspace.network else []
    named = [name for name in (*layers, *nodes) if name and _within(name, text)]
    if not named:
        return None
    name = max(named, key=lambda own: (len(own), -text.find(own)))
    return Target(layer=name) if name in layers else Target(node=name)


def _within(name: str, text: str) -> bool:
    """Whether ``name`` stands in ``text`` as a word of its own."""
    place = text.find(name)
    while place >= 0:
        before = text[place - 1 : place]
        after = text[place + len(name) : place + len(name) + 1]
        if not (before.isalnum() or after.isalnum() or before in ("_", "/") or after == "_"):
            return True
        place = text.find(name, place + 1)
    return False
