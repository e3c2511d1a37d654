"""Running a machine until it ends, with its events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Literal

from studio.base.errors import StudioError
from studio.emulator import traps, variables
from studio.emulator.gdb import Debugger
from studio.emulator.link import Link
from studio.emulator.machine import Machine, Stop
from studio.emulator.variables import Variable

Emit = Callable[[dict[str, object]], None]
Reason = Literal["stopped", "trap", "time"]

_SLICE = 50_000_000  # cycles between looks at the clock
_TICK = 0.02  # seconds after which a slice ends early: polling a device takes long
_STATS = 0.2  # seconds between stats events while running
_FLUSH = 5.0  # seconds a client gets to take the last bytes
_SHORT_WAIT, _LONG_WAIT = 0.002, 0.5  # seconds of sleep when idle: at first, later
_NOTHING = 64  # instructions between two idle stops that do no work
_PINS = 100  # changes of pins told after each slice
_PACE = 0.002  # seconds of the chip's time between looks at the real one
_LATE = 0.1  # seconds behind real time that are not made up for


class Runner:
    """One machine on its links, UART0's first; ``emit`` takes the events (see __main__).

    ``paced``: the chip's clock never runs faster than real time. ``watched``: variables told of
    with every stats event. With a ``debugger`` (see attach) a trap does not end the run.
    """

    def __init__(
        self,
        machine: Machine,
        links: Sequence[Link],
        emit: Emit,
        *,
        paced: bool = False,
        watched: Sequence[Variable] = (),
    ) -> None:
        self._machine = machine
        self._links = links
        self._emit = emit
        self._clock = machine.chip.cpu.clock_hz if paced else 0
        self._watched = watched
        self._stop = threading.Event()
        self._input = threading.Event()
        self._reset = self._asked = False
        self._busy = 0.0
        self._pins_lost = 0
        self._debugger: Debugger | None = None

    def attach(self, debugger: Debugger) -> None:
        """Let a debugger hold the processor; before ``run``."""
        self._debugger = debugger

    def stop(self) -> None:
        """End ``run`` soon; may be called from any thread."""
        self._stop.set()
        self._input.set()
        self._links[0].connected.set()
        self._machine.halt()

    def reset(self) -> None:
        """Power the chip off and on; may be called from any thread."""
        self._reset = True
        self._machine.pause()
        self._input.set()

    def place(self) -> None:
        """Tell where the processor is; may be called from any thread."""
        self._asked = True
        self._machine.pause()
        self._input.set()

    def wake(self) -> None:
        """Look again at what there is to do; may be called from any thread."""
        self._input.set()

    def receiver(self, number: int) -> Callable[[bytes], None]:
        """What takes input for a UART, from any thread: an idle machine goes on."""

        def receive(data: bytes) -> None:
            self._machine.uarts[number].receive(data)
            self._input.set()

        return receive

    def stats(self) -> dict[str, object]:
        """The stats event; ``seconds`` is the time the processor ran, without waits."""
        return {"event": "stats", **asdict(self._machine.stats()), "seconds": round(self._busy, 6)}

    def watch(self, text: str) -> None:
        """Tell the value of a variable once, or why it cannot be told."""
        try:
            found = variables.find(text, self._machine.program)
        except StudioError as error:
            self._emit({"event": "watch", "values": {}, "message": error.message})
            return
        self._tell((found,))

    def run(self, wait_for_client: bool, max_seconds: float | None) -> Reason:
        """Run until a trap, ``stop``, or ``max_seconds`` after the start."""
        if wait_for_client and self._debugger is not None:
            self._debugger.hold_until(self._links[0].connected)
        elif wait_for_client:
            self._links[0].connected.wait()
        self._emit({"event": "started", "compiled": self._machine.compiled})
        threading.Thread(target=self._tick, name="tick", daemon=True).start()
        reason = self._run(max_seconds)
        self._stop.set()
        for link in self._links:
            link.flush(_FLUSH if reason != "stopped" else 0.2)
        return reason

    def _tick(self) -> None:
        while not self._stop.wait(_TICK):
            self._machine.pause()

    def _run(self, max_seconds: float | None) -> Reason:
        start = told = time.monotonic()
        end = float("inf") if max_seconds is None else start + max_seconds
        pace = _Pace(self._clock, self._machine) if self._clock else None
        length = int(self._clock * _PACE) or _SLICE
        idle_at = -_NOTHING
        waits = 0
        while not self._stop.is_set():
            began = time.monotonic()
            if began >= end:
                return "time"
            self._input.clear()
            self._attend()
            if self._debugger is not None:
                if not self._debugger.attend():
                    continue
                began = time.monotonic()
            result = self._machine.run(length)
            now = time.monotonic()
            self._busy += now - began
            self._tell_pins()
            held = self._debugger is not None and self._debugger.caught(result)
            trap = self._machine.trap
            if trap is not None:
                self._tell(self._watched)
                self._emit(trap.event())
                if not held:
                    return "trap"
            if held:
                continue
            if result is Stop.RESET:
                self._emit({"event": "reset"})
            if now - told >= _STATS and result is Stop.SLICE:
                told = now
                self._emit(self.stats())
                self._tell(self._watched)
            if result is Stop.IDLE:
                count = self._machine.stats().instructions
                waits = waits + 1 if count - idle_at <= _NOTHING else 0
                idle_at = count
                if waits == 2:  # back in the same wait: nothing is left to do
                    self._emit(self.stats())
                    self._tell(self._watched)
                    self._emit({"event": "idle"})
                pause = _SHORT_WAIT if waits < 2 else _LONG_WAIT
                self._input.wait(min(pause, max(0.0, end - now)))
                if pace is not None:
                    pace.idle(time.monotonic() - now)
            elif pace is not None:
                pace.keep(self._stop)
        return "stopped"

    def _attend(self) -> None:
        """Do what other threads asked for."""
        if self._reset:
            self._reset = False
            self._machine.reset()
            self._emit({"event": "reset"})
        if self._asked:
            self._asked = False
            pc, program = self._machine.registers()[32], self._machine.program
            about = {"text": traps.at(pc, program), "line": program.line(pc)}
            self._emit({"event": "place", **about})

    def _tell(self, watched: Sequence[Variable]) -> None:
        if watched:
            memory = self._machine.memory
            values = {one.text: variables.value(one, memory) for one in watched}
            self._emit({"event": "watch", "values": values})

    def _tell_pins(self) -> None:
        changes, lost = self._machine.pins()
        self._pins_lost += lost + max(0, len(changes) - _PINS)
        for one in changes[-_PINS:]:
            self._emit({"event": "gpio", **asdict(one), "lost": self._pins_lost})


class _Pace:
    """Keeps the chip's clock from running ahead of real time."""

    def __init__(self, clock: int, machine: Machine) -> None:
        self._clock = clock
        self._machine = machine
        self._start = time.monotonic() - machine.stats().cycles / clock

    def keep(self, stop: threading.Event) -> None:
        """Wait until real time has caught up."""
        due = self._start + self._machine.stats().cycles / self._clock
        ahead = due - time.monotonic()
        if ahead > 0:
            stop.wait(ahead)
        elif ahead < -_LATE:
            self._start -= ahead

    def idle(self, seconds: float) -> None:
        """Real time has passed while the processor slept."""
        self._machine.pass_time(int(seconds * self._clock))
