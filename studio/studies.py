"""What the window asks of a deploy beside its stages; these run in the worker.

The window's process names these functions but never calls them: what they need is imported by the
call, since importing it takes a second and would hold the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.job import Job

if TYPE_CHECKING:
    from studio.base.settings import Settings
    from studio.board.maker_export import MakerFolder
    from studio.board.maker_import import Comparison
    from studio.chip.chip import Chip
    from studio.layer_check import LayerCheck
    from studio.mapper.estimate import Estimates
    from studio.mapper.layout import Layout
    from studio.simulate.compare import Report
    from studio.simulate.noise_study import Study
    from studio.stages import Deployment

COMPARED = 64  # samples: enough for every figure's second digit, and quick


def compare_layers(job: Job, deployment: Deployment, samples: int = COMPARED) -> Report | None:
    """How exact each layer is on the first ``samples`` test samples; None without samples."""
    from studio.simulate import compare  # noqa: PLC0415 - see above
    from studio.simulate.advice import Given  # noqa: PLC0415
    from studio.stages import need  # noqa: PLC0415

    if deployment.test is None:
        return None
    options = deployment.options
    tried = options.equalize is True or (options.equalize is None and options.tune != "off")
    given = Given(options.method, options.tune, tried, options.mixed)
    inputs = tuple(x[:samples] for x in deployment.test.inputs)
    return compare.run(need(deployment.qnetwork), deployment.network, inputs, job, given)


def estimate_time(job: Job, deployment: Deployment) -> Estimates:
    """Latency and energy of one inference, layer by layer."""
    from studio.mapper import estimate  # noqa: PLC0415 - see above
    from studio.stages import need  # noqa: PLC0415

    job.step(0, 1, "")
    return estimate.of_network(
        need(deployment.qnetwork), need(deployment.layout).blocks, deployment.chip
    )


def check_layers(
    job: Job, deployment: Deployment, port: str, samples: int
) -> tuple[LayerCheck, ...]:
    """Each layer by itself on the board at ``port``, or without one on the emulator."""
    from studio import layer_check  # noqa: PLC0415 - see above
    from studio.session import EMULATOR, Session  # noqa: PLC0415
    from studio.stages import need  # noqa: PLC0415
    from studio.target import Emulation  # noqa: PLC0415

    options = deployment.options
    emulation = Emulation(options.noise, options.noise_seed)
    inputs = [x[:samples] for x in need(deployment.simulation).inputs]
    folder = deployment.project.folder
    with Session(port or EMULATOR, folder, emulation=emulation, job=job) as session:
        return layer_check.check(session, need(deployment.qnetwork), inputs, job)


def export_to_maker(job: Job, deployment: Deployment, out: Path) -> MakerFolder:
    """The folder ``out`` for the maker's mapper."""
    from studio import maker_flow  # noqa: PLC0415 - see above

    network = deployment.network
    dialect = network is not None and network.dialect == "integer"
    return maker_flow.export(deployment, out, deployment.model if dialect else None, job)


def run_maker(job: Job, folder: Path, settings: Settings, into: Path) -> Comparison:
    """The maker's mapper on an exported folder, its output compared and taken over."""
    from studio.board import maker_run  # noqa: PLC0415 - see above

    maker_run.run(folder, settings, job)
    return take_over(job, folder, into)


def take_over(job: Job, folder: Path, into: Path) -> Comparison:
    """What the maker's mapper wrote, compared with our map and copied into the results."""
    from studio import maker_flow  # noqa: PLC0415 - see above

    job.step(0, 1, "")
    return maker_flow.take_over(folder, into)[0]


@dataclass(frozen=True)
class NoiseChoice:
    """What to study: ``chips`` chips of the chip file's device model ``model``, on ``samples``.

    ``seconds`` since they were programmed, at ``celsius``; ``layers``: also each layer's noise
    alone.
    """

    model: str
    chips: int = 50
    samples: int = 500
    seconds: float = 0.0
    celsius: float = 25.0
    layers: bool = True
    seed: int = 0


def noise_study(job: Job, deployment: Deployment, choice: NoiseChoice) -> Study:
    """Noisy chips of the network as it is mapped."""
    from studio.chip import noise as noises  # noqa: PLC0415 - see above
    from studio.chip.noise import Conditions  # noqa: PLC0415
    from studio.simulate import monte_carlo  # noqa: PLC0415
    from studio.stages import need  # noqa: PLC0415

    chip, simulation = deployment.chip, need(deployment.simulation)
    count = min(choice.samples, simulation.samples)
    labels = None if simulation.labels is None else simulation.labels[:count]
    options = monte_carlo.Options(
        chips=choice.chips,
        seed=choice.seed,
        conditions=Conditions(choice.seconds, choice.celsius),
        sensitivity_chips=max(2, min(10, choice.chips // 5)) if choice.layers else 0,
        pool=False,  # the worker is a daemon, which may not start processes
    )
    return monte_carlo.run(
        need(deployment.qnetwork),
        need(deployment.layout),
        tuple(x[:count] for x in simulation.inputs),
        labels,
        chip,
        noises.pick(chip.noise, choice.model, chip.name),
        options,
        job,
    )


def noise_picture(job: Job, study: Study, path: Path, dark: bool) -> Path:
    """Draw a study into an .svg or .png."""
    from studio.simulate import noise_plot  # noqa: PLC0415 - see above

    job.step(0, 1, path.name)
    noise_plot.save(study, path, dark=dark)
    return path


def layout_picture(
    job: Job, layout: Layout, name: str, chip: Chip, path: Path, values: bool, dark: bool
) -> Path:
    """Draw a layout, as it is in the window, into an .svg or .png."""
    from studio.mapper import picture  # noqa: PLC0415 - see above

    job.step(0, 1, path.name)
    picture.save(path, [(name, layout)], chip, values=values, dark=dark)
    return path
