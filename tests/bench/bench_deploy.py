"""Networks from the built firmware to the last sample: what building and running them takes.

``python -m tests.bench.bench_deploy [SHARED]``, where SHARED is the folder of the reference data
(by default beside the repository). For each network and both ways its samples may come:

- build: the project written and compiled anew, and again with nothing changed,
- download: the firmware into a halted chip by a real GDB, compared there, where one is installed,
- program: the emulator's process from its start until the array is programmed,
- first line: until the firmware has said something,
- samples a second, from the processor's start to the last one, and of the emulator's own processor
  time,
- the same samples in the simulator, as the peer: how many times slower the emulated chip is.

Then the maker's models, as they are: what fits, in how many bytes and cycles, and what does not.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from studio import pipeline, runs, stages
from studio.base import paths
from studio.base.errors import StudioError, ToolError
from studio.base.job import Job
from studio.base.settings import Settings
from studio.board import tools
from studio.board.download import GdbServer, download
from studio.options import Options
from studio.pipeline import Deployment
from studio.simulate import run as simulate
from studio.stages import need
from studio.target import Emulation, Live, started

ROOT = Path(__file__).parents[2]
MNIST = 10_000  # images streamed
CONSOLE = Console(width=144)


@dataclass
class Clock:
    """When the steps of a run began, in seconds from its start."""

    start: float = field(default_factory=time.perf_counter)
    steps: dict[str, float] = field(default_factory=dict)
    first: float = 0.0
    last: float = 0.0

    def live(self, live: Live) -> None:
        self.steps.setdefault(live.step, time.perf_counter() - self.start)

    def data(self, data: bytes) -> None:
        now = time.perf_counter() - self.start
        self.first = self.first or now
        if b"sample:" in data:
            self.last = now


def networks(shared: Path, folder: Path) -> Mapping[str, tuple[Path, Path | None]]:
    """Models and their samples by name."""
    found: dict[str, tuple[Path, Path | None]] = {
        "digits": (paths.resource("examples", "digits", "digits.onnx"), None)
    }
    if not shared.is_dir():
        return found
    found["speech_dnn"] = (shared / "vendor" / "speech_dnn" / "model.onnx", None)
    test = np.load(shared / "data" / "mnist_test.npz")
    images = (test["x"][:MNIST, None] / 255).astype(np.float32)
    data = folder / "mnist.npz"
    np.savez(data, x=images, y=test["y"][:MNIST], calibration=images[:256])
    found["MNIST CNN"] = (ROOT / "tests" / "data" / "models" / "mnist_cnn.onnx", data)
    return found


def measure(name: str, made: Deployment, mode: str, table: Table) -> None:
    """One row: build and run ``made`` with samples as ``mode`` says."""
    options = replace(made.options, mode=mode)  # type: ignore[arg-type]
    shutil.rmtree(made.project.firmware, ignore_errors=True)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        built = stages.build(replace(made, options=options), Job())
        seconds.append(time.perf_counter() - start)
    image, simulation = need(built.image), need(built.simulation)
    expected = (need(built.qnetwork), simulation)
    loaded = download_seconds(built)
    clock = Clock()
    found = runs.run(
        built.project, image, built.chip, expected, Job(), on_bytes=clock.data, on_live=clock.live
    )
    runs.verify(found, image, simulation)
    inputs = tuple(x[: found.samples] for x in simulation.inputs)
    prepared = simulate.prepare(expected[0])
    simulate.run_prepared(prepared, inputs)
    start = time.perf_counter()
    simulate.run_prepared(prepared, inputs)
    peer = found.samples / (time.perf_counter() - start)
    rate = found.samples / max(clock.last - clock.steps["run"], 1e-9)
    table.add_row(
        name,
        mode,
        f"{seconds[0]:.2f} / {seconds[1]:.2f}",
        "-" if loaded is None else f"{loaded:.2f}",
        f"{clock.steps.get('run', 0.0):.2f}",
        f"{clock.first:.2f}",
        str(found.samples),
        f"{rate:,.0f}",
        f"{found.samples / max(found.busy_seconds, 1e-9):,.0f}",
        f"{peer / rate:,.0f}",
        f"{100 * found.accuracy:.2f} %" if found.accuracy is not None else "-",
    )


def download_seconds(made: Deployment) -> float | None:
    """What a download through the emulator's debug server takes; None without a GDB."""
    try:
        gdb = Path(tools.find("gdb", Settings()))
    except ToolError:
        return None
    image = need(made.image)
    with started(made.project, image, made.chip, Emulation(gdb=True)) as emulator:
        how = GdbServer(gdb, "127.0.0.1", emulator.gdb_port)
        return download(image.elf, how, made.chip, Job()).seconds


def zoo(shared: Path, folder: Path) -> None:
    """The maker's models: what fits and what it takes."""
    table = Table("model", "result", "code", "data", "NPU memory", "cycles a sample", box=SIMPLE)
    for model in sorted((shared / "vendor" / "zoo").glob("*.onnx")):
        options = Options(samples=4, synthetic=True, tune="off")
        out = folder / model.stem
        try:
            made = pipeline.prepare(pipeline.begin(model, None, out, options))
            image, simulation = need(made.image), need(made.simulation)
            expected = (need(made.qnetwork), simulation)
            found = runs.run(made.project, image, made.chip, expected, Job())
        except StudioError as error:
            table.add_row(model.stem, error.message[:70])
            continue
        equal = found.samples - found.differing
        sizes = image.sizes
        table.add_row(
            model.stem,
            f"{equal} of {found.samples} samples equal",
            f"{sizes.code:,}",
            f"{sizes.data:,}",
            f"{sizes.sram:,}",
            f"{found.cycles // found.samples:,}",
        )
    CONSOLE.print(table)


def main(shared: Path) -> None:
    """Print both tables."""
    table = Table(
        "network", "samples come", "build s, again", "download s", "program s", "first line s",
        "samples", "samples/s", "of CPU time", "simulator, times", "accuracy", box=SIMPLE,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, (model, data) in networks(shared, folder).items():
            options = Options(tune="off")
            start = pipeline.begin(model, data, folder / title, options)
            made = pipeline.prepare(start, pipeline.up_to("map"))
            for mode in ("testset", "serial"):
                measure(title, made, mode, table)
        CONSOLE.print(table)
        if shared.is_dir():
            zoo(shared, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT.parent / "shared")
