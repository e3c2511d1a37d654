"""Running a built image on a target and comparing what it says with the simulator."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from studio.base.errors import RunError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.emulator.client import Emulator
from studio.firmware.image import Image
from studio.monitor import session
from studio.monitor.result import RunResult
from studio.project import Project, write_json
from studio.quantize.qnetwork import QNetwork
from studio.simulate.stage import Simulation, checksums

BytesSink = Callable[[bytes], None]


@dataclass(frozen=True)
class Run:
    """One run of a firmware image.

    ``accuracy`` is the ratio the target printed, None without labels. ``predictions`` are its
    results in sample order, None where it prints none. ``differing`` counts the samples whose
    outputs are not the simulator's, to the last bit. ``instructions`` and ``cycles`` are the
    emulator's counts, ``busy_seconds`` the time its processor ran, ``seconds`` all the time from
    starting the target to its last byte.
    """

    samples: int
    accuracy: float | None
    predictions: tuple[int, ...] | None
    differing: int
    instructions: int
    cycles: int
    busy_seconds: float
    seconds: float


def run_image(
    project: Project,
    image: Image,
    chip: Chip,
    job: Job,
    on_bytes: BytesSink | None = None,
    timeout: float = 60.0,
    expected: tuple[QNetwork, Simulation] | None = None,
) -> Run:
    """Start the emulator, read its serial port until it is done, compare with ``expected``.

    Writes serial.log. ``timeout`` is the longest silence in seconds. Raises RunError when the
    program traps, reports an error or falls silent.
    """
    start = time.perf_counter()
    with Emulator(image.elf, project.map_csv, chip=chip.source) as emulator:
        try:
            result = session.collect(
                emulator.url,
                chip.uart.baud,
                timeout=timeout,
                job=job,
                on_bytes=on_bytes,
                log=project.serial_log,
                total=image.samples,
                failed=lambda: emulator.trap,
            )
        finally:
            stats = emulator.stats()
    if result.error:
        advice = "Build and program again: firmware and array must come from the same layout."
        raise RunError(
            f"the firmware reports: {result.error}",
            hint=f"{stats.npu_fault}\n{advice}" if stats.npu_fault else advice,
            where=str(project.serial_log),
        )
    differing = 0
    if expected is not None:
        differing = compare(result, *expected)
    results = [sample.result for sample in result.samples]
    return Run(
        samples=len(result.samples),
        accuracy=result.ratio,
        predictions=None if None in results else tuple(r for r in results if r is not None),
        differing=differing,
        instructions=stats.instructions,
        cycles=stats.cycles,
        busy_seconds=stats.seconds,
        seconds=time.perf_counter() - start,
    )


def compare(result: RunResult, qnetwork: QNetwork, simulation: Simulation) -> int:
    """How many samples' outputs differ from the simulator's."""
    wanted = checksums(qnetwork, simulation)
    return sum(
        sample.index >= len(wanted) or sample.crc != wanted[sample.index]
        for sample in result.samples
    )


def verify(run: Run, image: Image) -> None:
    """Raise VerifyError where samples are missing or differ from the simulator."""
    if run.samples != image.samples:
        raise VerifyError(
            f"{run.samples} of {image.samples} samples arrived",
            hint="Look at serial.log for what came instead.",
        )
    if run.differing:
        raise VerifyError(
            f"{run.differing} of {run.samples} samples differ from the simulator",
            hint="Look at serial.log; firmware and simulator must agree to the last bit.",
        )


def save_result(
    project: Project,
    model: str,
    simulation: Simulation,
    image: Image,
    seconds: Mapping[str, float],
    run: Run,
) -> dict[str, Any]:
    """Write result.json and return what it holds; ``seconds`` are those of earlier stages."""
    tree = {
        "schema": 1,
        "model": model,
        "accuracy": run.accuracy,
        "accuracy_integer": simulation.accuracy_integer,
        "accuracy_float": simulation.accuracy_float,
        "samples": run.samples,
        "predictions": None if run.predictions is None else list(run.predictions),
        "differing_samples": run.differing,
        "instructions": run.instructions,
        "cycles": run.cycles,
        "sizes": asdict(image.sizes),
        "seconds": dict(seconds) | {"run": run.seconds},
    }
    write_json(project.result, tree)
    return tree
