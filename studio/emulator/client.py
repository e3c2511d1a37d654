"""The emulator as everyone else sees it: a process, a port and its events. No unicorn here."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from studio.base import errors, threads
from studio.base.errors import RunError, StudioError, ToolError

_STARTING = 60.0  # seconds until it listens; compiling its hooks for the first time is in there
_ENDING = 3.0  # seconds to end by itself
_ANSWER = 5.0  # seconds for an answer to a question
_LINES = 30.0  # the same where source lines must be read first


@dataclass(frozen=True)
class Stats:
    """Work done: ``seconds`` is the time the processor ran, without waits."""

    instructions: int = 0
    cycles: int = 0
    npu_operations: int = 0
    npu_rounds: int = 0
    npu_fault: str = ""
    idle_cycles: int = 0
    seconds: float = 0.0


def stats_of(event: Mapping[str, Any]) -> Stats:
    """The counts of a ``stats`` event."""
    return Stats(**{name: value for name, value in event.items() if name != "event"})


class Emulator:
    """An emulated board, running from ``with`` to the end of the block.

    ``elf`` and ``map_csv`` are the firmware and the weights (a folder with a map.csv works
    too), ``chip`` a chip's id or TOML file, ``port`` the TCP port of its UART, 0 for any.
    The processor starts when the first client opens ``url``; with ``wait`` false at once.
    ``watch``: instructions during which unaligned accesses are reported, None for the default.
    ``uart1``: give UART1 a port too, ``url1``. ``pace``: keep real time, baud rates too.
    ``noise``: a device model, by name or TOML file, with whose errors the array computes, as the
    chip ``seed``; None for an exact one. ``cells``: the file of what that chip's cells hold
    (studio/simulate/noise_chip.py), by default drawn from the seed.
    ``variables``: NAME or NAME:TYPE, told in ``watch`` events. ``snapshot``: the file for what
    each NPU operation reads and writes, written at the end (studio/emulator/snapshot.py).
    ``gdb``: the port for a debugger, 0 for any, at ``gdb_port``; then a trap ends nothing, and with
    ``hold`` the processor does not start before the debugger says so.
    ``on_event`` hears of every event (see __main__), on a thread of this object's.

    Entering raises PortError when the port is taken, RunError, FitError, DataError or
    ChipError for broken input, ToolError when the process does not start.
    """

    def __init__(
        self,
        elf: Path,
        map_csv: Path,
        *,
        chip: str = "wtm2101",
        port: int = 0,
        wait: bool = True,
        watch: int | None = None,
        uart1: bool = False,
        pace: bool = False,
        noise: str | None = None,
        seed: int = 0,
        cells: Path | None = None,
        variables: Sequence[str] = (),
        snapshot: Path | None = None,
        gdb: int | None = None,
        hold: bool = False,
        on_event: Callable[[Mapping[str, Any]], None] | None = None,
    ) -> None:
        command = [sys.executable, "-m", "studio.emulator", "--elf", str(elf)]
        command += ["--map", str(map_csv), "--chip", chip, "--uart", str(port)]
        command += ["--start", "gdb" if hold else "client" if wait else "now"]
        command += [] if gdb is None else ["--gdb", str(gdb)]
        command += [] if watch is None else ["--watch", str(watch)]
        command += ["--uart1", "0"] if uart1 else []
        command += ["--pace"] if pace else []
        command += [] if noise is None else ["--noise", noise, "--seed", str(seed)]
        command += [] if cells is None else ["--cells", str(cells)]
        for one in variables:
            command += ["--watch-variable", one]
        command += [] if snapshot is None else ["--snapshot", str(snapshot)]
        self._command = command
        self._on_event = on_event
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._events: dict[str, Mapping[str, Any]] = {}
        self._counts: Counter[str] = Counter()
        self._ended = False
        self._noise: deque[str] = deque(maxlen=20)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """What pyserial opens; only after the start."""
        return f"socket://127.0.0.1:{self._events['listening']['port']}"

    @property
    def url1(self) -> str:
        """What pyserial opens for UART1; only after the start, and with ``uart1``."""
        return f"socket://127.0.0.1:{self._events['listening']['port1']}"

    @property
    def gdb_port(self) -> int:
        """Where a debugger connects on 127.0.0.1; only after the start, and with ``gdb``."""
        return int(self._events["gdb"]["port"])

    @property
    def trap(self) -> str | None:
        """What stopped the firmware, in words with address, symbol and line; None if nothing."""
        with self._changed:
            event = self._events.get("trap")
        return str(event["message"]) if event is not None else None

    @property
    def trap_line(self) -> str:
        """``file:line`` at which the firmware was stopped; empty when unknown."""
        with self._changed:
            event = self._events.get("trap")
        return str(event["line"]) if event is not None else ""

    @property
    def idle(self) -> bool:
        """Whether the firmware has come to an end and waits."""
        with self._changed:
            return "idle" in self._events

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and wait until it listens; raises as ``with`` does."""
        # One thread: NPU operations are small, and others are at work beside this process.
        environment = os.environ | dict.fromkeys(threads.VARIABLES, "1") | {"PYTHONUTF8": "1"}
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ToolError(
                f"the emulator does not start: {error.strerror}",
                hint="Reinstall CIM Studio.",
                where=sys.executable,
            ) from error
        self._process = process
        for target, stream in ((self._follow, process.stdout), (self._listen, process.stderr)):
            thread = threading.Thread(target=target, args=(stream,), daemon=True)
            thread.start()
            self._threads.append(thread)
        with self._changed:
            self._changed.wait_for(lambda: "listening" in self._events or self._ended, _STARTING)
            if "listening" in self._events:
                return
            problem = self._events.get("error")
        self.stop()
        raise self._failure(problem)

    def stop(self) -> None:
        """End the process; does nothing when it has ended."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()  # this tells it to end
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # A child of its own may hold the pipes open; who reads them closes them.
        for thread in self._threads:
            thread.join(_ENDING)
        self._threads.clear()

    def stats(self) -> Stats:
        """Work done so far, asked for now; the last known after the end."""
        with self._changed:
            seen = self._counts["stats"]
        if self.running and self._say("stats"):
            self._await("stats", seen)
        with self._changed:
            event = dict(self._events.get("stats", {}))
        return stats_of(event)

    def place(self) -> tuple[str, str]:
        """Where the processor is, asked for now: in words, and ``file:line``.

        Both are empty where there is no answer; the line alone where it is unknown.
        """
        with self._changed:
            seen = self._counts["place"]
        if self.running and self._say("place") and self._await("place", seen, _LINES):
            with self._changed:
                event = self._events["place"]
            return str(event["text"]), str(event["line"])
        return "", ""

    def reset(self) -> None:
        """Power the chip off and on, and wait until that is done."""
        with self._changed:
            seen = self._counts["reset"]
            self._events.pop("idle", None)
        if self._say("reset"):
            self._await("reset", seen)

    def variable(self, name: str) -> object:
        """The value of a variable, NAME or NAME:TYPE: a number or a list, asked for now.

        Raises RunError where the firmware has no such variable, or gives no answer.
        """
        with self._changed:
            seen = self._counts["watch"]
        if self.running and self._say(f"watch {name}"):
            while self._await("watch", seen):
                with self._changed:
                    event = self._events["watch"]
                    seen = self._counts["watch"]
                if name in event["values"]:
                    return event["values"][name]
                if "message" in event:
                    raise RunError(str(event["message"]), where=name)
        raise RunError("the emulator gives no answer", where=name)

    def _await(self, event: str, seen: int, seconds: float = _ANSWER) -> bool:
        """Wait for one more ``event`` than ``seen``."""
        with self._changed:
            self._changed.wait_for(lambda: self._counts[event] > seen or self._ended, seconds)
            return self._counts[event] > seen

    def wait(self, seconds: float) -> bool:
        """Wait until the firmware has ended (idle, trap, or the process ended)."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._ended or not self._events.keys().isdisjoint({"idle", "trap"}),
                seconds,
            )

    def check(self) -> None:
        """Raise RunError when the firmware has trapped or the process has failed."""
        trap = self.trap
        if trap is not None:
            raise RunError(f"the firmware stopped: {trap}", hint="Look at that line's pointers.")
        with self._changed:
            died = self._ended and "exit" not in self._events
            problem = self._events.get("error")
        if died or problem is not None:
            raise self._failure(problem)

    def _say(self, word: str) -> bool:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(word.encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def _follow(self, stream: IO[bytes]) -> None:
        """Keep the last event of each kind."""
        with stream:
            for line in stream:
                with contextlib.suppress(ValueError, TypeError):
                    event = json.loads(line)
                    with self._changed:
                        self._events[str(event["event"])] = event
                        self._counts[str(event["event"])] += 1
                        self._changed.notify_all()
                    if self._on_event is not None:
                        self._on_event(event)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _listen(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._noise.append(line.decode("utf-8", "replace").rstrip())

    def _failure(self, problem: Mapping[str, Any] | None) -> StudioError:
        if problem is not None:
            kind = getattr(errors, str(problem["kind"]), RunError)
            return _error(kind, problem)
        code = self._process.poll() if self._process is not None else None
        return ToolError(
            f"the emulator ended unexpectedly (exit code {code})",
            hint="\n".join(self._noise) or "Look at emulator.log.",
            where="studio.emulator",
        )


def _error(kind: type[StudioError], problem: Mapping[str, Any]) -> StudioError:
    message, hint, where = (str(problem[name]) for name in ("message", "hint", "where"))
    return kind(message, hint=hint, where=where)
