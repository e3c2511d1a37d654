"""What each stage of a deploy does: from a Deployment to the next one, files written on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from studio import sources
from studio.base.errors import DataError, StudioError
from studio.base.files import write_bytes, write_text
from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.firmware import planner
from studio.firmware.image import Image, TestSet
from studio.formats import dataset as datasets
from studio.formats import map_csv, opt_protobuf, random_frames
from studio.graph import load as graphs
from studio.graph.network import Network
from studio.mapper.layout import Layout
from studio.options import Options
from studio.project import Project
from studio.quantize import conventions
from studio.quantize import stage as quantizer
from studio.quantize import store as qnetworks
from studio.quantize.io import decode, real_outputs
from studio.quantize.layer_options import LayerChoices, signed_inputs
from studio.quantize.qnetwork import ArrayOp, QNetwork, RecurrentOp
from studio.quantize.stage import Samples
from studio.simulate import stage as simulator
from studio.simulate.run import Result, trace
from studio.simulate.stage import Simulation
from studio.sources import find_data
from studio.tune import stage as tuner

CALIBRATION_SAMPLES = 256

T = TypeVar("T")


@dataclass(frozen=True)
class Deployment:
    """A deploy as far as it has come: inputs, and the artifacts of finished stages.

    ``choices`` are those of the layer options. ``inputs_key`` stands for the content of the
    input files, for keeping finished stages.
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
    choices: LayerChoices = field(default_factory=LayerChoices)


def begin(model: Path, data: Path | None, out: Path, options: Options) -> Deployment:
    """A deploy of ``model`` into the folder ``out``; finds data beside the model."""
    project = Project(out)
    project.create()
    chip = chips.load(options.chip).at_baud(options.baud)
    choices = LayerChoices()
    if options.layer_options is not None:
        choices = opt_protobuf.read(options.layer_options, options.layers_shared)
    return Deployment(project, model, data or find_data(model), options, chip, choices=choices)


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
    if options.layer_options is not None:
        raise StudioError(
            "this network is quantized already, and layer options change its integers",
            hint="Quantize the model again with --layer-options; mapping it then follows them.",
            where=str(folder),
        )
    chip = chips.load(project.chip if project.chip.is_file() else options.chip)
    chip = chip.at_baud(options.baud)
    deployment = load_quantized(Deployment(project, folder, data, options, chip))
    if project.layer_options.is_file():
        choices = opt_protobuf.read(project.layer_options, shared=True)
        deployment = replace(deployment, choices=choices)
    if data is None:
        return deployment
    qnetwork = need(deployment.qnetwork)
    frames = random_frames.as_network(qnetwork)
    test = datasets.load(data, frames, streams=qnetwork.streams)
    return replace(deployment, test=test, calibration=test.inputs)


def move(deployment: Deployment, folder: Path) -> Deployment:
    """The same deploy in another results folder: network, chip and samples are copied there."""
    project, before = Project(folder), deployment.project
    project.create()
    if project.folder.resolve() != before.folder.resolve():
        qnetworks.save(need(deployment.qnetwork), project.quantized)
        _save_chip(deployment.chip, project)
        _copy(before.layer_options, project.layer_options)
        _copy(before.source, project.source)
        if before.samples.is_file():
            write_bytes(project.samples, before.samples.read_bytes())
    return replace(deployment, project=project)


def import_graph(deployment: Deployment, job: Job) -> Deployment:
    """Read the model and the samples."""
    network = graphs.load(deployment.model, deployment.options.shapes, job)
    graphs.verify(network)
    network = replace(network, name=deployment.model.stem)
    notes: tuple[str, ...] = ()
    test = None
    signed = random_frames.chosen_signed(deployment.options.signed, network)
    signed += signed_inputs(network, deployment.choices)
    how = "pn" if set(signed) >= set(network.inputs) else deployment.options.signed
    if deployment.data is not None:
        streams = datasets.remembers(network)
        test = datasets.load(deployment.data, network, streams=streams)
        calibration = datasets.load_calibration(deployment.data, network, streams)
        if calibration is None:
            calibration = tuple(x[:CALIBRATION_SAMPLES] for x in test.inputs)
    elif network.dialect == "integer":
        test = random_frames.random_samples(network, signed)
        calibration = test.inputs
        notes = (random_frames.note(network, how),)
    elif deployment.options.synthetic:
        calibration = random_frames.random_samples(network, signed).inputs
        notes = (
            random_frames.note(network, how),
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
    chosen = quantizer.QuantizeOptions(
        deployment.calibration,
        options.method,
        options.percentile,
        options.signed,
        options.tile_rows,
        layers=deployment.choices,
        conventions=conventions.of(options.conventions),
    )
    network, chip = need(deployment.network), deployment.chip
    if options.synthetic and deployment.data is None:  # random frames are nothing to tune by
        qnetwork = quantizer.run(network, chip, chosen, job)
    else:
        tuning = tuner.TuneOptions(
            chosen, options.tune, options.equalize, options.mixed, options.against
        )
        qnetwork = tuner.run(network, chip, tuning, job)
    quantizer.verify(qnetwork, deployment.chip)
    qnetworks.save(qnetwork, deployment.project.quantized)
    _save_chip(deployment.chip, deployment.project)
    _copy(options.layer_options, deployment.project.layer_options)
    chosen_names = ("method", "tune", "equalize", "mixed")
    chosen_options = {name: getattr(options, name) for name in chosen_names}
    sources.save(deployment.project, deployment.model, options.shapes, chosen_options)
    return _with_quantized(deployment, qnetwork)


def _with_quantized(deployment: Deployment, qnetwork: QNetwork) -> Deployment:
    """The deploy with its integers, and a note where they cannot run on the chip's processor."""
    note = planner.too_large(qnetwork, deployment.chip)
    notes = (*deployment.notes, note) if note else deployment.notes
    return replace(deployment, qnetwork=qnetwork, notes=notes)


def _save_chip(chip: Chip, project: Project) -> None:
    write_text(project.chip, Path(chip.source).read_text(encoding="utf-8"))


def _copy(source: Path | None, target: Path) -> None:
    """``target`` like ``source``: the same content, or absent."""
    if source is not None and source.is_file():
        write_bytes(target, source.read_bytes())
    else:
        target.unlink(missing_ok=True)


def load_quantized(deployment: Deployment) -> Deployment:
    """The quantized network of the results folder."""
    return _with_quantized(deployment, qnetworks.load(deployment.project.quantized))


def simulate(deployment: Deployment, job: Job, layers: bool = False) -> Deployment:
    """Exact integers for all test samples; writes outputs.npz."""
    qnetwork = need(deployment.qnetwork)
    test = deployment.test
    if test is None:
        raise DataError("there are no samples to simulate", hint="Add --data FILE.npz or FILE.npy.")
    reset_every = _reset_every(qnetwork, deployment.options.reset_every, test)
    found, result = simulator.run(
        qnetwork, deployment.network, test.inputs, test.labels, job, layers, reset_every
    )
    simulator.verify(found, qnetwork)
    project = deployment.project
    simulator.save(found, project.samples)
    arrays = real_outputs(qnetwork, result.outputs)
    arrays |= trace_outputs(qnetwork, result)
    simulator.save_arrays(arrays, project.outputs)
    return _with_simulation(deployment, found)


def _reset_every(qnetwork: QNetwork, chosen: int | None, test: datasets.Dataset) -> int | None:
    """Before how many samples states are zeroed: as chosen, or a stream's number of steps."""
    if chosen is not None and not qnetwork.stateful:
        raise StudioError(
            "this network remembers nothing from sample to sample",
            hint="Leave out --reset-every.",
            where=qnetwork.name,
        )
    if test.steps is not None and not qnetwork.streams:
        raise DataError(
            f"the data holds streams of {test.steps} steps, and this network's samples are not"
            " steps: they hold their time",
            hint="Save one sample after another, each with all its frames.",
            where=test.source,
        )
    return test.steps if chosen is None else chosen


def trace_outputs(qnetwork: QNetwork, result: Result) -> dict[str, Any]:
    """Traces of array operations and cells as the model sees them, raw integers.

    Array operations inside a cell, which the model does not see: [n, steps, columns].
    """
    outer = {
        trace(op, qnetwork): op.output
        for op in qnetwork.ops
        if isinstance(op, ArrayOp | RecurrentOp)
    }
    return {
        name: decode(qnetwork, outer[name], values) if name in outer else values[:, :, 0]
        for name, values in result.layers.items()
    }


def load_simulation(deployment: Deployment) -> Deployment:
    """The simulated samples of the results folder."""
    return _with_simulation(deployment, simulator.load(deployment.project.samples))


def _with_simulation(deployment: Deployment, found: Simulation) -> Deployment:
    """The deploy with its simulated samples, and a note where the integers lose accuracy."""
    note = simulator.loss_note(found)
    notes = (*deployment.notes, note) if note else deployment.notes
    return replace(deployment, simulation=found, notes=notes)


def build(deployment: Deployment, job: Job) -> Deployment:
    """Generate the C project and compile it."""
    from studio.firmware import stage as firmware  # noqa: PLC0415 - see load_image
    from studio.firmware import store as images  # noqa: PLC0415

    project, options = deployment.project, deployment.options
    simulation, qnetwork = need(deployment.simulation), need(deployment.qnetwork)
    reset_every = options.reset_every
    if deployment.test is not None:
        reset_every = _reset_every(qnetwork, reset_every, deployment.test)
    image = firmware.run(
        qnetwork,
        need(deployment.layout),
        TestSet(simulation.inputs, simulation.labels),
        map_csv.tag(project.map_csv),
        deployment.chip,
        firmware.FirmwareOptions(
            toolchain=options.toolchain,
            optimization="-Og" if options.debug else "-O2",
            samples=options.samples,
            mode=options.mode,
            timing=options.timing,
            sources=options.own,
            reset_every=reset_every,
        ),
        project.firmware,
        job,
    )
    firmware.verify(image, deployment.chip)
    images.save(image, project.image)
    return replace(deployment, image=image)


def load_image(deployment: Deployment) -> Deployment:
    """The built image of the results folder."""
    # Whoever only maps or studies a network need not wait for compilers' modules.
    from studio.firmware import store as images  # noqa: PLC0415

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
