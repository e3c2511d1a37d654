"""What the user may choose about a deploy. Light to import: the window shows it at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from studio.base.fields import option
from studio.mapper.options import SECONDS_MAX, LayerOptions, Place

if TYPE_CHECKING:
    from studio.quantize.histogram import Method
    from studio.quantize.matrix import Signed
    from studio.tune.stage import Level

Mode = Literal["testset", "serial", "live"]


@dataclass(frozen=True)
class Options:
    """Choices of every stage; every field has a sensible default.

    ``layer_options`` is an opt.protobuf; with ``layers_shared`` it may name layers of other
    networks too. ``shapes`` gives sizes to dynamic inputs, ``samples`` limits the test samples
    built into the firmware (None: all that fit), ``labels`` says whether the data must carry
    labels. ``reset_every``: states are zeroed before every so many samples; None is before every
    stream of the data, or else as run.run has it. ``around`` are layers.txt of earlier layouts,
    whose cells stay free; ``places`` are blocks whose place is given. Fields of the groups
    "Quantize", "Map", "Build" and "Emulator" are shown in forms of the window.
    """

    chip: str = option("wtm2101", "Chip", "The chip's id, or its .toml file.", kind="hidden")
    shapes: dict[str, tuple[int, ...]] = option(
        dict, "Shapes", "Sizes of dynamic inputs.", kind="hidden"
    )
    method: Method = option(
        "mse",
        "Calibration",
        "How the range of each tensor is found from the samples: by its extremes, by a percentile,"
        " by the least squared error, or by the least divergence of its distribution.",
        choices=("mse", "minmax", "percentile", "kl"),
        names=("least squared error", "extremes", "percentile", "least divergence"),
        group="Quantize",
    )
    percentile: float = option(
        99.99,
        "Percentile",
        "Values inside the range when calibration goes by percentile.",
        unit="%",
        minimum=50.0,
        maximum=100.0,
        group="Quantize",
    )
    signed: Signed = option(
        "auto",
        "Signed inputs",
        "pn stores weights twice, positive and negative; shift moves the inputs up and takes it"
        " off in the bias.",
        choices=("auto", "pn", "shift"),
        names=("automatic", "pn", "shift"),
        group="Quantize",
    )
    tile_rows: int | None = option(
        None,
        "Rows of a tile",
        "Layers with more inputs are cut into row tiles, which places more easily and changes the"
        " rounding a little.",
        kind="int",
        optional=True,
        none="the largest bank's",
        minimum=1,
        maximum=65536,
        group="Quantize",
    )
    tune: Level = option(
        "fast",
        "Search",
        "How long to search for scales, gains and biases whose outputs come closest to the float"
        " model's.",
        choices=("off", "fast", "thorough"),
        group="Quantize",
    )
    equalize: bool | None = option(
        None,
        "Equalization",
        "Cross-layer equalization evens out the channels' weights.",
        kind="bool",
        optional=True,
        none="where it helps",
        group="Quantize",
    )
    mixed: bool = option(
        False,
        "16-bit weights",
        "Allow 16-bit weights where 8 bits are too few: the CPU multiplies the high bytes.",
        group="Quantize",
    )
    against: str | None = option(
        None,
        "Against noise",
        "Compute layers twice where that helps against this device model of the chip.",
        kind="text",
        optional=True,
        none="off",
        group="Quantize",
    )
    layer_options: Path | None = option(
        None,
        "Layer options",
        "The maker's options for single layers (opt.protobuf).",
        kind="file",
        optional=True,
        none="none",
        files=(".protobuf",),
        group="Quantize",
    )
    conventions: dict[str, str] = option(
        dict, "Conventions", "Open points of the maker's dialect read another way.", kind="hidden"
    )
    layers_shared: bool = option(False, "Shared", "Layer options name other nets.", kind="hidden")
    reset_every: int | None = option(
        None,
        "Reset states every",
        "Zero what the network remembers before every so many samples; 0 is never.",
        kind="int",
        optional=True,
        none="automatic",
        minimum=0,
        maximum=1_000_000,
        unit="samples",
        group="Quantize",
    )
    samples: int | None = option(
        None,
        "Test samples",
        "How many samples are built into the firmware.",
        kind="int",
        optional=True,
        none="all that fit",
        minimum=1,
        maximum=10_000_000,
        group="Build",
    )
    labels: bool = option(
        True,
        "Labels needed",
        "Refuse data without labels, since no accuracy can be told without.",
        group="Build",
    )
    toolchain: str = option(
        "auto",
        "Compiler",
        "zig is the bundled compiler, gcc a RISC-V GCC on the search path, auto the first of them"
        " that works.",
        choices=("auto", "zig", "gcc"),
        names=("automatic", "zig", "gcc"),
        group="Build",
    )
    debug: bool = option(
        False,
        "For the debugger",
        "Compile with -Og instead of -O2: easier to step through, slower and larger. Both carry"
        " debug information.",
        group="Build",
    )
    mode: Mode = option(
        "testset",
        "Samples come",
        "With the firmware, as many as fit; or from the computer while it runs, as many as there"
        " are. A demo begins again when it is through.",
        choices=("testset", "serial", "live"),
        names=("with the firmware", "over the serial line", "with the firmware, as a demo"),
        group="Build",
    )
    timing: bool = option(
        False,
        "Time the layers",
        "Print how long each layer takes.",
        group="Build",
    )
    baud: int | None = option(
        None,
        "Baud rate",
        "How fast the firmware talks.",
        kind="int",
        optional=True,
        none="the chip's",
        minimum=1200,
        maximum=3_000_000,
        group="Build",
    )
    own: Path | None = option(
        None, "Own sources", "Folder of C files that take part in the build.", kind="hidden"
    )
    noise: str | None = option(
        None,
        "Analog noise",
        "Emulate a chip whose cells err as this device model of the chip says.",
        kind="text",
        optional=True,
        none="an ideal chip",
        group="Emulator",
    )
    noise_seed: int = option(
        0,
        "Chip number",
        "Which of the chips that noise makes: each number is another one, always the same.",
        minimum=0,
        maximum=2**31 - 1,
        group="Emulator",
    )
    pace: bool = option(
        False,
        "At the baud rate",
        "Let the emulator's serial line be as slow as a real one.",
        group="Emulator",
    )
    gdb: bool = option(
        False,
        "Wait for a debugger",
        "Start the firmware only when GDB has connected; where, the Run tab tells.",
        group="Emulator",
    )
    synthetic: bool = option(
        False,
        "Random samples",
        "Quantize with random samples where there is no data: only to look at layouts.",
        group="Quantize",
    )
    skip_columns: int | None = option(
        None,
        "Columns to skip",
        "Columns left free at the array's left edge.",
        kind="int",
        optional=True,
        none="the noisy ones",
        minimum=0,
        maximum=65535,
        group="Map",
    )
    bias_rows: int | None = option(
        None,
        "Bias rows",
        "Bias rows a block gets where there is room.",
        kind="int",
        optional=True,
        none="as the chip prefers",
        minimum=1,
        maximum=65535,
        group="Map",
    )
    seconds: float = option(
        1.0,
        "Search time",
        "How long to search for a layout on an ordinary computer.",
        unit="s",
        minimum=0.0,
        maximum=float(SECONDS_MAX),
        group="Map",
    )
    layers: dict[str, LayerOptions] = option(
        dict, "Layers", "Bank, copies and points of single layers.", kind="hidden"
    )
    duplicate: bool = option(
        False,
        "Use free space for speed",
        "Compute several window positions in one round, by copies side by side.",
        group="Map",
    )
    around: tuple[Path, ...] = option(
        (), "Around", "layers.txt of layouts whose cells stay free.", kind="hidden"
    )
    prove_seconds: float = option(
        0.0,
        "Prove with OR-tools",
        "Let OR-tools polish the layout and prove it, for so long; 0 leaves it out.",
        unit="s",
        minimum=0.0,
        maximum=float(SECONDS_MAX),
        group="Map",
    )
    places: tuple[Place, ...] = option((), "Places", "Blocks placed by hand.", kind="hidden")


BUILD_CHOICES = ("toolchain", "samples", "debug", "mode", "timing", "baud")


@dataclass(frozen=True)
class Build:
    """A named set of choices for building firmware, kept in the project file.

    The fields are those of ``Options``.
    """

    name: str
    toolchain: str = "auto"
    samples: int | None = None
    debug: bool = False
    mode: Mode = "testset"
    timing: bool = False
    baud: int | None = None

    @property
    def choices(self) -> dict[str, Any]:
        """The changes of ``Options`` that choose it."""
        return {name: getattr(self, name) for name in BUILD_CHOICES}

    def fits(self, options: Options) -> bool:
        """Whether ``options`` are as this build has them."""
        return all(getattr(options, name) == value for name, value in self.choices.items())


BUILDS = (Build("Release"), Build("Debug", debug=True))  # what every project begins with
