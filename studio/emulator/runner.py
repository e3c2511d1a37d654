"""Running a machine until it ends, with its events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Literal

from studio.emulator.link import Link
from studio.emulator.machine import Machine, Stop

Emit = Callable[[dict[str, object]], None]
Reason = Literal["stopped", "trap", "time"]

_SLICE = 20_000_000  # instructions between looks at the clock and the stack
_TICK = 0.1  # seconds after which a slice ends early: polling a device takes long
_STATS = 0.2  # seconds between stats events while running
_FLUSH = 5.0  # seconds a client gets to take the last bytes
_SHORT_WAIT, _LONG_WAIT = 0.002, 0.5  # seconds of sleep when idle: at first, later
_NOTHING = 64  # instructions between two idle stops that do no work


class Runner:
    """One machine on one link; ``emit`` takes the events (see __main__)."""

    def __init__(self, machine: Machine, link: Link, emit: Emit) -> None:
        self._machine = machine
        self._link = link
        self._emit = emit
        self._stop = threading.Event()
        self._input = threading.Event()
        self._busy = 0.0

    def stop(self) -> None:
        """End ``run`` soon; may be called from any thread."""
        self._stop.set()
        self._input.set()
        self._link.connected.set()
        self._machine.halt()

    def receive(self, data: bytes) -> None:
        """Input for UART0: an idle machine goes on. May be called from any thread."""
        self._machine.uart.receive(data)
        self._input.set()

    def stats(self) -> dict[str, object]:
        """The stats event; ``seconds`` is the time the processor ran, without waits."""
        return {"event": "stats", **asdict(self._machine.stats()), "seconds": round(self._busy, 6)}

    def run(self, wait_for_client: bool, max_seconds: float | None) -> Reason:
        """Run until a trap, ``stop``, or ``max_seconds`` after the start."""
        if wait_for_client:
            self._link.connected.wait()
        self._emit({"event": "started", "compiled": self._machine.compiled})
        threading.Thread(target=self._tick, name="tick", daemon=True).start()
        reason = self._run(max_seconds)
        self._stop.set()
        self._link.flush(_FLUSH if reason != "stopped" else 0.2)
        return reason

    def _tick(self) -> None:
        while not self._stop.wait(_TICK):
            self._machine.pause()

    def _run(self, max_seconds: float | None) -> Reason:
        start = told = time.monotonic()
        end = float("inf") if max_seconds is None else start + max_seconds
        idle_at = -_NOTHING
        waits = 0
        while not self._stop.is_set():
            began = time.monotonic()
            if began >= end:
                return "time"
            self._input.clear()
            result = self._machine.run(_SLICE)
            now = time.monotonic()
            self._busy += now - began
            if result is Stop.TRAP:
                assert self._machine.trap is not None
                self._emit(self._machine.trap.event())
                return "trap"
            if now - told >= _STATS and result is Stop.SLICE:
                told = now
                self._emit(self.stats())
            if result is Stop.IDLE:
                count = self._machine.stats().instructions
                waits = waits + 1 if count - idle_at <= _NOTHING else 0
                idle_at = count
                if waits == 2:  # back in the same wait: nothing is left to do
                    self._emit(self.stats())
                    self._emit({"event": "idle"})
                pause = _SHORT_WAIT if waits < 2 else _LONG_WAIT
                self._input.wait(min(pause, max(0.0, end - now)))
        return "stopped"
