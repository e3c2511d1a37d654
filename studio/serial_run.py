"""Running a firmware image that takes its samples over the serial line, from emulator or board."""

from __future__ import annotations

import contextlib
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.base.errors import RunError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.emulator.client import Stats
from studio.firmware.image import Image
from studio.monitor import packets
from studio.monitor.board_info import BoardInfo
from studio.monitor.exchange import Exchange
from studio.monitor.log_file import writing
from studio.monitor.result import ResultReader, RunResult
from studio.project import Project
from studio.quantize.qnetwork import Int16, QNetwork, QTensor
from studio.simulate.stage import Simulation, predictions
from studio.target import IDEAL, BytesSink, Emulation, Follower, Live, Run, located, started

Bytes = npt.NDArray[np.uint8]

# What the simulator says, or a function that finds out once the board has told what it is.
Expected = Simulation | Callable[[BoardInfo], Simulation]
# A sample's place, its answer's bytes, and the class they mean, None where they mean none.
OnAnswer = Callable[[int, bytes, int | None], None]

MAX_LISTED = 64  # outputs up to this many are listed in a sample's line, as the firmware does
_LINES = 0.05  # seconds between two batches of lines


@dataclass(frozen=True)
class Progress:
    """A run as it goes: samples answered, labelled and right so far, and those that differ."""

    done: int
    total: int
    labelled: int
    correct: int
    differing: int

    @property
    def accuracy(self) -> float | None:
        """Of the labelled samples so far; None without any."""
        return self.correct / self.labelled if self.labelled else None


def run_image(
    project: Project,
    image: Image,
    chip: Chip,
    job: Job,
    on_bytes: BytesSink | None,
    timeout: float,
    expected: tuple[QNetwork, Expected],
    on_live: Callable[[Live], None] | None = None,
    emulation: Emulation = IDEAL,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    on_answer: OnAnswer | None = None,
    port: str | None = None,
    log_file: Path | None = None,
) -> Run:
    """Send the simulator's samples to the emulator, or to the board at ``port``, and compare.

    ``on_bytes`` hears of every line of text and, for each sample, of one as the firmware writes
    it in a run of its own test set, so that the same displays show both. serial.log, or
    ``log_file``, gets what really came. ``timeout`` is the longest wait for an answer in seconds.
    Raises RunError when the program traps, reports an error, falls silent or carries other
    weights than ``image``.
    """
    start = time.perf_counter()
    follow = Follower(on_live or (lambda live: None), board=port is not None)
    with contextlib.ExitStack() as stack:
        written = log_file or project.serial_log
        log = stack.enter_context(writing(written))
        emulator = None
        if port is None:
            emulator = stack.enter_context(started(project, image, chip, emulation, follow.event))
        else:
            follow.step("run")

        def trap() -> str | None:
            return emulator.trap if emulator is not None else None

        said = _Said(on_bytes)
        stats = Stats()
        try:
            url = emulator.url if emulator is not None else port or ""
            with Exchange(
                url,
                chip.uart.baud,
                timeout,
                on_bytes=log,
                on_line=said.line,
                failed=trap,
                job=job,
                ahead=port is None and not emulation.pace,
            ) as exchange:
                info, (qnetwork, told) = exchange.info(), expected
                check(info, image, qnetwork, url)
                exchange.command("reset")
                simulation = told if isinstance(told, Simulation) else told(info)
                answers = _answers(exchange, qnetwork, simulation, said, on_progress, on_answer)
                summary = _summary(exchange.leave(), answers.progress.total, url, written.name)
        except RunError as error:
            if emulator is not None:
                raise located(error, image, emulator) from error
            raise
        finally:
            said.flush()
            if emulator is not None:
                stats = emulator.stats()
    follow.step("verify")
    found = answers.progress
    if not found.differing or port is not None or emulation.noise is not None:
        follow.step("done")
    guessed = answers.predictions
    return Run(
        samples=found.done,
        accuracy=found.accuracy,
        predictions=None if guessed is None else tuple(int(guess) for guess in guessed),
        differing=found.differing,
        instructions=stats.instructions,
        cycles=stats.cycles,
        busy_seconds=stats.seconds,
        seconds=time.perf_counter() - start,
        npu_operations=stats.npu_operations,
        npu_rounds=stats.npu_rounds,
        noise=emulation.noise if port is None else None,
        noise_seed=emulation.seed,
        analog=port is not None,
        times=summary.times,
    )


def verify(run: Run, simulation: Simulation) -> None:
    """Raise VerifyError where samples are missing or differ from the simulator."""
    if run.samples != simulation.samples:
        raise VerifyError(
            f"{run.samples} of {simulation.samples} samples were answered",
            hint="Look at serial.log for what came instead.",
        )
    if run.differing and run.noise is None and not run.analog:
        raise VerifyError(
            f"{run.differing} of {run.samples} samples differ from the simulator",
            hint="Firmware and simulator must agree to the last bit.",
        )


def check(info: BoardInfo, image: Image, qnetwork: QNetwork, where: str) -> None:
    """Raise RunError where a board carries other weights or another network than ``image``."""
    if info.tag != image.tag:
        raise RunError(
            f"the board's firmware is for weights {info.tag:08x}, this folder's are"
            f" {image.tag:08x}",
            hint="Load the firmware of this results folder, and program its map.csv.",
            where=where,
        )
    sizes = [[qnetwork.tensors[name].size for name in names] for names in _ends(qnetwork)]
    if sizes != [[shape.size for shape in shapes] for shapes in (info.inputs, info.outputs)]:
        raise RunError(
            "the board's firmware has other inputs or outputs than this network",
            hint="Build the firmware again and load it.",
            where=where,
        )


def sample_bytes(qnetwork: QNetwork, names: tuple[str, ...], arrays: tuple[Int16, ...]) -> Bytes:
    """Arrays [n, W, H, C] of these tensors as the board's bytes, uint8 [n, size]."""
    flat = [
        values.astype(kind_of(qnetwork.tensors[name])).view(np.uint8).reshape(len(values), -1)
        for name, values in zip(names, arrays, strict=True)
    ]
    return np.concatenate(flat, axis=1)


def kind_of(tensor: QTensor) -> type[np.uint8 | np.int8]:
    """How a tensor's values lie in the chip's memory."""
    return np.uint8 if tensor.high > 127 else np.int8


def _summary(lines: Sequence[str], sent: int, where: str, log: str) -> RunResult:
    """What the board says at the end. Raises RunError where it has run fewer samples."""
    reader = ResultReader()
    for line in lines:
        reader.feed(line)
    ran = reader.result.images
    if ran is None or ran < sent:  # more, where an answer was lost on the line
        raise RunError(
            f"the board ran {ran or 0} samples, {sent} were sent",
            hint=f"It was reset on the way, or runs other firmware: look at {log}.",
            where=where,
        )
    return reader.result


def _ends(qnetwork: QNetwork) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return qnetwork.inputs, qnetwork.outputs


@dataclass(frozen=True)
class _Answers:
    progress: Progress
    predictions: npt.NDArray[np.int64] | None


def _answers(
    exchange: Exchange,
    qnetwork: QNetwork,
    simulation: Simulation,
    said: _Said,
    on_progress: Callable[[Progress], None] | None,
    on_answer: OnAnswer | None,
) -> _Answers:
    """Send all samples; count what is right and what is as simulated."""
    sent = sample_bytes(qnetwork, qnetwork.inputs, simulation.inputs)
    wanted = sample_bytes(qnetwork, qnetwork.outputs, simulation.outputs)
    total, size = wanted.shape
    tensors = [qnetwork.tensors[name] for name in qnetwork.outputs]
    first = tensors[0]
    labels = simulation.labels
    found: list[int] | None = [] if first.shape[:2] == (1, 1) else None
    labelled = correct = differing = 0
    told = 0.0
    payloads = (row.tobytes() for row in sent)
    # Where nothing is remembered, a sample whose answer was lost may run again.
    stream = exchange.stream(
        packets.FEATURES, payloads, packets.OUTPUT, repeat=not qnetwork.stateful
    )
    for index, answer in enumerate(stream):
        got = answer.payload
        if len(got) != size:
            raise RunError(
                f"the board sent {len(got)} bytes of outputs, expected {size}",
                hint="Build the firmware again and load it.",
                where=f"sample {index}",
            )
        differing += got != wanted[index].tobytes()
        words = f"sample:{index}"
        if found is not None:
            values = np.frombuffer(got, kind_of(first), first.size)
            guesses = predictions(values.reshape(1, 1, 1, -1))
            assert guesses is not None
            found.append(int(guesses[0]))
            if labels is not None and labels[index] >= 0:
                labelled += 1
                correct += found[-1] == labels[index]
                words += f",label:{labels[index]}"
            words += f",result:{found[-1]}"
            words += f",ratio:{correct / labelled:.6f}" if labelled else ""
        if on_answer is not None:
            on_answer(index, got, None if found is None else found[-1])
        words += f",crc:{zlib.crc32(got):08x}"
        if said.wanted:
            said.line(words + _listed(got, tensors))
        now = time.monotonic()
        if now - told > _LINES or index + 1 == total:
            told = now
            progress = Progress(index + 1, total, labelled, int(correct), differing)
            exchange.step(index + 1, total, f"sample {index + 1}")
            said.flush()
            if on_progress is not None:
                on_progress(progress)
    progress = Progress(total, total, labelled, int(correct), differing)
    if progress.accuracy is not None:
        said.line(f"correct ratio:{progress.accuracy:.6f}")
    return _Answers(progress, None if found is None else np.array(found, np.int64))


def _listed(got: bytes, tensors: Sequence[QTensor]) -> str:
    """The outputs of a sample, where they are few, as the firmware lists them."""
    if len(got) > MAX_LISTED:
        return ""
    values: list[str] = []
    at = 0
    for tensor in tensors:
        values += map(str, np.frombuffer(got, kind_of(tensor), tensor.size, at).tolist())
        at += tensor.size
    return f",out:{' '.join(values)}"


class _Said:
    """Gathers lines, so that those who show them are called twenty times a second."""

    def __init__(self, sink: BytesSink | None) -> None:
        self.wanted = sink is not None
        self._sink = sink
        self._lines: list[str] = []

    def line(self, text: str) -> None:
        """One line, without its end."""
        if self.wanted:
            self._lines.append(text)

    def flush(self) -> None:
        """Hand out what was gathered."""
        if self._lines and self._sink is not None:
            self._sink("".join(f"{line}\r\n" for line in self._lines).encode())
            self._lines.clear()
