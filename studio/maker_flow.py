"""The way through the chip maker's own mapper and back, for a results folder."""

from __future__ import annotations

from pathlib import Path

from studio import sources
from studio.base.errors import DataError, ProjectError
from studio.base.job import Job
from studio.board import maker_export, maker_import
from studio.board.maker_export import MakerFolder
from studio.board.maker_import import Comparison
from studio.chip import chip as chips
from studio.formats import random_frames
from studio.project import Project
from studio.quantize.io import encode
from studio.quantize.qnetwork import Int16
from studio.simulate import stage as simulator
from studio.stages import Deployment, need

MAKER = "maker"  # folder of what the maker's mapper made, in a results folder


def export(deployment: Deployment, out: Path, model: Path | None, job: Job) -> MakerFolder:
    """Write the folder ``out`` for the maker's mapper, from a mapped deployment.

    ``model`` is the very file the results were made from where that is in the maker's dialect
    already; it is handed on as it is. Raises as maker_export.export does, ProjectError for
    another model.
    """
    qnetwork, project = need(deployment.qnetwork), deployment.project
    if model is not None:
        _same_model(model, project)
    options = project.layer_options if project.layer_options.is_file() else None
    notes: tuple[str, ...] = ()
    if project.samples.is_file():
        samples: tuple[Int16, ...] = tuple(simulator.load(project.samples).inputs)
    else:
        notes = ("There are no simulated samples; the mapper calibrates by random ones.",)
        samples = encode(qnetwork, random_frames.of_range(qnetwork))
    source = maker_export.Source(qnetwork, need(deployment.layout), samples, model, options)
    made = maker_export.export(out, source, deployment.chip, job)
    return MakerFolder(made.folder, (*notes, *made.notes))


def take_over(folder: Path, into: Path | None) -> tuple[Comparison, tuple[Path, ...]]:
    """Compare what the mapper wrote in ``folder`` with our map; copy it into the results ``into``.

    ``folder`` is one that ``export`` wrote, or the mapper's output alone, whose map is compared
    with that of ``into``. Returns the comparison and the files copied. Raises DataError where
    there is no map of ours, or none of the mapper's.
    """
    output = maker_import.read(folder)
    ours = folder / maker_export.OURS
    if not ours.is_dir():
        if into is None:
            raise DataError(
                "there is no map of ours to compare with",
                hint="Name the folder maker-export wrote, or a results folder with --into.",
                where=str(folder),
            )
        ours = Project(into).map
    chip_file = Project(into).chip if into is not None else None
    chip = chips.load(chip_file if chip_file is not None and chip_file.is_file() else "wtm2101")
    found = maker_import.compare(output, ours, chip)
    written: tuple[Path, ...] = ()
    if into is not None:
        written = maker_import.adopt(output, into / MAKER)
    return found, written


def _same_model(model: Path, project: Project) -> None:
    known = sources.load(project).digest
    if not model.is_file() or sources.content(model) != known:
        raise ProjectError(
            "this is not the model the results folder was made from",
            hint="Name that very file, or leave --model out to have the network written anew.",
            where=str(model),
        )
