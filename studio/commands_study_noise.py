"""What ``noise`` does, and how it prints it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from studio import commands, mapping, pipeline, stages
from studio.base.errors import StudioError
from studio.chip import chip as chips
from studio.chip import noise as noises
from studio.chip.chip import Chip
from studio.chip.noise import DeviceModel
from studio.commands import Screen
from studio.formats import program_log
from studio.mapper.layout import Layout
from studio.options import Options
from studio.pipeline import Deployment
from studio.project import write_json
from studio.simulate import monte_carlo, noise_fit, noise_plot, noise_study
from studio.simulate.noise_fit import Fit
from studio.simulate.noise_study import Study
from studio.stages import need
from studio.tables import percent

_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31557600.0}
_SAMPLES = 1000


@dataclass(frozen=True)
class Choice:
    """Which device model: a preset of the chip, or one of ``file``; ``changes`` are NAME=VALUE.

    ``fit`` is a programming tool's log to fit it to.
    """

    preset: str | None = None
    file: Path | None = None
    changes: Sequence[str] = ()
    fit: Path | None = None


def noise(
    source: Path,
    data: Path | None,
    out: Path,
    options: Options,
    choice: Choice,
    study: monte_carlo.Options,
    samples: int | None,
    screen: Screen,
) -> None:
    """Monte-Carlo over chips; writes noise.npz, noise.svg and noise.json, and a fitted model."""
    deployment = _ready(source, data, out, options, screen)
    qnetwork, layout = need(deployment.qnetwork), need(deployment.layout)
    simulation = need(deployment.simulation)
    folder = deployment.project.folder
    count = min(samples or _SAMPLES, simulation.samples)
    inputs = tuple(x[:count] for x in simulation.inputs)
    labels = None if simulation.labels is None else simulation.labels[:count]
    model = chosen(choice, deployment.chip)
    fitted = None
    if choice.fit is not None:
        log = program_log.read(choice.fit)
        with screen.working("Fit") as job:
            fitted = noise_fit.fit(
                log.correlations, qnetwork, layout, inputs, deployment.chip, model,
                source=choice.fit.name, job=job,
            )  # fmt: skip
        model = fitted.model
        noises.save(model, folder / "noise.toml")
        _tell_fit(fitted, len(log.correlations), screen)
    with screen.working("Noise") as job:
        found = monte_carlo.run(
            qnetwork, layout, inputs, labels, deployment.chip, model, study, job
        )
    if fitted is not None:
        found = replace(found, notes=fitted.notes)
    files = {name: folder / f"noise.{name}" for name in ("npz", "svg", "json")}
    noise_study.save(found, files["npz"])
    noise_plot.save(found, files["svg"])
    tree = found.tree() | {"layout": layout_tree(layout, deployment.chip)}
    if fitted is not None:
        tree["fit"] = _fit_tree(fitted) | {"model": str(folder / "noise.toml")}
    write_json(files["json"], tree)
    _tell(found, layout, deployment.chip, screen)
    written = ", ".join(str(path) for path in files.values())
    screen.say(f"Written: {written}")
    screen.result(tree | {"files": {name: str(path) for name, path in files.items()}})


def _ready(
    source: Path, data: Path | None, out: Path, options: Options, screen: Screen
) -> Deployment:
    """Quantized, simulated and mapped: from a results folder, or from a model."""
    if not source.is_dir():
        names = ("graph", "quantize", "simulate", "map")
        return commands.prepare(pipeline.begin(source, data, out, options), names, screen)
    deployment = stages.reopen(source, data, options)
    deployment = mapping.load_layout(deployment)
    if data is None:
        deployment = stages.load_simulation(deployment)
    else:
        pipeline.forget(deployment.project, "simulate")
        with screen.working("Simulate") as job:
            deployment = stages.simulate(deployment, job)
    return stages.move(deployment, out)


def chosen(choice: Choice, chip: Chip) -> DeviceModel:
    """The device model the user named. Raises ChipError where there is none, or a wrong number."""
    if choice.file is not None:
        model = noises.load(choice.file, choice.preset)
    else:
        model = noises.pick(presets(chip), choice.preset or "nor55", chip.name)
    values = {}
    for text in choice.changes:
        name, _, typed = text.partition("=")
        try:
            values[name.strip()] = float(typed)
        except ValueError:
            raise StudioError(
                f"cannot read --set {text}",
                hint=f"Write --set NAME=NUMBER. Names: {', '.join(noises.NUMBERS)}.",
            ) from None
    return model.with_values(values, "Set by the user.") if values else model


def presets(chip: Chip) -> dict[str, DeviceModel]:
    """The chip's models; a results folder's copy of an older file gets those of today's."""
    known = chips.load(chip.id).noise if chip.id in chips.names() else {}
    return dict(known) | dict(chip.noise)


def seconds(text: str) -> float:
    """A time such as 90s, 30min, 12h, 5d, 2w or 1y. Raises StudioError for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?)\s*([a-z]*)", text.strip().lower())
    if found is None or (found[2] or "s") not in _UNITS:
        raise StudioError(
            f"cannot read the time {text}", hint=f"Write 5d or 1y; units: {', '.join(_UNITS)}."
        )
    return float(found[1]) * _UNITS[found[2] or "s"]


def layout_tree(layout: Layout, chip: Chip) -> dict[str, dict[str, Any]]:
    """For every layer the array columns of its blocks, and how many of them are reserved ones."""
    found: dict[str, dict[str, Any]] = {}
    for block in layout.blocks:
        own = found.setdefault(block.layer, {"columns": [], "reserved": 0})
        own["columns"].append([block.column, block.column + block.columns - 1])
        bad = min(block.column + block.columns, chip.array.reserved_columns) - block.column
        own["reserved"] += max(0, bad)
    return found


def _tell(found: Study, layout: Layout, chip: Chip, screen: Screen) -> None:
    tree, scores = found.tree(), found.scores
    low, high = tree["yield"]["low"], tree["yield"]["high"]
    table = Table(f"{len(scores)} chips", found.measure, box=SIMPLE)
    table.columns[1].justify = "right"
    table.add_row("exact", percent(found.exact))
    table.add_row("mean", f"{percent(tree['mean'])} +- {percent(tree['std'])}")
    for name, text in (("5", "5 % of chips below"), ("50", "median"), ("95", "5 % above")):
        table.add_row(text, percent(tree["percentiles"][name]))
    table.add_row(f"worst, chip {found.worst}", percent(tree["worst"]))
    table.add_row(
        f"yield at {percent(found.threshold)}",
        f"{percent(tree['yield']['fraction'])} ({percent(low)} to {percent(high)})",
    )
    screen.table(table)
    screen.table(_layer_table(found, layout, chip))
    screen.say(
        "bad: columns the chip reserves; alone: the loss with noise in this layer only; corr. and"
        " least: correlation with the exact results, mean and worst chip; at end: values at -128"
        " or 127"
    )
    for note in found.notes:
        screen.say(f"note: {note}")
    time, warm = found.conditions.seconds, found.conditions.celsius
    screen.say(
        f"Noise model {found.model.name}, {time:g} s after programming, {warm:g} C,"
        f" seed {found.seed}, {found.samples} samples"
    )


def _layer_table(found: Study, layout: Layout, chip: Chip) -> Table:
    """Layers, those whose noise alone costs most first."""
    table = Table(
        *("layer", "columns", "bad", "alone", "corr.", "least", "at end"),
        box=SIMPLE,
    )
    for column in table.columns[2:]:
        column.justify = "right"
    places, figures, losses = layout_tree(layout, chip), found.layer_figures(), found.sensitivity()
    for name in dict.fromkeys([*losses, *figures, *places]):
        own = places.get(name, {"columns": [], "reserved": 0})
        spans = ", ".join(f"{first}..{last}" for first, last in own["columns"])
        figure = figures.get(name, {})
        numbers = [figure.get(key) for key in ("correlation", "least")]
        share = figure.get("saturation")
        table.add_row(
            name,
            spans,
            str(own["reserved"] or ""),
            percent(losses[name]) if name in losses else "",
            *("" if number is None else f"{number:.4f}" for number in numbers),
            "" if share is None else percent(share),
        )
    return table


def _tell_fit(fitted: Fit, rows: int, screen: Screen) -> None:
    table = Table("fit", "log", "before", "fitted", "output noise, LSB", box=SIMPLE)
    for column in table.columns[1:]:
        column.justify = "right"
    figures = zip(fitted.layers, fitted.target, fitted.before, fitted.found, strict=True)
    for name, *numbers in figures:
        noise = fitted.model.layers.get(name, fitted.model.output_noise)
        table.add_row(name, *(f"{number:.4f}" for number in numbers), f"{noise:.2f}")
    screen.table(table)
    screen.say(
        f"{rows} correlations matched as {fitted.matched}: errors of cells times"
        f" {fitted.cells:.3g}, of columns and outputs times {fitted.outputs:.3g}"
    )


def _fit_tree(fitted: Fit) -> dict[str, Any]:
    return {
        "matched": fitted.matched,
        "cells": fitted.cells,
        "outputs": fitted.outputs,
        "layers": {
            name: {"log": target, "before": before, "fitted": found}
            for name, target, before, found in zip(
                fitted.layers, fitted.target, fitted.before, fitted.found, strict=True
            )
        },
        "notes": list(fitted.notes),
    }
