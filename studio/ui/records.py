"""Small things the window's parts tell each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
Status = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class StageState:
    """How far one stage of the current deploy is; ``seconds`` is None until it is done."""

    status: Status = "waiting"
    seconds: float | None = None
    cached: bool = False


@dataclass(frozen=True)
class Target:
    """Where a problem can be looked at: a layer, a node of the model, a line of a file, a panel.

    ``line`` and ``column`` count from 1; 0 is unknown.
    """

    layer: str = ""
    node: str = ""
    file: Path | None = None
    line: int = 0
    column: int = 0
    panel: str = ""


@dataclass(frozen=True)
class Problem:
    """One line of the Problems list. ``source`` is the stage or tool that found it."""

    severity: Severity
    source: str
    message: str
    hint: str = ""
    where: str = ""
    target: Target | None = None


@dataclass(frozen=True)
class Selected:
    """What is selected everywhere: a layer and its nodes; either may be unknown.

    ``origin`` is the id of the panel that selected it, which need not follow itself.
    """

    layer: str = ""
    nodes: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Activity:
    """What runs: ``name`` a stage or a study ("" when nothing), ``fraction`` 0..1 of all of it.

    ``quiet`` work was started by the program itself and gives way to what the user asks for.
    """

    name: str = ""
    fraction: float = 0.0
    text: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class BoardState:
    """What the board's tools do, or came to: ``text`` says it, in the window's language.

    ``doing`` is a Board's ``what``, "" when they rest; ``fraction`` is 0..1 of it. ``status`` is
    that of the last one.
    """

    doing: str = ""
    fraction: float = 0.0
    text: str = ""
    status: Status = "waiting"


# What panels ask for, through Workspace.task_requested.


@dataclass(frozen=True)
class Deploy:
    """Run the stages up to ``until``: graph, quantize, simulate, map, build or run."""

    until: str = "run"


@dataclass(frozen=True)
class RunAgain:
    """Run the built firmware again, without building."""


@dataclass(frozen=True)
class Board:
    """Have the board's tools do one thing: write the weights or the firmware, or read the tag."""

    what: Literal["program", "download", "tag"]


@dataclass(frozen=True)
class Cancel:
    """Stop what runs."""


@dataclass(frozen=True)
class NewProject:
    """Make a project from the template with that id (studio/templates.py) and open it."""

    template: str


@dataclass(frozen=True)
class Ask:
    """Call ``function`` in the worker and hand what it returns to ``then``.

    The function is ``function(job, *arguments)``, or with ``until`` ``function(job, deployment,
    *arguments)`` with the stages up to there done. ``name`` is a stage of ui/stage_text.py.
    """

    name: str
    function: Callable[..., object]
    arguments: tuple[object, ...]
    then: Callable[[Any], None]
    until: str = ""
    quiet: bool = False


Task = Deploy | RunAgain | NewProject | Ask | Board | Cancel
