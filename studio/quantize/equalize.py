"""Cross-layer equalization: the same float function with weights that quantize better.

A Relu is positively homogeneous, relu(s * x) = s * relu(x) for s > 0, so a layer's output channel
may be divided by any s and the next layer's input channel multiplied by it. All columns of a
matrix share one gain and one output scale, so a single large channel costs all others their
resolution; a depthwise convolution lies on the array as one matrix too. Two ways to choose s:

- "weights": s = sqrt(r1 / r2) of the two layers' weight ranges, which makes both sqrt(r1 * r2):
  Nagel, van Baalen, Blankevoort and Welling, "Data-Free Quantization Through Weight Equalization
  and Bias Correction" (ICCV 2019).
- "values": s is the largest value of the channel over calibration samples, so that every channel
  uses all levels, or more where the channel's largest weight would not fit a cell with the
  smallest gain. Where layers have few inputs each, the smallest gain is what costs levels, and
  then one such channel is made coarser and not all of them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.chip.chip import Chip
from studio.graph.network import Network, Node

Real = npt.NDArray[np.float64]

Equalize = Literal["off", "weights", "values"]
LAYERS = frozenset({"Conv", "Gemm", "MatMul"})
# Work on each channel by itself and are positively homogeneous.
THROUGH = frozenset({"Relu", "MaxPool", "AveragePool"})
ROUNDS = 40
CLOSE = 1e-3
# A factor beyond this says that a channel is all but dead.
MOST = 256.0
TINY = 1e-12


@dataclass(frozen=True)
class Pair:
    """Two layers in a row; ``tensors`` lie between them, ``repeat`` rows belong to a channel."""

    first: Node
    second: Node
    tensors: tuple[str, ...]
    repeat: int


def by_weights(network: Network) -> tuple[Network, Mapping[str, Real]]:
    """The network equalized by its weights, and by tensor what its values were divided by.

    Chains of Conv, Gemm and MatMul with Relu and pooling between them are taken, each tensor
    with one consumer; all else, and what the outputs are, stays as it is. The factors
    broadcast to the tensors' ONNX shapes. An integer network comes back unchanged.
    """
    chains = pairs(network)
    weights = _weights(network, chains)
    factors = [np.ones(_channels(pair.first, network)) for pair in chains]
    for _ in range(ROUNDS):
        moved = 1.0
        for number, pair in enumerate(chains):
            before, after = weights[pair.first.name], weights[pair.second.name]
            ratio = _ratio(output_peaks(pair.first, before), _input_peaks(pair, after))
            ratio = np.clip(factors[number] * ratio, 1 / MOST, MOST) / factors[number]
            factors[number] = factors[number] * ratio
            weights[pair.first.name] = _scaled_outputs(pair.first, before, 1 / ratio)
            weights[pair.second.name] = _scaled_inputs(pair, after, ratio)
            moved = max(moved, float(ratio.max()), float(1 / ratio.min()))
        if moved < 1 + CLOSE:
            break
    return _rewritten(network, chains, weights, factors), _between(network, chains, factors)


def by_values(
    network: Network, peaks: Mapping[str, Real], chip: Chip, wide: Collection[str] = ()
) -> tuple[Network, Mapping[str, Real]]:
    """The same by values: ``peaks`` are the largest absolute values of each channel.

    ``observed`` names the tensors they are needed of; ``wide`` are inputs that are never
    negative, whose integers run to 255. A Clip whose limit no sample reached counts
    as a Relu and becomes one.
    """
    arithmetic, cell = chip.arithmetic, chip.array.weight_max
    limits = {name: float(values.max()) for name, values in peaks.items()}
    chains = pairs(network, limits)
    weights = _weights(network, chains)
    incoming = {pair.second.name: number for number, pair in enumerate(chains)}
    factors: list[Real] = []
    for pair in chains:
        before = weights[pair.first.name]
        if pair.first.name not in incoming:
            top = limits[pair.first.inputs[0]]
            if pair.first.inputs[0] in wide:
                top *= arithmetic.output_max / arithmetic.input_max
            before = before * top
        own = peaks[pair.tensors[_activated(network, pair)]]
        least = output_peaks(pair.first, before) * (arithmetic.gain_min / cell)
        factor = np.maximum(own, least)
        factor = np.maximum(factor, max(float(factor.max()) / MOST, TINY))
        factors.append(factor)
        weights[pair.first.name] = _scaled_outputs(pair.first, weights[pair.first.name], 1 / factor)
        weights[pair.second.name] = _scaled_inputs(pair, weights[pair.second.name], factor)
    made = _rewritten(network, chains, weights, factors)
    return _unclipped(made, chains), _between(network, chains, factors)


def observed(network: Network) -> tuple[str, ...]:
    """Tensors of which ``by_values`` wants each channel's largest absolute value."""
    found: list[str] = []
    for pair in pairs(network, {}):
        found += [pair.first.inputs[0], *pair.tensors]
    return tuple(dict.fromkeys(found))


def _weights(network: Network, chains: tuple[Pair, ...]) -> dict[str, Real]:
    return {
        node.name: np.asarray(network.constants[node.inputs[1]], np.float64)
        for pair in chains
        for node in (pair.first, pair.second)
    }


def _activated(network: Network, pair: Pair) -> int:
    """Which of the tensors between is the first layer's after its activation."""
    user = network.consumers(pair.tensors[0])[0]
    return 1 if user.op in ("Relu", "Clip") and len(pair.tensors) > 1 else 0


def pairs(network: Network, limits: Mapping[str, float] | None = None) -> tuple[Pair, ...]:
    """All pairs of layers that may be equalized, in execution order.

    ``limits`` are the largest values of tensors: a Clip above them lets scaled values through,
    and so does one whose output is not among them. Without ``limits`` no Clip does.
    """
    found = []
    for node in network.nodes if network.dialect == "float" else ():
        if node.op in LAYERS and _constant(network, node):
            pair = _follow(network, node, limits)
            if pair is not None:
                found.append(pair)
    return tuple(found)


def _follow(network: Network, first: Node, limits: Mapping[str, float] | None) -> Pair | None:
    tensor, tensors, repeat = first.outputs[0], list[str](), 1
    channels = _channels(first, network)
    while True:
        users = network.consumers(tensor)
        if tensor in network.outputs or len(users) != 1:
            return None
        tensors.append(tensor)
        node = users[0]
        if node.op in LAYERS:
            fits = _constant(network, node) and node.inputs[0] == tensor
            return Pair(first, node, tuple(tensors), repeat) if fits else None
        shape = network.shapes[node.outputs[0]]
        if node.op == "Reshape" and len(shape) == 2 and first.op == "Conv":
            repeat = shape[1] // channels
        elif not _passes(node, limits):
            return None
        tensor = node.outputs[0]


def _passes(node: Node, limits: Mapping[str, float] | None) -> bool:
    """Whether scaled values go through a node as they are."""
    if node.op != "Clip" or limits is None:
        return node.op in THROUGH
    reached = limits.get(node.outputs[0], 0.0)
    return node.number("min", 0.0) == 0 and reached < node.number("max", np.inf)


def _unclipped(network: Network, chains: tuple[Pair, ...]) -> Network:
    """The network with a Relu for each Clip between equalized layers."""
    inside = {name for pair in chains for name in pair.tensors[1:]}
    nodes = tuple(
        replace(node, op="Relu", attributes={})
        if node.op == "Clip" and node.outputs[0] in inside
        else node
        for node in network.nodes
    )
    return replace(network, nodes=nodes)


def _constant(network: Network, node: Node) -> bool:
    """Whether weights and biases are constants."""
    return all(name in network.constants for name in node.inputs[1:] if name)


def _channels(node: Node, network: Network) -> int:
    axis = 0 if node.op == "Conv" else 1
    return int(np.shape(network.constants[node.inputs[1]])[axis])


def output_peaks(node: Node, weights: Real) -> Real:
    """The largest absolute weight of each output channel."""
    axes = tuple(range(1, weights.ndim)) if node.op == "Conv" else (0,)
    found: Real = np.abs(weights).max(axis=axes)
    return found


def _input_peaks(pair: Pair, weights: Real) -> Real:
    """The largest absolute weight of each of the first layer's channels in the second."""
    found: Real = np.abs(_by_input(pair, weights)).max(axis=1)
    return found


def _by_input(pair: Pair, weights: Real) -> Real:
    """The second layer's weights as [channels, all weights that multiply the channel]."""
    if pair.second.op != "Conv":
        return weights.reshape(-1, pair.repeat * weights.shape[1])
    groups = int(pair.second.number("group", 1))
    split = weights.reshape(groups, -1, *weights.shape[1:])
    return np.moveaxis(split, 2, 1).reshape(groups * weights.shape[1], -1)


def _ratio(first: Real, second: Real) -> Real:
    """Factors sqrt(r1 / r2); 1 for channels that one of the layers does not use."""
    alive = (first > 0) & (second > 0)
    return np.sqrt(np.where(alive, first, 1.0) / np.where(alive, second, 1.0))


def _scaled_outputs(node: Node, weights: Real, factor: Real) -> Real:
    if node.op == "Conv":
        return weights * factor.reshape(-1, *[1] * (weights.ndim - 1))
    return weights * factor


def _scaled_inputs(pair: Pair, weights: Real, factor: Real) -> Real:
    if pair.second.op != "Conv":
        return weights * np.repeat(factor, pair.repeat)[:, np.newaxis]
    groups = int(pair.second.number("group", 1))
    split = weights.reshape(groups, -1, *weights.shape[1:])
    spread = factor.reshape(groups, 1, weights.shape[1], *[1] * (weights.ndim - 2))
    return (split * spread).reshape(weights.shape)


def _rewritten(
    network: Network, chains: tuple[Pair, ...], weights: Mapping[str, Real], factors: list[Real]
) -> Network:
    """The network with the new weights, and biases divided like their channels."""
    constants, shapes = dict(network.constants), dict(network.shapes)
    divisors = {pair.first.name: factor for pair, factor in zip(chains, factors, strict=True)}
    nodes = []
    for node in network.nodes:
        changed = node
        if node.name in weights:
            new = {1: weights[node.name]}
            if node.name in divisors and len(node.inputs) > 2 and node.inputs[2]:
                bias = np.asarray(network.constants[node.inputs[2]], np.float64)
                new[2] = bias.reshape(-1) / divisors[node.name]
            inputs = list(node.inputs)
            for position, values in new.items():
                inputs[position] = f"{node.name}#equalized{position}"
                constants[inputs[position]] = values.astype(np.float32)
                shapes[inputs[position]] = values.shape
            changed = replace(node, inputs=tuple(inputs))
        nodes.append(changed)
    return replace(network, nodes=tuple(nodes), constants=constants, shapes=shapes)


def _between(network: Network, chains: tuple[Pair, ...], factors: list[Real]) -> dict[str, Real]:
    """Factors of each tensor between the layers, in a shape that broadcasts to it."""
    found: dict[str, Real] = {}
    for pair, factor in zip(chains, factors, strict=True):
        for name in pair.tensors:
            shape = network.shapes[name]
            axis = len(shape) - 1 if pair.first.op == "MatMul" else 1
            wide = np.repeat(factor, shape[axis] // factor.size)
            target = [1] * len(shape)
            target[axis] = math.prod(wide.shape)
            found[name] = wide.reshape(target)
            found[name].setflags(write=False)
    return found
