"""Commands of the command line that study a network: how exact it is, and what noise does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli_options import (
    Against,
    ChipName,
    Data,
    Equalize,
    Json,
    Method,
    Mixed,
    Out,
    Shapes,
    Signed,
    SkipColumns,
    Source,
    TileRows,
    Tune,
    options,
    results_folder,
)

app = typer.Typer()


@app.command()
def noise(
    model: Source,
    data: Data = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    shape: Shapes = None,
    skip_columns: SkipColumns = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="Device model of the chip file: nor55, sonos, stuck or ideal. Default: nor55.",
            show_default=False,
        ),
    ] = None,
    noise_file: Annotated[
        Path | None,
        typer.Option(
            "--noise", metavar="FILE.toml", help="A device model of your own.", show_default=False
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=NUMBER",
            help="Change a number of the model. Repeatable.",
            show_default=False,
        ),
    ] = None,
    fit: Annotated[
        Path | None,
        typer.Option(
            metavar="LOG",
            help="A log of the programming tool: fit the model to that chip, into DIR/noise.toml.",
            show_default=False,
        ),
    ] = None,
    chips: Annotated[int, typer.Option(help="How many chips.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same chips.", min=0)] = 0,
    samples: Annotated[
        int | None,
        typer.Option(help="Samples a chip. Default: at most 1000.", min=1, show_default=False),
    ] = None,
    yield_at: Annotated[
        float | None,
        typer.Option(
            help="The accuracy of a good chip, 0..1. Default: a point below the exact one.",
            min=0,
            max=1,
            show_default=False,
        ),
    ] = None,
    time: Annotated[str, typer.Option(help="Time since programming: 90s, 12h, 5d, 1y.")] = "0s",
    temperature: Annotated[float, typer.Option(help="Degrees Celsius.")] = 25.0,
    sensitivity: Annotated[
        int, typer.Option(help="Chips with noise in one layer only, for each layer.", min=0)
    ] = 10,
    pool: Annotated[
        bool, typer.Option("--pool/--no-pool", help="Spread long studies over all cores.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Simulate chips with analog noise; writes DIR/noise.npz, noise.svg and noise.json."""
    from studio import commands, commands_study_noise  # noqa: PLC0415 - keep --help quick
    from studio.chip.noise import Conditions  # noqa: PLC0415
    from studio.simulate import monte_carlo  # noqa: PLC0415

    choice = commands_study_noise.Choice(preset, noise_file, tuple(changes or ()), fit)
    study = monte_carlo.Options(
        chips=chips,
        seed=seed,
        conditions=Conditions(commands_study_noise.seconds(time), temperature),
        yield_at=yield_at,
        sensitivity_chips=sensitivity,
        pool=pool,
    )
    chosen = options(chip, shape, skip_columns=skip_columns)
    folder = results_folder(out, model)
    screen = commands.Screen(as_json)
    commands_study_noise.noise(model, data, folder, chosen, choice, study, samples, screen)


@app.command()
def report(
    model: Source,
    data: Data = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    float_model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            metavar="MODEL.onnx",
            help="With a results folder: the float model it was quantized from, to compare with.",
            show_default=False,
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(help="Samples to compare. Default: at most 256.", min=1, show_default=False),
    ] = None,
    shape: Shapes = None,
    method: Method = "mse",
    signed: Signed = "auto",
    tile_rows: TileRows = None,
    tune: Tune = "fast",
    equalize: Equalize = None,
    mixed: Mixed = False,
    against: Against = None,
    as_json: Json = False,
) -> None:
    """Compare each layer's integers with the float model's values, the worst layers first."""
    from studio import commands, commands_study  # noqa: PLC0415 - keep --help quick

    chosen = options(
        chip,
        shape,
        method,
        signed,
        tile_rows=tile_rows,
        tune=tune,
        equalize=equalize,
        mixed=mixed,
        against=against,
    )
    folder, screen = results_folder(out, model), commands.Screen(as_json)
    commands_study.report(model, data, folder, chosen, float_model, samples, screen)
