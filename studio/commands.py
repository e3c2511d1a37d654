"""What the commands of the command line do, and how they print it."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from studio import mapping, pipeline, stages
from studio.base.errors import ProjectError, VerifyError
from studio.base.job import Job
from studio.graph import load as graphs
from studio.graph import optable
from studio.mapper import picture as pictures
from studio.mapper.verify import verify_together
from studio.options import Options
from studio.pipeline import Deployment
from studio.project import Project
from studio.stages import need
from studio.tables import layer_rows, percent


class Screen:
    """Where progress and results go: text for people, or JSON on stdout and nothing else."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._console = Console(stderr=as_json, highlight=False, soft_wrap=True)

    def say(self, text: str = "") -> None:
        """One line of text; none with JSON."""
        if not self.as_json:
            self._console.print(text, markup=False)

    def raw(self, data: bytes) -> None:
        """Serial text as it comes; none with JSON."""
        if not self.as_json:
            sys.stdout.write(data.decode("utf-8", "replace").replace("\r", ""))
            sys.stdout.flush()

    def table(self, table: Table) -> None:
        """A table; none with JSON."""
        if not self.as_json:
            self._console.print(table)

    def result(self, tree: dict[str, Any]) -> None:
        """The machine-readable result; only with JSON."""
        if self.as_json:
            sys.stdout.write(json.dumps(tree, ensure_ascii=False) + "\n")

    @contextlib.contextmanager
    def working(self, title: str) -> Iterator[Job]:
        """A Job whose progress shows on a terminal while the block runs."""
        if self.as_json or not self._console.is_terminal:
            yield Job()
            return
        with self._console.status(title) as status:
            yield Job(lambda done, total, text: status.update(f"{title}: {text}"))

    def done(self, title: str, seconds: float, text: str) -> None:
        """One line for a finished stage."""
        self.say(f"{title:<16}{seconds:7.2f} s   {text}")


def prepare(deployment: Deployment, names: tuple[str, ...], screen: Screen) -> Deployment:
    """Run the named stages with one line each."""
    told: set[str] = set()
    for stage in pipeline.STAGES:
        if stage.name in names:
            deployment = step(deployment, stage, names, screen)
            tell_notes(deployment, screen, told)
    return deployment


def tell_notes(deployment: Deployment, screen: Screen, told: set[str]) -> None:
    """The remarks there are so far, each once."""
    for note in (*deployment.notes, *(deployment.qnetwork.notes if deployment.qnetwork else ())):
        if note not in told:
            screen.say(f"note: {note}")
            told.add(note)


def step(
    deployment: Deployment, stage: pipeline.Stage, names: tuple[str, ...], screen: Screen
) -> Deployment:
    """Run one stage of those named, with its line."""
    with screen.working(stage.title) as job:
        deployment = pipeline.prepare_one(deployment, stage, names, job)
    text = summary(stage.name, deployment)
    if stage.name in deployment.cached:
        text += " (unchanged)"
    screen.done(stage.title, deployment.seconds[stage.name], text)
    return deployment


def summary(stage: str, deployment: Deployment) -> str:
    """What a finished stage made, in a few words."""
    match stage:
        case "graph":
            network = need(deployment.network)
            samples = len(deployment.test) if deployment.test else 0
            return f"{len(network.nodes)} nodes, {network.dialect}, {samples} samples"
        case "quantize":
            qnetwork = need(deployment.qnetwork)
            return f"{len(qnetwork.ops)} operations, {len(qnetwork.array_ops)} on the array"
        case "simulate":
            simulation = need(deployment.simulation)
            if simulation.accuracy_integer is None:
                return f"{simulation.samples} samples"
            words = [f"integer {percent(simulation.accuracy_integer)}"]
            if simulation.accuracy_float is not None:
                words.insert(0, f"float {percent(simulation.accuracy_float)}")
            return f"{simulation.samples} samples, accuracy " + ", ".join(words)
        case "map":
            layout = need(deployment.layout)
            used = percent(layout.utilization.cells)
            return f"{len(layout.blocks)} blocks, {used} of the array"
        case _:
            image = need(deployment.image)
            return (
                f"{image.toolchain}, {image.samples} samples,"
                f" code {image.sizes.code} B, data {image.sizes.data} B"
            )


def inspect(model: Path, shapes: dict[str, tuple[int, ...]], screen: Screen) -> None:
    """Inputs, outputs and nodes of a model."""
    network = graphs.load(model, shapes)
    nodes = [
        {
            "name": node.name,
            "op": node.op,
            "shape": list(network.shapes.get(node.outputs[0], ())),
            # What is not in the table the loader made of something that is.
            "runs_on": optable.TABLE[node.op].runs if node.op in optable.TABLE else "CPU",
        }
        for node in network.nodes
    ]
    screen.say(f"{network.source}: {network.dialect} model, {len(nodes)} nodes")
    for kind, names in (("input", network.inputs), ("output", network.outputs)):
        for name in names:
            screen.say(f"{kind:<8}{name} {list(network.shapes[name])}")
    table = Table("node", "op", "output shape", "runs on", box=SIMPLE)
    for node in nodes:
        table.add_row(*(str(node[key]) for key in ("name", "op", "shape", "runs_on")))
    screen.table(table)
    weights = sum(int(array.size) for array in network.constants.values())
    screen.say(f"{weights} constants")
    screen.result(
        {
            "model": str(model),
            "dialect": network.dialect,
            "inputs": {name: list(network.shapes[name]) for name in network.inputs},
            "outputs": {name: list(network.shapes[name]) for name in network.outputs},
            "nodes": nodes,
        }
    )


def quantize(model: Path, data: Path | None, out: Path, options: Options, screen: Screen) -> None:
    """Read and quantize."""
    deployment = prepare(pipeline.begin(model, data, out, options), ("graph", "quantize"), screen)
    qnetwork = need(deployment.qnetwork)
    screen.say(f"Written: {deployment.project.quantized}")
    screen.result(
        {
            "folder": str(deployment.project.quantized),
            "layers": layer_rows(qnetwork),
            "notes": [*deployment.notes, *qnetwork.notes],
        }
    )


def simulate(
    model: Path, data: Path | None, out: Path, options: Options, screen: Screen, layers: bool
) -> None:
    """Quantize where needed, then simulate."""
    if model.is_dir():
        deployment = stages.reopen(model, data, options)
        deployment = replace(deployment, project=Project(out))
    else:
        deployment = prepare(
            pipeline.begin(model, data, out, options), ("graph", "quantize"), screen
        )
    pipeline.forget(deployment.project, "simulate")
    earlier = len(deployment.notes)
    with screen.working("Simulate") as job:
        deployment = stages.simulate(deployment, job, layers)
    simulation = need(deployment.simulation)
    screen.say(summary("simulate", deployment))
    for note in deployment.notes[earlier:]:
        screen.say(f"note: {note}")
    screen.say(f"Written: {deployment.project.outputs}")
    screen.result(
        {
            "outputs": str(deployment.project.outputs),
            "samples": simulation.samples,
            "accuracy_float": simulation.accuracy_float,
            "accuracy_integer": simulation.accuracy_integer,
            "notes": list(deployment.notes),
        }
    )


def picture(folder: Path, out: Path, values: bool, dark: bool, screen: Screen) -> None:
    """Draw the array of a mapped results folder, or of the folder of networks that share it."""
    folders = [folder]
    if not Project(folder).layout.is_file() and Project(folder).map_csv.is_file():
        folders = sorted(path.parent for path in folder.glob("*/layout.json")) or folders
    with screen.working("Draw the array"):
        found = [mapping.load_layout(stages.reopen(own, None, Options())) for own in folders]
        networks = [(need(own.qnetwork).name, need(own.layout)) for own in found]
        _check_shared(found)
        pictures.save(out, networks, found[0].chip, values=values, dark=dark)
    screen.say(f"Written: {out}")
    blocks = sum(len(layout.blocks) for _, layout in networks)
    screen.result({"picture": str(out), "networks": len(networks), "blocks": blocks})


def _check_shared(found: Sequence[Deployment]) -> None:
    """Refuse networks of several chips, or that take the same cells."""
    chip, folder = found[0].chip, found[0].project.folder.parent
    hint = "Map them again together, or draw each folder by itself."
    if any(own.chip != chip for own in found):
        raise ProjectError("these networks are for different chips", hint=hint, where=str(folder))
    try:
        verify_together([need(own.layout) for own in found], chip, ())
    except VerifyError as error:
        raise ProjectError(
            f"these networks were not mapped together: {error}", hint=hint, where=str(folder)
        ) from error
