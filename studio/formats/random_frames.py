"""Random frames for where nobody gave samples: the same ones every time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.formats.dataset import Dataset
from studio.graph.network import Network
from studio.quantize.matrix import Signed
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import Samples

COUNT = 100


def random_samples(network: Network, signed: Collection[str] = ()) -> Dataset:
    """Seeded random frames: integers 0..127 for integer models, reals 0..1 for float ones.

    Inputs in ``signed`` get -128..127 and -1..1.
    """
    generator = np.random.default_rng(0)
    inputs: list[npt.NDArray[np.generic]] = []
    for name in network.inputs:
        shape = (COUNT, *network.shapes[name][1:])
        if network.dialect == "integer":
            inputs.append(generator.integers(-128 if name in signed else 0, 128, shape))
        else:
            values = generator.random(shape, np.float32)
            inputs.append(2 * values - 1 if name in signed else values)
    return Dataset(tuple(inputs), None, "random frames")


def of_range(qnetwork: QNetwork) -> Samples:
    """Random frames over the range of each input of a quantized network.

    For a network that was quantized with random frames, they are those.
    """
    network = as_network(qnetwork)
    tensors = [qnetwork.tensors[name] for name in qnetwork.inputs]
    signed = [name for name, own in zip(qnetwork.inputs, tensors, strict=True) if own.low < 0]
    if qnetwork.integer:
        return random_samples(network, signed).inputs
    found = []
    units = random_samples(replace(network, dialect="float"), signed).inputs
    for unit, own in zip(units, tensors, strict=True):
        values = unit.astype(np.float64)
        # The scale these values would be given, to be brought to the scale the input has.
        needed = max(values.max() / own.high, values.min() / own.low if own.low < 0 else 0.0)
        found.append(values * (own.scale / needed))
    return tuple(found)


def chosen_signed(signed: Signed, network: Network) -> tuple[str, ...]:
    """Inputs whose random frames are signed: all, where the user says how those are coded."""
    return () if signed == "auto" else network.inputs


def note(network: Network, signed: Signed) -> str:
    """What to tell about frames of ``random_samples``."""
    text = f"No data was given: {COUNT} random frames from"
    integer = network.dialect == "integer"
    if signed != "auto":
        return f"{text} {'-128 to 127' if integer else '-1 to 1'} are used."
    return (
        f"{text} 0 to {127 if integer else 1} are used; if real inputs are negative, the layout"
        " will differ: give --data, or --signed pn or shift."
    )


def as_network(qnetwork: QNetwork) -> Network:
    """The inputs of a QNetwork as a Network without nodes: what reading samples needs."""
    shapes = {name: qnetwork.tensors[name].onnx_shape for name in qnetwork.inputs}
    return Network(qnetwork.name, qnetwork.name, "integer", qnetwork.inputs, (), (), {}, shapes)
