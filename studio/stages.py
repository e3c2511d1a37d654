"""What each stage of a deploy does: from a Deployment to the next one, files written on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from studio.base.errors import DataError, StudioError
from studio.base.files import write_bytes, write_text
from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.firmware import stage as firmware
from studio.firmware import store as images
from studio.firmware.image import Image, TestSet
from studio.formats import dataset as datasets
from studio.formats import map_csv, random_frames
from studio.graph import load as graphs
from studio.graph.network import Network
from studio.mapper import stage as mapper
from studio.mapper.layout import Layout
from studio.project import Project
from studio.quantize import stage as quantizer
from studio.quantize import store as qnetworks
from studio.quantize.calibrate import Method
from studio.quantize.io import decode, real_outputs
from studio.quantize.matrix import Signed
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import Samples
from studio.simulate import stage as simulator
from studio.simulate.run import Result
from studio.simulate.stage import Simulation

CALIBRATION_SAMPLES = 256

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """What the user may choose about a deploy; every field has a sensible default.

    ``shapes`` gives sizes to dynamic inputs, ``samples`` limits the test samples built into
    the firmware (None: all that fit), ``labels`` says whether the data must carry labels. The
    last lines are the mapper's (MapOptions); ``around`` are layers.txt of earlier layouts, whose
    cells stay free.
    """

    chip: str = "wtm2101"
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    method: Method = "minmax"
    percentile: float = 99.99
    signed: Signed = "auto"
    tile_rows: int | None = None
    samples: int | None = None
    labels: bool = True
    toolchain: str = "auto"
    synthetic: bool = False
    skip_columns: int | None = None
    bias_rows: int | None = None
    seconds: float = 1.0
    layers: dict[str, mapper.LayerOptions] = field(default_factory=dict)
    duplicate: bool = False
    around: tuple[Path, ...] = ()
    prove_seconds: float = 0.0


@dataclass(frozen=True)
class Deployment:
    """A deploy as far as it has come: inputs, and the artifacts of finished stages.

    ``inputs_key`` stands for the content of the input files, for keeping finished stages.
    """

    project: Project
    model: Path
    data: Path | None
    options: Options
    chip: Chip
    network: Network | None = None
    calibration: Samples | None = None
    test: datasets.Dataset | None = None
    qnetwork: QNetwork | None = None
    simulation: Simulation | None = None
    layout: Layout | None = None
    image: Image | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    cached: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    inputs_key: str = ""


def begin(model: Path, data: Path | None, out: Path, options: Options) -> Deployment:
    """A deploy of ``model`` into the folder ``out``; finds data beside the model."""
    project = Project(out)
    project.create()
    chip = chips.load(options.chip)
    return Deployment(project, model, data or find_data(model), options, chip)


def reopen(folder: Path, data: Path | None, options: Options) -> Deployment:
    """A deploy to go on from the quantized network in a results folder, with that folder's chip.

    Raises ProjectError where there is none, DataError for samples that do not fit it, StudioError
    for choices that only quantizing can follow.
    """
    project = Project(folder)
    if options.tile_rows is not None:
        raise StudioError(
            "this network is quantized already, and its row tiles are cut",
            hint="Quantize the model again with --tile-rows.",
            where=str(folder),
        )
    chip = chips.load(project.chip if project.chip.is_file() else options.chip)
    deployment = load_quantized(Deployment(project, folder, data, options, chip))
    if data is None:
        return deployment
    test = datasets.load(data, random_frames.as_network(need(deployment.qnetwork)))
    return replace(deployment, test=test, calibration=test.inputs)


def move(deployment: Deployment, folder: Path) -> Deployment:
    """The same deploy in another results folder: network, chip and samples are copied there."""
    project, before = Project(folder), deployment.project
    project.create()
    if project.folder.resolve() != before.folder.resolve():
        qnetworks.save(need(deployment.qnetwork), project.quantized)
        _save_chip(deployment.chip, project)
        if before.samples.is_file():
            write_bytes(project.samples, before.samples.read_bytes())
    return replace(deployment, project=project)


def find_data(model: Path) -> Path | None:
    """Samples that lie beside a model under its name: NAME.npz or NAME.npy."""
    found = (model.with_suffix(suffix) for suffix in (".npz", ".npy"))
    return next((path for path in found if path.is_file()), None)


def import_graph(deployment: Deployment, job: Job) -> Deployment:
    """Read the model and the samples."""
    network = graphs.load(deployment.model, deployment.options.shapes, job)
    graphs.verify(network)
    network = replace(network, name=deployment.model.stem)
    notes: tuple[str, ...] = ()
    test = None
    signed = random_frames.chosen_signed(deployment.options.signed, network)
    if deployment.data is not None:
        test = datasets.load(deployment.data, network)
        calibration = datasets.load_calibration(deployment.data, network)
        if calibration is None:
            calibration = tuple(x[:CALIBRATION_SAMPLES] for x in test.inputs)
    elif network.dialect == "integer":
        test = random_frames.random_samples(network, signed)
        calibration = test.inputs
        notes = (random_frames.note(network, deployment.options.signed),)
    elif deployment.options.synthetic:
        calibration = random_frames.random_samples(network, signed).inputs
        notes = (
            random_frames.note(network, deployment.options.signed),
            "Ranges come from these frames too, so the network's accuracy means nothing.",
        )
    else:
        raise DataError(
            "a float model needs samples to be quantized, and none were given",
            hint="Drop a data file on the window, or add --data FILE.npz (arrays x and y) on the"
            f" command line, or put {deployment.model.stem}.npz beside the model.",
            where=str(deployment.model),
        )
    return replace(
        deployment,
        network=network,
        test=test,
        calibration=calibration,
        notes=deployment.notes + notes,
    )


def quantize(deployment: Deployment, job: Job) -> Deployment:
    """Float to chip integers, or an integer model as it is."""
    options = deployment.options
    qnetwork = quantizer.run(
        need(deployment.network),
        deployment.chip,
        quantizer.QuantizeOptions(
            deployment.calibration,
            options.method,
            options.percentile,
            options.signed,
            options.tile_rows,
        ),
        job,
    )
    quantizer.verify(qnetwork, deployment.chip)
    qnetworks.save(qnetwork, deployment.project.quantized)
    _save_chip(deployment.chip, deployment.project)
    return replace(deployment, qnetwork=qnetwork)


def _save_chip(chip: Chip, project: Project) -> None:
    write_text(project.chip, Path(chip.source).read_text(encoding="utf-8"))


def load_quantized(deployment: Deployment) -> Deployment:
    """The quantized network of the results folder."""
    return replace(deployment, qnetwork=qnetworks.load(deployment.project.quantized))


def simulate(deployment: Deployment, job: Job, layers: bool = False) -> Deployment:
    """Exact integers for all test samples; writes outputs.npz."""
    qnetwork = need(deployment.qnetwork)
    test = deployment.test
    if test is None:
        raise DataError("there are no samples to simulate", hint="Add --data FILE.npz or FILE.npy.")
    found, result = simulator.run(
        qnetwork, deployment.network, test.inputs, test.labels, job, layers
    )
    simulator.verify(found, qnetwork)
    project = deployment.project
    simulator.save(found, project.samples)
    arrays = real_outputs(qnetwork, result.outputs)
    arrays |= trace_outputs(qnetwork, result)
    simulator.save_arrays(arrays, project.outputs)
    return replace(deployment, simulation=found)


def trace_outputs(qnetwork: QNetwork, result: Result) -> dict[str, Any]:
    """Traces of the array operations as the model sees them, raw integers."""
    where = {op.trace: op.output for op in qnetwork.array_ops}
    return {name: decode(qnetwork, where[name], values) for name, values in result.layers.items()}


def load_simulation(deployment: Deployment) -> Deployment:
    """The simulated samples of the results folder."""
    return replace(deployment, simulation=simulator.load(deployment.project.samples))


def build(deployment: Deployment, job: Job) -> Deployment:
    """Generate the C project and compile it."""
    project, options = deployment.project, deployment.options
    simulation = need(deployment.simulation)
    image = firmware.run(
        need(deployment.qnetwork),
        need(deployment.layout),
        TestSet(simulation.inputs, simulation.labels),
        map_csv.tag(project.map_csv),
        deployment.chip,
        firmware.FirmwareOptions(toolchain=options.toolchain, samples=options.samples),
        project.firmware,
        job,
    )
    firmware.verify(image, deployment.chip)
    images.save(image, project.image)
    return replace(deployment, image=image)


def load_image(deployment: Deployment) -> Deployment:
    """The built image of the results folder."""
    return replace(deployment, image=images.load(deployment.project.image))


def check_labels(deployment: Deployment) -> None:
    """Refuse an .npz without labels where an accuracy is expected (an .npy never has any)."""
    data = deployment.data
    if deployment.options.labels and data is not None and data.suffix.lower() == ".npz":
        datasets.require_labels(need(deployment.test))


def need(artifact: T | None) -> T:
    """An artifact of an earlier stage; its absence is a bug."""
    if artifact is None:
        raise AssertionError("a stage ran before the one it needs")
    return artifact
