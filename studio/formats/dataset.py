"""Samples and labels from a user's .npy or .npz file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.graph.network import Network

INPUT_KEYS = ("x", "data", "images", "inputs")
LABEL_KEYS = ("y", "label", "labels", "targets")
# Operators that remember from sample to sample where a sample is one time step.
REMEMBERING = frozenset({"Gru", "Gru2Array", "Lstm", "Tdnn"})

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Dataset:
    """Samples for every network input, and their class indices.

    ``inputs``: one array [n, *input shape without batch] per network input, numbers as they
    stand in the file. ``labels``: int64 [n], or None. ``source``: the file's path. ``steps``:
    where the file holds streams [streams, T, ...], T; the samples are their steps, stream after
    stream. The label of a whole stream stands at its last step, and -1 at the others.
    """

    inputs: tuple[Array, ...]
    labels: npt.NDArray[np.int64] | None
    source: str
    steps: int | None = None

    def __len__(self) -> int:
        return len(self.inputs[0])


def remembers(network: Network) -> bool:
    """Whether a network's samples may be the steps of streams."""
    return any(node.op in REMEMBERING for node in network.nodes)


def load(path: Path, network: Network, limit: int | None = None, streams: bool = False) -> Dataset:
    """Read samples for ``network``, at most the first ``limit``.

    A .npy file holds the samples of the single input. A .npz file holds them as ``x``,
    ``data``, ``images``, ``inputs`` or under the input's name, for several inputs under the
    inputs' names; labels as ``y``, ``label``, ``labels`` or ``targets``, class indices or
    one-hot. Samples may have the input's shape or any with as many elements in the same order.

    Where samples are the steps of streams (``streams``), the file may hold [n, T, *shape], n
    streams of T steps, with a label for each stream, or one for each step; ``limit`` then counts
    streams.

    Raises DataError, naming what was expected and what was found, for anything else. Pickled
    objects are never loaded.
    """
    if limit is not None and limit < 1:
        raise DataError(f"limit is {limit}, must be at least 1", where=str(path))
    arrays = _open(path)
    if isinstance(arrays, np.ndarray):
        if len(network.inputs) != 1:
            raise DataError(
                f"an .npy file holds one array, the model has {len(network.inputs)} inputs",
                hint=f"Save an .npz with the keys {', '.join(network.inputs)}.",
                where=str(path),
            )
        named, labels = {network.inputs[0]: arrays}, None
    else:
        named, labels = _pick(arrays, network, path)
    inputs, steps = _all_samples(
        {name: (named[name], f"{path}, input {name}") for name in network.inputs},
        network,
        path,
        streams,
    )
    count = len(inputs[0])
    classes = None if labels is None else _labels(labels, count, steps, str(path))
    end = None if limit is None else limit * (steps or 1)
    return Dataset(
        inputs=tuple(samples[:end] for samples in inputs),
        labels=None if classes is None else classes[:end],
        source=str(path),
        steps=steps,
    )


def load_calibration(
    path: Path, network: Network, streams: bool = False
) -> tuple[Array, ...] | None:
    """Samples a data file keeps apart for calibration; None when it has none.

    They are the .npz key ``calibration``, for several inputs ``calibration_NAME`` for each.
    Same shapes and errors as ``load``.
    """
    arrays = _open(path)
    if isinstance(arrays, np.ndarray):
        return None
    single = len(network.inputs) == 1
    keys = {name: "calibration" if single else f"calibration_{name}" for name in network.inputs}
    missing = [key for key in keys.values() if key not in arrays]
    if len(missing) == len(keys):
        return None
    if missing:
        raise DataError(
            f"no samples {', '.join(missing)}; the file has the keys {_list(arrays)}",
            hint="Save calibration samples for every input, or for none.",
            where=str(path),
        )
    named = {name: (arrays[key], f"{path}, {key}") for name, key in keys.items()}
    return _all_samples(named, network, path, streams)[0]


def require_labels(dataset: Dataset) -> npt.NDArray[np.int64]:
    """The labels; DataError when there are none."""
    if dataset.labels is None:
        raise DataError(
            "the data has no labels",
            hint="Add an array y with the class index of each sample to the .npz file, "
            "or pass --no-labels.",
            where=dataset.source,
        )
    return dataset.labels


def _open(path: Path) -> Array | dict[str, Array]:
    """The file's array or arrays. Damaged files fail in many ways inside numpy and zipfile."""
    if not path.is_file():
        raise DataError(
            "no such data file", hint="Give the path of an .npy or .npz file.", where=str(path)
        )
    try:
        with path.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return loaded
            with loaded:
                return {key: loaded[key] for key in loaded.files}
    except (
        ValueError,
        EOFError,
        OSError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        MemoryError,
        SyntaxError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        if "llow_pickle" in str(error) or "pickle" in str(error):
            what = "the file holds Python objects or is no numpy file; objects are never loaded"
        else:
            what = f"the file is damaged or no numpy file: {error}"
        raise DataError(
            what,
            hint="Save plain numbers with numpy.save or numpy.savez(path, x=…, y=…).",
            where=str(path),
        ) from error


def _pick(
    arrays: Mapping[str, Array], network: Network, path: Path
) -> tuple[dict[str, Array], Array | None]:
    """The arrays of an .npz by input name, and its labels."""
    if len(network.inputs) == 1:
        name = network.inputs[0]
        key = next((key for key in (name, *INPUT_KEYS) if key in arrays), None)
        if key is None:
            raise DataError(
                f"no samples found; the file has the keys {_list(arrays)}",
                hint=f"Name them {', '.join(INPUT_KEYS)} or {name}.",
                where=str(path),
            )
        named = {name: arrays[key]}
        used = {key}
    else:
        missing = [name for name in network.inputs if name not in arrays]
        if missing:
            raise DataError(
                f"no samples for {', '.join(missing)}; the file has the keys {_list(arrays)}",
                hint=f"Save one array for each of: {', '.join(network.inputs)}.",
                where=str(path),
            )
        named = {name: arrays[name] for name in network.inputs}
        used = set(named)
    label = next((key for key in LABEL_KEYS if key in arrays and key not in used), None)
    return named, None if label is None else arrays[label]


def _list(arrays: Mapping[str, Array]) -> str:
    return ", ".join(sorted(arrays)) or "(none)"


def _shape(network: Network, name: str) -> tuple[int, ...]:
    """An input's shape without the batch axis."""
    shape = network.shapes[name]
    return shape[1:] if shape and shape[0] == 1 else shape


def _all_samples(
    named: Mapping[str, tuple[Array, str]], network: Network, path: Path, streams: bool
) -> tuple[tuple[Array, ...], int | None]:
    """Samples of every input, given with where they stand, and the steps of a stream."""
    found = [_samples(*named[name], _shape(network, name), streams) for name in network.inputs]
    inputs = tuple(samples for samples, _ in found)
    _same_count(inputs, network, path)
    steps = {own for _, own in found}
    if len(steps) != 1:
        text = ", ".join(
            f"{name}: {own or 'none'}" for name, (_, own) in zip(network.inputs, found, strict=True)
        )
        raise DataError(f"inputs have different numbers of steps ({text})", where=str(path))
    return inputs, steps.pop()


def _samples(
    array: Array, where: str, shape: tuple[int, ...], streams: bool
) -> tuple[Array, int | None]:
    """Bring samples to [n, *shape]; the second is T where they are n / T streams of T steps."""
    if array.dtype.kind not in "biuf":
        raise DataError(
            f"elements are of type {array.dtype}, expected numbers",
            hint="Save the samples as integers or floats.",
            where=where,
        )
    size, steps = prod(shape), None
    if array.size == 0:
        raise DataError("there are no samples", hint="Save at least one sample.", where=where)
    if array.ndim and array.size == array.shape[0] * size:
        count, own = array.shape[0], array.shape[1:]
    elif array.size == size:
        count, own = 1, array.shape
    elif streams and array.ndim > 1 and array.size == array.shape[0] * array.shape[1] * size:
        steps, own = array.shape[1], array.shape[2:]
        count = array.shape[0] * steps
    else:
        raise _mismatch(array, shape, where, streams)
    if _permuted(own, shape):
        hint = "The axes are in another order: transpose them."
        raise _mismatch(array, shape, where, streams, hint)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array.reshape(count, size)))[0]
        raise DataError(
            f"sample {bad[0]} holds a NaN or an infinite number (element {bad[1]})",
            hint="Leave that sample out, or mend what wrote it.",
            where=where,
        )
    if array.dtype.kind == "b":
        array = array.astype(np.uint8)
    return np.ascontiguousarray(array).reshape(count, *shape), steps


def _same_count(inputs: tuple[Array, ...], network: Network, path: Path) -> int:
    """The number of samples, which all inputs share."""
    counts = {len(samples) for samples in inputs}
    if len(counts) != 1:
        found = ", ".join(
            f"{name}: {len(samples)}" for name, samples in zip(network.inputs, inputs, strict=True)
        )
        raise DataError(f"inputs have different numbers of samples ({found})", where=str(path))
    return counts.pop()


def _permuted(found: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Whether the axes are the same in another order, so that a reshape would scramble them."""
    mine = [size for size in found if size > 1]
    wanted = [size for size in expected if size > 1]
    return mine != wanted and sorted(mine) == sorted(wanted)


def _mismatch(
    array: Array, shape: tuple[int, ...], where: str, streams: bool, hint: str = ""
) -> DataError:
    expected = ", ".join(str(size) for size in ("n", *shape))
    also = ", ".join(str(size) for size in ("n", "steps", *shape))
    return DataError(
        f"samples have the shape {array.shape}, expected ({expected})"
        + (f" or ({also})" if streams else ""),
        hint=hint or f"One sample of this model has {prod(shape)} elements.",
        where=where,
    )


def _labels(array: Array, count: int, steps: int | None, path: str) -> npt.NDArray[np.int64]:
    """Class indices int64 [count] from indices or one-hot rows, of samples or of whole streams."""
    if not steps:
        return _classes(array, count, path, "samples")
    streams = count // steps
    if array.shape[:2] == (streams, steps):
        return _classes(array.reshape(count, *array.shape[2:]), count, path, "samples")
    if array.ndim and len(array) == count:
        return _classes(array, count, path, "samples")
    found = np.full(count, -1, np.int64)
    found[steps - 1 :: steps] = _classes(array, streams, path, f"streams of {steps} steps")
    return found


def _classes(array: Array, count: int, path: str, what: str) -> npt.NDArray[np.int64]:
    """Class indices int64 [count] from indices or one-hot rows."""
    where = f"{path}, labels"
    hint = f"Labels are class indices 0, 1, 2, …, one for each of the {count} {what}."
    if array.dtype.kind not in "biuf":
        raise DataError(
            f"labels are of type {array.dtype}, expected whole numbers", hint=hint, where=where
        )
    if array.ndim == 0 or len(array) != count:
        found = len(array) if array.ndim else 1
        raise DataError(f"{found} labels for {count} {what}", hint=hint, where=where)
    if array.size != count:
        return _one_hot(array, count, where, hint)
    flat = array.reshape(count)
    if flat.dtype.kind == "f" and not (np.isfinite(flat).all() and (flat == np.rint(flat)).all()):
        raise DataError("labels are no whole numbers", hint=hint, where=where)
    if flat.min() < 0 or flat.max() > np.iinfo(np.int32).max:
        raise DataError(
            f"labels lie in {flat.min()}..{flat.max()}, expected 0 or more", hint=hint, where=where
        )
    return flat.astype(np.int64)


def _one_hot(array: Array, count: int, where: str, hint: str) -> npt.NDArray[np.int64]:
    rows = array.reshape(count, -1)
    if not (((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all()):
        raise DataError(
            f"labels have the shape {array.shape} and are not one-hot", hint=hint, where=where
        )
    return np.asarray(rows.argmax(axis=1), np.int64)
