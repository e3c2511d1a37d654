"""Projects to start from: options, a guide and an example for a kind of task; runs in the worker.

Where no trained network is at hand the example is made here: a fixed random layer, and a last
layer solved by least squares on made-up data. The guide in the project says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio import project_copies, project_file, projects
from studio.base import paths
from studio.base.files import write_text
from studio.base.job import Job
from studio.options import Options
from studio.project_copies import put
from studio.project_file import ProjectFile

GUIDE = "README.txt"
FRAMES, FEATURES = 20, 40  # of one sample of the wake word
BINS = 64  # of one spectrum to denoise

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A network of two dense layers, and data for it by the names an .npz has them."""

    shape: tuple[int, ...]
    hidden: Array
    last: Array
    data: dict[str, Any]


@dataclass(frozen=True)
class Template:
    """``id`` is also the project's name; ``make`` None: the bundled digits example."""

    id: str
    options: dict[str, Any]
    make: Callable[[], Example] | None
    guide: str


def create(job: Job, template: str, root: Path, options: Options) -> ProjectFile:
    """A new project below ``root``, made from the template with that id. Raises ProjectError."""
    chosen = next(own for own in TEMPLATES if own.id == template)
    folder = projects.new_folder(root, chosen.id)
    start = replace(options, **chosen.options)
    project = ProjectFile(folder, folder.name, options=start, template=chosen.id)
    project = projects.bring_in(project)
    job.step(0, 2, chosen.id)
    if chosen.make is None:
        model = paths.resource("examples", "digits", "digits.onnx")
        project, own_model = put(project, model, job)
        project, own_data = put(project, model.with_suffix(".npz"), job)
    else:
        example = chosen.make()
        project, own_model = project_copies.write(
            project, f"{chosen.id}.onnx", lambda path: _save(example, path)
        )
        project, own_data = project_copies.write(
            project, f"{chosen.id}.npz", lambda path: _save_data(example, path)
        )
    project = replace(project, model=own_model, data=own_data)
    write_text(folder / GUIDE, chosen.guide)
    project_file.save(project)
    job.step(2, 2, chosen.id)
    return project


def wake_word() -> Example:
    """A wake word among other sounds, in frames of made-up filter bank features.

    A made-up word is a ridge that rises and falls through the bands; what is no word is a ridge
    that falls and rises, or none; noise lies over all of it. Samples [n, 1, 20, 40], signed.
    """
    random = np.random.default_rng(1)
    labels = random.integers(0, 2, 1200)
    time = np.linspace(0.0, 1.0, FRAMES)[:, None]
    bands = np.arange(FEATURES)[None, :]
    samples = random.normal(0.0, 0.7, (len(labels), FRAMES, FEATURES))
    for index, label in enumerate(labels):
        rise = 14 * np.sin(np.pi * (time + random.normal(0, 0.04)))
        ridge = 12 + rise if label else 28 - rise
        strength = random.uniform(1.0, 2.0) * (label or random.random() < 0.7)
        samples[index] += strength * np.exp(-0.5 * ((bands - ridge) / 2.5) ** 2)
    samples -= samples.mean()
    x = samples.reshape(len(labels), 1, FRAMES, FEATURES).astype(np.float32)
    targets = np.eye(2)[labels]
    hidden, last = _fit(x[:800].reshape(800, -1), targets[:800], 96, random)
    return Example((1, FRAMES, FEATURES), hidden, last, _data(x, 800) | {"y": labels[800:]})


def denoise() -> Example:
    """The clean spectrum from a noisy one: samples and outputs of 64 bins, signed.

    A made-up spectrum is a few smooth peaks.
    """
    random = np.random.default_rng(2)
    bins = np.arange(BINS)[None, :]
    clean = np.zeros((1200, BINS))
    for _ in range(3):
        center = random.uniform(4, BINS - 4, (len(clean), 1))
        clean += random.uniform(0.4, 1.2, (len(clean), 1)) * np.exp(
            -0.5 * ((bins - center) / 3.0) ** 2
        )
    clean -= clean.mean()
    x = (clean + random.normal(0.0, 0.25, clean.shape)).astype(np.float32)
    hidden, last = _fit(x[:800], clean[:800], 256, random)
    return Example((BINS,), hidden, last, _data(x, 800) | {"clean": clean[800:].astype(np.float32)})


def _data(x: Array, training: int) -> dict[str, Any]:
    """Samples the last layer was not solved with, and some it was, to calibrate by."""
    return {"x": x[training:], "calibration": x[:256]}


def _fit(
    x: Array, targets: npt.NDArray[np.float64], hidden: int, random: np.random.Generator
) -> tuple[Array, Array]:
    """Both layers' weights [inputs, outputs]: the first random, the second by ridge regression."""
    first = random.normal(0.0, 1.0, (x.shape[1], hidden)) / np.sqrt(x.shape[1]) / x.std()
    middle = np.maximum(x @ first, 0.0)
    ridge = 0.1 * len(x) * np.eye(hidden) * middle.var()
    second = np.linalg.solve(middle.T @ middle + ridge, middle.T @ targets)
    return first.astype(np.float32), second.astype(np.float32)


def _save(example: Example, path: Path) -> None:
    """The network as ONNX: flatten, dense, ReLU, dense."""
    import onnx  # noqa: PLC0415 - not in the window's process
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    weights = {"hidden_weights": example.hidden, "output_weights": example.last}
    nodes = [
        helper.make_node("Flatten", ["input"], ["flat"], "flatten"),
        helper.make_node("MatMul", ["flat", "hidden_weights"], ["sums"], "hidden"),
        helper.make_node("Relu", ["sums"], ["active"], "relu"),
        helper.make_node("MatMul", ["active", "output_weights"], ["output"], "output"),
    ]
    outputs = example.last.shape[1]
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, (1, *example.shape))],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, (1, outputs))],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(path))


def _save_data(example: Example, path: Path) -> None:
    with path.open("wb") as stream:
        np.savez_compressed(stream, **example.data)


_MADE = """\
The network in this folder is an EXAMPLE. It was not trained on recordings: its first layer is
random, its last one was solved by least squares on made-up data, and the data here are made up
the same way. It shows the way through the program; its accuracy says nothing about real sound.
"""

TEMPLATES = (
    Template(
        "classification",
        {},
        None,
        """\
CLASSIFICATION

The network is the bundled example: it reads handwritten digits of 8 x 8 pixels.

Put your own in its place:
1. Drop your model (.onnx) on the window. It gets a project of its own.
2. Drop samples with labels: an .npz with x [n, ...] and y [n], or a folder with one folder of
   pictures for each class.
3. Press Deploy. The accuracy is counted on the target, sample by sample.

Ranges are calibrated with the first 256 samples, or with an array called calibration in the
.npz. It should hold samples that training used, and every class.
""",
    ),
    Template(
        "wake-word",
        {"signed": "pn"},
        wake_word,
        f"""\
WAKE WORD

{_MADE}
What the options here are for:
- Signed inputs are stored as pairs (pn): filter bank features go below 0 once their mean is
  taken off. Where the array is too full, choose "shift" in the project panel.
- Labels: class 1 is the word, class 0 everything else.

Put your own in its place:
1. One sample is {FRAMES} frames of {FEATURES} filter bank features here; take what yours uses.
2. Save an .npz with x [n, 1, frames, features] and y [n], and an array calibration.
3. A network whose samples are single frames and that remembers (Tdnn, Gru and Lstm of the
   maker's dialect) takes x [streams, frames, features]. Its states are zeroed at the start of
   every stream, or as "Reset states every" says.
""",
    ),
    Template(
        "denoise",
        {"labels": False, "tune": "thorough"},
        denoise,
        f"""\
DENOISE

{_MADE}
What the options here are for:
- There are no labels: the outputs are spectra, not classes, so no accuracy is counted. The
  accuracy panel tells instead how close every layer comes to the float model.
- Search is set to thorough: rounding is heard sooner in a spectrum than in a class.

Put your own in its place:
1. One sample is a spectrum of {BINS} bins here; take what yours uses.
2. Save an .npz with x [n, ...] and an array calibration. The array clean in the example's
   .npz is what its outputs should be; the program does not read it.
3. Compare outputs.npz in the folder results with your clean spectra.
""",
    ),
)
