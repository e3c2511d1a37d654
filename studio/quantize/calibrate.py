"""Ranges of a float network's tensors over calibration samples, streamed.

Samples run one by one through onnxruntime; only a minimum, a maximum and a histogram are kept
for each tensor, so memory does not grow with the number of samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError, ModelError
from studio.base.job import Job
from studio.graph.export import to_onnx
from studio.graph.network import Network

Floats = npt.NDArray[np.float32]
Method = Literal["minmax", "percentile"]
BINS = 2048


@dataclass(frozen=True)
class Range:
    """Smallest and largest value to represent."""

    low: float
    high: float


class FloatRunner:
    """Runs a float Network in onnxruntime, one sample at a time."""

    def __init__(self, network: Network, outputs: Sequence[str]) -> None:
        import onnxruntime  # noqa: PLC0415 - slow to import and only needed here

        self._names = network.inputs
        self._shapes = [network.shapes[name] for name in network.inputs]
        self._outputs = tuple(outputs)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                to_onnx(network, self._outputs).SerializeToString(),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # onnxruntime's errors share no base but Exception
            raise ModelError(
                f"onnxruntime cannot run this model: {error}",
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
            values = self._session.run(list(self._outputs), feed)
            yield dict(zip(self._outputs, values, strict=True))


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
    values on each side, found on a histogram of 2048 bins in a second pass.
    Raises DataError when a tensor becomes infinite or NaN.
    """
    runner = FloatRunner(network, tensors)
    total = len(samples[0])
    low = dict.fromkeys(tensors, np.inf)
    high = dict.fromkeys(tensors, -np.inf)
    for done, values in enumerate(runner.run(samples)):
        if done % 16 == 0:
            job.step(done, total, f"calibrating, sample {done + 1} of {total}")
        for name, value in values.items():
            low[name] = min(low[name], float(value.min()))
            high[name] = max(high[name], float(value.max()))
            if not np.isfinite(low[name] + high[name]):
                raise DataError(
                    f"sample {done} makes tensor {name} infinite or NaN",
                    hint="Scale the samples as in training, or leave that sample out.",
                    where=network.source,
                )
    if method == "minmax":
        return {name: Range(low[name], high[name]) for name in tensors}
    counts = {name: np.zeros(BINS, np.int64) for name in tensors}
    for done, values in enumerate(runner.run(samples)):
        if done % 16 == 0:
            job.step(done, total, f"histograms, sample {done + 1} of {total}")
        for name, value in values.items():
            counts[name] += np.histogram(value, BINS, (low[name], high[name] + 1e-12))[0]
    return {name: _percentile(counts[name], low[name], high[name], percentile) for name in tensors}


def _percentile(counts: npt.NDArray[np.int64], low: float, high: float, percentile: float) -> Range:
    cut = counts.sum() * (1 - percentile / 100)
    edges = np.linspace(low, high, BINS + 1)
    cumulative = np.cumsum(counts)
    first = int(np.searchsorted(cumulative, cut, side="right"))
    last = int(np.searchsorted(cumulative, cumulative[-1] - cut, side="left"))
    return Range(float(edges[min(first, BINS - 1)]), float(edges[min(last + 1, BINS)]))
