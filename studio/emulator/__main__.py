"""``python -m studio.emulator``: one emulated board, told by JSON lines on standard output.

Events: ``loaded`` (the firmware), ``programmed`` (cells, from map.csv), ``listening`` (port),
``started``, ``stats`` (instructions, cycles, npu_operations, npu_rounds, npu_fault, seconds), five
times a second while it runs, ``idle``, ``trap`` (kind, address, pc, symbol, line, message),
``error`` (kind, message, hint, where) and, last, ``exit`` (reason: stopped, time, trap, error).

It ends when standard input closes or says ``stop``, so that it never outlives the program that
started it; ``stats`` on standard input asks for that event. Exit codes: 0 stopped or time over,
1 wrong input, 2 port not usable, 3 trap.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studio.base import log, priority
from studio.base.errors import PortError, StudioError
from studio.chip import chip as chips
from studio.emulator import elf
from studio.emulator.link import Link
from studio.emulator.machine import WATCH, Machine
from studio.emulator.npu import Npu
from studio.emulator.runner import Runner

_ROOM = 1 << 16  # unread bytes at which a client is held back
_CODES = {"stopped": 0, "time": 0, "trap": 3}


class Start(StrEnum):
    """When the processor starts."""

    CLIENT = "client"
    NOW = "now"


class _Output:
    """Events as lines, from any thread; silent once nobody listens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._broken = False

    def __call__(self, event: dict[str, object]) -> None:
        with self._lock:
            if self._broken:
                return
            try:
                sys.stdout.write(json.dumps(event) + "\n")
                sys.stdout.flush()
            except OSError:
                self._broken = True
                # What is left in the buffer must not raise again at exit.
                sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _obey(runner: Runner, emit: _Output) -> None:
    """Follow standard input until it closes; runs on a thread of its own."""
    rest = b""
    while True:
        try:
            # Not sys.stdin: a thread waiting inside its lock disturbs the interpreter's end.
            data = os.read(0, 4096)
        except OSError:
            data = b""
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if b"stats" in line:
                emit(runner.stats())
            if b"stop" in line:
                data = b""
        if not data:
            runner.stop()
            return


def _run(
    elf_path: Path,
    map_path: Path,
    chip_name: str,
    port: int,
    start: Start,
    max_seconds: float | None,
    watch: int,
    emit: _Output,
) -> int:
    chip = chips.load(chip_name)
    program = elf.load(elf_path, chip)
    emit({"event": "loaded"})
    npu = Npu.from_map(map_path / "map.csv" if map_path.is_dir() else map_path, chip)
    emit({"event": "programmed", "cells": npu.programmed})
    link = Link(port)
    machine = Machine(chip, program, npu, link.send, watch=watch)
    runner = Runner(machine, link, emit)
    link.serve(runner.receive, lambda: machine.uart.waiting < _ROOM)
    emit({"event": "listening", "port": link.port})
    threading.Thread(target=_obey, args=(runner, emit), daemon=True).start()
    try:
        reason = runner.run(start is Start.CLIENT, max_seconds)
    finally:
        emit(runner.stats())
        link.close()
    emit({"event": "exit", "reason": reason, "dropped": link.dropped})
    return _CODES[reason]


def main(
    elf_path: Annotated[Path, typer.Option("--elf", help="The firmware, an ELF file.")],
    map_path: Annotated[Path, typer.Option("--map", help="map.csv, or the folder it lies in.")],
    chip: Annotated[str, typer.Option(help="Chip id, or the path of a chip's TOML file.")] = (
        "wtm2101"
    ),
    uart: Annotated[
        int, typer.Option(min=0, max=65535, help="TCP port of UART0 on 127.0.0.1; 0 = any free.")
    ] = 0,
    start: Annotated[
        Start, typer.Option(help="Start with the first client, so that it misses nothing, or now.")
    ] = Start.CLIENT,
    max_seconds: Annotated[
        float | None, typer.Option(min=0, help="End this many seconds after the start.")
    ] = None,
    watch: Annotated[
        int,
        typer.Option(
            min=0, help="Instructions during which unaligned accesses are reported (slower)."
        ),
    ] = WATCH,
) -> None:
    """Run firmware on the emulated chip; UART0 is socket://127.0.0.1:PORT for any terminal."""
    priority.lower()
    with contextlib.suppress(OSError):  # no log is no reason not to run
        log.to_file("emulator")
    emit = _Output()
    try:
        code = _run(elf_path, map_path, chip, uart, start, max_seconds, watch, emit)
    except StudioError as error:
        kind = type(error).__name__
        about = {"message": error.message, "hint": error.hint, "where": error.where}
        emit({"event": "error", "kind": kind, **about})
        emit({"event": "exit", "reason": "error"})
        code = 2 if isinstance(error, PortError) else 1
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(main)
    app()
