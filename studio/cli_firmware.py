"""Commands of the command line: building firmware and running it."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli_options import (
    Baud,
    Debug,
    Folder,
    Gdb,
    Json,
    Mode,
    Noise,
    NoiseSeed,
    Own,
    Pace,
    Samples,
    Target,
    Timing,
    Toolchain,
    options,
    port,
)

app = typer.Typer()


@app.command()
def check(
    folder: Folder,
    target: Target = "emulator",
    samples: Annotated[int, typer.Option(help="How many test samples.", min=1)] = 4,
    noise: Noise = None,
    chip_number: NoiseSeed = 0,
    as_json: Json = False,
) -> None:
    """Run each layer by itself on emulator or board and compare it with the simulator.

    A board must run firmware whose samples come over the serial line (--mode serial).
    """
    from studio import commands, commands_check  # noqa: PLC0415

    chosen = options("wtm2101", noise=noise, noise_seed=chip_number)
    commands_check.check(folder, chosen, port(target), samples, commands.Screen(as_json))


@app.command()
def build(
    folder: Folder,
    samples: Samples = None,
    toolchain: Toolchain = "auto",
    debug: Debug = False,
    mode: Mode = "testset",
    timing: Timing = False,
    baud: Baud = None,
    own: Own = None,
    as_json: Json = False,
) -> None:
    """Generate and compile the firmware of a simulated and mapped results folder."""
    from studio import commands, commands_run  # noqa: PLC0415

    chosen = options(
        "wtm2101",
        samples=samples,
        toolchain=toolchain,
        debug=debug,
        mode=mode,
        timing=timing,
        baud=baud,
        own=own,
    )
    commands_run.build(folder, chosen, commands.Screen(as_json))


@app.command()
def run(
    folder: Folder,
    target: Target = "emulator",
    timeout: Annotated[float, typer.Option(help="Seconds of silence before giving up.")] = 60.0,
    noise: Noise = None,
    chip_number: NoiseSeed = 0,
    pace: Pace = False,
    gdb: Gdb = False,
    as_json: Json = False,
) -> None:
    """Run a built results folder on emulator or board; writes serial.log and result.json."""
    from studio import commands, commands_run  # noqa: PLC0415

    chosen = options("wtm2101", noise=noise, noise_seed=chip_number, pace=pace, gdb=gdb)
    commands_run.run(folder, chosen, timeout, commands.Screen(as_json), port(target))
