"""Running a built image on a board: weights, firmware, and what it says over the serial line."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from studio import serial_run
from studio.base.errors import ToolError
from studio.base.job import Job
from studio.base.settings import Settings
from studio.board import program, tools, ways
from studio.board.download import download
from studio.chip.chip import Chip
from studio.emulator.client import Stats
from studio.firmware.image import Image
from studio.formats.program_live import Programming
from studio.monitor import session
from studio.monitor.reader import Reader
from studio.project import Project
from studio.quantize.qnetwork import QNetwork
from studio.simulate.stage import Simulation
from studio.target import BytesSink, Follower, Live, Run, judge


@dataclass(frozen=True)
class Board:
    """A board on the desk: the port it speaks at, and the user's settings for its tools.

    ``on_line`` hears what the tools say.
    """

    port: str
    settings: Settings
    on_line: Callable[[str], None] | None = None


def run_board(
    project: Project,
    image: Image,
    chip: Chip,
    job: Job,
    board: Board,
    on_bytes: BytesSink | None = None,
    timeout: float = 60.0,
    expected: tuple[QNetwork, Simulation] | None = None,
    on_live: Callable[[Live], None] | None = None,
) -> Run:
    """Program the array where it holds other weights, download the firmware, read its run.

    The port is opened before the firmware starts, so that nothing it says is lost. A board's
    array is analog: that outputs differ from the simulator's is counted, and no error. Writes
    serial.log. Raises ToolError for programming tool and probe, PortError, RunError, Cancelled.
    """
    start = time.perf_counter()
    follow = Follower(on_live or (lambda live: None), board=True)
    how = ways.chosen(board.settings)  # before minutes of programming
    weights(project, board, follow, job)
    if image.mode == "serial":  # which says nothing before it is asked
        follow.step("download")
        with Reader(board.port, chip.uart.baud):  # takes what the firmware before still says
            download(image.elf, how, chip, job, board.on_line)
        began = time.perf_counter()
        assert expected is not None, "there are no samples to send"
        common = (project, image, chip, job, on_bytes, timeout, expected, on_live)
        found = serial_run.run_image(*common, port=board.port)
        now = time.perf_counter()
        return replace(found, seconds=now - start, busy_seconds=now - began)

    times: list[float] = []

    def begin(reader: Reader) -> None:
        for _ in range(10):  # what the firmware that is there now still says, its "done" above all
            if not reader.take(0.1):
                break
        follow.step("download")
        download(image.elf, how, chip, job, board.on_line)
        follow.step("run")
        times.append(time.perf_counter())

    result = session.collect(
        board.port,
        chip.uart.baud,
        timeout=timeout,
        job=job,
        on_bytes=on_bytes,
        log=project.serial_log,
        total=image.samples,
        begin=begin,
    )
    now = time.perf_counter()
    run = judge(result, expected, project, follow, Stats(), now - start)
    follow.step("done")
    return replace(run, analog=True, busy_seconds=now - times[-1])


def weights(project: Project, board: Board, follow: Follower, job: Job) -> None:
    """Program the map folder's weights, unless the array holds them or the user wants it so."""
    wish = board.settings.weights
    if wish == "never":
        return
    follow.step("program")
    if wish == "changed" and _held(board.settings, project.map_csv, job):
        return
    write_weights(project, board.settings, job, follow.programming, board.on_line)


def write_weights(
    project: Project,
    settings: Settings,
    job: Job,
    on_change: Callable[[Programming], None],
    on_line: Callable[[str], None] | None = None,
) -> Programming:
    """Write the map folder's weights into the array; minutes. Raises as program.program does."""
    checked = program.check(project.map_csv.parent)
    tool = [tools.find("program_tool", settings)]
    text = None if on_line is None else _lines(on_line)
    program.init(tool, job, text)
    log = project.folder / program.LOG
    return program.program(tool, checked, _probes(settings), job, on_change, text, keep=log)


def read_tag(settings: Settings, job: Job) -> str:
    """The tag the board's array holds, "" where it has none. Raises ToolError."""
    return program.read_tag([tools.find("program_tool", settings)], _probes(settings), job)


def _probes(settings: Settings) -> program.Options:
    return program.Options(spi=settings.spi_id, jlink=settings.jlink_id)


def _held(settings: Settings, map_file: Path, job: Job) -> bool:
    """Whether the array's tag is that of the map; an array that does not tell holds nothing."""
    tools.find("program_tool", settings)  # its absence is another matter
    try:
        return program.same_tag(read_tag(settings, job), map_file)
    except ToolError:
        return False


def _lines(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Pieces of text as whole lines."""
    rest = ""

    def hear(text: str) -> None:
        nonlocal rest
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            tell(line)

    return hear
