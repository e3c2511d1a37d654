"""The map stage: one network's weights on the array, or several networks' together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from studio.base.errors import StudioError
from studio.base.files import write_bytes
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.formats import expected, layers_txt, map_csv, random_frames
from studio.mapper import choices
from studio.mapper import stage as mapper
from studio.mapper import store as layouts
from studio.mapper.layout import Layout
from studio.mapper.options import LayerOptions
from studio.options import Options
from studio.quantize.io import encode
from studio.quantize.qnetwork import Int16, QNetwork
from studio.simulate import stage as simulator
from studio.simulate.frames import frames
from studio.stages import Deployment, need

EXPECTED_FRAMES = 100


def map_weights(deployment: Deployment, job: Job) -> Deployment:
    """Place the weights; writes layout.json and the map folder."""
    return map_together((deployment,), (deployment.project.map,), job)[0]


def map_together(
    deployments: Sequence[Deployment], folders: Sequence[Path], job: Job
) -> tuple[Deployment, ...]:
    """Place the weights of networks that share one chip, by the first one's options.

    Each results folder gets its layout.json. The map is one for all networks, in their order,
    since the chip is programmed once; it is written to each of ``folders``.
    """
    deployments = [_with_frames(deployment) for deployment in deployments]
    chip, options = deployments[0].chip, deployments[0].options
    for deployment in deployments:
        if deployment.chip != chip:
            raise StudioError(
                f"made for another chip than {deployments[0].project.folder}",
                hint="Networks share a chip only where all were quantized for it.",
                where=str(deployment.project.folder),
            )
    qnetworks = [need(deployment.qnetwork) for deployment in deployments]
    layers = layer_options(deployments)
    found = mapper.run_all(qnetworks, chip, map_options(options, chip, layers), job)
    job.step(1, 3, "computing expected frames")
    answers = [_expected(own, layout) for own, layout in zip(deployments, found, strict=True)]
    job.step(2, 3, "writing map.csv")
    first, *others = folders
    map_csv.write_cells(first / map_csv.NAME, map_csv.from_layouts(found, chip))
    lines = [line for layout in found for line in layers_txt.from_layout(layout)]
    layers_txt.write_lines(first / layers_txt.NAME, lines)
    expected.write(
        first,
        [x for own in answers for x in own.inputs],
        [y for own in answers for y in own.outputs],
    )
    for folder in others:
        for name in (map_csv.NAME, layers_txt.NAME, expected.IN, expected.OUT):
            write_bytes(folder / name, (first / name).read_bytes())
    for deployment, layout in zip(deployments, found, strict=True):
        layouts.save(layout, deployment.project.layout)
    job.step(3, 3, "mapped")
    return tuple(
        _with(deployment, layout, options, layers)
        for deployment, layout in zip(deployments, found, strict=True)
    )


def layer_options(deployments: Sequence[Deployment]) -> Mapping[str, LayerOptions]:
    """The mapper's choices for layers: the first one's options, and everybody's layer options.

    Raises StudioError where they contradict each other.
    """
    layers: Mapping[str, LayerOptions] = deployments[0].options.layers
    for deployment in deployments:
        given = deployment.choices
        own = choices.of_network(need(deployment.qnetwork), given, deployment.chip)
        layers = choices.merged(layers, own, given.source)
    return layers


def _with(
    deployment: Deployment, layout: Layout, options: Options, layers: Mapping[str, LayerOptions]
) -> Deployment:
    """The deployment with its layout, and notes on choices that came to less than was asked."""
    notes = [
        f"{layer} has {points} positions: {points} points"
        for layer, own in layers.items()
        for points in {block.points for block in layout.blocks if block.layer == layer}
        if points < own.points
    ]
    notes += [
        f"{path} has no blocks: there is nothing to stay clear of"
        for path in options.around
        if not layers_txt.read(path)
    ]
    new = tuple(note for note in notes if note not in deployment.notes)
    return replace(deployment, layout=layout, notes=deployment.notes + new)


def _expected(deployment: Deployment, layout: Layout) -> expected.Expected:
    qnetwork = need(deployment.qnetwork)
    inputs = _frame_inputs(deployment, qnetwork)
    return expected.of_layout(layout, frames(qnetwork, inputs, EXPECTED_FRAMES, layout))


def map_options(
    options: Options, chip: Chip, layers: Mapping[str, LayerOptions]
) -> mapper.MapOptions:
    """The mapper's part of the options. Raises DataError for a broken layers.txt."""
    taken = [own for path in options.around for own in layers_txt.occupied(path, chip)]
    return mapper.MapOptions(
        skip_columns=options.skip_columns,
        bias_rows=options.bias_rows,
        seconds=options.seconds,
        layers=layers,
        duplicate=options.duplicate,
        occupied=tuple(taken),
        prove_seconds=options.prove_seconds,
        places=options.places,
    )


def _with_frames(deployment: Deployment) -> Deployment:
    """With random frames, and a note of them, where there are no samples at all."""
    known = deployment.simulation is not None or deployment.calibration is not None
    if known or deployment.project.samples.is_file():
        return deployment
    note = (
        f"No data was given, and {deployment.project.folder} holds no simulated samples:"
        f" {random_frames.COUNT} random frames are used, signed where the inputs were quantized so."
    )
    found = random_frames.of_range(need(deployment.qnetwork))
    return replace(deployment, calibration=found, notes=(*deployment.notes, note))


def _frame_inputs(deployment: Deployment, qnetwork: QNetwork) -> tuple[Int16, ...]:
    """Encoded samples for the expected frames: those at hand, or the ones in the folder."""
    if deployment.simulation is not None:
        return tuple(x[:EXPECTED_FRAMES] for x in deployment.simulation.inputs)
    if deployment.calibration is not None:
        return encode(qnetwork, tuple(x[:EXPECTED_FRAMES] for x in deployment.calibration))
    return tuple(x[:EXPECTED_FRAMES] for x in simulator.load(deployment.project.samples).inputs)


def load_layout(deployment: Deployment) -> Deployment:
    """The layout of the results folder."""
    project = deployment.project
    layout = layouts.load(project.layout, need(deployment.qnetwork), deployment.chip)
    return _with(deployment, layout, deployment.options, layer_options((deployment,)))
