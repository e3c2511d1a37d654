"""Folders of pictures as samples: a folder for each class, or a labels.csv beside them."""

from __future__ import annotations

import csv
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
from studio.formats.image_folder import ENDINGS, LABELS, entries
from studio.graph.network import Network

LARGEST = 2 << 30  # bytes of all samples
_KINDS = ("PNG", "JPEG", "BMP")

# Pictures with their classes' numbers, and the classes' names.
_Files = tuple[list[tuple[Path, int]], tuple[str, ...]]


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
    form = _form(network, folder)
    files, names = _files(folder)
    size = len(files) * prod(form.shape) * 4
    if size > LARGEST:
        raise DataError(
            f"{len(files)} pictures of {form.width} × {form.height} take {size >> 20} MB",
            hint="Drop a folder with fewer pictures: a few thousand are plenty.",
            where=str(folder),
        )
    order = np.random.default_rng(0).permutation(len(files))
    samples = np.empty((len(files), *form.shape), np.float32)
    for place, index in enumerate(order):
        job.step(place, len(files), files[index][0].name)
        samples[place] = form.sample(_open(files[index][0], form))
    values = [files[index][1] for index in order]
    labels = np.array(values, np.int64) if names else None
    if network.dialect == "integer":
        samples = np.rint(samples * 127).astype(np.float32)
    return Pictures(samples, labels, names, _note(folder, form, network, names, len(files)))


@dataclass(frozen=True)
class _Form:
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


def _form(network: Network, folder: Path) -> _Form:
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
        return _Form(shape, shape[2], shape[1], shape[0], False)
    if len(shape) == 3 and shape[2] in (1, 3):
        return _Form(shape, shape[1], shape[0], shape[2], True)
    if len(shape) == 2 and len(large) == 2:
        return _Form(shape, shape[1], shape[0], 1, False)
    for channels in (1, 3):
        side = isqrt(prod(shape) // channels)
        if len(large) == 1 and side > 1 and side * side * channels == prod(shape):
            return _Form(shape, side, side, channels, False)
    raise DataError(
        f"the model's input {list(full)} is no picture",
        hint="Pictures fit inputs [1, 1 or 3, height, width]. Save other data as an .npz.",
        where=str(folder),
    )


def _open(path: Path, form: _Form) -> npt.NDArray[np.float32]:
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


def _files(folder: Path) -> _Files:
    """Pictures with their classes, and the classes' names; no names without classes."""
    pictures, folders = entries(folder)
    if (folder / LABELS).is_file():
        return _listed(folder, pictures)
    if pictures:
        return [(path, 0) for path in pictures], ()
    classes = [(own, entries(own)[0]) for own in _in_order(folders)]
    classes = [(own, inside) for own, inside in classes if inside]
    if not classes:
        raise DataError(
            "there are no pictures in this folder",
            hint=f"Pictures ({', '.join(ENDINGS)}) lie in one folder for each class, or beside a"
            f" {LABELS}.",
            where=str(folder),
        )
    numbers = [_number(own.name) for own, _ in classes]
    # Folders called 0, 1, 2, ... are the classes themselves, also where one is missing.
    given = None not in numbers and 0 in numbers
    found, names = [], {}
    for place, ((own, inside), number) in enumerate(zip(classes, numbers, strict=True)):
        label = number if given and number is not None else place
        names[label] = own.name
        found += [(path, label) for path in inside]
    return found, tuple(names.get(label, str(label)) for label in range(max(names) + 1))


def _in_order(folders: Sequence[Path]) -> list[Path]:
    """By number where all have one for a name, else by name."""
    if all(_number(own.name) is not None for own in folders):
        return sorted(folders, key=lambda own: int(own.name))
    return sorted(folders, key=lambda own: own.name)


def _number(name: str) -> int | None:
    return int(name) if name.isascii() and name.isdigit() and len(name) < 5 else None


def _listed(folder: Path, pictures: Sequence[Path]) -> _Files:
    """Pictures of a labels.csv: lines of file name and class."""
    where = folder / LABELS
    try:
        with where.open(encoding="utf-8-sig", newline="") as stream:
            rows = [row[:2] for row in csv.reader(stream) if len(row) >= 2]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot be read: {error}", where=str(where)) from error
    known = {path.name: path for path in pictures}
    if rows and rows[0][0].strip() not in known:
        rows = rows[1:]  # the heading
    missing = [name for name, _ in rows if name.strip() not in known]
    if missing or not rows:
        raise DataError(
            f"there is no picture {missing[0]!r} beside it" if missing else "it lists no picture",
            hint="Each line holds a file's name and its class: cat1.png,cat.",
            where=str(where),
        )
    found = [(known[name.strip()], label.strip()) for name, label in rows]
    numbers = [_number(label) for _, label in found]
    if None not in numbers:
        most = max(number for number in numbers if number is not None)
        return [(path, int(label)) for path, label in found], tuple(map(str, range(most + 1)))
    names = tuple(sorted({label for _, label in found}))
    return [(path, names.index(label)) for path, label in found], names


def _note(folder: Path, form: _Form, network: Network, names: Sequence[str], count: int) -> str:
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
