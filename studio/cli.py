"""The command line: every stage alone, and the whole way at once."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from studio import __version__
from studio.base import log, paths
from studio.base.errors import Cancelled, StudioError

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="cim-studio",
    help="Take an ONNX model to a compute-in-memory chip: quantize it, map its weights onto the"
    " analog array, build the firmware and run it on the built-in emulator.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

Model = Annotated[Path, typer.Argument(help="The model, an .onnx file.", show_default=False)]
Source = Annotated[
    Path,
    typer.Argument(help="An .onnx file, or a results folder to go on from.", show_default=False),
]
Folder = Annotated[
    Path, typer.Argument(help="A results folder an earlier command filled.", show_default=False)
]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Samples: .npz with x and y (labels), or .npy. Default: NAME.npz beside the model.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(help="Results folder. Default: results/NAME.", show_default=False),
]
ChipName = Annotated[str, typer.Option("--chip", help="Chip id, or a chip's .toml file.")]
Shapes = Annotated[
    list[str] | None,
    typer.Option(
        "--shape", help="Size of a dynamic input: NAME=1,3,32,32. Repeatable.", show_default=False
    ),
]
SkipColumns = Annotated[
    int | None,
    typer.Option(
        help="Columns left free at the array's left edge. Default: the chip's noisy ones.",
        min=0,
        show_default=False,
    ),
]
Method = Annotated[str, typer.Option(help="How calibration finds ranges: minmax or percentile.")]
Signed = Annotated[
    str,
    typer.Option(
        help="How signed inputs meet the array: pn (twice the rows), shift (bias), or auto."
    ),
]
Samples = Annotated[
    int | None,
    typer.Option(
        help="Test samples to build in. Default: all that fit.", min=1, show_default=False
    ),
]
NoLabels = Annotated[
    bool, typer.Option("--no-labels", help="The data has no labels: compare outputs only.")
]
Toolchain = Annotated[str, typer.Option(help="Compiler: auto, zig, or gcc.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, nothing else.")]


def options(
    chip: str,
    shapes: list[str] | None = None,
    method: str = "minmax",
    signed: str = "auto",
    **others: Any,
) -> Any:
    """Options of the pipeline from what was typed. Raises StudioError for what makes no sense."""
    from studio.stages import Options  # noqa: PLC0415 - keep --help quick

    _choice("--method", method, ("minmax", "percentile"))
    _choice("--signed", signed, ("auto", "pn", "shift"))
    chosen: dict[str, Any] = {"method": method, "signed": signed} | others
    return Options(chip=chip, shapes=_sizes(shapes or []), **chosen)


def _choice(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise StudioError(f"{name} {value} is unknown", hint=f"Choose one of {', '.join(known)}.")


def _sizes(shapes: list[str]) -> dict[str, tuple[int, ...]]:
    found = {}
    for text in shapes:
        name, _, numbers = text.rpartition("=")
        try:
            found[name] = tuple(int(number) for number in numbers.split(","))
        except ValueError:
            name = ""
        if not name:
            raise StudioError(f"cannot read the shape {text}", hint="Write --shape NAME=1,3,32,32.")
    return found


@app.command()
def deploy(
    model: Model,
    data: Data = None,
    chip: ChipName = "wtm2101",
    target: Annotated[str, typer.Option(help="Where to run: emulator.")] = "emulator",
    out: Out = None,
    shape: Shapes = None,
    method: Method = "minmax",
    signed: Signed = "auto",
    samples: Samples = None,
    no_labels: NoLabels = False,
    toolchain: Toolchain = "auto",
    skip_columns: SkipColumns = None,
    as_json: Json = False,
) -> None:
    """Do the whole way: read, quantize, simulate, map, build, run, compare."""
    from studio import commands  # noqa: PLC0415

    _choice("--target", target, ("emulator",))
    chosen = options(
        chip,
        shape,
        method,
        signed,
        samples=samples,
        labels=not no_labels,
        toolchain=toolchain,
        skip_columns=skip_columns,
    )
    commands.deploy(model, data, _folder(out, model), chosen, commands.Screen(as_json))


@app.command()
def demo(out: Out = None, as_json: Json = False) -> None:
    """Deploy the bundled digits example to the emulator."""
    from studio import commands  # noqa: PLC0415

    model = paths.resource("examples", "digits", "digits.onnx")
    commands.deploy(model, None, _folder(out, model), options("wtm2101"), commands.Screen(as_json))


@app.command()
def inspect(model: Model, shape: Shapes = None, as_json: Json = False) -> None:
    """Show a model's inputs, outputs and nodes, and what runs where."""
    from studio import commands  # noqa: PLC0415

    commands.inspect(model, _sizes(shape or []), commands.Screen(as_json))


@app.command()
def quantize(
    model: Model,
    data: Data = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    shape: Shapes = None,
    method: Method = "minmax",
    signed: Signed = "auto",
    as_json: Json = False,
) -> None:
    """Turn a float model into chip integers; writes DIR/quantized."""
    from studio import commands  # noqa: PLC0415

    chosen = options(chip, shape, method, signed)
    commands.quantize(model, data, _folder(out, model), chosen, commands.Screen(as_json))


@app.command()
def simulate(
    model: Source,
    data: Data = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    layers: Annotated[
        bool, typer.Option("--layers", help="Also write every array operation's result.")
    ] = False,
    shape: Shapes = None,
    method: Method = "minmax",
    signed: Signed = "auto",
    as_json: Json = False,
) -> None:
    """Compute the chip's exact integers; writes DIR/outputs.npz."""
    from studio import commands  # noqa: PLC0415

    chosen = options(chip, shape, method, signed)
    commands.simulate(model, data, _folder(out, model), chosen, commands.Screen(as_json), layers)


@app.command("map")
def map_(
    model: Source,
    data: Data = None,
    chip: ChipName = "wtm2101",
    out: Out = None,
    shape: Shapes = None,
    method: Method = "minmax",
    signed: Signed = "auto",
    skip_columns: SkipColumns = None,
    as_json: Json = False,
) -> None:
    """Place the weights on the array; writes DIR/map and DIR/layout.json."""
    from studio import commands  # noqa: PLC0415

    chosen = options(chip, shape, method, signed, synthetic=True, skip_columns=skip_columns)
    commands.map_weights(model, data, _folder(out, model), chosen, commands.Screen(as_json))


@app.command()
def build(
    folder: Folder,
    samples: Samples = None,
    toolchain: Toolchain = "auto",
    as_json: Json = False,
) -> None:
    """Generate and compile the firmware of a simulated and mapped results folder."""
    from studio import commands  # noqa: PLC0415

    chosen = options("wtm2101", samples=samples, toolchain=toolchain)
    commands.build(folder, chosen, commands.Screen(as_json))


@app.command()
def run(
    folder: Folder,
    timeout: Annotated[float, typer.Option(help="Seconds of silence before giving up.")] = 60.0,
    as_json: Json = False,
) -> None:
    """Run a built results folder on the emulator; writes serial.log and result.json."""
    from studio import commands  # noqa: PLC0415

    commands.run(folder, options("wtm2101"), timeout, commands.Screen(as_json))


@app.command()
def emulate(
    elf: Annotated[Path, typer.Option(help="The firmware, an ELF file.", show_default=False)],
    map_file: Annotated[
        Path, typer.Option("--map", help="map.csv or its folder.", show_default=False)
    ],
    uart: Annotated[int, typer.Option(help="TCP port of the UART on 127.0.0.1; 0 = any.")] = 0,
    chip: ChipName = "wtm2101",
) -> None:
    """Run the emulator alone; connect any terminal program to its port."""
    command = [sys.executable, "-m", "studio.emulator", "--elf", str(elf), "--map", str(map_file)]
    command += ["--uart", str(uart), "--chip", chip]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def _folder(out: Path | None, model: Path) -> Path:
    """The results folder: as named, the folder itself when going on from one, or results/NAME."""
    if out is not None:
        return out
    return model if model.is_dir() else Path("results") / model.stem


def main() -> int:
    """Run one command; the exit code: 0 done, 1 user's error, 2 usage, 3 bug, 130 cancelled."""
    return guarded(lambda: app(standalone_mode=False), "--json" in sys.argv)


def guarded(command: Callable[[], object], as_json: bool) -> int:
    """Run ``command`` and turn what it raises into words and an exit code."""
    try:
        code = command()
    except StudioError as error:
        _tell(error, as_json)
        return 1
    except (Cancelled, KeyboardInterrupt, typer.Abort):
        typer.echo("cancelled", err=True)
        return 130
    except typer.Exit as stop:
        return stop.exit_code
    except Exception as error:
        return _unexpected(error, as_json)
    return code if isinstance(code, int) else 0


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
