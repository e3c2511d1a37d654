"""The run of a built firmware, from what the workspace holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.project import Project

if TYPE_CHECKING:
    from studio.base.job import Job
    from studio.target import Run
    from studio.ui.workspace import Workspace

TIMEOUT = 60.0  # seconds of silence

Body = Callable[["Job", Callable[[bytes], None]], "Run"]


def of(workspace: Workspace) -> Body:
    """What the run's thread calls; everything it needs is taken from the workspace now."""
    image, qnetwork, simulation = workspace.image, workspace.qnetwork, workspace.simulation
    if image is None or qnetwork is None or simulation is None or workspace.out is None:
        raise RuntimeError("there is no firmware to run")
    project, chip, model = Project(workspace.out), workspace.chip, str(workspace.model)
    stages = workspace.stages.items()
    seconds = {name: state.seconds for name, state in stages if state.seconds is not None}

    def body(job: Job, on_bytes: Callable[[bytes], None]) -> Run:
        from studio import target  # noqa: PLC0415 - see tasks.warm_up

        expected = (qnetwork, simulation)
        run = target.run_image(project, image, chip, job, on_bytes, TIMEOUT, expected)
        target.save_result(project, model, simulation, image, seconds, run)
        target.verify(run, image)
        return run

    return body
