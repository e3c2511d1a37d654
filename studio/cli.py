"""The command line: every stage alone, and the whole way at once."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from studio import cli_board, cli_firmware, cli_monitor, cli_study, cli_tools
from studio.base import log, paths
from studio.base.errors import Cancelled, StudioError
from studio.cli_options import (
    Against,
    Around,
    Banks,
    Baud,
    BiasRows,
    ChipName,
    Conventions,
    Copies,
    Data,
    DataFiles,
    Debug,
    Duplicate,
    Equalize,
    Json,
    LayerFile,
    Method,
    Mixed,
    Mode,
    Model,
    Noise,
    NoiseSeed,
    NoLabels,
    Out,
    Own,
    Pace,
    Points,
    Prove,
    ProveSeconds,
    ResetEvery,
    Samples,
    Seconds,
    Shapes,
    Signed,
    SkipColumns,
    Source,
    Sources,
    Target,
    TileRows,
    Timing,
    Toolchain,
    Tune,
    options,
    pairs,
    placing,
    port,
    results_folder,
    sizes,
)

logger = logging.getLogger(__name__)

CANCELLED = 130

app = typer.Typer(
    name="cim-studio",
    help="Take an ONNX model to a compute-in-memory chip: quantize it, map its weights onto the"
    " analog array, build the firmware and run it on the built-in emulator.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@app.command()
def deploy(
    model: Model,
    data: Data = None,
    chip: ChipName = "wtm2101",
    target: Target = "emulator",
    out: Out = None,
    shape: Shapes = None,
    method: Method = "mse",
    signed: Signed = "auto",
    tile_rows: TileRows = None,
    tune: Tune = "fast",
    equalize: Equalize = None,
    mixed: Mixed = False,
    against: Against = None,
    layer_options: LayerFile = None,
    convention: Conventions = None,
    reset_every: ResetEvery = None,
    samples: Samples = None,
    no_labels: NoLabels = False,
    toolchain: Toolchain = "auto",
    debug: Debug = False,
    mode: Mode = "testset",
    timing: Timing = False,
    baud: Baud = None,
    own: Own = None,
    noise: Noise = None,
    chip_number: NoiseSeed = 0,
    pace: Pace = False,
    skip_columns: SkipColumns = None,
    bias_rows: BiasRows = None,
    seconds: Seconds = 1.0,
    bank: Banks = None,
    copies: Copies = None,
    points: Points = None,
    duplicate: Duplicate = False,
    around: Around = None,
    prove: Prove = False,
    prove_seconds: ProveSeconds = None,
    as_json: Json = False,
) -> None:
    """Do the whole way: read, quantize, simulate, map, build, run, compare."""
    from studio import commands, commands_run  # noqa: PLC0415

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
        layer_options=layer_options,
        conventions=pairs("--convention", convention),
        reset_every=reset_every,
        samples=samples,
        labels=not no_labels,
        toolchain=toolchain,
        debug=debug,
        mode=mode,
        timing=timing,
        baud=baud,
        own=own,
        noise=noise,
        noise_seed=chip_number,
        pace=pace,
        **placing(
            bank,
            copies,
            points,
            around,
            prove,
            prove_seconds,
            skip_columns=skip_columns,
            bias_rows=bias_rows,
            seconds=seconds,
            duplicate=duplicate,
        ),
    )
    folder = results_folder(out, model)
    commands_run.deploy(model, data, folder, chosen, commands.Screen(as_json), port(target))


@app.command()
def demo(out: Out = None, as_json: Json = False) -> None:
    """Deploy the bundled digits example to the emulator."""
    from studio import commands, commands_run  # noqa: PLC0415

    model = paths.resource("examples", "digits", "digits.onnx")
    commands_run.deploy(
        model, None, results_folder(out, model), options("wtm2101"), commands.Screen(as_json)
    )


@app.command()
def inspect(model: Model, shape: Shapes = None, as_json: Json = False) -> None:
    """Show a model's inputs, outputs and nodes, and what runs where."""
    from studio import commands  # noqa: PLC0415

    commands.inspect(model, sizes(shape or []), commands.Screen(as_json))


@app.command()
def quantize(
    model: Model,
    data: Data = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    shape: Shapes = None,
    method: Method = "mse",
    signed: Signed = "auto",
    tile_rows: TileRows = None,
    tune: Tune = "fast",
    equalize: Equalize = None,
    mixed: Mixed = False,
    against: Against = None,
    layer_options: LayerFile = None,
    convention: Conventions = None,
    as_json: Json = False,
) -> None:
    """Turn a float model into chip integers; writes DIR/quantized."""
    from studio import commands  # noqa: PLC0415

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
        layer_options=layer_options,
        conventions=pairs("--convention", convention),
    )
    commands.quantize(model, data, results_folder(out, model), chosen, commands.Screen(as_json))


@app.command()
def simulate(
    model: Source,
    data: Data = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    layers: Annotated[
        bool, typer.Option("--layers", help="Also write every array operation's result.")
    ] = False,
    reset_every: ResetEvery = None,
    shape: Shapes = None,
    method: Method = "mse",
    signed: Signed = "auto",
    tile_rows: TileRows = None,
    tune: Tune = "fast",
    equalize: Equalize = None,
    mixed: Mixed = False,
    against: Against = None,
    layer_options: LayerFile = None,
    convention: Conventions = None,
    as_json: Json = False,
) -> None:
    """Compute the chip's exact integers; writes DIR/outputs.npz."""
    from studio import commands  # noqa: PLC0415

    chosen = options(
        chip,
        shape,
        method,
        signed,
        tile_rows=tile_rows,
        reset_every=reset_every,
        tune=tune,
        equalize=equalize,
        mixed=mixed,
        against=against,
        layer_options=layer_options,
        conventions=pairs("--convention", convention),
    )
    commands.simulate(
        model, data, results_folder(out, model), chosen, commands.Screen(as_json), layers
    )


@app.command("map")
def map_(
    model: Sources,
    data: DataFiles = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    shape: Shapes = None,
    method: Method = "mse",
    signed: Signed = "auto",
    tile_rows: TileRows = None,
    tune: Tune = "fast",
    equalize: Equalize = None,
    mixed: Mixed = False,
    against: Against = None,
    layer_options: LayerFile = None,
    convention: Conventions = None,
    skip_columns: SkipColumns = None,
    bias_rows: BiasRows = None,
    seconds: Seconds = 1.0,
    bank: Banks = None,
    copies: Copies = None,
    points: Points = None,
    duplicate: Duplicate = False,
    around: Around = None,
    prove: Prove = False,
    prove_seconds: ProveSeconds = None,
    as_json: Json = False,
) -> None:
    """Place the weights on the array; writes DIR/map and DIR/layout.json.

    Several models share one array: DIR/map holds them all, DIR/NAME is a results folder of each,
    to build and run, with a map of all and its own DIR/NAME/layout.json.
    """
    from studio import commands, commands_map  # noqa: PLC0415

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
        layer_options=layer_options,
        conventions=pairs("--convention", convention),
        synthetic=True,
        **placing(
            bank,
            copies,
            points,
            around,
            prove,
            prove_seconds,
            skip_columns=skip_columns,
            bias_rows=bias_rows,
            seconds=seconds,
            duplicate=duplicate,
        ),
    )
    screen = commands.Screen(as_json)
    commands_map.map_weights(model, data or [], results_folder(out, *model), chosen, screen)


app.add_typer(cli_firmware.app)
app.add_typer(cli_study.app)
app.add_typer(cli_board.app)
app.add_typer(cli_monitor.app)
app.add_typer(cli_tools.app)


def main() -> int:
    """Run one command; the exit code: 0 done, 1 user's error, 2 usage, 3 bug, 130 cancelled."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console of Windows knows few characters
    return guarded(lambda: app(standalone_mode=False), "--json" in sys.argv)


def guarded(command: Callable[[], object], as_json: bool) -> int:
    """Run ``command`` and turn what it raises into words and an exit code."""
    try:
        code = command()
    except StudioError as error:
        _tell(error, as_json)
        return 1
    except (Cancelled, KeyboardInterrupt, typer.Abort):
        return _cancelled()
    except typer.Exit as stop:
        code = stop.exit_code
    except Exception as error:
        return _unexpected(error, as_json)
    if code == CANCELLED:  # what typer makes of Ctrl+C
        return _cancelled()
    return code if isinstance(code, int) else 0


def _cancelled() -> int:
    typer.echo("cancelled", err=True)
    return CANCELLED


def _tell(error: StudioError, as_json: bool) -> None:
    if as_json:
        parts = {"message": error.message, "where": error.where, "hint": error.hint}
        typer.echo(json.dumps({"error": parts | {"kind": type(error).__name__}}))
        return
    where = f"{error.where}: " if error.where else ""
    typer.secho(f"error: {where}{error.message}", fg="red", err=True)
    if error.hint:
        typer.echo(f"  {error.hint}", err=True)


def _unexpected(error: Exception, as_json: bool) -> int:
    show = getattr(error, "show", None)  # click's usage errors know how to print themselves
    if callable(show):
        show()
        if as_json:
            typer.echo(json.dumps({"error": {"message": str(error), "kind": "UsageError"}}))
        return int(getattr(error, "exit_code", 2))
    path = log.to_file("cli")
    logger.error("command failed: %s", sys.argv, exc_info=error)
    typer.secho(f"internal error: {type(error).__name__}: {error}", fg="red", err=True)
    typer.echo(f"  This is a bug. Details are in {path}", err=True)
    return 3


if __name__ == "__main__":
    sys.exit(main())
