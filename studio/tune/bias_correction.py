"""Bias correction: what a layer's integers are off on average goes into its biases.

After Nagel et al. (ICCV 2019), with the shift measured instead of derived: rounded weights
shift the mean of an output channel, and so does the chip's rounding, which draws negative
results towards zero by a quarter of a step. Means are taken over calibration samples and all
positions, of values as both can represent them: clipped to the integers' range.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.base.job import Job
from studio.quantize.choices import Choices
from studio.quantize.fuse import ARRAY
from studio.quantize.matrix import plain_bias
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.quantize.scales import array_weights
from studio.quantize.stage import Prepared, Samples
from studio.simulate.follow import follow
from studio.simulate.reference import of_network

Real = npt.NDArray[np.float64]

# Of a channel that is rarely above zero, a bias moves the mean only that rarely.
LEAST_ACTIVE = 0.25
# A mean within twice its standard error counts as none.
CHANCE = 4.0


def corrected(
    choices: Choices,
    qnetwork: QNetwork,
    prepared: Prepared,
    samples: Samples,
    job: Job,
    mode: Literal["single", "entire"] = "single",
) -> Choices:
    """``choices`` with the shifts of ``qnetwork``, which they gave, taken out of the biases.

    "single" is the shift of each layer on float inputs, "entire" that of the whole network so
    far. The array holds biases in steps of the chip's bias unit, so small shifts stay.
    """
    found = dict(choices.biases)
    stored = _stored(qnetwork)
    own = {part.main.name: part for part in prepared.parts if part.main.op in ARRAY}
    for node, shift in shifts(qnetwork, prepared, samples, job, mode).items():
        if node in own and node in stored:
            _, bias = array_weights(prepared.network, own[node])
            # What the array adds now, rounded to its unit, and the shift beside it.
            found[node] = stored[node] + shift - bias
    return replace(choices, biases=found)


def _stored(qnetwork: QNetwork) -> dict[str, Real]:
    """The biases the array adds, in the outputs' real units, by node: float64 [columns]."""
    found = {}
    for op in qnetwork.ops:
        if isinstance(op, ArrayOp):
            step = qnetwork.tensors[op.output].scale
            parts = [plain_bias(matrix) * (step / matrix.gain) for matrix in op.matrices]
            found[op.trace] = np.concatenate(parts)
    return found


def shifts(
    qnetwork: QNetwork,
    prepared: Prepared,
    samples: Samples,
    job: Job,
    mode: Literal["single", "entire"],
) -> dict[str, Real]:
    """Float mean minus integer mean of each output channel, by node: float64 [columns].

    A mean over a few samples is partly chance, so each is drawn towards zero the more, the nearer
    it is to its standard error over samples.
    """
    errors: dict[str, list[Real]] = {}
    counts: dict[str, int] = {}
    active: dict[str, Real] = {}
    reference = of_network(prepared.network, qnetwork)
    for outcome in follow(qnetwork, reference, samples, job):
        op, wanted = outcome.op, outcome.wanted
        if not isinstance(op, ArrayOp) or wanted is None or outcome.single is None:
            continue
        tensor = qnetwork.tensors[op.output]
        integers = outcome.single if mode == "single" else outcome.entire
        inside = np.clip(wanted, tensor.low * tensor.scale, tensor.high * tensor.scale)
        error = (inside - integers * tensor.scale).mean(axis=(1, 2))
        above = np.count_nonzero(integers > tensor.low, axis=(0, 1, 2)).astype(np.float64)
        errors.setdefault(op.trace, []).append(error)
        active[op.trace] = active.get(op.trace, 0.0) + above
        counts[op.trace] = counts.get(op.trace, 0) + integers[..., 0].size
    return {
        node: _certain(np.concatenate(own)) / np.maximum(active[node] / counts[node], LEAST_ACTIVE)
        for node, own in errors.items()
    }


def _certain(errors: Real) -> Real:
    """The mean over samples [n, columns], less what chance may have added."""
    mean = errors.mean(axis=0)
    variance = errors.var(axis=0) / max(1, len(errors) - 1)
    found: Real = mean * np.maximum(0.0, 1 - CHANCE * variance / np.maximum(mean**2, 1e-300))
    return found
