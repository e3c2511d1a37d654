"""What ``map`` does, for one network or several on one array, and how it prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from studio import commands, map_report, mapping, pipeline, stages, tables
from studio.base.errors import StudioError
from studio.commands import Screen
from studio.mapper import estimate
from studio.mapper.options import MapOptions, wanted_bias_rows
from studio.options import Options
from studio.pipeline import Deployment
from studio.project import Project, folder_names
from studio.quantize.layer_options import layers, unknown_layer
from studio.stages import need


def map_weights(
    sources: Sequence[Path], data: Sequence[Path], out: Path, options: Options, screen: Screen
) -> None:
    """Quantize where needed, then map; several networks share the array.

    ``data`` are the samples of each source, in order, or nothing for those beside the models.
    """
    if len(data) not in (0, len(sources)):
        raise StudioError(
            f"the number of data files ({len(data)}) is not that of networks ({len(sources)})",
            hint="Give --data once for each network, in their order, or leave it out to take"
            " NAME.npz beside each model.",
        )
    own: Sequence[Path | None] = data or [None] * len(sources)
    if len(sources) == 1:
        found: Sequence[Deployment] = (_alone(sources[0], own[0], out, options, screen),)
    else:
        found = _together(sources, own, out, options, screen)
    _tell(found, out, screen)


def _alone(
    source: Path, data: Path | None, out: Path, options: Options, screen: Screen
) -> Deployment:
    if not source.is_dir():
        start = pipeline.begin(source, data, out, options)
        return commands.prepare(start, ("graph", "quantize", "map"), screen)
    deployment = _reopened(source, data, out, options)
    with screen.working("Map weights") as job:
        found = mapping.map_weights(deployment, job)
    _say_new((deployment,), (found,), screen)
    return found


def _reopened(source: Path, data: Path | None, folder: Path, options: Options) -> Deployment:
    """The network of a results folder in ``folder``; what was made of another is forgotten."""
    deployment = stages.move(stages.reopen(source, data, options), folder)
    same = folder.resolve() == source.resolve()
    pipeline.forget(deployment.project, "map" if same else "quantize")
    return deployment


def _together(
    sources: Sequence[Path],
    data: Sequence[Path | None],
    out: Path,
    options: Options,
    screen: Screen,
) -> tuple[Deployment, ...]:
    """A results folder for each network in ``out``, all with the map of all."""
    deployments = []
    options = replace(options, layers_shared=True)
    for source, own, name in zip(sources, data, folder_names(sources), strict=True):
        screen.say(f"{name}:")
        deployments.append(_ready(source, own, out / name, options, screen))
    _check_layers(deployments)
    projects = [deployment.project for deployment in deployments]
    for project in projects:
        pipeline.forget(project, "map")
    with screen.working("Map weights") as job:
        folders = [Project(out).map, *(project.map for project in projects)]
        found = mapping.map_together(deployments, folders, job)
    _say_new(deployments, found, screen)
    return found


def _check_layers(deployments: Sequence[Deployment]) -> None:
    """Refuse layer options for a layer that none of the networks has."""
    known = dict.fromkeys(name for own in deployments for name in layers(need(own.qnetwork)))
    for deployment in deployments:
        for choice in deployment.choices.choices:
            if choice.layer not in known:
                raise unknown_layer(choice.layer, list(known), deployment.choices.source)


def _say_new(before: Sequence[Deployment], after: Sequence[Deployment], screen: Screen) -> None:
    """The notes that mapping added, each once."""
    old = {note for deployment in before for note in deployment.notes}
    for note in dict.fromkeys(note for own in after for note in own.notes if note not in old):
        screen.say(f"note: {note}")


def _ready(
    source: Path, data: Path | None, folder: Path, options: Options, screen: Screen
) -> Deployment:
    """One network quantized, and simulated where there are samples, so that it can be built."""
    if source.is_dir():
        return _reopened(source, data, folder, options)
    start = pipeline.begin(source, data, folder, options)
    deployment = commands.prepare(start, ("graph", "quantize"), screen)
    if deployment.test is None:
        return deployment
    simulate = next(stage for stage in pipeline.STAGES if stage.name == "simulate")
    return commands.step(deployment, simulate, (), screen)


def _tell(found: Sequence[Deployment], folder: Path, screen: Screen) -> None:
    """Tables, use of the array and what is known of the search."""
    chip = found[0].chip
    wanted = wanted_bias_rows(chip, MapOptions(bias_rows=found[0].options.bias_rows))
    layouts = [need(deployment.layout) for deployment in found]
    several = len(found) > 1
    estimates = [
        estimate.of_network(need(deployment.qnetwork), layout.blocks, chip)
        for deployment, layout in zip(found, layouts, strict=True)
    ]
    for deployment, layout in zip(found, layouts, strict=True):
        if several:
            screen.say(f"{deployment.project.folder.name}:")
        screen.table(tables.layer_table(need(deployment.qnetwork), layout))
    for line in map_report.lines(layouts, chip, wanted):
        screen.say(line)
    for deployment, own in zip(found, estimates, strict=True):
        if several:
            screen.say(f"{deployment.project.folder.name}:")
        screen.table(tables.estimate_table(own))
    screen.say(f"Estimates, of one inference, {estimate.origin(estimates[0])}")
    joint = f"{folder}, the map of all in {Project(folder).map}"
    screen.say(f"Written: {joint if several else found[0].project.map}")
    tree = {"map": str(Project(folder).map)} | map_report.tree(layouts, chip, wanted)
    notes = list(dict.fromkeys(note for deployment in found for note in deployment.notes))
    if several:
        tree["networks"] = [
            {
                "folder": str(deployment.project.folder),
                "layout": str(deployment.project.layout),
                "blocks": len(layout.blocks),
                "utilization": layout.utilization.cells,
                "estimate": estimate.tree(own),
            }
            for deployment, layout, own in zip(found, layouts, estimates, strict=True)
        ]
    else:
        tree["layout"] = str(found[0].project.layout)
        tree["estimate"] = estimate.tree(estimates[0])
    screen.result(tree | {"notes": notes})
