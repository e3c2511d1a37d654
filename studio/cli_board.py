"""Commands of the command line for real boards and the chip maker's tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli_options import Folder, Json

app = typer.Typer()

MapFolder = Annotated[
    Path,
    typer.Argument(help="A mapped results folder, or a map folder.", show_default=False),
]
Exported = Annotated[
    Path, typer.Argument(help="A folder that maker-export wrote.", show_default=False)
]
Spi = Annotated[str, typer.Option("--spi", help="Number of the programming board.")]
Probe = Annotated[str, typer.Option("--jlink", help="Number of the debug probe.")]


@app.command()
def ports(as_json: Json = False) -> None:
    """List the serial ports."""
    from studio import commands, commands_board  # noqa: PLC0415

    commands_board.list_ports(commands.Screen(as_json))


@app.command()
def tools(as_json: Json = False) -> None:
    """List the outside programs boards need: where they are, or how to get them."""
    from studio import commands, commands_board  # noqa: PLC0415

    commands_board.list_tools(commands.Screen(as_json))


@app.command()
def settings(
    changes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=VALUE]...",
            help="What to change; NAME= sets the default.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show or change your settings: the window's, and where a board's tools are."""
    from studio import commands, commands_settings  # noqa: PLC0415

    commands_settings.show(changes or (), commands.Screen(as_json))


@app.command()
def program(
    folder: MapFolder,
    passes: Annotated[int, typer.Option(help="The tool's -k.", min=1, max=9)] = 2,
    tag: Annotated[
        str | None,
        typer.Option(
            help="Tag to store beside the weights. Default: the map's own.", show_default=False
        ),
    ] = None,
    boot: Annotated[
        Path | None, typer.Option(help="A boot file to write too.", show_default=False)
    ] = None,
    spi: Spi = "",
    jlink: Probe = "",
    no_init: Annotated[
        bool, typer.Option("--no-init", help="Do not set up the board first.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the weights into a board's array, by the maker's programming tool."""
    from studio import commands, commands_board  # noqa: PLC0415
    from studio.board.program import Options  # noqa: PLC0415

    options = Options(passes, tag, boot, spi, jlink)
    commands_board.write_weights(folder, options, not no_init, commands.Screen(as_json))


@app.command("read-tag")
def read_tag(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder to compare the tag with.", show_default=False),
    ] = None,
    spi: Spi = "",
    jlink: Probe = "",
    as_json: Json = False,
) -> None:
    """Tell which weights a board's array holds."""
    from studio import commands, commands_board  # noqa: PLC0415
    from studio.board.program import Options  # noqa: PLC0415

    options = Options(spi=spi, jlink=jlink)
    commands_board.read_tag(folder, options, commands.Screen(as_json))


@app.command()
def ota(folder: MapFolder, as_json: Json = False) -> None:
    """Make a file for updates over the air, by the maker's programming tool."""
    from studio import commands, commands_board  # noqa: PLC0415

    commands_board.make_ota(folder, commands.Screen(as_json))


@app.command()
def download(folder: Folder, as_json: Json = False) -> None:
    """Write the built firmware into a board, as the settings say."""
    from studio import commands, commands_board  # noqa: PLC0415

    commands_board.download_firmware(folder, commands.Screen(as_json))


@app.command("maker-export")
def maker_export(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help="The folder to write.", show_default=False)],
    model: Annotated[
        Path | None,
        typer.Option(
            help="The model itself, where it is in the maker's dialect, to be handed on as it is.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a folder for the chip maker's own mapper, with our layout in it."""
    from studio import commands, commands_board  # noqa: PLC0415

    commands_board.export_to_maker(folder, out, model, commands.Screen(as_json))


@app.command("maker-run")
def maker_run(
    folder: Exported,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Allow the mapper to run on this folder, now and later."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the maker's mapper in Docker or by SSH, as the settings say."""
    from studio import commands, commands_board  # noqa: PLC0415

    commands_board.run_maker(folder, yes, commands.Screen(as_json))


@app.command("maker-import")
def maker_import(
    folder: Exported,
    into: Annotated[
        Path | None,
        typer.Option(
            help="The results folder to copy register.c and the map into, as DIR/maker.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare what the maker's mapper wrote with our map, and take it over."""
    from studio import commands, commands_board  # noqa: PLC0415

    commands_board.import_from_maker(folder, into, commands.Screen(as_json))
