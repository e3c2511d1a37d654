"""What the commands that study a network do, and how they print it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from rich.box import SIMPLE
from rich.table import Table

from studio import pipeline, sources, stages
from studio.base.errors import DataError
from studio.commands import Screen, prepare
from studio.graph import load as graphs
from studio.graph.network import Network
from studio.options import Options
from studio.pipeline import Deployment
from studio.project import Project
from studio.quantize import io
from studio.quantize.stage import Samples
from studio.simulate import compare, reference
from studio.simulate import stage as simulator
from studio.simulate.advice import Given
from studio.simulate.compare import LayerReport, Report
from studio.simulate.errors import MOST_DB
from studio.stages import need
from studio.tables import percent

MOST_SAMPLES = 256


def report(
    model: Path,
    data: Path | None,
    out: Path,
    options: Options,
    float_model: Path | None,
    samples: int | None,
    screen: Screen,
) -> None:
    """How exact each operation is, entire and single, the worst first.

    ``model`` is an .onnx file or a results folder; of a folder, ``float_model`` is the model to
    compare with.
    Without ``data`` a folder's own samples are taken. Raises DataError without samples, and for
    a float model that is not the folder's.
    """
    if model.is_dir():
        deployment, network, inputs, given = _reopened(model, data, options, float_model, screen)
    else:
        start = pipeline.begin(model, data, out, options)
        deployment = prepare(start, ("graph", "quantize"), screen)
        network, given = deployment.network, _given(vars(options))
        inputs = deployment.test.inputs if deployment.test is not None else None
    if inputs is None:
        raise DataError(
            "a report needs samples to run",
            hint="Add --data FILE.npz or FILE.npy.",
            where=str(model),
        )
    count = samples or MOST_SAMPLES
    chosen = tuple(x[:count] for x in inputs)
    with screen.working("Compare") as job:
        found = compare.run(need(deployment.qnetwork), network, chosen, job, given)
    show(found, screen)
    screen.result(tree(found))


def _reopened(
    folder: Path, data: Path | None, options: Options, float_model: Path | None, screen: Screen
) -> tuple[Deployment, Network | None, Samples | None, Given]:
    """A results folder's network, its float model and samples where known, its options."""
    project = Project(folder)
    source = sources.load(project)
    deployment = stages.reopen(folder, data, options)
    qnetwork = need(deployment.qnetwork)
    inputs = deployment.test.inputs if deployment.test is not None else None
    if inputs is None and project.samples.is_file():
        inputs = io.real_inputs(qnetwork, simulator.load(project.samples).inputs)
        screen.say("Samples: those the folder was simulated with, as the chip's integers.")
    network = None
    if float_model is not None:
        network = graphs.load(float_model, options.shapes or source.shapes)
        reference.check(network, qnetwork, str(float_model))
        if source.digest not in ("", sources.content(float_model)):
            screen.say(f"note: {float_model} has changed since it was quantized into this folder.")
    elif source.model and not qnetwork.integer:
        screen.say(f"note: --model PATH/{source.model} compares with the float model, too.")
    return deployment, network, inputs, _given(source.options)


def _given(options: Mapping[str, Any]) -> Given:
    """The options in force, for suggestions, as far as they are known."""
    level, equal = str(options.get("tune", "")), options.get("equalize")
    tried = equal is True or (equal is None and level in ("fast", "thorough"))
    return Given(str(options.get("method", "")), level, tried, bool(options.get("mixed")))


def show(found: Report, screen: Screen) -> None:
    """The report for people: tables with the worst first, then what to do."""
    layers = [found.layer(name) for name in found.worst]
    if found.reference:
        screen.say(f"{found.network}: {found.samples} samples, the worst single layers first.")
        screen.say(
            "SNR in dB, cosine similarity, Euclidean distance over length, largest error, and how"
            " many values saturate."
        )
        screen.say("single: each layer by itself, on the float model's values")
        screen.table(_table(layers, "single"))
        screen.say("entire: with the errors of all layers before")
        screen.table(_table(layers, "entire"))
        for output, errors in found.outputs.items():
            screen.say(
                f"output {output}: SNR {_db(errors.snr)} dB, cosine {errors.cosine:.5f},"
                f" largest error {errors.max_error:.4g}"
            )
    else:
        table = Table("layer", "runs on", "lowest", "highest", "at the limit", box=SIMPLE)
        for layer in layers:
            limited = percent(layer.limited)
            table.add_row(layer.name, layer.kind, str(layer.low), str(layer.high), limited)
        screen.say(
            f"{found.network}: {found.samples} samples. There is no float model to compare with:"
            " this is what the integers make of their range."
        )
        screen.table(table)
    for layer in layers:
        if layer.suggestion:
            screen.say(f"{layer.name}: {layer.suggestion}")


def _table(layers: Sequence[LayerReport], mode: Literal["single", "entire"]) -> Table:
    """One row a layer; "single" also says what its error comes from."""
    last = "cause" if mode == "single" else "levels"
    table = Table("layer", "SNR", "cosine", "dist.", "max", "sat.", last, box=SIMPLE)
    table.columns[0].overflow = "fold"
    for column in table.columns[1:6]:
        column.justify, column.no_wrap = "right", True
    table.columns[6].no_wrap = True
    for layer in layers:
        errors = layer.single if mode == "single" else layer.entire
        numbers = ["-"] * 5
        if errors is not None:
            numbers = [
                _db(errors.snr),
                f"{errors.cosine:.5f}",
                f"{errors.distance:.4f}",
                f"{errors.max_error:.3g}",
                percent(errors.saturation),
            ]
        cause, share = next(iter(layer.shares.items()), ("", 0.0))
        said = f"{cause} {100 * share:.0f} %" if cause else ""
        levels = f"{layer.low}..{layer.high}"
        table.add_row(layer.name, *numbers, said if mode == "single" else levels)
    return table


def _db(value: float) -> str:
    return "exact" if value >= MOST_DB else f"{value:.1f}"


def tree(found: Report) -> dict[str, Any]:
    """The report as JSON, layers in execution order."""
    return asdict(found)
