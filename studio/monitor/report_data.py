"""What a session report tells, gathered from a results folder and from what the monitor saw."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base.errors import ProjectError, StudioError
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.mapper import store as layouts
from studio.mapper.layout import Layout
from studio.monitor.accuracy import Curve, SampleTally, Share
from studio.monitor.batch import Points
from studio.monitor.board_info import LayerTime, layer_times
from studio.monitor.export import series_of
from studio.monitor.recording_file import Header
from studio.monitor.result import Sample
from studio.monitor.store import Store
from studio.quantize import store as networks
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.simulate import stage as simulations

Matrix = npt.NDArray[np.int64]

_LOG_END = 1 << 22  # bytes of serial.log that are read for the layers' times: its end has them
_LIBRARIES = ("numpy", "onnx", "ziglang")


@dataclass(frozen=True)
class Layer:
    """One operation: ``kind`` as in "Array", its output's (W, H, C), weights as rows x columns.

    ``blocks`` are its rectangles on the array; the shape is () where a damaged file lost it.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: tuple[str, ...] = ()
    gains: tuple[int, ...] = ()
    blocks: int = 0


@dataclass(frozen=True)
class Size:
    """Bytes used of a memory: "code", "data" or "sram"."""

    name: str
    used: int
    limit: int


@dataclass(frozen=True)
class Deployed:
    """What a results folder holds; None, empty or 0 for what it does not.

    ``accuracy`` is the target's, ``target`` "emulator" or "board", ``differing`` counts samples
    that are not the simulator's to the last bit, ``confusion`` [classes, classes] counts labels
    (rows) and results. ``seconds`` are those of the stages; ``problems`` tell what is damaged.
    """

    folder: str
    model: str = ""
    digest: str = ""
    chip: Chip | None = None
    network: QNetwork | None = None
    layout: Layout | None = None
    layers: tuple[Layer, ...] = ()
    accuracy_float: float | None = None
    accuracy_integer: float | None = None
    accuracy: float | None = None
    target: str = ""
    noise: str = ""
    samples: int = 0
    differing: int = 0
    confusion: Matrix | None = None
    sizes: tuple[Size, ...] = ()
    times: tuple[LayerTime, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    toolchain: str = ""
    tag: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What the monitor saw in a session: its line, what was counted, curves and samples.

    Times are seconds since the epoch, ``size`` bytes received. ``accuracy`` is of ``run`` samples
    with labels, ``curve`` how it grew.
    """

    header: Header
    begin: float
    end: float
    size: int
    lines: int
    errors: int
    samples: int
    accuracy: Share
    curve: Curve
    confusion: Matrix
    times: tuple[LayerTime, ...]
    series: Mapping[str, Points]
    kinds: Mapping[str, int]


def seen(store: Store, header: Header, begin: float = 0.0, end: float = 0.0, size: int = 0) -> Seen:
    """What a store holds now; ``begin``, ``end`` and ``size`` where they are known."""
    snapshot, figures = store.snapshot(), store.figures()
    if not figures.samples and store.previous is not None:
        figures = store.previous  # a run that only said it starts
    return Seen(
        header=header,
        begin=begin,
        end=end,
        size=size,
        lines=snapshot.lines,
        errors=snapshot.errors,
        samples=figures.samples,
        accuracy=figures.accuracy,
        curve=store.accuracy_curve(),
        confusion=figures.matrix,
        times=snapshot.times,
        series=series_of(snapshot),
        kinds=snapshot.kinds,
    )


def deployed(folder: Path) -> Deployed:
    """What lies in a results folder (project.Project); damaged parts are told, not raised.

    Raises ProjectError for a folder that holds neither a network nor a result.
    """
    problems: list[str] = []
    result = _json(folder / "result.json", problems)
    source, image = _json(folder / "source.json", problems), _json(folder / "image.json", problems)
    chip = network = layout = simulation = None
    with _telling(problems, folder / "chip.toml"):
        chip = chips.load(folder / "chip.toml")
    with _telling(problems, folder / "quantized"):
        network = networks.load(folder / "quantized")
    if not result and network is None:
        raise ProjectError(
            "there is nothing here to report",
            hint="Choose the results folder of a deployed model.",
            where=str(folder),
        )
    if network is not None and chip is not None:
        with _telling(problems, folder / "layout.json"):
            layout = layouts.load(folder / "layout.json", network, chip)
    with _telling(problems, folder / "samples.npz"):
        simulation = simulations.load(folder / "samples.npz")
    sizes = image.get("sizes") or result.get("sizes") or {}
    predictions = result.get("predictions")
    labels = None if simulation is None else simulation.labels
    tag = image.get("tag")
    return Deployed(
        folder=folder.resolve().name,
        model=str(source.get("model") or _file_name(str(result.get("model", "")))),
        digest=str(source.get("digest", "")),
        chip=chip,
        network=network,
        layout=layout,
        layers=_layers(network, layout),
        accuracy_float=_fraction(result.get("accuracy_float")),
        accuracy_integer=_fraction(result.get("accuracy_integer")),
        accuracy=_fraction(result.get("accuracy")),
        target=str(result.get("target", "")),
        noise=str(result.get("noise") or ""),
        samples=_count(result.get("samples")),
        differing=_count(result.get("differing_samples")),
        confusion=_confusion(labels, predictions),
        sizes=tuple(
            Size(name, _count(sizes.get(name)), _count(sizes.get(f"{name}_limit")))
            for name in ("code", "data", "sram")
            if name in sizes
        ),
        times=_log_times(folder / "serial.log"),
        seconds=_numbers(result.get("seconds")),
        toolchain=str(image.get("toolchain", "")),
        tag=f"{tag:08x}" if isinstance(tag, int) else "",
        problems=tuple(problems),
    )


def versions() -> tuple[tuple[str, str], ...]:
    """Name and version of Python, the system and the libraries that figures come from."""
    found = [("Python", platform.python_version()), (platform.system(), platform.release())]
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append((name, metadata.version(name)))
    return tuple(found)


@contextlib.contextmanager
def _telling(problems: list[str], path: Path) -> Any:
    """Note what is wrong with a part; that it is not there is no problem."""
    try:
        yield
    except StudioError as error:
        if path.exists():
            problems.append(f"{path.name}: {error.message}")


def _json(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        problems.append(f"{path.name}: {error}")
        return {}
    return tree if isinstance(tree, dict) else {}


def _layers(network: QNetwork | None, layout: Layout | None) -> tuple[Layer, ...]:
    found = []
    for op in network.walk() if network is not None else ():
        assert network is not None
        own = [] if layout is None else [block for block in layout.blocks if block.layer == op.name]
        matrices = op.matrices if isinstance(op, ArrayOp) else ()
        kind = type(op).__name__.removesuffix("Op")
        sizes = tuple(f"{matrix.inputs} × {matrix.columns}" for matrix in matrices)
        gains = tuple(dict.fromkeys(matrix.gain for matrix in matrices))
        shape = network.tensors[op.output].shape if op.output in network.tensors else ()
        found.append(Layer(op.name, kind, shape, tuple(dict.fromkeys(sizes)), gains, len(own)))
    return tuple(found)


def _confusion(labels: npt.NDArray[np.int64] | None, predictions: object) -> Matrix | None:
    """Labels against results, [classes, classes]; a label of -1 is none."""
    if labels is None or not isinstance(predictions, list):
        return None
    tally = SampleTally(labels)
    for index, answer in enumerate(predictions):
        if isinstance(answer, int) and answer >= 0:
            label = int(labels[index]) if index < len(labels) else -1
            sample = Sample(index, label if label >= 0 else None, answer, None, 0, None)
            if label >= 0:
                tally.add(sample, 0.0)
    matrix = tally.figures().matrix
    return matrix if matrix.any() else None


def _log_times(path: Path) -> tuple[LayerTime, ...]:
    """The newest time of each layer in the log of the last run."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LOG_END))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple({time.name: time for time in layer_times(text)}.values())


def _file_name(path: str) -> str:
    """A path's last part, whichever system it comes from."""
    return path.replace("\\", "/").rpartition("/")[2]


def _fraction(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else None


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _numbers(value: object) -> dict[str, float]:
    tree = value if isinstance(value, dict) else {}
    return {str(name): float(n) for name, n in tree.items() if isinstance(n, int | float)}
