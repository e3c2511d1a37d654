"""Commands of the command line about serial lines: watch, replay, report, feed a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli_options import (
    Folder,
    Json,
    Noise,
    NoiseSeed,
    NoLabels,
    Pace,
    Target,
    choice,
    options,
    port,
)

app = typer.Typer()

Hex = Annotated[bool, typer.Option("--hex", help="Print every byte as two digits.")]
Values = Annotated[bool, typer.Option("--values", help="Print the values that are recognized.")]
Stamps = Annotated[bool, typer.Option("--timestamps", help="Print when each line came.")]
Encoding = Annotated[str, typer.Option(help="Of the text: utf-8 or gbk.")]
Lines = Annotated[bool, typer.Option("--json", help="Print each line as a JSON object.")]


@app.command()
def monitor(
    line: Annotated[
        str,
        typer.Argument(
            metavar="PORT",
            help="COM3, /dev/ttyUSB0 (see `ports`), or a URL, as socket://127.0.0.1:PORT of an"
            " emulator.",
            show_default=False,
        ),
    ],
    baud: Annotated[int, typer.Option(help="Bits a second.", min=1)] = 921_600,
    bits: Annotated[int, typer.Option(help="Data bits.", min=5, max=8)] = 8,
    parity: Annotated[str, typer.Option(help="none, even, odd, mark or space.")] = "none",
    stop: Annotated[str, typer.Option(help="Stop bits: 1, 1.5 or 2.")] = "1",
    dtr: Annotated[bool, typer.Option("--dtr", help="Raise DTR.")] = False,
    rts: Annotated[bool, typer.Option("--rts", help="Raise RTS.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(help="Record every byte with its time into FILE.cimrec.", show_default=False),
    ] = None,
    send: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help=r"Send a line first; \n, \t, \x1b stand for their characters. Repeatable.",
            show_default=False,
        ),
    ] = None,
    ending: Annotated[str, typer.Option(help="Of what is sent: none, lf, cr or crlf.")] = "lf",
    seconds: Annotated[
        float | None,
        typer.Option("--for", help="End after so many seconds.", min=0, show_default=False),
    ] = None,
    as_hex: Hex = False,
    values: Values = False,
    stamps: Stamps = False,
    encoding: Encoding = "utf-8",
    as_json: Lines = False,
) -> None:
    """Print what a board says until Ctrl+C; comes back when the board does."""
    from studio import commands_monitor  # noqa: PLC0415
    from studio.monitor.port import Line  # noqa: PLC0415

    choice("--parity", parity, ("none", "even", "odd", "mark", "space"))
    choice("--stop", stop, ("1", "1.5", "2"))
    choice("--ending", ending, ("none", "lf", "cr", "crlf"))
    made: Any = {"parity": parity, "stop": float(stop), "dtr": dtr, "rts": rts}
    words: Any = {"ending": ending}
    commands_monitor.watch(
        line,
        Line(baud, bits, **made),
        commands_monitor.Shown(_form(as_hex, values), stamps, as_json, encoding),
        send=send or (),
        record=record,
        seconds=seconds,
        **words,
    )


@app.command()
def replay(
    recording: Annotated[
        Path, typer.Argument(metavar="FILE", help="A recording, .cimrec.", show_default=False)
    ],
    speed: Annotated[
        float | None,
        typer.Option(
            help="1 as it came, 10 ten times as fast. Default: at once.",
            min=0.001,
            show_default=False,
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write all values as CSV.", show_default=False)
    ] = None,
    wav: Annotated[
        Path | None, typer.Option(help="Write the audio packets as WAV.", show_default=False)
    ] = None,
    text: Annotated[
        Path | None, typer.Option(help="Write the lines with their times.", show_default=False)
    ] = None,
    raw: Annotated[
        Path | None, typer.Option(help="Write the bytes received.", show_default=False)
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the curves, .svg or .png.", show_default=False)
    ] = None,
    as_hex: Hex = False,
    values: Values = False,
    stamps: Stamps = False,
    encoding: Encoding = "utf-8",
    as_json: Lines = False,
) -> None:
    """Print a recording again, or write what is in it to files."""
    from studio import commands, commands_monitor  # noqa: PLC0415

    shown = commands_monitor.Shown(_form(as_hex, values), stamps, as_json, encoding)
    files = commands_monitor.Exports(csv, wav, text, raw, picture)
    commands_monitor.replay(recording, speed, shown, commands.Screen(as_json), files)


@app.command("session-report")
def session_report(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER|FILE...",
            help="A results folder, a recording (.cimrec), or one of each.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Default: report.html in the folder.", show_default=False),
    ] = None,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    as_json: Json = False,
) -> None:
    """Write one HTML file about a deploy or a session, to hand in or to keep."""
    from studio import commands, commands_monitor  # noqa: PLC0415

    choice("--language", language, ("en", "zh"))
    spoken: Any = {"language": language}
    commands_monitor.session_report(sources, out, screen=commands.Screen(as_json), **spoken)


@app.command()
def feed(
    folder: Folder,
    data: Annotated[
        list[Path],
        typer.Argument(
            help="Samples: .npz, .npy, pictures, .wav, or a folder of them with a folder for each"
            " class.",
            show_default=False,
        ),
    ],
    target: Target = "emulator",
    csv: Annotated[
        Path | None, typer.Option(help="Write every answer to this file.", show_default=False)
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="At most so many samples.", min=1, show_default=False)
    ] = None,
    shuffle: Annotated[
        int | None,
        typer.Option(
            metavar="SEED", help="In random order, always the same of a seed.", show_default=False
        ),
    ] = None,
    repeat: Annotated[int, typer.Option(help="Send all of them so many times.", min=1)] = 1,
    scale: Annotated[
        str,
        typer.Option(
            help="What pictures, sounds and numbers of 0..255 become: unit (0..1), signed (-1..1),"
            " bytes (0..255), or auto, as the network's input suggests."
        ),
    ] = "auto",
    rate: Annotated[
        int | None,
        typer.Option(
            help="Samples a second the network takes; sounds of another are refused.",
            min=1,
            show_default=False,
        ),
    ] = None,
    no_labels: NoLabels = False,
    lines: Annotated[bool, typer.Option("--lines", help="Print a line for each sample.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds of silence before giving up.")] = 60.0,
    baud: Annotated[
        int | None, typer.Option(help="Default: the chip's.", min=1, show_default=False)
    ] = None,
    noise: Noise = None,
    chip_number: NoiseSeed = 0,
    pace: Pace = False,
    as_json: Json = False,
) -> None:
    """Send a data set to emulator or board and count what is right.

    The firmware must be built with samples over the line (build --mode serial); a board must run
    it already.
    """
    from studio import commands, commands_feed  # noqa: PLC0415
    from studio import feed as feeding  # noqa: PLC0415

    choice("--scale", scale, feeding.SCALES)
    read: Any = {"scale": scale}
    commands_feed.feed_data(
        folder,
        data,
        feeding.Choice(limit=limit, shuffle=shuffle, rate=rate, labels=not no_labels, **read),
        commands.Screen(as_json),
        options=options("wtm2101", noise=noise, noise_seed=chip_number, pace=pace, baud=baud),
        port=port(target),
        repeat=repeat,
        timeout=timeout,
        csv=csv,
        lines=lines,
    )


def _form(as_hex: bool, values: bool) -> Any:
    if as_hex and values:
        raise typer.BadParameter("choose --hex or --values.")
    return "hex" if as_hex else "values" if values else "text"
