"""The stages in order, from a model file to a firmware image.

Command line and window call the same functions. Finished stages are kept in the results folder
and taken from there again while nothing they depend on has changed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from studio import __version__, mapping, sources, stages
from studio.base import paths
from studio.base.errors import StudioError
from studio.base.files import digest
from studio.base.job import Job
from studio.options import Options
from studio.project import Project, forget_stages, known_keys, write_json
from studio.sources import find_data
from studio.stages import Deployment

__all__ = [
    "ALL",
    "STAGES",
    "Deployment",
    "Stage",
    "advance",
    "begin",
    "find_data",
    "forget",
    "prepare",
    "prepare_one",
    "up_to",
]


@dataclass(frozen=True)
class Stage:
    """One stage: ``run`` makes its artifact and saves it, ``load`` takes it from the folder.

    ``artifact`` is the Deployment's field it fills; ``depends`` are the options it reads.
    """

    name: str
    title: str
    artifact: str
    depends: tuple[str, ...]
    run: Callable[[Deployment, Job], Deployment]
    load: Callable[[Deployment], Deployment] | None


STAGES: tuple[Stage, ...] = (
    Stage("graph", "Read model", "network", (), stages.import_graph, None),
    Stage(
        "quantize",
        "Quantize",
        "qnetwork",
        (
            "chip",
            "shapes",
            "method",
            "percentile",
            "signed",
            "tile_rows",
            "tune",
            "equalize",
            "mixed",
            "against",
            "layer_options",
            "conventions",
            "synthetic",
        ),
        stages.quantize,
        stages.load_quantized,
    ),
    Stage(
        "simulate",
        "Simulate",
        "simulation",
        ("reset_every",),
        stages.simulate,
        stages.load_simulation,
    ),
    Stage(
        "map",
        "Map weights",
        "layout",
        (
            "skip_columns",
            "bias_rows",
            "seconds",
            "layers",
            "duplicate",
            "around",
            "prove_seconds",
            "places",
        ),
        mapping.map_weights,
        mapping.load_layout,
    ),
    Stage(
        "build",
        "Build firmware",
        "image",
        ("toolchain", "samples", "debug", "mode", "timing", "baud", "own"),
        stages.build,
        stages.load_image,
    ),
)

ALL = tuple(stage.name for stage in STAGES)


def begin(model: Path, data: Path | None, out: Path, options: Options) -> Deployment:
    """A deploy of ``model`` into the folder ``out``; its files are read once for the keys."""
    deployment = stages.begin(model, data, out, options)
    return replace(deployment, inputs_key=_inputs_key(deployment))


def advance(deployment: Deployment, stage: Stage, job: Job) -> Deployment:
    """Run one stage, or load its artifact where nothing it depends on has changed."""
    start = time.perf_counter()
    key = _key(deployment, stage)
    keys = known_keys(deployment.project)
    done, cached = deployment, False
    if stage.load is not None and keys.get(stage.name) == key:
        try:
            done, cached = stage.load(deployment), True
        except (StudioError, OSError):
            cached = False
    if not cached:
        done = stage.run(deployment, job)
        write_json(deployment.project.stages, known_keys(deployment.project) | {stage.name: key})
    seconds = done.seconds | {stage.name: time.perf_counter() - start}
    hits = done.cached | {stage.name} if cached else done.cached
    return replace(done, seconds=seconds, cached=hits)


def prepare(
    deployment: Deployment,
    names: Sequence[str] = ALL,
    job_for: Callable[[Stage], Job] | None = None,
    finished: Callable[[Stage, Deployment], None] | None = None,
) -> Deployment:
    """Run the named stages in order; ``finished`` hears of each.

    Where firmware is among them the samples must carry labels, unless the options say otherwise.
    """
    for stage in STAGES:
        if stage.name not in names:
            continue
        job = job_for(stage) if job_for else Job()
        deployment = prepare_one(deployment, stage, names, job)
        if finished is not None:
            finished(stage, deployment)
    return deployment


def prepare_one(deployment: Deployment, stage: Stage, names: Sequence[str], job: Job) -> Deployment:
    """One stage of ``prepare``."""
    deployment = advance(deployment, stage, job)
    if stage.name == "graph" and "build" in names:
        stages.check_labels(deployment)
    return deployment


def forget(project: Project, name: str) -> None:
    """Have the stage and all after it run anew: something else replaced what it left."""
    forget_stages(project, ALL[ALL.index(name) :])


def up_to(name: str) -> tuple[str, ...]:
    """Names of all stages up to and including ``name``."""
    return ALL[: ALL.index(name) + 1]


def _key(deployment: Deployment, stage: Stage) -> str:
    """What a stage's artifact depends on, as one hash: files, options, earlier stages, program."""
    earlier = STAGES[: ALL.index(stage.name) + 1]
    options = {
        name: getattr(deployment.options, name) for known in earlier for name in known.depends
    }
    content = {"stage": stage.name, "inputs": deployment.inputs_key, "options": options}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """An option as JSON: files by their content, a dataclass by its fields."""
    if isinstance(value, Path) and value.is_dir():
        return {str(f.relative_to(value)): digest(f) for f in value.rglob("*") if f.is_file()}
    if isinstance(value, Path):
        return digest(value) if value.is_file() else ""
    return asdict(value)


def _inputs_key(deployment: Deployment) -> str:
    """Model, data and chip by content, and the program, as one hash."""
    files = (deployment.model, deployment.data, Path(deployment.chip.source))
    found = [sources.content(path) if path is not None else "" for path in files]
    return hashlib.sha256(repr([*found, _program()]).encode()).hexdigest()


def _program() -> str:
    """Version, and while the program is being worked on the state of its sources."""
    root = paths.resources().parent
    files = [*root.glob("studio/**/*.py"), *paths.resource("firmware").rglob("*")]
    files += paths.resource("chips").glob("*.toml")
    state = sorted((str(f.relative_to(root)), f.stat().st_mtime_ns) for f in files if f.is_file())
    return __version__ + hashlib.sha256(repr(state).encode()).hexdigest()
