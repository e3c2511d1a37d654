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
    from studio.target import BytesSink, Live, Run
    from studio.ui.workspace import Workspace

_log = logging.getLogger(__name__)


def of(workspace: Workspace) -> Body:
    """What the run's thread calls; everything it needs is taken from the workspace now."""
    image, qnetwork, simulation = workspace.image, workspace.qnetwork, workspace.simulation
    if image is None or qnetwork is None or simulation is None or workspace.out is None:
        raise RuntimeError("there is no firmware to run")
    opened, layout, options = workspace.project, workspace.layout, workspace.options
    project, model = Project(workspace.out), str(workspace.model)
    chip = workspace.chip.at_baud(options.baud)
    port, settings = workspace.port, workspace.settings
    lease = workspace.monitoring.lease
    stages = workspace.stages.items()
    seconds = {name: state.seconds for name, state in stages if state.seconds is not None}

    def body(job: Job, on_bytes: BytesSink, on_live: Callable[[Live | str], None]) -> Run:
        from studio import board_run, runs, target  # noqa: PLC0415 - see warm_up.py

        lease.wait(job)  # a port is free only when it was closed
        run = runs.run(
            project,
            image,
            chip,
            (qnetwork, simulation),
            job,
            on_bytes=on_bytes,
            on_live=on_live,
            emulation=target.Emulation.of(options),
            board=board_run.Board(port, settings, on_live) if port else None,
        )
        target.save_result(project, model, simulation, image, seconds, run)
        runs.verify(run, image, simulation)
        if opened is not None:
            total = sum(seconds.values()) + run.seconds
            try:
                entry = _entry(chip.name, layout, simulation, run, total, port)
                history.append(opened.folder, entry)
            except ProjectError as error:
                # The run ended well all the same.
                _log.warning("%s", error)
        return run

    return body


def _entry(
    chip: str,
    layout: Layout | None,
    simulation: Simulation,
    run: Run,
    seconds: float,
    port: str,
) -> history.Entry:
    """The deploy's line in the project's history."""
    return history.Entry(
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
        chip=chip,
        target=port or "emulator",
        accuracy=run.accuracy,
        accuracy_integer=simulation.accuracy_integer,
        accuracy_float=simulation.accuracy_float,
        array_use=None if layout is None else layout.utilization.cells,
        samples=run.samples,
        seconds=round(seconds, 3),
    )
