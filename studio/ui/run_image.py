"""The run of a built firmware, from what the workspace holds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from studio import history
from studio.base.errors import ProjectError
from studio.project import Project
from studio.ui.run_thread import Body

if TYPE_CHECKING:
    from studio.base.job import Job
    from studio.mapper.layout import Layout
    from studio.simulate.stage import Simulation
    from studio.target import Live, Run
    from studio.ui.workspace import Workspace

_log = logging.getLogger(__name__)

TIMEOUT = 60.0  # seconds of silence


def of(workspace: Workspace) -> Body:
    """What the run's thread calls; everything it needs is taken from the workspace now."""
    image, qnetwork, simulation = workspace.image, workspace.qnetwork, workspace.simulation
    if image is None or qnetwork is None or simulation is None or workspace.out is None:
        raise RuntimeError("there is no firmware to run")
    opened, layout = workspace.project, workspace.layout
    project, chip, model = Project(workspace.out), workspace.chip, str(workspace.model)
    stages = workspace.stages.items()
    seconds = {name: state.seconds for name, state in stages if state.seconds is not None}

    def body(job: Job, on_bytes: Callable[[bytes], None], on_live: Callable[[Live], None]) -> Run:
        from studio import target  # noqa: PLC0415 - see tasks.warm_up

        expected = (qnetwork, simulation)
        run = target.run_image(project, image, chip, job, on_bytes, TIMEOUT, expected, on_live)
        target.save_result(project, model, simulation, image, seconds, run)
        target.verify(run, image)
        if opened is not None:
            total = sum(seconds.values()) + run.seconds
            try:
                history.append(opened.folder, _entry(chip.name, layout, simulation, run, total))
            except ProjectError as error:
                # The run ended well all the same.
                _log.warning("%s", error)
        return run

    return body


def _entry(
    chip: str, layout: Layout | None, simulation: Simulation, run: Run, seconds: float
) -> history.Entry:
    """The deploy's line in the project's history."""
    return history.Entry(
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
        chip=chip,
        accuracy=run.accuracy,
        accuracy_integer=simulation.accuracy_integer,
        accuracy_float=simulation.accuracy_float,
        array_use=None if layout is None else layout.utilization.cells,
        samples=run.samples,
        seconds=round(seconds, 3),
    )
