"""Which nodes of a model became which layer of the quantized network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.graph.network import Network
from studio.quantize.qnetwork import QNetwork


@dataclass(frozen=True)
class Links:
    """Nodes and layers by name; an operation inside a recurrent cell goes with its cell's node.

    ``layers`` maps a node's name, and each of its output tensors, to a layer; ``nodes`` a layer
    to the names of its nodes, in the network's order. Nodes that left nothing behind are in
    neither.
    """

    layers: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def of(network: Network, qnetwork: QNetwork) -> Links:
        """Follow each operation's output back to its inputs: all nodes in between are its own."""
        makers = {output: node for node in network.nodes for output in node.outputs}
        order = {node.name: place for place, node in enumerate(network.nodes)}
        layers: dict[str, str] = {}
        found: dict[str, set[str]] = {}
        for op in qnetwork.ops:
            own = found.setdefault(op.name, set())
            waiting = [op.output, *([op.name] if op.name in order else [])]
            while waiting:
                tensor = waiting.pop()
                node = makers.get(tensor) or next(
                    (node for node in network.nodes if node.name == tensor), None
                )
                if node is None or node.name in layers or tensor in op.inputs:
                    continue
                own.add(node.name)
                layers[node.name] = op.name
                for output in node.outputs:
                    layers.setdefault(output, op.name)
                waiting += [name for name in node.inputs if name]
        ordered = {
            layer: tuple(sorted(names, key=lambda name: order[name]))
            for layer, names in found.items()
        }
        return Links(layers, ordered)
