"""The options several commands share, and reading what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from studio.base.errors import StudioError

PROVE_SECONDS = 10.0

Model = Annotated[Path, typer.Argument(help="The model, an .onnx file.", show_default=False)]
Source = Annotated[
    Path,
    typer.Argument(help="An .onnx file, or a results folder to go on from.", show_default=False),
]
Sources = Annotated[
    list[Path],
    typer.Argument(
        help="An .onnx file, or a results folder to go on from; several to share the array.",
        show_default=False,
    ),
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
DataFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--data",
        help="Samples: .npz with x and y (labels), or .npy. With several models once for each,"
        " in their order. Default: NAME.npz beside the model.",
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
BiasRows = Annotated[
    int | None,
    typer.Option(
        help="Bias rows a block gets where there is room. Default: what the chip prefers.",
        min=1,
        show_default=False,
    ),
]
Blocks = Annotated[
    Path, typer.Argument(metavar="NETWORK.csv", help="The blocks, see above.", show_default=False)
]
Rectangles = Annotated[
    Path | None,
    typer.Option(
        "--chip", metavar="CHIP.csv", help="The rectangles, see above.", show_default=False
    ),
]
Cores = Annotated[
    int | None,
    typer.Option(help="Instead of --chip: so many equal rectangles.", min=1, max=100_000),
]
CoreRows = Annotated[int | None, typer.Option("--rows", help="Their rows.", min=1)]
CoreColumns = Annotated[int | None, typer.Option("--columns", help="Their columns.", min=1)]
Places = Annotated[
    Path,
    typer.Option("--out", metavar="PLACED.csv", help="The file to write.", show_default=False),
]
Seconds = Annotated[float, typer.Option(help="How long to search for a layout.", min=0)]
Banks = Annotated[
    list[str] | None,
    typer.Option(
        "--bank",
        metavar="LAYER=BANK",
        help="Bank a layer must lie in, for instance fc1=upper. Repeatable.",
        show_default=False,
    ),
]
Copies = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LAYER=N",
        help="Store a layer 2, 4, 8 times, stacked, which averages noise. Repeatable.",
        show_default=False,
    ),
]
Points = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LAYER=N",
        help="Compute N window positions of a layer in one round, by copies side by side."
        " Repeatable.",
        show_default=False,
    ),
]
Duplicate = Annotated[
    bool,
    typer.Option("--duplicate", help="Use free space for speed: points where they help."),
]
Around = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="The layers.txt of an earlier layout, to place around its blocks. Repeatable.",
        show_default=False,
    ),
]
Prove = Annotated[
    bool, typer.Option("--prove", help="Let OR-tools polish the layout and prove it, for 10 s.")
]
ProveSeconds = Annotated[
    float | None,
    typer.Option(help="The same for so many seconds.", min=0, show_default=False),
]
Method = Annotated[
    str, typer.Option(help="How calibration finds ranges: minmax, percentile, mse or kl.")
]
Tune = Annotated[
    str,
    typer.Option(
        help="How long to search for scales, gains and biases whose outputs come closest to the"
        " float model's: off, fast (about a second for a small model) or thorough."
    ),
]
Equalize = Annotated[
    bool | None,
    typer.Option(
        "--equalize/--no-equalize",
        help="Cross-layer equalization of weights. Default: where it helps.",
        show_default=False,
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against-noise",
        metavar="MODEL",
        help="Compute layers twice where that helps against this device model of the chip file:"
        " nor55, sonos or stuck.",
        show_default=False,
    ),
]
Mixed = Annotated[
    bool,
    typer.Option(
        "--mixed",
        help="Allow 16-bit weights where 8 bits are too few: the CPU multiplies the high bytes.",
    ),
]
Signed = Annotated[
    str,
    typer.Option(
        help="How signed inputs meet the array: pn (twice the rows), shift (bias), or auto."
    ),
]
TileRows = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Cut layers into row tiles of at most N array rows (PN takes two an input), which"
        " places more easily and changes the rounding a little. Default: the largest bank's.",
        min=1,
        show_default=False,
    ),
]
LayerFile = Annotated[
    Path | None,
    typer.Option(
        "--layer-options",
        metavar="FILE",
        help="The maker's options for single layers (opt.protobuf): inputs, weights, copies, bank,"
        " sparse weights, points. See resources/opt.proto.",
        show_default=False,
    ),
]
ResetEvery = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Zero what the network remembers before every N samples; 0 is never. Default: before"
        " every stream of the data, and where samples hold their time, before every sample.",
        min=0,
        show_default=False,
    ),
]
Samples = Annotated[
    int | None,
    typer.Option(
        help="Test samples to build in. Default: all that fit.", min=1, show_default=False
    ),
]
Conventions = Annotated[
    list[str] | None,
    typer.Option(
        "--convention",
        metavar="NAME=VALUE",
        help="Read a point of the maker's dialect that nothing public settles in another way;"
        " resources/operators.md names them. Repeatable.",
        show_default=False,
    ),
]
NoLabels = Annotated[
    bool, typer.Option("--no-labels", help="The data has no labels: compare outputs only.")
]
Toolchain = Annotated[str, typer.Option(help="Compiler: auto, zig, or gcc.")]
Debug = Annotated[bool, typer.Option("--debug", help="Build for the debugger: -Og instead of -O2.")]
Mode = Annotated[
    str,
    typer.Option(
        help="Samples come with the firmware (testset), over the serial line as many as there are"
        " (serial), or with the firmware in a demo without end (live)."
    ),
]
Baud = Annotated[
    int | None,
    typer.Option(
        help="How fast the firmware talks. Default: the chip's.",
        min=1200,
        max=3_000_000,
        show_default=False,
    ),
]
Timing = Annotated[
    bool, typer.Option("--timing", help="Have the firmware tell how long each layer takes.")
]
Own = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="C sources of yours to build too; one named like ours (main.c, npu_emulator.c,"
        " link.ld) takes its place.",
        exists=True,
        file_okay=False,
        show_default=False,
    ),
]
Target = Annotated[
    str,
    typer.Option(
        metavar="PORT",
        help="Where to run: emulator, or the board at a port (COM3, /dev/ttyUSB0; see `ports`)."
        " `settings` says which tools reach the board.",
    ),
]
Noise = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Emulate a chip with this device model's noise: nor55, sonos, stuck, or a .toml"
        " file. Default: an ideal chip.",
        show_default=False,
    ),
]
NoiseSeed = Annotated[
    int, typer.Option("--chip-number", help="Which of the noisy chips; with --noise.", min=0)
]
Pace = Annotated[bool, typer.Option("--pace", help="Let the emulator talk at the baud rate.")]
Gdb = Annotated[bool, typer.Option("--gdb", help="Let the emulated firmware wait for GDB.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, nothing else.")]


def options(
    chip: str,
    shapes: list[str] | None = None,
    method: str = "mse",
    signed: str = "auto",
    **others: Any,
) -> Any:
    """Options of the pipeline from what was typed. Raises StudioError for what makes no sense."""
    from studio.options import Options  # noqa: PLC0415 - keep --help quick

    choice("--method", method, ("minmax", "percentile", "mse", "kl"))
    choice("--tune", others.get("tune", "fast"), ("off", "fast", "thorough"))
    choice("--signed", signed, ("auto", "pn", "shift"))
    choice("--mode", others.get("mode", "testset"), ("testset", "serial", "live"))
    if others.get("noise_seed") and others.get("noise") is None:
        raise typer.BadParameter("only with --noise MODEL.", param_hint="--chip-number")
    chosen: dict[str, Any] = {"method": method, "signed": signed} | others
    return Options(chip=chip, shapes=sizes(shapes or []), **chosen)


def port(target: str) -> str:
    """The port of ``--target``; "" for the emulator."""
    return "" if target == "emulator" else target


def choice(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a word on the command line that is none of ``known``, as a wrong usage."""
    if value not in known:
        raise typer.BadParameter(f"{value}: choose one of {', '.join(known)}.", param_hint=name)


def pairs(option: str, texts: Sequence[str] | None) -> dict[str, str]:
    """Names and values from NAME=VALUE. Raises StudioError for anything else."""
    found = {}
    for text in texts or ():
        name, _, value = text.partition("=")
        if not name.strip() or not value.strip():
            raise StudioError(f"cannot read {option} {text}", hint=f"Write {option} NAME=VALUE.")
        found[name.strip()] = value.strip()
    return found


def sizes(shapes: list[str]) -> dict[str, tuple[int, ...]]:
    """Sizes of inputs from NAME=1,3,32,32. Raises StudioError for anything else."""
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


def placing(
    banks: Sequence[str] | None = None,
    copies: Sequence[str] | None = None,
    points: Sequence[str] | None = None,
    around: Sequence[Path] | None = None,
    prove: bool = False,
    prove_seconds: float | None = None,
    **others: Any,
) -> dict[str, Any]:
    """The mapper's options from what was typed; ``others`` are passed on as they are.

    Raises StudioError for what cannot be read, and for two values of one choice.
    """
    from studio.mapper.options import LayerOptions  # noqa: PLC0415 - keep --help quick

    chosen: dict[str, dict[str, Any]] = {}
    for title, texts in (("bank", banks), ("copies", copies), ("points", points)):
        for text in texts or ():
            layer, value = _of_layer(title, text)
            before = chosen.setdefault(layer, {}).setdefault(title, value)
            if before != value:
                raise StudioError(
                    f"--{title} gives {layer} two values, {before} and {value}",
                    hint=f"Write --{title} once for each layer.",
                )
    if prove_seconds is None:
        prove_seconds = PROVE_SECONDS if prove else 0.0
    return others | {
        "layers": {layer: LayerOptions(**own) for layer, own in chosen.items()},
        "around": tuple(around or ()),
        "prove_seconds": prove_seconds,
    }


def _of_layer(title: str, text: str) -> tuple[str, str | int]:
    """Layer and value from LAYER=VALUE; the layer's name may hold any character."""
    layer, _, typed = text.rpartition("=")
    value: str | int = typed.strip()
    if title != "bank":
        value = int(typed) if typed.strip().isdecimal() else ""
    if not layer or value == "":
        example = "upper" if title == "bank" else "2"
        raise StudioError(
            f"cannot read --{title} {text}",
            hint=f"Write --{title} LAYER={example}, the layer's name as `map` lists it.",
        )
    return layer, value


def results_folder(out: Path | None, model: Path, *others: Path) -> Path:
    """The results folder: as named, the folder itself when going on from one, or results/NAME.

    With several models, NAME is all their names.
    """
    if out is not None:
        return out
    if model.is_dir() and not others:
        return model
    names = [path.resolve().name if path.is_dir() else path.stem for path in (model, *others)]
    return Path("results") / "+".join(names)[:80].rstrip(". ")
