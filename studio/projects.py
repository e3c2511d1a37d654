"""Making projects of files, and taking files into a project; runs in the worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from studio import project_copies, project_file, reference, sources
from studio.base.errors import DataError, ProjectError, StudioError
from studio.base.files import replacing
from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.formats import wmproject
from studio.options import Build, Options
from studio.project import folder_names
from studio.project_copies import digest_of, digest_of_path, put
from studio.project_file import ProjectFile
from studio.project_options import inside
from studio.reference import ReferenceLayout


@dataclass(frozen=True)
class Offer:
    """Files that were dropped or chosen, by what they are for; at most one of each.

    ``project`` is a project's folder, ``images`` a folder of pictures, ``layout`` a layers.txt or
    a folder that holds one, ``maker_project`` a .wmproject. A ``recording`` of the monitor is no
    part of any project.
    """

    project: Path | None = None
    model: Path | None = None
    data: Path | None = None
    images: Path | None = None
    layer_options: Path | None = None
    chip: Path | None = None
    layout: Path | None = None
    maker_project: Path | None = None
    recording: Path | None = None


@dataclass(frozen=True)
class Opened:
    """What became of an Offer: the project as it now is, its chip, and what there is to tell."""

    project: ProjectFile | None
    chip: Chip
    reference: ReferenceLayout | None = None
    notes: tuple[str, ...] = ()


def bring(
    job: Job, offer: Offer, current: ProjectFile | None, root: Path, options: Options
) -> Opened:
    """Take all that is offered into a project: the model's, the offered one, or ``current``.

    New projects are made below ``root`` and begin with ``options``. Raises StudioError; what was
    taken before stays taken.
    """
    project, notes = current, []
    if offer.project is not None:
        project = project_file.load(offer.project)
    if offer.model is not None:
        project = adopt(job, offer.model, offer.data, root, options)
    if project is not None:
        before = project
        if offer.data is not None and offer.model is None:
            project = with_data(job, project, offer.data)
        project = _with_choices(job, project, offer)
        if offer.images is not None:
            project, note = _with_images(job, project, offer.images)
            notes.append(note)
        if offer.maker_project is not None:
            project, note = with_maker_project(project, offer.maker_project)
            notes.append(note)
        if project != before:
            project_file.save(project)
    chip = chips.load((project.options if project else options).chip)
    layout = None if offer.layout is None else reference.read(offer.layout, chip)
    return Opened(project, chip, layout, tuple(notes))


def adopt(
    job: Job, model: Path, data: Path | None, root: Path, options: Options | None = None
) -> ProjectFile:
    """The project of a model: one that knows it already, or a new one below ``root``.

    A model inside a project's folder is that project's. Otherwise model and data (where None,
    what lies beside the model) are copied; a project that has the model already, or had it from
    the same place, takes over what changed and keeps its options and history. A new one begins
    with ``options``. Raises StudioError.
    """
    project = containing(model)
    if project is None:
        project = _find_or_make(model, root, options or Options())
        project = _with_model(job, project, model)
        data = data or _found_beside(model, project)
    if data is not None:
        project = _put_data(job, project, data)
    project_file.save(project)
    return project


def containing(model: Path) -> ProjectFile | None:
    """The project whose model this file is; None elsewhere. Raises ProjectError."""
    for folder in model.parents[:2]:
        if (folder / project_file.NAME).is_file():
            project = project_file.load(folder)
            if project.model is not None and project.model.resolve() == model.resolve():
                return project
    return None


def with_data(job: Job, project: ProjectFile, data: Path) -> ProjectFile:
    """The project with other samples, copied into it and saved."""
    project = _put_data(job, project, data)
    project_file.save(project)
    return project


def _put_data(job: Job, project: ProjectFile, data: Path) -> ProjectFile:
    project, path = put(project, data, job)
    return replace(project, data=path)


def bring_in(project: ProjectFile) -> ProjectFile:
    """The project with copies of the files its options name outside its folder."""
    options, job = project.options, Job()
    chip = Path(options.chip)
    if options.layer_options is not None:
        project, path = put(project, options.layer_options, job)
        options = replace(options, layer_options=path)
    if chip.suffix == ".toml":
        project, path = put(project, chip, job)
        options = replace(options, chip=str(path))
    around = []
    for own in options.around:
        project, path = put(project, own, job)
        around.append(path)
    return replace(project, options=replace(options, around=tuple(around)))


def with_maker_project(project: ProjectFile, path: Path) -> tuple[ProjectFile, str]:
    """The project with the settings of a .wmproject: kept, and a build for each configuration.

    Nothing it names is copied or opened. Also says what was taken over.
    """
    made = wmproject.read(path)
    names = {build.name.casefold() for build in project.builds}
    new = tuple(
        Build(own.name, debug=own.debug)
        for own in made.configurations
        if own.name.casefold() not in names
    )
    definitions = {d for own in made.configurations for d in own.definitions}
    folders = {f for own in made.configurations for f in own.include_folders}
    note = (
        f"{path.name}: {len(made.configurations)} configurations, {len(definitions)} definitions,"
        f" {len(folders)} include folders and {len(made.sources)} source names are in project.toml"
        " under [imported]; no file was copied."
    )
    if new:
        note += f" New builds: {', '.join(build.name for build in new)}."
    return replace(project, imported=made.tree(), builds=(*project.builds, *new)), note


def _with_choices(job: Job, project: ProjectFile, offer: Offer) -> ProjectFile:
    """Layer options and chip, copied once they turn out to be readable."""
    if offer.layer_options is not None:
        from studio.formats import opt_protobuf  # noqa: PLC0415 - loads protobuf

        opt_protobuf.read(offer.layer_options)
        project, path = put(project, offer.layer_options, job)
        project = replace(project, options=replace(project.options, layer_options=path))
    if offer.chip is not None:
        chips.load(offer.chip)
        project, path = put(project, offer.chip, job)
        project = replace(project, options=replace(project.options, chip=str(path)))
    return project


def _with_images(job: Job, project: ProjectFile, folder: Path) -> tuple[ProjectFile, str]:
    """The project with a folder of pictures as its data, in the form its model takes."""
    from studio.formats import images  # noqa: PLC0415 - not in the window's process
    from studio.graph import load as graphs  # noqa: PLC0415

    if project.model is None:
        raise DataError(
            "pictures need a model, which says how large they must be",
            hint="Open the model first, or drop both together.",
            where=str(folder),
        )
    network = graphs.load(project.model, project.options.shapes)
    pictures = images.read(folder, network, job)
    project, path = project_copies.write(project, "data.npz", pictures.save)
    return replace(project, data=path), pictures.note


def _find_or_make(model: Path, root: Path, options: Options) -> ProjectFile:
    """The project below ``root`` that knows the model, or a folder claimed for a new one."""
    origin = digest_of_path(model)
    name = folder_names((model,))[0]
    content = digest_of(model)
    for folder in _folders(root, name):
        known = _known(folder, origin, content)
        if known is not None:
            return known
        if _claim(folder):
            own = folder / project_copies.name_of(model)
            made = bring_in(ProjectFile(folder, folder.name, own, options=options, origin=origin))
            # First of all, so that a copy that was broken off is found again.
            project_file.save(made)
            return made
    raise AssertionError("unreachable")


def new_folder(root: Path, name: str) -> Path:
    """Make a folder for a new project: ``name``, or with a number where that is taken."""
    return next(folder for folder in _folders(root, name) if _claim(folder))


def _folders(root: Path, name: str) -> Iterator[Path]:
    yield root / name
    yield from (root / f"{name}-{number}" for number in range(2, 1000))
    raise ProjectError(
        f"there are too many projects called {name}", hint="Remove some.", where=str(root)
    )


def _claim(folder: Path) -> bool:
    """Make a folder; False where there is one already. Raises ProjectError."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise ProjectError(
            f"no project can be made here: {error.strerror}",
            hint="Choose another projects folder in the settings.",
            where=str(folder.parent),
        ) from error
    return True


def _known(folder: Path, origin: str, content: str) -> ProjectFile | None:
    """The project in ``folder`` if the model is its own: from the same place, or the same."""
    try:
        project = project_file.load(folder)
    except StudioError:
        return None  # somebody else's folder, or a project we must not touch
    if project.origin == origin:
        return project
    model = project.model
    return project if model and model.is_file() and digest_of(model) == content else None


def _with_model(job: Job, project: ProjectFile, model: Path) -> ProjectFile:
    """The project with a copy of the model, and of weights that lie beside it."""
    for beside in _weights(model):
        # The model names it, so its name must stay.
        relative = beside.relative_to(model.parent.resolve())
        target = inside(project.folder, relative.as_posix(), str(model))
        known = target.is_file() and project.copied.get(relative.as_posix())
        if target.exists() and known != digest_of(target) != digest_of(beside):
            raise ProjectError(
                "the project has other weights of this name, which are yours",
                hint="Rename the model, or remove the file from the project.",
                where=str(target),
            )
        with replacing(target) as temporary:
            project_copies.copy(beside, temporary, job)
        copied = dict(project.copied) | {relative.as_posix(): digest_of(target)}
        project = replace(project, copied=copied)
    project, path = put(project, model, job)
    return replace(project, model=path)


def _weights(model: Path) -> tuple[Path, ...]:
    """Files inside the model's folder that hold its weights; what is wrong, reading it tells."""
    import onnx  # noqa: PLC0415 - not in the window's process

    from studio.graph import read  # noqa: PLC0415

    try:
        parsed = onnx.load_model(str(model), load_external_data=False)
    except Exception:
        return ()  # whatever onnx raises, the graph stage explains it
    names = {
        entry.value
        for tensor in read.tensors(parsed.graph)
        for entry in tensor.external_data
        if entry.key == "location"
    }
    folder = model.parent.resolve()
    paths = sorted((folder / name).resolve() for name in names)
    return tuple(path for path in paths if path.is_file() and path.is_relative_to(folder))


def _found_beside(model: Path, project: ProjectFile) -> Path | None:
    """Samples beside the model, unless the project has others."""
    found = sources.find_data(model)
    own = project.data
    return found if found and (own is None or own.name == found.name) else None
