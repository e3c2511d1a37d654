"""What the commands that build firmware and run it do, and how they print it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio import mapping, pipeline, runs, stages, target
from studio.base import settings
from studio.board_run import Board
from studio.commands import Screen, prepare, summary
from studio.options import Options
from studio.pipeline import Deployment
from studio.stages import need
from studio.tables import layer_table, percent, result_table, time_table
from studio.target import Run


def deploy(
    model: Path,
    data: Path | None,
    out: Path,
    options: Options,
    screen: Screen,
    port: str = "",
) -> None:
    """The whole way, to the board at ``port``, else to the emulator; writes result.json."""
    start = pipeline.begin(model, data, out, options)
    deployment = prepare(start, pipeline.ALL, screen)
    found = _run(deployment, runs.TIMEOUT, screen, port)
    screen.say()
    screen.table(layer_table(need(deployment.qnetwork), need(deployment.layout)))
    screen.table(result_table(deployment, found))
    screen.say(f"Results: {deployment.project.folder.resolve()}")


def _run(deployment: Deployment, timeout: float, screen: Screen, port: str = "") -> Run:
    """The last stage, with result.json written."""
    project, image, options = deployment.project, need(deployment.image), deployment.options
    expected = (need(deployment.qnetwork), need(deployment.simulation))
    with screen.working("Run") as job:
        found = runs.run(
            project,
            image,
            deployment.chip,
            expected,
            job,
            on_bytes=screen.raw if image.mode == "live" or target.own_main(image) else None,
            on_live=_gdb(screen) if options.gdb else None,
            timeout=timeout,
            emulation=target.Emulation.of(options),
            board=Board(port, settings.load(), screen.say) if port else None,
        )
    model, simulation = str(deployment.model), need(deployment.simulation)
    tree = target.save_result(project, model, simulation, image, deployment.seconds, found)
    runs.verify(found, image, simulation)
    ratio = "no labels" if found.accuracy is None else f"accuracy {percent(found.accuracy)}"
    text = (
        f"{found.samples} samples, {ratio}" if found.samples else "your firmware tells no samples"
    )
    if found.noise is not None or found.analog:
        text += f", {found.samples - found.differing} exact"
    if found.noise is not None:
        text += f", {found.noise} chip {found.noise_seed}"
    if found.instructions:
        speed = found.instructions / max(found.busy_seconds, 1e-9) / 1e6
        text += f", {speed:.1f} M instructions/s"
    screen.done("Run", found.seconds, text)
    if found.times:
        screen.table(time_table(found.times))
    screen.result(tree)
    return found


def _gdb(screen: Screen) -> Callable[[target.Live], None]:
    """Tells where a debugger may connect, once."""
    told: list[int] = []

    def hear(live: target.Live) -> None:
        if live.gdb and not told:
            told.append(live.gdb)
            screen.say(f"GDB: target remote localhost:{live.gdb}")

    return hear


def build(folder: Path, options: Options, screen: Screen) -> None:
    """Firmware from a simulated and mapped results folder."""
    deployment = mapping.load_layout(stages.load_simulation(stages.reopen(folder, None, options)))
    pipeline.forget(deployment.project, "build")
    with screen.working("Build firmware") as job:
        deployment = stages.build(deployment, job)
    image = need(deployment.image)
    screen.say(summary("build", deployment))
    screen.say(f"Written: {image.elf}")
    screen.result(
        {"elf": str(image.elf), "samples": image.samples, "sizes": vars(image.sizes).copy()}
    )


def run(folder: Path, options: Options, timeout: float, screen: Screen, port: str = "") -> None:
    """Run a built results folder, on the board at ``port`` or without one on the emulator."""
    deployment = stages.load_simulation(stages.reopen(folder, None, options))
    _run(stages.load_image(deployment), timeout, screen, port)
    screen.say(f"Written: {deployment.project.result}")
