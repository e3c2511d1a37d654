"""Feeding a data set to firmware that takes its samples over the line, on emulator or board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio import serial_run
from studio.base.errors import DataError, ProjectError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.feed_answers import Answers, save_csv
from studio.firmware.image import Image
from studio.formats.feed_samples import KINDS, Choice, Samples, load
from studio.formats.feed_scale import SCALES, Scale
from studio.monitor.board_info import BoardInfo
from studio.project import Project
from studio.quantize.qnetwork import QNetwork
from studio.simulate import stage as simulator
from studio.simulate.run import run as run_network
from studio.simulate.stage import Labels, Simulation
from studio.target import IDEAL, BytesSink, Emulation, Run

__all__ = [
    "KINDS",
    "SCALES",
    "Answers",
    "Choice",
    "Samples",
    "Scale",
    "load",
    "require",
    "run",
    "save_csv",
]

LOG = "feed.log"  # every byte of the last feed, in the results folder
TIMEOUT = 60.0  # seconds of silence

Numbers = npt.NDArray[np.int64]


def require(image: Image) -> None:
    """Raise ProjectError for firmware that does not take its samples over the line."""
    if image.mode != "serial":
        raise ProjectError(
            "this firmware carries its own samples and takes no others",
            hint="Build it with samples over the line: in the window choose Samples come: over the"
            " serial line; on the command line `cim-studio build DIR --mode serial`.",
            where=str(image.elf),
        )


def run(
    project: Project,
    image: Image,
    chip: Chip,
    qnetwork: QNetwork,
    answers: Answers,
    job: Job,
    *,
    port: str = "",
    emulation: Emulation = IDEAL,
    on_bytes: BytesSink | None = None,
    on_expected: Callable[[Simulation], None] | None = None,
    timeout: float = TIMEOUT,
) -> Run:
    """Send ``answers.samples`` to the board at ``port``, or "" to the emulator; fill ``answers``.

    Nothing is downloaded: the board runs the folder's firmware already, else RunError says so.
    ``on_bytes`` hears lines as the firmware writes them of its own samples, ``on_expected`` what
    the simulator says, before the first is sent. Writes feed.log. Raises ProjectError where the
    firmware takes no samples, what serial_run.run_image raises, and Cancelled.
    """
    require(image)

    def expected(info: BoardInfo) -> Simulation:
        simulation = simulate(qnetwork, answers.samples, answers.repeat, info.reset_every, job)
        outputs = serial_run.sample_bytes(qnetwork, qnetwork.outputs, simulation.outputs)
        answers.begin(simulation, outputs)
        if on_expected is not None:
            on_expected(simulation)
        return simulation

    return serial_run.run_image(
        project,
        image,
        chip,
        job,
        on_bytes,
        timeout,
        (qnetwork, expected),
        emulation=emulation,
        on_answer=answers.add,
        port=port or None,
        log_file=project.folder / LOG,
    )


def simulate(
    qnetwork: QNetwork, samples: Samples, repeat: int, reset_every: int, job: Job
) -> Simulation:
    """What firmware that zeroes its states before every ``reset_every`` samples must answer.

    0 is never. Raises DataError where the samples are streams of another length.
    """
    if samples.steps is not None and samples.steps != reset_every:
        raise DataError(
            f"the data holds streams of {samples.steps} steps, but the firmware was built with"
            f" --reset-every {reset_every}",
            hint=f"Deploy with --reset-every {samples.steps}, or send streams of the same length.",
            where=samples.source,
        )
    order = np.tile(np.arange(len(samples)), repeat)
    # Where nothing is remembered, the same sample has the same answer each time.
    once = not qnetwork.stateful or reset_every == 1
    part = order[: len(samples)] if once else order
    labels = None if samples.labels is None else samples.labels[part]
    inputs = tuple(values[part] for values in samples.inputs)
    found = _simulated(qnetwork, inputs, labels, job, reset_every)
    if len(part) == len(order):
        return found
    return replace(
        found,
        inputs=tuple(values[order] for values in found.inputs),
        outputs=tuple(values[order] for values in found.outputs),
        labels=_at(found.labels, order),
        predictions=_at(found.predictions, order),
    )


def _simulated(
    qnetwork: QNetwork,
    inputs: tuple[npt.NDArray[np.int16], ...],
    labels: Labels | None,
    job: Job,
    reset_every: int,
) -> Simulation:
    result = run_network(qnetwork, inputs, job, reset_every=reset_every)
    outputs = tuple(result.outputs[name] for name in qnetwork.outputs)
    guess = simulator.predictions(outputs[0])
    return Simulation(inputs, outputs, labels, guess, simulator.accuracy(guess, labels), None)


def _at(values: Labels | None, order: Numbers) -> Labels | None:
    return None if values is None else values[order]
