"""What a finished stage leaves in the output and in the Problems list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.base.errors import StudioError
from studio.firmware.image import Image
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


def error_as_problem(stage: str, error: StudioError, workspace: Workspace) -> Problem:
    """An error that ended a stage."""
    target = target_of(error.where, workspace) or target_of(error.message, workspace)
    return Problem("error", stage, error.message, error.hint, error.where, target)


def target_of(text: str, workspace: Workspace) -> Target | None:
    """The layer or node a text names: the longest name in it."""
    layers = [op.name for op in workspace.qnetwork.ops] if workspace.qnetwork else []
    nodes = [node.name for node in workspace.network.nodes] if workspace.network else []
    named = [name for name in (*layers, *nodes) if name and _within(name, text)]
    if not named:
        return None
    name = max(named, key=len)
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
