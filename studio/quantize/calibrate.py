"""Ranges of a float network's tensors over calibration samples, streamed.

Samples run one by one through onnxruntime, once; only a minimum, a maximum, a histogram and the
values of a few samples are kept for each tensor, so memory does not grow with the samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError, ModelError
from studio.base.job import Job
from studio.graph.export import to_onnx
from studio.graph.network import Network
from studio.quantize.histogram import METHODS, Histogram, Method, Range

__all__ = ["METHODS", "FloatRunner", "Floats", "Method", "Range", "observe", "outputs", "ranges"]

Floats = npt.NDArray[np.float32]

# Values and samples of a tensor that wait to be counted together, which is quicker.
WAITING_VALUES, WAITING_SAMPLES = 2**15, 32
FATAL = 4


class FloatRunner:
    """Runs a float Network in onnxruntime, one sample at a time."""

    def __init__(self, network: Network, outputs: Sequence[str]) -> None:
        import onnxruntime  # noqa: PLC0415 - slow to import and only needed here

        self._names = network.inputs
        self._shapes = [network.shapes[name] for name in network.inputs]
        self._outputs, self._source = tuple(outputs), network.source
        options = onnxruntime.SessionOptions()
        # What it says on stderr comes with the exception too.
        options.log_severity_level = FATAL
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                to_onnx(network, self._outputs).SerializeToString(),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # onnxruntime's errors share no base but Exception
            raise ModelError(
                f"onnxruntime cannot run this model: {first_line(error)}",
                hint="Check the model with onnx.checker and export it again.",
                where=network.source,
            ) from error

    def run(self, samples: Sequence[npt.NDArray[np.generic]]) -> Iterator[dict[str, Floats]]:
        """The chosen tensors for each sample, by name."""
        for index in range(len(samples[0])):
            feed = {
                name: np.asarray(x[index], np.float32).reshape(shape)
                for name, shape, x in zip(self._names, self._shapes, samples, strict=True)
            }
            try:
                values = self._session.run(list(self._outputs), feed)
            except Exception as error:  # as above
                raise ModelError(
                    f"onnxruntime cannot run this model on sample {index}: {first_line(error)}",
                    hint="Check the model with onnx.checker and export it again.",
                    where=self._source,
                ) from error
            yield dict(zip(self._outputs, values, strict=True))


def first_line(error: Exception) -> str:
    """What an exception of onnxruntime says, without what it lists behind."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def outputs(
    network: Network, samples: Sequence[npt.NDArray[np.generic]], job: Job
) -> tuple[Floats, ...]:
    """The float network's outputs for all samples: one array [n, ...] per graph output."""
    total = len(samples[0])
    rows: list[list[Floats]] = []
    for done, values in enumerate(FloatRunner(network, network.outputs).run(samples)):
        if done % 32 == 0:
            job.step(done, total, f"float reference, sample {done + 1} of {total}")
        rows.append([values[name] for name in network.outputs])
    return tuple(np.concatenate(column) for column in zip(*rows, strict=True))


def observe(
    network: Network,
    tensors: Sequence[str],
    samples: Sequence[npt.NDArray[np.generic]],
    job: Job,
    counted: bool = True,
) -> Mapping[str, Histogram]:
    """Extremes of each tensor over the samples, and with ``counted`` its distribution.

    Raises DataError when a tensor becomes infinite or NaN.
    """
    runner = FloatRunner(network, tensors)
    total = len(samples[0])
    found = {name: Histogram() for name in tensors}
    waiting: dict[str, list[Floats]] = {name: [] for name in tensors}

    def count(name: str, last: int) -> None:
        """Take over what waits of a tensor; ``last`` is its last sample."""
        values, first = waiting[name], last + 1 - len(waiting[name])
        waiting[name] = []
        for number, value in enumerate(values):
            if not np.isfinite(value).all():
                raise DataError(
                    f"sample {first + number} makes tensor {name} infinite or NaN",
                    hint="Scale the samples as in training, or leave that sample out.",
                    where=network.source,
                )
        joined = np.concatenate([value.ravel() for value in values])
        found[name].extend(joined)
        if counted:
            found[name].add(joined)

    for done, values in enumerate(runner.run(samples)):
        if done % 16 == 0:
            job.step(done, total, f"calibrating, sample {done + 1} of {total}")
        for name, value in values.items():
            waiting[name].append(value)
            many = len(waiting[name])
            if many >= WAITING_SAMPLES or many * value.size >= WAITING_VALUES or done + 1 == total:
                count(name, done)
    return found


def channel_peaks(
    network: Network,
    tensors: Sequence[str],
    samples: Sequence[npt.NDArray[np.generic]],
    job: Job,
) -> dict[str, npt.NDArray[np.float64]]:
    """The largest absolute value of each channel of each tensor over the samples.

    Channels are on axis 1, and on the last axis of tensors with three axes that only matrices
    read and write ([N, T, C]).
    """
    found: dict[str, npt.NDArray[np.float64]] = {}
    total = len(samples[0])
    axes = {name: channel_axis(network, name) for name in tensors}
    for done, values in enumerate(FloatRunner(network, tensors).run(samples) if tensors else ()):
        if done % 16 == 0:
            job.step(done, total, f"channels, sample {done + 1} of {total}")
        for name, value in values.items():
            others = tuple(axis for axis in range(value.ndim) if axis != axes[name])
            peaks = np.abs(value).max(axis=others).astype(np.float64)
            found[name] = np.maximum(found[name], peaks) if name in found else peaks
    return found


def channel_axis(network: Network, tensor: str) -> int:
    """The axis of a tensor's channels: 1, or the last between MatMul nodes."""
    near = [*network.consumers(tensor), network.producer(tensor)]
    matrices = any(node is not None and node.op == "MatMul" for node in near)
    return len(network.shapes[tensor]) - 1 if matrices else 1


def ranges(
    network: Network,
    tensors: Sequence[str],
    samples: Sequence[npt.NDArray[np.generic]],
    method: Method,
    percentile: float,
    job: Job,
) -> Mapping[str, Range]:
    """The range of each tensor over the samples.

    "minmax" takes the extremes; "percentile" leaves out ``100 - percentile`` percent of the
    values on each side; "mse" has the least squared error of clipping and rounding; "kl" changes
    the distribution least. Raises DataError when a tensor becomes infinite or NaN.
    """
    found = observe(network, tensors, samples, job, counted=method != "minmax")
    return {
        name: histogram.suggest(method, percentile, largest_integer(network, name, histogram))
        for name, histogram in found.items()
    }


def largest_integer(network: Network, tensor: str, seen: Histogram) -> int:
    """The largest integer a tensor may hold: 255 for inputs that are never negative, else 127."""
    return 255 if tensor in network.inputs and seen.low >= 0 else 127
