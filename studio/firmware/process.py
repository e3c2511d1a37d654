"""Running a compiler or a build tool: its output line by line, cancel, and an end of patience."""

from __future__ import annotations

import codecs
import contextlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from studio.base.errors import ToolError

log = logging.getLogger(__name__)

POLL = 0.1  # seconds between looks at Cancel and at what was written
GRACE = 2.0  # seconds a program gets to end its own children
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout: float,
    tick: Callable[[], None],
    on_line: Callable[[str], None],
) -> int:
    """Run ``command`` in ``folder`` and return its exit code.

    ``on_line`` gets every line of its output, without the line's end; ``tick`` is called about
    every POLL seconds and may raise, which ends the program and what it started. ToolError when
    it cannot be started, or writes nothing for ``timeout`` seconds.
    """
    log.debug("%s: %s", folder, subprocess.list2cmdline(command))
    # A file, not a pipe: a left-over child would keep a pipe open after we ended the program.
    handle, name = tempfile.mkstemp(prefix="cim-studio-")
    try:
        with os.fdopen(handle, "wb") as output, Path(name).open("rb") as written:
            try:
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env={**os.environ, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    creationflags=NO_WINDOW,
                )
            except OSError as error:
                raise ToolError(
                    f"the compiler does not start: {error.strerror or error}",
                    hint="Choose another toolchain, or install ziglang and ninja again.",
                    where=command[0],
                ) from error
            lines = _Lines(on_line)
            _wait(process, timeout, tick, lambda: lines.feed(written.read()))
            lines.feed(written.read())
            lines.end()
    finally:
        with contextlib.suppress(OSError):  # a left-over child may hold it
            Path(name).unlink()
    return process.returncode


class _Lines:
    """Cuts bytes into lines of text."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> bool:
        """Hand on the lines that are complete; False where there was nothing new."""
        *lines, self._rest = (self._rest + self._decoder.decode(data)).split("\n")
        for line in lines:
            self._on_line(line.removesuffix("\r"))
        return bool(data)

    def end(self) -> None:
        """Hand on what has no line end."""
        if self._rest:
            self._on_line(self._rest)


def _wait(
    process: subprocess.Popen[bytes],
    timeout: float,
    tick: Callable[[], None],
    read: Callable[[], bool],
) -> None:
    """A thread waits, so that the end is seen at once and Cancel within POLL seconds."""
    deadline = time.monotonic() + timeout
    waiter = threading.Thread(target=process.wait, daemon=True)
    waiter.start()
    try:
        while True:
            waiter.join(POLL)
            if not waiter.is_alive():
                return
            if read():
                deadline = time.monotonic() + timeout
            tick()
            if time.monotonic() > deadline:
                raise ToolError(
                    f"the compiler did not finish within {timeout:.0f} s",
                    hint="Is the machine very busy, or a virus scanner holding the compiler?",
                    where=str(process.args[0]) if isinstance(process.args, list | tuple) else "",
                )
    finally:
        if waiter.is_alive():
            _end(process)
            waiter.join()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started: ninja ends its compilers when it is asked to end."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["taskkill", "/T", "/F", "/PID", str(process.pid)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                creationflags=NO_WINDOW,
                timeout=GRACE,
                check=False,
            )
    else:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    process.kill()
