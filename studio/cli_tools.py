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

CHIP = "wtm2101"

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
    folder: Annotated[
        Path | None,
        typer.Argument(help="A built results folder; or name --elf and --map.", show_default=False),
    ] = None,
    elf: Annotated[
        Path | None, typer.Option(help="The firmware, an ELF file.", show_default=False)
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="map.csv or its folder.", show_default=False)
    ] = None,
    uart: Annotated[int, typer.Option(help="TCP port of the UART on 127.0.0.1; 0 = any.")] = 0,
    uart1: Annotated[
        int | None,
        typer.Option(help="The same for UART1, which else is not there.", show_default=False),
    ] = None,
    gdb: Annotated[
        int | None,
        typer.Option(
            help="TCP port for GDB (target remote :PORT), which starts the processor; 0 = any.",
            show_default=False,
        ),
    ] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Start at once, not when a terminal connects.")
    ] = False,
    pace: Pace = False,
    noise: Noise = None,
    chip_number: NoiseSeed = 0,
    watch: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Tell this variable of the firmware whenever it changes; NAME:TYPE gives its type"
            " (i8 to u64, f32). Repeatable.",
            show_default=False,
        ),
    ] = None,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what each operation of the NPU read and wrote (.npz).",
            show_default=False,
        ),
    ] = None,
    chip: Annotated[
        str | None,
        typer.Option(
            help="Chip id, or a chip's .toml file. Default: the folder's, else wtm2101.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Run the emulator alone; connect any terminal program to its port.

    Prints a line of JSON for each event: ports, counts, pins that change, watched variables,
    faults. Takes lines meanwhile (stats, watch NAME, reset, stop) and ends with its input.
    """
    cells = None
    if folder is not None:
        # Not above: keep --help quick.
        from studio.chip import chip as chips  # noqa: PLC0415
        from studio.firmware import store as images  # noqa: PLC0415
        from studio.project import Project  # noqa: PLC0415
        from studio.simulate import noise_chip  # noqa: PLC0415

        project = Project(folder)
        elf, map_file = elf or images.load(project.image).elf, map_file or project.map
        chip = chip or (str(project.chip) if project.chip.is_file() else CHIP)
        cells = noise_chip.of_results(folder, chips.load(chip), noise, chip_number)
    if elf is None or map_file is None:
        raise typer.BadParameter("name a results folder, or --elf and --map.")
    command = [sys.executable, "-m", "studio.emulator", "--elf", str(elf), "--map", str(map_file)]
    command += ["--uart", str(uart), "--chip", chip or CHIP]
    command += [] if uart1 is None else ["--uart1", str(uart1)]
    command += [] if gdb is None else ["--gdb", str(gdb), "--start", "gdb"]
    command += ["--start", "now"] if now and gdb is None else []
    command += ["--pace"] if pace else []
    command += [] if noise is None else ["--noise", noise, "--seed", str(chip_number)]
    command += [] if cells is None else ["--cells", str(cells)]
    command += [] if snapshot is None else ["--snapshot", str(snapshot)]
    for name in watch or ():
        command += ["--watch-variable", name]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
