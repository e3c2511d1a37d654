"""Running a built image on a target and comparing what it says with the simulator."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from typing import Any, Literal

from studio.base.errors import RunError, StudioError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.emulator.client import Emulator, Stats, stats_of
from studio.firmware.image import Image
from studio.formats.program_live import Programming
from studio.monitor import session
from studio.monitor.board_info import LayerTime
from studio.monitor.result import RunResult
from studio.options import Options
from studio.project import Project, write_json
from studio.quantize.qnetwork import QNetwork
from studio.simulate import noise_chip
from studio.simulate.stage import Simulation, checksums

BytesSink = Callable[[bytes], None]
Step = Literal["start", "program", "download", "run", "verify", "done"]


@dataclass(frozen=True)
class Run:
    """One run of a firmware image.

    ``accuracy`` is the ratio the target printed, None without labels. ``predictions`` are its
    results in sample order, None where it prints none. ``differing`` counts the samples whose
    outputs are not the simulator's, to the last bit. ``instructions`` and ``cycles`` are the
    emulator's counts, as are those of the NPU; ``busy_seconds`` is the time its processor ran (on a
    board: from its start to its last byte), ``seconds`` all the time from starting the target to
    its last byte. ``noise`` is the device model of an emulated chip that errs, ``noise_seed`` which
    chip that was; ``analog`` says that it ran on a board. Of both nobody expects the simulator's
    very values. ``times`` are those the firmware told of its layers and, last, of the whole
    network.
    """

    samples: int
    accuracy: float | None
    predictions: tuple[int, ...] | None
    differing: int
    instructions: int
    cycles: int
    busy_seconds: float
    seconds: float
    npu_operations: int = 0
    npu_rounds: int = 0
    noise: str | None = None
    noise_seed: int = 0
    analog: bool = False
    times: tuple[LayerTime, ...] = ()


@dataclass(frozen=True)
class Emulation:
    """What kind of chip is emulated.

    ``noise`` is a device model of the chip's, None an ideal chip; ``seed`` picks one of the noisy
    chips. With ``pace`` the serial line is as slow as a real one. With ``gdb`` the firmware waits
    for a debugger, however long.
    """

    noise: str | None = None
    seed: int = 0
    pace: bool = False
    gdb: bool = False

    @classmethod
    def of(cls, options: Options) -> Emulation:
        """As the options say."""
        return cls(options.noise, options.noise_seed, options.pace, options.gdb)


IDEAL = Emulation()


@dataclass(frozen=True)
class Live:
    """A run as it goes: the step it is at, and what the emulator has done so far.

    "start" loads the firmware into the emulator, "program" the array from map.csv (``cells`` is
    known when that is done), "download" writes the firmware into a board, "run" is the firmware
    at work, "verify" holds its outputs against the simulator's. ``rate`` is the instructions a
    second of the last fifth of a second. ``programming`` is how far the maker's tool is with a
    board's weights; ``board`` says that the run is on one. ``gdb`` is the TCP port at which a
    debugger may connect, 0 for none.
    """

    step: Step = "start"
    cells: int = 0
    stats: Stats = field(default_factory=Stats)
    rate: float = 0.0
    programming: Programming | None = None
    board: bool = False
    gdb: int = 0


def run_image(
    project: Project,
    image: Image,
    chip: Chip,
    job: Job,
    on_bytes: BytesSink | None = None,
    timeout: float = 60.0,
    expected: tuple[QNetwork, Simulation] | None = None,
    on_live: Callable[[Live], None] | None = None,
    emulation: Emulation = IDEAL,
) -> Run:
    """Start the emulator, read its serial port until it is done, compare with ``expected``.

    Writes serial.log. ``timeout`` is the longest silence in seconds. ``on_live`` hears of every
    step and of the emulator's counts five times a second, from several threads. Raises RunError
    when the program traps (``where`` is then the line of its source), reports an error or falls
    silent.
    """
    start = time.perf_counter()
    follow = Follower(on_live or (lambda live: None))
    with started(project, image, chip, emulation, follow.event) as emulator:
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
        except RunError as error:
            raise located(error, image, emulator) from error
        finally:
            stats = emulator.stats()
    return judge(result, expected, project, follow, stats, time.perf_counter() - start, emulation)


def started(
    project: Project,
    image: Image,
    chip: Chip,
    emulation: Emulation = IDEAL,
    on_event: Callable[[Mapping[str, Any]], None] | None = None,
) -> Emulator:
    """The emulator of a built image, not yet begun."""
    return Emulator(
        image.elf,
        project.map_csv,
        chip=chip.source,
        on_event=on_event,
        noise=emulation.noise,
        seed=emulation.seed,
        cells=noise_chip.of_results(project.folder, chip, emulation.noise, emulation.seed),
        pace=emulation.pace,
        gdb=0 if emulation.gdb else None,
        hold=emulation.gdb,
    )


def judge(
    result: RunResult,
    expected: tuple[QNetwork, Simulation] | None,
    project: Project,
    follow: Follower,
    stats: Stats,
    seconds: float,
    emulation: Emulation = IDEAL,
) -> Run:
    """A run from what it printed. Raises RunError where the firmware reports an error."""
    if result.error:
        advice = "Build and program again: firmware and array must come from the same layout."
        raise RunError(
            f"the firmware reports: {result.error}",
            hint=f"{stats.npu_fault}\n{advice}" if stats.npu_fault else advice,
            where=str(project.serial_log),
        )
    differing = 0
    follow.step("verify")
    if expected is not None:
        differing = compare(result, *expected)
    results = [sample.result for sample in result.samples]
    if not differing or emulation.noise is not None:
        follow.step("done")
    return Run(
        samples=len(result.samples),
        accuracy=result.ratio,
        predictions=None if None in results else tuple(r for r in results if r is not None),
        differing=differing,
        instructions=stats.instructions,
        cycles=stats.cycles,
        busy_seconds=stats.seconds,
        seconds=seconds,
        npu_operations=stats.npu_operations,
        npu_rounds=stats.npu_rounds,
        times=result.times,
        noise=emulation.noise,
        noise_seed=emulation.seed,
    )


class Follower:
    """Turns the emulator's events, or what becomes of a board, into Live records."""

    def __init__(self, tell: Callable[[Live], None], board: bool = False) -> None:
        self._tell = tell
        self._live = Live(board=board)
        self._heard = 0.0
        self._lock = threading.Lock()
        tell(self._live)

    def event(self, event: Mapping[str, Any]) -> None:
        """Called on the emulator client's thread."""
        match event["event"]:
            case "loaded":
                self.step("program")
            case "gdb":
                self._set(gdb=int(event["port"]))
            case "programmed":
                self._set(cells=int(event["cells"]))
            case "started":
                self._heard = time.monotonic()
                self.step("run")
            case "stats":
                stats, now = stats_of(event), time.monotonic()
                made = stats.instructions - self._live.stats.instructions
                passed, self._heard = now - self._heard, now
                # Two that come together say nothing about the speed.
                known = passed > 0.05 and made > 0
                self._set(stats=stats, rate=made / passed if known else self._live.rate)

    def step(self, step: Step) -> None:
        """The run came to its next step."""
        self._set(step=step)

    def programming(self, state: Programming) -> None:
        """The maker's tool came further."""
        self._set(step="program", programming=state)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self._live = replace(self._live, **changes)
            self._tell(self._live)


def located(error: RunError, image: Image, emulator: Emulator) -> StudioError:
    """``error`` with the place in the source: of the trap, or where a silent program is.

    Where the emulator itself has come to an end, that is the error.
    """
    if emulator.trap is not None:
        source = source_of(image, emulator.trap_line)
        return RunError(error.message, hint=error.hint, where=source or error.where)
    try:
        emulator.check()
    except StudioError as cause:
        return cause
    text, line = emulator.place()
    if not text:
        return error
    return RunError(
        f"{error.message}; the processor is {text}",
        hint="The firmware waits or loops there. Look at that place, or allow more time.",
        where=source_of(image, line) or error.where,
    )


def source_of(image: Image, line: str) -> str:
    """The source ``file:line`` of a trap as ``path:line``; empty where it is not the project's."""
    name, _, number = line.rpartition(":")
    folder = image.project.resolve()
    path = (folder / name).resolve()
    known = path.is_relative_to(folder) or path in {(folder / own).resolve() for own in image.own}
    inside = bool(name) and known and path.is_file()
    return f"{path}:{number}" if inside else ""


def compare(result: RunResult, qnetwork: QNetwork, simulation: Simulation) -> int:
    """How many samples' outputs differ from the simulator's."""
    wanted = checksums(qnetwork, simulation)
    return sum(
        sample.index >= len(wanted) or sample.crc != wanted[sample.index]
        for sample in result.samples
    )


def own_main(image: Image) -> bool:
    """Whether the user's own main.c is in the firmware, which may print whatever it likes."""
    return any(PurePath(name).name == "main.c" for name in image.own)


def verify(run: Run, image: Image) -> None:
    """Raise VerifyError where samples are missing or differ from the simulator.

    A main.c of the user's that tells of no sample leaves nothing to compare.
    """
    if not run.samples and own_main(image):
        return
    if run.samples != image.samples:
        raise VerifyError(
            f"{run.samples} of {image.samples} samples arrived",
            hint="Look at serial.log for what came instead.",
        )
    if run.differing and run.noise is None and not run.analog:
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
        "target": "board" if run.analog else "emulator",
        "noise": run.noise,
        "chip_number": run.noise_seed if run.noise is not None else None,
        "instructions": run.instructions,
        "cycles": run.cycles,
        "times": [asdict(own) for own in run.times],
        "sizes": asdict(image.sizes),
        "seconds": dict(seconds) | {"run": run.seconds},
    }
    write_json(project.result, tree)
    return tree
