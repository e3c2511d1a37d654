"""One run, read from its first byte to its last line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from studio.base.errors import RunError
from studio.base.job import Job
from studio.monitor.log_file import writing
from studio.monitor.parse import LineParser
from studio.monitor.reader import Reader
from studio.monitor.result import ResultReader, RunResult

_TICK = 0.05  # seconds; how late a cancel is noticed
_ON_THE_WAY = 0.2  # seconds of silence before bytes sent ahead of a trap count as arrived
_LAST_WORDS = 1.0  # seconds the cause of a vanished port gets to be told


def collect(
    url: str,
    baud: int,
    timeout: float,
    job: Job,
    on_bytes: Callable[[bytes], None] | None = None,
    *,
    log: Path | None = None,
    total: int | None = None,
    failed: Callable[[], object] | None = None,
    begin: Callable[[Reader], object] | None = None,
) -> RunResult:
    """Read a run until its ``done``.

    ``begin`` is called with the open port before anything of it is read: it has the run begin.

    ``timeout`` is the longest silence in seconds. ``on_bytes`` gets all bytes, on the caller's
    thread; ``log`` is a file for them. ``total`` is how many samples will come, for progress.
    ``failed`` says, in words, why nothing more will come (a trap), or something false.

    Raises PortError when the port does not open, RunError for silence, a vanished port or what
    ``failed`` says, with the last line received; Cancelled; ProjectError when ``log`` cannot
    be written.
    """
    results = ResultReader(total)
    lines = LineParser()
    last = ""
    heard = time.monotonic()
    with writing(log) as write, Reader(url, baud) as reader:
        if begin is not None:
            begin(reader)
            heard = time.monotonic()

        def record(data: bytes) -> None:
            write(data)
            if on_bytes is not None:
                on_bytes(data)

        while not results.finished:
            _tell(job, results.count, total)
            ended = reader.ended  # asked first: what it read until then is still taken below
            data = reader.take(_TICK)
            if data:
                heard = time.monotonic()
                record(data)
                for line in lines.feed(data):
                    last = line.text.strip() or last
                    results.feed(line.text)
                if results.finished and data.endswith(b"\r"):
                    record(reader.take(_TICK))  # the log wants the last line's other half
                continue
            silence = time.monotonic() - heard
            cause = failed() if failed is not None and silence > _ON_THE_WAY else None
            if ended:
                for line in lines.flush():
                    results.feed(line.text)
            if (cause or ended) and not results.finished:
                _give_up(reader, cause, failed, last, log)
            if silence > timeout:
                raise RunError(
                    f"nothing came for {timeout:g} seconds; {_last(last)}",
                    hint="Reset the board, check port and baud rate, or allow more time.",
                    where=_where(url, log),
                )
        _tell(job, results.count, total)
    return results.result


def _tell(job: Job, count: int, total: int | None) -> None:
    """How far it is; a demo never says how many samples it has done."""
    job.step(count, total or 0, f"sample {count}" if count else "")


def _give_up(
    reader: Reader,
    cause: object,
    failed: Callable[[], object] | None,
    last: str,
    log: Path | None,
) -> None:
    """Raise for a run that cannot go on; a vanished port waits for the better explanation."""
    end = time.monotonic() + _LAST_WORDS
    while not cause and failed is not None and time.monotonic() < end:
        time.sleep(_TICK)
        cause = failed()
    where = _where(reader.url, log)
    if cause:
        raise RunError(
            f"the firmware stopped: {cause}; {_last(last)}",
            hint="Look at that place in the firmware's source.",
            where=where,
        )
    reason = reader.error.message if reader.error is not None else "the port was closed"
    raise RunError(
        f"{reason}; {_last(last)}",
        hint="Plug the board in again, or start the emulator again.",
        where=where,
    )


def _last(line: str) -> str:
    return f"the last line was {line[:80]!r}" if line else "nothing was received"


def _where(url: str, log: Path | None) -> str:
    return str(log) if log is not None else url
