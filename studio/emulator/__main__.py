"""``python -m studio.emulator``: one emulated board, told by JSON lines on standard output.

Events: ``loaded`` (the firmware), ``programmed`` (cells, from map.csv), ``gdb`` (port, where a
debugger may connect), ``listening`` (port, and port1 of UART1), ``started``, ``stats``
(instructions, cycles, npu_operations, npu_rounds, npu_fault, idle_cycles, seconds), five times a
second while it runs, ``watch`` (values by name; a message where there is no such variable),
``gpio`` (cycles, pins; lost: changes not told), ``place`` (text, line), ``idle``, ``reset``,
``trap`` (kind, address, pc, symbol, line, message), ``snapshot`` (path, operations, lost),
``error`` (kind, message, hint, where) and, last, ``exit`` (reason: stopped, time, trap, error).

It ends when standard input closes or says ``stop``, so that it never outlives the program that
started it. Other lines it takes there: ``stats`` asks for that event, ``place`` for where the
processor is, ``watch NAME[:TYPE]`` for a variable's value, ``reset`` powers the chip off and on.
With ``--gdb`` a trap does not end it: the processor waits for a debugger. Exit codes: 0 stopped or
time over, 1 wrong input, 2 port not usable, 3 trap.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studio.base import log, priority
from studio.base.errors import PortError, StudioError
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.emulator import elf, variables
from studio.emulator.gdb import Debugger
from studio.emulator.link import Link
from studio.emulator.machine import WATCH, Machine
from studio.emulator.npu import Noise, Npu
from studio.emulator.runner import Runner
from studio.emulator.snapshot import Recorder

_ROOM = 1 << 16  # unread bytes at which a client is held back
_CODES = {"stopped": 0, "time": 0, "trap": 3}


class Start(StrEnum):
    """When the processor starts."""

    CLIENT = "client"
    NOW = "now"
    GDB = "gdb"


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
            word, _, rest_of_it = line.decode("utf-8", "replace").strip().partition(" ")
            if word == "reset":
                runner.reset()
            if word == "place":
                runner.place()
            if word == "watch":
                runner.watch(rest_of_it.strip())
        if not data:
            runner.stop()
            return


@dataclass(frozen=True)
class _Options:
    """What the command line says."""

    elf: Path
    map: Path
    chip: str
    uart: int
    uart1: int | None
    start: Start
    max_seconds: float | None
    watch: int
    pace: bool
    noise: str | None
    seed: int
    cells: Path | None
    variables: tuple[str, ...]
    snapshot: Path | None
    gdb: int | None


def _noise(options: _Options, chip: Chip) -> Noise | None:
    """The analog errors that were asked for; None where nothing errs."""
    if options.noise is None:
        return None
    # Not above: an ideal chip starts sooner without the simulator.
    from studio.emulator import npu_noise  # noqa: PLC0415

    return npu_noise.load(chip, options.noise, options.seed, options.cells)


def _run(options: _Options, emit: _Output) -> int:
    chip = chips.load(options.chip)
    program = elf.load(options.elf, chip)
    emit({"event": "loaded"})
    path = options.map
    npu = Npu.from_map(path / "map.csv" if path.is_dir() else path, chip, _noise(options, chip))
    emit({"event": "programmed", "cells": npu.programmed})
    recorder = Recorder() if options.snapshot is not None else None
    npu.observe(recorder)
    watched = [variables.find(text, program) for text in options.variables]
    links = [Link(options.uart)]
    if options.uart1 is not None:
        links.append(Link(options.uart1))
    sends = [link.send for link in links]
    machine = Machine(chip, program, npu, *sends, watch=options.watch, paced=options.pace)
    runner = Runner(machine, links, emit, paced=options.pace, watched=watched)
    for number, link in enumerate(links):
        uart = machine.uarts[number]
        link.serve(runner.receiver(number), lambda uart=uart: uart.waiting < _ROOM)  # type: ignore[misc]
    debugger = None
    if options.gdb is not None:
        hold = options.start is Start.GDB
        debugger = Debugger(options.gdb, machine, runner.wake, hold=hold)
        runner.attach(debugger)
        emit({"event": "gdb", "port": debugger.port})
    ports = {name: link.port for name, link in zip(("port", "port1"), links, strict=False)}
    emit({"event": "listening", **ports})
    threading.Thread(target=_obey, args=(runner, emit), daemon=True).start()
    try:
        reason = runner.run(options.start is Start.CLIENT, options.max_seconds)
    finally:
        emit(runner.stats())
        if recorder is not None and options.snapshot is not None:
            kept = recorder.save(options.snapshot)
            told = {"path": str(options.snapshot), "operations": kept, "lost": recorder.lost}
            emit({"event": "snapshot", **told})
        for link in links:
            link.close()
        if debugger is not None:
            debugger.close()
    emit({"event": "exit", "reason": reason, "dropped": links[0].dropped})
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
    uart1: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="TCP port of UART1; without it, UART1 is not there."),
    ] = None,
    start: Annotated[
        Start,
        typer.Option(
            help="Start with the first client, so that it misses nothing, now, or when a debugger "
            "says so (with --gdb)."
        ),
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
    pace: Annotated[
        bool, typer.Option("--pace", help="Keep real time: clock, timer and baud rates.")
    ] = False,
    noise: Annotated[
        str | None,
        typer.Option(help="Device model of the array: a preset, or a TOML file. Default: none."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Which of the model's chips.")] = 0,
    cells: Annotated[
        Path | None, typer.Option(help="What that chip's cells hold (npz). Default: drawn here.")
    ] = None,
    watch_variable: Annotated[
        list[str] | None,
        typer.Option(help="Tell this variable, NAME or NAME:TYPE (i8 to u64, f32), as it changes."),
    ] = None,
    gdb: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="TCP port for a debugger (target remote :PORT); 0 = any free."
        ),
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="Write what each NPU operation read and wrote here (npz).")
    ] = None,
) -> None:
    """Run firmware on the emulated chip; UART0 is socket://127.0.0.1:PORT for any terminal."""
    priority.lower()
    with contextlib.suppress(OSError):  # no log is no reason not to run
        log.to_file("emulator")
    emit = _Output()
    try:
        options = _Options(
            elf=elf_path,
            map=map_path,
            chip=chip,
            uart=uart,
            uart1=uart1,
            start=start,
            max_seconds=max_seconds,
            watch=watch,
            pace=pace,
            noise=noise,
            seed=seed,
            cells=cells,
            variables=tuple(watch_variable or ()),
            snapshot=snapshot,
            # To wait for a debugger there must be a port for it.
            gdb=0 if gdb is None and start is Start.GDB else gdb,
        )
        code = _run(options, emit)
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
