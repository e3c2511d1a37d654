"""Commands of the command line beside the way from a model to a chip."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from studio import __version__
from studio.cli_options import (
    Blocks,
    ChipName,
    CoreColumns,
    CoreRows,
    Cores,
    Folder,
    Json,
    Noise,
    NoiseSeed,
    Pace,
    Places,
    Rectangles,
    Seconds,
)

app = typer.Typer()


@app.command()
def picture(
    folder: Folder,
    out: Annotated[
        Path | None,
        typer.Option(
            help="File to write, .svg or .png. Default: array.svg in the folder.",
            show_default=False,
        ),
    ] = None,
    values: Annotated[
        bool, typer.Option("--values", help="Show what every cell holds, not the layers' colours.")
    ] = False,
    dark: Annotated[bool, typer.Option("--dark", help="Light on dark.")] = False,
    as_json: Json = False,
) -> None:
    """Draw the array of a mapped results folder; writes DIR/array.svg."""
    from studio import commands  # noqa: PLC0415

    file = out or folder / "array.svg"
    commands.picture(folder, file, values, dark, commands.Screen(as_json))


@app.command()
def contest(
    network: Blocks,
    out: Places,
    chip: Rectangles = None,
    cores: Cores = None,
    rows: CoreRows = None,
    columns: CoreColumns = None,
    seconds: Seconds = 1.0,
    as_json: Json = False,
) -> None:
    """Place blocks with predecessors on empty rectangles (contest format, our reading).

    \b
    All files are CSV, UTF-8, with or without a line of names:
      NETWORK.csv  index, rows, columns, predecessors
      CHIP.csv     core_id, rows, columns
      PLACED.csv   core_id, index, w_col_start, w_row_start
    Predecessors are the indices of the blocks whose output a block needs:
    none, or several divided by spaces, semicolons or commas. Starts count
    from 0 at the rectangle's origin. Blocks are not turned.
    """  # noqa: D301 - click wants the character
    from studio import commands, commands_contest  # noqa: PLC0415

    equal = (cores, rows, columns)
    commands_contest.contest(network, chip, equal, out, seconds, commands.Screen(as_json))


@app.command()
def emulate(
    elf: Annotated[Path, typer.Option(help="The firmware, an ELF file.", show_default=False)],
    map_file: Annotated[
        Path, typer.Option("--map", help="map.csv or its folder.", show_default=False)
    ],
    uart: Annotated[int, typer.Option(help="TCP port of the UART on 127.0.0.1; 0 = any.")] = 0,
    gdb: Annotated[
        int | None,
        typer.Option(
            help="TCP port for GDB (target remote :PORT), which starts the processor; 0 = any.",
            show_default=False,
        ),
    ] = None,
    uart1: Annotated[
        int | None, typer.Option(help="TCP port of the other UART.", show_default=False)
    ] = None,
    noise: Noise = None,
    chip_number: NoiseSeed = 0,
    pace: Pace = False,
    watch_variable: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:TYPE]",
            help="Tell this variable as it changes; types are i8 to u64, f32. Repeatable.",
            show_default=False,
        ),
    ] = None,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            help="Write what each NPU operation read and wrote (npz).", show_default=False
        ),
    ] = None,
    chip: ChipName = "wtm2101",
) -> None:
    """Run the emulator alone; connect any terminal program to its port."""
    command = [sys.executable, "-m", "studio.emulator", "--elf", str(elf), "--map", str(map_file)]
    command += ["--uart", str(uart), "--chip", chip]
    command += [] if gdb is None else ["--gdb", str(gdb), "--start", "gdb"]
    command += [] if uart1 is None else ["--uart1", str(uart1)]
    command += [] if noise is None else ["--noise", noise, "--seed", str(chip_number)]
    command += ["--pace"] if pace else []
    command += [word for name in watch_variable or () for word in ("--watch-variable", name)]
    command += [] if snapshot is None else ["--snapshot", str(snapshot)]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
