"""Exact words for files the window cannot take: what they look like, and what to do with them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from studio.base.errors import DataError, ModelError, StudioError
from studio.formats import image_folder

_TORCH = (".pt", ".pth", ".ckpt", ".safetensors")
_KERAS = (".h5", ".hdf5", ".keras", ".pb")
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
TABLES = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".parquet", ".json")
_PICKLES = (".pkl", ".pickle", ".joblib")
_SOUNDS = (".wav", ".flac", ".mp3", ".ogg", ".pcm")
_PICTURES = (*image_folder.ENDINGS, ".gif", ".webp", ".tif", ".tiff", ".svg")


def error(path: Path) -> StudioError:
    """The error that says what this file looks like."""
    name, suffix = path.name.lower(), path.suffix.lower()
    where = str(path)
    if name.endswith(".onnx.data"):
        return ModelError(
            _tr("This holds only the weights of a model."),
            hint=_tr("Drop the .onnx file that lies beside it; the weights come along."),
            where=where,
        )
    if name == "map.csv":
        return DataError(
            _tr("This is the programming file of a layout."),
            hint=_tr("Drop the folder it lies in, or the layers.txt beside it."),
            where=where,
        )
    if suffix in _TORCH:
        return ModelError(
            _tr("This is a PyTorch file."),
            hint=_tr(
                'Export the model to ONNX: torch.onnx.export(model, sample, "model.onnx"). Then'
                " drop model.onnx."
            ),
            where=where,
        )
    if suffix == ".tflite":
        return ModelError(
            _tr("This is a TensorFlow Lite model."),
            hint=_tr(
                "Convert it to ONNX: python -m tf2onnx.convert --tflite model.tflite --output"
                " model.onnx. A float model is better than a quantized one."
            ),
            where=where,
        )
    if suffix in _KERAS:
        return ModelError(
            _tr("This is a Keras or TensorFlow file."),
            hint=_tr(
                "Convert the model to ONNX: python -m tf2onnx.convert --keras model.h5 --output"
                " model.onnx, or --saved-model FOLDER."
            ),
            where=where,
        )
    if suffix in _ARCHIVES:
        return DataError(
            _tr("This is an archive."),
            hint=_tr("Unpack it first, then drop what is in it."),
            where=where,
        )
    if suffix in _PICKLES:
        return DataError(
            _tr("This is a Python pickle."),
            hint=_tr(
                "Such files can run anything and are never loaded. Save the arrays with"
                ' numpy.savez("data.npz", x=samples, y=labels).'
            ),
            where=where,
        )
    if suffix in _PICTURES:
        return DataError(
            _tr("This is a single picture."),
            hint=_tr("Drop a folder with one folder of PNG, JPEG or BMP pictures for each class."),
            where=where,
        )
    if suffix in _SOUNDS:
        return DataError(
            _tr("This is a sound file."),
            hint=_tr(
                "Compute the features your network takes, and save them with"
                ' numpy.savez("data.npz", x=samples, y=labels).'
            ),
            where=where,
        )
    if suffix in TABLES:
        return DataError(
            _tr("This looks like a table."),
            hint=_tr(
                "Save samples and labels as NumPy arrays:"
                ' numpy.savez("data.npz", x=samples, y=labels).'
            ),
            where=where,
        )
    return _unknown(path)


def _unknown(path: Path) -> StudioError:
    message = (
        _tr("{0} files cannot be opened here.").format(path.suffix)
        if path.suffix
        else _tr("A file without an ending cannot be opened here.")
    )
    return ModelError(
        message,
        hint=_tr(
            "What can be dropped: a model (.onnx), data (.npz, .npy or a folder of pictures),"
            " layer options (.protobuf), a layout (layers.txt or a map folder), a .wmproject, a"
            " chip file (.toml), or a project."
        ),
        where=str(path),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Files", text)
