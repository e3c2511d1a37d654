"""One run of a built image: on emulator or board, whichever way its samples come."""

from __future__ import annotations

import math
from collections.abc import Callable

from studio import board_run, serial_run, target
from studio.base.job import Job
from studio.board_run import Board
from studio.chip.chip import Chip
from studio.firmware.image import Image
from studio.project import Project
from studio.quantize.qnetwork import QNetwork
from studio.simulate.stage import Simulation
from studio.target import IDEAL, BytesSink, Emulation, Live, Run

TIMEOUT = 60.0  # seconds of silence


def run(
    project: Project,
    image: Image,
    chip: Chip,
    expected: tuple[QNetwork, Simulation],
    job: Job,
    *,
    on_bytes: BytesSink | None = None,
    on_live: Callable[[Live], None] | None = None,
    timeout: float = TIMEOUT,
    emulation: Emulation = IDEAL,
    board: Board | None = None,
) -> Run:
    """Run ``image`` on ``board``, or without one on the emulator, and compare.

    A demo (``image.mode`` "live") ends when the job is cancelled. Raises as target.run_image,
    serial_run.run_image and board_run.run_board do.
    """
    if emulation.gdb:
        timeout = math.inf  # a debugger may hold the firmware
    common = (project, image, chip, job)
    rest = (on_bytes, timeout, expected, on_live)
    if board is not None:
        return board_run.run_board(*common, board, *rest)
    if image.mode == "serial":
        return serial_run.run_image(*common, *rest, emulation)
    return target.run_image(*common, *rest, emulation)


def verify(found: Run, image: Image, simulation: Simulation) -> None:
    """Raise VerifyError where samples are missing, or differ though nothing is analog."""
    if image.mode == "serial":
        serial_run.verify(found, simulation)
    else:
        target.verify(found, image)
