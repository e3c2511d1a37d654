"""Firmware into a board: by OpenOCD, by J-Link Commander, or through a debug server by GDB.

The tools run as processes in a folder of their own, which holds nothing but our scripts and a copy
of the firmware, so that no path has to be quoted in a tool's own language. Tools' paths are the
user's (settings, search path), never a project's.
"""

from __future__ import annotations

import logging
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import tenacity

from studio.base.errors import ToolError
from studio.base.job import Job
from studio.board import gdb_client, jlink, openocd, probes, stream
from studio.board.probes import Cable, Firmware, GdbServer, How, JLink, OpenOcd, Plan, Problem
from studio.chip.chip import Chip

__all__ = ["Cable", "GdbServer", "How", "JLink", "OpenOcd", "Report", "download"]

log = logging.getLogger(__name__)

_PAUSE = 1.0  # seconds before another attempt, in which a probe or a server settles


@dataclass(frozen=True)
class Report:
    """A download that went well: the firmware is in the board, compared, and running.

    ``size`` in bytes, ``attempts`` it took, ``lines`` the last one's output.
    """

    tool: str
    size: int
    seconds: float
    attempts: int
    lines: tuple[str, ...]


class TransientError(ToolError):
    """A download failed in a way that another attempt may not."""


def download(
    elf: Path,
    how: How,
    chip: Chip,
    job: Job,
    on_line: Callable[[str], None] | None = None,
    *,
    timeout: float = 60.0,
    attempts: int = 2,
) -> Report:
    """Write ``elf`` into the board, compare what is there with it, and start it.

    ``on_line`` hears every line of the tool. Progress is reported in bytes, written and compared.
    A failure that may pass is tried again, ``attempts`` times in all, each with ``timeout``
    seconds.

    Raises RunError for an ELF file that cannot be read, ToolError for what went wrong with tool,
    probe, board or memory, Cancelled.
    """
    firmware = probes.read(elf)
    plan = _plan(how, firmware, chip)
    began = time.monotonic()
    retry = tenacity.Retrying(
        stop=tenacity.stop_after_attempt(max(1, attempts)),
        wait=tenacity.wait_fixed(_PAUSE),
        retry=tenacity.retry_if_exception_type(TransientError),
        before_sleep=lambda state: _say(on_line, state),
        sleep=lambda seconds: _sleep(seconds, job, firmware),
        reraise=True,
    )
    text = retry(_attempt, plan, firmware, job, on_line, timeout)
    count = int(retry.statistics["attempt_number"])
    lines = tuple(text.splitlines())
    return Report(plan.tool, firmware.size, time.monotonic() - began, count, lines)


def _plan(how: How, firmware: Firmware, chip: Chip) -> Plan:
    # A program in a relative path would be looked for in the folder the tool runs in.
    if len(how.program.parts) > 1:
        how = replace(how, program=how.program.absolute())
    if isinstance(how, OpenOcd):
        return openocd.plan(how, firmware, chip, chip.probe)
    if isinstance(how, JLink):
        return jlink.plan(how, firmware, chip, chip.probe)
    return gdb_client.plan(how, firmware, chip, chip.probe)


def _attempt(
    plan: Plan,
    firmware: Firmware,
    job: Job,
    on_line: Callable[[str], None] | None,
    timeout: float,
) -> str:
    """One run of the tool; its output. Raises ToolError, TransientError, Cancelled."""
    meter = _Meter(plan, firmware.size, on_line)
    log.info("%s: %s", plan.tool, subprocess.list2cmdline(plan.command))
    with tempfile.TemporaryDirectory(prefix="cim-studio-") as name:
        folder = Path(name)
        for file, content in plan.files.items():
            (folder / file).write_bytes(content)
        code, text = stream.run(
            plan.command, folder, meter.progress, job, timeout, meter.feed, plan.environment
        )
    meter.end()
    _judge(plan, code, text)
    job.step(2 * firmware.size, 2 * firmware.size, "the firmware is in the board")
    return text


def _judge(plan: Plan, code: int, text: str) -> None:
    """Raise what the tool's output and exit code say; nothing when all went well."""
    complete = all(_has(pattern, text) for pattern in plan.finished)
    found = [own for own in plan.problems if own.found_in(text)]
    if complete and code == 0:
        found = [own for own in found if own.final]
        if not found:
            return
    problem = found[0] if found else None
    told = stream.last_lines(text)
    if problem is not None:
        raise _error(problem, told, plan)
    raise ToolError(
        f"the download failed (exit code {code})",
        hint=f"The end of the tool's output:\n{told}",
        where=plan.tool,
    )


def _error(problem: Problem, told: str, plan: Plan) -> ToolError:
    kind = TransientError if problem.again else ToolError
    return kind(problem.message, hint=f"{problem.hint}\n{told}", where=plan.tool)


def _has(pattern: str, text: str) -> bool:
    return Problem(pattern, "", "").found_in(text)


class _Meter:
    """The tool's text as lines, and the bytes they tell of."""

    def __init__(self, plan: Plan, size: int, on_line: Callable[[str], None] | None) -> None:
        self._plan = plan
        self._size = size
        self._on_line = on_line
        self._done = 0
        self._rest = ""

    def progress(self) -> tuple[int, int, str]:
        """What to report now."""
        tool, done = self._plan.tool, min(self._done, 2 * self._size)
        return (
            done,
            2 * self._size,
            f"{tool}: writing the firmware"
            if done < self._size
            else f"{tool}: checking the firmware",
        )

    def feed(self, piece: str) -> None:
        """Take a piece of the tool's text. Raises ToolError for one that stops the tool."""
        *lines, self._rest = (self._rest + piece).split("\n")
        for line in lines:
            self._done += self._plan.measure(line)
            if self._on_line is not None and not re.match(self._plan.noise, line):
                self._on_line(line)
            for problem in self._plan.problems:
                if problem.stop and problem.found_in(line):
                    raise _error(problem, line, self._plan)

    def end(self) -> None:
        """The tool has ended."""
        if self._rest:
            self.feed("\n")


def _say(on_line: Callable[[str], None] | None, state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    if on_line is not None and isinstance(error, ToolError):
        on_line(f"{error.message}; trying again")


def _sleep(seconds: float, job: Job, firmware: Firmware) -> None:
    """Wait for another attempt; Cancel ends it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job.step(0, 2 * firmware.size, "waiting before another attempt")
        time.sleep(0.1)
