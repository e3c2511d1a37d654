"""The simulator's stage: test samples through a QNetwork, with the float model as reference."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError, ProjectError, VerifyError
from studio.base.files import replacing
from studio.base.job import Job
from studio.graph.network import Network
from studio.quantize import calibrate, io
from studio.quantize.qnetwork import Int16, QNetwork
from studio.simulate.run import Result
from studio.simulate.run import run as simulate

Labels = npt.NDArray[np.int64]

# Accuracy that integers may cost before a note says so; one sample alone is chance.
MOST_LOST, LEAST_LOST = 0.01, 2


@dataclass(frozen=True)
class Simulation:
    """Test samples and the chip's exact answers to them.

    ``inputs`` and ``outputs``: one array (n, W, H, C) of chip integers for each input and
    output, in the network's order. ``predictions``: class indices [n], None where the first
    output has more than one position. A label of -1 is none: of a stream that is classified as a
    whole only the last step has one. Accuracies are fractions of what has labels, None without;
    ``accuracy_float`` is None for models that are integer already.
    """

    inputs: tuple[Int16, ...]
    outputs: tuple[Int16, ...]
    labels: Labels | None
    predictions: Labels | None
    accuracy_integer: float | None
    accuracy_float: float | None

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.inputs[0])


def run(
    qnetwork: QNetwork,
    network: Network | None,
    samples: tuple[npt.NDArray[np.generic], ...],
    labels: Labels | None,
    job: Job | None = None,
    layers: bool = False,
    reset_every: int | None = None,
) -> tuple[Simulation, Result]:
    """Simulate all ``samples`` (one array [n, *shape] an input).

    ``network`` gives the float reference when it is a float network and there are labels.
    ``reset_every`` is that of run.run: states are zeroed before every so many samples.
    """
    job = job or Job()
    inputs = io.encode(qnetwork, samples)
    result = simulate(qnetwork, inputs, job, layers, reset_every)
    outputs = tuple(result.outputs[name] for name in qnetwork.outputs)
    guess = predictions(outputs[0])
    if guess is not None and labels is not None:
        check_labels(labels, max(2, outputs[0].shape[3]), qnetwork.name)
    reference = None
    if network is not None and network.dialect == "float" and labels is not None:
        floats = calibrate.outputs(network, samples, job)[0]
        reference = accuracy(predictions(floats.reshape(len(floats), 1, 1, -1)), labels)
        reference = None if guess is None else reference
    found = Simulation(inputs, outputs, labels, guess, accuracy(guess, labels), reference)
    return found, result


def check_labels(labels: Labels, classes: int, where: str) -> None:
    """Raise DataError for a label that is none of the classes."""
    wrong = np.flatnonzero((labels < -1) | (labels >= classes))
    if wrong.size:
        first = int(wrong[0])
        raise DataError(
            f"label {labels[first]} of sample {first} is none of the model's {classes} classes",
            hint=f"Labels must be 0..{classes - 1}, one for each sample.",
            where=where,
        )


def verify(simulation: Simulation, qnetwork: QNetwork) -> None:
    """Raise VerifyError where an output leaves its tensor's shape or range."""
    for name, values in zip(qnetwork.outputs, simulation.outputs, strict=True):
        tensor = qnetwork.tensors[name]
        inside = tensor.low <= int(values.min()) and int(values.max()) <= tensor.high
        if values.shape != (simulation.samples, *tensor.shape) or not inside:
            raise VerifyError(
                f"simulator: output {name} leaves {tensor.shape}, {tensor.low}..{tensor.high}",
                hint="This is a bug; please report it.",
            )


def predictions(output: npt.NDArray[np.generic]) -> Labels | None:
    """Class indices of an output (n, 1, 1, C): the first largest; for one value, above 0."""
    if output.shape[1:3] != (1, 1):
        return None
    flat = output.reshape(len(output), -1)
    found: Labels = np.argmax(flat, axis=1)
    if flat.shape[1] == 1:
        found = np.greater(flat[:, 0], 0).astype(np.int64)
    return found


def accuracy(guess: Labels | None, labels: Labels | None) -> float | None:
    """Fraction of predictions that equal the labels; None where either is missing.

    Samples whose label is -1 do not count.
    """
    if guess is None or labels is None or not (labels >= 0).any():
        return None
    return float(np.mean((guess == labels)[labels >= 0]))


def loss_note(simulation: Simulation) -> str:
    """A remark where the integers lose more than a point of accuracy; else empty."""
    before, after, labels = (
        simulation.accuracy_float,
        simulation.accuracy_integer,
        simulation.labels,
    )
    if before is None or after is None or labels is None:
        return ""
    lost = round((before - after) * int(np.count_nonzero(labels >= 0)))
    if lost < LEAST_LOST or before - after <= MOST_LOST:
        return ""
    return (
        f"The accuracy falls from {100 * before:.1f} % to {100 * after:.1f} % in integers:"
        " `cim-studio report` shows which layers lose it, and what to do."
    )


def checksums(qnetwork: QNetwork, simulation: Simulation) -> list[int]:
    """CRC-32 of each sample's output bytes, all outputs in order, as the firmware prints it."""
    columns = []
    for name, values in zip(qnetwork.outputs, simulation.outputs, strict=True):
        kind = np.uint8 if qnetwork.tensors[name].high > 127 else np.int8
        columns.append(values.astype(kind).reshape(len(values), -1).view(np.uint8))
    return [zlib.crc32(row.tobytes()) for row in np.concatenate(columns, axis=1)]


def save(simulation: Simulation, path: Path) -> None:
    """Write the samples and answers to an .npz, atomically."""
    arrays = {f"input_{i}": x for i, x in enumerate(simulation.inputs)}
    arrays |= {f"output_{i}": x for i, x in enumerate(simulation.outputs)}
    numbers: dict[str, npt.NDArray[np.generic]] = dict(arrays)
    for name in ("labels", "predictions", "accuracy_integer", "accuracy_float"):
        value = getattr(simulation, name)
        if value is not None:
            numbers[name] = np.asarray(value)
    save_arrays(numbers, path)


def save_arrays(arrays: Mapping[str, npt.NDArray[np.generic]], path: Path) -> None:
    """Write named arrays to an .npz, atomically; names may be anything a model calls a tensor."""
    with (
        replacing(path) as temporary,
        # Level 1 is several times faster than the usual 6, and nearly as small with integers.
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
    ):
        for name, array in arrays.items():
            with file.open(f"{name}.npy", "w") as stream:
                np.lib.format.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)


def load(path: Path) -> Simulation:
    """Read what ``save`` wrote. Raises ProjectError when it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return Simulation(
            inputs=_numbered(arrays, "input"),
            outputs=_numbered(arrays, "output"),
            labels=arrays.get("labels"),
            predictions=arrays.get("predictions"),
            accuracy_integer=_number(arrays, "accuracy_integer"),
            accuracy_float=_number(arrays, "accuracy_float"),
        )
    except FileNotFoundError as error:
        raise ProjectError(
            "no simulated samples here",
            hint="Run `cim-studio simulate MODEL --data FILE --out DIR` first, or `deploy`.",
            where=str(path),
        ) from error
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ProjectError(
            f"the simulated samples are damaged: {error}",
            hint="Simulate again.",
            where=str(path),
        ) from error


def _numbered(arrays: dict[str, npt.NDArray[np.generic]], stem: str) -> tuple[Int16, ...]:
    count = sum(name.startswith(f"{stem}_") for name in arrays)
    return tuple(arrays[f"{stem}_{index}"].astype(np.int16) for index in range(count))


def _number(arrays: dict[str, npt.NDArray[np.generic]], name: str) -> float | None:
    return float(arrays[name]) if name in arrays else None
