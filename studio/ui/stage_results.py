"""What a finished stage leaves in the workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio import worker
from studio.ui import stage_report
from studio.ui.workspace import Workspace


def store(workspace: Workspace, stage: str, artifact: object) -> None:
    """Keep a stage's artifact."""
    setters: dict[str, Callable[[Any], None]] = {
        "graph": workspace.set_network,
        "quantize": workspace.set_qnetwork,
        "simulate": workspace.set_simulation,
        "map": workspace.set_layout,
        "build": workspace.set_image,
    }
    setters[stage](artifact)


def tell(workspace: Workspace, done: worker.StageDone) -> None:
    """Say how a stage of a deploy went: its time, its output, what to look at."""
    stage, artifact = done.stage, done.artifact
    workspace.set_stage(stage, "done", done.seconds, done.cached)
    lines = stage_report.lines(stage, artifact, done.seconds, done.cached, done.notes)
    workspace.add_output(stage, lines)
    told = stage_report.all_notes(artifact, done.notes)
    found = stage_report.notes_as_problems(stage, told, workspace)
    found += stage_report.complaints(stage, artifact)
    workspace.set_problems(stage, found)
