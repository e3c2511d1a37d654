"""Samples to feed to a board: arrays, pictures or sounds as the chip integers a network takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.base.job import Job
from studio.formats import class_folders, dataset, feed_scale, images, wav
from studio.formats.class_folders import Files
from studio.formats.feed_scale import Scale, Values
from studio.formats.image_folder import ENDINGS, SOUNDS, holds_pictures
from studio.formats.random_frames import as_network
from studio.quantize import io
from studio.quantize.qnetwork import Int16, QNetwork
from studio.simulate.stage import check_labels

ARRAYS = (".npz", ".npy")
KINDS = (*ARRAYS, *ENDINGS, *SOUNDS)

LARGEST = 1 << 30  # bytes of all samples on the line
_AT_ONCE = 1 << 22  # values that are scaled and rounded at once


@dataclass(frozen=True)
class Choice:
    """How a data set is read.

    ``limit``: at most so many samples (streams, where samples are their steps). ``shuffle`` is the
    seed of their order, None leaves it. ``rate``: samples a second of the sounds the network was
    trained with, None where it is not known. Without ``labels`` those there are are left out.
    """

    scale: Scale = "auto"
    limit: int | None = None
    shuffle: int | None = None
    rate: int | None = None
    labels: bool = True


@dataclass(frozen=True)
class Samples:
    """What is to be sent.

    ``inputs``: one array of chip integers (n, W, H, C) for each input of the network. ``labels``:
    class indices [n], -1 for none, or None. ``names``: the file each sample came from, none for
    arrays; ``classes`` the names of the classes 0, 1, ..., where they have names. ``found`` is
    how many samples there were to choose from, ``steps`` the samples of one stream, ``notes``
    what was done to them and what looks wrong.
    """

    inputs: tuple[Int16, ...]
    labels: npt.NDArray[np.int64] | None
    names: tuple[str, ...]
    classes: tuple[str, ...]
    source: str
    found: int
    steps: int | None
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.inputs[0])


def load(
    path: Path | Sequence[Path],
    qnetwork: QNetwork,
    choice: Choice = Choice(),
    job: Job | None = None,
) -> Samples:
    """Read a file (KINDS), several pictures or sounds, or a folder of them for ``qnetwork``.

    Folders in a folder are classes. Raises DataError, naming the file and what was expected, for
    everything that does not fit; Cancelled.
    """
    job = job or Job()
    if choice.limit is not None and choice.limit < 1:
        raise DataError(f"limit is {choice.limit}, must be at least 1")
    paths = [path] if isinstance(path, Path) else list(path)
    kind = _kind(paths)
    if kind == "arrays":
        found = _of_arrays(paths[0], qnetwork, choice, job)
    elif kind == "pictures":
        found = _of_pictures(paths, qnetwork, choice, job)
    else:
        found = _of_sounds(paths, qnetwork, choice, job)
    output = qnetwork.tensors[qnetwork.outputs[0]].shape
    if found.labels is not None and output[:2] == (1, 1):
        check_labels(found.labels, max(2, output[2]), found.source)
    return found


def _kind(paths: Sequence[Path]) -> Literal["arrays", "pictures", "sounds"]:
    """What the files are. Raises DataError where they are nothing that can be fed."""
    first = paths[0]
    if first.is_dir() and len(paths) == 1:
        if holds_pictures(first):
            return "pictures"
        if holds_pictures(first, endings=SOUNDS):
            return "sounds"
        raise DataError(
            "this folder holds no pictures and no WAV files",
            hint="They lie in one folder for each class, or all in this folder.",
            where=str(first),
        )
    for path in paths:
        if not path.is_file():
            raise DataError(
                "there is no such file",
                hint="Give a file of samples, or a folder of pictures or WAV files.",
                where=str(path),
            )
    endings = {path.suffix.lower() for path in paths}
    if endings <= set(ENDINGS):
        return "pictures"
    if endings <= set(SOUNDS):
        return "sounds"
    if endings <= set(ARRAYS) and len(paths) == 1:
        return "arrays"
    raise DataError(
        "samples of this kind cannot be sent" if len(paths) == 1 else "these are several data sets",
        hint=f"Files may be {', '.join(KINDS)}; several at once pictures, or WAV files.",
        where=", ".join(str(path) for path in paths[:4]),
    )


def _of_arrays(path: Path, qnetwork: QNetwork, choice: Choice, job: Job) -> Samples:
    data = dataset.load(path, as_network(qnetwork), streams=qnetwork.streams)
    steps = data.steps or 1
    order = _order(len(data) // steps, choice)
    if steps > 1:
        order = (order[:, None] * steps + np.arange(steps)).reshape(-1)
    scale = choice.scale
    pieces = (
        tuple(feed_scale.of_bytes(values[part], scale, qnetwork.integer) for values in data.inputs)
        for part in _parts(order, qnetwork)
    )
    inputs, cut = _encoded(qnetwork, pieces, len(order), job)
    labels = data.labels[order] if data.labels is not None and choice.labels else None
    notes = _cut_note(qnetwork, cut)
    return Samples(inputs, labels, (), (), data.source, len(data), data.steps, notes)


def _of_pictures(paths: Sequence[Path], qnetwork: QNetwork, choice: Choice, job: Job) -> Samples:
    folder = paths[0]
    files = images.files(folder) if folder.is_dir() else Files(tuple(paths), (), ())
    form = images.form_of(as_network(qnetwork), folder)
    order = _order(len(files.paths), choice)
    scale = feed_scale.for_pictures(qnetwork) if choice.scale == "auto" else choice.scale

    def pieces() -> Iterator[tuple[Values, ...]]:
        done = 0
        for part in _parts(order, qnetwork):
            own = [files.paths[index] for index in part]
            base = done

            def step(place: int, _total: int, text: str, base: int = base) -> None:
                job.step(base + place, len(order), text)

            values = images.pixels(own, form, Job(step), folder) * np.float32(255)
            yield (feed_scale.of_bytes(values, scale, qnetwork.integer),)
            done += len(part)

    inputs, cut = _encoded(qnetwork, pieces(), len(order), job)
    labelled = bool(files.names) and choice.labels
    labels = np.array(files.labels, np.int64)[order] if labelled else None
    colours = "grey" if form.channels == 1 else "RGB"
    became = f"{form.width} × {form.height}, {colours}, {feed_scale.words(scale, qnetwork.integer)}"
    names = tuple(_named(files.paths[index], folder) for index in order)
    return Samples(
        inputs,
        labels,
        names,
        files.names,
        _source(paths),
        len(files.paths),
        None,
        (f"Pictures became {became}.", *_cut_note(qnetwork, cut)),
    )


def _of_sounds(paths: Sequence[Path], qnetwork: QNetwork, choice: Choice, job: Job) -> Samples:
    folder = paths[0]
    size = _window(qnetwork, folder)
    files = class_folders.read(folder, SOUNDS) if folder.is_dir() else Files(tuple(paths), (), ())
    cut_up: list[npt.NDArray[np.int16]] = []
    owners: list[int] = []
    rate, total = choice.rate, 0
    for place, path in enumerate(files.paths):
        job.step(place, len(files.paths), path.name)
        sound = wav.read(path)
        if rate is not None and sound.rate != rate:
            raise DataError(
                f"this sound has {sound.rate} values a second, expected {rate}",
                hint="Save it with that rate: sounds are not converted.",
                where=str(path),
            )
        rate = sound.rate  # all of one
        cut_up.append(wav.windows(sound, size, path))
        owners += [place] * len(cut_up[-1])
        total += cut_up[-1].nbytes
        _check_size(total, folder)
    whole = np.concatenate(cut_up)
    order = _order(len(whole), choice)
    scale = feed_scale.for_sounds(qnetwork) if choice.scale == "auto" else choice.scale
    pieces = (
        (feed_scale.of_sound(whole[part], scale, qnetwork.integer),)
        for part in _parts(order, qnetwork)
    )
    inputs, cut = _encoded(qnetwork, pieces, len(order), job)
    labels = None
    if files.names and choice.labels:
        labels = np.array(files.labels, np.int64)[owners][order]
    names = tuple(_named(files.paths[owners[index]], folder) for index in order)
    became = "16 bit integers" if scale == "auto" else feed_scale.words(scale, qnetwork.integer)
    note = f"Sounds of {rate} Hz were cut into windows of {size} values, {became}."
    notes = (note, *_cut_note(qnetwork, cut))
    return Samples(inputs, labels, names, files.names, _source(paths), len(whole), None, notes)


def _order(count: int, choice: Choice) -> npt.NDArray[np.int64]:
    """Which samples are sent, in their order."""
    order = np.arange(count)
    if choice.shuffle is not None:
        order = np.random.default_rng(choice.shuffle).permutation(count)
    return order[: choice.limit]


def _parts(order: npt.NDArray[np.int64], qnetwork: QNetwork) -> Iterator[npt.NDArray[np.int64]]:
    """The order in pieces small enough for real numbers."""
    size = max(qnetwork.tensors[name].size for name in qnetwork.inputs)
    step = max(1, _AT_ONCE // size)
    for first in range(0, len(order), step):
        yield order[first : first + step]


def _encoded(
    qnetwork: QNetwork, pieces: Iterator[tuple[Values, ...]], count: int, job: Job
) -> tuple[tuple[Int16, ...], float]:
    """Chip integers of the pieces, and the share of values that leave what the inputs take."""
    tensors = [qnetwork.tensors[name] for name in qnetwork.inputs]
    _check_size(count * sum(tensor.size for tensor in tensors), Path(qnetwork.name))
    found = [np.empty((count, *tensor.shape), np.int16) for tensor in tensors]
    done = outside = 0
    for piece in pieces:
        job.step(done, count, "rounding to chip integers")
        for own, integers in zip(found, io.encode(qnetwork, piece), strict=True):
            own[done : done + len(integers)] = integers
        for values, tensor in zip(piece, tensors, strict=True):
            rounded = np.rint(np.asarray(values, np.float64) / tensor.scale)
            outside += int(np.count_nonzero((rounded < tensor.low) | (rounded > tensor.high)))
        done += len(piece[0])
    return tuple(found), outside / max(1, sum(own.size for own in found))


def _check_size(size: int, where: Path) -> None:
    if size > LARGEST:
        raise DataError(
            f"these samples take {size >> 20} MB",
            hint="Choose fewer: a few thousand are plenty.",
            where=str(where),
        )


def _cut_note(qnetwork: QNetwork, cut: float) -> tuple[str, ...]:
    if cut < 0.005:
        return ()
    tensor = qnetwork.tensors[qnetwork.inputs[0]]
    low, high = tensor.low * tensor.scale, tensor.high * tensor.scale
    return (
        f"{100 * cut:.0f} % of the values lie outside {low:.3g}..{high:.3g}, which the network"
        " takes, and were cut off: choose another scaling.",
    )


def _window(qnetwork: QNetwork, where: Path) -> int:
    """How many values of sound one sample takes."""
    shapes = [qnetwork.tensors[name].onnx_shape[1:] for name in qnetwork.inputs]
    if len(shapes) != 1:
        raise DataError(
            f"the model has {len(shapes)} inputs, sounds are for one",
            hint=f"Save an .npz with the keys {', '.join(qnetwork.inputs)}.",
            where=str(where),
        )
    if sum(size > 1 for size in shapes[0]) > 1:
        raise DataError(
            f"the model's input {list(shapes[0])} takes no sound as it is",
            hint="Sounds fit inputs [1, values]. Compute the features and save them as an .npz.",
            where=str(where),
        )
    return prod(shapes[0])


def _named(path: Path, folder: Path) -> str:
    """A file as the user knows it: below the folder, or by its name."""
    inside = path != folder and path.is_relative_to(folder)
    return path.relative_to(folder).as_posix() if inside else path.name


def _source(paths: Sequence[Path]) -> str:
    return str(paths[0]) if len(paths) == 1 else str(paths[0].parent)
