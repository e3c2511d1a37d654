"""How good a quantized network is: its outputs against the float model's, on a few samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.base.job import Job
from studio.graph.network import Network
from studio.quantize import calibrate, io
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import Samples
from studio.simulate.errors import decibels
from studio.simulate.evaluate import Product
from studio.simulate.run import run

Real = npt.NDArray[np.float64]
Floats = tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True)
class Part:
    """Some samples, one array [n, *shape] an input, and the float model's outputs for them."""

    samples: Samples
    outputs: Floats

    def __len__(self) -> int:
        return len(self.samples[0])

    def first(self, count: int) -> Part:
        """At most ``count`` of them."""
        return Part(tuple(x[:count] for x in self.samples), tuple(y[:count] for y in self.outputs))


def part(network: Network, samples: Sequence[npt.NDArray[np.generic]], job: Job) -> Part:
    """Samples with the outputs of the float ``network``."""
    return Part(tuple(samples), calibrate.outputs(network, samples, job))


def spread(samples: Samples, count: int) -> Samples:
    """At most ``count`` of the samples, evenly spread over all, in their order."""
    total = len(samples[0])
    if total <= count:
        return samples
    chosen = np.arange(count) * total // count
    return tuple(x[chosen] for x in samples)


def halves(whole: Part, count: int) -> tuple[Part, Part]:
    """Samples to search with, and others to judge by: ``count`` of each, evenly spread."""
    total = len(whole)
    chosen = np.arange(min(total, 2 * count)) * total // min(total, 2 * count)
    found = []
    for start in (0, 1):
        own = chosen[start::2]
        found.append(
            Part(tuple(x[own] for x in whole.samples), tuple(y[own] for y in whole.outputs))
        )
    return found[0], found[1]


def real_outputs(qnetwork: QNetwork, samples: Samples, array: Product | None = None) -> Floats:
    """The integer network's outputs in real units, float32 [n, ...], in its order."""
    result = run(qnetwork, io.encode(qnetwork, samples), array=array)
    real = io.real_outputs(qnetwork, result.outputs)
    return tuple(np.asarray(real[name], np.float32) for name in qnetwork.outputs)


def error(qnetwork: QNetwork, wanted: Part, array: Product | None = None) -> float:
    """Squared error of the outputs over the float outputs' squares, the mean of all outputs.

    ``array`` computes the array operations; a noisy one measures under noise.
    """
    return float(np.mean(by_sample(qnetwork, wanted, array)))


def by_sample(qnetwork: QNetwork, wanted: Part, array: Product | None = None) -> Real:
    """``error`` as the mean of these: float64 [n], each sample's over the mean square."""
    found = real_outputs(qnetwork, wanted.samples, array)
    total = np.zeros(len(wanted))
    for real, reference in zip(found, wanted.outputs, strict=True):
        target = np.asarray(reference, np.float64).reshape(len(wanted), -1)
        squares = np.sum((real.reshape(len(wanted), -1) - target) ** 2, axis=1)
        total += squares / max(float(np.mean(np.sum(target**2, axis=1))), 1e-30)
    found_errors: Real = total / len(found)
    return found_errors


def snr(relative_error: float) -> float:
    """What ``error`` gives, as a signal-to-noise ratio in dB."""
    return decibels(1.0, relative_error)


def agreement(qnetwork: QNetwork, wanted: Part) -> float | None:
    """Fraction of samples of which both say the same class; None where outputs are no classes."""
    reference = wanted.outputs[0]
    flat = reference.reshape(len(reference), -1)
    if len(wanted.outputs) > 1 or flat.shape[1] != reference.shape[1] or flat.shape[1] < 2:
        return None
    found = real_outputs(qnetwork, wanted.samples)[0].reshape(len(reference), -1)
    return float(np.mean(found.argmax(axis=1) == flat.argmax(axis=1)))


def macs(qnetwork: QNetwork) -> int:
    """Multiplications the array does for one sample."""
    total = 0
    for op in qnetwork.array_ops:
        w, h, _ = qnetwork.tensors[op.output].shape
        total += w * h * sum(matrix.weights.size for matrix in op.matrices)
    return total
