"""Folders of pictures as samples: a folder for each class, or a labels.csv beside them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt, prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from studio.base.errors import DataError
from studio.base.job import Job
from studio.formats import class_folders
from studio.formats.class_folders import Files
from studio.formats.image_folder import ENDINGS, LABELS
from studio.graph.network import Network

LARGEST = 2 << 30  # bytes of all samples
_KINDS = ("PNG", "JPEG", "BMP")


@dataclass(frozen=True)
class Pictures:
    """Samples float32 [n, *input shape] of all pictures in a fixed random order.

    ``labels`` int64 [n], or None; ``classes`` are the names of 0, 1, ...; ``note`` says what was
    done to the pictures.
    """

    samples: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64] | None
    classes: tuple[str, ...]
    note: str

    def save(self, path: Path) -> None:
        """Write an .npz with x, y and the classes' names."""
        arrays: dict[str, Any] = {"x": self.samples}
        if self.labels is not None:
            arrays |= {"y": self.labels, "classes": np.array(self.classes)}
        with path.open("wb") as stream:
            np.savez(stream, **arrays)


def read(folder: Path, network: Network, job: Job) -> Pictures:
    """The pictures of a folder in the size and colours ``network`` takes.

    PNG, JPEG and BMP. Grey or RGB as the input has one channel or three, resized, 0..1 for float
    models and 0..127 for integer ones. The order is random, but always the same: the first
    samples, which calibrate, must not be all of one class. Raises DataError.
    """
    found = files(folder)
    form = form_of(network, folder)
    count = len(found.paths)
    order = np.random.default_rng(0).permutation(count)
    samples = pixels([found.paths[index] for index in order], form, job, folder)
    labels = np.array(found.labels, np.int64)[order] if found.names else None
    if network.dialect == "integer":
        samples = np.rint(samples * 127).astype(np.float32)
    return Pictures(samples, labels, found.names, _note(folder, form, network, found.names, count))


def files(folder: Path) -> Files:
    """The pictures of a folder with their classes. Raises DataError where there are none."""
    found = class_folders.read(folder, ENDINGS)
    if not found.paths:
        raise DataError(
            "there are no pictures in this folder",
            hint=f"Pictures ({', '.join(ENDINGS)}) lie in one folder for each class, or beside a"
            f" {LABELS}.",
            where=str(folder),
        )
    return found


def pixels(paths: Sequence[Path], form: Form, job: Job, where: Path) -> npt.NDArray[np.float32]:
    """These pictures as samples 0..1, float32 [n, *form.shape]. Raises DataError.

    ``where`` is named where they are too many.
    """
    size = len(paths) * prod(form.shape) * 4
    if size > LARGEST:
        raise DataError(
            f"{len(paths)} pictures of {form.width} × {form.height} take {size >> 20} MB",
            hint="Drop a folder with fewer pictures: a few thousand are plenty.",
            where=str(where),
        )
    found = np.empty((len(paths), *form.shape), np.float32)
    for place, path in enumerate(paths):
        job.step(place, len(paths), path.name)
        found[place] = form.sample(_open(path, form))
    return found


@dataclass(frozen=True)
class Form:
    """How an input takes a picture: its shape without batch, and where the channels are."""

    shape: tuple[int, ...]
    width: int
    height: int
    channels: int
    channels_last: bool

    def sample(self, pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """[height, width, channels] as the input has it."""
        ordered = pixels if self.channels_last else pixels.transpose(2, 0, 1)
        return np.ascontiguousarray(ordered).reshape(self.shape)


def form_of(network: Network, folder: Path) -> Form:
    """How the network's input takes pictures. Raises DataError where it does not."""
    if len(network.inputs) != 1:
        raise DataError(
            f"the model has {len(network.inputs)} inputs, pictures are for one",
            hint=f"Save an .npz with the keys {', '.join(network.inputs)}.",
            where=str(folder),
        )
    full = network.shapes[network.inputs[0]]
    shape = full[1:] if full[:1] == (1,) else full
    large = tuple(size for size in shape if size > 1)
    if len(shape) == 3 and shape[0] in (1, 3):
        return Form(shape, shape[2], shape[1], shape[0], False)
    if len(shape) == 3 and shape[2] in (1, 3):
        return Form(shape, shape[1], shape[0], shape[2], True)
    if len(shape) == 2 and len(large) == 2:
        return Form(shape, shape[1], shape[0], 1, False)
    for channels in (1, 3):
        side = isqrt(prod(shape) // channels)
        if len(large) == 1 and side > 1 and side * side * channels == prod(shape):
            return Form(shape, side, side, channels, False)
    raise DataError(
        f"the model's input {list(full)} is no picture",
        hint="Pictures fit inputs [1, 1 or 3, height, width]. Save other data as an .npz.",
        where=str(folder),
    )


def _open(path: Path, form: Form) -> npt.NDArray[np.float32]:
    """The picture's pixels 0..1, float32 [height, width, channels]."""
    try:
        with warnings.catch_warnings():
            # Pictures of more than 89 million pixels, which may be meant to fill the memory.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_KINDS) as opened:
                image = ImageOps.exif_transpose(opened)
                if image.mode.startswith("I"):  # 16 bits
                    wide = np.asarray(image, np.float32) / 65535
                    image = Image.fromarray(np.rint(wide * 255).astype(np.uint8))
                image = image.convert("L" if form.channels == 1 else "RGB")
                if image.size != (form.width, form.height):
                    image = image.resize((form.width, form.height), Image.Resampling.BILINEAR)
                pixels = np.asarray(image, np.float32) / np.float32(255)
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise DataError(
            f"this picture cannot be read: {error}",
            hint="Remove it from the folder, or save it again as PNG.",
            where=str(path),
        ) from error
    shaped: npt.NDArray[np.float32] = pixels.reshape(form.height, form.width, form.channels)
    return shaped


def _note(folder: Path, form: Form, network: Network, names: Sequence[str], count: int) -> str:
    colours = "grey" if form.channels == 1 else "RGB"
    values = "0 to 127" if network.dialect == "integer" else "0 to 1"
    text = (
        f"{folder.name}: {count} pictures became samples of {form.width} × {form.height},"
        f" {colours}, {values}. Normalize inside the model if it expects other values."
    )
    if not names:
        return text + " There are no labels."
    few = ", ".join(names[:4])
    return text + f" {len(names)} classes: {few}{', …' if len(names) > 4 else ''}."
