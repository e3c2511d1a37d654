"""Elementwise nodes of a float network that together are a function of one tensor: one table.

x * sigmoid(x), the five nodes of a GELU, or a Relu alone: whatever the exporter wrote, the chip's
CPU looks up 256 numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from studio.graph.network import Network, Node
from studio.quantize.functions import ONE, TWO


@dataclass(frozen=True)
class Chain:
    """``nodes`` in execution order, the last makes the result; ``source`` is all they read.

    ``factor``: what the source is multiplied by, where that is all that happens and it is
    positive; None otherwise.
    """

    nodes: tuple[Node, ...]
    source: str
    factor: float | None


def chains(network: Network, fused: Collection[str]) -> tuple[Chain, ...]:
    """All chains, as long as they go; no node is in two.

    ``fused`` are nodes that run with what is before them. So does a single Relu or Clip behind
    an operation of two tensors, which is left out as well.
    """
    place = {node.name: number for number, node in enumerate(network.nodes)}
    makers = {name: node for node in network.nodes for name in node.outputs}
    readers: dict[str, list[Node]] = {}
    for node in network.nodes:
        for name in dict.fromkeys(node.inputs):
            readers.setdefault(name, []).append(node)
    taken = set(fused)
    found: list[Chain] = []
    for end in reversed(network.nodes):
        if end.name in taken or not _elementwise(end, network):
            continue
        inside = {end.name: end}
        best: tuple[Node, ...] = ()
        while True:
            sources = _outside(inside, network)
            if len(sources) == 1:
                best = tuple(inside.values())
            more = [
                makers[name]
                for name in sources
                if name in makers
                and makers[name].name not in taken
                and _elementwise(makers[name], network)
                and name not in network.outputs
                and all(user.name in inside for user in readers[name])
            ]
            if not more:
                break
            latest = max(more, key=lambda node: place[node.name])
            inside[latest.name] = latest
        if not best or _follows(best, network, makers, readers, taken):
            continue
        nodes = tuple(sorted(best, key=lambda node: place[node.name]))
        (source,) = _outside({node.name: node for node in nodes}, network)
        found.append(Chain(nodes, source, _factor(nodes, network)))
        taken.update(node.name for node in nodes)
    return tuple(found)


def _elementwise(node: Node, network: Network) -> bool:
    """Whether a node may be part of a chain: its constants are single numbers."""
    if node.op in ONE:
        return True
    if node.op not in TWO:
        return False
    shape = network.shapes[node.outputs[0]]
    return all(
        network.constants[name].size == 1
        if name in network.constants
        else network.shapes[name] == shape
        for name in node.inputs
    )


def _outside(inside: Mapping[str, Node], network: Network) -> list[str]:
    """The computed tensors that these nodes read from elsewhere."""
    made = {name for node in inside.values() for name in node.outputs}
    read = dict.fromkeys(name for node in inside.values() for name in node.inputs)
    return [name for name in read if name not in made and name not in network.constants]


def _follows(
    nodes: tuple[Node, ...],
    network: Network,
    makers: Mapping[str, Node],
    readers: Mapping[str, list[Node]],
    taken: Collection[str],
) -> bool:
    """Whether this is a Relu or Clip that runs with the Add or Mul of two tensors before it."""
    node = nodes[0]
    maker = makers.get(node.inputs[0])
    if len(nodes) > 1 or node.op not in ("Relu", "Clip") or node.number("min", 0.0) != 0:
        return False
    if maker is None or maker.op not in ("Add", "Mul", "Sub") or maker.name in taken:
        return False
    return len(readers[node.inputs[0]]) == 1 and node.inputs[0] not in network.outputs


def _factor(nodes: tuple[Node, ...], network: Network) -> float | None:
    if any(node.op != "Mul" for node in nodes):
        return None
    numbers = [
        float(np.asarray(network.constants[name]).reshape(-1)[0])
        for node in nodes
        for name in node.inputs
        if name in network.constants
    ]
    whole = prod(numbers)
    return whole if len(numbers) == len(nodes) and whole > 0 else None
