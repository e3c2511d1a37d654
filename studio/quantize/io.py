"""Between the model's samples and the chip's integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.quantize.qnetwork import Int16, QNetwork


def encode(qnetwork: QNetwork, samples: Sequence[npt.NDArray[np.generic]]) -> tuple[Int16, ...]:
    """Samples as chip integers: one array [n, *ONNX shape] an input -> (n, W, H, C).

    Real values are divided by the input's scale, rounded to the nearest integer (halves to
    even) and clipped to its range. Samples of an integer model must be in range: DataError
    otherwise.
    """
    found = []
    for name, values in zip(qnetwork.inputs, samples, strict=True):
        tensor = qnetwork.tensors[name]
        integers = np.rint(np.asarray(values, np.float64) / tensor.scale)
        outside = integers.min() < tensor.low or integers.max() > tensor.high
        if qnetwork.integer and outside:
            raise DataError(
                f"values from {integers.min():g} to {integers.max():g} leave the input's range"
                f" {tensor.low}..{tensor.high}",
                hint="Quantize again with these samples, or scale them as in training.",
                where=f"{qnetwork.name}, input {name}",
            )
        if qnetwork.integer and not np.array_equal(integers, values):
            raise DataError(
                "the samples are no integers, and an integer model takes chip integers",
                hint="Quantize the samples as the model's training did, 0..255 or -128..127.",
                where=f"{qnetwork.name}, input {name}",
            )
        clipped = np.clip(integers, tensor.low, tensor.high).astype(np.int16)
        w, h, c = tensor.shape
        sizes = (len(clipped), w, h, c)
        logical = clipped.reshape([sizes[axis] for axis in tensor.onnx_axes])
        found.append(np.ascontiguousarray(logical.transpose(np.argsort(tensor.onnx_axes))))
    return tuple(found)


def decode(qnetwork: QNetwork, name: str, values: Int16) -> Int16:
    """A tensor (n, W, H, C) as the model sees it: integers (n, *ONNX shape[1:])."""
    tensor = qnetwork.tensors[name]
    return values.transpose(tensor.onnx_axes).reshape(len(values), *tensor.onnx_shape[1:])


def real_inputs(qnetwork: QNetwork, inputs: Sequence[Int16]) -> tuple[npt.NDArray[np.generic], ...]:
    """What ``encode`` makes of samples as samples again, one array [n, *ONNX shape] an input.

    Raw integers of an integer model, else float32 multiples of the input's scale.
    """
    found: list[npt.NDArray[np.generic]] = []
    for name, values in zip(qnetwork.inputs, inputs, strict=True):
        integers, scale = decode(qnetwork, name, values), qnetwork.tensors[name].scale
        found.append(integers if qnetwork.integer else (integers * scale).astype(np.float32))
    return tuple(found)


def real_outputs(
    qnetwork: QNetwork, outputs: Mapping[str, Int16]
) -> dict[str, npt.NDArray[np.generic]]:
    """Every output as the model sees it: raw integers of an integer model, else float32."""
    found: dict[str, npt.NDArray[np.generic]] = {}
    for name in qnetwork.outputs:
        integers = decode(qnetwork, name, outputs[name])
        scale = qnetwork.tensors[name].scale
        found[name] = integers if qnetwork.integer else (integers * scale).astype(np.float32)
    return found
