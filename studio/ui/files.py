"""Which dropped or chosen files the window takes, and as what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from studio import project_file, reference
from studio.base.errors import DataError, ModelError, StudioError
from studio.formats import image_folder, layers_txt
from studio.projects import Offer
from studio.ui import foreign, text_file

MODELS = (".onnx",)
DATA = (".npz", ".npy")
RECORDING = ".cimrec"
_KINDS = {
    **dict.fromkeys(MODELS, "model"),
    **dict.fromkeys(DATA, "data"),
    ".protobuf": "layer_options",
    ".wmproject": "maker_project",
    ".toml": "chip",
    RECORDING: "recording",
}


def local_files(mime: QMimeData) -> list[str]:
    """The paths of the local files in dropped data."""
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]


def for_editor(paths: list[str], *, is_open: bool) -> list[Path]:
    """Those of the files that are text and nothing the opener knows.

    Until something is open (``is_open``), a table is rather data in a form that is not taken.
    """
    found = [Path(text) for text in paths]
    return [
        path
        for path in found
        if text_file.is_text(path)
        and path.suffix.lower() not in _KINDS
        and path.name.lower() not in (project_file.NAME, layers_txt.NAME)
        and path.is_file()
        and (is_open or path.suffix.lower() not in foreign.TABLES)
    ]


def sort(paths: list[str]) -> Offer:
    """What each file or folder is for, by its name and, of a folder, by what lies in it.

    Raises StudioError for one that is not there or of no use here, saying what it looks like,
    and for several of one kind.
    """
    offer = Offer()
    for text in paths:
        path = Path(text)
        kind = _kind(path)
        if kind == "recording" and _same_recording(path, offer.recording):
            continue
        if getattr(offer, kind) is not None:
            raise DataError(
                _several(kind),
                hint=_tr("Drop one of each kind; a model and its data may come together."),
                where=", ".join(Path(own).name for own in paths),
            )
        offer = replace(offer, **{kind: path})
    if offer.project is not None and offer.model is not None:
        raise DataError(
            _tr("These are a project and a model at once."),
            hint=_tr("Drop the project to go on with it, or the model to make a project of it."),
            where=", ".join(Path(own).name for own in paths),
        )
    if offer.data is not None and offer.images is not None:
        raise DataError(
            _tr("These are samples and a folder of pictures at once."),
            hint=_tr("Drop one of them: a network is tested with one set of data."),
            where=", ".join(Path(own).name for own in paths),
        )
    return offer


def _kind(path: Path) -> str:
    """The field of Offer a path is for."""
    if path.is_dir():
        return _folder_kind(path)
    name, suffix = path.name.lower(), path.suffix.lower()
    kind = _KINDS.get(suffix)
    if name == project_file.NAME:
        kind = "project"
    elif name == layers_txt.NAME:
        kind = "layout"
    if not path.is_file():
        raise (ModelError if kind == "model" else DataError)(
            _tr("There is no such file."),
            hint=_tr("It may have been moved or deleted. Choose it again."),
            where=str(path),
        )
    if kind is None:
        raise foreign.error(path)
    return kind


def _folder_kind(path: Path) -> str:
    if (path / project_file.NAME).is_file():
        return "project"
    if reference.find(path) != path:
        return "layout"
    if image_folder.holds_pictures(path):
        return "images"
    raise StudioError(
        _tr("This folder holds nothing that can be opened."),
        hint=_tr(
            "A folder may be a project (with a project.toml), a map folder (with a layers.txt), or"
            " pictures in one folder for each class. A model is dropped as its .onnx file."
        ),
        where=str(path),
    )


def _same_recording(one: Path, other: Path | None) -> bool:
    """Whether both are files NAME.NUMBER.cimrec of one recording."""
    if other is None:
        return False
    return one.parent == other.parent and one.with_suffix("").stem == other.with_suffix("").stem


def _several(kind: str) -> str:
    return {
        "project": _tr("These are several projects at once."),
        "model": _tr("These are several models at once."),
        "data": _tr("These are several data files at once."),
        "images": _tr("These are several folders of pictures at once."),
        "layer_options": _tr("These are several layer option files at once."),
        "chip": _tr("These are several chip files at once."),
        "layout": _tr("These are several layouts at once."),
        "maker_project": _tr("These are several .wmproject files at once."),
        "recording": _tr("These are several recordings at once."),
    }[kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Files", text)
