"""Which dropped or chosen files the window takes, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from studio.base.errors import DataError, ModelError, StudioError

MODELS = (".onnx",)
DATA = (".npz", ".npy")


@dataclass(frozen=True)
class Offer:
    """Files sorted by what they are for; at most one of each."""

    model: Path | None
    data: Path | None


def local_files(mime: QMimeData) -> list[str]:
    """The paths of the local files in dropped data."""
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]


def sort(paths: list[str]) -> Offer:
    """Take one model, one data file, or one of each.

    Raises ModelError or DataError for a file that is not there, a folder, another kind of
    file, or several of one kind.
    """
    models: list[Path] = []
    data: list[Path] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            raise ModelError(
                _tr("This is a folder."),
                hint=_tr("Drop the .onnx file inside it, or a .npz file with samples."),
                where=str(path),
            )
        if path.suffix.lower() in MODELS:
            models.append(_existing(path, ModelError))
        elif path.suffix.lower() in DATA:
            data.append(_existing(path, DataError))
        else:
            raise ModelError(
                _tr("{0} files cannot be opened here.").format(path.suffix or _tr("Such")),
                hint=_tr(
                    "Drop an ONNX model (.onnx), or its samples and labels as NumPy arrays "
                    "(.npz or .npy)."
                ),
                where=str(path),
            )
    for kind, found in ((_tr("models"), models), (_tr("data files"), data)):
        if len(found) > 1:
            raise DataError(
                _tr("These are {0} {1} at once.").format(len(found), kind),
                hint=_tr("Drop one model and, if you like, one data file with it."),
                where=", ".join(path.name for path in found),
            )
    return Offer(models[0] if models else None, data[0] if data else None)


def _existing(path: Path, kind: type[StudioError]) -> Path:
    if not path.is_file():
        raise kind(
            _tr("There is no such file."),
            hint=_tr("It may have been moved or deleted. Choose it again."),
            where=str(path),
        )
    return path


def _tr(text: str) -> str:
    return QCoreApplication.translate("Files", text)
