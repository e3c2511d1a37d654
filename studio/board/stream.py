"""An outside program whose output is read while it runs, with Cancel and a time limit.

Text comes in pieces as the program writes them, not in lines: progress marks stand in one line
that grows for minutes. No shell, no window, no input.
"""

from __future__ import annotations

import codecs
import io
import logging
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from studio.base.errors import ToolError
from studio.base.job import Job

log = logging.getLogger(__name__)

POLL = 0.1  # seconds between looks at Cancel
KEPT = 100_000  # characters of output that are kept; the end tells what went wrong
_PIECE = 4096
_QUIET = 1.0  # seconds without text after the program's end, until a child's are not waited for
_GRACE = 3.0  # seconds for a program that was asked to end
_AHEAD = 256  # pieces read but not yet looked at; a program that writes faster waits


class TimedOut(ToolError):
    """A program took too long and was ended."""


def run(
    command: Sequence[str],
    folder: Path | None,
    progress: Callable[[], tuple[int, int, str]],
    job: Job,
    timeout: float,
    on_text: Callable[[str], None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run ``command`` in ``folder``; return its exit code and the end of what it wrote.

    ``on_text`` hears every piece of text as it comes, on the caller's thread, with line feeds as
    line ends; ``progress`` is asked for what to report. Ends the program when the job is
    cancelled, and after ``timeout`` seconds (TimedOut). Raises ToolError when it does not start.
    """
    log.debug("%s: %s", folder or "", subprocess.list2cmdline(command))
    job.step(*progress())
    try:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ToolError(
            f"the program does not start: {error.strerror or error}",
            hint="Check its path in the settings.",
            where=command[0],
        ) from error
    pieces: queue.Queue[bytes] = queue.Queue(_AHEAD)
    stopped = threading.Event()
    reader = threading.Thread(target=_read, args=(process.stdout, pieces, stopped), daemon=True)
    reader.start()
    try:
        text = _follow(process, pieces, progress, job, timeout, on_text, command[0])
    finally:
        stopped.set()
        end(process)
        # A child the program left behind may hold the pipe open: the reader then outlives this.
        reader.join(POLL * 2)
    return process.returncode, text


def end(process: subprocess.Popen[bytes]) -> None:
    """Have a program end, by asking and then by force."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _read(stream: IO[bytes] | None, pieces: queue.Queue[bytes], stopped: threading.Event) -> None:
    """Move what the program writes into the queue, b"" at its end, and close the pipe."""
    assert stream is not None
    with stream:
        data = b"more"
        while data and not stopped.is_set():
            try:
                data = os.read(stream.fileno(), _PIECE)
            except OSError:
                data = b""
            while not stopped.is_set():
                try:
                    pieces.put(data, timeout=POLL)
                    break
                except queue.Full:
                    continue


def _follow(
    process: subprocess.Popen[bytes],
    pieces: queue.Queue[bytes],
    progress: Callable[[], tuple[int, int, str]],
    job: Job,
    timeout: float,
    on_text: Callable[[str], None] | None,
    name: str,
) -> str:
    letters = codecs.getincrementaldecoder("utf-8")(errors="replace")
    decode = io.IncrementalNewlineDecoder(letters, translate=True).decode
    deadline = time.monotonic() + timeout
    kept = ""
    quiet = 0.0
    while True:
        job.step(*progress())
        if time.monotonic() > deadline:
            raise TimedOut(
                f"the program did not finish within {timeout:.0f} s and was ended",
                hint="Is the board powered and connected? The end of its output was:\n"
                + last_lines(kept),
                where=name,
            )
        try:
            data = pieces.get(timeout=POLL)
        except queue.Empty:
            quiet = quiet + POLL if process.poll() is not None else 0.0
            if quiet < _QUIET:
                continue
            data = b""  # it has ended, and only a child of it still holds the pipe
        else:
            quiet = 0.0
        piece = decode(data, final=not data)
        kept = (kept + piece)[-KEPT:]
        if piece and on_text is not None:
            on_text(piece)
        if not data:
            break
    while process.poll() is None:  # it closed its output before it ended
        job.step(*progress())
        if time.monotonic() > deadline:
            raise TimedOut(
                f"the program did not end within {timeout:.0f} s", hint=last_lines(kept), where=name
            )
        time.sleep(POLL)
    return kept


def last_lines(text: str, count: int = 5) -> str:
    """The last lines that hold something, for a message."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(line[:200] for line in lines[-count:]) or "(it wrote nothing)"
